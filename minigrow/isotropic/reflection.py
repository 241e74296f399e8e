"""Turn the least singular direction of a layer alone into its last neuron: one reflection instead of the whole decomposition.

    H = 1 - 2 v v' / v'v     v = r + sign(r_m) e_m     H e_m = -+ r     so row m of H W is -+ r'W, which is as short as it can be

The direction r is a null vector of W' where W (m, d) has more rows than columns, and is found by Lanczos iteration elsewhere.
"""

from __future__ import annotations

import numpy as np

from minigrow.growth.basis import Move, rotate
from minigrow.growth.contract import moved
from minigrow.growth.events import Event
from minigrow.isotropic.diagonalise import check_finite, null, svd
from minigrow.isotropic.network import Network

SMALL = 100  # below this many rows the whole decomposition takes less time
STEPS = 40
CLOSE = 1e-6


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
    return moved(net, moves), Event(
        "rotate",
        f"h{l}",
        0,
        "turned so that the last neuron has the least singular value (sigma)",
        len(r),
        len(r),
        moves,
    )


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
    return _upright(r, W)


def least_direction(W: np.ndarray, small: int = SMALL) -> np.ndarray:
    """Return the unit vector r (m,) that makes |r' W| least, for W (m, d) with m <= d.

    |r' W| exceeds sigma_m by at most a millionth of it, or is zero to rounding. How near r is to the last singular vector u_m
    depends on the gap, sin(r, u_m)^2 <= (|r' W|^2 - sigma_m^2) / (sigma_{m-1}^2 - sigma_m^2): where the two least singular
    values agree, every direction between their vectors is as good. W with at least `small` rows first tries `lanczos`, which
    takes about a fourth of the whole decomposition's time at 500 x 500, half at 100 x 3072 and as much at 100 x 100; the whole
    decomposition does the others, and those whose residual is not small.

    >>> least_direction(np.array([[2.0, 0.0], [0.0, 1.0]]))
    array([0., 1.])
    """
    if len(W) >= small and W.any():
        r, length, residual = lanczos(W)
        rows = np.sqrt(np.sum(W * W, axis=1, dtype=np.float64))  # none is longer than sigma_1
        if residual <= CLOSE * length**2 or length <= null(rows, *W.shape):
            return _upright(r, W)
    return _upright(svd(W)[0][:, -1], W)


def lanczos(W: np.ndarray, steps: int = STEPS) -> tuple[np.ndarray, float, float]:
    """Return r (m,), |r' W| and the residual |W W' r - |r' W|^2 r|, for W (m, d) with m <= d that is not all zeros.

    r makes |r' W| least over the span of v, A v, A^2 v, ... with A the inverse of W W' and v a fixed random vector. |r' W| is
    formed from W itself, so that squaring the condition number in W W' costs iterations but not accuracy. Where the residual is at
    most x |r' W|^2, a singular value lies within x |r' W| of |r' W|; a random v makes it the least one.
    Source: Ericsson and Ruhe 1980 (the spectral transformation Lanczos method).

    >>> r, length, residual = lanczos(np.array([[3.0, 0.0], [0.0, 2.0]]))
    >>> abs(r).round(9), round(length, 9)
    (array([0., 1.]), 2.0)
    """
    W = W.astype(np.float64)
    inverse = _inverse(W)
    basis = _krylov(inverse, min(steps, len(W)))
    r = basis @ np.linalg.svd(basis.T @ W, full_matrices=False)[0][:, -1]
    for _ in range(2):
        down = W @ (r @ W)
        r = r - inverse @ (down - (r @ down) * r)
        r /= np.linalg.norm(r)
    down = W @ (r @ W)
    return r, float(np.linalg.norm(r @ W)), float(np.linalg.norm(down - (r @ down) * r))


def _inverse(W):
    """The inverse of W W' (m, m), kept finite where W W' is singular to rounding."""
    gram = W @ W.T
    gram[np.diag_indices(len(W))] += len(W) * np.finfo(np.float64).eps * np.trace(gram)
    return np.linalg.inv(gram)


def _krylov(A, steps):
    """An orthonormal basis (m, up to `steps`) of v, A v, A^2 v, ...; the span may close before."""
    basis, v = np.zeros((len(A), 0)), np.random.default_rng(0).standard_normal(len(A))
    for _ in range(steps):
        size = np.linalg.norm(v)
        for _ in range(2):
            v = v - basis @ (basis.T @ v)
        if np.linalg.norm(v) <= np.finfo(np.float64).eps * size:
            break
        basis = np.column_stack([basis, v / np.linalg.norm(v)])
        v = A @ basis[:, -1]
    return basis


def _upright(r, W):
    """The direction r or -r, whichever ends in a number >= 0, in the float type of W."""
    return r.astype(W.dtype) * np.copysign(1, r[-1]).astype(W.dtype)
