"""The simulator's rule written a third time, as whole columns of NumPy: what a vectorised model costs beside the compiled engine.

Every line works on all men at once, or on those whose day it is, in the manner of data-frame models. It draws the same numbers as the
engine, so under one seed the ledgers are the same.
"""

import math
from collections import Counter
from typing import Any

import numpy as np

from condotta.simulation import chance
from condotta.simulation.engine import LEAST, Policy
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
    TRAINING,
    WOUNDED,
    Force,
)  # fmt: skip


def uniform(key: Any, fighter: Any, day: int, purpose: int) -> Any:
    """`chance.uniform` for many men."""

    def mixed(x: Any) -> Any:
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))

    step = np.array([day * 64 + purpose], dtype=np.uint64) * np.uint64(0xD1342543DE82EF95)
    x = mixed(key + np.atleast_1d(np.asarray(fighter, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)) + step
    return (mixed(x) >> np.uint64(11)).astype(np.float64) / 9007199254740992.0


class Columns:
    """All men, column by column; `weekly`: for each week and group the totals by event, as the engine counts them."""

    def __init__(self, force: Force, key: Any, r: Any, policy: Policy, sizes: list[int]) -> None:
        men, groups = force.men, len(sizes)
        self.key, self.r, self.policy, self.ties = key, r, policy, force.ties
        self.group, self.theta, self.need, self.marks = men["group"], men["theta"], men["need"], men["marks"].copy()
        self.number = np.arange(len(men))
        self.ends = np.cumsum(sizes)
        self.first = self.ends - np.array(sizes)
        self.state, self.since, self.arrived, self.owed, self.paid, self.served = np.zeros((6, len(men)), np.int64)
        self.grievance, self.ready = np.zeros(len(men), np.float32), np.zeros(len(men), np.float32)
        self.words = np.zeros((SLOTS, len(men)), np.uint16)
        self.openings, self.ordered, self.mood, self.suspended = (np.zeros(groups) for _ in range(4))
        self.suspended -= 1.0
        self.total: dict[str, Any] = {}
        self.asked = np.zeros((2, groups))
        self.front = self.scandal = self.exposed = 0.0
        self.day = -1
        self.weekly: list[list[Counter[str]]] = []

    def luck(self, who: Any, purpose: int, day: int | None = None) -> Any:
        """Their numbers of the day for a purpose."""
        return uniform(self.key, who, self.day if day is None else day, purpose)

    def count(self, event: str, who: Any, amount: Any = None) -> None:
        """Into the groups' ledgers."""
        found = np.bincount(self.group[who], amount, minlength=len(self.ends))
        self.total[event] = self.total.get(event, 0) + found

    def become(self, who: Any, state: Any) -> None:
        """Another state, from today."""
        self.state[who], self.since[who] = state, self.day

    def step(self) -> None:
        """One day."""
        self.day += 1
        r, p, day, week = self.r, self.policy, self.day, self.day // 7
        self.openings += p.demand[week] / 7
        if day % 7 == 0:
            self.ordered = np.array([self.order(g, week) for g in range(len(self.ends))])
        danger = r.kill / 30 * p.intensity[week] * r.intensity * math.exp(r.front_feedback * max(0.0, -self.front))
        danger *= math.exp(-(r.training_effect * r.training / 7 + r.arms_effect * (r.arms - 0.5)))
        before = self.total.get("recruited", 0)
        there, training, hurt = (np.flatnonzero(m) for m in ((self.state == GUARD) | (self.state == FRONT), self.state == TRAINING, self.state == WOUNDED))  # fmt: skip
        self.serve(self.lose(there, danger))
        self.board(training)
        self.payday(hurt)
        healed = hurt[day - self.since[hurt] >= r.healing]
        self.become(healed, RETURNED)
        self.count("returned", healed)
        size = self.ends - self.first
        turns = (self.first + size * (day % 7) // 7, self.first + size * (day % 7 + 1) // 7)
        today = np.concatenate([np.arange(a, b) for a, b in zip(*turns, strict=True)])
        wants = self.decide(today[self.state[today] < KILLED], self.words[(week - 1 - int(r.news_delay)) % SLOTS])
        self.words[week % SLOTS, today] = self.shown(today)
        self.enrol(wants, self.total.get("recruited", 0) - before)
        self.openings -= self.total.get("recruited", 0) - before
        if day % 7 == 6:
            self.evening(week)

    def lose(self, who: Any, danger: float) -> Any:
        """Killed, wounded, captured; who is left."""
        r = self.r
        hazard = np.where(self.state[who] == FRONT, danger, danger * r.guard_risk)
        u = self.luck(who, chance.LOSS)
        hit = u < hazard * (1 + r.wounded_ratio + r.captured_ratio)
        place, lost = u[hit] / hazard[hit], who[hit]
        fate = np.where(place < 1, KILLED, np.where(place < 1 + r.wounded_ratio, WOUNDED, CAPTURED))
        self.become(lost, fate)
        for state, name in ((KILLED, "killed"), (WOUNDED, "wounded"), (CAPTURED, "captured")):
            self.count(name, lost[fate == state])
        self.count("exposed", lost[(fate == CAPTURED) & (self.marks[lost] & PAST > 0)])
        return who[~hit]

    def serve(self, who: Any) -> None:
        """Pay, the end of the contract, a change of post."""
        r = self.r
        self.payday(who)
        over = self.day - self.arrived[who] >= r.contract
        seat = over & (self.luck(who, chance.SEAT) < r.going_home)
        self.renew(who[seat])
        rest = who[~seat]
        moved = rest[self.luck(rest, chance.ROTATE) < r.rotation]
        front = self.luck(moved, chance.POST) < r.front_share
        self.state[moved] = np.where(front, FRONT, GUARD)
        self.marks[moved[front & (self.marks[moved] & KEPT > 0)]] |= BROKEN

    def renew(self, who: Any) -> None:
        """The contract is over and there is a seat."""
        r = self.r
        share = np.where(self.owed[who] > 0, self.paid[who] / np.maximum(self.owed[who], 1), r.belief_pay)
        risk = np.where(self.state[who] == GUARD, 0.0, r.belief_risk)
        posting = np.where(self.marks[who] & BROKEN > 0, 0.0, 1.0)
        again = self.luck(who, chance.AGAIN) < r.again * self.willing(who, share, posting, risk, 0.0)
        self.arrived[who[again]] = self.day
        self.become(who[~again], RETURNED)
        self.count("returned", who[~again])

    def payday(self, who: Any) -> None:
        """Every thirtieth day."""
        r, days = self.r, self.day - self.arrived[who]
        who = who[(days != 0) & (days % 30 == 0)]
        month = np.maximum(0.0, r.promised + r.promised_spread * (2 * self.luck(who, chance.PROMISE, 0) - 1)).astype(
            np.int64
        )
        self.served[who] += 1
        self.owed[who] += month
        self.count("owed", who, month)
        paid = (self.served[who] > r.pay_delay) & (self.day >= self.suspended[self.group[who]])
        who, month = who[paid], month[paid]
        share = r.funded + 0.5 * min(r.funded, 1 - r.funded) * (2 * self.luck(who, chance.SHARE) - 1)
        handed = (month * share + 0.5).astype(np.int64)
        got = handed - (handed * r.cut + 0.5).astype(np.int64)
        self.paid[who] += got
        self.count("received", who, got)

    def board(self, who: Any) -> None:
        """Flown out and posted."""
        r = self.r
        who = who[(self.day - self.since[who] >= r.training) & (self.luck(who, chance.BOARD) < r.boarding)]
        front = self.luck(who, chance.POST) < r.front_share
        self.become(who, np.where(front, FRONT, GUARD))
        self.arrived[who] = self.day
        self.count("arrived", who)
        promised = self.luck(who, chance.PROMISE, 1) < r.promised_guard
        self.marks[who[promised & front]] |= BROKEN
        self.marks[who[promised & ~front]] |= KEPT

    def shown(self, who: Any) -> Any:
        """The words that they show this week."""
        word = (self.grievance[who] * np.float32(15) + 0.5).astype(np.int64)
        owed = self.owed[who]
        word |= np.where(owed > 0, 15.0 * self.paid[who] / np.maximum(owed, 1) + 0.5, 0).astype(np.int64) << 4
        word |= np.minimum(15, self.served[who]) << 8
        marks, state = self.marks[who], self.state[who]
        word |= np.where(marks & BROKEN > 0, 2, np.where(marks & KEPT > 0, 1, 0)) << 12
        word |= ((state == KILLED) | (state == CAPTURED)).astype(np.int64) << 14
        return word | ((state == FLED) | (state == DEFECTED) | (marks & REFUSED > 0)).astype(np.int64) << 15

    def willing(self, who: Any, pay: Any, posting: Any, risk: Any, went: Any) -> Any:
        """Chance of wanting to go."""
        r = self.r
        felt = risk * (1 - posting * r.promised_guard * (1 - r.guard_risk))
        x = (
            r.enlist_level
            + r.enlist_pay * (np.log(np.maximum(r.promised * pay, 1)) - self.need[who])
            - r.enlist_risk * felt
        )
        return 1 / (1 + np.exp(-(x + r.enlist_peers * went + r.enlist_perks * r.perks * pay)))

    def decide(self, who: Any, heard: Any) -> Any:
        """Beliefs after the news; go, stay, refuse or leave. Who wants to go."""
        r, told = self.r, heard[self.ties[who]].astype(np.int64)
        width = told.shape[1]
        months = told >> 8 & 15
        kept, broken, lost, gone = ((told >> b & m).sum(axis=1) for b, m in ((12, 1), (13, 1), (14, 1), (15, 1)))
        marks, lived, n0 = self.marks[who], r.own_weight * self.served[who], r.belief_weight
        share = np.where(self.owed[who] > 0, self.paid[who] / np.maximum(self.owed[who], 1), 0.0)
        heard_months = months.sum(axis=1)
        pay = (n0 * r.belief_pay + (months * (told >> 4 & 15)).sum(axis=1) / 15 + lived * share) / (
            n0 + heard_months + lived
        )
        fair = kept + np.where((marks & KEPT > 0) & (marks & BROKEN == 0), r.own_weight, 0.0)
        unfair = broken + np.where(marks & BROKEN > 0, r.own_weight, 0.0)
        posting = (n0 * r.belief_posting + fair) / (n0 + fair + unfair)
        risk = (n0 * r.belief_risk + lost) / (n0 + heard_months + lived)
        mean = (told & 15).sum(axis=1) / (15.0 * width)
        goal = r.grievance_pay * (1 - pay) + r.grievance_posting * (1 - posting) + r.grievance_risk * risk
        goal += r.grievance_peers * mean + r.grievance_scandal * self.scandal
        self.grievance[who] += r.grievance_rate * (np.minimum(1.0, goal) - self.grievance[who].astype(np.float64))
        backing = np.where(self.day >= self.suspended, r.backing, 0.0)[self.group[who]]
        x = r.refuse_level + r.refuse_grievance * self.grievance[who].astype(np.float64) - r.refuse_backing * backing
        x += np.where(gone / width >= self.theta[who], r.refuse_comrades, 0.0) + np.where(self.state[who] == FRONT, r.refuse_front, 0.0)  # fmt: skip
        ready = 1 / (1 + np.exp(-x))
        self.ready[who] = ready
        state = self.state[who]
        home = (state == HOME) | (state == RETURNED)
        self.asked[0] += np.bincount(self.group[who[home]], minlength=len(self.ends))
        self.asked[1] += np.bincount(self.group[who[home]], self.grievance[who[home]], minlength=len(self.ends))
        ordered = home & (marks & REFUSED == 0) & (self.luck(who, chance.ORDER) < self.ordered[self.group[who]])
        self.obey(who[ordered], ready[ordered])
        rate = np.where(home, r.exit_home, np.where(state == TRAINING, r.exit_training, r.exit_theatre))
        leaves = ~ordered & (self.luck(who, chance.EXIT) < rate * ready)
        self.leave(who[leaves], state[leaves])
        thinks = home & ~ordered & ~leaves
        u, left = self.luck(who[thinks], chance.ENLIST), ready[thinks]
        went = ((kept + broken) / width)[thinks]
        return who[thinks][
            u < r.interest * (1 - left) * self.willing(who[thinks], pay[thinks], posting[thinks], risk[thinks], went)
        ]

    def obey(self, who: Any, ready: Any) -> None:
        """What the ordered do."""
        no = self.luck(who, chance.REFUSE) < ready
        refused = who[no]
        self.marks[refused] |= REFUSED
        self.count("refused", refused)
        leaves = refused[self.luck(refused, chance.LEAVE) < self.r.leaving]
        self.become(leaves, DEFECTED)
        self.count("defected", leaves)
        self.enlist(who[~no])

    def leave(self, who: Any, state: Any) -> None:
        """Out of the group, by where they stand."""
        home = (state == HOME) | (state == RETURNED)
        abroad = ~home & (state != TRAINING) & (self.luck(who, chance.ABROAD) < self.r.abroad)
        self.become(who, np.where(abroad, FLED, DEFECTED))
        for name, those in (("defected", home), ("defected in training", state == TRAINING), ("fled", abroad), ("defected in theatre", ~home & (state != TRAINING) & ~abroad)):  # fmt: skip
            self.count(name, who[those])

    def enlist(self, who: Any) -> None:
        """Into training, those whom vetting lets through."""
        through = (self.marks[who] & PAST == 0) | (self.luck(who, chance.VET, 0) >= self.r.vetting)
        self.become(who[through], TRAINING)
        self.count("recruited", who[through])

    def enrol(self, wants: Any, ordered: Any) -> None:
        """The places of the call."""
        free = max(0.0, self.r.places * len(self.state) - float((self.state == TRAINING).sum()))
        many = np.bincount(self.group[wants], minlength=len(self.ends))
        ration = np.minimum(1.0, np.minimum(free, np.maximum(0.0, self.openings - ordered)) / np.maximum(many, 1))
        self.enlist(wants[self.luck(wants, chance.RATION) < ration[self.group[wants]]])

    def order(self, g: int, week: int) -> float:
        """Chance to be ordered this week."""
        r, mine = self.r, self.group == g
        wanted = self.policy.orders[week, g] + r.pressure * max(0.0, self.openings[g])
        home = int((mine & ((self.state == HOME) | (self.state == RETURNED))).sum())
        if wanted < 1 or not home:
            return 0.0
        backing = r.backing if 7 * week >= self.suspended[g] else 0.0
        x = r.comply_level + r.comply_backing * backing - r.comply_grievance * self.mood[g]
        if uniform(self.key, g, week, chance.COMMANDER)[0] < 1 / (1 + math.exp(-x)):
            return float(min(1.0, wanted / home))
        if uniform(self.key, g, week, chance.STALL)[0] >= r.stall:
            self.suspended[g] = 7 * (week + r.suspension)
        return 0.0

    def evening(self, week: int) -> None:
        """The end of a week."""
        r, size = self.r, int(self.r.unit_size)
        unit = (self.number - self.first[self.group]) // size + (
            self.first[self.group] // size + self.group + 1
        ) * 10**6
        _, unit = np.unique(unit, return_inverse=True)
        there = (self.state >= GUARD) & (self.state <= WOUNDED)
        many, ready = (np.bincount(unit, m) for m in (there, there & (self.ready > 0.5)))
        starts = np.flatnonzero(np.diff(unit, prepend=-1))
        goes = (many >= LEAST) & (ready >= r.unit_share * many) & (self.luck(starts, chance.UNIT) < r.unit_chance)
        who = np.flatnonzero(goes[unit] & there)
        self.become(who, DEFECTED)
        self.count("defected in theatre", who)
        ours = r.client + float((self.state == FRONT).sum()) / len(self.state)
        theirs = r.opponent * (r.surge if 2 * week >= len(self.policy.intensity) else 1.0)
        self.front = min(1.0, max(-1.0, self.front + r.front_gain * math.log((ours + 0.01) / (theirs + 0.01))))
        exposed = float(np.sum(self.total.get("exposed", 0)))
        self.scandal, self.exposed = min(1.0, 0.8 * self.scandal + 0.2 * (exposed - self.exposed)), exposed
        self.mood = self.asked[1] / np.maximum(self.asked[0], 1)
        self.asked[:] = 0.0
        self.weekly.append([Counter({name: v[g] for name, v in self.total.items()}) for g in range(len(self.ends))])
