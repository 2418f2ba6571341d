"""condotta extract"""

import click

from condotta.cli import show
from condotta.records import Claim, Failure, claim_json


@click.command("extract")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--case", type=click.Path(file_okay=False), help="resolve names against this case")
@click.option("--json", "as_json", is_flag=True, help="one JSON object a line (the default when not at a terminal)")
@click.option("--jsonl", is_flag=True, help="the same")
def command(files: tuple[str, ...], case: str | None, as_json: bool, jsonl: bool) -> int:
    """Print the claims of FILES (HTML, PDF, DOCX, EML, Markdown, text, .jsonl): no case, no ledger needed."""
    import sys

    from condotta import pipeline

    failed: list[Failure] = []
    rows: list[Claim] = []
    lines = as_json or jsonl or not sys.stdout.isatty()
    for file in files:
        for item in pipeline.extract(file, case):
            if isinstance(item, Failure):
                failed.append(item)
            elif lines:
                click.echo(pipeline.to_json(claim_json(item)))
            else:
                rows.append(item)
    if not lines:
        show.table(
            f"{len(rows)} claims",
            ("id", "figure", "claim", "aspect", "group", "day", "chain", "words"),
            map(show.claim_row, rows),
            right=(1,),
        )
    return show.failures(failed)
