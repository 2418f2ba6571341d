"""The databases a ledger can lie in: how each is opened, held for writing, and named without its password."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from condotta.errors import LedgerError

_LOCK = 0x434F4E44  # of PostgreSQL's advisory locks; one ledger a database


@dataclass(frozen=True, slots=True)
class Database:
    """A database that is open. `shown`: its address without the password; `fix`: what to do where it cannot be opened."""

    engine: sa.Engine
    shown: str
    fix: str

    @classmethod
    def at(cls, url: str | Path) -> "Database":
        """The database at an address or path. Raises LedgerError E-LED-09 where its driver is missing or the address is none."""
        address = filled(str(url))
        if not is_address(address):
            address = f"sqlite:///{Path(url)}"
        try:
            found = sa.make_url(address)
        except (sa.exc.ArgumentError, ValueError) as error:
            raise LedgerError("E-LED-09", "that is no address of a database", where=_hidden(address)) from error
        if found.drivername in ("postgresql", "postgres"):
            found = found.set(drivername="postgresql+psycopg")
        try:
            if found.drivername.startswith("sqlite"):
                engine = sa.create_engine(found)
                sa.event.listen(engine, "connect", _sqlite_settings)
                fix = "Another program may hold it, or the file is no ledger. Move it away to begin a new one."
            else:
                engine = sa.create_engine(found, connect_args={"options": _options(found)}, pool_pre_ping=True, pool_size=10, max_overflow=20)  # fmt: skip
                fix = "Is the server there, and do name and password hold? The database must exist: createdb NAME."
        except (sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
            fix = "PostgreSQL needs its driver: pip install 'condotta[postgres]'."
            raise LedgerError(
                "E-LED-09", f"no driver for {found.drivername}", where=_hidden(address), fix=fix
            ) from error
        return cls(engine, found.render_as_string(hide_password=True).replace("+psycopg", ""), fix)

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """A connection that sees one moment of the ledger, whatever others write meanwhile."""
        with self.engine.connect() as db:
            if self.engine.dialect.name == "sqlite":
                db.exec_driver_sql("BEGIN")
            else:
                db.execution_options(isolation_level="REPEATABLE READ")
            yield db

    def hold(self, db: sa.Connection) -> None:
        """Hold the ledger for writing until the transaction ends."""
        if self.engine.dialect.name == "sqlite":  # its driver begins no transaction for what changes tables
            db.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            db.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def is_address(where: str | Path) -> bool:
    """Whether this is an address, no path."""
    return isinstance(where, str) and "://" in where


def filled(address: str) -> str:
    """An address with ${NAME} filled in from the environment, so that no password need lie in a file. Raises ValueError."""

    def value(found: "re.Match[str]") -> str:
        if found[1] not in os.environ:
            raise LedgerError(
                "E-LED-09", f"the address speaks of ${{{found[1]}}}, which is not set", where=_hidden(address)
            )
        return os.environ[found[1]]

    return re.sub(r"\$\{(\w+)\}", value, address)


def _options(url: sa.URL) -> str:
    """Times are UTC in every connection, whatever the server thinks."""
    given = url.query.get("options", "")
    return f"{given if isinstance(given, str) else ' '.join(given)} -c timezone=UTC".strip()


def _hidden(address: str) -> str:
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", address)


def _sqlite_settings(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=10000")
    for attempt in range(100):
        try:
            cursor.execute(
                "PRAGMA journal_mode=WAL"
            )  # does not wait by itself where another process does the same to a new file
            break
        except Exception:
            if attempt == 99:
                raise
            time.sleep(0.1)
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
