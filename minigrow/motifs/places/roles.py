"""Count how often each vertex stands at each place of each class: `roles(graph, size)`, `write_roles(path, graph, size)`.

Places that an automorphism of the class exchanges cannot be told apart, so they are one role (for the path 0 -> 1 -> 2 there
are three, for the fork 0 -> 1, 0 -> 2 two, for the directed triangle one). Each occurrence gives each of its vertices one count:

    sum over vertices of counts[:, role] = count of the class x number of places in the role

Source: Stouffer, Sales-Pardo, Sirer, Bascompte 2012, Science 335, 1489 (the 30 roles of three species in a food web), for
any size and colours; for undirected graphs these are the orbits of Przulj 2007, Bioinformatics 23, e177.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from minigrow.growth.writing import atomic
from minigrow.motifs.classes import Layout, add_up, layout_of, matrices_of
from minigrow.motifs.esu import census
from minigrow.motifs.graph import Graph
from minigrow.motifs.places.occurrences import occurrences, quoted
from minigrow.motifs.places.order import orbits
from minigrow.motifs.places.words import motif_word
from minigrow.motifs.table import FIRST_BITS, enlarge, listed, tally
from minigrow.nn.compiler import njit

MOST = 1 << 28  # entries of a full matrix: 2 GiB


class Roles(NamedTuple):
    """How often vertex[e] stands in role[e]: count[e] times, each (e,), in order of role and vertex; all other pairs never.

    Role number r belongs to the class ids[r] and is formed by the places where `places` (r, size) is true. `names` (n,).
    """

    size: int
    layout: Layout
    names: np.ndarray
    ids: np.ndarray
    places: np.ndarray
    vertex: np.ndarray
    role: np.ndarray
    count: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """The counts as a full matrix (n, r). Raises ValueError if it would hold more than 2^28 entries."""
        if self.names.size * self.ids.size > MOST:
            extent = f"{self.names.size} vertices times {self.ids.size} roles"
            raise ValueError(f"{extent} would fill more than 2 GiB. Take vertex, role and count: they hold no zeros.")
        full = np.zeros((self.names.size, self.ids.size), np.int64)
        full[self.vertex, self.role] = self.count
        return full


@njit(cache=True, nogil=True)
def _tally(table, shift, vertices, roles, n):
    """Count each vertex (N, k) in its role (N, k), under the key n role + vertex + 1; return how many keys are new."""
    used = 0
    for i in range(vertices.shape[0]):
        for j in range(vertices.shape[1]):
            used += tally(table, roles[i, j] * n + vertices[i, j] + 1, shift)
    return used


def roles(graph: Graph, size: int) -> Roles:
    """Count how often each vertex stands in each role of each class of `size` vertices.

    Raises ValueError as `census` does.

    >>> from minigrow.motifs.graph import from_edges
    >>> found = roles(from_edges(["a", "a", "a"], ["b", "c", "d"]), 3)
    >>> found.ids.tolist(), found.places.tolist(), found.counts.tolist()
    ([9, 9], [[True, True, False], [False, False, True]], [[0, 3], [2, 0], [2, 0], [2, 0]])
    """
    ids, n, layout = census(graph, size).ids, graph.vertices, layout_of(graph, size)
    first = orbits(matrices_of(ids, size, layout))
    c, i = np.nonzero(first == np.arange(size))  # the class and the first place of each role
    number = np.zeros_like(first)
    number[c, i] = np.arange(c.size)
    number = np.take_along_axis(number, first, 1)  # the role (c, size) of each place
    table, shift, used = np.zeros((1 << FIRST_BITS, 2), np.int64), 64 - FIRST_BITS, 0
    for vertices, classes in occurrences(graph, size):
        if 2 * (used + vertices.size) > len(table):
            table, shift = enlarge(table, used + vertices.size, shift)
        used += _tally(table, shift, vertices, number[np.searchsorted(ids, classes)], n)
    keys, counts = add_up(*listed(table))
    role, vertex = np.divmod(keys - 1, n)
    return Roles(size, layout, graph.names, ids[c], first[c] == i[:, None], vertex, role, counts)


def write_roles(path: Path | str, graph: Graph, size: int) -> None:
    """Write one line per vertex and role as CSV: the adjacency of the class, the places that form the role, the vertex, the count.

    The file comes to be only when it is whole. Pairs with count 0 are left out.

    Raises ValueError as `roles` does, OSError when the file cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> from minigrow.motifs.graph import from_edges
    >>> with TemporaryDirectory() as folder:
    ...     write_roles(Path(folder, "roles.csv"), from_edges(["a", "a"], ["b", "c"]), 3)
    ...     print(Path(folder, "roles.csv").read_text())
    adjacency,places,vertex,count
    000/000/110,0 1,b,1
    000/000/110,0 1,c,1
    000/000/110,2,a,1
    """
    found, names = roles(graph, size), quoted(graph.names)
    words = map(motif_word, matrices_of(found.ids, size, found.layout))
    places = (" ".join(map(str, np.flatnonzero(row))) for row in found.places)
    heads = list(map(",".join, zip(words, places, strict=True)))
    with atomic(path) as file:
        file.write(b"adjacency,places,vertex,count\n")
        for r, v, count in zip(found.role.tolist(), found.vertex.tolist(), found.count.tolist(), strict=True):
            file.write(f"{heads[r]},{names[v]},{count}\n".encode())
