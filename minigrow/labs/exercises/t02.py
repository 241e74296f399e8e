"""Checks of tutorial 2, isotropic networks: an activation, the removal of a neuron, the linear classifier inside."""

from __future__ import annotations

from itertools import product

import numpy as np

from minigrow.growth.basis import Move, apply, keep
from minigrow.isotropic import Network
from minigrow.isotropic.formulas import forward, profile
from minigrow.labs.checking import exercise, need
from minigrow.labs.values import array, called, near, several
from minigrow.nn.initialisers import orthogonal


@exercise(
    "02.1",
    "activation(z)",
    "Return f(z) for z (n, h), a row for each sample: an isotropic activation, f(R z) = R f(z) for every rotation R of a row.\n"
    "It must not be linear, must work at z = 0, and must be another one than isotropic tanh.",
)
def activation(answer, rng):
    """Rows do not know of each other, a rotation commutes, and the gain depends on the length."""
    n, h = 12, int(rng.integers(2, 6))
    z, R = rng.standard_normal((n, h)) * rng.uniform(0.3, 3), orthogonal(h, h, rng)

    def at(points):
        return array(
            called(answer, points),
            points.shape,
            "activation(z)",
            "the gain is one number per row; times z it is a vector",
        )

    f = at(z)
    need(
        near(at(z[:3]), f[:3]),
        "each row has a length of its own",
        "the first rows change when others stand below them",
        "np.linalg.norm(z, axis=-1, keepdims=True): without axis it is one length for all",
    )
    gap = np.abs(at(z @ R.T) - f @ R.T).max() / np.abs(f).max()
    look = "a gain that depends on the length of z alone; whatever acts on each entry by itself sees the axes"
    need(gap < 1e-9, "f(R z) = R f(z)", f"they differ by {100 * gap:.1f} % of the largest entry", look)
    need(not near(at(3 * z), 3 * f, 1e-6), "f is not linear", "f(3 z) = 3 f(z)", "the gain must change with the length")
    at(np.zeros((2, h)))
    rho = np.linalg.norm(z, axis=1, keepdims=True)
    need(
        not near(f, np.tanh(rho) / rho * z, 1e-6),
        "it is another one than isotropic tanh",
        "tanh(rho) / rho",
        "invent a gain a(rho)",
    )


def _drawn(widths, rng):
    net = Network.create(widths, init="glorot", rng=rng)
    theta = net.theta + 0.5 * rng.standard_normal(net.theta.size)
    net = net.with_theta(theta)
    net.params["lambda"][...] = rng.uniform(-2, 0.5, net.params["lambda"].shape)
    return net


def _cut(net, neuron, o, psi):
    """The network without a neuron, its constant taken up by the intrinsic length (o) and by the linear correction (psi)."""
    h, b, column = net.widths[1], net.params["b1"][neuron], net.params["W2"][:, neuron]
    others = [i for i in range(h) if i != neuron]
    cut = apply([Move("h1", keep(others, h))], net.params, net.axes)
    lam, correction = np.log(net.intrinsic + o * b**2), cut["psi1"] + psi * column * b
    return net.with_params(cut | {"lambda": lam, "psi1": correction})


@exercise(
    "02.2",
    "without(net, neuron)",
    "net is an isotropic network with one hidden layer, in which `neuron` has incoming weights 0 and a bias that is not 0.\n"
    "Return the network (net.with_params(...)) that has one neuron fewer and computes the same.",
)
def without(answer, rng):
    """The same function with one neuron fewer; if not, which of the corrections is missing."""
    net = _drawn([5, int(rng.integers(3, 7)), 3], rng)
    h, neuron = net.widths[1], int(rng.integers(net.widths[1]))
    net.params["W1"][neuron], net.params["b1"][neuron] = 0, rng.choice([-1, 1]) * rng.uniform(1, 2)
    found, x = called(answer, net, neuron), rng.standard_normal((40, 5))
    is_net = callable(found) and hasattr(found, "widths")
    need(is_net, "it returns a network", type(found).__name__, "net.with_params(params | {...}) makes one")
    fewer = (5, h - 1, 3)
    need(
        found.widths == fewer,
        f"the widths become {fewer}",
        found.widths,
        'apply([Move("h1", keep(others, h))], net.params, net.axes)',
    )
    gap = np.abs(found(x) - net(x)).max() / np.abs(net(x)).max()
    variants = {(o, psi): _cut(net, neuron, o, psi) for o, psi in product((0, 1), repeat=2)}
    like = [pair for pair, other in variants.items() if near(found(x), other(x), 1e-8)]
    came = f"they move by {100 * gap:.0f} %" + "".join(f": this is the network {MISSING[pair]}" for pair in like)
    look = "what the neuron, a constant, gave to the length rho of the layer, and what it sent on, times the gain"
    need(gap < 1e-9, "all outputs stay as they were", came, look)


MISSING = {
    (0, 0): "without corrections",
    (1, 0): "without the psi",
    (0, 1): "without the o",
    (1, 1): "with both corrections",
}


@exercise(
    "02.3",
    "linear(net, X)",
    "net is an isotropic network with two hidden layers, whose gains are a1 and a2. Its outputs are a matrix times x and three\n"
    "vectors, each times a1 a2, a2 or 1. Return the weights (k, d) and the biases (k,) of the linear classifier that is left\n"
    "when a1 a2 and a2 are replaced by their means over the samples X (n, d).",
)
def linear(answer, rng):
    """The weights and the biases, each part with its own mean."""
    net = _drawn([6, 5, 4, 3], rng)
    X, p = rng.standard_normal((30, 6)), net.params
    A, c = several(called(answer, net, X), "weights", "biases")
    A, c = array(A, (3, 6), "the array of weights"), array(c, (3,), "the array of biases")
    a1, a2 = (profile(net).gain(rho) for rho in forward(net, X)[1])
    matrix, both, last = p["W3"] @ p["W2"] @ p["W1"], np.mean(a1 * a2), np.mean(a2)
    times = np.sum(A * matrix) / np.sum(matrix**2)
    need(near(A, times * matrix), "the weights are a multiple of W3 W2 W1", "they are not", "precompute(net).A[-1]")
    means = near(times, a1.mean() * a2.mean())
    look = (
        "the mean of a product is not the product of the means"
        if means
        else "a1 a2 of each sample, then the mean over samples"
    )
    rule = f"W3 W2 W1 is multiplied by the mean of a1 a2, {both:.4f}"
    need(near(times, both), rule, f"it is multiplied by {times:.4f}", look)
    first = p["W3"] @ (p["W2"] @ p["b1"] + p["psi1"])
    parts = {"the first": both * first, "the second": last * (p["W3"] @ p["b2"] + p["psi2"]), "the third": p["b3"]}
    wanted = np.sum(list(parts.values()), axis=0)
    lacks = [name for name, part in parts.items() if near(c + part, wanted)]
    came = f"they are off by {np.abs(c - wanted).max():.3f}" + "".join(f": {name} vector is missing" for name in lacks)
    look = "the means of a1 a2 and a2, and the rows of precompute(net).C[-1]"
    need(near(c, wanted), "the biases are the three vectors, times the means of a1 a2 and a2, and times 1", came, look)
