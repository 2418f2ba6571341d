"""condotta reconcile"""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from condotta.cli import show

if TYPE_CHECKING:
    from condotta.estimates import Estimate


@click.command("reconcile")
@click.argument("case", type=show.CASE)
@click.option("--json", "as_json", is_flag=True, help="all groups, measures and weeks as JSON")
@click.option("--seed", type=int, help="of the sampler; the same seed gives the same numbers")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="only what was published by this day (YYYY-MM-DD)")
@click.option("--ahead", type=click.IntRange(0, 52), default=0, help="weeks to forecast behind the last day")
@click.option("--netcdf", type=click.Path(dir_okay=False), help="write the draws for ArviZ to this file as well")
@click.option("--fresh", is_flag=True, help="compute again even where the answer is stored")
def command(
    case: str, as_json: bool, seed: int | None, as_of: datetime | None, ahead: int, netcdf: str | None, fresh: bool
) -> None:
    """Estimate how many were where, from all claims of CASE: per group and week, with 50 and 90 % intervals."""
    from condotta import pipeline
    from condotta.estimation import Setup
    from condotta.settings import settings

    until = as_of.date() if as_of else None
    setup = Setup(seed=settings().seed if seed is None else seed, until=until, ahead=ahead)
    with show.progress("reconciling") as step:
        result = pipeline.reconcile(case, setup.seed, step, fresh, setup)
    if netcdf:
        from condotta.exchange import to_inference_data

        to_inference_data(result).to_netcdf(netcdf)
    if as_json:
        click.echo(pipeline.to_json(pipeline.summary(result)))
        return
    _tables(result)


def _tables(result: "Estimate") -> None:
    import numpy as np

    step = max(8, result.weeks.count // 5)
    last, end = result.weeks.count - 1 - result.weeks.ahead, result.weeks.count - 1
    regular = [w for w in result.weeks.shown if (w - result.weeks.hidden) % step == step - 1 and w <= last - step // 2]
    marks = [*regular, last, *([end] if end > last else [])]
    by_group: dict[str, list[list[str]]] = {}
    for group, measure in result.spoken():
        q = np.quantile(result.series(group, measure), [0.05, 0.5, 0.95], axis=0)
        by_group.setdefault(group, []).append(
            [_marked(result, group, measure), *(f"{q[1, w]:,.0f} ({q[0, w]:,.0f}-{q[2, w]:,.0f})" for w in marks)]
        )
    for group, rows in by_group.items():
        show.table(
            f"\n{group}: median (90 % interval)",
            ["", *(f"{result.weeks.end(w):%d %b %y}" + (" (forecast)" if w > last else "") for w in marks)],
            rows,
            right=range(1, len(marks) + 1),
        )
    click.echo(
        f"\n{len(result.evidence)} pieces of evidence used, {len(result.set_aside)} claims set aside (with reasons in the report).",
        err=True,
    )
    click.echo("* level not identified, or held loosely: see the report for the reason.", err=True)
    click.echo(f"Sampler: {result.diagnostics['words']}.", err=True)


def _marked(result: "Estimate", group: str, measure: str) -> str:
    """The measure, with a star where its level is not identified."""
    return measure + (
        ""
        if result.held(group, measure).startswith("identified") and "loosely" not in result.held(group, measure)
        else " *"
    )
