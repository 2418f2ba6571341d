"""What the verbs share: progress on standard error, tables on standard output, failures listed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from condotta.pipeline import Progress
from condotta.records import Claim, Failure, shown_words


class _Case(click.Path):
    """A case's folder, or the address of the database that its ledger is in."""

    name = "case"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from condotta.places import folder_of

        return str(folder_of(value if "://" in str(value) else str(super().convert(value, param, ctx))))


CASE = _Case(file_okay=False)


@contextmanager
def progress(label: str) -> Iterator[Progress]:
    """A bar on standard error, when that is a terminal; silence otherwise."""
    import sys

    if not sys.stderr.isatty():
        yield lambda done, of, what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[what]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None, what="")

        def step(done: int, of: int, what: str) -> None:
            bar.update(task, completed=done, total=of, what=what[:40])

        yield step


def failures(found: Iterable[Failure]) -> int:
    """List what failed on standard error; the exit status that goes with it."""
    listed = list(found)
    for failure in listed:
        click.echo(f"failed: {failure.name}: {failure.message}", err=True)
    return 1 if listed else 0


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> None:
    """A table on standard output, as wide as the terminal (or 160 columns into a file)."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    made = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for i, column in enumerate(columns):
        made.add_column(column, justify="right" if i in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(escape(str(cell)) for cell in row))
    console.print(made)


def claim_row(claim: Claim) -> list[str]:
    """A claim as cells: figure, what, aspect, group, day, chain, words."""
    figure = claim.amount.show() if claim.amount else ""
    what = claim.measure or claim.predicate or claim.kind
    if claim.kind != "count" and claim.object:
        what += f": {claim.subject or '?'} > {claim.object}"
    who = claim.group or claim.group_text or ""
    stance = "" if claim.stance == "asserted" else f" ({claim.stance})"
    return [
        claim.id,
        figure,
        what + stance,
        claim.aspect or "",
        who,
        f"{claim.day or ''}",
        " > ".join(claim.chain),
        shown_words(claim)[:160],
    ]
