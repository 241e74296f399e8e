"""Checks of tutorial 5, the URN: an absolute value in a pool, the cheapest scale of a neuron, a training loop with a price."""

from __future__ import annotations

import numpy as np

from minigrow.labs.checking import exercise, need
from minigrow.labs.values import array, called, near, number, several
from minigrow.nn import Adam
from minigrow.nn.optimisers import start
from minigrow.urn import Network, Strengths
from minigrow.urn.embedding import embed_layers
from minigrow.urn.pricing import metric
from minigrow.urn.strengths import prices, soft_threshold


@exercise(
    "05.1",
    "layers()",
    "Return [(W1, b1), (W2, b2)], the layers of a network with one input, two ReLU neurons and one output that says |x|,\n"
    "as `urn.embedding.embed_layers` takes them: W1 (2, 1), b1 (2,), W2 (1, 2), b2 (1,).",
    cases=5,
)
def layers(answer, rng):
    """The shapes, the function, and the four edges of the pool."""
    (W1, b1), (W2, b2) = (several(layer, "W", "b") for layer in several(called(answer), "(W1, b1)", "(W2, b2)"))
    look = "W_l has a row for each neuron it feeds, and a column for each that feeds it"
    W1, b1 = array(W1, (2, 1), "W1", look), array(b1, (2,), "b1", look)
    W2, b2 = array(W2, (1, 2), "W2", look), array(b2, (1,), "b2", look)
    x = np.concatenate([[-1.0, 1.0], rng.normal(0, 3, 8)])[:, None]
    says = (np.maximum(x @ W1.T + b1, 0) @ W2.T + b2)[:, 0]
    i = int(np.argmax(np.abs(says - np.abs(x[:, 0]))))
    look = "|x| = relu(x) + relu(-x): which of the two is at work for x = -2, which for x = 2?"
    need(near(says, np.abs(x[:, 0])), "it says |x|", f"it says {says[i]:.3f} for x = {x[i, 0]:.3f}", look)
    pool = embed_layers([(W1, b1), (W2, b2)], "relu")
    edges = int(np.count_nonzero(pool.W))
    need(
        edges == 4,
        "the pool has four edges",
        f"{edges}",
        "each of the two neurons hears the input and speaks to the output",
    )


@exercise(
    "05.2",
    "cheapest(A, B)",
    "A ReLU neuron has the sums A of |incoming| and B of |outgoing| weights; the incoming ones are multiplied by q > 0, the outgoing\n"
    "ones divided by q. Return the q at which the l1 price, the sum of all their absolute values, is least.",
)
def cheapest(answer, rng):
    """No other q on a fine grid is cheaper."""
    A, B = rng.uniform(0.2, 5, size=2)
    q = number(called(answer, A, B), "q")
    need(q > 0, "q > 0", f"{q:.3f}", "a negative q would turn the ReLU round")
    grid = q * np.exp(np.linspace(-3, 3, 601))
    cost, best = q * A + B / q, grid[np.argmin(grid * A + B / grid)]
    least = best * A + B / best
    look = "the slope of q A + B/q is A - B/q^2: where is it zero?"
    if near(q, 2 * np.sqrt(A * B)):
        look = "that is the least price itself; the question is at which q it is reached"
    rule = f"no other q is cheaper (A = {A:.3f}, B = {B:.3f})"
    need(cost <= least * (1 + 1e-9), rule, f"q = {q:.3f} costs {cost:.3f}, q = {best:.3f} costs {least:.3f}", look)


def _loop(net, X, y, cost, steps, coin, when="after"):
    """The network after so many steps, priced in one coin; `when` the threshold comes: after the step, before it, or never."""
    net = net.with_theta(net.theta.copy())
    adam, theta = Adam(rate=1e-2), net.theta
    state = start(adam, theta)
    for _ in range(steps):
        if when == "before" and state.t:
            theta[:] = soft_threshold(theta, coin(adam, state, theta) * cost)
        stepped, state = adam.step(state, theta, net.gradient(X, y, "mse")[1])
        theta[:] = stepped
        if when == "after":
            theta[:] = soft_threshold(theta, coin(adam, state, theta) * cost)
    return theta


def _bare(adam, state, theta):
    return np.full_like(theta, adam.rate)


@exercise(
    "05.3",
    "by_own_loop(net, X, y, cost, steps)",
    "Train the pool net for so many steps on all of X, y: the gradient of the loss mse, a step of Adam at the rate 0.01, then\n"
    "the soft threshold with zeta = eta_i cost, eta_i Adam's own step sizes (`metric`). cost (P,) is what `prices` returns.\n"
    "Return the network.",
    cases=3,
)
def by_own_loop(answer, rng):
    """The same weights as a loop in plain NumPy; if not, which other loop it was."""
    net = Network.create(4, 1, size=12, iterations=3, rng=rng)
    X = rng.choice([-1.0, 1.0], (16, 4))
    y, steps = X @ rng.standard_normal((4, 1)) / 2, 120
    cost = prices(net, Strengths(l1=0.03, loop=1.0))
    found = called(answer, net, X, y, cost, steps)
    theta = array(
        getattr(found, "theta", found), net.theta.shape, "theta of the network", "return the network that was trained"
    )
    right = _loop(net, X, y, cost, steps, metric)
    others = {
        "nothing was trained: net.theta is as it was": net.theta,
        "there is no threshold": _loop(net, X, y, cost, steps, metric, "never"),
        "the threshold is rate * cost, not in Adam's own step sizes": _loop(net, X, y, cost, steps, _bare),
        "the last thing in a step is the threshold, here it is the first": _loop(
            net, X, y, cost, steps, metric, "before"
        ),
    }
    look = next(
        (said for said, other in others.items() if near(theta, other, 1e-7)),
        "gradient, step, threshold, in this order and once each",
    )
    zeros, wanted = (int(np.sum(each[cost > 0] == 0)) for each in (theta, right))
    came = f"{zeros} weights are exactly zero, not {wanted}; the weights are off by {np.abs(theta - right).max():.2g}"
    need(near(theta, right, 1e-7), f"after {steps} steps the weights are those of the loop in the text", came, look)
