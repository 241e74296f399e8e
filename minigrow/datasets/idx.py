"""`mnist(folder)` and `fashion_mnist(folder)` read the IDX files you have, gzipped or plain; `read_idx` reads one.

An IDX file: 2 zero bytes, the type (8 = unsigned byte), the number of axes, each axis' length as a big-endian 32-bit
integer, then the bytes, last axis fastest. Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database.
"""

import gzip
import zlib
from contextlib import nullcontext
from math import prod
from os import PathLike
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrow.datasets.dataset import Dataset, Splits, check_dtype, numbered
from minigrow.datasets.sources import missing, places

FILES = tuple(f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1"))
MOST = 1 << 31  # bytes; a header that announces more is damaged
FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


def mnist(folder: str | PathLike[str], dtype: DTypeLike = np.float64) -> Splits:
    """Return MNIST's 60000 training and 10000 test digits: X (n, 784) grey 0..255, y (n,) the digit.

    The four files lie in folder/mnist or in folder itself. In float64 they take 440 MB, in float32 half of it.

    Raises FileNotFoundError when a file is missing, and says where it goes and how to fetch it; ValueError when one is damaged or
    is something else, or dtype is neither float64 nor float32.

    >>> mnist("no/such/folder")
    Traceback (most recent call last):
    FileNotFoundError: mnist: no train-images-idx3-ubyte(.gz) in ...

    Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to document recognition, 1998.
    """
    return _load("mnist", folder, numbered(10), check_dtype(dtype))


def fashion_mnist(folder: str | PathLike[str], dtype: DTypeLike = np.float64) -> Splits:
    """Return Fashion-MNIST's 60000 training and 10000 test garments: X (n, 784) grey 0..255, y (n,) the kind.

    The files are called as MNIST's are, so keep them in folder/fashion-mnist (or give that folder itself).

    Raises FileNotFoundError when a file is missing, and says where it goes and how to fetch it; ValueError when one is damaged or
    is something else, or dtype is neither float64 nor float32.

    >>> fashion_mnist("no/such/folder")
    Traceback (most recent call last):
    FileNotFoundError: fashion-mnist: no train-images-idx3-ubyte(.gz) in ...

    Source: H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST, arXiv 1708.07747 (2017).
    """
    return _load("fashion-mnist", folder, FASHION, check_dtype(dtype))


def read_idx(path: str | PathLike[str], axes: int) -> NDArray[np.uint8]:
    """Return the unsigned bytes of one IDX file with that many axes, gzipped or not (the content tells, not the name).

    Raises ValueError when the file is not IDX, has another type or number of axes, or is shorter or longer than it says.
    """
    path = Path(path)
    with path.open("rb") as file:
        try:
            with gzip.open(file) if file.peek(2)[:2] == b"\x1f\x8b" else nullcontext(file) as opened:
                return _read(opened, path, axes)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(
                f"{path} is damaged: its gzip data ends or breaks early ({error}). Fetch it again."
            ) from error


def _read(file: IO[bytes], path: Path, axes: int) -> NDArray[np.uint8]:
    """Return the array: first the magic number, then the lengths, then exactly as many bytes as they announce."""
    expected, header = bytes([0, 0, 8, axes]), file.read(4 + 4 * axes)
    if header[:4] != expected:
        raise ValueError(
            f"{path} must start with the magic number {expected.hex()}, found {header[:4].hex() or 'nothing'}."
        )
    if len(header) < 4 + 4 * axes:
        raise ValueError(f"{path} must have a header of {4 + 4 * axes} bytes, found {len(header)}. Fetch it again.")
    shape = tuple(np.frombuffer(header, ">u4", offset=4).tolist())
    content = file.read(min(prod(shape), MOST) + 1)
    if len(content) != prod(shape):
        found = len(content) if len(content) < prod(shape) else f"more than {prod(shape)}"
        raise ValueError(
            f"{path} must hold {prod(shape)} bytes after its header {shape}, found {found}. Fetch it again."
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


def _load(name: str, folder: str | PathLike[str], classes: tuple[str, ...], dtype: np.dtype[Any]) -> Splits:
    paths = _find(name, folder)
    return Splits(*(_part(name, *pair, classes, dtype) for pair in (paths[:2], paths[2:])))


def _part(name: str, images: Path, labels: Path, classes: tuple[str, ...], dtype: np.dtype[Any]) -> Dataset:
    X, y = read_idx(images, axes=3), read_idx(labels, axes=1)
    if len(X) != len(y) or X.size == 0:
        raise ValueError(f"{images} and {labels} must hold equally many samples, found {X.shape} and {y.shape}.")
    if y.max() >= len(classes):
        raise ValueError(f"{labels} must hold labels 0..{len(classes) - 1}, found {y.max()}. Fetch it again.")
    flat = X.reshape(len(X), -1).astype(dtype)
    return Dataset(flat, y.astype(np.int64), name, classes, X.shape[1:])


def _find(name: str, folder: str | PathLike[str]) -> list[Path]:
    """Return the four files, all from the first place that has any: MNIST and Fashion-MNIST must never mix."""
    for place in places(name, folder):
        found = [_plain_or_gzip(place / file) for file in FILES]
        if None not in found:
            return found
        if any(found):
            break
    raise missing(name, f"{FILES[found.index(None)]}(.gz)", folder)


def _plain_or_gzip(path: Path) -> Path | None:
    """Return the path, or the path with .gz behind it, whichever is there."""
    return next((p for p in (path, path.with_name(path.name + ".gz")) if p.is_file()), None)
