"""The numbers that a law gets to see, so that one can tell whether a planted mistake makes any difference to it.

A mistake after which every number and every array that is returned to the student's own code is bit for bit what it was makes no
difference to anything that the law computes; one after which they differ, while no tolerance is exceeded, is not noticed.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

NUMBERS = (bool, int, float, complex, np.generic)


def fingerprint(value: Any) -> bytes:
    """Return bytes that agree for numbers, arrays and tuples of them that agree bit for bit; b"" for anything else.

    >>> fingerprint(np.array([0.0])) == fingerprint(np.array([-0.0]))
    False
    >>> fingerprint((1.0, np.ones(2))) == fingerprint((1.0, np.ones(2)))
    True
    >>> fingerprint("text")
    b''
    """
    if type(value) in (tuple, list):  # not an event, which is a tuple of another type
        return b"".join(map(fingerprint, value))
    if isinstance(value, NUMBERS):
        return repr(value).encode()
    if not isinstance(value, np.ndarray) or value.dtype == object:
        return b""
    return repr((value.shape, value.dtype.str)).encode() + np.ascontiguousarray(value).tobytes()


class Seen:
    """Collects, between `with` and its end, what functions return to code in files that are `own`.

    >>> def double(x):
    ...     return 2 * x
    >>> def law(x):
    ...     return double(x) - 2 * x
    >>> digests = []
    >>> for x in (3, 3, 4):
    ...     with Seen(lambda file: file == law.__code__.co_filename) as seen:
    ...         _ = law(x)
    ...     digests.append(seen.digest)
    >>> digests[0] == digests[1], digests[0] == digests[2]
    (True, False)
    """

    def __init__(self, own: Callable[[str], bool]):
        self._own = cache(own)
        self._hash = hashlib.blake2b(digest_size=16)
        self._before: Any = None

    def __enter__(self) -> Seen:
        """Begin."""
        self._before = sys.getprofile()
        sys.setprofile(self._event)
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        sys.setprofile(self._before)

    def add(self, value: Any) -> None:
        """Add a number or an array that the caller has."""
        self._hash.update(fingerprint(value))

    @property
    def digest(self) -> bytes:
        """One fingerprint of everything so far, in its order."""
        return self._hash.digest()

    def _event(self, frame: Any, event: str, value: Any) -> None:
        caller = frame.f_back
        if event == "return" and caller is not None and self._own(caller.f_code.co_filename):
            self.add(value)
