"""Compare a graph with random ones: `analyse(graph, size, rng)`; on several cores: `analyse(..., pool=executor)`.

Every random graph has a generator of its own, spawned from the caller's, so the result does not depend on the number of
jobs, nor on what runs them: threads (the compiled loops release Python's lock), processes, dask or MPI.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, wait
from typing import Any, NamedTuple

import numpy as np

from minigrow.motifs.esu import Census, census, check_size
from minigrow.motifs.graph import Graph
from minigrow.motifs.sampling import check_probabilities, sampled_census
from minigrow.motifs.statistics import Motifs, summarise
from minigrow.motifs.switching import PASSES, TRIES, check_offers, switched
from minigrow.nn.validate import generator


class Plan(NamedTuple):
    """How to analyse a graph: number of random graphs, how long each is switched, and one probability per level if sampling.

    `blocks` (n,), an integer for each vertex in the order of `graph.names`: edges are switched within each pair of blocks
    only, so that the random graphs keep layers too (see `switching`).
    """

    random: int = 100
    passes: int = PASSES
    tries: int = TRIES
    probabilities: tuple[float, ...] | None = None
    blocks: np.ndarray | None = None


def count(graph: Graph, size: int, plan: Plan, rng: np.random.Generator) -> Census:
    """Return the census that the plan asks for: sampled if it has probabilities, else exact.

    >>> from minigrow.motifs.graph import from_edges
    >>> count(from_edges([0, 1], [1, 2]), 3, Plan(probabilities=(1, 1, 1)), np.random.default_rng(0)).total
    1.0
    """
    if plan.probabilities is None:
        return census(graph, size)
    return sampled_census(graph, size, plan.probabilities, rng)


def count_randomised(task: tuple[Graph, int, Plan, np.random.Generator]) -> Census:
    """Return the census of one random graph; this is the job of each worker.

    >>> from minigrow.motifs.graph import from_edges
    >>> count_randomised((from_edges([0, 1], [1, 2]), 3, Plan(), np.random.default_rng(0))).total
    1
    """
    graph, size, plan, rng = task
    return count(switched(graph, rng, plan.passes, plan.tries, plan.blocks)[0], size, plan, rng)


def random_censuses(
    graph: Graph, size: int, rng: np.random.Generator, plan: Plan, pool: Executor | None = None
) -> Iterator[Census]:
    """Yield the censuses of the random graphs in a fixed order, each as soon as it is done.

    >>> from minigrow.motifs.graph import from_edges
    >>> g = from_edges([0, 1], [1, 2])
    >>> [c.total for c in random_censuses(g, 3, np.random.default_rng(0), Plan(random=2))]
    [1, 1]
    """
    tasks = [(graph, size, plan, child) for child in rng.spawn(plan.random)]
    return map(count_randomised, tasks) if pool is None else in_order(pool, count_randomised, tasks)


def in_order(pool: Executor, f: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
    """Yield what `pool.map(f, tasks)` does, but wake up twice a second: on Windows Ctrl-C does not reach a thread that only waits.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as pool:
    ...     list(in_order(pool, abs, [-1, 2]))
    [1, 2]
    """
    futures = deque([pool.submit(f, task) for task in tasks])
    while futures:
        future = futures.popleft()
        while not wait([future], timeout=0.5).done:
            pass
        yield future.result()


def check_plan(size: int, plan: Plan) -> None:
    """Check that the plan can be carried out for this size.

    Raises ValueError when the size, the number of random graphs, passes, tries or probabilities are out of range.

    >>> check_plan(3, Plan())
    """
    check_size(size)
    if plan.random < 0:
        raise ValueError(f"the number of random graphs must be >= 0, got {plan.random}. 0 counts without comparing.")
    check_offers(plan.passes, plan.tries)
    if plan.probabilities is not None:
        check_probabilities(plan.probabilities, size)


def analyse(graph: Graph, size: int, rng: Any = None, plan: Plan | None = None, pool: Executor | None = None) -> Motifs:
    """Count the classes of `size` vertices in a graph and in random graphs of the same degrees; return Z and p of each class.

    Raises ValueError as `check_plan` does and, if the plan has blocks, `switching.randomise`.

    >>> from minigrow.motifs.graph import from_edges
    >>> g = from_edges([0, 0, 1, 2, 3], [1, 2, 3, 3, 4])
    >>> found = analyse(g, 3, np.random.default_rng(0), Plan(random=20))
    >>> found.total, found.counts[found.counts > 0].tolist()
    (6, [1, 4, 1])

    The layers {0}, {1, 2}, {3}, {4} leave no choice at all, so no class has a Z:

    >>> found = analyse(g, 3, np.random.default_rng(0), Plan(random=20, blocks=np.array([0, 1, 1, 2, 3])))
    >>> bool(np.isnan(found.z).all())
    True
    """
    plan, rng = plan or Plan(), generator(rng)
    check_plan(size, plan)
    own = count(graph, size, plan, rng.spawn(1)[0])
    return summarise(own, random_censuses(graph, size, rng, plan, pool))
