"""Pay the group price in an adaptive optimiser's own units: each weight of a column has a step size of its own.

    argmin_u  sum_i (u_i - w_i)^2 / 2 r_i + s |u|_2,    r_i > 0 the step sizes, s the price of a unit of length

    0              if sum_i (w_i / r_i)^2 <= s^2: no gradient that the column has had is worth its price
    u_i = w_i n / (n + s r_i)     otherwise, where n = |u| > 0 is the one root of   sum_i (w_i / (n + s r_i))^2 = 1

With equal r this is `strengths.block_soft_threshold`. A point that gradient step and this step leave alone has g = -s w / |w|, or
|g| <= s and w = 0: it belongs to task + s |w|_2, whatever the r_i. One common r, such as their mean, would weigh each weight's
price by r / r_i; and a weight without any gradient, whose r_i is huge under Adam, would set the price of all its column.

After the soft threshold for l1 (with the same r_i) this is the proximal step of both prices together.
"""

from __future__ import annotations

import math

import numpy as np

from minigrow.nn.compiler import njit

ROUNDS = (
    60  # Newton's method takes two or three; it comes from the left and cannot overshoot, for 1 / |..| is concave in n
)


def block_step(W: np.ndarray, price: float, unit: np.ndarray) -> np.ndarray:
    """Return the minimum for each column of W (m, n), with step sizes `unit` (m, n); the root is found by bisection.

    >>> block_step(np.array([[3.0, 0.3], [4.0, 0.4]]), 1.0, np.ones((2, 2)))
    array([[2.4, 0. ],
           [3.2, 0. ]])
    >>> block_step(np.array([[3.0], [0.1]]), 1.0, np.array([[1.0], [1e6]])).round(6)
    array([[2.],
           [0.]])
    """
    t = price * unit
    low, high = np.zeros(W.shape[1]), np.sqrt(np.sum(W * W, axis=0))
    for _ in range(200):
        n = (low + high) / 2
        long = np.sum((W / np.maximum(n + t, 1e-300)) ** 2, axis=0) > 1
        low, high = np.where(long, n, low), np.where(long, high, n)
    kept = np.sum((W / unit) ** 2, axis=0) > price**2
    return np.where(kept, W * n / np.maximum(n + t, 1e-300), 0)


@njit(cache=True)
def shrink_blocks(W, price, unit):
    """Apply `block_step` to W (m, n) in place; the root is found by Newton's method on 1 / |w / (n + s r)|, from n = 0."""
    if price == 0:
        return
    for j in range(W.shape[1]):
        total = 0.0
        for i in range(W.shape[0]):
            total += (W[i, j] / unit[i, j]) ** 2
        n = 0.0
        if total > price * price:
            for _ in range(ROUNDS):
                square, slope = 0.0, 0.0
                for i in range(W.shape[0]):
                    share = W[i, j] / (n + price * unit[i, j])
                    square += share * share
                    slope += share * share / (n + price * unit[i, j])
                step = (math.sqrt(square) - 1) * square / slope
                n += step
                if step <= 1e-15 * n:
                    break
        for i in range(W.shape[0]):
            W[i, j] *= n / (n + price * unit[i, j])
