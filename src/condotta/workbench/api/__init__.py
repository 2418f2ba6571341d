"""The JSON API: everything that the pages do, for programs; /api/openapi.json describes it."""

from typing import Any

from starlette.routing import Route

from condotta.workbench.api import case, claims, work
from condotta.workbench.api.shape import Call, Operation, description, route


def openapi(call: Call) -> dict[str, Any]:
    """The description of the API."""
    return description(OPERATIONS)


OPERATIONS = (
    *claims.OPERATIONS,
    *case.OPERATIONS,
    *work.OPERATIONS,
    Operation("GET", "/openapi.json", "reader", "This description", openapi),
)


def routes() -> list[Route]:
    """Every operation as a route."""
    return [route(operation) for operation in OPERATIONS]
