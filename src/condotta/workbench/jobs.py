"""Long work in processes of its own: reading, reconciling, checking, simulating; with progress, limits, and a way to stop it.

Two lanes, one job at a time in each: what writes the case ("write") and what asks of it ("ask"). A job that is killed loses nothing:
the ledger's transactions and the files in the case's inbox say what is left to do.
"""

import multiprocessing
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from condotta.workbench import work

LANES = {"add": "write", "read": "write", "reconcile": "write", "check": "ask", "simulate": "ask", "without": "ask"}
_POLL = 0.2
_KEPT = 60
_BEGINNING = 60.0
"""Seconds that a process may take to begin, beside the patience with it."""


@dataclass(slots=True)
class Job:
    """One piece of work: state is waiting, running, done, failed or cancelled; `found`: what came so far."""

    id: str
    verb: str
    by: str
    what: str
    arguments: Mapping[str, Any]
    began: datetime
    state: str = "waiting"
    done: int = 0
    of: int = 0
    now: str = ""
    found: list[Any] = field(default_factory=list)
    failures: list[dict[str, str]] = field(default_factory=list)
    result: Any = None
    stop: bool = False

    def row(self) -> dict[str, Any]:
        """The job as plain data, without its results."""
        shown = {k: getattr(self, k) for k in ("id", "verb", "by", "what", "state", "done", "of", "now", "failures")}
        return shown | {"began": self.began.isoformat(timespec="seconds"), "found": len(self.found)}

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("done", "failed", "cancelled")


class Jobs:
    """The queue of one case. `ended` is called in the lane's thread after each job. Threads begin with the first job."""

    def __init__(self, case: str, ended: Callable[[Job], None], patience: float = 180.0) -> None:
        self.case, self.ended, self.patience = case, ended, patience
        self.version = 0
        self._jobs: dict[str, Job] = {}
        self._waiting: dict[str, deque[Job]] = {lane: deque() for lane in set(LANES.values())}
        self._numbers, self._lock, self.closed = count(1), threading.Condition(), False
        self._threads: list[threading.Thread] = []

    def add(self, verb: str, by: str, what: str, **arguments: Any) -> Job:
        """Put a job at the end of its lane; the same verb with the same arguments that still waits is that job."""
        with self._lock:
            lane = self._waiting[LANES[verb]]
            for job in lane:
                if (job.verb, job.arguments) == (verb, arguments) and verb in ("read", "reconcile"):
                    return job
            job = Job(f"J{next(self._numbers)}", verb, by, what, arguments, datetime.now(UTC))
            self._jobs[job.id] = job
            over = [j.id for j in self._jobs.values() if j.over]
            for id in over[: max(0, len(self._jobs) - _KEPT)]:
                del self._jobs[id]
            lane.append(job)
            self._begin()
            self._tell()
        return job

    def get(self, id: str) -> Job | None:
        """A job by its id."""
        return self._jobs.get(id)

    def all(self) -> list[Job]:
        """Every job that is remembered, oldest first."""
        return list(self._jobs.values())

    def cancel(self, id: str) -> Job | None:
        """Ask a job to stop; what it has finished stays."""
        job = self._jobs.get(id)
        if job is not None and not job.over:
            with self._lock:
                job.stop = True
                if job.state == "waiting":
                    self._waiting[LANES[job.verb]].remove(job)
                    job.state = "cancelled"
                self._tell()
        return job

    def close(self) -> None:
        """Stop everything."""
        with self._lock:
            self.closed = True
            for job in self._jobs.values():
                job.stop = True
            self._lock.notify_all()
        for thread in self._threads:
            thread.join(timeout=5)

    def _begin(self) -> None:
        if not self._threads:
            for lane in self._waiting:
                thread = threading.Thread(target=self._lane, args=(lane,), daemon=True, name=f"lane {lane}")
                self._threads.append(thread)
                thread.start()

    def _tell(self) -> None:
        self.version += 1
        self._lock.notify_all()

    def _lane(self, lane: str) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self.closed or self._waiting[lane])
                if self.closed:
                    return
                job = self._waiting[lane].popleft()
                job.state = "running"
                self._tell()
            try:
                self._run(job)
                self.ended(job)
            except Exception as error:  # whatever one job does, the lane goes on
                job.state = "failed"
                words = f"E-SYS-01: {type(error).__name__}: {str(error)[:200]}"
                job.failures.append({"name": job.what, "code": "E-SYS-01", "message": words})
            with self._lock:
                self._tell()

    def _run(self, job: Job) -> None:
        """The job in a process; one that exceeds its limits on a file is begun again behind that file."""
        arguments = dict(job.arguments)
        while (ended := self._process(job, arguments)) == "lost" and self._is_waiting(job.now, arguments):
            code = "E-DOC-11"
            words = f"{code}: {job.now} took more memory or time than a document may."
            job.failures.append({"name": job.now, "code": code, "message": words})
            arguments["skip"] = [*arguments.get("skip", ()), job.now]
        with self._lock:
            if ended == "lost":
                job.failures.append(
                    {"name": job.what, "code": "E-SYS-01", "message": "E-SYS-01: its process has died."}
                )
            job.state = "cancelled" if job.stop else "done" if ended == "done" else "failed"

    def _is_waiting(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """Whether a file is still in the inbox: it was being taken in when its process was lost."""
        new = "box" in arguments and bool(name) and name not in arguments.get("skip", ())
        return new and (Path(self.case) / "inbox" / arguments["box"] / name).is_file()

    def _process(self, job: Job, arguments: Mapping[str, Any]) -> str:
        """ "done", "failed", "lost" (died or ran out of patience) or "cancelled"."""
        context = multiprocessing.get_context("spawn")
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=work.main, args=(theirs, self.case, job.verb, arguments), daemon=True)
        process.start()
        theirs.close()
        heard, ended = time.monotonic() + _BEGINNING, "lost"
        try:
            while not job.stop:
                if mine.poll(_POLL):
                    try:
                        message = mine.recv()
                    except (EOFError, OSError):
                        break
                    heard = time.monotonic()
                    if message[0] in ("done", "failed"):
                        self._close_with(job, message)
                        ended = message[0]
                        break
                    self._hear(job, message)
                elif not process.is_alive() or (job.verb == "add" and time.monotonic() - heard > self.patience):
                    break
        finally:
            process.kill()
            process.join()
            mine.close()
        return ended

    def _hear(self, job: Job, message: tuple[Any, ...]) -> None:
        with self._lock:
            if message[0] == "step":
                job.done, job.of, job.now = message[1:]
            elif message[0] == "found":
                job.found.append(message[1])
            elif message[0] == "failure":
                job.failures.append(message[1])
            self._tell()

    def _close_with(self, job: Job, message: tuple[Any, ...]) -> None:
        with self._lock:
            if message[0] == "done":
                job.result, job.done = message[1], job.of
            else:
                job.failures.append({"name": job.what, "code": message[1], "message": message[2]})
