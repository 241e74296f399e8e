"""Read a graph from a text file of edges: `read_edges(path)`; what is wrong in the file is named by line and rule."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from minigrow.motifs.graph import Graph, check_edges, checked_graph

TITLES = {"source", "target", "colour", "color", "from", "to", "src", "dst", "head", "tail", "u", "v", "c", "weight"}
RULE = "each line holds `source target` or `source target colour`, parted by blanks or commas"


def read_edges(path: str | Path) -> Graph:
    r"""Read an edge list `source target [colour]`, one edge per line.

    Columns are separated by blanks, tabs, commas or semicolons. Empty lines, what follows `#` or `%`, and one line
    of column titles at the top are skipped. Vertices are integers >= 0, in any order and with gaps.

    Raises ValueError that names line and rule when a line breaks one, or the file has no edge; OSError when it cannot be read.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "graph.txt")
    ...     _ = file.write_text("# a triangle\n0,1,2\n1 2 3\n2 0\t1\n")
    ...     read_edges(file).pair.tolist()
    [2, 8, 16, 3, 1, 24]
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: an edge list is plain text, got bytes that are not UTF-8 ({error.reason})."
        ) from None
    return parse_edges(text.splitlines(), str(path))


def parse_edges(lines: Iterable[str], name: str = "edge list") -> Graph:
    """Read the edges from lines of text; `name` opens the error messages.

    Raises ValueError as `read_edges` does.

    >>> parse_edges(["0 1", "1 -2"])
    Traceback (most recent call last):
    ValueError: edge list, line 2: a vertex must be an integer >= 0, got 1 -> -2.
    """
    rows, numbers, at_top = [], [], True
    for number, line in enumerate(lines, 1):
        fields = line.split("#")[0].split("%")[0].replace(",", " ").replace(";", " ").split()
        if fields and not (at_top and _is_title(fields)):
            where = f"{name}, line {number}"
            rows.append(_row(fields, len(rows[0]) if rows else 0, where))
            numbers.append(number)
        at_top = at_top and not fields
    if not rows:
        raise ValueError(f"{name}: the file holds no edge; {RULE}.")
    table = np.array(rows, np.int64).reshape(len(rows), -1)
    columns = (table[:, 0], table[:, 1], table[:, 2] if table.shape[1] == 3 else np.ones(len(rows), np.int64))
    check_edges(*columns, lambda i: f"{name}, line {numbers[i]}")
    return checked_graph(*columns)


def _is_title(fields: list[str]) -> bool:
    return len(fields) in (2, 3) and all(f.strip("\"'").lower() in TITLES for f in fields)


def _row(fields: list[str], width: int, where: str) -> list[int]:
    """Return the integers of one line, which must be as many as on the lines before (width; 0 at the first line)."""
    if len(fields) not in (2, 3):
        raise ValueError(f"{where}: {RULE}; got {len(fields)} column{'s' * (len(fields) > 1)}.")
    if width and len(fields) != width:
        raise ValueError(f"{where}: a column is missing or too many: {len(fields)} here, {width} on the lines before.")
    return [_integer(f, what, where) for f, what in zip(fields, ("vertex", "vertex", "colour"), strict=False)]


def _integer(field: str, what: str, where: str) -> int:
    try:
        value = int(field)
    except ValueError:
        raise ValueError(
            f"{where}: a {what} must be a whole number, got {field!r}. Number the vertices 0, 1, 2 ..."
        ) from None
    if abs(value) >= 2**62:
        raise ValueError(f"{where}: a {what} must be below 2^62, got {field}. Renumber the vertices.")
    return value
