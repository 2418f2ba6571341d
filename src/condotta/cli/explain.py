"""condotta explain"""

import click


@click.command("explain")
@click.argument("code")
def command(code: str) -> None:
    """Print the page of an error code, such as E-DOC-03."""
    from condotta import pipeline

    click.echo(pipeline.explain(code), nl=False)
