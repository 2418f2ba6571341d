"""Accounts of a team and sessions of its browsers. Passwords are given and kept as hashes made elsewhere, cookies by their SHA-256."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from condotta.errors import UsageError
from condotta.ledger import tables as t
from condotta.ledger.judging import utc
from condotta.ledger.store import Ledger

ROLES = ("reader", "analyst", "admin")


@dataclass(frozen=True, slots=True)
class Session:
    """Who is at a browser: name, role, the token that its forms carry, and until when it holds."""

    name: str
    role: str
    form: str
    until: datetime

    def may(self, role: str) -> bool:
        """Whether this person's role includes `role`."""
        return ROLES.index(self.role) >= ROLES.index(role)


def set_account(ledger: Ledger, name: str, role: str, password: str) -> None:
    """Make an account or change it; `password` is its hash. Raises UsageError E-USE-02 for an unknown role."""
    if role not in ROLES:
        raise UsageError("E-USE-02", f"no role is called {role!r}", fix=f"One of: {', '.join(ROLES)}.")
    with ledger.engine.begin() as db:
        db.execute(t.accounts.delete().where(t.accounts.c.name == name))
        db.execute(t.accounts.insert().values(name=name, role=role, password=password, made=datetime.now(UTC)))
        db.execute(t.sessions.delete().where(t.sessions.c.name == name))


def account(ledger: Ledger, name: str) -> tuple[str, str] | None:
    """(role, hash of the password) of an account; None where there is none."""
    with ledger.engine.connect() as db:
        row = db.execute(sa.select(t.accounts.c.role, t.accounts.c.password).where(t.accounts.c.name == name)).first()
    return (row[0], row[1]) if row else None


def accounts(ledger: Ledger) -> list[tuple[str, str]]:
    """(name, role) of everybody."""
    with ledger.engine.connect() as db:
        return [
            (r[0], r[1])
            for r in db.execute(sa.select(t.accounts.c.name, t.accounts.c.role).order_by(t.accounts.c.name))
        ]


def begin_session(ledger: Ledger, cookie: str, name: str, role: str, form: str, hours: float) -> Session:
    """Keep a session; those that have ended are forgotten."""
    now = datetime.now(UTC)
    made = Session(name, role, form, now + timedelta(hours=hours))
    with ledger.engine.begin() as db:
        db.execute(t.sessions.delete().where(t.sessions.c.until < now))
        values: dict[str, Any] = {"key": _key(cookie), "name": name, "role": role, "form": form}
        db.execute(t.sessions.insert().values(**values, begun=now, until=made.until))
    return made


def session_of(ledger: Ledger, cookie: str) -> Session | None:
    """The session of a cookie; None where there is none or it has ended."""
    with ledger.engine.connect() as db:
        row = db.execute(sa.select(t.sessions).where(t.sessions.c.key == _key(cookie))).mappings().first()
    if row is None or utc(row["until"]) < datetime.now(UTC):
        return None
    return Session(row["name"], row["role"], row["form"], utc(row["until"]))


def end_session(ledger: Ledger, cookie: str) -> None:
    """Forget a session."""
    with ledger.engine.begin() as db:
        db.execute(t.sessions.delete().where(t.sessions.c.key == _key(cookie)))


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
