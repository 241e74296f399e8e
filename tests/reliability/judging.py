"""Judge one call with a wrong value: it works and gives something finite, or minigrow itself refuses it in a sentence.

A refusal is a `raise` that stands in minigrow's own files; an error that NumPy, the standard library or a built-in operation
raised inside or below it is none, nor is a warning. No array of the caller may have changed either way.
"""

from __future__ import annotations

import dataclasses
import dis
import math
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

import minigrow

HOME = str(Path(minigrow.__file__).parent)
REFUSALS = (ValueError, TypeError, KeyError, IndexError, ArithmeticError, OSError)
LONGEST = 600  # letters of a refusal
SECONDS = 10.0  # a call that takes longer hangs
WARNED = (RuntimeWarning, DeprecationWarning, FutureWarning, getattr(np, "exceptions", np).ComplexWarning)


class Hangs(BaseException):
    """The call did not come back in time."""


def verdict(
    act: Callable[..., Any],
    arguments: dict[str, Any],
    refuse: bool,
    loose: bool = False,
    path: bool = False,
    seconds: float = SECONDS,
) -> str:
    """Return "" where act(**arguments) is right or refused in a sentence, else what is wrong with it.

    `refuse` says that it must be refused, `loose` that NaN and infinity are no fault in its result, `path` that it names a file,
    so that the system may refuse it too.
    """
    before = [leaf.copy() for leaf in leaves(arguments)]
    said = _outcome(act, arguments, refuse, loose, path, seconds)
    after = list(leaves(arguments))
    if not said and (
        len(before) != len(after) or any(_bytes(a) != _bytes(b) for a, b in zip(before, after, strict=True))
    ):
        return "an array of the caller has changed"
    return said


def _outcome(act, arguments, refuse, loose, path, seconds):
    try:
        with warnings.catch_warnings(), in_time(seconds):
            for kind in WARNED:
                warnings.simplefilter("error", kind)
            result = act(**arguments)
            if refuse:
                return f"accepted, and gives {' '.join(repr(result).split())[:80]}"
            return "" if loose or all(map(_finite, _results(result))) else "gives NaN or infinity"
    except Hangs:
        return f"takes more than {seconds:g} s"
    except Exception as error:
        return _refusal(error, path)


def _refusal(error, path):
    """What is wrong with an error, "" where it is a sentence of ours."""
    frame, line = list(traceback.walk_tb(error.__traceback__))[-1]
    last = error.__traceback__
    while last.tb_next is not None:
        last = last.tb_next
    ours = frame.f_code.co_filename.startswith(HOME) and _raises(frame.f_code, last.tb_lasti)
    text, where = " ".join(str(error).split()), f"{Path(frame.f_code.co_filename).name}:{line}"
    if path and isinstance(error, OSError):
        return ""
    if not (ours and isinstance(error, REFUSALS)):
        return f"{type(error).__name__}: {text[:120]} (at {where})"
    if "\n" in str(error) or len(text) > LONGEST or len(text.split()) < 4:
        return f"is refused in no sentence: {text[:120]!r} (at {where})"
    return ""


def _raises(code, at):
    return any(step.offset == at and step.opname == "RAISE_VARARGS" for step in dis.get_instructions(code))


def leaves(value: Any, depth: int = 5) -> Iterator[np.ndarray]:
    """Yield the arrays in a value, its tuples, lists, dictionaries and frozen classes."""
    if isinstance(value, np.ndarray):
        yield value
    elif depth and isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item, depth - 1)
    elif depth and dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from leaves(getattr(value, field.name), depth - 1)


def _results(value):
    yield from leaves(value)
    if isinstance(value, (float, complex, np.number)):
        yield np.asarray(value)
    elif type(value) is tuple:
        for item in value:
            yield from _results(item) if not isinstance(item, np.ndarray) else ()


def _finite(a):
    return a.dtype.kind not in "fc" or bool(np.isfinite(a).all())


def _bytes(a):
    return repr(a.tolist()) if a.dtype.hasobject else (a.shape, a.dtype, a.tobytes())


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Raise `Hangs` when a block takes longer, where the system has the alarm for it."""
    if not hasattr(signal, "setitimer") or math.isinf(seconds):
        yield
        return

    def ring(*_):
        raise Hangs

    old = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        with suppress(Hangs):
            signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
