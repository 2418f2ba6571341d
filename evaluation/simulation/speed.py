"""The engine beside the second writing in Mesa, beside the machine's memory, and on more threads; ratios within one run."""

import resource
import time
from typing import Any

import numpy as np

from condotta.estimates import Weeks
from condotta.simulation import Circumstances, Ensemble, engine, load_scenario, simulate
from condotta.simulation.chance import key_of
from condotta.simulation.engine import Policy, columns_of
from condotta.simulation.force import ACROSS, INSIDE, MAN, muster
from condotta.simulation.parameters import rules
from evaluation.estimation.worlds import START

SAME = ("recruited", "arrived", "killed", "captured", "returned", "fled", "defected", "wounded", "refused", "defected in training",
        "defected in theatre", "exposed", "owed", "received")  # fmt: skip
_HARD = {"kill": 0.03, "past": 0.3, "captured_ratio": 0.5, "contract": 45, "funded": 0.3, "unit_chance": 0.5, "unit_share": 0.4, "exit_theatre": 0.3}  # fmt: skip


def policy(sizes: list[int], weeks: int, share: float = 0.02) -> Policy:
    """A call for a share of the men a week, a sixth of it ordered besides."""
    called = np.ones((weeks, 1)) * np.array(sizes) * share
    return Policy(called, called / 6, np.ones(weeks))


def ran(sizes: list[int], weeks: int, values: dict[str, float], seed: int) -> tuple[Any, float]:
    """(state, seconds) of one run of the engine, mustering not counted."""
    r = rules(values)
    force, state = muster(sizes, r, seed), engine.before(sizes, r, weeks)
    start = time.perf_counter()
    engine.run(force, key_of(seed, 0), r, policy(sizes, weeks), state)
    return state, time.perf_counter() - start


def beside(
    writing: str, sizes: tuple[int, ...] = (400, 200), weeks: int = 20, seeds: tuple[int, ...] = (5, 6)
) -> tuple[bool, float]:
    """(whether every weekly ledger is the same under the same seeds, its time over the engine's) of another writing of the rule:
    "Mesa 3", fighter by fighter, or "NumPy", whole columns at once."""
    groups, same, theirs, ours = list(sizes), True, 0.0, 0.0
    ran(groups, 2, _HARD, 1)
    for seed in seeds:
        weekly, seconds = _other(writing, groups, weeks, seed)
        theirs += seconds
        state, seconds = ran(groups, weeks, _HARD, seed)
        ours += seconds
        for k, name in enumerate(SAME):
            same &= bool((weekly[..., k] == state.record[..., columns_of(name)[0]]).all())
    return same, theirs / ours


def _other(writing: str, groups: list[int], weeks: int, seed: int) -> tuple[Any, float]:
    """(totals (week, group, one of SAME), seconds) of another writing."""
    from evaluation.simulation.arrays import Columns
    from evaluation.simulation.second import Sponsored

    r = rules(_HARD)
    make = Sponsored if writing == "Mesa 3" else Columns
    model = make(muster(groups, r, seed), key_of(seed, 0), r, policy(groups, weeks), groups)
    seconds = _timed(lambda: [model.step() for _ in range(7 * weeks)])
    return np.array([[[group[name] for name in SAME] for group in week] for week in model.weekly]), seconds


def bandwidth(size: int = 1 << 26) -> float:
    """Bytes a second that one thread copies (read and written counted)."""
    a, b = np.ones(size // 8), np.empty(size // 8)
    best = min(_timed(lambda: np.copyto(b, a)) for _ in range(8))
    return 2 * size / best


def _timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def needed() -> float:
    """Bytes of a fighter's day: his record every day; ties, their words and his own one day in seven."""
    ties = INSIDE + ACROSS
    return MAN.itemsize + (4 * ties + 2 * ties + 2) / 7


def threads(runs: int = 16, men: float = 20_000) -> float:
    """Time of an ensemble on one thread over its time on two."""
    weeks = 40
    start = Circumstances(Weeks(START, weeks), ("All",), np.full((1, 1), men), np.full((1, weeks, 1), men / 100), np.ones((1, weeks)), np.full(1, np.nan), {})  # fmt: skip
    scenario = load_scenario("as-reported")
    simulate(start, scenario, Ensemble(2))
    one, two = (_timed(lambda t=t: simulate(start, scenario, Ensemble(runs, 7, t))) for t in (1, 2))
    return one / two


def score(million: bool = True) -> dict[str, float]:
    """All figures."""
    same, ratio = beside("Mesa 3")
    alike, few = beside("NumPy", (6_000, 4_000), 20, (5, 6))
    also, many = beside("NumPy", (60_000, 40_000), 20, (5,))
    found = {
        "same ledgers as the second writing": float(same),
        "Mesa 3's time / ours": ratio,
        "same ledgers as in NumPy": float(alike and also),
        "NumPy's time / ours, 10,000 men": few,
        "NumPy's time / ours, 100,000 men": many,
        "speed-up on two threads": threads(),
    }
    if million:
        _, seconds = ran([400_000, 350_000, 250_000], 52, {}, 7)
        found["1,000,000 fighters x 364 days, s"] = seconds
        found["bytes copied in a fighter's day / bytes needed"] = bandwidth() * seconds / 364e6 / needed()
        found["peak memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


if __name__ == "__main__":
    for name, value in score().items():
        print(f"{name:<50}{value:12.2f}")
