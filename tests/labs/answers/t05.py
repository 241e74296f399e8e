"""Right and typically wrong answers to the exercises of tutorial 5."""

import numpy as np

from minigrow.nn import Adam
from minigrow.nn.optimisers import start
from minigrow.urn.pricing import metric
from minigrow.urn.strengths import soft_threshold


def layers(first=(1.0, -1.0), second=(1.0, 1.0), bias=0.0, thresholds=(0.0, 0.0)):
    return [(np.array(first)[:, None], np.array(thresholds)), (np.array([second]), np.array([bias]))]


def loop(net, X, y, cost, steps, coin=metric, rate=1e-2):
    adam, g, theta = Adam(rate=rate), np.empty_like(net.theta), net.theta
    gradient, state = net.bound(g, "mse"), start(adam, theta)
    for _ in range(steps):
        gradient(X, y)
        state = adam.update(state, theta, g)
        theta[:] = soft_threshold(theta, coin(adam, state, theta) * cost)
    return net


def bare(adam, state, theta):
    return adam.rate


def threshold_first(net, X, y, cost, steps):
    adam, g, theta = Adam(rate=1e-2), np.empty_like(net.theta), net.theta
    gradient, state = net.bound(g, "mse"), start(adam, theta)
    for _ in range(steps):
        if state.t:
            theta[:] = soft_threshold(theta, metric(adam, state, theta) * cost)
        gradient(X, y)
        state = adam.update(state, theta, g)
    return net


RIGHT = {"05.1": [layers], "05.2": [lambda A, B: np.sqrt(B / A)], "05.3": [loop, lambda *a: loop(*a).theta]}
WRONG = {
    "05.1": [
        (lambda: layers(first=(1.0, 1.0)), "which of the two is at work for x = -2"),
        (lambda: layers(second=(1.0, -1.0)), "it says |x|"),
        (lambda: layers(bias=0.5), "it says |x|"),
        (lambda: layers(first=(0.0, -1.0), thresholds=(1.0, 0.0)), "it says 1.000 for x = 2.716"),
        (lambda: [(np.array([[1.0, -1.0]]), np.zeros(2)), layers()[1]], "W1 has the shape (2, 1)"),
        (lambda: layers()[:1], "2 values: (W1, b1), (W2, b2)"),
    ],
    "05.2": [
        (lambda A, B: np.sqrt(A / B), "no other q is cheaper"),
        (lambda A, B: 1.02 * np.sqrt(B / A), "no other q is cheaper"),
        (lambda A, B: 15 * np.sqrt(B / A), "q = 1.336 costs 7.114"),
        (lambda A, B: np.sqrt(B / A) / 15, "q = 1.341 costs 7.114"),
        (lambda A, B: B / A, "where is it zero?"),
        (lambda A, B: 2 * np.sqrt(A * B), "that is the least price itself"),
        (lambda A, B: -np.sqrt(B / A), "q > 0"),
        (lambda A: A, "it is called as cheapest(A, B)"),
    ],
    "05.3": [
        (lambda *a: loop(*a, coin=bare), "not in Adam's own step sizes"),
        (lambda net, X, y, cost, steps: loop(net, X, y, 0 * cost, steps), "there is no threshold"),
        (threshold_first, "here it is the first"),
        (lambda net, X, y, cost, steps: net, "nothing was trained"),
        (lambda net, X, y, cost, steps: 0 * net.theta, "came  88 weights are exactly zero, not "),
        (lambda *a: loop(*a, rate=1e-3), "in this order and once each"),
        (lambda *a: loop(*a).params["Whh"], "theta of the network has the shape"),
    ],
}
