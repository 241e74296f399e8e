"""Take what a student's function returns and make arrays and numbers of it, or say in words why that cannot be."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from minigrow.labs.checking import need

RETURN = "the last line of the function: does it say return? (print shows a value, and hands nothing back)"


def called(function: Callable, *arguments: Any) -> Any:
    """Call a student's function with copies, so that it cannot change what the check goes on with; None is refused.

    >>> x = np.zeros(2)
    >>> called(lambda x: x.sort() or x, x) is x
    False
    """
    value = function(*map(fresh, arguments))
    need(value is not None, "it returns a value", "None", RETURN)
    return value


def fresh(value: Any) -> Any:
    """Return a copy of an array, a network, a generator, or a list, tuple or dict of them; of one number, Python's own.

    >>> fresh(np.float64(0.5))
    0.5
    """
    if isinstance(value, np.generic):
        return value.item()
    if hasattr(value, "with_theta"):
        return value.with_theta(value.theta.copy())
    if isinstance(value, (np.ndarray, np.random.Generator, dict, list, tuple)):
        return copy.deepcopy(value)
    return value


def several(value: Any, *names: str) -> tuple[Any, ...]:
    """Return the parts of a result that has as many as there are names.

    >>> several([1, 2], "A", "B")
    (1, 2)
    """
    wanted = f"{len(names)} values: {', '.join(names)}"
    need(isinstance(value, (tuple, list)), f"it returns {wanted}", f"one {type(value).__name__}", f"return {wanted}")
    need(
        len(value) == len(names),
        f"it returns {wanted}",
        f"{len(value)} values",
        "what stands behind return, and in which order",
    )
    return tuple(value)


def array(value: Any, shape: tuple[int, ...], name: str, look: str = "the order of the sizes, and .T") -> np.ndarray:
    """Return an array of this shape, all of it finite.

    >>> array([[1, 2]], (1, 2), "A")
    array([[1., 2.]])
    """
    try:
        found = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        need(False, f"{name} is an array of numbers", f"{type(value).__name__}: {value!r:.60}", RETURN)
    shape = tuple(map(int, shape))  # NumPy's own numbers would be printed with their types
    need(found.shape == shape, f"{name} has the shape {shape}", f"shape {found.shape}", look)
    bad = int(found.size - np.isfinite(found).sum())
    look = "a division by zero, or a logarithm or root of a negative number"
    need(not bad, f"all numbers of {name} are finite", f"{bad} of {found.size} are nan or inf", look)
    return found


def number(value: Any, name: str) -> float:
    """Return one finite number.

    >>> number(np.array([2]), "N")
    2.0
    """
    if (isinstance(value, (list, tuple)) and len(value) == 1) or getattr(value, "shape", None) == (1,):
        value = value[0]
    return float(array(value, (), name, look="return one number"))


def whole(value: Any, name: str) -> int:
    """Return one whole number.

    >>> whole(3.0, "H")
    3
    """
    found = number(value, name)
    need(found == int(found), f"{name} is a whole number", f"{found:g}", "does it have to be rounded, and which way?")
    return int(found)


def near(a: Any, b: Any, tolerance: float = 1e-9) -> bool:
    """Say whether two arrays agree, relative to the second's largest entry: far above rounding, far below any mistake.

    >>> near(1.0, 1.0 + 1e-12), near(1.0, 1.1)
    (True, False)
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= tolerance * max(1e-300, np.abs(b).max(initial=0.0))))
