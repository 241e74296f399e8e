"""What experiments of several papers share: seeds of jobs, the digits cut and standardised, numbers for results.json."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.datasets import Dataset, digits, split, standardised


def child_seeds(seed: int, count: int) -> list[int]:
    """Return `count` independent seeds drawn from one.

    >>> child_seeds(0, 3) == child_seeds(0, 4)[:3], len(set(child_seeds(0, 100)))
    (True, 100)
    """
    return [int(child.generate_state(1, np.uint32)[0]) for child in np.random.SeedSequence(seed).spawn(count)]


def digit_parts(seed: int, dtype: Any = np.float32) -> tuple[Dataset, ...]:
    """Return the digits as training set (1438, 64) and test set (359, 64), standardised per pixel.

    >>> [part.X.shape for part in digit_parts(0)]
    [(1438, 64), (359, 64)]
    """
    return standardised(*split(digits(dtype), rng=seed))


def rounded(values: Any, digits: int = 5) -> Any:
    """Return numbers as (nested) lists with this many significant digits, to keep results.json small.

    >>> rounded([1.23456789, 0.000123456])
    [1.2346, 0.00012346]
    """
    if isinstance(values, (list, tuple, np.ndarray)):
        return [rounded(value, digits) for value in values]
    return float(f"{float(values):.{digits}g}")
