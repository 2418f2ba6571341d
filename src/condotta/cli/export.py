"""condotta export"""

import click

from condotta.cli import show


@click.command("export")
@click.argument("case", type=show.CASE)
@click.option("--format", "form", default="csv", show_default=True, help="csv or jsonl")
def command(case: str, form: str) -> None:
    """Write every claim of CASE to standard output."""
    from condotta import pipeline

    click.echo(pipeline.export(case, form), nl=False)
