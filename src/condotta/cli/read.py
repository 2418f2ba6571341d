"""condotta read"""

import click

from condotta.cli import show


@click.command("read")
@click.argument("case", type=show.CASE)
def command(case: str) -> int:
    """Read the claims of every document of CASE not read yet. Stop it when you like: it resumes."""
    from condotta import pipeline

    with show.progress("reading") as step:
        found, failed = pipeline.read(case, step)
    click.echo(f"{found} claims read", err=True)
    return show.failures(failed)
