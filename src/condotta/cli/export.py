"""condotta export"""

import click

from condotta.cli import show


@click.command("export")
@click.argument("case", type=show.CASE)
@click.option(
    "--format",
    "form",
    default="csv",
    show_default=True,
    help="csv, jsonl, parquet, monthly, ftm, statements, stix, prov, datasette or crate",
)
@click.option("-o", "--output", type=click.Path(), help="the file or folder to write; else standard output")
@click.option("--seed", type=int, help="of the sampler, where an estimate is in the export")
def command(case: str, form: str, output: str | None, seed: int | None) -> None:
    """Write CASE in a format that others read: claims as judged, with who says so; some with estimates, judgements, where all came from."""
    from condotta import exports
    from condotta.settings import settings

    with show.progress("reconciling") as step:
        text = exports.export(case, form, output, settings().seed if seed is None else seed, step)
    if output is None:
        click.echo(text, nl=False)
