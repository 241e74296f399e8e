"""Rotate hidden layers into their singular basis: neurons become one-to-one with singular values, and ordered.

    W_l = R Sigma Q'
    left-partial   z_l <- R' z_l:           W_l -> Sigma Q',  b_l -> R' b_l,  psi_{l-1} -> R' psi_{l-1},  W_{l+1} -> W_{l+1} R
    full           and z_{l-1} <- Q' z_{l-1}:  W_l -> Sigma,  W_{l-1} -> Q' W_{l-1},  b_{l-1} -> Q' b_{l-1},  psi_{l-2} -> Q' psi_{l-2}

Both are exact: they are `rotate` of the change of basis, and the activation is isotropic.
"""

from __future__ import annotations

import numpy as np

from minigrow.growth.basis import Move, apply, rotate
from minigrow.growth.contract import moved
from minigrow.growth.events import Event
from minigrow.isotropic.network import Network
from minigrow.nn.door import door


def svd(W: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return R (m, m), the sigmas (min(m, d),) and Q (d, min(m, d), or square when m > d) of W (m, d), R polished.

    Raises ValueError when W is not finite.

    >>> R, sigma, Q = svd(np.array([[3.0], [4.0]]))
    >>> R.shape, sigma, Q.shape
    ((2, 2), array([5.]), (1, 1))
    """
    check_finite(W)
    R, sigma, Qt = np.linalg.svd(W, full_matrices=len(W) > W.shape[1])
    return polish(R), sigma, Qt.T


def check_finite(W: np.ndarray) -> None:
    """Refuse weights W (m, d) that are NaN or infinite.

    Raises ValueError for such weights.

    >>> check_finite(np.ones((2, 3)))
    """
    if not np.isfinite(W).all():
        raise ValueError(
            "a layer with NaN or infinite weights has no singular values. Go back to the last good checkpoint."
        )


def polish(R: np.ndarray) -> np.ndarray:
    """Return the nearly orthogonal R (h, h) moved to the nearest orthogonal matrix: one Newton step, R + R (1 - R'R) / 2.

    LAPACK's factors are orthogonal to about 10 eps, polished ones to about 2. It matters because the errors of a hundred
    moves in a row add up: to 82 eps of the logits' scale without it and to 16 with it, for a net 170-22-33-92-112.

    >>> polish(np.array([[1 + 1e-9]]))
    array([[1.]])
    """
    return R + R @ (np.eye(len(R), dtype=R.dtype) - R.T @ R) / 2


@door
def singular_values(net: Network, layer: int) -> np.ndarray:
    """Return the m_l singular values of W_l, falling, zeros included.

    >>> singular_values(Network.create([4, 3, 2], rng=0), 0).round(6)
    array([1., 1., 1.])
    """
    W = net.params[f"W{net.hidden(layer)}"]
    check_finite(W)
    sigma = np.zeros(len(W), W.dtype)
    found = np.linalg.svd(W, compute_uv=False)
    sigma[: len(found)] = found
    return sigma


def null(sigma: np.ndarray, m: int, d: int) -> float:
    """Return the size below which a singular value of an (m, d) matrix is zero to rounding: max(m, d) eps sigma_1.

    >>> f"{null(np.array([2.0, 1.0]), 2, 8):.1e}"
    '3.6e-15'
    """
    return float(max(m, d) * np.finfo(sigma.dtype).eps * sigma.max(initial=0))


def gather(R: np.ndarray, rank: int, psi: np.ndarray) -> np.ndarray:
    """Turn the columns of R (m, m) from `rank` on, so that psi (m,) meets only the first of them.

    Neurons with sigma = 0 may be rotated among themselves at will. One reflection puts all of psi_{l-1} that reaches them into
    one neuron; all the others then carry a constant only, and can be removed without loss.

    >>> (np.array([3.0, 4.0]) @ gather(np.eye(2), 0, np.array([3.0, 4.0]))).round(12) + 0.0
    array([-5.,  0.])
    """
    free = R[:, rank:]
    v = psi @ free
    size = np.linalg.norm(v)
    if len(v) < 2 or size == 0:
        return R
    v = v / size
    v[0] += np.copysign(1, v[0])  # the sign that does not cancel, whatever v is
    return np.hstack([R[:, :rank], free - np.outer(free @ v, (2 / (v @ v)) * v)])


@door
def left_diagonalise(net: Network, layer: int) -> tuple[Network, Event]:
    """Rotate hidden layer `layer` so that row i of W_l has length sigma_i and is orthogonal to the others.

    Rows whose sigma_i is zero to rounding become real zeros, and psi_{l-1} is gathered in the first of them (`gather`).

    Raises ValueError for a layer that is not hidden.

    >>> net, event = left_diagonalise(Network.create([4, 3, 2], init="glorot", rng=0), 0)
    >>> gram = net.params["W1"] @ net.params["W1"].T
    >>> np.allclose(gram, np.diag(np.diag(gram)))
    True
    """
    l = net.hidden(layer)
    R, sigma, _ = svd(net.params[f"W{l}"])
    rank = int(np.sum(sigma > null(sigma, *net.params[f"W{l}"].shape)))
    if l > 1:
        R = gather(R, rank, net.params[f"psi{l - 1}"])
    moves = (Move(f"h{l}", rotate(R)),)
    params = apply(moves, net.params, net.axes)
    params[f"W{l}"][rank:] = 0
    return net.with_params(params), Event(
        "rotate", f"h{l}", 0, "turned so that each neuron has one singular value (sigma)", len(R), len(R), moves
    )


@door
def diagonalise(net: Network, layer: int) -> tuple[Network, Event]:
    """Make W_l diagonal, to rounding, by rotating hidden layer `layer` and the hidden layer before it.

    What LAPACK leaves off the diagonal (up to 40 eps of sigma_1) stays: writing zeros there would be a second error, and the
    errors of many moves add up. `sparsify` writes them.

    Raises ValueError for the first hidden layer: the basis of the inputs is fixed.

    >>> net, event = diagonalise(Network.create([4, 3, 3, 2], init="glorot", rng=0), 1)
    >>> int(np.sum(abs(net.params["W2"]) > 1e-12))
    3
    """
    l = net.hidden(layer)
    if l == 1:
        raise ValueError("layer 0 stands on the inputs, whose basis is fixed. Use left_diagonalise(net, 0).")
    R, Q = _both_bases(net.params[f"W{l}"])
    moves = (Move(f"h{l}", rotate(R)), Move(f"h{l - 1}", rotate(Q)))
    return moved(net, moves), Event(
        "rotate", f"h{l}", 0, "turned on both sides, so that neurons are joined one to one", len(R), len(R), moves
    )


def _both_bases(W):
    """Return R (m, m) and Q (d, d), both square; `svd` returns both whole only if rows >= columns, so it is given W or W'."""
    if len(W) > W.shape[1]:
        R, _, Q = svd(W)
        return R, polish(Q)
    Q, _, R = svd(W.T) if len(W) < W.shape[1] else reversed(svd(W))
    return polish(R), polish(Q)


@door
def sparsify(net: Network) -> tuple[Network, tuple[Event, ...]]:
    """Diagonalise every second hidden-to-hidden layer (l = 2, 4, ...): about half the hidden weights become real zeros.

    >>> net, events = sparsify(Network.create([4, 3, 3, 3, 3, 2], rng=0))
    >>> [int(np.count_nonzero(net.params[f"W{l}"])) for l in (2, 3, 4)]
    [3, 9, 3]
    """
    events: list[Event] = []
    for l in range(2, net.layers, 2):
        net, event = diagonalise(net, l - 1)
        params = dict(net.params)
        params[f"W{l}"] = params[f"W{l}"] * np.eye(*params[f"W{l}"].shape, dtype=net.theta.dtype)
        net, events = net.with_params(params), [*events, event]
    return net, tuple(events)
