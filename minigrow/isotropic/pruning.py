"""Remove the neurons that matter least, and make up for the constants they leave behind.

Left-diagonalise, so that neuron i carries singular value sigma_i alone; prune the least; then (see `corrections`)

    o_l <- o_l + sum b*^2        psi_l <- psi_l + W_{l+1,*} b*

This is exact when sigma* = 0 and psi_{l-1,*} = 0; otherwise the error is linear in sigma*. "Least" is measured by sigma_i, or
by the product sigma_i |W_{l+1} column i|, which also counts the neuron's outgoing weights. The least direction comes from the
whole decomposition, or from its last pair alone and a reflection that turns the last axis into it.
"""

from __future__ import annotations

import numpy as np

from minigrow.growth.basis import Move, apply, keep, rotate
from minigrow.growth.contract import moved
from minigrow.growth.events import Event
from minigrow.isotropic.corrections import O_VARIANTS, PSI_VARIANTS
from minigrow.isotropic.diagonalise import check_finite, left_diagonalise
from minigrow.isotropic.formulas import forward, profile
from minigrow.isotropic.network import Network
from minigrow.nn import validate


def prune(
    net: Network,
    layer: int,
    neurons: int = 1,
    *,
    by: str = "sigma",
    X: np.ndarray | None = None,
    reason: str = "asked for",
) -> tuple[Network, Event]:
    """Remove the least neurons of hidden layer `layer` after rotating it into its singular basis.

    `by` is "sigma" (the singular value), "product" (times the length of the outgoing column) or "reflection" (sigma, for
    one neuron, without the whole decomposition). X (n, m_0) is needed for psi="expectation" only.
    Raises ValueError when no neuron would be left, or for an unknown criterion.

    >>> net, event = prune(Network.create([4, 3, 2], rng=0), layer=0, neurons=2)
    >>> net.widths, event.kind
    ((4, 1, 2), 'prune')
    """
    l = net.hidden(layer)
    turn = CRITERIA[validate.choice(by, CRITERIA, "by")]
    m, count = net.widths[l], validate.whole(neurons, "neurons", least=1)
    if count >= m:
        raise ValueError(f"layer {layer} has {m} neurons, of which {count} cannot go: at least one must stay.")
    if turn is reflect and count > 1:  # each next one would need a reflection of its own
        raise ValueError(f'by="reflection" removes one neuron at a time, got neurons={count}. Use by="sigma".')
    gain = _mean_gain(net, l, X)
    rotated, turned = turn(net, layer)
    pruned = least_product(rotated, layer, count) if by == "product" else np.arange(m - count, m)
    kept = Move(f"h{l}", keep(np.delete(np.arange(m), pruned), m))
    params = apply([kept], rotated.params, rotated.axes)
    _absorb(rotated, l, pruned, params, gain)
    return net.with_params(params), Event("prune", f"h{l}", count, reason, m, m - count, (*turned.moves, kept))


def _absorb(net, l, pruned, params, gain):
    """Move the constant that the pruned neurons carried into o, and into psi or the next bias."""
    b, columns = net.params[f"b{l}"][pruned], net.params[f"W{l + 1}"][:, pruned]
    o = net.intrinsic[l - 1] + O_VARIANTS[net.o].absorbs * (b @ b)
    params["lambda"][l - 1] = np.log(o) if o > 0 else -np.inf
    home = PSI_VARIANTS[net.psi].absorbs
    if home == "psi":
        params[f"psi{l}"] += columns @ b
    elif home == "bias":
        params[f"b{l + 1}"] += gain * (columns @ b)


def _mean_gain(net, l, X):
    if PSI_VARIANTS[net.psi].absorbs != "bias":
        return None
    if X is None:
        raise ValueError('psi="expectation" takes the mean gain over data: pass X, for instance the training inputs.')
    _, rho = forward(net, validate.matrix(X, net.widths[0], net.theta.dtype))
    return profile(net).gain(rho[l - 1]).mean()


def least_product(net: Network, layer: int, count: int) -> np.ndarray:
    """Return which neurons (count,) of a left-diagonalised layer have the least sigma_i |W_{l+1} column i|; ties go to the last.

    Neurons with sigma = 0 tie, and psi does not reach the last of them (`gather`).

    >>> least_product(left_diagonalise(Network.create([6, 4, 2], init="glorot", rng=0), 0)[0], 0, 2)
    array([1, 3])
    """
    l = net.hidden(layer)
    sigma, heard = np.linalg.norm(net.params[f"W{l}"], axis=1), np.linalg.norm(net.params[f"W{l + 1}"], axis=0)
    return np.sort(net.widths[l] - 1 - np.argsort((sigma * heard)[::-1], kind="stable")[:count])


def reflect(net: Network, layer: int) -> tuple[Network, Event]:
    """Rotate hidden layer `layer` by the one reflection after which its last neuron carries the least singular pair alone.

    >>> net, event = reflect(Network.create([4, 3, 2], rng=0), 0)
    >>> net.widths, event.kind
    ((4, 3, 2), 'rotate')
    """
    l = net.hidden(layer)
    W, psi = net.params[f"W{l}"], net.params.get(f"psi{l - 1}")
    check_finite(W)
    r = least_direction(W) if W.shape[0] <= W.shape[1] else free_direction(W, psi)
    moves = (Move(f"h{l}", rotate(reflection(r))),)
    return moved(net, moves), Event("rotate", f"h{l}", 0, "least singular pair", len(r), len(r), moves)


CRITERIA = {"sigma": left_diagonalise, "product": left_diagonalise, "reflection": reflect}


def reflection(r: np.ndarray) -> np.ndarray:
    """Return the Householder reflection 1 - 2 v v' / v'v (m, m) whose last column is -+ the unit vector r (m,).

    >>> reflection(np.array([0.6, 0.8])).round(2)
    array([[ 0.8, -0.6],
           [-0.6, -0.8]])
    """
    v = r.copy()
    v[-1] += np.copysign(1, v[-1])
    return np.eye(len(r), dtype=r.dtype) - (2 / (v @ v)) * np.outer(v, v)


def free_direction(W: np.ndarray, psi: np.ndarray | None = None) -> np.ndarray:
    """Return a unit vector r (m,) with r' W = 0, for W (m, d) with more rows than columns; r' psi = 0 too if there is room.

    The vector is what QR leaves of the axis that the columns reach least; it costs m d^2.

    >>> free_direction(np.array([[1.0], [0.0]]))
    array([0., 1.])
    """
    columns = np.column_stack([W, psi]) if psi is not None and len(W) > W.shape[1] + 1 else W
    Q = np.linalg.qr(columns)[0]
    r = np.zeros(len(W), W.dtype)
    r[np.argmin(np.sum(Q * Q, axis=1))] = 1
    for _ in range(2):
        r = r - Q @ (Q.T @ r)
        r /= np.linalg.norm(r)
    return r * np.copysign(1, r[-1]).astype(W.dtype)


def least_direction(W: np.ndarray, most: int = 100) -> np.ndarray:
    """Return the unit vector r (m,) that makes |r' W| least, W (m, d), by inverse iteration on W W'.

    Each iteration solves for the residual of the last r, which is formed from W itself: squaring the condition number in W W'
    then costs iterations but not accuracy. W W' costs m^2 d and its inverse m^3; the whole decomposition costs about 10 times
    as much.

    >>> least_direction(np.array([[2.0, 0.0], [0.0, 1.0]])).round(6)
    array([0., 1.])
    """
    m = len(W)
    gram = W.astype(np.float64) @ W.T.astype(np.float64)
    shift = m * np.finfo(np.float64).eps * np.trace(gram) + np.finfo(np.float64).tiny
    inverse = np.linalg.inv(gram + shift * np.eye(m))
    r, best = np.full(m, m**-0.5), np.inf
    for _ in range(most):
        r = inverse @ r
        r /= np.linalg.norm(r)
        length = float(np.linalg.norm(r @ W))
        if not length < best * (1 - 1e-12):
            break
        best = length
    for _ in range(2):
        down = W @ (W.T @ r)
        r = r - inverse @ (down - (r @ down) * r)
        r /= np.linalg.norm(r)
    return r.astype(W.dtype) * np.copysign(1, r[-1]).astype(W.dtype)
