"""Tell a student what an error means for the own file: the message, and only the lines that are theirs."""

from __future__ import annotations

import linecache
import traceback
from pathlib import Path


def own_lines(error: BaseException, filename: str) -> tuple[str, str]:
    """Return an error's message and the lines of one file that led to it; a sentence where there are none.

    >>> try:
    ...     1 / 0
    ... except ZeroDivisionError as error:
    ...     own_lines(error, "answer.py")[0]
    'ZeroDivisionError: division by zero'
    """
    came = "".join(traceback.format_exception_only(error)).strip().splitlines()
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == filename]
    lines = [line(frame.filename, frame.lineno) for frame in frames]
    if isinstance(error, SyntaxError) and error.filename == filename:
        lines = [line(filename, error.lineno)]
    if not lines:
        lines = ["what it returns: the check could not make sense of it; read the exercise's last sentence again"]
    return came[-1], "\n".join(lines)


def line(filename: str, number: int | None) -> str:
    """Return a line of a file with its number; a cell of a notebook has no file name worth telling.

    >>> line("nowhere.py", 3)
    'line 3 of nowhere.py:'
    """
    name = "your cell" if "ipy" in filename or not filename.endswith(".py") else Path(filename).name
    return f"line {number} of {name}:  {linecache.getline(filename, number or 0).strip()}".rstrip()
