"""R-hat, effective size and smoothed weights against ArviZ."""

import warnings

import numpy as np
import pytest

from condotta.estimation.diagnosis import mixing, smoothed
from condotta.randomness import stream

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # arviz announces its next version on import
    import arviz as az


def chains() -> np.ndarray:
    """(4, 300, 12) autoregressive chains, from antithetic to sticky; one of them sits elsewhere in one quantity."""
    noise = stream(1, "chains").normal(size=(4, 300, 12))
    x = np.zeros_like(noise)
    for t in range(1, 300):
        x[:, t] = np.linspace(-0.5, 0.95, 12) * x[:, t - 1] + noise[:, t]
    x[3, :, 5] += 2.0
    return x


def test_mixing_is_arvizs() -> None:
    x = chains()
    data = az.convert_to_dataset({"q": x})
    apart, size = mixing(x)
    np.testing.assert_allclose(apart, az.rhat(data)["q"].values, rtol=1e-10)
    np.testing.assert_allclose(size, az.ess(data)["q"].values, rtol=0.03)


@pytest.mark.parametrize("spread", [0.1, 0.5, 1.0, 3.0])
def test_smoothed_weights_are_arvizs(spread: float) -> None:
    logs = stream(2, "weights").normal(size=2000) * spread
    weights, k = smoothed(logs)
    theirs, their_k = az.psislw(logs.copy())
    assert k == pytest.approx(float(their_k), abs=1e-8)
    np.testing.assert_allclose(weights, np.exp(theirs) / np.exp(theirs).sum(), atol=1e-12)


def test_equal_weights_stay_equal() -> None:
    weights, k = smoothed(np.zeros(100))
    np.testing.assert_allclose(weights, 0.01)
    assert k == 0.0
