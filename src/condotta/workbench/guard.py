"""Who may ask what: hosts, sessions, tokens of forms, sizes of requests, and the headers that every answer carries."""

import hmac
import secrets
import time
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from condotta.errors import CondottaError, WorkbenchError
from condotta.ledger.accounts import Session, account, begin_session, session_of
from condotta.workbench.desk import Desk

COOKIE = "condotta_session"
FORM = "x-condotta-form"
OPEN = ("/enter", "/login", "/static/", "/signed-out", "/favicon.ico")
_SAFE = ("GET", "HEAD", "OPTIONS")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY, "x-content-type-options": "nosniff", "x-frame-options": "DENY",
    "referrer-policy": "same-origin", "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
}  # fmt: skip
STATUS = {
    "E-WEB-01": 400, "E-WEB-02": 401, "E-WEB-03": 403, "E-WEB-04": 413, "E-WEB-05": 403, "E-WEB-06": 422, "E-WEB-07": 429, "E-WEB-09": 404,
    "E-WEB-10": 409, "E-LED-03": 404, "E-LED-04": 404, "E-LED-07": 409, "E-LED-08": 409, "E-SYS-01": 500,
}  # fmt: skip


class Guard:
    """Stands before the application. What it refuses never reaches a page."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app, self.desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.desk.options.upload:
                raise TooLarge
            return message

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                if "cache-control" not in headers:
                    headers["cache-control"] = "no-store"
            await send(message)

        try:
            refusal = self._refusal(scope)
            if refusal is None:
                await self.app(scope, counted, dressed)
                return
        except TooLarge:
            refusal = refused(WorkbenchError("E-WEB-04", "the request is too large"), scope["path"])
        await refusal(scope, receive, dressed)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, path, options = Headers(scope=scope), scope["path"], self.desk.options
        host = urlsplit(f"//{headers.get('host', '')}").hostname
        if host not in options.hosts:
            return refused(WorkbenchError("E-WEB-01", f"no such host {host!r}"), path)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > options.upload:
            return refused(WorkbenchError("E-WEB-04", f"{length} bytes are too many"), path)
        cookie = Request(scope).cookies.get(COOKIE)
        session = session_of(self.desk.ledger, cookie) if cookie else None
        scope.setdefault("state", {})["session"] = session
        safe = scope["method"] in _SAFE
        if not safe and not self._own(headers):
            return refused(WorkbenchError("E-WEB-03", "the request comes from another site"), path)
        if path.startswith(OPEN):
            return None
        if session is None:
            if safe and not path.startswith("/api"):
                return RedirectResponse("/login" if options.team else "/signed-out", 303)
            return refused(WorkbenchError("E-WEB-02", "no session"), path)
        if not safe and not hmac.compare_digest(headers.get(FORM, ""), session.form):
            return refused(WorkbenchError("E-WEB-03", "the page's token is missing or old"), path)
        return None

    def _own(self, headers: Headers) -> bool:
        """Whether the request was made by a page of ours, or by a program."""
        origin = headers.get("origin")
        return origin is None or urlsplit(origin).netloc == headers.get("host")


class TooLarge(Exception):
    """A request that carries more than one may."""


class Attempts:
    """Failed attempts to sign in, by name and by machine: five in five minutes, then a wait."""

    def __init__(self, most: int = 5, seconds: float = 300.0) -> None:
        self.most, self.seconds = most, seconds
        self._failed: dict[str, list[float]] = defaultdict(list)

    def check(self, *keys: str) -> None:
        """Raise WorkbenchError E-WEB-07 where one of the keys has failed too often."""
        now = time.monotonic()
        for key in keys:
            self._failed[key] = [t for t in self._failed[key] if now - t < self.seconds]
            if len(self._failed[key]) >= self.most:
                raise WorkbenchError("E-WEB-07", "too many attempts", fix="Wait five minutes.")

    def failed(self, *keys: str) -> None:
        """Remember an attempt as failed."""
        for key in keys:
            self._failed[key].append(time.monotonic())

    def succeeded(self, *keys: str) -> None:
        """The last attempt was none to remember."""
        for key in keys:
            if self._failed[key]:
                self._failed[key].pop()


def signed_in(desk: Desk, name: str, role: str) -> tuple[str, Session]:
    """(cookie, session) of somebody who has shown who he is."""
    cookie = secrets.token_urlsafe(32)
    return cookie, begin_session(desk.ledger, cookie, name, role, secrets.token_urlsafe(24), desk.options.hours)


def password_hash(password: str) -> str:
    """Argon2id of a password."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password)


def role_of(desk: Desk, name: str, password: str) -> str | None:
    """The role of an account, if the password is its own; as slow for a name that does not exist."""
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    found = account(desk.ledger, name)
    try:
        with desk.hashing:
            PasswordHasher().verify(found[1] if found else _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return None
    return found[0] if found else None


_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$yE7NcZH3A4IQlqJ5WJ2vK5q0mN0d1bqR2GZ2p7w2f0Q"
"""A hash that no password has."""


def refused(error: CondottaError, path: str = "/api") -> Response:
    """The answer to a request that failed: its code, what happened and a way out; JSON under /api, else a page."""
    status = STATUS.get(error.code, 400)
    told = error_json(error)
    if path.startswith("/api"):
        return JSONResponse(told, status)
    from condotta.workbench.pages.shape import error_page

    return error_page(told, status)


def error_json(error: CondottaError) -> dict[str, Any]:
    """An error as plain data."""
    return {"code": error.code, "what": error.what, "fix": error.fix or _fix(error.code), "near": list(error.near)}


def _fix(code: str) -> str:
    from condotta.pipeline import explain

    try:
        return explain(code).split("What to do: ")[-1].strip()
    except CondottaError:
        return ""
