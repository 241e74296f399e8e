"""Draw the random networks, data and changes that the laws are checked on, and measure in units of eps."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.isotropic import Network
from minigrow.nn import MLP
from minigrow.nn.initialisers import orthogonal
from minigrow.nn.radial import RADIAL


def in_eps(found: np.ndarray, expected: np.ndarray) -> float:
    """Return the greatest difference of two arrays (..., any), in eps of their type times the greatest expected entry; inf for NaN.

    >>> in_eps(np.array([1.0 + 2**-52]), np.array([1.0]))
    1.0
    """
    scale = float(np.max(np.abs(expected), initial=0)) or 1.0
    gap = float(np.max(np.abs(np.asarray(found) - expected), initial=0))
    gap = gap / scale / float(np.finfo(np.asarray(expected).dtype).eps)
    return float("inf") if np.isnan(gap) else gap  # Python's max(...) may pass a NaN over


def gradient_in_eps(found: np.ndarray, expected: np.ndarray, floor: float = 0.01) -> float:
    """Return the same for gradients (...,), but in eps of at least `floor`.

    Where the right class is nearly certain the gradient is tiny and comes from p - 1, which keeps its absolute digits only.

    >>> gradient_in_eps(np.array([2**-60]), np.array([0.0])) < 1
    True
    """
    return in_eps(np.append(found, floor), np.append(expected, floor))


def widths(rng: np.random.Generator, hidden: int, most: int) -> list[int]:
    """Draw inputs, `hidden` hidden widths and outputs, each in 1..most, but at least two outputs: one class has no gradient.

    >>> len(widths(np.random.default_rng(0), 2, 5))
    4
    """
    drawn = rng.integers(1, most + 1, hidden + 2)
    return [*map(int, drawn[:-1]), max(2, int(drawn[-1]))]


def network(rng: np.random.Generator, hidden: int, most: int, dtype: Any = np.float64, **options: str) -> Network:
    """Draw an isotropic network whose b, psi and o are not zero, of any initialiser.

    >>> network(np.random.default_rng(0), 2, 5).layers
    3
    """
    options.setdefault("init", str(rng.choice(["orthogonal", "glorot", "he"])))
    net = Network.create(widths(rng, hidden, most), rng=rng, dtype=dtype, **options)
    for name, array in net.params.items():
        if name.startswith(("b", "psi")) and not (options.get("psi") in ("none", "expectation") and name[0] == "p"):
            array[...] = 0.3 * rng.standard_normal(array.shape)
    if options.get("o") != "none":
        net.params["lambda"][...] = rng.uniform(-14, 0, net.layers - 1)
    return net


def mlp(rng: np.random.Generator, activation: str, hidden: int = 2, most: int = 6) -> MLP:
    """Draw a plain network with biases that are not zero.

    >>> mlp(np.random.default_rng(0), "tanh").layers
    3
    """
    net = MLP.create(widths(rng, hidden, most), activation, rng=rng)
    return net.with_theta(net.theta + 0.3 * rng.standard_normal(net.theta.size))


def data(rng: np.random.Generator, net: Any, n: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Draw inputs (n, m_0) from N(0, 1) in the network's type and class labels (n,).

    >>> data(np.random.default_rng(0), mlp(np.random.default_rng(0), "tanh"))[1].shape
    (7,)
    """
    X = rng.standard_normal((n, net.widths[0])).astype(net.theta.dtype)
    return X, rng.integers(net.widths[-1], size=n)


def rotation(rng: np.random.Generator, h: int) -> np.ndarray:
    """Draw an orthogonal matrix (h, h).

    >>> rotation(np.random.default_rng(0), 3).shape
    (3, 3)
    """
    return orthogonal(h, h, rng)


def any_radial(rng: np.random.Generator) -> str:
    """Draw the name of an isotropic activation.

    >>> any_radial(np.random.default_rng(0)) in RADIAL
    True
    """
    return str(rng.choice(list(RADIAL)))
