"""Write JSON and `.npz` archives whole or not at all, and read the latter without pickle."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.growth.archives import damaged, description, read_npz
from minigrow.growth.writing import atomic

FLAT = re.compile(r"\[\n\s+([^\[\]{}]*?)\n\s+\]")  # a list that holds no other; texts have no line breaks in JSON
BREAK = re.compile(r"\n\s+")


def write_json(path: str | os.PathLike, value: Any) -> None:
    """Write a value as indented JSON, whole or not at all; NaN and infinity become null, arrays become lists, one line each.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_json(Path(folder) / "a.json", {"x": np.array([1.0, np.nan])})
    ...     json.loads((Path(folder) / "a.json").read_text())
    {'x': [1.0, None]}
    """
    with atomic(path) as file:
        text = json.dumps(plain(value), indent=1, allow_nan=False)
        file.write(FLAT.sub(lambda found: f"[{BREAK.sub(' ', found[1])}]", text).encode() + b"\n")


def plain(value: Any) -> Any:
    """Turn arrays, NumPy scalars, tuples and mappings into what JSON knows; NaN and infinity become None.

    >>> plain({"a": (np.float32(1), float("inf"))})
    {'a': [1.0, None]}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def save_arrays(path: str | os.PathLike, arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]) -> None:
    """Write named arrays and a JSON description into one `.npz`, whole or not at all, without pickle.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_arrays(Path(folder) / "a.npz", {"x": np.ones(2)}, {"file": "example", "version": 1})
    ...     load_arrays(Path(folder) / "a.npz", "example", 1)
    ({'x': array([1., 1.])}, {'file': 'example', 'version': 1})
    """
    with atomic(path) as file:
        np.savez(file, meta=np.array(json.dumps(meta, allow_nan=True, default=_listed)), **arrays)


def _listed(value):
    """Turn NumPy's numbers and arrays into JSON's: a rate may be np.float32, and a generator's state holds arrays."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def load_arrays(path: str | os.PathLike, kind: str, version: int) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read what `save_arrays` wrote; the description's "file" must be `kind`, and its "version" must be `version`.

    Raises FileNotFoundError when there is no such file, IsADirectoryError for a folder, ValueError when it is truncated,
    something else, or another version.

    >>> load_arrays("nowhere.npz", "example", 1)
    Traceback (most recent call last):
    FileNotFoundError: there is no file nowhere.npz
    """
    if Path(path).is_dir():
        raise IsADirectoryError(f"{path} is a folder. Name the {kind} file in it.")
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path}")
    with damaged(f"{path} is not a whole {kind} file ({{}}). Was the copy cut short? Take an earlier one."):
        arrays = read_npz(path)
        meta = description(arrays.pop("meta"))
    if not isinstance(meta, dict) or meta.get("file") != kind:
        found = meta.get("file") if isinstance(meta, dict) else meta
        raise ValueError(f"{path} is not a {kind} but {repr(found)[:100]}. Check the path.")
    if meta.get("version") != version:
        raise ValueError(
            f"{path} has version {repr(meta.get('version'))[:100]}, this minigrow reads {version}. Use the minigrow that wrote it."
        )
    return arrays, meta
