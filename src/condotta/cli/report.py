"""condotta report"""

from pathlib import Path

import click

from condotta.cli import show


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
@click.option("--seed", type=int, help="of the sampler")
def command(case: str, output: str, article: str | None, seed: int | None) -> None:
    """Write one self-contained HTML page on CASE, and its main figure as PNG."""
    from condotta import pipeline
    from condotta.settings import settings

    with show.progress("reporting") as step:
        page, picture = pipeline.report(case, article, settings().seed if seed is None else seed, step)
    target = Path(output)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, encoding="utf-8")
    target.with_suffix(".png").write_bytes(picture)
    click.echo(f"{target} and {target.with_suffix('.png')}")
