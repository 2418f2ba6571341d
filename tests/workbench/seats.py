"""What the workbench's tests share: two short reports, a case of them, somebody signed in, a server in a process of its own."""

import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from condotta import pipeline

MONITOR = """Fighters of the First Division in Front Town

Daily Paper, 3 June 2020

At least 343 fighters of the First Division have been killed in Front Town since the beginning of the year, the Monitor
for Human Rights said on Wednesday. Some 2,000 fighters arrived in Front Town last month, the Monitor said.

A fighter named Omar Haddad told the paper that 40 men of the First Division had refused to go. Over 900 recruits are in
training, according to activists.
"""
RIVAL = """Losses of the First Division

Other Paper, 5 June 2020

At least 900 fighters of the First Division have been killed in Front Town since the beginning of the year, the army said.
Some 2,000 fighters arrived in Front Town last month, it said.
"""


@dataclass(frozen=True)
class Seat:
    """Somebody signed in: the client, and the headers of what changes something."""

    client: TestClient
    form: dict[str, str]

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.client.post(path, json=body, headers=self.form, **more)


def small_case(folder: Path) -> Path:
    pipeline.new(folder)
    papers = folder.parent / "papers"
    papers.mkdir()
    (papers / "monitor.txt").write_text(MONITOR, encoding="utf-8")
    (papers / "rival.txt").write_text(RIVAL, encoding="utf-8")
    assert pipeline.add(folder, [papers]).failures == ()
    pipeline.read(folder)
    return folder


def form_of(client: TestClient) -> dict[str, str]:
    """The token that this session's pages carry, as a header."""
    found = re.search(r'<meta name="form" content="([^"]+)"', client.get("/history").text)
    assert found
    return {"x-condotta-form": found[1]}


@dataclass
class Server:
    """A workbench in a process of its own."""

    process: "subprocess.Popen[str]"
    address: str

    @property
    def base(self) -> str:
        return self.address.split("/enter")[0].rstrip("/")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


SERIES = """The dead of the First Division, {day} {month}

Daily Paper, {day} {month} 2020

The Monitor for Human Rights said on {day} {month} 2020 that {killed} fighters of the First Division had been killed in Theatreland so far.
It said that {arrived} fighters of the First Division had arrived in Theatreland so far.
"""
CLAIMED = """Heavy losses of the First Division, {day} {month}

Other Paper, {day} {month} 2020

The Opposing Army said on {day} {month} 2020 that {killed} fighters of the First Division had been killed in Theatreland so far.
"""


def moving_case(folder: Path) -> Path:
    """A case that is estimated in seconds: ten weeks of one monitor's totals, and its opponent's figures of the dead, twice as high."""
    pipeline.new(folder)
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    (folder / "case.yaml").write_text(text.replace("end: 2020-12-31", "end: 2020-06-30"), encoding="utf-8")
    papers = folder.parent / "papers"
    papers.mkdir()
    for k in range(8):
        month, day = ("March", "April")[k // 4], 2 + 7 * (k % 4)
        report = SERIES.format(day=day, month=month, killed=100 + 30 * k, arrived=1000 + 200 * k)
        (papers / f"{k}.txt").write_text(report, encoding="utf-8")
        if k % 3 == 0:
            (papers / f"{k}b.txt").write_text(
                CLAIMED.format(day=day, month=month, killed=2 * (100 + 30 * k)), encoding="utf-8"
            )
    assert pipeline.add(folder, [papers]).failures == ()
    pipeline.read(folder)
    pipeline.reconcile(folder)
    return folder
