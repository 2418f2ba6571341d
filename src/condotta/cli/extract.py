"""condotta extract"""

import click

from condotta.cli import show
from condotta.records import Claim, Failure, claim_json


@click.command("extract")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--case", type=click.Path(file_okay=False), help="resolve names against this case")
@click.option("--json", "as_json", is_flag=True, help="one JSON object a line (the default when not at a terminal)")
@click.option("--jsonl", is_flag=True, help="the same")
@click.option(
    "--out",
    help="for archives: write the claims of all FILES (also folders, .parquet, .csv, .warc.gz, s3://...) to this .parquet",
)
@click.option("--cluster", help="with --out: 'local' for Ray on this machine, or the address of a Ray cluster")
@click.option("--workers", type=click.IntRange(0), default=0, help="with --cluster: how many; 0 takes one a core")
def command(
    files: tuple[str, ...], case: str | None, as_json: bool, jsonl: bool, out: str | None, cluster: str | None, workers: int
) -> int:  # fmt: skip
    """Print the claims of FILES (HTML, PDF, DOCX, EML, Markdown, text, .jsonl): no case, no ledger needed. With --out, read an archive of
    any size into tables; stopped, it goes on where it was."""
    import sys

    from condotta import pipeline

    if out is not None or cluster is not None:
        return _archive(files, case, out, cluster, workers)
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


def _archive(files: tuple[str, ...], case: str | None, out: str | None, cluster: str | None, workers: int) -> int:
    from condotta import corpora
    from condotta.errors import UsageError
    from condotta.exchange.extracted import beside

    if out is None:
        raise UsageError(
            "E-USE-06", "an archive's claims are written to a table", fix="Say where: --out claims.parquet."
        )
    with show.progress("extracting") as step:
        done = corpora.extract(files, out, case, cluster, workers, step)
    click.echo(
        f"{done.claims:,} claims of {done.documents:,} documents; {done.shards} shards done, {done.before} were done before",
        err=True,
    )
    if done.failures:
        click.echo(f"{done.failures:,} could not be read: {beside(out, 'failures')}", err=True)
    return 1 if done.failures else 0
