"""A network as JSON text and back, bit for bit: `to_json(net)`, `from_json(text)`."""

from __future__ import annotations

import json

import numpy as np

from minigrow.export.kinds import KINDS, Exportable, built, kind_of
from minigrow.nn import validate

FORMAT, VERSION, SILENT = "minigrow network", 1, "-inf"


def to_json(net: Exportable) -> str:
    """Return the network as JSON text, from which `from_json` makes the same one, bit for bit.

    The text is an object: format, version, kind, dtype, the kind's fields, sizes {space: neurons} in order, and parameters {name:
    nested lists} under the names of `net.params`, each number in the digits that give back just this float. Infinity, which JSON does
    not know, is the word "-inf" (lambda of o="none" alone has it). Raises ValueError as `state_dict`, and for parameters not finite.

    >>> from minigrow.nn import MLP
    >>> print(to_json(MLP((1, 1), "tanh", np.array([0.1, -2.0]))))
    {"format": "minigrow network", "version": 1, "kind": "plain", "dtype": "float64", "activation": "tanh", "sizes": {"h0": 1, "h1": 1},
     "parameters": {"W1": [[0.1]], "b1": [-2.0]}}
    """
    kind = kind_of(net)
    for name, array in net.params.items():
        if not np.isfinite(array[~_silent(name, array)]).all():
            raise ValueError(f"parameters must be finite to be exported, got NaN or infinity in {name}.")
    table = {"format": FORMAT, "version": VERSION, "kind": kind, "dtype": net.theta.dtype.name}
    table |= {field: getattr(net, field) for field in KINDS[kind].fields} | {"sizes": net.sizes}
    lists = {name: np.where(_silent(name, a), SILENT, a.astype(object)).tolist() for name, a in net.params.items()}
    return json.dumps(table | {"parameters": lists}, allow_nan=False)


def from_json(text: str | bytes) -> Exportable:
    """Return the network that `to_json` wrote.

    Raises ValueError for text that is no such network, another version, an unknown kind or field, and sizes that the parameters do
    not have.

    >>> from minigrow.nn import MLP
    >>> from_json(to_json(MLP.create([4, 3, 2], rng=0))).widths
    (4, 3, 2)
    """
    table = _read(text)
    kind = validate.choice(table.get("kind"), KINDS, "kind")
    fields, named = {name: table.get(name) for name in KINDS[kind].fields}, table.get("parameters")
    known = {"format", "version", "kind", "dtype", "sizes", "parameters", *fields}
    if set(table) != known or not isinstance(named, dict):
        raise ValueError(f"a {kind} network must have {', '.join(sorted(known))}, got {', '.join(sorted(table))}.")
    dtype = validate.choice(table["dtype"], ["float32", "float64"], "dtype")
    net = built(kind, fields, {name: _numbers(name, value, dtype) for name, value in named.items()})
    stated = table["sizes"].items() if isinstance(table["sizes"], dict) else ()
    if list(net.sizes.items()) != list(stated):
        raise ValueError(f"sizes must be those of the parameters, {net.sizes}, got {str(table['sizes'])[:200]}.")
    return net


def _silent(name, array):
    """Where a parameter is minus infinity by right: lambda = log o of o = 0."""
    return np.isneginf(array) if name == "lambda" else np.zeros(array.shape, dtype=bool)


def _read(text):
    """Return the object of a text that says to be a network of this version."""
    try:
        table = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"the text is not whole JSON ({error}). Was it cut short?") from None
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        raise ValueError(f'the text is no "{FORMAT}" but {str(table)[:100]}. Pass what to_json returned.')
    if table.get("version") != VERSION:
        raise ValueError(
            f"the network has version {str(table.get('version'))[:20]}, this minigrow reads {VERSION}. Use the minigrow that wrote it."
        )
    return table


def _numbers(name, values, dtype):
    """Return nested lists of equal length as an array of finite numbers."""
    array = np.array(values, dtype=object)
    words = {SILENT} if name == "lambda" else set()
    if not all(type(value) in (int, float) or (type(value) is str and value in words) for value in array.flat):
        raise ValueError(f"{name} must be nested lists of equal length with numbers in them, got {str(values)[:100]}.")
    try:
        with np.errstate(over="ignore"):
            array = array.astype(np.float64).astype(dtype)
    except OverflowError:
        array = np.array([np.inf])
    if not np.isfinite(array[~_silent(name, array)]).all():
        raise ValueError(f"{name} must hold finite numbers that {dtype} can hold, got {str(values)[:100]}.")
    return array
