"""The migrations and the tables that the program speaks of are the same."""

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from condotta.errors import LedgerError
from condotta.ledger import Ledger
from condotta.ledger.tables import metadata
from condotta.records import Claim, Document, named


def _shape(engine: sa.Engine) -> dict[str, Any]:
    """Columns, keys, uniqueness and indices of every table but Alembic's own."""
    seen = sa.inspect(engine)
    shape = {}
    for table in seen.get_table_names():
        if table != "alembic_version":
            shape[table] = {
                "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)],
                "key": seen.get_pk_constraint(table)["constrained_columns"],
                "references": sorted(
                    (f["constrained_columns"], f["referred_table"], f["referred_columns"])
                    for f in seen.get_foreign_keys(table)
                ),
                "unique": sorted(u["column_names"] for u in seen.get_unique_constraints(table)),
                "indices": sorted((str(i["name"]), i["column_names"], i["unique"]) for i in seen.get_indexes(table)),
            }
    return shape


def test_the_migrations_make_the_tables_of_the_program(path: Path, tmp_path: Path) -> None:
    direct = sa.create_engine(f"sqlite:///{tmp_path / 'direct.sqlite'}")
    metadata.create_all(direct)
    with Ledger(path) as store:
        migrated = _shape(store.engine)
    assert set(migrated) == set(metadata.tables)
    assert migrated == _shape(direct)
    direct.dispose()


def test_they_make_the_same_indices_on_postgresql(empty_database: str, postgres: str) -> None:
    """Those that need an extension are left out: the server of the tests may not have it."""
    listed = sa.text(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename <> 'alembic_version' AND indexdef NOT LIKE '%trgm%'"
    )
    with Ledger(empty_database) as store, store.engine.begin() as db:
        migrated = {r[0]: r[1] for r in db.execute(listed)}
        for name in reversed(metadata.sorted_tables):
            db.execute(sa.schema.DropTable(name))
        for table in metadata.sorted_tables:
            db.execute(sa.schema.CreateTable(table))
            for index in table.indexes:
                here = getattr(index._ddl_if, "dialect", None) in (None, "postgresql")
                if here and index.name not in ("claims_words", "documents_words"):
                    db.execute(sa.schema.CreateIndex(index))
        assert {r[0]: r[1] for r in db.execute(listed)} == migrated


def test_opening_again_migrates_nothing(path: Path) -> None:
    with Ledger(path) as store:
        before = _shape(store.engine)
    stamp = path.read_bytes()
    with Ledger(path) as store:
        assert _shape(store.engine) == before
    assert path.read_bytes() == stamp


def test_a_ledger_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    Ledger(path).close()
    with sqlite3.connect(path) as db:
        db.execute("update alembic_version set version_num = '9999'")
    db.close()
    with pytest.raises(LedgerError) as refusal:
        Ledger(path)
    assert refusal.value.code == "E-LED-02"
    assert "9999" in str(refusal.value)
    with sqlite3.connect(path) as db:
        assert db.execute("select version_num from alembic_version").fetchall() == [("9999",)]
    db.close()


def test_every_migration_can_be_undone(place: str | Path) -> None:
    from importlib.resources import as_file, files

    from alembic import command
    from alembic.config import Config

    with (
        Ledger(place) as store,
        as_file(files("condotta").joinpath("ledger", "migrations")) as folder,
        store.engine.begin() as connection,
    ):
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with Ledger(place) as store:
        assert set(_shape(store.engine)) == set(metadata.tables)


def test_a_ledger_of_the_first_version_keeps_its_claims_and_judgements(place: str | Path) -> None:
    """What lists are filtered by is filled from what was there."""
    from alembic import command
    from alembic.config import Config

    from condotta.ledger import browsing
    from condotta.records import claim_json

    with Ledger(place) as store:
        store.add_document(Document("D1", "hash", 5, "text/plain", "Some 40 died."))
        claims = [named(Claim("D1", "count", "Some 40 died.", k, 13, "killed", "total", group="First", chain=("Paper", "Army"), reported=date(2020, 6, 3), by=by, confidence=c))
                  for k, (by, c) in enumerate((("rules", 0.9), ("model", 0.1), ("rules", 0.8), ("rules", 0.7)))]  # fmt: skip
        store.save_reading("D1", "rules 1", claims)
        store.judge(claims[2].id, "corrected", "ann", "a slip", {"group": "Second"})
        store.judge(claims[3].id, "rejected", "ann", "no")
        before = [claim_json(c) for c in store.claims()]
        config = Config()
        config.set_main_option("script_location", str(Path(browsing.__file__).parent / "migrations"))
        with store.engine.begin() as db:
            config.attributes["connection"] = db
            command.downgrade(config, "0001")
    with Ledger(place) as store:
        assert [claim_json(c) for c in store.claims()] == before
        found = {
            c.claim.id: (c.status, c.revision, c.claim.group) for c in browsing.claims_page(store, browsing.Filters())
        }
        assert [found[c.id] for c in claims] == [
            ("open", 0, "First"),
            ("unsure", 0, "First"),
            ("corrected", 1, "Second"),
            ("rejected", 1, "First"),
        ]
        assert (
            browsing.count_claims(store, browsing.Filters(group="Second", origin="Army", since=date(2020, 6, 3))) == 1
        )


def test_a_migration_that_is_cut_off_leaves_the_ledger_as_it_was(path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    from condotta.ledger import browsing

    with Ledger(path) as store:
        store.add_document(Document("D1", "hash", 5, "text/plain", "Some 40 died."))
        store.save_reading("D1", "rules 1", [named(Claim("D1", "count", "Some 40 died.", 0, 13, "killed"))])
        config = Config()
        config.set_main_option("script_location", str(Path(browsing.__file__).parent / "migrations"))
        with store.engine.begin() as db:
            config.attributes["connection"] = db
            command.downgrade(config, "0001")
    with sqlite3.connect(path) as db:
        db.execute("UPDATE claims SET body = '{}'")  # what the migration reads is broken: it stops halfway
    with pytest.raises(KeyError):
        Ledger(path)
    with sqlite3.connect(path) as db:
        columns = {row[1] for row in db.execute("PRAGMA table_info(claims)")}
        assert "status" not in columns
        db.execute("DELETE FROM claims")
    db.close()
    with Ledger(path) as store:
        assert browsing.count_claims(store, browsing.Filters()) == 0
