"""Draw initial weights W (fan_out, fan_in) from a Generator that the caller passes.

normal and uniform keep one scale; Glorot keeps the variance of signals both ways, He doubles it for ReLU's lost half,
orthogonal starts with all singular values equal, so that their spreading is the work of training alone.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Initialiser = Callable[[int, int, np.random.Generator], np.ndarray]


def normal(fan_out: int, fan_in: int, rng: np.random.Generator, scale: float = 0.1) -> np.ndarray:
    """Draw W (fan_out, fan_in) from N(0, scale^2).

    >>> normal(2, 3, np.random.default_rng(0)).shape
    (2, 3)
    """
    return scale * rng.standard_normal((fan_out, fan_in))


def uniform(fan_out: int, fan_in: int, rng: np.random.Generator, scale: float = 1.0) -> np.ndarray:
    """Draw W (fan_out, fan_in) uniformly from [-scale, scale].

    >>> bool(abs(uniform(2, 3, np.random.default_rng(0))).max() <= 1)
    True
    """
    return rng.uniform(-scale, scale, (fan_out, fan_in))


def glorot(fan_out: int, fan_in: int, rng: np.random.Generator) -> np.ndarray:
    """Draw W (fan_out, fan_in) from N(0, 2 / (fan_in + fan_out)) (Glorot and Bengio 2010, normal form).

    >>> glorot(2, 3, np.random.default_rng(0)).shape
    (2, 3)
    """
    return normal(fan_out, fan_in, rng, np.sqrt(2 / (fan_in + fan_out)))


def he(fan_out: int, fan_in: int, rng: np.random.Generator) -> np.ndarray:
    """Draw W (fan_out, fan_in) from N(0, 2 / fan_in) (He et al. 2015).

    >>> he(2, 3, np.random.default_rng(0)).shape
    (2, 3)
    """
    return normal(fan_out, fan_in, rng, np.sqrt(2 / fan_in))


def orthogonal(fan_out: int, fan_in: int, rng: np.random.Generator) -> np.ndarray:
    """Draw W (fan_out, fan_in) with orthonormal rows (or columns, if there are more rows), uniform over such matrices.

    W is Q of the QR of a normal matrix, with the signs of R's diagonal moved into Q to make the draw uniform (Mezzadri 2007).

    >>> W = orthogonal(2, 3, np.random.default_rng(0))
    >>> np.allclose(W @ W.T, np.eye(2))
    True
    """
    tall = rng.standard_normal((max(fan_out, fan_in), min(fan_out, fan_in)))
    Q, R = np.linalg.qr(tall)
    Q = Q * np.sign(np.diag(R))
    return np.ascontiguousarray(Q if fan_out >= fan_in else Q.T)


INITIALISERS: dict[str, Initialiser] = {f.__name__: f for f in (normal, uniform, glorot, he, orthogonal)}
