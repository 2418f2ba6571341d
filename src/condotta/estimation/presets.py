"""The rules that people use today, to stand beside the model: the lowest credible figure (ACLED's rule), the median, the
latest figure by the most reliable source, and the figures corrected for the inflation that is expected of whoever gives
them, weighted by how far such a source is usually off (in the manner of uncertainUCDP, whose error model is parametric in
the reported figure; here the expectation is that of words/priors.yaml)."""

import math
from collections.abc import Iterable
from datetime import date, timedelta
from statistics import median

from condotta.cases import Case
from condotta.estimation.layout import priors
from condotta.estimation.observations import side_of
from condotta.records import Claim, Evidence
from condotta.vocabulary import vocabulary

RULES = ("lowest credible", "median", "latest most reliable", "inflation corrected")


def presets(
    pieces: Iterable[Evidence], case: Case, group: str, measure: str, day: date, window: int = 28
) -> dict[str, float | None]:
    """Rule -> figure for a stock or total at `day`, from the claims of the four weeks before; None without any."""
    since = day - timedelta(days=window)
    heads = [p.head for p in pieces if p.replaced is None]
    near = [
        c for c in heads if c.measure == measure and c.group == group and _usable(c) and c.day and since <= c.day <= day
    ]
    if not near:
        return dict.fromkeys(RULES)
    credible = [c for c in near if grade(c, case) <= "D"]
    best = min(grade(c, case) for c in near)
    latest = max((c for c in near if grade(c, case) == best), key=lambda c: c.day or date.min)
    figures = (
        min((_figure(c) for c in credible), default=None),
        median(_figure(c) for c in near),
        _figure(latest),
        _corrected(near, case),
    )
    return dict(zip(RULES, figures, strict=True))


def grade(claim: Claim, case: Case) -> str:
    """The grade of a claim's origin; F for one that the case does not know."""
    spec = case.source(claim.origin or "")
    return spec.grade if spec else "F"


def _corrected(claims: list[Claim], case: Case) -> float:
    """Weighted mean, on the log scale, of each origin's latest figure without the inflation expected of it."""
    latest = {c.origin: c for c in sorted(claims, key=lambda c: c.day or date.min)}
    total = weights = 0.0
    for claim in latest.values():
        assert claim.measure is not None and claim.group is not None
        klass = vocabulary().measures[claim.measure].klass
        side = side_of(claim.origin or "", claim.group.split("; ")[0], case)
        error = priors()["grades"][grade(claim, case)]
        weight = 1 / (error["bias"] ** 2 + error["scatter"] ** 2)
        total += weight * (math.log(_figure(claim) + 0.5) - priors()["interest"].get(side, {}).get(klass, 0.0))
        weights += weight
    return max(math.exp(total / weights) - 0.5, 0.0)


def _usable(claim: Claim) -> bool:
    """Plain totals and stocks; "thousands" is nobody's figure."""
    plain = claim.kind == "count" and claim.aspect != "flow" and claim.stance == "asserted" and claim.subset == "all"
    return plain and not claim.unsure and claim.amount is not None and claim.amount.qualifier != "order of magnitude"


def _figure(claim: Claim) -> float:
    assert claim.amount is not None
    return claim.amount.middle
