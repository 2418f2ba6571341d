"""Random numbers by counter: a number depends on its key alone, never on who asked before.

`uniform(key, fighter, day, purpose)` mixes its four arguments with the finalizer of SplitMix64 (Steele, Lea and Flood 2014), twice.
So a run gives the same result on any number of threads, and two scenarios under one key share their luck (common random numbers).
"""

import numba
import numpy as np

from condotta.randomness import stream

(
    LOSS, PAYDAY, SHARE, ENLIST, RATION, VET, BOARD, PROMISE, POST, ROTATE, ORDER, REFUSE, LEAVE, EXIT, ABROAD, SEAT, AGAIN, UNIT,
    COMMANDER, STALL, TIES, REWIRE, BACKGROUND,
) = range(23)  # fmt: skip


@numba.njit(cache=True, inline="always")
def _mixed(x: np.uint64) -> np.uint64:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@numba.njit(cache=True, inline="always")
def uniform(key: np.uint64, fighter: int, day: int, purpose: int) -> float:
    """A number in [0, 1) that belongs to these four and to nothing else."""
    x = key + np.uint64(fighter) * np.uint64(0x9E3779B97F4A7C15)
    x = _mixed(x) + (np.uint64(day) * np.uint64(64) + np.uint64(purpose)) * np.uint64(0xD1342543DE82EF95)
    return float(_mixed(x) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


def key_of(seed: int, run: int) -> np.uint64:
    """The key of one run under a seed."""
    return np.uint64(stream(seed, f"simulated run {run}").integers(0, 2**63))
