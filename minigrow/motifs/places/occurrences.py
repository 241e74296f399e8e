"""List the occurrences themselves, class and vertices of each: `occurrences(graph, size)`, `write_occurrences(path, ...)`.

The places are those of `places.placed`: vertex v[i] stands where row i of the matrix of its class says. The list is made in
blocks, so that memory does not depend on how long it is.
"""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

import numpy as np

from minigrow.growth.writing import atomic
from minigrow.motifs.classes import check_size, layout_of, matrices_of
from minigrow.motifs.graph import Graph
from minigrow.motifs.places.order import placed
from minigrow.motifs.places.query import Motif, class_ids
from minigrow.motifs.places.sets import set_blocks
from minigrow.motifs.places.words import motif_word


def occurrences(
    graph: Graph, size: int, only: Motif | Sequence[Motif] | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield all occurrences in blocks: vertices (N, size) int32 at the places of their class, and classes (N,).

    graph.names[v[:, 0]] are the names of the vertices at place 0. `only` limits them to the classes that are meant (`class_ids`).

    Raises ValueError when the size is out of range, and as `class_ids` does.

    >>> from minigrow.motifs.graph import from_edges
    >>> (v, classes), = occurrences(from_edges([0, 1, 1], [1, 2, 3]), 3)
    >>> [(motif_word(m), vs) for m, vs in zip(matrices_of(classes, 3), v.tolist())]
    [('000/001/100', [3, 0, 1]), ('000/001/100', [2, 0, 1]), ('000/000/110', [2, 3, 1])]
    """
    check_size(size)
    layout = layout_of(graph, size)
    wanted = None if only is None else class_ids(graph, size, only)
    return _chosen((placed(*block, layout) for block in set_blocks(graph, size)), wanted)


def _chosen(blocks, wanted):
    for vertices, classes in blocks:
        kept = slice(None) if wanted is None else np.isin(classes, wanted)
        if classes[kept].size:
            yield vertices[kept], classes[kept]


def write_occurrences(path: Path | str, graph: Graph, size: int, only: Motif | Sequence[Motif] | None = None) -> int:
    """Write one line per occurrence as CSV: the adjacency of its class, then the vertex at each place by its name; return their number.

    The file is written block by block, and comes to be only when it is whole.

    Raises ValueError as `occurrences` does, OSError when the file cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> from minigrow.motifs.graph import from_edges
    >>> with TemporaryDirectory() as folder:
    ...     _ = write_occurrences(Path(folder, "found.csv"), from_edges(["a", "b"], ["b", "c, d"]), 3)
    ...     print(Path(folder, "found.csv").read_text())
    adjacency,vertex 0,vertex 1,vertex 2
    000/001/100,"c, d",a,b
    """
    layout, names, rows = layout_of(graph, size), quoted(graph.names), 0
    blocks = occurrences(graph, size, only)
    with atomic(path) as file:
        file.write(",".join(["adjacency", *(f"vertex {i}" for i in range(size))]).encode() + b"\n")
        for vertices, classes in blocks:
            distinct, which = np.unique(classes, return_inverse=True)
            motifs = matrices_of(distinct, size, layout)
            words = np.array([motif_word(motif) for motif in motifs], object)[which]
            columns = [words.tolist(), *names[vertices].T.tolist()]
            file.write("".join(f"{line}\n" for line in map(",".join, zip(*columns, strict=True))).encode())
            rows += classes.size
    return rows


def quoted(names: np.ndarray) -> np.ndarray:
    """Return the names (n,) as they stand in a CSV file, in quotation marks where they need them.

    >>> quoted(np.array(["a", "b, c"], object)).tolist()
    ['a', '"b, c"']
    """
    words = []
    for name in names.tolist():
        text = StringIO()
        csv.writer(text, lineterminator="\r\n").writerow([name])  # names with one of these two characters are quoted
        words.append(text.getvalue()[:-2])
    return np.array(words, object)
