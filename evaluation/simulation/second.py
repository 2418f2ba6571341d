"""The simulator's rule written a second time, fighter by fighter, as a Mesa 3 model: what the compiled engine is held against.

Written from the equations in docs/simulation.md. It draws the same numbers (`uniform`), so that under one seed both must give the same ledgers.
"""

import math
from collections import Counter, defaultdict
from typing import Any

import mesa
import numpy as np

from condotta.simulation import chance
from condotta.simulation.engine import Policy
from condotta.simulation.force import Force

AWAY = ("killed", "captured", "fled", "defected")


class Fighter(mesa.Agent):  # type: ignore[misc]  # Mesa is not typed
    """One man."""

    def __init__(self, model: "Sponsored", i: int, man: Any) -> None:
        super().__init__(model)
        self.i, self.group, self.theta, self.need = i, int(man["group"]), float(man["theta"]), float(man["need"])
        self.tainted = bool(man["marks"] & 1)
        self.state, self.since, self.arrived = "home", 0, 0
        self.grievance, self.ready = np.float32(0), 0.0
        self.owed = self.paid = self.served = 0
        self.refused = self.kept = self.broken = self.wants = False

    def luck(self, purpose: int, day: int | None = None) -> float:
        """His number of the day for a purpose."""
        return float(chance.uniform(self.model.key, self.i, self.model.day if day is None else day, purpose))

    def count(self, event: str, amount: int = 1) -> None:
        """Into his group's ledger."""
        self.model.ledger[self.group][event] += amount

    def become(self, state: str, same: bool = False) -> None:
        """Another state, from today."""
        self.state, self.since = state, self.since if same else self.model.day

    def step(self) -> None:
        """The day without the day of the week."""
        m, r = self.model, self.model.r
        if self.state in ("guard", "front"):
            hazard = m.danger * (1.0 if self.state == "front" else r.guard_risk)
            u = self.luck(chance.LOSS)
            if u < hazard * (1 + r.wounded_ratio + r.captured_ratio):
                place = u / hazard
                self.become("killed" if place < 1 else "wounded" if place < 1 + r.wounded_ratio else "captured")
                self.count(self.state)
                if self.state == "captured" and self.tainted:
                    self.count("exposed")
                return
            self.payday()
            if m.day - self.arrived >= r.contract and self.luck(chance.SEAT) < r.going_home:
                self.renew_or_return()
            elif self.luck(chance.ROTATE) < r.rotation:
                self.become("front" if self.luck(chance.POST) < r.front_share else "guard", same=True)
                self.broken |= self.state == "front" and self.kept
        elif self.state == "in training":
            if m.day - self.since >= r.training and self.luck(chance.BOARD) < r.boarding:
                self.become("front" if self.luck(chance.POST) < r.front_share else "guard")
                self.arrived = m.day
                self.count("arrived")
                if self.luck(chance.PROMISE, 1) < r.promised_guard:
                    self.broken, self.kept = self.broken or self.state == "front", self.kept or self.state == "guard"
        elif self.state == "wounded":
            self.payday()
            if m.day - self.since >= r.healing:
                self.become("returned")
                self.count("returned")

    def payday(self) -> None:
        """Every thirtieth day."""
        m, r = self.model, self.model.r
        days = m.day - self.arrived
        if days == 0 or days % 30:
            return
        month = int(max(0.0, r.promised + r.promised_spread * (2 * self.luck(chance.PROMISE, 0) - 1)))
        self.served += 1
        self.owed += month
        self.count("owed", month)
        if self.served > r.pay_delay and m.day >= m.suspended[self.group]:
            share = r.funded + 0.5 * min(r.funded, 1 - r.funded) * (2 * self.luck(chance.SHARE) - 1)
            handed = int(month * share + 0.5)
            self.paid += handed - int(handed * r.cut + 0.5)
            self.count("received", handed - int(handed * r.cut + 0.5))

    def renew_or_return(self) -> None:
        """The contract is over and there is a seat."""
        r = self.model.r
        share = self.paid / self.owed if self.owed else r.belief_pay
        posting = 0.0 if self.broken else 1.0
        if self.luck(chance.AGAIN) < r.again * self.willing(
            share, posting, 0.0 if self.state == "guard" else r.belief_risk, 0.0
        ):
            self.arrived = self.model.day
        else:
            self.become("returned")
            self.count("returned")

    def willing(self, pay: float, posting: float, risk: float, went: float) -> float:
        """Chance of wanting to go."""
        r = self.model.r
        felt = risk * (1 - posting * r.promised_guard * (1 - r.guard_risk))
        x = r.enlist_level + r.enlist_pay * (math.log(max(r.promised * pay, 1)) - self.need) - r.enlist_risk * felt
        return 1 / (1 + math.exp(-(x + r.enlist_peers * went + r.enlist_perks * r.perks * pay)))

    def weekly(self) -> None:
        """His day of the week."""
        m, r = self.model, self.model.r
        if self.state not in AWAY:
            self.decide(*self.beliefs(m.shown[m.week - 1 - int(r.news_delay)]))
        share = int(15 * self.paid / self.owed + 0.5) if self.owed else 0
        posting = 2 if self.broken else 1 if self.kept else 0
        lost, gone = self.state in ("killed", "captured"), self.refused or self.state in ("fled", "defected")
        m.shown[m.week][self.i] = (
            int(self.grievance * np.float32(15.0) + 0.5),
            share,
            min(15, self.served),
            posting,
            lost,
            gone,
        )

    def beliefs(self, words: dict[int, Any]) -> tuple[float, ...]:
        """What he believes after the news."""
        m, r = self.model, self.model.r
        told = [words.get(int(j), (0, 0, 0, 0, False, False)) for j in m.ties[self.i]]
        months, kept, broken = sum(w[2] for w in told), sum(w[3] == 1 for w in told), sum(w[3] == 2 for w in told)
        lived, n0 = r.own_weight * self.served, r.belief_weight
        share = self.paid / self.owed if self.owed else 0.0
        pay = (n0 * r.belief_pay + sum(w[1] * w[2] for w in told) / 15 + lived * share) / (n0 + months + lived)
        fair, unfair = (
            kept + (r.own_weight if self.kept and not self.broken else 0),
            broken + (r.own_weight if self.broken else 0),
        )
        posting = (n0 * r.belief_posting + fair) / (n0 + fair + unfair)
        risk = (n0 * r.belief_risk + sum(w[4] for w in told)) / (n0 + months + lived)
        mean = sum(w[0] for w in told) / (15 * len(told))
        goal = r.grievance_pay * (1 - pay) + r.grievance_posting * (1 - posting) + r.grievance_risk * risk
        goal += r.grievance_peers * mean + r.grievance_scandal * m.scandal
        self.grievance = np.float32(self.grievance + r.grievance_rate * (min(1.0, goal) - float(self.grievance)))
        return pay, posting, risk, sum(w[5] for w in told) / len(told), (kept + broken) / len(told)

    def decide(self, pay: float, posting: float, risk: float, gone: float, went: float) -> None:
        """Go, stay, refuse or leave."""
        m, r = self.model, self.model.r
        backing = r.backing if m.day >= m.suspended[self.group] else 0.0
        x = r.refuse_level + r.refuse_grievance * float(self.grievance) - r.refuse_backing * backing
        x += r.refuse_comrades * (gone >= self.theta) + r.refuse_front * (self.state == "front")
        self.ready = 1 / (1 + math.exp(-x))
        at_home = self.state in ("home", "returned")
        if at_home:
            m.asked[self.group].append(float(self.grievance))
            if not self.refused and self.luck(chance.ORDER) < m.ordered[self.group]:
                if self.luck(chance.REFUSE) < self.ready:
                    self.refused = True
                    self.count("refused")
                    if self.luck(chance.LEAVE) < r.leaving:
                        self.become("defected")
                        self.count("defected")
                elif self.accepted():
                    self.enlist()
                return
        rate = r.exit_home if at_home else r.exit_training if self.state == "in training" else r.exit_theatre
        if self.luck(chance.EXIT) < rate * self.ready:
            where = "" if at_home else " in training" if self.state == "in training" else " in theatre"
            abroad = where == " in theatre" and self.luck(chance.ABROAD) < r.abroad
            self.become("fled" if abroad else "defected")
            self.count("fled" if abroad else "defected" + where)
        elif at_home and self.luck(chance.ENLIST) < r.interest * (1 - self.ready) * self.willing(
            pay, posting, risk, went
        ):
            self.wants = True

    def accepted(self) -> bool:
        """Whether vetting lets him through."""
        return not self.tainted or self.luck(chance.VET, 0) >= self.model.r.vetting

    def enlist(self) -> None:
        """Into training."""
        self.become("in training")
        self.count("recruited")


class Sponsored(mesa.Model):  # type: ignore[misc]  # Mesa is not typed
    """The sponsor, the commanders, the front."""

    def __init__(self, force: Force, key: Any, r: Any, policy: Policy, sizes: list[int]) -> None:
        super().__init__(seed=1)
        self.key, self.r, self.policy, self.ties, self.sizes = key, r, policy, force.ties, sizes
        self.day = self.week = 0
        self.fighters = [Fighter(self, i, man) for i, man in enumerate(force.men)]
        groups = len(sizes)
        self.openings, self.ordered, self.suspended, self.grievance = ([x] * groups for x in (0.0, 0.0, -1.0, 0.0))
        self.ledger: list[Counter[str]] = [Counter() for _ in sizes]
        self.asked: list[list[float]] = [[] for _ in sizes]
        self.shown: dict[int, dict[int, Any]] = defaultdict(dict)
        self.front = self.scandal = self.exposed = self.danger = 0.0
        self.weekly: list[list[Counter[str]]] = []

    def step(self) -> None:
        """One day."""
        r, p, groups = self.r, self.policy, range(len(self.sizes))
        for g in groups:
            self.openings[g] += p.demand[self.week, g] / 7
            if self.day % 7 == 0:
                self.ordered[g] = self.order(g)
        self.danger = (
            r.kill / 30 * p.intensity[self.week] * r.intensity * math.exp(r.front_feedback * max(0.0, -self.front))
        )
        self.danger *= math.exp(-(r.training_effect * r.training / 7 + r.arms_effect * (r.arms - 0.5)))
        before = [self.ledger[g]["recruited"] for g in groups]
        for fighter in self.fighters:
            fighter.step()
        start = [sum(self.sizes[:g]) for g in groups]
        turn = [[start[g] + self.sizes[g] * (self.day % 7 + k) // 7 for k in (0, 1)] for g in groups]
        today = [f for f in self.fighters if turn[f.group][0] <= f.i < turn[f.group][1]]
        for fighter in today:
            fighter.weekly()
        free = max(0.0, r.places * len(self.fighters) - sum(f.state == "in training" for f in self.fighters))
        for g in groups:
            ready = [f for f in today if f.group == g and f.wants]
            places = min(free, max(0.0, self.openings[g] - (self.ledger[g]["recruited"] - before[g])))
            for f in ready:
                f.wants = False
                if f.luck(chance.RATION) < min(1.0, places / len(ready)) and f.accepted():
                    f.enlist()
        for g in groups:
            self.openings[g] -= self.ledger[g]["recruited"] - before[g]
        if self.day % 7 == 6:
            self.evening()
        self.day += 1
        self.week = self.day // 7

    def order(self, g: int) -> float:
        """Chance to be ordered this week."""
        r = self.r
        wanted = self.policy.orders[self.week, g] + r.pressure * max(0.0, self.openings[g])
        home = sum(f.group == g and f.state in ("home", "returned") for f in self.fighters)
        if wanted < 1 or not home:
            return 0.0
        backing = r.backing if 7 * self.week >= self.suspended[g] else 0.0
        x = r.comply_level + r.comply_backing * backing - r.comply_grievance * self.grievance[g]
        if chance.uniform(self.key, g, self.week, chance.COMMANDER) < 1 / (1 + math.exp(-x)):
            return float(min(1.0, wanted / home))
        if chance.uniform(self.key, g, self.week, chance.STALL) >= r.stall:
            self.suspended[g] = 7 * (self.week + r.suspension)
        return 0.0

    def evening(self) -> None:
        """The end of a week."""
        r, start = self.r, 0
        for size in self.sizes:
            for lo in range(start, start + size, int(r.unit_size)):
                there = [
                    f
                    for f in self.fighters[lo : min(lo + int(r.unit_size), start + size)]
                    if f.state in ("guard", "front", "wounded")
                ]
                ready = sum(np.float32(f.ready) > 0.5 for f in there)
                if (
                    len(there) >= 5
                    and ready >= r.unit_share * len(there)
                    and chance.uniform(self.key, lo, self.day, chance.UNIT) < r.unit_chance
                ):
                    for f in there:
                        f.become("defected")
                        f.count("defected in theatre")
            start += size
        ours = r.client + sum(f.state == "front" for f in self.fighters) / len(self.fighters)
        theirs = r.opponent * (r.surge if 2 * self.week >= len(self.policy.intensity) else 1.0)
        self.front = min(1.0, max(-1.0, self.front + r.front_gain * math.log((ours + 0.01) / (theirs + 0.01))))
        exposed = float(sum(c["exposed"] for c in self.ledger))
        self.scandal, self.exposed = min(1.0, 0.8 * self.scandal + 0.2 * (exposed - self.exposed)), exposed
        self.grievance = [sum(a) / max(len(a), 1) for a in self.asked]
        self.asked = [[] for _ in self.sizes]
        self.weekly.append([Counter(c) for c in self.ledger])
