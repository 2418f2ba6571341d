"""The days of a run: who enlists, trains, is posted, paid, lost, goes home, refuses, leaves; then what the commands decide.

`advance` moves the men of one stretch on one day and reads only what was known before, so stretches may be taken in any order or
at once. `enrol` fills the places of the call. `settle` does what is decided for all: openings, orders, units, the front. Every
man looks around and decides once a week, on a day of his own; losses, pay, flights and contracts are daily.

    record : (week, group, column), at the week's end; columns as COLUMNS: men in each state, then totals of the events since
             the start (people, US dollars); `loyal` and `asked` are of the week alone, in millionths of a man
    world  : (week, 2), front (-1 lost to 1 won) and scandal (0 to 1)
"""

import math
from typing import Any, NamedTuple

import numba
import numpy as np

from condotta.simulation.chance import (
    ABROAD, AGAIN, BOARD, COMMANDER, ENLIST, EXIT, LEAVE, LOSS, ORDER, POST, PROMISE, RATION, REFUSE, ROTATE, SEAT, SHARE, STALL, UNIT, VET,
    uniform,
)  # fmt: skip
from condotta.simulation.force import (
    BROKEN, CAPTURED, DEFECTED, FLED, FRONT, GUARD, HOME, KEPT, KILLED, PAST, REFUSED, RETURNED, SLOTS, STATES, TRAINING, WOUNDED,
    Force, Numbers,
)  # fmt: skip
from condotta.simulation.minds import CAUSES, cause, look_around, refusing, shown, willing

EVENTS = (
    "recruited", "arrived", "killed", "captured", "returned", "fled", "defected", "wounded", "refused", "defected in training",
    "defected in theatre", "willing", "ordered", "orders given", "orders refused", "re-enlisted", "exposed", "owed", "handed out",
    "cut", "received", "flights", "loyal", "asked", "asked at home", "grievance", *(f"left for {c}" for c in CAUSES),
)  # fmt: skip
(
    RECRUITED, ARRIVED, DIED, TAKEN, WENT_HOME, ESCAPED, DEFECTED_HOME, HURT, REFUSALS, DEFECTED_TRAINING, DEFECTED_THEATRE, WILLING, ORDERED,
    GIVEN, DEFIED, RENEWED, EXPOSED, OWED, HANDED, CUT, RECEIVED, FLIGHTS, LOYAL, ASKED, ASKED_HOME, GRIEF, CAUSE,
) = range(27)  # fmt: skip
COLUMNS = (*STATES, *EVENTS)
MILLION = 1_000_000
WHOLE_UNIT = 5
LEAST = 5


class Policy(NamedTuple):
    """What is given week by week. demand, orders : (week, group), men called for, men ordered besides; intensity : (week,)."""

    demand: Numbers
    orders: Numbers
    intensity: Numbers


class Command(NamedTuple):
    """What the sponsor and the commanders know. openings, ordered, ration, backing, suspended, grievance : (group,); state : (4,) front,
    scandal, exposed by last week, men at the start; men : (group, state); bounds : (group, 2)."""

    openings: Numbers
    ordered: Numbers
    ration: Numbers
    backing: Numbers
    suspended: Numbers
    grievance: Numbers
    state: Numbers
    men: Numbers
    bounds: Numbers
    intent: Numbers


def command(sizes: Any, n: int, rules: Any) -> Command:
    """The commands before the first day."""
    groups, ends = len(sizes), np.cumsum(sizes).astype(np.int64)
    men = np.zeros((groups, len(STATES)), np.int64)
    men[:, HOME] = sizes
    bounds = np.column_stack([ends - np.asarray(sizes, np.int64), ends])
    backing = np.full(groups, rules.backing * rules.with_backing)
    state = np.array([0.0, 0.0, 0.0, float(n)])
    return Command(np.zeros(groups), np.zeros(groups), np.zeros(groups), backing, np.full(groups, -1.0), np.zeros(groups), state, men, bounds, np.zeros(n, np.uint8))  # fmt: skip


@numba.njit(cache=True, inline="always")
def _moved(force: Force, i: int, state: int, day: int, men: Numbers) -> None:
    """Put a man into another state; `men` is the ledger of people."""
    g = force.group[i]
    men[g, force.state[i]] -= 1
    men[g, state] += 1
    force.state[i] = state
    force.since[i] = day


@numba.njit(cache=True, nogil=True)
def advance(force: Force, lo: int, hi: int, day: int, key: np.uint64, r: Any, p: Policy, c: Command, men: Numbers, tally: Numbers) -> None:
    """One day of the men from `lo` up to, not including, `hi`; changes of the ledgers are added to `men` and `tally`."""
    week = day // 7
    slot, heard = week % SLOTS, (week - 1 - int(r.news_delay)) % SLOTS
    danger = r.kill / 30.0 * p.intensity[week] * r.intensity * r.with_losses
    danger *= math.exp(r.with_front * r.front_feedback * max(0.0, -c.state[0]))
    danger *= math.exp(-r.with_training * (r.training_effect * r.training / 7.0 + r.arms_effect * (r.arms - 0.5)))
    lost = 1.0 + r.wounded_ratio + r.captured_ratio
    at_front, on_guard = danger, danger * r.guard_risk
    for i in range(lo, hi):
        s = force.state[i]
        if s == GUARD or s == FRONT:
            h = at_front if s == FRONT else on_guard
            u = uniform(key, i, day, LOSS)
            if u < h * lost:
                _hit(force, i, u / h if h > 0 else 0.0, day, r, men, tally)
            else:
                _serve(force, i, day, key, r, c, men, tally)
        elif s == WOUNDED:
            _payday(force, i, day, key, r, c, tally)
            if day - force.since[i] >= r.healing:
                _home_again(force, i, day, men, tally)
        elif s == TRAINING and day - force.since[i] >= r.training and uniform(key, i, day, BOARD) < r.boarding:
            _post(force, i, day, key, r, men, tally)
    for i in range(lo + (day - lo) % 7, hi, 7):
        if force.state[i] < KILLED:
            _decide(force, i, day, heard, key, r, c, men, tally)
        force.word[slot, i] = shown(force, i)


@numba.njit(cache=True)
def _hit(force: Force, i: int, x: float, day: int, r: Any, men: Numbers, tally: Numbers) -> None:
    """Killed, wounded or captured: `x` is even between 0 and the sum of 1 and the two ratios."""
    g = force.group[i]
    if x < 1.0:
        _moved(force, i, KILLED, day, men)
        tally[g, DIED] += 1
    elif x < 1.0 + r.wounded_ratio:
        _moved(force, i, WOUNDED, day, men)
        tally[g, HURT] += 1
    else:
        _moved(force, i, CAPTURED, day, men)
        tally[g, TAKEN] += 1
        if r.with_vetting > 0.0 and force.marks[i] & PAST:
            tally[g, EXPOSED] += 1


@numba.njit(cache=True)
def _serve(force: Force, i: int, day: int, key: np.uint64, r: Any, c: Command, men: Numbers, tally: Numbers) -> None:
    """A day in the theatre without harm: pay, the end of the contract, a change of post."""
    _payday(force, i, day, key, r, c, tally)
    over = r.with_contracts > 0.0 and day - force.arrived[i] >= r.contract
    if over and uniform(key, i, day, SEAT) < r.going_home:
        share = force.paid[i] / force.owed[i] if force.owed[i] > 0 else r.belief_pay
        risk = 0.0 if force.state[i] == GUARD else r.belief_risk
        posting = 0.0 if force.marks[i] & BROKEN else 1.0
        if uniform(key, i, day, AGAIN) < r.again * willing(force, i, share, posting, risk, 0.0, r):
            force.arrived[i] = day
            tally[force.group[i], RENEWED] += 1
        else:
            _home_again(force, i, day, men, tally)
    elif uniform(key, i, day, ROTATE) < r.rotation:
        front = uniform(key, i, day, POST) < r.front_share
        _moved(force, i, FRONT if front else GUARD, force.since[i], men)
        if front and force.marks[i] & KEPT:
            force.marks[i] |= BROKEN


@numba.njit(cache=True)
def _payday(force: Force, i: int, day: int, key: np.uint64, r: Any, c: Command, tally: Numbers) -> None:
    """Every thirtieth day after arrival: a month is owed, a part is handed out, the commander takes his cut."""
    days = day - force.arrived[i]
    if days == 0 or days % 30 != 0:
        return
    g = force.group[i]
    month = int(r.promised + r.promised_spread * (2.0 * uniform(key, i, 0, PROMISE) - 1.0))
    force.served[i] += 1
    force.owed[i] += month
    tally[g, OWED] += month
    if r.with_pay <= 0.0:
        handed, cut = month, 0
    elif force.served[i] <= r.pay_delay or day < c.suspended[g]:
        handed, cut = 0, 0
    else:
        share = r.funded + 0.5 * min(r.funded, 1.0 - r.funded) * (2.0 * uniform(key, i, day, SHARE) - 1.0)
        handed = int(month * share + 0.5)
        cut = int(handed * r.cut + 0.5)
    force.paid[i] += handed - cut
    tally[g, HANDED] += handed
    tally[g, CUT] += cut
    tally[g, RECEIVED] += handed - cut


@numba.njit(cache=True)
def _home_again(force: Force, i: int, day: int, men: Numbers, tally: Numbers) -> None:
    _moved(force, i, RETURNED, day, men)
    tally[force.group[i], WENT_HOME] += 1
    tally[force.group[i], FLIGHTS] += 1


@numba.njit(cache=True)
def _post(force: Force, i: int, day: int, key: np.uint64, r: Any, men: Numbers, tally: Numbers) -> None:
    """Flown out, and posted as promised or not."""
    front = uniform(key, i, day, POST) < r.front_share
    _moved(force, i, FRONT if front else GUARD, day, men)
    force.arrived[i] = day
    tally[force.group[i], ARRIVED] += 1
    tally[force.group[i], FLIGHTS] += 1
    if uniform(key, i, 1, PROMISE) < r.promised_guard:
        force.marks[i] |= BROKEN if front else KEPT


@numba.njit(cache=True)
def _decide(force: Force, i: int, day: int, heard: int, key: np.uint64, r: Any, c: Command, men: Numbers, tally: Numbers) -> None:
    """A man's day of the week: he hears the news and goes, stays, refuses or leaves."""
    g, s = force.group[i], force.state[i]
    backing = c.backing[g] if day >= c.suspended[g] else 0.0
    pay, posting, risk, mean, gone, went = look_around(force, i, heard, r, c.state[1])
    ready = refusing(force, i, gone, backing, r) if r.with_exit > 0.0 else 0.0
    force.ready[i] = ready
    tally[g, ASKED] += MILLION
    tally[g, LOYAL] += int(MILLION * (1.0 - ready))
    if s == HOME or s == RETURNED:
        tally[g, ASKED_HOME] += MILLION
        tally[g, GRIEF] += int(MILLION * force.grievance[i])
        if force.marks[i] & REFUSED == 0 and uniform(key, i, day, ORDER) < c.ordered[g]:
            tally[g, ORDERED] += 1
            if uniform(key, i, day, REFUSE) < ready:
                force.marks[i] |= REFUSED
                tally[g, REFUSALS] += 1
                tally[g, CAUSE + cause(force, i, pay, posting, risk, mean, gone, backing, r)] += 1
                if uniform(key, i, day, LEAVE) < r.leaving:
                    _moved(force, i, DEFECTED, day, men)
                    tally[g, DEFECTED_HOME] += 1
            elif _accepted(force, i, key, r):
                _moved(force, i, TRAINING, day, men)
                tally[g, RECRUITED] += 1
            return
        chance = r.exit_home
    else:
        chance = r.exit_training if s == TRAINING else r.exit_theatre
    if uniform(key, i, day, EXIT) < chance * ready:
        tally[g, CAUSE + cause(force, i, pay, posting, risk, mean, gone, backing, r)] += 1
        _leave(force, i, day, key, r, men, tally)
    elif s == HOME or s == RETURNED:
        u = uniform(key, i, day, ENLIST)
        if u < r.interest and u < r.interest * (1.0 - ready) * willing(force, i, pay, posting, risk, went, r):
            c.intent[i] = 1
            tally[g, WILLING] += 1


@numba.njit(cache=True)
def _leave(force: Force, i: int, day: int, key: np.uint64, r: Any, men: Numbers, tally: Numbers) -> None:
    g, s = force.group[i], force.state[i]
    if s == HOME or s == RETURNED:
        tally[g, DEFECTED_HOME] += 1
    elif s == TRAINING:
        tally[g, DEFECTED_TRAINING] += 1
    elif uniform(key, i, day, ABROAD) < r.abroad:
        tally[g, ESCAPED] += 1
        _moved(force, i, FLED, day, men)
        return
    else:
        tally[g, DEFECTED_THEATRE] += 1
    _moved(force, i, DEFECTED, day, men)


@numba.njit(cache=True, inline="always")
def _accepted(force: Force, i: int, key: np.uint64, r: Any) -> bool:
    """Whether vetting lets a man through."""
    return r.with_vetting <= 0.0 or force.marks[i] & PAST == 0 or uniform(key, i, 0, VET) >= r.vetting


@numba.njit(cache=True, nogil=True)
def enrol(force: Force, lo: int, hi: int, day: int, key: np.uint64, r: Any, c: Command, men: Numbers, tally: Numbers) -> None:
    """The willing of the day who get one of the call's places go into training."""
    for i in range(lo + (day - lo) % 7, hi, 7):
        if c.intent[i]:
            c.intent[i] = 0
            if uniform(key, i, day, RATION) < c.ration[force.group[i]] and _accepted(force, i, key, r):
                _moved(force, i, TRAINING, day, men)
                tally[force.group[i], RECRUITED] += 1


@numba.njit(cache=True)
def open_day(day: int, key: np.uint64, r: Any, p: Policy, c: Command, totals: Numbers) -> None:
    """The morning: openings of the call; on the first day of a week the orders, and what the commanders make of them."""
    week = day // 7
    for g in range(len(c.openings)):
        c.openings[g] += p.demand[week, g] / 7.0
        if day % 7 == 0:
            c.ordered[g] = _order(g, week, key, r, p, c, totals)


@numba.njit(cache=True)
def _order(g: int, week: int, key: np.uint64, r: Any, p: Policy, c: Command, totals: Numbers) -> float:
    """Chance of each man at home to be ordered to go this week."""
    wanted = p.orders[week, g] + r.pressure * max(0.0, c.openings[g])
    home = c.men[g, HOME] + c.men[g, RETURNED]
    if r.with_orders <= 0.0 or wanted < 1.0 or home == 0:
        return 0.0
    totals[g, GIVEN] += 1
    backing = c.backing[g] if 7 * week >= c.suspended[g] else 0.0
    x = r.comply_level + r.comply_backing * backing - r.comply_grievance * c.grievance[g]
    if uniform(key, g, week, COMMANDER) < 1.0 / (1.0 + math.exp(-x)):
        return min(1.0, wanted / home)
    if uniform(key, g, week, STALL) >= r.stall:
        totals[g, DEFIED] += 1
        c.suspended[g] = 7.0 * (week + r.suspension)
    return 0.0


@numba.njit(cache=True)
def close_call(day: int, r: Any, c: Command, tally: Numbers) -> None:
    """How many of the day's willing the places of the call hold, after those who were ordered."""
    training = 0.0
    for g in range(len(c.openings)):
        training += c.men[g, TRAINING]
    free = max(0.0, r.places * c.state[3] - training)
    for g in range(len(c.openings)):
        places = min(free, max(0.0, c.openings[g] - tally[g, RECRUITED])) if r.with_call > 0.0 else c.state[3]
        c.ration[g] = min(1.0, places / max(1, tally[g, WILLING]))


@numba.njit(cache=True)
def settle(force: Force, day: int, key: np.uint64, r: Any, p: Policy, c: Command, tally: Numbers, totals: Numbers, record: Numbers, world: Numbers) -> None:
    """The evening: the ledgers; on the last day of a week units that leave, the front, the scandal, the week's record."""
    for g in range(len(c.openings)):
        c.openings[g] -= tally[g, RECRUITED]
        for e in range(tally.shape[1]):
            totals[g, e] += tally[g, e]
    tally[:] = 0
    if day % 7 != 6:
        return
    week = day // 7
    if r.with_exit > 0.0:
        _units(force, day, key, r, c, totals)
    _front(week, len(p.intensity), r, c)
    exposed = float(totals[:, EXPOSED].sum())
    c.state[1] = min(1.0, 0.8 * c.state[1] + 0.2 * (exposed - c.state[2]))
    c.state[2] = exposed
    world[week, 0], world[week, 1] = c.state[0], c.state[1]
    states = c.men.shape[1]
    for g in range(len(c.openings)):
        record[week, g, :states] = c.men[g]
        record[week, g, states:] = totals[g]
        c.grievance[g] = totals[g, GRIEF] / max(totals[g, ASKED_HOME], 1)
        totals[g, LOYAL], totals[g, ASKED], totals[g, ASKED_HOME], totals[g, GRIEF] = 0, 0, 0, 0


@numba.njit(cache=True)
def _units(force: Force, day: int, key: np.uint64, r: Any, c: Command, totals: Numbers) -> None:
    """Units whose men are ready to leave may leave the theatre as one."""
    size = int(r.unit_size)
    for g in range(len(c.openings)):
        for lo in range(c.bounds[g, 0], c.bounds[g, 1], size):
            hi = min(lo + size, c.bounds[g, 1])
            there, ready = 0, 0
            for i in range(lo, hi):
                if GUARD <= force.state[i] <= WOUNDED:
                    there += 1
                    ready += force.ready[i] > 0.5
            if there >= LEAST and ready >= r.unit_share * there and uniform(key, lo, day, UNIT) < r.unit_chance:
                for i in range(lo, hi):
                    if GUARD <= force.state[i] <= WOUNDED:
                        _moved(force, i, DEFECTED, day, c.men)
                        totals[g, DEFECTED_THEATRE] += 1
                        totals[g, CAUSE + WHOLE_UNIT] += 1


@numba.njit(cache=True)
def _front(week: int, weeks: int, r: Any, c: Command) -> None:
    """front += gain log(balance of forces), between -1 and 1."""
    if r.with_front <= 0.0:
        return
    ours = r.client + c.men[:, FRONT].sum() / c.state[3]
    theirs = r.opponent * (r.surge if 2 * week >= weeks else 1.0)
    step = r.front_gain * math.log((ours + 0.01) / (theirs + 0.01))
    c.state[0] = min(1.0, max(-1.0, c.state[0] + step))


@numba.njit(cache=True, nogil=True)
def run(force: Force, key: np.uint64, r: Any, p: Policy, c: Command, days: int) -> tuple[Numbers, Numbers]:
    """(record, world) of all days, in one stretch."""
    groups = len(c.openings)
    tally, totals = np.zeros((groups, len(EVENTS)), np.int64), np.zeros((groups, len(EVENTS)), np.int64)
    record = np.zeros((days // 7, groups, len(COLUMNS)), np.int64)
    world = np.zeros((days // 7, 2))
    n = len(force.state)
    for day in range(7 * (days // 7)):
        open_day(day, key, r, p, c, totals)
        advance(force, 0, n, day, key, r, p, c, c.men, tally)
        close_call(day, r, c, tally)
        enrol(force, 0, n, day, key, r, c, c.men, tally)
        settle(force, day, key, r, p, c, tally, totals, record, world)
    return record, world
