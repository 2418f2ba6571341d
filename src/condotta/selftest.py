"""The closed loop: worlds are simulated, observers report on them, the reports are written, read, reconciled, and held against the truth.

What comes back is how often an 80 % interval holds the true weekly figure: once for the observers' claims as they made them, once for
what the reader made of the texts; the difference is the reader's. Nothing of it is fitted to the case at hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from condotta.cases import Case
from condotta.errors import EstimationError
from condotta.estimates import Array, Estimate, Weeks
from condotta.pipeline import Progress, silent
from condotta.randomness import stream
from condotta.records import Claim, Document
from condotta.runs import Runs
from condotta.simulation import Circumstances, Ensemble, load_scenario, simulate
from condotta.simulation.observers import emit, observers
from condotta.simulation.parameters import fitted
from condotta.simulation.prose import by_report, report

MEASURES = ("present", "in training", "arrived", "killed", "returned")
SIDE, THEATRE = "Southern Column", "Tripoli"
_GROUPS = {"Eagle Brigade": 2500, "Cedar Battalion": 1500}
_START, _WEEKS = date(2021, 1, 4), 40


@dataclass(frozen=True, slots=True)
class Loop:
    """One world. inside : route -> measure -> (week,) whether the 80 % interval held the truth; `made`: claims made;
    `read`: share of them that came out of the texts with measure, aspect, group, day and figure right."""

    made: int
    read: float
    inside: dict[str, dict[str, Array]]


def run(worlds: int = 10, seed: int = 7, threads: int = 2, progress: Progress = silent) -> list[Loop]:
    """The loop over some worlds; the same seed gives the same figures."""
    from condotta.claims import Reader

    case, found = _case(), []
    reader = Reader(case=case)
    for k in range(worlds):
        progress(k, worlds, "simulating, writing, reading, reconciling")
        found.append(_loop(case, reader, k, seed, threads))
    progress(worlds, worlds, "")
    return found


def coverage(loops: Sequence[Loop], route: str, measure: str) -> float:
    """Share of the weeks of all worlds in which the interval held the truth; nan where nothing was estimated."""
    parts = [loop.inside[route][measure] for loop in loops if measure in loop.inside.get(route, {})]
    return float(np.concatenate(parts).mean()) if parts else float("nan")


def _loop(case: Case, reader: Any, k: int, seed: int, threads: int) -> Loop:
    runs = _world(k, seed)
    rng = stream(seed, f"observers of world {k}")
    claims = emit(runs, 0, observers(case, rng, _grades()), SIDE, rng)
    read = [c for part in by_report(claims) for c in _read(part, reader, rng)]
    inside = {}
    for route, own in (("claims as made", claims), ("texts as read", read)):
        result = _estimate(own, case, seed, threads)
        inside[route] = _held(result, runs) if result else {}
    got = {_said(c) for c in read}
    right = [_said(c) in got for c in claims]
    return Loop(len(claims), float(np.mean(right)), inside)


def _said(claim: Claim) -> tuple[Any, ...]:
    """What a claim says: measure, aspect, group, day, and its figure as written."""
    figure = claim.amount.text.split()[-1] if claim.amount and claim.amount.text else ""
    return claim.measure, claim.aspect, claim.group, claim.day, figure


def situation(rng: np.random.Generator) -> Circumstances:
    """The circumstances of a made-up world: two groups, a call and a front that go up and down."""
    men = np.array([list(_GROUPS.values())], dtype=float)
    pace = np.convolve(rng.lognormal(0, 0.6, _WEEKS), np.ones(4) / 4, "same")
    demand = 0.4 * men[:, None, :] * (pace / pace.sum())[None, :, None]
    intensity = np.convolve(rng.lognormal(0, 0.4, _WEEKS), np.ones(4) / 4, "same")[None]
    return Circumstances(Weeks(_START, _WEEKS), tuple(_GROUPS), men, demand, intensity, np.full(1, np.nan), {})


def _world(k: int, seed: int) -> Runs:
    """One run of a world whose fitted parameters are drawn from the inner part of their priors."""
    rng = stream(seed, f"world {k}")
    start = situation(rng)
    values = {p.name: np.array([p.at(0.3 + 0.4 * float(rng.random()))]) for p in fitted()}
    return simulate(start, load_scenario("as-reported"), Ensemble(1, seed + k, 1), values)


def _read(part: list[Claim], reader: Any, rng: np.random.Generator) -> list[Claim]:
    title, text, day = report(part, THEATRE, rng)
    id = part[0].document
    whole = f"{title}\n\n{text}"
    document = Document(
        id, id, len(whole), "text/plain", whole, title, "Wire", published=day, language="en", title_end=len(title)
    )
    return [c for c in reader.read(document) if c.kind == "count"]


def _estimate(claims: list[Claim], case: Case, seed: int, threads: int) -> Estimate | None:
    from condotta.damage import marked
    from condotta.estimation import Setup, estimate, quick
    from condotta.origins import group_origins

    try:
        return estimate(marked(group_origins(claims)), case, quick(Setup(seed=seed, threads=threads)))
    except EstimationError:
        return None


def _held(result: Estimate, runs: Runs) -> dict[str, Array]:
    spoken, found = set(result.spoken()), {}
    for measure in MEASURES:
        if (SIDE, measure) in spoken:
            shown = result.series(SIDE, measure)[:, result.weeks.hidden :]
            low, high = np.quantile(shown, [0.1, 0.9], axis=0)
            true = runs.series(measure)[0, : shown.shape[1]]
            late = slice(8, len(true))  # before anybody has gone there is nothing to hold
            found[measure] = np.asarray(
                (low[late] - 0.5 <= true[late]) & (true[late] <= high[late] + 0.5), dtype=np.float64
            )
    return found


def _grades() -> dict[str, tuple[float, float]]:
    from condotta.estimation.layout import priors

    return {k: (float(v["bias"]), float(v["scatter"])) for k, v in priors()["grades"].items()}


def _case() -> Case:
    """A made-up case: a side of two groups, five sources of several grades."""
    groups: dict[str, Any] = {SIDE: {"sponsor": "Sponsor", "pool": float(sum(_GROUPS.values()))}}
    groups |= {name: {"parent": SIDE, "pool": float(size)} for name, size in _GROUPS.items()}
    sources = {
        "the Monitoring Centre": {"kind": "monitor", "grade": "B"}, "the Panel": {"kind": "UN body", "grade": "B"},
        "the Documentation Network": {"kind": "researcher", "grade": "C"},
        "the Defence Ministry": {"kind": "government", "grade": "D", "interest": "Sponsor"}, "the Opposing Command": {"kind": "belligerent", "grade": "D", "interest": "Opponent"},
    }  # fmt: skip
    end = _START + timedelta(weeks=_WEEKS, days=-1)
    return Case.model_validate(
        {"title": "made up", "period": {"start": _START, "end": end}, "unspecified": SIDE, "sponsors": {"Sponsor": {}}, "opponent": {"Opponent": {}},
         "groups": groups, "theatres": {"Libya": {"places": [THEATRE]}}, "sources": sources}
    )  # fmt: skip
