"""Names of private persons, hidden from whoever may not see them: letters become blocks, offsets stay.

Where the case masks names, the reader has kept them out of every claim already, and only the text of a document is masked
here. Where the case keeps them, a person whose role is reader gets claims masked as well.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from condotta.errors import WorkbenchError
from condotta.ledger.accounts import Session
from condotta.ledger.browsing import Filters, Listed, Shelved, was_read
from condotta.records import Claim, Document, Evidence, Judgement
from condotta.workbench.desk import Desk

_TEXTS = ("quote", "group_text", "group", "place", "subject", "object", "note")


class Masks:
    """What one person may see of private names."""

    def __init__(self, desk: Desk, session: Session) -> None:
        self.desk, self.on = desk, desk.masks(session)
        self.claims_too = self.on and desk.case.names == "keep"
        self._spans: dict[str, list[tuple[int, int]]] = {}
        self._written: dict[str, set[str]] = {}

    def text(self, document: Document) -> str:
        """A document's text, for this person; empty until the names in it have been looked for."""
        if not self.on:
            return document.text
        return blocked(document.text, self._of(document.id)) if was_read(self.desk.ledger, document.id) else ""

    def title(self, document: Document | Shelved) -> str | None:
        """A document's title, for this person; none where the names in the document have not been looked for."""
        if not self.on or document.title is None:
            return document.title
        if not was_read(self.desk.ledger, document.id):
            return None
        return _without(document.title, self._names(document.id))

    def shelved(self, document: Shelved) -> Shelved:
        """A document of a list, for this person."""
        return replace(document, title=self.title(document)) if self.on else document

    def claim(self, claim: Claim) -> Claim:
        """A claim, for this person."""
        if not self.claims_too or claim.by.startswith("table"):
            return claim
        names = self._names(claim.document)
        changed: dict[str, Any] = {f: _without(v, names) for f in _TEXTS if (v := getattr(claim, f)) is not None}
        return replace(claim, **changed, chain=tuple(_without(n, names) for n in claim.chain))

    def judgement(self, judgement: Judgement) -> Judgement:
        """A judgement, for this person: what it changed may name somebody."""
        return replace(judgement, change=None) if self.claims_too and judgement.verdict == "corrected" else judgement

    def allow(self, filters: Filters) -> None:
        """Raise WorkbenchError E-WEB-05 where a filter could tell whether a hidden name is there."""
        names = [n for n in (filters.source, filters.origin, filters.group) if n not in (None, "-")]
        case = self.desk.case
        if self.claims_too and (
            filters.text or any(case.source(n or "") is None and case.resolve("groups", n or "") is None for n in names)
        ):
            raise WorkbenchError(
                "E-WEB-05", "a reader of this case cannot search for words or for names that case.yaml does not hold"
            )

    def shows(self, source: str | None) -> bool:
        """Whether a source may be named in a list: where names are masked, only those that case.yaml names."""
        return not self.claims_too or source is None or self.desk.case.source(source) is not None

    def listed(self, listed: Listed) -> Listed:
        """A claim of a list, for this person."""
        return replace(listed, claim=self.claim(listed.claim)) if self.claims_too else listed

    def piece(self, piece: Evidence) -> Evidence:
        """A piece of evidence, for this person."""
        if not self.claims_too:
            return piece
        names = {n for c in piece.claims for n in self._names(c.document)}
        origin, reason = _without(piece.origin, names), _without(piece.reason, names)
        return replace(piece, claims=tuple(map(self.claim, piece.claims)), origin=origin, reason=reason)

    def figure(self, spec: dict[str, Any]) -> dict[str, Any]:
        """A figure with claims as points, for this person."""
        for layer in spec.get("layer", ()) if self.claims_too else ():
            for mark in layer.get("data", {}).get("values", ()):
                mark |= {k: "" for k in ("words", "chain") if k in mark}
                mark |= {k: "another source" for k in ("origin", "who") if not self.shows(mark.get(k))}
        return spec

    def _names(self, document: str) -> set[str]:
        """The private names in a document, as written."""
        if document not in self._written:
            spans = self._of(document)
            text = self.desk.ledger.document(document).text if spans else ""
            self._written[document] = {text[a:b] for a, b in spans}
        return self._written[document]

    def _of(self, document: str) -> list[tuple[int, int]]:
        if document not in self._spans:
            self._spans[document] = self.desk.ledger.private_names(document)
        return self._spans[document]


def blocked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with the letters and digits inside the spans as blocks."""
    letters = list(text)
    for a, b in spans:
        for k in range(max(a, 0), min(b, len(letters))):
            letters[k] = "█" if letters[k].isalnum() else letters[k]
    return "".join(letters)


def _without(text: str, names: set[str]) -> str:
    for name in names:
        text = text.replace(name, blocked(name, [(0, len(name))])) if name.strip() else text
    return text
