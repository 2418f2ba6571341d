"""How a figure got damaged between its origin and an outlet: hypotheses about the copying step, with a learnt prior.

A copy is a figure that outlets ascribe to somebody else. What the origin is on record with otherwise, with other figures,
are its *anchors*; each weighs by the number of outlets that carry it. For a copy of figure y, each kind k of damage names
the figures C_k that it would have made out of the anchors of those days, and

    P(y | k) = weight of {c in C_k : c = y} / weight of C_k           P(y | its own) : near the origin's series, at its rounding
    P(y | garbled) : any figure, the rounder the likelier             P(k) : learnt over all copies by expectation-maximisation

so a coincidence among many candidates, or of a round number, weighs little; each further outlet that carries y halves the
odds of damage. Nothing is called damaged below P = 0.5.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from condotta.damage.anchors import SAME, Anchor, Copy, is_copy, is_itself, on_record, series_of
from condotta.damage.kinds import MAKERS, Candidate
from condotta.records import Claim, Evidence

OWN, GARBLED = "a figure of its own", "garbled beyond telling"
KINDS = (
    OWN, "rounded", "one end of a range", "digits swapped", "one digit wrong", "a nought more or less",
    "an old figure reissued", "dated a month off", "arrived and in training added up", "passed on as another measure",
    "a flow passed on as a total", "moved to another group", GARBLED,
)  # fmt: skip
_HARMLESS = (OWN, "rounded")
_FURTHER = 0.5
_SEEN = 20.0
_T3 = 2 / (math.pi * math.sqrt(3))
Found = dict[str, tuple[float, Candidate | None]]


@dataclass(frozen=True, slots=True)
class Damage:
    """What most probably happened to a copy: the kind, its probability, the reason in words, the origin's own figures."""

    piece: Evidence
    kind: str
    probability: float
    reason: str
    anchors: tuple[Claim, ...]

    @property
    def harmful(self) -> bool:
        """Whether the copy says something else than its origin did."""
        return self.kind not in _HARMLESS


def damages(pieces: Iterable[Evidence]) -> list[Damage]:
    """One verdict for each copy whose origin is on record with other figures of the same days, in the order of the evidence."""
    pieces = list(pieces)
    record = on_record(pieces)
    likely = [(p, _likelihoods(p, record)) for p in pieces if is_copy(p)]
    likely = [(p, found) for p, found in likely if found]
    prior = _learn([{k: x for k, (x, _) in found.items()} for _, found in likely])
    return [_verdict(p, found, prior) for p, found in likely]


def explainer(pieces: Iterable[Evidence]) -> Callable[[Claim], Damage | None]:
    """What gives the verdict on one more copy (of an article that is checked); None where its origin is not on record
    otherwise."""
    pieces = list(pieces)
    record = on_record(pieces)
    known = Counter(d.kind for d in damages(pieces))
    counts = {k: (_SEEN if k == OWN else 0.5) + known[k] for k in KINDS}
    prior = {k: c / sum(counts.values()) for k, c in counts.items()}

    def explain(claim: Claim) -> Damage | None:
        alone = Evidence("E" + claim.id[1:], (claim,), claim.origin or "", "asked about")
        found = _likelihoods(alone, record) if is_copy(alone) else None
        if not found:
            return None
        if any(is_itself(a, claim) for a in record[alone.origin]):
            return Damage(alone, OWN, 1.0, "on record with this very figure", ())
        return _verdict(alone, found, prior)

    return explain


def marked(pieces: list[Evidence]) -> list[Evidence]:
    """The pieces; damaged copies carry the reason and enter no estimate."""
    bad = {d.piece.id: d for d in damages(pieces) if d.harmful and d.kind != GARBLED}
    return [
        replace(p, replaced=f"a damaged copy (probability {bad[p.id].probability:.2f}): {bad[p.id].reason}")
        if p.id in bad and p.replaced is None
        else p
        for p in pieces
    ]


def _likelihoods(piece: Evidence, record: dict[str, list[Anchor]]) -> Found:
    """Kind -> (likelihood of the copy's figure, what it would be a damaged form of); empty without an anchor nearby."""
    claim = piece.head
    assert claim.amount is not None and claim.day is not None
    y = claim.amount.middle
    anchors = [a for a in record.get(piece.origin, []) if not is_itself(a, claim)]
    same = [a for a in anchors if series_of(a.claim) == series_of(claim)]
    outlets = len({c.chain[0] for c in piece.claims if c.chain})
    copy = Copy(claim, claim.day, outlets, anchors, same, [a for a in same if a.near(claim.day)])
    if not copy.current:
        return {}
    found: Found = {OWN: (_own(copy), None), GARBLED: (_any_figure(y) * _FURTHER ** (outlets - 1), None)}
    for kind, make in MAKERS.items():
        weights: dict[int, float] = defaultdict(float)
        hit: Candidate | None = None
        for candidate in make(copy):
            if min(a.weight for a in candidate[1]) <= outlets:
                continue  # the better attested figure is not the copy
            weights[round(candidate[0])] += min(a.weight for a in candidate[1])
            if abs(candidate[0] - y) <= SAME * y and (hit is None or candidate[1][0].weight > hit[1][0].weight):
                hit = candidate
        share = (
            sum(w for x, w in weights.items() if abs(x - y) <= SAME * y + 0.5) / sum(weights.values()) if hit else 0.0
        )
        found[kind] = (share * _FURTHER ** (outlets - 1), hit)
    return found


def _own(copy: Copy) -> float:
    """The chance that the origin gave this very figure that day: about its series (log scale, Student's t with three degrees of freedom), at the figure's rounding;
    batches and other flows follow no series."""
    y, day = copy.figure, copy.day
    points = sorted((min(a.days), a.figure) for a in copy.same)
    before, after = [p for p in points if p[0] <= day], [p for p in points if p[0] > day]
    low, high = (before or after)[-1 if before else 0], (after or before)[0 if after else -1]
    span = max((high[0] - low[0]).days, 1)
    part = min(max((day - low[0]).days / span, 0.0), 1.0)
    middle = (1 - part) * math.log(low[1] + 0.5) + part * math.log(high[1] + 0.5)
    spread = 0.04 + 0.3 * abs(math.log((high[1] + 0.5) / (low[1] + 0.5)))
    outside = max((points[0][0] - day).days, (day - points[-1][0]).days, 0) / 7
    spread = 1.0 if copy.claim.aspect == "flow" else spread + min(0.15 * outside, 1.0)
    z = (math.log(y + 0.5) - middle) / spread
    return float(min(_T3 / (1 + z * z / 3) ** 2 / spread * _unit(y) / y, 1.0))


def _any_figure(y: float) -> float:
    """Any figure within four orders of magnitude, the rounder the likelier."""
    digits = len(f"{round(y)}".rstrip("0")) or 1
    return float(0.25 * 0.4 / (9 * 10 ** (digits - 1)))


def _unit(y: float) -> float:
    """The step to which a whole number seems rounded."""
    whole, step = round(y), 1
    while whole and whole % (step * 10) == 0:
        step *= 10
    return step


def _learn(likely: list[dict[str, float]], rounds: int = 60) -> dict[str, float]:
    """The share of each kind among all copies, by expectation-maximisation; figures of their own count as if twenty had
    been seen, so that a few copies cannot confirm each other's damage."""
    prior = {k: 0.5 if k == OWN else 0.5 / (len(KINDS) - 1) for k in KINDS}
    for _ in range(rounds):
        counts = {k: _SEEN if k == OWN else 0.5 for k in KINDS}
        for found in likely:
            total = sum(prior[k] * p for k, p in found.items())
            for k, p in found.items():
                counts[k] += prior[k] * p / total
        prior = {k: c / sum(counts.values()) for k, c in counts.items()}
    return prior


def _verdict(piece: Evidence, found: Found, prior: dict[str, float]) -> Damage:
    weights = {k: prior[k] * p for k, (p, _) in found.items()}
    best = max(weights, key=lambda k: weights[k])
    probability = weights[best] / sum(weights.values())
    if best not in _HARMLESS and probability < 0.5:
        harmless = sum(weights.get(k, 0.0) for k in _HARMLESS) / sum(weights.values())
        best, probability = (OWN, harmless) if harmless >= 0.5 else (GARBLED, probability)
    hit = found.get(best, (0.0, None))[1]
    reason = f"{best}: {hit[2]} ({piece.origin})" if hit and hit[2] else best
    return Damage(piece, best, probability, reason, tuple(a.claim for a in hit[1]) if hit else ())
