"""Tasks that were not made for the pool: spirals at several turns, Friedman's regressions, a smooth teacher, images and signals.

Targets of regressions have mean 0 and variance 1 on the training set, so an error is a share of the variance. Importing this
file puts them into `tasks.TASKS`. Source: J. H. Friedman, Multivariate adaptive regression splines, Ann. Stat. 19, 1991
(friedman1 with five idle inputs, friedman2, friedman3, all without noise here).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from minigrow.experiments.shared import parts
from minigrow.experiments.urn.tasks import TASKS, Task

SAMPLES = 200  # of the training set and of the test set


def regression(f: Callable[[np.ndarray], np.ndarray], d: int, seed: int) -> Task:
    """Return the task y = f(x), x uniform in [0, 1]^d, as inputs in [-1, 1] and standardised targets (n, 1)."""
    X = np.random.default_rng(seed).uniform(0, 1, (2 * SAMPLES, d))
    y = f(X)[:, None]
    y = (y - y[:SAMPLES].mean()) / y[:SAMPLES].std()
    X = 2 * X - 1
    return Task(X[:SAMPLES], y[:SAMPLES], "mse", (X[SAMPLES:], y[SAMPLES:]))


def friedman1(X: np.ndarray) -> np.ndarray:
    """Return 10 sin(pi x_1 x_2) + 20 (x_3 - .5)^2 + 10 x_4 + 5 x_5 (n,) for X (n, d >= 5) in [0, 1]; other inputs are idle.

    >>> friedman1(np.full((1, 5), 0.5)).round(3)
    array([14.571])
    """
    a, b, c, d, e = X[:, :5].T
    return 10 * np.sin(np.pi * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e


def _circuit(X):
    """Resistance, frequency, inductance, capacitance of a circuit, in Friedman's ranges."""
    R, omega, L, C = X.T
    return 100 * R, (omega * 260 + 20) * 2 * np.pi, L, 1 + 10 * C


def friedman2(X: np.ndarray) -> np.ndarray:
    """Return the impedance sqrt(R^2 + (w L - 1 / w C)^2) (n,) for X (n, 4) in [0, 1]."""
    R, omega, L, C = _circuit(X)
    return np.sqrt(R**2 + (omega * L - 1 / (omega * C)) ** 2)


def friedman3(X: np.ndarray) -> np.ndarray:
    """Return the phase arctan((w L - 1 / w C) / R) (n,) for X (n, 4) in [0, 1]."""
    R, omega, L, C = _circuit(X)
    return np.arctan((omega * L - 1 / (omega * C)) / np.maximum(R, 1e-3))


def teacher(seed: int, d: int = 4, h: int = 4) -> Callable[[np.ndarray], np.ndarray]:
    """Return y = v' tanh(2 W tanh(2 V x)) (n,) with weights N(0, 1 / fan-in) drawn anew for each seed, for X (n, d) in [0, 1]."""
    rng = np.random.default_rng([seed, 1])
    V, W, v = rng.standard_normal((h, d)) / d**0.5, rng.standard_normal((h, h)) / h**0.5, rng.standard_normal(h)
    return lambda X: np.tanh(2 * np.tanh(2 * (2 * X - 1) @ V.T) @ W.T) @ v


def arms(seed: int, turns: float) -> Task:
    """Return two spiral arms of 100 points that turn `turns` times around each other, as inputs in [-2, 2] and labels."""
    rng = np.random.default_rng(seed)
    way, k = rng.uniform(0.1, 1, 2 * SAMPLES), rng.integers(2, size=2 * SAMPLES)
    phi = 2 * np.pi * turns * way + np.pi * k + 0.05 * rng.standard_normal(2 * SAMPLES)
    X = 2 * way[:, None] * np.column_stack([np.sin(phi), np.cos(phi)])
    return Task(X[:SAMPLES], k[:SAMPLES], "softmax", (X[SAMPLES:], k[SAMPLES:]))


def known(name: str, seed: int) -> Task:
    """Return a data set by name or folder as a task of classes."""
    train, test = parts(name, seed, np.float64)
    return Task(train.X, train.y, "softmax", (test.X, test.y))


TASKS |= {
    "spirals 0.5": lambda seed: arms(seed, 0.5),
    "spirals 1": lambda seed: arms(seed, 1.0),
    "spirals 1.5": lambda seed: arms(seed, 1.5),
    "friedman1": lambda seed: regression(friedman1, 10, seed),
    "friedman2": lambda seed: regression(friedman2, 4, seed),
    "friedman3": lambda seed: regression(friedman3, 4, seed),
    "teacher": lambda seed: regression(teacher(seed), 4, seed),
}


def prepared(name: str, seed: int) -> Task:
    """Return a task by name; "plain NAME" is a data set or a folder as a task of classes whose inputs have no places.

    >>> prepared("spirals 1", 0).X.shape, prepared("plain mnist-1d", 0).outputs
    ((200, 2), 10)
    """
    if name.startswith("plain "):
        TASKS[name] = lambda seed: known(name.removeprefix("plain "), seed)
    return TASKS[name](seed)
