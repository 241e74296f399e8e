"""The occurrences themselves: each set once, each vertex at its place, in bounded memory, and the file that lists them."""

import csv
import tracemalloc
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from minigrow.laws.motifs.cases import adjacency, draw_graph
from minigrow.motifs import census, from_edges
from minigrow.motifs.classes import class_of, layout_of, matrices_of, matrix_of
from minigrow.motifs.graph import edges
from minigrow.motifs.places import occurrences as occurrences_module
from minigrow.motifs.places import sets as sets_module
from minigrow.motifs.places.occurrences import occurrences, write_occurrences
from minigrow.motifs.places.words import motif_word

seeds, sizes = st.integers(0, 2**32 - 1), st.sampled_from([3, 4, 5, 6])
kinds = st.sampled_from(["directed", "undirected", "painted"])


def a_graph(seed, kind="directed", n=8, share=0.15, size=3):
    """A small graph whose vertices are text, or have colours, or have no directed edges."""
    rng = np.random.default_rng(seed)
    source, target, colour = edges(draw_graph(rng, n, share))
    if kind == "undirected":
        ends = np.unique(np.sort(np.stack([source, target], 1), axis=1), axis=0)
        return from_edges(*ends.T, rng.integers(1, 3, len(ends)), undirected=True)
    names = np.array([f"v{rng.integers(10**9)}" for _ in range(n)], object)
    paint = None
    if kind == "painted":  # six vertices with colours leave room for edges of one
        paint, colour = {name: int(rng.integers(1, 4)) for name in names}, np.where(size == 6, 1, colour)
    return from_edges(names[source], names[target], colour, paint)


def whole_matrix(graph):
    """The matrix of colours (n, n), those of vertices on the diagonal."""
    a = adjacency(graph)
    np.fill_diagonal(a, graph.paint)
    return a


def listed(graph, size, only=None):
    """All occurrences as one pair of arrays: vertices (N, size) and classes (N,)."""
    blocks = list(occurrences(graph, size, only))
    if not blocks:
        return np.zeros((0, size), int), np.zeros(0, int)
    return np.concatenate([v for v, _ in blocks]), np.concatenate([c for _, c in blocks])


def by_hand(graph, size):
    """All occurrences from all sets of `size` vertices and all their orders: {vertices in the first right order: class}."""
    a, found = whole_matrix(graph), {}
    for chosen in combinations(range(graph.vertices), size):
        part = a[np.ix_(chosen, chosen)]
        if np.linalg.matrix_power((part + part.T > 0) | np.eye(size, dtype=bool), size).all():
            identity = class_of(part, layout_of(graph, size))
            motif = matrix_of(identity, size, layout_of(graph, size))
            right = (o for o in permutations(range(size)) if np.array_equal(part[np.ix_(o, o)], motif))
            found[tuple(chosen[i] for i in next(right))] = identity
    return found


@pytest.mark.kernels
@given(seeds, sizes, kinds)
@example(0, 6, "painted")
def test_occurrences_equal_brute_force(seed, size, kind):
    graph = a_graph(seed, kind, size=size)
    vertices, classes = listed(graph, size)
    truth = by_hand(graph, size)
    assert len(classes) == len(truth)
    assert dict(zip(map(tuple, vertices.tolist()), classes.tolist(), strict=True)) == truth


@given(seeds, sizes, kinds)
def test_the_number_of_occurrences_is_the_census(seed, size, kind):
    graph = a_graph(seed, kind, 12, 0.1, size)
    vertices, classes = listed(graph, size)
    found = census(graph, size)
    assert dict(zip(*(a.tolist() for a in np.unique(classes, return_counts=True)), strict=True)) == dict(
        zip(found.ids.tolist(), found.counts.tolist(), strict=True)
    )
    assert len({frozenset(row) for row in vertices.tolist()}) == len(classes)


@pytest.mark.parametrize(("size", "colours"), [(3, 7), (5, 7), (6, 3), (7, 1), (8, 1)])
def test_each_vertex_stands_where_the_matrix_says(size, colours):
    graph = draw_graph(np.random.default_rng(size), 11, 0.2)
    source, target, _ = edges(graph)
    graph = from_edges(source, target, np.random.default_rng(1).integers(1, colours + 1, source.size))
    vertices, classes = listed(graph, size)
    a = whole_matrix(graph)[vertices[:, :, None], vertices[:, None]]
    assert np.array_equal(a, matrices_of(classes, size, layout_of(graph, size)))
    assert len(classes) > 60


@pytest.mark.kernels
@given(seeds, st.integers(1, 9), kinds)
def test_a_walk_in_small_blocks_is_the_same_walk(seed, block, kind):
    graph = a_graph(seed, kind)
    whole = listed(graph, 4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sets_module, "BLOCK", block)
        assert all(0 < len(classes) <= block for _, classes in occurrences(graph, 4))
        pieces = listed(graph, 4)
    assert all(np.array_equal(a, b) for a, b in zip(whole, pieces, strict=True))


def test_a_hub_is_listed_in_bounded_memory():
    """The 499 500 pairs of leaves of a star would fill 10 MB; the walk keeps one block of 65 536, which is 1.3 MB, and its copies."""
    star = from_edges(np.zeros(1000, int), np.arange(1, 1001))
    for _ in occurrences(star, 3):
        break  # compile before measuring
    tracemalloc.start()
    rows = sum(len(classes) for _, classes in occurrences(star, 3))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == 1000 * 999 // 2
    assert peak < 8e6


@given(seeds, kinds)
def test_only_lists_the_classes_asked_for(seed, kind):
    graph = a_graph(seed, kind)
    vertices, classes = listed(graph, 4)
    wanted = [int(classes[0]), matrix_of(classes[-1], 4, layout_of(graph, 4))]
    kept = np.isin(classes, [classes[0], classes[-1]])
    for only in (wanted, [motif_word(m) if np.ndim(m) else m for m in wanted], classes[[0, -1]]):
        some, of = listed(graph, 4, only)
        assert np.array_equal(some, vertices[kept])
        assert np.array_equal(of, classes[kept])


def test_errors_come_at_the_call_not_at_the_first_block():
    graph = from_edges([0, 1], [1, 2])
    with pytest.raises(ValueError, match="size must be"):
        occurrences(graph, 2)
    with pytest.raises(ValueError, match="it has 4 vertices, but motifs of 3 are asked for"):
        occurrences(graph, 3, "0>1,1>2,2>3")


def test_the_file_holds_names_as_they_are(tmp_path):
    names = ["Zoë", "a,b", 'say "no"', "two\nlines", "\r ", "7"]
    graph = from_edges([names[i] for i in (0, 1, 2, 3, 4)], [names[i] for i in (1, 2, 3, 4, 5)])
    number = write_occurrences(tmp_path / "found.csv", graph, 3)
    with open(tmp_path / "found.csv", newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["adjacency", "vertex 0", "vertex 1", "vertex 2"]
    vertices, classes = listed(graph, 3)
    assert number == len(rows) == 4
    assert [row[1:] for row in rows] == graph.names[vertices].tolist()
    assert [row[0] for row in rows] == [motif_word(m) for m in matrices_of(classes, 3)]
    assert {tuple(row[1:]) for row in rows} == {(names[i + 2], names[i], names[i + 1]) for i in range(4)}


def test_a_list_that_is_broken_off_leaves_no_file(tmp_path, monkeypatch):
    def broken(*arguments):
        yield next(occurrences(*arguments))
        raise KeyboardInterrupt

    monkeypatch.setattr(occurrences_module, "occurrences", broken)
    with pytest.raises(KeyboardInterrupt):
        write_occurrences(tmp_path / "found.csv", from_edges([0, 1], [1, 2]), 3)
    assert list(tmp_path.iterdir()) == []


def test_a_list_without_occurrences_has_a_title(tmp_path):
    assert write_occurrences(tmp_path / "none.csv", from_edges([0, 2], [1, 3]), 3) == 0
    assert (tmp_path / "none.csv").read_text() == "adjacency,vertex 0,vertex 1,vertex 2\n"
