"""The general loss beyond the task: six strengths, each penalty with its proximal operator or gradient, and its symmetry.

    L = task + l1 sum |W_ij| + group sum_j |W_.j|_2 + local sum |W_ij| |p_i - p_j| + time sum_t (t - 1) |a_t - a_{t-1}|^2
      + path (sum over paths of at most I steps of the products of |W_ij|)

The group runs over the outgoing weights of hidden neurons j. The time term is smooth and goes into the gradient
(`formulas.gradient`); the others have a corner at zero and are applied as proximal steps after the optimiser's, so
that a weight which is not worth its price becomes exactly zero:

    prox of r |w|    (soft threshold)         w -> sign(w) max(|w| - r, 0)
    prox of r |w|_2  (block soft threshold)   w -> w max(1 - r / |w|_2, 0)
    prox of both     is the soft threshold, then the block one (`blocks`: where each weight has a step size of its own).

The path norm is a soft threshold too: each wire's price is what runs through it (`paths`).

Which symmetry each has (checked as laws `urn.symmetry_*`): relabelling hidden neurons leaves all alone, as it must,
if positions are relabelled along; flipping the signs of a tanh neuron too. ReLU's rescaling (in-weights times c,
out-weights over c) changes no function but changes l1, group, local and time: these prices choose one scale. What
rescaling cannot change is the path norm.

Source: Golkar 2019 says that the regularisers follow from the symmetries and the geometry of the input; the terms and
proximal steps are our reading. How thresholds follow Adam's step size is said in `pricing.metric`.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from minigrow.nn import validate
from minigrow.nn.compiler import njit
from minigrow.nn.door import door
from minigrow.nn.params import views
from minigrow.nn.spaces import entries
from minigrow.urn.formulas import forward, late_activity
from minigrow.urn.paths import path_norm
from minigrow.urn.positions import distances


class Strengths(NamedTuple):
    """How much each term costs per unit, all >= 0: l1 prices |w|, group |w|_2, local |w| x distance, and time late activity.

    `loop` is an extra price on |W_ii| (ours): a self-connection only raises a neuron's gain, and under l1 alone it is the
    cheapest way to do so; a high price forbids it. `path` prices the path norm.

    >>> checked(Strengths(l1=0.1))
    Strengths(l1=0.1, group=0.0, local=0.0, time=0.0, loop=0.0, path=0.0)
    """

    l1: float = 0.0
    group: float = 0.0
    local: float = 0.0
    time: float = 0.0
    loop: float = 0.0
    path: float = 0.0


LEAST = 1e-200


def checked(strengths: Strengths) -> Strengths:
    """Return the strengths if all are finite and >= 0; raises ValueError that names the one that is not.

    >>> checked(Strengths()).time
    0.0
    """
    for name, value in strengths._asdict().items():
        if 0 < validate.positive(value, name, zero="off") < LEAST:
            raise ValueError(f"{name} must be 0, or at least {LEAST:g} so that it can be divided by, got {value!r}.")
    return Strengths(*map(float, strengths))


def soft_threshold(w: np.ndarray, r: np.ndarray | float) -> np.ndarray:
    """Return argmin_u |u - w|^2 / 2 + sum r |u| = sign(w) max(|w| - r, 0); w has any shape, r is a scalar or has w's shape.

    >>> soft_threshold(np.array([-3.0, 0.5, 2.0]), 1.0)
    array([-2.,  0.,  1.])
    """
    return np.sign(w) * np.maximum(np.abs(w) - r, 0)


def block_soft_threshold(W: np.ndarray, r: np.ndarray | float) -> np.ndarray:
    """Return argmin_U |U - W|^2 / 2 + r sum_j |U_.j|_2: each column of W (m, n) becomes shorter by r, or zero.

    r is one number for all columns, or one for each (n,).

    >>> block_soft_threshold(np.array([[3.0, 0.3], [4.0, 0.4]]), 1.0)
    array([[2.4, 0. ],
           [3.2, 0. ]])
    """
    length = np.sqrt(np.sum(W * W, axis=0))
    return W * np.maximum(1 - r / np.where(length > 0, length, np.inf), 0)


@njit(cache=True)
def shrink(theta, r):
    """Apply `soft_threshold` to theta (P,) in place."""
    for i in range(theta.size):
        size = abs(theta[i]) - r[i]
        theta[i] = math.copysign(size, theta[i]) if size > 0 else 0.0


def prices(net: Any, strengths: Strengths) -> np.ndarray:
    """Return what a unit of each |theta_i| costs (P,): l1 + local |p_i - p_j| (+ loop if i = j) for weights, 0 for biases.

    >>> from minigrow.urn import Network
    >>> prices(Network.create(1, 1, size=2, rng=0), Strengths(l1=0.5))
    array([0.5, 0. ])
    """
    r = np.zeros_like(net.theta)
    cut, d, h = views(r, net.shapes), net.inputs, net.inputs + net.hidden
    place = {"x": slice(0, d), "h": slice(d, h), "y": slice(h, None)}
    far = distances(net) if strengths.local else None
    for name in net.priced:
        cut[name][...] = strengths.l1
    np.fill_diagonal(cut["Whh"], strengths.l1 + strengths.loop)
    for name in net.priced if strengths.local else ():
        to, source = (place[role[1:]] for role in net.axes[name])
        cut[name] += (strengths.local * far[to, source]).astype(r.dtype)
    return r


def outgoing(net: Any, theta: np.ndarray) -> np.ndarray:
    """Return the weights out of hidden neurons (H + k, H), one column for each neuron, as a window on theta (P,).

    >>> from minigrow.urn import Network
    >>> net = Network.create(2, 1, size=8, rng=0)
    >>> outgoing(net, net.theta).shape
    (6, 5)
    """
    d, H, k = net.widths
    return theta[(H + k) * d : entries(net, net.priced)].reshape(H + k, H)


@door
def penalty(net: Any, strengths: Strengths, X: np.ndarray) -> dict[str, float]:
    """Return what each term adds to the loss (scalars), on a batch X (n, d) for the time term.

    >>> from minigrow.urn import Network
    >>> net = Network.create(1, 1, size=2, iterations=1, rng=0)
    >>> net.theta[:] = [2.0, 1.0]
    >>> penalty(net, Strengths(l1=0.5), np.ones((3, 1)))
    {'l1': 1.0, 'group': 0.0, 'local': 0.0, 'time': 0.0, 'loop': 0.0, 'path': 0.0}
    """
    X = validate.inputs(X, net.inputs, net.theta)
    strengths = checked(strengths)
    size = np.abs(net.theta)
    wire = prices(net, Strengths(local=1.0)) if strengths.local else np.zeros_like(size)
    V = outgoing(net, net.theta)
    return {
        "l1": strengths.l1 * float(size[: entries(net, net.priced)].sum()),
        "group": strengths.group * float(np.sqrt(np.sum(V * V, axis=0)).sum()),
        "local": strengths.local * float(size @ wire),
        "time": strengths.time * float(late_activity(*forward(net, X))[0]),
        "loop": strengths.loop * float(np.abs(np.diag(net.params["Whh"])).sum()),
        "path": strengths.path * path_norm(net),
    }
