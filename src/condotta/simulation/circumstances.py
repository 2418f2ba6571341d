"""What a run starts from: men at home, the call and the intensity of the fighting, out of one draw of a case's estimate."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np

from condotta.cases import Case
from condotta.errors import ScenarioError, near_misses
from condotta.estimates import SERIES, Array, Estimate, Weeks
from condotta.simulation.engine import Policy
from condotta.simulation.parameters import checked, fitted
from condotta.simulation.scenarios import Scenario

_LEAST = 20


@dataclass(frozen=True, slots=True)
class Circumstances:
    """One side of a case. men : (draw, group), at home at the start; demand : (draw, week, group), recruits called for, a week;
    intensity : (draw, week), 1 on average; promised : (draw,) US dollars a month; `given`: parameters that the case gives."""

    weeks: Weeks
    groups: tuple[str, ...]
    men: Array
    demand: Array
    intensity: Array
    promised: Array
    given: dict[str, float]

    def part(self, weight: float) -> "Circumstances":
        """The same with one man for `weight` men."""
        return replace(self, men=self.men / weight, demand=self.demand / weight)

    def policy(self, draw: int, scenario: Scenario, rules: Any, weight: float = 1.0) -> Policy:
        """The call, orders and intensity of one draw under a scenario."""
        demand = rules.demand_factor * _slowed(self.demand[draw], rules.demand_slowed)
        orders = np.zeros_like(demand)
        share = self.men[draw] / self.men[draw].sum()
        for order in scenario.orders:
            weekly = order.weekly / weight
            per_group = weekly * share if order.group is None else weekly * (np.array(self.groups) == order.group)
            for w in range(self.weeks.count):
                monday = self.weeks.start + timedelta(weeks=w)
                if order.start <= monday + timedelta(days=6) and monday <= order.until:
                    orders[w] += per_group
        return Policy(demand, orders, self.intensity[draw])

    def check(self, scenario: Scenario) -> None:
        """Raises ScenarioError E-SIM-05 where an order is to a group that is not simulated."""
        for order in scenario.orders:
            if order.group is not None and order.group not in self.groups:
                raise ScenarioError("E-SIM-05", f"{order.group!r} is not simulated", near=near_misses(order.group, self.groups), fix=f"Simulated: {', '.join(self.groups)}.")  # fmt: skip


def circumstances(result: Estimate, case: Case, side: str | None = None) -> Circumstances:
    """The side of a sponsor as the estimate gives it. Raises ScenarioError E-SIM-05 where it gives none."""
    sides = [g for g in result.members if g in case.groups and case.groups[g].parent is None]
    name = side or (case.root if case.root in sides else next(iter(sides), None))
    if name not in sides:
        raise ScenarioError("E-SIM-05", f"no estimate of {name or 'any side'} to start from", near=near_misses(str(name), sides), fix="A side needs ten pieces of evidence: see `condotta reconcile`.")  # fmt: skip
    rows = list(result.members[name])
    draws = result.draws[:, rows].astype(np.float64)
    series = {s: draws[..., SERIES.index(s)] for s in ("home", "recruited", "killed", "present", "pay promised")}
    recruited = np.maximum(np.diff(series["recruited"], axis=2, prepend=0.0), 0.0)
    men = np.maximum(series["home"][:, :, 0] + recruited[:, :, 0], _LEAST)
    spoken = set(result.spoken())
    pay = series["pay promised"][:, 0].mean(axis=1)
    promised = pay if (name, "pay promised") in spoken else np.full(len(pay), np.nan)
    given = {"contract": 7.0 * case.contract_weeks} if case.contract_weeks else {}
    given |= {name: _own(name, value) for name, value in case.simulation.items()}
    names = tuple(result.groups[r] if result.groups[r] != name else f"{name}, other" for r in rows)
    return Circumstances(
        result.weeks, names, men, recruited.transpose(0, 2, 1), _intensity(series["killed"], series["present"]), promised, given
    )  # fmt: skip


def _own(name: str, value: float) -> float:
    """A parameter that the case gives instead of the default. Raises ScenarioError E-SIM-01, E-SIM-02."""
    if any(p.name == name for p in fitted()):
        raise ScenarioError(
            "E-SIM-02",
            f"{name} is fitted to the case",
            where="case.yaml: simulation",
            fix="Set it in a scenario to ask what if.",
        )
    return checked(name, value)


def _intensity(killed: Array, present: Array) -> Array:
    """(draw, week): killed for each man present beside its mean over the weeks, the weeks weighted by the men present."""
    dead = np.maximum(np.diff(killed.sum(axis=1), axis=1, prepend=0.0), 0.0)
    there = present.sum(axis=1)
    mean = dead.sum(axis=1, keepdims=True) / np.maximum(there.sum(axis=1, keepdims=True), 1.0)
    rate = dead / np.maximum(there, 1.0)
    return np.asarray(np.clip(np.where(there > 1.0, rate / np.maximum(mean, 1e-12), 1.0), 0.0, 10.0))


def _slowed(demand: Array, factor: float) -> Array:
    """The same call spread over `factor` times as long; what falls behind the last week is not called for."""
    if factor == 1.0:
        return demand
    total = np.vstack([np.zeros(demand.shape[1]), np.cumsum(demand, axis=0)])
    at = np.arange(len(total)) / factor
    slowed = np.column_stack([np.interp(at, np.arange(len(total)), column) for column in total.T])
    return np.asarray(np.diff(slowed, axis=0))
