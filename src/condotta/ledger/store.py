"""The ledger on a database that SQLAlchemy speaks; here one SQLite file in WAL mode beside the case.

Every method is one transaction: a process killed at any moment leaves a ledger that opens, and `unread` says what
is left to read. Claims are never deleted and judgements never changed.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from condotta.errors import LedgerError, near_misses
from condotta.ledger import tables as t
from condotta.records import Claim, Document, Judgement, claim_from_json, claim_json
from condotta.vocabulary import ASPECTS, KINDS, STANCES

VERDICTS = ("accepted", "corrected", "rejected")


class Ledger:
    """The store at `url` (an SQLAlchemy address, or the path of an SQLite file). Raises LedgerError E-LED-01, -02."""

    def __init__(self, url: str | Path) -> None:
        self.url = url if isinstance(url, str) and "://" in url else f"sqlite:///{Path(url)}"
        self.engine = sa.create_engine(self.url)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _sqlite_settings)
        try:
            self._migrate()
        except sa.exc.DatabaseError as error:
            fix = "Another program may hold it, or the file is no ledger. Move it away to begin a new one."
            raise LedgerError("E-LED-01", f"cannot be opened: {error.orig}", where=self.url, fix=fix) from error

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.migration import MigrationContext
        from alembic.script import ScriptDirectory

        with as_file(files("condotta").joinpath("ledger", "migrations")) as folder, self.engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(folder))
            at = MigrationContext.configure(connection).get_current_revision()
            script = ScriptDirectory.from_config(config)
            if at is not None and at not in {r.revision for r in script.walk_revisions()}:
                raise LedgerError(
                    "E-LED-02", f"made by a newer version (revision {at})", where=self.url, fix="Update condotta."
                )
            if at != script.get_current_head():
                config.attributes["connection"] = connection
                command.upgrade(config, "head")

    # documents ------------------------------------------------------------------------------------------------

    def add_document(self, document: Document, links: Iterable[tuple[str, str, float]] = ()) -> bool:
        """Keep a document and its near duplicates; False when the same bytes are there already."""
        with self.engine.begin() as db:
            if db.scalar(sa.select(t.documents.c.id).where(t.documents.c.sha256 == document.sha256)):
                return False
            db.execute(t.documents.insert().values(**asdict(document)))
            rows = [{"document": document.id, "other": o, "kind": k, "shared": s} for o, k, s in links]
            if rows:
                db.execute(t.links.insert(), rows)
        return True

    def has_other(self, id: str, sha256: str) -> bool:
        """Whether the id is taken by a document with other bytes."""
        query = sa.select(t.documents.c.id).where(t.documents.c.id == id, t.documents.c.sha256 != sha256)
        with self.engine.connect() as db:
            return db.scalar(query) is not None

    def documents(self) -> Iterator[Document]:
        """Every document, oldest publication first."""
        with self.engine.connect() as db:
            for row in db.execute(
                sa.select(t.documents).order_by(t.documents.c.published, t.documents.c.id)
            ).mappings():
                yield _document(row)

    def document(self, id: str) -> Document:
        """One document. Raises LedgerError E-LED-03."""
        with self.engine.connect() as db:
            row = db.execute(sa.select(t.documents).where(t.documents.c.id == id)).mappings().first()
        if row is None:
            raise LedgerError("E-LED-03", f"no document {id!r}", where=self.url)
        return _document(row)

    def links(self) -> list[tuple[str, str, str]]:
        """(document, other, "copy" or "update") for every pair of near duplicates."""
        with self.engine.connect() as db:
            return [(r.document, r.other, r.kind) for r in db.execute(sa.select(t.links).order_by(t.links.c.document))]

    # reading --------------------------------------------------------------------------------------------------

    def unread(self, reader: str) -> list[str]:
        """Ids of the documents that this version of the reader has not read; tables are for readers called "table ..."."""
        mine = t.readings.c.reader == reader
        done = sa.select(t.readings.c.document).where(
            mine if reader.startswith("table") else mine | t.readings.c.reader.like("table%")
        )
        query = (
            sa.select(t.documents.c.id)
            .where(t.documents.c.id.not_in(done))
            .order_by(t.documents.c.published, t.documents.c.id)
        )
        with self.engine.connect() as db:
            return list(db.scalars(query))

    def save_reading(self, document: str, reader: str, found: Iterable[Claim]) -> int:
        """Make `found` the document's current claims, in one transaction; earlier ones are kept as superseded."""
        claims, now = {c.id: c for c in found}, datetime.now(UTC)
        with self.engine.begin() as db:
            mine = t.claims.c.document == document
            db.execute(t.claims.update().where(mine, t.claims.c.superseded.is_(None)).values(superseded=now))
            known = set(db.scalars(sa.select(t.claims.c.id).where(mine)))
            for id in sorted(known & set(claims)):
                row = _claim_row(claims[id])
                db.execute(t.claims.update().where(t.claims.c.id == id).values(**row))
            rows = [_claim_row(c) for i, c in claims.items() if i not in known]
            if rows:
                db.execute(t.claims.insert(), rows)
            db.execute(t.readings.delete().where(t.readings.c.document == document))
            db.execute(t.readings.insert().values(document=document, reader=reader, at=now, claims=len(claims)))
        return len(claims)

    # claims and judgements ------------------------------------------------------------------------------------

    def claims(self, **facets: str | None) -> list[Claim]:
        """The current claims as judged (corrections applied, rejected ones left out), in order of report and place.

        `facets`: document, kind, measure, group, origin: only claims that have this value.
        """
        query = sa.select(t.claims.c.id, t.claims.c.body).where(t.claims.c.superseded.is_(None))
        query = query.order_by(t.claims.c.reported, t.claims.c.document, t.claims.c.start, t.claims.c.id)
        with self.engine.connect() as db:
            rows = db.execute(query).all()
        judged = self._latest_judgements()
        found = [_judged(claim_from_json(r.body), judged.get(r.id)) for r in rows]
        wanted = {k: v for k, v in facets.items() if v is not None}
        return [c for c in found if c is not None and all(getattr(c, k) == v for k, v in wanted.items())]

    def judge(self, claim: str, verdict: str, by: str, why: str, change: Mapping[str, Any] | None = None) -> Judgement:
        """Add a judgement. Raises LedgerError E-LED-04 for an unknown claim, E-LED-05 for an unknown verdict."""
        if verdict not in VERDICTS:
            raise LedgerError("E-LED-05", f"no verdict is called {verdict!r}", fix=f"One of: {', '.join(VERDICTS)}.")
        now = datetime.now(UTC)
        with self.engine.begin() as db:
            body = db.scalar(sa.select(t.claims.c.body).where(t.claims.c.id == claim))
            if body is None:
                raise LedgerError("E-LED-04", f"no claim {claim!r}", where=self.url)
            _corrected(body, change or {})
            db.execute(
                t.judgements.insert().values(claim=claim, verdict=verdict, by=by, at=now, why=why, change=change)
            )
        return Judgement(claim, verdict, by, now, why, change)

    def judgements(self) -> list[Judgement]:
        """Every judgement, oldest first."""
        with self.engine.connect() as db:
            rows = db.execute(sa.select(t.judgements).order_by(t.judgements.c.number)).mappings().all()
        return [Judgement(r["claim"], r["verdict"], r["by"], _utc(r["at"]), r["why"], r["change"]) for r in rows]

    def _latest_judgements(self) -> dict[str, Judgement]:
        return {j.claim: j for j in self.judgements()}

    # sources and runs -----------------------------------------------------------------------------------------

    def set_grade(self, source: str, grade: str, kind: str, interest: str | None, by: str, why: str) -> None:
        """Record a source's grade, unless it is the one that already holds."""
        if self.grades().get(source) == grade:
            return
        now = datetime.now(UTC)
        with self.engine.begin() as db:
            db.execute(
                t.grades.insert().values(
                    source=source, grade=grade, kind=kind, interest=interest, at=now, by=by, why=why
                )
            )

    def grades(self) -> dict[str, str]:
        """The grade that holds for each source now."""
        with self.engine.connect() as db:
            rows = db.execute(sa.select(t.grades.c.source, t.grades.c.grade).order_by(t.grades.c.number)).all()
        return {r.source: r.grade for r in rows}

    def saved_run(self, id: str) -> Any:
        """What `save_run` kept as the result of a question; None where it was never asked."""
        with self.engine.connect() as db:
            return db.execute(sa.select(t.runs.c.result).where(t.runs.c.id == id)).scalar()

    def save_run(
        self, id: str, verb: str, version: str, seed: int | None, parameters: Mapping[str, Any], result: Any
    ) -> None:
        """Keep what a verb was asked and what came out; the same id replaces an earlier run of the same question."""
        with self.engine.begin() as db:
            db.execute(t.runs.delete().where(t.runs.c.id == id))
            db.execute(
                t.runs.insert().values(
                    id=id,
                    verb=verb,
                    version=version,
                    at=datetime.now(UTC),
                    seed=seed,
                    parameters=dict(parameters),
                    result=result,
                )
            )

    def run(self, id: str) -> Any | None:
        """The result of a run, or None."""
        with self.engine.connect() as db:
            return db.scalar(sa.select(t.runs.c.result).where(t.runs.c.id == id))


def _sqlite_settings(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _document(row: Mapping[Any, Any]) -> Document:
    received = row["received"]
    return Document(**(dict(row) | {"received": _utc(received) if received else None}))


def _utc(at: datetime) -> datetime:
    """SQLite forgets the zone; every time in the ledger is UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _claim_row(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id, "document": claim.document, "kind": claim.kind, "measure": claim.measure, "group": claim.group,
        "origin": claim.origin, "reported": claim.reported, "start": claim.start, "body": claim_json(claim), "superseded": None,
    }  # fmt: skip


def _corrected(body: Mapping[str, Any], change: Mapping[str, Any]) -> Claim:
    """The claim with a correction applied. Raises LedgerError E-LED-06 when that makes no claim."""
    unknown = [k for k in change if k not in body]
    if unknown:
        near = near_misses(unknown[0], body)
        raise LedgerError("E-LED-06", f"a claim has no field {unknown[0]!r}", near=near)
    try:
        claim = claim_from_json(dict(body) | dict(change))
        _sound(claim)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise LedgerError("E-LED-06", f"the correction makes no claim: {error}") from error
    return claim


def _sound(claim: Claim) -> None:
    """Raise ValueError where a field has a value that no reader gives."""
    amount = claim.amount
    if claim.kind not in KINDS or claim.stance not in STANCES or claim.aspect not in (None, *ASPECTS):
        raise ValueError("kind, stance or aspect is not a known one")
    if amount:
        ends = [v for v in (amount.low, amount.high) if v is not None]
        if not all(isinstance(v, int | float) and math.isfinite(v) and v >= 0 for v in ends):
            raise ValueError("low and high are numbers, none of them negative")
        if not ends or (len(ends) == 2 and ends[0] > ends[1]):
            raise ValueError("a figure has one end at least, and low is not above high")
    texts = (claim.measure, claim.group, claim.place, *claim.chain)
    if not all(t is None or isinstance(t, str) for t in texts) or any(len(n) == 1 for n in claim.chain):
        raise ValueError("measure, group and place are texts, chain is a list of them")


def _judged(claim: Claim, judgement: Judgement | None) -> Claim | None:
    if judgement is None:
        return claim
    if judgement.verdict == "rejected":
        return None
    if judgement.verdict == "corrected" and judgement.change:
        return replace(_corrected(claim_json(claim), judgement.change), by=f"corrected by {judgement.by}", id=claim.id)
    return replace(claim, by=f"{claim.by}, accepted by {judgement.by}")
