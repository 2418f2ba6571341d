"""Jobs: one lane writes, one asks; stopped, lost and failed ones say so; a file that exceeds its limits takes no other with it."""

import time
from pathlib import Path
from typing import Any

import pytest

from condotta.workbench import jobs as room
from condotta.workbench.jobs import Job, Jobs


def _wait(job: Job, seconds: float = 60) -> Job:
    for _ in range(int(seconds * 20)):
        if job.over:
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def _nothing(job: Job) -> None:
    pass


def fake(pipe: Any, case: str, verb: str, arguments: dict[str, Any]) -> None:
    """In place of the real work: does what its arguments say."""
    if arguments.get("fail"):
        pipe.send(("failed", "E-EST-01", "E-EST-01: too little evidence."))
        return
    for k in range(arguments.get("steps", 1)):
        pipe.send(("step", k, arguments.get("steps", 1), f"file {k}"))
        if arguments.get("hang") and f"file {k}" not in arguments.get("skip", ()) and k == 1:
            time.sleep(60)
        time.sleep(arguments.get("pause", 0.0))
    pipe.send(("done", {"case": case, "verb": verb}))


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setattr(room.work, "main", fake)
    made = Jobs(str(tmp_path), _nothing, patience=2.0)
    yield made
    made.close()


def test_a_job_runs_and_tells(queue: Jobs) -> None:
    job = _wait(queue.add("reconcile", "ann", "estimates", steps=3))
    assert (job.state, job.result, job.done) == ("done", {"case": queue.case, "verb": "reconcile"}, job.of)
    assert queue.version > 3


def test_a_failure_has_its_code(queue: Jobs) -> None:
    job = _wait(queue.add("reconcile", "ann", "estimates", fail=True))
    assert job.state == "failed" and job.failures[0]["code"] == "E-EST-01"


def test_a_stopped_job_ends_and_the_next_goes_on(queue: Jobs) -> None:
    first, second = queue.add("read", "ann", "a", steps=100, pause=0.2), queue.add("reconcile", "ann", "b")
    waiting = queue.add("reconcile", "ann", "c", steps=2)
    queue.cancel(waiting.id)
    queue.cancel(first.id)
    assert (_wait(first).state, _wait(second).state, waiting.state) == ("cancelled", "done", "cancelled")


def test_asking_does_not_wait_for_writing(queue: Jobs) -> None:
    slow, quick = queue.add("read", "ann", "slow", steps=100, pause=0.2), queue.add("check", "ann", "quick")
    assert _wait(quick).state == "done" and slow.state == "running"


def test_what_waits_already_is_not_put_in_line_twice(queue: Jobs) -> None:
    queue.add("read", "ann", "slow", steps=100, pause=0.2)
    assert queue.add("reconcile", "ann", "x", seed=7) is queue.add("reconcile", "ben", "x", seed=7)


def test_a_file_that_hangs_is_left_out_and_named(queue: Jobs) -> None:
    box = Path(queue.case) / "inbox" / "box"
    box.mkdir(parents=True)
    (box / "file 1").touch()
    job = _wait(queue.add("add", "ann", "files", steps=3, hang=True, box="box"))
    assert job.state == "done" and [(f["name"], f["code"]) for f in job.failures] == [("file 1", "E-DOC-11")]


def test_work_that_hangs_outside_the_inbox_ends_and_is_not_begun_again(queue: Jobs) -> None:
    job = _wait(queue.add("add", "ann", "files", steps=3, hang=True, box="box"))
    assert (job.state, [f["code"] for f in job.failures]) == ("failed", ["E-SYS-01"])


def test_a_lane_outlives_what_goes_wrong_after_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(job: Job) -> None:
        raise RuntimeError("case.yaml is being edited")

    monkeypatch.setattr(room.work, "main", fake)
    made = Jobs("a case", broken, patience=2.0)
    first, second = made.add("read", "ann", "a"), made.add("reconcile", "ann", "b")
    for job in (first, second):
        _wait(job)
    time.sleep(0.3)
    assert (first.state, second.state) == ("failed", "failed") and "being edited" in second.failures[0]["message"]
    made.close()
