"""condotta report"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from condotta.cli import show

if TYPE_CHECKING:
    from condotta.runs import Runs


@click.command("report")
@click.argument("case", type=show.CASE)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False),
    default="report.html",
    show_default=True,
    help="where to write the page; the main figure goes beside it as PNG",
)
@click.option("--article", type=click.Path(exists=True, dir_okay=False), help="include the findings on this document")
@click.option("--scenario", "scenarios", multiple=True, help="include what it would have changed; may be given again")
@click.option("--runs", type=click.IntRange(2, 100_000), default=200, show_default=True, help="of each scenario")
@click.option("--seed", type=int, help="of the sampler and of the runs")
def command(
    case: str, output: str, article: str | None, scenarios: tuple[str, ...], runs: int, seed: int | None
) -> None:
    """Write one self-contained HTML page on CASE, and its main figure as PNG."""
    from condotta import pipeline
    from condotta.settings import settings

    luck = settings().seed if seed is None else seed
    with show.progress("reporting") as step:
        found: Sequence[Runs] = ()
        if scenarios:  # the simulator is loaded for them alone
            from condotta import whatif
            from condotta.simulation import Ensemble

            found, _ = whatif.run(case, scenarios, Ensemble(runs, luck), step)
        page, picture = pipeline.report(case, article, luck, step, found)
    target = Path(output)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, encoding="utf-8")
    target.with_suffix(".png").write_bytes(picture)
    click.echo(f"{target} and {target.with_suffix('.png')}")
