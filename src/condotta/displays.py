"""How records and results look in a notebook: tables and figures as HTML, with everything that came from a document escaped.

`import condotta` in a notebook is enough: the displays are found by the names of the classes, and nothing is loaded before something is shown.
"""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from condotta.records import Claim, Document, Evidence, Finding, shown_words

if TYPE_CHECKING:
    from condotta.estimates import Estimate
    from condotta.runs import Runs

_MOST = 60


class Shown:
    """Something to look at: HTML in a notebook, its first lines as text elsewhere."""

    def __init__(self, html: str, text: str) -> None:
        self.html, self.text = html, text

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def show(what: "Claim | Document | Evidence | Finding | Estimate | Runs | Sequence[Any]") -> Shown:
    """A record, a result, or a list of records as a table."""
    items = list(what) if isinstance(what, list | tuple) else [what]
    kinds = {type(i).__name__ for i in items}
    if len(kinds) == 1 and (draw := _DRAWN.get(next(iter(kinds)))) is not None:
        return Shown(draw(items), f"{len(items)} x {next(iter(kinds))}")
    return Shown(f"<pre>{escape(repr(what))}</pre>", repr(what))


def register(formatters: Mapping[str, Any]) -> None:
    """Tell IPython's formatters (by media type) about our classes, by their names."""
    for module, name in (("records", "Claim"), ("records", "Document"), ("records", "Evidence"), ("records", "Finding"), ("estimates", "Estimate"), ("runs", "Runs")):  # fmt: skip
        formatters["text/html"].for_type_by_name(f"condotta.{module}", name, lambda item: show(item).html)
    for name, module in (("Estimate", "estimates"), ("Runs", "runs")):  # all their numbers as text would fill the page
        formatters["text/plain"].for_type_by_name(
            f"condotta.{module}", name, lambda item, p, cycle: p.text(repr(show(item)))
        )


def _claims(items: Sequence[Claim]) -> str:
    def cells(c: Claim) -> list[str]:
        figure = c.amount.show() if c.amount else ""
        what = c.measure or c.predicate or c.kind
        return [figure, what + ("" if c.stance == "asserted" else f" ({c.stance})"), c.aspect or "", c.group or c.group_text or "", f"{c.day or ''}", " > ".join(c.chain), shown_words(c), c.id]  # fmt: skip

    return _table(f"{len(items)} claims", ("figure", "what", "aspect", "group", "day", "who says so", "words", "id"), map(cells, items), right=(0,))  # fmt: skip


def _documents(items: Sequence[Document]) -> str:
    rows = (
        [d.title or d.name or d.id, d.publisher or "", f"{d.published or ''}", d.address or "", d.id] for d in items
    )
    return _table(f"{len(items)} documents", ("title", "publisher", "published", "address", "id"), rows)


def _evidence(items: Sequence[Evidence]) -> str:
    return "".join(f"<p><b>{escape(e.origin)}</b>: {escape(e.reason)}</p>{_claims(e.claims)}" for e in items)


def _findings(items: Sequence[Finding]) -> str:
    def cells(f: Finding) -> list[str]:
        factor = "" if f.factor is None else f"{f.factor:.2f}"
        return [
            f.verdict,
            shown_words(f.claim),
            factor,
            "" if f.probability is None else f"{f.probability:.2f}",
            f.words,
        ]

    return _table(f"{len(items)} findings", ("verdict", "claim", "times the estimate", "probability", "why"), map(cells, items), right=(2, 3))  # fmt: skip


def _estimates(items: "Sequence[Estimate]") -> str:
    import numpy as np

    from condotta.reports.charts import png, timeline

    pages = []
    for result in items:
        rows, last = [], result.weeks.count - 1
        for group, measure in result.spoken():
            low, mid, high = np.quantile(result.series(group, measure)[:, last], [0.05, 0.5, 0.95])
            rows.append([group, measure, f"{mid:,.0f}", f"{low:,.0f} to {high:,.0f}", result.held(group, measure)])
        title = f"Estimates on {result.weeks.end(last):%d %B %Y} from {len(result.evidence)} pieces of evidence"
        page = _table(title, ("group", "measure", "median", "90 % interval", "what holds it"), rows, right=(2, 3))
        if rows:
            group, measure = max(
                result.spoken(),
                key=lambda pair: len([e for e in result.evidence if (e.head.group, e.head.measure) == pair]),
            )
            image = base64.b64encode(png(timeline(result, group, measure), f"{measure}, {group}")).decode()
            page += f'<img alt="{escape(measure)}, {escape(group)}, by week" src="data:image/png;base64,{image}" style="max-width:100%">'
        pages.append(page)
    return "".join(pages)


def _runs(items: "Sequence[Runs]") -> str:
    import numpy as np

    from condotta.runs import SHOWN

    pages = []
    for runs in items:
        found = ((m, np.quantile(runs.series(m)[:, -1], [0.05, 0.5, 0.95])) for m in SHOWN)
        rows = [[m, f"{q[1]:,.0f}", f"{q[0]:,.0f} to {q[2]:,.0f}"] for m, q in found]
        title = f"{runs.scenario}: {len(runs.record)} runs, at the end. {runs.about}"
        pages.append(_table(title, ("men", "median", "90 % of the runs"), rows, right=(1, 2)))
    return "".join(pages)


_DRAWN: Mapping[str, Callable[[Any], str]] = {"Claim": _claims, "Document": _documents, "Evidence": _evidence, "Finding": _findings, "Estimate": _estimates, "Runs": _runs}  # fmt: skip


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """An HTML table; of more rows than sixty the first."""
    every = list(rows)
    head = "".join(f"<th scope='col'>{escape(c)}</th>" for c in columns)
    body = "".join(
        "<tr>" + "".join(f"<td style='text-align:{'right' if k in right else 'left'}'>{escape(str(v))}</td>" for k, v in enumerate(row)) + "</tr>"
        for row in every[:_MOST]
    )  # fmt: skip
    more = f"<p>and {len(every) - _MOST:,} more</p>" if len(every) > _MOST else ""
    return f"<table><caption style='text-align:left'>{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
