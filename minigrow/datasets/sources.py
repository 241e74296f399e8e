"""`SOURCES[name]` says where each public dataset lies, how large its files are and what their SHA-256 must be.

Every digest is the same in two independent places: the url_checksums files of tensorflow/datasets (mnist.txt,
fashion_mnist.txt, cifar10.txt, cifar100.txt, emnist.txt), and the dataset code of other projects (GoMLX and red-datasets for
CIFAR, MLDatasets.jl for EMNIST, the checksum lists of several MNIST and Fashion-MNIST readers). Sizes are from the former.
Nothing here opens a connection; `fetch` does.
"""

from os import PathLike
from pathlib import Path
from typing import NamedTuple


class Remote(NamedTuple):
    """One file of a dataset: its name, size in bytes, SHA-256 in hex (None where no source gives one), and addresses."""

    file: str
    size: int | None
    sha256: str | None
    bases: tuple[str, ...]


_MNIST = ("https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/")
_FASHION = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
)
_EMNIST = ("https://biometrics.nist.gov/cs_links/EMNIST/", "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/")
_CIFAR = ("https://www.cs.toronto.edu/~kriz/",)

SOURCES: dict[str, tuple[Remote, ...]] = {
    "mnist": (
        Remote(
            "train-images-idx3-ubyte.gz",
            9912422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            _MNIST,
        ),
        Remote(
            "train-labels-idx1-ubyte.gz",
            28881,
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            _MNIST,
        ),
        Remote(
            "t10k-images-idx3-ubyte.gz",
            1648877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            _MNIST,
        ),
        Remote(
            "t10k-labels-idx1-ubyte.gz",
            4542,
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            _MNIST,
        ),
    ),
    "fashion-mnist": (
        Remote(
            "train-images-idx3-ubyte.gz",
            26421880,
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            _FASHION,
        ),
        Remote(
            "train-labels-idx1-ubyte.gz",
            29515,
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            _FASHION,
        ),
        Remote(
            "t10k-images-idx3-ubyte.gz",
            4422102,
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            _FASHION,
        ),
        Remote(
            "t10k-labels-idx1-ubyte.gz",
            5148,
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            _FASHION,
        ),
    ),
    "cifar-10": (
        Remote(
            "cifar-10-binary.tar.gz",
            170052171,
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            _CIFAR,
        ),
    ),
    "cifar-100": (
        Remote(
            "cifar-100-binary.tar.gz",
            168513733,
            "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
            _CIFAR,
        ),
    ),
    "emnist-letters": (
        Remote(
            "gzip.zip",
            561753746,
            "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
            _EMNIST,
        ),
    ),
}


def source(name: str) -> tuple[str, tuple[Remote, ...]]:
    """Return the dataset's name as spelt in `SOURCES`, and its files; case, '_' and a missing '-' do not matter.

    Raises ValueError when there is no dataset of that name.

    >>> source("CIFAR10")[0], source("fashion_mnist")[0]
    ('cifar-10', 'fashion-mnist')
    """
    spelt = {plain(known): known for known in SOURCES}
    if plain(name) not in spelt:
        raise ValueError(f"dataset must be one of {', '.join(SOURCES)}, got {name!r}. (The digits come with minigrow.)")
    return spelt[plain(name)], SOURCES[spelt[plain(name)]]


def plain(name: str) -> str:
    """Return the name in small letters, without '-' and '_'.

    >>> plain("CIFAR_10") == plain("cifar10")
    True
    """
    return name.lower().replace("_", "").replace("-", "")


def places(name: str, folder: str | PathLike[str]) -> tuple[Path, Path]:
    """Return the two places where a loader looks: folder/name, where `fetch` puts its files, and folder itself."""
    return Path(folder) / name, Path(folder)


def missing(name: str, file: str, folder: str | PathLike[str]) -> FileNotFoundError:
    """Return the error for a file that is not there: which file, where to put it, how to fetch it."""
    first, second = places(name, folder)
    return FileNotFoundError(
        f"{name}: no {file} in {first} or {second}. Put it there (it comes from {SOURCES[name][0].bases[0]}), "
        f"together with the dataset's other files, or with a network run: minigrow fetch {name} --to {second}"
    )
