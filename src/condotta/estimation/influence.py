"""Which pieces of evidence moved a figure most: how far its mean goes when each one is left out (by reweighting)."""

import numpy as np

from condotta.estimates import Array, Estimate


def influence(result: Estimate, quantity: Array) -> Array:
    """(evidence,) shift of the mean of `quantity` (draw,) when a piece is left out, in posterior standard deviations."""
    logs = -result.loglik
    weights = np.exp(np.clip(logs - logs.max(axis=0), -50, 0))
    weights = np.minimum(weights, 50 * weights.mean(axis=0))
    weights /= weights.sum(axis=0)
    shift = quantity @ weights - quantity.mean()
    return np.asarray(shift / max(float(quantity.std()), 1e-9))
