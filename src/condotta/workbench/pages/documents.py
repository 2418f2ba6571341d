"""Documents: the list with its drop zone, and one document with every claim marked in its text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from starlette.requests import Request
from starlette.responses import Response

from condotta.ledger import browsing
from condotta.ledger.browsing import Filters, Listed, Shelved
from condotta.records import Document, Judgement
from condotta.vocabulary import ASPECTS, QUALIFIERS, STANCES, vocabulary
from condotta.workbench.desk import Desk
from condotta.workbench.masking import Masks
from condotta.workbench.pages.shape import Frame, at, frame, page, whole

SIZE = 50
_MOST_TEXT = 400_000
_CARDS = 200


@dataclass(frozen=True, slots=True)
class Documents:
    """The list of documents, a page of it."""

    frame: Frame
    documents: Sequence[Shelved]
    count: int
    first: int
    size: int
    text: str


def documents(request: Request) -> Response:
    """The list."""
    desk, who = at(request)
    text, first = request.query_params.get("text", ""), whole(request, "first")
    count = desk.documents(text or None)
    found = browsing.documents_page(desk.ledger, text or None, first, SIZE, count)
    found = list(map(Masks(desk, who).shelved, found))
    return page("documents.html", Documents(frame(request, "Documents", "/documents"), found, count, first, SIZE, text))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the text: offset, words, the claims whose figure it is, whether a claim quotes it, whether a name is masked."""

    at: int
    words: str
    claims: tuple[str, ...]
    quoted: bool


@dataclass(frozen=True, slots=True)
class OneDocument:
    """A document, its text in stretches by paragraph, its claims and their judgements; the words that a correction may use."""

    frame: Frame
    document: Document
    paragraphs: Sequence[Sequence[Stretch]]
    claims: Sequence[Listed]
    judgements: Mapping[str, Sequence[Judgement]]
    gone: frozenset[int]
    chosen: str
    masked: bool
    read: bool
    words: Mapping[str, Sequence[str]]
    cut: bool
    first: int
    size: int
    count: int


def document(request: Request) -> Response:
    """One document."""
    desk, who = at(request)
    found = desk.ledger.document(request.path_params["id"])
    chosen, count = (
        request.query_params.get("claim", ""),
        browsing.count_claims(desk.ledger, Filters(document=found.id)),
    )
    first = whole(request, "first", _first_with(desk, found.id, chosen) if count > _CARDS else 0)
    claims = browsing.claims_page(desk.ledger, Filters(document=found.id), first, _CARDS)
    masks = Masks(desk, who)
    found, claims = replace(found, title=masks.title(found), text=masks.text(found)), list(map(masks.listed, claims))
    text, read = found.text, browsing.was_read(desk.ledger, found.id)
    judged = desk.ledger.judgements_among({c.claim.id for c in claims if c.revision})
    gone = frozenset(
        (j.change or {}).get("judgement", 0) for own in judged.values() for j in own if j.verdict == "taken back"
    )
    return page("document.html", OneDocument(
        frame(request, found.title or found.name or found.id, "/documents"), found, stretches(text[:_MOST_TEXT], claims), claims, judged, gone,
        chosen, desk.masks(who), read, words_of(desk), len(text) > _MOST_TEXT, first, _CARDS, count,
    ))  # fmt: skip


def _first_with(desk: Desk, document: str, claim: str) -> int:
    """Where the part of a long list begins that holds a claim."""
    order = browsing.claim_ids(desk.ledger, Filters(document=document))
    return order.index(claim) // _CARDS * _CARDS if claim in order else 0


def words_of(desk: Desk) -> dict[str, Sequence[str]]:
    """What may be chosen when a claim is corrected."""
    names = sorted({*desk.case.sources})
    measures = list(vocabulary().measures)
    return {"measures": measures, "aspects": ASPECTS, "groups": list(desk.case.groups), "qualifiers": QUALIFIERS, "stances": STANCES, "sources": names}  # fmt: skip


def stretches(text: str, claims: Sequence[Listed]) -> list[list[Stretch]]:
    """The text cut where a figure, a quote or a paragraph begins or ends; joined they are the text."""
    figures: dict[tuple[int, int], list[str]] = {}
    quotes: list[tuple[int, int]] = []
    for listed in claims:
        c = listed.claim
        if c.by.startswith("table"):
            continue
        quotes.append((c.start, c.end))
        own = c.amount and c.amount.start is not None and c.amount.end is not None and c.amount.end > c.amount.start
        span = (c.amount.start, c.amount.end) if own and c.amount else (c.start, c.end)
        figures.setdefault((span[0] or 0, span[1] or 0), []).append(c.id)
    marks = _apart(figures)
    cuts = {0, len(text)} | {x for span in (*marks, *quotes) for x in span if 0 <= x <= len(text)}
    cuts |= {i + 1 for i, c in enumerate(text) if c == "\n"}
    edges = sorted(cuts)
    paragraphs: list[list[Stretch]] = [[]]
    for a, b in pairwise(edges):
        ids = next((tuple(v) for (x, y), v in marks.items() if x <= a and b <= y), ())
        paragraphs[-1].append(Stretch(a, text[a:b], ids, any(x <= a and b <= y for x, y in quotes)))
        if text[b - 1] == "\n":
            paragraphs.append([])
    return [p for p in paragraphs if any(s.words.strip() for s in p)]


def _apart(figures: Mapping[tuple[int, int], list[str]]) -> dict[tuple[int, int], list[str]]:
    """Spans that do not overlap: the shorter ones first; a longer one around others is marked on what is left before them."""
    found: dict[tuple[int, int], list[str]] = {}
    for (a, b), ids in sorted(figures.items(), key=lambda f: f[0][1] - f[0][0]):
        inside = sorted((x, y) for x, y in found if x < b and y > a)
        if not inside:
            found[a, b] = list(ids)
        elif inside[0][0] > a:
            found[a, inside[0][0]] = list(ids)
        else:
            found[inside[0]] = [*found[inside[0]], *ids]
    return found
