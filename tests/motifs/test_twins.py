"""Each compiled loop agrees with the plain Python beside it."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.laws.motifs.cases import adjacency, brute_force, draw_graph, gap
from minigrow.motifs import census, from_edges
from minigrow.motifs import esu as esu_module
from minigrow.motifs.canonical import fingerprints, sorted_ids
from minigrow.motifs.classes import (
    Layout,
    class_of,
    classes_of,
    colour_blind_classes,
    id_of,
    key_of,
    layout_for,
    layout_of,
    matrices_of,
    matrix_of,
)
from minigrow.motifs.esu import Census, Stopped, Walk, census_in_parts, merge, vertex_sets
from minigrow.motifs.graph import painted
from minigrow.motifs.sampling import _sample, expected_total, sample_naive, sampled_census
from minigrow.motifs.table import FIRST_BITS, enlarge, listed, tally

seeds, sizes, all_sizes = st.integers(0, 2**32 - 1), st.integers(3, 5), st.integers(3, 8)
kernel = pytest.mark.kernels  # a test of compiled loops that is quick enough to run them as plain Python too


def random_matrix(rng, size, colours=7):
    a = rng.integers(0, colours + 1, (size, size)) * (rng.random((size, size)) < 0.6)
    return a * ~np.eye(size, dtype=bool)


def random_kind(rng, size):
    """A matrix of any size that fits, now and then with colours of vertices, and its layout."""
    layout = layout_for(size, bool(rng.integers(2)) and size < 8)
    paint = rng.integers(1, 2**layout.vertex, size) if layout.vertex else np.zeros(size, int)
    return random_matrix(rng, size, int(rng.integers(1, 2**layout.edge))) + np.diag(paint), layout


@given(seeds, all_sizes)
def test_ids_and_matrices_are_one_to_one(seed, size):
    a, layout = random_kind(np.random.default_rng(seed), size)
    assert np.array_equal(matrix_of(id_of(a, layout), size, layout), a)
    assert np.array_equal(matrices_of([id_of(a, layout)] * 2, size, layout)[1], a)
    assert id_of(a, layout) < 2 ** (layout.edge * size * (size - 1) + layout.vertex * size) <= 2**63


@kernel
@given(seeds, all_sizes)
def test_compiled_classes_are_the_smallest_ids_over_all_orders(seed, size):
    rng = np.random.default_rng(seed)
    a, layout = random_kind(rng, size)
    order = rng.permutation(size)
    shuffled = a[np.ix_(order, order)]
    truth = [class_of(a, layout)] * 2
    assert classes_of(np.array([id_of(a, layout), id_of(shuffled, layout)]), size, layout).tolist() == truth
    presorted = sorted_ids(np.array([key_of(a, layout), key_of(shuffled, layout)]), size, *layout)
    assert classes_of(presorted, size, layout).tolist() == truth


@given(seeds, st.integers(3, 6))
def test_one_class_is_one_matrix_up_to_order(seed, size):
    """The witness knows nothing of fingerprints: the smallest id over all orders, by itertools."""
    rng = np.random.default_rng(seed)
    a, layout = random_kind(rng, size)
    b = matrix_of(class_of(a, layout), size, layout)
    other = b.copy()
    other[0, 1], other[1, 0] = (other[0, 1] + 1) % 2**layout.edge, other[1, 0]

    def least(matrix):
        return min(id_of(matrix[np.ix_(order, order)], layout) for order in permutations(range(size)))

    assert least(a) == least(b)
    assert (least(other) == least(b)) == (class_of(other, layout) == class_of(b, layout))
    if size <= 5:
        assert least(a) == class_of(a, layout)


@kernel
@given(seeds, all_sizes)
def test_fingerprints_go_along_with_the_vertices(seed, size):
    rng = np.random.default_rng(seed)
    a, _ = random_kind(rng, size)
    order, marks = rng.permutation(size), np.zeros((2, 2, size), np.int64)
    fingerprints(a, marks[0])
    fingerprints(a[np.ix_(order, order)], marks[1])
    assert np.array_equal(marks[0, 0][order], marks[1, 0])
    assert (marks >= 0).all()
    assert np.array_equal(np.sort(a.diagonal()), a.diagonal()[np.argsort(marks[0, 0])])


@kernel
def test_sorting_by_fingerprint_merges_most_keys_of_a_class():
    rng = np.random.default_rng(0)
    for size in (5, 6):
        a = random_matrix(rng, size, 3)
        keys = [key_of(a[np.ix_(order, order)]) for order in (rng.permutation(size) for _ in range(50))]
        assert len(set(keys)) > 20
        assert len(set(sorted_ids(np.array(keys), size, *layout_for(size)).tolist())) == 1
    coloured, layout = np.diag([1, 2, 3]) + np.eye(3, k=1, dtype=int), layout_for(3, painted=True)
    keys = [key_of(coloured[np.ix_(order, order)], layout) for order in map(list, permutations(range(3)))]
    assert len(set(sorted_ids(np.array(keys), 3, *layout).tolist())) == 1


def test_a_class_of_six_vertices_keeps_its_number_from_version_to_version():
    """It follows from the fingerprints, and files of results can be compared as long as these stay."""
    a = np.zeros((6, 6), int)
    a[[0, 1, 2, 3, 4, 0, 5, 1], [1, 2, 3, 4, 5, 3, 2, 4]] = 1
    assert class_of(a) == 4504785043652864


@kernel
def test_colour_blind_classes_see_every_bit_of_a_colour():
    for colour in range(1, 8):
        assert colour_blind_classes([class_of([[0, colour, 0], [0, 0, 1], [0, 0, 0]])], 3).tolist() == [72]


@kernel
@given(st.lists(st.integers(1, 2**60 - 1) | st.integers(1, 30), max_size=200))
def test_the_table_counts_like_a_dictionary(keys):
    table, shift, used = np.zeros((4, 2), np.int64), 62, 0
    for key in keys:
        table, shift = enlarge(table, used + 1, shift)
        used += tally(table, key, shift)
    assert dict(zip(*(c.tolist() for c in listed(table)), strict=True)) == Counter(keys)
    assert 2 * used <= len(table) == 2 ** (64 - shift)


@given(seeds, sizes)
def test_each_vertex_set_is_met_once(seed, size):
    graph = draw_graph(np.random.default_rng(seed), 9, 0.15)
    met = list(vertex_sets(graph, size))
    assert len(met) == len(set(met)) == census(graph, size).total


@kernel
@given(seeds, sizes)
def test_seven_colours_and_mutual_edges_equal_brute_force(seed, size):
    rng = np.random.default_rng(seed)
    a = random_matrix(rng, 7)
    a[0, 1] = 7
    source, target = np.nonzero(a)
    graph = from_edges(source, target, a[source, target])
    assert np.array_equal(adjacency(graph), a[np.ix_(graph.names, graph.names)])
    assert gap(census(graph, size), brute_force(graph, size)) == 0


def bonds(graph):
    return graph.start, graph.neighbour, graph.pair


def begun(graph, size):
    n, two = graph.vertices, np.zeros((2, size), np.int64)
    return Walk(np.zeros(n, np.int32), np.zeros((size + 1, n + 1), np.int32), *two, np.zeros(2, np.int64))


def sample(graph, p, seed):
    """The table of keys of a sampled walk from its first root to its last; three bits an edge."""
    layout, stop = layout_of(graph, p.size), esu_module.STOP
    assert layout.edge == 3
    paint, walk = graph.paint if layout.vertex else None, tuple(begun(graph, p.size))
    return _sample(*bonds(graph), paint, tuple(layout), walk, 2**62, stop, p, np.random.default_rng(seed))[0]


@kernel
def test_the_table_grows_while_counting_and_sampling():
    a = random_matrix(np.random.default_rng(0), 15)
    graph = from_edges(*np.nonzero(a), a[a > 0])
    walk = begun(graph, 5)
    table, total = esu_module._count(*bonds(graph), None, (3, 0), tuple(walk), 2**62, esu_module.STOP)
    keys, counts = listed(table)
    assert walk.at.tolist() == [15, 0]
    assert total == counts.sum() == len(list(vertex_sets(graph, 5)))
    assert 2 * keys.size > 2**FIRST_BITS
    sampled = sample(graph, np.ones(5), 0)
    assert dict(zip(*listed(sampled), strict=True)) == dict(zip(keys, counts, strict=True))
    least = 1 << int(2 * keys.size - 1).bit_length()
    assert len(table) == len(sampled) == least, "the smallest power of two of which no more than half is taken"


def test_a_census_in_pieces_is_the_whole(monkeypatch):
    graph = draw_graph(np.random.default_rng(0), 30, 0.1)
    whole = census(graph, 4)
    monkeypatch.setattr(esu_module, "PART", 50)
    pieces = list(census_in_parts(graph, 4))
    assert len(pieces) > 5
    assert pieces[-1][0] == graph.vertices
    assert gap(merge([piece for _, piece in pieces]), whole) == 0


@pytest.mark.parametrize("size", [3, 6])
def test_a_walk_goes_on_in_the_middle_of_a_root(monkeypatch, size):
    """All subgraphs of a star hang on its centre: one root, many parts."""
    star = from_edges(np.zeros(12, int), np.arange(1, 13))
    whole = census(star, size)
    monkeypatch.setattr(esu_module, "PART", 7)
    pieces = list(census_in_parts(star, size))
    assert len(pieces) > 5
    assert pieces[0][0] == 0
    assert max(piece.total for _, piece in pieces) <= 7 + 12
    assert gap(merge([piece for _, piece in pieces]), whole) == 0
    assert gap(census(star, size), whole) == 0
    assert gap(sampled_census(star, size, [1] * size, np.random.default_rng(0)), whole) == 0


@pytest.mark.parametrize("size", [2, 9])
def test_other_sizes_are_refused(size):
    with pytest.raises(ValueError, match=f"size must be 3, 4, 5, 6, 7 or 8, got {size}"):
        census(from_edges([0], [1]), size)


def test_a_graph_without_motifs_has_an_empty_census():
    found = census(from_edges([0, 2], [1, 3]), 3)
    assert found.total == 0
    assert found.frequencies.size == 0


@kernel
@given(seeds, sizes)
def test_sampling_draws_like_its_twin(seed, size):
    rng = np.random.default_rng(seed)
    graph, p = draw_graph(rng, 12, 0.15), 0.3 + 0.7 * rng.random(size)
    if size < 5 and rng.random() < 0.5:
        graph = painted(graph, {v: int(c) for v, c in enumerate(rng.integers(1, 4, 12))})
    keys, counts = listed(sample(graph, p, seed))
    twin = sample_naive(graph, p, np.random.default_rng(seed))
    assert dict(zip(keys.tolist(), counts.tolist(), strict=True)) == twin


def test_sampling_is_unbiased():
    """The mean of 400 estimates of each frequent class lies within 4 standard errors of the truth."""
    graph = draw_graph(np.random.default_rng(0), 15, 0.15)
    truth, rng = census(graph, 4), np.random.default_rng(1)
    samples = [sampled_census(graph, 4, [0.9, 0.8, 0.7, 0.5], rng) for _ in range(400)]
    for i, count in zip(truth.ids, truth.counts, strict=True):
        if count > 20:
            found = np.array([s.counts[s.ids == i].sum() for s in samples])
            assert abs(found.mean() - count) < 4 * found.std() / 20
    totals = np.array([s.total for s in samples])
    assert abs(totals.mean() - truth.total) < 4 * totals.std() / 20


def test_random_walks_find_a_hub_among_many_leaves():
    n = 3000
    star = from_edges(np.zeros(n, int), np.arange(1, n + 1))
    assert expected_total(star, 4, np.random.default_rng(0)) == pytest.approx(n * (n - 1) * (n - 2) / 6, rel=0.2)


def test_random_walks_estimate_the_number_of_subgraphs():
    graph = draw_graph(np.random.default_rng(0), 40, 0.1)
    for size in (3, 4, 5):
        assert expected_total(graph, size, np.random.default_rng(0)) == pytest.approx(
            census(graph, size).total, rel=0.15
        )


@pytest.mark.parametrize(
    "count", [census, lambda graph, size: sampled_census(graph, size, [1, 1, 1], np.random.default_rng(0))]
)
def test_every_count_breaks_off_when_told_to(monkeypatch, count):
    monkeypatch.setattr(esu_module, "STOP", np.ones(1, np.int64))
    with pytest.raises(Stopped):
        count(from_edges([0, 1], [1, 2]), 3)


@pytest.mark.parametrize("p", [[1, 1], [1, 1, 0], [1, 1, 1.5], [1, 1, float("nan")]])
def test_wrong_probabilities_are_refused(p):
    with pytest.raises(ValueError, match="sampling needs 3 probabilities"):
        sampled_census(from_edges([0], [1]), 3, p, np.random.default_rng(0))


def test_merging_adds_counts_of_equal_classes():
    a, b = Census(3, np.array([1, 3]), np.array([1, 1])), Census(3, np.array([3]), np.array([5]))
    assert merge([a, b]).counts.tolist() == [1, 6]


def test_counts_of_different_kinds_are_not_added():
    a, b = (Census(3, np.array([1]), np.array([1]), layout) for layout in (Layout(), layout_for(3, painted=True)))
    with pytest.raises(ValueError, match="only counts of one size and layout can be compared"):
        merge([a, b])
