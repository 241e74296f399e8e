"""Ask of every neuron of a left-diagonalised layer how much it matters: `scores(net, layer, by)`, least first to go.

For hidden layer l with outputs x_l = a z_l (n, m_l) on data X, outgoing columns w_i of W_{l+1}, and S, the columns of x_l, a where
the network has psi, and 1:

    sigma        |row i of W_l|, the singular value          product      sigma_i |w_i|
    outgoing     |w_i|                                        activation   mean |x_i| |w_i|
    taylor       |w_i . dL/dw_i|, the change of the loss to first order when w_i goes to 0
    optimal      min over V' of |S V - S_-i V'|^2 / n = |w_i|^2 / (n (S'S)^-1_ii), what is left when the others take over

Bird 2026 has sigma; "optimal" is the yardstick for the others (LeCun et al. 1990, Hassibi and Stork 1993 for a linear layer).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from minigrow.isotropic.corrections import PSI_VARIANTS
from minigrow.isotropic.formulas import forward, profile
from minigrow.isotropic.network import Network
from minigrow.nn import validate
from minigrow.nn.params import views

ALIKE = 1e-10  # of the greatest singular value; far enough above rounding not to magnify it


def scores(
    net: Network, layer: int, by: str = "sigma", X: np.ndarray | None = None, y: np.ndarray | None = None
) -> np.ndarray:
    """Return how much each neuron (m,) of hidden layer `layer` matters; `left_diagonalise` the layer first.

    X (n, m_0) is needed by "activation", "optimal" and "taylor", labels y (n,) by "taylor".
    Raises ValueError for an unknown criterion, and for data that it needs and has not got.

    >>> from minigrow.isotropic import left_diagonalise
    >>> net, _ = left_diagonalise(Network.create([4, 3, 2], rng=0), 0)
    >>> [scores(net, 0, by).shape for by in ("sigma", "product")]
    [(3,), (3,)]
    """
    l = net.hidden(layer)
    for name, data in {"X": X, "y": y}.items():
        if data is None and name in NEEDS.get(validate.choice(by, SCORES, "by"), ()):
            raise ValueError(f'by="{by}" looks at data: pass {name}, for instance of the training set.')
    return SCORES[by](net, l, X, y)


def least(net: Network, layer: int, count: int, by: str = "product") -> np.ndarray:
    """Return which neurons (count,) of a left-diagonalised layer have the least scores, in order of place; ties go to the last.

    Neurons with sigma = 0 tie, and psi does not reach the last of them (`gather`).

    >>> from minigrow.isotropic import left_diagonalise
    >>> least(left_diagonalise(Network.create([6, 4, 2], init="glorot", rng=0), 0)[0], 0, 2)
    array([1, 3])
    """
    found = scores(net, layer, by)
    return np.sort(len(found) - 1 - np.argsort(found[::-1], kind="stable")[:count])


def signals(net: Network, layer: int, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return S (n, s), the columns of x_l, the gain a where the network has psi, and 1, with V (s, m_{l+1}): z_{l+1} = S V.

    >>> net = Network.create([4, 3, 2], rng=0)
    >>> S, V = signals(net, 0, np.eye(4))
    >>> S.shape, V.shape, np.allclose(S @ V, net(np.eye(4)))
    ((4, 5), (5, 2), True)
    """
    l = net.hidden(layer)
    Z, rho = forward(net, validate.inputs(X, net.widths[0], net.theta))
    a = profile(net).gain(rho[l - 1])[:, None]
    S, V = [a * Z[l - 1], np.ones_like(a)], [net.params[f"W{l + 1}"].T, net.params[f"b{l + 1}"]]
    if PSI_VARIANTS[net.psi].absorbs == "psi":
        S, V = [S[0], a, S[1]], [V[0], net.params[f"psi{l}"], V[1]]
    return np.hstack(S), np.vstack(V)


def taken_over(net: Network, layer: int, neuron: int, X: np.ndarray) -> np.ndarray:
    """Return V' (s - 1, m_{l+1}), the weights of the other signals that make z_{l+1} nearest to what it was without the neuron.

        V' = V_-i - (G_-i,i / G_ii) V_i        G = (S'S)^-1

    Its rows are those of `signals` without the neuron's. Raises ValueError for a neuron that is not there.

    >>> taken_over(Network.create([4, 3, 2], rng=0), 0, 1, np.eye(4)).shape
    (4, 2)
    """
    if not 0 <= validate.whole(neuron, "neuron") < net.widths[net.hidden(layer)]:
        raise ValueError(f"neuron must be in 0..{net.widths[layer + 1] - 1}, got {neuron}.")
    S, V = signals(net, layer, X)
    Q = _whitener(S)
    g = Q @ Q[neuron]
    return np.delete(V - np.outer(g / g[neuron], V[neuron]), neuron, axis=0)


def _whitener(S):
    """Q (s, s) with Q Q' = (S'S)^-1, finite where some signals follow from others: singular values below ALIKE are lifted to it."""
    _, found, Vt = np.linalg.svd(np.linalg.qr(S.astype(np.float64), mode="r"))
    sizes = np.zeros(S.shape[1])
    sizes[: len(found)] = found
    return Vt.T / np.maximum(sizes, ALIKE * sizes[0])


def _sigma(net, l, X, y):
    return np.linalg.norm(net.params[f"W{l}"], axis=1)


def _outgoing(net, l, X, y):
    return np.linalg.norm(net.params[f"W{l + 1}"], axis=0)


def _product(net, l, X, y):
    return _sigma(net, l, X, y) * _outgoing(net, l, X, y)


def _activation(net, l, X, y):
    return np.abs(signals(net, l - 1, X)[0][:, : net.widths[l]]).mean(axis=0) * _outgoing(net, l, X, y)


def _taylor(net, l, X, y):
    X = validate.inputs(X, net.widths[0], net.theta)
    slope = views(net.gradient(X, np.asarray(y))[1], net.shapes)[f"W{l + 1}"]
    return np.abs(np.sum(net.params[f"W{l + 1}"] * slope, axis=0))


def _optimal(net, l, X, y):
    S, V = signals(net, l - 1, X)
    lonely = 1 / np.sum(_whitener(S) ** 2, axis=1)  # what of each signal the others cannot say
    return (np.sum(V * V, axis=1) * lonely)[: net.widths[l]] / len(S)


SCORES: dict[str, Callable[..., np.ndarray]] = {
    "sigma": _sigma,
    "product": _product,
    "outgoing": _outgoing,
    "activation": _activation,
    "optimal": _optimal,
    "taylor": _taylor,
}
NEEDS = {"activation": ("X",), "optimal": ("X",), "taylor": ("X", "y")}
