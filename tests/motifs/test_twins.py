"""Each compiled loop agrees with the plain Python beside it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.laws.motifs.cases import adjacency, brute_force, draw_graph, gap
from minigrow.laws.motifs.null import kept
from minigrow.motifs import Plan, analyse, census, from_edges
from minigrow.motifs import esu as esu_module
from minigrow.motifs.classes import (
    _sorted_ids,
    class_of,
    classes_of,
    colour_blind_classes,
    id_of,
    key_of,
    matrices_of,
    matrix_of,
)
from minigrow.motifs.esu import Census, census_in_parts, merge, vertex_sets
from minigrow.motifs.graph import colour_blind
from minigrow.motifs.sampling import _sample, expected_total, sample_naive, sampled_census
from minigrow.motifs.switching import PASSES, TRIES, randomise, switch_naive, switched
from minigrow.motifs.table import FIRST_BITS, enlarge, listed, tally
from minigrow.motifs.weights import Cut, layered_graph, layers

seeds, sizes = st.integers(0, 2**32 - 1), st.integers(3, 5)
QUIET = pytest.mark.filterwarnings(
    "ignore:overflow encountered:RuntimeWarning"
)  # plain Python says that hashing overflows


def kernel(test):
    """Mark a test that runs compiled loops and is quick enough to run them as plain Python too."""
    return pytest.mark.kernels(QUIET(test))


def random_matrix(rng, size, colours=7):
    a = rng.integers(0, colours + 1, (size, size)) * (rng.random((size, size)) < 0.6)
    return a * ~np.eye(size, dtype=bool)


@given(seeds, sizes)
def test_ids_and_matrices_are_one_to_one(seed, size):
    a = random_matrix(np.random.default_rng(seed), size)
    assert np.array_equal(matrix_of(id_of(a), size), a)
    assert np.array_equal(matrices_of([id_of(a)] * 2, size)[1], a)


@kernel
@given(seeds, sizes)
def test_compiled_classes_are_the_smallest_ids_over_all_orders(seed, size):
    rng = np.random.default_rng(seed)
    a = random_matrix(rng, size, int(rng.integers(1, 8)))
    order = rng.permutation(size)
    shuffled = a[np.ix_(order, order)]
    assert classes_of(np.array([id_of(a), id_of(shuffled)]), size).tolist() == [class_of(a)] * 2
    presorted = _sorted_ids(np.array([key_of(a), key_of(shuffled)]), size)
    assert classes_of(presorted, size).tolist() == [class_of(a)] * 2


@kernel
def test_sorting_by_fingerprint_merges_most_keys_of_a_class():
    rng = np.random.default_rng(0)
    a = random_matrix(rng, 5, 3)
    keys = [key_of(a[np.ix_(order, order)]) for order in (rng.permutation(5) for _ in range(50))]
    assert len(set(keys)) > 20
    assert len(set(_sorted_ids(np.array(keys), 5).tolist())) == 1


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


@kernel
def test_the_table_grows_while_counting_and_sampling():
    a = random_matrix(np.random.default_rng(0), 15)
    graph = from_edges(*np.nonzero(a), a[a > 0])
    table, total, root = esu_module._count(graph.start, graph.neighbour, graph.pair, 5, 0, 2**62, esu_module.STOP)
    keys, counts = listed(table)
    assert root == 15
    assert total == counts.sum() == len(list(vertex_sets(graph, 5)))
    assert 2 * keys.size > 2**FIRST_BITS
    sampled = listed(_sample(graph.start, graph.neighbour, graph.pair, np.ones(5), np.random.default_rng(0)))
    assert dict(zip(*sampled, strict=True)) == dict(zip(keys, counts, strict=True))


def test_a_census_in_pieces_is_the_whole(monkeypatch):
    graph = draw_graph(np.random.default_rng(0), 30, 0.1)
    whole = census(graph, 4)
    monkeypatch.setattr(esu_module, "PART", 50)
    pieces = list(census_in_parts(graph, 4))
    assert len(pieces) > 5
    assert pieces[-1][0] == graph.vertices
    assert gap(merge([piece for _, piece in pieces]), whole) == 0


@pytest.mark.parametrize("size", [2, 6])
def test_other_sizes_are_refused(size):
    with pytest.raises(ValueError, match=f"size must be 3, 4 or 5, got {size}"):
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
    keys, counts = listed(_sample(graph.start, graph.neighbour, graph.pair, p, np.random.default_rng(seed)))
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


@pytest.mark.parametrize("p", [[1, 1], [1, 1, 0], [1, 1, 1.5], [1, 1, float("nan")]])
def test_wrong_probabilities_are_refused(p):
    with pytest.raises(ValueError, match="sampling needs 3 probabilities"):
        sampled_census(from_edges([0], [1]), 3, p, np.random.default_rng(0))


@kernel
@given(seeds)
def test_switching_moves_like_its_twin(seed):
    graph = draw_graph(np.random.default_rng(seed), 14, 0.25)
    twin = switch_naive(graph, (PASSES, TRIES), np.random.default_rng(seed))
    assert np.array_equal(randomise(graph, np.random.default_rng(seed)).neighbour, twin)


def test_switching_reaches_every_graph_with_these_degrees_equally_often():
    """Two edges out of each of 0, 1, 2, one or more into 3, 4, 5: all graphs with these degrees, by brute force."""
    graph = from_edges([0, 0, 1, 1, 2, 2], [3, 4, 4, 5, 3, 5])
    rng, seen = np.random.default_rng(0), Counter()
    for _ in range(3000):
        random = randomise(graph, rng, passes=10)
        seen[tuple(random.neighbour[np.lexsort((random.neighbour, random.owner))].tolist())] += 1
    assert len(seen) == 6  # the 3 x 3 tables of 0 and 1 with two 1s in each row and column
    assert max(abs(count - 500) for count in seen.values()) < 5 * np.sqrt(500)


@kernel
def test_mutual_edges_in_one_colour_are_switched_both_ways_round():
    graph = from_edges([0, 1, 2, 3], [1, 0, 3, 2])
    rng = np.random.default_rng(0)
    partners = {int(randomise(graph, rng, 1, 3).neighbour[0]) for _ in range(50)}
    assert partners == {1, 2, 3}


@kernel
def test_nothing_is_changed_in_the_caller_s_graph():
    graph = draw_graph(np.random.default_rng(0), 20, 0.2)
    before = graph.neighbour.copy()
    random, made, done = switched(graph, np.random.default_rng(0), 3, 3)
    assert np.array_equal(graph.neighbour, before)
    assert not np.array_equal(random.neighbour, before)
    assert 0 < done <= made
    assert np.array_equal(randomise(graph, np.random.default_rng(0), passes=0).neighbour, before)


@pytest.mark.parametrize(("passes", "tries"), [(-1, 3), (3, 0)])
def test_senseless_switching_is_refused(passes, tries):
    with pytest.raises(ValueError, match="passes must be >= 0 and tries >= 1"):
        randomise(from_edges([0], [1]), np.random.default_rng(0), passes, tries)


def test_merging_adds_counts_of_equal_classes():
    a, b = Census(3, np.array([1, 3]), np.array([1, 1])), Census(3, np.array([3]), np.array([5]))
    assert merge([a, b]).counts.tolist() == [1, 6]


def between_blocks(graph, blocks):
    """The number of edges of each colour from each block to each block (7, B, B)."""
    a, count = adjacency(graph), np.zeros((7, blocks.max() + 1, blocks.max() + 1), int)
    source, target = np.nonzero(a)
    np.add.at(count, (a[source, target] - 1, blocks[source], blocks[target]), 1)
    return count


@given(seeds, st.integers(1, 5), st.sampled_from([lambda graph: graph, colour_blind]))
def test_switching_within_blocks_keeps_degrees_colours_and_layers(seed, number, painted):
    """Without colours many mutual edges are of one kind: they have no direction, but their ends have blocks."""
    rng = np.random.default_rng(seed)
    graph = painted(draw_graph(rng, 20, 0.1 + 0.3 * rng.random()))
    blocks = rng.permutation(np.arange(20) % number)
    random = randomise(graph, rng, blocks=blocks)
    assert np.array_equal(kept(random), kept(graph))  # edges per vertex, colour and direction; mutual edges
    assert np.array_equal(between_blocks(random, blocks), between_blocks(graph, blocks))
    assert np.array_equal(np.sort(adjacency(random), axis=None), np.sort(adjacency(graph), axis=None))
    for vertex in range(20):  # so each vertex also keeps how many edges of a colour it has to and from each block
        one = np.where(np.arange(20) == vertex, number, blocks)
        assert np.array_equal(between_blocks(random, one), between_blocks(graph, one))


@kernel
@given(seeds)
def test_switching_within_blocks_moves_like_its_twin(seed):
    rng = np.random.default_rng(seed)
    graph, blocks = draw_graph(rng, 14, 0.4), rng.integers(0, 3, 14)
    twin = switch_naive(graph, (PASSES, TRIES), np.random.default_rng(seed), blocks)
    assert np.array_equal(randomise(graph, np.random.default_rng(seed), blocks=blocks).neighbour, twin)


@kernel
@given(seeds)
def test_one_block_is_the_plain_switching(seed):
    graph = draw_graph(np.random.default_rng(seed), 14, 0.25)
    plain, one = (randomise(graph, np.random.default_rng(seed), blocks=b) for b in (None, np.full(14, 3)))
    assert np.array_equal(plain.neighbour, one.neighbour)


def test_switching_within_blocks_is_switching_each_pair_of_layers_by_itself():
    """Two pairs of layers, each as in the test above: 6 graphs in each, all 36 pairs of them equally often."""
    s, t = np.array([0, 0, 1, 1, 2, 2]), np.array([3, 4, 4, 5, 3, 5])
    graph = from_edges(np.r_[s, s + 3], np.r_[t, t + 3])
    rng, seen = np.random.default_rng(0), Counter()
    for _ in range(7200):
        random = randomise(graph, rng, passes=10, blocks=graph.names // 3)
        seen[tuple(random.neighbour[np.lexsort((random.neighbour, random.owner))].tolist())] += 1
    assert len(seen) == 36
    assert max(abs(count - 200) for count in seen.values()) < 5 * np.sqrt(200)


def test_the_null_model_of_an_analysis_keeps_layers_if_asked():
    """A full perceptron 3-2-3 leaves nothing to switch: without layers it has Z, with them none."""
    graph = layered_graph([np.ones((2, 3)), np.ones((3, 2))], Cut(-2, -1, 1, 2))
    within = Plan(random=20, blocks=layers(graph, [3, 2, 3]))
    assert not np.isfinite(analyse(graph, 3, np.random.default_rng(0), within).z).any()
    half = np.array([[2.0, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 1]] * 3)
    graph = layered_graph([half, half.T], Cut(-2, -1, 1, 2))
    blocks = layers(graph, [6, 6, 6])
    z = [np.abs(analyse(graph, 4, np.random.default_rng(0), Plan(30, blocks=b)).z) for b in (None, blocks)]
    assert np.nanmax(z[0]) > 3
    assert np.isfinite(z[1]).any()
    with ThreadPoolExecutor(2) as pool:
        pooled = analyse(graph, 4, np.random.default_rng(0), Plan(30, blocks=blocks), pool)
    assert np.array_equal(np.abs(pooled.z), z[1], equal_nan=True)


@pytest.mark.parametrize("blocks", [[0, 1], [[0], [1], [1]], [0.0, 1.0, 1.0], []])
def test_blocks_that_do_not_fit_the_graph_are_refused(blocks):
    with pytest.raises(ValueError, match="blocks needs one integer for each of the 3 vertices that have an edge, got"):
        analyse(from_edges([0, 1], [1, 2]), 3, np.random.default_rng(0), Plan(blocks=np.array(blocks)))


def test_layers_beyond_the_widths_are_refused():
    with pytest.raises(ValueError, match="name vertices 0 to 3, but there is a vertex 4"):
        layers(from_edges([0, 2], [2, 4]), [2, 2])
