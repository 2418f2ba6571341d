"""Words blacked out for good: in a document's text and title, in its claims and what was judged of them. Offsets and hashes stay."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from condotta.errors import LedgerError
from condotta.ledger import tables as t
from condotta.ledger.judging import columns, judgement_of
from condotta.ledger.log import note, sealed
from condotta.ledger.store import Ledger
from condotta.ledger.tallies import tallied
from condotta.records import claim_from_json

BLOCK = "\u2588"
_TITLES = ("title", "author", "publisher", "name", "address")


def _standing(words: str) -> re.Pattern[str]:
    """Whole words, whatever their case and the spaces between them."""
    spoken = r"[\s_-]+".join(re.escape(part) for part in words.split())
    return re.compile(rf"(?i)(?<![^\W_]){spoken}(?![^\W_])" if spoken else r"(?!)")


def blacked_out(text: str | None, words: str) -> str | None:
    """A text without these words, wherever they stand in it; every other character keeps its place."""
    return _standing(words).sub(lambda m: re.sub(r"[^\n]", BLOCK, m[0]), text) if text else text


def holding(ledger: Ledger, words: str) -> list[str]:
    """Ids of the documents whose text, title, author, publisher or file name hold these words."""
    d, found, sought = t.documents.c, [], _standing(words)
    with ledger.engine.connect() as db:
        for row in db.execute(sa.select(d.id, d.text, *(d[n] for n in _TITLES)).order_by(d.id)):
            if any(sought.search(cell) for cell in row[1:] if cell):
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
        spans = [m.span() for m in _standing(words).finditer(held["text"])]
        fresh: dict[str, Any] = {n: blacked_out(held[n], words) for n in ("text", *_TITLES)}
        db.execute(t.documents.update().where(t.documents.c.id == document).values(**fresh))
        seals: dict[str, str | None] = dict(sealed(db, "document", [document]))
        seals |= _claims(db, document, words, fresh["text"])
        about = {"why": why, "places": [list(s) for s in spans], "seals": seals}
        note(db, "redacted", document, by, about | ({"original": False} if erase else {}))
    if erase:
        ledger.erase_original(held["sha256"])
    return len(spans)


def _claims(db: sa.Connection, document: str, words: str, text: str) -> Mapping[str, str]:
    """The claims of a document and what was judged of them, rewritten; their seals."""
    rows = db.execute(sa.select(t.claims.c.id, t.claims.c.body, t.claims.c.superseded).where(t.claims.c.document == document)).all()  # fmt: skip
    touched, numbers = [], []
    for row in rows:
        held = t.judgements.c.claim == row.id
        before = db.execute(sa.select(t.judgements).where(held).order_by(t.judgements.c.number)).mappings().all()
        after = [dict(j) | {n: _all_scrubbed(j[n], words) for n in ("why", "change")} for j in before]
        changed = [j for j, old in zip(after, before, strict=True) if j != dict(old)]
        for j in changed:
            number = t.judgements.c.number == j["number"]
            db.execute(t.judgements.update().where(number).values(why=j["why"], change=j["change"]))
            numbers.append(j["number"])
        body = dict(_all_scrubbed(row.body, words)) | {"quote": text[row.body["start"] : row.body["end"]]}
        if changed or body != row.body:
            values = columns(claim_from_json(body), list(map(judgement_of, after))) | {"superseded": row.superseded}
            db.execute(t.claims.update().where(t.claims.c.id == row.id).values(**values))
            touched.append(row.id)
    return sealed(db, "claim", touched) | sealed(db, "judgement", numbers)


def _all_scrubbed(value: Any, words: str) -> Any:
    if isinstance(value, str):
        return blacked_out(value, words)
    if isinstance(value, Sequence):
        return [_all_scrubbed(v, words) for v in value]
    if isinstance(value, Mapping):
        return {k: v if k in ("id", "document", "by") else _all_scrubbed(v, words) for k, v in value.items()}
    return value
