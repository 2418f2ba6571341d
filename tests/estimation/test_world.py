"""The stock-flow world: people are conserved, limits are the closed forms, the adjoint is exact."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from condotta.estimation.world import HAZARDS, backward, forward
from condotta.randomness import stream

HOME, TRAINING, PRESENT, RECRUITED, ARRIVED, RETURNED, DEFECTED, QUIT, TURNED = 0, 1, 2, 3, 4, 7, 9, 12, 13
EXITS = slice(5, 9)
NEVER = 1000


def hazards(weeks: int = 30, **given: float) -> np.ndarray:
    """Constant hazards (1, 12, weeks); what is not given does not happen."""
    table = np.full((1, len(HAZARDS), weeks), 1e-35)
    for name, value in given.items():
        table[0, HAZARDS.index(name)] = value
    return table


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.floats(-6, 1), st.floats(1, 1e6), st.integers(1, 30))
def test_people_are_conserved(seed: int, level: float, pool: float, contract: int) -> None:
    table = np.exp(stream(seed, "hazards").normal(level, 2, (2, len(HAZARDS), 40)))
    s = forward(table, np.array([pool, pool / 3]), contract)
    near = {"rtol": 1e-9, "atol": 1e-9 * pool}
    everywhere = s[..., :3].sum(-1) + s[..., EXITS].sum(-1) + s[..., DEFECTED]
    np.testing.assert_allclose(everywhere, np.array([[pool], [pool / 3]]) + np.zeros((2, 40)), **near)
    np.testing.assert_allclose(s[..., RECRUITED], s[..., TRAINING] + s[..., ARRIVED] + s[..., QUIT], **near)
    np.testing.assert_allclose(s[..., ARRIVED], s[..., PRESENT] + s[..., EXITS].sum(-1) + s[..., TURNED], **near)
    assert (s >= -1e-9 * pool).all()


def test_one_exit_is_exponential_decay() -> None:
    series = forward(hazards(recruit=0.05), np.array([1000.0]), NEVER)
    np.testing.assert_allclose(series[0, :, HOME], 1000 * np.exp(-0.05 * np.arange(1, 31)), rtol=1e-12)


def test_competing_exits_share_by_their_hazards() -> None:
    series = forward(hazards(recruit=0.03, defect=0.06), np.array([1000.0]), NEVER)
    np.testing.assert_allclose(series[0, :, DEFECTED], 2 * series[0, :, RECRUITED], rtol=1e-12)


def test_defecting_at_home_in_training_and_in_the_theatre_are_kept_apart() -> None:
    s = forward(hazards(recruit=0.1, deploy=0.3, defect=0.01, quit=0.05, turn=0.02), np.array([1000.0]), NEVER)
    at_home = s[..., DEFECTED] - s[..., QUIT] - s[..., TURNED]
    assert (s[0, -1, [QUIT, TURNED]] > 10).all()
    np.testing.assert_allclose(at_home[0], 0.1 * s[0, :, RECRUITED], rtol=1e-9)


def test_contracts_that_end_send_people_home() -> None:
    """Everybody arrives in the first week and leaves nine weeks later, but for those who renew."""
    table = hazards(recruit=1e-30, deploy=50.0, expire=0.5)
    table[0, HAZARDS.index("recruit"), 0] = 0.1
    s = forward(table, np.array([1000.0]), 9)
    assert s[0, 7, RETURNED] < 1e-6
    leaving = s[0, -1, RETURNED] / s[0, -1, ARRIVED]
    assert leaving == pytest.approx(1 - np.exp(-0.5), rel=0.02)  # one week's hazard, later weeks have no cohort


def test_being_wounded_moves_nobody() -> None:
    plain = forward(hazards(recruit=0.1, deploy=0.5), np.array([1000.0]), NEVER)
    hurt = forward(hazards(recruit=0.1, deploy=0.5, wound=0.2), np.array([1000.0]), NEVER)
    np.testing.assert_array_equal(plain[..., :10], hurt[..., :10])
    assert hurt[0, -1, 10] > 0


def test_doubling_the_pool_doubles_everything() -> None:
    table = np.exp(stream(1, "x").normal(-3, 1, (1, len(HAZARDS), 20)))
    twice, once = (forward(table, np.array([p]), NEVER) for p in (2000.0, 1000.0))
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-12)


@pytest.mark.parametrize("level", [-8.0, -3.0, 0.0])
@pytest.mark.parametrize("contract", [4, NEVER])
def test_backward_is_the_gradient_of_forward(level: float, contract: int) -> None:
    rng = stream(3, "gradient")
    log, pool = rng.normal(level, 1, (2, len(HAZARDS), 12)), np.array([5000.0, 200.0])
    series = forward(np.exp(log), pool, contract)
    g = rng.normal(size=series.shape)
    g[..., 14:] = 0
    g_log, g_pool = np.zeros_like(log), np.zeros(2)
    backward(np.exp(log), pool, contract, series, g, g_log, g_pool)
    for _ in range(80):
        i = tuple(rng.integers(0, n) for n in log.shape)
        up, down = log.copy(), log.copy()
        up[i] += 1e-6
        down[i] -= 1e-6
        slope = ((forward(np.exp(up), pool, contract) - forward(np.exp(down), pool, contract)) * g).sum() / 2e-6
        assert g_log[i] == pytest.approx(slope, rel=1e-4, abs=1e-3)
    more = pool + np.array([1e-3, 0])
    slope = ((forward(np.exp(log), more, contract) - series) * g).sum() / 1e-3
    assert g_pool[0] == pytest.approx(slope, rel=1e-5)
