r"""Graphs as people keep them: `read_graph(path)` reads tables of edges, NetworkX's lists, NCOL, Pajek, GML, GraphML and GEXF.

    read = read_graph("wires.csv", weights="weight", vertex_colours="cells.csv")
    read.graph, read.notes          # the graph, and sentences on what was left out and what was assumed

Nothing is misread in silence: what is wrong is refused with its line and the rule, and what is a guess is noted. Reading order:
`choices`, `decode` (bytes to text, which format), `table` with `rows`, `titles`, `integers`, `labels`, `doubts`; the other
formats `dictionaries`, `pajek`, `gml`, `markup`, `graphml`, `gexf`; then `colouring`, `strength`, `paint`, and `tidy`, which
makes the graph.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from minigrow.motifs.files.choices import Choices, Found, Read
from minigrow.motifs.files.decode import HEAD, decoded, format_of, opened
from minigrow.motifs.files.dictionaries import parse_dictionaries
from minigrow.motifs.files.gexf import parse_gexf
from minigrow.motifs.files.gml import parse_gml
from minigrow.motifs.files.graphml import parse_graphml
from minigrow.motifs.files.pajek import parse_pajek
from minigrow.motifs.files.table import parse_table, read_table
from minigrow.motifs.files.tidy import graph_of
from minigrow.motifs.graph import Graph
from minigrow.nn.door import door

PARSERS: dict[str, Callable[[str, str], Found]] = {
    "dictionaries": parse_dictionaries, "gexf": parse_gexf, "gml": parse_gml, "graphml": parse_graphml, "pajek": parse_pajek,
}  # fmt: skip


def read_graph(path: str | Path, **choices: Any) -> Read:
    r"""Read a graph from a file, as plain text or packed with gzip; the format is known by its content, else by its suffix.

    choices: the fields of `Choices`, for example columns, weights, cut, undirected, drop_loops.

    Raises ValueError that names line and rule when the file breaks one; OSError when it cannot be read; TypeError for a
    choice that does not exist.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "graph.csv")
    ...     _ = file.write_text("target,source\nRome,Paris\nOslo,Paris\n")
    ...     read_graph(file)
    Read(graph=Graph(start=array([0, 1, 3, 4]), ... names=array(['Oslo', 'Paris', 'Rome'], dtype=object), ...),
         notes=["edges go from column 'source' to column 'target', by their titles"])
    """
    wanted = Choices(**choices)
    with opened(path, wanted.encoding) as stream:
        head = stream.read(HEAD).decode(errors="replace")
    kind = format_of(path, head)
    if kind in ("table", "ncol"):
        return graph_of(read_table(path, wanted, weighted=kind == "ncol"), wanted, str(path))
    with opened(path, wanted.encoding) as stream:
        text = decoded(stream.read(), str(path))
    return graph_of(PARSERS[kind](text.replace("\r\n", "\n").replace("\r", "\n"), str(path)), wanted, str(path))


@door
def read_edges(path: str | Path) -> Graph:
    """Read the graph of a file, as `read_graph` does, without its notes.

    Raises ValueError and OSError as `read_graph` does.
    """
    return read_graph(path).graph


def parse_edges(lines: Iterable[str], name: str = "edge list") -> Graph:
    """Read a table of edges from lines of text; `name` opens the error messages.

    Raises ValueError as `read_graph` does.

    >>> parse_edges(["0 1", "1 -2"])
    Traceback (most recent call last):
    ValueError: edge list, line 2: a vertex must be an integer >= 0, got 1 -> -2.
    """
    return graph_of(parse_table("\n".join(lines).encode(), name), Choices(), name).graph
