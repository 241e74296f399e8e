"""`from_arrays(X, y)` checks your own arrays and names them; `split(data, test=0.2, rng=rng)` splits off a test set."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from minigrow.nn.door import door, fields
from minigrow.nn.validate import float_dtype, generator, numbers

MOST = 10**6  # classes
Rng = int | np.random.Generator | None


class Dataset(NamedTuple):
    """n samples of d inputs: X (n, d) floats, y (n,) class numbers 0..K-1, a name, K class names, the shape of one sample."""

    X: NDArray[Any]
    y: NDArray[np.int64]
    name: str
    classes: tuple[str, ...]
    shape: tuple[int, ...]


class Splits(NamedTuple):
    """The two parts of a dataset: the training set, and the test set on which a network is judged."""

    train: Dataset
    test: Dataset


@door
def from_arrays(X: ArrayLike, y: ArrayLike, name: str = "data") -> Dataset:
    """Return your own arrays as a checked `Dataset`: X (n, d), y (n,) class numbers, K = max y + 1.

    Raises ValueError when X is not two-dimensional, not numeric or not finite, or y does not fit X or holds no class numbers.

    >>> from_arrays([[0, 1], [1, 0]], [0, 2]).classes
    ('0', '1', '2')
    """
    X = rows(X)
    y = _labels(y, len(X))
    return Dataset(X, y, name, numbered(int(y.max()) + 1), X.shape[1:])


@door
def split(data: Dataset | tuple[ArrayLike, ArrayLike], test: float = 0.2, *, rng: Rng = None) -> Splits:
    """Return a random training and test set from a `Dataset` or a pair (X, y); round(test n) rows are for testing.

    Raises ValueError when one of the two parts would be empty.

    >>> train, test = split(([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]), test=0.25, rng=0)
    >>> train.X.shape, test.X.shape
    ((3, 1), (1, 1))
    """
    data = sound(data) if isinstance(data, Dataset) else from_arrays(*data)
    n = len(data.y)
    cut = round(test * n) if 0 < test < 1 else 0
    if not 0 < cut < n:
        raise ValueError(f"test must leave at least one row on each side, got test={test} of {n} rows. Try test=0.2.")
    order = generator(rng).permutation(n)
    return Splits(take(data, order[cut:]), take(data, order[:cut]))


def sound(data: Dataset) -> Dataset:
    """Return a dataset whose X is finite rows, with a class number for each, a name, words for classes and a shape of whole numbers.

    Raises ValueError as `from_arrays` does, and for fields of another kind.

    >>> sound(from_arrays([[0.0], [1.0]], [0, 1])).name
    'data'
    """
    X = rows(data.X)
    data = data._replace(X=X, y=_labels(data.y, len(X)))
    fields(data)
    return data


def take(data: Dataset, chosen: NDArray[Any]) -> Dataset:
    """Return the chosen rows of a dataset (indices or a boolean mask), copied.

    >>> take(from_arrays([[1.0], [2.0]], [0, 1]), np.array([1])).X
    array([[2.]])
    """
    return data._replace(X=data.X[chosen], y=data.y[chosen])


def rows(X: ArrayLike) -> NDArray[Any]:
    """Return X as finite float64 or float32 rows (n, d); integers and booleans become float64.

    >>> rows([[1, 2]])
    array([[1., 2.]])
    """
    X = numbers(X, "X")
    if X.ndim != 2 or 0 in X.shape:
        raise ValueError(f"X must be (samples, inputs) with at least one of each, got shape {X.shape}. Reshape it.")
    X = X.astype(np.float64) if X.dtype.kind in "iub" else X
    check_dtype(X.dtype)
    if not np.isfinite(X).all():
        raise ValueError(f"X must be finite, got {np.sum(~np.isfinite(X))} NaN or infinite values. Drop or fill them.")
    return X


def check_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """Return dtype if it is float64 or float32 in this machine's byte order; raises ValueError that says what to do otherwise."""
    return float_dtype(dtype)


def numbered(K: int) -> tuple[str, ...]:
    """Return the class names '0' .. 'K-1'."""
    return tuple(map(str, range(K)))


def _labels(y: ArrayLike, n: int) -> NDArray[np.int64]:
    y = numbers(y, "y")
    if y.shape != (n,):
        raise ValueError(f"y must hold one class number per row of X, shape ({n},), got shape {y.shape}.")
    if y.dtype.kind not in "iub" or y.min() < 0 or y.max() >= MOST:
        raise ValueError(
            f"y must hold class numbers 0..K-1, K <= {MOST}, got {y.dtype} like {y[0]!r}. "
            "Number the classes with numpy.unique(y, return_inverse=True)[1]."
        )
    return y.astype(np.int64)
