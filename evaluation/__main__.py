"""Print every measured figure and hold it against the floors: python -m evaluation (make evaluate).

Floors are in evaluation/floors.json and only rise. Parts whose corpora are not at hand are skipped with a reason.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

from condotta.claims import Reader
from condotta.records import Document
from evaluation import fakes, gold

FLOORS = Path(__file__).parent / "floors.json"


def main() -> int:
    """0 when no floor is broken, else 1."""
    figures: dict[str, dict[str, float]] = {}
    for half in ("train", "dev", "test"):
        figures[f"gold {half}"] = gold.score(half)
    corpora = os.environ.get("CONDOTTA_CORPORA")
    if corpora:
        figures["FA-KES dev"] = fakes.score(Path(corpora) / "data" / "fakes_dev.csv")
    else:
        print("FA-KES dev: skipped, CONDOTTA_CORPORA is not set\n")
    figures["speed"] = speed()
    for part, values in figures.items():
        print(part)
        for name, value in values.items():
            print(f"  {name:<34}{value:10.3f}")
        print()
    return _broken(figures)


def speed(seconds: float = 4.0) -> dict[str, float]:
    """Documents of 200 words that one core reads in a second, and what reading costs beside the dependency parse alone."""
    from condotta.claims.parser import parse
    from condotta.claims.sentences import sentences

    text = "\n\n".join(item["text"] for item in list(gold.items("dev"))[:8])
    document, reader = Document("speed", "", 0, "text/plain", text), Reader()
    reader.read(document)
    reads, parses = (
        _rate(lambda: reader.read(document), seconds),
        _rate(lambda: list(parse(text, sentences(text))), seconds),
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"documents a second": reads, "cost beside the parse alone": parses / reads, "peak memory, MB": peak}


def _rate(work: object, seconds: float) -> float:
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        work()  # type: ignore[operator]  # a callable without arguments
        done += 1
    return done / (time.perf_counter() - start)


def _broken(figures: dict[str, dict[str, float]]) -> int:
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    broken = [
        f"{part}: {name} is {figures[part][name]:.3f}, below its floor {floor:.3f}"
        for part, names in floors.items()
        if part in figures
        for name, floor in names.items()
        if figures[part][name] < floor
    ]
    print("\n".join(broken) or "no floor is broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
