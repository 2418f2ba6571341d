"""How long until the worst printed quantity has R-hat below 1.01 and effective size 400, beside other samplers on the same
density, and how the time grows: python -m evaluation.estimation.speed [growth]

Times on a shared machine mean little; what is claimed is the ratio within one run. `nutpie` and NumPyro's NUTS (on the second
writing of the model, compiled by JAX) are given the same data; a run that stops short is scaled by its effective size.
"""

import math
import resource
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from condotta.damage import marked
from condotta.estimates import Array
from condotta.estimation import Setup, estimate, with_more
from condotta.estimation.density import Layout
from condotta.estimation.diagnosis import mixing
from condotta.estimation.sampling import Sampler, bind
from condotta.origins import group_origins
from condotta.randomness import stream
from evaluation.bundled import figures
from evaluation.estimation import worlds
from evaluation.estimation.worlds import World

SIZES = ("1x52x100", "7x104x1000")
GROWTH = ("7x104x100", "7x104x1000", "7x104x10000", "1x104x1000", "20x104x1000", "50x104x1000", "7x26x1000", "7x260x1000", "7x520x1000", "7x104x100000")  # fmt: skip
LEAST = 400


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds to the goal (scaled by effective size where a run stopped short), seconds in all, R-hat, effective size."""

    goal: float
    total: float
    rhat: float
    size: float


def made(name: str, seed: int = 11) -> tuple[World, Layout]:
    """A made-up case of the size "groups x weeks x claims"."""
    groups, weeks, claims = (int(x) for x in name.split("x"))
    world = worlds.template(groups, weeks, claims)
    return world, worlds.reported(world, worlds.truth(world, seed), stream(seed, "reports"))


def ours(world: World, a: Layout, seed: int = 3, rounds: int = 12) -> Took:
    """Our sampler, in rounds until it is good enough."""
    begun, found = time.perf_counter(), []
    sampler, apart, size = Sampler(a, seed), 9.9, 0.0
    for _ in range(rounds):
        z = sampler.draw(250)
        found.append(worlds.headline(world, a, z.reshape(-1, a.unknowns)).reshape(4, 250, -1))
        apart, size = _worst(np.concatenate(found, axis=1))
        if apart < 1.01 and size > LEAST:
            break
    took = time.perf_counter() - begun
    return Took(took * max(1.0, LEAST / size), took, apart, size)


def nutpie_run(world: World, a: Layout, seed: int = 3) -> Took:
    """nutpie on our density."""
    warnings.simplefilter("ignore")
    import nutpie
    from nutpie.compiled_pyfunc import from_pyfunc

    density, n = bind(a), a.unknowns
    model = from_pyfunc(
        n, lambda: density, lambda *_: lambda x: {"x": x}, [np.dtype("float64")], [(n,)], ["x"],
        make_initial_point_fn=lambda s: 0.1 * stream(int(s), "start").standard_normal(n),
    )  # fmt: skip
    begun = time.perf_counter()
    trace = nutpie.sample(model, draws=500, tune=500, chains=4, cores=2, seed=seed, progress_bar=False)
    took = time.perf_counter() - begun
    z = np.ascontiguousarray(np.asarray(trace.posterior["x"]).reshape(-1, n))
    apart, size = _worst(worlds.headline(world, a, z).reshape(4, -1, 14))
    return Took(took / 2 + took / 2 * LEAST / size, took, apart, size)


def numpyro_run(world: World, a: Layout) -> Took:
    """NumPyro's NUTS on the second writing of the model, compiling included."""
    from evaluation.estimation import oracle

    long = oracle.run(a, draws=700, warmup=400)
    apart, size = _worst(worlds.headline(world, a, long.z.reshape(-1, a.unknowns)).reshape(len(long.z), -1, 14))
    return Took(long.seconds / 2 + long.seconds / 2 * LEAST / size, long.seconds, apart, size)


def _worst(values: Array) -> tuple[float, float]:
    apart, size = mixing(values[:, :, values.std(axis=(0, 1)) > 1e-9])
    return float(apart.max()), float(size.min())


def compare(patient: bool = False) -> dict[str, dict[str, float]]:
    """Size -> ratio of each sampler's time to ours; NumPyro on the larger size only where somebody is `patient`."""
    rows = {}
    ours(*made("1x52x100"))  # compile first
    for name in SIZES:
        world, a = made(name)
        runs = {"ours": ours(world, a), "nutpie": nutpie_run(world, a)}
        if patient or name == SIZES[0]:
            runs["NumPyro"] = numpyro_run(world, a)
        for who, t in runs.items():
            print(
                f"{name:<14}{who:<9}{t.goal:9.1f} s to the goal ({t.total:.1f} s run, R-hat {t.rhat:.3f}, effective {t.size:.0f})",
                flush=True,
            )
        rows[name] = {f"{who} / ours": t.goal / runs["ours"].goal for who, t in runs.items() if who != "ours"}
    return rows


def one_more(count: int = 6) -> dict[str, float]:
    """One more claim on the bundled case, heard by reweighting, beside the whole estimate made again: share that was sound,
    ratio of times, and how far apart the medians of the arrivals and deaths are, in posterior sd (sound ones only)."""
    case, claims = figures()
    pieces = marked(group_origins(claims))
    full = estimate(pieces, case, Setup())
    used = [e for e in full.evidence if e.head.measure in ("arrived", "killed", "present") and e.head.aspect != "flow"]
    sound, ratios, apart = 0, [], []
    for i in stream(5, "one more").permutation(len(used))[:count]:
        without = estimate([p for p in pieces if p.id != used[i].id], case, Setup(seed=8))
        begun = time.perf_counter()
        more = with_more(without, used[i], case)
        at_once = time.perf_counter() - begun
        begun = time.perf_counter()
        again = estimate(pieces, case, Setup(seed=9))
        ratios.append((time.perf_counter() - begun) / at_once)
        if more is None or not more.sound:
            continue
        sound += 1
        for measure in ("arrived", "killed"):
            old, new = (np.log(r.series("Turkey-backed factions", measure)[:, 30] + 0.5) for r in (without, again))
            order = np.argsort(old)
            median = old[order][np.searchsorted(np.cumsum(more.weights[order]), 0.5)]
            apart.append(abs(median - np.median(new)) / new.std())
    return {
        "sound": sound / count, "again / at once": float(np.median(ratios)),
        "medians apart, typical": float(np.median(apart)) if apart else math.nan,
    }  # fmt: skip


def growth() -> None:
    """Seconds to the goal and peak memory as claims, groups and weeks grow; drawn to docs/growth.svg."""
    ours(*made("1x52x100"))
    rows = []
    for name in GROWTH:
        world, a = made(name)
        t = ours(world, a)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        groups, weeks, claims = (int(x) for x in name.split("x"))
        rows.append({"groups": groups, "weeks": weeks, "claims": claims, "seconds": round(t.goal, 2)})
        print(
            f"{name:<16}{a.unknowns:6d} unknowns{t.goal:9.1f} s to the goal, R-hat {t.rhat:.3f}, effective {t.size:.0f}, peak so far {peak:.2f} GB",
            flush=True,
        )
        _draw(rows)


def _draw(rows: list[dict[str, float]]) -> None:
    import altair as alt

    base = {"groups": 7, "weeks": 104, "claims": 1000}
    panels = []
    for axis in base:
        own = [r for r in rows if all(r[k] == v for k, v in base.items() if k != axis)]
        chart = alt.Chart(alt.Data(values=sorted(own, key=lambda r: r[axis]))).mark_line(point=True)
        x = alt.X(f"{axis}:Q", scale=alt.Scale(type="log"), title=axis)
        panels.append(
            chart.encode(x=x, y=alt.Y("seconds:Q", scale=alt.Scale(type="log"))).properties(width=220, height=180)
        )
    alt.hconcat(*panels).save(str(Path(__file__).parents[2] / "docs" / "growth.svg"))


if __name__ == "__main__":
    if sys.argv[1:] == ["growth"]:
        growth()
    else:
        for size, row in compare(sys.argv[1:] == ["patient"]).items():
            print(size, {k: round(v, 1) for k, v in row.items()})
        print("one more claim", {k: round(v, 2) for k, v in one_more().items()})
