"""The joiner: whitened unknowns to the log posterior density and its gradient.

    z : (unknown,), independent standard normal a priori: levels and steps of the curves, group offsets, pools,
        source biases, source dispersions
    eta = log(mu + 0.5) + b[source, class];  A = (log low - eta) / s,  B = (log(high + 1) - eta) / s
    loglik = log sigm(B) + log sigm(-A) + log(1 - exp(-(B - A)))           (logistic error, interval amounts)

Where the aspect is unclear a claim is the equal mixture of its readings.
"""

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from condotta.estimates import Array
from condotta.estimation.world import backward, forward

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything sits. Curves: (curve,) level mean, level sd, step sd; `start` (curve + 1,) places in z.

    A smooth curve (`jumps` 0) is a random walk on knots, which `basis` (week, knot) interpolates; a curve of rare events
    (`jumps` 1) is a low level with an independent jump in the weeks where `jump_on` (curve, week) is 1.

    `curve_of` (group, hazard): which curve; `offset_sd`; pools: log median and sd; sources: bias mean and sd per
    (source, class), log dispersion per source. Observations: `first` (obs + 1,) into readings; a reading has
    `measure`, `weights` (reading, 4), `at` (reading, 4) weeks, `mask` (reading, group); `low`, `high` are logs.
    """

    basis: Array
    start: Ints
    jumps: Ints
    jump_on: Array
    level: Array
    level_sd: Array
    step_sd: Array
    curve_of: Ints
    offset_sd: float
    log_pool: Array
    pool_sd: float
    bias_mean: Array
    bias_sd: Array
    log_dispersion: Array
    dispersion_sd: float
    first: Ints
    measure: Ints
    at: Ints
    weights: Array
    mask: Array
    low: Array
    high: Array
    noise: Array
    source: Ints
    bias: Ints

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(unknowns of curves, groups, place of the biases, unknowns)."""
        curves, groups = int(self.start[-1]), len(self.log_pool)
        at_bias = curves + groups * 10
        return curves, groups, at_bias, at_bias + len(self.bias_mean) + len(self.log_dispersion)

    def arrays(self) -> tuple[object, ...]:
        """The fields in order, for the compiled functions."""
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)


@numba.njit(cache=True)
def unpack(z, basis, start, jumps, jump_on, level, level_sd, step_sd, curve_of, offset_sd, log_pool, pool_sd):  # type: ignore[no-untyped-def]  # numba infers
    """Log hazards (group, hazard, week) and pools (group,) of one z."""
    curves, knots, weeks, groups = len(level), basis.shape[1], basis.shape[0], len(log_pool)
    curve = np.zeros((curves, weeks))
    for c in range(curves):
        value = level[c] + level_sd[c] * z[start[c]]
        if jumps[c]:
            for w in range(weeks):
                curve[c, w] = value + step_sd[c] * jump_on[c, w] * z[start[c] + 1 + w]
            continue
        for k in range(knots):
            if k:
                value += step_sd[c] * z[start[c] + k]
            for w in range(weeks):
                curve[c, w] += basis[w, k] * value
    at = start[curves]
    log_hazard = np.empty((groups, 9, weeks))
    for f in range(groups):
        for j in range(9):
            shift = offset_sd * z[at + f * 9 + j]
            for w in range(weeks):
                log_hazard[f, j, w] = curve[curve_of[f, j], w] + shift
    at += groups * 9
    pool = np.empty(groups)
    for f in range(groups):
        pool[f] = np.exp(log_pool[f] + pool_sd * z[at + f])
    return log_hazard, pool


@numba.njit(cache=True)
def _log_sigm(x: float) -> float:
    return -np.log1p(np.exp(-x)) if x > 0 else x - np.log1p(np.exp(x))


@numba.njit(cache=True)
def _sigm(x: float) -> float:
    return 1.0 / (1.0 + np.exp(-x)) if x > 0 else np.exp(x) / (1.0 + np.exp(x))


@numba.njit(cache=True)
def _interval(low, high, eta, s):  # type: ignore[no-untyped-def]  # numba infers
    """Log probability of [low, high] under logistic error around eta, and its slopes by eta and by s."""
    a = (low - eta) / s
    value, ga = _log_sigm(-a), -_sigm(a)
    b, gb = 0.0, 0.0
    if high < 1e30:
        b = (high - eta) / s
        gap = max(b - a, 1e-9)
        value += _log_sigm(b) + np.log(-np.expm1(-gap))
        tail = 1.0 / np.expm1(gap)
        ga -= tail
        gb = _sigm(-b) + tail
    return value, -(ga + gb) / s, -(ga * a + gb * b) / s


@numba.njit(cache=True, nogil=True)
def evaluate(  # type: ignore[no-untyped-def]  # numba infers
    z, ll, g, basis, start, jumps, jump_on, level, level_sd, step_sd, curve_of, offset_sd, log_pool, pool_sd,
    bias_mean, bias_sd, log_dispersion, dispersion_sd, first, measure, at, weights, mask, low, high, noise, source, bias,
):  # fmt: skip
    """Log density at z; `ll` gets the log-likelihood of each observation, `g` the gradient."""
    curves, knots, weeks, groups = len(level), basis.shape[1], basis.shape[0], len(log_pool)
    log_hazard, pool = unpack(
        z, basis, start, jumps, jump_on, level, level_sd, step_sd, curve_of, offset_sd, log_pool, pool_sd
    )
    series = forward(log_hazard, pool)
    g_series = np.zeros_like(series)
    g[:] = -z
    value = -0.5 * np.dot(z, z)
    at_bias = start[curves] + groups * 10
    at_s = at_bias + len(bias_mean)
    lls, gis, gss, mus = np.empty(8), np.empty(8), np.empty(8), np.empty(8)
    for n in range(len(low)):
        s0 = np.exp(log_dispersion[source[n]] + dispersion_sd * z[at_s + source[n]])
        s = np.sqrt(s0 * s0 + noise[n])
        b = bias_mean[bias[n]] + bias_sd[bias[n]] * z[at_bias + bias[n]]
        begin, end = first[n], first[n + 1]
        best = -1e300
        for r in range(begin, end):
            mu = 0.0
            for f in range(groups):
                if mask[r, f] != 0.0:
                    for i in range(4):
                        if weights[r, i] != 0.0:
                            mu += mask[r, f] * weights[r, i] * series[f, at[r, i], measure[r]]
            mu = max(mu, 0.0)
            mus[r - begin] = mu
            lls[r - begin], gis[r - begin], gss[r - begin] = _interval(low[n], high[n], np.log(mu + 0.5) + b, s)
            best = max(best, lls[r - begin])
        total = 0.0
        for k in range(end - begin):
            total += np.exp(lls[k] - best)
        ll[n] = best + np.log(total / (end - begin))
        value += ll[n]
        for k in range(end - begin):
            share = np.exp(lls[k] - best) / total
            slope = share * gis[k]
            g[at_bias + bias[n]] += slope * bias_sd[bias[n]]
            g[at_s + source[n]] += share * gss[k] * (s0 / s) * s0 * dispersion_sd
            r = begin + k
            if mus[k] > 0.0:
                for f in range(groups):
                    if mask[r, f] != 0.0:
                        for i in range(4):
                            if weights[r, i] != 0.0:
                                g_series[f, at[r, i], measure[r]] += slope / (mus[k] + 0.5) * mask[r, f] * weights[r, i]
    g_log = np.zeros_like(log_hazard)
    g_pool = np.zeros(groups)
    backward(log_hazard, pool, series, g_series, g_log, g_pool)
    g_curve = np.zeros((curves, weeks))
    base = start[curves]
    for f in range(groups):
        for j in range(9):
            total = 0.0
            for w in range(weeks):
                g_curve[curve_of[f, j], w] += g_log[f, j, w]
                total += g_log[f, j, w]
            g[base + f * 9 + j] += offset_sd * total
        g[base + groups * 9 + f] += g_pool[f] * pool[f] * pool_sd
    for c in range(curves):
        later = 0.0
        if jumps[c]:
            for w in range(weeks):
                g[start[c] + 1 + w] += step_sd[c] * jump_on[c, w] * g_curve[c, w]
                later += g_curve[c, w]
        else:
            for k in range(knots - 1, -1, -1):
                for w in range(weeks):
                    later += basis[w, k] * g_curve[c, w]
                if k:
                    g[start[c] + k] += step_sd[c] * later
        g[start[c]] += level_sd[c] * later
    return value
