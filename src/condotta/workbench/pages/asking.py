"""Check an article; ask the simulator what if."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from condotta.simulation import SHIPPED, load_scenario
from condotta.simulation.parameters import Parameter, parameters
from condotta.workbench.jobs import Job
from condotta.workbench.pages.shape import Frame, at, frame, page

SLIDERS = (
    "promised",
    "funded",
    "cut",
    "pay_delay",
    "front_share",
    "training",
    "contract",
    "pressure",
    "demand_slowed",
    "backing",
)


@dataclass(frozen=True, slots=True)
class Check:
    """Checks made since the server started, the last first; `chosen`: the one that is shown."""

    frame: Frame
    checks: Sequence[Job]
    chosen: str


def check(request: Request) -> Response:
    """The page."""
    desk, _ = at(request)
    made = [j for j in reversed(desk.jobs.all()) if j.verb == "check"]
    chosen = request.query_params.get("job", made[0].id if made else "")
    return page("check.html", Check(frame(request, "Check", "/check"), made, chosen))


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The scenarios and sliders; simulations made since the server started."""

    frame: Frame
    scenarios: Sequence[tuple[str, str]]
    sliders: Sequence[Parameter]
    made: Sequence[Job]
    chosen: str
    ready: bool


def what_if(request: Request) -> Response:
    """The page."""
    desk, _ = at(request)
    made = [j for j in reversed(desk.jobs.all()) if j.verb == "simulate"]
    scenarios = [(name, load_scenario(name).about) for name in SHIPPED]
    known = parameters()
    ready = desk.survey is not None and desk.survey.estimate is not None
    chosen = request.query_params.get("job", made[0].id if made else "")
    sliders = [known[n] for n in SLIDERS]
    return page("what-if.html", WhatIf(frame(request, "What-if", "/what-if"), scenarios, sliders, made, chosen, ready))
