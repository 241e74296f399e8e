"""One door for what callers hand over: `@door` checks the arguments of a public function by its annotations, before its body runs.

    @door
    def grow(net: Network, layer: int, neurons: int = 1, *, scale: float = 0.01, reason: str = "asked for") -> ...

    int    a whole number            float  a number, not NaN      bool, str       just these
    np.ndarray, Sequence[float]      numbers, none of them masked  Sequence[int]   whole numbers
    a class                          one of it; where a plain tuple of settings is used, `fields` checks it by its class's annotations

What a value must be beyond that (positive, a layer that exists, one of some names) the body says, by `validate`. Functions that run at
every step of a training have no door: `nn.feeding` is the one of a gradient, and the loop goes around it.
"""

from __future__ import annotations

import dataclasses
import inspect
import os
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, wraps
from typing import Any, NamedTuple, TypeVar, Union

import numpy as np

from minigrow.nn import validate

F = TypeVar("F", bound=Callable)


class Form(NamedTuple):
    """What a value must be, in words, and a function that returns the value or raises ValueError."""

    words: str
    take: Callable[[Any, str], Any]


def door(function: F) -> F:
    """Return the function behind a check of its arguments by their annotations; the annotations are read at the first call.

    >>> @door
    ... def half(n: int) -> float:
    ...     return n / 2
    >>> half("3")
    Traceback (most recent call last):
    ValueError: n must be a whole number, got '3'.
    """

    @cache
    def forms() -> tuple[dict[str, Form], list[Form | None]]:
        hints = typing.get_type_hints(function)
        known = inspect.signature(function).parameters.values()
        named = {p.name: found for p in known if (found := _form(hints.get(p.name, Any), p.name)) is not None}
        return named, [named.get(p.name) for p in known if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]

    @wraps(function)
    def entered(*args: Any, **more: Any) -> Any:
        named, placed = forms()
        names = function.__code__.co_varnames
        taken = [
            value if form is None else form.take(value, name)
            for value, form, name in zip(args, placed, names, strict=False)
        ]
        more = {name: named[name].take(value, name) if name in named else value for name, value in more.items()}
        return function(*taken, *args[len(placed) :], **more)

    return typing.cast(F, entered)


def fields(values: Any) -> None:
    """Check a plain value with named fields, such as a plan, field by field by the annotations of its class.

    A field whose default is NaN may be NaN, which says there that it is not defined. Raises ValueError that names the field.

    >>> from minigrow.growth import Plan
    >>> fields(Plan(epochs="3"))
    Traceback (most recent call last):
    ValueError: epochs must be a whole number, got '3'.
    """
    undefined = getattr(values, "_field_defaults", {})
    for name, form in _fields(type(values)).items():
        value, default = getattr(values, name), undefined.get(name)
        if isinstance(value, Iterator):
            raise ValueError(f"{name} must be read more than once, got {validate.said(value)}. Make it a tuple.")
        if not (_is_nan(default) and _is_nan(value)):
            form.take(value, name)


def _is_nan(value):
    return isinstance(value, float) and value != value


@cache
def _fields(cls):
    hints = typing.get_type_hints(cls)
    names = cls._fields if hasattr(cls, "_fields") else [field.name for field in dataclasses.fields(cls)]
    return {name: form for name in names if (form := _form(hints.get(name, Any), name)) is not None}


def _form(hint, name):
    """The form of an annotation, None where it says nothing that could be checked."""
    if name == "rng" or (name in NAMED and hint is Any):
        return NAMED[name]
    if hint in SIMPLE:
        return SIMPLE[hint]
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return _one_of([_form(part, name) for part in inner])
    if origin in (Sequence, Iterable, list) or (origin is tuple and inner[1:] == (...,)):
        return _several(_form(inner[0], name))
    if origin is tuple:
        return _pair([_form(part, name) for part in inner])
    if origin in (Mapping, dict):
        return _instance(Mapping, "a mapping, such as {name: value}")
    if origin is Callable or hint is Callable:
        return Form("a function", _callable)
    hint = origin if inspect.isclass(origin) else hint  # such as os.PathLike[str]
    if inspect.isclass(hint) and not getattr(hint, "_is_protocol", False) and hint not in (object, Any):
        return _instance(hint, f"a {hint.__name__} ({hint.__module__.removesuffix('.' + hint.__name__.lower())})")
    return None


def _one_of(forms):
    """One of these forms; None among them says that one is unknown, and then all goes."""
    if any(form is None for form in forms):
        return None
    words = " or ".join(form.words for form in forms)

    def take(value: Any, name: str) -> Any:
        for form in forms:
            try:
                return form.take(value, name)
            except ValueError as error:
                last = error
        raise last if len(forms) == 1 else ValueError(f"{name} must be {words}, got {validate.said(value)}.")

    return Form(words, take)


def _several(form):
    """A sequence of values of this form; arrays of whole numbers or of numbers stay arrays."""
    inner = form.words if form else "values"

    def take(value: Any, name: str) -> Any:
        if form in (WHOLE, NUMBER) and isinstance(value, np.ndarray):
            return _array(value, name, form)
        if form is NUMBER and isinstance(value, (list, tuple)):
            return (_array(value, name, form), value)[1]  # data, where NaN may say that a number is missing
        if (
            isinstance(value, np.ndarray)
            and form is SIMPLE[bool]
            and value.dtype.kind in "biuf"
            and value.ndim == 1
            and not np.ma.is_masked(value)
            and np.isin(value, (0, 1)).all()
        ):
            return value
        words = isinstance(value, np.ndarray) and form is SIMPLE[str] and value.dtype.kind in "UO" and value.ndim == 1
        closed = isinstance(value, np.ndarray) and form is not None and not words
        if closed or isinstance(value, (str, bytes, Mapping, set, frozenset)) or not np.iterable(value):
            raise ValueError(f"{name} must be a sequence of these: {inner}; got {validate.said(value)}.")
        items = value if isinstance(value, (list, tuple)) else tuple(value)
        if form is None:
            return items
        taken = [form.take(item, f"each of {name}") for item in items]
        return taken if isinstance(items, list) else tuple(taken)

    return Form(f"a sequence of these: {inner}", take)


def _array(value, name, form):
    """A sequence of numbers as an array: real ones, and whole ones in one row."""
    found = validate.numbers(value, name, whole=form is WHOLE)
    if np.iscomplexobj(found) or (form is WHOLE and found.ndim != 1):
        raise ValueError(f"{name} must be a sequence of these: {form.words}; got {validate.said(found)}.")
    return found


def _pair(forms):
    words = f"a tuple of {len(forms)}"

    def take(value: Any, name: str) -> Any:
        if not isinstance(value, (tuple, list)) or len(value) != len(forms):
            raise ValueError(f"{name} must be {words}, got {validate.said(value)}.")
        return (
            type(value)(
                item if form is None else form.take(item, name) for form, item in zip(forms, value, strict=True)
            )
            if type(value) in (tuple, list)
            else value
        )

    return Form(words, take)


def _instance(cls, words):
    def take(value: Any, name: str) -> Any:
        if not isinstance(value, cls) and not _reloaded(value, cls):
            raise ValueError(f"{name} must be {words}, got {validate.said(value)}.")
        return value

    return Form(words, take)


def _reloaded(value, cls):
    """Whether a value is of the class of that name as it was before its module was loaded again, as notebooks do."""
    name = getattr(cls, "__qualname__", None), getattr(cls, "__module__", None)
    return any((base.__qualname__, base.__module__) == name for base in type(value).__mro__)


def _callable(value, name):
    if not callable(value):
        raise ValueError(f"{name} must be a function, got {validate.said(value)}.")
    return value


def _network(value, name):
    if isinstance(value, type) or not (hasattr(value, "wires") or (hasattr(value, "theta") and hasattr(value, "axes"))):
        raise ValueError(f"{name} must be a network (minigrow.growth.contract), got {validate.said(value)}.")
    return value


def _seed(value, name):
    return value if value is None or isinstance(value, np.random.Generator) else (validate.generator(value), value)[1]


def _number(value, name):
    return validate.number(value, name)


def _whole(value, name):
    return validate.whole(value, name, least=None)


WHOLE, NUMBER = Form("a whole number", _whole), Form("a number", _number)
SIMPLE: dict[Any, Form] = {
    int: WHOLE,
    float: NUMBER,
    str: _instance(str, "a word"),
    bool: _instance((bool, np.bool_), "True or False"),
    np.ndarray: Form("an array of numbers", validate.numbers),
    type: _instance(type, "a class"),
    type(None): _instance(type(None), "None"),
    os.PathLike: _instance(os.PathLike, "a path"),
}
NAMED = {"rng": Form("a seed or a generator", _seed), "net": Form("a network", _network)}
