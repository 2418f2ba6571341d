"""Claims without a figure: who backs, belongs to or fights whom; orders, refusals, protests; forecasts and judgements."""

import re
from collections.abc import Iterable

from condotta.claims.actors import Mention
from condotta.claims.anchors import martial
from condotta.claims.context import Context
from condotta.records import Claim

_SIDES = ("group", "state", "side")


def relations(context: Context) -> Iterable[Claim]:
    """Relations, each once a sentence: subject, predicate, object as canonical names where the case has them."""
    actors = _once([m for m in context.mentions if _acts(m, context)], context)
    seen: set[tuple[str, str, str]] = set()
    yield from _among(context)
    for predicate, subject, target, span in (
        *_backed(context, actors),
        *_between(context, actors),
        *_wars(context, actors),
    ):
        key = (_name(subject), predicate, _name(target))
        if key[0] != key[2] and key not in seen:
            seen.add(key)
            yield Claim(
                context.document.id,
                "relation",
                "",
                *span,
                predicate=predicate,
                subject=key[0],
                object=key[2],
                confidence=0.6,
            )


def _acts(mention: Mention, context: Context) -> bool:
    """Groups and sides; states, unless they are only a place ("in Syria"); "Turkish" where its interests or army are meant."""
    after = context.between(mention.end, mention.end + 24)
    if mention.kind == "demonym":
        return bool(re.match(r"\s+(?:interests|government|army|intelligence|authorities|state|military)\b", after))
    place = mention.kind == "state" and re.search(
        r"\b(?:in|to|from|into|within|across|inside|over|via)\s+$",
        context.between(mention.start - 10, mention.start).lower(),
    )
    return mention.kind in _SIDES and not place


def _once(actors: list[Mention], context: Context) -> list[Mention]:
    """Without the second of two names for one actor side by side: "Government of National Accord (GNA)"."""
    return [
        m
        for i, m in enumerate(actors)
        if not (i and _name(actors[i - 1]) == _name(m) and len(context.between(actors[i - 1].end, m.start)) < 8)
    ]


def _among(context: Context) -> Iterable[Claim]:
    """ "Among them are former members of X": the force spoken of includes men of X."""
    reverse = re.search(
        r"\b((?:former |ex-)?(?:members|fighters|militants|commanders)) of\b[^.;]{0,60}\b(?:are|were|is) (?:also )?among (?:them|these|those)\b",
        context.lower,
    )
    link = reverse or re.search(
        r"\b(?:among (?:them|these|those|the (?:fighters|recruits|mercenaries))|including|included?|some of (?:them|whom))\b[^.;]{0,30}?\b((?:former |ex-)?(?:members|fighters|militants|commanders))\s+of\b",
        context.lower,
    )
    if link is None:
        return
    at = context.start + (link.end(1) if reverse else link.end())
    named = [m for m in context.mentions if m.kind == "group" and m.start >= at]
    affiliate = [m for m in named[1:2] if re.search(r"affiliate|such as", context.between(at, m.start).lower())]
    for target in affiliate or named[:1]:
        subject = _name(context.groups_before[-1]) if context.groups_before else "fighters"
        former = link[1].startswith(("former", "ex-"))
        predicate = "includes former members of" if former else "includes members of"
        yield Claim(context.document.id, "relation", "", context.start + link.start(), target.end, predicate=predicate, subject=subject, object=_name(target), confidence=0.6)  # fmt: skip


def _name(mention: Mention) -> str:
    return mention.name or mention.text


Found = tuple[str, Mention, Mention, tuple[int, int]]


def _backed(context: Context, actors: list[Mention]) -> Iterable[Found]:
    """ "Turkey-backed X", "X, which is backed by Y"."""
    for i, state in enumerate(actors):
        link = re.match(
            r"\s?-\s?(?:backed|supported|sponsored|funded|allied|aligned|affiliated)\s+(?:\w+\s+){0,2}",
            context.between(state.end, state.end + 40),
        )
        if link and i + 1 < len(actors) and actors[i + 1].start - (state.end + link.end()) <= 12:
            yield "backs", state, actors[i + 1], (state.start, actors[i + 1].end)
    for i, target in enumerate(actors[:-1]):
        other = actors[i + 1]
        verb = "|".join(w for w in context.words.actors["back"] if w.endswith("s") or w.endswith("ed"))
        if re.fullmatch(
            r"\)?(?:,|,? or \w+,|\s*\(\w+\),?)?\s*(?:(?:a|an|the|one of the)\s+(?:[\w-]+\s+){1,4})?(?:which|that|whom)\s+",
            context.between(target.end, other.start).lower(),
        ) and re.match(rf"\s+(?:also |openly )?(?:{verb})\b", context.between(other.end, other.end + 24).lower()):
            yield "backs", other, target, (target.start, other.end)
        if re.fullmatch(
            r",?\s*(?:which|who)?\s*(?:is|are|was|were|has been|have been)?\s*(?:\w+ly\s+)?(?:backed|supported|funded|sponsored|armed|financed|bankrolled)\s+by\s+(?:the\s+)?",
            context.between(target.end, other.start).lower(),
        ):
            yield "backs", other, target, (target.start, other.end)


def _between(context: Context, actors: list[Mention]) -> Iterable[Found]:
    """A verb or phrase that stands between two names."""
    words = context.words.actors
    verbs = "|".join(w for w in words["back"] if w not in ("serve", "serves"))
    patterns = (
        ("backs", rf"(?:'s)?\s*(?:\w+ly\s+|which\s+|that\s+|has\s+|have\s+|had\s+|continues to\s+|also\s+)?(?:{verbs})\s+(?:and \w+\s+)?(?:the\s+|its\s+)?(?:\w+\s+){{0,3}}", False),
        ("backs", r",?\s+one of the\s+(?:[\w-]+\s+){0,5}(?:serving|loyal to|working for|in the service of)\s+(?:the\s+)?", True),
        ("belongs to", r"(?:'s)?\s+affiliate\s+in\s+\w+,?\s+", True),
        ("backs", r",\s+(?:a|an|the)\s+(?:[\w-]+\s+){0,4}?(?:backed|supported|funded|sponsored|armed|financed)\s+by\s+(?:the\s+)?", True),
        ("belongs to", rf",?\s+(?:is\s+|are\s+|was\s+|an?\s+|the\s+|which is\s+)*(?:{'|'.join(words['belong'])})\s+(?:the\s+)?(?:\w+\s+)?", False),
        ("allied with", rf"\s+(?:\w+\s+){{0,4}}?(?:{'|'.join(words['ally'])})\s+(?:the\s+)?(?:[\w-]+\s+){{0,1}}", False),
        ("fights", r"(?:'s|\s*\([^)]*\)|\))?,?\s+(?:which\s+|who\s+)?(?:forces\s+|units\s+|fighters\s+|troops\s+|has\s+|have\s+|been\s+|is\s+|are\s+|was\s+)*(?:fights?|fought|fighting|battles?|battling|clashe[sd]|clashing|at war|clash|attacked)\s+(?:against\s+|with\s+)?(?:the\s+)?(?:forces of\s+(?:the\s+)?)?", False),
        ("fights", r"\s+(?:against)\s+(?:the\s+)?(?:forces of\s+(?:the\s+)?|troops of\s+)?", False),
        ("commands", r"\s+(?:\w+\s+){0,6}?(?:is|are|was|were)\s+(?:\w+ly\s+)?commanded\s+by\s+(?:the\s+)?", True),
        ("commands", r"\s+(?:commands|controls|leads|directs)\s+(?:the\s+)?", False),
    )  # fmt: skip
    for i, left in enumerate(actors[:-1]):
        right = actors[i + 1]
        gap = context.between(left.end, right.start).lower()
        for predicate, pattern, swapped in patterns:
            if len(gap) < 90 and re.fullmatch(pattern, gap):
                pair = (right, left) if swapped else (left, right)
                yield predicate, pair[0], pair[1], (left.start, right.end)
                break


def _wars(context: Context, actors: list[Mention]) -> Iterable[Found]:
    """ "clashes between X forces and units of Y", "X and Y clash"."""
    for i, left in enumerate(actors[:-1]):
        right = actors[i + 1]
        gap = context.between(left.end, right.start).lower()
        lead = context.between(left.start - 40, left.start).lower()
        tail = context.between(right.end, right.end + 24).lower()
        joined = re.fullmatch(
            r"(?:'s)?\s+(?:forces\s+|fighters\s+|troops\s+)?and\s+(?:the\s+)?(?:(?:units|forces|fighters|troops) of\s+(?:the\s+)?)?",
            gap,
        )
        if joined and (
            re.search(r"\b(?:clashes|fighting|battles?|war|conflict|combat)\s+between\s+(?:the\s+)?$", lead)
            or re.match(r"(?:\s+forces|\s+units)?\s+(?:clash|are fighting|fight|battle)\b", tail)
        ):
            yield "fights", left, right, (left.start, right.end)


def events(context: Context) -> Iterable[Claim]:
    """Things that happened, without a head-count of their own."""
    if not martial(context):
        return
    for predicate, pattern in _EVENTS:
        for hit in re.finditer(pattern, context.parse.text, re.IGNORECASE):
            span = (context.start + hit.start(), context.start + hit.end())
            subject = _subject(context, span[0])
            target = _object(context, span[1])
            if subject is None or (target is None and predicate == "refused"):
                continue
            yield Claim(context.document.id, "event", "", *span, measure=_MEASURE.get(predicate), predicate=predicate, subject=subject, object=target,
                        group=_group_name(context, subject), group_text=subject, stance=_event_stance(context, hit), confidence=0.55)  # fmt: skip
            break


_MEASURE = {"refused": "refused", "defected": "defected", "captured": "captured"}
_EVENTS = (
    ("ordered", r"\b(?:were|was|been|being|had been)\s+ordered\s+to\b|\b(?:ordered|instructed|commanded)\s+(?=(?:\w+\s+){0,5}?to\s+\w+)"),
    ("refused", r"\b(?:refus(?:ed|es|ing)|reject(?:ed|s) (?:an order|orders|a request|the request|the demand|demands)|declin(?:ed|es) to|balked at|defied|(?:would|will) not (?:send|deploy|fight))\b"),
    ("suspended funds", r"\b(?:suspend\w*|halt\w*|cut(?:ting)? off|froze|stopp?(?:ed|ing)|withh?(?:eld|olding)|cancel\w*)\s+(?:\w+\s+){0,4}?(?:fund\w*|salar\w+|pay\w*|financ\w+|support|stipends|wages|money)\b|\b(?:fund\w*|salar\w+|financ\w+|support|wages|pay\w*)\s+(?:\w+\s+){0,4}?(?:was|were|been|had been)\s+(?:suspended|halted|cut|stopped|frozen|withheld)\b"),
    ("protested", r"\b(?:protest(?:ed|ing|s)?|demonstrat(?:ed|ing|ions?)|rioted|mutin(?:ied|y)|staged a (?:sit-in|protest|demonstration|mutiny)|went on strike)\b"),
    ("defected", r"\b(?:defected|deserted|switched sides|changed sides|broke away|went over to)\b"),
    ("withdrew", r"\b(?:withdrew|pulled out|began (?:to )?withdraw\w*|left the (?:front|city|country))\b"),
)  # fmt: skip
_PEOPLE = r"((?:\w[\w'-]*\s+){0,4}?(?:fighters|commanders|commander|militants|mercenaries|members|soldiers|men|factions|faction|groups|group|recruits|troops|unit|battalion|leaders|authorities|government|ministry|command|contingent|conscripts|forces|leaders))"


def _subject(context: Context, start: int) -> str | None:
    """The nearest name before the verb in its clause, else the nearest noun of people."""
    first, _ = context.clause(start)
    named = [m for m in context.mentions if m.kind in _SIDES and first <= m.start and m.end <= start]
    named = [
        m
        for m in named
        if not re.search(r"\b(?:to|in|for|by|against)\s+(?:the\s+)?$", context.between(m.start - 12, m.start).lower())
    ]
    if named:
        return _name(named[-1])
    if context.groups_before and re.search(
        r"\b(?:the|its) (?:group|faction|division|brigade|unit|militia)(?:'s)?\b", context.between(first, start).lower()
    ):
        return _name(context.groups_before[-1])
    people = list(re.finditer(rf"\b{_PEOPLE}\b", context.between(first, start)))
    return _trimmed(people[-1][1]) if people else None


def _object(context: Context, end: int) -> str | None:
    """What the verb is about: its words up to the end of the clause, at most sixteen."""
    _, last = context.clause(end)
    text = re.split(r"[.;]|,\s(?=\w+\s(?:said|according))", context.document.text[end:last])[0]
    words = text.split()[:16]
    private = context.lexicon.private_names(context.parse)
    if not words or any(end <= a < last for a, _ in private):
        return None
    return " ".join(words).strip(" ,\"'") or None


def _group_name(context: Context, subject: str | None) -> str | None:
    return context.case.resolve("groups", subject) if context.case and subject else None


def _trimmed(words: str) -> str:
    return re.sub(r"^(?:the|a|an|some|that|and|of|by|to|its|their|\d+)\s+", "", words, flags=re.IGNORECASE)


def _event_stance(context: Context, hit: re.Match[str]) -> str:
    before = context.lower[max(0, hit.start() - 30) : hit.start()]
    if re.search(r"\b(?:did not|not|never|denied|had not|n't)\s+(?:\w+\s+)?$", before):
        return "denied"
    return "planned" if re.search(r"\b(?:will|would|to|plans? to|threatened to)\s+$", before) else "asserted"


_MODAL = (
    r"\b(?:may|might|could|will|would|is likely to|are likely to|risks?|threatens? to|is expected to|is bound to)\b"
)
_JUDGED = re.compile(
    r"\b(?:was not (?:fully |entirely )?achieved|has failed|failed|backfired|marks? a (?:drastic|sharp|major)? ?(?:shift|turn)|is weakening|are deteriorating|is eroding|has eroded|lost (?:its|their) (?:hold|grip|influence))\b",
    re.IGNORECASE,
)


def assessments(context: Context) -> Iterable[Claim]:
    """Forecasts and judgements about influence, loyalty and outcome, where an actor is named."""
    influence = "|".join(context.words.actors["influence"])
    actors = [m for m in context.mentions if m.kind in _SIDES]
    forecast = re.search(
        rf"{_MODAL}[^.;]{{0,80}}\b(?:{influence}|lose|losing|lost|defeat|withdraw\w*|turn against|unravel|collapse|fracture|break)\b",
        context.lower,
    )
    judged = _JUDGED.search(context.parse.text)
    hit, predicate, stance = (forecast, "forecast", "predicted") if forecast else (judged, "judgement", "asserted")
    if hit is None or (not actors and not re.search(rf"\b(?:{influence})\b", context.lower)):
        return
    if forecast and not re.search(rf"\b(?:{influence})\b", context.lower[hit.start() :]) and not actors:
        return
    before = [m for m in actors if m.start >= context.start + hit.start()] or actors
    start, end = context.start + hit.start(), context.start + len(context.parse.text.rstrip(" ."))
    yield Claim(context.document.id, "assessment", "", start, end, predicate=predicate, stance=stance,
                subject=_name(before[0]) if before else None, object=" ".join(context.document.text[start:end].split())[:200], confidence=0.5)  # fmt: skip
