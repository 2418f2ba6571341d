"""The fighters, sorted by group and unit, one record of 40 bytes each, and the ties between them.

    men  : (fighter,) of MAN: state of STATES; marks (bits of PAST, REFUSED, KEPT, BROKEN); intent (wants to go, today); group;
           since, arrived (day the state began, day the contract in the theatre began); theta (share of ties gone at which he
           follows); need (log of the pay that he gets at home); grievance (0 to 1); ready (his chance to refuse, of his last
           look around); owed, paid (US dollars promised for months served, and received); served (months with a payday)
    ties : (fighter, tie) int32, neighbours, 10 inside the group and 3 across; the fixed width makes a list of offsets needless
    word : (slot, fighter) uint16, what each lets others see, week by week; see `minds.py`

Inside a group the ties are those of a small world (Watts and Strogatz 1998): the next men of the ring, a share of them rewired.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from condotta.randomness import stream
from condotta.simulation.chance import BACKGROUND, REWIRE, TIES, key_of, uniform

STATES = ("home", "in training", "guard", "front", "wounded", "returned", "killed", "captured", "fled", "defected")
HOME, TRAINING, GUARD, FRONT, WOUNDED, RETURNED, KILLED, CAPTURED, FLED, DEFECTED = range(10)
PAST, REFUSED, KEPT, BROKEN = 1, 2, 4, 8
"""Bits of marks: a past in a banned group; has refused; was posted as promised; was not."""
SLOTS = 6
INSIDE, ACROSS = 10, 3

Numbers = npt.NDArray[Any]


MAN = np.dtype(
    [
        ("state", np.uint8), ("marks", np.uint8), ("intent", np.uint8), ("group", np.uint8), ("since", np.int32), ("arrived", np.int32),
        ("theta", np.float32), ("need", np.float32), ("grievance", np.float32), ("ready", np.float32), ("owed", np.int32),
        ("paid", np.int32), ("served", np.int32),
    ]
)  # fmt: skip


class Force(NamedTuple):
    """Every man; see the module's page for shapes and units."""

    men: Numbers
    ties: Numbers
    word: Numbers


def muster(sizes: Sequence[int], rules: Any, seed: int, run: int = 0, ties: Numbers | None = None) -> Force:
    """A force at home: `sizes` men in each group. `ties` takes the place of the small world."""
    n, key = int(sum(sizes)), key_of(seed, run)
    rng = stream(seed, f"thresholds {run}")
    ends = np.cumsum(sizes).astype(np.int64)
    men = np.zeros(n, MAN)
    men["group"] = np.repeat(np.arange(len(sizes)), sizes)
    men["theta"] = rng.beta(rules.threshold_a, rules.threshold_b, n)
    men["need"] = np.log(rules.wage) + rules.wage_spread * rng.standard_normal(n)
    men["marks"] = _chances(key, n, rules.past)
    if ties is None:
        ties = _ties(key, ends - np.asarray(sizes, dtype=np.int64), ends, rules.rewired)
    return Force(men, ties, np.zeros((SLOTS, n), np.uint16))


@numba.njit(cache=True)
def _chances(key: np.uint64, n: int, share: float) -> Numbers:
    found = np.zeros(n, np.uint8)
    for i in range(n):
        found[i] = uniform(key, i, 0, BACKGROUND) < share
    return found


@numba.njit(cache=True)
def _ties(key: np.uint64, starts: Numbers, ends: Numbers, rewired: float) -> Numbers:
    n = ends[-1]
    found = np.empty((n, INSIDE + ACROSS), np.int32)
    for g in range(len(ends)):
        start, size = starts[g], ends[g] - starts[g]
        for i in range(start, ends[g]):
            for k in range(INSIDE):
                step = k // 2 + 1 if k % 2 else -(k // 2 + 1)
                if uniform(key, i, k, TIES) < rewired:
                    step = 1 + int(uniform(key, i, k, REWIRE) * (size - 1))
                found[i, k] = start + (i - start + step) % size
            for k in range(INSIDE, INSIDE + ACROSS):
                found[i, k] = int(uniform(key, i, k, TIES) * n)
    return found
