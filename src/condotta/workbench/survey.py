"""What the pages show of the whole case: its evidence by origin, the estimate, contradictions; worked out beside the pages, in turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from condotta import pipeline
from condotta.cases import Case, load_case
from condotta.errors import WorkbenchError
from condotta.estimates import STOCKS, Array, bands
from condotta.intervals import Period
from condotta.ledger import Ledger
from condotta.ledger.browsing import Filters, count_claims, last_judgement
from condotta.records import Evidence
from condotta.reports.rows import Known, Question, contradictions, known, sources
from condotta.reports.rows import points as points_of

if TYPE_CHECKING:
    from condotta.estimates import Estimate
    from condotta.reports import Material

MOST = 300_000
"""Claims that origins, contradictions and estimates are made from; a ledger with more is an archive, for lists and judging."""


@dataclass(frozen=True, slots=True)
class Survey:
    """One look at the whole case. `judged`: the newest judgement that is in it; `fresh`: whether the estimate rests on
    exactly this evidence."""

    case: Case
    pieces: Sequence[Evidence]
    estimate: "Estimate | None"
    known: Sequence[Known]
    questions: Sequence[Question]
    sources: Sequence[dict[str, Any]]
    judged: int
    fresh: bool
    made: datetime

    def headlines(self) -> dict[str, float]:
        """ "group | measure" -> median, of the sides of the case."""
        tops = [k for k in self.known if self.case.groups[k.group].parent is None]
        return {f"{k.group} | {k.measure}": round(float(k.median), 1) for k in tops}


def survey(folder: Path, ledger: Ledger, seed: int, before: Survey | None = None) -> Survey:
    """Look at the case as the ledger has it now. Where no estimate was made from just that, the one of `before` stays.
    Raises WorkbenchError E-WEB-12 for an archive."""
    number = count_claims(ledger, Filters())
    if number > MOST:
        raise WorkbenchError(
            "E-WEB-12", f"{number:,} claims are more than the {MOST:,} that are looked through at once"
        )
    judged, case, pieces = last_judgement(ledger), load_case(folder), pipeline.evidence(folder)
    made = pipeline.stored(folder, pieces, seed)
    estimate = made or (before.estimate if before else None)
    if made is None and before and before.estimate:
        judged = before.judged
    told = _material(case, estimate, pieces) if estimate else None
    return Survey(
        case, pieces, estimate, known(told) if told else (), contradictions(pieces, 200), sources(told) if told else (),
        judged, made is not None, datetime.now(UTC),
    )  # fmt: skip


def _material(case: Case, estimate: "Estimate", pieces: Sequence[Evidence]) -> "Material":
    from condotta.estimation import influence, presets
    from condotta.reports import Material

    return Material(case, estimate, pieces, (), partial(presets, pieces, case), influence)


@dataclass(frozen=True, slots=True)
class Without:
    """An estimate with some sources left out: weights of its draws, Pareto k, how many pieces went."""

    weights: Array | None
    k: float
    pieces: int

    @property
    def sound(self) -> bool:
        """Whether the weights can be trusted."""
        return self.k <= 0.7


def without_sources(estimate: "Estimate", names: Sequence[str]) -> Without:
    """Leave out every piece of evidence whose origin is one of `names`, by reweighting the draws."""
    from condotta.estimation import without

    gone = [i for i, piece in enumerate(estimate.evidence) if piece.origin in names]
    if not gone:
        return Without(None, 0.0, 0)
    weights, k = without(estimate, gone)
    return Without(np.asarray(weights), float(k), len(gone))


def moved(estimate: "Estimate", group: str, measure: str, most: int = 12) -> list[tuple[Evidence, float]]:
    """(piece, how far the figure's mean goes when it is left out, in posterior standard deviations), the weightiest first."""
    from condotta.estimation import influence

    draws = reading(estimate, group, measure)
    shift = influence(estimate, draws)
    order = np.argsort(-np.abs(shift))[:most]
    return [(estimate.evidence[i], -float(shift[i])) for i in order if abs(shift[i]) >= 0.02]


def reading(estimate: "Estimate", group: str, measure: str, day: date | None = None) -> Array:
    """(draw,) of a stock or total at a day; the last day of the case where none is given."""
    aspect = "stock" if measure in STOCKS else "total"
    return estimate.reading(group, measure, aspect, Period(None, day or estimate.weeks.last_day))


def band_of(survey: Survey, question: Question) -> tuple[float, float, float] | None:
    """5, 50, 95 % of the estimate in the middle of a question's days; None where it says nothing."""
    estimate, (first, last) = survey.estimate, question.days
    if estimate is None or (question.group, question.measure) not in estimate.spoken():
        return None
    middle = first + (last - first) / 2
    period = Period(first - timedelta(days=1), last) if question.aspect == "flow" else Period(None, middle)
    low, mid, high = np.quantile(
        estimate.reading(question.group, question.measure, question.aspect, period), [0.05, 0.5, 0.95]
    )
    return float(low), float(mid), float(high)


def series_rows(estimate: "Estimate", group: str, measure: str, weights: Array | None = None) -> list[dict[str, Any]]:
    """One row a week: its last day and the five quantiles."""
    q = bands(estimate.series(group, measure), weights)
    return [
        {"week": estimate.weeks.end(w).isoformat()} | {k: round(float(v[w]), 1) for k, v in q.items()}
        for w in estimate.weeks.shown
    ]


def shown_series(estimate: "Estimate", group: str, measure: str, weights: Array | None = None) -> dict[str, Any]:
    """What a page shows of a series: the figure as a Vega-Lite specification, and its quantiles on the last day."""
    from condotta.reports.charts import timeline

    spec = timeline(estimate, group, measure, width=820, height=340, weights=weights, links=True)
    q = bands(reading(estimate, group, measure)[:, None], weights)
    names = ("low90", "low50", "median", "high50", "high90")
    return {"figure": spec, "quantiles": [round(float(q[n][0]), 1) for n in names]}


def origins_of(estimate: "Estimate", group: str, measure: str) -> list[tuple[str, int]]:
    """(origin, number of its figures on a series), most first."""
    counts: dict[str, int] = {}
    for mark in points_of(estimate, group, measure):
        counts[mark["origin"]] = counts.get(mark["origin"], 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
