"""Many runs of a scenario: each with another draw of what is not known and its own luck, the same for every scenario."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from condotta.randomness import stream
from condotta.runs import Runs
from condotta.simulation.chance import key_of
from condotta.simulation.circumstances import Circumstances
from condotta.simulation.engine import EVENTS, before, run
from condotta.simulation.force import STATES, muster
from condotta.simulation.minds import CAUSES
from condotta.simulation.parameters import rules
from condotta.simulation.scenarios import Scenario

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Ensemble:
    """How to run: how many, under which seed, on how many threads, one man for how many men."""

    runs: int = 200
    seed: int = 7
    threads: int = 2
    weight: float = 1.0


def simulate(
    start: Circumstances, scenario: Scenario, how: Ensemble, fitted: Mapping[str, Any] | None = None,
    progress: Progress | None = None, first: int = 0,
) -> Runs:  # fmt: skip
    """Runs `first` up to `first + how.runs` of a scenario. `fitted`: name -> (draw,) posterior values, one of which each run gets.
    The same seed gives the same runs, on any number of threads. Raises ScenarioError E-SIM-05 for an order to a stranger."""
    start.check(scenario)
    scaled, numbers = start.part(how.weight), range(first, first + how.runs)
    values = [_values(start, scenario, fitted or {}, how.seed, k) for k in numbers]

    def one(k: int) -> tuple[Any, Any]:
        draw, found = values[k - first]
        return single(scaled, scenario, found, draw, (how.seed, k), how.weight)

    with ThreadPoolExecutor(how.threads) as pool:
        done = []
        for k, result in zip(numbers, pool.map(one, numbers), strict=True):
            done.append(result)
            if progress:
                progress(k - first + 1, how.runs, scenario.name)
    last, kept = values[-1][1], "account" not in scenario.off
    costs = (last["training_cost"], last["flight_cost"]) if kept else (0.0, 0.0)
    return Runs(
        scenario.name, scenario.about, start.weeks, start.groups, STATES, (*EVENTS, *(f"left for {c}" for c in CAUSES)),
        np.array([d[0] for d in done]), np.array([d[1] for d in done]), how.seed, how.weight,
        {n: np.array([v[n] for _, v in values]) for n in last}, costs, last["casualties_avoided"] if kept else 0.0, scenario.off,
    )  # fmt: skip


def single(start: Circumstances, scenario: Scenario, values: Mapping[str, float], draw: int, luck: tuple[int, int], weight: float = 1.0) -> tuple[Any, Any]:  # fmt: skip
    """(record, world) of one run; `luck` is (seed, number of the run)."""
    r = rules(values, scenario.off)
    sizes = np.maximum(np.rint(start.men[draw]), 1).astype(int).tolist()
    state = before(sizes, r, start.weeks.count)
    run(muster(sizes, r, *luck), key_of(*luck), r, start.policy(draw, scenario, r, weight), state)
    return state.record, state.world


def _values(
    start: Circumstances, scenario: Scenario, fitted: Mapping[str, Any], seed: int, k: int
) -> tuple[int, dict[str, float]]:
    """(draw of the estimate, parameters) of run `k`: the same for every scenario but for what the scenario sets."""
    rng = stream(seed, f"draws of run {k}")
    draw, at = int(rng.integers(len(start.men))), rng.random()
    base = dict(start.given)
    if np.isfinite(start.promised[draw]):
        base["promised"] = float(np.clip(start.promised[draw], 0, 10000))
    base |= {name: float(v[int(at * len(v))]) for name, v in fitted.items()}
    return draw, scenario.over(base)


def joined(parts: Sequence[Runs]) -> Runs:
    """Batches of the same scenario as one."""
    first = parts[0]
    names = first.parameters
    return replace(
        first, record=np.concatenate([p.record for p in parts]), world=np.concatenate([p.world for p in parts]),
        parameters={n: np.concatenate([p.parameters[n] for p in parts]) for n in names},
    )  # fmt: skip
