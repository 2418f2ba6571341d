"""The grammar of figures: digits, number words, ranges, dozens and hundreds, money, with the words that bound them.

    >>> [q.low for q in quantities("between 3,500 and 3,800 fighters, of whom dozens left", vocabulary())]
    [3500.0, 24.0]

Never dates, years, ages, calibres, names such as T-72 or M23, ordinals, percentages, clock times, article numbers.
"""

import re
from dataclasses import dataclass, replace
from functools import cache

from condotta.vocabulary import Vocabulary, vocabulary


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure in a text. `start`..`end` cover qualifier, number and currency; `number_start`.. the number alone.

    `single` : an article, "a soldier".
    """

    start: int
    end: int
    number_start: int
    number_end: int
    low: float | None
    high: float | None
    qualifier: str
    unit: str | None
    update: bool = False
    single: bool = False

    def moved(self, by: int) -> "Quantity":
        """The same figure, its offsets counted from `by` characters before."""
        return replace(
            self, start=self.start + by, end=self.end + by, number_start=self.number_start + by, number_end=self.number_end + by
        )  # fmt: skip


_DIGITS = r"(?:\d{1,3}(?:[,.\u00a0\u202f' ]\d{3})+(?![\d])|\d+(?:\.\d+)?)(?:\s?[kK]\b|\s(?:hundred|thousand|million|billion)\b)?"
_ON = r"(?:[\s-]+(?:(?:(?<=hundred )|(?<=thousand )|(?<=million ))and[\s-]+)?(?:{n}|hundred|thousand|million|dozen|score))*"
_WORDS = (
    r"(?:(?:half\s+a|a\s+half)\s+(?:dozen|hundred|million)|a\s+million\s+and\s+a\s+half"
    rf"|(?:(?:an?\s+)?(?:hundred|thousand)(?!s)|a\s+million(?!s)){_ON}|(?:an?\s+)?(?:dozen|score)(?!s)"
    r"|(?:a\s+couple\s+(?:of\s+)?)(?:dozen|hundred|thousand)"
    rf"|(?:{{n}}){_ON})(?![\w'])"
)
_HALVES = r"(?:{n}|\d+)\s+and\s+a\s+half\s+(?:million|thousand|hundred)(?![\w'])"
_VAGUE = (
    r"(?:(?:tens|dozens|scores|hundreds)\s+of\s+thousands|(?:several|many|a\s+few|few|some)\s+(?:dozens?|hundreds?|thousands?|scores?)"
    r"|dozens|scores|hundreds|thousands|tens)"
)
_SHARES = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fifth": 1 / 5, "tenth": 1 / 10}
_SHARE = re.compile(
    r"(?<!all but )(?<!not even )(?<!not )\b(?:(?P<n>an?|one|two|three|four)[\s-](?P<part>third|quarter|fifth|tenth)s?\s+of"
    r"|(?<!first )(?<!second )(?<!other )(?<!latter )(?<!the )(?:(?:an?|one)\s+)?(?P<half>half)(?:\s+of)?)\s+(?:the|its|their|his|her|our|those|these)\s+"
    r"(?:(?:roughly|about|some|around|nearly|almost|more than|over|estimated|original|first)\s+)?$",
    re.IGNORECASE,
)  # fmt: skip
_LOSSES = re.compile(r"\d\s*(?:KIA|WIA|MIA|POWs?|killed|dead|wounded|injured|captured)\s?/\s?$", re.IGNORECASE)
_PART_BEHIND = r"[\s-](?:half|thirds?|quarters?|fifths?|tenths?)(?![\w-])"
_OF_A_WHOLE = r"(?:none|half|a third|a quarter|quarters) of (?:the |its |their |those )?"
_DATELINE = re.compile(r"\s(?:-|–|—)\s(?!US\$)[A-Z]")
_MONEY = r"(?:US\s?\$|USD|EUR|GBP|\$|€|£)"
_NEVER_MORE = re.compile(
    r"\b(?:at no (?:time|point|stage|moment)|never)\s+(?:[a-z]+\s+){0,4}?(?:more|higher|greater|larger|bigger)\s+than\s+$",
    re.IGNORECASE,
)
_DASH = r"\s*(?:-|–|—)\s*"
_REJECT_BEFORE = re.compile(
    r"(?:[A-Za-z]-|[A-Za-z]|\d[:/.]|[#/]|\d\s?x\s|\b(?:articles?|resolutions?|no\.|number|page|pp?\.|chapter|section|paragraph|phase|unit|route|highway|channel|"
    r"group of|g|class|model|type|room|level|table|figure|annex|order|decree|law|aged|ages|age|age of|at|hill|point|camp|base|sector|zone|area|kilometer|kilometre|protocol|convention|january|february|march|april|may|june|july|august|september|"
    r"october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?\s?)$",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?$",
    re.IGNORECASE,
)
_AGED = re.compile(r"\baged\s+(?:\w+\s+){0,3}$", re.IGNORECASE)
_AT_OK = re.compile(
    r"(?:put|puts|estimated|stood|stands|standing|numbers?|toll|total|figure|count|strength)\b[^.;]{0,60}\bat\s$",
    re.IGNORECASE,
)
_REJECT_AFTER = re.compile(
    rf"^(?:st|nd|rd|th|'?s)\b|^{_PART_BEHIND}|"
    + r"^\s?%|^\s?(?:percent|per cent|pct)\b|^:\d|^/\d|^\.\d|^\s?(?:mm|cm|km|kg|m|kph|mph|km/h|hz|mw|gb)\b|^-?\s?(?:years?|yrs?)[\s-]*(?:of[\s-]age|old)|^-(?:year|day|week|hour|minute|mm|km|point|nation|seat|kilomet|mile|barrel|story|storey|page|percent|bed|tonne|ton|foot)"
    r"|^-(?!month|strong|man\b|member|fighter|odd)[a-z]{2,}|^\s?(?:a\.m|p\.m|am|pm|gmt|hrs|o'clock|local time)\b"
    r"|^\s(?:of\s)?(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b(?!\s\w+ed\b)",
    re.IGNORECASE,
)
_STRONG = re.compile(r"^-(strong|man|member|fighter|month)\b", re.IGNORECASE)
_RISE = re.compile(
    r"\b(?:rose|risen|rising|rises|grew|grown|increased|increase|jumped|fell|fallen|dropped|went|climbed|decreased|up|down|raised|revised|lowered|changed|cut|reduced|declined|shrank|slipped)\b[^.;]{0,60}\bfrom\s+$",
    re.IGNORECASE,
)
_UPDATE = re.compile(
    r"(?:^|[\s(])\+\s*$|\b(another|additional|further|extra|a new|new|fresh|other)(?:\s+(?:batch|group|contingent|wave)(?:\s+of)?)?(?:\s+(?:some|about|around|roughly|nearly|almost|at least|over|more than))?\s*$",
    re.IGNORECASE,
)


def quantities(view: str, words: Vocabulary | None = None, doubtful: bool = False) -> list[Quantity]:
    """Every figure of `view`, left to right, without overlaps; with `doubtful` also those that the rules reject."""
    words = words or vocabulary()
    number, ranged = _patterns()
    found: list[Quantity] = []
    at = 0
    while match := number.search(view, at):
        at = match.end()
        rejected = _rejected(view, match.start(), match.end())
        if rejected and not (doubtful and not _never(view, match.start(), match.end())):
            tail = ranged.match(view, match.end())
            if (
                tail
                and view[at] in " -"
                and view[at : tail.start(1)].strip() == "-"
                and not _begins(view, at, tail.end())
            ):
                at = tail.end()
        else:
            quantity = _ranged(view, match, ranged, words) or _single(view, match, words)
            found.append(quantity)
            at = max(at, quantity.end, quantity.number_end)
    return found


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    singles = "|".join(sorted(vocabulary().quantities["numbers"], key=len, reverse=True))
    one = rf"(?:{_HALVES.format(n=singles)}|{_DIGITS}|{_WORDS.format(n=singles)}|{_VAGUE})"
    number = re.compile(rf"(?<![\w.])(?:{_MONEY}\s*|[x\u00d7](?=\d))?({one})", re.IGNORECASE)
    ranged = re.compile(
        rf"(?:{_DASH}|\s+(?:to|and|or)\s+)(?:{_MONEY}\s*)?({one})(?!\s*[-]?(?:years?[\s-]old|%))", re.IGNORECASE
    )
    return number, ranged


def _begins(view: str, end: int, tail: int) -> bool:
    """Whether a sentence begins behind a dateline: "May 2 - Thirteen rebels", "May 2 - 13 rebels"."""
    return bool(_DATELINE.match(view, end)) or (view[end] == " " and _counted_next(view[tail : tail + 40]))


def _rejected(view: str, start: int, end: int) -> bool:
    before, after = view[max(0, start - 80) : start], view[end : end + 40]
    if _STRONG.match(after):
        return False
    text = view[start:end].strip()
    if re.search(r"\b(?:out of|one in|in every)\s+$", before, re.IGNORECASE) or re.match(
        r"\s+(?:out of|in)\s+(?:every\s+)?(?:\d|two|three|four|five|ten)\b", after
    ):
        return True
    if re.match(
        r"\s*(?:and|to)\s+\d{1,2}\s+(?:january|february|march|april|may|june|july|august|september|october|november|december)\b",
        after,
        re.IGNORECASE,
    ):
        return True
    if re.search(rf"\b{_OF_A_WHOLE}$", before, re.IGNORECASE) and not _SHARE.search(before):
        return True
    if re.search(
        r"\b(?:and|,) not (?:the )?$|(?<!if )(?<!whether or )\bnot (?:the )?$", before, re.IGNORECASE
    ) and re.match(r"[\d\w,.]*\s*(?:,|as|\.|$)", after):
        return True
    if _AGED.search(before):
        return True
    digits = text[:1].isdigit()
    if (
        text in ("16", "17", "18")
        and re.search(r"\b(?:under|below|over|above|younger than|older than)(?: the age of)?\s$", before, re.I)
        and _counted_next(after) is False
    ):
        return True
    if (
        _AT_OK.search(before) is None
        and _REJECT_BEFORE.search(before[-24:])
        and not _LOSSES.search(before)
        and (digits or re.search(r"(?:aged?|age of)\s$", before, re.I))
    ):
        return True
    if _REJECT_AFTER.match(after):
        return True
    if digits and re.fullmatch(r"(?:19|20)\d\d", text) and (not _counted_next(after) or _DATED.search(before)):
        return True
    if (digits and re.match(r"-\d\d?-\d{2,4}|-\d\d-|\.\d\d?\.", after)) or re.search(r"\d\d?[-.]$", before):
        return True
    if text.lower() == "one":
        return bool(re.search(r"\bno\s$", before, re.IGNORECASE)) or not re.match(
            r"\s+(?:\w+\s+){0,3}(?:was|were|died|soldier|fighter|civilian|person|man|woman|child|militant|mercenary|commander|officer|people|policeman|other)\b",
            after,
            re.I,
        )
    return text.lower() in {"second", "tens", "score"}


def _is_day_or_year(text: str) -> bool:
    return bool(re.fullmatch(r"\s*(?:[12]?\d|3[01]|(?:19|20)\d\d)", text))


_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"


def _never(view: str, start: int, end: int) -> bool:
    """Whether a rejected number is beyond doubt no count: part of a date, an age, a name or a unit."""
    before, after = view[max(0, start - 24) : start], view[end : end + 24]
    return bool(
        (re.search(r"(?:[A-Za-z]-|[A-Za-z]|\d[:/.-]|[#/]|\d\s?x\s)$", before) and not _LOSSES.search(before))
        or re.search(
            rf"\b(?:no|one in|in every|{_OF_A_WHOLE})\s?$",
            before,
            re.I,
        )
        or re.match(r"(?:st|nd|rd|th|'?s)\b|\s?%|:\d|/\d|\.\d|\s?(?:mm|km|kg)\b|-\d", after)
        or re.match(_PART_BEHIND, after, re.IGNORECASE)
        or _AGED.search(before)
        or re.match(r"[\s-]?(?:years?|yrs?)[\s-](?:of[\s-]age|olds?)\b", after)
        or re.match(rf"\s(?:of\s)?(?:{_MONTHS})\b(?!\s\w+ed\b)", after)
        or (
            _is_day_or_year(view[start:end])
            and _DATED.search(view[max(0, start - 80) : start])
            and not re.match(r"\s(?:of the \d|bodies\b|men\b|fighters\b|soldiers\b)", after)
        )
        or view[start:end].strip().lower() in ("second", "tens", "score")
        or (view[start:end].strip().lower() == "one" and re.match(r"-|\s+another\b|'", after))
    )


def _counted_next(after: str) -> bool:
    """Whether people follow at once: "2,000" is a figure anywhere, "2000" only in front of those it counts."""
    people = vocabulary().quantities["people"]
    following = re.findall(r"[A-Za-z-]+", re.split(r"[;,.:]", after[:40])[0])[:4]
    return any(
        w.lower() in people and w.lower() not in {"were", "have", "had", "are", "of", "more"} for w in following
    ) or bool(re.match(r"\s?(?:usd|dollars|euros)\b", after, re.I))


def _single(view: str, match: re.Match[str], words: Vocabulary) -> Quantity:
    low, high, qualifier = _value(match[1], words)
    return _bounded(view, match.start(), match.end(), (low, high, qualifier), words)


def _ranged(view: str, match: re.Match[str], ranged: re.Pattern[str], words: Vocabulary) -> Quantity | None:
    """The range that begins at `match`, if one does; "rose from A to B" and "A and B" without "between" are none."""
    after = ranged.match(view, match.end())
    if not after or _REJECT_AFTER.match(view[after.end() : after.end() + 30]) or _DATELINE.match(view, match.end()):
        return None
    joiner = re.sub(_MONEY, "", view[match.end() : after.start(1)], flags=re.IGNORECASE).strip().lower()
    before = view[max(0, match.start() - 80) : match.start()]
    if joiner == "and" and not re.search(r"\bbetween\s+(?:US)?\$?\s*$", before, re.IGNORECASE):
        return None
    if joiner == "to" and _RISE.search(before):
        return None
    low, high = _value(match[1], words)[0], _value(after[1], words)[1]
    if (
        low is not None
        and high is not None
        and low < 100 <= high
        and after[1].lower().endswith(("hundred", "thousand", "million", "billion", "k"))
        and match[1].isalnum()
    ):
        low *= _value("1 " + after[1].split()[-1], words)[0] or 1
    if low is None or high is None or not low < high:
        return None
    return _bounded(view, match.start(), after.end(), (low, high, "between"), words, number_start=match.start(1))


def _bounded(
    view: str,
    start: int,
    end: int,
    value: tuple[float | None, float | None, str],
    words: Vocabulary,
    number_start: int | None = None,
) -> Quantity:
    low, high, qualifier = value
    first, last = start, end
    before, after = view[max(0, start - 40) : start], view[end : end + 24]
    number_start = start if number_start is None else number_start
    if share := _SHARE.search(before):  # "half of the 80" are about 40
        first, before = start - len(before) + share.start(), before[: share.start()]
        qualifier = "about" if qualifier == "exactly" else qualifier
    lead, trail = _lead(before, words), _trail(after, words)
    if lead:
        first = first - len(before) + lead[1]
    if trail and not lead:
        last = end + trail[1]
    bound = lead[0] if lead else trail[0] if trail else None
    if qualifier == "between" and first == start and (between := re.search(r"\bbetween\s+$", before, re.I)):
        first = start - len(before) + between.start()
    unit, last = _money(view, start, last, words)
    if unit == "years":
        low, high, unit = low and 12 * low, high and 12 * high, "months"
    if share:
        low, high = (v and _part(share, v, whole=unit is None) for v in (low, high))
    if bound and qualifier in ("exactly", "about"):
        low, high, qualifier = _apply(bound, low, high)
    elif bound in ("more than", "at least", "up to") and qualifier == "between":
        pass
    update = bool(
        _UPDATE.search(view[max(0, first - 40) : first])
        or re.match(r"\s+(?:more|others|additional)\b", view[end : end + 14])
    )
    return Quantity(first, last, number_start, end, low, high, qualifier, unit, update)


def _part(share: re.Match[str], value: float, whole: bool) -> float:
    """The share of a value; of people whole ones, at least one."""
    times = {"two": 2, "three": 3, "four": 4}.get((share["n"] or "").lower(), 1)
    part = value * times * _SHARES[(share["half"] or share["part"]).lower()]
    return max(1.0, float(int(part + 0.5))) if whole else part


def _apply(bound: str, low: float | None, high: float | None) -> tuple[float | None, float | None, str]:
    if bound in ("at least", "more than"):
        return low, None, bound
    if bound == "up to":
        return None, high, bound
    return low, high, bound


def _lead(before: str, words: Vocabulary) -> tuple[str, int] | None:
    """The qualifier that ends `before`, and where it starts; the longest wins."""
    if never := _NEVER_MORE.search(before):
        return "up to", never.start()
    hit = _qualifying(words, "before").search(re.sub(r"(?:US)?[$€£]\s*$", "", before))
    return (_qualifier(words, "before", hit[1]), hit.start()) if hit else None


def _trail(after: str, words: Vocabulary) -> tuple[str, int] | None:
    hit = _qualifying(words, "after").match(after)
    return (_qualifier(words, "after", hit[1]), hit.end()) if hit else None


def _qualifier(words: Vocabulary, side: str, phrase: str) -> str:
    return next(str(name) for name, known in words.quantities["qualifiers"][side].items() if phrase.lower() in known)


@cache
def _qualifying(words: Vocabulary, side: str) -> re.Pattern[str]:
    """What finds the words that bound a number "before" or "after" it, the longest first."""
    phrases = sorted(
        (p for known in words.quantities["qualifiers"][side].values() for p in known), key=len, reverse=True
    )
    some = "|".join(map(re.escape, phrases))
    if side == "after":
        return re.compile(rf"\s?({some})(?!\w)", re.IGNORECASE)
    return re.compile(rf"(?:^|(?<=[\s(,;:\"']))({some})\s*(?:an?\s+|the\s+|another\s+)?$", re.IGNORECASE)


def _money(view: str, start: int, end: int, words: Vocabulary) -> tuple[str | None, int]:
    """The currency or length of time that the figure is given in, and where its words end."""
    symbol = re.match(_MONEY, view[start : start + 4], re.IGNORECASE)
    if symbol:
        units = {name.lower(): unit for name, unit in words.quantities["money"].items()}
        return str(units[symbol[0].replace(" ", "").lower()]), end
    unit = re.match(r"[\s-]?(?:U\.?S\.?\s)?(?:[A-Z][a-z]+\s)?([A-Za-z€$']+)", view[end : end + 30])
    if not unit:
        return None, end
    word = unit[1].lower()
    for table in ("money", "months"):
        if word in words.quantities[table]:
            return str(words.quantities[table][word]), end + unit.end()
    return None, end


def _value(text: str, words: Vocabulary) -> tuple[float | None, float | None, str]:
    """Lowest and highest value that a number as written means, and its own qualifier."""
    plain = re.sub(r"\s+", " ", text.strip().lower())
    vague = _vague(plain, words)
    if vague:
        return (*vague, "order of magnitude")
    if plain[0].isdigit() and "half" not in plain:
        return (value := _digits(plain, words)), value, "exactly"
    value, loose = _spelled(plain, words)
    return value, value, "about" if loose else "exactly"


def _vague(plain: str, words: Vocabulary) -> tuple[float, float] | None:
    table = words.quantities["vague"]
    if plain.endswith("of thousands"):
        low, high = {"tens": (20, 99), "dozens": (24, 99), "scores": (40, 99), "hundreds": (200, 999)}[plain.split()[0]]
        return low * 1000.0, high * 1000.0 + 999
    last = plain.split()[-1]
    lead = " ".join(plain.split()[:-1])
    if last in table and not lead:
        return float(table[last][0]), float(table[last][1])
    plural = last if last in table else last + "s"
    if lead in ("several", "many", "a few", "few", "some") and plural in table:
        return float(table[plural][0]), float(table[plural][1])
    return None


def _digits(plain: str, words: Vocabulary) -> float:
    scale = 1.0
    head = plain.split()[0] if " " in plain and not re.match(r"^\d{1,3}( \d{3})+$", plain) else plain
    tail = plain[len(head) :].strip()
    if tail in words.quantities["multipliers"]:
        scale = float(words.quantities["multipliers"][tail])
    if head.endswith("k"):
        head, scale = head[:-1].strip(), 1000.0
    if re.fullmatch(r"\d{1,3}(?:[,.' ]\d{3})+", head):
        head = re.sub(r"[,.' ]", "", head)
    return float(head) * scale


_MOST = 1e15
"""No number in words is larger."""


def _spelled(plain: str, words: Vocabulary) -> tuple[float, bool]:
    numbers, multipliers = words.quantities["numbers"], words.quantities["multipliers"]
    if more := re.fullmatch(r"(.+?) (million )?and a half(?: (million|thousand|hundred))?", plain):
        whole = 1.0 if more[1] == "a" else float(more[1]) if more[1].isdigit() else float(numbers[more[1]])
        return (whole + 0.5) * multipliers[more[3] or "million"], False
    if "half" in plain:
        return 0.5 * multipliers[plain.split()[-1]], True
    if plain.startswith("a couple"):
        return 2.0 * multipliers[plain.split()[-1]], True
    total, current = 0.0, 0.0
    parts = [p for p in re.split(r"[\s-]+", plain) if p not in ("and", "a", "an")]
    for part in parts:
        if part in numbers:
            current += numbers[part]
        else:
            grown = min(max(current, 1) * multipliers[part], _MOST)
            total, current = (total + grown, 0.0) if part in ("thousand", "million", "billion") else (total, grown)
    return total + current, "dozen" in parts or "score" in parts
