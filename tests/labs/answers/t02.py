"""Right and typically wrong answers to the exercises of tutorial 2."""

from types import SimpleNamespace

import numpy as np

from minigrow.growth.basis import Move, apply, keep
from minigrow.isotropic import Network
from minigrow.isotropic.fast.precompute import precompute
from minigrow.isotropic.formulas import forward, profile


def soft(z):
    return z / (1 + np.linalg.norm(z, axis=-1, keepdims=True))


def one_length_for_all(z):
    return z / (1 + np.linalg.norm(z))


def only_the_gain(z):
    return 1 / (1 + np.linalg.norm(z, axis=-1))


def millions(z):
    return 1e6 * soft(z)


def not_at_zero(z):
    rho = np.linalg.norm(z, axis=-1, keepdims=True)
    return np.sin(rho) / rho * z


def library(z):
    rho = np.maximum(np.linalg.norm(z, axis=-1, keepdims=True), 1e-12)
    return np.tanh(rho) / rho * z


def without(net, neuron, o=1, psi=1):
    h, b, column = net.widths[1], net.params["b1"][neuron], net.params["W2"][:, neuron]
    cut = apply([Move("h1", keep([i for i in range(h) if i != neuron], h))], net.params, net.axes)
    return net.with_params(cut | {"lambda": np.log(net.intrinsic + o * b**2), "psi1": cut["psi1"] + psi * column * b})


def another(net, neuron):
    return without(net, (neuron + 1) % net.widths[1])


def length_not_squared(net, neuron):
    return without(net, neuron, o=1 / abs(net.params["b1"][neuron]))


def length_doubled(net, neuron):
    return without(net, neuron, o=2 / abs(net.params["b1"][neuron]))


def without_bound(net, neuron):
    found = without(net, neuron)
    found.params["b2"][...] = np.inf
    return found


def fresh_one(net, neuron):
    return Network.create([5, net.widths[1], 3], rng=0)


def linear(net, X, both=lambda a, b: np.mean(a * b), keep_first=1, keep_last=1, keep_second=1):
    products, (a1, a2) = precompute(net), (profile(net).gain(rho) for rho in forward(net, X)[1])
    A, C = products.A[-1], products.C[-1]
    return both(a1, a2) * A, keep_first * both(a1, a2) * C[0] + keep_second * np.mean(a2) * C[1] + keep_last * C[2]


RIGHT = {"02.1": [soft, millions, lambda z: np.sum(z**2, axis=1)[:, None] * z], "02.2": [without], "02.3": [linear]}
WRONG = {
    "02.1": [
        (np.tanh, "whatever acts on each entry by itself sees the axes"),
        (one_length_for_all, "without axis it is one length for all"),
        (only_the_gain, "times z it is a vector"),
        (not_at_zero, "nan or inf"),
        (lambda z: 1e-12 * np.tanh(z), "whatever acts on each entry by itself sees the axes"),
        (library, "it is another one than isotropic tanh"),
        (lambda z: 0.5 * z, "the gain must change with the length"),
        (lambda z: print(end=""), "print shows a value"),
    ],
    "02.2": [
        (
            lambda net, neuron: without(net, neuron, 0, 0),
            "this is the network without corrections\n  look  what the neuron, a constant",
        ),
        (lambda net, neuron: without(net, neuron, 1, 0), "this is the network without the psi"),
        (lambda net, neuron: without(net, neuron, 0, 1), "this is the network without the o"),
        (another, "all outputs stay as they were"),
        (length_not_squared, "all outputs stay as they were"),
        (length_doubled, "all outputs stay as they were"),
        (without_bound, "they move by inf %\n  look"),
        (fresh_one, "the widths become"),
        (lambda net, neuron: net.params, "it returns a network"),
        (lambda net, neuron: SimpleNamespace(widths=(5, net.widths[1] - 1, 3)), "it returns a network"),
    ],
    "02.3": [
        (lambda net, X: linear(net, X, lambda a, b: np.mean(a) * np.mean(b)), "not the product of the means"),
        (lambda net, X: linear(net, X, keep_first=0), "the first vector is missing"),
        (lambda net, X: linear(net, X, keep_second=0), "the second vector is missing"),
        (lambda net, X: linear(net, X, keep_last=0), "the third vector is missing"),
        (
            lambda net, X: (linear(net, X)[0] + np.eye(3, 6), linear(net, X)[1]),
            "the weights are a multiple of W3 W2 W1",
        ),
        (lambda net, X: linear(net, X, lambda a, b: np.sum(a * b)), "multiplied by the mean of a1 a2"),
        (lambda net, X: (linear(net, X)[0].T, linear(net, X)[1]), "the array of weights has the shape (3, 6)"),
    ],
}
