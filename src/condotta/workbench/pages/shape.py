"""What pages have in common: the frame around them, their templates, the words in which figures are shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from condotta.errors import CondottaError, WorkbenchError
from condotta.ledger.accounts import Session
from condotta.records import shown_words
from condotta.workbench.desk import Desk
from condotta.workbench.guard import refused

PAGES = (
    ("/", "Overview"), ("/documents", "Documents"), ("/claims", "Claims"), ("/contradictions", "Contradictions"),
    ("/estimates", "Estimates"), ("/sources", "Sources"), ("/check", "Check"), ("/what-if", "What-if"), ("/history", "History"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """Around every page: the case's title, who is there, which page it is, judgements not yet in the estimates."""

    case: str
    title: str
    here: str
    who: Session
    behind: int
    team: bool
    looking: bool
    making: bool
    stale: bool
    trouble: str


def frame(request: Request, title: str, here: str) -> Frame:
    """The frame of a page for whoever asks."""
    desk, who = at(request)
    return Frame(
        desk.case.title,
        title,
        here,
        who,
        desk.behind(),
        desk.options.team,
        desk.survey is None,
        desk.making(),
        desk.stale(),
        desk.trouble,
    )


def at(request: Request) -> tuple[Desk, Session]:
    """The desk, and who sits at it."""
    return request.app.state.desk, request.state.session


def page(template: str, context: Any, status: int = 200) -> Response:
    """A page from its template and its one frozen context."""
    names = {f.name: getattr(context, f.name) for f in fields(context)}
    return HTMLResponse(str(_environment().get_template(template).render(**names)), status)


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error page shows."""

    error: Mapping[str, Any]
    status: int


def error_page(error: Mapping[str, Any], status: int) -> Response:
    """An error with its code and a way out."""
    return page("error.html", Fault(error, status), status)


def careful(handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """The handler; errors of ours become pages with a code."""

    def handled(request: Request) -> Response:
        try:
            return handler(request)
        except CondottaError as error:
            return refused(error, request.url.path)

    handled.__name__ = handler.__name__
    return handled


def whole(request: Request, name: str, default: int = 0) -> int:
    """A whole number of the address. Raises WorkbenchError E-WEB-06."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise WorkbenchError("E-WEB-06", f"{name}: {text!r} is no number")
    return int(text)


def address(path: str, given: Mapping[str, Any], **changed: Any) -> str:
    """An address with its query, some of it changed; None and "" drop out."""
    found = {k: v for k, v in (dict(given) | changed).items() if v not in (None, "")}
    return f"{path}?{urlencode(found)}" if found else path


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("condotta", "workbench/templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    found.filters |= {
        "people": lambda v: "" if v is None else f"{v:,.0f}",
        "day": lambda d: f"{d:%d %b %Y}" if d else "undated",
        "moment": lambda d: f"{d:%d %b %Y %H:%M}" if d else "",
        "words": shown_words,
        "short": _short,
    }
    found.globals |= {"pages": PAGES, "address": address}
    return found


def _short(text: str, size: int = 140) -> str:
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"


@cache
def static(name: str) -> bytes | None:
    """A file that pages load; None where there is none."""
    if name == "vega.js":
        from condotta.reports.charts import script

        return script().encode()
    known = {f.name: f for f in files("condotta").joinpath("workbench", "static").iterdir()}
    return known[name].read_bytes() if name in known else None
