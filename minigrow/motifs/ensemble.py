"""Compare a graph with random ones: `analyse(graph, size, rng)`; on several cores: `analyse(..., pool=executor)`.

Every random graph has a generator of its own, spawned from the caller's, so the result does not depend on the number of
jobs, nor on what runs them: threads (the compiled loops release Python's lock), processes, dask or MPI.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, wait
from typing import Any

import numpy as np

from minigrow.motifs.chance import NullModel, check_null, draw
from minigrow.motifs.esu import Census, census
from minigrow.motifs.graph import Graph
from minigrow.motifs.sampling import check_probabilities, estimated, sampled_census
from minigrow.motifs.statistics import LEAST, Motifs, summarise
from minigrow.nn.door import door
from minigrow.nn.validate import generator

AHEAD = 64  # random graphs handed to a pool before their results are asked for


def count(graph: Graph, size: int, probabilities: Sequence[float] | None, rng: np.random.Generator) -> Census:
    """Return the census: sampled if there are probabilities, one for each level, else exact.

    >>> from minigrow.motifs.graph import from_edges
    >>> count(from_edges([0, 1], [1, 2]), 3, (1, 1, 1), np.random.default_rng(0)).total
    1.0
    """
    if probabilities is None:
        return census(graph, size)
    return sampled_census(graph, size, probabilities, rng)


def count_randomised(task: tuple) -> Census:
    """Return the census of one random graph; this is the job of each worker.

    >>> from minigrow.motifs.graph import from_edges
    >>> count_randomised((from_edges([0, 1], [1, 2]), 3, NullModel(), None, np.random.default_rng(0))).total
    1
    """
    graph, size, null, probabilities, rng = task
    return count(draw(graph, rng, null) if null else graph, size, probabilities, rng)


def random_censuses(
    graph: Graph,
    size: int,
    rng: np.random.Generator,
    null: NullModel,
    probabilities: Sequence[float] | None = None,
    pool: Executor | None = None,
) -> Iterator[Census]:
    """Yield the censuses of the random graphs in a fixed order, each as soon as it is done.

    >>> from minigrow.motifs.graph import from_edges
    >>> g = from_edges([0, 1], [1, 2])
    >>> [c.total for c in random_censuses(g, 3, np.random.default_rng(0), NullModel(random=2))]
    [1, 1]
    """
    children = rng.spawn(null.random)
    tasks: Iterable[tuple] = ((graph, size, null, probabilities, child) for child in children)
    if null.procedure == "fanmod":
        tasks = _chain(graph, size, null, probabilities, children)
    return map(count_randomised, tasks) if pool is None else in_order(pool, count_randomised, tasks)


def _chain(graph, size, null, probabilities, children):
    """Yield the tasks of one chain: each graph begins where the last one ended, and only has to be counted."""
    for child in children:
        graph = draw(graph, child, null)
        yield graph, size, None, probabilities, child


def in_order(pool: Executor, f: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
    """Yield what `pool.map(f, tasks)` does, with at most 64 tasks ahead, so that a large graph is not queued a hundred times.

    It wakes up twice a second: on Windows Ctrl-C does not reach a thread that only waits.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as pool:
    ...     list(in_order(pool, abs, [-1, 2]))
    [1, 2]
    """
    futures: deque = deque()
    for task in tasks:
        futures.append(pool.submit(f, task))
        if len(futures) >= AHEAD:
            yield _awaited(futures.popleft())
    while futures:
        yield _awaited(futures.popleft())


def _awaited(future):
    while not wait([future], timeout=0.5).done:
        pass
    return future.result()


@door
def analyse(
    graph: Graph,
    size: int,
    rng: Any = None,
    null: NullModel | None = None,
    probabilities: Sequence[float] | None = None,
    pool: Executor | None = None,
    least: int = LEAST,
) -> Motifs:
    """Count the classes of `size` vertices in a graph and in random graphs of the same degrees; return Z and p of each class.

    `least` is how often a class must be met in one of the graphs to be judged (see `statistics`).

    Raises ValueError as `chance.check_null`, `esu.census` and `sampling.check_probabilities` do.

    >>> from minigrow.motifs.graph import from_edges
    >>> g = from_edges([0, 0, 1, 2, 3], [1, 2, 3, 3, 4])
    >>> found = analyse(g, 3, np.random.default_rng(0), NullModel(random=20))
    >>> found.total, found.counts[found.counts > 0].tolist()
    (6, [1, 4, 1])

    The layers {0}, {1, 2}, {3}, {4} leave no choice at all, so no class has a Z:

    >>> found = analyse(g, 3, np.random.default_rng(0), NullModel(random=20, blocks=np.array([0, 1, 1, 2, 3])))
    >>> bool(np.isnan(found.z).all())
    True
    """
    null, rng = null or NullModel(), generator(rng)
    check_null(null)
    if probabilities is not None:
        check_probabilities(probabilities, size)
    own = count(graph, size, probabilities, rng.spawn(1)[0])
    others = random_censuses(graph, size, rng, null, probabilities, pool)
    return summarise(own, others, estimated(least, probabilities), null.procedure == "fanmod")
