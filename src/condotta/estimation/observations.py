"""What each piece of evidence says about the world: readings, an interval on the log scale, whose bias; or why it is set aside.

exactly 4,750 -> [4725, 4775]   about x -> +-10 %   nearly x -> [0.9 x, x]   more than / at least x -> [x, 1.6 x]
up to x -> [0.4 x, x]           an event of one day -> [x, inf) of the flow in the two weeks around it
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta

from condotta.cases import Case
from condotta.estimates import MEASURES, SERIES, Weeks, flow_period, is_event, spoken_aspect
from condotta.intervals import Amount, Period, rounding
from condotta.records import Claim, Evidence, SetAside
from condotta.vocabulary import Vocabulary

_LOW_COUNT_NOISE = 0.3


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim's quantity as a linear form: `series` index and (week, weight) pairs."""

    measure: int
    terms: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """One piece of evidence, ready for the density: its groups by name, readings, log interval, and bias key."""

    evidence: Evidence
    groups: tuple[str, ...]
    readings: tuple[Reading, ...]
    low: float
    high: float
    noise: float
    source: str
    klass: str
    side: str


def observe(
    pieces: list[Evidence], case: Case, weeks: Weeks, words: Vocabulary
) -> tuple[list[Observation], list[SetAside]]:
    """Every piece either as an observation or set aside with a reason; no claim is lost."""
    kept: list[Observation] = []
    aside: list[SetAside] = []
    arrivals = _arrivals(pieces)
    for piece in pieces:
        reason = _unusable(piece.head, case, weeks)
        if reason is None:
            kept.append(_observation(piece, case, weeks, words, arrivals))
        else:
            aside += [SetAside(c, reason) for c in piece.claims]
    return kept, aside


def _unusable(claim: Claim, case: Case, weeks: Weeks) -> str | None:
    """Why a claim says nothing that the model can hear, or None."""
    if claim.unsure:
        return f"the reader is unsure of it (confidence {claim.confidence:.2f}); it counts once it is accepted"
    if claim.kind != "count":
        return f"not a head-count ({claim.kind})"
    if claim.amount is None:
        return "no figure"
    if claim.measure is None:
        return "a figure that fits no measure"
    if claim.measure not in MEASURES:
        return f"no head-count of anybody's state ({claim.measure})"
    if claim.stance != "asserted":
        return f"{claim.stance}, not asserted"
    if claim.subset != "all":
        return f"a part of the fighters ({claim.subset})"
    if claim.group is None:
        return "no group of the case is named" if claim.group_text is None else "the group is not in the case"
    if not all(g in case.groups for g in claim.group.split("; ")):
        return "men of the client or the opponent, whom the model does not move"
    if claim.day is None:
        return "no date"
    if not weeks.covers(claim.day):
        return "outside the case's period"
    if claim.aspect == "flow" and flow_period(claim) is None:
        return "no period"
    return None


def bounds(amount: Amount) -> tuple[float, float]:
    """Lowest and highest value that an amount means, on its own scale."""
    low, high, x = amount.low, amount.high, amount.middle
    half = rounding(x)
    if amount.qualifier == "about":
        half = max(half, 0.1 * x)
    if amount.qualifier == "nearly":
        return 0.9 * x, x
    if low is None:
        return 0.4 * x, x
    if high is None:
        return x, 1.6 * x
    return (low, high) if low < high else (max(x - half, 0.3), x + half)


def _observation(
    piece: Evidence, case: Case, weeks: Weeks, words: Vocabulary, arrivals: list[tuple[str, date, float]]
) -> Observation:
    claim = piece.head
    assert claim.amount is not None and claim.measure is not None and claim.group is not None and claim.day is not None
    low, high = bounds(claim.amount)
    event = claim.aspect == "flow" and is_event(claim)
    klass = words.measures[claim.measure].klass
    return Observation(
        evidence=piece,
        groups=tuple(claim.group.split("; ")),
        readings=_readings(claim, weeks, arrivals, piece.origin),
        low=math.log(max(low, 0.3)),
        high=math.inf if event else math.log(high + 1),
        noise=_LOW_COUNT_NOISE / (low + 0.5),
        source=piece.origin,
        klass=klass,
        side=_side(piece.origin, claim.group.split("; ")[0], case),
    )


def _readings(claim: Claim, weeks: Weeks, arrivals: list[tuple[str, date, float]], origin: str) -> tuple[Reading, ...]:
    """The reading that the aspect gives; two where it is unclear, or where a stock looks like a total passed on."""
    assert claim.measure is not None and claim.day is not None and claim.amount is not None
    period = claim.period or Period(None, claim.day)
    if claim.measure in ("present", "in training"):
        readings = [_reading(claim.measure, "stock", period, weeks)]
        if claim.measure == "present" and _is_total_passed_on(claim, arrivals, origin):
            readings.append(_reading("arrived", "total", period, weeks))
        return tuple(readings)
    flow = flow_period(claim)
    aspect = spoken_aspect(claim, weeks)
    if aspect == "flow" and flow:
        return (_reading(claim.measure, "flow", flow, weeks),)
    if aspect is None and flow:
        return (_reading(claim.measure, "total", period, weeks), _reading(claim.measure, "flow", flow, weeks))
    return (_reading(claim.measure, "total", period, weeks),)


def _reading(measure: str, aspect: str, period: Period, weeks: Weeks) -> Reading:
    terms = list(weeks.weights(period.end))
    if aspect == "flow" and period.start is not None:
        terms += [(w, -x) for w, x in weeks.weights(period.start - timedelta(days=1))]
    return Reading(SERIES.index(measure), tuple(terms))


def _arrivals(pieces: list[Evidence]) -> list[tuple[str, date, float]]:
    """(group, day, figure) of every total of arrivals on record."""
    found = []
    for piece in pieces:
        c = piece.head
        if c.measure == "arrived" and c.aspect == "total" and c.amount and c.day and c.group:
            found.append((c.group, c.day, c.amount.middle))
    return found


def _is_total_passed_on(claim: Claim, arrivals: list[tuple[str, date, float]], origin: str) -> bool:
    """Whether the figure given as present is one that somebody gave as arrived in the seven weeks before."""
    assert claim.amount is not None and claim.day is not None
    x = claim.amount.middle
    return any(g == claim.group and abs(y - x) <= 0.05 * x and -7 <= (claim.day - d).days <= 49 for g, d, y in arrivals)


def _side(origin: str, group: str, case: Case) -> str:
    """Whether the source is a party: to the group's own side, to the enemy's, or neither."""
    spec = case.source(origin)
    interest = spec.interest if spec else None
    if interest is None:
        return "none"
    theirs, ours = camp(interest, case), camp(group, case)
    return "none" if theirs is None or ours is None else "own" if theirs == ours else "enemy"


def camp(name: str, case: Case) -> str | None:
    """ "client" or "opponent": which side a group, sponsor, client or opponent is on; the first sponsor is the client's."""
    sponsors = list(case.sponsors)
    if name in case.client or name in sponsors[:1]:
        return "client"
    if name in case.opponent or name in sponsors[1:]:
        return "opponent"
    if name in case.groups:
        sponsor = case.groups[case.top(name)].sponsor
        return camp(sponsor, case) if sponsor else None
    return None
