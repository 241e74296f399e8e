"""One right call for every public callable of minigrow, with the kind of value that each of its arguments takes.

`CALLS` lists them. A configuration such as `Plan` is a plain tuple that is checked where it is used, so its call uses it. The kind
of a parameter is read from its name and its annotation (`kinds`): a wrong value is refused unless it fits one of the kinds.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import calls_data
import calls_growth
import calls_methods
import calls_nn
import calls_urn

# What a parameter of this name takes, where its annotation does not say all.
NAMED = {
    "X": "X", "y": "labels", "rng": "rng", "dtype": "dtype", "t": "labels", "path": "path", "folder": "path",
    "text": "letters", "alphabet": "letters", "prompt": "letters", "order": "wholes", "kept": "wholes",
    "reason": "text",
    "title": "text", "who": "text", "names": "names things", "p": "array complex nan", "name": "text", "z": "values complex nan",
    "source": "ids", "target": "ids", "colour": "wholes", "paint": "mapping",
    "found": "array complex nan", "expected": "array complex nan",
    "theta": "array complex nan", "h": "array", "state": "thing", "hits": "things",
}  # fmt: skip
ANNOTATED = (
    ("int", "whole"), ("float", "number"), ("bool", "flag"), ("str", "word"), ("np.ndarray", "array"),
    ("Callable", "callable"),
    ("Sequence[int]", "wholes"), ("tuple[int, ...]", "wholes"), ("Sequence[float]", "values"), ("Sequence", "things"), ("None", "none"),
    ("Policy", "callable"), ("Observer", "callable"), ("Scalar", "callable"), ("tuple", "pair"), ("Trigger", "callable"),
    ("Mapping", "mapping"),
)  # fmt: skip
ANYTHING = {"ids", "self"}  # parameters of these kinds take nearly all: whatever is accepted is right


class Call(NamedTuple):
    """A public name, what to call, a maker of right arguments, whose signature says their kinds, and what is not held against it."""

    name: str
    act: Callable[..., Any]
    arguments: Callable[[], dict[str, Any]]
    source: Any
    options: dict[str, Any]


def kinds(call: Call, parameter: str) -> set[str]:
    """Return the kinds of value that a parameter of a call takes; a thing of a class of its own takes none of `wrong.WRONG`."""
    given = call.options.get("kinds", {})
    if parameter in given:
        return set(given[parameter].split())
    signature = inspect.signature(call.source).parameters
    asked = signature.get(parameter)
    if asked is None:
        return {"thing"}
    said = asked.annotation if isinstance(asked.annotation, str) else getattr(asked.annotation, "__forward_arg__", None)
    said = said or getattr(asked.annotation, "__name__", str(asked.annotation))
    found = {"none"} if asked.default is None else set()
    if parameter in NAMED:
        return found | set(NAMED[parameter].split()) | ({"none"} if "None" in said else set())
    return found | {kind for part in said.strip("'").split(" | ") for words, kind in ANNOTATED if _is(part, words)}


def _is(part, words):
    return (
        part == words
        or (words[0].isupper() and part.startswith(words))
        or (words == "tuple" and part.startswith("tuple["))
    )


CALLS = [
    Call(*row) for module in (calls_nn, calls_growth, calls_methods, calls_urn, calls_data) for row in module.CALLS
]
