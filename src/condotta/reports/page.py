"""Fills the page: one frozen context, one template, no network."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from condotta.records import Document, Finding, shown_words, weightiest_first
from condotta.reports import charts, rows
from condotta.reports.material import Material
from condotta.reports.simulated import figure

_LEAST_POINTS = 4
_MOST_CHARTS = 12


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that the template may name."""

    title: str
    made: str
    known: list[rows.Known]
    parts: list[rows.Part]
    before: list[rows.Before]
    judgements: Any
    odd: Any
    figures: list[tuple[str, str, dict[str, Any]]]
    scenarios: list[rows.Simulated]
    scenes: dict[str, Any] | None
    questions: list[rows.Question]
    sources: list[dict[str, Any]]
    aside: list[tuple[str, int]]
    used: int
    pieces: int
    documents: list[Any]
    checked: Any
    findings: list[Finding]
    diagnostics: str
    script: str


def findings_page(title: str, document: Document, findings: Iterable[Finding]) -> str:
    """The findings on one document as one self-contained page without scripts, to hand on."""
    made = f"{datetime.now(UTC):%d %B %Y}"
    names = {"title": title, "made": made, "checked": document, "findings": weightiest_first(findings)}
    return str(environment().get_template("findings.html").render(**names))


def environment() -> Any:
    """Templates of this room with the words in which figures are shown."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("condotta", "reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    found.filters |= {
        "people": _people,
        "spec": _spec,
        "words": shown_words,
        "day": lambda d: f"{d:%d %b %Y}" if d else "undated",
    }
    return found


def build(material: Material) -> tuple[str, bytes]:
    """(the page, the main figure as PNG)."""
    context = _context(material)
    names = {name: getattr(context, name) for name in context.__dataclass_fields__}
    page = environment().get_template("page.html").render(**names)
    main = context.figures[0] if context.figures else None
    picture = charts.png(main[2], f"{main[1]}, {main[0]}: {material.case.title}") if main else b""
    return page, picture


def _context(material: Material) -> Context:
    result = material.estimate
    document, findings = material.checked or (None, [])
    return Context(
        title=material.case.title, made=f"{datetime.now(UTC):%d %B %Y}", known=rows.known(material), parts=rows.parts(result), before=rows.before(material),
        judgements=material.judgements, odd=material.odd, figures=_figures(material),
        scenarios=rows.simulated(material.simulated), scenes=figure(material.simulated) if material.simulated else None,
        questions=rows.contradictions(material.evidence), sources=rows.sources(material), aside=rows.set_aside(material),
        used=sum(len(e.claims) for e in result.evidence), pieces=len(result.evidence), documents=list(material.documents),
        checked=document, findings=weightiest_first(findings), diagnostics=str(result.diagnostics.get("words", "")), script=charts.script(),
    )  # fmt: skip


def _figures(material: Material) -> list[tuple[str, str, dict[str, Any]]]:
    """(group, measure, specification) of the series with enough claims to show, the most spoken of first."""
    counted = [(len(rows.points(material.estimate, g, m)), g, m) for g, m in material.estimate.spoken()]
    chosen = [(g, m) for n, g, m in sorted(counted, key=lambda c: -c[0]) if n >= _LEAST_POINTS][:_MOST_CHARTS]
    return [(g, m, charts.timeline(material.estimate, g, m)) for g, m in chosen]


def _people(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _spec(value: dict[str, Any]) -> str:
    from markupsafe import Markup

    return Markup(json.dumps(value).replace("<", "\\u003c"))
