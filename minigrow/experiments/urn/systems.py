"""Dynamical systems of the textbooks, x' = f(x): `flow(f, X, dt)` moves states X (n, d) on by dt.

| name | d | equations |
|---|---|---|
| lorenz | 3 | x' = 10 (y - x), y' = x (28 - z) - y, z' = xy - 8z/3 (on its attractor) |
| lorenz-96 | 5 | x_i' = (x_{i+1} - x_{i-2}) x_{i-1} - x_i + 8 (on its attractor) |
| van der pol | 2 | x' = v, v' = (1 - x^2) v - x |
| pendulum | 2 | q' = p, p' = -sin q |
| predator | 2 | x' = x (1 - y), y' = y (x - 1) (Lotka and Volterra) |
| rigid body | 3 | a' = -bc, b' = ca, c' = -ab/3 (Euler, moments of inertia 1, 2, 3) |
| henon-heiles | 4 | x' = p, y' = q, p' = -x - 2xy, q' = -y - x^2 + y^2 |
| duffing | 2 | x' = v, v' = x - x^3 |
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Field = Callable[[np.ndarray], np.ndarray]
Draw = Callable[[np.random.Generator, int], np.ndarray]


def flow(f: Field, X: np.ndarray, dt: float, steps: int = 10) -> np.ndarray:
    """Return the states (n, d) after dt, by `steps` classical Runge-Kutta steps.

    >>> bool(abs(flow(lambda x: -x, np.ones((1, 1)), 1.0)[0, 0] - np.exp(-1)) < 1e-6)
    True
    """
    h = dt / steps
    for _ in range(steps):
        a = f(X)
        b = f(X + h / 2 * a)
        c = f(X + h / 2 * b)
        X = X + h / 6 * (a + 2 * b + 2 * c + f(X + h * c))
    return X


def box(low: list[float], high: list[float]) -> Draw:
    """Return a function that draws states (n, d) uniformly between two corners.

    >>> box([0, 1], [0, 1])(np.random.default_rng(0), 1)
    array([[0., 1.]])
    """
    return lambda rng, n: rng.uniform(low, high, (n, len(low)))


def attractor(f: Field, centre: list[float], time: float = 5.0) -> Draw:
    """Return a function that draws states (n, d) around a centre and lets them run onto the attractor."""
    return lambda rng, n: flow(f, centre + 3 * rng.standard_normal((n, len(centre))), time, 500)


def _columns(f):
    """Let a function of the coordinates return the field of states (n, d)."""
    return lambda X: np.stack(f(*X.T), axis=1)


def lorenz_96(X: np.ndarray) -> np.ndarray:
    """Return x_i' (n, d) of Lorenz's ring.

    >>> lorenz_96(np.full((1, 4), 8.0))
    array([[0., 0., 0., 0.]])
    """
    return (np.roll(X, -1, axis=1) - np.roll(X, 2, axis=1)) * np.roll(X, 1, axis=1) - X + 8


LORENZ = _columns(lambda x, y, z: (10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z))

SYSTEMS: dict[str, tuple[Field, Draw]] = {
    "lorenz": (LORENZ, attractor(LORENZ, [0.0, 0.0, 25.0])),
    "lorenz-96": (lorenz_96, attractor(lorenz_96, [2.0] * 5)),
    "van der pol": (_columns(lambda x, v: (v, (1 - x * x) * v - x)), box([-3, -3], [3, 3])),
    "pendulum": (_columns(lambda q, p: (p, -np.sin(q))), box([-3, -2], [3, 2])),
    "predator": (_columns(lambda x, y: (x * (1 - y), y * (x - 1))), box([0.3, 0.3], [2.5, 2.5])),
    "rigid body": (_columns(lambda a, b, c: (-b * c, c * a, -a * b / 3)), box([-1, -1, -1], [1, 1, 1])),
    "henon-heiles": (
        _columns(lambda x, y, p, q: (p, q, -x - 2 * x * y, -y - x * x + y * y)),
        box([-0.5] * 4, [0.5] * 4),
    ),
    "duffing": (_columns(lambda x, v: (v, x - x**3)), box([-1.5, -1.5], [1.5, 1.5])),
}
