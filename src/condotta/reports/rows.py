"""The tables of a report as plain rows: what is known, contradictions, sources, what was set aside."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from condotta.estimates import STOCKS, Estimate, series_of_claim, spoken_aspect
from condotta.intervals import Period
from condotta.records import Claim, Evidence, shown_words
from condotta.reports.material import Material
from condotta.runs import Difference, Runs, differences

_CONTRADICTION = 1.5
_LEAST_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class Known:
    """One line of "what is known": a group's measure on a day, with intervals, today's rules beside it, and why."""

    group: str
    measure: str
    day: date
    median: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    rules: dict[str, float | None]
    identified: str
    moved: list[tuple[Claim, float]]


def known(material: Material) -> list[Known]:
    """One line for each series that a claim speaks of, on the last day that evidence on its side speaks of."""
    result, lines = material.estimate, []
    spoken = sorted(result.spoken(), key=lambda pair: material.case.groups[pair[0]].parent is not None)
    for group, measure in spoken:
        pieces = _pieces(result, group, measure)
        day = max((p.head.day for p in pieces if p.head.day), default=result.weeks.end(result.weeks.count - 1))
        aspect = "stock" if measure in STOCKS else "total"
        draws = result.reading(group, measure, aspect, Period(None, day))
        q = np.quantile(draws, [0.05, 0.25, 0.5, 0.75, 0.95])
        rules = material.presets(group, measure, day)
        moved = _moved(material, draws)
        lines.append(
            Known(
                group,
                measure,
                day,
                q[2],
                (q[1], q[3]),
                (q[0], q[4]),
                dict(rules),
                result.held(group, measure),
                moved,
            )
        )
    return lines


@dataclass(frozen=True, slots=True)
class Part:
    """The share of minors, commanders, ... in a measure of a side: median and 90 % interval, 0 to 1, and claims on it."""

    side: str
    subset: str
    measure: str
    low: float
    median: float
    high: float
    claims: int


def parts(result: Estimate) -> list[Part]:
    """One line for each subset of which a claim speaks."""
    lines = []
    for key, draws in result.shares.items():
        side, subset, measure = key.split(" | ")
        low, mid, high = (float(q) for q in np.quantile(draws, [0.05, 0.5, 0.95]))
        count = sum(e.head.subset == subset and e.head.measure == measure for e in result.evidence)
        lines.append(Part(side, subset, measure, low, mid, high, count))
    return lines


@dataclass(frozen=True, slots=True)
class Before:
    """What the model expected of a series of a side before any claim, and what it says with them: 5, 50, 95 %."""

    group: str
    measure: str
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]


def before(material: Material) -> list[Before]:
    """One line for each spoken series of a side, at the last week that claims can speak of."""
    result, lines = material.estimate, []
    for group, measure in result.spoken():
        if material.case.groups[group].parent is None:
            last = result.series(group, measure)[:, -1 - result.weeks.ahead]
            low, mid, high = (float(q) for q in np.quantile(last, [0.05, 0.5, 0.95]))
            lines.append(Before(group, measure, result.prior[f"{group} | {measure}"], (low, mid, high)))
    return lines


def _pieces(result: Estimate, group: str, measure: str) -> list[Evidence]:
    rows = set(result.rows(group))
    return [
        e
        for e in result.evidence
        if series_of_claim(e.head) == measure and e.head.group and rows & set(result.rows(e.head.group))
    ]


def _moved(material: Material, draws: Any) -> list[tuple[Claim, float]]:
    shift = material.influence(material.estimate, draws)
    order = np.argsort(-np.abs(shift))[:3]
    return [(material.estimate.evidence[i].head, -float(shift[i])) for i in order if abs(shift[i]) >= 0.1]


@dataclass(frozen=True, slots=True)
class Question:
    """Figures of different origins for one measure of one group within three weeks that cannot all be right."""

    measure: str
    group: str
    aspect: str
    pieces: list[Evidence]
    factor: float

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day that the figures speak of."""
        return min(_day(p) for p in self.pieces), max(_day(p) for p in self.pieces)

    @property
    def what(self) -> str:
        """The question in words: measure, aspect, group, month."""
        return f"{self.measure} ({self.aspect}), {self.group}, {self.days[0]:%b %Y}"


def contradictions(evidence: Sequence[Evidence], most: int = 20) -> list[Question]:
    """The largest first; pieces in order of their figure."""
    by_question: dict[tuple[str, str, str], list[Evidence]] = defaultdict(list)
    for piece in evidence:
        c = piece.head
        if (
            c.kind == "count"
            and c.measure
            and c.group
            and c.amount
            and c.day
            and c.subset == "all"
            and c.aspect
            and c.stance == "asserted"
        ):
            by_question[c.measure, c.group, c.aspect].append(piece)
    found = []
    for (measure, group, aspect), pieces in by_question.items():
        if aspect == "flow" and measure not in ("defected", "refused"):
            continue
        for cluster in _clusters(pieces, 7 if aspect == "total" else 21):
            factor = max((_apart(a, b) for a in cluster for b in cluster), default=0.0)
            if factor >= _CONTRADICTION:
                found.append(Question(measure, group, aspect, _spread(sorted(cluster, key=_value)), factor))
    return sorted(found, key=lambda q: -q.factor)[:most]


def _apart(a: Evidence, b: Evidence) -> float:
    """By what factor b lies above a, when two origins exclude each other; else 0."""
    if a.origin == b.origin or _range(a)[1] >= _range(b)[0]:
        return 0.0
    return (_value(b) + 1) / (_value(a) + 1)


def _range(piece: Evidence) -> tuple[float, float]:
    amount = piece.head.amount
    assert amount is not None
    low = amount.low if amount.low is not None else 0.0
    return 0.9 * low, 1.1 * amount.high if amount.high is not None else float("inf")


def _clusters(pieces: list[Evidence], days: int) -> list[list[Evidence]]:
    """Pieces about the same days, counted from the first of each cluster; totals grow, so theirs are shorter."""
    clusters: list[list[Evidence]] = []
    for piece in sorted(pieces, key=_day):
        if clusters and (_day(piece) - _day(clusters[-1][0])).days <= days:
            clusters[-1].append(piece)
        else:
            clusters.append([piece])
    return clusters


def _spread(values: list[Evidence]) -> list[Evidence]:
    """One piece an origin at most twice: its lowest and its highest."""
    by_origin: dict[str, list[Evidence]] = defaultdict(list)
    for piece in values:
        by_origin[piece.origin].append(piece)
    chosen = [p for group in by_origin.values() for p in (group[:1] if len(group) == 1 else [group[0], group[-1]])]
    return sorted(chosen, key=_value)


def _value(piece: Evidence) -> float:
    return piece.head.amount.middle if piece.head.amount else 0.0


def _day(piece: Evidence) -> date:
    return piece.head.day or date.max


def sources(material: Material) -> list[dict[str, Any]]:
    """Each source that was used: kind, grade, interest, pieces of evidence, learned bias per class."""
    counts = Counter(e.origin for e in material.estimate.evidence)
    rows = []
    for name, count in counts.most_common():
        spec = material.case.source(name)
        biases = material.estimate.bias.get(name, {})
        rows.append(
            {
                "name": name, "kind": spec.kind if spec else "not in the case", "grade": spec.grade if spec else "F", "interest": spec.interest if spec else None,
                "pieces": count, "bias": [(k, low, mid, high) for k, (low, mid, high) in sorted(biases.items())],
            }
        )  # fmt: skip
    return rows


def set_aside(material: Material) -> list[tuple[str, int]]:
    """Reason -> number of claims, the commonest first."""
    return Counter(s.reason for s in material.estimate.set_aside).most_common()


def points(result: Estimate, group: str, measure: str) -> list[dict[str, Any]]:
    """The claims of one series as points for a chart: day, figure, origin, words, chain; flows are left out of totals."""
    rows = []
    for piece in _pieces(result, group, measure):
        c = piece.head
        flow = spoken_aspect(c, result.weeks) == "flow" and measure not in STOCKS and measure != "defected"
        if c.group != group or c.amount is None or c.day is None or flow or c.subset != "all":
            continue
        outlets = len({x.chain[0] if x.chain else "?" for x in piece.claims})
        rows.append(
            {
                "day": c.day.isoformat(), "figure": c.amount.middle, "origin": piece.origin, "claim": c.amount.show(),
                "words": shown_words(c)[:220], "chain": " > ".join(c.chain), "carried": f"{outlets} outlet{'s' if outlets > 1 else ''}",
                "address": f"/documents/{c.document}?claim={c.id}",
            }
        )  # fmt: skip
    return rows


@dataclass(frozen=True, slots=True)
class Simulated:
    """A scenario: what it supposes, what drove the exits (mean share of the runs, largest first), in which share of the runs a tenth of
    the force in the theatre left within four weeks, and of all fielded by the end; its figures at the end less those of the base (none for the base itself)."""

    name: str
    about: str
    runs: int
    causes: list[tuple[str, float]]
    desertion: float
    deserted: float
    less: list[Difference]


def simulated(found: Sequence[Runs]) -> list[Simulated]:
    """One for each scenario; the first is the base."""
    return [
        Simulated(
            r.scenario,
            r.about,
            len(r.record),
            [(k, v) for k, v in r.drivers() if v >= _LEAST_SHARE],
            r.mass_desertion(),
            r.mass_desertion_of_war(),
            differences(r, found[0]) if k else [],
        )
        for k, r in enumerate(found)
    ]
