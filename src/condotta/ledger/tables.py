"""The tables of the ledger, as the newest migration leaves them."""

from sqlalchemy import JSON, Column, Date, DateTime, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

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
)  # fmt: skip
claims = Table(
    "claims", metadata,
    Column("id", String(20), primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False),
    Column("kind", String(12), nullable=False), Column("measure", String(30)), Column("group", Text), Column("origin", Text),
    Column("reported", Date), Column("start", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("superseded", DateTime),
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
Index("claims_document", claims.c.document)
Index("claims_facets", claims.c.kind, claims.c.measure)
Index("judgements_claim", judgements.c.claim)
Index("grades_source", grades.c.source)
