"""A case as FollowTheMoney: sources and groups are organisations, documents are documents, claims are events that documents prove."""

import io
from collections.abc import Iterator
from typing import Any

from condotta.exchange.holdings import Holdings
from condotta.records import Claim, Document, shown_words

_DATASET = "condotta"


def entities(held: Holdings) -> Iterator[Any]:
    """The entities of a case: `followthemoney` proxies, checked against its model."""
    from followthemoney import model

    names = sorted(
        {n for c in held.claims for n in (*c.chain, *(c.group or "").split("; ")) if n} | set(held.case.groups)
    )
    for name in names:
        made = model.make_entity("Organization")
        made.id = _id("actor", name)
        made.add("name", name)
        tables = (held.case.groups, held.case.sources)
        for alias in (a for t in tables if name in t for a in t[name].aliases):
            made.add("alias", alias)
        source = held.case.source(name)
        if source:
            made.add("summary", f"{source.kind}; Admiralty reliability {source.grade}")
        yield made
    for document in held.documents:
        yield _document(model, document)
    for claim in held.claims:
        yield _event(model, claim)


def to_ftm(held: Holdings) -> str:
    """Entities as JSON, one a line."""
    import json

    return "".join(json.dumps(e.to_dict(), ensure_ascii=False) + "\n" for e in entities(held))


def to_statements(held: Holdings) -> str:
    """The same as statements, CSV: one value of one property of one entity a row."""
    from followthemoney.statement import Statement
    from followthemoney.statement.serialize import CSVStatementWriter

    out = io.StringIO()
    writer = CSVStatementWriter(out)
    for entity in entities(held):
        for statement in Statement.from_entity(entity, dataset=_DATASET):
            writer.write(statement)
    writer.close()
    return out.getvalue()


def _document(model: Any, document: Document) -> Any:
    made = model.make_entity("Document")
    made.id = _id("document", document.id)
    made.add("title", document.title)
    made.add("fileName", document.name)
    made.add("publisher", document.publisher)
    made.add("sourceUrl", document.address)
    made.add("contentHash", document.sha256)
    made.add("mimeType", document.media_type)
    made.add("language", document.language)
    made.add("date", document.published.isoformat() if document.published else None)
    return made


def _event(model: Any, claim: Claim) -> Any:
    made = model.make_entity("Event")
    made.id = _id("claim", claim.id)
    figure = claim.amount.show() if claim.amount else ""
    said = claim.chain[-1] if claim.chain else "nobody named"
    made.add(
        "name",
        f"{said}: {figure} {claim.measure or claim.predicate or claim.kind} ({claim.stance}, {claim.aspect or 'aspect unclear'})",
    )
    made.add("description", shown_words(claim))
    made.add("recordId", claim.id)
    made.add("location", claim.place)
    made.add("publisher", " > ".join(claim.chain) or None)
    if claim.period:
        made.add("startDate", claim.period.start.isoformat() if claim.period.start else None)
        made.add("endDate", claim.period.end.isoformat())
    made.add("date", claim.reported.isoformat() if claim.reported else None)
    for name in filter(None, (claim.group or "").split("; ")):
        made.add("involved", _id("actor", name))
    made.add("proof", _id("document", claim.document))
    return made


def _id(kind: str, name: str) -> str:
    from hashlib import sha256

    return f"{_DATASET}-{kind}-{sha256(name.encode()).hexdigest()[:20]}"
