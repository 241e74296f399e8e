"""Draw cases for the laws of isotropic networks, and the same measurements with a law's precondition removed.

All take a Generator; networks have up to DEEP hidden layers and widths up to WIDE, inputs X (n, m_0); deviations are in eps.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrow.growth import Move, moved, rotate
from minigrow.isotropic import Network, embed, grow, prune
from minigrow.isotropic.ends import grow_inputs
from minigrow.isotropic.fast.in_order import forward_in_order
from minigrow.isotropic.fast.precompute import forward_precomputed, precompute
from minigrow.laws.cases import data, in_eps, network, rotation
from minigrow.nn import MLP

WIDE, DEEP = 200, 4
Forward = Callable[[Network, np.ndarray], np.ndarray]


def any_network(rng: np.random.Generator, dtype: Any = np.float64, most: int = WIDE) -> Network:
    """Draw an isotropic-tanh network of any depth and widths."""
    return network(rng, int(rng.integers(1, DEEP + 1)), most, dtype, activation="isotropic_tanh")


def hidden_layer(rng: np.random.Generator, net: Network) -> int:
    """Draw one of the network's hidden layers."""
    return int(rng.integers(net.layers - 1))


def lossless_prune(rng: np.random.Generator, net: Network, layer: int, by: str = "sigma") -> tuple[Network, Network]:
    """Add a neuron that only carries a constant, then prune it: returns the network before and after."""
    net, _ = grow(net, layer, 1, rng=rng, scale=0.3)
    before = net
    net.params[f"b{layer + 1}"][-1] = rng.standard_normal()
    return before, prune(net, layer, 1, by=by)[0]


def other_profile(rng: np.random.Generator) -> float:
    """The gradient of a network with another profile (isotropic-leaky for isotropic-tanh), on the same numbers.

    By hand: one neuron at z = 1. The slope of isotropic-tanh is 1 - tanh(1)^2 = 0.42, that of leaky 0.1 + 0.9 x 0.42 = 0.478.

    >>> from minigrow.nn.radial import RADIAL
    >>> one, names = np.ones((1, 1)), ("isotropic_tanh", "isotropic_leaky")
    >>> [round(RADIAL[name].backward(one, one).item(), 3) for name in names]
    [0.42, 0.478]
    """
    net = network(rng, 2, 5, activation="isotropic_tanh")
    X, y = data(rng, net)
    return in_eps(dataclasses.replace(net, activation="isotropic_leaky").gradient(X, y)[1], net.gradient(X, y)[1])


def other_kernel(rng: np.random.Generator) -> float:
    """The compiled kernel runs with another profile's number.

    By hand: one neuron at z = 1. isotropic-tanh gives tanh(1) = 0.762, leaky 0.1 + 0.9 x 0.762 = 0.785; gradients follow.

    >>> from minigrow.nn.radial import RADIAL
    >>> [round(RADIAL[name].forward(np.ones((1, 1))).item(), 3) for name in ("isotropic_tanh", "isotropic_leaky")]
    [0.762, 0.785]
    """
    net = network(rng, 2, 5, activation="isotropic_tanh")
    X, y = data(rng, net)
    g = np.empty_like(net.theta)
    dataclasses.replace(net, activation="isotropic_leaky").bound(g)(X, y)
    return in_eps(g, net.gradient(X, y)[1])


def random_row(rng: np.random.Generator, forward: Forward = Network.__call__) -> float:
    """The new neuron's incoming row is random, and only its outgoing column is zero: it says nothing, yet changes the length.

    By hand: an old neuron at z = 1, a new one at z = 1. The length goes from 1 to 1.414, and the old neuron's output from
    tanh(1) = 0.762 to tanh(1.414) / 1.414 = 0.628. (Element-wise tanh would not notice.)

    >>> from minigrow.nn.radial import RADIAL
    >>> act = RADIAL["isotropic_tanh"].forward
    >>> [act(np.array([[1.0, new]]))[0, 0].round(3).item() for new in (0.0, 1.0)]
    [0.762, 0.628]
    """
    net = any_network(rng, most=20)
    X, _ = data(rng, net, 20)
    wide, _ = grow(net, 0, 1, rng=rng)
    wide.params["W1"][-1] = rng.standard_normal(net.widths[0])
    wide.params["W2"][:, -1] = 0
    return in_eps(forward(wide, X), forward(net, X))


def random_row_in_order(rng: np.random.Generator) -> float:
    """Growth with a random incoming row, sums from left to right: a fixed order does not help, the length has changed.

    By hand: an old neuron at z = 3, a new one at z = 4: rho = 5 instead of 3, and the output 3 a(rho) 0.6 instead of 0.995.

    >>> from minigrow.nn.radial import length
    >>> rho = length(np.array([[3.0, 0.0], [3.0, 4.0]]))
    >>> rho.tolist(), (3 * np.tanh(rho) / rho).round(3).tolist()
    ([3.0, 5.0], [0.995, 0.6])
    """
    return random_row(rng, forward_in_order)


def rotated_tanh(rng: np.random.Generator, dtype: Any = np.float64) -> float:
    """The same rotation in a network with element-wise tanh.

    By hand: W = 1 and V = (1, 1) at x = (1, 1) give 2 tanh(1) = 1.523. Turned by 45 degrees, z = (1.414, 0) and
    V R = (1.414, 0): the output is 1.414 tanh(1.414) = 1.256.

    >>> net = MLP((2, 2, 1), "tanh", np.array([1.0, 0, 0, 1, 0, 0, 1, 1, 0]))
    >>> moves = [Move("h1", rotate(np.array([[1, -1], [1, 1]]) / 2**0.5))]
    >>> other = moved(net, moves)
    >>> [round(n(np.ones((1, 2))).item(), 3) for n in (net, other)]
    [1.523, 1.256]
    """
    net = MLP.create([4, 5, 6, 3], "tanh", rng=rng, dtype=dtype)
    X, _ = data(rng, net)
    moves = [Move("h1", rotate(rotation(rng, net.widths[1])))]
    return in_eps(moved(net, moves)(X), net(X))


def rotated_tanh32(rng: np.random.Generator) -> float:
    """The same rotation under element-wise tanh, in float32.

    By hand: as in float64: z = (1, 1) with tanh gives 1.523 in all, turned by 45 degrees 1.256; no float type mends that.

    >>> z, R = np.ones(2, np.float32), np.array([[1, 1], [-1, 1]], np.float32) / np.float32(2**0.5)
    >>> [round(float(value), 3) for value in (np.tanh(z) @ z, np.tanh(R @ z) @ (R @ z))]
    [1.523, 1.256]
    """
    return rotated_tanh(rng, np.float32)


def uncorrected(rng: np.random.Generator, by: str = "sigma") -> float:
    """The constant is not moved into o and psi: both variants are "none".

    By hand: an old neuron at z = 3, a constant one at b* = 4. rho = 5, and the old neuron's output is 3 tanh(5)/5 = 0.6. Without
    the constant rho = 3, and it is tanh(3) = 0.995; with o = 4^2 it is 0.6 again.

    >>> from minigrow.nn.radial import length
    >>> rho = [length(np.array([[3.0, 4.0]])), length(np.array([[3.0]])), length(np.array([[3.0]]), o=16.0)]
    >>> [round((3 * np.tanh(r) / r).item(), 3) for r in rho]
    [0.6, 0.995, 0.6]
    """
    net = network(rng, 2, 12, activation="isotropic_tanh", o="none", psi="none")
    X, _ = data(rng, net)
    before, after = lossless_prune(rng, net, 0, by)
    return in_eps(after(X), before(X))


def uncorrected_reflection(rng: np.random.Generator) -> float:
    """The same removal by reflection, and the constant is not moved into o and psi.

    By hand: W = (3, 4)', b = (1, 0). r = (0.8, -0.6) has r'W = 0. The reflection sends W to (5, 0)' and b to (0.6, 0.8): the
    second neuron carries the constant 0.8, and without it rho^2 misses 0.64.

    >>> from minigrow.isotropic.reflection import reflection
    >>> H = reflection(np.array([0.8, -0.6]))
    >>> [((H @ v).round(9) + 0).tolist() for v in ([3.0, 4.0], [1.0, 0.0])]
    [[5.0, 0.0], [0.6, 0.8]]
    """
    return uncorrected(rng, "reflection")


def linearity_gap(rng: np.random.Generator, bias: float) -> float:
    """How far the error of a removal is from a tenth when sigma* is a tenth; without corrections, `bias` stays behind."""
    net = Network.create([8, 6, 5, 4], o="none" if bias else "constant", psi="none" if bias else "constant", rng=rng)
    net.params["b1"][...] = bias
    X, _ = data(rng, net, 20)
    R, _, Qt = np.linalg.svd(net.params["W1"], full_matrices=False)
    errors = []
    for sigma in (1e-5, 1e-6):
        net.params["W1"][...] = (R * [*np.ones(5), sigma]) @ Qt
        errors.append(np.abs(prune(net, 0, 1)[0](X) - net(X)).max())
    return abs(errors[0] / errors[1] / 10 - 1) / 2.2e-16


def uncorrected_linearity(rng: np.random.Generator) -> float:
    """b* = 1 in every neuron, and o and psi take up none of it: the error does not go to 0 with sigma*.

    By hand: an old neuron at z = 3, the lost one at sigma* + 4. Losing it moves the old one's output from 3 tanh(rho)/rho to
    0.995: by 0.405 at sigma* = 0.1, 0.396 at 0.01, 0.395 at 0: never a tenth.

    >>> rho = np.array([np.hypot(3, 4 + sigma) for sigma in (0.1, 0.01, 0.0)])
    >>> (np.tanh(3) - 3 * np.tanh(rho) / rho).round(3).tolist()
    [0.405, 0.396, 0.395]
    """
    return linearity_gap(rng, bias=1.0)


def zeros_without_rotation(rng: np.random.Generator) -> float:
    """The zeros are written without rotating first.

    By hand: W = [1 1; 0 1] at x = (1, 1) gives (2, 1); with zeros off the diagonal it gives (1, 1). Its singular values are
    1.618 and 0.618, not 1 and 1: the rotation is where they come from.

    >>> W = np.array([[1.0, 1.0], [0.0, 1.0]])
    >>> (W @ [1, 1]).tolist(), (W * np.eye(2) @ [1, 1]).tolist(), np.linalg.svd(W, compute_uv=False).round(3).tolist()
    ([2.0, 1.0], [1.0, 1.0], [1.618, 0.618])
    """
    net = network(rng, 3, 12, activation="isotropic_tanh")
    net = embed(net, [net.widths[0], *(m + 4 for m in net.widths[1:-1]), net.widths[-1]], rng=rng)
    net.params["W2"][...] = rng.standard_normal(net.shapes["W2"])
    X, _ = data(rng, net)
    cut = dict(net.params, W2=net.params["W2"] * np.eye(*net.shapes["W2"]))
    return in_eps(net.with_params(cut)(X), net(X))


def open_ends(rng: np.random.Generator) -> float:
    """New inputs whose weights do not start at zero.

    By hand: W_1 = (1), x = 2 gives z = 2. A new input 5 under (1 0) leaves 2; under (1 1) it makes 7.

    >>> [float(np.array(W) @ [2.0, 5.0]) for W in ([1, 0], [1, 1])]
    [2.0, 7.0]
    """
    net = any_network(rng, most=20)
    X, _ = data(rng, net)
    wide, _ = grow_inputs(net, 3)
    wide.params["W1"][:, -3:] = rng.standard_normal((net.widths[1], 3))
    return in_eps(wide(np.hstack([X, rng.standard_normal((len(X), 3))])), net(X))


def without_gains(rng: np.random.Generator) -> float:
    """All gains are 1: a linear network.

    By hand: W_1 = W_2 = 1, no biases, x = 2: the isotropic-tanh net gives tanh(2) = 0.964, the linear one 2.

    >>> net = Network.create([1, 1, 1], o="none", rng=0)
    >>> net.params["W1"][...] = net.params["W2"][...] = 1.0
    >>> linear = dataclasses.replace(net, activation="isotropic_identity")
    >>> [round(n([[2.0]]).item(), 3) for n in (net, linear)]
    [0.964, 2.0]
    """
    net = network(rng, 2, 10, activation="isotropic_tanh")
    X, _ = data(rng, net)
    linear = dataclasses.replace(net, activation="isotropic_identity")
    return in_eps(forward_precomputed(linear, precompute(net), X), net(X))
