"""The contract of the ledger is held on both databases: SQLite, and a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from condotta.ledger import Ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where an SQLite ledger may lie; none is there yet."""
    return tmp_path / "ledger.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> str | Path:
    """Where a ledger may lie; none is there yet."""
    found: str | Path = request.getfixturevalue("path" if request.param == "sqlite" else "database")
    return found


@pytest.fixture
def anew(place: str | Path) -> Iterator[Ledger]:
    """An empty ledger."""
    with Ledger(place) as made:
        yield made
