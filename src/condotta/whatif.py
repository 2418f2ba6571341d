"""What a case's estimates say of the system behind them, and what other policies would have done: fit, runs, comparison.

The posterior of the fit is kept in the ledger; runs are kept in batches under `simulations/`, so that a stopped command goes on
where it was and the same question is not computed twice.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from condotta.adding import VERSION
from condotta.cases import load_case
from condotta.clusters import by_tasks
from condotta.estimation import Setup
from condotta.exchange.draws import load_record, save_record
from condotta.pipeline import Progress, evidence, question_key, reconcile, silent
from condotta.places import ledger
from condotta.runs import Runs, differences, rows
from condotta.simulation import (
    Circumstances,
    Effect,
    Ensemble,
    Fit,
    Scenario,
    Share,
    circumstances,
    fit,
    joined,
    load_scenario,
    screen,
    simulate,
    target,
    variance,
)  # fmt: skip

if TYPE_CHECKING:
    from condotta.estimates import Estimate

BATCH = 20
FITTED_MEN = 2500
"""Men with whom the fit runs: each stands for several, so that thousands of runs are done in a minute or two."""


def run(
    case: Path | str, scenarios: Sequence[str | Path | Scenario] = ("as-reported",), how: Ensemble | None = None, progress: Progress = silent,
    side: str | None = None, fresh: bool = False, cluster: str | None = None,
) -> tuple[list[Runs], Fit]:  # fmt: skip
    """Runs of each scenario, the base "as-reported" first, and the fit they start from. `cluster`: "local" or the address of a Ray cluster
    that shares the runs; they are the same. Raises ScenarioError, EstimationError, CorpusError E-COR-02."""
    how, wanted = how or Ensemble(), [load_scenario("as-reported")]
    given = [s if isinstance(s, Scenario) else load_scenario(s) for s in scenarios]
    wanted += [s for s in given if s.name != "as-reported"]
    begun = _begin(case, how, progress, side)
    for scenario in wanted:
        begun.start.check(scenario)
    found = fitted(case, begun, how, progress, fresh)
    return [_runs(case, begun, s, how, found, progress, fresh, cluster) for s in wanted], found


def assumptions(
    case: Path | str, how: Ensemble | None = None, progress: Progress = silent, side: str | None = None
) -> list[Effect]:  # fmt: skip
    """Which assumed parameters decide the exits and the men in the theatre, the weightiest first."""
    return _screened(case, how or Ensemble(), progress, side)[2]


def shares(
    case: Path | str, how: Ensemble | None = None, progress: Progress = silent, side: str | None = None
) -> list[Share]:
    """Of the variance of the exits and of the men in the theatre, the share that is luck, the estimate's, the fit's, each of the
    strongest assumptions', the largest first."""
    how = how or Ensemble()
    begun, found, effects = _screened(case, how, progress, side)
    return variance(
        begun.start, found.values, effects, how.seed, _weight(begun.start), threads=how.threads, progress=progress
    )


@dataclass(frozen=True, slots=True)
class _Begun:
    """What every question about a case starts from: its estimate, a side of it, and the key of both with the simulator's source."""

    estimate: "Estimate"
    side: str
    start: Circumstances
    key: str


def _begin(case: Path | str, how: Ensemble, progress: Progress, side: str | None) -> _Begun:
    who, result = load_case(Path(case)), reconcile(case, how.seed, progress)
    start = circumstances(result, who, side)
    name = side or who.root or start.groups[0]
    return _Begun(result, name, start, _key(question_key(who, evidence(case), Setup(seed=how.seed)), name, _source()))


def _screened(
    case: Path | str, how: Ensemble, progress: Progress, side: str | None
) -> tuple[_Begun, Fit, list[Effect]]:
    """A case's beginnings and fit, and the effect of every assumption."""
    begun = _begin(case, how, progress, side)
    found = fitted(case, begun, how, progress)
    return (
        begun,
        found,
        screen(begun.start, found.values, how.seed, _weight(begun.start), threads=how.threads, progress=progress),
    )


def _weight(start: Circumstances) -> float:
    """Men that one stands for where thousands of runs are made."""
    return max(1.0, float(np.median(start.men.sum(axis=1))) / FITTED_MEN)


def fitted(case: Path | str, begun: _Begun, how: Ensemble, progress: Progress = silent, fresh: bool = False) -> Fit:
    """The posterior of the fitted parameters, from the ledger where it is known."""
    key = _key(begun.key, "fit", how.seed)
    with ledger(case) as book:
        kept = None if fresh else book.saved_run(key)
    if kept is not None:
        values = {k: np.array(v) for k, v in kept["values"].items()}
        return Fit(values, tuple(kept["distance"]), kept["runs"], kept["narrowed"])
    weight, goal = _weight(begun.start), target(begun.estimate, begun.side)
    found = fit(goal, begun.start, how.seed, weight, threads=how.threads, progress=_named(progress, "fitting"))
    plain = {"values": {k: v.tolist() for k, v in found.values.items()}, "distance": list(found.distance), "runs": found.runs, "narrowed": dict(found.narrowed)}  # fmt: skip
    with ledger(case) as book:
        book.save_run(key, "fit", VERSION, how.seed, {"side": begun.side, "men for one": weight}, plain)
    return found


def _runs(
    case: Path | str, begun: _Begun, scenario: Scenario, how: Ensemble, found: Fit, progress: Progress, fresh: bool, cluster: str | None
) -> Runs:  # fmt: skip
    """The runs of a scenario, batch by batch; what is there already is read."""
    folder = Path(case) / "simulations" / _key(begun.key, scenario, how.seed, how.weight)
    sizes = {first: min(BATCH, how.runs - first) for first in range(0, how.runs, BATCH)}
    paths = {first: folder / f"{first:06d}-{size}.npz" for first, size in sizes.items()}
    parts = {first: None if fresh else load_record(path) for first, path in paths.items()}
    missing = [first for first, part in parts.items() if part is None]
    work = [(begun.start, scenario, replace(how, runs=sizes[first]), found.values) for first in missing]
    if cluster:
        made = by_tasks(simulate, [(*w, None, first) for w, first in zip(work, missing, strict=True)], cluster)
    else:
        made = (
            (k, simulate(*work[k], partial(_onward, progress, first, how.runs), first))
            for k, first in enumerate(missing)
        )
    for done, (k, part) in enumerate(made, 1):
        if cluster:
            progress((len(parts) - len(missing) + done) * how.runs // len(parts), how.runs, scenario.name)
        parts[missing[k]] = part
        save_record(part, paths[missing[k]])
    return joined([part for part in parts.values() if part is not None])


def _named(progress: Progress, what: str) -> Progress:
    return lambda done, of, words: progress(done, of, f"{what}, {words}")


def _onward(progress: Progress, before: int, of: int, done: int, _: int, what: str) -> None:
    """The progress of a batch as that of all runs."""
    progress(before + done, of, what)


def _key(*parts: Any) -> str:
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()[:24]


def _source() -> str:
    """A hash of the simulator's own source and words."""
    package, digest = files("condotta"), hashlib.sha256()
    for source in sorted(package.joinpath("simulation").iterdir(), key=lambda f: f.name):
        if source.is_file():
            digest.update(source.read_bytes())
    digest.update(package.joinpath("words", "simulation.yaml").read_bytes())
    return digest.hexdigest()


def summary(found: Sequence[Runs], posterior: Fit) -> dict[str, Any]:
    """Runs as plain data: per scenario the series, money, influence, causes of exits, and the differences to the first."""
    return {"fit": _fit_summary(posterior), "scenarios": [_scenario_summary(r, found[0]) for r in found]}


def _fit_summary(posterior: Fit) -> dict[str, Any]:
    found = {}
    for name, values in posterior.values.items():
        low, mid, high = (round(float(q), 5) for q in np.quantile(values, [0.05, 0.5, 0.95]))
        found[name] = {"low90": low, "median": mid, "high90": high, "identified": posterior.identified(name)}
    return {"parameters": found, "distance": posterior.distance[-1], "simulations": posterior.runs}


def _scenario_summary(runs: Runs, base: Runs) -> dict[str, Any]:
    table: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in rows(runs):
        cells = {k: v for k, v in row.items() if k not in ("scenario", "group", "measure")}
        table.setdefault(row["group"], {}).setdefault(row["measure"], []).append(cells)
    causes = dict.fromkeys(runs.causes()) | {k: round(share, 4) for k, share in runs.drivers()}
    compared = differences(runs, base) if runs is not base else []
    return {
        "scenario": runs.scenario, "about": runs.about, "runs": len(runs.record), "seed": runs.seed, "groups": table, "exits by cause": causes,
        "mass desertion": runs.mass_desertion(), "mass desertion, whole time": runs.mass_desertion_of_war(),
        "difference to": base.scenario if runs is not base else None,
        "differences": [
            {"what": d.what, "base": d.base, "low90": d.low, "median": d.median, "high90": d.high, "mean": d.mean,
             "Monte-Carlo error": d.error, "runs that agree on the sign": d.agree, "stable": d.stable}
            for d in compared
        ],
    }  # fmt: skip
