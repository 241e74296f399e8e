"""Apply isotropic activations: they depend on a vector only through its length, so they commute with every rotation.

    rho^2 = o + |z|^2        f(z) = a(rho) z        f(R z) = R f(z) for every orthogonal R
    Jacobian  a 1 + (a'/rho) z z'        dL/dz = a g + (g . z)(a'/rho) z

A profile is the gain a(rho) and its bend a'(rho)/rho. Both are needed at rho = 0, where tanh(rho)/rho is 0/0: there a
series is used. Source: Bird 2026 (arXiv 2602.23405) for isotropic tanh; the other profiles share its mathematics.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

SMALL = 0.05  # below this length the series is the more accurate one (both are within 1e-13 there)
LEAK = 0.1
ISOTROPIC = frozenset({"permute", "flip", "append", "rotate"})
THRESHOLD = 0.5
# tanh(r)/r = 1 - r^2/3 + 2 r^4/15 - 17 r^6/315 + 62 r^8/2835 - 1382 r^10/155925; the bend is its derivative over r.
GAIN_SERIES = (1.0, -1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925)
BEND_SERIES = tuple(2 * k * c for k, c in enumerate(GAIN_SERIES))[1:]


class Radial(NamedTuple):
    """An isotropic activation given by its profile: gain a(rho) and bend a'(rho)/rho, each (n,) -> (n,).

    `code` is the profile's number in the compiled kernels of `minigrow.isotropic`; `slope` = a(0), the derivative at 0.

    >>> RADIAL["isotropic_tanh"].forward(np.array([[3.0, 4.0]])).round(4)
    array([[0.5999, 0.7999]])
    """

    name: str
    gain: Callable[[np.ndarray], np.ndarray]
    bend: Callable[[np.ndarray], np.ndarray]
    slope: float
    code: int
    symmetries: frozenset[str] = ISOTROPIC
    at_zero: float = 0.0
    analytic: bool = True

    def forward(self, Z: np.ndarray) -> np.ndarray:
        """Scale each row of Z (n, h) by the gain of its length.

        >>> RADIAL["isotropic_identity"].forward(np.array([[3.0, 4.0]]))
        array([[3., 4.]])
        """
        return self.gain(length(Z))[:, None] * Z

    def backward(self, Z: np.ndarray, G: np.ndarray) -> np.ndarray:
        """Turn G = dL/da (n, h) into dL/dz = a G + (G . z)(a'/rho) z (n, h).

        >>> RADIAL["isotropic_identity"].backward(np.array([[3.0, 4.0]]), np.ones((1, 2)))
        array([[1., 1.]])
        """
        rho = length(Z)
        q = np.sum(G * Z, axis=1)
        return self.gain(rho)[:, None] * G + (q * self.bend(rho))[:, None] * Z


def length(Z: np.ndarray, o: float | complex = 0.0) -> np.ndarray:
    """Return rho (n,) with rho^2 = o + |z|^2 for each row z of Z (n, h).

    >>> length(np.array([[3.0, 4.0]]))
    array([5.])
    """
    return np.sqrt(o + np.sum(Z * Z, axis=1))


def _split(rho, near, far):
    """Use `near` (given rho^2) below SMALL and `far` above, evaluating neither where it is not needed."""
    small = rho.real < SMALL
    return np.where(small, near(np.where(small, rho, 0) ** 2), far(np.where(small, 1, rho)))


def _tanh_gain(rho):
    return _split(rho, lambda s: np.polyval(GAIN_SERIES[::-1], s), lambda r: np.tanh(r) / r).astype(rho.dtype)


def _tanh_bend(rho):
    def far(r):
        t = np.tanh(r)
        return (1 - t * t - t / r) / (r * r)

    return _split(rho, lambda s: np.polyval(BEND_SERIES[::-1], s), far).astype(rho.dtype)


def _threshold_gain(rho):
    return np.where(rho.real > THRESHOLD, 1 - THRESHOLD / np.where(rho.real > THRESHOLD, rho, 1), 0).astype(rho.dtype)


def _threshold_bend(rho):
    return np.where(rho.real > THRESHOLD, THRESHOLD / np.where(rho.real > THRESHOLD, rho, 1) ** 3, 0).astype(rho.dtype)


RADIAL: dict[str, Radial] = {
    row.name: row
    for row in (
        Radial("isotropic_tanh", _tanh_gain, _tanh_bend, 1.0, 0),
        Radial("isotropic_identity", np.ones_like, np.zeros_like, 1.0, 1, ISOTROPIC | {"rescale"}),
        Radial(
            "isotropic_leaky", lambda r: LEAK + (1 - LEAK) * _tanh_gain(r), lambda r: (1 - LEAK) * _tanh_bend(r), 1.0, 2
        ),
        Radial("isotropic_threshold", _threshold_gain, _threshold_bend, 0.0, 3),
        Radial("isotropic_algebraic", lambda r: (1 + r * r) ** -0.5, lambda r: -((1 + r * r) ** -1.5), 1.0, 4),
    )
}
