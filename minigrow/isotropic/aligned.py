"""Read the singular value of each neuron off a layer that stands in its singular basis, where neurons and values are one-to-one.

    W W' = diag(sigma^2)     the rows of W (m, d) are orthogonal, so neuron i has sigma_i = |row i of W|

`prune` leaves a layer so; a step of training turns it away again, and then the layer has singular values but its neurons have none.
"""

from __future__ import annotations

import numpy as np

ROUNDING = 1000  # times eps: what rotations leave off the diagonal of W W', many moves and float32 included


def aligned(W: np.ndarray) -> np.ndarray:
    """Return sigma (m,) of the rows of W (m, d) if they are orthogonal to rounding, else NaN for each of them.

    >>> aligned(np.array([[3.0, 4.0], [-0.4, 0.3], [0.0, 0.0]])), aligned(np.ones((2, 2)))
    (array([5. , 0.5, 0. ]), array([nan, nan]))
    """
    gram = W @ W.T
    squares = gram.diagonal().copy()
    off = np.abs(gram - np.diag(squares)).max(initial=0)
    if not off <= ROUNDING * np.finfo(W.dtype).eps * squares.max(initial=0):
        return np.full(len(W), np.nan, W.dtype)
    return np.sqrt(squares)
