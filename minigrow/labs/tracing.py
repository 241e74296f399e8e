"""Which functions ran, which of their lines, and which called which: `with Trace(wanted) as trace`, under `sys.settrace`.

`wanted(file)` says which files are looked at. A call that goes through another file (NumPy, say) counts as a call by the nearest
function that is looked at.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from types import CodeType, FrameType
from typing import Any


class Trace:
    """What ran: `lines` {code: numbers of the lines that ran} and `calls` {(calling code or None, called code)}.

    >>> from pathlib import Path
    >>> from minigrow.growth import permute
    >>> with Trace(lambda file: Path(file).name == "basis.py") as trace:
    ...     _ = permute([1, 0])
    >>> [code.co_name for code in trace.lines]
    ['permute', 'place']
    >>> [(caller and caller.co_name, called.co_name) for caller, called in trace.calls if called.co_name == "place"]
    [('permute', 'place')]
    """

    def __init__(self, wanted: Callable[[str], bool]):
        self.lines: dict[CodeType, set[int]] = {}
        self.calls: set[tuple[CodeType | None, CodeType]] = set()
        self._wanted = cache(wanted)
        self._before: Any = None

    def __enter__(self) -> Trace:
        """Begin."""
        self._before = sys.gettrace()
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        """End; a debugger, or a measurement of coverage, goes on as before."""
        sys.settrace(self._before)

    def _call(self, frame: FrameType, event: str, arg: object) -> Callable | None:
        code, caller = frame.f_code, frame.f_back
        if not self._wanted(code.co_filename):
            return None
        while caller is not None and not self._wanted(caller.f_code.co_filename):
            caller = caller.f_back
        self.calls.add((caller and caller.f_code, code))
        self.lines.setdefault(code, set()).add(frame.f_lineno)
        return self._line

    def _line(self, frame: FrameType, event: str, arg: object) -> Callable:
        self.lines[frame.f_code].add(frame.f_lineno)
        return self._line
