"""Observations to arrays: which groups are modelled, which curves they share, whose bias is whose."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from condotta.cases import Case
from condotta.estimates import PAY, SERIES, Weeks
from condotta.estimation.density import Ints, Layout
from condotta.estimation.observations import Observation, Part
from condotta.estimation.world import HAZARDS

_OF_MEASURE = {
    "recruited": "recruit", "arrived": "deploy", "killed": "die", "captured": "capture", "returned": "return",
    "fled": "flee", "defected": "defect", "wounded": "wound", "refused": "refuse", "defected in theatre": "turn",
}  # fmt: skip
_EVENTS = ("defect", "refuse", "turn")
_LEAST = 10
_SMOOTH, _JUMPING, _CONSTANT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Plan:
    """The modelled groups, what each name stands for, and the keys of sources, biases and parts, in order."""

    groups: tuple[str, ...]
    members: Mapping[str, tuple[int, ...]]
    sources: tuple[str, ...]
    biases: tuple[tuple[str, str, str], ...]
    parts: tuple[Part, ...] = ()


@cache
def priors() -> dict[str, Any]:
    """The numbers of words/priors.yaml."""
    data = yaml.safe_load(files("condotta").joinpath("words", "priors.yaml").read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def plan(observations: list[Observation], case: Case) -> Plan:
    """Groups with two pieces of evidence or more of their own stand alone; the others of their side are "rest of ..."."""
    counts = [o for o in observations if o.klass != "money"]
    alone = Counter(o.groups[0] for o in counts if len(o.groups) == 1)
    sides = Counter(case.top(g) for o in counts for g in o.groups[:1])
    groups: list[str] = []
    members: dict[str, tuple[int, ...]] = {}
    for root in (r for r in case.groups if case.groups[r].parent is None and sides[r] >= _LEAST):
        leaves = [g for g in case.members(root) if alone[g] >= 2]
        at = len(groups)
        groups += [*leaves, f"rest of {root}" if leaves else root]
        rows = {g: at + i for i, g in enumerate(leaves)}
        members |= {g: tuple(rows[x] for x in (g, *case.members(g)) if x in rows) for g in leaves}
        members[root] = tuple(range(at, len(groups)))
    usable = [o for o in observations if all(g in members for g in o.groups)]
    sources = tuple(sorted({o.source for o in usable}))
    biases = tuple(sorted({(o.source, o.klass, o.side) for o in usable}))
    parts = tuple(sorted({o.part for o in usable if o.part}))
    return Plan(tuple(groups), members, sources, biases, parts)


def layout(
    observations: list[Observation], the_plan: Plan, case: Case, weeks: Weeks, p: Mapping[str, Any] | None = None
) -> Layout:
    """The arrays of the density under the priors `p` (words/priors.yaml where none are given)."""
    p = p or priors()
    step = int(p["knot_weeks"])
    c = _curves(observations, the_plan, case, weeks, p)
    length = {_SMOOTH: 1 + math.ceil((weeks.count - 1) / step), _CONSTANT: 1}
    sizes = [length.get(form, 1 + int(jump.max(initial=-1)) + 1) for form, jump in zip(c.form, c.jump, strict=True)]
    start = np.cumsum([0, *sizes]).astype(np.int64)
    offset_of = _offsets(the_plan, c)
    pools = _pools(the_plan, case, p)
    grades = [p["grades"][_grade(s, case)] for s in the_plan.sources]
    grade_of = dict(zip(the_plan.sources, grades, strict=True))
    kinds = sorted({_kind(s, case) for s in the_plan.sources})
    classes = sorted({(_kind(s, case), k) for s, k, _ in the_plan.biases})
    counts = [
        int(start[-1]), int(offset_of.max(initial=-1)) + 1, len(the_plan.groups), len(the_plan.parts),
        len(the_plan.biases), len(classes), len(the_plan.sources), len(kinds), len(the_plan.sources),
    ]  # fmt: skip
    readings = [(o, r) for o in observations for r in o.readings]
    masks = [_mask(o, r.measure, the_plan) for o, r in readings]
    sums = sorted(set(masks))
    ends = [[r.end, 0.0 if r.start is None else r.start] for _, r in readings]
    place = np.cumsum([*counts, 0]).astype(np.int64)
    heavy = np.zeros(place[-1], dtype=np.int64)
    heavy[place[3] : place[4]] = 1
    for begin, end, form in zip(start[:-1], start[1:], c.form, strict=True):
        heavy[begin + 1 : end] = form == _SMOOTH
    return Layout(
        heavy=heavy,
        weeks=weeks.count, step=step, start=start, form=np.array(c.form, dtype=np.int64), jump=np.array(c.jump, dtype=np.int64),
        level=np.array(c.level), level_sd=np.array(c.level_sd), step_sd=np.array(c.step_sd),
        curve_of=c.curve_of, offset_of=offset_of, offset_sd=float(p["offset_sd"]),
        log_pool=np.log([pools[g] for g in the_plan.groups]), pool_sd=float(p["pool"]["sd"]),
        contract=int(case.contract_weeks or p["contract_weeks"]), pay_of=c.pay_of,
        place=place,
        share_level=np.full(len(the_plan.parts), float(p["share"]["level"])), share_sd=float(p["share"]["sd"]),
        bias_mean=np.array([float(p["interest"].get(side, {}).get(k, 0.0)) for _, k, side in the_plan.biases]),
        bias_sd=np.array([float(grade_of[s]["bias"]) for s, _, _ in the_plan.biases]),
        bias_kind=np.array([classes.index((_kind(s, case), k)) for s, k, _ in the_plan.biases], dtype=np.int64),
        kind_sd=float(p["kind"]["bias"]),
        log_scatter=np.log([float(g["scatter"]) for g in grades]), scatter_sd=float(p["scatter_sd"]),
        source_kind=np.array([kinds.index(_kind(s, case)) for s in the_plan.sources], dtype=np.int64),
        kind_scatter_sd=float(p["kind"]["scatter"]),
        late_level=np.full(len(the_plan.sources), float(p["late"]["level"])), late_sd=float(p["late"]["sd"]),
        garbled=np.array([garbled_share(o.misread, p) for o in observations]), garble_scale=float(p["garbled"]["scale"]),
        first=np.cumsum([0, *(len(o.readings) for o in observations)]).astype(np.int64),
        measure=np.array([r.measure for _, r in readings], dtype=np.int64),
        at=np.array(ends, dtype=float).reshape(-1, 2),
        sign=np.array([[1.0, 0.0 if r.start is None else -1.0] for _, r in readings], dtype=float).reshape(-1, 2),
        mask=np.array(sums, dtype=float).reshape(-1, len(the_plan.groups)),
        who=np.array([sums.index(m) for m in masks], dtype=np.int64),
        low=np.array([o.low for o in observations]), high=np.array([math.inf if r.open else o.high for o, r in readings], dtype=float),
        noise=np.array([o.noise for o in observations]),
        part=np.array([the_plan.parts.index(o.part) if o.part else -1 for o in observations], dtype=np.int64),
        source=np.array([the_plan.sources.index(o.source) for o in observations], dtype=np.int64),
        bias=np.array([the_plan.biases.index((o.source, o.klass, o.side)) for o in observations], dtype=np.int64),
    )  # fmt: skip


def garbled_share(misread: float, p: Mapping[str, Any]) -> float:
    """How likely a figure is not what its source said: garbled on its way, or misread."""
    share = float(p["garbled"]["share"])
    return share + (1.0 - share) * misread


def _mask(observation: Observation, measure: int, the_plan: Plan) -> tuple[float, ...]:
    """1 for the groups that a reading sums; pay is one figure for all of a side, read off one of its groups."""
    rows = {i for g in observation.groups for i in the_plan.members[g]}
    if SERIES[measure] in PAY:
        rows = {min(rows)}
    return tuple(float(i in rows) for i in range(len(the_plan.groups)))


@dataclass(slots=True)
class _Curves:
    """The curves as they are gathered: one row each, and who follows which."""

    curve_of: Ints
    pay_of: Ints
    form: list[int] = field(default_factory=list)
    level: list[float] = field(default_factory=list)
    level_sd: list[float] = field(default_factory=list)
    step_sd: list[float] = field(default_factory=list)
    jump: list[Ints] = field(default_factory=list)

    def add(self, prior: Mapping[str, float], form: int, jump: Ints) -> int:
        """The number of a new curve."""
        self.form.append(form)
        self.level.append(float(prior["level"]))
        self.level_sd.append(float(prior["sd"]))
        self.step_sd.append(float(prior.get("step", 0.0)))
        self.jump.append(jump)
        return len(self.form) - 1


def _curves(observations: list[Observation], the_plan: Plan, case: Case, weeks: Weeks, p: Mapping[str, Any]) -> _Curves:
    """The groups of one side share their curves; but defecting and refusing come in events, and each group of which
    they are reported has a curve of its own that is low but for jumps in the weeks where claims put them."""
    groups = len(the_plan.groups)
    found = _Curves(np.zeros((groups, len(HAZARDS)), dtype=np.int64), np.full((groups, 2), -1, dtype=np.int64))
    none = np.full(weeks.count, -1, dtype=np.int64)
    spans = _event_spans(observations)
    spoken = {(g, SERIES[r.measure]) for o in observations for g in o.groups for r in o.readings}
    for root, members in the_plan.members.items():
        if root not in case.groups or case.groups[root].parent is not None:
            continue
        side = (root, *case.members(root))
        for j, hazard in enumerate(HAZARDS):
            prior = p["hazards"][hazard]
            seen = any((g, m) in spoken for g in side for m, h in _OF_MEASURE.items() if h == hazard)
            if hazard in _EVENTS:
                quiet = found.add(p["quiet"], _CONSTANT, none)
                for f in members:
                    name = the_plan.groups[f]
                    who = {name, root} if name in (root, f"rest of {root}") else {name}
                    mine = [s for s in spans if s[0] == hazard and s[1] in who]
                    found.curve_of[f, j] = found.add(prior, _JUMPING, _jump_weeks(mine, weeks.count)) if mine else quiet
                continue
            moves = prior["step"] > 0 and (seen or hazard in ("recruit", "deploy") or weeks.ahead > 0)
            found.curve_of[list(members), j] = found.add(prior, _SMOOTH if moves else _CONSTANT, none)
        for i, name in enumerate(("promised", "delivered")):
            if any((g, PAY[i]) in spoken for g in side):
                found.pay_of[list(members), i] = found.add(p["pay"][name], _SMOOTH, none)
    return found


def _offsets(the_plan: Plan, curves: _Curves) -> Ints:
    """(group, hazard) number of an offset, where several groups share a curve that claims speak of; else -1."""
    shared = Counter(curves.curve_of.ravel().tolist())
    found = np.full(curves.curve_of.shape, -1, dtype=np.int64)
    number = 0
    for f, j in np.ndindex(found.shape):
        c = int(curves.curve_of[f, j])
        if shared[c] > 1 and HAZARDS[j] not in _EVENTS and curves.form[c] == _SMOOTH:
            found[f, j] = number
            number += 1
    return found


_Span = tuple[str, str, int, int]


def _event_spans(observations: list[Observation]) -> list[_Span]:
    """(hazard, group, first week, last week) of every claim about a rare event."""
    spans = []
    for o in observations:
        for r in o.readings:
            hazard = _OF_MEASURE.get(SERIES[r.measure])
            if hazard in _EVENTS:
                low = -1 if r.start is None else math.floor(r.start)
                spans += [(hazard, g, low + 1, math.ceil(r.end)) for g in o.groups]
    return spans


def _jump_weeks(spans: list[_Span], weeks: int) -> Ints:
    """(week,) number of a jump, -1 without: a claim about a longer period that holds no jump yet gets its middle week."""
    on = np.zeros(weeks, dtype=bool)
    for low, high in sorted(
        ((max(a, 0), max(min(b, weeks - 1), 0)) for _, _, a, b in spans), key=lambda s: s[1] - s[0]
    ):
        if high - low <= 1 or not on[low : high + 1].any():
            on[high if high - low <= 1 else (low + high + 1) // 2] = True
    return np.where(on, np.cumsum(on) - 1, -1).astype(np.int64)


def _grade(source: str, case: Case) -> str:
    spec = case.source(source)
    return spec.grade if spec else "F"


def _kind(source: str, case: Case) -> str:
    spec = case.source(source)
    return spec.kind if spec else "unknown"


def _pools(the_plan: Plan, case: Case, p: Mapping[str, Any]) -> dict[str, float]:
    """The median of each group's men at home. A side's guess is shared out: what its named groups with guesses of their own
    leave goes in equal parts to those without one and to the rest; without a guess everybody gets the prior's."""
    fallback, factor = float(p["pool"]["median"]), float(p["pool"].get("factor", 1.0))
    found: dict[str, float] = {}
    for root in (r for r in the_plan.members if r in case.groups and case.groups[r].parent is None):
        names = [the_plan.groups[i] for i in the_plan.members[root]]
        own = {n: case.groups[n].pool for n in names if n in case.groups and (n != root or len(names) == 1)}
        whole = case.groups[root].pool
        rest = [n for n in names if not own.get(n)]
        left = (whole or 0.0) - sum(x for x in own.values() if x)
        each = max(left / len(rest), 0.02 * (whole or 0.0)) if whole and rest else fallback
        found |= {n: factor * (own.get(n) or each) for n in names}
    return found
