"""condotta simulate"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from condotta.cli import show

if TYPE_CHECKING:
    from condotta.runs import Runs
    from condotta.simulation import Ensemble, Fit

_SHOWN = (
    "present",
    "recruited",
    "arrived",
    "killed",
    "captured",
    "returned",
    "fled",
    "defected",
    "defected in theatre",
    "refused",
)


@click.command("simulate")
@click.argument("case", type=show.CASE)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    default=("as-reported",),
    help="a shipped scenario or a .yaml file; may be given again",
)
@click.option("--runs", type=click.IntRange(2, 100_000), default=200, show_default=True)
@click.option("--seed", type=int, help="the same seed gives the same runs, on any number of threads")
@click.option("--threads", type=click.IntRange(1, 1024), default=2, show_default=True)
@click.option("--side", help="the side to simulate, where a case has several sponsors")
@click.option(
    "--men",
    "weight",
    type=click.FloatRange(1, 1000),
    default=1.0,
    show_default=True,
    help="men that one simulated man stands for: quicker, rougher",
)
@click.option("--table", type=click.Path(dir_okay=False), help="write every series to this .csv or .parquet as well")
@click.option("--chart", type=click.Path(dir_okay=False), help="write the main figure as .png or .html as well")
@click.option("--screen", is_flag=True, help="instead: which assumed parameters decide the answer (Morris)")
@click.option(
    "--variance",
    is_flag=True,
    help="instead: luck, estimate, fit and each strong assumption as shares of the answer's variance (Sobol)",
)
@click.option("--json", "as_json", is_flag=True, help="everything as JSON")
@click.option("--cluster", help="share the runs: 'local' for Ray on this machine, or the address of a Ray cluster")
@click.option("--fresh", is_flag=True, help="fit and run again even where the answer is stored")
def command(
    case: str, scenarios: tuple[str, ...], runs: int, seed: int | None, threads: int, side: str | None, weight: float, table: str | None,
    chart: str | None, screen: bool, variance: bool, as_json: bool, fresh: bool, cluster: str | None,
) -> None:  # fmt: skip
    """Run the sponsor-proxy system behind CASE, fitted to its estimates, under a scenario; beside it what was reported.

    Stop it when you like: it goes on from there. Results are of groups, never of persons.
    """
    from condotta import pipeline, whatif
    from condotta.settings import settings
    from condotta.simulation import Ensemble

    how = Ensemble(runs, settings().seed if seed is None else seed, threads, weight)
    if screen:
        _screened(case, how, side, as_json)
        return
    if variance:
        _shared(case, how, side, as_json)
        return
    with show.progress("simulating") as step:
        found, posterior = whatif.run(case, scenarios, how, step, side, fresh, cluster)
    if table:
        from condotta.exchange import write_rows
        from condotta.runs import rows

        write_rows([row for r in found for row in rows(r)], Path(table))
    if chart:
        from condotta.reports import scenarios as drawn

        drawn(found, Path(chart))
    if as_json:
        click.echo(pipeline.to_json(whatif.summary(found, posterior)))
        return
    for r in found:
        _scenario(r)
    for r in found[1:]:
        _compared(r, found[0])
    _fitted(posterior)


def _screened(case: str, how: "Ensemble", side: str | None, as_json: bool) -> None:
    from dataclasses import asdict

    from condotta import pipeline, whatif

    with show.progress("screening") as step:
        effects = whatif.assumptions(case, how, step, side)
    if as_json:
        click.echo(pipeline.to_json([asdict(e) for e in effects]))
        return
    rows = [
        [e.name, *(f"{100 * mean:.1f} ({100 * spread:.1f})" for mean, spread in (e.exits, e.present)), e.source]
        for e in effects[:20]
    ]
    columns = ["from half to twice its value", "exits", "men in the theatre", "where the value is from"]
    show.table("\nEffect, % of the men at the start: mean absolute (spread)", columns, rows, right=(1, 2))


def _shared(case: str, how: "Ensemble", side: str | None, as_json: bool) -> None:
    from dataclasses import asdict

    from condotta import pipeline, whatif

    with show.progress("variance") as step:
        found = whatif.shares(case, how, step, side)
    if as_json:
        click.echo(pipeline.to_json([asdict(s) for s in found]))
        return
    rows = [[s.name, *(f"{100 * total:.0f} ± {100 * error:.0f} ({100 * max(first, 0.0):.0f})" for first, total, error in (s.exits, s.present)), s.source] for s in found]  # fmt: skip
    columns = ["what is not known", "exits", "men in the theatre", "where it is from"]
    show.table("\nShare of the variance, %: with what it does through others (by itself)", columns, rows, right=(1, 2))


def _interval(values: "object", scale: float = 1.0) -> str:
    import numpy as np

    low, mid, high = scale * np.quantile(values, [0.05, 0.5, 0.95])  # type: ignore[call-overload]
    return f"{mid:,.0f} ({low:,.0f}-{high:,.0f})"


def _scenario(r: "Runs") -> None:
    last = r.weeks.count - 1
    marks = [w for w in (last // 3, 2 * last // 3, last)]
    days = [f"{r.weeks.end(w):%d %b %y}" for w in marks]
    rows = [[m, *(_interval(r.series(m)[:, w]) for w in marks)] for m in _SHOWN]
    rows += [
        [f"{m}, $1,000", *(_interval(r.money(m)[:, w], 1e-3) for w in marks)]
        for m in ("spent", "received", "cut", "arrears")
    ]
    rows.append(["sponsor's own dead avoided (assumed)", *(_interval(r.own_dead_avoided()[:, w]) for w in marks)])
    rows.append(["influence at home, %", *(_interval(r.influence()[:, w], 100) for w in marks)])
    show.table(f"\n{r.scenario}: median (90 % of {len(r.record)} runs). {r.about}", ["", *days], rows, right=(1, 2, 3))
    if drivers := r.drivers():
        click.echo("Exits by what drove them: " + ", ".join(f"{k} {v:.0%}" for k, v in drivers))
    click.echo(
        f"A tenth of the force in the theatre or more left within four weeks in {r.mass_desertion():.0%} of the runs; "
        f"of all who were fielded, a tenth or more by the end in {r.mass_desertion_of_war():.0%} "
        "(by that count about half of the belligerents of modern wars: Lyall 2020)."
    )


def _compared(r: "Runs", base: "Runs") -> None:
    from condotta.runs import differences

    rows = [
        [d.what, f"{d.base:,.0f}", f"{d.mean:+,.0f} ± {d.error:,.0f}", f"{d.low:+,.0f} to {d.high:+,.0f}", f"{d.agree:.0%}", "" if d.stable else "sign not stable"]
        for d in differences(r, base)
    ]  # fmt: skip
    columns = ["at the end", base.scenario, "mean difference", "90 % of runs", "same sign", ""]
    show.table(
        f"\n{r.scenario} less {base.scenario}, run by run under the same luck", columns, rows, right=(1, 2, 3, 4)
    )


def _fitted(posterior: "Fit") -> None:
    import numpy as np

    rows = []
    for name, values in posterior.values.items():
        low, mid, high = np.quantile(values, [0.05, 0.5, 0.95])
        rows.append(
            [
                name,
                f"{mid:.3g} ({low:.3g}-{high:.3g})",
                "" if posterior.identified(name) else "not identified: the prior decides",
            ]
        )
    show.table(
        f"\nFitted to the estimates ({posterior.runs} runs, distance {posterior.distance[-1]:.2f})",
        ["", "median (90 %)", ""],
        rows,
        right=(1,),
    )
    click.echo(
        "All other parameters are assumed or cited: docs/simulation.md. A simulation is an argument, not a report of what happened.",
        err=True,
    )
