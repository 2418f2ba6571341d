"""Names of private persons, hidden from whoever may not see them: letters become blocks, offsets stay.

Where the case masks names, the reader has kept them out of every claim already, and only the text of a document is masked
here. Where the case keeps them, a person whose role is reader gets claims masked as well.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from condotta.ledger.accounts import Session
from condotta.ledger.browsing import Listed, was_read
from condotta.records import Claim, Document, Evidence
from condotta.workbench.desk import Desk

_TEXTS = ("group_text", "group", "place", "subject", "object", "note")


class Masks:
    """What one person may see of private names."""

    def __init__(self, desk: Desk, session: Session) -> None:
        self.desk, self.on = desk, desk.masks(session)
        self.claims_too = self.on and desk.case.names == "keep"
        self._spans: dict[str, list[tuple[int, int]]] = {}

    def text(self, document: Document) -> str:
        """A document's text, for this person; empty until the names in it have been looked for."""
        if not self.on:
            return document.text
        return blocked(document.text, self._of(document.id)) if was_read(self.desk.ledger, document.id) else ""

    def title(self, document: Document) -> str | None:
        """A document's title, for this person."""
        if not self.on or document.title is None or document.title_end == 0:
            return document.title
        return blocked(document.title, [s for s in self._of(document.id) if s[1] <= document.title_end])

    def claim(self, claim: Claim) -> Claim:
        """A claim, for this person."""
        if not self.claims_too or claim.by.startswith("table"):
            return claim
        spans = [
            (a - claim.start, b - claim.start) for a, b in self._of(claim.document) if a < claim.end and b > claim.start
        ]
        names = {claim.quote[max(a, 0) : b] for a, b in spans}
        changed: dict[str, Any] = {"quote": blocked(claim.quote, spans)}
        for field in _TEXTS:
            value = getattr(claim, field)
            if value is not None:
                changed[field] = _without(value, names)
        return replace(claim, **changed, chain=tuple(_without(n, names) for n in claim.chain))

    def shows(self, source: str | None) -> bool:
        """Whether a source may be named in a list: where names are masked, only those that case.yaml names."""
        return not self.claims_too or source is None or self.desk.case.source(source) is not None

    def listed(self, listed: Listed) -> Listed:
        """A claim of a list, for this person."""
        return replace(listed, claim=self.claim(listed.claim)) if self.claims_too else listed

    def piece(self, piece: Evidence) -> Evidence:
        """A piece of evidence, for this person."""
        return replace(piece, claims=tuple(map(self.claim, piece.claims))) if self.claims_too else piece

    def figure(self, spec: dict[str, Any]) -> dict[str, Any]:
        """A figure with claims as points, for this person."""
        for layer in spec.get("layer", ()) if self.claims_too else ():
            for mark in layer.get("data", {}).get("values", ()):
                mark.pop("words", None)
        return spec

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
