"""Evidence to an `Estimate`: observe, lay out, sample until it is good enough, read the series off, diagnose."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from condotta.cases import Case
from condotta.errors import EstimationError
from condotta.estimates import MEASURES, PAY, SERIES, UNSPOKEN, Array, Estimate, Weeks
from condotta.estimation.density import Layout
from condotta.estimation.diagnosis import mixing, smoothed
from condotta.estimation.layout import Plan, layout, plan, priors
from condotta.estimation.observations import Observation, observe
from condotta.estimation.sampling import CHAINS, Sampler, log_likelihoods, prior_draws, series
from condotta.randomness import stream
from condotta.records import Evidence, SetAside
from condotta.vocabulary import vocabulary

_FILLING = 4
_PRIOR_DRAWS = 300
_DECIDES = 0.5
_LIKELIHOODS = 40_000_000


@dataclass(frozen=True, slots=True)
class Setup:
    """How to estimate. `until`: the last day known of; `ahead`: weeks to forecast behind it; `assume`: what replaces the
    numbers of words/priors.yaml; `reading`: 0 or 1 to hold every unclear claim to its first or second reading;
    `least`: effective size to reach; `round`, `rounds`: moves of a chain between looks at it, and how many at most;
    `kept`: draws of a chain in the result.
    """

    seed: int = 7
    until: date | None = None
    ahead: int = 0
    assume: Mapping[str, Any] = field(default_factory=dict)
    reading: int | None = None
    least: float = 400.0
    round: int = 250
    rounds: int = 12
    kept: int = 500
    threads: int = 2


def quick(setup: Setup) -> Setup:
    """The same with fewer draws: enough for a comparison, not for a figure that is printed alone."""
    return replace(setup, least=150.0, round=150, rounds=4, kept=150)


def estimate(pieces: Iterable[Evidence], case: Case, setup: Setup | None = None) -> Estimate:
    """Posterior of every series of every modelled group. Raises EstimationError E-EST-01 with too little evidence."""
    setup = setup or Setup()
    weeks = weeks_of(case, setup.until, setup.ahead)
    usable, the_plan, aside = heard(pieces, case, weeks)
    if setup.reading is not None:
        usable = [replace(o, readings=(o.readings[min(setup.reading, len(o.readings) - 1)],)) for o in usable]
    arrays = layout(usable, the_plan, case, weeks, merged(priors(), setup.assume))
    result = Estimate(
        weeks, the_plan.groups, the_plan.members, np.zeros((0, 0, 0, 0), dtype=np.float32),
        tuple(o.evidence for o in usable), tuple(aside), np.zeros((0, 0)), chains=CHAINS,
        prior=_prior(arrays, the_plan, case, setup.seed, setup.ahead),
    )  # fmt: skip
    speaking = _speaking(usable, the_plan, case)
    result = replace(result, identified={k: _verdict(v, case) for k, v in speaking.items()})
    z, diagnostics = _drawn(arrays, result, setup)
    flat = z.reshape(-1, z.shape[-1])
    voices = _voices(arrays, the_plan, flat)
    result = replace(
        result, draws=series(arrays, flat), loglik=log_likelihoods(arrays, flat), bias=_biases(voices),
        voices=voices, shares=_shares(arrays, the_plan, flat), diagnostics=diagnostics,
    )  # fmt: skip
    return replace(result, identified=_with_contraction(result))


def heard(pieces: Iterable[Evidence], case: Case, weeks: Weeks) -> tuple[list[Observation], Plan, list[SetAside]]:
    """The observations that the model hears, the plan they make, and the claims set aside. Raises EstimationError."""
    observations, aside = observe(list(pieces), case, weeks, vocabulary())
    the_plan = plan(observations, case)
    usable = [o for o in observations if all(g in the_plan.members for g in o.groups)]
    if not usable:
        raise EstimationError(
            "E-EST-01", f"no side of the case has ten pieces of evidence ({len(observations)} usable in all)",
            fix="Add documents or figures, or see `condotta claims` for claims without a group or a date.",
        )  # fmt: skip
    few = "too few claims on this group to estimate it"
    heard_of = {o.evidence.id for o in usable}
    aside += [SetAside(c, few) for o in observations if o.evidence.id not in heard_of for c in o.evidence.claims]
    return usable, the_plan, aside


def weeks_of(case: Case, until: date | None = None, ahead: int = 0) -> Weeks:
    """The weeks of a case, Monday on or before its first day to the week of its last (or of `until`), four before for
    stocks to fill, and `ahead` behind."""
    monday = case.period.start - timedelta(days=case.period.start.weekday())
    last = case.period.end if until is None else max(min(until, case.period.end), case.period.start)
    count = ((last - monday).days // 7) + 1 + _FILLING + ahead
    return Weeks(monday - timedelta(weeks=_FILLING), count, _FILLING, ahead)


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the leaves of `change` in place of its own."""
    found = dict(base)
    for key, value in change.items():
        found[key] = merged(base.get(key, {}), value) if isinstance(value, Mapping) else value
    return found


def without(result: Estimate, pieces: Iterable[int]) -> tuple[Array, float]:
    """(weights of the draws, Pareto k) that leave some pieces of evidence out; the weights are unsound where k > 0.7."""
    logs = -result.loglik[:, list(pieces)].sum(axis=1)
    if not len(logs) or np.ptp(logs) < 1e-9:
        return np.full(len(logs), 1 / max(len(logs), 1)), 0.0
    return smoothed(logs)


def _drawn(arrays: Layout, result: Estimate, setup: Setup) -> tuple[Array, dict[str, Any]]:
    """(chain, draw, unknown) draws, thinned, and what is to be said of them; rounds go on until they are good enough."""
    sampler = Sampler(arrays, setup.seed, setup.threads)
    rounds: list[Array] = []
    columns: list[Array] = []
    found: dict[str, Any] = {}
    for number in range(setup.rounds):
        rounds.append(sampler.draw(setup.round))
        shown = replace(result, draws=series(arrays, rounds[-1].reshape(-1, arrays.unknowns)))
        names, values = printed(shown)
        columns.append(values)
        found = _mixing(names, np.concatenate(columns, axis=1), setup.least)
        if found["good"] or number + 1 == setup.rounds:
            break
    z = np.concatenate(rounds, axis=1)
    kept = max(100, min(setup.kept, _LIKELIHOODS // (CHAINS * len(arrays.low))))
    step = -(-z.shape[1] // kept)
    return np.ascontiguousarray(z[:, ::step][:, :kept]), found | sampler.info


def printed(result: Estimate) -> tuple[list[str], Array]:
    """Names and (chain, draw, quantity) values, log scale, of what is printed: every spoken series each fourth week."""
    names, columns = [], []
    weeks = list(result.weeks.shown)[::-4]
    for group, measure in result.spoken():
        values = np.log(result.series(group, measure)[:, weeks] + 0.5)
        columns.append(values.reshape(result.chains, -1, len(weeks)))
        names += [f"{measure}, {group}, {result.weeks.end(w)}" for w in weeks]
    return names, np.concatenate(columns, axis=2)


def _mixing(names: list[str], values: Array, least: float) -> dict[str, Any]:
    """R-hat and effective size of the worst printed quantity, and a sentence for people."""
    moving = values.std(axis=(0, 1)) > 1e-6  # before anybody has left home there is nothing to mix
    values, names = values[:, :, moving], [n for n, m in zip(names, moving, strict=True) if m]
    apart, size = mixing(values)
    worst = int(np.argmax(apart))
    good = bool(apart[worst] < 1.01 and size.min() > least)
    words = (
        f"the chains mixed well: every printed quantity has R-hat below 1.01 and an effective size above {least:.0f}"
    )
    if not good:
        words = f"read with care: the chains mixed least well for {names[worst]} (R-hat {apart[worst]:.3f}, smallest effective size {size.min():.0f})"
    return {
        "rhat": float(apart[worst]), "ess": float(size.min()), "worst": names[worst], "good": good, "words": words,
        "draws": int(values.shape[0] * values.shape[1]),
    }  # fmt: skip


def _prior(a: Layout, the_plan: Plan, case: Case, seed: int, ahead: int) -> dict[str, tuple[float, float, float]]:
    """What the model expects of the last week before it has heard a claim."""
    z = prior_draws(a, stream(seed, "prior"), _PRIOR_DRAWS)
    last = series(a, z)[:, :, -1 - ahead].astype(float)
    found = {}
    for group in (g for g in the_plan.members if g in case.groups):
        rows = list(the_plan.members[group])
        for m in range(1, len(SERIES)):
            values = last[:, rows[:1] if SERIES[m] in PAY else rows, m].sum(axis=1)
            found[f"{group} | {SERIES[m]}"] = _three(values)
    return found


def _three(values: Array) -> tuple[float, float, float]:
    low, mid, high = np.quantile(values, [0.05, 0.5, 0.95])
    return float(low), float(mid), float(high)


def _voices(a: Layout, the_plan: Plan, flat: Array) -> dict[str, Array]:
    """ "source | class | side" -> (draw, 3) bias (log), scatter, late share."""
    found = {}
    for i, key in enumerate(the_plan.biases):
        s = the_plan.sources.index(key[0])
        kind = a.kind_sd * flat[:, a.place[4] + a.bias_kind[i]]
        bias = a.bias_mean[i] + kind + a.bias_sd[i] * flat[:, a.place[3] + i]
        common = a.kind_scatter_sd * flat[:, a.place[6] + a.source_kind[s]]
        scatter = np.exp(a.log_scatter[s] + common + a.scatter_sd * flat[:, a.place[5] + s])
        late = 1 / (1 + np.exp(-(a.late_level[s] + a.late_sd * flat[:, a.place[7] + s])))
        found[" | ".join(key)] = np.column_stack([bias, scatter, late])
    return found


def _biases(voices: Mapping[str, Array]) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Source -> class -> factor by which it reports more than there is: 5, 50 and 95 %."""
    found: dict[str, dict[str, tuple[float, float, float]]] = defaultdict(dict)
    for key, draws in voices.items():
        source, klass, side = key.rsplit(" | ", 2)
        found[source][klass if side == "none" else f"{klass}, {side} side"] = _three(np.exp(draws[:, 0]))
    return dict(found)


def _shares(a: Layout, the_plan: Plan, flat: Array) -> dict[str, Array]:
    found = {}
    for i, part in enumerate(the_plan.parts):
        level = a.share_level[i] + a.share_sd * flat[:, a.place[2] + i]
        found[" | ".join(part)] = np.asarray(1 / (1 + np.exp(-level)))
    return found


def _speaking(usable: list[Observation], the_plan: Plan, case: Case) -> dict[str, list[str]]:
    """ "group | measure" -> the sources that speak of it or of a part of it, for every group of the case."""
    speakers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for o in usable:
        for g in o.groups:
            for r in o.readings[:1]:
                speakers[g, SERIES[r.measure]].add(o.source)
                if SERIES[r.measure] == "defected in theatre":
                    speakers[g, "defected"].add(o.source)
    found = {}
    for group in (g for g in the_plan.members if g in case.groups):
        for measure in MEASURES:
            whole = measure not in PAY or case.groups[group].parent is None
            parts = (group, *case.members(group)) if whole else ()
            found[f"{group} | {measure}"] = sorted(set().union(*(speakers[g, measure] for g in parts)))
    return found


def _verdict(voices: list[str], case: Case) -> str:
    if not voices:
        return UNSPOKEN
    graded = [spec.grade for v in voices if (spec := case.source(v))]
    anchored = any(g in "AB" for g in graded)
    if len(voices) == 1:
        return f"not identified beyond the prior: only {voices[0]} speaks of it" + (
            ", graded A or B: the level is as good as that grade" if anchored else ""
        )
    if not anchored:
        return f"level not identified: {len(voices)} sources, none graded A or B"
    return f"identified by {len(voices)} sources, one graded A or B at least"


def _with_contraction(result: Estimate) -> dict[str, str]:
    """The words on identification, with those series named whose width is mostly the prior's."""
    found = dict(result.identified)
    for group, measure in result.spoken():
        key = f"{group} | {measure}"
        low, _, high = result.prior[key]
        q = np.log(np.quantile(result.series(group, measure)[:, -1 - result.weeks.ahead], [0.05, 0.95]) + 0.5)
        wide = np.log(high + 0.5) - np.log(low + 0.5)
        if q[1] - q[0] > _DECIDES * wide:
            found[key] = f"not identified: its width is mostly the prior's ({found[key]})"
    return found
