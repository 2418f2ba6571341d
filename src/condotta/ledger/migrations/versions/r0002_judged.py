"""What lists of claims are filtered by, as judged; accounts and sessions of a team; private names in texts."""

import json
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS: dict[str, Any] = {
    "status": sa.String(10), "revision": sa.Integer, "judged": sa.JSON, "added": sa.Boolean, "aspect": sa.String(10), "day": sa.Date,
    "confidence": sa.Float, "chain": sa.Text, "words": sa.Text,
}  # fmt: skip
_FILLED: dict[str, Any] = {"status": sa.text("'open'"), "revision": sa.text("0"), "added": sa.false()}
_FACETS = ("status", "kind", "measure", "aspect", "group", "origin", "day", "document")
_INDICES = {
    "claims_document": ("document", "reported", "start", "id", "status"),
    "claims_in_order": ("reported", "document", "start", "id"),
    "claims_browsed": _FACETS,
    "claims_worded": ("words", "chain", *_FACETS, "reported", "start", "id"),
}


def upgrade() -> None:
    """Add the columns and fill them from the bodies and judgements that are there."""
    for name, kind in _COLUMNS.items():
        filled = _FILLED.get(name)
        op.add_column("claims", sa.Column(name, kind, nullable=filled is None, server_default=filled))
    op.add_column("readings", sa.Column("private", sa.JSON))
    op.create_table(
        "accounts",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("form", sa.String(64), nullable=False),
        sa.Column("begun", sa.DateTime, nullable=False),
        sa.Column("until", sa.DateTime, nullable=False),
    )
    _fill(op.get_bind())
    op.drop_index("claims_document", "claims")
    for name, columns in _INDICES.items():
        op.create_index(name, "claims", ["superseded", *columns])
    # texts are shown only once the names in them have been looked for: read them again
    op.execute("DELETE FROM readings WHERE reader NOT LIKE 'table%'")
    op.execute("UPDATE readings SET private = '[]'")


def _fill(db: sa.Connection) -> None:
    claims = sa.table("claims", *(sa.column(n, t) for n, t in (
        ("id", sa.String()), ("body", sa.JSON()), ("status", sa.String()), ("revision", sa.Integer()), ("judged", sa.JSON(none_as_null=True)),
        ("aspect", sa.String()), ("day", sa.Date()), ("confidence", sa.Float()), ("chain", sa.Text()), ("words", sa.Text()),
        ("kind", sa.String()), ("measure", sa.String()), ("group", sa.Text()), ("origin", sa.Text()),
    )))  # fmt: skip
    found: dict[str, list[sa.Row[tuple[str, str, str, str | None]]]] = {}
    for row in db.execute(sa.text('SELECT claim, verdict, "by", change FROM judgements ORDER BY number')):
        found.setdefault(row[0], []).append(row)
    for id, body in db.execute(sa.select(claims.c.id, claims.c.body)).all():
        db.execute(claims.update().where(claims.c.id == id).values(**_row(body, found.get(id, []))))


def _row(body: dict, judgements: list) -> dict:  # type: ignore[type-arg]
    model, confidence = body["by"].startswith("model"), body["confidence"]
    status, judged = ("unsure" if model and confidence < 0.35 else "open"), None
    for _, status, by, change in judgements:
        change = json.loads(change) if isinstance(change, str) else change
        if status == "corrected" and change:
            judged = (judged or body) | change | {"by": f"corrected by {by}"}
    if judgements and status == "accepted":
        judged = (judged or body) | {"by": f"{(judged or body)['by']}, accepted by {judgements[-1][2]}"}
    if status == "rejected":
        judged = None
    now = judged or body
    ended = (now["period"] or {}).get("end") or now.get("reported")
    return {
        "status": status, "revision": len(judgements), "judged": judged, "aspect": now["aspect"], "confidence": confidence,
        "day": date.fromisoformat(ended) if ended else None, "chain": " > ".join(now["chain"]),
        "words": " ".join(filter(None, (now["quote"], now.get("note")))).casefold()[:500], "kind": now["kind"], "measure": now["measure"],
        "group": now["group"], "origin": now["chain"][-1] if now["chain"] else None,
    }  # fmt: skip


def downgrade() -> None:
    """Drop them again."""
    for index in _INDICES:
        op.drop_index(index, "claims")
    op.create_index("claims_document", "claims", ["document"])
    for table in ("sessions", "accounts"):
        op.drop_table(table)
    op.drop_column("readings", "private")
    for name in reversed(_COLUMNS):
        op.drop_column("claims", name)
