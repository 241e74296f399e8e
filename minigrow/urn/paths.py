"""The path norm, the one price that ReLU's rescaling cannot change, and its gradient; `pricing` pays it.

    P = sum over walks x -> .. -> y of at most I edges of the product of |w|        q_0 = 0, |W| entry by entry
    q_t = |W_hx| 1 + |W_hh| q_{t-1},  t = 1 .. I - 1                                P = 1' |W_yx| 1 + 1' |W_yh| q_{I-1}

q_t says how much reaches each hidden neuron: P is the output of the same pool with weights |W|, no biases and act(z) = z for
the input 1. Backwards, r_t says how much goes on from it to the outputs:

    r_{I-1} = |W_yh|' 1        r_{t-1} = |W_hh|' r_t        dP/d|W_yx| = 1        dP/d|W_yh| = 1 q_{I-1}'
    dP/d|W_hx| = sum_{t=1}^{I-1} r_t 1'                     dP/d|W_hh| = sum_{t=2}^{I-1} r_t q_{t-1}'

So G = dP/d|W| is what arrives at a wire's start times what goes on from its end: the price of a wire is what runs through
it if it had weight 1, and |w| G, its share of P, has no scale. Biases are on no path and cost nothing.

Paid as a soft threshold of r path G (r: the step size, G at the weights before it), the fixed points belong to task + path P:

    w != 0 stays   <=>  g + path G sign(w) = 0      the derivative of task + path P by w is zero
    w  = 0 stays   <=>  |g| <= path G               both one-sided derivatives, path G +- g, are >= 0

P is a polynomial in the |w|, so its slope along u is the sum of G_ij times that of |w_ij|: at a fixed point no direction leads down.
P is not convex: there can be several such points, and one is W = 0 where no wire leads directly from inputs to outputs.

Source: B. Neyshabur, R. Tomioka, N. Srebro, Norm-based capacity control in neural networks, 2015 (the path norm). That the
pool's walks are counted up to I edges, and the weighted soft threshold, are ours.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.nn.params import views


def path_norm(net: Any) -> float:
    """Return the sum over all walks of at most I steps from inputs to outputs of the products of |w| (a scalar).

    >>> from minigrow.urn import Network
    >>> net = Network.create(1, 1, size=2, iterations=1, rng=0)
    >>> net.theta[:] = [-2.0, 1.0]
    >>> path_norm(net)
    2.0
    """
    return float(path_sum(net, np.abs(net.theta)))


def path_sum(net: Any, size: np.ndarray) -> Any:
    """Return P for weights of these sizes |theta| (P,), a scalar of their type: a polynomial in them, so complex steps may pass.

    >>> from minigrow.urn import Network
    >>> net = Network.create(1, 1, size=3, rng=0)
    >>> path_sum(net, np.array([2.0, 1.0, 0.0, 3.0, 9.0, 9.0]))
    np.float64(7.0)
    """
    p = views(size, net.shapes)
    return p["Wyx"].sum() + (p["Wyh"] @ _reached(net, p)[-1]).sum()


def _reached(net, p):
    """Return [q_0, .., q_{I-1}], each (H,)."""
    q = [np.zeros(net.hidden, p["Whx"].dtype)]
    for _ in range(net.iterations - 1):
        q.append(p["Whx"].sum(axis=1) + p["Whh"] @ q[-1])
    return q


def path_gradient(net: Any) -> np.ndarray:
    """Return G = dP/d|theta| (P,): what a unit of |w| adds to the path norm; 0 for biases.

    Along x -> h -> y with weights 2 and 3 it is 3 for the first and 2 for the second; the direct wire's is 1.

    >>> from minigrow.urn import Network
    >>> net = Network.create(1, 1, size=3, iterations=2, rng=0)
    >>> net.theta[:] = [2.0, 1.0, 0.0, 3.0, 0.0, 0.0]
    >>> {name: block.item() for name, block in views(path_gradient(net), net.shapes).items()}
    {'Whx': 3.0, 'Wyx': 1.0, 'Whh': 0.0, 'Wyh': 2.0, 'ch': 0.0, 'cy': 0.0}
    """
    p, G = views(np.abs(net.theta), net.shapes), np.zeros_like(net.theta)
    d, q = views(G, net.shapes), _reached(net, p)
    d["Wyx"][...], d["Wyh"][...] = 1, q[-1]
    r = p["Wyh"].sum(axis=0)
    for t in range(net.iterations - 1, 0, -1):
        d["Whx"] += r[:, None]
        d["Whh"] += np.outer(r, q[t - 1])
        r = p["Whh"].T @ r
    return G
