"""Claims without a figure to weigh: which other claims say the same, and which the opposite."""

import re

from condotta.cases import fold
from condotta.findings.bench import Bench, overlap, show
from condotta.records import Claim, Finding


def against_words(claim: Claim, bench: Bench) -> Finding:
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
            words=f"{denying[0].origin} says otherwise: {show(denying[0].head)}{others}",
        )
    if own:
        return Finding(claim, "repeats", because=(own[0].head,), words=f"repeats {own[0].origin}")
    return Finding(claim, "no-evidence", words="no other claim on record supports or denies it")


def _is_alike(claim: Claim, head: Claim) -> bool:
    if claim.kind == "count":
        near = claim.day is None or head.day is None or abs((claim.day - head.day).days) <= 120
        same = head.kind == "count" and (head.measure, head.subset) == (claim.measure, claim.subset) and near
        return same and claim.group is not None and head.group == claim.group and _same_range(claim, head)
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


def _same_range(claim: Claim, head: Claim) -> bool:
    if claim.amount is None or head.amount is None:
        return claim.amount is head.amount
    return overlap(claim, head)


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
