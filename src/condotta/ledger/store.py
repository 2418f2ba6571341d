"""The ledger on a database: one SQLite file in WAL mode beside the case, or PostgreSQL for a team.

Every method is one transaction: a process killed at any moment leaves a ledger that opens, and `unread` says what
is left to read. Claims are never deleted and judgements never changed. Who writes waits for the others who do, on both
databases: the log of what was done (log.py) has one end. Nobody waits to read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from condotta.errors import LedgerError
from condotta.ledger import tables as t
from condotta.ledger.databases import Database
from condotta.ledger.judging import (
    LONGEST,
    TAKEN_BACK,
    VERDICTS,
    as_judged,
    columns,
    corrected,
    judgement_of,
    sound,
    standing,
    utc,
)
from condotta.ledger.log import adopt, links_seal, note, private_seal, sealed
from condotta.ledger.originals import store_of
from condotta.ledger.tallies import tallied
from condotta.records import Claim, Document, Judgement, claim_from_json, claim_json, named


class Ledger:
    """The store at `url` (postgresql://..., another address that SQLAlchemy knows, or the path of an SQLite file). Raises LedgerError
    E-LED-01 where it cannot be opened, E-LED-02 for one of a newer version, E-LED-09 without PostgreSQL's driver."""

    def __init__(self, url: str | Path) -> None:
        self.database = Database.at(url)
        self.url, self.engine = self.database.shown, self.database.engine
        self._originals = store_of(self.engine)
        try:
            self._migrate()
        except sa.exc.DatabaseError as error:
            self.close()
            raise LedgerError(
                "E-LED-01", f"cannot be opened: {error.orig}", where=self.url, fix=self.database.fix
            ) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that holds the ledger for writing: others who write wait for its end."""
        with self.engine.begin() as db:
            self.database.hold(db)
            yield db

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.migration import MigrationContext
        from alembic.script import ScriptDirectory

        with as_file(files("condotta").joinpath("ledger", "migrations")) as folder:
            config = Config()
            config.set_main_option("script_location", str(folder))
            script = ScriptDirectory.from_config(config)
            with self.engine.connect() as connection:
                at = MigrationContext.configure(connection).get_current_revision()
            if at == script.get_current_head():
                return
            if at is not None and at not in {r.revision for r in script.walk_revisions()}:
                raise LedgerError(
                    "E-LED-02", f"made by a newer version (revision {at})", where=self.url, fix="Update condotta."
                )
            with self.writing() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                lite = self.engine.dialect.name == "sqlite"  # elsewhere there were no originals before this
                adopt(connection, set(self.originals()) if lite else ())

    # documents ------------------------------------------------------------------------------------------------

    def add_document(
        self, document: Document, links: Iterable[tuple[str, str, float]] = (), data: bytes | None = None, by: str = "condotta"
    ) -> bool:  # fmt: skip
        """Keep a document, its bytes as received and its near duplicates; False when the same bytes are there already."""
        same = sa.select(t.documents.c.id).where(t.documents.c.sha256 == document.sha256)
        with self.engine.connect() as db:
            if db.scalar(same):
                return False  # and bytes that were erased stay so
        if data is not None:
            self._originals.put(document.sha256, data)
        with self.writing() as db:
            if db.scalar(same):
                return False
            db.execute(t.documents.insert().values(**asdict(document)))
            rows = [{"document": document.id, "other": o, "kind": k, "shared": s} for o, k, s in links]
            if rows:
                db.execute(t.links.insert(), rows)
            seals = sealed(db, "document", [document.id]) | {f"links {document.id}": links_seal(db, document.id)}
            about = {"sha256": document.sha256, "size": document.size, "original": data is not None}
            note(db, "received", document.id, by, {**about, "seals": seals})
        return True

    def original(self, sha256: str) -> bytes | None:
        """A document's bytes as received; None where they were not kept, or erased."""
        return self._originals.get(sha256)

    def originals(self) -> Iterator[str]:
        """The hash of every original that is kept."""
        return self._originals.all()

    def keep_original(self, sha256: str, data: bytes) -> None:
        """Keep bytes by their hash."""
        self._originals.put(sha256, data)

    def has_other(self, id: str, sha256: str) -> bool:
        """Whether the id is taken by a document with other bytes."""
        query = sa.select(t.documents.c.id).where(t.documents.c.id == id, t.documents.c.sha256 != sha256)
        with self.engine.connect() as db:
            return db.scalar(query) is not None

    def documents(self) -> Iterator[Document]:
        """Every document, oldest publication first."""
        with self.engine.connect() as db:
            for row in db.execute(
                sa.select(t.documents).order_by(t.documents.c.published.nulls_first(), t.documents.c.id)
            ).mappings():
                yield _document(row)

    def document(self, id: str) -> Document:
        """One document. Raises LedgerError E-LED-03."""
        with self.engine.connect() as db:
            row = db.execute(sa.select(t.documents).where(t.documents.c.id == id)).mappings().first()
        if row is None:
            raise LedgerError("E-LED-03", f"no document {id!r}", where=self.url)
        return _document(row)

    def document_ids(self) -> list[str]:
        """The id of every document."""
        with self.engine.connect() as db:
            return list(db.scalars(sa.select(t.documents.c.id)))

    def links(self) -> list[tuple[str, str, str]]:
        """(document, other, "copy" or "update") for every pair of near duplicates."""
        with self.engine.connect() as db:
            return [(r.document, r.other, r.kind) for r in db.execute(sa.select(t.links).order_by(t.links.c.document))]

    def erase_original(self, sha256: str) -> None:
        """Forget a document's bytes as received; its hash stays."""
        self._originals.drop(sha256)

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
            .order_by(t.documents.c.published.nulls_first(), t.documents.c.id)
        )
        with self.engine.connect() as db:
            return list(db.scalars(query))

    def save_reading(
        self, document: str, reader: str, found: Iterable[Claim], private: Sequence[tuple[int, int]] | None = ()
    ) -> int:
        """Make `found` the document's current claims, in one transaction; earlier ones are kept as superseded, claims that a
        person added stay. `private` : offsets of private persons' names in the text, None where
        they were not looked for."""
        claims, now = {c.id: c for c in found}, datetime.now(UTC)
        mine = t.claims.c.document == document
        with self.writing() as db, tallied(db, mine):
            replaced = (mine, t.claims.c.superseded.is_(None), t.claims.c.added.is_(False))
            db.execute(t.claims.update().where(*replaced).values(superseded=now))
            known = set(db.scalars(sa.select(t.claims.c.id).where(mine)))
            judged = self._judgements_of(db, known & set(claims))
            for id in sorted(known & set(claims)):
                db.execute(t.claims.update().where(t.claims.c.id == id).values(**columns(claims[id], judged[id])))
            rows = [columns(c) for i, c in claims.items() if i not in known]
            if rows:
                db.execute(t.claims.insert(), rows)
            db.execute(t.readings.delete().where(t.readings.c.document == document))
            names = None if private is None else [list(span) for span in private]
            db.execute(
                t.readings.insert().values(document=document, reader=reader, at=now, claims=len(claims), private=names)
            )
            about = {"reader": reader, "current": sorted(claims), "private": private_seal(db, document)}
            note(db, "read", document, "condotta", {**about, "seals": sealed(db, "claim", claims)})
        return len(claims)

    def private_names(self, document: str) -> list[tuple[int, int]]:
        """Offsets of private persons' names in a document's text, as the reader found them."""
        with self.engine.connect() as db:
            found = db.scalar(sa.select(t.readings.c.private).where(t.readings.c.document == document))
        return [(a, b) for a, b in found or []]

    # claims and judgements ------------------------------------------------------------------------------------

    def claims(self, **facets: str | None) -> list[Claim]:
        """The current claims as judged (corrections applied, rejected ones left out), in order of report and place.

        `facets`: document, kind, measure, group, origin: only claims that have this value.
        """
        c = t.claims.c
        wanted = [c[k] == v[:LONGEST] for k, v in facets.items() if v is not None]
        query = sa.select(c.body, c.judged).where(c.superseded.is_(None), c.status != "rejected", *wanted)
        with self.engine.connect() as db:
            rows = db.execute(query.order_by(c.reported.nulls_first(), c.document, c.start, c.id)).all()
        return [claim_from_json(r.judged or r.body) for r in rows]

    def add_claim(self, claim: Claim, by: str) -> Claim:
        """Keep a claim that a person found; reading the document again leaves it. Raises LedgerError E-LED-03, E-LED-06."""
        text = self.document(claim.document).text
        try:
            sound(claim)
            if not (0 <= claim.start < claim.end <= len(text)):
                raise ValueError("its words do not lie in the text")
        except (TypeError, ValueError) as error:
            raise LedgerError("E-LED-06", f"that makes no claim: {error}") from error
        made = _added(replace(claim, quote=text[claim.start : claim.end], by=f"added by {by}", confidence=1.0))
        with self.writing() as db, tallied(db, t.claims.c.id == made.id):
            if db.scalar(sa.select(t.claims.c.id).where(t.claims.c.id == made.id)) is None:
                db.execute(t.claims.insert().values(**columns(made), added=True))
                note(db, "added", made.id, by, {"document": made.document, "seals": sealed(db, "claim", [made.id])})
        return made

    def table_rows(self, document: str | None = None) -> set[str]:
        """The rows of spreadsheets that were taken in, whatever was judged of them since."""
        where = [t.claims.c.document == document] if document else []
        query = sa.select(t.claims.c.body).where(t.claims.c.superseded.is_(None), *where)
        with self.engine.connect() as db:
            return {body["quote"] for body in db.scalars(query) if body["by"].startswith("table")}

    def judge(
        self, claim: str, verdict: str, by: str, why: str, change: Mapping[str, Any] | None = None, seen: int | None = None
    ) -> Judgement:  # fmt: skip
        """Add a judgement. `seen`: the revision that the judge saw. Raises LedgerError E-LED-04 for an unknown claim, E-LED-05 for
        an unknown verdict, E-LED-06 for a correction that makes no claim, E-LED-07 where somebody judged it meanwhile."""
        return self.judge_all([(claim, seen)], verdict, by, why, change)[0]

    def judge_all(self, claims: Iterable[tuple[str, int | None]], verdict: str, by: str, why: str, change: Mapping[str, Any] | None = None) -> list[Judgement]:  # fmt: skip
        """The same judgement on several claims, (id, revision seen) each: all of them or, where one fails, none."""
        if verdict not in VERDICTS:
            raise LedgerError("E-LED-05", f"no verdict is called {verdict!r}", fix=f"One of: {', '.join(VERDICTS)}.")
        with self.writing() as db:
            made = dict(change) if change else None
            return [self._add_judgement(db, id, verdict, by, why, made, seen) for id, seen in claims]

    def take_back(self, number: int, by: str, why: str) -> Judgement:
        """Undo a judgement by another one that says so. Raises LedgerError E-LED-08 where there is none to take back."""
        held = t.judgements.c.number == number
        with self.writing() as db:
            found = db.execute(sa.select(t.judgements).where(held)).mappings().first()
            if found is None or found["verdict"] == TAKEN_BACK:
                raise LedgerError("E-LED-08", f"no judgement {number} can be taken back", where=self.url)
            mine = self._judgements_of(db, {found["claim"]})[found["claim"]]
            if number in {(j.change or {}).get("judgement") for j in mine if j.verdict == TAKEN_BACK}:
                raise LedgerError("E-LED-08", f"judgement {number} is taken back already", where=self.url)
            return self._add_judgement(db, found["claim"], TAKEN_BACK, by, why, {"judgement": number}, None)

    def _add_judgement(
        self, db: sa.Connection, claim: str, verdict: str, by: str, why: str, change: dict[str, Any] | None, seen: int | None
    ) -> Judgement:  # fmt: skip
        c, now = t.claims.c, datetime.now(UTC)
        expected = [c.revision == seen] if seen is not None else []
        touched = db.execute(t.claims.update().where(c.id == claim, *expected).values(revision=c.revision + 1))
        row = db.execute(sa.select(c.body, c.superseded).where(c.id == claim)).first()
        if row is None:
            raise LedgerError("E-LED-04", f"no claim {claim!r}", where=self.url)
        mine = self._judgements_of(db, {claim})[claim]
        if touched.rowcount == 0:
            last = f"{mine[-1].by}: {mine[-1].verdict}, {mine[-1].why}" if mine else "it was read again"
            fix = "Look at the claim as it stands now, then judge again."
            raise LedgerError("E-LED-07", f"claim {claim!r} was judged meanwhile ({last})", fix=fix)
        if verdict != TAKEN_BACK:
            corrected(claim_json(as_judged(claim_from_json(row.body), standing(mine))), change or {})
        values = {"claim": claim, "verdict": verdict, "by": by, "at": now, "why": why, "change": change}
        number = db.execute(t.judgements.insert().values(**values)).inserted_primary_key
        made = Judgement(claim, verdict, by, now, why, change, number[0] if number else 0)
        fresh = columns(claim_from_json(row.body), [*mine, made]) | {"superseded": row.superseded}
        with tallied(db, c.id == claim):
            db.execute(t.claims.update().where(c.id == claim).values(**fresh))
        note(db, "judged", claim, by, {"verdict": verdict, "seals": sealed(db, "judgement", [made.number])})
        return made

    def judgements(self) -> list[Judgement]:
        """Every judgement, oldest first."""
        with self.engine.connect() as db:
            rows = db.execute(sa.select(t.judgements).order_by(t.judgements.c.number)).mappings().all()
        return [judgement_of(r) for r in rows]

    def judgements_of(self, claim: str) -> list[Judgement]:
        """The judgements on one claim, oldest first."""
        with self.engine.connect() as db:
            return self._judgements_of(db, {claim})[claim]

    def judgements_among(self, claims: set[str]) -> Mapping[str, list[Judgement]]:
        """Claim -> its judgements, oldest first, of some claims."""
        with self.engine.connect() as db:
            return self._judgements_of(db, claims)

    def _judgements_of(self, db: sa.Connection, claims: set[str]) -> defaultdict[str, list[Judgement]]:
        found: defaultdict[str, list[Judgement]] = defaultdict(list)
        wanted = sorted(claims)
        for first in range(0, len(wanted), 5000):
            among = t.judgements.c.claim.in_(wanted[first : first + 5000])
            for row in db.execute(sa.select(t.judgements).where(among).order_by(t.judgements.c.number)).mappings():
                found[row["claim"]].append(judgement_of(row))
        return found

    # sources and runs -----------------------------------------------------------------------------------------

    def set_grade(self, source: str, grade: str, kind: str, interest: str | None, by: str, why: str) -> None:
        """Record a source's grade, unless it is the one that already holds."""
        if self.grades().get(source) == grade:
            return
        values = {"source": source, "grade": grade, "kind": kind, "interest": interest, "by": by, "why": why}
        with self.writing() as db:
            number = db.execute(t.grades.insert().values(**values, at=datetime.now(UTC))).inserted_primary_key
            assert number is not None
            note(db, "graded", source, by, {"grade": grade, "seals": sealed(db, "grade", [number[0]])})

    def grade_history(self) -> list[dict[str, Any]]:
        """Every grade that was set: source, grade, kind, interest, at, by, why; oldest first."""
        with self.engine.connect() as db:
            rows = db.execute(sa.select(t.grades).order_by(t.grades.c.number)).mappings().all()
        return [dict(r) | {"at": utc(r["at"])} for r in rows]

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
        with self.writing() as db:
            db.execute(t.runs.delete().where(t.runs.c.id == id))
            row = {
                "id": id,
                "verb": verb,
                "version": version,
                "seed": seed,
                "parameters": dict(parameters),
                "result": result,
            }
            db.execute(t.runs.insert().values(**row, at=datetime.now(UTC)))
            if verb != "visit":
                note(db, "ran", id, "condotta", {"verb": verb, "seals": sealed(db, "run", [id])})

    # the case -------------------------------------------------------------------------------------------------

    def keep_case(self, text: str, by: str = "condotta") -> bool:
        """Keep case.yaml as it is now, unless it is what was kept last."""
        if self.case_text() == text:
            return False
        with self.writing() as db:
            note(db, "case", "case.yaml", by, {"text": text})
        return True

    def case_text(self) -> str | None:
        """case.yaml as it was kept last; None where it never was."""
        kept = t.log.c.what == "case"
        query = sa.select(t.log.c.detail).where(kept).order_by(t.log.c.number.desc()).limit(1)
        with self.engine.connect() as db:
            detail = db.scalar(query)
        return str(detail["text"]) if detail else None


def _added(claim: Claim) -> Claim:
    """A claim added by hand with its id: unlike what a reader finds, it is another one when its date or its source is."""
    more = repr((claim.period, claim.chain, claim.group, claim.amount))
    return replace(claim, id="C" + sha256((named(claim).id + more).encode()).hexdigest()[:16])


def _document(row: Mapping[Any, Any]) -> Document:
    received = row["received"]
    return Document(**(dict(row) | {"received": utc(received) if received else None}))
