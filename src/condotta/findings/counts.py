"""Head-counts: repeated from a source, or against the estimate made without their origin."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from condotta.cases import Case
from condotta.estimates import Array, Estimate, flow_period, is_event, spoken_aspect
from condotta.findings.bench import Bench, allowed, carried, overlap, show
from condotta.intervals import Period
from condotta.records import Claim, Evidence, Finding

SURE = 0.9


_SAME = 0.03


_AGE = timedelta(days=60)


def repeats(claim: Claim, bench: Bench) -> Finding | None:
    """The same figure of the same origin, already on record; a change of meaning on the way is said."""
    assert claim.amount is not None
    x, day = claim.amount.middle, claim.day
    estimate = bench.estimate
    matches = [e for e in bench.others if bench.is_mine(e) and _is_same_figure(e, x, day, claim)]
    if not matches or day is None:
        return None
    matches.sort(
        key=lambda e: (
            e.head.aspect != "total"
            if claim.aspect == "stock" and claim.measure == "present"
            else e.head.measure != claim.measure,
            _distance(e, x, day),
        )
    )
    best = matches[0]
    words = f"repeats {best.origin}'s figure of {best.head.day:%d %b %Y}: {show(best.head)}, {carried(best)}"
    if best.head.measure != claim.measure or (best.head.aspect, claim.aspect) == ("total", "stock"):
        words += f"; there it is the {best.head.aspect or ''} {best.head.measure}, here it is passed on as {claim.measure}".replace(
            "  ", " "
        )
    if best.head.amount and best.head.amount.middle != x:
        words += f" ({x:,.0f} here)"
    finding = _measured(claim, estimate)
    if finding is not None and finding.expected:
        low, mid, high = finding.expected
        words += f". All evidence together: {mid:,.0f} {claim.measure} ({low:,.0f} to {high:,.0f})"
    expected = finding.expected if finding else None
    return Finding(claim, "repeats", expected=expected, because=_quoted(best, *matches[1:2]), words=words)


def _is_same_figure(piece: Evidence, x: float, day: date | None, claim: Claim) -> bool:
    head = piece.head
    if (
        head.kind != "count"
        or head.amount is None
        or day is None
        or head.subset != claim.subset
        or head.group != claim.group
    ):
        return False
    if head.stance != claim.stance or (claim.aspect == "flow" and not _same_days(claim, head)):
        return False
    close = abs(head.amount.middle - x) <= _SAME * x
    related = head.measure == claim.measure or {head.measure, claim.measure} <= {"arrived", "present", "recruited"}
    days = [c.day for c in piece.claims if c.day]
    return close and related and any(day - _AGE <= d <= day for d in days)


def _same_days(claim: Claim, head: Claim) -> bool:
    mine, theirs = flow_period(claim), flow_period(head)
    return head.aspect == "flow" and mine is not None and theirs is not None and mine.overlaps(theirs)


def _distance(piece: Evidence, x: float, day: date) -> float:
    assert piece.head.amount is not None
    nearest = min(abs((day - c.day).days) for c in piece.claims if c.day)
    return abs(piece.head.amount.middle - x) / max(x, 1) + nearest / 600


def _quoted(*pieces: Evidence) -> tuple[Claim, ...]:
    """The heads of the pieces, with a second outlet each where there is one."""
    return tuple(c for e in pieces for c in e.claims[:2])


def against_estimate(claim: Claim, bench: Bench) -> Finding:
    """Against the estimate made without the claim's origin, and without what may copy it."""
    own = [e for e in bench.others if bench.is_mine(e) and _is_rival(claim, e)]
    independent = [e for e in bench.others if _is_rival(claim, e) and not bench.is_mine(e)]
    denied = _denied_by_own(claim, bench)
    if denied:
        return denied
    differs = _differs_from_own(claim, own)
    if differs and len(claim.chain) > 1:
        return differs
    speaks = any(_is_about(claim, e) and not bench.is_mine(e) for e in bench.others)
    if not speaks or claim.stance != "asserted" or claim.subset != "all" or _measured(claim, bench.estimate) is None:
        return _against_claims(claim, bench, independent)
    free = {e.id for e in bench.others}
    out = [i for i, e in enumerate(bench.estimate.evidence) if bench.is_mine(e) or e.id not in free]
    estimate, weights, k = bench.without(bench.estimate, out)
    finding = _measured(claim, estimate, weights)
    if finding is None:
        return _against_claims(claim, bench, independent)
    words = _comparison(finding, bench, independent) + (" (reweighting is rough here)" if k > 0.7 else "")
    return replace(finding, because=_ranked(claim, independent, bench.case), words=words)


def _denied_by_own(claim: Claim, bench: Bench) -> Finding | None:
    """A figure ascribed to a source that has denied this very figure."""
    assert claim.amount is not None
    x, said = claim.amount.middle, (claim.measure, claim.group, claim.subset)
    for e in bench.others if claim.stance == "asserted" else ():
        head = e.head
        if (
            head.stance != "denied"
            or head.amount is None
            or not bench.is_mine(e)
            or (head.measure, head.group, head.subset) != said
        ):
            continue
        if abs(head.amount.middle - x) <= _SAME * x:
            when = f", {head.reported:%d %b %Y}" if head.reported else ""
            return Finding(claim, "contradicts", because=(head,), words=f"{e.origin} itself denies this figure: {show(head)}{when}, {carried(e)}")  # fmt: skip
    return None


def _differs_from_own(claim: Claim, own: list[Evidence]) -> Finding | None:
    """A figure ascribed to a source whose own figure of those days is another one, by half or more."""
    assert claim.amount is not None
    near = [e for e in own if e.head.amount and claim.day and e.head.day and abs((claim.day - e.head.day).days) <= 21]
    if claim.aspect == "flow" or not near:
        return None
    best = min(
        near,
        key=lambda e: (
            abs(np.log((e.head.amount.middle + 1) / (claim.amount.middle + 1)))
            if e.head.amount and claim.amount
            else 99
        ),
    )
    low, high = allowed(claim)
    a, b = allowed(best.head)
    if a <= 1.5 * high and low <= 1.5 * b:
        return None
    return Finding(
        claim,
        "contradicts",
        because=(best.head,),
        words=f"not what {best.origin} itself is on record with: {show(best.head)}, {carried(best)}",
    )


def _is_about(claim: Claim, piece: Evidence) -> bool:
    """Whether a piece speaks of the same measure of the same group, at any time."""
    head = piece.head
    return (head.kind, head.measure, head.group, head.stance) == (
        claim.kind,
        claim.measure,
        claim.group,
        claim.stance,
    ) and head.amount is not None


def _measured(claim: Claim, estimate: Estimate, weights: Array | None = None) -> Finding | None:
    """The claim's figure against weighted draws; None where the model has no such quantity."""
    assert claim.amount is not None
    aspect = spoken_aspect(claim, estimate.weeks) or "total"
    period = (
        flow_period(claim)
        if aspect == "flow"
        else claim.period or (Period(None, claim.reported) if claim.reported else None)
    )
    modelled = (
        claim.group is not None
        and estimate.rows(claim.group)
        and period is not None
        and estimate.weeks.covers(period.end)
    )
    if not modelled or (claim.group or "", claim.measure or "") not in estimate.spoken():
        return None
    assert claim.group is not None and claim.measure is not None and period is not None
    mu = np.maximum(estimate.reading(claim.group, claim.measure, aspect, period), 0.5)
    weights = np.full(len(mu), 1 / len(mu)) if weights is None else weights
    low, high = allowed(claim)
    event = aspect == "flow" and is_event(claim)
    high = np.inf if event else high  # one day's event is only part of the flow of the days around it
    above, below = float(weights[mu < low].sum()), float(weights[mu > high].sum())
    verdict = "higher" if above >= SURE else "lower" if below >= SURE else "agrees"
    probability = above if verdict == "higher" else below if verdict == "lower" else 1 - above - below
    q5, q50, q95 = _quantiles(mu, weights)
    x = claim.amount.middle
    base = Finding(claim, verdict, probability=round(probability, 3), expected=(q5, q50, q95))
    if event and verdict != "higher":
        return base
    return replace(base, factor=x / q50, factor_low=x / q95, factor_high=x / q5)


def _quantiles(values: Array, weights: Array) -> tuple[float, float, float]:
    order = np.argsort(values)
    at = np.cumsum(weights[order])
    return tuple(float(values[order][min(int(np.searchsorted(at, q)), len(values) - 1)]) for q in (0.05, 0.5, 0.95))  # type: ignore[return-value]


def _is_rival(claim: Claim, piece: Evidence) -> bool:
    """Whether a piece speaks of the same thing: measure, group and about the same days."""
    head = piece.head
    if head.stance != claim.stance:
        return False
    if (head.kind, head.measure, head.group, head.subset) != (
        claim.kind,
        claim.measure,
        claim.group,
        claim.subset,
    ) or head.amount is None:
        return False
    if claim.day is None or head.day is None:
        return False
    if claim.aspect == "flow":
        mine, theirs = flow_period(claim), flow_period(head)
        return head.aspect == "flow" and mine is not None and theirs is not None and mine.overlaps(theirs)
    return head.aspect == claim.aspect and abs((claim.day - head.day).days) <= 21


def _reliability(piece: Evidence, case: Case) -> tuple[str, int]:
    spec = case.source(piece.origin)
    return (spec.grade if spec else "F", -len(piece.claims))


def _ranked(claim: Claim, pieces: list[Evidence], case: Case) -> tuple[Claim, ...]:
    """The evidence to quote: the most reliable first, then what lies nearest to the claim."""
    assert claim.amount is not None
    x = claim.amount.middle
    best = sorted(pieces, key=lambda e: _reliability(e, case))[:2]
    nearest = sorted(
        (e for e in pieces if e not in best),
        key=lambda e: abs(np.log((e.head.amount.middle + 1) / (x + 1))) if e.head.amount else 99,
    )[:2]
    return tuple(e.head for e in (*best, *nearest))


def _comparison(finding: Finding, bench: Bench, independent: list[Evidence]) -> str:
    claim = finding.claim
    assert claim.amount is not None and finding.expected is not None
    low, mid, high = finding.expected
    words = f"without its origin the evidence gives {mid:,.0f} ({low:,.0f} to {high:,.0f})"
    if not independent:
        return words + "; nobody else gives a figure within three weeks of it"
    lead = min(independent, key=lambda e: _reliability(e, bench.case))
    if finding.verdict not in ("higher", "lower") or lead.head.amount is None:
        return words
    ratio = claim.amount.middle / max(lead.head.amount.middle, 0.5)
    beside = (
        f"{ratio:.1f} times {show(lead.head)}, {carried(lead)}; "
        if (ratio > 1) == (finding.verdict == "higher")
        else ""
    )
    near = [e for e in (*bench.others, *bench.later) if e is not lead and _is_rival(claim, e) and _is_near(claim, e)]
    listed = ", ".join(f"{show(e.head)} [{_tie(e, bench)}]" for e in near[:4])
    return beside + words + (f"; near the claim only: {listed}" if near else "")


def _is_near(claim: Claim, piece: Evidence) -> bool:
    assert claim.amount is not None
    return (
        piece.head.amount is not None
        and abs(piece.head.amount.middle - claim.amount.middle) <= 0.15 * claim.amount.middle
    )


def _tie(piece: Evidence, bench: Bench) -> str:
    if bench.is_mine(piece):
        return "the same author or origin"
    return "published later, may copy it" if piece in bench.later else carried(piece)


def _against_claims(claim: Claim, bench: Bench, independent: list[Evidence]) -> Finding:
    """No estimate to compare with: another claim supports it, one contradicts it, or nobody else speaks of it."""
    agreeing = [e for e in independent if overlap(claim, e.head)]
    against = [e for e in independent if e not in agreeing] + [e for e in bench.others if _denies(e.head, claim)]
    if agreeing:
        names = ", ".join(sorted({e.origin for e in agreeing}))
        denied = f"; but {show(against[0].head)}" if against else ""
        return Finding(
            claim,
            "supported",
            because=tuple(e.head for e in (*agreeing[:3], *against[:1])),
            words=f"a figure in the same range comes from {names}{denied}",
        )
    if against:
        return Finding(
            claim,
            "contradicts",
            because=(against[0].head,),
            words=f"contradicts {show(against[0].head)}, {carried(against[0])}",
        )
    own = [e for e in bench.others if _is_rival(claim, e)]
    why = "the document has no date" if claim.day is None else "no other evidence on this"
    alone = "; the same origin is on record with " + show(own[0].head) if own else ""
    return Finding(claim, "no-evidence", because=tuple(e.head for e in own[:2]), words=why + alone)


def _denies(head: Claim, claim: Claim) -> bool:
    """Whether one of two claims asserts what the other denies: same measure, group, days, and figures that overlap."""
    if {head.stance, claim.stance} != {"asserted", "denied"} or (head.measure, head.group, head.subset) != (
        claim.measure,
        claim.group,
        claim.subset,
    ):
        return False
    if head.amount is None or claim.day is None or head.day is None or abs((claim.day - head.day).days) > 21:
        return False
    return overlap(claim, head)
