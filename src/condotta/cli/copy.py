"""condotta copy"""

import click

from condotta.cli import show


@click.command("copy")
@click.argument("source")
@click.argument("target")
def command(source: str, target: str) -> None:
    """Copy a whole case from SOURCE to TARGET: folders, or addresses like postgresql://name@host/database. TARGET must be new or empty.
    Proved by counts and hashes."""
    from condotta import pipeline

    with show.progress("copying") as step:
        done = pipeline.copy(source, target, step)
    rows = ((c.table, f"{c.rows:,}", c.sha256[:16]) for c in done)
    show.table("the same on both sides", ("table", "rows", "sha256"), rows, right=(1,))
