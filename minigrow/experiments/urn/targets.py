"""Targets that are an input plus a change: one step of a dynamical system, cleaned images, and their controls.

    next         y = x_{t+1}                  what the system does in one step from x = x_t
    difference   y = x_{t+1} - x_t            control: the same term without the identity, as high as the state
    permuted     y_i = (x_{t+1})_{i-1}        control: a residual up to relabelling, not in its place
    rotated      y = Q x_{t+1}                control: Q (the cosine basis) has no entry near 1, so no identity is left

All states are in units of their own mean and standard deviation. The step of time is found by one rule for all systems, so that
nothing is tuned to a system: the change is SHARE of the state's standard deviation (root mean square). `stream` was made for
this question; on `stream` and `duffing` the setting was sought.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from minigrow.datasets import digits
from minigrow.experiments.urn import systems
from minigrow.experiments.urn.tasks import Task, even

SHARE = 0.2  # of the change in the state's standard deviation
SAMPLES = 256  # for training, and as many held out (images: half of 1797)
NOISE, PIXELS = (
    0.3,
    0.2,
)  # noise per pixel's own deviation; pixels that vary less than this share of the mean are left out
FORMS = ("next", "difference", "permuted", "rotated")
Pair = tuple[np.ndarray, np.ndarray]


@lru_cache
def clock(name: str) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the step of time of a system, and the mean and standard deviation (d,) of its states."""
    f, draw = systems.SYSTEMS[name]
    X = draw(np.random.default_rng(0), 1000)
    mean, scale = X.mean(axis=0), X.std(axis=0)

    def change(dt):
        return np.sqrt(np.mean(((systems.flow(f, X, dt) - X) / scale) ** 2))

    low, high = 1e-4, 2.0
    for _ in range(30):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if change(middle) < SHARE else (low, middle)
    return low, mean, scale


def system(name: str, rng: np.random.Generator) -> Pair:
    """Return states x_t and x_{t+1} (n, d), both in units of the state's mean and standard deviation."""
    (f, draw), (dt, mean, scale) = systems.SYSTEMS[name], clock(name)
    X = draw(rng, 2 * SAMPLES)
    return (X - mean) / scale, (systems.flow(f, X, dt) - mean) / scale


def uniform(term: Callable[[np.ndarray], np.ndarray], rng: np.random.Generator) -> Pair:
    """Return x (n, 4), uniform in [-1, 1], and x + term(x), both in units of the standard deviation of x."""
    X = rng.uniform(-1, 1, (2 * SAMPLES, 4))
    return np.sqrt(3) * X, np.sqrt(3) * (X + term(X))


def products(X: np.ndarray) -> np.ndarray:
    """Return 0.5 x_{i+1} x_{i+2} (n, d)."""
    return 0.5 * np.roll(X, -1, axis=1) * np.roll(X, -2, axis=1)


def images(rng: np.random.Generator) -> Pair:
    """Return noisy and clean digits (1797, d) in an order of the rng, without the pixels at the rim that hardly ever vary."""
    X = digits().X.astype(np.float64)
    X = X[rng.permutation(len(X))]
    scale = X.std(axis=0)
    kept = scale > PIXELS * scale.mean()
    clean = ((X - X.mean(axis=0)) / np.where(kept, scale, 1))[:, kept]
    return clean + NOISE * rng.standard_normal(clean.shape), clean


TARGETS: dict[str, Callable[[np.random.Generator], Pair]] = {
    name: lambda rng, name=name: system(name, rng) for name in systems.SYSTEMS
} | {
    "products": lambda rng: uniform(products, rng),
    "stream": lambda rng: uniform(even, rng),
    "images": images,
}


def shaped(X: np.ndarray, Y: np.ndarray, form: str) -> np.ndarray:
    """Return the target (n, d) in one of FORMS; see the top of this file."""
    if form == "next":
        return Y
    if form == "difference":
        return (Y - X) / np.std(Y - X) * np.std(Y)
    if form == "permuted":
        return np.roll(Y, 1, axis=1)
    return Y @ cosines(Y.shape[1]).T


def change(name: str, form: str, seed: int) -> Task:
    """Return one of TARGETS in one of FORMS: one half to train on, the other held out.

    >>> change("pendulum", "next", 0).y.shape
    (256, 2)
    """
    X, Y = TARGETS[name](np.random.default_rng(seed))
    Y, n = shaped(X, Y, form), len(X) // 2
    return Task(X[:n], Y[:n], "mse", (X[n:], Y[n:]))


def cosines(d: int) -> np.ndarray:
    """Return the orthonormal cosine basis (d, d): no entry exceeds sqrt(2 / d).

    >>> Q = cosines(3)
    >>> np.allclose(Q @ Q.T, np.eye(3)), bool(np.abs(Q).max() < 0.82)
    (True, True)
    """
    i = np.arange(d)
    Q = np.sqrt(2 / d) * np.cos(np.pi * i[:, None] * (2 * i + 1) / (2 * d))
    Q[0] /= np.sqrt(2)
    return Q
