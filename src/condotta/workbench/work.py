"""What a worker process does for each verb; it speaks to the server through a pipe and touches nothing of it.

Messages: ("step", done, of, what), ("found", data), ("failure", data), and at last ("done", data) or ("failed", code, words).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from condotta.errors import CondottaError

PARSING_BYTES = 6 * 1024**3
"""Address space of the process while it parses what came from outside."""


def main(pipe: Any, case: str, verb: str, arguments: Mapping[str, Any]) -> None:
    """Do the verb; whatever goes wrong ends in one message with a code."""
    verbs: dict[str, Any] = {
        "add": _add,
        "read": _read,
        "reconcile": _reconcile,
        "check": _check,
        "simulate": _simulate,
        "without": _without,
    }
    try:
        pipe.send(("done", verbs[verb](pipe, Path(case), **arguments)))
    except CondottaError as error:
        pipe.send(("failed", error.code, str(error)))
    except Exception as error:  # the process ends here; the page shows what it was
        pipe.send(("failed", "E-SYS-01", f"E-SYS-01: {type(error).__name__}: {str(error)[:300]}"))
    finally:
        pipe.close()


def _step(pipe: Any) -> Any:
    return lambda done, of, what: pipe.send(("step", done, of, what))


def _add(pipe: Any, case: Path, box: str, skip: tuple[str, ...] = (), who: str = "condotta") -> dict[str, Any]:
    """Take what lies in one folder of the inbox into the case, then read it; each file is gone from the inbox when it is in."""
    from condotta import pipeline

    inbox = case / "inbox" / box
    for name in skip:
        (inbox / name).unlink(missing_ok=True)
    files = sorted(p for p in inbox.glob("*") if p.is_file())
    with _limited():
        done = pipeline.add(case, files, _step(pipe), by=who)
    passing = set()
    for failure in done.failures:
        pipe.send(("failure", asdict(failure) | {"name": Path(failure.name).name}))
        if failure.code in ("E-DOC-09", "E-SYS-01") or failure.code.startswith("E-LED"):
            passing.add(Path(failure.name).name)  # it may go well next time: the file stays in the inbox
    for path in files:
        if path.name not in passing:
            path.unlink(missing_ok=True)
    if inbox.is_dir() and not any(inbox.iterdir()):
        inbox.rmdir()
    return {"documents": list(done.documents), "claims": done.claims, "known": done.known} | _read(pipe, case)


def _read(pipe: Any, case: Path) -> dict[str, Any]:
    from condotta import pipeline

    found, failures = pipeline.read(case, _step(pipe))
    for failure in failures:
        pipe.send(("failure", asdict(failure)))
    return {"read": found}


def _reconcile(pipe: Any, case: Path, seed: int) -> dict[str, Any]:
    from condotta import pipeline

    result = pipeline.reconcile(case, seed, _step(pipe))
    return {"diagnostics": {k: v for k, v in result.diagnostics.items() if isinstance(v, str | int | float)}}


def _check(pipe: Any, case: Path, path: str, seed: int) -> dict[str, Any]:
    from condotta import pipeline
    from condotta.cases import load_case
    from condotta.documents import read as read_document
    from condotta.reports import findings_page

    def told(done: int, of: int, finding: Any) -> None:
        pipe.send(("step", done, of, "comparing"))
        pipe.send(("found", pipeline.finding_json(finding)))

    try:
        with _limited():
            read_document(Path(path))
        document, findings = pipeline.check(case, path, seed, _step(pipe), told)
    finally:
        Path(path).unlink(missing_ok=True)
    page = findings_page(load_case(case).title, document, findings)
    about = {k: getattr(document, k) for k in ("id", "title", "publisher", "name")}
    return {"document": about | {"published": f"{document.published or ''}"}, "page": page}


def _without(pipe: Any, case: Path, names: list[str], group: str, measure: str, seed: int) -> dict[str, Any]:
    """The estimate made anew without some sources: what reweighting cannot tell."""
    from condotta import pipeline
    from condotta.cases import load_case
    from condotta.estimation import Setup, estimate, quick
    from condotta.workbench.survey import shown_series

    pipe.send(("step", 0, 1, f"without {', '.join(names)}"))
    kept = [p for p in pipeline.evidence(case) if p.origin not in names]
    made = estimate(kept, load_case(case), quick(Setup(seed=seed)))
    if (group, measure) not in made.spoken():
        return {"silent": True}
    return shown_series(made, group, measure)


def _simulate(
    pipe: Any, case: Path, name: str, changes: Mapping[str, Any], runs: int, seed: int, weight: float
) -> dict[str, Any]:
    from condotta import pipeline, whatif
    from condotta.cases import load_case
    from condotta.reports.simulated import figure
    from condotta.simulation import Ensemble, load_scenario, scenario_of

    scenario: Any = load_scenario(name) if not changes else scenario_of("as set here", changes)
    how = Ensemble(runs=runs, seed=seed, threads=2, weight=weight)
    found, posterior = whatif.run(case, (scenario,), how, _step(pipe))
    who = load_case(case)
    beside = (pipeline.reconcile(case, seed), who.root or next(iter(who.groups)))
    told = whatif.summary(found, posterior)
    rows = told["scenarios"][-1]
    return {
        "figure": figure(found, beside), "differences": rows["differences"], "scenario": found[-1].scenario, "about": found[-1].about,
        "fit": told["fit"], "causes": {r["scenario"]: r["exits by cause"] for r in told["scenarios"]}, "runs": runs,
    }  # fmt: skip


@contextmanager
def _limited() -> Iterator[None]:
    """The process with less memory, where the system can say so."""
    try:
        import resource
    except ImportError:  # not a Unix
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    least = PARSING_BYTES if hard == resource.RLIM_INFINITY else min(PARSING_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (least, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
