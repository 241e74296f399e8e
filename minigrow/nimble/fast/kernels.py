"""One gated tanh layer with one output as compiled loops: its loss and gradient, and many steps of plain gradient descent.

The readable twin of the gradient is `formulas.gradient`, and that of the steps is `growth.train` with SGD on all rows. Samples
are processed in blocks that stay in the cache, stored by input: Xt (d, n). Sums may be reordered (`nn.kernels.summed`),
so that they use vector instructions.
"""

from __future__ import annotations

import math

import numpy as np

from minigrow.nn.kernels import compiled, summed, tanh_rows

BLOCK = 256  # samples that go through the layer together


@compiled
def gates(code, s, delta, gamma, slope):
    """Write gamma and dgamma/ds (m,) of the gate with this number, and return how many neurons are on; twin in `gates`."""
    m, on = gamma.size, 0
    length = 1 if code == 2 else m  # of the mask
    p, dp = length * math.sin(math.pi * s / 2) ** 2, math.pi / 2 * length * math.sin(math.pi * s)
    for i in range(m):
        q = (s - i) / delta if code == 0 else (p - i if code == 1 else (p if code == 2 else 2.0))
        inside = 0 < q < 1
        if code == 0:
            gamma[i] = math.sin(math.pi * q / 2) ** 2 if inside else (1.0 if q >= 1 else 0.0)
            slope[i] = math.pi / 2 * math.sin(math.pi * q) / delta if inside else 0.0
        else:
            gamma[i] = q if inside else (1.0 if q >= 1 else 0.0)
            slope[i] = dp if inside else 0.0
        if gamma[i] != 0:
            on = i + 1
    return on


@summed
def error(binary, y, t, scale, g):
    """Return the summed error of outputs y with targets t and write g = scale derror/dy; all (n,).

    The error is the squared error, or with `binary` the cross-entropy of the logit y.
    """
    total = 0.0
    if binary:
        for i in range(y.size):
            e = math.exp(-abs(y[i]))
            total += math.log1p(e) + max(y[i], 0.0) - t[i] * y[i]
            g[i] = scale * ((1.0 if y[i] > 0 else e) / (1 + e) - t[i])
    else:
        for i in range(y.size):
            r = y[i] - t[i]
            total += r * r
            g[i] = scale * 2 * r
    return total


@summed
def block_sums(layer, Xt, t, first, binary, scale, sums, A, y, bits):
    """Pass a block of samples through y = c + v . tanh(W x + shift); return their summed error, add to sums (on + 1, d + 2).

    Row i of `sums` gets, over the samples and with g = scale derror/dy, sum g a_i, sum g (1 - a_i^2), sum g (1 - a_i^2) x.
    The row after the last neuron gets sum g. layer = W (on, d), shift (m,), v (m,), c; the samples are Xt (d, n), t (n,)
    from `first` on, as many as fit into the scratch A, bits (m block,), y (block,).
    """
    W, shift, v, c = layer
    on, d = W.shape
    n = min(t.size - first, y.size)
    for j in range(n):
        y[j] = c
    for i in range(on):
        a = A[i * n : (i + 1) * n]
        a[:] = shift[i]
        for q in range(d):
            x, weight = Xt[q][first : first + n], W[i, q]
            for j in range(n):
                a[j] += weight * x[j]
    tanh_rows(A[: on * n], bits[: on * n])
    for i in range(on):
        a, weight = A[i * n : (i + 1) * n], v[i]
        for j in range(n):
            y[j] += weight * a[j]
    total = error(binary, y[:n], t[first : first + n], scale, y[:n])
    for i in range(on):
        a = A[i * n : (i + 1) * n]
        sum_ga, sum_gz = 0.0, 0.0
        for j in range(n):
            ga = y[j] * a[j]
            sum_ga += ga
            a[j] = y[j] - ga * a[j]
            sum_gz += a[j]
        sums[i, 0] += sum_ga
        sums[i, 1] += sum_gz
        for q in range(d):
            x, sum_gx = Xt[q][first : first + n], 0.0
            for j in range(n):
                sum_gx += a[j] * x[j]
            sums[i, 2 + q] += sum_gx
    for j in range(n):
        sums[on, 0] += y[j]
    return total


@summed
def assemble(theta, m, d, gamma, slope, on, rule, sums, g):
    """Turn the sums over all samples into dL/dtheta, g (P,); rule = (gate code, seen, follows, strength, goal, delta)."""
    w, b, v = m * d, m * d + m, m * d + 2 * m
    s, seen, ds = theta[-1], rule[1], 0.0
    g[:] = 0
    for i in range(on):
        back = theta[v + i] * gamma[i]
        for q in range(d):
            g[i * d + q] = back * sums[i, 2 + q]
        g[b + i] = back * sums[i, 1]
        g[w + i] = seen * s * g[b + i]
        g[v + i] = gamma[i] * sums[i, 0]
        ds += slope[i] * theta[v + i] * sums[i, 0] + seen * theta[w + i] * g[b + i]
    g[v + m] = sums[on, 0]
    g[-1] = max(rule[2], 0.0) * ds + 2 * rule[3] * (s - rule[4])


@compiled
def loss_and_gradient(theta, m, Xt, t, binary, rule, g, room):
    """Return the loss with its size term and write dL/dtheta into g (P,); the twin is `formulas.gradient`.

    theta (P,) = [W1 (m, d) | w1 | b1 | W2 (1, m) | b2 | s]; Xt (d, n), t (n,); rule as in `assemble`; room from `workroom`.
    """
    gamma, slope, shift, v, A, y, bits, sums = room
    d, n = Xt.shape
    s = theta[-1]
    on = gates(int(rule[0]), s, rule[5], gamma, slope)
    for i in range(on):
        shift[i] = theta[m * d + m + i] + rule[1] * s * theta[m * d + i]
        v[i] = gamma[i] * theta[m * d + 2 * m + i]
    W = theta[: m * d].reshape(m, d)[:on]
    sums[: on + 1] = 0
    total, layer = 0.0, (W, shift, v, theta[-2])
    for first in range(0, n, y.size):
        total += block_sums(layer, Xt, t, first, binary, 1.0 / n, sums, A, y, bits)
    assemble(theta, m, d, gamma, slope, on, rule, sums, g)
    return total / n + rule[3] * (s - rule[4]) ** 2


@compiled
def workroom(m, d, n):
    """Set memory aside for a layer of m neurons, d inputs and n samples."""
    block = min(n, BLOCK)
    gamma, slope, shift, v = np.empty(m), np.empty(m), np.empty(m), np.empty(m)
    A, y, bits, sums = np.empty(m * block), np.empty(block), np.empty(m * block, np.int64), np.empty((m + 1, d + 2))
    return gamma, slope, shift, v, A, y, bits, sums


@compiled
def steps(theta, m, Xt, t, binary, rule, plan, trace):
    """Take `epochs` steps theta <- theta - rate dL/dtheta in place; return the epoch at which the run diverged, or -1.

    plan = (rate, epochs, record): trace (rows, P) gets theta before the first step and after every `record` steps.
    """
    rate, epochs, record = plan
    g, room = np.empty_like(theta), workroom(m, Xt.shape[0], t.size)
    trained = theta.size if rule[2] >= 0 else theta.size - 1
    trace[0] = theta
    for epoch in range(1, epochs + 1):
        value = loss_and_gradient(theta, m, Xt, t, binary, rule, g, room)
        for i in range(trained):
            theta[i] -= rate * g[i]
        if not math.isfinite(value + np.sum(theta)):
            trace[(epoch + record - 1) // record :] = np.nan
            return epoch
        if epoch % record == 0:
            trace[epoch // record] = theta
    return -1
