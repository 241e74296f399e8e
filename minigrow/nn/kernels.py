"""The optimisers and the softmax loss as single compiled passes; their readable twins are in `optimisers` and `losses`.

All arrays are vectors (P,) of one float type, overwritten in place. `error_model="numpy"` makes a division by zero give
infinity instead of an exception, which lets the compiler use vector instructions.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

compiled = njit(cache=True, error_model="numpy", nogil=True)


@compiled
def sgd(theta, g, rate):
    """theta -= rate g, vectors (P,)."""
    for i in range(theta.size):
        theta[i] -= rate * g[i]


@compiled
def momentum(theta, g, v, rate, beta):
    """v = beta v + g; theta -= rate v, vectors (P,)."""
    for i in range(theta.size):
        v[i] = beta * v[i] + g[i]
        theta[i] -= rate * v[i]


@compiled
def nesterov(theta, g, v, rate, beta):
    """v = beta v + g; theta -= rate (g + beta v), vectors (P,)."""
    for i in range(theta.size):
        v[i] = beta * v[i] + g[i]
        theta[i] -= rate * (g[i] + beta * v[i])


@compiled
def rmsprop(theta, g, s, rate, fresh, eps, clip):
    """s += fresh (g^2 - s); theta -= clip(rate g / sqrt(s + eps)), vectors (P,)."""
    for i in range(theta.size):
        s[i] += fresh * (g[i] * g[i] - s[i])
        step = rate * g[i] / np.sqrt(s[i] + eps)
        theta[i] -= min(max(step, -clip), clip)


@compiled
def adamw(theta, g, m, v, decayed, shrink, fresh1, fresh2, rate, scale, eps):
    """One AdamW step on vectors (P,); the entries of theta in the rows [first, behind the last] of `decayed` shrink first."""
    for row in range(len(decayed)):
        for i in range(decayed[row, 0], decayed[row, 1]):
            theta[i] *= shrink
    for i in range(theta.size):
        m[i] += fresh1 * (g[i] - m[i])
        v[i] += fresh2 * (g[i] * g[i] - v[i])
        theta[i] -= rate * m[i] / (np.sqrt(v[i]) * scale + eps)


@compiled
def softmax_loss(p, labels, gradient):
    """Return the mean softmax cross-entropy of logits p (n, k) with integer labels (n,); writes dL/dp (n, k)."""
    n, k = p.shape
    loss = 0.0
    for i in range(n):
        top = p[i, 0]
        for j in range(1, k):
            top = max(top, p[i, j])
        total = 0.0
        for j in range(k):
            weight = math.exp(p[i, j] - top)
            gradient[i, j] = weight
            total += weight
        for j in range(k):
            gradient[i, j] /= total * n
        loss += math.log(total) - (p[i, labels[i]] - top)
        gradient[i, labels[i]] -= 1.0 / n
    return loss / n
