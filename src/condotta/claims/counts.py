"""Head-counts: binds each figure that counts people to a measure, an aspect, a group, a place and a period.

A figure is anchored at the noun it counts; the word that says what happened to those people (a verb or noun of
words/measures.yaml) is the cheapest one by steps in the dependency tree, words in between and clause borders.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from condotta.claims.actors import Mention
from condotta.claims.context import Context
from condotta.claims.parser import Token
from condotta.claims.quantities import Quantity
from condotta.intervals import Amount, Period
from condotta.records import Claim


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a figure counts: the noun's token (or the number's own), whether a noun of people stands there."""

    token: Token
    noun: bool


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that says what happened, and to which measure that belongs."""

    token: Token
    measure: str
    cost: float


_DEAD_END = re.compile(r"^(?:\s+\w+){0,2}\s+(?:of\s+)?(?:the\s+)?(?:million|billion|trillion)\b")
_GENERIC = frozenset("fighters fighter men man militants militant mercenaries mercenary members member of dead deaths bodies soldiers troops combatants "
                     "jihadists rebels gunmen militiamen recruits volunteers were have had are others more trainees prisoners people casualties strong elements personnel".split())  # fmt: skip
_CIVIL = frozenset("civilians civilian children child women woman people person residents villagers passengers protesters students police policemen "
                   "workers refugees journalists families demonstrators patients medics".split())  # fmt: skip
_NATURAL = r"\b(?:earthquake|quake|flood(?:s|ing|ed)?|cholera|measles|typhoid|malaria|ebola|coronavirus|covid|epidemic|pandemic|outbreak of|landslide|hurricane|cyclone|storm daniel|drought|famine|bus (?:crash|accident)|road accident|traffic accident|stampede|heatwave|heart attack)\b"
_MARTIAL = r"\b(?:fighters?|mercenar\w+|militants?|soldiers?|troops?|rebels?|militia\w*|recruit\w*|jihadi\w*|combatants?|battalions?|brigades?|armed|army|military|front ?line|deploy\w*|insurgen\w+|gunm[ae]n|contractors?|paramilitar\w+|commanders?|conscripts?|war|factions?|defector\w*|desert\w*|training camps?|volunteers?|instructors?|garrison|theatre|enlist\w*|convicts)\b"
_PROGRESSIVE = frozenset("are is were was be been being currently now still".split())


def counts(context: Context) -> Iterable[Claim]:
    """The count claims of one sentence, without quote, chain and id, which the caller adds."""
    last: Mention | None = None
    previous: Claim | None = None
    for figure in context.figures:
        if figure.unit is None and (anchor := _anchor(context, figure)):
            trigger = _trigger(context, figure, anchor)
            part = _part_of(context, figure, anchor, previous, trigger)
            if part:
                previous = part
                yield part
            elif trigger:
                last = _group(context, figure, anchor, trigger, last)
                previous = _claim(context, figure, anchor, trigger, last)
                yield previous
    yield from _single_people(context)


def _anchor(context: Context, figure: Quantity) -> Anchor | None:
    """The people that a figure counts: the first noun after it that decides; None when it counts something else."""
    lists = context.words.quantities
    people, things = set(lists["people"]), set(lists["not_people"])
    after = [t for t in context.parse.tokens if t.start >= figure.number_end]
    number = context.token_at(figure.number_start) or context.parse.tokens[0]
    if _DEAD_END.match(context.between(figure.number_end, figure.number_end + 30)):
        return None
    for k, token in enumerate(after[:9]):
        following = after[k + 1] if k + 1 < len(after) else None
        compound = following is not None and (following.low in things or following.text == "-" and k + 2 < len(after) and after[k + 2].low in things)
        if token.low in things and not (following is not None and following.low in people and token.tag.startswith("NN")):
            return None
        if token.low == "of" and following is not None and following.low in ("them", "these", "those", "whom"):
            return Anchor(token, False)
        if token.text[:1].isupper() and token.low in people and following is not None and following.tag.startswith("NN") and not token.low.endswith("s"):
            continue
        if token.low in people and not compound:
            return Anchor(token, token.tag.startswith("NN") or token.low not in ("were", "have", "had", "are", "of", "more"))
        if token.tag in (",", ".", ":", "-LRB-") or token.low != "of" and token.tag.startswith(("VB", "IN", "TO", "WP", "WDT", "MD", "CC")) and token.tag not in ("VBN", "VBG"):
            break
        if token.tag in ("VBN", "VBD", "VBG") and any(token.low in m.verbs for m in context.words.measures.values()):
            break
        if token.tag in ("NNS", "NN", "NNPS", "NNP") and not _may_continue(after, k):
            nation = token.text[:1].isupper() and token.low.endswith(("ans", "ese", "is", "ards", "ers"))
            unknown = token.low.endswith(("ers", "ists", "ians", "men", "ors", "ees", "nts", "icts")) and token.tag == "NNS"
            if nation or any(m.start <= token.start < m.end and m.kind == "group" for m in context.mentions):
                return Anchor(token, True)
            return Anchor(token, True) if unknown else None
    return _counted_before(context, figure) or Anchor(number, False)


def _counted_before(context: Context, figure: Quantity) -> Anchor | None:
    """The people of "the number of X ... at/to/of N", when the figure itself stands bare."""
    first, _ = context.clause(figure.start)
    lead = context.between(first, figure.start)
    hit = re.search(r"\b(?:(?:number|total|count|strength|figure|presence)s?\s+of|puts?)\s+(?:the\s+)?((?:[\w-]+\s+){0,4}?([\w-]+))\b(?=.*\b(?:at|to|of|is|was|reached|exceeds|exceeded|as|by|from|stood|stands|hit|nears?)\s+(?:\w+\s+){0,2}$)", lead)
    people = set(context.words.quantities["people"])
    while hit:
        for token in context.parse.at(first + hit.start(1), figure.start):
            if token.low in people and token.tag.startswith("NN"):
                return Anchor(token, True)
        break
    return None


def _may_continue(after: list[Token], k: int) -> bool:
    """Whether the noun phrase goes on: a noun, an adjective or a hyphen follows."""
    return k + 1 < len(after) and (after[k + 1].tag.startswith(("NN", "JJ", "HYPH", "VBN")) or after[k + 1].text == "-")


def _trigger(context: Context, figure: Quantity, anchor: Anchor) -> Trigger | None:
    """The cheapest word that says what happened to the people counted, or None when all are too far."""
    if re.search(_NATURAL, context.lower):
        return None
    options = [t for token in context.parse.tokens for t in _readings(context, token, figure, anchor)]
    if anchor.noun:
        options += _existence(context, figure, anchor)
    best = min(options, key=lambda o: o.cost, default=None)
    limit = 6.5 if anchor.noun else 4.6
    if best is None or best.cost > limit or not _fits(context, anchor, best):
        return None
    return best


def _fits(context: Context, anchor: Anchor, trigger: Trigger) -> bool:
    """Head-counts are of fighters: students sent to a course and ambassadors at a ceremony are not counted."""
    if context.words.measures[trigger.measure].klass == "casualty" or not anchor.noun:
        return True
    low = anchor.token.low
    if low in _CIVIL and low not in ("people", "children", "women", "person"):
        return False
    if low in ("people", "members", "women", "children", "person", "individuals", "others", "personnel", "officers", "police", "guards", "drivers"):
        return martial(context)
    return low in context.words.quantities["people"] or anchor.token.text[:1].isupper()


def martial(context: Context) -> bool:
    """Whether the sentence, or the one before, speaks of armed men at all."""
    texts = [context.lower] + ([context.before.lower] if context.before else [])
    if any(m.kind in ("group", "side") for m in context.mentions) or (context.before and any(m.kind == "group" for m in context.before.mentions)):
        return True
    return any(re.search(_MARTIAL, t) for t in texts)


def _readings(context: Context, token: Token, figure: Quantity, anchor: Anchor) -> Iterable[Trigger]:
    if figure.number_start <= token.start < figure.number_end:
        return
    for name, measure in context.words.measures.items():
        verbal = token.low in measure.verbs and token.tag.startswith(("VB", "JJ", "NN", "RB")) and not _is_noun_use(token, measure.nouns)
        if verbal or token.low in measure.nouns and token.tag.startswith(("NN", "JJ", "VB")):
            chosen = _disambiguated(context, token, name, verbal)
            if chosen:
                yield Trigger(token, chosen, _cost(context, token, figure, anchor, verbal))


def _is_noun_use(token: Token, nouns: frozenset[str]) -> bool:
    headline = token.text[:1].isupper() and token.i > 0
    return token.tag.startswith("NN") and token.low not in nouns and not headline


def _cost(context: Context, token: Token, figure: Quantity, anchor: Anchor, verbal: bool) -> float:
    parse, at = context.parse, anchor.token
    if token.i == at.i:
        return 3.0 if token.low in context.words.measures["recruited"].nouns or token.low == "trainees" else 0.0
    low, high = sorted((token.start, figure.number_start))
    words = context.between(low, high).lower()
    if token.i == at.i + 1 and anchor.noun and token.tag in ("VBN", "VBD", "JJ", "NN", "NNP", "VBP") and token.low in ("killed", "injured", "wounded", "dead", "captured"):
        return 0.1
    rising = token.low in ("toll", "number", "tally", "dead", "strength", "presence") and re.search(
        r"\b(?:reach\w*|rose|risen|climb\w*|grew|stands?|stood|jumped|hit|now|least)\s+(?:to\s+|at\s+|from \S+ to\s+)?(?:at least\s+|about\s+|more than\s+|nearly\s+)?$",
        context.between(token.end, figure.number_start).lower(),
    )
    if rising and ";" not in words:
        return 1.0
    cost = min(parse.distance(token.i, at.i), 6) + 0.1 * abs(token.i - at.i)
    cost += 2.5 * len(re.findall(r";|:|\b(?:while|whereas|although|but|before|after|despite)\b", words))
    cost += 0.5 * words.count(",")
    between = [f for f in context.figures if f.unit is None and low < f.number_start < high and f.number_start != figure.number_start]
    cost += 1.0 * len(between)
    child = token.i == at.head or at.i == token.head
    cost -= 1.0 if verbal and child and at.dep.startswith(("nsubj", "obj", "acl")) else 0.0
    cost -= 0.8 if token.dep.startswith("acl") and token.head == at.i and at.dep != "nsubj" else 0.0
    cost += 1.2 if token.dep.startswith("acl") and token.head == at.i and at.dep.startswith("nsubj") else 0.0
    cost += 1.0 * len(re.findall(r"\band that\b|, and\b", words))
    if token.low in ("force", "ranks", "lives", "back", "number", "losses", "batch", "active", "commands", "keeps", "stay", "stands", "broke", "laid", "moved", "entered", "asked", "wants", "needs"):
        cost += 0.7
    return cost


def _disambiguated(context: Context, token: Token, name: str, verbal: bool) -> str | None:
    """The measure that an ambiguous word means here, or None where it means something else."""
    text = context.lower
    after = text[token.end - context.start : token.end - context.start + 60]
    before = text[max(0, token.start - context.start - 40) : token.start - context.start]
    children = {context.parse.tokens[c].low for c in context.parse.children[token.i]}
    rule = _SPECIAL.get(token.low)
    if rule is not None:
        return rule(name, before, after, children, verbal)
    if name == "arrived" and re.match(r"\s+(?:\w+\s+){0,2}(?:back|home)\b", after):
        return "returned"
    if name == "arrived" and re.match(r"\s+(?:\w+\s+){0,2}?(?:for|to)\s+(?:\w+\s+){0,3}train", after):
        return "in training"
    if name == "arrived" and verbal and re.search(r"\b(?:from libya|out of)\b", after) and re.search(r"to (?:syria|turkey)|back", after):
        return "returned"
    return name


def _fighting(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    if re.match(r"\s+(?:broke|raged|continued|between|has|erupted|around|near)", after) or re.search(r"\b(?:the|heavy|fierce|in|of|during|recent)\s+$", before):
        return None
    return name if children & _PROGRESSIVE or re.search(r"\b\w+(?:s|men|are|currently|now|is|were)\s+$", before) else None


def _left(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    if re.match(r"\s+(?:at least |more than |some |about |nearly |up to |around |over |another )?(?:\d|\w+ (?:people |fighters )?(?:dead|killed|wounded|injured))", after):
        return None
    if re.match(r"\s+for\b", after):
        return "arrived" if name == "returned" else None
    if re.match(r"\s+(?:the\s+)?(?:libya|theatre|country|tripoli|front|mali|sudan|yemen)\b", after):
        return "returned" if name == "returned" else None
    return "defected" if name == "defected" else None


def _training(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    if name != "in training" or re.match(r"\s+(?:camps?\s+)?(?:lasts?|lasted|courses?|programme|program)\b", after) or re.search(r"\b(?:lack of|without|after|poor|no|for lack of|finished|completed|the)\s+(?:\w+\s+){0,2}$", before) and not re.search(r"\b(?:under|in|receiv\w+|at) (?:the )?$", before):
        return None
    return name


def _numbered(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    return None if re.search(r"\b(?:dead|killed|deaths|wounded|losses|volunteers|recruits|arrivals|captured|prisoners|deserters|tripoli|side)\b", before) else name


def _taken(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    wanted = {"captured": r"\s+(?:prisoner|captive|hostage|\w+ prisoner)", "present": r"\s+part in"}.get(name)
    return name if wanted and re.match(wanted, after) else None


def _claiming(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    return name if re.match(r"\s+(?:at least |some |about |more than |over )?(?:the lives|\w+ lives|\w+ and (?:injuring|wounding)|\d+ martyrs)", after) else None


def _only_with(*needed: str):  # type: ignore[no-untyped-def]  # a small factory; its product has the rules' signature
    def rule(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
        around = before[-30:] + " | " + after[:40]
        return name if any(re.search(rf"\b(?:{n})\b", around) for n in needed) else None

    return rule


def _verb_only(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    return name if verbal and not re.search(r"\b(?:the|a|no|any|of)\s+$", before) else None


_SPECIAL = {
    "fighting": _fighting, "fight": _only_with("to", "who", "currently"), "left": _left, "training": _training,
    "camps": _only_with("training", "in"), "trained": _verb_only, "train": _verb_only,
    "back": _only_with("came", "come", "gone", "went", "brought", "sent", "flown", "home", "bring", "taken"),
    "lives": _only_with("claimed", "lost", "cost", "took"), "force": _only_with("strong", "of"),
    "broke": _only_with("away", "ranks", "from"), "laid": _only_with("down", "arms"), "crossed": _only_with("europe", "italy", "sea", "border"),
    "signed": _only_with("up", "contract", "contracts", "on"), "pulled": _only_with("out", "back"),
    "stands": _only_with("at"), "commands": _only_with("men", "fighters", "force"), "keeps": _only_with("men", "fighters", "troops"),
    "numbered": _numbered, "numbers": _numbered, "numbering": _numbered,
    "number": _only_with("about", "around", "some", "more", "between", "nearly", "over", "up", r"\d+"), "ordered": _only_with("deployment of"),
    "asked": _only_with("for"), "hurt": _verb_only, "fly": _verb_only, "flight": _only_with("desertion", "their"),
    "trains": _verb_only, "entered": _only_with("libya", "country", "theatre", "turkey", "mali", "sudan"), "moved": _only_with("to", "into", "from"),
    "taken": _taken, "took": _taken, "claiming": _claiming, "claimed": _claiming, "gone": _only_with("over to", "back"),
    "toll": _only_with("death", "its", "the", "killed", "dead", "rose", "risen", "stands", "total"), "went": _only_with("to", "back", "home", "into"),
    "victims": _only_with("dead", "killed", "number", "of"), "seized": _only_with("fighters", "men", "mercenaries", "prisoners"),
    "registered": _only_with("for", "to", "names", "fighters", "recruits", "men", "with", "at", "volunteers"), "surrendered": _verb_only, "active": _only_with("are", "remain", "still", "remained"),
    "based": _only_with("are", "were", "in", "at"), "exceeds": _only_with("presence", "strength", "number"),
    "return": _only_with("to", "home", "of", "from"), "returns": _only_with("to", "home", "of", "from"),
}  # fmt: skip


def _existence(context: Context, figure: Quantity, anchor: Anchor) -> Iterable[Trigger]:
    """ "There are 3,000 fighters in Libya", "has 3,000 men (there)", "the presence of": a stock without a trigger word."""
    before = context.between(context.start, figure.start).lower()
    if re.search(r"\bthere\s+(?:are|were|is|remain|remained|still are)\s+(?:now\s+|still\s+|currently\s+)?(?:only\s+)?$", before):
        yield Trigger(anchor.token, "present", 2.0)
    elif re.search(r"\b(?:has|have|had|fields|commands|maintains|with|of)\s+(?:now\s+|still\s+|currently\s+|a force of\s+)?$", before) and not re.search(r"(?:of|with)\s+$", before):
        yield Trigger(anchor.token, "present", 4.5)
    elif re.match(r"\s+(?:are|were|remain|remained)\s+(?:now |still |currently |present )?(?:in|on)\s+(?!training|camps?\b|talks)", context.between(anchor.token.end, anchor.token.end + 40)):
        yield Trigger(anchor.token, "present", 2.6)
    elif re.search(r"\b(?:put|puts|estimates?|estimated)\b[^.;]{0,80}\b(?:number|strength|figure)\b", before):
        yield Trigger(anchor.token, "present", 4.0)


def _claim(context: Context, figure: Quantity, anchor: Anchor, trigger: Trigger, group: Mention | None) -> Claim:
    clause = context.clause(figure.start)
    period, phrase = _period(context, figure, trigger)
    aspect = _aspect(context, figure, trigger, phrase)
    return Claim(
        document=context.document.id,
        kind="count",
        quote="",
        start=figure.start,
        end=figure.end,
        measure=trigger.measure,
        aspect=aspect,
        subset=_subset(context, figure, anchor),
        group=group.name if group else None,
        group_text=(group.text or None) if group else None,
        place=_place(context, figure, trigger),
        period=period,
        amount=_amount(context, figure),
        stance=_stance(context, figure, trigger, clause),
        confidence=round(max(0.3, min(0.95, 0.97 - 0.09 * trigger.cost - (0 if anchor.noun else 0.05) - (0 if aspect else 0.1))), 2),
    )


def _part_of(context: Context, figure: Quantity, anchor: Anchor, previous: Claim | None, trigger: Trigger | None) -> Claim | None:
    """A figure that is a part of the one before ("among them 290 minors") or a rival to it ("put them at 4,200")."""
    if previous is None or previous.amount is None or previous.amount.end is None:
        return None
    gap = context.between(previous.amount.end, figure.start).lower()
    part = re.search(r"\b(?:including|among them|of them|of whom|among whom|among those|including the|includes)\s+(?:at least\s+|about\s+)?$", gap)
    rival = re.search(r"\b(?:put|puts|putting|gave|gives|admit\w*|claim\w*|said|says|speak\w*|estimat\w+|counted|insist\w*)\s+(?:only\s+)?(?:to\s+|of\s+)?(?:(?:it|them|the\s+(?:\w+\s+)?(?:number|figure|toll|total|count|strength|captured|dead|wounded))\s+at\s+)?(?:only\s+|just\s+)?$", gap)
    own = trigger is not None and trigger.token.start > figure.start and trigger.cost < 3.5 and trigger.token.i != anchor.token.i
    if not (part and not own or rival and (trigger is None or not anchor.noun) and len(gap) < 160):
        return None
    subset = _subset(context, figure, anchor) if part else previous.subset
    return replace(previous, start=figure.start, end=figure.end, amount=_amount(context, figure), subset=subset, stance="asserted", confidence=0.6)


def _amount(context: Context, figure: Quantity) -> Amount:
    text = context.document.text[figure.start : figure.end]
    return Amount(figure.low, figure.high, figure.unit or "people", figure.qualifier, text, figure.start, figure.end)


def _subset(context: Context, figure: Quantity, anchor: Anchor) -> str:
    words = {t.low for t in context.parse.at(figure.number_end, anchor.token.end)} if anchor.noun else {anchor.token.low}
    for subset, nouns in context.words.quantities["subsets"].items():
        if words & set(nouns):
            return str(subset)
    return "all"


def _group(context: Context, figure: Quantity, anchor: Anchor, trigger: Trigger, last: Mention | None) -> Mention | None:
    """The group that the people counted belong to: in their noun phrase, else beside the verb, else the one in focus."""
    named = [m for m in context.mentions if m.kind in ("group", "side")]
    end = _phrase_end(context, anchor.token)
    head = min(figure.start, anchor.token.start - 40 if anchor.token.start < figure.start else figure.start)
    inside = [m for m in named if head <= m.start < end and (m.start >= figure.start or m.end <= anchor.token.start + 3)]
    if inside:
        return min(inside, key=lambda m: abs(m.start - anchor.token.end))
    if anchor.token.low in _CIVIL and anchor.token.low not in ("people", "person"):
        return _words_group(context, figure, anchor)
    beside = [m for m in named if _is_of_trigger(context, m, trigger, figure)]
    if beside:
        return min(beside, key=lambda m: abs(m.start - figure.start))
    described = None if any(anchor.token.low in m.nouns for m in context.words.measures.values() if m.klass == "casualty") else _words_group(context, figure, anchor)
    generic = _generic(context, described)
    if generic:
        return generic
    among = _among_words(context, trigger)
    if among:
        return among
    if (anchor.token.low in _GENERIC or not anchor.noun) and (described is None or described.text.lower() in _GENERIC):
        if last is not None:
            return last
        if context.case and context.case.root and re.search(r"\bthe (?:fighters|mercenaries|militants|recruits|men)\b", context.lower) and not any(m.end <= figure.start for m in named):
            return Mention(figure.start, figure.end, "", "group", context.case.root)
        spoken = {p for s in context.speeches for p in s.path}
        focus = [m for m in named if m.end <= figure.start and not _is_agent(context, m)]
        focus = [m for m in focus if not any(m.text in p or m.name == p for p in spoken)]
        focus = focus or [m for m in context.groups_before if not set(context.lower.split()) & _CIVIL]
        if focus:
            return focus[-1]
        if context.case and context.case.root and (described or re.search(r"\b(?:fighters|militants|mercenaries|recruits|factions|their|them)\b", context.lower)):
            at = described or Mention(figure.start, figure.end, "", "group", None)
            return Mention(at.start, at.end, at.text, "group", context.case.root)
    return described


def _among_words(context: Context, trigger: Trigger) -> Mention | None:
    """A group without a name behind the word that counts: "losses among the Turkey-backed groups"."""
    hit = re.match(
        r"\s+(?:among|of|within|in the ranks of)\s+(?:the\s+)?((?:[\w-]+\s+){0,4}?(?:factions|groups|militias|mercenaries|fighters|rebels|militants))\b",
        context.between(trigger.token.end, trigger.token.end + 90),
    )
    if hit is None or trigger.token.tag.startswith("VB"):
        return None
    start = trigger.token.end + hit.start(1)
    name = context.case.resolve("groups", hit[1]) if context.case else None
    return Mention(start, start + len(hit[1]), hit[1], "group", name)


def _phrase_end(context: Context, token: Token) -> int:
    """Where the noun phrase of the people ends: behind its "of/from/in the ranks of/belonging to" part."""
    tail = context.between(token.end, token.end + 160)
    link = re.match(r"\s*(?:,\s*)?(?:who\s+)?(?:of|from|belonging to|belong to|affiliated with|loyal to|allied with|within|in the ranks of|in|with|linked to|affiliated to|fighting for|working for|employed by)\b[^.;]*?(?=\b(?:were|was|had|have|has|are|is|who|that|which|by|after|when|while|on|in)\b|[,.;(]|$)", tail)
    return token.end + (link.end() if link else 0)


def _is_agent(context: Context, mention: Mention) -> bool:
    lead = context.between(mention.start - 14, mention.start).lower()
    return bool(re.search(r"\b(?:by|against|with|between|to|for|from)\s+(?:the\s+)?$", lead))


def _is_of_trigger(context: Context, mention: Mention, trigger: Trigger, figure: Quantity) -> bool:
    """Whether a name beside the verb is whose people they are: "from X" of leaving, "among X", or the subject "X lost"."""
    lead = context.between(mention.start - 24, mention.start).lower()
    low, high = sorted((mention.start, figure.start))
    if re.search(r";|\bwhile\b|\bwhereas\b", context.between(low, high).lower()):
        return False
    if trigger.measure in ("defected", "fled", "refused", "recruited") and re.search(r"\b(?:from|within|in|left|quit|deserted|abandoned|of)\s+(?:the\s+)?(?:ranks of\s+(?:the\s+)?)?$", lead):
        return True
    if re.search(r"\b(?:among|for|of|in|within|from)\s+(?:the\s+)?(?:ranks of\s+(?:the\s+)?)?$", lead):
        return mention.start > figure.start or trigger.measure in ("killed", "wounded", "captured", "present")
    after = context.between(mention.end, mention.end + 24).lower()
    lost = re.match(r"(?:'s)?\s+(?:had\s+|has\s+|have\s+)?(?:lost|suffered|losses|dead|casualties|strength|number\w*|has|have|fields|toll)\b", after)
    return bool(lost) and mention.start < figure.start


def _words_group(context: Context, figure: Quantity, anchor: Anchor) -> Mention | None:
    """The describing words as a group without a name: "Turkey-backed Syrian factions", "Sudanese mercenaries"."""
    if not anchor.noun or anchor.token.tag.startswith(("VB", "IN")):
        return None
    tokens = context.parse.at(figure.end, anchor.token.end)
    if anchor.token.start < figure.start:
        first = anchor.token.i
        while first > 0 and context.parse.tokens[first - 1].tag in ("JJ", "NNP", "HYPH", "VBN", "NNPS"):
            first -= 1
        tokens = list(context.parse.tokens[first : anchor.token.i + 1])
    while tokens and (tokens[0].low in ("of", "the", "a", "other", "more", "new", "additional", "about", "-", "strong", "their", "its", "such", "his", "these", "those", "least") or tokens[0].tag in (",", "CD")):
        tokens = tokens[1:]
    if not tokens:
        return None
    start, end = tokens[0].start, anchor.token.end
    if anchor.token.low in ("members", "fighters", "men", "elements", "militants", "soldiers", "personnel") and len(tokens) == 1:
        of = re.match(r"\s+(?:of|from|belonging to)\s+(?:the\s+)?((?:[\w'-]+\s+){0,5}?(?:factions|groups|faction|group|brigades|militias|militia|forces|rebels|opposition|army|units|regiment|company|contractor|tribe))\b", context.between(end, end + 90))
        if of:
            start, end = end + of.start(1), end + of.end(1)
    return Mention(start, end, context.document.text[start:end], "group", None)


def _generic(context: Context, described: Mention | None) -> Mention | None:
    """The case's group for words such as "Turkey-backed fighters", when one of its aliases says so."""
    if described is None or context.case is None:
        return None
    name = context.case.resolve("groups", described.text)
    return Mention(described.start, described.end, described.text, "group", name) if name else None


def _place(context: Context, figure: Quantity, trigger: Trigger) -> str | None:
    """The place named after "in", "to", "at", "near", "from" in the same clause, nearest behind the verb or figure."""
    first, last = context.clause(figure.start)
    best: tuple[float, str] | None = None
    for mention in context.mentions:
        if mention.kind in ("place", "state") and first <= mention.start < last:
            lead = context.between(mention.start - 26, mention.start).lower()
            if re.search(r"\b(?:in|to|at|near|into|around|outside|inside|for|across|within)\s+(?:the\s+)?(?:(?:city|town|province|village|capital|region|suburbs?|north\w*|south\w*|east\w*|west\w*|camps?)\s+(?:of\s+)?)?$", lead) or (best is None and re.search(r"\bfrom\s+$", lead) and mention.kind == "place"):
                gap = abs(mention.start - max(trigger.token.end, figure.end))
                if best is None or gap < best[0]:
                    best = (gap, mention.name or mention.text)
    return best[1] if best else _unknown_place(context, figure, first, last)


def _unknown_place(context: Context, figure: Quantity, first: int, last: int) -> str | None:
    for hit in re.finditer(r"\b(?:in|at|near|to|into|outside|around|on the|west of|east of|north of|south of|shelling of|battle of|battle for|from)\s+(?:the\s+)?(?:(?:city|town|province|village|capital|region|suburbs?|northern|southern|eastern|western|central)\s+(?:of\s+)?)*((?:[A-Z][\w'-]+)(?:\s+[A-Z][\w'-]+){0,2})", context.between(first, last)):
        start = first + hit.start(1)
        tokens = context.parse.at(start, first + hit.end(1))
        taken = any(m.start < first + hit.end(1) and m.end > start for m in context.mentions)
        dated = any(t.start + context.start < first + hit.end(1) and t.end + context.start > start for t in context.times)
        if tokens and tokens[0].tag not in ("PRP", "DT", "CD") and not taken and not dated and start > figure.start:
            return hit[1]
    return None


def _period(context: Context, figure: Quantity, trigger: Trigger) -> tuple[Period | None, str | None]:
    """The dated phrase of the figure's clause (else of the sentence), nearest to the verb."""
    first, last = context.clause(figure.start)
    inside = [t for t in context.times if first <= context.start + t.start < last]
    speech_days = [s for s in context.speeches]
    options = inside or (context.times if len(context.figures) == 1 else [])
    options = [t for t in options if not _belongs_to_saying(context, t.start + context.start, [s.cue for s in speech_days], trigger)]
    if not options:
        return None, None
    best = min(options, key=lambda t: abs(context.start + t.start - trigger.token.start))
    return best.period, best.shape


def _belongs_to_saying(context: Context, at: int, cues: list[int], trigger: Trigger) -> bool:
    """Whether a date stands with the verb of saying ("said on Monday") and not with what happened."""
    for cue in cues:
        gap = context.between(min(cue, at), max(cue, at))
        near = len(gap.split()) <= 3 and "," not in gap
        if near and abs(at - cue) < abs(at - trigger.token.start):
            return True
    return False


def _aspect(context: Context, figure: Quantity, trigger: Trigger, shape: str | None) -> str | None:
    """stock, total or flow, from the words around the figure; None when nothing tells."""
    measure = context.words.measures[trigger.measure]
    first, last = context.clause(figure.start)
    text = context.between(first, last).lower()
    if trigger.measure in ("present", "in training"):
        return "stock"
    if figure.update or shape in ("day",) and not _cumulative(context, text) or _is_batch(context, figure):
        return "flow"
    if shape in ("since", "until") or _cumulative(context, text):
        return "total"
    if shape == "span" or any(re.search(rf"\b{re.escape(w)}\b", text) for w in context.words.time["flow"]):
        return "flow"
    perfect = {context.parse.tokens[c].low for c in context.parse.children[trigger.token.i]} & {"have", "has", "had"}
    if perfect and trigger.measure in ("arrived", "recruited", "returned", "killed", "wounded", "captured", "fled"):
        return "total" if trigger.measure not in ("killed", "wounded", "captured") or "have" in perfect else measure.usual
    return measure.usual


def _is_batch(context: Context, figure: Quantity) -> bool:
    lead = context.between(figure.start - 40, figure.start).lower()
    return bool(re.search(r"\b(?:batch|group|contingent|convoy|wave|plane|flight|unit)s?\s+(?:of|carrying|with)\s+$", lead))


def _cumulative(context: Context, text: str) -> bool:
    return any(re.search(rf"\b{re.escape(w)}\b", text) for w in context.words.time["total"])


def _stance(context: Context, figure: Quantity, trigger: Trigger, clause: tuple[int, int]) -> str:
    speech = context.words.speech
    before = _without_may(context.between(max(clause[0], trigger.token.start - 60), trigger.token.start))
    near = _without_may(context.between(min(figure.start, trigger.token.start) - 45, max(figure.end, trigger.token.end)))
    if any(s.denies and s.cue < figure.start for s in context.speeches) or re.search(r"\b(?:denied|denies|denying|rejected claims|dismissed|no truth|false that|untrue)\b", context.between(clause[0], figure.start).lower()):
        return "denied"
    if re.search(r"\b(?:were|was|is|are)\s+(?:false|untrue|fabricated|baseless|wrong|exaggerated)\b", context.between(figure.end, clause[1]).lower()):
        return "denied"
    deps = {context.parse.tokens[c].low for c in context.parse.children[trigger.token.i]}
    if deps & {"not", "n't", "never"}:
        return "denied"
    if re.search(r"\b(?:will|would|to be|plans? to|planned to|planning to|intends? to|preparing to|prepares? to|ready to|expected to|set to|due to|about to|scheduled to|wants? to|aims? to|agreed to|vowed to|going to|seek\w* to|await\w*)\s+(?:\w+\s+){0,3}$", before + " "):
        predicts = re.search(r"\b(?:could|may|might|forecast|predict\w*|likely)\b", near)
        return "predicted" if predicts else "planned"
    if re.search(r"\b(?:could|may(?! \d)|might|likely to|forecasts?|predict\w*|warned that .{0,40}would)\b", before):
        return "predicted"
    if any(re.search(rf"\b{w}\b", near) for w in ("promised", "pledged", "promises", "pledges")) and trigger.measure not in ("killed", "defected"):
        return "promised"
    return "asserted" if speech else "asserted"


def _single_people(context: Context) -> Iterable[Claim]:
    """One unnamed person killed or captured ("the capture of a fighter", "a child was killed"): a count of one."""
    if not re.search(_NATURAL, context.lower):
        yield from _singles(context, "captured", _ONE_CAPTURED)
        yield from _singles(context, "killed", _ONE_KILLED)


_ONE = r"(?:fighter|terrorist|militant|mercenary|member|soldier|jihadist|commander|man|militiaman|officer|recruit|rebel|gunman|policeman|guard)"
_ANYONE = rf"(?:{_ONE[3:-1]}|person|civilian|child|woman|girl|boy|journalist|teenager|baby|leader|citizen|doctor|worker|student|minor)"
_ONE_CAPTURED = rf"\b(?:capture|arrest|detention) of (an?) |\b(an?) (?:[\w'.-]+\s+){{0,6}}?{_ONE}\b(?=[^.;,]{{0,40}}\b(?:captured|taken prisoner|seized)\b)|\b(?:captured|seized|caught) (an?) (?=(?:[\w'.-]+\s+){{0,6}}?{_ONE}\b)"
_ONE_KILLED = rf"\b(?:death|killing) of (an?) (?=(?:[\w'.-]+\s+){{0,4}}?{_ANYONE}\b)|\b(an?) (?:[\w'.-]+\s+){{0,3}}?{_ANYONE}\b(?=(?:[^.;,\d]{{0,40}}\b(?:was|were|is|been)\s+(?:also\s+)?killed\b))|\b(?:killed|killing) (an?) (?=(?:[\w'.-]+\s+){{0,3}}?{_ANYONE}\b)"


def _without_may(text: str) -> str:
    """Lower case, with the month of May out of the way of the verb "may"."""
    return re.sub(r"\bMay\b", "the fifth month", text).lower()


def _singles(context: Context, measure: str, pattern: str) -> Iterable[Claim]:
    for hit in re.finditer(pattern, context.parse.text, re.IGNORECASE):
        k = next(i for i in (1, 2, 3) if hit[i])
        start, end = context.start + hit.start(k), context.start + hit.end(k)
        token = context.token_at(start)
        if token is None:
            continue
        named = [m for m in context.mentions if m.kind == "group" and start < m.start < start + 90 and not _is_agent(context, m)]
        group = named[0] if named else None
        captor = [m for m in context.mentions if m.kind in ("side", "group", "state") and re.search(r"\bby (?:the )?$", context.between(m.start - 8, m.start).lower())]
        words = set(context.between(end, end + 30).lower().split()[:4])
        subset = next((n for n, nouns in context.words.quantities["subsets"].items() if words & set(nouns)), "all")
        amount = Amount(1, 1, "people", "exactly", context.document.text[start:end], start, end)
        yield Claim(context.document.id, "count", "", start, end, measure=measure, aspect="flow",
                    group=group.name if group else None, group_text=group.text if group else None,
                    subset=subset, amount=amount, confidence=0.7, subject=(captor[0].name or captor[0].text) if captor else None)  # fmt: skip
