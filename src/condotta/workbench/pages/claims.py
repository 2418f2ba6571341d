"""Claims: a table by facets; every view has an address, CSV and JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from condotta.ledger import browsing
from condotta.ledger.browsing import Listed
from condotta.workbench.api.claims import ClaimsQuery, counted
from condotta.workbench.api.shape import checked
from condotta.workbench.masking import Masks
from condotta.workbench.pages.shape import Frame, at, frame, page

_TITLES = {
    "status": "Status",
    "kind": "Kind",
    "measure": "Measure",
    "aspect": "Aspect",
    "group": "Group",
    "origin": "Origin",
}


@dataclass(frozen=True, slots=True)
class Claims:
    """The table, a page of it, with its facets."""

    frame: Frame
    claims: Sequence[Listed]
    count: int
    more: bool
    first: int
    size: int
    given: Mapping[str, Any]
    facets: Mapping[str, Sequence[tuple[str | None, int]]]
    titles: Mapping[str, str]


def claims(request: Request) -> Response:
    """The page; with `part=table` only what changes when a filter does."""
    desk, who = at(request)
    asked = {k: v for k, v in request.query_params.items() if v and k != "part"}
    query = checked(ClaimsQuery, asked, "query")
    filters = query.filters()
    masks = Masks(desk, who)
    masks.allow(filters)
    count, counts = counted(desk, filters)
    found = list(map(masks.listed, browsing.claims_page(desk.ledger, filters, query.first, query.size, count)))
    facets = {k: [(v, n) for v, n in c if k != "origin" or masks.shows(v)] for k, c in counts.items()}
    names = (*browsing.FACETS, "source", "document", "since", "until", "text", "size")
    given = {n: asked.get(n, "") for n in names}
    template = "claims-table.html" if request.query_params.get("part") == "table" else "claims.html"
    return page(template, Claims(
        frame(request, "Claims", "/claims"), found, count, browsing.may_be_more(filters, count), query.first, query.size, given,
        facets, _TITLES,
    ))  # fmt: skip
