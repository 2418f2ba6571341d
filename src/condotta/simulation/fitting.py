"""Fit the simulator to an estimate: sequential Monte-Carlo approximate Bayesian computation (Beaumont et al. 2009).

Summary s: log(x + 1/2) of the side's series that claims speak of, at the middle and the end, and the share of the promised pay that
was delivered. Distance: root of the mean of ((s - s_estimate) / scale)^2, scale^2 = the estimate's variance + 0.1^2 for what the
simulator cannot match. Each population keeps the better half of the last and is moved by a normal kernel of twice its covariance,
in z, the normal scores of the prior's quantiles, so that the prior is standard normal; weights are prior over kernel mixture. Every particle is run on another draw of the estimate.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import logsumexp, ndtr

from condotta.estimates import Array, Estimate
from condotta.randomness import stream
from condotta.simulation.circumstances import Circumstances
from condotta.simulation.engine import columns_of
from condotta.simulation.ensemble import single
from condotta.simulation.parameters import fitted
from condotta.simulation.scenarios import Scenario

SERIES = (
    "present",
    "recruited",
    "arrived",
    "killed",
    "captured",
    "returned",
    "fled",
    "defected",
    "defected in theatre",
)
_DISCREPANCY = 0.1
_PATIENCE = 16


@dataclass(frozen=True, slots=True)
class Target:
    """What a run is held against: names, values and scales of the summaries."""

    names: tuple[str, ...]
    value: Array
    scale: Array


@dataclass(frozen=True, slots=True)
class Fit:
    """Posterior draws. values : name -> (particle,), equally weighted; `distance` : (population,), the tolerance reached;
    `runs` : simulations made; `narrowed` : name -> width of the posterior's middle half beside the prior's."""

    values: Mapping[str, Array]
    distance: tuple[float, ...]
    runs: int
    narrowed: Mapping[str, float]

    def identified(self, name: str) -> bool:
        """Whether the figures say something of a parameter: its middle half is narrower than two thirds of the prior's."""
        return self.narrowed[name] < 2 / 3


def asked(series: Iterable[str], last: int) -> list[str]:
    """The names of the summaries of some series, "series | week", at the middle and the end."""
    return [f"{s} | {w}" for s in series for w in (last // 2, last)]


def target(result: Estimate, side: str) -> Target:
    """The summaries of a case's estimate."""
    weeks = result.weeks.count - 1 - result.weeks.ahead
    spoken = set(result.spoken())
    names = asked((s for s in SERIES if (side, s) in spoken), weeks)
    columns = [np.log(result.series(side, s)[:, int(w)] + 0.5) for s, w in (n.split(" | ") for n in names)]
    if {(side, "pay promised"), (side, "pay delivered")} <= spoken:
        share = result.series(side, "pay delivered").mean(axis=1) / result.series(side, "pay promised").mean(axis=1)
        names.append("pay")
        columns.append(np.log(np.minimum(share, 1.0) + 0.01))
    values = np.array(columns)
    return Target(tuple(names), np.median(values, axis=1), np.sqrt(values.var(axis=1) + _DISCREPANCY**2))


def summaries(record: Any, names: tuple[str, ...], weight: float) -> Array:
    """The summaries of one run's record (week, group, column)."""
    side = weight * record.sum(axis=1)
    found = []
    for name in names:
        if name == "pay":
            owed, received = (side[-1, columns_of(e)].sum() for e in ("owed", "received"))
            found.append(np.log((received / owed if owed else 1.0) + 0.01))
            continue
        series, week = name.split(" | ")
        found.append(np.log(side[int(week), columns_of(series)].sum() + 0.5))
    return np.array(found)


def fit(
    goal: Target, start: Circumstances, seed: int = 7, weight: float = 1.0, size: int = 150, populations: int = 6, threads: int = 2,
    progress: Callable[[int, int, str], None] | None = None,
) -> Fit:  # fmt: skip
    """Posterior of the fitted parameters given a target. The same seed gives the same draws on any number of threads."""
    known, scaled, plain, made = fitted(), start.part(weight), Scenario("as-reported"), 0

    def distance(job: tuple[int, Array]) -> float:
        k, z = job
        values = plain.over(start.given | {p.name: p.at(float(q)) for p, q in zip(known, ndtr(z), strict=True)})
        draw = int(stream(seed, f"draw of fit {k}").integers(len(start.men)))
        record, _ = single(scaled, plain, values, draw, (seed, 1_000_000 + k))
        return float(np.sqrt(np.mean(((summaries(record, goal.names, weight) - goal.value) / goal.scale) ** 2)))

    rng, reached = stream(seed, "fit"), list[float]()
    with ThreadPoolExecutor(threads) as pool:
        z = rng.standard_normal((3 * size, len(known)))
        d = np.array(list(pool.map(distance, enumerate(z))))
        made, best = len(z), np.argsort(d, kind="stable")[:size]
        z, d, weights = z[best], d[best], np.full(size, 1 / size)
        reached.append(float(d.max()))
        for population in range(1, populations):
            if progress:
                progress(population, populations, f"distance {reached[-1]:.2f}")
            kept, root = float(np.median(d)), np.linalg.cholesky(2 * np.cov(z.T, aweights=weights))
            new, far = list[Array](), list[float]()
            for _ in range(_PATIENCE):
                asked = z[rng.choice(size, size, p=weights)] + rng.standard_normal((size, len(known))) @ root.T
                for x, dx in zip(asked, pool.map(distance, ((made + i, x) for i, x in enumerate(asked))), strict=True):
                    if dx <= kept and len(new) < size:
                        new.append(x)
                        far.append(dx)
                made += size
                if len(new) == size:
                    break
            if len(new) < size:
                break  # hardly any run comes nearer: what the simulator cannot match is left
            moved = np.array(new)
            z, d, weights = moved, np.array(far), _weights(moved, z, weights, np.asarray(root, dtype=np.float64))
            reached.append(float(d.max()))
    chosen = ndtr(z[rng.choice(size, size, p=weights)])
    if progress:
        progress(populations, populations, f"distance {reached[-1]:.2f}")
    values = {p.name: np.array([p.at(float(q)) for q in chosen[:, j]]) for j, p in enumerate(known)}
    middle = np.quantile(chosen, [0.25, 0.75], axis=0)
    narrowed = {p.name: float(2 * (middle[1, j] - middle[0, j])) for j, p in enumerate(known)}
    return Fit(values, tuple(reached), made, narrowed)


def _weights(new: Array, old: Array, weights: Array, root: Array) -> Array:
    """Standard normal prior over the mixture of kernels that proposed, summing to one."""
    apart = np.array([((np.linalg.solve(root, (x - old).T)) ** 2).sum(axis=0) for x in new])
    logs = -0.5 * (new**2).sum(axis=1) - logsumexp(-0.5 * apart, axis=1, b=weights)
    return np.asarray(np.exp(logs - logsumexp(logs)))
