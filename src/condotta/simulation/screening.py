"""Which assumptions decide the answer: Morris's elementary effects (1991), by SALib.

Every parameter that is not fitted moves over half to twice its value (within its range); the fitted ones stay at their posterior's
median. `mu_star` is the mean absolute effect on a figure of moving one parameter over its whole span, `sigma` its spread: a large
sigma beside mu_star means that the effect depends on the others.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from condotta.estimates import Array
from condotta.runs import EXITS
from condotta.simulation.circumstances import Circumstances
from condotta.simulation.engine import columns_of
from condotta.simulation.ensemble import single
from condotta.simulation.force import STATES
from condotta.simulation.parameters import Parameter, parameters
from condotta.simulation.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Effect:
    """A parameter's effect on the exits by the end and on the men in the theatre (the mean over the weeks), in shares of the
    men at the start: mean absolute, and spread."""

    name: str
    source: str
    exits: tuple[float, float]
    present: tuple[float, float]


def screen(
    start: Circumstances, fitted: Mapping[str, Array], seed: int = 7, weight: float = 1.0, trajectories: int = 10, threads: int = 2,
    progress: Callable[[int, int, str], None] | None = None,
) -> list[Effect]:  # fmt: skip
    """The effects, the largest on exits first. The same seed gives the same effects on any number of threads."""
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as design

    moved = [p for p in parameters().values() if p.fit is None and p.value != 0]
    spans = [_span(p, start) for p in moved]
    names = [p.name for p in moved]
    problem = {"num_vars": len(moved), "names": names, "bounds": [list(s) for s in spans]}
    points = design.sample(problem, trajectories, seed=seed)
    middle = start.given | {name: float(np.median(v)) for name, v in fitted.items()}
    scaled, draw = start.part(weight), len(start.men) // 2
    left = [k for e in EXITS for k in columns_of(e)]

    def figures(point: Array) -> tuple[float, float]:
        values = Scenario("as-reported").over(middle | dict(zip(names, map(float, point), strict=True)))
        record, _ = single(scaled, Scenario("as-reported"), values, draw, (seed, 0))
        side = record.sum(axis=1)
        men = side[0, : len(STATES)].sum()
        return float(side[-1, left].sum() / men), float(side[:, columns_of("present")].sum(axis=1).mean() / men)

    with ThreadPoolExecutor(threads) as pool:
        found = []
        for k, pair in enumerate(pool.map(figures, points)):
            found.append(pair)
            if progress:
                progress(k + 1, len(points), "screening")
    exits, present = (_pairs(analysis.analyze(problem, points, column, seed=seed)) for column in np.array(found).T)
    effects = [Effect(p.name, p.source, exits[i], present[i]) for i, p in enumerate(moved)]
    return sorted(effects, key=lambda e: -e.exits[0])


def _pairs(found: Any) -> list[tuple[float, float]]:
    return [(float(m), float(s)) for m, s in zip(found["mu_star"], found["sigma"], strict=True)]


def _span(p: Parameter, start: Circumstances) -> tuple[float, float]:
    value = start.given.get(p.name, p.value)
    low, high = sorted((value / 2, value * 2))
    return max(low, p.low), min(high, p.high)
