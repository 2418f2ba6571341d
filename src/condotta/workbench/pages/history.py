"""History: every judgement, by whom and when; take back any of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from condotta.ledger import browsing
from condotta.records import Claim, Judgement
from condotta.workbench.masking import Masks
from condotta.workbench.pages.shape import Frame, at, frame, page, whole

_SIZE = 50


@dataclass(frozen=True, slots=True)
class History:
    """A page of the judgements; `gone`: numbers of those that were taken back."""

    frame: Frame
    judgements: Sequence[tuple[Judgement, Claim]]
    gone: frozenset[int]
    count: int
    first: int
    size: int
    by: str


def history(request: Request) -> Response:
    """The page."""
    desk, who = at(request)
    masks = Masks(desk, who)
    by, first = request.query_params.get("by", ""), whole(request, "first")
    found, count = browsing.judgements_page(desk.ledger, by or None, first, _SIZE)
    found = [(masks.judgement(j), masks.claim(c)) for j, c in found]
    gone = frozenset(browsing.taken_back(desk.ledger))
    return page("history.html", History(frame(request, "History", "/history"), found, gone, count, first, _SIZE, by))
