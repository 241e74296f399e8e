"""Loaders for files a user has: tiny hand-made IDX and CIFAR files, whole, gzipped, damaged, missing, hostile."""

import gzip
import io
import struct
import tarfile

import numpy as np
import pytest

from minigrow.datasets import cifar, cifar10, cifar100, fashion_mnist, mnist
from minigrow.datasets.cifar import cifar100_coarse
from minigrow.datasets.idx import read_idx

PARTS = {"train": 3, "t10k": 2}


def idx(array, kind=8):
    return bytes([0, 0, kind, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write_mnist(folder, pack=lambda content: content, end=""):
    """Write three training and two test images of 2x4 pixels; image i of a part holds i*8 .. i*8+7, its label is i."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, n in PARTS.items():
        images = np.arange(n * 8, dtype=np.uint8).reshape(n, 2, 4)
        (folder / f"{part}-images-idx3-ubyte{end}").write_bytes(pack(idx(images)))
        (folder / f"{part}-labels-idx1-ubyte{end}").write_bytes(pack(idx(np.arange(n, dtype=np.uint8))))


@pytest.mark.parametrize(("pack", "end"), [(bytes, ""), (gzip.compress, ".gz"), (bytes, ".gz"), (gzip.compress, "")])
@pytest.mark.parametrize("inner", ["", "mnist"])
def test_mnist_is_read_plain_or_gzipped_whatever_its_name_says(tmp_path, pack, end, inner):
    write_mnist(tmp_path / inner, pack, end)
    train, test = mnist(tmp_path)
    assert train.shape == test.shape == (2, 4)
    assert train.name == "mnist"
    assert train.classes == tuple("0123456789")
    np.testing.assert_array_equal(train.X, np.arange(24.0).reshape(3, 8))
    np.testing.assert_array_equal(test.y, [0, 1])
    assert (train.X.dtype, train.y.dtype) == (np.float64, np.int64)


def test_loaders_keep_the_asked_dtype(tmp_path):
    write_mnist(tmp_path)
    assert mnist(tmp_path, dtype=np.float32).train.X.dtype == np.float32
    with pytest.raises(ValueError, match="dtype must be float32 or float64, got float16"):
        mnist(tmp_path, dtype=np.float16)


def test_fashion_mnist_prefers_its_own_folder_and_never_fills_gaps_from_the_other(tmp_path):
    write_mnist(tmp_path)
    write_mnist(tmp_path / "fashion-mnist")
    own = tmp_path / "fashion-mnist" / "train-images-idx3-ubyte"
    own.write_bytes(idx(np.full((3, 2, 4), 200, np.uint8)))
    train = fashion_mnist(tmp_path).train
    assert (train.X == 200).all()
    assert train.classes[9] == "Ankle boot"
    (tmp_path / "fashion-mnist" / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(FileNotFoundError, match=r"fashion-mnist: no t10k-labels-idx1-ubyte\(.gz\) in"):
        fashion_mnist(tmp_path)


@pytest.mark.parametrize(
    ("load", "name", "file"),
    [
        (mnist, "mnist", "train-images-idx3-ubyte"),
        (fashion_mnist, "fashion-mnist", "train-images-idx3-ubyte"),
        (cifar10, "cifar-10", "cifar-10-binary.tar.gz"),
        (cifar100, "cifar-100", "cifar-100-binary.tar.gz"),
    ],
)
def test_missing_files_say_which_file_goes_where_and_how_to_fetch_it(tmp_path, load, name, file):
    with pytest.raises(FileNotFoundError) as caught:
        load(tmp_path)
    for part in (file, str(tmp_path / name), "http", f"minigrow fetch {name} --to {tmp_path}"):
        assert part in str(caught.value)


GOOD = idx(np.arange(8, dtype=np.uint8).reshape(1, 2, 4))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "must start with the magic number 00000803, found nothing"),
        (b"<html>", "00000803, found 3c68746d"),
        (idx(np.zeros(3, np.uint8)), "00000803, found 00000801"),
        (idx(np.zeros((1, 2, 2), np.uint8), kind=13), "00000803, found 00000d03"),
        (GOOD[:9], "header of 16 bytes, found 9"),
        (GOOD[:-1], r"must hold 8 bytes after its header \(1, 2, 4\), found 7"),
        (GOOD + b"x", "must hold 8 bytes .* found more than 8"),
        (GOOD[:4] + b"\xff" * 12 + GOOD[16:], f"must hold {(2**32 - 1) ** 3} bytes .* found 8"),
        (gzip.compress(GOOD, mtime=0)[:-12], "gzip data ends or breaks early"),
        (gzip.compress(GOOD, mtime=0)[:-8] + b"\0" * 8, "gzip data ends or breaks early"),
        (gzip.compress(GOOD, mtime=0)[:10] + b"\xff" * 20, "gzip data ends or breaks early"),
    ],
)
def test_damaged_idx_files_are_named_with_what_was_expected_and_found(tmp_path, content, message):
    (tmp_path / "broken").write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        read_idx(tmp_path / "broken", axes=3)
    assert str(tmp_path / "broken") in str(caught.value)


def test_labels_must_fit_images_and_classes(tmp_path):
    write_mnist(tmp_path)
    labels = tmp_path / "train-labels-idx1-ubyte"
    labels.write_bytes(idx(np.zeros(2, np.uint8)))
    with pytest.raises(ValueError, match=r"equally many samples, found \(3, 2, 4\) and \(2,\)"):
        mnist(tmp_path)
    labels.write_bytes(idx(np.array([0, 10, 1], np.uint8)))
    with pytest.raises(ValueError, match=r"labels 0\.\.9, found 10"):
        mnist(tmp_path)
    labels.write_bytes(idx(np.zeros(0, np.uint8)))
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(np.zeros((0, 2, 4), np.uint8)))
    with pytest.raises(ValueError, match="equally many samples, found"):
        mnist(tmp_path)


@pytest.fixture
def tiny(monkeypatch):
    """CIFAR as it is, but with two records in every file."""
    for name in ("CIFAR10", "CIFAR100", "CIFAR100_COARSE"):
        layout = getattr(cifar, name)
        monkeypatch.setattr(cifar, name, layout._replace(records=dict.fromkeys(layout.records, 2)))
    return cifar


def cifar_files(layout, names=True):
    """Return file name -> bytes; record r of file f is labelled (f + r) mod 10 in the last label byte, 1 before it."""
    files = {}
    for f, file in enumerate(layout.records):
        rng = np.random.default_rng(f)
        labels = [[1] * (layout.labels - 1) + [(f + r) % 10] for r in range(2)]
        files[file] = b"".join(bytes(label) + rng.bytes(3072) for label in labels)
    if names:
        files[layout.names] = "\n".join(f"kind{c}" for c in range(layout.classes)).encode() + b"\n\n"
    return files


def write_folder(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (folder / file).write_bytes(content)


def write_tar(path, files, inner):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo(inner + "readme.html"), io.BytesIO())
        for file, content in files.items():
            member = tarfile.TarInfo(inner + file)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def check_cifar10(splits, files):
    assert (splits.train.X.shape, splits.test.X.shape, splits.train.shape) == ((10, 3072), (2, 3072), (3, 32, 32))
    np.testing.assert_array_equal(splits.train.y, [0, 1, 1, 2, 2, 3, 3, 4, 4, 5])
    np.testing.assert_array_equal(splits.test.y, [5, 6])
    np.testing.assert_array_equal(splits.train.X[1], np.frombuffer(files["data_batch_1.bin"], np.uint8)[3074:])
    assert splits.train.X.dtype == np.float64


@pytest.mark.parametrize("inner", ["", "cifar-10-batches-bin", "cifar-10", "cifar-10/cifar-10-batches-bin"])
def test_cifar10_is_read_from_extracted_files(tmp_path, tiny, inner):
    files = cifar_files(tiny.CIFAR10)
    write_folder(tmp_path / inner, files)
    splits = cifar10(tmp_path)
    check_cifar10(splits, files)
    assert splits.train.classes[3] == "kind3"
    assert cifar.present(cifar.CIFAR10, tmp_path) == (inner in ("", "cifar-10-batches-bin"))


@pytest.mark.parametrize("inner", ["", "cifar-10/"])
def test_cifar10_is_read_from_the_archive_and_nothing_is_extracted(tmp_path, tiny, inner):
    files = cifar_files(tiny.CIFAR10)
    path = write_tar(tmp_path / f"{inner}cifar-10-binary.tar.gz", files, "cifar-10-batches-bin/")
    check_cifar10(cifar10(tmp_path), files)
    check_cifar10(cifar10(path), files)
    assert cifar10(path).test.classes[3] == "kind3"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]


def test_cifar100_has_fine_and_coarse_classes(tmp_path, tiny):
    files = cifar_files(tiny.CIFAR100, names=False)
    write_folder(tmp_path, files)
    fine, coarse = cifar100(tmp_path, np.float32), cifar100_coarse(tmp_path)
    np.testing.assert_array_equal(fine.train.y, [0, 1])
    np.testing.assert_array_equal(coarse.train.y, [1, 1])
    np.testing.assert_array_equal(fine.test.X[1], np.frombuffer(files["test.bin"], np.uint8)[3076:])
    assert fine.train.X.dtype == np.float32
    assert (len(fine.train.classes), coarse.train.classes[-1]) == (100, "19")


def test_real_layouts_have_the_published_sizes():
    assert set(cifar.CIFAR10.size.values()) == {30730000}
    assert cifar.CIFAR100.size == {"train.bin": 153700000, "test.bin": 30740000}


def test_an_archive_is_read_by_name_and_size_only(tmp_path, tiny):
    """Members outside the folder, links and devices are never followed or written."""
    files = cifar_files(tiny.CIFAR10)
    path = tmp_path / "data" / "cifar-10-binary.tar.gz"
    write_tar(path, files, "../../outside/")
    check_cifar10(cifar10(tmp_path / "data"), files)
    assert not (tmp_path / "outside").exists()
    write_tar(
        path, files | {"batches.meta.txt": b"cat " * 50_000}, "cifar-10-batches-bin/"
    )  # no list of names is so long
    assert cifar10(tmp_path / "data").train.classes == tuple("0123456789")
    with tarfile.open(path, "w:gz") as tar:
        for file in files:
            member = tarfile.TarInfo("cifar-10-batches-bin/" + file)
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/hostname"
            tar.addfile(member)
    with pytest.raises(ValueError, match=r"data_batch_1\.bin, .* is not in it"):
        cifar10(tmp_path / "data")


def test_a_file_that_is_twice_in_an_archive_is_named(tmp_path, tiny):
    files = cifar_files(tiny.CIFAR10)
    path = write_tar(tmp_path / "twice.tar.gz", files | {"old/test_batch.bin": files["test_batch.bin"]}, "x/")
    with pytest.raises(ValueError, match=r"twice\.tar\.gz, member x/old/test_batch\.bin must be there once"):
        cifar10(path)


@pytest.mark.parametrize("write", [write_folder, lambda p, f: write_tar(p / "cifar-10-binary.tar.gz", f, "x/")])
def test_a_cifar_file_of_another_size_is_refused(tmp_path, tiny, write):
    files = cifar_files(tiny.CIFAR10)
    write(tmp_path, files | {"data_batch_2.bin": files["data_batch_2.bin"][:-1]})
    with pytest.raises(ValueError, match=r"data_batch_2.bin must have 6146 bytes \(binary version\), found 6145"):
        cifar10(tmp_path)


def test_damaged_cifar_says_what_is_wrong(tmp_path, tiny):
    files = cifar_files(tiny.CIFAR10)
    write_folder(tmp_path, files | {"test_batch.bin": b"\x0a" * 6146})
    with pytest.raises(ValueError, match=r"labels 0\.\.9, found 10"):
        cifar10(tmp_path)
    write_folder(tmp_path, files | {"batches.meta.txt": b"cat dog"})
    with pytest.raises(ValueError, match=r"batches\.meta\.txt must hold 10 class names, found 2"):
        cifar10(tmp_path)
    (tmp_path / "test_batch.bin").unlink()
    with pytest.raises(FileNotFoundError, match=r"test_batch\.bin is not there"):
        cifar10(tmp_path)


SPOILT = {
    "cut short": lambda content: content[: len(content) // 2],
    "a web page": lambda content: b"<html>",
    "no archive": lambda content: gzip.compress(b"x" * 999, mtime=0),
    "one pixel wrong": lambda content: content[:9000] + bytes([content[9000] ^ 1]) + content[9001:],
    "overwritten from the middle": lambda content: content[:9000] + b"\xff" * (len(content) - 9000),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_damaged_archive_is_named(tmp_path, tiny, spoil):
    path = write_tar(tmp_path / "cifar-10-binary.tar.gz", cifar_files(tiny.CIFAR10), "cifar-10-batches-bin/")
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(ValueError, match=r"is damaged or is no \.tar\.gz archive") as caught:
        cifar10(path)
    assert str(path) in str(caught.value)


def test_an_archive_with_a_wrong_label_is_named_with_its_folder(tmp_path, tiny):
    files = cifar_files(tiny.CIFAR10) | {"test_batch.bin": b"\x0a" * 6146}
    path = write_tar(tmp_path / "cifar-10" / "cifar-10-binary.tar.gz", files, "cifar-10-batches-bin/")
    with pytest.raises(ValueError, match=r"labels 0\.\.9, found 10") as caught:
        cifar10(tmp_path)
    assert str(path) in str(caught.value)


def test_no_damage_of_an_archive_goes_unnoticed(tmp_path, tiny):
    """Twenty bytes inverted anywhere after the gzip header: whichever layer notices, the message is the same."""
    path = write_tar(tmp_path / "cifar-10-binary.tar.gz", cifar_files(tiny.CIFAR10), "cifar-10-batches-bin/")
    content = path.read_bytes()
    for start in np.linspace(10, len(content) - 20, 60).astype(int):
        path.write_bytes(content[:start] + bytes(255 - b for b in content[start : start + 20]) + content[start + 20 :])
        with pytest.raises(ValueError, match=r"is damaged or is no \.tar\.gz archive"):
            cifar10(path)
