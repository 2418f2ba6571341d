"""Evaluations spread over all cores, or over the Ray cluster that CONDOTTA_CLUSTER names ("local" or an address; its machines need this checkout)."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any

from condotta.clusters import by_tasks


def spread(work: Callable[..., Any], items: Sequence[Sequence[Any]]) -> Iterator[tuple[int, Any]]:
    """(number, `work(*item)`) for every item, as they are done."""
    cluster = os.environ.get("CONDOTTA_CLUSTER")
    if cluster:
        yield from by_tasks(work, items, cluster)
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:  # a fork of a process with threads may stop
        waiting = {pool.submit(work, *item): number for number, item in enumerate(items)}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
