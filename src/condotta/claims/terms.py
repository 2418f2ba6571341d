"""Terms: what fighters were promised and what they were given: pay, compensation, contract, citizenship, posting, perks."""

import re
from collections.abc import Iterable

from condotta.claims.anchors import martial, warlike
from condotta.claims.context import Context
from condotta.claims.quantities import Quantity
from condotta.intervals import Amount
from condotta.records import Claim

_CURRENCIES = ("USD", "EUR", "GBP", "TRY", "RUB", "LYD", "unknown")
_NOT_PAY = re.compile(
    r"\b(?:billion|aid|worth|price|prices|budget|oil|damage|damages|ransom|fine|loan|loans|revenue|revenues|market|reward|grant|fund(?!s?\s+to fighters)|donat\w+|cost of (?:living|the)|rent|reconstruction|exports?|imports?|per hectare|invoice|harvest|per barrel|a barrel|bail|smugglers?|bribe\w*|crossing|tickets?)\b"
)
_DENIED = re.compile(
    r"\b(?:neither|nor|never|not|n't|none of|no|without|nothing|unpaid|failed to|withheld|did not|have not|has not|had not|instead of|unfulfilled|broken|lie|lies)\b"
)
_PROMISED = re.compile(
    r"\b(?:promis\w+|offer\w*|pledg\w+|lur\w+|guarantee\w*|assur\w+|entice\w*|were to|would (?:be|get|receive|earn)|will (?:be|get|receive|earn)|advertis\w+|told they would)\b"
)
_PLACES = r"(?:oil (?:facilities|fields?|sites?|installations|terminals?|wells?)|oilfields?|gas (?:facilities|fields?)|military bases?|bases|checkpoints|borders?|airports?|embassies|embassy|front ?lines?|fronts?|frontline|camps|headquarters|installations|government (?:buildings|sites)|gold mines?|mines?|pipelines?|ports?|refiner(?:y|ies)|convoys|rear (?:areas|positions)|guard duty|palace|warehouses|facilities)"


def terms(context: Context) -> Iterable[Claim]:
    """The claims of one sentence about what was promised, paid, kept or withheld."""
    seen: set[tuple[str, str, int | None]] = set()
    for claim in (*_money(context), *_contract(context), *_benefits(context), *_posting(context)):
        key = (claim.measure or "", claim.stance, claim.amount.start if claim.amount else None)
        if key not in seen:
            seen.add(key)
            yield claim


def _money(context: Context) -> Iterable[Claim]:
    for figure in context.figures:
        if figure.unit not in _CURRENCIES:
            continue
        around = context.between(figure.start - 90, figure.end + 70).lower()
        wide = context.lower if len(context.figures) == 1 else around
        if not (martial(context) or warlike(context)) or (figure.low or figure.high or 0) > (
            200_000 if figure.unit in ("USD", "EUR", "GBP") else 5_000_000
        ):
            continue
        if _NOT_PAY.search(around) or not (_is_pay(context, wide) or _follows_pay(context)):
            continue
        measure = "compensation" if _has(context, "compensation", around) else "pay"
        if (
            measure == "pay"
            and _has(context, "deducted", around)
            and not re.search(r"\b(?:promised|offered)\b", around)
        ):
            measure = "pay deducted"
        yield _claim(context, measure, _stance(context, figure.start, figure.end), figure)


def _has(context: Context, table: str, text: str) -> bool:
    return any(re.search(rf"\b{re.escape(w)}\b", text) for w in context.words.terms[table])


def _is_pay(context: Context, text: str) -> bool:
    return (
        _has(context, "pay", text)
        or bool(re.search(r"\b(?:each|apiece|a head|every month|hold out|held out)\b", text))
        or bool(re.search(r"\b(?:promised|offered|received?|given|getting|gets?) (?:\w+ ){0,3}(?:us)?\$?\s?\d", text))
        or _has(context, "compensation", text)
    )


def _follows_pay(context: Context) -> bool:
    return context.before is not None and _has(context, "pay", context.before.lower)


def _stance(context: Context, start: int, end: int) -> str:
    """promised, denied or asserted (actually given), from the words in the same clause."""
    first, last = context.clause(start)
    text = context.between(max(first, start - 110), min(last, end + 70)).lower()
    lead = context.between(max(first, start - 60), start).lower()
    paid = re.search(
        r"\b(?:was|were|been|being|is|are|got|only|actually|they)\s+(?:only\s+|actually\s+|just\s+)?(?:paid|received|given|receiving|paying)\b|\breceived\b|\bpaid (?:them|him|only|out)\b|\bpays?\b|\bearn(?:s|ed)?\b",
        lead,
    )
    if _DENIED.search(lead) and not re.search(r"\b(?:not only|no (?:less|more|fewer) than)\b", lead):
        return "denied"
    if _PROMISED.search(lead) or (_PROMISED.search(text) and not paid):
        return "promised"
    if (
        re.search(
            r"\b(?:willing|recruit\w*|lucrative|in exchange for|in return for|for a (?:salary|wage|monthly)|salary of|salaries of|wage of|wages of|compensation of|pay of|contract\w*)\b",
            text,
        )
        and not paid
    ):
        return (
            "promised"
            if re.search(
                r"\b(?:recruit\w*|willing|lucrative|join\w*|sign\w*|contract\w*|volunteer\w*|exchange|return for)\b",
                text,
            )
            else "asserted"
        )
    return "asserted"


def _claim(
    context: Context,
    measure: str,
    stance: str,
    figure: Quantity | None = None,
    at: tuple[int, int] | None = None,
    **more: str | None,
) -> Claim:
    start, end = (figure.start, figure.end) if figure else at or (context.start, context.start)
    amount = None
    if figure:
        amount = Amount(
            figure.low,
            figure.high,
            figure.unit or "USD",
            figure.qualifier,
            context.document.text[figure.start : figure.end],
            figure.start,
            figure.end,
        )
    group = _group(context, start)
    return Claim(context.document.id, "terms", "", start, end, measure=measure, group=group[0], group_text=group[1], amount=amount,
                 stance=stance, confidence=0.75 if figure else 0.65, **more)  # type: ignore[arg-type]  # fmt: skip


def _group(context: Context, start: int) -> tuple[str | None, str | None]:
    first, last = context.clause(start)
    named = [m for m in context.mentions if m.kind == "group" and first <= m.start < last]
    speaking = [s for s in context.speeches if any(s.cue - 60 <= m.start <= s.end + 40 for m in named)]
    if named and not speaking:
        return named[0].name, named[0].text
    return (context.case.root if context.case else None), None


_LONGEST = 120
"""Months; what is longer is no fighter's contract."""


def _contract(context: Context) -> Iterable[Claim]:
    for figure in context.figures:
        around = context.between(figure.start - 60, figure.end + 40).lower()
        if (
            figure.unit == "months"
            and martial(context)
            and _has(context, "contract", around)
            and not re.search(
                r"\b(?:ago|earlier|later|past|last|after|unpaid|delay\w*|arrears|since|sentence[ds]?|prison|jail|into the|of war)\b",
                around,
            )
            and (figure.high or 0) <= _LONGEST
        ):
            yield _claim(context, "contract", "promised" if _PROMISED.search(around) else "asserted", figure)


def _benefits(context: Context) -> Iterable[Claim]:
    """Citizenship, unnamed money and other perks, promised or withheld."""
    text = context.lower
    if not martial(context) or re.search(r"\b(?:teachers?|civil servants?|nurses|union)\b", text):
        return
    about_promises = bool(_PROMISED.search(text)) or (
        context.before is not None and bool(_PROMISED.search(context.before.lower))
    )
    for measure, pattern in (
        (
            "citizenship",
            r"\b(?:(?:turkish|russian|libyan|iranian|emirati|french|\w+)\s+)?(?:citizenship|nationality|passports?|naturali[sz]ation)\b",
        ),
        ("pay", r"\b(?:the money|money|salar(?:y|ies)|wages|pay|payment|a cent|a single (?:dollar|payment|salary))\b"),
        ("perks", r"\b(?:perks?|benefits|amnesty|land plots?|plots? of land|housing|bonus(?:es)?|insurance)\b"),
    ):
        for hit in re.finditer(pattern, text):
            start, end = context.start + hit.start(), context.start + hit.end()
            if measure == "pay" and any(f.unit in _CURRENCIES for f in context.figures):
                continue
            stance = _benefit_stance(text, hit, about_promises)
            if stance and (measure != "perks" or stance == "promised" or "promis" in text):
                yield _claim(context, measure, stance, None, (start, end))
                break


_GIVEN = r"(?:got|received?|receiving|paid|given|granted|obtained|delivered|materiali[sz]ed|fulfilled|kept|seen|arrived|come|came|saw|been paid|get)"


def _benefit_stance(text: str, hit: re.Match[str], about_promises: bool) -> str | None:
    lead, tail = text[max(0, hit.start() - 90) : hit.start()], text[hit.end() : hit.end() + 60]
    if re.search(
        rf"\b{_GIVEN}\s+(?:neither|no|none|nothing|not)\b|\b(?:neither|nor|never|not|n't|without|no)\b[^.;]{{0,60}}$",
        lead,
    ) and (re.search(rf"\b{_GIVEN}\b", lead + tail) or re.search(r"\bwithout\b", lead[-20:])):
        return "denied"
    if re.search(rf"^[^.;]{{0,40}}\b(?:never|not|n't)\b[^.;]{{0,20}}\b{_GIVEN}\b", tail) or re.search(
        r"\bunpaid\s*$", lead
    ):
        return "denied"
    if re.search(r"\b(?:promis\w+|offer\w*|pledg\w+|lur\w+|guarantee\w*|assur\w+)\b[^.;]{0,90}$", lead) or re.search(
        r"^\s+(?:was|were|had been|is|are|has been)\s+(?:promised|offered|pledged)\b", tail
    ):
        return "promised"
    if "citizenship" in hit[0] and re.search(rf"\b{_GIVEN}\b", lead + tail):
        return "asserted"
    return None


def _posting(context: Context) -> Iterable[Claim]:
    """Where fighters were told that they would serve, and where they were sent."""
    text = context.lower
    promise = re.search(
        rf"\b(?:promis\w+|assur\w+|told|pledg\w+|offer\w*|guarantee\w*|instead of)\b[^.;]{{0,80}}?\b(?:guard\w*|secur\w+|protect\w*|tasking|posts?|work\w*|serv\w+|patrol\w*|jobs?|duty|duties|watch\w*)\b[^.;]{{0,50}}?\b({_PLACES})\b",
        text,
    )
    hit = promise
    if promise is None and _PROMISED.search(text):
        hit = re.search(
            rf"\b(?:to|only|as|would be|jobs|posts) (?:guard(?:ing|s)?|protect(?:ing)?|secur(?:e|ing))\b[^.;]{{0,30}}?\b({_PLACES})\b",
            text,
        )
    elif promise and not re.search(r"\b(?:promis\w+|assur\w+|pledg\w+|offer\w*|guarantee\w*|told)\b", text):
        hit = None  # "instead of guarding ...": no promise is spoken of, only where they were sent
    if hit:
        span = hit.span(1)
        yield _claim(context, "posting", "promised", None, _at(context, span), place=_as_written(context, span))
    if promise or re.search(r"\b(?:promise[sd]?|instead|despite|immediately|contrary|told)\b", text):
        yield from _sent_to(context)


def _sent_to(context: Context) -> Iterable[Claim]:
    verbs = "|".join(context.words.terms["dispatched"])
    sent = rf"(?:were|was|been|got|being)\s+(?:\w+\s+){{0,2}}?(?:{verbs})\s+(?:straight\s+|directly\s+|off\s+)?(?:to|into|at|on)"
    for hit in re.finditer(rf"\b(?:{sent}|(?:found themselves|ended up)\s+(?:on|at|in))\s+(?:the\s+)?", context.lower):
        start = context.start + hit.end()
        named = [m for m in context.mentions if m.kind in ("place", "state") and start <= m.start <= start + 30]
        generic = re.match(rf"(?:[\w-]+\s+){{0,2}}?({_PLACES})", context.lower[hit.end() :])
        if re.search(r"\btrain", context.lower[hit.end() : hit.end() + 30]):
            continue
        proper = re.match(r"[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)?", context.parse.text[hit.end() :])
        if proper and not named:
            span = (hit.end(), hit.end() + proper.end())
            yield _claim(context, "posting", "asserted", None, _at(context, span), place=proper[0])
        elif named:
            yield _claim(
                context,
                "posting",
                "asserted",
                None,
                (named[0].start, named[0].end),
                place=named[0].name or named[0].text,
            )
        elif generic:
            span = (hit.end() + generic.start(1), hit.end() + generic.end(1))
            yield _claim(context, "posting", "asserted", None, _at(context, span), place=_as_written(context, span))


def _at(context: Context, span: tuple[int, int]) -> tuple[int, int]:
    return context.start + span[0], context.start + span[1]


def _as_written(context: Context, span: tuple[int, int]) -> str:
    return context.document.text[context.start + span[0] : context.start + span[1]]
