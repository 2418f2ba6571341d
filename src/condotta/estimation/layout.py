"""Observations to arrays: which groups are modelled, which curves they share, whose bias is whose."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from condotta.cases import Case
from condotta.estimates import SERIES, Array, Weeks
from condotta.estimation.density import Layout
from condotta.estimation.observations import Observation
from condotta.estimation.world import HAZARDS

_OF_MEASURE = {"recruited": "recruit", "arrived": "deploy", "killed": "die", "captured": "capture", "returned": "return",
               "fled": "flee", "defected": "defect", "wounded": "wound", "refused": "refuse"}  # fmt: skip
_LEAST = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """The modelled groups, what each name stands for, and the keys of sources and biases, in order."""

    groups: tuple[str, ...]
    members: Mapping[str, tuple[int, ...]]
    sources: tuple[str, ...]
    biases: tuple[tuple[str, str, str], ...]


@cache
def priors() -> dict[str, Any]:
    """The numbers of words/priors.yaml."""
    data = yaml.safe_load(files("condotta").joinpath("words", "priors.yaml").read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def plan(observations: list[Observation], case: Case) -> Plan:
    """Groups with two pieces of evidence or more of their own stand alone; the others of their side are "rest of ..."."""
    alone = Counter(o.groups[0] for o in observations if len(o.groups) == 1)
    sides = Counter(case.top(g) for o in observations for g in o.groups[:1])
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
    return Plan(tuple(groups), members, sources, biases)


def layout(observations: list[Observation], the_plan: Plan, case: Case, weeks: Weeks) -> Layout:
    """The arrays of the density."""
    p = priors()
    curves = _curves(observations, the_plan, case)
    readings = [(o, r) for o in observations for r in o.readings]
    grade = {s: _grade(s, case) for s in the_plan.sources}
    basis = _basis(weeks.count, int(p["knot_weeks"]))
    return Layout(
        basis=basis,
        start=np.cumsum([0, *(weeks.count + 1 if jumping else basis.shape[1] for jumping in curves[4])]).astype(np.int64),
        jumps=curves[4],
        jump_on=_jump_weeks(observations, the_plan, curves[3], curves[4], weeks.count),
        level=curves[0], level_sd=curves[1], step_sd=curves[2], curve_of=curves[3],
        offset_sd=float(p["offset_sd"]),
        log_pool=np.log([_pool(g, the_plan, case) for g in the_plan.groups]),
        pool_sd=float(p["pool"]["sd"]),
        bias_mean=np.array([_bias_mean(k, s) for _, k, s in the_plan.biases]),
        bias_sd=np.array([p["grades"][grade[s]]["bias"] for s, _, _ in the_plan.biases]),
        log_dispersion=np.log([p["grades"][grade[s]]["scatter"] for s in the_plan.sources]),
        dispersion_sd=float(p["scatter_sd"]),
        first=np.cumsum([0, *(len(o.readings) for o in observations)]).astype(np.int64),
        measure=np.array([r.measure for _, r in readings], dtype=np.int64),
        at=np.array([_padded([w for w, _ in r.terms], 0) for _, r in readings], dtype=np.int64).reshape(-1, 4),
        weights=np.array([_padded([x for _, x in r.terms], 0.0) for _, r in readings], dtype=float).reshape(-1, 4),
        mask=np.array([_mask(o, the_plan) for o, _ in readings], dtype=float).reshape(-1, len(the_plan.groups)),
        low=np.array([o.low for o in observations]), high=np.array([o.high for o in observations]),
        noise=np.array([o.noise for o in observations]),
        source=np.array([the_plan.sources.index(o.source) for o in observations], dtype=np.int64),
        bias=np.array([the_plan.biases.index((o.source, o.klass, o.side)) for o in observations], dtype=np.int64),
    )  # fmt: skip


def _padded(values: list[Any], fill: Any) -> list[Any]:
    return (values + [fill] * 4)[:4]


def _mask(observation: Observation, the_plan: Plan) -> list[float]:
    rows = {i for g in observation.groups for i in the_plan.members[g]}
    return [float(i in rows) for i in range(len(the_plan.groups))]


def _basis(weeks: int, step: int) -> Array:
    """(week, knot) weights of linear interpolation between knots `step` weeks apart."""
    knots = math.ceil((weeks - 1) / step) + 1
    basis = np.zeros((weeks, knots))
    for w in range(weeks):
        k, part = divmod(w, step)
        basis[w, k] += 1 - part / step
        if part:
            basis[w, k + 1] += part / step
    return basis


def _curves(observations: list[Observation], the_plan: Plan, case: Case) -> tuple[Array, Array, Array, Any, Any]:
    """Level, its sd, step sd of every curve, the curve of each (group, hazard), and which curves jump.

    The groups of one side share their curves; but defecting and refusing come in events, and each group of which they
    are reported has a curve of its own that is low but for jumps.
    """
    p, curve_of = priors(), np.zeros((len(the_plan.groups), len(HAZARDS)), dtype=np.int64)
    rows: list[tuple[float, float, float, int]] = []
    reported = {(g, _OF_MEASURE.get(SERIES[r.measure])) for o in observations for g in o.groups for r in o.readings}
    for root, members in the_plan.members.items():
        if root not in case.groups or case.groups[root].parent is not None:
            continue
        for j, hazard in enumerate(HAZARDS):
            h = p["hazards"][hazard]
            own = hazard in ("defect", "refuse")
            seen = any((g, hazard) in reported for g in (root, *case.members(root)))
            shared = len(rows)
            moves = seen or hazard in ("recruit", "deploy")
            rows.append(
                (p["quiet"]["level"], p["quiet"]["sd"], 0.0, 0)
                if own
                else (h["level"], h["sd"], h["step"] if moves else 0.0, 0)
            )
            for f in members:
                curve_of[f, j] = shared
                if own and (
                    (the_plan.groups[f], hazard) in reported
                    or ((root, hazard) in reported and the_plan.groups[f] in (root, f"rest of {root}"))
                ):
                    curve_of[f, j] = len(rows)
                    rows.append((h["level"], h["sd"], h["step"], 1))
    level, sd, step, jumps = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return level, sd, step, curve_of, jumps.astype(np.int64)


def _jump_weeks(observations: list[Observation], the_plan: Plan, curve_of: Any, jumps: Any, weeks: int) -> Array:
    """(curve, week): 1 where a claim puts an event; a claim about a longer period that holds none gets its middle week."""
    on = np.zeros((len(jumps), weeks))
    spans = []
    for o in observations:
        for reading in o.readings:
            hazard = _OF_MEASURE.get(SERIES[reading.measure])
            if hazard in ("defect", "refuse") and reading.terms:
                low = min((w for w, x in reading.terms if x < 0), default=-1) + 1
                high = max(w for w, _ in reading.terms)
                rows = [int(curve_of[f, HAZARDS.index(hazard)]) for g in o.groups for f in the_plan.members[g]]
                spans.append((max(high - low, 0), min(low, high), high, [c for c in rows if jumps[c]]))
    for length, low, high, curves in sorted(spans, key=lambda s: s[:3]):
        for c in curves:
            if length <= 1 or not on[c, low : high + 1].any():
                on[c, (low + high + 1) // 2 if length > 1 else high] = 1.0
    return on


def _grade(source: str, case: Case) -> str:
    spec = case.source(source)
    return spec.grade if spec else "F"


def _bias_mean(klass: str, side: str) -> float:
    return float(priors()["interest"].get(side, {}).get(klass, 0.0))


def _pool(group: str, the_plan: Plan, case: Case) -> float:
    """The median of a group's men at home: of the case, or of words/priors.yaml; the rest of a side is what is left."""
    fallback = float(priors()["pool"]["median"])
    if not group.startswith("rest of "):
        return case.groups[group].pool or fallback
    root = group.removeprefix("rest of ")
    named = sum(_pool(g, the_plan, case) for g in the_plan.groups if g in case.members(root))
    return max((case.groups[root].pool or fallback) - named, 1000.0)
