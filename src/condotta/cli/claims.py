"""condotta claims"""

import click

from condotta.cli import show


@click.command("claims")
@click.argument("case", type=show.CASE)
@click.option("--kind", help="count, terms, relation, event or assessment")
@click.option("--measure", help="killed, arrived, present, in training, ...")
@click.option("--group", help="a group of the case, by any of its names")
@click.option("--source", help="a source anywhere in the chain, by any of its names")
@click.option("--document", help="the id of a document")
@click.option("--unsure", is_flag=True, help="only claims that the reader is unsure of: they wait for condotta judge")
@click.option("--json", "as_json", is_flag=True, help="one JSON object a line")
@click.option("--csv", "as_csv", is_flag=True, help="comma-separated values")
def command(
    case: str,
    kind: str | None,
    measure: str | None,
    group: str | None,
    source: str | None,
    document: str | None,
    unsure: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List the claims of CASE, with the facets given."""
    from condotta import exchange, pipeline

    found = pipeline.claims(case, kind, measure, group, source, document, unsure)
    if as_json:
        click.echo(exchange.to_jsonl(found), nl=False)
    elif as_csv:
        click.echo(exchange.to_csv(found), nl=False)
    else:
        columns = ("id", "figure", "claim", "aspect", "group", "day", "chain", "words")
        show.table(f"{len(found)} claims", columns, map(show.claim_row, found), right=(1,))
