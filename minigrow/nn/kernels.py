"""The optimisers, the softmax loss and tanh as single compiled passes; their readable twins are in `optimisers`, `losses` and NumPy.

All arrays are vectors (P,) of one float type, overwritten in place. `error_model="numpy"` makes a division by zero give
infinity instead of an exception, which lets the compiler use vector instructions.
"""

from __future__ import annotations

import math

import numpy as np

from minigrow.nn.compiler import njit

compiled = njit(cache=True, error_model="numpy", nogil=True)
# Sums may be reordered and products fused. Where this is not said, a function takes it from the caller that compiles it first.
summed = njit(cache=True, error_model="numpy", nogil=True, fastmath={"reassoc", "contract"})
LN2_HIGH, LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10  # their sum is ln 2 to 33 digits
MAGIC = 1.5 * 2.0**52  # adding it to a small number rounds that to a whole one, held in the low bits
BIAS = 1023.0  # of a double's exponent


@compiled
def same_length(a, b):
    """Refuse vectors of two lengths: beyond the end of one of them stands somebody else's memory."""
    if a.size != b.size:
        raise ValueError(
            "parameters, gradient and optimiser slots must have one length. Let the state follow: growth.follow."
        )


@compiled
def sgd(theta, g, rate):
    """theta -= rate g, vectors (P,)."""
    same_length(theta, g)
    for i in range(theta.size):
        theta[i] -= rate * g[i]


@compiled
def momentum(theta, g, v, rate, beta):
    """v = beta v + g; theta -= rate v, vectors (P,)."""
    same_length(theta, g)
    same_length(theta, v)
    for i in range(theta.size):
        v[i] = beta * v[i] + g[i]
        theta[i] -= rate * v[i]


@compiled
def nesterov(theta, g, v, rate, beta):
    """v = beta v + g; theta -= rate (g + beta v), vectors (P,)."""
    same_length(theta, g)
    same_length(theta, v)
    for i in range(theta.size):
        v[i] = beta * v[i] + g[i]
        theta[i] -= rate * (g[i] + beta * v[i])


@compiled
def adagrad_entry(s, g, rate, eps):
    """Return s + g^2 and the step rate g / sqrt(s + eps) of one parameter (scalars)."""
    s += g * g
    return s, rate * g / np.sqrt(s + eps)


@compiled
def adagrad(theta, g, s, rate, eps):
    """s += g^2; theta -= rate g / sqrt(s + eps), vectors (P,)."""
    same_length(theta, g)
    same_length(theta, s)
    for i in range(theta.size):
        s[i], step = adagrad_entry(s[i], g[i], rate, eps)
        theta[i] -= step


@compiled
def rmsprop_entry(s, g, rate, fresh, eps, clip):
    """Return s + fresh (g^2 - s) and the clipped step rate g / sqrt(s + eps) of one parameter (scalars)."""
    s += fresh * (g * g - s)
    step = rate * g / np.sqrt(s + eps)
    return s, min(max(step, -clip), clip)


@compiled
def rmsprop(theta, g, s, rate, fresh, eps, clip):
    """s += fresh (g^2 - s); theta -= clip(rate g / sqrt(s + eps)), vectors (P,)."""
    same_length(theta, g)
    same_length(theta, s)
    for i in range(theta.size):
        s[i], step = rmsprop_entry(s[i], g[i], rate, fresh, eps, clip)
        theta[i] -= step


@compiled
def adamw(theta, g, m, v, decayed, shrink, fresh1, fresh2, rate, scale, eps):
    """One AdamW step on vectors (P,); the entries of theta in the rows [first, behind the last] of `decayed` shrink first."""
    same_length(theta, g)
    same_length(theta, m)
    same_length(theta, v)
    for row in range(len(decayed)):
        if decayed[row, 0] < 0 or decayed[row, 1] > theta.size:
            raise ValueError("the rows of decayed must lie within the parameters.")
        part = theta[
            decayed[row, 0] : decayed[row, 1]
        ]  # from 0 on, so that no index can be negative: vector instructions
        for i in range(part.size):
            part[i] *= shrink
    for i in range(theta.size):
        m[i] += fresh1 * (g[i] - m[i])
        v[i] += fresh2 * (g[i] * g[i] - v[i])
        theta[i] -= rate * m[i] / (np.sqrt(v[i]) * scale + eps)


@compiled
def softmax_row(p, label, n, out):
    """Return -log softmax(p)[label] for logits p (k,); writes (softmax(p) - onehot(label)) / n into out (k,), which may be p."""
    top, total = p[0], 0.0
    for j in range(1, p.size):
        top = max(top, p[j])
    gap = p[label] - top
    for j in range(p.size):
        weight = math.exp(p[j] - top)
        out[j] = weight
        total += weight
    for j in range(p.size):
        out[j] /= total * n
    out[label] -= 1.0 / n
    return math.log(total) - gap


@compiled
def softmax_loss(p, labels, gradient):
    """Return the mean softmax cross-entropy of logits p (n, k) with integer labels (n,); writes dL/dp (n, k)."""
    n, k = p.shape
    if labels.size != n or gradient.shape != p.shape:
        raise ValueError("there must be one label and one row of the gradient for each row of outputs.")
    loss = 0.0
    for i in range(n):
        if labels[i] < 0 or labels[i] >= k:
            raise ValueError("labels must be whole numbers from 0 to the number of outputs - 1.")
        loss += softmax_row(p[i], labels[i], n, gradient[i])
    return loss / n


@summed
def tanh_rows(z, bits):
    """Replace z (n,) by tanh(z), within 4 units in the last place; bits (n,) int64 is scratch.

    tanh z = e / (e + 2) with e = exp(2z) - 1, and exp(2z) = 2^k exp(r), |r| <= ln(2)/2; exp(r) - 1 is a Taylor
    polynomial, 2^k is made by writing its exponent bits. No branches, so the compiler uses vector instructions.
    """
    k = bits.view(np.float64)
    for i in range(z.size):
        y = min(max(2 * z[i], -44.0), 44.0)
        k[i] = y * (1 / math.log(2)) + (MAGIC + BIAS)
        whole = k[i] - (MAGIC + BIAS)
        r = (y - whole * LN2_HIGH) - whole * LN2_LOW
        p = 1 / 87178291200.0
        p = p * r + 1 / 6227020800.0
        p = p * r + 1 / 479001600.0
        p = p * r + 1 / 39916800.0
        p = p * r + 1 / 3628800.0
        p = p * r + 1 / 362880.0
        p = p * r + 1 / 40320.0
        p = p * r + 1 / 5040.0
        p = p * r + 1 / 720.0
        p = p * r + 1 / 120.0
        p = p * r + 1 / 24.0
        p = p * r + 1 / 6.0
        p = p * r + 0.5
        z[i] = r + r * r * p
    for i in range(z.size):
        bits[i] = bits[i] << 52
    for i in range(z.size):
        e = k[i] * z[i] + (k[i] - 1)
        z[i] = e / (e + 2)
