"""The tables of the ledger, as the newest migration leaves them."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
    literal_column,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData()
_DATA = JSON(none_as_null=True)


def text(length: int | None = None) -> TypeEngine[str]:
    """A text that every database compares byte by byte, as SQLite does: lists come in the same order everywhere."""
    plain = String(length) if length else Text()
    return plain.with_variant(String(length, "C") if length else Text(collation="C"), "postgresql")


documents = Table(
    "documents", metadata,
    Column("id", text(40), primary_key=True),
    Column("sha256", text(64), nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("media_type", text(100), nullable=False),
    Column("text", text(), nullable=False),
    Column("title", text()), Column("publisher", text()), Column("author", text()), Column("address", text()),
    Column("published", Date), Column("received", DateTime), Column("language", text(8)), Column("name", text()),
    Column("title_end", Integer, nullable=False, default=0),
)  # fmt: skip
links = Table(
    "links", metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("other", ForeignKey("documents.id"), primary_key=True),
    Column("kind", text(10), nullable=False), Column("shared", Float, nullable=False),
)  # fmt: skip
readings = Table(  # which version of the reader has read a document; its claims are the document's current ones
    "readings", metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("reader", text(80), nullable=False), Column("at", DateTime, nullable=False), Column("claims", Integer, nullable=False),
    Column("private", _DATA),  # offsets of what looks like a private person's name in the text
)  # fmt: skip
claims = Table(
    "claims", metadata,
    Column("id", text(20), primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False),
    Column("kind", text(12), nullable=False), Column("measure", text(30)), Column("group", text()), Column("origin", text()),
    Column("reported", Date), Column("start", Integer, nullable=False),
    Column("body", _DATA, nullable=False),
    Column("superseded", DateTime),
    # as judged: these, with kind, measure, group and origin, are what lists are filtered by
    Column("status", text(10), nullable=False, default="open"), Column("revision", Integer, nullable=False, default=0),
    Column("judged", _DATA), Column("added", Boolean, nullable=False, default=False),
    Column("aspect", text(10)), Column("day", Date), Column("confidence", Float), Column("chain", text()), Column("words", text()),
)  # fmt: skip
judgements = Table(
    "judgements", metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("claim", ForeignKey("claims.id"), nullable=False),
    Column("verdict", text(10), nullable=False), Column("by", text(), nullable=False), Column("at", DateTime, nullable=False),
    Column("why", text(), nullable=False), Column("change", _DATA),
)  # fmt: skip
grades = Table(  # one row for each time that a source's grade was set
    "grades", metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("source", text(), nullable=False), Column("grade", text(1), nullable=False),
    Column("kind", text(20)), Column("interest", text()), Column("at", DateTime, nullable=False),
    Column("by", text(), nullable=False), Column("why", text(), nullable=False),
)  # fmt: skip
runs = Table(
    "runs", metadata,
    Column("id", text(40), primary_key=True),
    Column("verb", text(20), nullable=False), Column("version", text(20), nullable=False), Column("at", DateTime, nullable=False),
    Column("seed", Integer), Column("parameters", _DATA, nullable=False), Column("result", _DATA),
)  # fmt: skip
accounts = Table(  # who may use the workbench of a team
    "accounts", metadata,
    Column("name", text(80), primary_key=True),
    Column("role", text(10), nullable=False), Column("password", text(), nullable=False), Column("made", DateTime, nullable=False),
)  # fmt: skip
sessions = Table(  # `key` : hash of the cookie's value
    "sessions", metadata,
    Column("key", text(64), primary_key=True),
    Column("name", text(80), nullable=False), Column("role", text(10), nullable=False), Column("form", text(64), nullable=False),
    Column("begun", DateTime, nullable=False), Column("until", DateTime, nullable=False),
)  # fmt: skip
log = Table(  # what was done to the case, each row sealed with the one before; see log.py
    "log", metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False), Column("by", text(), nullable=False),
    Column("what", text(20), nullable=False), Column("subject", text(), nullable=False), Column("detail", _DATA, nullable=False),
    Column("seal", text(64), nullable=False),
)  # fmt: skip
stamps = Table(  # an authority's word for when a head of the log was there (RFC 3161)
    "stamps", metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # of the row of the log
    Column("at", DateTime, primary_key=True), Column("authority", text(), nullable=False), Column("token", LargeBinary, nullable=False),
)  # fmt: skip
originals = Table(  # bytes as received, where no folder lies beside the ledger
    "originals", metadata,
    Column("sha256", text(64), primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)  # fmt: skip
tallies = Table(  # how many current claims have these facets; "" is none; see tallies.py
    "tallies", metadata,
    Column("key", text(32), primary_key=True),
    *(Column(name, text(), nullable=False) for name in ("status", "kind", "measure", "aspect", "group", "origin")),
    Column("claims", BigInteger, nullable=False),
)  # fmt: skip

VOICES = func.string_to_array(claims.c.chain, literal_column("' > '"))
"""On PostgreSQL: everybody in a claim's chain."""
CURRENT = claims.c.superseded.is_(None)
"""What is superseded is asked for by nobody: no index holds it."""
FACETS = ("status", "kind", "measure", "aspect", "group", "origin")
"""What lists of claims are filtered and counted by."""
_NONE: ColumnElement[str] = literal_column("''")  # written out, so that an index of the same expression is found
_SPACE: ColumnElement[str] = literal_column("' '")
SHELF = func.coalesce(documents.c.title, _NONE).op("||")(_SPACE).op("||")(func.coalesce(documents.c.publisher, _NONE)).op("||")(_SPACE).op("||")(func.coalesce(documents.c.name, _NONE)).op("||")(_SPACE).op("||")(documents.c.id)  # fmt: skip
"""What lists of documents are searched for."""


def _index(name: str, *names: str, lite: bool = False, every: bool = False) -> None:
    """An index of the current claims, or of `every` one; `lite`: on SQLite only, which puts what has no date first by itself, and does not
    like to be told."""
    columns = [claims.c[n] for n in names]
    Index(name, *columns, sqlite_where=None if every else CURRENT).ddl_if("sqlite")
    if not lite:
        first = [c.nulls_first() if c.name == "reported" else c for c in columns]
        Index(name, *first, postgresql_where=None if every else CURRENT).ddl_if("postgresql")


def _grams(name: str, column: Any, **more: Any) -> None:
    """An index of the words inside of a text; other databases than PostgreSQL have none."""
    Index(name, column, postgresql_using="gin", postgresql_ops={column.name: "gin_trgm_ops"}, **more).ddl_if(
        "postgresql"
    )


_index("claims_document", "document", "reported", "start", "id", "status", every=True)
_index("claims_in_order", "reported", "document", "start", "id")
_DAY = ("day", *FACETS, "reported", "document", "start", "id")  # all that lists and counts of some days need
Index("claims_day", *(claims.c[n] for n in _DAY), sqlite_where=CURRENT).ddl_if("sqlite")
Index("claims_day", claims.c.day, postgresql_include=_DAY[1:], postgresql_where=CURRENT).ddl_if("postgresql")
for _name in FACETS:
    _index(f"claims_{_name}", _name, "reported")
_index("claims_worded", "words", "chain", *FACETS, "day", "document", "reported", "start", "id", lite=True)
_grams("claims_words", claims.c.words, postgresql_where=CURRENT)
Index("claims_voices", VOICES.label("voices"), postgresql_using="gin", postgresql_where=CURRENT).ddl_if("postgresql")
_grams("documents_words", SHELF.label("shelf"))
Index("documents_received", documents.c.received, documents.c.id).ddl_if("sqlite")
Index("documents_received", documents.c.received.nulls_first(), documents.c.id).ddl_if("postgresql")
Index("judgements_claim", judgements.c.claim)
Index("grades_source", grades.c.source)
Index("log_subject", log.c.what, log.c.subject)
Index("tallies_origin", tallies.c.origin, tallies.c.status)
Index("tallies_levels", *(tallies.c[n] for n in FACETS[:-1]))
Index("tallies_group", tallies.c.group, tallies.c.measure)
