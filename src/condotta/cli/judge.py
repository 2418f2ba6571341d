"""condotta judge"""

from typing import Any

import click

from condotta.cli import show


@click.command("judge")
@click.argument("case", type=show.CASE)
@click.argument("claim")
@click.argument("verdict", type=click.Choice(["accepted", "corrected", "rejected"]))
@click.option("--why", required=True, help="the reason, kept with the judgement")
@click.option("--by", help="who judges (default: CONDOTTA_JUDGE)")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="FIELD=VALUE",
    help="for corrected: measure=killed, low=300, group=..., chain='outlet > source', as often as needed",
)
def command(case: str, claim: str, verdict: str, why: str, by: str | None, changes: tuple[str, ...]) -> None:
    """Accept, correct or reject a CLAIM of CASE (its id stands in `condotta claims`). Judgements are added, never overwritten."""
    from condotta import pipeline
    from condotta.settings import settings

    pipeline.judge(
        case,
        claim,
        verdict,
        why,
        by or settings().judge,
        pipeline.change_of(case, claim, dict(_pair(c) for c in changes)),
    )
    click.echo(f"{claim} {verdict}", err=True)


def _pair(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign:
        raise click.BadParameter(f"{text!r} is not FIELD=VALUE", param_hint="--set")
    return name, value or None
