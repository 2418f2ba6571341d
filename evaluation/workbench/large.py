"""Pages of a case with 100,000 claims of 5,000 documents beside those of an empty one, in the same run.

    python -m evaluation.workbench.large [claims] [documents]

The case is made up: 200 outlets cite 400 origins, a sentence for each claim, written into the ledger as a reader would. Prints, for every page, the
median of the time to its first byte on the large case and on the empty one, the ratio, and the time when the page is asked for
the first time (the counts of a list are remembered until something changes).
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
from starlette.testclient import TestClient

from condotta import pipeline
from condotta.adding import reader_version
from condotta.cases import load_case
from condotta.intervals import Amount, Period
from condotta.ledger import Ledger
from condotta.records import Claim, Document, named
from condotta.workbench import Options, application

ASKED = 15
PAGES = ("/", "/documents", "/documents/{id}", "/claims", "/claims?measure=killed", "/claims?text=front+town", "/claims?first=50000", "/contradictions",
         "/estimates", "/sources", "/check", "/what-if", "/history", "/history/log")  # fmt: skip
MEASURES = ("killed", "arrived", "present", "in training", "recruited", "returned", "wounded", "captured")
ASPECTS = {
    "killed": "total",
    "arrived": "total",
    "recruited": "total",
    "returned": "total",
    "wounded": "total",
    "captured": "total",
}


def fill(folder: Path, claims: int, documents: int, seed: int = 7) -> None:
    """Write documents and claims into the ledger of a case."""
    case = load_case(folder)
    rng, groups, each = np.random.default_rng(seed), list(case.groups), claims // documents
    with Ledger(folder / "ledger.sqlite") as store:
        for k in range(documents):
            day = date(2020, 1, 1) + timedelta(days=int(rng.integers(0, 360)))
            document, found = _document(k, day, each, groups, rng)
            store.add_document(document)
            store.save_reading(document.id, reader_version(case), found)


def _document(
    k: int, day: date, claims: int, groups: list[str], rng: np.random.Generator
) -> tuple[Document, list[Claim]]:
    outlet, text, found = f"Outlet {int(rng.integers(0, 200))}", f"Report {k}\n\n", []
    for _ in range(claims):
        measure, group = str(rng.choice(MEASURES)), str(rng.choice(groups))
        number, said = int(np.exp(rng.normal(6, 1.2))), f"Monitor {int(rng.integers(0, 400))}"
        sentence = f"Some {number:,} fighters of {group} were {measure} in Front Town, {said} said."
        start = len(text)
        amount = Amount(number, number, "people", "about", f"{number:,}", start + 5, start + 5 + len(f"{number:,}"))
        claim = Claim(f"L{k:05}", "count", sentence, start, start + len(sentence), measure, ASPECTS.get(measure, "stock"), group=group, group_text=group,
                      period=Period(None, day), amount=amount, chain=(outlet, said), confidence=float(rng.uniform(0.2, 1)), by="model", reported=day)  # fmt: skip
        found.append(named(claim))
        text += sentence + "\n"
    made = Document(
        f"L{k:05}",
        f"made up {k}",
        len(text),
        "text/plain",
        text,
        title=f"Report {k}",
        publisher=outlet,
        published=day,
        language="en",
        title_end=len(f"Report {k}"),
    )
    return made, [replace(c, document=made.id) for c in found]


@contextmanager
def opened(folder: Path) -> Iterator[TestClient]:
    """The workbench of a case, once it has looked the case through."""
    app = application(folder, Options(tokens=["t"]))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        client.get("/enter?token=t")
        begun = time.monotonic()
        while app.state.desk.survey is None and time.monotonic() - begun < 900:
            time.sleep(0.2)
        for job in app.state.desk.jobs.all():
            app.state.desk.jobs.cancel(job.id)
        print(f"  looked through in {time.monotonic() - begun:.0f} s", file=sys.stderr)
        yield client


def first_bytes(client: TestClient, document: str) -> dict[str, tuple[float, float]]:
    """Page -> (median seconds to its first byte, the same when it is asked for the first time)."""
    found = {}
    for page in PAGES:
        path, taken = page.replace("{id}", document), []
        for _ in range(ASKED):
            begun = time.perf_counter()
            answer = client.get(path)
            taken.append(time.perf_counter() - begun)
            assert answer.status_code in (200, 404), (path, answer.status_code)
        found[page] = median(taken[1:]), taken[0]
    return found


def measured(claims: int = 100_000, documents: int = 5_000) -> dict[str, tuple[float, float, float]]:
    """Page -> (median seconds on the large case, on the empty one, the first time on the large case)."""
    with TemporaryDirectory() as scratch:
        large, empty = pipeline.new(Path(scratch) / "large"), pipeline.new(Path(scratch) / "empty")
        fill(large, claims, documents)
        with opened(empty) as client:
            none = first_bytes(client, "L00000")
        with opened(large) as client:
            many = first_bytes(client, "L00000")
    return {page: (many[page][0], none[page][0], many[page][1]) for page in PAGES}


def score(claims: int = 20_000, documents: int = 1_000) -> dict[str, float]:
    """The share of the pages whose first byte comes within 200 ms at the median, on a middling case."""
    found = measured(claims, documents)
    return {"pages within 200 ms": sum(many < 0.2 for many, _, _ in found.values()) / len(found)}


def main() -> None:
    """Print the table."""
    claims, documents = ([int(a) for a in sys.argv[1:]] + [100_000, 5_000][len(sys.argv) - 1 :])[:2]
    print(
        f"{claims:,} claims of {documents:,} documents beside an empty case; medians of {ASKED - 1}, milliseconds to the first byte"
    )
    print(f"  {'':28} {'large':>8} {'empty':>8}           first time")
    for page, (many, none, first) in measured(claims, documents).items():
        print(f"  {page:28} {1000 * many:8.1f} {1000 * none:8.1f}   x {many / none:4.1f} {1000 * first:10.1f}")


if __name__ == "__main__":
    main()
