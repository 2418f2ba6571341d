"""A whole ledger into an empty one on another database, proved row by row."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from condotta.errors import LedgerError
from condotta.ledger import tables as t
from condotta.ledger.log import note, seal
from condotta.ledger.store import Ledger

_BATCH = 2000
_LEFT = {t.sessions, t.originals}  # who is logged in is no matter of the case; originals go by their own store


@dataclass(frozen=True, slots=True)
class Copied:
    """A table, how many rows it has, and the SHA-256 over all of them in the order of their keys."""

    table: str
    rows: int
    sha256: str


def copy(source: Ledger, target: Ledger, progress: Callable[[int, int, str], None]) -> list[Copied]:
    """Every row and every original of `source` into `target`; what came out, proved equal. Raises LedgerError E-LED-10 where `target` is
    not empty, E-LED-11 where the copy differs (nothing is left of it then)."""
    tables = [table for table in t.metadata.sorted_tables if table not in _LEFT]
    done = []
    for sha in source.originals():
        data = source.original(sha)
        if data is not None:
            target.keep_original(sha, data)
    with source.database.snapshot() as taken, target.writing() as db:
        if db.scalar(sa.select(sa.func.count()).select_from(t.log)):
            fix = "Copy into a new folder or a new database."
            raise LedgerError("E-LED-10", "there is something in it already", where=target.url, fix=fix)
        for number, table in enumerate(tables):
            progress(number, len(tables), table.name)
            for rows in _batches(taken, table):
                db.execute(table.insert(), rows)
            _continue_numbers(db, table)
            made, held = digest(db, table), digest(taken, table)
            if made != held:
                what = f"{table.name}: {held.rows} rows became {made.rows}, or one of them changed"
                raise LedgerError("E-LED-11", what, where=target.url)
            done.append(made)
        done.append(_originals(source, target))
        note(db, "copied", source.url, "condotta", {"tables": {c.table: [c.rows, c.sha256] for c in done}})
    progress(len(tables), len(tables), "")
    return done


def digest(db: sa.Connection, table: sa.Table) -> Copied:
    """Number of rows and hash of a table: the same on every database."""
    found, number = hashlib.sha256(), 0
    for rows in _batches(db, table):
        for row in rows:
            found.update(seal({k: v.hex() if isinstance(v, bytes) else v for k, v in row.items()}).encode())
        number += len(rows)
    return Copied(table.name, number, found.hexdigest())


def _originals(source: Ledger, target: Ledger) -> Copied:
    found = hashlib.sha256()
    there, kept = list(source.originals()), set(target.originals())
    for sha in there:
        data = target.original(sha) if sha in kept else None
        if data != source.original(sha):
            raise LedgerError("E-LED-11", f"the original {sha} did not arrive as it was", where=target.url)
        found.update(sha.encode())
    return Copied("originals", len(there), found.hexdigest())


def _batches(db: sa.Connection, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
    query = sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_BATCH)
    with db.execute(query) as result:
        for part in result.mappings().partitions():
            yield [dict(row) for row in part]


def _continue_numbers(db: sa.Connection, table: sa.Table) -> None:
    """Let a table that numbers its rows by itself go on behind those copied."""
    column = table.autoincrement_column
    if db.dialect.name != "postgresql" or column is None or not isinstance(column.type, sa.Integer):
        return
    last = db.scalar(sa.select(sa.func.max(column)))
    if last is not None and column.autoincrement is True:
        sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
        db.execute(sa.select(sa.func.setval(sequence, last)))
