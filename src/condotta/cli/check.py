"""condotta check"""

import click

from condotta.cli import show
from condotta.records import Finding, shown_words, weightiest_first


@click.command("check")
@click.argument("case", type=show.CASE)
@click.argument("article", type=click.Path(exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="a JSON list of findings")
@click.option("--seed", type=int, help="of the sampler")
def command(case: str, article: str, as_json: bool, seed: int | None) -> None:
    """Compare each claim of ARTICLE with all other evidence of CASE, its own origin left out."""
    from condotta import pipeline
    from condotta.settings import settings

    with show.progress("checking") as step:
        document, found = pipeline.check(case, article, settings().seed if seed is None else seed, step)
    if as_json:
        click.echo(pipeline.to_json([pipeline.finding_json(f) for f in found]))
        return
    click.echo(
        f"{document.title or document.name} ({document.publisher or 'outlet unknown'}, {document.published or 'undated'})\n"
    )
    for finding in weightiest_first(found):
        _print(finding)


def _print(finding: Finding) -> None:
    claim = finding.claim
    _, figure, what, aspect, group, *_ = show.claim_row(claim)
    said_by = " > ".join(claim.chain) or "nobody named"
    odds = (
        f", probability {finding.probability:.2f}"
        if finding.probability is not None and finding.verdict in ("higher", "lower")
        else ""
    )
    beside = "the others" if claim.kind == "terms" else "the estimate"
    factor = (
        f": {finding.factor:.1f} times {beside}" if finding.factor and finding.verdict in ("higher", "lower") else ""
    )
    click.secho(f"{finding.verdict.upper()}{factor}{odds}", bold=True)
    click.echo(f"  {' '.join(x for x in (figure, aspect, what, group and f'[{group}]') if x)}  said by {said_by}")
    click.echo(f'  "{" ".join(claim.quote.split())}"')
    click.echo(f"  {finding.words}")
    for other in finding.because[:4]:
        click.echo(f"    - {' > '.join(other.chain)}, {other.day or 'undated'}: {shown_words(other)[:220]}")
    click.echo()
