"""The joiner: whitened unknowns to the log posterior density and its gradient.

    z : (unknown,), independent a priori: standard normal, but the steps of curves and the biases of sources, which are
        Student's t with NU degrees of freedom: now and then a leap. Blocks in order: curves, group offsets, pools, shares
        of subsets, source biases, biases of kinds of source, scatters, scatters of kinds, late shares
    b = bias_mean + kind_sd z[kind] + bias_sd z[source, class]
    mu = (1 - r) series(day) + r series(day - LAG),  r = late[source]; times the share of the subset in a claim about a part
    eta = log(mu + 0.5) + b;  s^2 = scatter[source]^2 + noise / (mu + 0.5)
    A = (log low - eta) / s,  B = (log(high + 1) - eta) / s
    P(s)   = sigm(B) sigm(-A) (1 - exp(-(B - A)))                          (logistic error, interval amounts)
    loglik = log((1 - garbled) P(s) + garbled P(garble_scale))             (misread, misprinted or made up)
    garbled = share + (1 - share) misread,  misread = 1 - the reader's confidence (0 for what no model read)

Where the aspect is unclear a claim is the equal mixture of its readings.
"""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from condotta.estimates import Array
from condotta.estimation.world import COUNTED, backward, forward

Ints = npt.NDArray[np.int64]


class Layout(NamedTuple):
    """Where everything sits. Curves: (curve,) level mean, level sd, step sd; `start` (curve + 1,) places in z.

    `heavy` (unknown,): 1 where z is Student's t. `form` of a curve: 0 a random walk on knots `step` weeks apart, interpolated; 1 a low level with an independent jump in the weeks where `jump` (curve, week) gives its place behind the level, else -1; 2 constant.

    `curve_of` (group, hazard), `offset_of` (group, hazard): which curve and which offset (-1: none); `pay_of` (group, 2).
    `place` (10,): first unknown of each block and their number. Biases (source, class, side), scatters and late shares per
    source; `bias_kind`, `source_kind`: the kind of source that each belongs to. Observations: `first` (obs + 1,) into
    readings; a reading has `measure`, `at` (reading, 2) weeks, `sign` (reading, 2), and sums the groups of `mask`
    (sum, group) that `who` names; `low` (obs,), `high` (reading,) are logs; `part` is the subset's share or -1.
    """

    heavy: Ints
    weeks: int
    step: int
    start: Ints
    form: Ints
    jump: Ints
    level: Array
    level_sd: Array
    step_sd: Array
    curve_of: Ints
    offset_of: Ints
    offset_sd: float
    log_pool: Array
    pool_sd: float
    contract: int
    pay_of: Ints
    place: Ints
    share_level: Array
    share_sd: float
    bias_mean: Array
    bias_sd: Array
    bias_kind: Ints
    kind_sd: float
    log_scatter: Array
    scatter_sd: float
    source_kind: Ints
    kind_scatter_sd: float
    late_level: Array
    late_sd: float
    garbled: Array
    garble_scale: float
    first: Ints
    measure: Ints
    at: Array
    sign: Array
    mask: Array
    who: Ints
    low: Array
    high: Array
    noise: Array
    part: Ints
    source: Ints
    bias: Ints

    @property
    def unknowns(self) -> int:
        """The length of z."""
        return int(self.place[-1])


LAG = 4.0
"""Weeks by which the late share of a source's figures lags behind."""
NU = 4.0
EVENT = 2.5
"""How far, in steps, a week with a reported event lies above one without, before its figures are heard."""
_CAP = 2.5


@numba.njit(cache=True)
def curves(z, a):  # type: ignore[no-untyped-def]  # numba infers
    """(curve, week) values of all curves."""
    out = np.empty((len(a.level), a.weeks))
    for c in range(len(a.level)):
        begin = a.start[c]
        value = a.level[c] + a.level_sd[c] * z[begin]
        if a.form[c] == 0:
            slope = 0.0
            for w in range(a.weeks):
                k, part = divmod(w, a.step)
                if part == 0:
                    value += a.step * slope
                    if w + 1 < a.weeks:
                        slope = a.step_sd[c] * z[begin + k + 1] / a.step
                out[c, w] = value + part * slope
        else:
            for w in range(a.weeks):
                out[c, w] = value
                if a.form[c] == 1 and a.jump[c, w] >= 0:
                    out[c, w] += a.step_sd[c] * (EVENT + z[begin + 1 + a.jump[c, w]])
    return out


@numba.njit(cache=True)
def unpack(z, a):  # type: ignore[no-untyped-def]  # numba infers
    """Curves (curve, week), hazards (group, hazard, week) and pools (group,) of one z."""
    curve = curves(z, a)
    level = np.exp(np.minimum(curve, _CAP))
    groups, hazards = len(a.log_pool), a.curve_of.shape[1]
    hazard = np.empty((groups, hazards, a.weeks))
    pool = np.empty(groups)
    for f in range(groups):
        pool[f] = np.exp(a.log_pool[f] + a.pool_sd * z[a.place[1] + f])
        for j in range(hazards):
            c, factor = a.curve_of[f, j], 1.0
            if a.offset_of[f, j] >= 0:
                factor = np.exp(a.offset_sd * z[a.place[0] + a.offset_of[f, j]])
            for w in range(a.weeks):
                hazard[f, j, w] = factor * level[c, w]
    return curve, hazard, pool


@numba.njit(cache=True, nogil=True)
def series_of(z, a):  # type: ignore[no-untyped-def]  # numba infers
    """(group, week, series) of one z, pay included."""
    curve, hazard, pool = unpack(z, a)
    series = forward(hazard, pool, a.contract)
    for f in range(len(pool)):
        for i in range(2):
            if a.pay_of[f, i] >= 0:
                for w in range(series.shape[1]):
                    series[f, w, COUNTED + i] = np.exp(curve[a.pay_of[f, i], w])
    return series


@numba.njit(cache=True)
def _log_sigm(x: float) -> float:
    return -np.log1p(np.exp(-x)) if x > 0 else x - np.log1p(np.exp(x))


@numba.njit(cache=True)
def _sigm(x: float) -> float:
    return 1.0 / (1.0 + np.exp(-x)) if x > 0 else np.exp(x) / (1.0 + np.exp(x))


@numba.njit(cache=True)
def _interval(low, high, eta, s):  # type: ignore[no-untyped-def]  # numba infers
    """Log probability of [low, high] under logistic error around eta, and its slopes by eta and by s."""
    a, b, ga, gb, value = 0.0, 0.0, 0.0, 0.0, 0.0
    if low > -1e30:
        a = (low - eta) / s
        value += _log_sigm(-a)
        ga = -_sigm(a)
    if high < 1e30:
        b = (high - eta) / s
        value += _log_sigm(b)
        gb = _sigm(-b)
        if low > -1e30:
            gap = max(b - a, 1e-9)
            value += np.log(-np.expm1(-gap))
            tail = 1.0 / np.expm1(gap)
            ga -= tail
            gb += tail
    return value, -(ga + gb) / s, -(ga * a + gb * b) / s


@numba.njit(cache=True, inline="always")  # to hand the arrays over would cost more than the sum itself
def quantity(r, late, at, sign, measure, who, sums):  # type: ignore[no-untyped-def]  # numba infers
    """A reading's number of people, the share `late` of it as it was LAG weeks before, and its slope by that share."""
    last = sums.shape[1] - 1
    value, slope = 0.0, 0.0
    for i in range(4):
        sign_i, p = sign[r, i % 2], at[r, i % 2] - (LAG if i > 1 else 0.0)
        if sign_i != 0.0 and p > -1.0:
            w = min(int(np.floor(p)), last)
            low = sums[who[r], w, measure[r]] if w >= 0 else 0.0
            x = sign_i * (low + min(p - w, 1.0) * (sums[who[r], min(w + 1, last), measure[r]] - low))
            value += late * x if i > 1 else (1.0 - late) * x
            slope += x if i > 1 else -x
    return value, slope


@numba.njit(cache=True, inline="always")  # to hand the arrays over would cost more than the sum itself
def _give(r, late, x, at, sign, measure, who, g_sums):  # type: ignore[no-untyped-def]  # numba infers
    """Add x times the gradient of a reading's quantity to the gradient by the sums."""
    last = g_sums.shape[1] - 1
    for i in range(4):
        sign_i, p = sign[r, i % 2], at[r, i % 2] - (LAG if i > 1 else 0.0)
        if sign_i != 0.0 and p > -1.0:
            w = min(int(np.floor(p)), last)
            part = min(p - w, 1.0)
            y = x * sign_i * (late if i > 1 else 1.0 - late)
            if w >= 0:
                g_sums[who[r], w, measure[r]] += y * (1.0 - part)
            g_sums[who[r], min(w + 1, last), measure[r]] += y * part


@numba.njit(cache=True)
def sums_of(series, mask):  # type: ignore[no-untyped-def]  # numba infers
    """(sum, week, series): the groups of each mask together."""
    out = np.zeros((len(mask), series.shape[1], series.shape[2]))
    for d in range(len(mask)):
        for f in range(len(series)):
            if mask[d, f] != 0.0:
                out[d] += series[f]
    return out


@numba.njit(cache=True)
def speakers(z, a):  # type: ignore[no-untyped-def]  # numba infers
    """(bias by key, scatter by source, late share by source, share by part) under z."""
    bias, scatter = np.empty(len(a.bias_mean)), np.empty(len(a.log_scatter))
    late, share = np.empty(len(a.late_level)), np.empty(len(a.share_level))
    for b in range(len(bias)):
        kind = a.kind_sd * z[a.place[4] + a.bias_kind[b]]
        bias[b] = a.bias_mean[b] + kind + a.bias_sd[b] * z[a.place[3] + b]
    for s in range(len(scatter)):
        kind = a.kind_scatter_sd * z[a.place[6] + a.source_kind[s]]
        scatter[s] = np.exp(a.log_scatter[s] + kind + a.scatter_sd * z[a.place[5] + s])
        late[s] = _sigm(a.late_level[s] + a.late_sd * z[a.place[7] + s])
    for i in range(len(share)):
        share[i] = _sigm(a.share_level[i] + a.share_sd * z[a.place[2] + i])
    return bias, scatter, late, share


@numba.njit(cache=True)
def hear(  # type: ignore[no-untyped-def]  # numba infers
    bias,
    scatter,
    late,
    share,
    garbled_share,
    wide,
    sums,
    first,
    at,
    sign,
    measure,
    who,
    low,
    high,
    noise,
    part,
    source,
    key,
    ll,
    gradients,
):
    """The log-likelihood of all observations; `ll` gets each, `gradients` (by bias, scatter, late, share, sums) their slopes.
    `garbled_share`: by observation; `wide`: the scale of what is garbled."""
    g_bias, g_scatter, g_late, g_share, g_sums = gradients
    lls, gis, gss, mus, slopes = np.empty(8), np.empty(8), np.empty(8), np.empty(8), np.empty(8)
    value = 0.0
    for n in range(len(low)):
        src, begin, count = source[n], first[n], first[n + 1] - first[n]
        shift, s0, lag = bias[key[n]], scatter[src], late[src]
        portion = share[part[n]] if part[n] >= 0 else 1.0
        log_clear, log_garbled = np.log(1.0 - garbled_share[n]), np.log(garbled_share[n])
        best = -1e300
        for k in range(count):
            mu, slopes[k] = quantity(begin + k, lag, at, sign, measure, who, sums)
            mus[k] = portion * max(mu, 0.0)
            s = max(np.sqrt(s0 * s0 + noise[n] / (mus[k] + 0.5)), 1e-9)
            eta = np.log(mus[k] + 0.5) + shift
            clear, by_eta, by_s = _interval(low[n], high[begin + k], eta, s)
            garbled, garbled_by_eta, _ = _interval(low[n], high[begin + k], eta, wide)
            clear, garbled = clear + log_clear, garbled + log_garbled
            top = max(clear, garbled)
            lls[k] = top + np.log(np.exp(clear - top) + np.exp(garbled - top))
            is_clear = np.exp(clear - lls[k])
            gis[k] = is_clear * by_eta + (1.0 - is_clear) * garbled_by_eta
            gss[k] = is_clear * by_s / s
            best = max(best, lls[k])
        total = 0.0
        for k in range(count):
            total += np.exp(lls[k] - best)
        ll[n] = best + np.log(total / count)
        value += ll[n]
        for k in range(count):
            weight = np.exp(lls[k] - best) / total
            g_bias[key[n]] += weight * gis[k]
            g_scatter[src] += weight * gss[k] * s0
            if mus[k] > 0.0:
                m = mus[k] + 0.5
                by_mu = weight * (gis[k] / m - gss[k] * noise[n] / (2.0 * m * m))
                g_late[src] += by_mu * portion * slopes[k]
                if part[n] >= 0:
                    g_share[part[n]] += by_mu * mus[k] / portion
                _give(begin + k, lag, by_mu * portion, at, sign, measure, who, g_sums)
    return value


@numba.njit(cache=True)
def _before(z, g, heavy):  # type: ignore[no-untyped-def]  # numba infers
    """Log prior density but for a constant; `g` becomes its gradient."""
    value = 0.0
    for i in range(len(z)):
        if heavy[i]:
            value -= 0.5 * (NU + 1.0) * np.log1p(z[i] * z[i] / NU)
            g[i] = -(NU + 1.0) * z[i] / (NU + z[i] * z[i])
        else:
            value -= 0.5 * z[i] * z[i]
            g[i] = -z[i]
    return value


@numba.njit(cache=True, nogil=True)
def evaluate(z, ll, g, a):  # type: ignore[no-untyped-def]  # numba infers
    """Log density at z; `ll` gets the log-likelihood of each observation, `g` the gradient."""
    curve, hazard, pool = unpack(z, a)
    series = forward(hazard, pool, a.contract)
    groups, weeks = series.shape[0], series.shape[1]
    for f in range(groups):
        for i in range(2):
            if a.pay_of[f, i] >= 0:
                for w in range(weeks):
                    series[f, w, COUNTED + i] = np.exp(curve[a.pay_of[f, i], w])
    sums = sums_of(series, a.mask)
    bias, scatter, late, share = speakers(z, a)
    gradients = (
        np.zeros_like(bias), np.zeros_like(scatter), np.zeros_like(late), np.zeros_like(share), np.zeros_like(sums),
    )  # fmt: skip
    value = _before(z, g, a.heavy) + hear(
        bias, scatter, late, share, a.garbled, a.garble_scale, sums, a.first, a.at, a.sign, a.measure, a.who, a.low, a.high, a.noise, a.part,
        a.source, a.bias, ll, gradients,
    )  # fmt: skip
    g_bias, g_scatter, g_late, g_share, g_sums = gradients
    for b in range(len(bias)):
        g[a.place[3] + b] += g_bias[b] * a.bias_sd[b]
        g[a.place[4] + a.bias_kind[b]] += g_bias[b] * a.kind_sd
    for s in range(len(scatter)):
        g[a.place[5] + s] += g_scatter[s] * scatter[s] * a.scatter_sd
        g[a.place[6] + a.source_kind[s]] += g_scatter[s] * scatter[s] * a.kind_scatter_sd
        g[a.place[7] + s] += g_late[s] * late[s] * (1.0 - late[s]) * a.late_sd
    for i in range(len(share)):
        g[a.place[2] + i] += g_share[i] * share[i] * (1.0 - share[i]) * a.share_sd
    g_series = np.zeros_like(series)
    for d in range(len(a.mask)):
        for f in range(groups):
            if a.mask[d, f] != 0.0:
                g_series[f] += g_sums[d]
    g_log = np.zeros_like(hazard)
    g_pool = np.zeros(groups)
    backward(hazard, pool, a.contract, series, g_series, g_log, g_pool)
    g_curve = np.zeros_like(curve)
    for f in range(groups):
        for j in range(hazard.shape[1]):
            total = 0.0
            for w in range(weeks):
                x = g_log[f, j, w]
                total += x
                if curve[a.curve_of[f, j], w] < _CAP:
                    g_curve[a.curve_of[f, j], w] += x
            if a.offset_of[f, j] >= 0:
                g[a.place[0] + a.offset_of[f, j]] += a.offset_sd * total
        g[a.place[1] + f] += g_pool[f] * pool[f] * a.pool_sd
        for i in range(2):
            if a.pay_of[f, i] >= 0:
                for w in range(weeks):
                    g_curve[a.pay_of[f, i], w] += g_series[f, w, COUNTED + i] * series[f, w, COUNTED + i]
    _give_curves(z, g, g_curve, a)
    return value


@numba.njit(cache=True)
def _give_curves(z, g, g_curve, a):  # type: ignore[no-untyped-def]  # numba infers
    """Pass the gradient by the curves on to their levels, steps and jumps."""
    for c in range(len(a.level)):
        begin, later = a.start[c], 0.0
        if a.form[c] == 0:
            for w in range(a.weeks - 1, -1, -1):
                k, part = divmod(w, a.step)
                if part == 0 and w + 1 < a.weeks:  # all later weeks rest on the step from this knot to the next
                    inside = 0.0
                    for i in range(1, a.step):
                        if w + i < a.weeks:
                            inside += i * g_curve[c, w + i]
                    beyond = later
                    for i in range(1, a.step):
                        if w + i < a.weeks:
                            beyond -= g_curve[c, w + i]
                    slope = (inside / a.step + beyond) * a.step_sd[c]
                    g[begin + k + 1] += slope
                later += g_curve[c, w]
        else:
            for w in range(a.weeks):
                later += g_curve[c, w]
                if a.form[c] == 1 and a.jump[c, w] >= 0:
                    g[begin + 1 + a.jump[c, w]] += a.step_sd[c] * g_curve[c, w]
        g[begin] += a.level_sd[c] * later
