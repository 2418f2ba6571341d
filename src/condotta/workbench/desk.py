"""What the pages of one case share: its folder, ledger, jobs, and the latest survey of the whole."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from condotta.adding import VERSION, reader_version
from condotta.cases import Case, load_case
from condotta.ledger import Ledger, browsing
from condotta.ledger.accounts import Session
from condotta.ledger.browsing import last_judgement
from condotta.places import ledger
from condotta.workbench.jobs import Job, Jobs
from condotta.workbench.survey import Survey, survey

_VISIT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Options:
    """How the workbench is served. `team`: accounts instead of one token; `secure`: cookies only over TLS; `upload`: bytes that one
    request may carry; `hours`: that a session lasts."""

    team: bool = False
    secure: bool = False
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    upload: int = 100 * 1024 * 1024
    hours: float = 12.0
    seed: int = 7
    name: str = "analyst"
    patience: float = 180.0
    weight: float = 10.0
    tokens: list[str] = field(default_factory=list)


class Desk:
    """One case, open. `start` begins what is left to do: files in the inbox, documents not read, an estimate never made. `leaving`: whether the
    server has been asked to stop."""

    def __init__(self, folder: Path, options: Options) -> None:
        self.folder, self.options = folder, options
        self.ledger: Ledger = ledger(folder)
        self.jobs = Jobs(str(folder), self._ended, options.patience)
        self.survey: Survey | None = None
        self.trouble = ""
        self.leaving: Callable[[], bool] = lambda: False
        self._memory: dict[Any, Any] = {}
        self.hashing = threading.Semaphore(2)  # each takes 64 MB
        self._looking = threading.Lock()

    @property
    def case(self) -> Case:
        """The case as case.yaml has it now."""
        stamp = (self.folder / "case.yaml").stat().st_mtime_ns
        kept: tuple[int, Case] | None = getattr(self, "_case", None)
        if kept is None or kept[0] != stamp:
            kept = self._case = (stamp, load_case(self.folder))
        return kept[1]

    def start(self) -> None:
        """Go on where an earlier server stopped, and look at the case."""
        for box in sorted(p for p in (self.folder / "inbox").glob("*") if p.is_dir()):
            if box.name.startswith("."):
                shutil.rmtree(box, ignore_errors=True)  # an upload that was cut off
                continue
            self.jobs.add("add", self.options.name, f"files left in {box.name}", box=box.name, who=self.options.name)
        if self.ledger.unread(reader_version(self.case)):
            self.jobs.add("read", self.options.name, "documents not read yet")
        threading.Thread(target=self._first_look, daemon=True, name="first look").start()

    def close(self) -> None:
        """Stop jobs, give the database back."""
        self.jobs.close()
        self.ledger.close()

    def look(self) -> None:
        """Survey the case again."""
        with self._looking:
            self.survey = survey(self.folder, self.ledger, self.options.seed, self.survey)
            self.trouble = ""

    def _first_look(self) -> None:
        try:
            self.look()
        except Exception as error:  # the pages say so; what needs no look works
            self.trouble = str(error)[:300]
            return
        found = self.survey
        if found and not found.fresh and len(found.pieces) >= 10 and not self.jobs.all():
            self.reconcile(self.options.name)

    def _ended(self, job: Job) -> None:
        """After what changed the case, look again."""
        if (job.verb == "reconcile" and job.state == "done") or job.verb in ("add", "read"):
            self.look()

    def reconcile(self, by: str) -> Job:
        """Ask for an estimate from the claims as they are judged now."""
        return self.jobs.add("reconcile", by, "estimates from all claims", seed=self.options.seed)

    def stale(self) -> bool:
        """Whether the estimates shown rest on other evidence than there is now."""
        found = self.survey
        return bool(found and found.estimate and not found.fresh)

    def remembered(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gave for `key`, as long as nobody judges, reads or adds."""
        now = browsing.stamp(self.ledger)
        memory = self._memory
        if memory.get("stamp") != now or len(memory) > 300:
            memory = self._memory = {"stamp": now}
        if key not in memory:
            made = make()
            if browsing.stamp(self.ledger) == now:
                memory[key] = made
            return made
        return memory[key]

    def documents(self, text: str | None = None) -> int:
        """How many documents there are, or have these words in title, publisher or file name."""
        return int(self.remembered(("documents", text), lambda: browsing.count_documents(self.ledger, text)))

    def unread(self) -> int:
        """How many documents nobody has read."""
        return int(self.remembered("unread", lambda: browsing.unread(self.ledger)))

    def making(self) -> bool:
        """Whether an estimate is being made."""
        return any(j.verb == "reconcile" and not j.over for j in self.jobs.all())

    def behind(self) -> int:
        """Judgements that are not in the estimates shown."""
        found = self.survey
        return last_judgement(self.ledger) - found.judged if found else 0

    def masks(self, session: Session) -> bool:
        """Whether private persons' names are masked for this person."""
        return self.case.names != "keep" or not session.may("analyst")

    def visit(self, session: Session) -> dict[str, Any] | None:
        """What the case was like when this person last came; this visit is kept for the next time."""
        key = f"visit {sha256(session.name.encode()).hexdigest()[:30]}"
        kept, now = self.ledger.saved_run(key) or {}, datetime.now(UTC)
        before, current = kept.get("before"), kept.get("current")
        if current and now - datetime.fromisoformat(current["at"]) > _VISIT:
            before, current = current, None
        if current is None or (self.survey and self.survey.estimate and not current["headlines"]):
            found = self.survey
            current = {
                "at": now.isoformat(), "judgement": last_judgement(self.ledger), "documents": self.documents(),
                "headlines": found.headlines() if found else {},
            }  # fmt: skip
            self.ledger.save_run(key, "visit", VERSION, None, {}, {"before": before, "current": current})
        return dict(before) if before else None
