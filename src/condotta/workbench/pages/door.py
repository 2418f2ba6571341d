"""The door: the one-time address, signing in and out of a team's workbench."""

import hmac
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from condotta.errors import WorkbenchError
from condotta.ledger.accounts import end_session
from condotta.workbench.desk import Desk
from condotta.workbench.guard import COOKIE, refused, role_of, signed_in
from condotta.workbench.pages.shape import page


@dataclass(frozen=True, slots=True)
class Door:
    """The page before one is signed in."""

    case: str
    wrong: str


def enter(request: Request) -> Response:
    """The one-time address that `condotta serve` printed: a session, and the address is spent."""
    desk: Desk = request.app.state.desk
    given = request.query_params.get("token", "")
    held = next((t for t in desk.options.tokens if hmac.compare_digest(t.encode(), given.encode())), None)
    if desk.options.team or held is None:
        return refused(WorkbenchError("E-WEB-02", "that address is not valid, or was used already"), "/enter")
    desk.options.tokens.remove(held)
    cookie, _ = signed_in(desk, desk.options.name, "admin")
    return _with_cookie(desk, cookie)


def login_page(request: Request) -> Response:
    """Name and password."""
    return page("login.html", Door(request.app.state.desk.case.title, ""))


async def login(request: Request) -> Response:
    """Check name and password; five failures in five minutes, then a wait."""
    desk: Desk = request.app.state.desk
    form = await request.form(max_files=0)
    name, password = str(form.get("name", ""))[:80], str(form.get("password", ""))[:1000]
    machine = request.client.host if request.client else "?"
    attempts = request.app.state.attempts
    keys = (f"name {name}", f"machine {machine}")
    try:
        attempts.check(*keys)
    except WorkbenchError as error:
        return refused(error, "/login")
    attempts.failed(*keys)  # before the password is looked at, so that many at once are not let through
    role = await run_in_threadpool(role_of, desk, name, password) if desk.options.team else None
    if role is None:
        return page("login.html", Door(desk.case.title, "Name and password do not belong together."), 401)
    attempts.succeeded(*keys)
    cookie, _ = await run_in_threadpool(signed_in, desk, name, role)
    return _with_cookie(desk, cookie)


def logout(request: Request) -> Response:
    """End the session."""
    desk: Desk = request.app.state.desk
    end_session(desk.ledger, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/login" if desk.options.team else "/signed-out", 303)
    answer.delete_cookie(COOKIE)
    return answer


def signed_out(request: Request) -> Response:
    """What to do without a session."""
    return refused(WorkbenchError("E-WEB-02", "you are not signed in, or the session has ended"), "/signed-out")


def _with_cookie(desk: Desk, cookie: str) -> Response:
    answer = RedirectResponse("/", 303)
    hours = int(desk.options.hours * 3600)
    answer.set_cookie(COOKIE, cookie, max_age=hours, httponly=True, samesite="strict", secure=desk.options.secure)
    return answer
