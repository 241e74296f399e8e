"""`mnist(folder)`, `fashion_mnist(folder)`, `emnist_letters(folder)` read the IDX files you have; `read_idx` reads one.

An IDX file: 2 zero bytes, the type (8 = unsigned byte), the number of axes, each axis' length as a big-endian 32-bit
integer, then the bytes, last axis fastest. Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database.
"""

import gzip
import string
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from math import prod
from os import PathLike
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrow.datasets.dataset import Dataset, Splits, check_dtype, numbered
from minigrow.datasets.sources import missing, places
from minigrow.growth.archives import allowed, damaged
from minigrow.nn.door import door

MOST = 1 << 31  # bytes; a header that announces more is damaged
FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
Place = Path | zipfile.Path


class Layout(NamedTuple):
    """What one dataset's files are called and hold: names of classes, label of the first, order of axes, archive of them all."""

    name: str
    files: tuple[str, ...]
    classes: tuple[str, ...]
    first: int = 0
    axes: tuple[int, int, int] = (0, 1, 2)
    archive: str | None = None
    inner: str = ""


def _files(train: str, test: str) -> tuple[str, ...]:
    return tuple(f"{part}-{kind}-ubyte" for part in (train, test) for kind in ("images-idx3", "labels-idx1"))


MNIST = Layout("mnist", _files("train", "t10k"), numbered(10))
FASHION_MNIST = Layout("fashion-mnist", MNIST.files, FASHION)
EMNIST_LETTERS = Layout(
    name="emnist-letters",
    files=_files("emnist-letters-train", "emnist-letters-test"),
    classes=tuple(string.ascii_lowercase),
    first=1,
    axes=(0, 2, 1),  # rows and columns are exchanged
    archive="gzip.zip",
    inner="gzip",
)


@door
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
    return _load(folder, MNIST, check_dtype(dtype))


@door
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
    return _load(folder, FASHION_MNIST, check_dtype(dtype))


def emnist_letters(folder: str | PathLike[str], dtype: DTypeLike = np.float64) -> Splits:
    """Return EMNIST's 124800 training and 20800 test letters: X (n, 784) grey 0..255, y (n,) 0..25 for a..z, big or small.

    folder (or its folder emnist-letters) holds gzip.zip as published, or the four emnist-letters files out of it. They store
    every image with rows and columns exchanged and count labels from 1; here images stand upright and classes start at 0.

    Raises FileNotFoundError when a file is missing, and says where it goes and how to fetch it; ValueError when one is damaged or
    is something else, or dtype is neither float64 nor float32.

    >>> emnist_letters("no/such/folder")
    Traceback (most recent call last):
    FileNotFoundError: emnist-letters: no emnist-letters-train-images-idx3-ubyte(.gz) or gzip.zip in ...

    Source: G. Cohen, S. Afshar, J. Tapson, A. van Schaik, EMNIST, arXiv 1702.05373 (2017);
    https://www.nist.gov/itl/products-and-services/emnist-dataset.
    """
    return _load(folder, EMNIST_LETTERS, check_dtype(dtype))


def present(layout: Layout, place: Path) -> bool:
    """Return whether any of the dataset's files is in that very folder.

    >>> present(MNIST, Path("no/such/folder"))
    False
    """
    found = any(_plain_or_gzip(room, file) for room in (place, place / layout.inner) for file in layout.files)
    return found or (layout.archive is not None and (place / layout.archive).is_file())


def read_idx(path: str | PathLike[str] | zipfile.Path, axes: int) -> NDArray[np.uint8]:
    """Return the unsigned bytes of one IDX file with that many axes, gzipped or not (the content tells, not the name).

    Raises ValueError when the file is not IDX, has another type or number of axes, or is shorter or longer than it says.
    """
    path = path if isinstance(path, zipfile.Path) else Path(path)
    with damaged(f"{path} is damaged: its gzip data ends or breaks early ({{}}). Fetch it again.", told=str(path)):
        size = _size(path)
        with path.open("rb") as file:
            packed = file.peek(2)[:2] == b"\x1f\x8b"
            with gzip.open(file) if packed else nullcontext(file) as opened:
                return _read(opened, path, axes, min(MOST, allowed(size) if packed else size))


def _size(path: Place) -> int:
    """Return how many bytes a file has, or a member of an archive says it has once the archive is unpacked."""
    if isinstance(path, Path):
        return path.stat().st_size
    member, whole = path.root.getinfo(path.at), Path(path.root.filename or "").stat().st_size
    if member.compress_size > whole or member.file_size > allowed(member.compress_size):
        raise ValueError(f"{path} says it unpacks {member.compress_size} bytes to {member.file_size}. Fetch it again.")
    return member.file_size


def _read(file: IO[bytes], path: Place, axes: int, most: int) -> NDArray[np.uint8]:
    """Return the array: first the magic number, then the lengths, then exactly as many bytes as they announce."""
    expected, header = bytes([0, 0, 8, axes]), file.read(4 + 4 * axes)
    if header[:4] != expected:
        raise ValueError(
            f"{path} must start with the magic number {expected.hex()}, found {header[:4].hex() or 'nothing'}."
        )
    if len(header) < 4 + 4 * axes:
        raise ValueError(f"{path} must have a header of {4 + 4 * axes} bytes, found {len(header)}. Fetch it again.")
    shape = tuple(np.frombuffer(header, ">u4", offset=4).tolist())
    content = file.read(min(prod(shape), most) + 1)
    if len(content) != prod(shape):
        found = f"at most {most}" if len(content) > most else len(content)
        found = found if len(content) <= prod(shape) else f"more than {prod(shape)}"
        raise ValueError(
            f"{path} must hold {prod(shape)} bytes after its header {shape}, found {found}. Fetch it again."
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


def _load(folder: str | PathLike[str], layout: Layout, dtype: np.dtype[Any]) -> Splits:
    paths = _find(layout, folder)
    return Splits(*(_part(layout, *pair, dtype) for pair in (paths[:2], paths[2:])))


def _part(layout: Layout, images: Place, labels: Place, dtype: np.dtype[Any]) -> Dataset:
    X, y = read_idx(images, axes=3).transpose(layout.axes), read_idx(labels, axes=1)
    if len(X) != len(y) or X.size == 0:
        raise ValueError(f"{images} and {labels} must hold equally many samples, found {X.shape} and {y.shape}.")
    first, last = layout.first, layout.first + len(layout.classes) - 1
    wrong = y[(y < first) | (y > last)]
    if len(wrong):
        raise ValueError(f"{labels} must hold labels {first}..{last}, found {wrong.max()}. Fetch it again.")
    flat = X.reshape(len(X), -1).astype(dtype)
    return Dataset(flat, y.astype(np.int64) - first, layout.name, layout.classes, X.shape[1:])


def _find(layout: Layout, folder: str | PathLike[str]) -> list[Place]:
    """Return the four files, all from the first place that has any: MNIST and Fashion-MNIST must never mix."""
    for room in _rooms(layout, folder):
        found = [_plain_or_gzip(room, file) for file in layout.files]
        if None not in found:
            return found
        if any(found):
            break
    archive = f" or {layout.archive}" if layout.archive else ""
    raise missing(layout.name, f"{layout.files[found.index(None)]}(.gz){archive}", folder)


def _rooms(layout: Layout, folder: str | PathLike[str]) -> Iterator[Place]:
    """Yield where the files may lie: in each place itself, or, where there is an archive, unpacked beside it or in it."""
    for place in places(layout.name, folder):
        yield place
        if layout.archive:
            yield place / layout.inner
            if (place / layout.archive).is_file():
                yield _opened(place / layout.archive) / layout.inner


def _opened(archive: Path) -> zipfile.Path:
    with damaged(f"{archive} is damaged or is no .zip archive ({{}}). Fetch it again."):
        return zipfile.Path(archive)


def _plain_or_gzip(room: Place, file: str) -> Place | None:
    """Return the file of that name, or of that name with .gz behind it, whichever is there."""
    return next((path for path in (room / file, room / f"{file}.gz") if path.is_file()), None)
