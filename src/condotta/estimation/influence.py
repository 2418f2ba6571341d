"""Which pieces of evidence moved a figure most: how far its mean goes when each one is left out (by reweighting)."""

import numpy as np

from condotta.estimates import Array, Estimate


def influence(result: Estimate, quantity: Array) -> Array:
    """(evidence,) shift of the mean of `quantity` (draw,) when a piece is left out, in posterior standard deviations.

    0 where the weights rest on too few draws to tell.
    """
    logs = -result.loglik
    weights = np.exp(np.clip(logs - logs.max(axis=0), -50, 0))
    weights /= weights.sum(axis=0)
    effective = 1 / (weights**2).sum(axis=0)
    shift = (quantity @ weights - quantity.mean()) / max(float(quantity.std()), 1e-9)
    return np.asarray(np.where(effective > 0.1 * len(quantity), shift, 0.0))
