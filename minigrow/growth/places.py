"""The parts of a change of basis, T or U', as matrices or as lists of places; skip this file at first reading.

A rotation is a dense matrix (new, old). All other changes have at most one entry in a row: new neuron i is a factor times one old
neuron, or new. As a list that costs no more than a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Places(NamedTuple):
    """A matrix (new, old) with at most one entry a row: new neuron i is factor[i] times old neuron source[i], or 0 if -1."""

    source: np.ndarray
    factor: np.ndarray
    old: int


Part = np.ndarray | Places


def matrix(part: Part) -> np.ndarray:
    """Write T or U' of a change out as a dense matrix (new, old).

    >>> matrix(Places(np.array([1, 0]), np.ones(2), 2))
    array([[0., 1.],
           [1., 0.]])
    """
    if isinstance(part, np.ndarray):
        return part
    dense = np.zeros(shape(part))
    rows = np.flatnonzero(part.source >= 0)
    dense[rows, part.source[rows]] = part.factor[rows]
    return dense


def along(part: Part, new: float) -> Callable[[np.ndarray, int], np.ndarray]:
    """Return f(array, axis) that multiplies `part` (new, old) into one axis; empty places become `new`.

    What all arrays share is worked out once.

    >>> along(Places(np.array([1, -1]), np.ones(2), 2), 0.5)(np.array([[3.0, 4.0]]), 1)
    array([[4. , 0.5]])
    """
    if isinstance(part, np.ndarray):
        return lambda array, axis: np.ascontiguousarray(
            np.moveaxis(np.tensordot(part.astype(array.dtype, copy=False), array, (1, axis)), 0, axis)
        )
    born, scaled = np.flatnonzero(part.source < 0), (part.factor != 1).any()

    def placed(array, axis):
        if not part.old:  # there is no row to take
            return np.full((*array.shape[:axis], len(part.source), *array.shape[axis + 1 :]), new, array.dtype)
        moved = array.take(part.source, axis=axis)
        if scaled:
            moved *= part.factor.astype(array.dtype)[(slice(None),) + (None,) * (array.ndim - axis - 1)]
        if born.size:
            moved[(slice(None),) * axis + (born,)] = new
        return moved

    return placed


def shape(part: Part) -> tuple[int, int]:
    """Return (new, old) of a part.

    >>> shape(np.ones((3, 2)))
    (3, 2)
    """
    return part.shape if isinstance(part, np.ndarray) else (len(part.source), part.old)


def squared(part: Part) -> Part:
    """Return the part with squared entries.

    >>> squared(np.array([[2.0]]))
    array([[4.]])
    """
    return part * part if isinstance(part, np.ndarray) else part._replace(factor=part.factor**2)


def product(later: Part, first: Part) -> Part:
    """Return the matrix product later @ first; two lists of places make a list.

    >>> swap = Places(np.array([1, 0]), np.ones(2), 2)
    >>> product(swap, swap).source
    array([0, 1])
    """
    if isinstance(later, Places) and isinstance(first, Places):
        there = later.source >= 0
        source = np.where(there, first.source[later.source], -1)
        return Places(source, np.where(there, later.factor * first.factor[later.source], 1.0), first.old)
    return matrix(later) @ matrix(first)
