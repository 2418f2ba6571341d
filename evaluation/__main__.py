"""Print every measured figure and hold it against the floors: python -m evaluation (make evaluate).

Floors are in evaluation/floors.json and only rise. Parts whose corpora are not at hand are skipped with a reason.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

from condotta import selftest
from condotta.claims import Reader
from evaluation import archives, damage, fakes, gold, muc
from evaluation.estimation import calibration, holdout
from evaluation.ledger import archive
from evaluation.simulation import recovery
from evaluation.simulation import speed as simulator
from evaluation.workbench import large

FLOORS = Path(__file__).parent / "floors.json"
_ROUNDING = 0.005  # other versions of numpy and onnxruntime round a little otherwise


def main() -> int:
    """0 when no floor is broken, else 1."""
    figures: dict[str, dict[str, float]] = {}
    readers = {"": Reader(), ", rules alone": Reader(model=False)}
    for name, reader in readers.items():
        for half in ("train", "dev", "study", "test", "unseen"):
            figures[f"gold {half}{name}"] = gold.score(half, reader)
    figures["agreement of two annotators"] = gold.agreement()
    corpora = os.environ.get("CONDOTTA_CORPORA")
    if corpora:
        data = Path(corpora) / "data"
        for name, reader in readers.items():
            figures[f"FA-KES dev{name}"] = fakes.score(data / "fakes_dev.csv", reader)
            figures[f"MUC-4 tst1+tst2{name}"] = muc.score(data / "muc4", reader)
    else:
        print("FA-KES dev, MUC-4: skipped, CONDOTTA_CORPORA is not set\n")
    figures["speed"] = speed()
    figures["simulator"] = simulator.score()
    figures["simulator, what the fit recovers"] = recovery.score()
    figures["closed loop, 6 worlds"] = closed_loop()
    figures["workbench, 20,000 claims"] = large.score()
    figures["an archive on a cluster"] = archives.measured(800)
    if os.environ.get("CONDOTTA_POSTGRES"):
        figures["ledger in PostgreSQL, 1,000,000 claims"] = archive.score()
    else:
        print("ledger in PostgreSQL: skipped, CONDOTTA_POSTGRES is not set\n")
    forecast = holdout.score()
    figures |= estimation(forecast["all"])
    _print_parts(figures)
    _print_reliability()
    calibration.show()
    holdout.show(forecast)
    return _broken(figures)


def estimation(rows: dict[str, float]) -> dict[str, dict[str, float]]:
    """The estimator: damage on the way, forecasts of the bundled case, and the kept calibration in numbers that rise."""
    better = min(rows["median"], rows["latest most reliable"], rows["inflation corrected"]) / rows["score"]
    found = {
        "damage on the way": damage.score(),
        "forecast of the bundled case": {"80 % inside": rows["80% inside"], "best preset's score / ours": better},
    }
    found["calibration"] = {"is of this model": float(calibration.is_current())}
    for part, f in calibration.summary().items():
        if part in calibration.RUNS:
            found[f"calibration {part}"] = {
                "90 % inside": f["90 %"], "departure within limit": float(f["departure"] <= f["limit"]),
                "truthful, not called too high": 1 - f["called too high"],
            }  # fmt: skip
    return found


def _print_parts(figures: dict[str, dict[str, float]]) -> None:
    """Every part once, with the rules alone in a second column where they were measured."""
    for part, values in figures.items():
        if part.endswith(", rules alone"):
            continue
        alone = figures.get(f"{part}, rules alone", {})
        print(f"{part:<36}{'':>10}{'rules alone':>14}" if alone else part)
        for name, value in values.items():
            print(f"  {name:<34}{value:10.3f}" + (f"{alone[name]:14.3f}" if alone else ""))
        print()


def _print_reliability() -> None:
    for half in ("study", "unseen"):
        print(f"confidence, gold {half}: band, claims, mean confidence, share wholly right")
        for band, size, mean, share in gold.reliability(half):
            print(f"  {band}{size:8d}{mean:8.2f}{share:8.2f}")
        print()


def closed_loop(worlds: int = 6) -> dict[str, float]:
    """Simulated worlds, reported, read, reconciled: share of the observers' claims that came out of the texts right, and of the true weekly
    figures inside the 80 % intervals, by route and measure."""
    loops = selftest.run(worlds)
    found = {"claims read right": sum(x.read * x.made for x in loops) / sum(x.made for x in loops)}
    for route in ("claims as made", "texts as read"):
        found |= {f"{route}: {m}": selftest.coverage(loops, route, m) for m in selftest.MEASURES}
    return found


def speed(seconds: float = 6.0) -> dict[str, float]:
    """Articles of about 200 words that one core reads in a second, and the cost of the model beside the rules alone."""
    articles = [item for item in gold.items("study") if "\n\n" in item["text"]]
    words = sum(len(item["text"].split()) for item in articles) / len(articles)
    both, alone = Reader(), Reader(model=False)
    for reader in (both, alone):
        gold.read_item(reader, articles[0])
    with_model = _rate(lambda: [gold.read_item(both, a) for a in articles], seconds) * len(articles)
    by_rules = _rate(lambda: [gold.read_item(alone, a) for a in articles], seconds) * len(articles)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cost = by_rules / with_model
    return {
        "articles a second": with_model,
        "words an article": words,
        "cost beside rules alone": cost,
        "peak memory, MB": peak,
    }


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
        if figures[part][name] < floor - _ROUNDING
    ]
    print("\n".join(broken) or "no floor is broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
