"""Undirected graphs, vertices with colours and names, sizes 6 to 8: against programs and definitions that know nothing of ours."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.laws.motifs.cases import adjacency, brute_force, draw_graph, dressed, gap
from minigrow.motifs import census, edges, from_edges
from minigrow.motifs.classes import class_of, layout_for, layout_of, matrices_of
from minigrow.motifs.graph import colour_blind, painted, relabel, reverse, unpainted

seeds = st.integers(0, 2**32 - 1)


@pytest.mark.kernels
@pytest.mark.parametrize("size", [6, 7, 8])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_large_sizes_equal_brute_force(size, seed):
    rng = np.random.default_rng(seed)
    graph = dressed(draw_graph(rng, 10, 0.1), size, rng)
    assert gap(census(graph, size), brute_force(graph, size)) == 0


@pytest.mark.parametrize(
    ("size", "kind"), [(5, "painted"), (6, "directed"), (6, "painted"), (7, "undirected"), (8, "directed")]
)
def test_classes_are_those_of_networkx(size, kind):
    """NetworkX sorts all connected induced subgraphs by isomorphism: as many classes, with the same counts, as we name."""
    networkx = pytest.importorskip("networkx", reason="the test extra brings networkx")
    rng = np.random.default_rng(size)
    source, target, colour = edges(draw_graph(rng, 9, 0.08))
    undirected = kind == "undirected"
    if undirected:
        source, target = np.unique(np.sort([source, target], axis=0), axis=1)
    colour = np.ones(source.size, int) if size > 6 else colour[: source.size] if kind == "directed" else colour * 0 + 1
    paint = dict(enumerate(rng.integers(1, 3, 9).tolist())) if kind == "painted" else None
    ours = census(from_edges(source, target, colour, paint, undirected), size)
    theirs = networkx.Graph() if undirected else networkx.DiGraph()
    theirs.add_nodes_from((v, {"c": paint[v] if paint else 0}) for v in range(9))
    theirs.add_edges_from(
        (s, t, {"c": c}) for s, t, c in zip(*(x.tolist() for x in (source, target, colour)), strict=True)
    )
    found: list = []
    for chosen in combinations(range(9), size):
        part = theirs.subgraph(chosen)
        if not networkx.is_connected(part.to_undirected(as_view=True)):
            continue
        for one in found:
            same = {"node_match": lambda a, b: a == b, "edge_match": lambda a, b: a == b}
            if networkx.is_isomorphic(one[0], part, **same):
                one[1] += 1
                break
        else:
            found.append([part, 1])
    assert len(found) > 5
    assert sorted(ours.counts.tolist()) == sorted(count for _, count in found)


@pytest.mark.parametrize("size", [3, 4, 5, 6])
def test_undirected_counts_are_those_of_igraph(size):
    igraph = pytest.importorskip("igraph", reason="the bench extra brings igraph")
    rng = np.random.default_rng(0)
    source, target = np.nonzero(np.triu(rng.random((30, 30)) < 0.12, 1))
    graph = from_edges(source, target, undirected=True)
    theirs = igraph.Graph(edges=list(zip(source.tolist(), target.tolist(), strict=True))).motifs_randesu(size=size)
    assert sorted(census(graph, size).counts.tolist()) == sorted(int(count) for count in theirs if count > 0)


@given(seeds, st.integers(3, 8))
def test_an_undirected_graph_is_one_of_mutual_edges(seed, size):
    rng = np.random.default_rng(seed)
    directed = draw_graph(rng, 9, 0.1)
    source, target = np.unique(np.sort(edges(directed)[:2], axis=0), axis=1)
    colour = rng.integers(1, 2 ** layout_for(size).edge, source.size)
    once = from_edges(source, target, colour, undirected=True)
    both = from_edges(np.r_[source, target], np.r_[target, source], np.r_[colour, colour])
    for one, two in zip(once, both, strict=True):
        assert np.array_equal(one, two)
    assert once.undirected
    assert once.edges == source.size == edges(once)[0].size
    assert gap(census(once, size), census(both, size)) == 0
    matrices = matrices_of(census(once, size).ids, size)
    assert np.array_equal(matrices, matrices.swapaxes(1, 2))
    for one, two in zip(edges(relabel(reverse(once), once.names)), (source, target, colour), strict=True):
        assert np.array_equal(one, two)


def test_a_directed_graph_is_not_undirected():
    assert not from_edges([0, 1, 1], [1, 0, 2]).undirected
    assert not from_edges([0, 1], [1, 0], [1, 2]).undirected
    assert from_edges([0, 1, 1], [1, 0, 2]).edges == 3


def test_colours_of_vertices_part_a_class():
    """The path a -> b -> c of vertices 1, 2, 3 and of 2, 2, 2: two classes; without colours one, of two."""
    paths = from_edges([0, 1, 3, 4], [1, 2, 4, 5], paint={0: 1, 1: 2, 2: 3, 3: 2, 4: 2, 5: 2})
    found = census(paths, 3)
    assert found.counts.tolist() == [1, 1]
    assert matrices_of(found.ids, 3, found.layout).diagonal(axis1=1, axis2=2).tolist() == [[1, 2, 3], [2, 2, 2]]
    assert census(unpainted(paths), 3).counts.tolist() == [2]
    assert found.ids[0] == class_of([[3, 0, 0], [0, 1, 1], [1, 0, 2]], found.layout)


def test_names_stay_text():
    source, target = ["Zoë", "Ægir", "Zoë"], ["Ægir", "b, c", "b, c"]
    graph = from_edges(source, target, [1, 2, 3], {"Zoë": 1, "Ægir": 2, "b, c": 15})
    assert graph.names.tolist() == ["Zoë", "b, c", "Ægir"]
    assert [c.tolist() for c in edges(graph)] == [["Zoë", "Zoë", "Ægir"], ["b, c", "Ægir", "b, c"], [3, 1, 2]]
    assert graph.paint.tolist() == [1, 15, 2]
    renamed = relabel(graph, np.array(["x", "y", "z"], object))
    assert dict(zip(renamed.names.tolist(), renamed.paint.tolist(), strict=True)) == {"x": 1, "y": 15, "z": 2}
    numbers = from_edges([0, 2, 0], [2, 1, 1], [1, 2, 3])
    assert np.array_equal(adjacency(graph), adjacency(numbers))
    assert np.array_equal(adjacency(from_edges(np.array(source), np.array(target), [1, 2, 3])), adjacency(numbers))


@pytest.mark.parametrize("big", [2**31, 2**62])
def test_large_numbers_are_names_like_others(big):
    source, target = np.array([big, 5, big + 7]), np.array([5, big + 7, big])
    assert from_edges(source, target).names.tolist() == [5, big, big + 7]
    with pytest.raises(ValueError, match=f"edge 3: an edge may occur once, but {big} -> 5 stands at edge 0 already"):
        from_edges(np.append(source, big), np.append(target, 5))


REFUSED = {
    "both orders of an undirected edge": (
        lambda: from_edges(["a", "b"], ["b", "a"], undirected=True),
        "edge 1: an edge may occur once, but b - a stands at edge 0 already",
    ),
    "the same text twice": (
        lambda: from_edges(["a", "b", "a"], ["b", "c", "b"]),
        "edge 2: an edge may occur once, but a -> b stands at edge 0 already",
    ),
    "a loop of text": (lambda: from_edges(["a"], ["a"]), "a vertex may not point to itself, got a -> a"),
    "text to number": (lambda: from_edges(["a"], [1]), "Vertices may also be text, all of them"),
    "a number among text": (lambda: from_edges(np.array(["a", 1], object), ["b", "c"]), "all of them"),
    "colour as text": (lambda: from_edges(["a"], ["b"], ["c"]), "colours are integers"),
    "no list": (lambda: from_edges(None, ["a"]), "source must be a list or an array"),
    "holes": (lambda: from_edges([1, 2], np.ma.array([2, 3], mask=[0, 1])), "without holes"),
    "lengths": (lambda: from_edges(["a"], ["b", "c"]), "of one length"),
    "no colour": (lambda: from_edges([0], [1], paint={0: 1}), "vertex 1 has no colour"),
    "colour 16": (lambda: from_edges([0], [1], paint={0: 1, 1: 16}), "vertex 1 must be an integer in 1..15, got 16"),
    "colour 0": (lambda: from_edges([0], [1], paint={0: 0, 1: 1}), "vertex 0 must be an integer in 1..15, got 0"),
    "half a colour": (lambda: from_edges([0], [1], paint={0: 1, 1: 1.5}), "got 1.5"),
    "four colours at 6": (
        lambda: census(from_edges([0, 1], [1, 2], [1, 4]), 6),
        "size 6 has room for edges of colours 1..3, got colour 4. Count size 5 or less",
    ),
    "two colours at 8": (
        lambda: census(from_edges([0, 1], [1, 2], [1, 2]), 8),
        "size 8 has room for edges of colours 1..1, got colour 2. Count size 6 or less",
    ),
    "four colours and coloured vertices at 5": (
        lambda: census(from_edges([0, 1], [1, 2], [1, 4], {0: 1, 1: 1, 2: 1}), 5),
        "size 5 has room for edges of colours 1..3, got colour 4. Count size 4 or less",
    ),
    "coloured vertices at 7": (
        lambda: census(from_edges([0], [1], paint={0: 1, 1: 8}), 7),
        "size 7 has room for vertices of colours 1..7, got colour 8. Count size 6 or less",
    ),
    "coloured vertices at 8": (
        lambda: census(from_edges([0], [1], paint={0: 1, 1: 1}), 8),
        "size 8 leaves no room for colours of vertices",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_graph_or_does_not_fit_is_refused(name):
    call, rule = REFUSED[name]
    with pytest.raises(ValueError, match=rule.replace(".", r"\.")):
        call()


def test_a_layout_depends_on_size_and_kind_only():
    """So counts of graphs with fewer colours can be compared; and every layout fits into 63 bits, a code into 30."""
    one, seven = (from_edges([0, 1], [1, 2], [c, c]) for c in (1, 7))
    assert layout_of(one, 4) == layout_of(seven, 4) == layout_of(colour_blind(seven), 4)
    for size in range(3, 9):
        for painted_ in (False, True)[: 1 + (size < 8)]:
            edge, vertex = layout_for(size, painted_)
            assert edge * size * (size - 1) + vertex * size <= 63
            assert 2 * edge * (size - 1) <= 30
            assert edge >= 1
            assert bool(vertex) == painted_


def test_more_names_than_vertices_are_no_fault():
    assert painted(from_edges([3], [5]), dict.fromkeys(range(9), 2)).paint.tolist() == [2, 2]


def test_counts_of_a_star_of_eight_are_binomial():
    """A centre with 20 leaves that it points to and one that points to it: C(20, 7) and C(20, 6) subgraphs."""
    star = from_edges(np.r_[np.zeros(20, int), 21], np.r_[np.arange(1, 21), 0])
    assert Counter(census(star, 8).counts.tolist()) == {77520: 1, 38760: 1}
