"""Planted mistakes: every edit of a Python source that is one slip of the pen, each in readable words.

`mistakes(source)` finds them inside functions, `planted(source, mistake)` is the syntax tree with one of them, its lines numbered as
before. Nothing on disk is touched.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from minigrow.labs.slips import Slip, slips

LEAST, MOST = 8, 70  # characters of the code that is quoted
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Mistake(NamedTuple):
    """One edit: its number in the source, where (line, statement's line, function), its kind, and what it is in words."""

    number: int
    line: int
    statement: int
    function: str
    kind: str
    words: str


class _Place(NamedTuple):
    """A node of the tree, the nodes that hold it from the nearest on, its statement and its function's name."""

    node: ast.AST
    above: tuple[ast.AST, ...]
    statement: int
    function: str


def mistakes(source: str) -> list[Mistake]:
    r"""Return all mistakes that can be planted in the functions of this source.

    Raises SyntaxError when it is not Python.

    >>> for found in mistakes("def affine(W, x, b):\n    return W @ x + b"):
    ...     print(found.line, found.function, found.words)
    2 affine - for + in `W @ x + b`
    2 affine the term `b` left out in `W @ x + b`
    2 affine the term `W @ x` left out in `W @ x + b`
    2 affine a minus too many in `W @ x + b`
    2 affine the two sides of @ swapped in `W @ x + b`
    """
    lines = [line.encode() for line in source.splitlines(keepends=True)]  # a tree counts columns in bytes
    return [
        Mistake(number, place.node.lineno, place.statement, place.function, slip.kind, _words(lines, place, slip))
        for number, (place, slip) in enumerate(_edits(ast.parse(source)))
    ]


def planted(source: str, number: int) -> ast.Module:
    r"""Return the tree of the source with this mistake in it.

    >>> ast.unparse(planted("def affine(W, x, b):\n    return W @ x + b", 0)).splitlines()[1].strip()
    'return W @ x - b'
    """
    tree = ast.parse(source)
    place, slip = list(_edits(tree))[number]
    tree = _Exchange(place.node, ast.copy_location(slip.node, place.node)).visit(tree)
    return ast.fix_missing_locations(tree)


class _Exchange(ast.NodeTransformer):
    """Put one node in the place of another."""

    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else self.generic_visit(node)


def _edits(tree) -> Iterator[tuple[_Place, Slip]]:
    for place in _places(tree, (), 0, ""):
        for slip in slips(place.node, place.above[0]):
            yield place, slip


def _places(node, above, statement, function):
    """Every node inside a function where a slip can be, in the order of the source."""
    if isinstance(node, ast.stmt):
        statement = node.lineno
    if function and above and not _beside(node):
        yield _Place(node, above, statement, function)
    for child in _children(node):
        name = function
        if isinstance(child, (*FUNCTIONS, ast.ClassDef)):
            name = f"{function}.{child.name}" if function else child.name
        if isinstance(node, ast.Module) and not isinstance(child, (*FUNCTIONS, ast.ClassDef)):
            continue
        yield from _places(child, (node, *above), statement, name)


def _children(node):
    """What of a node is worth looking at: bodies and values, not annotations, defaults, texts, errors, their guards, and events."""
    if isinstance(node, FUNCTIONS):
        return node.body
    if isinstance(node, ast.ClassDef):
        return [part for part in node.body if isinstance(part, FUNCTIONS)]
    if isinstance(node, (ast.Raise, ast.Assert, ast.JoinedStr)) or _beside(node):
        return []
    if isinstance(node, ast.If) and all(isinstance(part, ast.Raise) for part in node.body):
        return node.orelse
    if isinstance(node, ast.AnnAssign):
        return [node.value] if node.value else []
    if isinstance(node, ast.Lambda):
        return [node.body]
    return ast.iter_child_nodes(node)


def _beside(node):
    """A call that checks arguments, such as validate.positive(...), or that only tells what happened, Event(...)."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("validate.", "Event"))


def _words(lines, place, slip):
    return f"{slip.words} in `{_quoted(lines, place)}`"


def _quoted(lines, place):
    """The code around the place: the smallest part that is long enough to be recognised, on one line, cut where it is long."""
    parts = (_segment(lines, node) for node in (place.node, *place.above) if hasattr(node, "lineno"))
    text = next(part for part in parts if len(part) >= LEAST)
    return text if len(text) <= MOST else f"{text[: MOST - 3]}..."


def _segment(lines, node):
    """The source of a node on one line."""
    rows = lines[node.lineno - 1 : node.end_lineno]
    rows[-1] = rows[-1][: node.end_col_offset]
    rows[0] = rows[0][node.col_offset :]
    return " ".join(b"".join(rows).decode().split())
