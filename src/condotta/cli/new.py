"""condotta new"""

import click


@click.command("new")
@click.argument("case", type=click.Path(file_okay=False))
def command(case: str) -> None:
    """Make a case folder CASE: a commented case.yaml and documents/."""
    from condotta import pipeline

    folder = pipeline.new(case)
    click.echo(f"made {folder}/case.yaml: say there who is who, then: condotta add {folder} REPORTS", err=True)
