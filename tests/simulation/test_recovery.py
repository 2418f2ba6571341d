"""The fit held against worlds whose parameters are known, and evaluations spread over processes."""

import pytest
from evaluation.simulation import recovery
from evaluation.spread import spread

from condotta.simulation.parameters import fitted


def test_a_world_is_fitted_the_same_each_time_in_any_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONDOTTA_CLUSTER", raising=False)
    asked = [(2, 7, 100, 2), (2, 7, 100, 2)]
    one, two = (found for _, found in sorted(spread(recovery.trial, asked)))
    assert one == two and set(one) == {p.name for p in fitted()}
    assert all(0 <= rank <= recovery.RANKED and width > 0 for rank, width in one.values())


def test_a_cluster_does_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray")
    monkeypatch.setenv("CONDOTTA_CLUSTER", "local")
    assert dict(spread(divmod, [(17, 5), (9, 2)])) == {0: (3, 2), 1: (4, 1)}


def test_the_ranks_kept_are_read() -> None:
    found = recovery.score()
    assert found["worlds"] >= 30 and 0 < found["50 % inside"] < found["80 % inside"] <= 1
