"""condotta add"""

import click

from condotta.cli import show


@click.command("add")
@click.argument("case", type=show.CASE)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--outlet", help="who publishes the files that do not say so themselves")
def command(case: str, paths: tuple[str, ...], outlet: str | None) -> int:
    """Take PATHS (files, folders, .jsonl, spreadsheets of figures) into CASE: hashed, deduplicated, text extracted."""
    from condotta import pipeline
    from condotta.settings import settings

    own = settings()
    with show.progress("adding") as step:
        done = pipeline.add(case, paths, step, own.size_limit, own.judge, outlet)
    click.echo(
        f"{len(done.documents)} documents added, {done.known} already there, {done.claims} claims from spreadsheets",
        err=True,
    )
    for document, other, kind in done.links:
        click.echo(f"{document} is {'a copy' if kind == 'copy' else 'an update'} of {other}", err=True)
    for note in done.notes:
        click.echo(note, err=True)
    return show.failures(done.failures)
