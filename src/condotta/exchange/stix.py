"""A case as a STIX 2.1 bundle: sources and groups as identities, documents as reports, claims as notes, judgements as opinions.

`confidence` of a note is the reader's own: how likely the claim was read right. How far a source is to be trusted is its Admiralty grade, a label
of its identity. A claim stays a claim: nothing says that it is so.
"""

import uuid
from datetime import UTC, datetime, time
from typing import Any

from condotta.exchange.holdings import Holdings
from condotta.records import Claim, Document, Judgement, shown_words

_SPACE = uuid.UUID("6f2b6c1e-6f4d-5a0e-9d3e-0c0d0774a000")
_SECTORS = {"outlet": "communications", "government": "government", "UN body": "government", "monitor": "non-profit", "researcher": "education"}  # fmt: skip
_OPINIONS = {"accepted": "agree", "corrected": "neutral", "rejected": "disagree"}


def to_stix(held: Holdings) -> str:
    """The bundle as JSON; the same case gives the same ids."""
    import stix2

    made = _identity("condotta", "system", held.made, ["condotta"])
    names = sorted({n for c in held.claims for n in c.chain} | set(held.case.sources) | set(held.case.groups))
    objects = [made, *(_who(name, held) for name in names)]
    judged = {j.claim: j.at for j in sorted(held.judgements, key=lambda j: j.at)}
    by_document: dict[str, list[Any]] = {}
    for claim in held.claims:
        by_document.setdefault(claim.document, []).append(_note(claim, held, made.id, judged.get(claim.id)))
    for document in held.documents:
        notes = by_document.get(document.id, [])
        objects += notes
        if notes:
            objects.append(_report(document, [n.id for n in notes], made.id))
    known = {c.id for c in held.claims}
    objects += [_opinion(j) for j in held.judgements if j.claim in known and j.verdict in _OPINIONS]
    bundle = stix2.Bundle(*objects, id=f"bundle--{_id('bundle', held.head)}", allow_custom=False)
    return str(bundle.serialize(pretty=True))


def _identity(name: str, kind: str, at: datetime, labels: list[str], **more: Any) -> Any:
    import stix2

    return stix2.Identity(id=f"identity--{_id('identity', name)}", name=name, identity_class=kind, created=at, modified=at, labels=labels or None, **more)  # fmt: skip


def _who(name: str, held: Holdings) -> Any:
    """A source or a group: an organisation, never a person."""
    source = held.case.source(name)
    labels = [] if name in held.case.groups else ["source"]
    if name in held.case.groups:
        labels.append("armed-group")
    if source:
        labels += [f"admiralty-reliability:{source.grade}", f"kind:{source.kind.replace(' ', '-').lower()}"]
    sector = _SECTORS.get(source.kind) if source else None
    return _identity(name, "group" if name in held.case.groups else "organization", _begin(held), labels, **({"sectors": [sector]} if sector else {}))  # fmt: skip


def _note(claim: Claim, held: Holdings, made: str, judged: datetime | None) -> Any:
    """A claim as a note; `judged`: when last, since what it says may then have been corrected."""
    import stix2

    at = _at(claim, held)
    about = [
        n
        for n in dict.fromkeys([*(claim.group or "").split("; "), *claim.chain])
        if n in held.case.groups or n in claim.chain
    ]
    refs = [f"identity--{_id('identity', n)}" for n in about] or [made]
    what = ", ".join(f"{k}={v}" for k, v in (("measure", claim.measure), ("aspect", claim.aspect), ("stance", claim.stance), ("subset", claim.subset), ("day", claim.day)) if v)  # fmt: skip
    return stix2.Note(
        id=f"note--{_id('note', claim.id)}", created=at, modified=max(at, judged or at), abstract=f"{claim.kind}: {what}; said by {' > '.join(claim.chain) or 'nobody named'}",
        content=shown_words(claim), authors=list(claim.chain) or None, object_refs=refs, confidence=round(100 * claim.confidence), labels=["claim", claim.kind],
        external_references=[{"source_name": "condotta", "external_id": claim.id}],
    )  # fmt: skip


def _report(document: Document, notes: list[str], made: str) -> Any:
    import stix2

    at = _moment(document)
    reference: dict[str, Any] = {
        "source_name": document.publisher or document.name or document.id,
        "external_id": document.id,
    }
    if document.address and "://" in document.address:
        reference["url"] = document.address
    reference["hashes"] = {"SHA-256": document.sha256}
    return stix2.Report(
        id=f"report--{_id('report', document.sha256)}", created=at, modified=at, published=at, name=document.title or document.name or document.id,
        object_refs=notes, report_types=["observed-data"], created_by_ref=made, external_references=[reference],
    )  # fmt: skip


def _opinion(judgement: Judgement) -> Any:
    import stix2

    return stix2.Opinion(
        id=f"opinion--{_id('opinion', f'{judgement.claim} {judgement.at.isoformat()}')}", created=judgement.at, modified=judgement.at, opinion=_OPINIONS[judgement.verdict],
        explanation=judgement.why or judgement.verdict, authors=[judgement.by], object_refs=[f"note--{_id('note', judgement.claim)}"],
    )  # fmt: skip


def _begin(held: Holdings) -> datetime:
    return datetime.combine(held.case.period.start, time(), UTC)


def _at(claim: Claim, held: Holdings) -> datetime:
    return datetime.combine(claim.reported or claim.day or held.case.period.start, time(), UTC)


def _moment(document: Document) -> datetime:
    if document.published:
        return datetime.combine(document.published, time(), UTC)
    return document.received or datetime(1970, 1, 1, tzinfo=UTC)


def _id(kind: str, name: str) -> uuid.UUID:
    return uuid.uuid5(_SPACE, f"{kind} {name}")
