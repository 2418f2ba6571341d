"""Work spread over a Ray cluster: "local" (this machine) or the address of one that runs. What a killed worker had is done again by another."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from condotta.errors import CorpusError


@contextmanager
def joined(cluster: str, workers: int = 0) -> Iterator[Any]:
    """Ray, connected to the cluster; where it was not yet, it is left again at the end. Raises CorpusError E-COR-02."""
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "120")  # on a busy machine a minute is not enough
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    try:
        import ray
    except ModuleNotFoundError as error:
        raise CorpusError("E-COR-02", "Ray is not installed", fix="pip install 'condotta[cluster]'") from error
    _reached(cluster)
    mine = not ray.is_initialized()
    try:
        if mine:
            own = (
                {"num_cpus": workers or None, "include_dashboard": False}
                if cluster == "local"
                else {"address": cluster}
            )
            ray.init(log_to_driver=False, configure_logging=False, **own)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise CorpusError("E-COR-02", f"the cluster cannot be reached: {str(error)[:200]}", where=cluster) from error
    try:
        yield ray
    finally:
        if mine:
            ray.shutdown()


def _reached(cluster: str) -> None:
    """Look for whoever answers at an address first: Ray itself waits for minutes, then ends the process."""
    host, colon, port = cluster.removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        try:
            socket.create_connection((host, int(port)), timeout=10).close()
        except OSError as error:
            raise CorpusError("E-COR-02", f"nobody answers there: {error}", where=cluster) from error


def by_actors(
    make: type, given: Sequence[Any], rows: Sequence[Mapping[str, Any]], cluster: str, workers: int = 0
) -> Iterator[dict[str, Any]]:
    """`make(*given)(row)` for every row, in no order, through Ray Data: one `make` a worker, kept for all rows that it gets."""
    if not rows:
        return
    with joined(cluster, workers) as ray:
        ray.data.DataContext.get_current().enable_progress_bars = False
        many = min(workers or max(1, int(ray.cluster_resources().get("CPU", 1))), len(rows))
        data = ray.data.from_items([dict(r) for r in rows], override_num_blocks=len(rows))
        pool = ray.data.ActorPoolStrategy(min_size=1, max_size=many, max_tasks_in_flight_per_actor=1)
        yield from data.map(make, fn_constructor_args=tuple(given), num_cpus=1, compute=pool).iter_rows()


def by_tasks(work: Callable[..., Any], items: Sequence[Sequence[Any]], cluster: str, workers: int = 0) -> Iterator[tuple[int, Any]]:  # fmt: skip
    """(number, `work(*item)`) for every item, as they are done."""
    if not items:
        return
    with joined(cluster, workers) as ray:
        task = ray.remote(num_cpus=1, max_retries=3)(work)
        waiting = {task.remote(*item): number for number, item in enumerate(items)}
        while waiting:
            done, _ = ray.wait(list(waiting), num_returns=1)
            yield waiting.pop(done[0]), ray.get(done[0])
