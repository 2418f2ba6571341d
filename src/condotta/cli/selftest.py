"""condotta selftest"""

import click

from condotta.cli import show


@click.command("selftest")
@click.option("--worlds", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--seed", type=int, help="the same seed gives the same figures")
@click.option("--threads", type=click.IntRange(1, 1024), default=2, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="as JSON")
def command(worlds: int, seed: int | None, threads: int, as_json: bool) -> None:
    """Simulate worlds, let observers report, write the reports, read and reconcile them: how often 80 % intervals hold the truth.

    Once for the observers' claims as they made them, once for what the reader made of the texts. Ten worlds take some minutes.
    """
    from condotta import selftest
    from condotta.pipeline import to_json
    from condotta.settings import settings

    with show.progress("closed loop") as step:
        loops = selftest.run(worlds, settings().seed if seed is None else seed, threads, step)
    routes = ("claims as made", "texts as read")
    found = {m: {r: round(selftest.coverage(loops, r, m), 3) for r in routes} for m in selftest.MEASURES}
    made, read = sum(loop.made for loop in loops), sum(loop.made * loop.read for loop in loops)
    if as_json:
        click.echo(
            to_json({"worlds": worlds, "claims": made, "read": round(read / made, 3), "80 % intervals hold": found})
        )
        return
    rows = [[m, *(f"{found[m][r]:.2f}" for r in routes)] for m in selftest.MEASURES]
    show.table(
        f"\nShare of true weekly figures inside the 80 % interval, {worlds} worlds", ["", *routes], rows, right=(1, 2)
    )
    click.echo(
        f"{made} claims made; {read / made:.0%} came out of the texts with measure, aspect, group, day and figure right."
    )
