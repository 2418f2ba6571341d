"""The days of a run: who enlists, trains, is posted, paid, lost, goes home, refuses, leaves; then what the commands decide.

`advance` moves the men of one stretch on one day and reads only what was known before, so stretches may be taken in any order or
at once. `enrol` fills the places of the call. `settle` does what is decided for all: openings, orders, units, the front. Every
man looks around and decides once a week, on a day of his own; losses, pay, flights and contracts are daily.

    record : (week, group, column), at the week's end; columns as COLUMNS: men in each state, then totals of the events since
             the start (people, US dollars); `loyal`, `asked`, `asked at home`, `grievance` are of the week alone, in millionths
    world  : (week, 2), front (-1 lost to 1 won) and scandal (0 to 1)

In the compiled code `man` is a row of the force, `r` the rules, `c` a group's row of the command, `t` a group's row of the ledger.
"""

import math
from typing import Any, NamedTuple

import numba
import numpy as np

from condotta.runs import STANDING
from condotta.simulation.chance import (
    ABROAD,
    AGAIN,
    BOARD,
    COMMANDER,
    ENLIST,
    EXIT,
    LEAVE,
    LOSS,
    ORDER,
    POST,
    PROMISE,
    RATION,
    REFUSE,
    ROTATE,
    SEAT,
    SHARE,
    STALL,
    UNIT,
    VET,
    uniform,
)  # fmt: skip
from condotta.simulation.force import (
    BROKEN,
    CAPTURED,
    DEFECTED,
    FLED,
    FRONT,
    GUARD,
    HOME,
    KEPT,
    KILLED,
    PAST,
    REFUSED,
    RETURNED,
    SLOTS,
    STATES,
    TRAINING,
    WOUNDED,
    Force,
    Numbers,
)  # fmt: skip
from condotta.simulation.minds import CAUSES, cause, logistic, look_around, refusing, shown, willing

EVENTS = (
    "recruited", "arrived", "killed", "captured", "returned", "fled", "defected", "wounded", "refused", "defected in training",
    "defected in theatre", "willing", "ordered", "orders given", "orders refused", "re-enlisted", "exposed", "owed", "handed out",
    "cut", "received", "flights", "loyal", "asked", "asked at home", "grievance",
)  # fmt: skip
COLUMNS = (*STATES, *EVENTS, *(f"left for {c}" for c in CAUSES))
LEDGER = np.dtype(
    [("men", np.int64, len(STATES)), *((e.replace(" ", "_").replace("-", "_"), np.int64) for e in EVENTS), ("causes", np.int64, len(CAUSES))]
)  # fmt: skip
"""One group's ledger of people and money: changes of a day, or totals; read as whole numbers it has the columns of COLUMNS."""
COMMAND = np.dtype([(n, np.float64) for n in ("openings", "ordered", "ration", "backing", "suspended", "grievance")] + [("first", np.int64), ("last", np.int64)])  # fmt: skip
"""What a group's command knows: places of the call still open, chance of being ordered this week, share of the willing who get a
place, the sponsor's backing, day until which funds are suspended, mean grievance at home, first man and the one behind the last."""
SITUATION = np.dtype([(n, np.float64) for n in ("front", "scandal", "exposed", "men")])
_WEEKLY = tuple(COLUMNS.index(e) for e in ("loyal", "asked", "asked at home", "grievance"))
MILLION = 1_000_000
WHOLE_UNIT = CAUSES.index("unit")
LEAST = 5


def columns_of(series: str) -> list[int]:
    """The columns of a record whose sum is a measure: states of those who stand somewhere, else the total of its events (states
    and events share some names)."""
    if series in STANDING:
        return [STATES.index(s) for s in STANDING[series]]
    return [len(STATES) + EVENTS.index(series)]


class Policy(NamedTuple):
    """What is given week by week. demand, orders : (week, group), men called for, men ordered besides; intensity : (week,)."""

    demand: Numbers
    orders: Numbers
    intensity: Numbers


class State(NamedTuple):
    """All that changes in a run. command, day, total : (group,) of COMMAND and LEDGER; situation : one SITUATION;
    record : (week, group, column); world : (week, 2)."""

    command: Numbers
    day: Numbers
    total: Numbers
    situation: Any
    record: Numbers
    world: Numbers


def before(sizes: Any, rules: Any, weeks: int) -> State:
    """The state before the first day."""
    ends = np.cumsum(sizes).astype(np.int64)
    command = np.zeros(len(sizes), COMMAND)
    command["first"], command["last"] = ends - np.asarray(sizes, np.int64), ends
    command["backing"], command["suspended"] = rules.backing * rules.with_backing, -1.0
    day, total = np.zeros(len(sizes), LEDGER), np.zeros(len(sizes), LEDGER)
    total["men"][:, HOME] = sizes
    situation = np.zeros(1, SITUATION)
    situation["men"] = ends[-1]
    record = np.zeros((weeks, len(sizes), len(COLUMNS)), np.int64)
    return State(command, day, total, situation, record, np.zeros((weeks, 2)))


@numba.njit(cache=True, inline="always", error_model="numpy")
def _moved(man: Any, state: int, day: int, t: Any) -> None:
    """Put a man into another state; `t.men` is the ledger of people."""
    t.men[man.state] -= 1
    t.men[state] += 1
    man.state = state
    man.since = day


@numba.njit(cache=True, inline="always", error_model="numpy")
def _turn(c: Any, lo: int, hi: int, day: int) -> tuple[int, int]:
    """The men of a group, between `lo` and `hi`, who look around today: a seventh of it, men who stand side by side."""
    size, turn = c.last - c.first, day % 7
    return max(lo, c.first + size * turn // 7), min(hi, c.first + size * (turn + 1) // 7)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def advance(
    force: Force,
    lo: int,
    hi: int,
    day: int,
    key: np.uint64,
    r: Any,
    p: Policy,
    command: Numbers,
    situation: Any,
    ledger: Numbers,
) -> None:
    """One day of the men from `lo` up to, not including, `hi`; changes are added to `ledger`, which is this stretch's own."""
    week = day // 7
    words, heard, ties = force.word[week % SLOTS], force.word[(week - 1 - int(r.news_delay)) % SLOTS], force.ties
    z = situation[0]
    danger = r.kill / 30.0 * p.intensity[week] * r.intensity * r.with_losses
    danger *= math.exp(r.with_front * r.front_feedback * max(0.0, -z.front))
    danger *= math.exp(-r.with_training * (r.training_effect * r.training / 7.0 + r.arms_effect * (r.arms - 0.5)))
    lost = 1.0 + r.wounded_ratio + r.captured_ratio
    scandal, fighters = z.scandal, force.men
    for g in range(len(command)):
        c, t = command[g], ledger[g]
        first, last = max(lo, c.first), min(hi, c.last)
        for i in range(first, last):
            man = fighters[i]
            s = man.state
            if s in (GUARD, FRONT):
                h = danger if s == FRONT else danger * r.guard_risk
                u = uniform(key, i, day, LOSS)
                if u < h * lost:
                    _hit(man, u / h, day, r, t)
                else:
                    _serve(man, i, day, key, r, c, t)
            elif s == TRAINING:
                if day - man.since >= r.training and uniform(key, i, day, BOARD) < r.boarding:
                    _post(man, i, day, key, r, t)
            elif s == WOUNDED:
                _payday(man, i, day, key, r, c, t)
                if day - man.since >= r.healing:
                    _home_again(man, day, t)
        first, last = _turn(c, lo, hi, day)
        for i in range(first, last):
            man = fighters[i]
            if man.state < KILLED:
                _decide(man, i, day, heard, ties, key, r, c, t, scandal)
            words[i] = shown(man)


@numba.njit(cache=True, inline="always", error_model="numpy")
def _hit(man: Any, x: float, day: int, r: Any, t: Any) -> None:
    """Killed, wounded or captured: `x` is even between 0 and the sum of 1 and the two ratios."""
    if x < 1.0:
        _moved(man, KILLED, day, t)
        t.killed += 1
    elif x < 1.0 + r.wounded_ratio:
        _moved(man, WOUNDED, day, t)
        t.wounded += 1
    else:
        _moved(man, CAPTURED, day, t)
        t.captured += 1
        if r.with_vetting > 0.0 and man.marks & PAST:
            t.exposed += 1


@numba.njit(cache=True, inline="always", error_model="numpy")
def _serve(man: Any, i: int, day: int, key: np.uint64, r: Any, c: Any, t: Any) -> None:
    """A day in the theatre without harm: pay, the end of the contract, a change of post."""
    _payday(man, i, day, key, r, c, t)
    over = r.with_contracts > 0.0 and day - man.arrived >= r.contract
    if over and uniform(key, i, day, SEAT) < r.going_home:
        share = man.paid / man.owed if man.owed > 0 else r.belief_pay
        risk = 0.0 if man.state == GUARD else r.belief_risk
        posting = 0.0 if man.marks & BROKEN else 1.0
        if uniform(key, i, day, AGAIN) < r.again * willing(man, share, posting, risk, 0.0, r):
            man.arrived = day
            t.re_enlisted += 1
        else:
            _home_again(man, day, t)
    elif uniform(key, i, day, ROTATE) < r.rotation:
        front = uniform(key, i, day, POST) < r.front_share
        _moved(man, FRONT if front else GUARD, man.since, t)
        if front and man.marks & KEPT:
            man.marks |= BROKEN


@numba.njit(cache=True, inline="always", error_model="numpy")
def _payday(man: Any, i: int, day: int, key: np.uint64, r: Any, c: Any, t: Any) -> None:
    """Every thirtieth day after arrival: a month is owed, a part is handed out, the commander takes his cut."""
    days = day - man.arrived
    if days == 0 or days % 30 != 0:
        return
    month = int(max(0.0, r.promised + r.promised_spread * (2.0 * uniform(key, i, 0, PROMISE) - 1.0)))
    man.served += 1
    man.owed += month
    t.owed += month
    if r.with_pay <= 0.0:
        handed, cut = month, 0
    elif man.served <= r.pay_delay or day < c.suspended:
        handed, cut = 0, 0
    else:
        share = r.funded + 0.5 * min(r.funded, 1.0 - r.funded) * (2.0 * uniform(key, i, day, SHARE) - 1.0)
        handed = int(month * share + 0.5)
        cut = int(handed * r.cut + 0.5)
    man.paid += handed - cut
    t.handed_out += handed
    t.cut += cut
    t.received += handed - cut


@numba.njit(cache=True, inline="always", error_model="numpy")
def _home_again(man: Any, day: int, t: Any) -> None:
    _moved(man, RETURNED, day, t)
    t.returned += 1
    t.flights += 1


@numba.njit(cache=True, inline="always", error_model="numpy")
def _post(man: Any, i: int, day: int, key: np.uint64, r: Any, t: Any) -> None:
    """Flown out, and posted as promised or not."""
    front = uniform(key, i, day, POST) < r.front_share
    _moved(man, FRONT if front else GUARD, day, t)
    man.arrived = day
    t.arrived += 1
    t.flights += 1
    if uniform(key, i, 1, PROMISE) < r.promised_guard:
        man.marks |= BROKEN if front else KEPT


@numba.njit(cache=True, inline="always", error_model="numpy")
def _decide(
    man: Any, i: int, day: int, heard: Numbers, ties: Numbers, key: np.uint64, r: Any, c: Any, t: Any, scandal: float
) -> None:
    """A man's day of the week: he hears the news and goes, stays, refuses or leaves."""
    s = man.state
    backing = c.backing if day >= c.suspended else 0.0
    pay, posting, risk, mean, gone, went = look_around(man, i, heard, ties, r, scandal)
    ready = refusing(man, gone, backing, r) if r.with_exit > 0.0 else 0.0
    man.ready = ready
    t.asked += MILLION
    t.loyal += int(MILLION * (1.0 - ready))
    if s in (HOME, RETURNED):
        t.asked_at_home += MILLION
        t.grievance += int(MILLION * man.grievance)
        if man.marks & REFUSED == 0 and uniform(key, i, day, ORDER) < c.ordered:
            t.ordered += 1
            if uniform(key, i, day, REFUSE) < ready:
                man.marks |= REFUSED
                t.refused += 1
                t.causes[cause(man, pay, posting, risk, mean, gone, backing, r)] += 1
                if uniform(key, i, day, LEAVE) < r.leaving:
                    _moved(man, DEFECTED, day, t)
                    t.defected += 1
            elif _accepted(man, i, key, r):
                _moved(man, TRAINING, day, t)
                t.recruited += 1
            return
        chance = r.exit_home
    else:
        chance = r.exit_training if s == TRAINING else r.exit_theatre
    if uniform(key, i, day, EXIT) < chance * ready:
        t.causes[cause(man, pay, posting, risk, mean, gone, backing, r)] += 1
        _leave(man, i, day, key, r, t)
    elif s in (HOME, RETURNED):
        u = uniform(key, i, day, ENLIST)
        if u < r.interest and u < r.interest * (1.0 - ready) * willing(man, pay, posting, risk, went, r):
            man.intent = 1
            t.willing += 1


@numba.njit(cache=True, inline="always", error_model="numpy")
def _leave(man: Any, i: int, day: int, key: np.uint64, r: Any, t: Any) -> None:
    s = man.state
    if s in (HOME, RETURNED):
        t.defected += 1
    elif s == TRAINING:
        t.defected_in_training += 1
    elif uniform(key, i, day, ABROAD) < r.abroad:
        t.fled += 1
        _moved(man, FLED, day, t)
        return
    else:
        t.defected_in_theatre += 1
    _moved(man, DEFECTED, day, t)


@numba.njit(cache=True, inline="always", error_model="numpy")
def _accepted(man: Any, i: int, key: np.uint64, r: Any) -> bool:
    """Whether vetting lets a man through."""
    return r.with_vetting <= 0.0 or man.marks & PAST == 0 or uniform(key, i, 0, VET) >= r.vetting


@numba.njit(cache=True, nogil=True, error_model="numpy")
def enrol(force: Force, lo: int, hi: int, day: int, key: np.uint64, r: Any, command: Numbers, ledger: Numbers) -> None:
    """The willing of the day who get one of the call's places go into training."""
    fighters = force.men
    for g in range(len(command)):
        c, t = command[g], ledger[g]
        first, last = _turn(c, lo, hi, day)
        for i in range(first, last):
            man = fighters[i]
            if man.intent:
                man.intent = 0
                if uniform(key, i, day, RATION) < c.ration and _accepted(man, i, key, r):
                    _moved(man, TRAINING, day, t)
                    t.recruited += 1


@numba.njit(cache=True, error_model="numpy")
def open_day(day: int, key: np.uint64, r: Any, p: Policy, state: State) -> None:
    """The morning: openings of the call; on the first day of a week the orders, and what the commanders make of them."""
    week = day // 7
    for g in range(len(state.command)):
        c = state.command[g]
        c.openings += p.demand[week, g] / 7.0
        if day % 7 == 0:
            c.ordered = _order(g, week, key, r, p, c, state.total[g])


@numba.njit(cache=True, error_model="numpy")
def _order(g: int, week: int, key: np.uint64, r: Any, p: Policy, c: Any, total: Any) -> float:
    """Chance of each man at home to be ordered to go this week."""
    wanted = p.orders[week, g] + r.pressure * max(0.0, c.openings)
    home = total.men[HOME] + total.men[RETURNED]
    if r.with_orders <= 0.0 or wanted < 1.0 or home == 0:
        return 0.0
    total.orders_given += 1
    backing = c.backing if 7 * week >= c.suspended else 0.0
    x = r.comply_level + r.comply_backing * backing - r.comply_grievance * c.grievance
    if uniform(key, g, week, COMMANDER) < logistic(x):
        return min(1.0, wanted / home)
    if uniform(key, g, week, STALL) >= r.stall:
        total.orders_refused += 1
        c.suspended = 7.0 * (week + r.suspension)
    return 0.0


@numba.njit(cache=True, error_model="numpy")
def close_call(r: Any, state: State) -> None:
    """How many of the day's willing the places of the call hold, after those who were ordered."""
    z, training = state.situation[0], 0.0
    for g in range(len(state.command)):
        training += state.total[g].men[TRAINING]
    free = max(0.0, r.places * z.men - training)
    for g in range(len(state.command)):
        c, t = state.command[g], state.day[g]
        places = min(free, max(0.0, c.openings - t.recruited)) if r.with_call > 0.0 else z.men
        c.ration = min(1.0, places / max(1, t.willing))


@numba.njit(cache=True, error_model="numpy")
def settle(
    force: Force,
    day: int,
    key: np.uint64,
    r: Any,
    weeks: int,
    state: State,
    today: Numbers,
    totals: Numbers,
    weekly: Any,
) -> None:
    """The evening: the ledgers; on the last day of a week units that leave, the front, the scandal, the week's record.
    `today`, `totals` : the ledgers of `state` as whole numbers (group, column)."""
    for g in range(len(state.command)):
        state.command[g].openings -= state.day[g].recruited
    totals += today
    today[:] = 0
    if day % 7 != 6:
        return
    week, z = day // 7, state.situation[0]
    if r.with_exit > 0.0:
        _units(force, day, key, r, state)
    _front(week, weeks, r, state)
    exposed = 0.0
    for g in range(len(state.command)):
        exposed += state.total[g].exposed
    z.scandal = min(1.0, 0.8 * z.scandal + 0.2 * (exposed - z.exposed))
    z.exposed = exposed
    state.world[week, 0], state.world[week, 1] = z.front, z.scandal
    state.record[week] = totals
    for g in range(len(state.command)):
        t = state.total[g]
        state.command[g].grievance = t.grievance / max(t.asked_at_home, 1)
        for k in weekly:
            totals[g, k] = 0


@numba.njit(cache=True, error_model="numpy")
def _units(force: Force, day: int, key: np.uint64, r: Any, state: State) -> None:
    """Units whose men are ready to leave may leave the theatre as one."""
    size = int(r.unit_size)
    for g in range(len(state.command)):
        c, t = state.command[g], state.total[g]
        for lo in range(c.first, c.last, size):
            hi = min(lo + size, c.last)
            there, ready = 0, 0
            for i in range(lo, hi):
                if GUARD <= force.men[i].state <= WOUNDED:
                    there += 1
                    ready += force.men[i].ready > 0.5
            if there >= LEAST and ready >= r.unit_share * there and uniform(key, lo, day, UNIT) < r.unit_chance:
                for i in range(lo, hi):
                    man = force.men[i]
                    if GUARD <= man.state <= WOUNDED:
                        _moved(man, DEFECTED, day, t)
                        t.defected_in_theatre += 1
                        t.causes[WHOLE_UNIT] += 1


@numba.njit(cache=True, error_model="numpy")
def _front(week: int, weeks: int, r: Any, state: State) -> None:
    """front += gain log(balance of forces), between -1 and 1."""
    if r.with_front <= 0.0:
        return
    z, engaged = state.situation[0], 0.0
    for g in range(len(state.command)):
        engaged += state.total[g].men[FRONT]
    ours = r.client + engaged / z.men
    theirs = r.opponent * (r.surge if 2 * week >= weeks else 1.0)
    step = r.front_gain * math.log((ours + 0.01) / (theirs + 0.01))
    z.front = min(1.0, max(-1.0, z.front + step))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _days(
    force: Force, key: np.uint64, r: Any, p: Policy, state: State, today: Numbers, totals: Numbers, weekly: Any
) -> None:
    n, weeks = len(force.men), len(state.record)
    for day in range(7 * weeks):
        open_day(day, key, r, p, state)
        advance(force, 0, n, day, key, r, p, state.command, state.situation, state.day)
        close_call(r, state)
        enrol(force, 0, n, day, key, r, state.command, state.day)
        settle(force, day, key, r, weeks, state, today, totals, weekly)


def whole(ledger: Numbers) -> Numbers:
    """A ledger as whole numbers : (group, column), the same memory."""
    return ledger.view(np.int64).reshape(len(ledger), -1)


def run(force: Force, key: np.uint64, r: Any, p: Policy, state: State) -> State:
    """The state after all weeks of its record; the force and the state are changed in place."""
    _days(force, key, r, p, state, whole(state.day), whole(state.total), _WEEKLY)
    return state
