"""EMNIST letters from small files of the real format: plain, gzipped, unpacked, and in the archive as it is published."""

import gzip
import string
import zipfile

import numpy as np
import pytest

from minigrow.datasets.idx import emnist_letters

UPRIGHT = {part: np.arange(n * 6, dtype=np.uint8).reshape(n, 3, 2) for part, n in (("train", 4), ("test", 2))}
LABELS = {"train": [1, 26, 3, 2], "test": [26, 1]}


@pytest.fixture
def letters(idx):
    return lambda labels=LABELS: written(idx, labels)


def written(idx, labels):
    """Return file name -> bytes: images are stored with rows and columns exchanged, labels count from 1."""
    files = {}
    for part, images in UPRIGHT.items():
        files[f"emnist-letters-{part}-images-idx3-ubyte"] = idx(np.ascontiguousarray(images.transpose(0, 2, 1)))
        files[f"emnist-letters-{part}-labels-idx1-ubyte"] = idx(np.array(labels[part], np.uint8))
    return files


def write(folder, files, pack=bytes, end=""):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}{end}").write_bytes(pack(content))


def write_archive(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "gzip.zip", "w") as archive:
        archive.writestr("gzip/emnist-mnist-train-labels-idx1-ubyte.gz", b"another of its datasets")
        for name, content in files.items():
            archive.writestr(f"gzip/{name}.gz", gzip.compress(content))
    return folder / "gzip.zip"


def check(splits):
    for part, data in zip(("train", "test"), splits, strict=True):
        np.testing.assert_array_equal(data.X.reshape(-1, 3, 2), UPRIGHT[part])
        assert (data.y + 1).tolist() == LABELS[part]
        assert (data.name, data.shape, data.X.dtype, data.y.dtype) == ("emnist-letters", (3, 2), np.float64, np.int64)
        assert data.classes == tuple(string.ascii_lowercase)


@pytest.mark.parametrize(("pack", "end"), [(bytes, ""), (gzip.compress, ".gz")])
@pytest.mark.parametrize("inner", ["", "gzip", "emnist-letters", "emnist-letters/gzip"])
def test_images_stand_upright_and_classes_start_at_a(tmp_path, letters, pack, end, inner):
    write(tmp_path / inner, letters(), pack, end)
    check(emnist_letters(tmp_path))


@pytest.mark.parametrize("inner", ["", "emnist-letters"])
def test_the_published_archive_is_read_and_nothing_is_extracted(tmp_path, letters, inner):
    path = write_archive(tmp_path / inner, letters())
    check(emnist_letters(tmp_path))
    assert emnist_letters(tmp_path, np.float32).train.X.dtype == np.float32
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]


def test_a_missing_file_is_named_with_its_archive_and_how_to_fetch_it(tmp_path, letters):
    files = letters()
    del files["emnist-letters-test-labels-idx1-ubyte"]
    write(tmp_path, files)
    with pytest.raises(FileNotFoundError) as caught:
        emnist_letters(tmp_path)
    for part in (
        "no emnist-letters-test-labels-idx1-ubyte(.gz) or gzip.zip",
        "nist.gov",
        "minigrow fetch emnist-letters --to",
    ):
        assert part in str(caught.value)
    write_archive(tmp_path / "other", files)
    with pytest.raises(FileNotFoundError, match="no emnist-letters-test-labels-idx1-ubyte"):
        emnist_letters(tmp_path / "other")


@pytest.mark.parametrize(("label", "found"), [(0, 0), (27, 27)])
def test_labels_outside_1_to_26_are_refused(tmp_path, letters, label, found):
    write(tmp_path, letters(LABELS | {"test": [1, label]}))
    with pytest.raises(ValueError, match=rf"labels 1\.\.26, found {found}"):
        emnist_letters(tmp_path)


def test_a_damaged_archive_is_named(tmp_path, letters):
    path = write_archive(tmp_path, letters())
    content = path.read_bytes()
    middle = content.index(b"emnist-letters-train-images") + 70
    for spoilt in (b"<html>", content[: len(content) // 2], content[:middle] + b"\xff" * 9 + content[middle + 9 :]):
        path.write_bytes(spoilt)
        with pytest.raises(ValueError, match="is damaged") as caught:
            emnist_letters(tmp_path)
        assert str(path) in str(caught.value)


def test_an_archive_that_says_it_unpacks_to_far_too_much_is_not_unpacked(tmp_path, letters):
    path = write_archive(tmp_path, letters())
    content = bytearray(path.read_bytes())
    place = content.rindex(b"gzip/emnist-letters-train-images") - 22  # of the unpacked size, in the list at the end
    content[place : place + 4] = b"\xff\xff\xff\x7f"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"says it unpacks \d+ bytes to 2147483647"):
        emnist_letters(tmp_path)
