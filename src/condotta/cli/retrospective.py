"""condotta retrospective"""

import click

from condotta.cli import show


@click.command("retrospective")
@click.argument("case", type=show.CASE)
@click.option("--step", type=click.IntRange(1, 52), default=8, help="weeks between two looks back")
@click.option("--peels", type=click.IntRange(1, 20), default=5, help="how many looks back")
@click.option("--json", "as_json", is_flag=True, help="as JSON")
@click.option("--seed", type=int, help="of the sampler")
def command(case: str, step: int, peels: int, as_json: bool, seed: int | None) -> None:
    """Estimate CASE as it stood earlier, from what was published by then, and show how the figures were revised."""
    from dataclasses import asdict

    from condotta import pipeline, scrutiny
    from condotta.estimation import Setup
    from condotta.settings import settings

    setup = Setup(seed=settings().seed if seed is None else seed)
    with show.progress("looking back") as tick:
        found = scrutiny.retrospective(case, setup, tick, step, peels)
    rho = scrutiny.mohns_rho(found)
    if as_json:
        rows = [{"group": g, "measure": m, "rho": round(r, 3)} for (g, m), r in rho.items()]
        click.echo(pipeline.to_json({"peels": [asdict(p) for p in found], "mohns_rho": rows}))
        return
    for group, measure in rho:
        mine = [p for p in found if (p.then.group, p.then.measure) == (group, measure)]
        show.table(
            f"\n{measure}, {group}: Mohn's rho {rho[group, measure]:+.2f}",
            ["as of", "then", "now, for that day", "revised"],
            [[p.day, p.then.shown, p.now.shown, f"{p.revision:+.0%}"] for p in mine],
            right=(1, 2, 3),
        )
    click.echo("Mohn's rho: mean of (then - now) / now; positive where earlier estimates were later lowered.", err=True)
