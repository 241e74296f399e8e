"""Plant a mistake in a running program: `with mistaken(file, number)` changes the functions of the file in memory, and only there.

Every live function whose code comes from the changed function, whoever imported it under whichever name, gets the changed code; at
the end each has its own again. What was remembered by `functools.lru_cache` is forgotten before and after.
"""

from __future__ import annotations

import functools
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType

from minigrow.labs.mutants import planted


@contextmanager
def mistaken(file: str, number: int) -> Iterator[int]:
    """Run the block with the mistake of this number in the functions of a Python file, and yield how many functions changed.

    Raises ValueError when the change cannot be made in a running program: no function there has this code, or one would lose a
    variable that it shares.

    >>> from minigrow.growth import basis
    >>> from minigrow.labs.mutants import mistakes
    >>> file = basis.__file__
    >>> flipped = next(row for row in mistakes(Path(file).read_text(encoding="utf-8")) if row.function == "append")
    >>> with mistaken(file, flipped.number) as changed:
    ...     changed
    1
    """
    source = Path(file).read_text(encoding="utf-8")
    old, new = (compile(tree, file, "exec", dont_inherit=True) for tree in (source, planted(source, number)))
    other = dict(_pairs(old, new))
    functions, caches = _alive(file)
    changed = [(f, f.__code__) for f in functions if f.__code__ in other]
    if not changed:
        raise ValueError(f"no function that is alive has the code of mistake {number} in {file}.")
    _forget(caches)
    try:
        for f, code in changed:
            f.__code__ = other[code]
        yield len(changed)
    finally:
        for f, code in changed:
            f.__code__ = code
        _forget(caches)


def _pairs(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Each code of the old module that is another one in the new module, with that one."""
    ours, theirs = ([part for part in code.co_consts if isinstance(part, CodeType)] for code in (old, new))
    named = {}
    for part in theirs:
        named.setdefault((part.co_name, part.co_firstlineno), []).append(part)
    for part in ours:
        candidates = named.get((part.co_name, part.co_firstlineno))
        if candidates:
            other = candidates.pop(0)
            if other != part:
                yield part, other
            yield from _pairs(part, other)


def _alive(file):
    """All functions of a file, and all memories of earlier calls, but for those of the labs."""
    there = gc.get_objects()
    functions = [f for f in there if type(f) is FunctionType and f.__code__.co_filename == file]
    caches = [f for f in there if type(f) is functools._lru_cache_wrapper]
    return functions, [f for f in caches if not f.__module__.startswith("minigrow.labs")]


def _forget(caches):
    for cache in caches:
        cache.cache_clear()
