"""Checks of tutorial 1, change of basis: a neuron that is not silent, learning rates of a rescaled layer, an optimiser that turns."""

from __future__ import annotations

import numpy as np

from minigrow.growth import Move, moved
from minigrow.growth.basis import rescale
from minigrow.labs.checking import exercise, need
from minigrow.labs.values import array, called, near, several
from minigrow.nn import MLP
from minigrow.nn.initialisers import orthogonal
from minigrow.nn.params import views


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


@exercise(
    "01.1",
    "append_neuron(W, b, V, bias, v)",
    "The network V sigmoid(W x + b) + bias gets one more neuron with zeros coming in (weights and bias) and the outgoing weights v.\n"
    "Return the arrays W, b, V, bias of a network that computes the same as before.\n"
    "W (m, d), b (m,), V (k, m), bias (k,), v (k,); the returned W, b and V have m + 1 neurons, the new one last.",
)
def append_neuron(answer, rng):
    """The old neurons stay, the new one is as asked, and the function is kept."""
    m, d, k = rng.integers(2, 6, size=3)
    W, b, V, c = (rng.standard_normal(shape) for shape in ((m, d), m, (k, m), k))
    v, x = rng.uniform(0.5, 2, k), rng.standard_normal((20, d))
    found = several(called(answer, W, b, V, c, v), "W", "b", "V", "bias")
    shapes = {"W": (m + 1, d), "b": (m + 1,), "V": (k, m + 1), "bias": (k,)}
    W2, b2, V2, c2 = (array(f, shape, name) for f, (name, shape) in zip(found, shapes.items(), strict=True))
    kept = near(W2[:m], W) and near(b2[:m], b) and near(V2[:, :m], V)
    need(
        kept,
        "the old neurons keep their weights",
        "some of them changed",
        "the new neuron comes last: a last row, a last column",
    )
    silent = not W2[m].any() and b2[m] == 0
    need(
        silent,
        "zeros come into the new neuron",
        f"weights {W2[m].round(2)}, bias {b2[m]:.2f}",
        "the last row of W and b",
    )
    touched = "without touching the new neuron: the repair is somewhere else"
    need(
        near(V2[:, m], v),
        "the new neuron speaks with the weights v",
        f"{V2[:, m].round(2)}, v is {v.round(2)}",
        touched,
    )
    gap = _sigmoid(x @ W2.T + b2) @ V2.T + c2 - _sigmoid(x @ W.T + b) @ V.T - c
    j = int(np.argmax(np.abs(gap).max(axis=0)))
    look = f"what a neuron says that hears nothing (sigmoid(0) = {_sigmoid(0.0)}), and which array of the next layer is a constant"
    came = f"output {j} moves by {gap[:, j].min():+.2f} to {gap[:, j].max():+.2f}, v[{j}] is {v[j]:.2f}"
    need(np.abs(gap).max() < 1e-9, "every output stays as it was", came, look)


@exercise(
    "01.2",
    "rates(net, scale, eta)",
    "The first hidden layer of a ReLU network net (MLP) is rescaled by the positive numbers scale, one per neuron.\n"
    "Return a dict with an array of learning rates for each entry of net.shapes, so that the rescaled network stays on the path\n"
    "that net takes with SGD at the rate eta.",
)
def rates(answer, rng):
    """After one step, and after thirty, every array is where the rescaled path has it."""
    net = MLP.create([3, 6, 5, 2], "relu", rng=rng)
    net = net.with_theta(net.theta + 0.3 * rng.standard_normal(net.theta.size))
    scale, eta = rng.uniform(0.4, 2.5, 6), 0.1
    found = called(answer, net, scale, eta)
    need(
        isinstance(found, dict),
        "it returns a dict",
        type(found).__name__,
        "{name: array of rates}, as net.shapes has names",
    )
    same = set(found) == set(net.shapes)
    need(
        same,
        f"its keys are {', '.join(net.shapes)}",
        ", ".join(map(str, found)) or "none",
        "an entry for every name in net.shapes",
    )
    eta_of = {name: array(found[name], shape, f"the rates of {name}") for name, shape in net.shapes.items()}
    other = moved(net, [Move("h1", rescale(scale))])
    for step in range(30):
        X, y = rng.standard_normal((16, 3)), rng.integers(2, size=16)
        g, h = (views(each.gradient(X, y)[1], each.shapes) for each in (net, other))
        net = net.with_params({name: w - eta * g[name] for name, w in net.params.items()})
        went = {name: w - eta_of[name] * h[name] for name, w in other.params.items()}
        goal = moved(net, [Move("h1", rescale(scale))]).params
        for name in went:
            needed = (goal[name] - other.params[name]).ravel()
            i = int(np.argmax(np.abs(went[name] - goal[name])))
            times = (went[name] - other.params[name]).ravel()[i] / needed[i] if needed[i] else np.inf
            rule = f"{name} of the rescaled network stays at its place on the path"
            came = f"in step {step + 1} one of its entries moves {times:.3f} times as far as it must"
            look = "the step on W' = cW must be c times the step on W; the gradient of W' is 1/c times that of W"
            need(near(went[name], goal[name], 1e-8), rule, came, look)
        other = other.with_params(goal)


@exercise(
    "01.3",
    "direction(G)",
    "Return the direction of your optimiser's step for one gradient matrix G, without memory (Adam's is G / np.sqrt(G**2)).\n"
    "It turns with G: direction(R @ G) = R @ direction(G) for a rotation R, and direction(G @ R) = direction(G) @ R.\n"
    "It adapts: direction(c * G) = direction(G) for c > 0. And it leads down: its inner product with G is positive.",
)
def direction(answer, rng):
    """The three properties of a direction that keeps the path under rotations and adapts."""
    rows, columns = rng.integers(2, 7, size=2)
    G = rng.standard_normal((rows, columns)) * rng.uniform(0.2, 3, rows)[:, None]
    c, R, Q = 10 ** rng.uniform(-2, 2), orthogonal(rows, rows, rng), orthogonal(columns, columns, rng)

    def at(matrix):
        return array(called(answer, matrix), matrix.shape, "the direction")

    D = at(G)
    gap = np.abs(at(c * G) - D).max() / np.abs(D).max()
    look = "divide by something that grows as the gradient does; plain SGD does not adapt"
    need(gap < 1e-4, "direction(c G) = direction(G)", f"for c = {c:.3f} they differ by {100 * gap:.1f} %", look)
    for side, turned, wanted in (("R G", at(R @ G), R @ D), ("G R", at(G @ Q), D @ Q)):
        gap = np.abs(turned - wanted).max() / np.abs(wanted).max()
        look = "numbers that do not change when rows (and columns) are turned: single entries do, and so do lengths of rows or columns"
        came = f"turned first, and turned afterwards, differ by {100 * gap:.1f} %"
        need(gap < 1e-4, f"a rotation commutes with it: direction({side})", came, look)
    need(
        np.sum(G * D) > 0, "it leads down: the sum of G * direction(G) is positive", f"{np.sum(G * D):.2f}", "its sign"
    )
