"""`digits()` returns the 8x8 handwritten digits that come with the package: no download, 1797 images, 10 classes."""

from importlib import resources

import numpy as np
from numpy.typing import DTypeLike

from minigrow.datasets.dataset import Dataset, check_dtype, numbered
from minigrow.nn.door import door


@door
def digits(dtype: DTypeLike = np.float64) -> Dataset:
    """Return 1797 handwritten digits: X (1797, 64) ink per pixel 0..16, row by row; y (1797,) the digit.

    Each pixel counts the inked dots in a 4x4 square of a 32x32 bitmap. 13 people wrote them.

    Raises ValueError when dtype is neither float64 nor float32.

    >>> data = digits()
    >>> data.X.shape, data.shape, data.y[:5].tolist()
    ((1797, 64), (8, 8), [0, 1, 2, 3, 4])

    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits (test set), UCI Machine Learning
    Repository, 1998, doi:10.24432/C50P49, CC BY 4.0; see files/digits-NOTICE.txt.
    """
    dtype = check_dtype(dtype)
    with (resources.files("minigrow.datasets") / "files" / "digits.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        X, y = stored["X"].astype(dtype), stored["y"].astype(np.int64)
    return Dataset(X, y, "digits", numbered(10), (8, 8))
