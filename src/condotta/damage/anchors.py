"""What origins are on record with (anchors), and one copy set beside what its origin gave in those days."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from condotta.records import Claim, Evidence

NEAR, OLD = 14, 21
"""Days within which a figure is current; days after which it is an old one."""
SAME = 0.004
"""Relative distance below which two figures are the same."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A figure that an origin is on record with, and how many outlets carry it (the origin's own voice counts as three)."""

    claim: Claim
    weight: float
    days: tuple[date, ...]

    @property
    def figure(self) -> float:
        """The one number that stands for it."""
        assert self.claim.amount is not None
        return self.claim.amount.middle

    def near(self, day: date, days: int = NEAR) -> bool:
        """Whether it was current within some days of `day`."""
        return any(abs((day - d).days) <= days for d in self.days)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy, how many outlets carry it, with what its origin is on record with: all other anchors, those of its series, and the current ones."""

    claim: Claim
    day: date
    outlets: int
    anchors: list[Anchor]
    same: list[Anchor]
    current: list[Anchor]

    @property
    def figure(self) -> float:
        assert self.claim.amount is not None
        return self.claim.amount.middle

    @property
    def latest(self) -> Anchor:
        """What the origin gave in those days, by most outlets."""
        return max(self.current, key=lambda a: a.weight)


def is_copy(piece: Evidence) -> bool:
    c = piece.head
    if c.kind != "count" or c.amount is None or c.measure is None or c.day is None or c.stance != "asserted":
        return False
    through_others = all(len(x.chain) > 1 and x.chain[0] != x.origin for x in piece.claims)
    return through_others and is_plain(c) and c.amount.middle >= 10


def on_record(pieces: Iterable[Evidence]) -> dict[str, list[Anchor]]:
    """Origin -> what it is on record with."""
    found: dict[str, list[Anchor]] = defaultdict(list)
    for piece in pieces:
        head = piece.head
        days = tuple(c.day for c in piece.claims if c.day)
        if (
            head.kind == "count"
            and head.measure
            and head.stance == "asserted"
            and is_plain(head)
            and days
            and not head.unsure
        ):
            own = any(len(c.chain) <= 1 or c.chain[0] == c.origin for c in piece.claims)
            weight = len({c.chain[0] for c in piece.claims if c.chain}) + (2.0 if own else 0.0)
            found[piece.origin].append(Anchor(head, weight, days))
    return found


def is_itself(anchor: Anchor, claim: Claim) -> bool:
    """Whether an anchor is the figure asked about: the same, for the same thing, of the same days or later."""
    assert claim.amount is not None and claim.day is not None
    equal = abs(anchor.figure - claim.amount.middle) <= SAME * claim.amount.middle
    older = (claim.day - max(anchor.days)).days > OLD
    return equal and series_of(anchor.claim) == series_of(claim) and not older


def series_of(claim: Claim) -> tuple[str | None, ...]:
    return claim.measure, claim.aspect, claim.group or claim.group_text, claim.subset


def is_plain(claim: Claim) -> bool:
    return claim.amount is not None and claim.amount.qualifier not in ("order of magnitude", "up to")
