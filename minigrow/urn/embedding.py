"""Write known architectures into a pool, and read them back: an MLP, a locally connected net, a residual net.

A network of L layers is a pool whose blocks stand on the sub-diagonal, with I = L; a skip is a block further away.
The pool's hidden neurons are ordered layer by layer, so that W, sorted by layer, is a picture of the architecture.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from minigrow.nn.mlp import MLP
from minigrow.urn.network import Network

Layer = tuple[np.ndarray, np.ndarray]


def embed_layers(layers: Sequence[Layer], activation: str = "tanh", skips: Sequence = ()) -> Network:
    """Write layers (W_l (m_l, m_{l-1}), b_l (m_l,)), l = 1..L, into a pool with I = L.

    `skips` are (to, from, weights (m_to, m_from)) between layer numbers, 0 for the inputs and L for the outputs.
    Raises ValueError when the shapes do not fit, or a skip runs backwards.

    >>> W = [np.ones((3, 2)), np.ones((1, 3))]
    >>> net = embed_layers([(W[0], np.zeros(3)), (W[1], np.zeros(1))])
    >>> net.widths, net.iterations, int((net.W != 0).sum())
    ((2, 3, 1), 2, 9)
    """
    widths = [layers[0][0].shape[1], *(len(b) for _, b in layers)]
    zero = Network.create(widths[0], widths[-1], sum(widths), len(layers), activation, scale=0.0, rng=0)
    W, c, first = zero.W, zero.c, np.cumsum([0, *widths])
    wires = [(l, l - 1, weights) for l, (weights, _) in enumerate(layers, start=1)] + list(skips)
    for to, source, weights in wires:
        place = slice(first[to], first[to + 1]), slice(first[source], first[source + 1])
        if not source < to or np.shape(weights) != (widths[to], widths[source]):
            raise ValueError(
                f"weights from layer {source} to {to} must run forwards and have shape "
                f"{widths[to], widths[source]}, got {np.shape(weights)}."
            )
        W[place] += weights
    for l, (_, b) in enumerate(layers, start=1):
        c[first[l] : first[l + 1]] = b
    return from_matrix(zero, W, c)


def from_matrix(net: Network, W: np.ndarray, c: np.ndarray) -> Network:
    """Return a network of the same sizes with the whole matrix W (S, S) and biases c (S,).

    Raises ValueError where W feeds inputs or is fed by outputs.

    >>> net = Network.create(2, 1, size=8, rng=0)
    >>> bool(np.all(from_matrix(net, net.W, net.c).theta == net.theta))
    True
    """
    d, h = net.inputs, net.inputs + net.hidden
    if W[:d].any() or W[:, h:].any():
        raise ValueError("weights into inputs and out of outputs must be zero: inputs are clamped, outputs only read.")
    blocks = {"Whx": W[d:h, :d], "Wyx": W[h:, :d], "Whh": W[d:h, d:h], "Wyh": W[h:, d:h], "ch": c[d:h], "cy": c[h:]}
    return net.with_params({name: np.ascontiguousarray(block, net.theta.dtype) for name, block in blocks.items()})


def embed_mlp(mlp: MLP) -> Network:
    """Write a plain network of L layers with tanh or ReLU into a pool; it computes exactly the same.

    >>> mlp = MLP.create([3, 4, 2], "tanh", rng=0)
    >>> np.allclose(embed_mlp(mlp)(np.ones((1, 3))), mlp(np.ones((1, 3))))
    True
    """
    layers = [(mlp.params[f"W{l}"], mlp.params[f"b{l}"]) for l in range(1, mlp.layers + 1)]
    return embed_layers(layers, mlp.activation)


def read_layers(net: Network, widths: Sequence[int]) -> list[Layer]:
    """Read layers of these hidden widths back: [(W_1, b_1), .., (W_L, b_L)], the blocks on the sub-diagonal.

    Raises ValueError when the widths do not add up or another block is not zero (then it is no plain layered network).

    >>> mlp = MLP.create([3, 4, 2], "tanh", rng=0)
    >>> bool(np.all(read_layers(embed_mlp(mlp), [4])[0][0] == mlp.params["W1"]))
    True
    """
    blocks, first = read_blocks(net, widths), _first(net, widths)
    if any(block.any() for (to, source), block in blocks.items() if to != source + 1):
        raise ValueError(
            "the pool holds more than layers: blocks off the sub-diagonal are not zero. Try read_blocks(...)."
        )
    return [(blocks[l, l - 1], net.c[first[l] : first[l + 1]]) for l in range(1, len(widths) + 2)]


def read_blocks(net: Network, widths: Sequence[int]) -> dict[tuple[int, int], np.ndarray]:
    """Return all blocks (to, from) -> weights between layers of these hidden widths, skips included.

    Raises ValueError when the widths do not add up to the hidden neurons.

    >>> sorted(read_blocks(Network.create(1, 1, size=3, rng=0), [1]))[:3]
    [(1, 0), (1, 1), (2, 0)]
    """
    if sum(widths) != net.hidden:
        raise ValueError(f"widths must add up to the {net.hidden} hidden neurons, got {list(widths)}.")
    W, part = net.W, [slice(a, b) for a, b in pairwise(_first(net, widths))]
    return {(to, source): W[part[to], part[source]] for to in range(1, len(part)) for source in range(len(part) - 1)}


def _first(net, widths):
    """Return where each layer begins among all neurons, and where the last one ends."""
    return np.cumsum([0, net.inputs, *widths, net.outputs])


def embed_local(W: np.ndarray, b: np.ndarray, out: Layer, activation: str = "tanh") -> Network:
    """Write a locally connected layer and a dense one: row i of W (m, field) holds the weights from inputs i .. i + field - 1.

    The m units sit in the middle of their fields, on the line of the d = m + field - 1 inputs; outputs have no position.

    >>> net = embed_local(np.ones((3, 2)), np.zeros(3), (np.ones((1, 3)), np.zeros(1)))
    >>> net.widths, net.positions[4]
    ((4, 3, 1), (0.5,))
    """
    m, field = W.shape
    dense = np.zeros((m, m + field - 1), W.dtype)
    for i in range(m):
        dense[i, i : i + field] = W[i]
    net = embed_layers([(dense, b), out], activation)
    places = [*range(m + field - 1), *(np.arange(m) + (field - 1) / 2), *[np.nan] * net.outputs]
    return net.with_params(net.params, positions=places)


def read_local(net: Network, field: int) -> tuple[Layer, Layer]:
    """Read a locally connected net back: ((W (m, field), b), (V, c)), the inverse of `embed_local`.

    >>> W = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> net = embed_local(W, np.zeros(2), (np.ones((1, 2)), np.zeros(1)))
    >>> bool(np.all(read_local(net, 2)[0][0] == W))
    True
    """
    (dense, b), out = read_layers(net, [net.hidden])
    return (np.stack([row[i : i + field] for i, row in enumerate(dense)]), b), out


def embed_residual(branch: Sequence[Layer], activation: str = "tanh") -> Network:
    """Write y = x + branch(x) into a pool: the layers of the branch, and an identity block from inputs to outputs.

    Raises ValueError when the branch does not end with as many outputs as there are inputs.

    >>> net = embed_residual([(np.zeros((3, 2)), np.zeros(3)), (np.zeros((2, 3)), np.zeros(2))])
    >>> net(np.array([[1.0, 2.0]]))
    array([[1., 2.]])
    """
    d = branch[0][0].shape[1]
    return embed_layers(branch, activation, [(len(branch), 0, np.eye(d))])


def read_residual(net: Network, widths: Sequence[int]) -> list[Layer]:
    """Read the branch of a residual net of these hidden widths back; the identity must be there.

    Raises ValueError when the block from inputs to outputs is not the identity, or others are not zero.

    >>> branch = [(np.ones((3, 2)), np.zeros(3)), (np.ones((2, 3)), np.zeros(2))]
    >>> bool(np.all(read_residual(embed_residual(branch), [3])[1][0] == branch[1][0]))
    True
    """
    direct = net.params["Wyx"]
    if not np.array_equal(direct, np.eye(*direct.shape)):
        raise ValueError("there is no identity from inputs to outputs: this is no residual net.")
    rest = net.params | {"Wyx": np.zeros_like(direct)}
    return read_layers(net.with_params(rest), widths)
