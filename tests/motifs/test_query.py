"""Motifs in words: what can be read, what is refused and why, and the count of one motif."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.laws.motifs.cases import draw_graph
from minigrow.motifs import census, from_edges
from minigrow.motifs.classes import matrices_of
from minigrow.motifs.places.query import class_ids, count_only
from minigrow.motifs.places.words import check_motif, motif_word, parse_motif

seeds = st.integers(0, 2**32 - 1)


def random_motif(seed):
    """A connected matrix of 3 to 8 vertices, in some cases with vertex colours."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(3, 9))
    a = rng.integers(0, 8, (size, size)) * (rng.random((size, size)) < 0.4)
    for i in range(1, size):
        a[i, rng.integers(i)] = rng.integers(1, 8)
    np.fill_diagonal(a, rng.integers(1, 16, size) * rng.integers(2))
    return a


def as_edges(a):
    """The motif as a list of edges, in the many ways in which one may be written."""
    words = [f"{i}:{a[i, i]}" for i in range(len(a)) if a[i, i]]
    for i in range(len(a)):
        for j in range(i):
            if a[i, j] and a[i, j] == a[j, i]:
                words.append(f"{i}{['<>', '-', '<->'][(i + j) % 3]}{j}:{a[i, j]}")
            else:
                words += [f"{i}{['>', '->'][j % 2]}{j}:{a[i, j]}"] * bool(a[i, j])
                words += [f"{i}{['<', ' <- '][j % 2]}{j}" + f": {a[j, i]}" * int(a[j, i] > 1)] * bool(a[j, i])
    return words


@given(seeds, st.sampled_from([",", ", ", " ", ";", "\n"]))
def test_words_are_read_as_they_are_written(seed, comma):
    a = random_motif(seed)
    assert np.array_equal(parse_motif(motif_word(a)), a)
    assert np.array_equal(parse_motif(comma.join(np.random.default_rng(seed).permutation(as_edges(a)))), a)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a motif needs edges, got an empty text"),
        ("0>1,1>2>3", "'1>2>3' is no edge"),
        ("a>b,b>c", "'a>b' is no edge"),
        ("0>1", "a motif has 3 to 8 vertices"),
        ("0>1,2>3", "a motif must hang together, but no path joins 2 to 0"),
        ("0>1,1>3", "vertex 2 has no edge"),
        ("1>2,2>3", "vertex 0 has no edge"),
        ("0>1,1>2,0:1,1:1,2:1,3:1", "vertex 3 has no edge"),
        (
            ",".join(f"{i}>{i + 1}" for i in range(8)),
            "at most 8 vertices, 0, 1, 2 ... without gaps, but vertex 8 is named",
        ),
        ("0>1,1>999999999", "vertex 2 has no edge"),
        ("0>1,1>1,1>2", "an edge joins two vertices"),
        ("0>1:8,1>2", "has a colour in 1..7, got 0>1:8"),
        ("0>1:0,1>2", "has a colour in 1..7, got 0>1:0"),
        ("0>1,1>2,0>1:3", "0>1:3 says again"),
        ("0>1,1>2,0-1", "0-1 says again"),
        ("0>1,1>2,0:16,1:1,2:1", "a vertex colour must lie in 1..15, got 0:16"),
        ("0>1,1>2,0:1", "either all vertices have a colour in 1..15 or none has"),
        ("010/001", "2 rows need 2 digits each, got 010, 001"),
        ("010/001/00x", "3 rows need 3 digits each"),
        ("010/008/000", r"an edge has a colour in 1..7 \(0: no edge\), got"),
        ("010/100/000", "no path joins 2 to 0"),
        ("01/10", "a motif has 3 to 8 vertices"),
    ],
)
def test_what_is_no_motif_is_refused_with_the_reason(text, reason):
    with pytest.raises(ValueError, match=reason):
        parse_motif(text)


@pytest.mark.parametrize("motif", [np.zeros((3, 4), int), np.ones((3, 3)), np.zeros(3, int), -np.ones((3, 3), int)])
def test_a_matrix_that_is_no_motif_is_refused(motif):
    with pytest.raises(
        ValueError, match=r"a motif has 3 to 8 vertices and is a square matrix|an edge has a colour in 1..7"
    ):
        check_motif(motif)


@given(seeds, st.sampled_from([3, 4]))
def test_the_count_of_one_motif_is_that_of_the_census(seed, size):
    rng = np.random.default_rng(seed)
    graph = draw_graph(rng, 9, 0.2)
    found = census(graph, size)
    for motif, count in zip(matrices_of(found.ids, size), found.counts.tolist(), strict=True):
        order = rng.permutation(size)
        motif = motif[np.ix_(order, order)]
        assert count_only(graph, motif) == count_only(graph, motif_word(motif)) == count
    assert class_ids(graph, size, list(matrices_of(found.ids, size))).tolist() == found.ids.tolist()


def test_one_motif_counts_as_networkx_counts_it():
    """Subgraph isomorphisms of NetworkX, over those of the motif with itself, are occurrences."""
    networkx = pytest.importorskip(
        "networkx", reason="an independent witness, left out where NetworkX is not installed"
    )
    rng = np.random.default_rng(0)
    there = np.triu(rng.random((14, 14)) < 0.3, 1) | (rng.random((14, 14)) < 0.1)
    np.fill_diagonal(there, False)
    graph, matcher = from_edges(*np.nonzero(there)), networkx.algorithms.isomorphism.DiGraphMatcher
    whole = networkx.DiGraph(list(zip(*np.nonzero(there), strict=True)))
    for text in (
        "0>1,0>2",
        "0>1,1>2",
        "0>1,1>2,0>2",
        "0<>1,1>2",
        "0>1,1>2,2>3,0>3",
        "0>1,1>2,2>3,3>4",
        "0>1,0>2,0>3,1>2",
    ):
        motif = networkx.DiGraph(list(zip(*np.nonzero(parse_motif(text)), strict=True)))
        itself = len(list(matcher(motif, motif).subgraph_isomorphisms_iter()))
        assert count_only(graph, text) == len(list(matcher(whole, motif).subgraph_isomorphisms_iter())) / itself > 0


def test_a_colour_that_the_graph_does_not_have_occurs_never():
    assert count_only(from_edges([0, 1], [1, 2]), "0>1,1>2") == 1
    assert count_only(from_edges([0, 1], [1, 2]), "0>1,1>2:2") == 0
    assert (
        class_ids(from_edges([0, 1], [1, 2]), 3, "0>1,1>2:2").size == 0
    )  # its id could mean another class where bits are few
    painted = from_edges([0, 1], [1, 2], paint={0: 1, 1: 2, 2: 1})
    assert count_only(painted, "0>1,1>2,0:1,1:2,2:1") == 1
    assert count_only(painted, "0>1,1>2,0:1,1:1,2:1") == 0
    assert count_only(painted, "0>1,1>2,0:1,1:15,2:1") == 0


def test_an_undirected_graph_has_undirected_motifs():
    graph = from_edges([0, 1], [1, 2], undirected=True)
    assert count_only(graph, "0-1,1-2") == count_only(graph, "0<>1,2<>1") == 1
    with pytest.raises(ValueError, match="all edges of the graph run both ways, so those of the motif must"):
        count_only(graph, "0>1,1>2")


def test_a_motif_has_vertex_colours_if_and_only_if_the_graph_has():
    plain, painted = (from_edges([0, 1], [1, 2], paint=paint) for paint in (None, {0: 1, 1: 2, 2: 1}))
    with pytest.raises(
        ValueError, match="the vertices of the graph have colours, so those of the motif must have colours too"
    ):
        count_only(painted, "0>1,1>2")
    with pytest.raises(ValueError, match="the vertices of the graph have no colours"):
        count_only(plain, "0>1,1>2,0:1,1:2,2:1")
