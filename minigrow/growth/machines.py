"""Work on the machines of a Dask cluster: `with connected(address, probe) as client`, which the extra `cluster` makes possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from minigrow.growth.archives import said

PATIENCE = 30  # seconds to wait for a scheduler, for a first worker, and for its answer
LARGE = {"distributed.admin.large-graph-warning-threshold": "1 TB"}  # what is sent may be large, and is sent once


@contextmanager
def connected(address: str, probe: Callable[[Any], Any]) -> Iterator[Any]:
    """Connect to the scheduler of a Dask cluster and let `probe(client)` show that its workers can do what will be asked.

    What still runs there when the block ends is cancelled. Raises ValueError when dask is missing, nobody answers at the address,
    no worker comes, or the probe fails.
    """
    try:
        from dask import config
        from dask.distributed import Client
    except ImportError:
        raise ValueError("a cluster needs dask: pip install 'minigrow[cluster]', here and on all workers.") from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"no Dask scheduler answers at {address} ({error}). Start one with `dask scheduler`."
        ) from None
    try:
        _answered(client, address, probe)
        with config.set(LARGE):
            yield client
    finally:
        client.close()


def _answered(client, address, probe):
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
        probe(client)
    except Exception as error:
        raise ValueError(f"the workers of {address} cannot help ({said(error)})") from None
