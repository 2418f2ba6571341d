"""condotta sensitivity"""

import click

from condotta.cli import show


@click.command("sensitivity")
@click.argument("case", type=show.CASE)
@click.option("--json", "as_json", is_flag=True, help="every figure under every judgement as JSON")
@click.option("--seed", type=int, help="of the sampler")
def command(case: str, as_json: bool, seed: int | None) -> None:
    """Show how far the headline figures of CASE depend on judgements: grades, readings, pools, each source."""
    from dataclasses import asdict

    from condotta import pipeline, scrutiny
    from condotta.estimation import Setup
    from condotta.settings import settings

    setup = Setup(seed=settings().seed if seed is None else seed)
    with show.progress("estimating under other judgements") as step:
        shifts = scrutiny.sensitivity(case, setup, step)
    if as_json:
        click.echo(pipeline.to_json([asdict(s) for s in shifts]))
        return
    for title, rows in scrutiny.by_headline(shifts):
        show.table(
            f"\n{title}", ["judgement", "median (90 % interval)", "change"], [list(r) for r in rows], right=(1, 2)
        )
    lost = [f"{s.what}: too little evidence is left" for s in shifts if not s.figures]
    for what in lost:
        click.echo(what, err=True)
