"""`Standardiser.fit(X)` learns each pixel's mean and spread; call it on old or new samples to standardise them.

z_j = (x_j - mean_j) / scale_j        scale_j = standard deviation of x_j, or 1 where x_j never changes
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from minigrow.datasets.dataset import Dataset, rows
from minigrow.nn.door import door

CHUNK = 4096  # rows summed at a time, so that big float32 data needs no float64 copy of itself


class Standardiser(NamedTuple):
    """Per-pixel mean (d,) and scale (d,), in the dtype of the data they were fitted to.

    >>> standardise = Standardiser.fit([[1.0, 7.0], [3.0, 7.0]])
    >>> standardise([[1.0, 7.0], [5.0, 8.0]])
    array([[-1., 0.], [ 3., 1.]])
    """

    mean: NDArray[Any]
    scale: NDArray[Any]

    @classmethod
    def fit(cls, X: ArrayLike) -> "Standardiser":
        """Return the mean and scale of every column of X (n, d); sums are taken in float64.

        Raises ValueError when X is not (n, d), not finite, not float64, float32, integer or boolean, or too large to square.
        """
        X = rows(X)
        mean = _column_sums(X, 0.0) / len(X)
        with np.errstate(over="ignore"):
            scale = np.sqrt(_column_sums(X, mean) / len(X)).astype(X.dtype)
        if not np.isfinite(scale).all():
            raise ValueError(
                f"X must stay finite when squared, got values up to {np.abs(X).max():.0e}. Rescale X first."
            )
        constant = (X.min(axis=0) == X.max(axis=0)) | (scale == 0)
        return cls(np.where(constant, X[0], mean).astype(X.dtype), np.where(constant, 1, scale).astype(X.dtype))

    def __call__(self, X: ArrayLike) -> NDArray[Any]:
        """Return (X - mean) / scale, in the dtype of X.

        Raises ValueError when X is not (n, d) with the d of the fit, or not finite.
        """
        X = rows(X)
        if X.shape[1] != len(self.mean):
            raise ValueError(
                f"X must have the {len(self.mean)} columns of the fit, got {X.shape[1]}. Fit again for new data."
            )
        return (X - self.mean.astype(X.dtype)) / self.scale.astype(X.dtype)


@door
def standardised(train: Dataset, *others: Dataset) -> tuple[Dataset, ...]:
    """Return train and the others, all standardised by the mean and scale of `train` alone.

    >>> from minigrow.datasets import digits, split
    >>> train, test = standardised(*split(digits(), rng=0))
    >>> bool(abs(train.X.mean(axis=0)).max() < 1e-14), bool(abs(test.X.mean(axis=0)).max() < 1e-14)
    (True, False)
    """
    standardise = Standardiser.fit(train.X)
    return tuple(data._replace(X=standardise(data.X)) for data in (train, *others))


def _column_sums(X: NDArray[Any], mean: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return sum x (mean = 0.0, a plain number) or sum (x - mean)^2 per column."""
    power = 1 if isinstance(mean, float) else 2
    return sum(((X[i : i + CHUNK].astype(np.float64) - mean) ** power).sum(axis=0) for i in range(0, len(X), CHUNK))
