"""Money and lengths of contract, against every other figure for the same kind of promise."""

from condotta.findings.bench import Bench, show
from condotta.records import Claim, Evidence, Finding


def against_terms(claim: Claim, bench: Bench) -> Finding:
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
        words = f"reaches above every other one on record: the highest of {len(same)} figures from {origins} origins is {show(top.head)}"
        return Finding(claim, "higher", factor, because=(top.head, *(e.head for e in _commonest(same))), words=words)
    if x_low < _bottom(bottom.head):
        words = f"lies below every other one on record: the lowest of {len(same)} figures is {show(bottom.head)}"
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
