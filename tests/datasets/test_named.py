"""`load`: built-in names, folders with files of the real formats, a user's own arrays, and what is said when it is unclear."""

import gzip

import numpy as np
import pytest

from minigrow.datasets import cifar, digits, mnist1d, named
from minigrow.datasets.dataset import Dataset, Splits
from minigrow.datasets.named import known, load
from minigrow.datasets.standin import stand_in

rng = np.random.default_rng(0)


@pytest.fixture
def write(idx, monkeypatch):
    """Return (name, folder) -> None, which writes small files of the real format of that dataset."""
    for layout in ("CIFAR10", "CIFAR100"):
        real = getattr(cifar, layout)
        monkeypatch.setattr(cifar, layout, real._replace(records=dict.fromkeys(real.records, 2)))

    def images(folder, heads, first):
        for head in heads:
            for kind, array in (
                ("images-idx3", rng.integers(256, size=(3, 4, 4))),
                ("labels-idx1", first + np.arange(3)),
            ):
                (folder / f"{head}-{kind}-ubyte.gz").write_bytes(gzip.compress(idx(array.astype(np.uint8))))

    def records(folder, layout):
        for file in layout.records:
            (folder / file).write_bytes(b"".join(bytes([r] * layout.labels) + rng.bytes(3072) for r in range(2)))

    makers = {
        "mnist": lambda folder: images(folder, ("train", "t10k"), 0),
        "fashion-mnist": lambda folder: images(folder, ("train", "t10k"), 0),
        "emnist-letters": lambda folder: images(folder, ("emnist-letters-train", "emnist-letters-test"), 1),
        "cifar-10": lambda folder: records(folder, cifar.CIFAR10),
        "cifar-100": lambda folder: records(folder, cifar.CIFAR100),
    }

    def write(name, folder):
        folder.mkdir(parents=True, exist_ok=True)
        makers[name](folder)

    return write


def save(folder, **arrays):
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def test_built_in_names(monkeypatch):
    assert known() == ("digits", "mnist-1d", "stand-in")
    np.testing.assert_array_equal(load("digits").X, digits().X)
    np.testing.assert_array_equal(load("mnist-1d", np.float32).test.X, mnist1d(np.float32).test.X)
    assert load("MNIST_1D").train.name == "mnist-1d"
    monkeypatch.setitem(named.BUILT_IN, "stand-in", lambda dtype: stand_in(60, dtype=dtype))
    assert load("stand-in").train.X.dtype == np.float64
    for name in known():
        data = load(name)
        assert (data if isinstance(data, Dataset) else data.test).name == name
    with pytest.raises(ValueError, match="dtype must be float32 or float64, got float16"):
        load("digits", np.float16)


@pytest.mark.parametrize("inner", [True, False])
@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "emnist-letters", "cifar-10", "cifar-100"])
def test_public_files_are_found_where_fetch_puts_them_and_in_the_folder_itself(tmp_path, write, name, inner):
    folder = tmp_path / ("data" if inner else f"my {name}")
    write(name, folder / name if inner else folder)
    for given in (folder, str(folder)):
        data = load(given, np.float32)
        assert isinstance(data, Splits)
        assert (data.train.name, data.test.name, data.train.X.dtype) == (name, name, np.float32)


def test_the_twins_are_told_apart_by_the_folders_name(tmp_path, write):
    for folder, name in (("images", "mnist"), ("Fashion", "fashion-mnist"), ("old_fashion_mnist", "fashion-mnist")):
        write("mnist", tmp_path / folder)
        assert load(tmp_path / folder).train.name == name
    write("fashion-mnist", tmp_path / "images" / "fashion-mnist")
    with pytest.raises(ValueError, match="must hold one dataset, found 2: mnist; fashion-mnist"):
        load(tmp_path / "images")
    write("mnist", tmp_path / "a fashion shop" / "mnist")
    assert load(tmp_path / "a fashion shop").train.name == "mnist"


def test_an_archive_alone_is_found(tmp_path):
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(b"<html>")
    with pytest.raises(ValueError, match=r"is damaged or is no \.tar\.gz archive"):
        load(tmp_path)


def test_a_half_dataset_is_named_by_its_loader(tmp_path, write):
    write("mnist", tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match=r"mnist: no t10k-labels-idx1-ubyte\(.gz\)"):
        load(tmp_path)


def test_nothing_there_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        load(tmp_path)
    looked = ("mnist, fashion-mnist, emnist-letters, cifar-10, cifar-100", "X.npy y.npy", "X_train.npy", "y_test.npy")
    for part in (*looked, str(tmp_path), f"minigrow fetch NAME --to {tmp_path}"):
        assert part in str(caught.value)
    with pytest.raises(FileNotFoundError, match=r"stand-in, or a folder that exists, got 'mnist'.*fetch NAME"):
        load("mnist")


def test_two_datasets_in_one_folder_are_refused(tmp_path, write):
    write("cifar-10", tmp_path / "cifar-10")
    write("emnist-letters", tmp_path)
    with pytest.raises(ValueError, match=r"found 2: emnist-letters; cifar-10\. Give the inner folder"):
        load(tmp_path)
    assert load(tmp_path / "cifar-10").train.name == "cifar-10"
    save(tmp_path / "both", X=np.eye(2), y=[0, 1], X_train=np.eye(2))
    with pytest.raises(ValueError, match=r"found 2: X.npy, y.npy; X_train.npy"):
        load(tmp_path / "both")


@pytest.mark.parametrize("kind", [np.uint8, bool, np.float16, np.int64, ">f4"])
def test_own_arrays_to_be_split(tmp_path, kind):
    X = np.arange(24).reshape(4, 2, 3).astype(kind)
    save(tmp_path / "flowers", X=X, y=np.array([0, 2, 1, 1], np.uint8))
    data = load(tmp_path / "flowers", np.float32)
    assert (data.name, data.shape, data.classes, data.X.dtype) == ("flowers", (2, 3), ("0", "1", "2"), np.float32)
    np.testing.assert_array_equal(data.X, X.reshape(4, 6).astype(np.float32))
    np.testing.assert_array_equal(data.y, [0, 2, 1, 1])
    (tmp_path / "flowers" / "X.npy").unlink()  # nothing is read from the disk any more
    data.X[:] = 7


def test_own_training_and_test_set(tmp_path):
    save(tmp_path, X_train=np.eye(3), y_train=[0, 1, 1], X_test=np.ones((1, 3)), y_test=[2])
    train, test = load(tmp_path)
    assert (train.name, test.name) == (tmp_path.name, tmp_path.name)
    assert train.classes == test.classes == ("0", "1", "2")
    np.testing.assert_array_equal(test.X, np.ones((1, 3)))
    assert train.X.dtype == np.float64
    save(tmp_path, X_test=np.ones((1, 4)))
    with pytest.raises(ValueError, match=r"X_train and X_test must have one shape, got \(3,\), \(4,\)"):
        load(tmp_path)
    (tmp_path / "X_test.npy").unlink()
    with pytest.raises(FileNotFoundError, match=r"X_test\.npy must be there beside the other arrays"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"X": [[np.nan]]}, "X must be finite"),
        ({"X": [[1e300]]}, "X must be finite"),  # what float32 cannot hold
        ({"X": [1.0]}, r"X must be \(samples, inputs\)"),
        ({"X": 1.0}, r"X must be an array or a list"),
        ({"X": np.zeros((0, 3))}, "X.npy"),
        ({"X": np.zeros((1, 0))}, "X.npy"),
        ({"X": [[1j]]}, "dtype must be"),
        ({"X": [["a"]]}, "X must hold float32"),
        ({"y": [0.5]}, "y must hold class numbers"),
        ({"y": [[0]]}, "y must hold one class number per row"),
        ({"y": [0, 1]}, "y must hold one class number per row"),
    ],
)
def test_own_arrays_are_checked_and_the_file_is_named(tmp_path, arrays, message):
    save(tmp_path, **({"X": [[1.0]], "y": [0]} | arrays))
    with pytest.raises(ValueError, match=message) as caught:
        load(tmp_path, np.float32)
    assert str(tmp_path) in str(caught.value)


def test_what_is_no_array_of_numbers_is_never_unpickled(tmp_path):
    save(tmp_path, y=[0])
    np.save(tmp_path / "X.npy", np.array([[print]], object), allow_pickle=True)
    whole = (tmp_path / "X.npy").read_bytes()
    save(tmp_path, X=np.ones((1, 50)))
    for content in (whole, b"", b"<html>", (tmp_path / "X.npy").read_bytes()[:-8]):
        (tmp_path / "X.npy").write_bytes(content)
        with pytest.raises(ValueError, match=r"X\.npy must be an array of numbers written by numpy\.save, but: "):
            load(tmp_path)
