"""What experiments of several papers share: seeds of jobs, data split and standardised, numbers for results.json."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrow.datasets import Dataset, split, standardised
from minigrow.datasets.named import load


def child_seeds(seed: int, count: int) -> list[int]:
    """Return `count` independent seeds drawn from one.

    >>> child_seeds(0, 3) == child_seeds(0, 4)[:3], len(set(child_seeds(0, 100)))
    (True, 100)
    """
    return [int(child.generate_state(1, np.uint32)[0]) for child in np.random.SeedSequence(seed).spawn(count)]


def seeds_apart(seed: int, repeats: int, tuning: int) -> tuple[list[int], list[int]]:
    """Return the seeds of the repeats, `child_seeds(seed, repeats)`, and others on which rates are tuned.

    >>> seeds, apart = seeds_apart(0, 3, 2)
    >>> seeds == child_seeds(0, 3), seeds + apart == child_seeds(0, 5)
    (True, True)
    """
    seeds = child_seeds(seed, repeats + tuning)
    return seeds[:repeats], seeds[repeats:]


def parts(name: str, seed: int, dtype: Any = np.float32) -> tuple[Dataset, Dataset]:
    """Return a training and a test set, standardised per input: `name` is a built-in data set or a folder (`datasets.named.load`).

    What comes without a test set of its own (the digits) is split 80/20 at random by the seed; see `overlap`.

    >>> [part.X.shape for part in parts("digits", 0)], [part.X.shape for part in parts("mnist-1d", 0)]
    ([(1438, 64), (359, 64)], [(4000, 40), (1000, 40)])
    """
    found = load(name, dtype)
    return standardised(*(split(found, rng=seed) if isinstance(found, Dataset) else found))


def overlap(name: str) -> float:
    """Return test rows / training rows where each repeat splits the same rows anew, and 0 where the test set is fixed.

    It is the `share` of `minigrow.statistics.mean`.

    >>> overlap("digits"), overlap("mnist-1d")
    (0.25, 0.0)
    """
    return 0.25 if isinstance(load(name, np.float32), Dataset) else 0.0


def rows_of(rows: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return the rows that were measured on one data set.

    >>> rows_of([{"data": "a", "x": 1}, {"data": "b", "x": 2}], "b")
    [{'data': 'b', 'x': 2}]
    """
    return [row for row in rows if row["data"] == name]


def rounded(values: Any, digits: int = 5) -> Any:
    """Return numbers as (nested) lists with this many significant digits, to keep results.json small.

    >>> rounded([1.23456789, 0.000123456])
    [1.2346, 0.00012346]
    """
    if isinstance(values, (list, tuple, np.ndarray)):
        return [rounded(value, digits) for value in values]
    return float(f"{float(values):.{digits}g}")
