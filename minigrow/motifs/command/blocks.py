"""Read the blocks that random graphs shall keep: `read_blocks(path, graph)`, from lines `name block`."""

from pathlib import Path

import numpy as np

from minigrow.motifs.files.choices import counted
from minigrow.motifs.graph import Graph


def read_blocks(path: Path, graph: Graph) -> tuple[np.ndarray, list[str]]:
    r"""Return the block of each vertex (n,), integers in the order of `graph.names`, and sentences about what was read.

    A line holds a vertex's name and its block, any word, parted by a tab, a comma or a blank; # opens a comment.

    Raises ValueError when a line has no block, a vertex has two, or one has none; OSError when the file cannot be read.

    >>> from tempfile import TemporaryDirectory
    >>> from minigrow.motifs.graph import from_edges
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "blocks.txt")
    ...     _ = file.write_text("0 input\n1 hidden\n2 hidden\n")
    ...     read_blocks(file, from_edges([0, 0], [1, 2]))
    (array([1, 0, 0]), ['2 blocks: hidden (2 vertices), input (1 vertex)'])
    """
    given = _lines(path)
    names = [str(name) for name in graph.names.tolist()]
    missing = next((name for name in names if name not in given), None)
    if missing is not None:
        raise ValueError(f"{path}: vertex {missing} has no block. Every vertex that has an edge needs a line.")
    words, block, sizes = np.unique([given[name] for name in names], return_inverse=True, return_counts=True)
    listed = [f"{w} ({counted(n, 'vertex')})" for w, n in zip(words, sizes.tolist(), strict=True)]
    more = f" and {len(listed) - 8} more" if len(listed) > 8 else ""
    notes = [f"{counted(len(listed), 'block')}: {', '.join(listed[:8])}{more}"]
    unused = len(given.keys() - set(names))
    has = "has no edge and is" if unused == 1 else "have no edge and are"
    return block, notes + ([f"{counted(unused, 'name')} in {path} {has} left out"] if unused else [])


def _lines(path: Path) -> dict[str, str]:
    """Return the block of each name in the file."""
    given: dict[str, str] = {}
    for number, line in enumerate(Path(path).read_text("utf-8-sig").splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        words = [word.strip() for word in line.rsplit("\t" if "\t" in line else "," if "," in line else None, 1)]
        if len(words) < 2 or not all(words):
            raise ValueError(f"{path}, line {number}: each line holds a vertex and its block, got {line!r}.")
        name, block = words
        if given.setdefault(name, block) != block:
            raise ValueError(f"{path}, line {number}: vertex {name} is in block {given[name]} already, got {block}.")
    return given
