"""How well chains mixed, and how far draws can be reweighted; all quantities at once, for speed.

Rank-normalised split R-hat and effective size after Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021); Pareto-smoothed
weights after Vehtari, Simpson, Gelman, Yao & Gabry (2024), the tail fitted by Zhang & Stephens (2009). ArviZ, which does
the same one quantity at a time, is the reference in the tests.
"""

import numpy as np

from condotta.estimates import Array


def mixing(x: Array) -> tuple[Array, Array]:
    """(R-hat, bulk effective size), each (quantity,), of x : (chain, draw, quantity). R-hat is the larger of that of the
    ranks and of the folded ranks."""
    ranks = _normal_ranks(_split(x))
    folded = _normal_ranks(_split(np.abs(x - np.median(x, axis=(0, 1)))))
    return np.maximum(_rhat(ranks), _rhat(folded)), _effective(ranks)


def _split(x: Array) -> Array:
    half = x.shape[1] // 2
    return np.concatenate([x[:, :half], x[:, -half:]])


def _normal_ranks(x: Array) -> Array:
    from scipy.special import ndtri
    from scipy.stats import rankdata

    count = x.shape[0] * x.shape[1]
    ranks = rankdata(x.reshape(count, -1), axis=0)
    return np.asarray(np.reshape(ndtri((ranks - 0.375) / (count + 0.25)), x.shape), dtype=float)


def _rhat(x: Array) -> Array:
    count = x.shape[1]
    within = x.var(axis=1, ddof=1).mean(axis=0)
    between = x.mean(axis=1).var(axis=0, ddof=1)
    return np.asarray(np.sqrt((count - 1) / count + between / within))


def _effective(x: Array) -> Array:
    """Geyer's initial monotone sequence over the combined autocorrelation of the chains."""
    chains, count, _ = x.shape
    centred = x - x.mean(axis=1, keepdims=True)
    size = 1 << (2 * count - 1).bit_length()
    spectrum = np.fft.rfft(centred, size, axis=1)
    covariance = np.fft.irfft(spectrum * spectrum.conj(), size, axis=1)[:, :count].mean(axis=0) / count
    within = covariance[0] * count / (count - 1)
    total = covariance[0] + (x.mean(axis=1).var(axis=0, ddof=1) if chains > 1 else 0.0)
    rho = 1.0 - (within - covariance) / total
    rho[0] = 1.0
    even = (count // 2) * 2
    pairs = rho[0:even:2] + rho[1:even:2]
    positive = np.cumprod(pairs > 0, axis=0).astype(bool)
    pairs = np.where(positive, np.minimum.accumulate(pairs, axis=0), 0.0)
    whole = positive.sum(axis=0)
    rest = np.take_along_axis(rho, np.minimum(2 * whole, count - 1)[None], axis=0)[0]
    tau = np.maximum(2.0 * pairs.sum(axis=0) - 1.0 + np.maximum(rest, 0.0), 1.0 / np.log10(chains * count))
    return np.asarray(chains * count / tau)


def smoothed(logs: Array) -> tuple[Array, float]:
    """Normalised weights from log weights (draw,), the largest ones smoothed, and Pareto k of their tail."""
    logs = logs - logs.max()
    count = len(logs)
    tail = int(np.ceil(min(0.2 * count, 3 * np.sqrt(count))))
    k = np.inf
    order = np.argsort(logs)
    largest = order[count - tail :]
    cut = logs[order[count - tail - 1]] if count > tail else -np.inf
    excess = np.exp(logs[largest]) - np.exp(cut)
    if tail > 4 and excess[-1] > 1e-300 and np.ptp(logs[largest]) > 1e-12:
        k, scale = _pareto(excess)
        if np.isfinite(k):
            at = (np.arange(tail) + 0.5) / tail
            steps = np.expm1(-k * np.log1p(-at)) / k if abs(k) > 1e-12 else -np.log1p(-at)
            logs = logs.copy()
            logs[largest] = np.minimum(np.log(np.exp(cut) + scale * steps), 0.0)
    elif np.ptp(logs) < 1e-9:
        k = 0.0
    weights = np.exp(logs)
    return weights / weights.sum(), float(k)


def _pareto(x: Array) -> tuple[float, float]:
    """(shape, scale) of a generalised Pareto distribution for sorted exceedances."""
    count = len(x)
    tries = 30 + int(np.sqrt(count))
    b = 1.0 - np.sqrt(tries / (np.arange(1, tries + 1) - 0.5))
    b /= 3.0 * x[int(count / 4 + 0.5) - 1]
    b += 1.0 / x[-1]
    shape = np.log1p(-b[:, None] * x).mean(axis=1)
    fit = count * (np.log(-b / shape) - shape - 1.0)
    weight = 1.0 / np.exp(fit - fit[:, None]).sum(axis=1)
    mean = float((b * weight).sum() / weight.sum())
    found = float(np.log1p(-mean * x).mean())
    return (count * found + 10 * 0.5) / (count + 10), -found / mean
