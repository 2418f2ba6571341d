"""A small case with documents read, its application under a test client, and a real server for a real browser."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from seats import Seat, Server, form_of, small_case
from starlette.testclient import TestClient

from condotta.workbench import Options, application


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case of two documents, read."""
    return small_case(tmp_path / "case")


@pytest.fixture
def seat(case: Path) -> Iterator[Seat]:
    """The one analyst of a case without a team."""
    app = application(case, Options(tokens=["open sesame"]))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        client.get("/enter?token=open%20sesame")
        yield Seat(client, form_of(client))


@pytest.fixture
def server() -> Iterator[Callable[..., Server]]:
    """Starts servers; all of them are stopped at the end."""
    running: list[Server] = []

    def start(folder: Path, *more: str) -> Server:
        command = [
            sys.executable,
            "-c",
            "from condotta.cli import main; main()",
            "serve",
            str(folder),
            "--port",
            "0",
            *more,
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        made = Server(process, process.stdout.readline().split()[-1])
        running.append(made)
        return made

    yield start
    for made in running:
        made.process.terminate()
        try:
            made.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            made.process.kill()
            made.process.wait()
        if made.process.stdout:
            made.process.stdout.close()
