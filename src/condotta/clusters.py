"""Work spread over a Ray cluster: "local" (this machine) or the address of one that runs. What a killed worker had is done again by another.

Ray ends the process that leads the work, without a word, where its own processes die (a busy machine, a network that is cut). So a process apart leads it:
whoever asked gets the results through a pipe, and an error with a way out if they stop.
"""

import multiprocessing
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

from condotta.errors import CondottaError, CorpusError

_LOST = "Run the same command again: what is done is kept."


def by_actors(
    make: type, given: Sequence[Any], rows: Sequence[Mapping[str, Any]], cluster: str, workers: int = 0
) -> Iterator[dict[str, Any]]:
    """`make(*given)(row)` for every row, in no order, through Ray Data: one `make` a worker, kept for all rows that it gets. Raises CorpusError
    E-COR-02 where the cluster cannot be used, E-COR-03 where it was lost."""
    if rows:
        yield from _apart(_actors, (make, tuple(given), [dict(r) for r in rows]), cluster, workers)


def by_tasks(work: Callable[..., Any], items: Sequence[Sequence[Any]], cluster: str, workers: int = 0) -> Iterator[tuple[int, Any]]:  # fmt: skip
    """(number, `work(*item)`) for every item, as they are done. Raises as `by_actors`."""
    if items:
        yield from _apart(_tasks, (work, list(items)), cluster, workers)


def _actors(ray: Any, workers: int, make: type, given: tuple[Any, ...], rows: list[dict[str, Any]]) -> Iterator[Any]:
    ray.data.DataContext.get_current().enable_progress_bars = False
    many = min(workers or max(1, int(ray.cluster_resources().get("CPU", 1))), len(rows))
    data = ray.data.from_items(rows, override_num_blocks=len(rows))
    pool = ray.data.ActorPoolStrategy(size=many, max_tasks_in_flight_per_actor=1)
    yield from data.map(make, fn_constructor_args=given, num_cpus=1, compute=pool).iter_rows()


def _tasks(ray: Any, workers: int, work: Callable[..., Any], items: list[Sequence[Any]]) -> Iterator[Any]:
    task = ray.remote(num_cpus=1, max_retries=3)(
        lambda *item: work(*item)
    )  # Ray takes functions only, work is any callable
    waiting = {task.remote(*item): number for number, item in enumerate(items)}
    while waiting:
        done, _ = ray.wait(list(waiting), num_returns=1)
        yield waiting.pop(done[0]), ray.get(done[0])


def _apart(run: Callable[..., Iterator[Any]], given: tuple[Any, ...], cluster: str, workers: int) -> Iterator[Any]:
    """What `run` yields, from the process that leads the cluster."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    leader = context.Process(target=_lead, args=(theirs, run, given, cluster, workers), daemon=True)
    leader.start()
    theirs.close()
    try:
        while True:
            kind, value = mine.recv()
            if kind == "end":
                return
            if kind == "failed":
                raise value
            yield value
    except EOFError:
        leader.join(30)
        raise CorpusError(
            "E-COR-03", f"the process that leads the work ended ({leader.exitcode})", where=cluster, fix=_LOST
        ) from None
    finally:
        mine.close()
        leader.join(30)
        if leader.is_alive():
            leader.terminate()


def _lead(pipe: Connection, run: Callable[..., Iterator[Any]], given: tuple[Any, ...], cluster: str, workers: int) -> None:  # fmt: skip
    """The process that leads: results, then "end" or "failed" with an error, into the pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # what Ray prints stands in its own logs, too
        os.dup2(nowhere, stream)
    try:
        with _joined(cluster, workers) as ray:
            for value in run(ray, workers, *given):
                pipe.send(("one", value))
        pipe.send(("end", None))
    except (BrokenPipeError, KeyboardInterrupt):
        pass  # nobody waits any more
    except Exception as error:
        with suppress(BrokenPipeError):
            pipe.send(("failed", _plain(error, cluster)))


def _plain(error: BaseException, cluster: str) -> CondottaError:
    """Condotta's own error inside what Ray made of it, else E-COR-03."""
    inner: BaseException | None = error
    while inner is not None:
        if type(inner).__module__ == CondottaError.__module__ and isinstance(inner, CondottaError):
            return inner
        inner = getattr(inner, "cause", None) or inner.__cause__
    said = str(error).strip().splitlines() or [type(error).__name__]
    return CorpusError("E-COR-03", f"a worker failed: {said[-1][:200]}", where=cluster, fix=_LOST)


@contextmanager
def _joined(cluster: str, workers: int) -> Iterator[Any]:
    """Ray, connected to the cluster. Raises CorpusError E-COR-02."""
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "120")  # on a busy machine a minute is not enough
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    try:
        import ray
    except ModuleNotFoundError as error:
        raise CorpusError("E-COR-02", "Ray is not installed", fix="pip install 'condotta[cluster]'") from error
    _reached(cluster)
    try:
        own: dict[str, Any] = {"num_cpus": workers or None, "include_dashboard": False} if cluster == "local" else {}
        ray.init(cluster, log_to_driver=False, configure_logging=False, **own)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise CorpusError("E-COR-02", f"the cluster cannot be reached: {str(error)[:200]}", where=cluster) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _reached(cluster: str) -> None:
    """Look for whoever answers at an address first: Ray itself waits for minutes."""
    host, colon, port = cluster.removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        try:
            socket.create_connection((host, int(port)), timeout=10).close()
        except OSError as error:
            raise CorpusError("E-COR-02", f"nobody answers there: {error}", where=cluster) from error
