"""Where, when, in which sense and in which mood a figure is given: place, period, aspect, stance, subset."""

import re

from condotta.claims.anchors import Anchor
from condotta.claims.context import Context
from condotta.claims.quantities import Quantity
from condotta.claims.triggers import Trigger
from condotta.intervals import Period

_EVENT_NOUNS = (
    "return",
    "relocation",
    "transfer",
    "departure",
    "departures",
    "repatriation",
    "withdrawal",
    "arrival",
    "evacuation",
    "recall",
    "airlift",
)


_SAID_TO_BE = re.compile(r"\s+(?:of (?:them|whom) )?(?:were|are)\s+(?:all )?([a-z]+)\b")


def said_to_be(context: Context, figure: Quantity) -> set[str]:
    """What a figure without a noun is said to be, in one word or none: "of whom 36 were minors"."""
    said = _SAID_TO_BE.match(context.between(figure.end, figure.end + 40).lower())
    return {said[1]} if said else set()


def subset_of(context: Context, figure: Quantity, anchor: Anchor) -> str:
    tail = context.between(anchor.token.end, anchor.token.end + 40).lower()
    if re.match(r",?\s+(?:most|many|all|the majority) of them (?:\w+ )?civilians?", tail):
        return "civilians"
    words = (
        {t.low for t in context.parse.at(figure.number_end, anchor.token.end)} if anchor.noun else {anchor.token.low}
    )
    return context.words.subset(words | said_to_be(context, figure)) or "all"


def place_of(context: Context, figure: Quantity, trigger: Trigger) -> str | None:
    """The place named after "in", "to", "at", "near", "from" in the same clause, nearest behind the verb or figure."""
    first, last = context.clause(figure.start)
    best: tuple[float, str] | None = None
    for mention in context.mentions:
        if mention.kind in ("place", "state") and first <= mention.start < last:
            lead = context.between(mention.start - 26, mention.start).lower()
            if re.search(
                r"\b(?:in|to|at|near|into|around|outside|inside|for|across|within)\s+(?:the\s+)?(?:(?:city|town|province|village|capital|region|suburbs?|north\w*|south\w*|east\w*|west\w*|camps?)\s+(?:of\s+)?)?$",
                lead,
            ) or (best is None and re.search(r"\bfrom\s+$", lead) and mention.kind == "place"):
                gap = abs(mention.start - max(trigger.token.end, figure.end))
                if best is None or gap < best[0]:
                    best = (gap, mention.name or mention.text)
    return best[1] if best else _unknown_place(context, min(figure.start, trigger.token.start), first, last)


def _unknown_place(context: Context, after: int, first: int, last: int) -> str | None:
    """A capitalised word behind a preposition of place, which no list knows."""
    for hit in re.finditer(
        r"\b(?:in|at|near|to|into|outside|around|on the|west of|east of|north of|south of|shelling of|battle of|battle for|from)\s+(?:the\s+)?(?:(?:city|town|province|village|capital|region|suburbs?|northern|southern|eastern|western|central)\s+(?:of\s+)?)*((?:[A-Z][\w'-]+)(?:\s+[A-Z][\w'-]+){0,2})",
        context.between(first, last),
    ):
        start = first + hit.start(1)
        tokens = context.parse.at(start, first + hit.end(1))
        taken = any(m.start < first + hit.end(1) and m.end > start for m in context.mentions)
        dated = any(
            t.start + context.start < first + hit.end(1) and t.end + context.start > start for t in context.times
        )
        if tokens and tokens[0].tag not in ("PRP", "DT", "CD") and not taken and not dated and start > after:
            return hit[1]
    return None


def period_of(context: Context, figure: Quantity, trigger: Trigger) -> tuple[Period | None, str | None]:
    """The dated phrase of the figure's clause (else of the sentence), nearest to the verb."""
    first, last = context.clause(figure.start)
    inside = [t for t in context.times if first <= context.start + t.start < last]
    inside = [t for t in inside if not _beyond_another(context, figure, context.start + t.start)]
    options = inside or (context.times if len(context.figures) == 1 else [])
    options = [
        t
        for t in options
        if not _belongs_to_saying(context, t.start + context.start, [s.cue for s in context.speeches], trigger)
    ]
    if not options:
        return None, None
    best = min(options, key=lambda t: abs(context.start + t.start - trigger.token.start))
    return best.period, best.shape


def _beyond_another(context: Context, figure: Quantity, at: int) -> bool:
    """Whether another figure stands between this one and a date behind it: the date is the other's ("up from 1,000 in April")."""
    return any(figure.end < f.start and f.end <= at for f in context.figures)


def _belongs_to_saying(context: Context, at: int, cues: list[int], trigger: Trigger) -> bool:
    """Whether a date stands with the verb of saying ("said on Monday") and not with what happened."""
    for cue in cues:
        gap = context.between(min(cue, at), max(cue, at))
        near = len(gap.split()) <= 3 and "," not in gap
        if near and abs(at - cue) < abs(at - trigger.token.start):
            return True
    return False


_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
BY_THEN = re.compile(
    rf"\bhad\b[^.;]*\bby (?:(?:the end of|late|early|mid-?) ?)?(?:\d{{1,2}} )?(?:{_MONTH}|then\b|that time|now\b)"
)
"""The past perfect up to a day is a running total: "had captured 40 men by 3 May"."""
UNTRUE = re.compile(
    r"\b(?:it is|it's|it was)\s+(?:\w+ly\s+)?(?:false|untrue|not true|not correct|incorrect|wrong|not the case)\b"
)
"""What follows is denied: "it is not correct, as was stated, that 800 men serve there"."""


def aspect_of(context: Context, figure: Quantity, trigger: Trigger, shape: str | None) -> str | None:
    """stock, total or flow, from the words around the figure; None when nothing tells."""
    measure = context.words.measures[trigger.measure]
    first, last = context.clause(figure.start)
    text = context.between(first, last).lower()
    if trigger.measure in ("present", "in training"):
        return "stock"
    if not figure.update and BY_THEN.search(context.parse.text):
        return "total"
    if figure.update or (shape in ("day",) and not _cumulative(context, text)) or _is_batch(context, figure):
        return "flow"
    if shape in ("since", "until") or _cumulative(context, text):
        return "total"
    if shape == "span" or any(re.search(rf"\b{re.escape(w)}\b", text) for w in context.words.time["flow"]):
        return "flow"
    perfect = {context.parse.tokens[c].low for c in context.parse.children[trigger.token.i]} & {"have", "has", "had"}
    if perfect and trigger.measure in ("arrived", "recruited", "returned", "killed", "wounded", "captured", "fled"):
        return (
            "total" if trigger.measure not in ("killed", "wounded", "captured") or "have" in perfect else measure.usual
        )
    event = trigger.token.low in _EVENT_NOUNS or (trigger.token.tag == "VBG" and _is_being(context, trigger))
    if measure.usual is None and (
        event or stance_of(context, figure, trigger, (first, last)) in ("planned", "promised", "predicted")
    ):
        return "flow"
    return measure.usual


def _is_being(context: Context, trigger: Trigger) -> bool:
    return any(context.parse.tokens[c].low in ("is", "are", "being") for c in context.parse.children[trigger.token.i])


def _is_batch(context: Context, figure: Quantity) -> bool:
    lead = context.between(figure.start - 40, figure.start).lower()
    return bool(
        re.search(r"\b(?:batch|group|contingent|convoy|wave|plane|flight|unit)s?\s+(?:of|carrying|with)\s+$", lead)
    )


def _cumulative(context: Context, text: str) -> bool:
    return any(re.search(rf"\b{re.escape(w)}\b", text) for w in context.words.time["total"])


def stance_of(context: Context, figure: Quantity, trigger: Trigger, clause: tuple[int, int]) -> str:
    if re.match(r"\s*[\"']?if\b", context.lower) or re.search(
        r"\bif\s+[^,;]*$", context.between(clause[0], figure.start).lower()
    ):
        return "predicted"
    before = _without_may(context.between(max(clause[0], trigger.token.start - 60), trigger.token.start))
    near = _without_may(
        context.between(min(figure.start, trigger.token.start) - 45, max(figure.end, trigger.token.end))
    )
    if any(s.denies and s.cue < figure.start for s in context.speeches) or re.search(
        r"\b(?:denied|denies|denying|rejected claims|dismissed|no truth|false that|untrue)\b",
        context.between(clause[0], figure.start).lower(),
    ):
        return "denied"
    if UNTRUE.search(context.lower) or re.search(
        r"\b(?:is a lie|(?:is|are) (?:a )?(?:pure )?fabricat\w+|calls? fictitious|claim to have\b.*\bis (?:a lie|false))\b",
        context.lower,
    ):
        return "denied"
    if re.search(
        r"\b(?:were|was|is|are)\s+(?:false|untrue|fabricated|baseless|wrong|exaggerated)\b",
        context.between(figure.end, clause[1]).lower(),
    ):
        return "denied"
    beside = (context.parse.tokens[c] for c in context.parse.children[trigger.token.i])
    deps = {t.low for t in beside if not figure.start <= t.start < figure.end}  # "never more than 500" denies nothing
    if deps & {"not", "n't", "never"}:
        return "denied"
    if re.search(
        r"\b(?:will|would|to be|plans? to|planned to|planning to|intends? to|preparing to|prepares? to|ready to|expected to|set to|due to|about to|scheduled to|wants? to|aims? to|agreed to|vowed to|going to|seek\w* to|await\w*)\s+(?:\w+\s+){0,3}$",
        before + " ",
    ):
        predicts = re.search(r"\b(?:could|may|might|forecast|predict\w*|likely)\b", near)
        return "predicted" if predicts else "planned"
    if re.search(r"\b(?:could|may(?! \d)|might|likely to|forecasts?|predict\w*|warned that .{0,40}would)\b", before):
        return "predicted"
    if any(
        re.search(rf"\b{w}\b", near) for w in ("promised", "pledged", "promises", "pledges")
    ) and trigger.measure not in ("killed", "defected"):
        return "promised"
    return "asserted"


def _without_may(text: str) -> str:
    """Lower case, with the month of May out of the way of the verb "may"."""
    return re.sub(r"\bMay\b", "the fifth month", text).lower()
