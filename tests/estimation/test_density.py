"""The density: the interval likelihood against scipy, the gradient against differences."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import logistic

from condotta.cases import Case
from condotta.estimation.density import _interval
from condotta.estimation.estimate import weeks_of
from condotta.estimation.layout import layout, plan
from condotta.estimation.observations import observe
from condotta.estimation.sampling import bind
from condotta.exchange import read_figures
from condotta.origins import group_origins
from condotta.randomness import stream
from condotta.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("low", "high"), [(5.0, 5.2), (5.0, 9.0), (1.0, 1.001), (5.0, np.inf), (-1.0, 8.0), (-np.inf, 5.0)]
)
def test_interval_probability(low: float, high: float) -> None:
    expected = np.log(logistic.cdf((high - 5.5) / 0.3) - logistic.cdf((low - 5.5) / 0.3))
    assert _interval(low, high, 5.5, 0.3)[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("low", "high"), [(5.0, 5.2), (5.0, np.inf), (6.0, 6.5)])
def test_interval_slopes(low: float, high: float) -> None:
    _, by_eta, by_s = _interval(low, high, 5.5, 0.3)
    assert by_eta == pytest.approx(
        (_interval(low, high, 5.5 + 1e-6, 0.3)[0] - _interval(low, high, 5.5 - 1e-6, 0.3)[0]) / 2e-6, rel=1e-4
    )
    assert by_s == pytest.approx(
        (_interval(low, high, 5.5, 0.3 + 1e-6)[0] - _interval(low, high, 5.5, 0.3 - 1e-6)[0]) / 2e-6, rel=1e-4
    )


def test_gradient_on_the_bundled_case(example: Path, libya: Case) -> None:
    _, claims, _ = read_figures(example / "figures.csv", libya, vocabulary())
    weeks = weeks_of(libya)
    observations, _ = observe(group_origins(claims), libya, weeks, vocabulary())
    the_plan = plan(observations, libya)
    usable = [o for o in observations if all(g in the_plan.members for g in o.groups)]
    density = bind(layout(usable, the_plan, libya, weeks))
    n = layout(usable, the_plan, libya, weeks).unknowns
    z = 0.3 * stream(2, "z").standard_normal(n)
    _, gradient = density(z)
    for i in range(0, n, 23):
        step = np.zeros(n)
        step[i] = 1e-5
        slope = (density(z + step)[0] - density(z - step)[0]) / 2e-5
        assert gradient[i] == pytest.approx(slope, rel=1e-3, abs=1e-3)
