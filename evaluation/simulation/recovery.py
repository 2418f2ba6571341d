"""Whether the fit of the simulator finds what a world was made of: python -m evaluation.simulation.recovery [worlds] (make recovery).

For each world the fitted parameters are drawn from their priors, one run is made with them, and its summaries, blurred by as much as the
fit allows for, are what is fitted. Were the posterior exact, the rank of the truth among its draws would be uniform (Talts et al. 2018).
A fit that stops at a tolerance (ABC) is expected to be too wide rather than too narrow: its middle 80 % hold more than 80 % of the truths.
The ranks are kept in recovery.json, world by world; stopped, it goes on.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from condotta.estimates import Array
from condotta.randomness import stream
from condotta.selftest import situation
from condotta.simulation.ensemble import single
from condotta.simulation.fitting import SERIES, Target, asked, fit, summaries
from condotta.simulation.parameters import fitted
from condotta.simulation.scenarios import Scenario
from evaluation.estimation.calibration import RANKED, coverage, departures
from evaluation.spread import spread

REPORT = Path(__file__).parent / "recovery.json"
WORLDS = 100
_BLUR = 0.15
_WEIGHT = 4.0  # men for whom one stands: 1,000 are simulated


def trial(k: int, seed: int = 7, size: int = 150, populations: int = 6) -> dict[str, Any]:
    """World `k`: parameter -> [rank of the truth among RANKED draws, width of the posterior's middle half beside the prior's]."""
    start, rng = situation(stream(seed, f"world {k}")), stream(seed, f"truth of world {k}")
    true = {p.name: p.at(float(rng.random())) for p in fitted()}
    plain = Scenario("as-reported")
    record, _ = single(start.part(_WEIGHT), plain, plain.over(start.given | true), 0, (seed, k))
    names = (*asked(SERIES, start.weeks.count - 1), "pay")
    scale = np.full(len(names), _BLUR)
    goal = Target(names, summaries(record, names, _WEIGHT) + scale * rng.standard_normal(len(names)), scale)
    found = fit(goal, start, seed + k, _WEIGHT, size, populations, 1)
    drawn = {n: rng.choice(v, RANKED, replace=False) for n, v in found.values.items()}
    return {n: [int((v < true[n]).sum()), round(found.narrowed[n], 3)] for n, v in drawn.items()}


def kept() -> dict[str, dict[str, Any]]:
    """The worlds done so far, by their number."""
    return json.loads(REPORT.read_text(encoding="utf-8")) if REPORT.exists() else {}


def ranks_of(done: dict[str, dict[str, Any]]) -> Array:
    """The ranks (world, parameter) of the truths."""
    return np.array([[w[p.name][0] for p in fitted()] for w in done.values()], dtype=float)


def score() -> dict[str, float]:
    """Over all parameters: share of truths inside the middle 50 and 80 %, and the largest departure of ranks beside its limit."""
    done = kept()
    ranks = ranks_of(done)
    largest, limit = departures(ranks)
    return {"worlds": float(len(done)), "50 % inside": coverage(ranks, 0.5), "80 % inside": coverage(ranks, 0.8), "departure": largest, "limit": limit}  # fmt: skip


def main(worlds: int) -> int:
    done = kept()
    todo = [k for k in range(worlds) if str(k) not in done]
    for number, found in spread(trial, [(k,) for k in todo]):
        done[str(todo[number])] = found
        print(f"\rworld {len(done)}/{worlds}", end="", file=sys.stderr)
        lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(done[k])}" for k in sorted(done, key=int))
        REPORT.write_text(f"{{{lines}}}\n", encoding="utf-8")
    print(file=sys.stderr)
    for p, ranks in zip(fitted(), ranks_of(done).T, strict=True):
        narrowed = float(np.median([w[p.name][1] for w in done.values()]))
        print(f"{p.name:24} 80 % inside {coverage(ranks, 0.8):.2f}   departure {departures(ranks[:, None])[0]:.1f}   middle half beside the prior's {narrowed:.2f}")  # fmt: skip
    for name, value in score().items():
        print(f"{name}: {value:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else WORLDS))
