"""What one claim is judged with, and the words in which evidence is named."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from condotta.cases import Case
from condotta.estimates import Array, Estimate
from condotta.records import Claim, Document, Evidence

Happened = Callable[[Claim], str | None]
LeaveOut = Callable[[Estimate, list[int]], tuple[Estimate, Array, float]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is checked: a document, its claims, and the ids of all documents with its text (itself and its copies)."""

    document: Document
    claims: tuple[Claim, ...]
    texts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Desk:
    """The case, how to leave evidence out, and what probably happened to a figure on its way (None: nothing)."""

    case: Case
    without: LeaveOut
    happened: Happened = lambda claim: None


@dataclass(frozen=True, slots=True)
class Bench:
    """What one claim is judged with: its own origins, the evidence free of it, what may copy it, the estimate."""

    mine: frozenset[str]
    others: tuple[Evidence, ...]
    later: tuple[Evidence, ...]
    estimate: Estimate
    case: Case
    without: LeaveOut

    def is_mine(self, piece: Evidence) -> bool:
        """Whether a piece has the claim's own origin."""
        return known_as(piece.origin, self.case) in self.mine


def known_as(name: str | None, case: Case) -> str | None:
    return (case.resolve("sources", name) or name) if name else None


def show(claim: Claim) -> str:
    """A claim in a few words: figure, measure, group, day, origin."""
    figure = claim.amount.show() if claim.amount else ""
    when = f", {claim.day:%d %b %Y}" if claim.day else ""
    return f"{figure} {claim.measure or claim.predicate or ''}".strip() + f" ({claim.origin or 'nobody named'}{when})"


def carried(piece: Evidence) -> str:
    outlets = len({c.chain[0] if c.chain else "?" for c in piece.claims})
    return f"carried by {outlets} outlets, one origin" if outlets > 1 else "one outlet"


def allowed(claim: Claim) -> tuple[float, float]:
    """What the claim's words allow: "more than 2,000" from 2,000 up; a plain figure a tenth to either side."""
    amount = claim.amount
    assert amount is not None
    slack = 0.1 if amount.low == amount.high else 0.0
    low = amount.low * (1 - slack) if amount.low is not None else 0.0
    return low, amount.high * (1 + slack) if amount.high is not None else np.inf


def overlap(a: Claim, b: Claim) -> bool:
    """Whether two figures can both be right: what their words allow has a number in common."""
    (low_a, high_a), (low_b, high_b) = allowed(a), allowed(b)
    return low_a <= high_b and low_b <= high_a
