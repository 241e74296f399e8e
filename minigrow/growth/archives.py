"""Read `.npz` archives that anybody may have made: `read_npz(path)` checks every size before it takes memory for it.

Three numbers must agree before a byte is unpacked: what the archive's directory says a member takes, what the `.npy` header in it
says (shape and type), and what a file of this size may hold at all. Nothing is ever unpickled or written to disk, and a member's
name is only a name.
"""

from __future__ import annotations

import io
import json
import lzma
import os
import re
import struct
import tarfile
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from typing import IO, Any

import numpy as np

# What zipfile, zlib, tarfile, NumPy and json raise on bytes that they cannot read (RuntimeError: RecursionError too).
DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, struct.error, ValueError, LookupError, EOFError, OSError,
    AttributeError, RuntimeError, TypeError, tokenize.TokenError, SyntaxError, ArithmeticError, MemoryError, AssertionError,
)  # fmt: skip
# bytes that any file may unpack to, else so many times its size; arrays in a file
SMALL, RATIO, MEMBERS = 1 << 26, 100, 10_000
BLOCK = 1 << 20
KINDS = tuple("biufcSUmM")  # of NumPy's types, those whose values are bytes and no references
LENGTHS = {b"\x01\x00": 2, b"\x02\x00": 4, b"\x03\x00": 4}  # .npy's versions: bytes of the header's length
HEADER = 10_000  # bytes; no header of ours has 200
PATTERN = re.compile(
    rb"\{'descr': '([<>|=]?\w{1,12}(?:\[\w+\])?)', 'fortran_order': (True|False), 'shape': \(((?:\d{1,18},? ?){0,32})\),? ?\} *\n?"
)


def allowed(size: int) -> int:
    """Return how many bytes a packed file of this size may hold: 64 MB, or 100 times its size where that is more.

    Numbers that training makes do not pack 100 times tighter, so what claims more was made to fill the memory.

    >>> allowed(1000), allowed(10**9)
    (67108864, 100000000000)
    """
    return max(SMALL, RATIO * size)


def bounded(stream: IO[bytes], most: int, name: str = "the file") -> io.BufferedReader:
    """Return a stream of the same bytes that raises ValueError as soon as more than `most` of them come.

    >>> bounded(io.BytesIO(b"abc"), 2).read()
    Traceback (most recent call last):
    ValueError: the file unpacks to more than 2 bytes, which is more than a file of its kind holds.
    """
    return io.BufferedReader(_Bounded(stream, most, name), BLOCK)


class _Bounded(io.RawIOBase):
    def __init__(self, stream, most, name):
        self.stream, self.left, self.most, self.name = stream, most, most, name

    def readable(self):
        return True

    def readinto(self, room):
        found = self.stream.read(min(len(room), self.left + 1))
        if len(found) > self.left:
            raise ValueError(
                f"{self.name} unpacks to more than {self.most} bytes, which is more than a file of its kind holds."
            )
        self.left -= len(found)
        room[: len(found)] = found
        return len(found)

    def close(self):
        self.stream.close()
        super().close()


def read_npz(path: str | os.PathLike, only: tuple[str, ...] | None = None) -> dict[str, np.ndarray]:
    """Return the arrays of an archive by name, or only those of these names.

    Raises one of DAMAGED for an archive that is damaged, says two things about its sizes, holds a name twice, or holds objects.
    """
    with open(path, "rb") as file, zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        _check(members, os.fstat(file.fileno()).st_size)
        wanted = {member.filename.removesuffix(".npy"): member for member in members}
        return {name: _array(archive, wanted[name]) for name in (wanted if only is None else only)}


def _check(members, size):
    """What a directory may say of its members: all that is known before anything is unpacked."""
    names = {member.filename for member in members}
    if len(members) > MEMBERS or len(names) < len(members):
        raise ValueError(
            f"it must hold at most {MEMBERS} arrays, each name once, got {len(members)} of {len(names)} names"
        )
    if not all(name.endswith(".npy") for name in names):
        raise ValueError("it must hold .npy arrays alone")
    packed, unpacked = sum(m.compress_size for m in members), sum(m.file_size for m in members)
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise ValueError("its arrays must be stored or deflated")
    if packed > size or unpacked > allowed(size):
        raise ValueError(f"{size} bytes that say they unpack to {unpacked} hold no numbers of ours")


def _array(archive, member):
    with archive.open(member) as stream:
        shape, order, dtype = header(stream)
        if not dtype.itemsize and prod(shape) > SMALL:  # words without letters, of which NumPy makes words of one
            raise ValueError(f"{member.filename} must not say that it has {prod(shape)} empty words")
        if member.file_size - stream.tell() != prod(shape) * dtype.itemsize:
            raise ValueError(
                f"{member.filename} holds {member.file_size - stream.tell()} bytes of numbers, its header says {shape} of {dtype}"
            )
        values = np.zeros(prod(shape), dtype)  # of words without letters nothing is read
        room, at = memoryview(values.view(np.uint8) if values.size and dtype.itemsize else bytearray()), 0
        while at < len(room):
            block = stream.read(min(BLOCK, len(room) - at))
            if not block:
                raise EOFError(f"{member.filename} breaks off")
            room[at : at + len(block)] = block
            at += len(block)
        if stream.read(1):  # which is also where the checksum is compared
            raise ValueError(f"{member.filename} is longer than its header says")
    _check_values(values, member.filename)
    return values.reshape(shape[::-1]).T if order else values.reshape(shape)


def header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Return the shape, whether the first axis is the fastest, and the type that the header of an `.npy` file names.

    Nothing of it is evaluated. Raises ValueError for a header that NumPy does not write, and for a type that holds references.

    >>> file = io.BytesIO()
    >>> np.save(file, np.ones((2, 3)))
    >>> header(io.BytesIO(file.getvalue()))
    ((2, 3), False, dtype('float64'))
    """
    start = stream.read(8)
    if start[:6] != b"\x93NUMPY" or start[6:] not in LENGTHS:
        raise ValueError(f"an array must begin as .npy does, got {start!r}")
    length = int.from_bytes(stream.read(LENGTHS[start[6:]]), "little")
    text = stream.read(min(length, HEADER))
    found = PATTERN.fullmatch(text) if len(text) == length else None
    if found is None:
        raise ValueError(f"the header of an array must name descr, fortran_order and shape, got {text[:100]!r}")
    descr, order, shape = (part.decode() for part in found.groups())
    if descr.lstrip("<>|=")[:1] not in KINDS:
        raise ValueError(f"an array must hold numbers or words, got {descr!r}: Python objects are never unpickled")
    dtype = np.dtype(descr)
    return tuple(int(n) for n in re.findall(r"\d+", shape)), order == "True", dtype


def _check_values(values, name):
    """Bytes that are no value of their type: a truth that is neither 0 nor 1, a letter that Unicode does not know."""
    if values.dtype.kind == "b" and values.view(np.uint8).max(initial=0) > 1:
        raise ValueError(f"{name} must hold truths, got a byte that is neither 0 nor 1")
    if values.dtype.kind == "U" and values.size and values.dtype.itemsize:
        letters = values.view(values.dtype.byteorder.replace("|", "=") + "u4")
        if letters.max(initial=0) > 0x10FFFF:
            raise ValueError(f"{name} must hold words, got a letter that Unicode does not know")


def description(meta: np.ndarray) -> Any:
    """Return what the JSON text in an archive's array `meta` says.

    Raises ValueError for anything else, also for one that is nested deeper than Python reads.

    >>> description(np.array('{"file": "example"}'))
    {'file': 'example'}
    """
    if meta.ndim or meta.dtype.kind != "U":
        raise ValueError(f"meta must be one text, got {meta.dtype} {meta.shape}")
    return parsed(str(meta))


def parsed(text: str) -> Any:
    """Return what a JSON text says.

    Raises ValueError for anything else, also for one that is nested deeper than Python reads.

    >>> parsed("[" * 10**6)
    Traceback (most recent call last):
    ValueError: the text is nested too deeply
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("the text is nested too deeply") from None


@contextmanager
def damaged(sentence: str, told: str | None = None) -> Iterator[None]:
    """Turn whatever bytes that cannot be read raise into a ValueError with this sentence, in which {} becomes the reason.

    A ValueError that begins with `told`, such as the file's name, says all there is to say and stays as it is.

    >>> with damaged("a.npz is damaged: {} Take an earlier copy."):
    ...     raise KeyError("theta")
    Traceback (most recent call last):
    ValueError: a.npz is damaged: something in it is missing or misnamed ('theta'). Take an earlier copy.
    """
    try:
        yield
    except DAMAGED as error:
        if told is not None and isinstance(error, ValueError) and str(error).startswith(told):
            raise
        raise ValueError(sentence.replace("({})", f"({said(error)[:-1]})").replace("{}", said(error))) from error


def said(error: BaseException) -> str:
    """Return what an error that reading a file raised says, as words for a sentence: a KeyError alone names no reason.

    >>> said(KeyError("theta"))
    "something in it is missing or misnamed ('theta')."
    """
    lost = isinstance(error, (KeyError, TypeError, AttributeError))
    words = " ".join(str(error).split())[:300].removesuffix(".") or type(error).__name__
    return f"something in it is missing or misnamed ({words})." if lost else f"{words}."
