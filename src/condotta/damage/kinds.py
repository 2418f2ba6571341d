"""What each kind of damage would have made out of an origin's figures: candidates, each with its anchors and words."""

import math
from collections.abc import Callable, Iterator

from condotta.damage.anchors import OLD, Anchor, Copy
from condotta.records import Claim

_MOVING = ("arrived", "present", "in training", "recruited")
Candidate = tuple[float, tuple[Anchor, ...], str]
Maker = Callable[[Copy], Iterator[Candidate]]


def _rounded(copy: Copy) -> Iterator[Candidate]:
    for a in copy.current:
        for step in (10, 50, 100, 500, 1000):
            down = math.floor(a.figure / step) * step
            for x in (down, down + step):
                if 0 < abs(x - a.figure) <= 0.12 * a.figure and x > 0:
                    yield x, (a,), f"{a.figure:,.0f} rounded"


def _one_end(copy: Copy) -> Iterator[Candidate]:
    for a in copy.current:
        amount = a.claim.amount
        if amount and amount.low and amount.high and amount.low < amount.high:
            yield amount.high, (a,), f"the upper end of {amount.show()} alone"
            yield amount.low, (a,), f"the lower end of {amount.show()} alone"


def _swapped(copy: Copy) -> Iterator[Candidate]:
    for a in copy.current:
        text = f"{round(a.figure)}"
        for i in range(len(text) - 1):
            if text[i] != text[i + 1] and (i or text[i + 1] != "0"):
                other = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
                yield float(other), (a,), f"two digits of {a.figure:,.0f} swapped"


def _one_digit(copy: Copy) -> Iterator[Candidate]:
    for a in copy.current:
        text = f"{round(a.figure)}"
        if len(text.rstrip("0")) < 3:
            continue
        for i, digit in enumerate(text):
            for other in "0123456789":
                if other != digit and (i or other != "0") and text[i:].strip("0"):
                    yield float(text[:i] + other + text[i + 1 :]), (a,), f"one digit of {a.figure:,.0f} wrong"


def _noughts(copy: Copy) -> Iterator[Candidate]:
    for a in copy.current:
        yield a.figure * 10, (a,), f"{a.figure:,.0f} with a nought too many"
        if round(a.figure) % 10 == 0:
            yield a.figure / 10, (a,), f"{a.figure:,.0f} with a nought too few"


def _stale(copy: Copy) -> Iterator[Candidate]:
    for a in copy.same:
        if (copy.day - max(a.days)).days > OLD and a not in copy.current:
            yield a.figure, (a,), f"the figure of {max(a.days):%d %b %Y}; by then it gave {copy.latest.figure:,.0f}"


def _slipped(copy: Copy) -> Iterator[Candidate]:
    for a in copy.same:
        gaps = [abs((copy.day - d).days) for d in a.days]
        if a not in copy.current and any(26 <= gap <= 33 for gap in gaps):
            yield a.figure, (a,), f"the figure of {a.days[0]:%d %b %Y}, a month away"


def _added(copy: Copy) -> Iterator[Candidate]:
    if copy.claim.measure not in ("arrived", "present", "recruited"):
        return
    mine = [a for a in copy.anchors if _whose(a.claim) == _whose(copy.claim) and a.near(copy.day, 21)]
    for a in (a for a in mine if a.claim.measure == "arrived" and a.claim.aspect == "total"):
        for t in (t for t in mine if t.claim.measure == "in training"):
            if any(abs((d - e).days) <= 10 for d in a.days for e in t.days):
                both = a.figure + t.figure
                words = f"{a.figure:,.0f} arrived and {t.figure:,.0f} in training added up"
                yield both, (a, t), words
                for step in (500, 1000):
                    yield math.ceil(both / step) * step, (a, t), words + " and rounded"


def _moved_measure(copy: Copy) -> Iterator[Candidate]:
    for a in copy.anchors:
        c = a.claim
        if _whose(c) != _whose(copy.claim) or not a.near(copy.day, 21) or "flow" in (c.aspect, copy.claim.aspect):
            continue
        both = {c.measure, copy.claim.measure}
        kin = (
            both <= set(_MOVING) or both <= {"killed", "wounded", "captured"} or both <= {"returned", "fled", "arrived"}
        )
        if c.measure != copy.claim.measure and kin:
            yield a.figure, (a,), f"{a.figure:,.0f} is what it gave as {c.measure}"


def _flow_as_total(copy: Copy) -> Iterator[Candidate]:
    for a in copy.anchors:
        c = a.claim
        if _whose(c) == _whose(copy.claim) and c.measure == copy.claim.measure and a.near(copy.day, 45):
            if copy.claim.aspect != "flow" and c.aspect == "flow":
                yield a.figure, (a,), f"{a.figure:,.0f} is what it gave for a period, not since the start"
            elif copy.claim.aspect == "flow" and c.aspect == "total":
                yield a.figure, (a,), f"{a.figure:,.0f} is what it gave since the start, not for a period"


def _moved_group(copy: Copy) -> Iterator[Candidate]:
    own = copy.claim
    for a in copy.anchors:
        c = a.claim
        alike = (c.measure, c.aspect, c.subset) == (own.measure, own.aspect, own.subset)
        named = c.group is not None and own.group is not None and c.group != own.group
        if alike and named and a.near(copy.day):
            yield a.figure, (a,), f"{a.figure:,.0f} is its figure for {c.group}"


def _whose(claim: Claim) -> tuple[str | None, str]:
    return claim.group or claim.group_text, claim.subset


MAKERS: dict[str, Maker] = {
    "rounded": _rounded, "one end of a range": _one_end, "digits swapped": _swapped,
    "one digit wrong": _one_digit, "a nought more or less": _noughts, "an old figure reissued": _stale,
    "dated a month off": _slipped, "arrived and in training added up": _added,
    "passed on as another measure": _moved_measure, "a flow passed on as a total": _flow_as_total,
    "moved to another group": _moved_group,
}  # fmt: skip
