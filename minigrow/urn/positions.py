"""Give neurons positions with `line` or `grid`: inputs stand in order, hidden neurons at random among them, outputs nowhere.

Neuron i has position p_i; a wire's length |p_i - p_j| is Euclidean. NaN means no position, and such a neuron's wires cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrow.nn import validate
from minigrow.nn.door import door

NOWHERE = np.nan


def checked_positions(positions: Sequence | np.ndarray, S: int) -> tuple:
    """Return positions as a tuple of S tuples of coordinates, or () for none; numbers (S,) are taken as a line.

    Raises ValueError when there is not one for each neuron.

    >>> checked_positions([0, 1], 2)
    ((0.0,), (1.0,))
    """
    array = validate.numbers(positions, "positions")
    if array.size == 0:
        return ()
    if np.iscomplexobj(array):
        raise ValueError(f"positions must be real coordinates, got {array.dtype}.")
    array = array.astype(np.float64)
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or len(array) != S:
        raise ValueError(
            f"positions must be one for each of the {S} neurons (inputs, hidden, outputs), got shape {array.shape}. "
            "Try positions.line(...) or positions.grid(...)."
        )
    return tuple(map(tuple, array.tolist()))


def places(net: Any) -> np.ndarray:
    """Return the positions as an array (S, D); D = 0 where the network has none.

    >>> from minigrow.urn import Network
    >>> places(Network.create(1, 1, size=3, rng=0)).shape
    (3, 0)
    """
    return np.asarray(net.positions, dtype=np.float64).reshape(net.size, -1)


@door
def line(inputs: int, hidden: int, outputs: int, *, rng: Any = None) -> np.ndarray:
    """Return positions (S, 1): inputs at 0, 1, .., d - 1, hidden neurons at random in that range, outputs without a position (NaN).

    >>> line(3, 1, 1, rng=0).round(2)
    array([[0.  ],
           [1.  ],
           [2.  ],
           [1.27],
           [ nan]])
    """
    _check(inputs=inputs, hidden=hidden, outputs=outputs)
    rng = validate.generator(rng)
    middle = rng.uniform(0, max(inputs - 1, 0), hidden)
    return np.concatenate([np.arange(inputs), middle, np.full(outputs, NOWHERE)])[:, None]


def _check(**numbers):
    for name, value in numbers.items():
        validate.whole(value, name)


@door
def grid(rows: int, columns: int, hidden: int, outputs: int, *, rng: Any = None) -> np.ndarray:
    """Return positions (S, 2): inputs row by row on a unit grid, hidden neurons at random over it, outputs without a position (NaN).

    >>> grid(2, 2, 1, 1, rng=0).shape
    (6, 2)
    """
    _check(rows=rows, columns=columns, hidden=hidden, outputs=outputs)
    rng = validate.generator(rng)
    pixels = np.stack(np.divmod(np.arange(rows * columns), columns), axis=1)
    middle = rng.uniform(0, 1, (hidden, 2)) * [max(rows - 1, 0), max(columns - 1, 0)]
    return np.concatenate([pixels, middle, np.full((outputs, 2), NOWHERE)])


def distances(net: Any) -> np.ndarray:
    """Return |p_i - p_j| of all pairs of neurons (S, S), 0 where one of them has no position.

    Raises ValueError when the network has no positions.

    >>> from minigrow.urn import Network
    >>> distances(Network.create(1, 1, size=3, positions=[0.0, 2.0, np.nan], rng=0))
    array([[0., 2., 0.],
           [2., 0., 0.],
           [0., 0., 0.]])
    """
    if not net.positions:
        raise ValueError("a price on wire needs positions, got a network without. Give them to Network.create(...).")
    gap = places(net)[:, None] - places(net)[None]
    return np.nan_to_num(np.sqrt(np.sum(gap * gap, axis=2)))
