"""Estimates held against themselves: under other judgements (sensitivity), and as they stood earlier (retrospective).

>>> sensitivity("mycase"); retrospective("mycase")

Both estimate many times, with fewer draws than an estimate that is printed; results are kept beside the estimates.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from condotta.cases import Case, load_case
from condotta.errors import EstimationError
from condotta.exchange.draws import load_rows, save_rows
from condotta.pipeline import Progress, evidence, question_key, silent

if TYPE_CHECKING:
    from condotta.estimates import Estimate
    from condotta.estimation import Setup
    from condotta.records import Evidence

GRADES = "ABCDEF"
_SOURCES = 5
_LEAST_PIECES = 4


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure that a report leads with: median, 90 % interval, at the last day that evidence speaks of."""

    group: str
    measure: str
    day: str
    low: float
    median: float
    high: float

    @property
    def shown(self) -> str:
        """The figure as a person writes it: median (low-high)."""
        return f"{self.median:,.0f} ({self.low:,.0f}-{self.high:,.0f})"


@dataclass(frozen=True, slots=True)
class Shift:
    """A changed assumption and the headline figures under it (none where too little evidence is left); `moved`: the largest
    relative change of a median."""

    what: str
    figures: tuple[Headline, ...]
    moved: float


@dataclass(frozen=True, slots=True)
class Peel:
    """An estimate as it stood on a day: what it gave for that day, and what all evidence gives for the same day now."""

    day: str
    then: Headline
    now: Headline

    @property
    def revision(self) -> float:
        """(then - now) / now, of the medians."""
        return (self.then.median - self.now.median) / max(self.now.median, 0.5)


def headlines(result: "Estimate", case: Case, day: date | None = None) -> tuple[Headline, ...]:
    """The spoken series of the sides of a case (not of their parts), on `day` or on the last day with evidence."""
    from condotta.estimates import STOCKS
    from condotta.intervals import Period

    found = []
    last = day or max((e.head.day for e in result.evidence if e.head.day), default=result.weeks.last_day)
    for group, measure in result.spoken():
        if case.groups[group].parent is None:
            aspect = "stock" if measure in STOCKS else "total"
            draws = result.reading(group, measure, aspect, Period(None, min(last, result.weeks.last_day)))
            low, mid, high = (round(float(q), 1) for q in np.quantile(draws, [0.05, 0.5, 0.95]))
            found.append(Headline(group, measure, last.isoformat(), low, mid, high))
    return tuple(found)


def sensitivity(case: Path | str, setup: "Setup | None" = None, progress: Progress = silent) -> list[Shift]:
    """The headline figures as they are, then under each other judgement: grades of the sources most heard one step up
    and down and each of these sources left out, unclear claims held to one reading, pools halved and doubled. Stopped,
    it goes on where it was."""
    from condotta.estimation import Setup, estimate, quick

    setup = quick(setup or Setup())
    who, pieces = load_case(Path(case)), evidence(case, setup.until)
    kept = _shelf(case, question_key(who, pieces, setup), "sensitivity")
    known = load_rows(kept)
    if known is not None:
        return [_shift(row) for row in known]
    base = estimate(pieces, who, setup)
    figures = headlines(base, who)
    found = [Shift("as it is", figures, 0.0)]
    changes = list(_changes(base, who, pieces, setup))
    unfinished = kept.with_suffix(".unfinished")
    before = {row["what"]: _shift(row) for row in load_rows(unfinished) or []}
    for number, (what, run) in enumerate(changes):
        progress(number, len(changes), what)
        found.append(before.get(what) or _under(what, run, figures, who))
        save_rows(unfinished, [asdict(s) for s in found])
    progress(len(changes), len(changes), "")
    save_rows(kept, [asdict(s) for s in found])
    unfinished.unlink(missing_ok=True)
    return found


def _under(what: str, run: Callable[[], "Estimate"], base: tuple[Headline, ...], case: Case) -> Shift:
    """The headline figures under another judgement; none where too little evidence is left."""
    try:
        other = headlines(run(), case, date.fromisoformat(base[0].day))
    except EstimationError:
        return Shift(what, (), 0.0)
    then = {(h.group, h.measure): h.median for h in base}
    moves = [h.median / max(then[h.group, h.measure], 0.5) - 1 for h in other if (h.group, h.measure) in then]
    return Shift(what, other, max(moves, key=abs, default=0.0))


def _changes(
    base: "Estimate", case: Case, pieces: "list[Evidence]", setup: "Setup"
) -> Iterator[tuple[str, Callable[[], "Estimate"]]]:
    """(words, how to estimate) of every other judgement."""
    from condotta.estimation import estimate, merged

    heard = Counter(e.origin for e in base.evidence)
    for name, count in heard.most_common(_SOURCES):
        spec = case.source(name)
        if count < _LEAST_PIECES:
            continue
        for step, word in ((-1, "up"), (1, "down")) if spec else ():
            at = GRADES.index(spec.grade) + step if spec else -1
            if 0 <= at < len(GRADES):
                other = _graded(case, name, GRADES[at])
                yield (
                    f"{name} graded {GRADES[at]} (one {word})",
                    lambda other=other: estimate(pieces, other, setup),  # type: ignore[misc]  # bound at once
                )
        rest = [p for p in pieces if p.origin != name]
        yield f"without {name}", lambda rest=rest: estimate(rest, case, setup)  # type: ignore[misc]
    for reading, word in enumerate(("total or stock", "flow, or total of arrivals passed on")):
        one = replace(setup, reading=reading)
        yield f"unclear claims as {word}", lambda one=one: estimate(pieces, case, one)  # type: ignore[misc]
    for factor, word in ((0.5, "halved"), (2.0, "doubled")):
        pools = replace(setup, assume=merged(setup.assume, {"pool": {"factor": factor}}))
        yield f"men at home {word}", lambda pools=pools: estimate(pieces, case, pools)  # type: ignore[misc]


def _graded(case: Case, name: str, grade: str) -> Case:
    """The case with one source graded otherwise; a party of the case that is no source yet becomes one."""
    canonical, spec = case.resolve("sources", name) or name, case.source(name)
    assert spec is not None
    sources = {**case.sources, canonical: spec.model_copy(update={"grade": grade})}
    return Case.model_validate(case.model_dump() | {"sources": {k: v.model_dump() for k, v in sources.items()}})


def retrospective(
    case: Path | str, setup: "Setup | None" = None, progress: Progress = silent, step: int = 8, peels: int = 5
) -> list[Peel]:
    """The estimates as they stood `step`, 2 `step`, ... weeks before the end, each beside what all evidence gives for the
    same day now. A day by which too little was published is left out."""
    from condotta.estimation import Setup, estimate, quick

    setup = quick(setup or Setup())
    who, pieces = load_case(Path(case)), evidence(case, setup.until)
    kept = _shelf(case, question_key(who, pieces, setup), f"retrospective-{step}-{peels}")
    rows = load_rows(kept)
    if rows is not None:
        return [Peel(r["day"], Headline(**r["then"]), Headline(**r["now"])) for r in rows]
    full = estimate(pieces, who, setup)
    found: list[Peel] = []
    days = [full.weeks.last_day - timedelta(weeks=step * k) for k in range(peels, 0, -1)]
    for number, day in enumerate(days):
        progress(number, len(days), f"as of {day:%d %b %Y}")
        try:
            earlier = estimate(evidence(case, day), who, replace(setup, until=day))
        except EstimationError:
            continue
        now = {(h.group, h.measure): h for h in headlines(full, who, day)}
        for then in headlines(earlier, who, day):
            if (then.group, then.measure) in now:
                found.append(Peel(day.isoformat(), then, now[then.group, then.measure]))
    progress(len(days), len(days), "")
    save_rows(kept, [asdict(p) for p in found])
    return found


def mohns_rho(peels: list[Peel]) -> dict[tuple[str, str], float]:
    """(group, measure) -> Mohn's rho: the mean relative revision. Positive: estimates were later lowered."""
    keys = sorted({(p.then.group, p.then.measure) for p in peels})
    return {key: float(np.mean([p.revision for p in peels if (p.then.group, p.then.measure) == key])) for key in keys}


def judgements(case: Path | str, seed: int) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Headline -> (other judgement, figure under it, change), the largest changes first, where the sensitivity has been
    worked out for the claims as they are; else empty."""
    from condotta.estimation import Setup, quick

    setup = quick(Setup(seed=seed))
    kept = _shelf(case, question_key(load_case(Path(case)), evidence(case), setup), "sensitivity")
    rows = load_rows(kept)
    return by_headline([_shift(row) for row in rows]) if rows else []


def by_headline(shifts: list[Shift], most: int = 8) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Headline -> (other judgement, figure under it, change), in words, the largest changes first."""
    found = []
    for head in shifts[0].figures:
        own = [(s.what, h) for s in shifts[1:] for h in s.figures if (h.group, h.measure) == (head.group, head.measure)]
        own.sort(key=lambda pair: -abs(math.log((pair[1].median + 0.5) / (head.median + 0.5))))
        rows = [(what, h.shown, f"{h.median / max(head.median, 0.5) - 1:+.0%}") for what, h in own[:most]]
        found.append((f"{head.measure}, {head.group}, {head.day}: {head.shown} as it is", rows))
    return found


def _shift(row: dict[str, Any]) -> Shift:
    return Shift(row["what"], tuple(Headline(**h) for h in row["figures"]), row["moved"])


def _shelf(case: Path | str, key: str, name: str) -> Path:
    return Path(case) / "estimates" / f"{key}-{name}.json"
