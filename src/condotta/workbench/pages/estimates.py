"""Estimates: one series with its bands and claims as points; sources switched off at once; which claims moved the figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from condotta.errors import WorkbenchError
from condotta.records import Evidence
from condotta.workbench.masking import Masks
from condotta.workbench.pages.shape import Frame, at, frame, page
from condotta.workbench.survey import Survey, moved, origins_of, shown_series, without_sources


@dataclass(frozen=True, slots=True)
class Estimates:
    """One series: `figure`: a Vega-Lite specification; `quantiles`: 5, 25, 50, 75, 95 % on `day`; `without`: sources left out."""

    frame: Frame
    survey: Survey | None
    series: Sequence[tuple[str, Sequence[str]]]
    group: str
    measure: str
    figure: Mapping[str, Any] | None
    origins: Sequence[tuple[str, int]]
    without: Sequence[str]
    day: date | None
    quantiles: Sequence[float]
    moved: Sequence[tuple[Evidence, float]]
    rests: str
    words: str


def estimates(request: Request) -> Response:
    """The page."""
    desk, who = at(request)
    masks = Masks(desk, who)
    found = desk.survey
    if found is None or found.estimate is None:
        return page(
            "estimates.html",
            Estimates(frame(request, "Estimates", "/estimates"), found, (), "", "", None, (), (), None, (), (), "", ""),
        )
    spoken = found.estimate.spoken()
    group, measure = _chosen(request, spoken, found)
    without = [n for n in request.query_params.getlist("without") if n]
    left = without_sources(found.estimate, without)
    shown = shown_series(found.estimate, group, measure, left.weights)
    figure = masks.figure(shown["figure"])
    return page("estimates.html", Estimates(
        frame(request, f"{measure}, {group}", "/estimates"), found, _by_group(spoken), group, measure, figure,
        [o for o in origins_of(found.estimate, group, measure) if masks.shows(o[0])], without, found.estimate.weeks.last_day, shown["quantiles"],
        [(masks.piece(p), s) for p, s in moved(found.estimate, group, measure)], found.estimate.held(group, measure), str(found.estimate.diagnostics.get("words", "")),
    ))  # fmt: skip


def one_figure(request: Request) -> Response:
    """The figure and its quantiles alone, without some sources: what a switch asks for."""
    desk, who = at(request)
    masks = Masks(desk, who)
    found = desk.survey
    if found is None or found.estimate is None:
        raise WorkbenchError("E-WEB-10", "there is no estimate yet")
    group, measure = _chosen(request, found.estimate.spoken(), found)
    left = without_sources(found.estimate, request.query_params.getlist("without"))
    shown = shown_series(found.estimate, group, measure, left.weights)
    masks.figure(shown["figure"])
    return JSONResponse(shown | {"k": round(left.k, 2), "sound": left.sound, "pieces": left.pieces})


def _chosen(request: Request, spoken: Sequence[tuple[str, str]], found: Survey) -> tuple[str, str]:
    group, measure = request.query_params.get("group", ""), request.query_params.get("measure", "")
    if not group and not measure and spoken:
        tops = [pair for pair in spoken if found.case.groups[pair[0]].parent is None]
        return next((p for p in tops if p[1] == "arrived"), (tops or list(spoken))[0])
    if (group, measure) not in spoken:
        raise WorkbenchError("E-WEB-09", f"no claim speaks of {measure!r} of {group!r}")
    return group, measure


def _by_group(spoken: Sequence[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for group, measure in spoken:
        found.setdefault(group, []).append(measure)
    return list(found.items())
