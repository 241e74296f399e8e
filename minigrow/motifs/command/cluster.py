"""Count random graphs on the machines of a Dask cluster: `with cluster(address) as pool: analyse(..., pool=pool)`.

Dask runs a task again elsewhere when a machine is lost, and every random graph has a generator of its own, so the result is bit for
bit that of one machine. The graph is a task too, not data: what a lost machine held is made again from the scheduler's copy.
"""

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

from minigrow.growth.machines import PATIENCE, connected


class Cluster(Executor):
    """An executor whose tasks (graph, ..., rng) travel without what they share; that is sent to each worker once."""

    def __init__(self, client: Any) -> None:
        self._client, self._executor = client, client.get_executor(pure=False)
        self._same: tuple = ()
        self._sent = None

    def submit(self, f: Callable[[tuple], Any], task: tuple, /) -> Future:  # type: ignore[override]
        """Run f(task) on a worker."""
        *same, rng = task
        if len(same) != len(self._same) or any(a is not b for a, b in zip(same, self._same, strict=True)):
            self._same, self._sent = tuple(same), self._client.submit(pickle.loads, pickle.dumps(same), pure=False)
        return self._executor.submit(_run, self._sent, pickle.dumps((f, rng)))


def _run(same: list, rest: bytes) -> Any:
    """Put a task together again on the worker and carry it out."""
    f, rng = pickle.loads(rest)
    return f((*same, rng))


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """Connect to the scheduler of a Dask cluster, as `growth.machines.connected` does, which says when it raises ValueError."""
    with connected(address, _shown) as client:
        yield Cluster(client)


def _shown(client):
    """Let a worker show that it can import this file."""
    client.submit(_run, [], pickle.dumps((len, None)), pure=False).result(timeout=PATIENCE)
