"""Take the function that an exercise asks for out of the tutorial's own answer, without running the tutorial.

The function may use what the tutorial imports and defines: imports, functions, classes and plain values are there, data and trained
networks are not, since a student's file does not have them either.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable
from typing import Any

from tutorial_cells import Cell, answers

DEFINED = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def answer_of(tutorial: list[Cell], k: int, name: str) -> Callable | None:
    """Return the function of this name from the answer to exercise k; None when the answer does not define it."""
    code = [cell.source for cell in tutorial if cell.kind == "code"]
    names: dict[str, Any] = {"__name__": "answer"}
    answer = answers(tutorial)[k - 1].code
    for statement in ast.parse("\n".join([*code, answer])).body:
        if isinstance(statement, DEFINED) or plain(statement):
            with contextlib.suppress(NameError):  # a default value that is data: what needs this function will say so
                exec(compile(ast.Module([statement], []), f"<answer {k}>", "exec"), names)
    defines = any(isinstance(node, ast.FunctionDef) and node.name == name for node in ast.parse(answer).body)
    return names[name] if defines else None


def plain(statement: ast.stmt) -> bool:
    """Say whether a statement gives a name to a number, a text, or a tuple of them."""
    if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
        return False
    try:
        ast.literal_eval(statement.value)
    except ValueError:
        return False
    return True
