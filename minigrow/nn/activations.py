"""Element-wise activations: value and derivatives side by side, value and slope at 0, and the symmetries they have.

    a = f(z)        dL/dz = f'(z) dL/da        curvature f''(z)

A change of basis (T, U) keeps the function when f(T z) = T f(z) (see `minigrow.growth.basis`), so each activation
says which T it commutes with: `permute` (all of them), `flip` (odd), `rescale` (f(c z) = c f(z) for c > 0),
`append` (f(0) = 0), `rotate` (every orthogonal T; only linear functions among the element-wise ones).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from minigrow.nn.compiler import njit


class ElementWise(NamedTuple):
    """An activation that treats each neuron alone.

    `f`, `df` and `ddf` take z (any shape) and return f(z), f'(z) and f''(z) in that shape; `at_zero` = f(0), `slope` = f'(0), where
    ReLU, which has none, follows the rule of its `df`. `analytic` says whether `f` takes complex z, as the complex-step check needs.

    >>> ACTIVATIONS["tanh"].f(np.array([0.0])), ACTIVATIONS["tanh"].slope
    (array([0.]), 1.0)
    """

    name: str
    f: Callable[[np.ndarray], np.ndarray]
    df: Callable[[np.ndarray], np.ndarray]
    ddf: Callable[[np.ndarray], np.ndarray]
    at_zero: float
    slope: float
    symmetries: frozenset[str]
    analytic: bool = True

    def forward(self, Z: np.ndarray) -> np.ndarray:
        """Apply f to pre-activations (n, h), giving (n, h).

        >>> ACTIVATIONS["relu"].forward(np.array([[-1.0, 2.0]]))
        array([[0., 2.]])
        """
        return self.f(Z)

    def backward(self, Z: np.ndarray, G: np.ndarray) -> np.ndarray:
        """Turn G = dL/da (n, h) into dL/dz = f'(z) G (n, h).

        >>> ACTIVATIONS["relu"].backward(np.array([[-1.0, 2.0]]), np.ones((1, 2)))
        array([[0., 1.]])
        """
        return self.df(Z) * G


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Squash z (any shape) to 1 / (1 + e^-z), written with tanh so that nothing overflows.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    return 0.5 + 0.5 * np.tanh(0.5 * z)


@njit(cache=True)
def _erf(z, out):
    for i in range(z.size):
        out[i] = math.erf(z[i])


def normal_cdf(z: np.ndarray) -> np.ndarray:
    """Return Phi(z) = (1 + erf(z / sqrt 2)) / 2 for real z (any shape); NumPy has no erf, the C library has.

    >>> normal_cdf(np.array([0.0]))
    array([0.5])
    """
    flat = np.ravel(z) / np.asarray(math.sqrt(2), z.dtype)
    out = np.empty_like(flat)
    _erf(flat, out)
    return ((1 + out) / 2).reshape(z.shape)


FAR = 40.0  # where the normal density is 0 in float64; further out z^2 would overflow at last


def _gelu_slope(z):
    return normal_cdf(z) + z * _density(z)


def _density(z):
    z = np.clip(z, -FAR, FAR)
    return np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def _silu_slope(z):
    s = sigmoid(z)
    return s + z * s * (1 - s)


def _silu_curvature(z):
    s = sigmoid(z)
    return s * (1 - s) * (2 + z * (1 - 2 * s))


def _sigmoid_slope(z):
    s = sigmoid(z)
    return s * (1 - s)


def _sigmoid_curvature(z):
    s = sigmoid(z)
    return s * (1 - s) * (1 - 2 * s)


def _softplus(z):
    return np.log1p(np.exp(np.where(z.real > 0, -z, z))) + np.where(z.real > 0, z, 0)


def _tanh_slope(z):
    return 1 - np.tanh(z) ** 2


def _tanh_curvature(z):
    t = np.tanh(z)
    return -2 * t * (1 - t * t)


def _relu(z):
    return np.where(z.real > 0, z, 0)


def _relu_slope(z):
    return (z.real > 0).astype(z.dtype)


def _relu1_slope(z):
    return (z.real >= 0).astype(z.dtype)


def _none(z):
    return np.zeros_like(z)


EVERY = frozenset({"permute"})
ODD, HOMOGENEOUS, INERT = (EVERY | {word} for word in ("flip", "rescale", "append"))
# ReLU comes twice: "relu" has the slope 0 at 0, as is usual; "relu1" has 1, which GradMax needs (Evci et al. 2022).
ACTIVATIONS: dict[str, ElementWise] = {
    row.name: row
    for row in (
        ElementWise("identity", lambda z: z, np.ones_like, _none, 0.0, 1.0, ODD | HOMOGENEOUS | INERT | {"rotate"}),
        ElementWise("tanh", np.tanh, _tanh_slope, _tanh_curvature, 0.0, 1.0, ODD | INERT),
        ElementWise("relu", _relu, _relu_slope, _none, 0.0, 0.0, HOMOGENEOUS | INERT),
        ElementWise("relu1", _relu, _relu1_slope, _none, 0.0, 1.0, HOMOGENEOUS | INERT),
        ElementWise(
            "gelu",
            lambda z: z * normal_cdf(z),
            _gelu_slope,
            lambda z: (2 - np.clip(z, -FAR, FAR) ** 2) * _density(z),
            0.0,
            0.5,
            INERT,
            False,
        ),
        ElementWise("silu", lambda z: z * sigmoid(z), _silu_slope, _silu_curvature, 0.0, 0.5, INERT),
        ElementWise("sigmoid", sigmoid, _sigmoid_slope, _sigmoid_curvature, 0.5, 0.25, EVERY),
        ElementWise("softplus", _softplus, sigmoid, _sigmoid_slope, math.log(2), 0.5, EVERY),
    )
}
