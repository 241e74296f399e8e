"""Damaged and hostile files of every kind end in one sentence; the long form is `tests/reliability/archives.py`."""

import importlib.util
import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from minigrow.growth import History
from minigrow.growth.archives import MEMBERS, SMALL, allowed, bounded, description, header, read_npz
from minigrow.growth.files import load_arrays

HERE = Path(__file__).parents[1] / "reliability" / "archives.py"


@pytest.fixture(scope="module")
def archives():
    spec = importlib.util.spec_from_file_location("reliability_archives", HERE)
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = before


def test_hundreds_of_damaged_files_give_one_sentence_each(archives):
    count, failures = archives.tried(0, 60, most=170)
    assert failures == []
    assert count > 50


def test_a_fault_would_be_noticed(archives, tmp_path):
    """The judge itself: a traceback, a pickle that runs, and memory that is taken are told apart from a sentence."""

    def opened(path):
        return np.load(path, allow_pickle=True)["a"].sum()

    np.savez(tmp_path / "a.npz", a=np.array([archives.Marked()], object))
    subject = archives.Subject("a", None, "a.npz", opened)
    assert archives.answer(subject, tmp_path / "a.npz", 100, "", 1) == "a pickle ran"
    assert "KeyError" in archives.answer(subject._replace(use=lambda path: {}["x"]), tmp_path, 9, "", 1)
    assert "took" in archives.answer(subject._replace(use=lambda path: bytes(4 * SMALL)), tmp_path, 9, "a bomb", 1)

    def two_lines(path):
        raise ValueError("a\nb")

    assert "no sentence" in archives.answer(subject._replace(use=two_lines), tmp_path, 9, "", 1)


def member(array, change=lambda content: content):
    file = io.BytesIO()
    np.save(file, array)
    return change(file.getvalue())


def made(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


@pytest.mark.parametrize("array", [
    np.arange(6.0).reshape(2, 3), np.arange(6).reshape(2, 3).T, np.array(1.5), np.array("é"), np.zeros((0, 3)), np.array([""]),
    np.array([]), np.array([True, False]), np.arange(3, dtype=">i4"), np.array([1 + 2j]), np.array(["a", "bb"]), np.array([b"a"]),
    np.float16([1]),    np.zeros((2, 0), "U3"), np.zeros(3, "M8[s]"),
])  # fmt: skip
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_writes_is_read_as_numpy_reads_it(tmp_path, array, save):
    save(tmp_path / "a.npz", a=array, b=np.ones(2))
    found = read_npz(tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as expected:
        assert list(found) == expected.files
        np.testing.assert_array_equal(found["a"], expected["a"])
        assert (found["a"].dtype, found["a"].shape) == (expected["a"].dtype, expected["a"].shape)
    assert found["a"].flags.writeable
    assert list(read_npz(tmp_path / "a.npz", only=("b",))) == ["b"]


HEADERS = {
    b"(1000000000000,)": "holds 16 bytes of numbers, its header says",
    b"(-1,)": "header of an array must name",
    b"(2.0,)": "header of an array must name",
    b"(1000000, 0)": "holds 16 bytes of numbers",
}


@pytest.mark.parametrize("shape", HEADERS)
def test_a_header_that_lies_is_refused_before_memory_is_taken(tmp_path, shape):
    def change(content):
        return content.replace(b"(2,), }" + b" " * (len(shape) - 4), shape + b", }")

    path = made(tmp_path / "a.npz", meta=member(np.array('{"file": "k", "version": 2}')), a=member(np.ones(2), change))
    with pytest.raises(ValueError, match=rf"is not a whole k file \(.*{HEADERS[shape]}.*\)\. Was the copy cut short"):
        load_arrays(path, "k", 2)


@pytest.mark.parametrize(
    ("descr", "words"),
    [
        (b"|O", "never unpickled"),
        (b"<f3", "f3"),
        (b"|V8", "never unpickled"),
        (b"<U999999999", "not understood|header says"),
    ],
)
def test_a_type_that_is_none_is_refused(tmp_path, descr, words):
    def change(content):
        return content[:-17].replace(b"<f8", descr).rstrip().ljust(len(content) - 17) + content[-17:]

    with pytest.raises((ValueError, TypeError), match=words):
        read_npz(made(tmp_path / "a.npz", a=member(np.ones(2), change)))


def test_bytes_that_are_no_value_of_their_type_are_refused(tmp_path):
    two = member(np.array([True, False]), lambda content: content[:-1] + b"\x07")
    with pytest.raises(ValueError, match="neither 0 nor 1"):
        read_npz(made(tmp_path / "a.npz", a=two))
    letter = member(np.array(["ab"]), lambda content: content[:-4] + b"\xff\xff\xff\x00")
    with pytest.raises(ValueError, match="a letter that Unicode does not know"):
        read_npz(made(tmp_path / "a.npz", a=letter))


def test_as_many_arrays_as_a_file_may_hold_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr("minigrow.growth.archives.MEMBERS", 1)
    assert list(read_npz(made(tmp_path / "a.npz", a=member(np.ones(2))))) == ["a"]


def test_sizes_are_bounded(tmp_path):
    assert allowed(10) == SMALL
    assert bounded(io.BytesIO(b"abc"), 3).read() == bounded(io.BytesIO(b"abc"), 3).read1(3) == b"abc"
    with pytest.raises(ValueError, match="unpacks to more than 2 bytes"):
        bounded(io.BytesIO(b"abc"), 2).read()
    with pytest.raises(ValueError, match="hold no numbers of ours"):
        read_npz(made(tmp_path / "a.npz", a=bytes(SMALL + 1)))
    with pytest.raises(ValueError, match=f"must hold at most {MEMBERS} arrays"):
        read_npz(made(tmp_path / "b.npz", **{f"m{i}": b"" for i in range(MEMBERS + 1)}))
    for name, packing, words in (("a.npy", zipfile.ZIP_LZMA, "stored or deflated"), ("../a", 0, r"\.npy arrays alone")):
        with zipfile.ZipFile(tmp_path / "c.npz", "w", packing) as archive:
            archive.writestr(name, member(np.ones(2)))
        with pytest.raises(ValueError, match=words):
            read_npz(tmp_path / "c.npz")


def test_a_bounded_stream_closes_what_it_reads():
    stream = io.BytesIO(b"abc")
    bounded(stream, 3).close()
    assert stream.closed


def test_numbers_that_break_off_are_refused(tmp_path):
    """Header and directory agree on two numbers, but the packed bytes hold one."""
    path = made(tmp_path / "a.npz", a=member(np.ones(2), lambda content: content[:-8]))
    content = bytearray(path.read_bytes())
    size = content.rindex(b"PK\x01\x02") + 24  # where the directory says what the member unpacks to
    content[size : size + 4] = len(member(np.ones(2))).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(EOFError, match=r"a\.npy breaks off"):
        read_npz(path)


def test_a_member_that_is_there_twice_is_refused(tmp_path):
    path = tmp_path / "h.npz"
    History().with_row({"a": 1.0}).save(path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("column0.npy", member(np.ones(1)))
    with pytest.raises(ValueError, match="each name once"):
        History.load(path)


@pytest.mark.parametrize(
    ("text", "words"), [("[" * 10**5, "nested too deeply"), ("nul", "Expecting value"), ("9" * 5000, "digits")]
)
def test_a_description_that_is_none(tmp_path, text, words):
    with pytest.raises(ValueError, match=words):
        description(np.array(text))
    with pytest.raises(ValueError, match="meta must be one text"):
        description(np.array([text]))
    path = made(tmp_path / "h.npz", meta=member(np.array(json.dumps({"file": text, "version": 1}))))
    with pytest.raises(ValueError, match="is not a k but") as caught:
        load_arrays(path, "k", 2)
    assert len(str(caught.value)) < 400


def test_a_header_is_never_evaluated():
    with pytest.raises(ValueError, match=r"must begin as \.npy does"):
        header(io.BytesIO(b"PK"))
    file = io.BytesIO()
    np.save(file, np.ones(2))
    for start in (b"\x93NUMPZ\x01\x00", b"\x93NUMPY\x09\x00"):
        with pytest.raises(ValueError, match=r"must begin as \.npy does"):
            header(io.BytesIO(start + file.getvalue()[8:]))
    text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (9**9**9,), }\n"
    with pytest.raises(ValueError, match="must name descr"):
        header(io.BytesIO(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text))


def test_a_header_has_at_most_ten_thousand_bytes():
    text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }"
    for length in (10_000, 10_001):
        file = io.BytesIO(b"\x93NUMPY\x01\x00" + length.to_bytes(2, "little") + text.ljust(length))
        if length == 10_000:
            assert header(file)[0] == (2,)
        else:
            with pytest.raises(ValueError, match="the header of an array must name"):
                header(file)


def test_words_without_letters_are_empty_and_not_what_the_memory_held(tmp_path):
    """NumPy gives them room for one letter each, which the file does not fill."""
    text = b"{'descr': '<U0', 'fortran_order': False, 'shape': (3,), }\n"
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("words.npy", b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text)
    for _ in range(20):
        np.full(3, "?").view(np.uint32)[:] = 63  # what is freed here may be what the next array gets
        assert read_npz(tmp_path / "a.npz")["words"].tolist() == ["", "", ""]
