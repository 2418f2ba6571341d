"""Pictures of every page of the workbench on the bundled case, for the documentation.

    python -m evaluation.workbench.pictures [folder]

Needs a Chromium. Writes docs/workbench/NAME.png; the names of the pages are those of the navigation.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from condotta import pipeline

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "libya-2020"
SERIES = "/estimates?group=Turkey-backed%20factions&measure=arrived"


@contextmanager
def served(case: Path) -> Iterator[str]:
    """The one-time address of a server on a case."""
    command = [sys.executable, "-c", "from condotta.cli import main; main()", "serve", str(case), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def pictures(target: Path) -> None:
    """Write them."""
    from playwright.sync_api import sync_playwright

    target.mkdir(parents=True, exist_ok=True)
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as play:
        case = Path(shutil.copytree(EXAMPLE, Path(scratch) / "libya-2020"))
        pipeline.add(case, [case / "documents", case / "figures.csv"])
        pipeline.read(case)
        pipeline.reconcile(case)
        with served(case) as address:
            browser = play.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            tab.goto(address)
            tab.wait_for_selector("td a:has-text('arrived')", timeout=300_000)
            _all(tab, address.split("/enter")[0], case, target)
            browser.close()


def _all(tab: Any, base: str, case: Path, target: Path) -> None:
    def shot(name: str, path: str, *waits: str) -> None:
        if path:
            tab.goto(base + path)
        for selector in waits:
            tab.wait_for_selector(selector, timeout=600_000)
        time.sleep(0.4)
        tab.screenshot(path=str(target / f"{name}.png"))

    shot("overview", "/")
    shot("documents", "/documents")
    found = next(
        c.document for c in pipeline.claims(case) if not c.by.startswith("table") and c.measure == "in training"
    )
    shot("document", f"/documents/{found}", ".claim.here")
    tab.keyboard.press("a")
    tab.wait_for_selector(".claim.accepted")
    tab.keyboard.press("y")
    shot("judging", "", ".claim.here dl.keys")
    shot("claims", "/claims?measure=killed&status=open")
    shot("contradictions", "/contradictions?measure=arrived")
    shot("estimates", SERIES, "#figure svg")
    tab.locator(".switches label", has_text="LNA").locator("input").uncheck()
    shot("without", "", "#told:has-text('without LNA')")
    shot("sources", "/sources")
    tab.locator("#cites").scroll_into_view_if_needed()
    tab.evaluate("document.querySelector('#cites').scrollIntoView()")
    shot("citations", "")
    tab.goto(base + "/check")
    tab.set_input_files("#check input[type=file]", str(case / "article.html"))
    shot("check", "", "text=Download as a page to share")
    tab.goto(base + "/what-if")
    tab.click("#what-if button.primary")
    shot("what-if", "", "#runs svg")
    tab.evaluate("document.querySelector('#runs').scrollIntoView()")
    shot("what-if-result", "")
    shot("history", "/history")


if __name__ == "__main__":
    pictures(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "workbench")
