"""The fighters: one array for each thing a man has, sorted by group and unit, and the ties between them.

    state, marks    : (fighter,) uint8; a state of STATES; bits of PAST, REFUSED, KEPT, BROKEN
    group           : (fighter,) int16
    since, arrived  : (fighter,) int32, day the state began, day that the contract in the theatre began
    theta, need     : (fighter,) float32, threshold; log of the pay that he gets at home
    grievance       : (fighter,) float32, 0 to 1; ready : (fighter,) float32, his chance to refuse, of his last look around
    owed, paid      : (fighter,) int32, US dollars that he was promised for days served, and that reached him
    served          : (fighter,) int16, months with a payday, in all
    ties            : (fighter, tie) int32, neighbours, 10 inside the group and 3 across; the fixed width is the compressed list
    word            : (slot, fighter) uint16, what he lets others see, week by week; see `news.py`

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


class Force(NamedTuple):
    """Every man; see the module's page for shapes and units."""

    state: Numbers
    marks: Numbers
    group: Numbers
    since: Numbers
    arrived: Numbers
    theta: Numbers
    need: Numbers
    grievance: Numbers
    ready: Numbers
    owed: Numbers
    paid: Numbers
    served: Numbers
    ties: Numbers
    word: Numbers


def muster(sizes: Sequence[int], rules: Any, seed: int, run: int = 0, ties: Numbers | None = None) -> Force:
    """A force at home: `sizes` men in each group. `ties` takes the place of the small world."""
    n, key = int(sum(sizes)), key_of(seed, run)
    rng = stream(seed, f"thresholds {run}")
    ends = np.cumsum(sizes).astype(np.int64)
    group = np.repeat(np.arange(len(sizes)), sizes).astype(np.int16)
    theta = rng.beta(rules.threshold_a, rules.threshold_b, n).astype(np.float32)
    need = (np.log(rules.wage) + rules.wage_spread * rng.standard_normal(n)).astype(np.float32)
    marks = _chances(key, n, rules.past)
    if ties is None:
        ties = _ties(key, ends - np.asarray(sizes, dtype=np.int64), ends, rules.rewired)
    zeros = np.zeros(n, np.int32)
    return Force(
        np.zeros(n, np.uint8), marks, group, zeros, zeros.copy(), theta, need, np.zeros(n, np.float32),
        np.zeros(n, np.float32), zeros.copy(), zeros.copy(), np.zeros(n, np.int16), ties, np.zeros((SLOTS, n), np.uint16),
    )  # fmt: skip


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
