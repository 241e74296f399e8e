"""`cifar10(folder)`, `cifar100(folder)`, `cifar100_coarse(folder)` read the binary version, extracted or as .tar.gz.

A record is 1 label byte (CIFAR-100: 2, coarse then fine) and 3072 pixel bytes: 32 rows of 32 red, then green, blue.
Nothing is ever unpickled, and nothing from an archive is ever written to disk.

Source: A. Krizhevsky, Learning multiple layers of features from tiny images, 2009.
"""

import gzip
import tarfile
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minigrow.datasets.dataset import Dataset, Splits, check_dtype, numbered
from minigrow.datasets.sources import missing, places
from minigrow.growth.archives import BLOCK, bounded, damaged
from minigrow.nn.door import door

PIXELS = 3 * 32 * 32
TEXT = 1 << 16  # a list of class names is never longer than this
SLACK = 1 << 20  # what an archive holds beside the data: headers, lists of names, a page of HTML


class Layout(NamedTuple):
    """What one dataset's files are called and hold: records per file, label bytes per record, which of them is y."""

    name: str
    folder: str
    train: tuple[str, ...]
    test: tuple[str, ...]
    records: dict[str, int]
    labels: int
    column: int
    classes: int
    names: str

    @property
    def size(self) -> dict[str, int]:
        """Bytes of each data file."""
        return {file: n * (self.labels + PIXELS) for file, n in self.records.items()}


_BATCHES = tuple(f"data_batch_{i}.bin" for i in range(1, 6))
CIFAR10 = Layout(
    name="cifar-10",
    folder="cifar-10-batches-bin",
    train=_BATCHES,
    test=("test_batch.bin",),
    records=dict.fromkeys((*_BATCHES, "test_batch.bin"), 10000),
    labels=1,
    column=0,
    classes=10,
    names="batches.meta.txt",
)
CIFAR100 = Layout(
    name="cifar-100",
    folder="cifar-100-binary",
    train=("train.bin",),
    test=("test.bin",),
    records={"train.bin": 50000, "test.bin": 10000},
    labels=2,
    column=1,
    classes=100,
    names="fine_label_names.txt",
)
CIFAR100_COARSE = CIFAR100._replace(column=0, classes=20, names="coarse_label_names.txt")


@door
def cifar10(folder: str | PathLike[str], dtype: DTypeLike = np.float64) -> Splits:
    """Return CIFAR-10's 50000 training and 10000 test photographs: X (n, 3072) 0..255, y (n,) one of 10 kinds.

    folder holds cifar-10-binary.tar.gz or the extracted files (or a folder cifar-10 does), or is the archive itself.
    In float64 they take 1.5 GB, in float32 half of it.

    Raises FileNotFoundError when a file is missing, and says where it goes and how to fetch it; ValueError when one is damaged or
    is something else, or dtype is neither float64 nor float32.

    >>> cifar10("no/such/folder")
    Traceback (most recent call last):
    FileNotFoundError: cifar-10: no cifar-10-binary.tar.gz in ...
    """
    return _load(folder, CIFAR10, dtype)


@door
def cifar100(folder: str | PathLike[str], dtype: DTypeLike = np.float64) -> Splits:
    """Return CIFAR-100's 50000 training and 10000 test photographs with their 100 fine classes; see `cifar10`.

    >>> cifar100("no/such/folder")
    Traceback (most recent call last):
    FileNotFoundError: cifar-100: no cifar-100-binary.tar.gz in ...
    """
    return _load(folder, CIFAR100, dtype)


def cifar100_coarse(folder: str | PathLike[str], dtype: DTypeLike = np.float64) -> Splits:
    """Return CIFAR-100's photographs with their 20 coarse classes; see `cifar10`.

    >>> cifar100_coarse("no/such/folder")
    Traceback (most recent call last):
    FileNotFoundError: cifar-100: no cifar-100-binary.tar.gz in ...
    """
    return _load(folder, CIFAR100_COARSE, dtype)


def present(layout: Layout, place: Path) -> bool:
    """Return whether any of the dataset's files is in that very folder, extracted or as the archive.

    >>> present(CIFAR10, Path("no/such/folder"))
    False
    """
    records = (place / inner / file for inner in ("", layout.folder) for file in layout.records)
    return any(path.is_file() for path in (place / f"{layout.name}-binary.tar.gz", *records))


def _load(folder: str | PathLike[str], layout: Layout, dtype: DTypeLike) -> Splits:
    dtype = check_dtype(dtype)
    origin, contents = _contents(folder, layout)
    parts = []
    for files in (layout.train, layout.test):
        X, y = _decode([contents[file] for file in files], layout, origin, dtype)
        parts.append(Dataset(X, y, layout.name, _classes(contents.get(layout.names), layout, origin), (3, 32, 32)))
    return Splits(*parts)


def _contents(folder: str | PathLike[str], layout: Layout) -> tuple[Path, dict[str, bytes]]:
    """Return where the files were found, and their checked bytes: extracted files first, then the archive."""
    if Path(folder).is_file():
        return Path(folder), _from_archive(Path(folder), layout)
    archive = f"{layout.name}-binary.tar.gz"
    for place in places(layout.name, folder):
        for inner in (place / layout.folder, place):
            if any((inner / file).is_file() for file in layout.records):
                return inner, _from_folder(inner, layout)
        if (place / archive).is_file():
            return place / archive, _from_archive(place / archive, layout)
    raise missing(layout.name, archive, folder)


def _from_folder(inner: Path, layout: Layout) -> dict[str, bytes]:
    absent = [file for file in layout.records if not (inner / file).is_file()]
    if absent:
        raise FileNotFoundError(f"{inner} must hold {', '.join(layout.records)}; {', '.join(absent)} is not there.")
    for file, size in layout.size.items():
        _check_size(f"{inner / file}", (inner / file).stat().st_size, size)
    wanted = [file for file in (*layout.records, layout.names) if (inner / file).is_file()]
    return {file: (inner / file).read_bytes() for file in wanted}


def _from_archive(archive: Path, layout: Layout) -> dict[str, bytes]:
    """Return the wanted members only: regular files of the right name and size, read, never extracted."""
    broken = f"{archive} is damaged or is no .tar.gz archive ({{}}). Fetch it again."
    with damaged(broken, told=f"{archive}, "), gzip.open(archive) as unpacked:
        stream = bounded(unpacked, sum(layout.size.values()) + SLACK, "it")
        with tarfile.open(fileobj=stream, mode="r|", bufsize=BLOCK) as tar:
            contents = _members(tar, archive, layout)
        while stream.read(BLOCK):  # only at its very end does gzip compare its checksum
            pass
    absent = [file for file in layout.records if file not in contents]
    if absent:
        raise ValueError(f"{archive} must hold {', '.join(layout.records)}; {', '.join(absent)} is not in it.")
    return contents


def _members(tar: tarfile.TarFile, archive: Path, layout: Layout) -> dict[str, bytes]:
    contents = {}
    for member in tar:
        file = PurePosixPath(member.name).name
        if member.isfile() and file in layout.records:
            _check_size(f"{archive}, member {member.name}", member.size, layout.size[file])
        elif not (member.isfile() and file == layout.names and member.size <= TEXT):
            continue
        if file in contents:
            raise ValueError(f"{archive}, member {member.name} must be there once. Fetch it again.")
        stream = tar.extractfile(member)
        assert stream is not None  # a regular file always has one
        contents[file] = stream.read()
    return contents


def _check_size(what: str, found: int, expected: int) -> None:
    if found != expected:
        raise ValueError(f"{what} must have {expected} bytes (binary version), found {found}. Fetch it again.")


def _decode(
    files: list[bytes], layout: Layout, origin: Path, dtype: np.dtype[Any]
) -> tuple[NDArray[np.floating], NDArray[np.int64]]:
    records = [np.frombuffer(file, np.uint8).reshape(-1, layout.labels + PIXELS) for file in files]
    y = np.concatenate([record[:, layout.column] for record in records]).astype(np.int64)
    if y.max() >= layout.classes:
        raise ValueError(f"{origin} must hold labels 0..{layout.classes - 1}, found {y.max()}. Fetch it again.")
    return np.concatenate([record[:, layout.labels :] for record in records], dtype=dtype), y


def _classes(text: bytes | None, layout: Layout, origin: Path) -> tuple[str, ...]:
    """Return the class names of the text file beside the data, or numbers when there is none."""
    names = tuple((text or b"").decode("utf-8", "replace").split())
    if text is not None and len(names) != layout.classes:
        raise ValueError(f"{origin}, {layout.names} must hold {layout.classes} class names, found {len(names)}.")
    return names or numbered(layout.classes)
