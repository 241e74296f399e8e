"""Look at a network at chosen steps of its training: `for run in stages(net, data, seed, [100, 1000], plan, optimiser)`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from minigrow.datasets import Dataset
from minigrow.growth import Plan, Run, start, train
from minigrow.nn import AdamW


def stages(net: Any, data: Dataset, seed: int, steps: Sequence[int], plan: Plan, optimiser: AdamW) -> Iterator[Run]:
    """Yield the run at each of these steps, which must rise; it is one training, whose history has a row for each of them.

    Raises Diverged when the loss is not finite.

    >>> from minigrow.experiments.isotropic.common import network
    >>> from minigrow.experiments.shared import parts
    >>> runs = stages(network([64, 8, 10], 0), parts("digits", 0)[0], 0, [3, 7], Plan(), AdamW())
    >>> [run.step for run in runs]
    [3, 7]
    """
    run = start(net, optimiser, rng=seed)
    for step in steps:
        run = train(run, data.X, data.y, plan._replace(steps=step, record=step, quiet=True))
        yield run


def spaced(steps: int, points: int, first: int = 10) -> list[int]:
    """Return about `points` steps from `first` to `steps`, evenly spaced on a logarithmic axis.

    >>> spaced(1000, 3)
    [10, 100, 1000]
    """
    return np.unique(np.geomspace(min(first, steps), steps, points).round().astype(int)).tolist()
