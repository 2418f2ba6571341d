"""The stock-flow world: people are conserved, limits are the closed forms, the adjoint is exact."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from condotta.estimation.world import HAZARDS, backward, forward
from condotta.randomness import stream

HOME, TRAINING, PRESENT, RECRUITED, ARRIVED, DEFECTED = 0, 1, 2, 3, 4, 9
EXITS = slice(5, 9)


def hazards(**given: float) -> np.ndarray:
    """Constant log hazards (1, 9, 30); what is not given does not happen."""
    log = np.full((1, 9, 30), -80.0)
    for name, value in given.items():
        log[0, HAZARDS.index(name)] = np.log(value)
    return log


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.floats(-6, 1), st.floats(1, 1e6))
def test_people_are_conserved(seed: int, level: float, pool: float) -> None:
    log = stream(seed, "hazards").normal(level, 2, (2, 9, 40))
    series = forward(log, np.array([pool, pool / 3]))
    everywhere = series[..., :3].sum(-1) + series[..., EXITS].sum(-1) + series[..., DEFECTED]
    np.testing.assert_allclose(everywhere, np.array([[pool], [pool / 3]]) + np.zeros((2, 40)), rtol=1e-9)
    np.testing.assert_allclose(
        series[..., RECRUITED], series[..., TRAINING] + series[..., ARRIVED], rtol=1e-9, atol=1e-9 * pool
    )
    np.testing.assert_allclose(
        series[..., ARRIVED], series[..., PRESENT] + series[..., EXITS].sum(-1), rtol=1e-9, atol=1e-9 * pool
    )
    assert (series >= -1e-9 * pool).all()


def test_one_exit_is_exponential_decay() -> None:
    series = forward(hazards(recruit=0.05), np.array([1000.0]))
    np.testing.assert_allclose(series[0, :, HOME], 1000 * np.exp(-0.05 * np.arange(1, 31)), rtol=1e-12)


def test_competing_exits_share_by_their_hazards() -> None:
    series = forward(hazards(recruit=0.03, defect=0.06), np.array([1000.0]))
    np.testing.assert_allclose(series[0, :, DEFECTED], 2 * series[0, :, RECRUITED], rtol=1e-12)


def test_being_wounded_moves_nobody() -> None:
    plain = forward(hazards(recruit=0.1, deploy=0.5), np.array([1000.0]))
    hurt = forward(hazards(recruit=0.1, deploy=0.5, wound=0.2), np.array([1000.0]))
    np.testing.assert_array_equal(plain[..., :10], hurt[..., :10])
    assert hurt[0, -1, 10] > 0


def test_doubling_the_pool_doubles_everything() -> None:
    log = stream(1, "x").normal(-3, 1, (1, 9, 20))
    np.testing.assert_allclose(forward(log, np.array([2000.0])), 2 * forward(log, np.array([1000.0])), rtol=1e-12)


@pytest.mark.parametrize("level", [-8.0, -3.0, 0.0])
def test_backward_is_the_gradient_of_forward(level: float) -> None:
    rng = stream(3, "gradient")
    log, pool = rng.normal(level, 1, (2, 9, 12)), np.array([5000.0, 200.0])
    series = forward(log, pool)
    g = rng.normal(size=series.shape)
    g_log, g_pool = np.zeros_like(log), np.zeros(2)
    backward(log, pool, series, g, g_log, g_pool)
    for _ in range(60):
        i = tuple(rng.integers(0, n) for n in log.shape)
        up, down = log.copy(), log.copy()
        up[i] += 1e-6
        down[i] -= 1e-6
        slope = ((forward(up, pool) - forward(down, pool)) * g).sum() / 2e-6
        assert g_log[i] == pytest.approx(slope, rel=1e-4, abs=1e-3)
    more = pool + np.array([1e-3, 0])
    assert g_pool[0] == pytest.approx(((forward(log, more) - series) * g).sum() / 1e-3, rel=1e-6)
