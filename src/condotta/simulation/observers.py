"""Observers: parties and outlets that turn what happens in a run into claims, in the records that the rest of the program reads.

A figure is what an observer sees `delay` days late, times exp(bias + scatter error), error logistic, then rounded to its digits; a party to
the conflict reports fewer of its own dead and more of its enemy's. The chain is the outlet that carries it, then the observer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from condotta.cases import Case
from condotta.estimates import Array
from condotta.intervals import Amount, Period
from condotta.records import Claim, named
from condotta.runs import Runs

STOCKS = ("present", "in training")
TOTALS = ("recruited", "arrived", "killed", "captured", "returned")
_OWN, _ENEMY = -0.3, 0.3


@dataclass(frozen=True, slots=True)
class Observer:
    """A source and its ways. `every`: days between its reports; `delay`: days; `bias`, `scatter`: log scale; `digits` it keeps;
    `measures` it speaks of; `whole`: chance that it speaks of the whole side and not of one group."""

    source: str
    every: int = 10
    delay: int = 3
    bias: float = 0.0
    scatter: float = 0.1
    digits: int = 2
    measures: tuple[str, ...] = (*STOCKS, *TOTALS)
    whole: float = 0.5


def observers(case: Case, rng: np.random.Generator, grades: dict[str, tuple[float, float]]) -> list[Observer]:
    """One observer for each source of a case, its bias and scatter drawn from its grade: `grades` : letter -> (bias sd, scatter)."""
    found = []
    for name, spec in case.sources.items():
        bias, scatter = grades[spec.grade]
        shift = (_OWN if spec.interest in case.sponsors else _ENEMY) if spec.interest else 0.0
        every, delay = int(rng.integers(7, 30)), int(rng.integers(1, 7))
        found.append(Observer(name, every, delay, shift + bias * rng.standard_normal(), scatter))
    return found


def emit(
    runs: Runs, number: int, who: Sequence[Observer], side: str, rng: np.random.Generator, outlet: str = "Wire"
) -> list[Claim]:
    """The claims that observers make of one run; none where the scenario is without them."""
    days = 7 * runs.weeks.count
    found: list[Claim] = []
    if "observers" in runs.without:
        return found
    for o in who:
        for day in range(int(rng.integers(14, 14 + o.every)), days - o.delay, o.every):
            measure = str(rng.choice(o.measures))
            group = None if len(runs.groups) == 1 or rng.random() < o.whole else str(rng.choice(runs.groups))
            seen = _seen(runs.series(measure, group)[number], day)
            figure = _said(seen, o, rng)
            if figure == 0:
                continue  # nobody reports that nothing has happened
            at = runs.weeks.start + timedelta(days=day)
            stock = measure in STOCKS
            text = f"{figure:,}"
            found.append(
                named(
                    Claim(
                        f"simulated-{o.source}-{day}", "count", text, 0, len(text), measure=measure, aspect="stock" if stock else "total",
                        group=group or side, group_text=group or side, period=Period(at if stock else None, at),
                        amount=Amount(figure, figure, "people", "about", text), chain=(outlet, o.source), confidence=0.9, by="simulated",
                        reported=at + timedelta(days=o.delay),
                    )
                )
            )  # fmt: skip
    return found


def _seen(series: Array, day: int) -> float:
    """A weekly series at the end of a day, 0 before the first week."""
    return float(np.interp((day + 1) / 7, np.arange(len(series) + 1), np.concatenate([[0.0], series])))


def _said(seen: float, o: Observer, rng: np.random.Generator) -> int:
    figure = math.exp(math.log(seen + 0.5) + o.bias + o.scatter * rng.logistic())
    unit = 10 ** max(math.floor(math.log10(max(figure, 1.0))) - o.digits + 1, 0)
    return int(round(figure / unit) * unit)
