"""The compiled gradient of one hidden tanh layer with one output in float64, and its rule as numbers for the kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrow.nimble.fast import kernels
from minigrow.nimble.gates import GATES

FOLLOWS = {"loss": 1.0, "size": 0.0, "nothing": -1.0}
BINARY = {"mse": False, "binary": True}


def rule_numbers(net: Any) -> tuple[float, ...]:
    """Return a network's gate and size term as the kernels take them: gate code, seen, follows, strength, goal, delta.

    >>> from minigrow.nimble import auxiliary
    >>> rule_numbers(auxiliary(rng=0))
    (0.0, 1.0, 1.0, 0.1, 5.0, 1.0)
    """
    rule, numbers = net.parts, (float(net.strength), float(net.goal), float(net.delta))
    return float(GATES[rule.gate].code), rule.seen, FOLLOWS[rule.follows], *numbers


def fits_kernel(net: Any) -> bool:
    """Say whether the compiled loops can train this network: one hidden tanh layer, one output, float64.

    >>> from minigrow.nimble import auxiliary
    >>> fits_kernel(auxiliary(rng=0)), fits_kernel(auxiliary([1, 9, 9, 1], rng=0))
    (True, False)
    """
    return len(net.widths) == 3 and net.widths[2] == 1 and net.activation == "tanh" and net.theta.dtype == np.float64


def bind(net: Any, g: np.ndarray, loss: str) -> Callable[[np.ndarray, np.ndarray], float]:
    """Return f(X, y) -> loss that writes dL/dtheta into g (P,), for a network that `fits_kernel` and a loss of `BINARY`.

    X is (n, d) in float64. The network's theta is read anew at every call, so an optimiser may update it in between.

    >>> from minigrow.nimble import controller
    >>> net = controller([1, 10, 1], rng=0)
    >>> g, X, y = np.empty_like(net.theta), np.linspace(-1, 1, 5)[:, None], np.ones((5, 1))
    >>> value = bind(net, g, "mse")(X, y)
    >>> np.allclose(g, net.gradient(X, y)[1])
    True
    """
    (d, m, _), binary, rule, rooms = net.widths, BINARY[loss], rule_numbers(net), {}

    def step(X: np.ndarray, y: np.ndarray) -> float:
        if len(X) not in rooms:
            rooms[len(X)] = kernels.workroom(m, d, len(X))
        t = np.ascontiguousarray(y, dtype=np.float64).reshape(-1)
        return kernels.loss_and_gradient(net.theta, m, np.ascontiguousarray(X.T), t, binary, rule, g, rooms[len(X)])

    return step
