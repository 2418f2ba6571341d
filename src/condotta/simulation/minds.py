"""What a man sees of his ties, what he believes, and what he is ready to do.

Every man shows one word of 16 bits a week, `news_delay` weeks old when a tie reads it:

    bits 0-3 grievance   4-7 share of the pay received   8-11 months served   12-13 posting (1 kept, 2 broken)   14 lost   15 gone

Beliefs are posterior means under conjugate priors of weight n0 (`belief_weight`), from what the ties show and, `own_weight` times
as heavy, from what he lived himself:

    pay     = (n0 b_pay + sum months share) / (n0 + sum months)              share of promised pay: Beta, observed months
    posting = (n0 b_posting + kept) / (n0 + kept + broken)                   Beta, observed men
    risk    = (n0 b_risk + lost) / (n0 + sum months)                         Gamma, deaths and captures in observed months
    grievance <- grievance + rate (min(1, a_pay (1 - pay) + a_posting (1 - posting) + a_risk risk + a_peers mean + a_scandal scandal) - grievance)
    logit refuse  = level + b_grievance grievance - b_backing backing + b_comrades [share of ties gone >= theta] + b_front [at the front]
    logit willing = level + b_pay (log(promised pay) - need) - b_risk risk' + b_peers share of ties who went + b_perks perks pay
    risk' = risk (1 - posting promised_guard (1 - guard_risk))
"""

import math
from typing import Any

import numba
import numpy as np

from condotta.simulation.force import BROKEN, CAPTURED, DEFECTED, FLED, FRONT, KEPT, KILLED, REFUSED, Numbers

CAUSES = ("pay", "posting", "risk", "comrades", "punishment", "unit")
"""What drove an exit: the largest part of the logit, or the unit that left as one."""


@numba.njit(cache=True, inline="always", error_model="numpy")
def logistic(x: float) -> float:
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + math.exp(-x))


@numba.njit(cache=True, inline="always", error_model="numpy")
def shown(man: Any) -> int:
    """The word that a man shows this week."""
    state, marks = int(man.state), int(man.marks)
    word = int(man.grievance * 15.0 + 0.5)
    if man.owed > 0:
        word |= int(15.0 * man.paid / man.owed + 0.5) << 4
    word |= min(15, int(man.served)) << 8
    if marks & BROKEN:
        word |= 2 << 12
    elif marks & KEPT:
        word |= 1 << 12
    if state in (KILLED, CAPTURED):
        word |= 1 << 14
    if state in (FLED, DEFECTED) or marks & REFUSED:
        word |= 1 << 15
    return word


@numba.njit(cache=True, inline="always", error_model="numpy")
def look_around(
    man: Any, i: int, words: Numbers, ties: Numbers, r: Any, scandal: float
) -> tuple[float, float, float, float, float, float]:
    """(pay, posting, risk, mean grievance of the ties, share gone, share who went), after the news; updates the grievance."""
    zero = np.uint32(0)
    months, shares, kept, broken, lost, gone, anger = zero, zero, zero, zero, zero, zero, zero
    width = ties.shape[1]
    if r.with_news > 0.0:
        for k in range(width):
            word = np.uint32(words[np.uint32(ties[i, k])])
            m = (word >> np.uint32(8)) & np.uint32(15)
            months += m
            shares += m * ((word >> np.uint32(4)) & np.uint32(15))
            kept += (word >> np.uint32(12)) & np.uint32(1)
            broken += (word >> np.uint32(13)) & np.uint32(1)
            lost += (word >> np.uint32(14)) & np.uint32(1)
            gone += word >> np.uint32(15)
            anger += word & np.uint32(15)
    n0, own = r.belief_weight, r.own_weight
    lived = own * man.served
    share = man.paid / man.owed if man.owed > 0 else 0.0
    marks = int(man.marks)
    pay = (n0 * r.belief_pay + shares / 15.0 + lived * share) / (n0 + months + lived)
    kept_weight = kept + (own if marks & KEPT and not marks & BROKEN else 0.0)
    broken_weight = broken + (own if marks & BROKEN else 0.0)
    posting_belief = (n0 * r.belief_posting + kept_weight) / (n0 + kept_weight + broken_weight)
    risk = (n0 * r.belief_risk + lost) / (n0 + months + lived)
    count = float(max(width, 1))
    mean = anger / (15.0 * count)
    target = (
        r.grievance_pay * (1.0 - pay) + r.with_posting * r.grievance_posting * (1.0 - posting_belief)
        + r.grievance_risk * risk + r.grievance_peers * mean + r.grievance_scandal * scandal
    )  # fmt: skip
    man.grievance += r.grievance_rate * (min(1.0, target) - man.grievance)
    return pay, posting_belief, risk, mean, gone / count, (kept + broken) / count


@numba.njit(cache=True, inline="always", error_model="numpy")
def refusing(man: Any, gone: float, backing: float, r: Any) -> float:
    """Chance that a man would refuse an order now."""
    x = r.refuse_level + r.refuse_grievance * man.grievance - r.refuse_backing * backing
    if gone >= man.theta:
        x += r.refuse_comrades
    if man.state == FRONT:
        x += r.refuse_front
    return logistic(x)


@numba.njit(cache=True, inline="always", error_model="numpy")
def willing(man: Any, pay: float, posting: float, risk: float, went: float, r: Any) -> float:
    """Chance that a man, thinking of it, wants to go (again)."""
    if r.with_enlistment <= 0.0:
        return 1.0
    felt = risk * (1.0 - posting * r.promised_guard * (1.0 - r.guard_risk))
    expected = math.log(max(r.promised * pay, 1.0)) - man.need
    x = r.enlist_level + r.enlist_pay * expected - r.enlist_risk * felt
    return logistic(x + r.enlist_peers * went + r.enlist_perks * r.perks * pay)


@numba.njit(cache=True, inline="always", error_model="numpy")
def cause(man: Any, pay: float, posting: float, risk: float, mean: float, gone: float, backing: float, r: Any) -> int:
    """Index into CAUSES of the largest part of what made him go."""
    parts = (
        r.refuse_grievance * r.grievance_pay * (1.0 - pay),
        r.refuse_grievance * r.with_posting * r.grievance_posting * (1.0 - posting),
        r.refuse_grievance * r.grievance_risk * risk,
        r.refuse_grievance * r.grievance_peers * mean + (r.refuse_comrades if gone >= man.theta else 0.0),
        r.refuse_backing * (r.backing - backing),
    )
    best = 0
    for k in range(1, 5):
        if parts[k] > parts[best]:
            best = k
    return best
