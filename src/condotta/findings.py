"""A document's claims against everything but their own origin: agrees, higher, lower, repeats, contradicts, supported.

    >>> check(claims, estimate, evidence, case)

`higher` and `lower` are said when the estimate made without the claim's origin puts the true value on the other side
of the claim's figure with probability 0.9 or more; `repeats` when the same origin's figure (within 3 %) is on record
within 60 days before; `contradicts` when no estimate covers the claim and one other claim excludes it. A claim never becomes a fact: each
finding names who says what.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from condotta.cases import Case, fold
from condotta.estimates import Array, Estimate, flow_period, is_event, spoken_aspect
from condotta.intervals import Period
from condotta.records import Claim, Document, Evidence, Finding

SURE = 0.9
_SAME = 0.03
_AGE = timedelta(days=60)
LeaveOut = Callable[[Estimate, list[int]], tuple[Estimate, Array, float]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is checked: a document, its claims, and the ids of all documents with its text (itself and its copies)."""

    document: Document
    claims: tuple[Claim, ...]
    texts: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Bench:
    """What one claim is judged with: its own origins, the evidence free of it, what may copy it, the estimate."""

    mine: frozenset[str]
    others: tuple[Evidence, ...]
    later: tuple[Evidence, ...]
    estimate: Estimate
    case: Case
    without: LeaveOut

    def is_mine(self, piece: Evidence) -> bool:
        """Whether a piece has the claim's own origin."""
        return _known(piece.origin, self.case) in self.mine


def check(
    question: Question, estimate: Estimate, evidence: Sequence[Evidence], case: Case, without: LeaveOut
) -> list[Finding]:
    """One finding for each claim, in the order of the text.

    `without` leaves pieces of evidence out: it gives the estimate, weights of its draws, and Pareto k of the weights.
    """
    document = question.document
    others = [p for e in evidence if (p := _free_of(e, question.texts))]
    author = case.resolve("sources", document.author or "") or document.author
    found = []
    for claim in question.claims:
        names = {_known(claim.origin, case), author if len(claim.chain) <= 1 else None}
        later = [e for e in others if _may_copy(e, claim, document)]
        free = tuple(e for e in others if e not in later)
        bench = _Bench(frozenset(n for n in names if n), free, tuple(later), estimate, case, without)
        found.append(_finding(claim, bench))
    return found


def _free_of(piece: Evidence, texts: frozenset[str]) -> Evidence | None:
    """The piece without the claims of the document itself and of its copies; None when nothing is left."""
    kept = tuple(c for c in piece.claims if c.document not in texts)
    return piece if len(kept) == len(piece.claims) else replace(piece, claims=kept) if kept else None


def _may_copy(piece: Evidence, claim: Claim, document: Document) -> bool:
    """The very same figure, published after the document by somebody else: it may be a copy of it, so it is no support."""
    if claim.amount is None or piece.head.amount is None or document.published is None:
        return False
    same = (piece.head.measure, piece.head.amount.low, piece.head.amount.high) == (
        claim.measure,
        claim.amount.low,
        claim.amount.high,
    )
    return same and all(c.reported is not None and c.reported > document.published for c in piece.claims)


def _finding(claim: Claim, bench: _Bench) -> Finding:
    if claim.kind == "count" and claim.amount is not None and claim.amount.middle > 1:
        repeated = _repeats(claim, bench)
        if repeated and len(claim.chain) > 1:
            return repeated
        compared = _against_estimate(claim, bench)
        return repeated if repeated and compared.verdict == "no-evidence" else compared
    if claim.kind == "terms" and claim.amount is not None:
        return _against_terms(claim, bench)
    return _against_words(claim, bench)


def _known(name: str | None, case: Case) -> str | None:
    return (case.resolve("sources", name) or name) if name else None


def _show(claim: Claim) -> str:
    """A claim in a few words: figure, measure, group, day, origin."""
    figure = claim.amount.show() if claim.amount else ""
    when = f", {claim.day:%d %b %Y}" if claim.day else ""
    return f"{figure} {claim.measure or claim.predicate or ''}".strip() + f" ({claim.origin or 'nobody named'}{when})"


def _carried(piece: Evidence) -> str:
    outlets = len({c.chain[0] if c.chain else "?" for c in piece.claims})
    return f"carried by {outlets} outlets, one origin" if outlets > 1 else "one outlet"


# counts --------------------------------------------------------------------------------------------------------


def _repeats(claim: Claim, bench: _Bench) -> Finding | None:
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
    words = f"repeats {best.origin}'s figure of {best.head.day:%d %b %Y}: {_show(best.head)}, {_carried(best)}"
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


def _against_estimate(claim: Claim, bench: _Bench) -> Finding:
    """Against the estimate made without the claim's origin, and without what may copy it."""
    own = [e for e in bench.others if bench.is_mine(e) and _is_rival(claim, e)]
    independent = [e for e in bench.others if _is_rival(claim, e) and not bench.is_mine(e)]
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
    low, high = _range(claim)
    a, b = _range(best.head)
    if a <= 1.5 * high and low <= 1.5 * b:
        return None
    return Finding(
        claim,
        "contradicts",
        because=(best.head,),
        words=f"not what {best.origin} itself is on record with: {_show(best.head)}, {_carried(best)}",
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
    low, high = _range(claim)
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


def _range(claim: Claim) -> tuple[float, float]:
    """What the claim's words allow: "more than 2,000" from 2,000 up; a plain figure a tenth to either side."""
    amount = claim.amount
    assert amount is not None
    slack = 0.1 if amount.low == amount.high else 0.0
    low = amount.low * (1 - slack) if amount.low is not None else 0.0
    return low, amount.high * (1 + slack) if amount.high is not None else np.inf


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


def _comparison(finding: Finding, bench: _Bench, independent: list[Evidence]) -> str:
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
        f"{ratio:.1f} times {_show(lead.head)}, {_carried(lead)}; "
        if (ratio > 1) == (finding.verdict == "higher")
        else ""
    )
    near = [e for e in (*bench.others, *bench.later) if e is not lead and _is_rival(claim, e) and _is_near(claim, e)]
    listed = ", ".join(f"{_show(e.head)} [{_tie(e, bench)}]" for e in near[:4])
    return beside + words + (f"; near the claim only: {listed}" if near else "")


def _is_near(claim: Claim, piece: Evidence) -> bool:
    assert claim.amount is not None
    return (
        piece.head.amount is not None
        and abs(piece.head.amount.middle - claim.amount.middle) <= 0.15 * claim.amount.middle
    )


def _tie(piece: Evidence, bench: _Bench) -> str:
    if bench.is_mine(piece):
        return "the same author or origin"
    return "published later, may copy it" if piece in bench.later else _carried(piece)


def _against_claims(claim: Claim, bench: _Bench, independent: list[Evidence]) -> Finding:
    """No estimate to compare with: another claim supports it, one contradicts it, or nobody else speaks of it."""
    low, high = _range(claim)
    agreeing = [e for e in independent if _range(e.head)[0] <= high and low <= _range(e.head)[1]]
    against = [e for e in independent if e not in agreeing] + [e for e in bench.others if _denies(e.head, claim)]
    if agreeing:
        names = ", ".join(sorted({e.origin for e in agreeing}))
        denied = f"; but {_show(against[0].head)}" if against else ""
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
            words=f"contradicts {_show(against[0].head)}, {_carried(against[0])}",
        )
    own = [e for e in bench.others if _is_rival(claim, e)]
    why = "the document has no date" if claim.day is None else "no other evidence on this"
    alone = "; the same origin is on record with " + _show(own[0].head) if own else ""
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
    (a, b), (low, high) = _range(head), _range(claim)
    return a <= high and low <= b


# terms ---------------------------------------------------------------------------------------------------------


def _against_terms(claim: Claim, bench: _Bench) -> Finding:
    """A sum of money or a length of contract against every other one on record for the same kind of promise."""
    assert claim.amount is not None
    same = [e for e in bench.others if _is_same_terms(claim, e.head) and not bench.is_mine(e)]
    if not same:
        return Finding(claim, "no-evidence", words="no other claim about these terms")
    x_low, x_high = (
        claim.amount.low or 0.0,
        claim.amount.high if claim.amount.high is not None else claim.amount.low or 0.0,
    )
    top = max(same, key=lambda e: _top(e.head))
    bottom = min(same, key=lambda e: _bottom(e.head))
    origins = len({e.origin for e in same})
    if x_high > _top(top.head):
        factor = x_high / max(_top(top.head), 1.0)
        words = f"reaches above every other one on record: the highest of {len(same)} figures from {origins} origins is {_show(top.head)}"
        return Finding(claim, "higher", factor, because=(top.head, *(e.head for e in _commonest(same))), words=words)
    if x_low < _bottom(bottom.head):
        words = f"lies below every other one on record: the lowest of {len(same)} figures is {_show(bottom.head)}"
        return Finding(claim, "lower", x_low / max(_bottom(bottom.head), 1.0), because=(bottom.head,), words=words)
    inside = [e for e in same if _bottom(e.head) <= x_high and x_low <= _top(e.head)]
    return Finding(
        claim,
        "agrees",
        because=tuple(e.head for e in inside[:3]),
        words=f"within what {origins} other origins say ({len(inside)} of {len(same)} figures overlap)",
    )


def _is_same_terms(claim: Claim, head: Claim) -> bool:
    if (
        head.kind != "terms"
        or head.amount is None
        or claim.amount is None
        or (head.group not in (claim.group, None) and claim.group is not None)
    ):
        return False
    return (head.measure, head.stance, head.amount.unit) == (claim.measure, claim.stance, claim.amount.unit)


def _top(claim: Claim) -> float:
    assert claim.amount is not None
    return claim.amount.high if claim.amount.high is not None else claim.amount.low or 0.0


def _bottom(claim: Claim) -> float:
    assert claim.amount is not None
    return claim.amount.low if claim.amount.low is not None else claim.amount.high or 0.0


def _commonest(pieces: list[Evidence]) -> list[Evidence]:
    return sorted(pieces, key=lambda e: -len(e.claims))[:1]


# words ---------------------------------------------------------------------------------------------------------


def _against_words(claim: Claim, bench: _Bench) -> Finding:
    """A claim without a figure: which other claims say the same, and which the opposite."""
    alike = [e for e in bench.others if _is_alike(claim, e.head)]
    denying = [e for e in alike if (e.head.stance == "denied") != (claim.stance == "denied")]
    same = [e for e in alike if e not in denying and e.head.stance == claim.stance]
    own = [e for e in same if bench.is_mine(e)]
    same = [e for e in same if e not in own]
    if claim.kind == "assessment":
        return Finding(claim, "no-evidence", words="a forecast or judgement: nothing on record can settle it")
    if same:
        names = ", ".join(sorted({e.origin for e in same})[:4])
        against = f"; denied by {', '.join(sorted({e.origin for e in denying})[:3])}" if denying else ""
        return Finding(
            claim,
            "supported",
            because=tuple(e.head for e in (*same[:2], *denying[:1])),
            words=f"also said by {names}{against}",
        )
    if denying:
        more = len({e.origin for e in denying}) - 1
        others = f", and {more} other origins" if more else ""
        return Finding(
            claim,
            "contradicts",
            because=tuple(e.head for e in denying[:2]),
            words=f"{denying[0].origin} says otherwise: {_show(denying[0].head)}{others}",
        )
    if own:
        return Finding(claim, "repeats", because=(own[0].head,), words=f"repeats {own[0].origin}")
    return Finding(claim, "no-evidence", words="no other claim on record supports or denies it")


def _is_alike(claim: Claim, head: Claim) -> bool:
    if claim.kind == "count":
        near = claim.day is None or head.day is None or abs((claim.day - head.day).days) <= 120
        same = head.kind == "count" and (head.measure, head.subset) == (claim.measure, claim.subset) and near
        return same and claim.group is not None and head.group == claim.group and _overlap(claim, head)
    if claim.kind == "terms":
        group = claim.group is None or head.group is None or head.group == claim.group
        return head.kind == "terms" and head.measure == claim.measure and group and _promise_alike(claim, head)
    if head.kind != claim.kind or (head.predicate or head.measure) != (claim.predicate or claim.measure):
        return False
    if claim.kind == "event":
        return fold(head.subject or head.group_text or "?") == fold(claim.subject or "??") or (
            head.group is not None and head.group == claim.group
        )
    return _folded(head.subject) == _folded(claim.subject) and _folded(head.object) == _folded(claim.object)


def _overlap(claim: Claim, head: Claim) -> bool:
    if claim.amount is None or head.amount is None:
        return claim.amount is head.amount
    (a, b), (low, high) = _range(head), _range(claim)
    return a <= high and low <= b


def _promise_alike(claim: Claim, head: Claim) -> bool:
    if claim.measure == "posting":
        return head.stance == claim.stance and _folded(head.place) == _folded(claim.place)
    if claim.measure == "pay":
        return (
            head.stance in ("denied", "asserted")
            if claim.stance in ("denied", "asserted")
            else head.stance == claim.stance
        )
    return head.stance in (claim.stance, "denied") or claim.stance == "denied"


def _folded(words: str | None) -> str:
    return re.sub(r"s\b", "", fold(words or ""))
