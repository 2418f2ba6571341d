"""The tables of the ledger, as the newest migration leaves them."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

documents = Table(
    "documents", metadata,
    Column("id", String(40), primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("text", Text, nullable=False),
    Column("title", Text), Column("publisher", Text), Column("author", Text), Column("address", Text),
    Column("published", Date), Column("received", DateTime), Column("language", String(8)), Column("name", Text),
    Column("title_end", Integer, nullable=False, default=0),
)  # fmt: skip
links = Table(
    "links", metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("other", ForeignKey("documents.id"), primary_key=True),
    Column("kind", String(10), nullable=False), Column("shared", Float, nullable=False),
)  # fmt: skip
readings = Table(  # which version of the reader has read a document; its claims are the document's current ones
    "readings", metadata,
    Column("document", ForeignKey("documents.id"), primary_key=True),
    Column("reader", String(80), nullable=False), Column("at", DateTime, nullable=False), Column("claims", Integer, nullable=False),
    Column("private", JSON),  # offsets of what looks like a private person's name in the text
)  # fmt: skip
claims = Table(
    "claims", metadata,
    Column("id", String(20), primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False),
    Column("kind", String(12), nullable=False), Column("measure", String(30)), Column("group", Text), Column("origin", Text),
    Column("reported", Date), Column("start", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("superseded", DateTime),
    # as judged: these, with kind, measure, group and origin, are what lists are filtered by
    Column("status", String(10), nullable=False, default="open"), Column("revision", Integer, nullable=False, default=0),
    Column("judged", JSON), Column("added", Boolean, nullable=False, default=False),
    Column("aspect", String(10)), Column("day", Date), Column("confidence", Float), Column("chain", Text), Column("words", Text),
)  # fmt: skip
judgements = Table(
    "judgements", metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("claim", ForeignKey("claims.id"), nullable=False),
    Column("verdict", String(10), nullable=False), Column("by", Text, nullable=False), Column("at", DateTime, nullable=False),
    Column("why", Text, nullable=False), Column("change", JSON),
)  # fmt: skip
grades = Table(  # one row for each time that a source's grade was set
    "grades", metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False), Column("grade", String(1), nullable=False),
    Column("kind", String(20)), Column("interest", Text), Column("at", DateTime, nullable=False),
    Column("by", Text, nullable=False), Column("why", Text, nullable=False),
)  # fmt: skip
runs = Table(
    "runs", metadata,
    Column("id", String(40), primary_key=True),
    Column("verb", String(20), nullable=False), Column("version", String(20), nullable=False), Column("at", DateTime, nullable=False),
    Column("seed", Integer), Column("parameters", JSON, nullable=False), Column("result", JSON),
)  # fmt: skip
accounts = Table(  # who may use the workbench of a team
    "accounts", metadata,
    Column("name", String(80), primary_key=True),
    Column("role", String(10), nullable=False), Column("password", Text, nullable=False), Column("made", DateTime, nullable=False),
)  # fmt: skip
sessions = Table(  # `key` : hash of the cookie's value
    "sessions", metadata,
    Column("key", String(64), primary_key=True),
    Column("name", String(80), nullable=False), Column("role", String(10), nullable=False), Column("form", String(64), nullable=False),
    Column("begun", DateTime, nullable=False), Column("until", DateTime, nullable=False),
)  # fmt: skip
_CURRENT = (claims.c.superseded,)  # first in every index: what is superseded is asked for by nobody
_FACETS = (claims.c.status, claims.c.kind, claims.c.measure, claims.c.aspect, claims.c.group, claims.c.origin, claims.c.day, claims.c.document)  # fmt: skip
Index("claims_document", *_CURRENT, claims.c.document, claims.c.reported, claims.c.start, claims.c.id, claims.c.status)
Index("claims_in_order", *_CURRENT, claims.c.reported, claims.c.document, claims.c.start, claims.c.id)
Index("claims_browsed", *_CURRENT, *_FACETS)
Index(
    "claims_worded", *_CURRENT, claims.c.words, claims.c.chain, *_FACETS, claims.c.reported, claims.c.start, claims.c.id
)
Index("claims_facets", claims.c.kind, claims.c.measure)
Index("judgements_claim", judgements.c.claim)
Index("grades_source", grades.c.source)
