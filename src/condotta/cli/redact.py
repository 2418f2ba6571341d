"""condotta redact"""

import click

from condotta.cli import show


@click.command("redact")
@click.argument("case", type=show.CASE)
@click.argument("words")
@click.option("--why", required=True, help="the reason; it is kept in the log")
@click.option("--document", help="only this document; else every one that holds the words")
@click.option("--erase-originals", is_flag=True, help="forget the files as received as well: they still hold the words")
def command(case: str, words: str, why: str, document: str | None, erase_originals: bool) -> None:
    """Black WORDS out of the texts of CASE, their claims and what was judged of them, for good; hashes of the originals stay."""
    from condotta import custody
    from condotta.settings import settings

    done = custody.redact(case, words, why, settings().judge, document, erase_originals)
    for id, places in done.items():
        click.echo(f"{id}: {places} places")
    if not erase_originals:
        click.echo(
            "The originals still hold the words; no export has them. To forget them: --erase-originals", err=True
        )
