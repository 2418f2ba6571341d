"""The closed loop runs, repeats, and its intervals hold the truth more often than not."""

import numpy as np

from condotta import selftest


def test_the_loop_closes() -> None:
    (loop,) = selftest.run(1, seed=3)
    assert loop.made > 40 and loop.read > 0.6
    for route in ("claims as made", "texts as read"):
        assert set(loop.inside[route]) >= {"present", "arrived"}
        assert np.mean([v.mean() for v in loop.inside[route].values()]) > 0.4
        assert 0 <= selftest.coverage([loop], route, "present") <= 1
