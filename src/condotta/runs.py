"""The record of simulated runs: weekly ledgers of people and money per group, and how to read series off them.

record : (run, week, group, column), at the week's end: men in each state, then totals since the start (people, US dollars)
world  : (run, week, 2), front (-1 lost to 1 won) and scandal
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from condotta.estimates import Array, Weeks, bands

STANDING = {"home": ("home", "returned"), "in training": ("in training",), "present": ("guard", "front", "wounded"), "at the front": ("front",)}  # fmt: skip
"""Measures that are men in some states; every other one is a total of events."""
SHOWN = (
    "in training", "present", "recruited", "arrived", "killed", "wounded", "captured", "returned", "fled", "refused", "defected",
    "defected in training", "defected in theatre",
)  # fmt: skip
MONEY = ("owed", "handed out", "cut", "received", "arrears", "training", "flights", "spent")
EXITS = ("fled", "refused", "defected", "defected in training", "defected in theatre")


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of one scenario; see the module's page. `states`, `events`: names of the columns; `weight`: men that one simulated man
    stands for; `parameters`: name -> (run,) value; `costs`: US dollars for training a man, and for a flight; `avoided`: the
    sponsor's own dead for each proxy killed; `without`: mechanisms switched off."""

    scenario: str
    about: str
    weeks: Weeks
    groups: tuple[str, ...]
    states: tuple[str, ...]
    events: tuple[str, ...]
    record: npt.NDArray[np.int64]
    world: Array
    seed: int
    weight: float = 1.0
    parameters: Mapping[str, Array] = field(default_factory=dict)
    costs: tuple[float, float] = (0.0, 0.0)
    avoided: float = 1.0
    without: tuple[str, ...] = ()

    def event(self, name: str, group: str | None = None) -> Array:
        """(run, week) total of an event since the start; the sum of the groups, or of one."""
        return self._column(len(self.states) + self.events.index(name), group)

    def series(self, name: str, group: str | None = None) -> Array:
        """(run, week) of a measure: a stock at the week's end, or a total since the start."""
        if name in STANDING:
            return np.asarray(sum(self._column(self.states.index(s), group) for s in STANDING[name]))
        return self.event(name, group)

    def money(self, name: str, group: str | None = None) -> Array:
        """(run, week) US dollars since the start; arrears are owed less received, spent is all that the sponsor paid."""
        if name == "arrears":
            return self.event("owed", group) - self.event("received", group)
        if name in ("training", "flights"):
            of = "recruited" if name == "training" else "flights"
            return self.costs[name == "flights"] * self.event(of, group)
        if name == "spent":
            return self.event("handed out", group) + self.money("training", group) + self.money("flights", group)
        return self.event(name, group)

    def influence(self, group: str | None = None) -> Array:
        """(run, week) share of the men, those who fled or defected counted in, who would follow an order now."""
        gone = self._column(self.states.index("fled"), group) + self._column(self.states.index("defected"), group)
        asked = self.event("asked", group) / 1e6
        return np.asarray(self.event("loyal", group) / 1e6 / np.maximum(asked + gone, 1e-9))

    def causes(self) -> dict[str, Array]:
        """What drove the exits: cause -> (run,) share of all who refused or left; nan in runs without any."""
        names = [e for e in self.events if e.startswith("left for ")]
        totals = np.array([self.event(e)[:, -1] for e in names])
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = totals / totals.sum(axis=0)
        return {e.removeprefix("left for "): s for e, s in zip(names, shares, strict=True)}

    def drivers(self) -> list[tuple[str, float]]:
        """(cause, its mean share of the exits over the runs that had any), the largest first."""
        shares = {k: float(np.nanmean(v)) for k, v in self.causes().items() if not np.isnan(v).all()}
        return sorted(shares.items(), key=lambda pair: -pair[1])

    def own_dead_avoided(self) -> Array:
        """(run, week) of the sponsor's own men who would have been killed in the proxies' place: an assumption times a figure."""
        return self.avoided * self.event("killed")

    def exits(self) -> Array:
        """(run,) men who refused, defected or fled by the end."""
        return np.asarray(sum(self.event(e)[:, -1] for e in EXITS))

    def mass_desertion(self, share: float = 0.1) -> float:
        """Share of the runs in which within four weeks this share of the force in the theatre fled or defected."""
        left = self.event("fled") + self.event("defected in theatre")
        before = np.pad(left, ((0, 0), (4, 0)))[:, :-4]
        fielded = np.pad(self.series("present"), ((0, 0), (4, 0)))[:, :-4]
        many = ((left - before) >= share * np.maximum(fielded, 1.0)) & (fielded >= 100 / self.weight)
        return float(many.any(axis=1).mean())

    def deserted(self) -> Array:
        """(run,) share of the men fielded in the whole time who fled or defected there; nan where nobody was fielded."""
        left = self.event("fled")[:, -1] + self.event("defected in theatre")[:, -1]
        fielded = self.event("arrived")[:, -1]
        return np.asarray(np.where(fielded > 0, left / np.maximum(fielded, 1.0), np.nan))

    def mass_desertion_of_war(self, share: float = 0.1) -> float:
        """Share of the runs in which this share of all men fielded deserted by the end: one run counts as one belligerent of one
        war, as in Lyall, Divided Armies (2020)."""
        return float((self.deserted() >= share).mean())

    def _column(self, k: int, group: str | None) -> Array:
        rows = self.record[..., k].sum(axis=2) if group is None else self.record[:, :, self.groups.index(group), k]
        return np.asarray(self.weight * rows, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure at the end under a scenario less under the base, run by run under the same luck: 5, 50, 95 % of the runs, the
    mean, its Monte-Carlo error, and the share of the runs that agree with the mean's sign (a tie agrees with nothing)."""

    what: str
    base: float
    low: float
    median: float
    high: float
    mean: float
    error: float
    agree: float

    @property
    def stable(self) -> bool:
        """Whether nine runs of ten, each with another draw of what is not known, agree on the sign."""
        return self.agree >= 0.9


def differences(runs: Runs, base: Runs) -> list[Difference]:
    """Every shown series, the exits, the money and the influence at the end, beside the base."""
    pairs = [(m, runs.series(m)[:, -1], base.series(m)[:, -1]) for m in SHOWN]
    pairs.append(("all exits", runs.exits(), base.exits()))
    pairs += [(f"{m}, US dollars", runs.money(m)[:, -1], base.money(m)[:, -1]) for m in ("spent", "arrears")]
    pairs.append(("influence at home, %", 100 * runs.influence()[:, -1], 100 * base.influence()[:, -1]))
    pairs.append(("front, -100 to 100", 100 * runs.world[:, -1, 0], 100 * base.world[:, -1, 0]))
    return [_difference(what, a, b) for what, a, b in pairs]


def _difference(what: str, a: Array, b: Array) -> Difference:
    d = a - b
    low, mid, high = np.quantile(d, [0.05, 0.5, 0.95])
    mean = float(d.mean())
    agree = float((np.sign(d) == np.sign(mean)).mean()) if mean else 1.0
    error = float(d.std(ddof=1) / np.sqrt(len(d))) if len(d) > 1 else float("nan")
    return Difference(what, float(np.median(b)), float(low), float(mid), float(high), mean, error, agree)


def rows(runs: Runs) -> list[dict[str, Any]]:
    """Every series as flat rows for tables: scenario, group, week, measure, 5, 25, 50, 75 and 95 % of the runs."""
    found = []
    for group in (None, *runs.groups):
        named = {m: runs.series(m, group) for m in SHOWN}
        named |= {f"{m}, US dollars": runs.money(m, group) for m in MONEY}
        named["influence"] = runs.influence(group)
        for measure, values in named.items():
            q = bands(values)
            for w in range(values.shape[1]):
                cells = {k: round(float(v[w]), 4) for k, v in q.items()}
                found.append({"scenario": runs.scenario, "group": group or "all", "week": runs.weeks.end(w).isoformat(), "measure": measure, **cells})  # fmt: skip
    return found
