"""Run an experiment on the machines of a Dask cluster: `with cluster(address) as executor: run(experiment, request, executor)`.

Every job says all that it needs, its seed included, so it gives the same bits on whichever machine it runs, and may run twice: when
a worker dies, Dask gives its jobs to another one. Here, on the machine that asks, each result is kept on disk as it comes in, so
that a run that was stopped goes on; the workers need not see that folder.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from minigrow.experiments.jobs import fingerprint, kept
from minigrow.growth.machines import PATIENCE, connected

KEPT = "What was finished is kept: the same command goes on."


class Cluster(Executor):
    """An executor whose jobs run on the workers of a Dask cluster; `bring` keeps their results here."""

    def __init__(self, client: Any, address: str) -> None:
        self._executor, self.address = client.get_executor(pure=False), address

    def submit(self, f: Callable[..., Any], /, *args: Any) -> Future:  # type: ignore[override]
        """Run f(*args) on a worker that has the same minigrow as this machine."""
        return self._executor.submit(carried_out, fingerprint(), f, *args)

    def bring(self, f: Callable[[Any], Any], paths: Sequence[Path], jobs: Sequence[Any]) -> Iterator[Any]:
        """Yield f(job) of all jobs, in order, each kept in its path as soon as it is there; those that are kept do not run.

        Raises ChildProcessError for a job under which several workers died, ConnectionError when the scheduler is lost.
        """
        asked = {self.submit(f, job): path for path, job in zip(paths, jobs, strict=True) if not path.is_file()}
        arriving, open_ones = as_completed(asked), set(asked.values())
        for path, job in zip(paths, jobs, strict=True):
            while path in open_ones:
                future = next(arriving)
                kept(lambda _, future=future: self._result(future), asked[future], None)
                open_ones.discard(asked[future])
            yield kept(lambda job: self._result(self.submit(f, job)), path, job)

    def _result(self, future):
        from distributed import KilledWorker

        try:
            return future.result()
        except KilledWorker as error:
            raise ChildProcessError(
                f"a job was given up, since its workers died one after another: {error} {KEPT}"
            ) from None
        except CancelledError:
            raise ConnectionError(f"the scheduler at {self.address} is lost. {KEPT}") from None


def carried_out(code: str, f: Callable[..., Any], *args: Any) -> Any:
    """Return f(*args), on a worker that is `ready`."""
    ready(code)
    return f(*args)


def ready(code: str) -> None:
    """Check that results of this worker are those of any other machine: the same source, one job and one BLAS thread at a time.

    Raises ValueError that says what to change, and on which machine.
    """
    from distributed import get_worker

    where = f"the worker on {socket.gethostname()}"
    if fingerprint() != code:
        raise ValueError(f"{where} has other source of minigrow than this machine. Install the same on all.")
    threads = get_worker().state.nthreads
    if threads != 1:
        raise ValueError(
            f"{where} runs {threads} jobs at a time. Start it with --nthreads 1, and more of them instead."
        )
    if "1" not in (os.environ.get("OPENBLAS_NUM_THREADS"), os.environ.get("OMP_NUM_THREADS")):
        raise ValueError(
            f"{where} gives BLAS several threads. Start it with OPENBLAS_NUM_THREADS=1, as Dask's nanny does."
        )


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """Connect to the scheduler of a Dask cluster; what still runs there when the block ends is cancelled.

    Raises ValueError when dask is missing, nobody answers at the address, or its workers are not `ready`.
    """

    def probe(client: Any) -> None:
        client.submit(carried_out, fingerprint(), len, (), pure=False).result(timeout=PATIENCE)

    with connected(address, probe) as client:
        yield Cluster(client, address)
