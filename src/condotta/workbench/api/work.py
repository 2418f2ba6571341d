"""Long work: starting it, watching it, stopping it; checks of articles and simulations."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from typing import Any, Literal

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.responses import Response, StreamingResponse

from condotta.errors import WorkbenchError
from condotta.simulation import load_scenario, scenario_of
from condotta.workbench.api.case import safe_name
from condotta.workbench.api.shape import Call, Operation, Part
from condotta.workbench.desk import Desk
from condotta.workbench.jobs import Job

_BEAT = 15.0


class Begin(Part):
    """What to do: read the documents not read yet, or reconcile."""

    verb: Literal["read", "reconcile"]


class WhatIf(Part):
    """A shipped scenario, or changes of it: parameter -> value."""

    scenario: str = Field(default="as-reported", max_length=60)
    changes: dict[str, float] = Field(default={}, max_length=40)
    runs: int = Field(default=40, ge=2, le=2000)


class Without(Part):
    """A series, and the sources to leave out."""

    group: str
    measure: str
    without: list[str] = Field(min_length=1, max_length=100)


def begin(call: Call) -> dict[str, Any]:
    """Start reading or reconciling."""
    if call.body.verb == "reconcile":
        return {"job": call.desk.reconcile(call.session.name).row()}
    return {"job": call.desk.jobs.add("read", call.session.name, "documents not read yet").row()}


def jobs(call: Call) -> dict[str, Any]:
    """All jobs that are remembered."""
    return {"jobs": [j.row() for j in call.desk.jobs.all()]}


def job(call: Call) -> dict[str, Any]:
    """One job with all that it has found."""
    found = _job(call)
    if found.verb in ("check", "without") and call.masks().claims_too:
        raise WorkbenchError("E-WEB-05", "its findings may hold names of private persons")
    result = {k: v for k, v in (found.result or {}).items() if k != "page"}
    return found.row() | {"found": found.found, "result": result}


def _job(call: Call) -> Job:
    found = call.desk.jobs.get(call.path["id"])
    if found is None:
        raise WorkbenchError("E-WEB-09", f"no job {call.path['id']!r}")
    return found


def cancel(call: Call) -> dict[str, Any]:
    """Stop a job; what it has finished stays."""
    _job(call)
    found = call.desk.jobs.cancel(call.path["id"])
    return {"job": found.row() if found else None}


def check(call: Call) -> dict[str, Any]:
    """Check an article, given as a file or as text; the findings are in the job as they come."""
    folder = call.desk.folder / "checks"
    folder.mkdir(exist_ok=True)
    files = [f for f in call.body.getlist("files") if isinstance(f, UploadFile)]
    text = call.body.get("text")
    if files:
        path = folder / f"{secrets.token_hex(6)}-{safe_name(files[0].filename or 'article.txt')}"
        path.write_bytes(files[0].file.read())
    elif isinstance(text, str) and text.strip():
        path = folder / f"{secrets.token_hex(6)}-pasted.txt"
        path.write_text(text, encoding="utf-8")
    else:
        raise WorkbenchError("E-WEB-06", "neither a file nor text came with the request")
    what = path.name.split("-", 1)[1]
    return {
        "job": call.desk.jobs.add("check", call.session.name, what, path=str(path), seed=call.desk.options.seed).row()
    }


def findings(call: Call) -> Response:
    """The findings of a check as one self-contained page, to hand on."""
    found = _job(call)
    if call.masks().claims_too:
        raise WorkbenchError("E-WEB-05", "the page may hold names of private persons")
    if found.verb != "check" or not found.result:
        raise WorkbenchError("E-WEB-09", "that job has no page of findings")
    headers = {"content-disposition": 'attachment; filename="findings.html"'}
    return Response(found.result["page"], media_type="text/html", headers=headers)


def simulate(call: Call) -> dict[str, Any]:
    """Run a scenario beside what was reported."""
    body: WhatIf = call.body
    load_scenario(body.scenario)
    scenario_of("as set here", {"parameters": body.changes})
    changes = {"parameters": body.changes, "about": "Set by hand in the workbench."} if body.changes else {}
    options = call.desk.options
    given = {
        "name": body.scenario,
        "changes": changes,
        "runs": body.runs,
        "seed": options.seed,
        "weight": options.weight,
    }
    what = "as set here" if body.changes else body.scenario
    return {"job": call.desk.jobs.add("simulate", call.session.name, what, **given).row()}


def without(call: Call) -> dict[str, Any]:
    """Make the estimate anew without some sources, where reweighting cannot tell; the result is in the job."""
    body: Without = call.body
    given = {"names": list(body.without), "group": body.group, "measure": body.measure, "seed": call.desk.options.seed}
    return {
        "job": call.desk.jobs.add("without", call.session.name, f"without {', '.join(body.without)}", **given).row()
    }


def events(call: Call) -> Response:
    """Every change of any job, as server-sent events."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(told(call.desk), media_type="text/event-stream", headers=headers)


async def told(desk: Desk) -> AsyncIterator[str]:
    """The jobs whenever they change, and a beat when nothing does."""
    seen, quiet = -1, 0.0
    yield "retry: 2000\n\n"
    while not (desk.jobs.closed or desk.leaving()):
        if desk.jobs.version != seen:
            seen, quiet = desk.jobs.version, 0.0
            rows = [j.row() for j in desk.jobs.all()[-20:]]
            yield f"event: jobs\ndata: {json.dumps({'jobs': rows, 'behind': desk.behind(), 'stale': desk.stale()})}\n\n"
        elif quiet >= _BEAT:
            quiet = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(0.2)
        quiet += 0.2


OPERATIONS = (
    Operation("GET", "/jobs", "reader", "All jobs", jobs),
    Operation("POST", "/jobs", "analyst", "Read what is not read yet, or reconcile", begin, body=Begin, status=202),
    Operation("GET", "/jobs/{id}", "reader", "One job with what it has found", job),
    Operation("POST", "/jobs/{id}/cancelled", "analyst", "Stop a job", cancel),
    Operation("GET", "/jobs/{id}/page", "reader", "The findings of a check as a page to hand on", findings),
    Operation("GET", "/events", "reader", "Every change of any job, as server-sent events", events),
    Operation("POST", "/checks", "analyst", "Check an article against the case", check, upload=True, status=202),
    Operation("POST", "/estimates/without", "analyst", "The estimate made anew without some sources", without, body=Without, status=202),
    Operation("POST", "/simulations", "analyst", "Run a scenario beside what was reported", simulate, body=WhatIf, status=202),
)  # fmt: skip
