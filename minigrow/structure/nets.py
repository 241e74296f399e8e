"""Turn what a network is into edges: `edges_of(W)` of a dense or sparse matrix, `from_layers([W1, W2])`, `whole(net)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrow.nn import validate
from minigrow.structure.graph import Graph, graph_of


def edges_of(W: Any) -> Graph:
    """Return the graph of W (S, S): an array, or any sparse matrix with `tocoo()` or `toarray()`, whose double entries are added.

    Raises ValueError for a matrix that is not square or not finite.

    >>> edges_of([[0, 0], [3, 0]]).weight
    array([3.])
    """
    if hasattr(W, "tocoo"):
        return _from_triples(W.tocoo())
    W = validate.matrix(W.toarray() if hasattr(W, "toarray") else W, name="W")
    if np.iscomplexobj(W):
        raise ValueError(f"W must hold real weights, got {W.dtype}. Take its absolute values, or its real part.")
    _check_square(W.shape)
    return graph_of(W)


def _from_triples(coo):
    _check_square(coo.shape)
    S = coo.shape[0]
    cells, which = np.unique(coo.row.astype(np.int64) * S + coo.col, return_inverse=True)
    weight = np.bincount(which, np.asarray(coo.data, np.float64), minlength=len(cells))
    if not np.isfinite(weight).all():
        raise ValueError("W must be finite, got NaN or infinity among its entries. Clean or drop them.")
    return Graph(S, cells % S, cells // S, weight).where(weight != 0)


def _check_square(shape):
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError(f"W must be square (to, from), got {tuple(shape)}. Layers: stack them with from_layers(...).")


def from_layers(weights: Sequence[np.ndarray]) -> tuple[np.ndarray, list[int], list[int]]:
    """Return W (S, S), inputs and outputs of a layered network with weights (m_l, m_{l-1}), ready for `read`.

    >>> W, inputs, outputs = from_layers([np.ones((3, 2)), np.ones((1, 3))])
    >>> W.shape, inputs, outputs
    ((6, 6), [0, 1], [5])
    """
    first = np.cumsum([0, weights[0].shape[1], *(len(V) for V in weights)])
    W = np.zeros((first[-1], first[-1]))
    for l, V in enumerate(weights):
        W[first[l + 1] : first[l + 2], first[l] : first[l + 1]] = V
    return W, list(range(first[1])), list(range(first[-2], first[-1]))


def whole(net: Any) -> tuple[np.ndarray, dict[str, slice]]:
    """Return the whole matrix W (S, S) of a network of the contract, and which of its neurons each space has.

    The spaces follow one another, inputs first and outputs last; matrices that join the same two spaces are added. A neuron
    whose gate is closed sends nothing.

    >>> from minigrow.nn import MLP
    >>> W, place = whole(MLP.create([2, 3, 1], rng=0))
    >>> W.shape, place["h1"]
    ((6, 6), slice(2, 5, None))
    """
    sizes, wires = _spaces(net)
    first = np.cumsum([0, *sizes.values()]).tolist()
    place = dict(zip(sizes, map(slice, first[:-1], first[1:]), strict=True))
    W = np.zeros((first[-1], first[-1]), net.theta.dtype)
    for to, source, weights in wires:
        W[place[to], place[source]] += weights
    for space, gate in net.gated.items():
        W[:, place[space]] *= gate > 0
    return W, place


def _spaces(net):
    """Return sizes and wires, outputs last; a network that uses one space over and over may offer them unfolded."""
    sizes, wires = getattr(net, "unfolded", (net.sizes, net.wires))
    last = list(net.sizes)[-1]
    return {space: size for space, size in sizes.items() if space != last} | {last: sizes[last]}, wires
