"""What a team and a court need: the log of what was done, stamps, originals, counts of facets, indices for other databases."""

import hashlib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FACETS = ("status", "kind", "measure", "aspect", "group", "origin")
_ALL = "\x1e"
_LONGEST = 300  # characters of a facet: an index of PostgreSQL takes no more than some 2,700 bytes
_OLD = {
    "claims_document": ("superseded", "document", "reported", "start", "id", "status"),
    "claims_in_order": ("superseded", "reported", "document", "start", "id"),
    "claims_browsed": ("superseded", *_FACETS, "day", "document"),
    "claims_worded": ("superseded", "words", "chain", *_FACETS, "day", "document", "reported", "start", "id"),
    "claims_facets": ("kind", "measure"),
}
_INDICES: dict[str, tuple[str, ...]] = {
    "claims_document": ("document", "reported", "start", "id", "status"),
    "claims_in_order": ("reported", "document", "start", "id"),
    "claims_day": ("day", *_FACETS, "reported", "document", "start", "id"),
    **{f"claims_{name}": (name, "reported") for name in _FACETS},
}
_SHELF = "(coalesce(title, '') || ' ' || coalesce(publisher, '') || ' ' || coalesce(name, '') || ' ' || id)"


def upgrade() -> None:
    """Add the tables, count the claims that are there, and change the indices for partial ones."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for name in _OLD:
        op.drop_index(name, "claims")
    if postgres:
        _compare_bytes()
    text = sa.Text(collation="C") if postgres else sa.Text()
    short = (lambda n: sa.String(n, "C")) if postgres else sa.String
    op.create_table(
        "log",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", text, nullable=False),
        sa.Column("what", short(20), nullable=False),
        sa.Column("subject", text, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("seal", short(64), nullable=False),
    )
    op.create_table(
        "stamps",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime, primary_key=True),
        sa.Column("authority", text, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "originals",
        sa.Column("sha256", short(64), primary_key=True),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "tallies",
        sa.Column("key", short(32), primary_key=True),
        *(sa.Column(name, text, nullable=False) for name in _FACETS),
        sa.Column("claims", sa.BigInteger, nullable=False),
    )
    for name in ("group", "origin"):
        op.execute(f'UPDATE claims SET "{name}" = substr("{name}", 1, {_LONGEST}) WHERE length("{name}") > {_LONGEST}')
    _count()
    current = sa.text("superseded IS NULL")
    earliest = sa.text("reported NULLS FIRST") if postgres else "reported"
    for name, columns in _INDICES.items():
        if postgres and name == "claims_day":
            op.create_index(name, "claims", ["day"], postgresql_include=columns[1:], postgresql_where=current)
            continue
        ordered: list[Any] = [earliest if c == "reported" else c for c in columns]
        where = None if name == "claims_document" else current
        op.create_index(name, "claims", ordered, sqlite_where=where, postgresql_where=where)
    if postgres:
        op.execute(
            "CREATE INDEX claims_voices ON claims USING gin (string_to_array(chain, ' > ')) WHERE superseded IS NULL"
        )
    if postgres and _grams():
        op.execute("CREATE INDEX claims_words ON claims USING gin (words gin_trgm_ops) WHERE superseded IS NULL")
        op.execute(f"CREATE INDEX documents_words ON documents USING gin ({_SHELF} gin_trgm_ops)")
    if not postgres:
        op.create_index("claims_worded", "claims", list(_OLD["claims_worded"][1:]), sqlite_where=current)
    latest: list[Any] = [sa.text("received NULLS FIRST") if postgres else "received", "id"]
    op.create_index("documents_received", "documents", latest)
    op.create_index("log_subject", "log", ["what", "subject"])
    op.create_index("tallies_origin", "tallies", ["origin", "status"])
    op.create_index("tallies_levels", "tallies", list(_FACETS[:-1]))
    op.create_index("tallies_group", "tallies", ["group", "measure"])


def _compare_bytes() -> None:
    """Let PostgreSQL order texts as SQLite does."""
    db = op.get_bind()
    seen = sa.inspect(db)
    for table in seen.get_table_names():
        for column in seen.get_columns(table):
            if isinstance(column["type"], sa.String) and table != "alembic_version" and not column["type"].collation:
                kind = column["type"].compile(db.dialect)
                op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column["name"]}" TYPE {kind} COLLATE "C"')


def _grams() -> bool:
    """Whether PostgreSQL can look inside of words by an index; where its extension is missing or not allowed, searching takes longer."""
    db = op.get_bind()
    if not db.scalar(sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")):
        return False
    try:
        with db.begin_nested():
            db.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.DBAPIError:
        return False
    return True


def _count() -> None:
    db = op.get_bind()
    names = ", ".join(f'"{name}"' for name in _FACETS)
    counts: dict[tuple[str, ...], int] = {}
    for row in db.execute(sa.text(f"SELECT {names}, count(*) FROM claims WHERE superseded IS NULL GROUP BY {names}")):
        *rest, origin = ((value or "").replace(_ALL, " ") for value in row[:-1])
        alone = [tuple(v if k == j else _ALL for j, v in enumerate(rest)) for k in range(len(rest))]
        for key in ((*rest, origin), (*rest, _ALL), (_ALL,) * 5 + (origin,), *((*one, origin) for one in alone)):
            counts[key] = counts.get(key, 0) + row[-1]
    table = sa.table("tallies", *(sa.column(name) for name in ("key", *_FACETS, "claims")))
    rows = [dict(zip(_FACETS, k, strict=True)) | {"key": _key(k), "claims": n} for k, n in counts.items()]
    if rows:
        db.execute(table.insert(), rows)


def _key(facets: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(facets).encode()).hexdigest()[:32]


def downgrade() -> None:
    """Drop them again; the order of texts stays."""
    op.drop_index("documents_received", "documents")
    if op.get_bind().dialect.name == "postgresql":
        for name in ("claims_words", "claims_voices", "documents_words"):
            op.execute(f"DROP INDEX IF EXISTS {name}")
    else:
        op.drop_index("claims_worded", "claims")
    for name in _INDICES:
        op.drop_index(name, "claims")
    for table in ("tallies", "originals", "stamps", "log"):
        op.drop_table(table)
    for name, columns in _OLD.items():
        op.create_index(name, "claims", list(columns))
