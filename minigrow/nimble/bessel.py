"""`bessel(n, x)`: Bessel functions of the first kind of whole order, to machine precision, without SciPy.

    J_n(x) = (1 / 2 pi) integral over a full turn of cos(n tau - x sin tau) dtau

The integrand is smooth and periodic, so the trapezoidal rule with M points is off by J_{M-n}(x) + J_{M+n}(x) + ... alone,
which falls like (|x| / 2)^(M-n) / (M-n)!: M = 2|x| + 40 + 2|n| points are always enough.
Source: Abramowitz and Stegun 1964, 9.1.21; Trefethen and Weideman 2014 (trapezoidal rule).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

MOST = 1000.0  # the largest |x|, so that the table of angles stays small


def bessel(n: int, x: ArrayLike) -> Any:
    """Return J_n(x) for a whole order n and real x of any shape, |x| <= 1000.

    Raises ValueError for larger or non-finite x.

    >>> bessel(0, 0.0), bessel(1, [1.0]).round(6)
    (1.0, array([0.440051]))
    """
    x = np.asarray(x, dtype=np.float64)
    largest = float(np.max(np.abs(x), initial=0.0))
    if not largest <= MOST:
        raise ValueError(f"x must lie in -{MOST:g}..{MOST:g}, got {largest:g}. Scale it first.")
    points = 2 * math.ceil(largest) + 40 + 2 * abs(n)
    tau = 2 * math.pi * np.arange(points) / points
    value = np.mean(np.cos(n * tau - x[..., None] * np.sin(tau)), axis=-1)
    return float(value) if value.ndim == 0 else value
