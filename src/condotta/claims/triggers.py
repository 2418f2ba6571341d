"""The word that says what happened to the people a figure counts: the cheapest one by steps in the dependency tree,
words in between and clause borders."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from condotta.claims.anchors import CIVIL, Anchor, martial
from condotta.claims.context import Context
from condotta.claims.parser import Token
from condotta.claims.quantities import Quantity
from condotta.claims.senses import sense_of

NATURAL = r"\b(?:earthquake|quake|flood(?:s|ing|ed)?|cholera|measles|typhoid|malaria|ebola|coronavirus|covid|epidemic|pandemic|outbreak of|landslide|hurricane|cyclone|storm daniel|drought|famine|bus (?:crash|accident)|road accident|traffic accident|stampede|heatwave|heart attack)\b"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that says what happened, and to which measure that belongs."""

    token: Token
    measure: str
    cost: float


def trigger_of(context: Context, figure: Quantity, anchor: Anchor) -> Trigger | None:
    """The cheapest word that says what happened to the people counted, or None when all are too far."""
    if re.search(NATURAL, context.lower):
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
    if low in CIVIL and low not in ("people", "children", "women", "person"):
        return False
    if low in (
        "people",
        "members",
        "women",
        "children",
        "person",
        "individuals",
        "others",
        "personnel",
        "officers",
        "police",
        "guards",
        "drivers",
    ):
        return martial(context)
    return low in context.words.quantities["people"] or anchor.token.text[:1].isupper()


def _readings(context: Context, token: Token, figure: Quantity, anchor: Anchor) -> Iterable[Trigger]:
    if figure.number_start <= token.start < figure.number_end:
        return
    named = any(m.kind == "group" and m.start <= token.start < m.end and " " in m.text for m in context.mentions)
    if named or _acts_on_others(context, token, figure, anchor):
        return
    for name, measure in context.words.measures.items():
        verbal = (
            token.low in measure.verbs
            and token.tag.startswith(("VB", "JJ", "NN", "RB"))
            and not _is_noun_use(token, measure.nouns)
        )
        if verbal or (token.low in measure.nouns and token.tag.startswith(("NN", "JJ", "VB"))):
            chosen = sense_of(context, token, name, verbal)
            if chosen:
                yield Trigger(token, chosen, _cost(context, token, figure, anchor, verbal))


def _acts_on_others(context: Context, token: Token, figure: Quantity, anchor: Anchor) -> bool:
    """ "45 men killed 20 villagers": the figure before an active verb of harm counts those who do it."""
    if token.low not in (
        "killed",
        "wounded",
        "injured",
        "captured",
        "seized",
        "massacred",
        "executed",
        "arrested",
        "shot",
    ):
        return False
    passive = any(
        context.parse.tokens[c].low in ("was", "were", "been", "being", "be", "are", "is")
        for c in context.parse.children[token.i]
    )
    if passive or token.start < figure.start or anchor.token.i > token.i:
        return False
    after = context.between(token.end, token.end + 30).lower()
    before = context.between(anchor.token.end, token.start)
    close = len(before.split()) <= 4 and not re.search(r"[,;:]|\bwere\b|\bwas\b|\bbeen\b", before)
    return (
        close
        and bool(
            re.match(
                r"\s+(?:at least |some |about |more than |over |up to )?(?:\d+ [a-z]+|an? |the |several |dozens|hundreds|(?:two|three|four|five|six|seven|eight|nine|ten|twenty) [a-z]+)",
                after,
            )
        )
        and not re.match(r"\s+\d+ (?:others? )?(?:wounded|injured|killed|captured)", after)
    )


def _is_noun_use(token: Token, nouns: frozenset[str]) -> bool:
    headline = token.text[:1].isupper() and token.i > 0
    return token.tag.startswith("NN") and token.low not in nouns and not headline


def _cost(context: Context, token: Token, figure: Quantity, anchor: Anchor, verbal: bool) -> float:
    parse, at = context.parse, anchor.token
    if token.i == at.i:
        return 3.0 if token.low in context.words.measures["recruited"].nouns or token.low == "trainees" else 0.0
    low, high = sorted((token.start, figure.number_start))
    words = context.between(low, high).lower()
    if token.i == at.i + 1 and token.low in (
        "killed",
        "injured",
        "wounded",
        "dead",
        "captured",
        "arrested",
        "detained",
    ):
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
    between = [
        f
        for f in context.figures
        if f.unit is None and low < f.number_start < high and f.number_start != figure.number_start
    ]
    cost += 1.0 * len(between)
    child = token.i == at.head or at.i == token.head
    cost -= 1.0 if verbal and child and at.dep.startswith(("nsubj", "obj", "acl")) else 0.0
    cost -= 0.8 if token.dep.startswith("acl") and token.head == at.i and at.dep != "nsubj" else 0.0
    cost += 1.2 if token.dep.startswith("acl") and token.head == at.i and at.dep.startswith("nsubj") else 0.0
    cost += 1.0 * len(re.findall(r"\band that\b|, and\b", words))
    if (
        token.tag in ("VBG", "VBN")
        and 0 < token.i - at.i <= 2
        and not _has_aux(context, token)
        and _has_main_verb(context, token)
    ):
        cost += 1.5
    if token.low in (
        "force",
        "ranks",
        "lives",
        "back",
        "number",
        "losses",
        "batch",
        "active",
        "commands",
        "keeps",
        "stay",
        "stands",
        "broke",
        "laid",
        "moved",
        "entered",
        "asked",
        "wants",
        "needs",
    ):
        cost += 0.7
    return cost


def _has_aux(context: Context, token: Token) -> bool:
    return any(context.parse.tokens[c].dep.startswith("aux") for c in context.parse.children[token.i])


def _has_main_verb(context: Context, token: Token) -> bool:
    """Whether a later word of some measure carries an auxiliary: it is the verb, and `token` only describes."""
    verbs = [m.verbs for m in context.words.measures.values()]
    later = (t for t in context.parse.tokens if t.i > token.i and any(t.low in v for v in verbs))
    return any(_has_aux(context, t) for t in later)


def _existence(context: Context, figure: Quantity, anchor: Anchor) -> Iterable[Trigger]:
    """ "There are 3,000 fighters in Libya", "has 3,000 men (there)", "the presence of": a stock without a trigger word."""
    before = context.between(context.start, figure.start).lower()
    if re.search(
        r"\bthere\s+(?:are|were|is|remain|remained|still are)\s+(?:now\s+|still\s+|currently\s+)?(?:only\s+)?$", before
    ):
        yield Trigger(anchor.token, "present", 2.0)
    elif re.search(
        r"\b(?:has|have|had|fields|commands|maintains|with|of)\s+(?:now\s+|still\s+|currently\s+|a force of\s+)?$",
        before,
    ) and not re.search(r"(?:of|with)\s+$", before):
        yield Trigger(anchor.token, "present", 4.5)
    elif re.match(
        r"\s+(?:are|were|remain|remained)\s+(?:now |still |currently |present )?(?:in|on)\s+(?!training|camps?\b|talks)",
        context.between(anchor.token.end, anchor.token.end + 40),
    ):
        yield Trigger(anchor.token, "present", 2.6)
    elif re.search(r"\b(?:put|puts|estimates?|estimated)\b[^.;]{0,80}\b(?:number|strength|figure)\b", before):
        yield Trigger(anchor.token, "present", 4.0)
