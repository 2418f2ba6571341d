"""Where each estimate came from, as W3C PROV: documents, claims read from them, evidence by origin, the estimate, and who judged.

Entities : documents (by hash), claims, pieces of evidence, estimates         activities : reading, reconciling, judgements
Agents : the program, the people who judged, the sources that claims are attributed to
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from condotta.exchange.holdings import Holdings

if TYPE_CHECKING:
    from prov.model import ProvDocument


def to_prov(held: Holdings) -> str:
    """PROV-JSON of a case."""
    return str(provenance(held).serialize(format="json", indent=1))


def provenance(held: Holdings) -> "ProvDocument":
    """The same as a document of the library `prov`."""
    from prov.model import PROV_TYPE, ProvDocument

    made = ProvDocument()
    space = made.add_namespace("c", "urn:condotta:")
    made.set_default_namespace("urn:condotta:")

    def name(kind: str, key: str) -> Any:
        return space[f"{kind}/{quote(key, safe='')}"]

    program = made.agent(name("program", held.version), {PROV_TYPE: "prov:SoftwareAgent", "c:version": held.version})
    reading = made.activity(name("activity", "reading"), other_attributes={"c:verb": "read"})
    made.wasAssociatedWith(reading, program)
    for source in sorted({n for c in held.claims for n in c.chain}):
        known = held.case.source(source)
        made.agent(name("source", source), {PROV_TYPE: "prov:Organization", "c:name": source, "c:admiraltyReliability": known.grade if known else "F"})  # fmt: skip
    for document in held.documents:
        about = {
            "c:sha256": document.sha256,
            "c:title": document.title or "",
            "c:address": document.address or "",
            "c:received": _iso(document.received),
        }
        made.entity(name("document", document.id), about)
        made.used(reading, name("document", document.id))
    for claim in held.claims:
        made.entity(name("claim", claim.id), {"c:words": claim.quote, "c:start": claim.start, "c:end": claim.end, "c:by": claim.by, "c:confidence": claim.confidence})  # fmt: skip
        made.wasDerivedFrom(name("claim", claim.id), name("document", claim.document), activity=reading)
        if claim.origin:
            made.wasAttributedTo(name("claim", claim.id), name("source", claim.origin))
    known_claims = {c.id for c in held.claims}
    for who in sorted({j.by for j in held.judgements}):
        made.agent(name("person", who), {PROV_TYPE: "prov:Person"})
    for judgement in held.judgements:
        if judgement.claim in known_claims:
            act = made.activity(name("judgement", str(judgement.number)), judgement.at, judgement.at, {"c:verdict": judgement.verdict, "c:why": judgement.why})  # fmt: skip
            made.wasAssociatedWith(act, name("person", judgement.by))
            made.used(act, name("claim", judgement.claim))
    if held.estimate is not None:
        _estimates(made, name, held, program)
    return made


def _estimates(made: "ProvDocument", name: Any, held: Holdings, program: Any) -> None:
    assert held.estimate is not None
    act = made.activity(name("activity", "reconciling"), other_attributes={"c:verb": "reconcile", "c:seed": str(held.estimate.diagnostics.get("seed", ""))})  # fmt: skip
    made.wasAssociatedWith(act, program)
    for piece in held.estimate.evidence:
        entity = made.entity(name("evidence", piece.id), {"c:origin": piece.origin, "c:grouping": piece.reason})
        for claim in piece.claims:
            made.wasDerivedFrom(entity, name("claim", claim.id))
        made.used(act, entity)
    for group, measure in held.estimate.spoken():
        entity = made.entity(name("estimate", f"{group}/{measure}"), {"c:group": group, "c:measure": measure})
        made.wasGeneratedBy(entity, act)
        below = {group, *held.case.members(group)}
        for piece in held.estimate.evidence:
            if piece.head.measure == measure and piece.head.group in below:
                made.wasDerivedFrom(entity, name("evidence", piece.id), activity=act)


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
