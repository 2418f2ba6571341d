"""The record of an estimate: posterior draws per group, week and measure, and how to read a claim's quantity off them.

    draws : (draw, group, week, series), people at the end of the week
    loglik : (draw, evidence), log-likelihood of each piece of evidence under each draw

A quantity is a linear reading of the draws: a stock or total at a day (interpolated between week ends), a flow as
the difference of two totals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from condotta.intervals import Period
from condotta.records import Claim, Evidence, SetAside

Array = npt.NDArray[np.float64]

SERIES = (
    "home", "in training", "present", "recruited", "arrived", "killed", "captured", "returned", "fled", "defected",
    "wounded", "refused", "defected in training", "defected in theatre", "pay promised", "pay delivered",
)  # fmt: skip
COUNTED = SERIES[1:12]
"""The measures of count claims that the model hears."""
PAY = SERIES[14:]
"""US dollars for one fighter and month; the same for every group of a side."""
MEASURES = SERIES[1:]
RARE = ("defected", "refused")
UNSPOKEN = "not identified: no claim speaks of it; the prior and the other measures decide"
STOCKS = ("home", "in training", "present", *PAY)
"""What is said of a day, not since the start."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """Weeks from `start`, a Monday; a series is given at the end of each week's Sunday. The first `hidden` let the stocks
    fill, the last `ahead` are a forecast."""

    start: date
    count: int
    hidden: int = 0
    ahead: int = 0

    @property
    def last_day(self) -> date:
        """The last day that claims can speak of; the weeks behind it are a forecast."""
        return self.end(self.count - 1 - self.ahead)

    @property
    def shown(self) -> range:
        """The weeks of the case; those before it only let the stocks fill."""
        return range(self.hidden, self.count)

    @property
    def first_day(self) -> date:
        """The first day of the case's weeks."""
        return self.start + timedelta(days=7 * self.hidden)

    def end(self, week: int) -> date:
        """The last day of a week."""
        return self.start + timedelta(days=7 * week + 6)

    def place(self, day: date) -> float:
        """The end of a day on the scale of weeks: 0 is the end of the first week, -1 the start."""
        return ((day - self.start).days + 1) / 7 - 1

    def weights(self, day: date) -> tuple[tuple[int, float], ...]:
        """(week, weight) pairs that interpolate a series at the end of `day`; empty before the start (the value is 0)."""
        at = self.place(day)
        if at <= -1:
            return ()
        low = int(np.floor(at))
        part = at - low
        pairs = [(low, 1 - part), (low + 1, part)]
        return tuple((min(w, self.count - 1), x) for w, x in pairs if w >= 0 and x > 1e-9)

    def covers(self, day: date) -> bool:
        """Whether a day lies inside the weeks that claims can speak of."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Estimate:
    """Posterior draws with the evidence they rest on; see the module's page for shapes.

    `shares` : "side | subset | measure" -> (draw,) share of the subset; `prior` : "group | measure" -> 5, 50, 95 % of the
    last week before any claim is heard; `voices` : "source | class | side" -> (draw, 3) bias, scatter, late share.
    """

    weeks: Weeks
    groups: tuple[str, ...]
    members: Mapping[str, tuple[int, ...]]
    draws: npt.NDArray[np.float32]
    evidence: tuple[Evidence, ...]
    set_aside: tuple[SetAside, ...]
    loglik: Array
    bias: Mapping[str, Mapping[str, tuple[float, float, float]]] = field(default_factory=dict)
    diagnostics: Mapping[str, Any] = field(default_factory=dict)
    identified: Mapping[str, str] = field(default_factory=dict)
    chains: int = 4
    shares: Mapping[str, Array] = field(default_factory=dict)
    prior: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    voices: Mapping[str, Array] = field(default_factory=dict)

    def spoken(self) -> list[tuple[str, str]]:
        """(group, measure) of every series that a claim speaks of; the others rest on the prior and are not printed."""
        pairs = (key.split(" | ", 1) for key, words in self.identified.items() if words != UNSPOKEN)
        return [(group, measure) for group, measure in pairs]

    def held(self, group: str, measure: str) -> str:
        """On whose figures the level rests, in words, with a warning where the interval is very wide."""
        draws = self.series(group, measure)[:, -1 - self.weeks.ahead]
        low, high = np.quantile(draws, [0.05, 0.95])
        wide = "; held loosely: the interval is wide" if high > 4 * max(low, 1.0) else ""
        return self.identified.get(f"{group} | {measure}", UNSPOKEN) + wide

    def rows(self, group: str) -> tuple[int, ...]:
        """Indices of the modelled groups that make up `group` ("A; B" for several together); empty when unknown."""
        found: set[int] = set()
        for name in group.split("; "):
            if name not in self.members:
                return ()
            found.update(self.members[name])
        return tuple(sorted(found))

    def series(self, group: str, measure: str) -> Array:
        """The draws of one series of a group : (draw, week), people (pay: US dollars for a fighter and month)."""
        rows = list(self.rows(group))
        values = self.draws[..., SERIES.index(measure)][:, rows[:1] if measure in PAY else rows]
        return np.asarray(values.sum(axis=1), dtype=np.float64)

    def share(self, group: str, subset: str, measure: str) -> Array | None:
        """The draws of a subset's share in a measure, of the side that the group belongs to; None where no claim spoke."""
        for key, draws in self.shares.items():
            side, part, of = key.split(" | ")
            if (part, of) == (subset, measure) and set(self.rows(group)) <= set(self.rows(side)):
                return draws
        return None

    def reading(self, group: str, measure: str, aspect: str, period: Period, subset: str = "all") -> Array:
        """The draws of the quantity that a claim of this aspect speaks of : (draw,), people. Raises KeyError for a
        subset of which no claim spoke."""
        series = self.series(group, measure)
        value = _at(series, self.weeks.weights(period.end))
        if aspect == "flow":
            start = period.start or self.weeks.start
            value = value - _at(series, self.weeks.weights(start - timedelta(days=1)))
        if subset == "all":
            return value
        share = self.share(group, subset, measure)
        if share is None:
            raise KeyError(subset)
        return value * share


def _at(series: Array, weights: tuple[tuple[int, float], ...]) -> Array:
    return sum((x * series[:, w] for w, x in weights), np.zeros(len(series)))


def bands(values: Array, weights: Array | None = None) -> dict[str, Array]:
    """ "low90", "low50", "median", "high50", "high90" -> (week,), over the first axis (draws or runs); `weights` : (draw,)."""
    names, levels = ("low90", "low50", "median", "high50", "high90"), [0.05, 0.25, 0.5, 0.75, 0.95]
    if weights is None:
        return dict(zip(names, np.quantile(values, levels, axis=0), strict=True))
    found = np.quantile(values, levels, axis=0, weights=weights, method="inverted_cdf")
    return dict(zip(names, found, strict=True))


def series_of_claim(claim: Claim) -> str | None:
    """The series that a claim speaks of: its measure, or promised or delivered pay."""
    if claim.kind == "terms" and claim.measure == "pay":
        return "pay promised" if claim.stance == "promised" else "pay delivered"
    return claim.measure


def is_event(claim: Claim) -> bool:
    """Whether a flow is one day's event, and of no rare kind: a part of the flow around it, not the whole."""
    one_day = claim.period is None or claim.period.start is None or claim.period.start == claim.period.end
    return one_day and claim.measure not in RARE


def spoken_aspect(claim: Claim, weeks: Weeks) -> str | None:
    """The aspect as the model hears it: a total "since 11 November" is a flow when the case began weeks before; a flow of which nobody
    says when ("has the names of 57 killed") may as well be the total by then, so it is unclear."""
    if claim.aspect == "flow" and claim.period is None and claim.measure not in RARE:
        return None
    start = claim.period.start if claim.period else None
    if claim.aspect == "total" and start is not None and claim.period is not None and start < claim.period.end:
        return "flow" if start > weeks.first_day + timedelta(days=42) else "total"
    return claim.aspect


def flow_period(claim: Claim, days: int = 14) -> Period | None:
    """The period of a flow claim. An event known by its day alone is given the two weeks around it; one of a rare kind
    (a defection, a refusal) its own week, Monday to Sunday."""
    day = claim.day
    if day is None:
        return None
    start, end = (claim.period.start, claim.period.end) if claim.period else (None, day)
    if start is None or start == end:
        if claim.measure in RARE:
            monday = end - timedelta(days=end.weekday())
            return Period(monday, monday + timedelta(days=6))
        return Period(end - timedelta(days=days // 2), end + timedelta(days=days // 2))
    return claim.period
