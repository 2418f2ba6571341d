"""Contradictions: figures of different origins that cannot all be right, each question with the estimate's band."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from condotta.ledger import browsing
from condotta.records import Evidence
from condotta.reports.rows import Question
from condotta.workbench.masking import Masks
from condotta.workbench.pages.shape import Frame, at, frame, page, whole
from condotta.workbench.survey import band_of

_SIZE = 15
_ENDS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of a question: where it stands on the question's scale (0 to 100), its status, and its claims that a decision is about."""

    piece: Evidence
    at: float
    status: str
    keep: str
    aside: str
    outlets: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its figures, the estimate's 5, 50, 95 %, and where these stand on the scale."""

    question: Question
    rows: Sequence[Row]
    band: tuple[float, float, float] | None
    place: tuple[float, float, float] | None
    settled: bool
    between: int


@dataclass(frozen=True, slots=True)
class Contradictions:
    """The questions, a page of them; `only`: a measure."""

    frame: Frame
    asked: Sequence[Asked]
    count: int
    first: int
    size: int
    measures: Mapping[str, int]
    only: str


def contradictions(request: Request) -> Response:
    """The page."""
    desk, who = at(request)
    found, only, first = desk.survey, request.query_params.get("measure", ""), whole(request, "first")
    questions = list(found.questions) if found else []
    measures: dict[str, int] = {}
    for q in questions:
        measures[q.measure] = measures.get(q.measure, 0) + 1
    chosen = [q for q in questions if only in ("", q.measure)]
    masks = Masks(desk, who)
    shown = [replace(q, pieces=[masks.piece(p) for p in q.pieces]) for q in chosen[first : first + _SIZE]]
    statuses = browsing.statuses_of(desk.ledger, [c.id for q in shown for p in q.pieces for c in p.claims])
    asked = [_asked(q, band_of(found, q) if found else None, statuses) for q in shown]
    return page("contradictions.html", Contradictions(
        frame(request, "Contradictions", "/contradictions"), asked, len(chosen), first, _SIZE, measures, only,
    ))  # fmt: skip


def _asked(
    question: Question, band: tuple[float, float, float] | None, statuses: Mapping[str, tuple[str, int]]
) -> Asked:
    pieces = (
        question.pieces if len(question.pieces) <= 2 * _ENDS else [*question.pieces[:_ENDS], *question.pieces[-_ENDS:]]
    )
    most = max([p.head.amount.middle for p in question.pieces if p.head.amount] + ([band[2]] if band else []) + [1.0])
    scale = 96 / most
    rows = [
        Row(p, 2 + scale * (p.head.amount.middle if p.head.amount else 0), _status(p, statuses), *_open(p, statuses), len({c.chain[0] if c.chain else "?" for c in p.claims}))
        for p in pieces
    ]  # fmt: skip
    place = (2 + scale * band[0], 2 + scale * band[1], 2 + scale * band[2]) if band else None
    return Asked(
        question,
        rows,
        band,
        place,
        sum(r.status != "set aside" for r in rows) < 2 or all(r.status != "open" for r in rows),
        len(question.pieces) - len(pieces),
    )


def _open(piece: Evidence, statuses: Mapping[str, tuple[str, int]]) -> tuple[str, str]:
    """The claims of a piece that "keep" accepts (those that nobody has judged) and that "set aside" rejects, as "id:revision"."""
    held = [(c.id, *statuses[c.id]) for c in piece.claims if c.id in statuses]
    keep = " ".join(f"{id}:{n}" for id, status, n in held if status in ("open", "unsure"))
    return keep, " ".join(f"{id}:{n}" for id, status, n in held if status != "rejected")


def _status(piece: Evidence, statuses: Mapping[str, tuple[str, int]]) -> str:
    own = {statuses.get(c.id, ("open", 0))[0] for c in piece.claims}
    return "set aside" if own == {"rejected"} else "kept" if own <= {"accepted", "corrected", "rejected"} else "open"
