"""Whether intervals mean what they say: python -m evaluation.estimation.calibration (make calibrate).

Truths are drawn from the prior, reports from the truths, estimates from the reports; the rank of the truth among the draws
must be uniform (Talts et al. 2018), within simultaneous bands for the empirical distribution of the ranks (Säilynoja,
Bürkner & Vehtari 2022). Beside it: coverage under wrong models, worst first, and how often a truthful claim is called too
high or too low. The ranks are kept in calibration.json under a hash of the model; `make evaluate` holds them against it.
`... calibration against CHECKOUT` runs some data sets of every part with the model of an older checkout as well, and pins the report to a
changed model where every rank is the same.
"""

import hashlib
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from condotta.estimates import Array
from condotta.estimation.density import Layout
from condotta.estimation.diagnosis import mixing
from condotta.estimation.layout import layout
from condotta.estimation.sampling import Sampler
from condotta.findings.counts import SURE
from condotta.randomness import stream
from evaluation.estimation import worlds
from evaluation.estimation.worlds import World
from evaluation.spread import spread

REPORT = Path(__file__).parent / "calibration.json"
MODEL = ("world.py", "density.py", "layout.py", "observations.py", "hamilton.py")
RANKED = 99
RUNS = {"1x52x100": 1000, "3x52x200": 200, "7x104x1000": 50, "1x52x100-misread": 300}
WRONG_RUNS = 100
SLACK = 0.1


@dataclass(frozen=True, slots=True)
class Trial:
    """One made-up data set: ranks (quantity,) of the truth among RANKED draws, and whether truthful claims were blamed."""

    ranks: tuple[int, ...]
    too_high: tuple[bool, ...]
    too_low: tuple[bool, ...]
    rhat: float


@cache
def _world(name: str) -> World:
    shape, _, misread = name.partition("-")
    groups, weeks, claims = (int(x) for x in shape.split("x"))
    return worlds.template(groups, weeks, claims, misread=bool(misread))


def trial(name: str, wrong: str, seed: int) -> Trial:
    """Draw a truth and its reports under `wrong` ("" for the model itself), estimate, and rank."""
    world = _world(name)
    z = worlds.truth(world, seed)
    fitted = WRONG[wrong](world, z, stream(seed, f"reports {wrong}"))
    sampler = Sampler(fitted, seed, threads=1)
    draws: list[Array] = []
    while len(draws) < 5:
        z_more = sampler.draw(200)
        draws.append(worlds.headline(world, fitted, z_more.reshape(-1, fitted.unknowns)).reshape(4, 200, -1))
        values = np.concatenate(draws, axis=1)
        apart, size = mixing(values[:, :, values.std(axis=(0, 1)) > 1e-9])
        if apart.max() < 1.05 and size.min() > 150:
            break
    true = worlds.headline(world, world.layout, z[None])[0]
    flat = values.reshape(-1, values.shape[-1])
    thin = flat[np.linspace(0, len(flat) - 1, RANKED).astype(int)]
    ties = (np.abs(thin - true) <= 1e-9).sum(axis=0)  # nobody left, in truth and in draws: any of their places will do
    ranks = (thin < true - 1e-9).sum(axis=0) + stream(seed, "ties").integers(0, ties + 1)
    below = (np.exp(flat) < (1 - SLACK) * np.exp(true)).mean(axis=0)
    above = (np.exp(flat) > (1 + SLACK) * np.exp(true)).mean(axis=0)
    return Trial(
        tuple(int(r) for r in ranks), tuple(bool(b >= SURE) for b in below), tuple(bool(b >= SURE) for b in above),
        float(apart.max()),
    )  # fmt: skip


def _right(world: World, z: Array, rng: np.random.Generator) -> Layout:
    return worlds.reported(world, z, rng)


def _normal(world: World, z: Array, rng: np.random.Generator) -> Layout:
    return worlds.reported(world, z, rng, normal=True)


def _copied(world: World, z: Array, rng: np.random.Generator) -> Layout:
    """Two sources repeat the monitor with its bias; nobody says so."""
    key = {name: i for i, name in enumerate(world.plan.biases)}
    twin = np.array(
        [key.get(("Monitor", k, side), i) if s in ("Outlet", "Second monitor") else i
         for i, (s, k, side) in enumerate(world.plan.biases)]
    )  # fmt: skip
    said = replace(world, layout=world.layout._replace(bias=twin[world.layout.bias]))
    heard = worlds.reported(said, z, rng)
    return heard._replace(bias=world.layout.bias)


def _drifting(world: World, z: Array, rng: np.random.Generator) -> Layout:
    """The monitor's bias grows by 0.4 from the first week to the last."""
    heard = worlds.reported(world, z, rng)
    monitor = world.layout.source == world.plan.sources.index("Monitor")
    ends = world.layout.at[world.layout.first[:-1], 0]
    shift = np.where(monitor, 0.4 * ends / world.weeks.count, 0.0)
    return heard._replace(low=heard.low + shift, high=heard.high + np.repeat(shift, np.diff(heard.first)))


def _misgraded(world: World, z: Array, rng: np.random.Generator) -> Layout:
    """The monitor is graded B and is as good as a D."""
    case = world.case
    sources = dict(case.sources) | {"Monitor": case.sources["Monitor"].model_copy(update={"grade": "D"})}
    worse = case.model_copy(update={"sources": sources})
    truly = replace(world, layout=layout(list(world.observations), world.plan, worse, world.weeks))
    heard = worlds.reported(truly, z, rng)
    return world.layout._replace(low=heard.low, high=heard.high)


def _oversure(world: World, z: Array, rng: np.random.Generator) -> Layout:
    """The reader misreads half as often again as it says."""
    a = world.layout
    heard = worlds.reported(replace(world, layout=a._replace(garbled=np.minimum(1.5 * a.garbled, 1.0))), z, rng)
    return a._replace(low=heard.low, high=heard.high)


WRONG: dict[str, Callable[[World, Array, np.random.Generator], Layout]] = {
    "": _right, "normal errors": _normal, "a copied source not marked": _copied,
    "a bias that drifts": _drifting, "a grade two steps off": _misgraded, "a reader too sure of itself": _oversure,
}  # fmt: skip
WRONG_OF = {"a reader too sure of itself": "1x52x100-misread"}
"""The made-up cases of a wrong model, where they are not those of the others."""


def model_hash() -> str:
    """A hash of what the calibration depends on: the model's source and its priors."""
    import condotta

    package = Path(condotta.__file__).parent
    digest = hashlib.sha256()
    for path in [*(package / "estimation" / name for name in MODEL), package / "words" / "priors.yaml"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def run(name: str, wrong: str, count: int) -> list[Trial]:
    """`count` trials on all cores, or on a cluster."""
    found: dict[int, Trial] = {}
    for k, t in spread(trial, [(name, wrong, k) for k in range(count)]):
        found[k] = t
        print(f"\r{name} {wrong or 'as modelled'}: {len(found)}/{count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return [found[k] for k in range(count)]


def main(scale: float = 1.0) -> int:
    """Run everything and write calibration.json; a part that is there for this model already is kept."""
    kept = json.loads(REPORT.read_text(encoding="utf-8")) if REPORT.exists() else {}
    model = model_hash()
    parts = kept["parts"] if kept.get("model") == model else {}
    wanted = [(name, "", round(count * scale)) for name, count in RUNS.items()]
    wanted += [(WRONG_OF.get(wrong, "1x52x100"), wrong, round(WRONG_RUNS * scale)) for wrong in WRONG if wrong]
    for name, wrong, count in wanted:
        key = f"{name} {wrong}".strip()
        if len(parts.get(key, {}).get("ranks", [])) >= count:
            continue
        trials = run(name, wrong, count)
        parts[key] = {
            "ranks": [t.ranks for t in trials],
            "too high": sum(sum(t.too_high) for t in trials) / sum(len(t.too_high) for t in trials),
            "too low": sum(sum(t.too_low) for t in trials) / sum(len(t.too_low) for t in trials),
            "rhat above 1.05": sum(t.rhat > 1.05 for t in trials),
        }
        REPORT.write_text(json.dumps({"model": model, "parts": parts}), encoding="utf-8")
    show()
    return 0


def against(checkout: Path, count: int = 3) -> int:
    """Whether this model gives the same ranks to the bit, on this machine, as the one in `checkout` that the report is pinned to, in the first
    data sets of every part: then what was calibrated has not changed (what was added has no place in these data sets), and the report is
    pinned to this model. 0 where it is so."""
    kept = json.loads(REPORT.read_text(encoding="utf-8"))
    wanted = [
        (*key.partition(" ")[::2], k) for key in kept["parts"] for k in range(1 if key.startswith("7x") else count)
    ]
    code = "import json, sys\nfrom evaluation.estimation.calibration import model_hash, trial\n"
    code += "print(json.dumps([model_hash(), [trial(*w).ranks for w in json.loads(sys.argv[1])]]))"
    theirs, ours = (
        subprocess.Popen([sys.executable, "-W", "ignore", "-c", code, json.dumps(wanted)], cwd=place, env=os.environ | {"PYTHONPATH": f"{place}:{place / 'src'}"}, stdout=subprocess.PIPE)
        for place in (checkout.resolve(), Path(__file__).parents[2])
    )  # fmt: skip
    old, new = (json.loads(side.communicate()[0].splitlines()[-1]) for side in (theirs, ours))
    if old[0] != kept["model"] or new[0] != model_hash():
        print(f"the report is of {kept['model']}, the checkout {old[0]}", file=sys.stderr)
        return 1
    same = [a == b for a, b in zip(old[1], new[1], strict=True)]
    print(f"{sum(same)} of {len(same)} data sets have the same ranks", file=sys.stderr)
    if not all(same):
        return 1
    REPORT.write_text(json.dumps(kept | {"model": new[0]}), encoding="utf-8")
    return 0


def coverage(ranks: Array, level: float) -> float:
    """Share of truths inside the central interval of `level`."""
    low = (1 - level) / 2 * (RANKED + 1)
    return float(((ranks >= low) & (ranks < RANKED + 1 - low)).mean())


def departures(ranks: Array) -> tuple[float, float]:
    """(largest scaled departure of any quantity's rank distribution from uniform, the simultaneous 95 % limit for all)."""
    count, quantities = ranks.shape
    limit = _limit(count, quantities)
    return max(_departure(ranks[:, q]) for q in range(quantities)), limit


_POINTS = np.arange(5, 100, 5)


def _departure(ranks: Array) -> float:
    """Largest distance of the empirical distribution from uniform, in standard errors, over 19 points."""
    expected = _POINTS / (RANKED + 1)
    found = np.array([(ranks < p).mean() for p in _POINTS])
    return float(np.abs((found - expected) / np.sqrt(expected * (1 - expected) / len(ranks))).max())


@cache
def _limit(count: int, quantities: int) -> float:
    """The 95 % point of the largest departure of `quantities` uniform samples, taken as independent: a careful limit."""
    rng = stream(5, "bands")
    one = [_departure(rng.integers(0, RANKED + 1, count).astype(float)) for _ in range(4000)]
    return float(np.quantile(one, 0.95 ** (1 / quantities)))


def is_current() -> bool:
    """Whether the kept ranks are those of the model as it is."""
    return bool(json.loads(REPORT.read_text(encoding="utf-8"))["model"] == model_hash())


def summary() -> dict[str, dict[str, float]]:
    """The figures of the kept report, by part."""
    kept: dict[str, Any] = json.loads(REPORT.read_text(encoding="utf-8"))
    found = {}
    for key, part in kept["parts"].items():
        ranks = np.array(part["ranks"], dtype=float)
        largest, limit = departures(ranks)
        found[key] = {
            "data sets": float(len(ranks)), "50 %": coverage(ranks, 0.5), "80 %": coverage(ranks, 0.8), "90 %": coverage(ranks, 0.9),
            "departure": largest, "limit": limit, "called too high": part["too high"], "called too low": part["too low"],
        }  # fmt: skip
    return found


def show() -> None:
    """Print the report: the model itself first, then wrong models, worst first."""
    state = "of this model" if is_current() else "OUT OF DATE: the model has changed, run `make calibrate`"
    print(f"calibration ({state})")
    print(
        f"{'':<40}{'sets':>6}{'50 %':>8}{'80 %':>8}{'90 %':>8}{'departure':>11}{'limit':>7}{'too high':>10}{'too low':>9}"
    )
    rows = list(summary().items())
    right = [r for r in rows if r[0] in RUNS]
    wrong = sorted((r for r in rows if r[0] not in RUNS), key=lambda r: r[1]["90 %"])
    for key, f in right + wrong:
        error = math.sqrt(0.8 * 0.2 / f["data sets"])
        print(
            f"{key:<40}{f['data sets']:6.0f}{f['50 %']:8.3f}{f['80 %']:8.3f}{f['90 %']:8.3f}{f['departure']:11.2f}"
            f"{f['limit']:7.2f}{f['called too high']:10.3f}{f['called too low']:9.3f}   (+-{2 * error:.3f})"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["against"]:
        sys.exit(against(Path(sys.argv[2])))
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0))
