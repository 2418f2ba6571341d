"""Odd series: totals that fall, figures that freeze, parts that exceed the whole printed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from condotta.cases import Case
from condotta.damage.anchors import is_plain, series_of
from condotta.records import Claim, Evidence


@dataclass(frozen=True, slots=True)
class Flag:
    """Something odd about an origin's own series of figures."""

    kind: str
    origin: str
    words: str
    claims: tuple[Claim, ...]


def flags(pieces: Iterable[Evidence], case: Case) -> list[Flag]:
    """Totals that fall, series that freeze while others of the origin go on, parts that exceed the whole printed."""
    pieces = [p for p in pieces if p.replaced is None and p.head.kind == "count" and p.head.amount and p.head.day]
    series: dict[tuple[object, ...], list[Evidence]] = defaultdict(list)
    for p in pieces:
        if p.head.aspect in ("total", "stock") and p.head.stance == "asserted" and is_plain(p.head):
            series[p.origin, *series_of(p.head)].append(p)
    found: list[Flag] = []
    for own in series.values():
        own.sort(key=lambda p: p.head.day or date.max)
        found += _falls(own) if own[0].head.aspect == "total" else []
        found += _freezes(own, series)
    return found + list(_sums(pieces, case))


def _figure(piece: Evidence) -> float:
    assert piece.head.amount is not None
    return piece.head.amount.middle


def _day_of(piece: Evidence) -> date:
    return piece.head.day or date.max


def _falls(own: list[Evidence]) -> Iterator[Flag]:
    """Totals that do not fit into the heaviest rising series of the origin's figures; an outlet more weighs more."""
    best: list[tuple[float, int | None]] = []
    for i, p in enumerate(own):
        fits = [(best[j][0], j) for j in range(i) if _figure(own[j]) <= 1.03 * _figure(p)]
        weight, before = max(fits, default=(0.0, None), key=lambda f: f[0])
        best.append((weight + max(1, len({c.chain[0] for c in p.claims if c.chain})), before))
    rising: set[int] = set()
    at: int | None = max(range(len(own)), key=lambda i: best[i][0], default=None)
    while at is not None:
        rising.add(at)
        at = best[at][1]
    for i, p in enumerate(own):
        if i not in rising:
            higher = [own[j] for j in rising if j < i and _figure(own[j]) > 1.03 * _figure(p)]
            lower = [own[j] for j in rising if j > i and 1.03 * _figure(own[j]) < _figure(p)]
            if not higher and not lower:
                continue
            other = max(higher, key=_day_of) if higher else min(lower, key=_day_of)
            word = "after" if higher else "before"
            words = f"{_figure(p):,.0f} {p.head.measure} on {p.head.day:%d %b %Y}, {word} {_figure(other):,.0f} on {other.head.day:%d %b %Y}"
            yield Flag("a total that falls", p.origin, words, (p.head, other.head))


def _freezes(own: list[Evidence], series: dict[tuple[object, ...], list[Evidence]]) -> Iterator[Flag]:
    """The same figure for sixty days or more, while the origin's total of arrivals of the same fighters grew by a tenth."""
    head = own[0].head
    arrivals = series.get((own[0].origin, "arrived", "total", head.group or head.group_text, "all"), [])
    for figure, run in groupby(own, key=_figure):
        days = sorted(c.day for p in run for c in p.claims if c.day)
        if (days[-1] - days[0]).days < 60 or (head.measure, head.subset) == ("arrived", "all"):
            continue
        inside = [_figure(q) for q in arrivals if q.head.day and days[0] <= q.head.day <= days[-1]]
        if len(inside) > 1 and max(inside) > 1.1 * min(inside):
            what = f"{figure:,.0f} {head.measure}" + ("" if head.subset == "all" else f" ({head.subset})")
            words = f"{what} from {days[0]:%d %b %Y} to {days[-1]:%d %b %Y}, while arrivals rose from {min(inside):,.0f} to {max(inside):,.0f}"
            yield Flag("a series that freezes", own[0].origin, words, (head,))


def _sums(pieces: list[Evidence], case: Case) -> Iterator[Flag]:
    """Parts of a whole in one document that add up to more than the whole that it prints."""
    wholes: dict[tuple[object, ...], Claim] = {}
    parts: dict[tuple[object, ...], dict[str, Claim]] = defaultdict(dict)
    for origin, c in ((p.origin, c) for p in pieces for c in p.claims):
        if c.group is None or c.group not in case.groups or c.subset != "all" or c.stance != "asserted":
            continue
        key: tuple[object, ...] = (c.document, origin, c.measure, c.aspect, c.day, case.top(c.group))
        if case.groups[c.group].parent is None:
            wholes.setdefault(key, c)
        else:
            parts[key].setdefault(c.group, c)
    for key, own in parts.items():
        whole = wholes.get(key)
        added = sum(c.amount.middle for c in own.values() if c.amount)
        if whole and whole.amount and len(own) > 1 and added > 1.02 * whole.amount.middle:
            words = f"{len(own)} parts add up to {added:,.0f} {whole.measure}, the whole is printed as {whole.amount.show()}"
            yield Flag("parts that do not add up", str(key[1]), words, (whole, *own.values()))
