"""The first ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table of the first version."""
    op.create_table(
        "documents",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("title", "publisher", "author", "address")),
        sa.Column("published", sa.Date),
        sa.Column("received", sa.DateTime),
        sa.Column("language", sa.String(8)),
        sa.Column("name", sa.Text),
        sa.Column("title_end", sa.Integer, nullable=False),
    )
    op.create_table(
        "links",
        sa.Column("document", sa.String(40), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("other", sa.String(40), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("shared", sa.Float, nullable=False),
    )
    op.create_table(
        "readings",
        sa.Column("document", sa.String(40), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("reader", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("claims", sa.Integer, nullable=False),
    )
    op.create_table(
        "claims",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("document", sa.String(40), sa.ForeignKey("documents.id"), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("measure", sa.String(30)),
        sa.Column("group", sa.Text),
        sa.Column("origin", sa.Text),
        sa.Column("reported", sa.Date),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("superseded", sa.DateTime),
    )
    op.create_table(
        "judgements",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("claim", sa.String(20), sa.ForeignKey("claims.id"), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("change", sa.JSON),
    )
    op.create_table(
        "grades",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("grade", sa.String(1), nullable=False),
        sa.Column("kind", sa.String(20)),
        sa.Column("interest", sa.Text),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("verb", sa.String(20), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("seed", sa.Integer),
        sa.Column("parameters", sa.JSON, nullable=False),
        sa.Column("result", sa.JSON),
    )
    op.create_index("claims_document", "claims", ["document"])
    op.create_index("claims_facets", "claims", ["kind", "measure"])
    op.create_index("judgements_claim", "judgements", ["claim"])
    op.create_index("grades_source", "grades", ["source"])


def downgrade() -> None:
    """Drop them again, newest first."""
    for table in ("runs", "grades", "judgements", "claims", "readings", "links", "documents"):
        op.drop_table(table)
