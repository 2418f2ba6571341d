"""The log of everything that was done to a case: each row carries a seal over itself and the seal before it.

A row's detail holds `seals`: "claim C0123..." -> SHA-256 of that row of the ledger as it was left (None: erased). Who alters a row of the
ledger must alter the log, and with it every seal that follows; a head of the log that was written down or stamped elsewhere shows it.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from condotta.ledger import tables as t
from condotta.ledger.judging import columns, judgement_of, utc
from condotta.ledger.tallies import differences
from condotta.records import Judgement, claim_from_json

if TYPE_CHECKING:
    from condotta.ledger.store import Ledger

_WATCHED: Mapping[str, tuple[sa.Table, str, tuple[str, ...]]] = {
    "document": (t.documents, "id", ()),
    "claim": (t.claims, "id", ("id", "document", "body", "added")),
    "judgement": (t.judgements, "number", ()),
    "grade": (t.grades, "number", ()),
    "run": (t.runs, "id", ()),
}
"""Name in the log -> table, key, the columns that are sealed (all, where none is named)."""
_LINKS = sa.select(t.links).order_by(t.links.c.document, t.links.c.other)
_VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the log. `seal`: SHA-256 over the seal before and everything else here, hexadecimal."""

    number: int
    at: datetime
    by: str
    what: str
    subject: str
    detail: Mapping[str, Any]
    seal: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the ledger that is not as the log says: the row or file, and what is wrong with it."""

    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """An authority's token (DER) for the seal of one row of the log."""

    number: int
    at: datetime
    authority: str
    token: bytes


def seal(row: Mapping[str, Any]) -> str:
    """SHA-256 of a row as JSON with sorted keys: the same on every database."""
    text = json.dumps(dict(row), sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def note(db: sa.Connection, what: str, subject: str, by: str, detail: Mapping[str, Any]) -> str:
    """Add a row to the log, inside of a transaction that holds the ledger for writing; its seal."""
    last, before = _last(db)
    row = {"number": last + 1, "at": datetime.now(UTC), "by": by, "what": what, "subject": subject, "detail": dict(detail)}  # fmt: skip
    made = seal({"before": before, **row})
    db.execute(t.log.insert().values(**row, seal=made))
    return made


def sealed(db: sa.Connection, kind: str, keys: Iterable[Any]) -> dict[str, str]:
    """ "kind key" -> seal, of some rows as they are now."""
    table, key, names = _WATCHED[kind]
    wanted, found = list(keys), {}
    for first in range(0, len(wanted), 500):
        for row in db.execute(sa.select(table).where(table.c[key].in_(wanted[first : first + 500]))).mappings():
            found[f"{kind} {row[key]}"] = _seal_of(row, names)
    return found


def adopt(db: sa.Connection, kept: Collection[str] = ()) -> None:
    """Begin the log of a ledger that was made without one; `kept`: the hashes of the originals that are there."""
    if db.scalar(sa.select(sa.func.count()).select_from(t.log)):
        return
    for id, sha in db.execute(sa.select(t.documents.c.id, t.documents.c.sha256).order_by(t.documents.c.id)).all():
        claims = db.scalars(sa.select(t.claims.c.id).where(t.claims.c.document == id)).all()
        now = db.scalars(sa.select(t.claims.c.id).where(t.claims.c.document == id, t.CURRENT)).all()
        seals = sealed(db, "document", [id]) | {f"links {id}": links_seal(db, id)} | sealed(db, "claim", claims)
        note(
            db,
            "adopted",
            id,
            "condotta",
            {"seals": seals, "current": sorted(now), "private": private_seal(db, id), "original": sha in kept},
        )
    for kind in ("judgement", "grade", "run"):
        table, key, _ = _WATCHED[kind]
        keys = db.scalars(sa.select(table.c[key])).all()
        if keys:
            seals = {k: v for k, v in sealed(db, kind, keys).items() if not k.startswith(f"run {_VISIT} ")}
            note(db, "adopted", f"{kind}s", "condotta", {"seals": seals})


def links_seal(db: sa.Connection, document: str) -> str:
    """The seal of a document's near duplicates."""
    return _links_seal(db.execute(_LINKS.where(t.links.c.document == document)).mappings())


def _links_seal(rows: Iterable[Mapping[Any, Any]]) -> str:
    return seal({"links": [dict(r) for r in rows]})


def private_seal(db: sa.Connection, document: str) -> str:
    """The seal of where private names are in a document."""
    return _private_seal(db.scalar(sa.select(t.readings.c.private).where(t.readings.c.document == document)))


def _private_seal(spans: Any) -> str:
    return seal({"private": spans})


def entries(ledger: "Ledger", subject: str | None = None) -> Iterator[Entry]:
    """The log, oldest first; `subject`: only what was done to one document, claim or source."""
    with ledger.engine.connect() as db:
        yield from _entries(db, *([t.log.c.subject == subject] if subject else []))


def _entries(db: sa.Connection, *where: Any) -> Iterator[Entry]:
    query = sa.select(t.log).where(*where).order_by(t.log.c.number).execution_options(yield_per=1000)
    with db.execute(query) as result:
        for row in result.mappings():
            yield _entry(row)


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(**(dict(row) | {"at": utc(row["at"])}))


def newest(ledger: "Ledger", what: str | None, first: int, size: int) -> tuple[list[Entry], int]:
    """Rows of the log from the `first` on, newest first, and how many there are; `what`: only of this kind."""
    where = [t.log.c.what == what] if what else []
    query = sa.select(t.log).where(*where).order_by(t.log.c.number.desc()).limit(size).offset(first)
    with ledger.engine.connect() as db:
        found = [_entry(row) for row in db.execute(query).mappings()]
        count = db.scalar(sa.select(sa.func.count()).select_from(t.log).where(*where)) if where else _last(db)[0]
    return found, count or 0


def head(ledger: "Ledger") -> tuple[int, str]:
    """Number and seal of the newest row of the log; (0, "") of an empty one."""
    with ledger.engine.connect() as db:
        return _last(db)


def _last(db: sa.Connection) -> tuple[int, str]:
    row = db.execute(sa.select(t.log.c.number, t.log.c.seal).order_by(t.log.c.number.desc()).limit(1)).first()
    return (row.number, row.seal) if row else (0, "")


def holds(ledger: "Ledger", beginning: str) -> bool:
    """Whether a seal of the log begins like this; of fewer than 16 characters none does."""
    found = sa.select(t.log.c.number).where(t.log.c.seal.startswith(beginning.lower(), autoescape=True)).limit(1)
    with ledger.engine.connect() as db:
        return len(beginning) >= 16 and db.scalar(found) is not None


def seal_at(ledger: "Ledger", number: int) -> str | None:
    """The seal of a row of the log; None where it has no such row."""
    with ledger.engine.connect() as db:
        return db.scalar(sa.select(t.log.c.seal).where(t.log.c.number == number))


def keep_stamp(ledger: "Ledger", stamp: Stamp) -> None:
    """Keep an authority's token beside the log."""
    with ledger.writing() as db:
        db.execute(t.stamps.insert().values(**asdict(stamp)))


def stamps(ledger: "Ledger") -> list[Stamp]:
    """Every token kept, oldest first."""
    with ledger.engine.connect() as db:
        rows = db.execute(sa.select(t.stamps).order_by(t.stamps.c.number, t.stamps.c.at)).all()
    return [Stamp(r.number, utc(r.at), r.authority, bytes(r.token)) for r in rows]


def verify(ledger: "Ledger") -> Iterator[Fault]:
    """Every row or byte that is not as the log says: altered, added from outside, or gone; of one moment, whatever others write meanwhile."""
    with ledger.database.snapshot() as db:
        said = _Said()
        for fault in said.hear(_entries(db)):
            yield fault
            if not said.whole:
                return
        yield from _rows(db, said.seals)
        yield from _derived(db, said.current)
        private = {r.document: r.private for r in db.execute(sa.select(t.readings.c.document, t.readings.c.private))}
        for document, kept in said.private.items():
            if f"document {document}" in said.seals and _private_seal(private.get(document)) != kept:
                yield Fault(f"reading of {document}", "altered: where private names are")
        for words in differences(db):
            yield Fault("counts of claims", words)
        wanted = {r.sha256: r.id for r in db.execute(sa.select(t.documents.c.sha256, t.documents.c.id))}
    yield from _bytes(ledger, wanted, said.originals)


@dataclass(slots=True)
class _Said:
    """What the log says there should be: seals of rows, current claims and the seal of private names of a document, whose original is
    kept. `whole`: no row of the log is missing."""

    seals: dict[str, str | None] = field(default_factory=dict)
    current: dict[str, set[str]] = field(default_factory=dict)
    private: dict[str, str] = field(default_factory=dict)
    originals: dict[str, bool] = field(default_factory=dict)
    whole: bool = True

    def hear(self, log: Iterable[Entry]) -> Iterator[Fault]:
        """Walk the chain, oldest first; what is wrong with it itself."""
        before = ""
        for place, entry in enumerate(log, 1):
            if entry.number != place:
                self.whole = False
                yield Fault(f"log {place}", f"missing: row {entry.number} comes in its place")
                return
            row = {"number": entry.number, "at": entry.at, "by": entry.by, "what": entry.what, "subject": entry.subject, "detail": entry.detail}  # fmt: skip
            if entry.seal != seal({"before": before, **row}):
                yield Fault(f"log {entry.number}", f"altered: {entry.what} {entry.subject}, or a row before it")
            before = entry.seal
            self.seals.update(entry.detail.get("seals", {}))
            if "original" in entry.detail:
                self.originals[entry.subject] = entry.detail["original"]
            if "current" in entry.detail:
                self.current[entry.subject] = set(entry.detail["current"])
                self.private[entry.subject] = entry.detail.get("private", "")


def _rows(db: sa.Connection, expected: dict[str, str | None]) -> Iterator[Fault]:
    seen = set()
    for kind, (table, key, names) in _WATCHED.items():
        for row in db.execute(sa.select(table).order_by(table.c[key])).mappings():
            name = f"{kind} {row[key]}"
            if kind == "run" and row["verb"] == _VISIT:
                continue
            seen.add(name)
            if expected.get(name) is None:
                yield Fault(name, "not in the log: it was put there by other means")
            elif expected[name] != _seal_of(row, names):
                yield Fault(name, "altered")
    links: dict[str, list[Mapping[Any, Any]]] = {}
    for row in db.execute(_LINKS).mappings():
        links.setdefault(row["document"], []).append(row)
    for document in db.scalars(sa.select(t.documents.c.id)):
        name = f"links {document}"
        seen.add(name)
        if expected.get(name) not in (None, _links_seal(links.get(document, []))):
            yield Fault(name, "altered")
    for name, kept in expected.items():
        if kept is not None and name not in seen:
            yield Fault(name, "gone")


def _derived(db: sa.Connection, current: Mapping[str, set[str]]) -> Iterator[Fault]:
    """What is worked out from a claim and its judgements: whether it is current, its status, what it says now."""
    judged: dict[str, list[Judgement]] = {}
    for made in map(judgement_of, db.execute(sa.select(t.judgements).order_by(t.judgements.c.number)).mappings()):
        judged.setdefault(made.claim, []).append(made)
    for row in db.execute(sa.select(t.claims).order_by(t.claims.c.id)).mappings():
        try:
            right = columns(claim_from_json(row["body"]), judged.get(row["id"], []))
        except (KeyError, TypeError, ValueError):
            yield Fault(f"claim {row['id']}", "its body makes no claim")
            continue
        wrong = [k for k, v in right.items() if k != "superseded" and row[k] != v]
        if wrong:
            yield Fault(f"claim {row['id']}", f"altered in what lists show: {', '.join(wrong)}")
        holds = row["added"] or row["id"] in current.get(row["document"], ())
        if holds != (row["superseded"] is None):
            yield Fault(f"claim {row['id']}", "altered: whether it is current")


def _bytes(ledger: "Ledger", wanted: Mapping[str, str], kept: Mapping[str, bool]) -> Iterator[Fault]:
    for sha, id in sorted(wanted.items()):
        data = ledger.original(sha)
        if data is None:
            if kept.get(id):
                yield Fault(f"original {sha}", f"gone: the bytes of {id}")
        elif hashlib.sha256(data).hexdigest() != sha:
            yield Fault(f"original {sha}", f"altered: the bytes of {id}")
        elif kept.get(id) is False:
            yield Fault(
                f"original {sha}", f"there though it should not be: the bytes of {id} were never kept, or erased"
            )


def _seal_of(row: Mapping[Any, Any], names: tuple[str, ...]) -> str:
    return seal({str(k): row[k] for k in (names or row.keys())})


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a seal")
