"""The application: routes, the guard before them, what happens when it starts and stops."""

import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from condotta.errors import WorkbenchError
from condotta.workbench import api
from condotta.workbench.desk import Desk, Options
from condotta.workbench.guard import Attempts, Guard, refused
from condotta.workbench.pages import (
    asking,
    claims,
    contradictions,
    documents,
    door,
    estimates,
    history,
    overview,
    sources,
)
from condotta.workbench.pages.shape import careful, static


def application(folder: Path, options: Options | None = None) -> Starlette:
    """The workbench of one case as an ASGI application. Raises CaseError, LedgerError."""
    desk = Desk(folder, options or Options())

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(desk.start)
        yield
        await run_in_threadpool(desk.close)

    app = Starlette(
        routes=routes(), middleware=[Middleware(Guard, desk=desk), Middleware(GZipMiddleware, minimum_size=2000)],
        exception_handlers={HTTPException: _missing, Exception: _fault}, lifespan=life,
    )  # fmt: skip
    app.state.desk, app.state.attempts = desk, Attempts()
    return app


def routes() -> list[Route]:
    """Every address."""
    pages = {
        "/": overview.overview, "/documents": documents.documents, "/documents/{id}": documents.document, "/claims": claims.claims,
        "/contradictions": contradictions.contradictions, "/estimates": estimates.estimates, "/estimates/figure": estimates.one_figure,
        "/sources": sources.sources, "/check": asking.check, "/what-if": asking.what_if, "/history": history.history,
        "/history/log": history.log,
    }  # fmt: skip
    doors = [
        Route("/enter", door.enter), Route("/login", door.login_page, methods=["GET"]), Route("/login", door.login, methods=["POST"]),
        Route("/logout", door.logout, methods=["POST"]), Route("/signed-out", door.signed_out), Route("/static/{name}", _static),
        Route("/favicon.ico", lambda request: RedirectResponse("/static/icon.svg")),
    ]  # fmt: skip
    return [*(Route(path, careful(handler)) for path, handler in pages.items()), *api.routes(), *doors]


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    data = static(name)
    if data is None:
        return refused(WorkbenchError("E-WEB-09", f"no file {name!r}"), "/static")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(data, media_type=kind, headers={"cache-control": "max-age=300"})


async def _missing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    answer = refused(
        WorkbenchError("E-WEB-09" if status == 404 else "E-WEB-06", f"{request.method} {request.url.path}"),
        request.url.path,
    )
    answer.status_code = status
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


async def _fault(request: Request, error: Exception) -> Response:
    return refused(WorkbenchError("E-SYS-01", f"{type(error).__name__}: {str(error)[:200]}"), request.url.path)
