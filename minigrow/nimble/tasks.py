"""Tasks: functions of one variable to learn from a few points, each with the numbers that the paper trains it with.

| task | target on x in [-1, 1] | loss |
|---|---|---|
| cubic | the cubic with f(-1) = f(1) = 1, f(1/3) = -2/3, f'(1/3) = 0 | squared error |
| cubic 2 | minus the cubic: f(-1) = f(1) = -1, f(1/3) = 2/3, f'(1/3) = 0 | squared error |
| quadratic | f(-1) = 1, f(0) = -1/5, f(1) = -1 | squared error |
| quadratic 2 | f(-1) = 1, f(1) = -1/2, f'(1/2) = 0 | squared error |
| arc | J_0 on [0.1, 0.2], both axes scaled to [-1, 1]: the released programs' task for the sweep of lambda | squared error |
| bessel | J_0 + J_1 + J_2 on [-2 pi, 2 pi], both axes scaled to [-1, 1] | squared error |
| step | floor(1 + sin 2 pi x), 0 or 1 | binary cross-entropy |
| mixture | three Gaussian bumps on [-4, 4], x scaled to [-1, 1] | squared error |

Spirals are in `minigrow.datasets.spirals`, digits in `minigrow.datasets.digits`.
Source: Radhakrishnan et al. 2025, arXiv 2501.18012.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.nimble.bessel import bessel
from minigrow.nn.door import door
from minigrow.nn.validate import choice, generator, positive, whole

CENTRES, SPREADS, HEIGHTS = np.array([-2.0, 0.0, 2.0]), np.array([0.5, 0.8, 0.3]), np.array([1.0, 1.5, 0.8])


class Task(NamedTuple):
    """A target f(x), and how the paper trains on it: loss, sizes of training and test set, rate, lambda, epochs.

    >>> TASKS["quadratic"].f(np.array([-1.0, 0.0, 1.0]))
    array([ 1. , -0.2, -1. ])
    """

    name: str
    f: Callable[[np.ndarray], np.ndarray]
    loss: str = "mse"
    train: int = 32
    test: int = 8
    rate: float = 1e-3
    strength: float = 0.1
    epochs: int = 40000


class Samples(NamedTuple):
    """A training and a test set: points X (n, 1) with targets y (n, 1)."""

    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def _through(*conditions):
    """Return the coefficients, highest power first, of the polynomial with f(x) = value (order 0) or f'(x) = value (order 1)."""
    powers = np.arange(len(conditions))[::-1]
    rows = [powers * x ** np.maximum(powers - 1.0, 0) if order else x**powers for x, order, _ in conditions]
    return np.linalg.solve(np.array(rows), [value for *_, value in conditions])


CUBIC = _through((-1.0, 0, 1.0), (1.0, 0, 1.0), (1 / 3, 0, -2 / 3), (1 / 3, 1, 0.0))
QUADRATIC = _through((-1.0, 0, 1.0), (0.0, 0, -0.2), (1.0, 0, -1.0))
QUADRATIC_2 = _through((-1.0, 0, 1.0), (1.0, 0, -0.5), (0.5, 1, 0.0))


def bessel_sum(x: np.ndarray) -> np.ndarray:
    """Return J_0 + J_1 + J_2 at 2 pi x, scaled so that its range on [-1, 1] is [-1, 1]; any shape.

    >>> round(float(bessel_sum(np.linspace(-1, 1, 2001)).max()), 6)
    1.0
    """
    return (_bessels(x) - MIDDLE) / HALF


def _bessels(x):
    return sum(bessel(n, 2 * math.pi * x) for n in range(3))


_FINE = _bessels(np.linspace(-1, 1, 20001))
MIDDLE, HALF = (_FINE.max() + _FINE.min()) / 2, (_FINE.max() - _FINE.min()) / 2


def arc(x: np.ndarray) -> np.ndarray:
    """Return J_0 on [0.1, 0.2], both axes scaled to [-1, 1]; any shape.

    >>> arc(np.array([-1.0, 0.0, 1.0])).round(3).tolist()
    [1.0, 0.166, -1.0]
    """
    high, low = bessel(0, [0.1, 0.2])
    return (2 * bessel(0, 0.15 + 0.05 * np.asarray(x)) - high - low) / (high - low)


def square_wave(x: np.ndarray) -> np.ndarray:
    """Return floor(1 + sin 2 pi x), 0 or 1, any shape (the single points where it would be 2 are 1 here).

    >>> square_wave(np.array([-0.25, 0.25, 0.75]))
    array([0., 1., 0.])
    """
    return np.minimum(np.floor(1 + np.sin(2 * math.pi * x)), 1.0)


def bumps(x: np.ndarray) -> np.ndarray:
    """Return sum_j h_j exp(-(4x - mu_j)^2 / (2 sigma_j^2)), three Gaussian bumps; any shape.

    The paper gives centres, widths and weights; we read the weights as heights.

    >>> bumps(np.array([0.0])).round(4)
    array([1.5003])
    """
    q = (4 * np.asarray(x)[..., None] - CENTRES) / SPREADS
    return np.sum(HEIGHTS * np.exp(-q * q / 2), axis=-1)


TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task("cubic", lambda x: np.polyval(CUBIC, x)),
        Task("cubic 2", lambda x: -np.polyval(CUBIC, x), epochs=20000),
        Task("quadratic", lambda x: np.polyval(QUADRATIC, x)),
        Task("quadratic 2", lambda x: np.polyval(QUADRATIC_2, x), epochs=20000),
        Task("arc", arc),
        Task("bessel", bessel_sum),
        Task("step", square_wave, "binary", 40, 10, 0.08, 0.01, 10000),
        Task("mixture", bumps),
    )
}


@door
def sample(task: str | Task, rng: Any = None, noise: float = 0.0) -> Samples:
    """Draw points x uniformly on [-1, 1] and their targets, to which Gaussian noise of this standard deviation is added.

    >>> sample("cubic", np.random.default_rng(0)).X.shape
    (32, 1)
    """
    positive(noise, "noise", zero="none")
    task = TASKS[choice(task, TASKS, "task")] if isinstance(task, str) else task
    rng = generator(rng)
    x = rng.uniform(-1, 1, whole(task.train, "train", least=1) + whole(task.test, "test", least=1))
    y = task.f(x) + (noise * rng.standard_normal(x.size) if noise else 0.0)
    cut = task.train
    return Samples(x[:cut, None], y[:cut, None], x[cut:, None], y[cut:, None])
