"""What each piece of evidence says about the world: readings, an interval on the log scale, whose bias; or why it is set aside.

exactly 4,750 -> [4725, 4775]   about x -> +-10 %   nearly x -> [0.9 x, x]   more than / at least x -> [x, 1.6 x]
up to x -> [0.4 x, x]           an event of one day -> [x, inf) of the flow in the two weeks around it
a denied x -> [0, x]: who denies a figure says that it is less       a part of the fighters -> a share of the whole
pay in US dollars, promised or paid -> the terms of its month
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from condotta.cases import Case
from condotta.estimates import COUNTED, SERIES, Weeks, flow_period, is_event, spoken_aspect
from condotta.intervals import Amount, Period, rounding
from condotta.records import Claim, Evidence, SetAside
from condotta.vocabulary import Vocabulary

LOW_COUNT_NOISE = 0.3
SUBSETS = ("minors", "commanders", "women", "foreign")
Part = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim's quantity: the index of its series, the week (end of a day, with its fraction) it is given for, for a flow
    the week from which on, and whether it is only a part of that flow, so that the figure has no upper end."""

    measure: int
    end: float
    start: float | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """One piece of evidence, ready for the density: its groups by name, readings, log interval, bias key, for a
    part of the fighters (side, subset, measure), and how likely the reader misread it."""

    evidence: Evidence
    groups: tuple[str, ...]
    readings: tuple[Reading, ...]
    low: float
    high: float
    noise: float
    source: str
    klass: str
    side: str
    part: Part | None = None
    misread: float = 0.0


def observe(
    pieces: list[Evidence], case: Case, weeks: Weeks, words: Vocabulary, beside: Iterable[Evidence] = ()
) -> tuple[list[Observation], list[SetAside]]:
    """Every piece either as an observation or set aside with a reason; no claim is lost. `beside`: other evidence on record,
    against which a total passed on as present is known."""
    kept: list[Observation] = []
    aside: list[SetAside] = []
    arrivals = _arrivals([*pieces, *beside])
    for piece in pieces:
        reasons = [_unusable(c, case, weeks) for c in piece.claims]
        reason = piece.replaced or (reasons[0] if all(reasons) else None)
        if reason is None:
            claim = next(c for c, why in zip(piece.claims, reasons, strict=True) if why is None)
            kept.append(_observation(piece, claim, case, weeks, words, arrivals))
        else:
            aside += [SetAside(c, reason) for c in piece.claims]
    return kept, aside


def _unusable(claim: Claim, case: Case, weeks: Weeks) -> str | None:
    """Why a claim says nothing that the model can hear, or None."""
    if claim.unsure:
        return f"the reader is unsure of it (confidence {claim.confidence:.2f}); it counts once it is accepted"
    if claim.kind not in ("count", "terms"):
        return f"not a head-count ({claim.kind})"
    if claim.amount is None:
        return "no figure"
    if claim.measure is None:
        return "a figure that fits no measure"
    reason = _unusable_pay(claim) if claim.kind == "terms" else _unusable_count(claim)
    if reason is not None:
        return reason
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


def _unusable_count(claim: Claim) -> str | None:
    if claim.measure not in COUNTED:
        return f"no head-count of anybody's state ({claim.measure})"
    if claim.stance not in ("asserted", "denied"):
        return f"{claim.stance}, not asserted"
    if claim.stance == "denied" and claim.aspect is None:
        return "denied, and it is unclear of which period"
    if claim.stance == "denied" and claim.aspect == "flow" and is_event(claim):
        return "a denial of one day's event, which bounds nothing"
    if claim.subset != "all" and claim.subset not in SUBSETS:
        return f"not fighters of the group ({claim.subset})"
    return None


def _unusable_pay(claim: Claim) -> str | None:
    assert claim.amount is not None
    if claim.measure != "pay":
        return f"terms, not estimated ({claim.measure})"
    if claim.amount.unit != "USD":
        return "pay in another currency than US dollars"
    if claim.stance not in ("asserted", "promised"):
        return f"pay {claim.stance}, neither promised nor paid"
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
    piece: Evidence, claim: Claim, case: Case, weeks: Weeks, words: Vocabulary, arrivals: list[tuple[str, date, float]]
) -> Observation:
    assert claim.amount is not None and claim.measure is not None and claim.group is not None and claim.day is not None
    low, high = bounds(claim.amount)
    if claim.stance == "denied":
        low, high = 0.0, claim.amount.low or claim.amount.middle
    money = claim.kind == "terms"
    group = claim.group.split("; ")[0]
    return Observation(
        evidence=piece,
        groups=tuple(claim.group.split("; ")),
        readings=_readings(claim, case, weeks, arrivals),
        low=math.log(low) if low >= 1 else -math.inf,
        high=math.log(high + 1),
        noise=0.0 if money else LOW_COUNT_NOISE,
        source=piece.origin,
        klass="money" if money else words.measures[claim.measure].klass,
        side=side_of(piece.origin, group, case),
        part=None if money or claim.subset == "all" else (case.top(group), claim.subset, claim.measure),
        misread=min(c.misread for c in piece.claims),
    )


def _readings(claim: Claim, case: Case, weeks: Weeks, arrivals: list[tuple[str, date, float]]) -> tuple[Reading, ...]:
    """The reading that the aspect gives; two where it is unclear, or where a stock looks like a total passed on."""
    assert claim.measure is not None and claim.day is not None and claim.amount is not None
    period = claim.period or Period(None, claim.day)
    if claim.kind == "terms":
        return (_reading("pay promised" if claim.stance == "promised" else "pay delivered", "stock", period, weeks),)
    if claim.measure in ("present", "in training"):
        readings = [_reading(claim.measure, "stock", period, weeks)]
        if claim.measure == "present" and claim.subset == "all" and _is_total_passed_on(claim, arrivals):
            readings.append(_reading("arrived", "total", period, weeks))
        return tuple(readings)
    measure = "defected in theatre" if claim.measure == "defected" and _in_theatre(claim, case) else claim.measure
    flow = flow_period(claim)
    aspect = spoken_aspect(claim, weeks)
    part = is_event(claim)
    if aspect == "flow" and flow:
        return (_reading(measure, "flow", flow, weeks, part),)
    if aspect is None and flow:
        return (_reading(measure, "total", period, weeks), _reading(measure, "flow", flow, weeks, part))
    return (_reading(measure, "total", period, weeks),)


def _in_theatre(claim: Claim, case: Case) -> bool:
    """Whether a claim's place is a theatre of the case or lies in one."""
    return any(claim.place in (name, *t.aliases, *t.places) for name, t in case.theatres.items())


def _reading(measure: str, aspect: str, period: Period, weeks: Weeks, part: bool = False) -> Reading:
    start = None
    if aspect == "flow" and period.start is not None:
        start = weeks.place(period.start - timedelta(days=1))
    return Reading(SERIES.index(measure), weeks.place(period.end), start, part)


def _arrivals(pieces: list[Evidence]) -> list[tuple[str, date, float]]:
    """(group, day, figure) of every total of arrivals on record."""
    found = []
    for piece in pieces:
        c = piece.head
        plain = c.stance == "asserted" and c.subset == "all" and piece.replaced is None
        if plain and c.measure == "arrived" and c.aspect == "total" and c.amount and c.day and c.group:
            found.append((c.group, c.day, c.amount.middle))
    return found


def _is_total_passed_on(claim: Claim, arrivals: list[tuple[str, date, float]]) -> bool:
    """Whether the figure given as present is one that somebody gave as arrived in the seven weeks before."""
    assert claim.amount is not None and claim.day is not None
    x = claim.amount.middle
    return any(g == claim.group and abs(y - x) <= 0.05 * x and -7 <= (claim.day - d).days <= 49 for g, d, y in arrivals)


def side_of(origin: str, group: str, case: Case) -> str:
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
