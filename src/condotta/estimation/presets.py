"""The rules that people use today, to stand beside the model: the lowest credible figure (ACLED's rule), the median,
and the latest figure by the most reliable source."""

from collections.abc import Iterable
from datetime import date, timedelta
from statistics import median

from condotta.cases import Case
from condotta.records import Claim, Evidence


def presets(
    pieces: Iterable[Evidence], case: Case, group: str, measure: str, day: date, window: int = 28
) -> dict[str, float | None]:
    """Rule -> figure for a stock or total at `day`, from the claims of the four weeks before; None without any."""
    since = day - timedelta(days=window)
    heads = [p.head for p in pieces]
    near = [
        c for c in heads if c.measure == measure and c.group == group and _usable(c) and c.day and since <= c.day <= day
    ]
    if not near:
        return {"lowest credible": None, "median": None, "latest most reliable": None}
    credible = [c for c in near if grade(c, case) <= "D"]
    best = min(grade(c, case) for c in near)
    latest = max((c for c in near if grade(c, case) == best), key=lambda c: c.day or date.min)
    return {
        "lowest credible": min((_figure(c) for c in credible), default=None),
        "median": median(_figure(c) for c in near),
        "latest most reliable": _figure(latest),
    }


def grade(claim: Claim, case: Case) -> str:
    """The grade of a claim's origin; F for one that the case does not know."""
    spec = case.source(claim.origin or "")
    return spec.grade if spec else "F"


def _usable(claim: Claim) -> bool:
    """Plain totals and stocks; "thousands" is nobody's figure."""
    plain = claim.kind == "count" and claim.aspect != "flow" and claim.stance == "asserted" and claim.subset == "all"
    return plain and claim.amount is not None and claim.amount.qualifier != "order of magnitude"


def _figure(claim: Claim) -> float:
    assert claim.amount is not None
    return claim.amount.middle
