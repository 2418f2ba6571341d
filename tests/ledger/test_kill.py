"""A reading killed at any moment leaves a ledger that opens, and goes on from there to the same claims."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from condotta import pipeline
from condotta.records import Claim

REPORT = """Report number {n}

The Monitor, {day} June 2020

At least {killed} fighters of the First Division have been killed in Front Town since the beginning of the year, the
Monitor for Human Rights said on Tuesday. Some {arrived} fighters arrived in Port Town last month, and {fled} of them
fled to the coast within a week. The Sponsorland government promised each fighter {pay} dollars a month, according to
activists. Over {training} recruits are in training in the Training Camp. Families said that no pay had been received.
"""
READ = "from condotta.cli import main; main()"


def _case(folder: Path, reports: int) -> Path:
    """A case with that many reports added and none of them read."""
    case = pipeline.new(folder / f"case of {reports}")
    papers = folder / f"papers of {reports}"
    papers.mkdir()
    for n in range(reports):
        figures = {"killed": 20 + n, "arrived": 400 + 7 * n, "fled": 5 + n, "pay": 1500 + n, "training": 900 + 3 * n}
        text = REPORT.format(n=n, day=n % 28 + 1, **figures)
        (papers / f"{n:03}.txt").write_text(text, encoding="utf-8")
    assert len(pipeline.add(case, [papers]).documents) == reports
    return case


def _readings(case: Path) -> int:
    with closing(sqlite3.connect(case / "ledger.sqlite")) as db:
        return int(db.execute("select count(*) from readings").fetchone()[0])


def _read(case: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", READ, "read", str(case)], stderr=subprocess.DEVNULL)


def _killed(case: Path) -> None:
    """Start reading and kill it the hard way when the first readings are in the ledger."""
    reader = _read(case)
    give_up = time.monotonic() + 60
    while _readings(case) < 3 and reader.poll() is None and time.monotonic() < give_up:
        time.sleep(0.005)
    reader.send_signal(signal.SIGKILL)
    reader.wait()


def _claims(case: Path) -> list[Claim]:
    with pipeline.ledger(case) as store:
        return store.claims()


def _unread(case: Path) -> int:
    with pipeline.ledger(case) as store:
        return len(store.unread(pipeline.reader_version(pipeline.load_case(case))))


def test_a_reading_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    for reports in (24, 240):  # more of them where the machine is too fast to be interrupted
        case, undisturbed = _case(tmp_path, reports), tmp_path / f"undisturbed {reports}"
        shutil.copytree(case, undisturbed)
        _killed(case)
        left = _unread(case)
        if 0 < left < reports:
            break
    assert 0 < left < reports
    partial = _claims(case)
    assert _read(case).wait(timeout=60) == 0
    assert _read(undisturbed).wait(timeout=60) == 0
    assert _unread(case) == 0
    assert len(_claims(undisturbed)) > reports
    assert _claims(case) == _claims(undisturbed)
    assert {c.id for c in partial} < {c.id for c in _claims(case)}
