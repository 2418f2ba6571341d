"""History: every judgement, by whom and when, to take back; and the log of everything that was done to the case."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from condotta.ledger import browsing
from condotta.ledger.log import Entry, Stamp, newest, stamps
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


KINDS = ("received", "read", "added", "judged", "graded", "ran", "case", "redacted", "copied", "adopted")


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the log, newest first: (row, its words about its subject); `stamps`: tokens of authorities."""

    frame: Frame
    entries: Sequence[tuple[Entry, str]]
    stamps: Sequence[Stamp]
    kinds: Sequence[str]
    what: str
    count: int
    first: int
    size: int


def log(request: Request) -> Response:
    """The log."""
    desk, _ = at(request)
    what, first = request.query_params.get("what", ""), whole(request, "first")
    found, count = newest(desk.ledger, what or None, first, _SIZE)
    rows = [(e, _about(e)) for e in found]
    return page(
        "log.html", Log(frame(request, "Log", "/history"), rows, stamps(desk.ledger), KINDS, what, count, first, _SIZE)
    )


def _about(entry: Entry) -> str:
    """What the row says beside its subject, in a few words."""
    if entry.what == "received":
        return f"{entry.detail.get('size', 0):,} bytes, SHA-256 {str(entry.detail.get('sha256', ''))[:16]}…"
    return ", ".join(str(entry.detail[k]) for k in ("verdict", "grade", "verb", "reader") if entry.detail.get(k))
