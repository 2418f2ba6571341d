"""Which assumptions decide the answer: Morris's elementary effects (1991) and Sobol's shares of the variance (2001), by SALib.

Every parameter that is not fitted moves over half to twice its value (within its range). `screen` moves one at a time, the fitted
ones staying at their posterior's median: `mu_star` is the mean absolute effect on a figure of moving one parameter over its whole
span, `sigma` its spread; a large sigma beside mu_star means that the effect depends on the others.

`variance` moves everything at once: the luck of the run, the draw of the estimate, the draw of the fit, the strongest assumptions
one by one, and all other assumptions together. With Y a figure and x one of these,

    first = Var(E[Y | x]) / Var Y          what knowing x alone would take away
    total = 1 - Var(E[Y | all but x]) / Var Y     what is left as long as x is not known

so first = total where x acts by itself, and the totals add up to more than one where inputs act through each other. Sampling:
Saltelli et al. (2010).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from condotta.estimates import Array
from condotta.runs import EXITS
from condotta.simulation.circumstances import Circumstances
from condotta.simulation.engine import columns_of
from condotta.simulation.ensemble import Progress, single
from condotta.simulation.force import STATES
from condotta.simulation.parameters import Parameter, parameters
from condotta.simulation.scenarios import Scenario

LUCK, ESTIMATE, FIT, OTHERS = "luck", "estimate", "fit", "other assumptions"
_GIVEN = {
    LUCK: "chance, the same men and policy",
    ESTIMATE: "what the claims leave open",
    FIT: "what the estimate leaves open of the fitted parameters",
    OTHERS: "all that are not named here",
}
_LUCKS = 4096
_LEFT = [k for e in EXITS for k in columns_of(e)]


@dataclass(frozen=True, slots=True)
class Effect:
    """A parameter's effect on the exits by the end and on the men in the theatre (the mean over the weeks), in shares of the
    men at the start: mean absolute, and spread."""

    name: str
    source: str
    exits: tuple[float, float]
    present: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Share:
    """An input's share of the variance of the same two figures: first, total, and half the total's 95 % interval."""

    name: str
    source: str
    exits: tuple[float, float, float]
    present: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Model:
    """Both figures of one run as a function of what is put in. `start`: with one man for however many he stands for."""

    start: Circumstances
    fitted: Mapping[str, Array]
    seed: int
    threads: int

    def middle(self) -> dict[str, float]:
        """The fitted parameters at their medians."""
        return {name: float(np.median(v)) for name, v in self.fitted.items()}

    def drawn(self, at: float) -> dict[str, float]:
        """One draw of the posterior, all its parameters together."""
        return {name: float(v[min(int(at * len(v)), len(v) - 1)]) for name, v in self.fitted.items()}

    def figures(self, values: Mapping[str, float], draw: int, luck: int) -> tuple[float, float]:
        """(exits by the end, mean of the men in the theatre), in shares of the men at the start."""
        plain = Scenario("as-reported")
        asked = plain.over(self.start.given | dict(values))
        record, _ = single(self.start, plain, asked, draw, (self.seed, luck))
        side = record.sum(axis=1)
        men = side[0, : len(STATES)].sum()
        return float(side[-1, _LEFT].sum() / men), float(side[:, columns_of("present")].sum(axis=1).mean() / men)

    def over(self, points: Iterable[Any], one: Callable[[Any], tuple[float, float]], of: int, what: str, progress: Progress | None) -> Array:  # fmt: skip
        """(point, figure), on all threads."""
        found = []
        with ThreadPoolExecutor(self.threads) as pool:
            for k, pair in enumerate(pool.map(one, points)):
                found.append(pair)
                if progress:
                    progress(k + 1, of, what)
        return np.array(found)


def screen(
    start: Circumstances, fitted: Mapping[str, Array], seed: int = 7, weight: float = 1.0, trajectories: int = 10, threads: int = 2,
    progress: Progress | None = None,
) -> list[Effect]:  # fmt: skip
    """The effects, the largest on exits first. The same seed gives the same effects on any number of threads."""
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as design

    model = _Model(start.part(weight), fitted, seed, threads)
    moved = _moved()
    names = [p.name for p in moved]
    problem = {"num_vars": len(moved), "names": names, "bounds": [list(_span(p, start)) for p in moved]}
    points = design.sample(problem, trajectories, seed=seed)
    middle, draw = model.middle(), len(start.men) // 2

    def one(point: Array) -> tuple[float, float]:
        return model.figures(middle | dict(zip(names, map(float, point), strict=True)), draw, 0)

    found = model.over(points, one, len(points), "screening", progress)
    exits, present = (_pairs(analysis.analyze(problem, points, column, seed=seed)) for column in found.T)
    effects = [Effect(p.name, p.source, exits[i], present[i]) for i, p in enumerate(moved)]
    return sorted(effects, key=lambda e: -e.exits[0])


def variance(
    start: Circumstances, fitted: Mapping[str, Array], effects: Sequence[Effect], seed: int = 7, weight: float = 1.0, size: int = 128,
    strongest: int = 8, threads: int = 2, progress: Progress | None = None,
) -> list[Share]:  # fmt: skip
    """The shares, the largest total of the exits first: of the luck, the estimate, the fit, the `strongest` parameters by `effects`
    and the others together; size (strongest + 6) runs, `size` a power of two. The same seed gives the same shares on any number of
    threads."""
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as design

    model = _Model(start.part(weight), fitted, seed, threads)
    named = _named(effects, strongest)
    moved = _moved()
    names = [LUCK, ESTIMATE, FIT, *(p.name for p in moved)]
    spans = [(0.0, 1.0)] * 3 + [_span(p, start) for p in moved]
    groups = [n if n in named or n in _GIVEN else OTHERS for n in names]
    problem = {"num_vars": len(names), "names": names, "bounds": [list(s) for s in spans], "groups": groups}
    points = design.sample(problem, size, calc_second_order=False, seed=seed)

    def one(point: Array) -> tuple[float, float]:
        luck, draw, fit, *rest = map(float, point)
        values = model.drawn(fit) | dict(zip(names[3:], rest, strict=True))
        return model.figures(values, min(int(draw * len(start.men)), len(start.men) - 1), int(luck * _LUCKS))

    found = model.over(points, one, len(points), "variance", progress)
    parts = [analysis.analyze(problem, column, calc_second_order=False, seed=seed) for column in found.T]
    said = {p.name: p.source for p in moved} | _GIVEN
    shares = [
        Share(name, said[name], _share(parts[0], k), _share(parts[1], k))
        for k, name in enumerate(dict.fromkeys(groups))
    ]
    return sorted(shares, key=lambda s: -s.exits[1])


def _named(effects: Sequence[Effect], strongest: int) -> set[str]:
    """The parameters that move either figure most."""
    size = np.array([[e.exits[0], e.present[0]] for e in effects])
    order = np.argsort(-(size / size.max(axis=0)).max(axis=1), kind="stable")
    return {effects[k].name for k in order[:strongest]}


def _pairs(found: Any) -> list[tuple[float, float]]:
    return [(float(m), float(s)) for m, s in zip(found["mu_star"], found["sigma"], strict=True)]


def _share(found: Any, k: int) -> tuple[float, float, float]:
    return float(found["S1"][k]), float(found["ST"][k]), float(found["ST_conf"][k])


def _moved() -> list[Parameter]:
    return [p for p in parameters().values() if p.fit is None and p.value != 0]


def _span(p: Parameter, start: Circumstances) -> tuple[float, float]:
    value = start.given.get(p.name, p.value)
    low, high = sorted((value / 2, value * 2))
    return max(low, p.low), min(high, p.high)
