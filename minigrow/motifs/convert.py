"""Graphs from other libraries' objects: `from_networkx(G)`, `from_igraph(g)`, `from_scipy(A)`; none of these libraries is imported.

Edges of an undirected graph go both ways. Vertices keep their names; names that are neither whole numbers nor texts become texts.
Vertices without an edge are left out, as everywhere in this package.
"""

from collections import Counter
from typing import Any

import numpy as np

from minigrow.motifs.files.choices import Choices, Found
from minigrow.motifs.files.tidy import graph_of
from minigrow.motifs.graph import Graph


def from_networkx(G: Any, colour: str | None = None, vertex_colour: str | None = None, **choices: Any) -> Graph:
    """Return the graph of a NetworkX graph of any kind.

    colour: the attribute that holds the colours of edges, 1..7 or at most 7 words; vertex_colour: the same for vertices, 1..15.
    choices: weights, cut, undirected, drop_loops and merge_duplicates, as `minigrow.motifs.files.Choices` explains them; other
    attributes than those that are named are left aside.

    Raises ValueError for self-loops and repeated edges unless they are to be dropped or merged, two vertices that are called
    the same as text, an attribute that is missing, or no edge.

    >>> import networkx
    >>> from_networkx(networkx.DiGraph([("a", "b"), ("b", "c")])).names.tolist()
    ['a', 'b', 'c']
    """
    place = {vertex: i for i, vertex in enumerate(G.nodes)}
    listed = [(place[u], place[v], said) for u, v, said in G.edges(data=True)]
    vertices = {vertex_colour: [said.get(vertex_colour) for said in dict(G.nodes).values()]}
    return _graph(list(place), listed, G.is_directed(), vertices, _chosen(colour, vertex_colour, choices))


def from_igraph(g: Any, colour: str | None = None, vertex_colour: str | None = None, **choices: Any) -> Graph:
    """Return the graph of an igraph graph; vertices are called by their attribute `name`, if they have one, else by number.

    The other arguments, and what is raised, are those of `from_networkx`.

    >>> import igraph
    >>> from_igraph(igraph.Graph([(0, 1), (1, 2)], directed=True)).names.tolist()
    [0, 1, 2]
    """
    known = g.vs.attributes()
    names = g.vs["name"] if "name" in known else list(range(g.vcount()))
    listed = [(*edge.tuple, edge.attributes()) for edge in g.es]
    vertices = {vertex_colour: g.vs[vertex_colour] if vertex_colour in known else [None] * g.vcount()}
    return _graph(names, listed, g.is_directed(), vertices, _chosen(colour, vertex_colour, choices))


def from_scipy(A: Any, cut: Any = None, drop_loops: bool = False) -> Graph:
    """Return the graph of a square matrix A (n, n), sparse or dense: A[i, j] other than 0 is an edge from vertex i to vertex j.

    With a `cut` (a `Cut`, a share, "keep=.25" or "a,b,c,d") the entries are weights of which three colours are made; entries of 0
    are no edges, and take no part in it. A symmetric matrix gives edges that go both ways. For weights W of a network, where
    W[j, i] is the edge from i to j, give W'.

    Raises ValueError when A is not square, holds something that is not finite, has entries on its diagonal, or none at all.

    >>> from minigrow.motifs.graph import edges
    >>> [column.tolist() for column in edges(from_scipy([[0, 2.5], [0, 0]]))]
    [[0], [1], [1]]
    """
    if hasattr(A, "tocoo"):
        sparse = A.tocsr().tocoo()  # entries that are listed again are added up
        source, target, weights, shape = sparse.row, sparse.col, np.asarray(sparse.data), sparse.shape
    else:
        A = np.asarray(A)
        shape, (source, target) = A.shape, np.nonzero(A) if A.ndim == 2 else ((), ())
        weights = A[source, target] if A.ndim == 2 else A
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError(f"a matrix between all vertices is square, got {shape}. A layer's goes into layered_graph.")
    if weights.dtype.kind not in "biuf" or not np.isfinite(weights).all():
        raise ValueError(
            f"the entries of a matrix must be finite real numbers, got {weights.dtype} with some that are not."
        )
    there = weights != 0
    ends = np.array([source[there], target[there]], np.int64)
    if not ends.size:
        raise ValueError("a graph needs at least one edge, but all entries of the matrix are 0.")
    none = np.zeros(0, np.int32)
    found = Found(*ends, None, none, np.zeros(ends.shape[1], bool), {"entry": weights[there].astype(float)}, {}, [])
    choices = Choices(weights=None if cut is None else "entry", cut=cut, plain=cut is None, drop_loops=drop_loops)
    return graph_of(found, choices, "the matrix").graph


def _chosen(colour, vertex_colour, choices):
    return Choices(colour=colour, vertex_attribute=vertex_colour, **choices)


def _graph(names, listed, directed, vertices, choices):
    """Return the graph of edges (source, target, attributes) between places in a list of names."""
    texts = [str(name) for name in names]
    twice = [text for text, number in Counter(texts).items() if number > 1]
    if twice:
        raise ValueError(f"two vertices are both called {twice[0]!r} when written as text. Rename one.")
    if not listed:
        raise ValueError("a graph needs at least one edge, got none.")
    wanted = [title for title in (choices.colour, choices.weights) if title is not None]
    values = {
        title: [said.get(title) for *_, said in listed] for title in wanted if any(title in said for *_, said in listed)
    }
    source, target = (np.array([edge[i] for edge in listed], np.int64) for i in range(2))
    mutual, none = np.full(len(listed), not directed), np.zeros(0, np.int32)
    return graph_of(Found(source, target, texts, none, mutual, values, vertices, []), choices, "the graph").graph
