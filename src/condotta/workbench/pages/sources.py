"""Sources: grade with its history, interest, learned bias, and who cites whom as a graph."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from condotta.ledger import browsing
from condotta.workbench.masking import Masks
from condotta.workbench.pages.shape import Frame, at, frame, page

_OUTLETS, _ORIGINS, _STEP = 22, 14, 26


@dataclass(frozen=True, slots=True)
class Node:
    """A name in the graph: where it stands, and how many claims pass it."""

    name: str
    y: float
    count: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from an outlet to the origin that it cites: the two heights, its width, how many claims."""

    outlet: str
    origin: str
    y1: float
    y2: float
    width: float
    count: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Outlets left, origins right, lines between them; `left_out`: claims of smaller names."""

    outlets: Sequence[Node]
    origins: Sequence[Node]
    edges: Sequence[Edge]
    height: float
    left_out: int


@dataclass(frozen=True, slots=True)
class Sources:
    """The table, the graph, the history of grades by source; `editable`: sources with an entry in case.yaml."""

    frame: Frame
    sources: Sequence[Mapping[str, Any]]
    graph: Graph
    history: Mapping[str, Sequence[Mapping[str, Any]]]
    editable: frozenset[str]
    interests: Mapping[str, str | None]


def sources(request: Request) -> Response:
    """The page."""
    desk, who = at(request)
    masks = Masks(desk, who)
    found, case = desk.survey, desk.case
    history: dict[str, list[Mapping[str, Any]]] = {}
    for row in desk.ledger.grade_history():
        history.setdefault(row["source"], []).append(row)
    heard = [dict(s) for s in found.sources if masks.shows(s["name"])] if found else []
    for s in heard:
        spec = case.source(s["name"])
        s |= {"grade": spec.grade if spec else "F"}
    named = {s["name"] for s in heard}
    heard += [
        {"name": n, "kind": s.kind, "grade": s.grade, "interest": s.interest, "pieces": 0, "bias": []} for n, s in case.sources.items() if n not in named
    ]  # fmt: skip
    interests = {n: s.interest for n, s in case.sources.items()}
    return page("sources.html", Sources(
        frame(request, "Sources", "/sources"), heard, graph([c for c in desk.remembered("citations", lambda: browsing.citations(desk.ledger)) if all(map(masks.shows, c[0].split(" > ")))]), history, frozenset(case.sources), interests,
    ))  # fmt: skip


def graph(chains: Sequence[tuple[str, int]]) -> Graph:
    """Who cites whom: the first and the last name of each chain that has two."""
    pairs: Counter[tuple[str, str]] = Counter()
    for chain, count in chains:
        names = chain.split(" > ")
        if len(names) > 1:
            pairs[names[0], names[-1]] += count
    left, right = Counter[str](), Counter[str]()
    for (a, b), count in pairs.items():
        left[a] += count
        right[b] += count
    outlets, origins = left.most_common(_OUTLETS), right.most_common(_ORIGINS)
    height = _STEP * max(len(outlets), len(origins), 1)
    places = {a: (k + 0.5) * height / len(outlets) for k, (a, _) in enumerate(outlets)}
    ends = {b: (k + 0.5) * height / len(origins) for k, (b, _) in enumerate(origins)}
    edges = [
        Edge(a, b, places[a], ends[b], 0.8 + 1.6 * math.log2(1 + n), n) for (a, b), n in pairs.most_common() if a in places and b in ends
    ]  # fmt: skip
    gone = sum(pairs.values()) - sum(e.count for e in edges)
    return Graph(
        [Node(a, places[a], n) for a, n in outlets], [Node(b, ends[b], n) for b, n in origins], edges, height, gone
    )
