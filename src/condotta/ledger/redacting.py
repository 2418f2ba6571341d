"""Words blacked out for good: in a document's text and title, in its claims and what was judged of them. Offsets and hashes stay."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from condotta.errors import LedgerError
from condotta.ledger import tables as t
from condotta.ledger.judging import columns
from condotta.ledger.log import note, sealed
from condotta.ledger.store import Ledger, judgement_of
from condotta.ledger.tallies import tallied
from condotta.records import claim_from_json

BLOCK = "\u2588"
_TITLES = ("title", "author", "publisher", "name", "address")


def places(text: str, words: str) -> list[tuple[int, int]]:
    """Where whole words stand in a text, whatever their case and the spaces between them."""
    spoken = r"[\s_-]+".join(re.escape(part) for part in words.split())
    return [m.span() for m in re.finditer(rf"(?i)(?<![^\W_]){spoken}(?![^\W_])", text)] if spoken else []


def holding(ledger: Ledger, words: str) -> list[str]:
    """Ids of the documents whose text, title, author, publisher or file name hold these words."""
    d, found = t.documents.c, []
    with ledger.engine.connect() as db:
        for row in db.execute(sa.select(d.id, d.text, *(d[n] for n in _TITLES)).order_by(d.id)):
            if any(places(cell, words) for cell in row[1:] if cell):
                found.append(row[0])
    return found


def redact(ledger: Ledger, document: str, words: str, by: str, why: str, erase: bool = False) -> int:
    """Black `words` out of a document and everything read from it; how often they stood in the text. `erase`: forget the bytes as received
    too, which still hold them. Raises LedgerError E-LED-03."""
    mine = t.claims.c.document == document
    with ledger.writing() as db, tallied(db, mine):
        held = db.execute(sa.select(t.documents).where(t.documents.c.id == document)).mappings().first()
        if held is None:
            raise LedgerError("E-LED-03", f"no document {document!r}", where=ledger.url)
        spans = places(held["text"], words)
        text = list(held["text"])
        for start, end in spans:
            text[start:end] = [c if c == "\n" else BLOCK for c in text[start:end]]
        fresh: dict[str, Any] = {n: blacked_out(held[n], words) for n in _TITLES} | {"text": "".join(text)}
        db.execute(t.documents.update().where(t.documents.c.id == document).values(**fresh))
        seals: dict[str, str | None] = dict(sealed(db, "document", [document]))
        seals |= _claims(db, document, words, fresh["text"])
        about = {"why": why, "places": [list(s) for s in spans], "seals": seals}
        note(db, "redacted", document, by, about | ({"original": False} if erase else {}))
    if erase:
        ledger.erase_original(held["sha256"])
    return len(spans)


def redacted(ledger: Ledger) -> set[str]:
    """The ids of the documents that words were blacked out of."""
    with ledger.engine.connect() as db:
        return set(db.scalars(sa.select(t.log.c.subject).where(t.log.c.what == "redacted")))


def _claims(db: sa.Connection, document: str, words: str, text: str) -> Mapping[str, str]:
    """The claims of a document and what was judged of them, rewritten; their seals."""
    rows = db.execute(sa.select(t.claims.c.id, t.claims.c.body, t.claims.c.superseded).where(t.claims.c.document == document)).all()  # fmt: skip
    touched, numbers = [], []
    for row in rows:
        about = db.execute(sa.select(t.judgements).where(t.judgements.c.claim == row.id)).mappings().all()
        for j in about:
            why, change = blacked_out(j["why"], words), _all_scrubbed(j["change"], words)
            if (why, change) != (j["why"], j["change"]):
                db.execute(
                    t.judgements.update().where(t.judgements.c.number == j["number"]).values(why=why, change=change)
                )
                numbers.append(j["number"])
        body = dict(_all_scrubbed(row.body, words))
        body["quote"] = text[body["start"] : body["end"]]
        if body != row.body or numbers:
            _rewrite(db, row, body)
            touched.append(row.id)
    return sealed(db, "claim", touched) | sealed(db, "judgement", numbers)


def _rewrite(db: sa.Connection, row: Any, body: Mapping[str, Any]) -> None:
    query = sa.select(t.judgements).where(t.judgements.c.claim == row.id).order_by(t.judgements.c.number)
    judgements = [judgement_of(j) for j in db.execute(query).mappings()]
    values = columns(claim_from_json(body), judgements) | {"superseded": row.superseded}
    db.execute(t.claims.update().where(t.claims.c.id == row.id).values(**values))


def blacked_out(text: str | None, words: str) -> str | None:
    """A text without these words, wherever they stand in it."""
    for start, end in places(text or "", words):
        text = f"{(text or '')[:start]}{BLOCK * (end - start)}{(text or '')[end:]}"
    return text


def _all_scrubbed(value: Any, words: str) -> Any:
    if isinstance(value, str):
        return blacked_out(value, words)
    if isinstance(value, Sequence):
        return [_all_scrubbed(v, words) for v in value]
    if isinstance(value, Mapping):
        return {k: v if k in ("id", "document", "by") else _all_scrubbed(v, words) for k, v in value.items()}
    return value
