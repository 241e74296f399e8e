"""Check a gradient derived by hand against a derivative that has no rounding trouble.

    complex step     f'(x; d) = Im f(x + i h d) / h,  h = 1e-30: no difference is formed, so no digits are lost
    central step     f'(x; d) = (f(x + h d) - f(x - h d)) / 2h, for what complex numbers cannot pass through

Source: Squire and Trapp 1998.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable

import numpy as np

from minigrow.nn.door import door
from minigrow.nn.validate import said

Scalar = Callable[[np.ndarray], complex]


@door
def complex_step(f: Scalar, x: np.ndarray, step: float = 1e-30) -> np.ndarray:
    """Return df/dx (P,) of an analytic scalar function of a real vector x (P,), entry by entry.

    >>> complex_step(lambda x: np.sum(x**3), np.array([2.0]))
    array([12.])
    """
    if x.ndim != 1 or not 0 < abs(step) < 1:
        raise ValueError(f"x must be a vector (P,) and step small and not 0, got shape {x.shape} and step {step!r}.")
    # infinite entries may have a meaning: lambda of an isotropic net without o
    if np.iscomplexobj(x) or np.isnan(x).any():
        raise ValueError(f"x must hold real numbers, got {said(x)}: the step is taken along the imaginary axis.")
    gradient = np.empty(x.shape)
    for i in range(x.size):
        moved = x.astype(complex)
        moved[i] += 1j * step
        gradient[i] = np.imag(_scalar(f(moved))) / step
    return gradient


def _scalar(value):
    """A function's value, which must be one number."""
    if np.ndim(value) or not isinstance(value, (numbers.Number, np.ndarray)):
        raise ValueError(f"f must return one number, a scalar, got {said(value)}.")
    return value


def central_step(f: Scalar, x: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """Return df/dx (P,) by central differences; accurate to about step^2 + eps / step.

    >>> central_step(lambda x: np.sum(x**3), np.array([2.0])).round(6)
    array([12.])
    """
    gradient = np.empty(x.shape)
    for i in range(x.size):
        e = np.zeros_like(x)
        e[i] = step
        gradient[i] = (f(x + e) - f(x - e)) / (2 * step)
    return gradient


@door
def deviation(found: np.ndarray, expected: np.ndarray) -> float:
    """Return the greatest difference of two arrays of the same shape, relative to the greatest expected entry.

    Raises ValueError when the shapes differ.

    >>> deviation(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    0.5
    """
    if np.shape(found) != np.shape(expected):
        raise ValueError(f"arrays must have one shape, got {np.shape(found)} and {np.shape(expected)}.")
    with np.errstate(all="ignore"):  # where one of them is infinite the deviation is too, or NaN
        scale = np.max(np.abs(expected), initial=0.0)
        gap = np.max(np.abs(np.asarray(found) - expected), initial=0.0)
        return float(gap / scale) if scale > 0 else float(gap)
