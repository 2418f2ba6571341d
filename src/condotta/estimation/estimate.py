"""Evidence to an `Estimate`: observe, lay out, sample, read the series off, diagnose, say what is not identified."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from condotta.cases import Case
from condotta.errors import EstimationError
from condotta.estimates import MEASURES, SERIES, UNSPOKEN, Array, Estimate, Weeks
from condotta.estimation.density import Layout, unpack
from condotta.estimation.layout import Plan, layout, plan
from condotta.estimation.observations import Observation, observe
from condotta.estimation.sampling import log_likelihoods, sample
from condotta.estimation.world import forward
from condotta.records import Evidence, SetAside
from condotta.vocabulary import Vocabulary, vocabulary

_FILLING = 4


def estimate(
    pieces: Iterable[Evidence], case: Case, seed: int = 7, words: Vocabulary | None = None, draws: int = 700
) -> Estimate:
    """Posterior of every series of every modelled group. Raises EstimationError E-EST-01 with too little evidence."""
    weeks = weeks_of(case)
    observations, aside = observe(list(pieces), case, weeks, words or vocabulary())
    the_plan = plan(observations, case)
    usable, more = _sorted_out(observations, the_plan)
    if not usable:
        raise EstimationError(
            "E-EST-01", f"no side of the case has ten pieces of evidence ({len(observations)} usable in all)",
            fix="Add documents or figures, or see `condotta claims` for claims without a group or a date.",
        )  # fmt: skip
    arrays = layout(usable, the_plan, case, weeks)
    drawn = sample(arrays, seed, draws)
    flat = drawn.z.reshape(-1, drawn.z.shape[-1])
    result = Estimate(
        weeks=weeks, groups=the_plan.groups, members=the_plan.members, draws=_series(arrays, flat),
        evidence=tuple(o.evidence for o in usable), set_aside=tuple(aside + more), loglik=log_likelihoods(arrays, flat),
        bias=_biases(arrays, the_plan, flat), chains=drawn.z.shape[0],
    )  # fmt: skip
    result = replace(result, identified=_identified(usable, the_plan, case))
    return replace(result, diagnostics=_diagnostics(result, drawn.info))


def weeks_of(case: Case) -> Weeks:
    """The weeks of a case, Monday on or before its first day to the week of its last, and four before for stocks to fill."""
    monday = case.period.start - timedelta(days=case.period.start.weekday())
    return Weeks(monday - timedelta(weeks=_FILLING), ((case.period.end - monday).days // 7) + 1 + _FILLING, _FILLING)


def without(result: Estimate, pieces: Iterable[int]) -> tuple[Array, float]:
    """Weights (draw,) that leave pieces of evidence out of the estimate, and Pareto k of the reweighting (below 0.7: sound)."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import arviz as az

    logs = -result.loglik[:, list(pieces)].sum(axis=1)
    if not len(logs) or np.ptp(logs) < 1e-9:
        return np.full(len(logs), 1 / max(len(logs), 1)), 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        smoothed, k = az.psislw(logs)
    weights = np.exp(np.asarray(smoothed) - np.max(smoothed))
    return weights / weights.sum(), float(k)


def _sorted_out(observations: list[Observation], the_plan: Plan) -> tuple[list[Observation], list[SetAside]]:
    usable, aside = [], []
    for o in observations:
        if all(g in the_plan.members for g in o.groups):
            usable.append(o)
        else:
            aside += [SetAside(c, "too few claims on this group to estimate it") for c in o.evidence.claims]
    return usable, aside


def _series(arrays: Layout, flat: Array) -> Any:
    a = arrays
    out = []
    for z in flat:
        hazards, pool = unpack(
            z,
            a.basis,
            a.start,
            a.jumps,
            a.jump_on,
            a.level,
            a.level_sd,
            a.step_sd,
            a.curve_of,
            a.offset_sd,
            a.log_pool,
            a.pool_sd,
        )
        out.append(forward(hazards, pool).astype(np.float32))
    return np.stack(out)


def _biases(a: Layout, the_plan: Plan, flat: Array) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Source -> class -> factor by which it reports more than there is: 5, 50 and 95 %."""
    at = a.shape[2]
    found: dict[str, dict[str, tuple[float, float, float]]] = defaultdict(dict)
    for i, (source, klass, side) in enumerate(the_plan.biases):
        factor = np.exp(a.bias_mean[i] + a.bias_sd[i] * flat[:, at + i])
        name = klass if side == "none" else f"{klass}, {side} side"
        low, mid, high = np.quantile(factor, [0.05, 0.5, 0.95])
        found[source][name] = (float(low), float(mid), float(high))
    return dict(found)


def _diagnostics(result: Estimate, info: dict[str, Any]) -> dict[str, Any]:
    """R-hat and effective size of the worst printed quantity, and a sentence for people."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import arviz as az

    names, columns = [], []
    for group, measure in result.spoken():
        series = result.series(group, measure)[
            :, list(result.weeks.shown)[::-4]
        ]  # every fourth week, the last among them
        columns.append(np.log(series + 0.5).reshape(result.chains, -1, series.shape[1]))
        names += [f"{measure}, {group}"] * series.shape[1]
    stacked = np.concatenate(columns, axis=2)
    moving = stacked.std(axis=(0, 1)) > 1e-9  # before anybody has left home there is nothing to mix
    stacked, names = stacked[:, :, moving], [n for n, m in zip(names, moving, strict=True) if m]
    data = az.convert_to_dataset({"q": stacked})
    rhat, ess = az.rhat(data)["q"].values, az.ess(data)["q"].values
    worst = int(np.nanargmax(rhat))
    good = bool(rhat[worst] < 1.01 and np.nanmin(ess) > 400)
    words = "the sampler mixed well: every printed quantity has R-hat below 1.01 and an effective size above 400"
    if not good:
        words = f"read with care: the sampler mixed least well for {names[worst]} (R-hat {rhat[worst]:.3f}, smallest effective size {np.nanmin(ess):.0f})"
    return {
        "rhat": float(rhat[worst]),
        "ess": float(np.nanmin(ess)),
        "worst": names[worst],
        "good": good,
        "words": words,
        **info,
    }


def _identified(usable: list[Observation], the_plan: Plan, case: Case) -> dict[str, str]:
    """Group, measure -> in words, on whose figures the level rests."""
    speakers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for o in usable:
        for g in o.groups:
            speakers[g, SERIES[o.readings[0].measure]].add(o.source)
    found = {}
    for group in (g for g in the_plan.members if g in case.groups):
        for measure in MEASURES:
            voices = sorted(set().union(*(speakers[g, measure] for g in (group, *case.members(group)))))
            found[f"{group} | {measure}"] = _verdict(voices, case)
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
