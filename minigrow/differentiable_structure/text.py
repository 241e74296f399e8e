"""Any text becomes numbers: `read_text(path)`, `alphabet_of(text)`, `encode(text, alphabet)`, `decode(codes, alphabet)`.

A symbol is a Unicode character; an alphabet is a string that lists each symbol once, in the order of its numbers.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from minigrow.nn import validate
from minigrow.nn.door import door


def read_text(path: str | os.PathLike) -> str:
    """Return the contents of a UTF-8 text file, line ends as they are.

    Raises FileNotFoundError, or ValueError when the file is empty or no UTF-8 (with the place of the first bad byte).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.txt").write_bytes("naïve".encode())
    ...     read_text(Path(folder, "a.txt"))
    'naïve'
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path}")
    raw = Path(path).read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} must be UTF-8 text, got byte 0x{raw[error.start]:02x} at offset {error.start}. "
            "Convert it, for example from Latin-1 with iconv -f latin1 -t utf-8."
        ) from None
    if not text:
        raise ValueError(f"{path} is empty. There is nothing to learn from.")
    return text


@door
def alphabet_of(text: str) -> str:
    """Return the sorted symbols of a text.

    Raises ValueError for an empty text.

    >>> alphabet_of("(abab)")
    '()ab'
    """
    if not text:
        raise ValueError("the text must not be empty. There is nothing to learn from.")
    return "".join(sorted(set(text)))


def checked_alphabet(alphabet: str) -> str:
    """Return the alphabet if it names at least one symbol and none twice.

    Raises ValueError otherwise.

    >>> checked_alphabet("ab")
    'ab'
    """
    if not isinstance(alphabet, str) or not alphabet or len(set(alphabet)) < len(alphabet):
        raise ValueError(
            f"an alphabet must list each symbol once, like '()ab', got {validate.said(alphabet)}. Try alphabet_of(text)."
        )
    return alphabet


def encode(text: str, alphabet: str) -> np.ndarray:
    """Return the number of each symbol in the alphabet (n,), int32.

    Raises ValueError for a symbol that is not in the alphabet.

    >>> encode("abba", "ab")
    array([0, 1, 1, 0], dtype=int32)
    """
    points, known = _points(text), _points(checked_alphabet(alphabet))
    number = np.full(int(max(points.max(initial=0), known.max())) + 1, -1, np.int32)
    number[known] = np.arange(len(known))
    codes = number[points]
    wrong = np.flatnonzero(codes < 0)
    if len(wrong):
        raise ValueError(
            f"the text has the symbol {text[wrong[0]]!r} at place {wrong[0]}, which is not in the alphabet {alphabet!r}. "
            "A network keeps the alphabet it started with: remove such symbols, or start with the alphabet of all texts."
        )
    return codes


def decode(codes: np.ndarray, alphabet: str) -> str:
    """Return the text for symbol numbers (n,).

    >>> decode(np.array([0, 1, 1, 0]), "ab")
    'abba'
    """
    return "".join(alphabet[code] for code in codes)


def _points(text):
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
