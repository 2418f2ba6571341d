"""Which assumptions decide: what cannot matter has no share, what decides has the largest, and threads change nothing."""

import numpy as np
import pytest

from condotta.randomness import stream
from condotta.selftest import situation
from condotta.simulation import screen, variance
from condotta.simulation.screening import ESTIMATE, FIT, LUCK, OTHERS, Effect

START = situation(stream(1, "screening")).part(10)
FITTED = {"refuse_level": np.linspace(-8.0, 2.0, 40)}


@pytest.fixture(scope="module")
def effects() -> list[Effect]:
    return screen(START, FITTED, trajectories=2)


def test_effects_are_the_same_on_any_number_of_threads(effects: list[Effect]) -> None:
    one = screen(START, FITTED, trajectories=2, threads=1)
    assert one == effects
    assert one[0].exits[0] > 0 and "wounded_ratio" in {e.name for e in one}


def test_shares_of_the_variance_find_what_decides(effects: list[Effect]) -> None:
    found = {s.name: s for s in variance(START, FITTED, effects, size=32, strongest=2)}
    assert len(found) == 6 and {LUCK, ESTIMATE, FIT, OTHERS} < set(found)
    first, total, error = found[FIT].exits  # the readiness to refuse goes from nobody's to nearly everybody's
    assert total == max(s.exits[1] for s in found.values()) and total + error > 0.5 and first <= total + error
    assert found[ESTIMATE].exits == (0.0, 0.0, 0.0)  # a single draw leaves nothing open
    held = {s.name: s for s in variance(START, {k: v[:1] for k, v in FITTED.items()}, effects, size=8, strongest=2)}
    assert held[FIT].exits[1] == 0.0 and held[LUCK].exits[1] > 0.0


def test_shares_are_the_same_on_any_number_of_threads(effects: list[Effect]) -> None:
    one, two = (variance(START, FITTED, effects, size=4, strongest=1, threads=t) for t in (1, 2))
    assert one == two
