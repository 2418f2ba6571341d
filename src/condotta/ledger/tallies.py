"""Counts of current claims by their facets, kept with every write: ten million are counted by reading a few thousand rows.

A row for each combination that occurs, with "" where a claim has none. There are many origins, so beside these rows stand some with a sign for "all" (no text has it):
over all origins; for each origin alone; and for each origin with one other facet.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from condotta.ledger import tables as t

ALL = "\x1e"
"""In place of a value: all of them."""
_REST = t.FACETS[:-1]


@contextmanager
def tallied(db: sa.Connection, *where: Any) -> Iterator[None]:
    """Whatever changes inside among the claims of `where` is counted."""
    before = _counted(db, *where)
    yield
    _move(db, before, _counted(db, *where))


def recount(db: sa.Connection) -> None:
    """Count all claims again."""
    db.execute(t.tallies.delete())
    rows = [_row(facets, number) for facets, number in _counted(db).items()]
    if rows:
        db.execute(t.tallies.insert(), rows)


def differences(db: sa.Connection) -> list[str]:
    """What the counts kept say that is not so, in words."""
    columns = [t.tallies.c[name] for name in t.FACETS]
    kept = Counter({tuple(r[:-1]): r[-1] for r in db.execute(sa.select(*columns, t.tallies.c.claims))})
    held = _counted(db)
    return [
        f"{', '.join(v or 'none' for v in k)}: {kept[k]} kept, {held[k]} there"
        for k in kept | held
        if kept[k] != held[k]
    ]


def _counted(db: sa.Connection, *where: Any) -> Counter[tuple[str, ...]]:
    columns = [t.claims.c[name] for name in t.FACETS]
    found: Counter[tuple[str, ...]] = Counter()
    for row in db.execute(sa.select(*columns, sa.func.count()).where(t.CURRENT, *where).group_by(*columns)):
        for facets in _levels(tuple((value or "").replace(ALL, " ") for value in row[:-1])):
            found[facets] += row[-1]
    return found


def _levels(facets: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    *rest, origin = facets
    yield facets
    yield (*rest, ALL)
    yield (*[ALL] * len(rest), origin)
    for k, value in enumerate(rest):
        yield (*[ALL] * k, value, *[ALL] * (len(rest) - k - 1), origin)


def rows_for(given: Mapping[str, str], wanted: str | None = None) -> list[Any]:
    """Which rows to add up: for the claims with the values `given`, by the facet `wanted` (None: all together)."""
    tally = t.tallies.c
    where: list[Any] = [tally[k] == v for k, v in given.items()]
    if wanted != "origin" and "origin" not in given:
        return [*where, tally.origin == ALL]
    where += [] if "origin" in given else [tally.origin != ALL]
    needed = {*given, wanted} - {"origin", None}
    if len(needed) > 1:
        return [*where, tally.status != ALL, tally.kind != ALL]
    return where + [tally[n] != ALL if n in needed else tally[n] == ALL for n in _REST]


def _move(db: sa.Connection, before: Counter[tuple[str, ...]], after: Counter[tuple[str, ...]]) -> None:
    fresh = []
    for facets in before | after:
        step, key = after[facets] - before[facets], _key(facets)
        if step:
            held = t.tallies.c.key == key
            if not db.execute(t.tallies.update().where(held).values(claims=t.tallies.c.claims + step)).rowcount:
                fresh.append(_row(facets, step))
    if fresh:
        db.execute(t.tallies.insert(), fresh)
    gone = [_key(facets) for facets in before if not after[facets]]
    if gone:
        db.execute(t.tallies.delete().where(t.tallies.c.key == sa.bindparam("gone"), t.tallies.c.claims <= 0), [{"gone": k} for k in gone])  # fmt: skip


def _row(facets: tuple[str, ...], number: int) -> dict[str, Any]:
    return dict(zip(t.FACETS, facets, strict=True)) | {"key": _key(facets), "claims": number}


def _key(facets: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(facets).encode()).hexdigest()[:32]
