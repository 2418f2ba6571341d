"""Figures that came later, predicted from those before: python -m evaluation.estimation.holdout

The bundled case as known on 1 June 2020; every total or stock published later is predicted with its speaker's bias and
error. Coverage of the central intervals, and the weighted interval score (Bracher et al. 2021) on the log scale, beside the
presets' figures of that day carried forward (a point forecast's score is its absolute error).
"""

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from condotta.cases import Case
from condotta.damage import marked
from condotta.estimates import Array
from condotta.estimation import presets
from condotta.estimation.density import quantity, series_of, speakers, sums_of
from condotta.estimation.estimate import heard, weeks_of
from condotta.estimation.layout import layout
from condotta.estimation.observations import Observation, observe
from condotta.estimation.presets import RULES
from condotta.estimation.sampling import Sampler
from condotta.origins import group_origins
from condotta.randomness import stream
from condotta.records import Claim
from condotta.vocabulary import vocabulary
from evaluation.bundled import figures

AS_OF = date(2020, 6, 1)
LEVELS = (0.5, 0.8, 0.9)
_ABOUT_CLAIMS = (
    "first", "measure", "at", "sign", "mask", "who", "low", "high", "noise", "garbled", "part", "source", "bias",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forecast:
    """One later figure: weeks ahead, its log, draws of what its speaker was expected to say, the presets' logs."""

    weeks: float
    said: float
    draws: Array
    rules: dict[str, float | None]


def forecasts(case: Case, claims: list[Claim], seed: int = 7) -> list[Forecast]:
    """One for each later piece of evidence on a modelled group by a speaker heard before."""
    early = [c for c in claims if (c.reported or c.day or date.max) <= AS_OF]
    late = [c for c in claims if c not in early]
    ahead = (case.period.end - AS_OF).days // 7 + 1
    weeks = weeks_of(case, AS_OF, ahead)
    pieces = marked(group_origins(early))
    usable, plan, _ = heard(pieces, case, weeks)
    sampler = Sampler(layout(usable, plan, case, weeks), seed)
    z = np.concatenate([sampler.draw(250) for _ in range(2)], axis=1)[:, ::2].reshape(-1, sampler.layout.unknowns)
    later, _ = observe(group_origins(late), case, weeks_of(case), vocabulary())
    known = {(o.source, o.klass, o.side) for o in usable}
    asked = [
        o for o in later
        if o.evidence.head.aspect in ("total", "stock") and o.part is None and math.isfinite(o.low)
        and all(g in plan.members for g in o.groups) and (o.source, o.klass, o.side) in known
        and o.evidence.head.day is not None and o.evidence.head.day > AS_OF
    ]  # fmt: skip
    return _predicted(asked, usable, z, (case, plan, weeks, pieces), seed)


def _predicted(asked: list[Observation], usable: list[Observation], z: Array, situation, seed: int) -> list[Forecast]:  # type: ignore[no-untyped-def]  # four things that belong together
    case, plan, weeks, pieces = situation
    both = layout([*usable, *asked], plan, case, weeks)
    a = layout(usable, plan, case, weeks)._replace(**{name: getattr(both, name) for name in _ABOUT_CLAIMS})
    rng, first = stream(seed, "predictive"), len(usable)
    logs = np.empty((len(z), len(asked)))
    for i, row in enumerate(z):
        sums = sums_of(series_of(row, a), a.mask)
        bias, scatter, late, _ = speakers(row, a)
        for n in range(first, len(a.low)):
            mu = max(quantity(a.first[n], late[a.source[n]], a.at, a.sign, a.measure, a.who, sums)[0], 0.0)
            s = math.sqrt(scatter[a.source[n]] ** 2 + a.noise[n] / (mu + 0.5))
            s = a.garble_scale if rng.random() < a.garbled[n] else s
            logs[i, n - first] = math.log(mu + 0.5) + bias[a.bias[n]] + s * rng.logistic()
    found = []
    for n, o in enumerate(asked):
        c = o.evidence.head
        assert c.day is not None and c.amount is not None and c.group is not None and c.measure is not None
        rules = presets(pieces, case, c.group, c.measure, AS_OF, window=90)
        said = math.log(c.amount.middle + 0.5)
        logged = {k: math.log(v + 0.5) if v is not None else None for k, v in rules.items()}
        found.append(Forecast((c.day - AS_OF).days / 7, said, logs[:, n], logged))
    return found


def interval_score(f: Forecast) -> float:
    """The weighted interval score of one forecast, log scale."""
    total = 0.5 * abs(f.said - float(np.median(f.draws)))
    for level in LEVELS:
        low, high = np.quantile(f.draws, [(1 - level) / 2, (1 + level) / 2])
        miss = max(low - f.said, 0.0) + max(f.said - high, 0.0)
        total += (1 - level) / 2 * ((high - low) + 2 / (1 - level) * miss)
    return float(total / (len(LEVELS) + 0.5))


def score() -> dict[str, dict[str, float]]:
    """Horizon -> coverage and scores."""
    found = forecasts(*figures())
    rows = {}
    for name, low, high in (
        ("to 4 weeks", 0, 4),
        ("4 to 13 weeks", 4, 13),
        ("13 weeks and more", 13, 99),
        ("all", 0, 99),
    ):
        own = [f for f in found if low < f.weeks <= high]
        compared = [f for f in own if all(v is not None for v in f.rules.values())]
        row = {"figures": float(len(own))}
        for level in LEVELS:
            q = [np.quantile(f.draws, [(1 - level) / 2, (1 + level) / 2]) for f in own]
            row[f"{level:.0%} inside"] = float(np.mean([a <= f.said <= b for f, (a, b) in zip(own, q, strict=True)]))
        row["score"] = float(np.mean([interval_score(f) for f in compared]))
        for rule in RULES:
            row[rule] = float(np.mean([abs(f.said - (f.rules[rule] or 0.0)) for f in compared]))
        rows[name] = row
    return rows


def show(rows: dict[str, dict[str, float]]) -> None:
    """Print the table of `score`."""
    names = list(rows["all"])
    print("figures after 1 June 2020 from those before (scores on the log scale, lower is better)")
    print(f"{'':<20}" + "".join(f"{n:>22}" for n in names))
    for key, row in rows.items():
        print(f"{key:<20}" + "".join(f"{row[n]:22.3f}" for n in names))


if __name__ == "__main__":
    show(score())
