"""One more piece of evidence, at once: the stored draws reweighted by what it says, without sampling again.

The weights are sound where Pareto k is below 0.5 and their effective size above 400; else the estimate is to be made again.
"""

import math
from dataclasses import dataclass

import numpy as np

from condotta.cases import Case
from condotta.estimates import SERIES, Array, Estimate
from condotta.estimation.density import LAG, NU
from condotta.estimation.diagnosis import smoothed
from condotta.estimation.layout import garbled_share, priors
from condotta.estimation.observations import Observation, Reading, observe
from condotta.randomness import stream
from condotta.records import Evidence
from condotta.vocabulary import vocabulary

_MOST_K, _LEAST = 0.5, 400.0


@dataclass(frozen=True, slots=True)
class Reweighted:
    """Weights of the draws (draw,), Pareto k, effective size; `sound`: whether they can be used instead of a new run."""

    weights: Array
    k: float
    size: float

    @property
    def sound(self) -> bool:
        """Whether k and the effective size allow it."""
        return self.k < _MOST_K and self.size > _LEAST


def with_more(result: Estimate, piece: Evidence, case: Case, seed: int = 7) -> Reweighted | None:
    """The draws weighted by one more piece of evidence; None where the estimate cannot hear it (set aside, no such group)."""
    observations, _ = observe([piece], case, result.weeks, vocabulary(), result.evidence)
    if not observations or not all(result.rows(g) for g in observations[0].groups):
        return None
    o = observations[0]
    share = np.ones(len(result.draws))
    if o.part is not None:
        known = result.share(o.groups[0], o.part[1], o.part[2])
        if known is None:
            return None
        share = known
    logs = _loglik(result, o, _voice(result, o, case, seed), share)
    weights, k = smoothed(logs)
    return Reweighted(weights, k, float(1 / (weights**2).sum()))


def _voice(result: Estimate, o: Observation, case: Case, seed: int) -> Array:
    """(draw, 3) bias, scatter and late share of the speaker; from the priors where it was not heard before."""
    key = f"{o.source} | {o.klass} | {o.side}"
    if key in result.voices:
        return result.voices[key]
    p, rng, count = priors(), stream(seed, f"voice {key}"), len(result.draws)
    spec = case.source(o.source)
    grade = p["grades"][spec.grade if spec else "F"]
    mean = float(p["interest"].get(o.side, {}).get(o.klass, 0.0))
    bias = mean + p["kind"]["bias"] * rng.standard_normal(count) + grade["bias"] * rng.standard_t(NU, count)
    spread = math.hypot(p["scatter_sd"], p["kind"]["scatter"])
    scatter = grade["scatter"] * np.exp(spread * rng.standard_normal(count))
    late = 1 / (1 + np.exp(-(p["late"]["level"] + p["late"]["sd"] * rng.standard_normal(count))))
    return np.column_stack([bias, scatter, late])


def _loglik(result: Estimate, o: Observation, voice: Array, share: Array) -> Array:
    """(draw,) log-likelihood of the observation; the formula of `density.hear`."""
    garbled, wide = garbled_share(o.misread, priors()), float(priors()["garbled"]["scale"])
    each = []
    for reading in o.readings:
        mu = share * np.maximum(_quantity(result, o, reading, voice[:, 2]), 0.0)
        s = np.sqrt(voice[:, 1] ** 2 + o.noise / (mu + 0.5))
        eta = np.log(mu + 0.5) + voice[:, 0]
        high = math.inf if reading.open else o.high
        clear, odd = _inside(o.low, high, eta, s), _inside(o.low, high, eta, np.full(len(eta), wide))
        each.append(np.logaddexp(math.log(1 - garbled) + clear, math.log(garbled) + odd))
    return np.asarray(np.logaddexp.reduce(each, axis=0) - math.log(len(each)))


def _inside(low: float, high: float, eta: Array, s: Array) -> Array:
    """Log probability of an interval under logistic error."""
    down = (low - eta) / s if math.isfinite(low) else np.full(len(eta), -np.inf)
    up = (high - eta) / s if math.isfinite(high) else np.full(len(eta), np.inf)
    inside = -np.logaddexp(0.0, -up) - np.logaddexp(0.0, down)
    both = np.isfinite(down) & np.isfinite(up)
    return np.asarray(
        inside + np.where(both, np.log(-np.expm1(-np.maximum(np.where(both, up - down, 1.0), 1e-9))), 0.0)
    )


def _quantity(result: Estimate, o: Observation, reading: Reading, late: Array) -> Array:
    series = result.series("; ".join(o.groups), SERIES[reading.measure])

    def at(p: float) -> Array:
        return (1 - late) * _interpolated(series, p) + late * _interpolated(series, p - LAG)

    return at(reading.end) - (at(reading.start) if reading.start is not None else 0.0)


def _interpolated(series: Array, p: float) -> Array:
    """(draw,) values at the end of week p, 0 before the first week, the last one after the last."""
    if p <= -1:
        return np.zeros(len(series))
    last = series.shape[1] - 1
    w = min(math.floor(p), last)
    low = series[:, w] if w >= 0 else np.zeros(len(series))
    return np.asarray(low + min(p - w, 1.0) * (series[:, min(w + 1, last)] - low))
