"""Made-up cases whose truth is known: a template of who says what about when, and reports drawn from the model itself.

A report is drawn as the model says: the quantity under the true z, times the speaker's bias, with logistic error; then
rounded down to two digits, so that what the estimator hears is the cell that the figure fell into.
"""

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from condotta.cases import Case
from condotta.estimates import Array, Weeks
from condotta.estimation.density import Layout, quantity, series_of, speakers, sums_of
from condotta.estimation.estimate import weeks_of
from condotta.estimation.layout import Plan, layout, plan
from condotta.estimation.observations import Observation, observe
from condotta.estimation.sampling import prior_draws
from condotta.intervals import Amount, Period
from condotta.randomness import stream
from condotta.records import Claim, Evidence, named
from condotta.vocabulary import vocabulary

START = date(2020, 1, 6)
_TOTALS = ("arrived", "killed", "returned", "recruited", "captured")
_STOCKS = ("present", "in training")
_CONFIDENCE = (0.4, 0.95)
"""Between these the confidence of a claim lies, evenly, where the reader may misread: about as it does in articles."""
_SOURCES = {
    "Monitor": ("monitor", "B", None), "Second monitor": ("monitor", "C", None), "Ministry": ("government", "D", "S"),
    "Enemy": ("belligerent", "D", "O"), "Panel": ("UN body", "B", None), "Outlet": ("outlet", "C", None),
    "Activists": ("unnamed", "E", None), "Rumour": ("unnamed", "F", None),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """A template: its case, weeks, observations, plan and layout."""

    case: Case
    weeks: Weeks
    observations: tuple[Observation, ...]
    plan: Plan
    layout: Layout


def template(groups: int, weeks: int, claims: int, seed: int = 1, misread: bool = False) -> World:
    """`claims` pieces of evidence on `groups` groups over `weeks` weeks; all as somebody would hand them on who misreads none, or with `misread` as
    the reader does: each with a confidence of its own."""
    case = _case(groups, weeks)
    rng = stream(seed, f"template {groups}x{weeks}x{claims}")
    pieces = [_piece(i, case, weeks, rng) for i in range(claims)]
    if misread:
        sure = stream(seed, "confidence").uniform(*_CONFIDENCE, claims)
        pieces = [
            replace(p, claims=(replace(p.head, by="model", confidence=float(c)),))
            for p, c in zip(pieces, sure, strict=True)
        ]
    span = weeks_of(case)
    observations, _ = observe(pieces, case, span, vocabulary())
    the_plan = plan(observations, case)
    usable = [o for o in observations if all(g in the_plan.members for g in o.groups)]
    return World(case, span, tuple(usable), the_plan, layout(usable, the_plan, case, span))


def _case(groups: int, weeks: int) -> Case:
    named_groups = {f"Group {i}": {"parent": "Side", "pool": 3000} for i in range(1, groups)}
    sources = {n: {"kind": k, "grade": g, "interest": i} for n, (k, g, i) in _SOURCES.items()}
    return Case.model_validate(
        {
            "title": "made up", "period": {"start": START, "end": START + timedelta(weeks=weeks - 4, days=-1)},
            "sponsors": {"S": {}}, "client": {"C": {}}, "opponent": {"O": {}}, "sources": sources,
            "groups": {"Side": {"sponsor": "S", "pool": 6000 + 3000 * groups}, **named_groups},
        }
    )  # fmt: skip


def _piece(number: int, case: Case, weeks: int, rng: np.random.Generator) -> Evidence:
    """One claim; its figure is only a placeholder until reports are drawn."""
    names = list(_SOURCES)
    source = names[int(rng.choice(len(names), p=[0.3, 0.15, 0.1, 0.15, 0.08, 0.1, 0.08, 0.04]))]
    day = START + timedelta(days=int(rng.integers(14, 7 * (weeks - 4))))
    kind = rng.random()
    group = "Side" if len(case.groups) == 1 or rng.random() < 0.3 else f"Group {rng.integers(1, len(case.groups))}"
    subset, amount, stance = "all", Amount(100, 100), "asserted"
    aspect: str | None = "total"
    what, measure, period = "count", str(rng.choice(_TOTALS)), Period(None, day)
    if kind > 0.95:
        what, measure, aspect, group, period = "terms", "pay", None, "Side", Period(day, day)
        amount, stance = Amount(100, 100, unit="USD"), str(rng.choice(("promised", "asserted")))
    elif kind > 0.92:
        measure, subset = str(rng.choice(("arrived", "killed"))), "minors"
    elif kind > 0.89:
        measure, aspect, period = "defected", "flow", Period(day - timedelta(days=day.weekday() + 1), day)
    elif kind > 0.86:
        aspect, period = None, Period(day - timedelta(days=34), day)  # unclear: since the start, or since then
    elif kind > 0.74:
        measure, aspect, period = str(rng.choice(("killed", "arrived"))), "flow", Period(day - timedelta(days=27), day)
    elif kind > 0.54:
        measure, aspect, period = str(rng.choice(_STOCKS)), "stock", Period(day, day)
    claim = named(
        Claim(
            f"D{number}", what, "q", 0, 1, measure=measure, aspect=aspect, group=group, period=period, subset=subset,
            amount=amount, stance=stance, chain=("Outlet", source), reported=day,
        )
    )  # fmt: skip
    return Evidence("E" + claim.id[1:], (claim,), source, "drawn")


def truth(world: World, seed: int) -> Array:
    """(unknown,) a z of the prior."""
    return np.asarray(prior_draws(world.layout, stream(seed, "truth"), 1)[0])


def reported(world: World, z: Array, rng: np.random.Generator, normal: bool = False) -> Layout:
    """The layout with reports drawn under z; `normal`: with normal instead of logistic errors of the same spread."""
    a = world.layout
    figures = drawn(a, z, rng, normal)
    cells = [_cell(x) for x in figures]
    high = np.repeat([c[1] for c in cells], np.diff(a.first))
    return a._replace(low=np.array([c[0] for c in cells]), high=np.where(np.isinf(a.high), a.high, high))


def drawn(a: Layout, z: Array, rng: np.random.Generator, normal: bool = False) -> Array:
    """(observation,) figures that the speakers give under z, before rounding."""
    sums = sums_of(series_of(z, a), a.mask)
    bias, scatter, late, share = speakers(z, a)
    figures = np.empty(len(a.low))
    for n in range(len(a.low)):
        readings = range(a.first[n], a.first[n + 1])
        r = int(rng.choice(readings))
        part = share[a.part[n]] if a.part[n] >= 0 else 1.0
        mu = part * max(quantity(r, late[a.source[n]], a.at, a.sign, a.measure, a.who, sums)[0], 0.0)
        s = math.sqrt(scatter[a.source[n]] ** 2 + a.noise[n] / (mu + 0.5))
        s = a.garble_scale if rng.random() < a.garbled[n] else s
        error = rng.normal() * math.pi / math.sqrt(3) if normal else rng.logistic()
        figures[n] = math.exp(math.log(mu + 0.5) + bias[a.bias[n]] + s * error)
    return np.asarray(figures)


def _cell(x: float) -> tuple[float, float]:
    """Log ends of the cell of two digits that a figure falls into; what is below one is "none"."""
    if x < 1:
        return -math.inf, 0.0
    unit = 10.0 ** max(math.floor(math.log10(x)) - 1, 0)
    low = math.floor(x / unit) * unit
    return math.log(low), math.log(low + unit)


def headline(world: World, a: Layout, z: Array) -> Array:
    """(draw, quantity) logs of what would be printed: the side's main series at the middle and the end."""
    rows = list(world.plan.members["Side"])
    at = [world.weeks.count // 2, world.weeks.count - 1]
    found = []
    for row in z:
        s = series_of(row, a)[rows].sum(axis=0)
        found.append([math.log(s[w, m] + 0.5) for m in _COLUMNS for w in at])
    return np.array(found, dtype=np.float64)


_COLUMNS = (1, 2, 3, 4, 5, 6, 7)
NAMES = tuple(
    f"{m}, {w}" for m in ("in training", "present", "recruited", "arrived", "killed", "captured", "returned") for w in ("middle", "end")
)  # fmt: skip
