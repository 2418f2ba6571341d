"""condotta origins"""

from typing import Any

import click

from condotta.cli import show


@click.command("origins")
@click.argument("case", type=show.CASE)
@click.option("--json", "as_json", is_flag=True, help="as JSON")
def command(case: str, as_json: bool) -> None:
    """Show which figures of CASE are copies of one origin, which were damaged on their way, and which series look odd."""
    from condotta import pipeline

    found = pipeline.origins(case)
    if as_json:
        click.echo(pipeline.to_json(found))
        return
    show.table(
        "\norigins: pieces of evidence, claims that carry them, outlets",
        ["origin", "pieces", "claims", "outlets"],
        [[r["origin"], str(r["pieces"]), str(r["claims"]), str(r["outlets"])] for r in found["origins"][:15]],
        right=(1, 2, 3),
    )
    _listed("figures that their origin no longer stands by, or that were damaged on the way", found["replaced"])
    _listed("copies that fit nothing their origin is on record with", found["garbled"])
    _listed("series that look odd", found["flags"])


def _listed(title: str, rows: list[dict[str, Any]]) -> None:
    click.secho(f"\n{title}: {len(rows)}", bold=True)
    for row in rows:
        click.echo(f"  {row['what']}\n      {row['why']}")
