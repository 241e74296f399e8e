"""Files appear whole or not at all, and damaged or foreign ones are refused with a reason."""

import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minigrow.growth.files import load_arrays, plain, save_arrays, write_json
from minigrow.growth.writing import atomic


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_whole_and_its_folder_too(tmp_path):
    path = tmp_path / "new" / "deep" / "a.bin"
    with atomic(path) as file:
        file.write(b"half")
        assert not path.exists()
        file.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert names(path.parent) == ["a.bin"]


def write_half(path, error):
    with atomic(path) as file:
        file.write(b"half")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("before", [None, b"old"])
def test_a_failure_leaves_the_old_file_and_no_other(tmp_path, error, before):
    path = tmp_path / "a.bin"
    if before is not None:
        path.write_bytes(before)
    with pytest.raises(error):
        write_half(path, error("stop"))
    assert names(tmp_path) == ([] if before is None else ["a.bin"])
    assert before is None or path.read_bytes() == before


def test_a_failing_replacement_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuse(source, target):
        raise PermissionError("in use")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError), atomic(tmp_path / "a.bin") as file:
        file.write(b"x")
    assert names(tmp_path) == []


def test_two_writers_do_not_mix(tmp_path):
    with atomic(tmp_path / "a") as one:
        one.write(b"one")
        with atomic(tmp_path / "a") as two:
            two.write(b"two, longer")
        assert (tmp_path / "a").read_bytes() == b"two, longer"
    assert (tmp_path / "a").read_bytes() == b"one"
    assert names(tmp_path) == ["a"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


def without_nan(value):
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    return [without_nan(item) for item in value] if isinstance(value, list) else value


@given(JSON)
def test_json_is_strict_and_comes_back(value):
    text = json.dumps(plain(value), allow_nan=False)
    assert json.loads(text) == without_nan(value)


@given(arrays(np.float32, st.integers(0, 4)))
def test_numpy_values_become_json(array):
    found = plain({"a": array, 1: (np.int64(3), np.bool_(True), np.float64("nan"))})
    assert found["a"] == [float(x) if np.isfinite(x) else None for x in array]
    assert found["1"] == [3, True, None]
    json.dumps(found, allow_nan=False)


def test_unknown_objects_are_not_written_at_all(tmp_path):
    with pytest.raises(TypeError):
        write_json(tmp_path / "a.json", {"x": object()})
    with pytest.raises(TypeError, match="object cannot be written as JSON"):
        save_arrays(tmp_path / "a.npz", {}, {"x": object()})
    assert names(tmp_path) == []


@given(values=arrays(np.float64, (3, 2)), seed=st.integers(0, 9))
def test_arrays_come_back_bit_for_bit(values, seed, tmp_path_factory):
    path = tmp_path_factory.mktemp("arrays") / "a.npz"
    save_arrays(path, {"x": values, "n": np.array(seed)}, {"file": "k", "version": 2, "inf": float("inf")})
    found, meta = load_arrays(path, "k", 2)
    assert found["x"].tobytes() == values.tobytes()
    assert found["n"] == seed
    assert meta["inf"] == float("inf")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("written") / "a.npz"
    save_arrays(path, {"x": np.arange(50.0)}, {"file": "k", "version": 2})
    return path.read_bytes()


@given(share=st.floats(0, 0.999))
def test_a_truncated_file_is_refused(written, share, tmp_path_factory):
    path = tmp_path_factory.mktemp("cut") / "a.npz"
    path.write_bytes(written[: int(share * len(written))])
    with pytest.raises(ValueError, match=r"is not a whole k file.*Take an earlier one"):
        load_arrays(path, "k", 2)


@given(place=st.floats(0, 1, exclude_max=True))
def test_a_damaged_array_is_refused_or_harmless(written, place, tmp_path_factory):
    path = tmp_path_factory.mktemp("damaged") / "a.npz"
    at = int(place * len(written))
    path.write_bytes(written[:at] + bytes([written[at] ^ 0x55]) + written[at + 1 :])
    try:
        found, _ = load_arrays(path, "k", 2)
    except ValueError:
        return
    np.testing.assert_array_equal(found.get("x", np.arange(50.0)), np.arange(50.0))  # or its name was hit


@pytest.mark.parametrize("content", [b"", b"hello", b"\x80\x04K\x01.", b"PK\x03\x04"])
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(ValueError, match="is not a whole k file"):
        load_arrays(tmp_path / "a.npz", "k", 2)


def test_a_plain_npy_or_an_archive_without_description_is_refused(tmp_path):
    with open(tmp_path / "a.npz", "wb") as file:
        np.save(file, np.ones(3))
    with pytest.raises(ValueError, match="is not a whole k file"):
        load_arrays(tmp_path / "a.npz", "k", 2)
    np.savez(tmp_path / "b.npz", x=np.ones(3))
    with pytest.raises(ValueError, match="is not a whole k file"):
        load_arrays(tmp_path / "b.npz", "k", 2)
    np.savez(tmp_path / "c.npz", meta=np.array("[1, 2]"))
    with pytest.raises(ValueError, match=r"is not a k but \[1, 2\]"):
        load_arrays(tmp_path / "c.npz", "k", 2)


def test_pickles_are_never_opened(tmp_path):
    np.savez(tmp_path / "a.npz", meta=np.array('{"file": "k", "version": 2}'), x=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match=r"is not a whole k file.*[Pp]ickle|[Oo]bject"):
        load_arrays(tmp_path / "a.npz", "k", 2)


def test_another_kind_another_version_no_file(tmp_path):
    save_arrays(tmp_path / "a.npz", {}, {"file": "history", "version": 2})
    with pytest.raises(ValueError, match=r"is not a k but 'history'\. Check the path"):
        load_arrays(tmp_path / "a.npz", "k", 2)
    with pytest.raises(ValueError, match="has version 2, this minigrow reads 3"):
        load_arrays(tmp_path / "a.npz", "history", 3)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        load_arrays(tmp_path / "b.npz", "k", 2)
    with pytest.raises(IsADirectoryError, match=r"is a folder. Name the k file"):
        load_arrays(tmp_path, "k", 2)
