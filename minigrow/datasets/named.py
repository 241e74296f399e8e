"""`load(name)` gives a dataset by its name, or finds out what lies in a folder; `known()` lists the names.

| name | gives |
|---|---|
| `"digits"` | a `Dataset`, which you split |
| `"mnist-1d"`, `"stand-in"` | `Splits`, made on the spot; the second takes 1.5 GB, in float32 half of it |
| a folder with files of MNIST, Fashion-MNIST, EMNIST letters, CIFAR-10 or CIFAR-100 | their `Splits` |
| a folder with X_train.npy, y_train.npy, X_test.npy, y_test.npy | your own `Splits`, named as the folder |
| a folder with X.npy and y.npy | your own `Dataset`, which you split |
"""

from collections.abc import Callable
from functools import partial
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from minigrow.datasets import cifar, idx, own
from minigrow.datasets.dataset import Dataset, Splits, check_dtype
from minigrow.datasets.mnist1d import mnist1d
from minigrow.datasets.shipped import digits
from minigrow.datasets.sources import SOURCES, places, plain
from minigrow.datasets.standin import stand_in
from minigrow.nn.door import door

BUILT_IN: dict[str, Callable[[DTypeLike], Splits | Dataset]] = {
    "digits": digits,
    "mnist-1d": mnist1d,
    "stand-in": lambda dtype: stand_in(dtype=dtype),
}
FILES: dict[str, tuple[Callable[[Path], bool], own.Reader]] = {
    "mnist": (partial(idx.present, idx.MNIST), idx.mnist),
    "fashion-mnist": (partial(idx.present, idx.FASHION_MNIST), idx.fashion_mnist),
    "emnist-letters": (partial(idx.present, idx.EMNIST_LETTERS), idx.emnist_letters),
    "cifar-10": (partial(cifar.present, cifar.CIFAR10), cifar.cifar10),
    "cifar-100": (partial(cifar.present, cifar.CIFAR100), cifar.cifar100),
}


def known() -> tuple[str, ...]:
    """Return the names of the datasets that need no files.

    >>> known()
    ('digits', 'mnist-1d', 'stand-in')
    """
    return tuple(BUILT_IN)


@door
def load(name: str | PathLike[str], dtype: DTypeLike = np.float64) -> Splits | Dataset:
    """Return the dataset of that name, or the one in that folder: in folder/NAME, where `fetch` puts it, or in the folder itself.

    In names, case, '_' and a missing '-' do not matter; a folder of a built-in name is given by its full path. MNIST and
    Fashion-MNIST files bear the same names: in the folder itself they are MNIST's, unless "fashion" is in the folder's name.

    Raises FileNotFoundError when there is nothing of that name, or nothing known in the folder, and says what would be and how
    to fetch it; ValueError when the folder holds more than one dataset, a file is damaged, or dtype is neither float64 nor float32.

    >>> load("digits").name, load("MNIST1D").train.name
    ('digits', 'mnist-1d')
    >>> load("no/such/folder")
    Traceback (most recent call last):
    FileNotFoundError: data must be digits, mnist-1d, stand-in, or a folder that exists, got 'no/such/folder'. ...
    """
    dtype = check_dtype(dtype)
    for key, make in BUILT_IN.items():
        if plain(key) == plain(str(name)):
            return make(dtype)
    folder = Path(name)
    if not folder.is_dir():
        raise FileNotFoundError(
            f"data must be {', '.join(BUILT_IN)}, or a folder that exists, got {str(name)!r}. Public datasets come into a "
            f"folder with: minigrow fetch NAME --to DIR. NAME is one of {', '.join(SOURCES)}."
        )
    return _only(folder)(folder, dtype)


def found(folder: Path) -> dict[str, own.Reader]:
    """Return the loaders of all that is in the folder, by name.

    >>> found(Path("no/such/folder"))
    {}
    """
    public = {name: read for name, (present, read) in FILES.items() if any(map(present, _places(name, folder)))}
    return public | {", ".join(files): read for files, read in own.READERS.items() if own.present(files, folder)}


def _only(folder: Path) -> own.Reader:
    """Return the loader of the one dataset in the folder."""
    here = found(folder)
    if not here:
        arrays = "; or your own arrays: " + ", or ".join(map(" ".join, own.READERS))
        raise FileNotFoundError(
            f"{folder} must hold the files of one of {', '.join(FILES)}, in a folder of that name or by themselves{arrays}. "
            f"None is there. With a network run: minigrow fetch NAME --to {folder}"
        )
    if len(here) > 1:
        raise ValueError(
            f"{folder} must hold one dataset, found {len(here)}: {'; '.join(here)}. Give the inner folder of one "
            f"(minigrow fetch NAME --to {folder} puts each into {folder / 'NAME'}), or move the others away."
        )
    return next(iter(here.values()))


def _places(name: str, folder: Path) -> tuple[Path, ...]:
    """Return where this dataset's files may lie; the folder's own name decides between the twins MNIST and Fashion-MNIST."""
    fashion = "fashion" in folder.resolve().name.lower()
    inner, itself = places(name, folder)
    return (inner,) if name == ("mnist" if fashion else "fashion-mnist") else (inner, itself)
