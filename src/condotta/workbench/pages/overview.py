"""Overview: what is known now, what waits, the largest contradictions, what changed since this person last came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from condotta.ledger import browsing
from condotta.reports.rows import Known, Question
from condotta.workbench.masking import Masks
from condotta.workbench.pages.shape import Frame, at, frame, page
from condotta.workbench.survey import Survey

_HEADLINES = 14
_QUESTIONS = 5


@dataclass(frozen=True, slots=True)
class Overview:
    """`changed`: (what, then, now) of the headline figures since the last visit."""

    frame: Frame
    statuses: Mapping[str, int]
    documents: int
    unread: int
    survey: Survey | None
    known: Sequence[Known]
    questions: Sequence[Question]
    since: datetime | None
    news: Sequence[str]
    changed: Sequence[tuple[str, float, float]]


def overview(request: Request) -> Response:
    """The page."""
    desk, who = at(request)
    masks = Masks(desk, who)
    before, found = desk.visit(who), desk.survey
    statuses, count = browsing.statuses(desk.ledger), desk.documents()
    known = (
        sorted(found.known, key=lambda k: (found.case.groups[k.group].parent is not None, -k.median)) if found else []
    )
    news, changed = _news(before, browsing.last_judgement(desk.ledger), count, found) if before else ([], [])
    since = datetime.fromisoformat(before["at"]) if before else None
    return page("overview.html", Overview(
        frame(request, "Overview", "/"), statuses, count, desk.unread(), found, known[:_HEADLINES],
        [replace(q, pieces=[masks.piece(p) for p in q.pieces]) for q in found.questions[:_QUESTIONS]] if found else (), since, news, changed,
    ))  # fmt: skip


def _news(
    before: Mapping[str, Any], judgement: int, documents: int, found: Survey | None
) -> tuple[list[str], list[tuple[str, float, float]]]:
    news = []
    if documents > before["documents"]:
        news.append(f"{documents - before['documents']} documents were added")
    if judgement > before["judgement"]:
        news.append(f"{judgement - before['judgement']} judgements were made")
    now, then = found.headlines() if found else {}, before["headlines"]
    changed = [(k, then[k], v) for k, v in now.items() if k in then and abs(v - then[k]) > 0.02 * max(then[k], 1.0)]
    return news, changed
