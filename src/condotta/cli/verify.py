"""condotta verify"""

import click

from condotta.cli import show


@click.command("verify")
@click.argument("case", type=show.CASE)
@click.option("--head", help="a seal of the log that you wrote down earlier: is it still in it?")
@click.option(
    "--stamp", metavar="URL", help="have an RFC 3161 authority stamp the log's head; its token is kept in the ledger"
)
@click.option(
    "--authority", type=click.Path(exists=True, dir_okay=False), help="check stamps against this root certificate (PEM)"
)
@click.option("--json", "as_json", is_flag=True, help="faults and head as JSON")
def command(case: str, head: str | None, stamp: str | None, authority: str | None, as_json: bool) -> int:
    """Hold every row and every original of CASE against the log of what was done to it. Names whatever was altered, put there by
    other means, or is gone."""
    from condotta import custody

    with show.progress("verifying"):
        found = custody.verify(case, head, authority)
    if stamp:
        found = custody.stamp(case, stamp, found)
    if as_json:
        from condotta.pipeline import to_json

        click.echo(to_json(custody.verified_json(found)))
        return 1 if found.faults else 0
    for fault in found.faults:
        click.echo(f"{fault.subject}: {fault.words}")
    click.echo(
        f"{len(found.faults)} faults in {found.entries:,} rows of the log, {found.originals:,} originals", err=True
    )
    click.echo(f"head of the log: {found.head}", err=True)
    for row in found.stamps:
        click.echo(f"row {row.number} was there at {row.at:%Y-%m-%d %H:%M:%S} UTC, says {row.authority}", err=True)
    return 1 if found.faults else 0
