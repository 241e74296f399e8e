"""Your own arrays from a folder: X.npy and y.npy, or X_train.npy, y_train.npy, X_test.npy and y_test.npy; see `named.load`.

X (n, ...) numbers, one sample per row, of any shape; y (n,) class numbers 0..K-1. Nothing is unpickled, and X is read in
pieces by the operating system, so that no second copy of it is made.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrow.datasets.dataset import Dataset, Splits, from_arrays
from minigrow.growth.archives import damaged

Reader = Callable[[Path, DTypeLike], Splits | Dataset]
ALL = ("X.npy", "y.npy")
APART = ("X_train.npy", "y_train.npy", "X_test.npy", "y_test.npy")


def whole_set(folder: Path, dtype: DTypeLike) -> Dataset:
    """Return X.npy and y.npy as one `Dataset`, named as the folder.

    Raises FileNotFoundError when one of them is missing; ValueError, with the file's name, when one does not hold what it must.
    """
    return _pair(folder, ALL, dtype)


def training_and_test_set(folder: Path, dtype: DTypeLike) -> Splits:
    """Return X_train.npy, y_train.npy, X_test.npy and y_test.npy as `Splits`, named as the folder; K is counted over both.

    Raises FileNotFoundError when one of them is missing; ValueError, with the file's name, when one does not hold what it must, or
    the samples of the two parts differ in shape.
    """
    parts = [_pair(folder, files, dtype) for files in (APART[:2], APART[2:])]
    if parts[0].shape != parts[1].shape:
        raise ValueError(
            f"{folder}: samples of X_train and X_test must have one shape, got {parts[0].shape}, {parts[1].shape}."
        )
    classes = max((part.classes for part in parts), key=len)
    return Splits(*(part._replace(classes=classes) for part in parts))


READERS: dict[tuple[str, ...], Reader] = {
    ALL: whole_set,
    APART: training_and_test_set,
}


def present(files: tuple[str, ...], folder: Path) -> bool:
    """Return whether any of the files is there.

    >>> present(ALL, Path("no/such/folder"))
    False
    """
    return any((folder / file).is_file() for file in files)


def _pair(folder: Path, files: tuple[str, ...], dtype: DTypeLike) -> Dataset:
    X, y = (_array(folder / file) for file in files)
    with np.errstate(over="ignore"):  # what does not fit float32 becomes infinite, which is refused
        flat = X.reshape(len(X), -1).astype(dtype) if X.ndim > 1 and X.size and X.dtype.kind in "iubf" else X
    try:
        data = from_arrays(flat, y, folder.resolve().name or "data")
    except ValueError as error:
        raise ValueError(f"{folder}, {' and '.join(files)}: {error}") from error
    return data._replace(shape=X.shape[1:])


def _array(path: Path) -> NDArray[Any]:
    """Return the array of a .npy file, which stays on the disk until it is used."""
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} must be there beside the other arrays. Write it with numpy.save({path.name!r}, ...)."
        )
    with damaged(f"{path} must be an array of numbers written by numpy.save, but: {{}}"):
        return np.lib.format.open_memmap(path, mode="r")
