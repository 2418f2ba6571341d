"""When: the period that a phrase in a sentence means, counted from the day of publication; never guessed.

"last month", "in the past week", "on Friday", "between 3 and 7 May", "since January", "by the end of March".
"three days of clashes" is no date.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from condotta.intervals import Period
from condotta.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """A dated phrase: offsets in the string searched, the period, and whether it is a span ("since", "until")."""

    start: int
    end: int
    period: Period
    shape: str


_MONTHS = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_DAYS = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "few": 3,
            "": 1, "couple of": 2, "48": 2, "72": 3, "24": 1}  # fmt: skip


def time_phrases(text: str, published: date | None) -> list[TimePhrase]:
    """The dated phrases of `text`, left to right, longest first where they overlap."""
    found: list[TimePhrase] = []
    for pattern, shape, reading in _READINGS:
        for hit in pattern.finditer(text):
            try:
                period = reading(hit, published)
            except (ValueError, OverflowError, KeyError):
                continue
            if period and not any(f.start < hit.end() and f.end > hit.start() for f in found):
                found.append(TimePhrase(hit.start(), hit.end(), period, shape))
    return sorted(found, key=lambda f: f.start)


def _month(name: str) -> int:
    return int(vocabulary().time["months"][name.lower().rstrip(".")])


def _year_for(month: int, year: str | None, published: date | None) -> int:
    """The year as written, else the latest one in which the month is not after publication."""
    if year:
        return int(year)
    if published is None:
        raise ValueError("no year")
    return published.year if month <= published.month else published.year - 1


def _whole_month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _day_month(hit: re.Match[str], published: date | None) -> Period:
    parts = hit.groupdict()
    month = _month(parts["month"])
    year = _year_for(month, parts.get("year"), published)
    last = int(parts.get("last") or parts["day"])
    return Period(date(year, month, int(parts["day"])), date(year, month, last))


def _month_only(hit: re.Match[str], published: date | None) -> Period:
    month = _month(hit["month"])
    whole = _whole_month(_year_for(month, hit["year"], published), month)
    part = (hit["part"] or "").lower()
    if part.startswith(("early", "start", "beginning")):
        return Period(whole.start, whole.end.replace(day=10))
    if part.startswith("mid"):
        return Period(whole.end.replace(day=11), whole.end.replace(day=20))
    if part.startswith(("late", "end")):
        return Period(whole.end.replace(day=21), whole.end)
    return whole


def _relative(hit: re.Match[str], published: date | None) -> Period | None:
    if published is None:
        return None
    which, unit = hit["which"].lower(), hit["unit"].lower()
    if unit == "month":
        return Period(published.replace(day=1), published) if which == "this" else _month_before(published)
    if unit == "week":
        monday = published - timedelta(days=published.weekday() + (0 if which == "this" else 7))
        return Period(monday, min(monday + timedelta(days=6), published))
    if unit == "year":
        year = published.year if which == "this" else published.year - 1
        return Period(date(year, 1, 1), min(date(year, 12, 31), published))
    return Period(published - timedelta(days=1), published)


def _month_before(day: date) -> Period:
    last = day.replace(day=1) - timedelta(days=1)
    return _whole_month(last.year, last.month)


def _past(hit: re.Match[str], published: date | None) -> Period | None:
    if published is None:
        return None
    word = (hit["n"] or "").lower().strip()
    n = _NUMBERS.get(word) or (int(word) if word.isdigit() else 0)
    unit = hit["unit"].lower()
    days = n * {"day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365, "hour": 0}[unit]
    if unit == "hour":
        days = max(1, (int(word) if word.isdigit() else n) // 24)
    return Period(published - timedelta(days=days), published) if days else None


def _weekday(hit: re.Match[str], published: date | None) -> Period | None:
    if published is None:
        return None
    back = (published.weekday() - vocabulary().time["weekdays"][hit["day"].lower()]) % 7
    day = published - timedelta(days=back + (7 if (hit["last"] or "").lower() == "last" and back == 0 else 0))
    return Period(day, day)


def _ago(hit: re.Match[str], published: date | None) -> Period | None:
    word = hit["word"].lower()
    if published is None:
        return None
    if word in ("yesterday", "overnight"):
        return Period(published - timedelta(days=1), published - timedelta(days=int(word == "yesterday")))
    return Period(published, published)


def _back(hit: re.Match[str], published: date | None) -> Period | None:
    """ "nine days ago", "two weeks earlier": the day that far back; months and years only as a whole month or year."""
    word, unit = hit["n"].lower(), hit["unit"].lower()
    n = _NUMBERS.get(word) or (int(word) if word.isdigit() else 1 if word in ("a", "an") else 0)
    if published is None or not n or word in ("few", "couple of"):
        return None
    if unit in ("day", "week"):
        day = published - timedelta(days=n * (7 if unit == "week" else 1))
        return Period(day, day)
    if unit == "year":
        return Period(date(published.year - n, 1, 1), date(published.year - n, 12, 31))
    months = published.year * 12 + published.month - 1 - n
    return _whole_month(months // 12, months % 12 + 1)


def _season(hit: re.Match[str], published: date | None) -> Period | None:
    """Spring, summer and autumn as three whole months; a winter lies in two years and is left open."""
    first = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9}[hit["season"].lower()]
    if not hit["year"] and published is None:
        return None
    year = int(hit["year"]) if hit["year"] else published.year if published else 0
    if not hit["year"] and published and first > published.month:
        year -= 1
    return Period(date(year, first, 1), _whole_month(year, first + 2).end)


def _numeric(hit: re.Match[str], published: date | None) -> Period:
    day = date(int(hit["y"]), int(hit["m"]), int(hit["d"]))
    return Period(day, day)


def _since_numeric(hit: re.Match[str], published: date | None) -> Period | None:
    start = _numeric(hit, published).end
    return Period(start, published) if published and start <= published else None


def _until_numeric(hit: re.Match[str], published: date | None) -> Period:
    return Period(None, _numeric(hit, published).end)


def _since(hit: re.Match[str], published: date | None) -> Period | None:
    if published is None:
        return None
    month = _month(hit["month"])
    start = date(_year_for(month, hit["year"], published), month, int(hit["day"] or 1))
    return Period(start, published)


def _until(hit: re.Match[str], published: date | None) -> Period:
    month = _month(hit["month"])
    year = _year_for(month, hit["year"], published)
    day = int(hit["day"]) if hit["day"] else monthrange(year, month)[1]
    if not hit["day"] and (hit["part"] or "").lower().startswith("mid"):
        day = 15
    return Period(None, date(year, month, day))


def _quarter(hit: re.Match[str], published: date | None) -> Period | None:
    number = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "1": 1, "2": 2, "3": 3, "4": 4}[
        hit["q"].lower()
    ]
    year = int(hit["year"]) if hit["year"] else published.year if published else 0
    if not year:
        return None
    return Period(date(year, 3 * number - 2, 1), _whole_month(year, 3 * number).end)


def _years(hit: re.Match[str], published: date | None) -> Period:
    first, last = int(hit["year"]), int(hit["last"] or hit["year"])
    return Period(date(first, 1, 1), date(last, 12, 31))


def _half(hit: re.Match[str], published: date | None) -> Period | None:
    year = int(hit["year"]) if hit["year"] else published.year if published else 0
    if not year:
        return None
    first = hit["h"].lower() == "first"
    return Period(date(year, 1 if first else 7, 1), date(year, 6, 30) if first else date(year, 12, 31))


def _p(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_YEAR = r"(?:,?\s+(?P<year>20\d\d|19\d\d))?"
_READINGS = (
    (_p(r"\b(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b"), "day", _numeric),
    *(
        (_p(lead + day), shape, reading)
        for lead, shape, reading in ((r"\bsince\s+", "since", _since_numeric), (r"\b(?:by|until|up to|as of|till)\s+", "until", _until_numeric), ("", "day", _numeric))
        for day in (
            r"(?<![\d.])(?<!version )(?<!paragraph )(?<!section )(?<!article )(?P<d>[0-3]?\d)\.(?P<m>[01]?\d)\.(?P<y>20\d\d)(?!\d|\.\d)",
            r"(?<![\d/])(?P<d>1[3-9]|2\d|3[01])/(?P<m>[01]?\d)/(?P<y>20\d\d)(?![\d/])",
            r"(?<![\d/])(?P<m>[01]?\d)/(?P<d>1[3-9]|2\d|3[01])/(?P<y>20\d\d)(?![\d/])",
        )
    ),
    (_p(rf"\bsince\s+(?:(?:the\s+)?(?:early|mid|late|start of|beginning of|end of)[\s-]*)?(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{_MONTHS}){_YEAR}(?!\w)"), "since", _since),
    (_p(rf"\b(?:by|until|up to|as of|till)\s+(?:the\s+)?(?P<part>end of|mid|middle of|start of|early|late)?[\s-]*(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{_MONTHS}){_YEAR}(?!\w)"), "until", _until),
    (_p(rf"\b(?:by|until|up to|as of|till)\s+(?P<part>)(?P<month>{_MONTHS})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_YEAR}(?!\w)"), "until", _until),
    (_p(rf"\b(?:between|from)\s+(?P<day>\d{{1,2}})\s+(?:and|to)\s+(?P<last>\d{{1,2}})\s+(?P<month>{_MONTHS}){_YEAR}(?!\w)"), "span", _day_month),
    (_p(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTHS}){_YEAR}(?!\w)"), "day", _day_month),
    (_p(rf"\b(?P<month>{_MONTHS})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|,\d{{3}}){_YEAR}(?!\w)"), "day", _day_month),
    (_p(r"\b(?:the\s+)?(?P<q>first|second|third|fourth|last)\s+quarter(?:\s+of\s+(?P<year>20\d\d))?"), "span", _quarter),
    (_p(r"\b(?:the\s+)?(?P<h>first|second)\s+half\s+of\s+(?:the year|(?P<year>20\d\d))"), "span", _half),
    (_p(rf"\b(?:in|during|throughout|of|for|this past|last)\s+(?:the\s+)?(?P<part>early|mid|late|start of|beginning of|end of)?[\s-]*(?P<month>{_MONTHS}){_YEAR}(?!\w)(?!\s+\d)"), "span", _month_only),
    (_p(rf"\b(?P<part>early|mid|late)[\s-]+(?P<month>{_MONTHS}){_YEAR}(?!\w)(?!\s+\d)"), "span", _month_only),
    (_p(r"\b(?:in|during|throughout|between|from)\s+(?P<year>20\d\d)(?:\s*(?:-|and|to)\s*(?P<last>20\d\d))?\b"), "span", _years),
    (_p(r"\b(?P<which>last|this|the previous|previous)\s+(?P<unit>month|week|year|night)\b"), "span", _relative),
    (_p(r"\b(?:in|over|within|during|for)\s+(?:the\s+)?(?:past|last|previous)\s+(?P<n>\w+|couple of)?\s*(?P<unit>hour|day|week|fortnight|month|year)s?\b"), "span", _past),
    (_p(r"\b(?:within|in)\s+(?P<n>24|48|72)\s+(?P<unit>hour)s\b"), "span", _past),
    (_p(rf"\b(?:(?P<last>last|this|late|early)\s+)?(?:on\s+)?(?P<day>{_DAYS})\b"), "day", _weekday),
    (_p(r"\b(?P<word>yesterday|today|overnight)\b"), "day", _ago),
    (_p(r"\b(?P<n>\w+)\s+(?P<unit>day|week|month|year)s?\s+ago\b"), "day", _back),
    (_p(r"\b(?:in|during|over|last|this)\s+(?:the\s+)?(?P<season>spring|summer|autumn|fall)(?:\s+of\s+(?P<year>20\d\d|19\d\d))?(?!\s+of\b)"), "span", _season),
)  # fmt: skip
