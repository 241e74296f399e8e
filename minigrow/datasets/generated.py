"""`spirals(n, arms, noise, rng=rng)` and `parity(bits)`: small tasks made on the spot, for tests and tutorials."""

import numpy as np
from numpy.typing import DTypeLike

from minigrow.datasets.dataset import Dataset, Rng, check_dtype, numbered
from minigrow.nn.door import door
from minigrow.nn.validate import generator

RADIUS, ANGLE = 5.0, 4.0  # every arm runs from the centre to radius 5 and turns by 4 radians on the way


@door
def spirals(n: int, arms: int, noise: float = 0.2, *, rng: Rng = None, dtype: DTypeLike = np.float64) -> Dataset:
    """Return spiral arms of n points each, to be told apart: X (n arms, 2) in [-1, 1], y (n arms,) the arm.

        r = 0 .. 5        phi = 4 k .. 4 (k + 1) + noise N(0, 1)        x = [r sin phi, r cos phi] / 5

    for arm k, where r and phi are evenly spaced and the noise is in radians.

    Raises ValueError when n < 1, arms < 2, or noise negative or not finite.

    >>> data = spirals(100, arms=3, rng=0)
    >>> data.X.shape, data.classes
    ((300, 2), ('0', '1', '2'))

    Source: A. Radhakrishnan et al., arXiv 2501.18012 (controller and mask), 3 to 9 arms, noise 0.2.
    """
    _check_spirals(n, arms, noise)
    way, k = np.tile(np.linspace(0, 1, n), arms), np.repeat(np.arange(arms), n)
    phi = ANGLE * (k + way) + noise * generator(rng).standard_normal(n * arms)
    x = (RADIUS * way)[:, None] * np.column_stack([np.sin(phi), np.cos(phi)]) / RADIUS
    return Dataset(x.astype(check_dtype(dtype)), k.astype(np.int64), "spirals", numbered(arms), (2,))


def parity(bits: int, dtype: DTypeLike = np.float64) -> Dataset:
    """Return all 2^bits patterns of zeros and ones; the class says whether the number of ones is odd, y = sum_j x_j mod 2.

    Row i of X (2^bits, bits) is i in binary. Two bits make XOR. From 2 bits on, no straight line separates the classes.

    Raises ValueError when bits is not in 1..20.

    >>> parity(2).X, parity(2).y.tolist()
    (array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]]), [0, 1, 1, 0])
    """
    if not 1 <= bits <= 20:
        raise ValueError(f"bits must be in 1..20, got {bits}. All 2^bits patterns are listed.")
    x = np.arange(2**bits)[:, None] >> np.arange(bits)[::-1] & 1
    return Dataset(x.astype(check_dtype(dtype)), x.sum(axis=1, dtype=np.int64) % 2, "parity", ("even", "odd"), (bits,))


def _check_spirals(n: int, arms: int, noise: float) -> None:
    if n < 1 or arms < 2:
        raise ValueError(f"spirals need n >= 1 points on each of arms >= 2 arms, got n={n}, arms={arms}.")
    if not 0 <= noise < np.inf:
        raise ValueError(f"noise must be a number >= 0 (radians), got {noise}. The paper uses 0.2.")
