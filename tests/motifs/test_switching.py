"""Switching moves as its naive twin does, keeps what it must, reaches what it can, and refuses what makes no sense."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.laws.motifs.cases import adjacency, draw_graph, dressed
from minigrow.laws.motifs.null import kept
from minigrow.motifs import NullModel, analyse, edges, from_edges, randomise
from minigrow.motifs.chance import check_null
from minigrow.motifs.graph import colour_blind
from minigrow.motifs.mixing import in_place
from minigrow.motifs.passes import PASSES, TRIES, offer_naive, offered
from minigrow.motifs.switching import walk, walk_naive
from minigrow.motifs.weights import Cut, layered_graph, layers

seeds = st.integers(0, 2**32 - 1)
PROCEDURES = ("uniform", "fanmod")
both = pytest.mark.parametrize("procedure", PROCEDURES)


@pytest.mark.kernels
@given(seeds, st.booleans())
def test_both_procedures_move_like_their_twins(seed, within):
    rng = np.random.default_rng(seed)
    graph = dressed(draw_graph(rng, 12, 0.4 * rng.random()), 4, rng)
    blocks = rng.integers(0, 3, 12) if within else None
    one, two = (np.random.default_rng(seed) for _ in range(2))
    moved, steps, _ = walk(graph, one, 2, blocks)
    assert np.array_equal(moved.neighbour, walk_naive(graph, steps, two, blocks))
    assert np.array_equal(
        offered(graph, one, blocks=blocks)[0].neighbour, offer_naive(graph, (PASSES, TRIES), two, blocks)
    )


@pytest.mark.kernels
@both
def test_mutual_edges_in_one_colour_are_switched_both_ways_round(procedure):
    graph, rng, null = from_edges([0, 1, 2, 3], [1, 0, 3, 2]), np.random.default_rng(0), NullModel(procedure=procedure)
    assert {int(randomise(graph, rng, null).neighbour[0]) for _ in range(50)} == {1, 2, 3}


@pytest.mark.kernels
@both
def test_nothing_is_changed_in_the_caller_s_graph(procedure):
    graph = draw_graph(np.random.default_rng(0), 20, 0.2)
    before = graph.neighbour.copy()
    move = {"uniform": walk, "fanmod": offered}[procedure]
    random, made, done = move(graph, np.random.default_rng(0))
    assert np.array_equal(graph.neighbour, before)
    assert not np.array_equal(random.neighbour, before)
    assert 0 < done <= made


@pytest.mark.parametrize(
    ("null", "rule"),
    [
        (NullModel(passes=-1), "passes must be >= 0 and tries >= 1"),
        (NullModel(tries=0), "passes must be >= 0 and tries >= 1"),
        (NullModel(random=-1), "the number of random graphs must be >= 0"),
        (NullModel(switches=0), "switches per edge must be above 0"),
        (NullModel(switches=float("nan")), "switches must be a number, got nan"),
        (NullModel(blocks="layers"), "blocks are integers, one for each vertex, or 'paint'"),
        (NullModel(procedure="fast"), "procedure"),
    ],
)
def test_senseless_null_models_are_refused(null, rule):
    with pytest.raises(ValueError, match=rule):
        randomise(from_edges([0], [1]), np.random.default_rng(0), null)


def test_switches_may_be_a_number_of_half_precision():
    check_null(NullModel(switches=np.float16(2)))


def between_blocks(graph, blocks):
    """The number of edges of each colour from each block to each block (7, B, B)."""
    a, count = adjacency(graph), np.zeros((7, blocks.max() + 1, blocks.max() + 1), int)
    source, target = np.nonzero(a)
    np.add.at(count, (a[source, target] - 1, blocks[source], blocks[target]), 1)
    return count


@given(seeds, st.integers(1, 5), st.sampled_from([lambda graph: graph, colour_blind]), st.sampled_from(PROCEDURES))
def test_switching_within_blocks_keeps_degrees_colours_and_layers(seed, number, painted, procedure):
    """Without colours many mutual edges are of one kind: they have no direction, but their ends have blocks."""
    rng = np.random.default_rng(seed)
    graph = painted(draw_graph(rng, 20, 0.1 + 0.3 * rng.random()))
    blocks = rng.permutation(np.arange(20) % number)
    random = randomise(graph, rng, NullModel(blocks=blocks, procedure=procedure))
    assert np.array_equal(kept(random), kept(graph))  # edges per vertex, colour and direction; mutual edges
    assert np.array_equal(between_blocks(random, blocks), between_blocks(graph, blocks))
    assert np.array_equal(np.sort(adjacency(random), axis=None), np.sort(adjacency(graph), axis=None))
    for vertex in range(20):  # so each vertex also keeps how many edges of a colour it has to and from each block
        one = np.where(np.arange(20) == vertex, number, blocks)
        assert np.array_equal(between_blocks(random, one), between_blocks(graph, one))


@pytest.mark.kernels
@given(seeds, st.sampled_from(PROCEDURES))
def test_one_block_is_the_plain_switching(seed, procedure):
    graph = draw_graph(np.random.default_rng(seed), 14, 0.25)
    nulls = (NullModel(switches=3, blocks=blocks, procedure=procedure) for blocks in (None, np.full(14, 3)))
    plain, one = (randomise(graph, np.random.default_rng(seed), null) for null in nulls)
    assert np.array_equal(plain.neighbour, one.neighbour)


def test_switching_within_blocks_is_switching_each_pair_of_layers_by_itself():
    """Two pairs of layers with 6 graphs in each, tables of 0 and 1 with two 1s in each row and column: 36 pairs, equally often."""
    s, t = np.array([0, 0, 1, 1, 2, 2]), np.array([3, 4, 4, 5, 3, 5])
    graph = from_edges(np.r_[s, s + 3], np.r_[t, t + 3])
    rng, seen = np.random.default_rng(0), Counter()
    for _ in range(7200):
        random = randomise(graph, rng, NullModel(blocks=graph.names // 3))
        seen[tuple(random.neighbour[np.lexsort((random.neighbour, random.owner))].tolist())] += 1
    assert len(seen) == 36
    assert max(abs(count - 200) for count in seen.values()) < 5 * np.sqrt(200)


def test_the_null_model_of_an_analysis_keeps_layers_if_asked():
    """A full perceptron 3-2-3 leaves nothing to switch: without layers it has Z, with them none."""
    graph = layered_graph([np.ones((2, 3)), np.ones((3, 2))], Cut(-2, -1, 1, 2))
    within = NullModel(random=20, blocks=layers(graph, [3, 2, 3]))
    assert not np.isfinite(analyse(graph, 3, np.random.default_rng(0), within).z).any()
    half = np.array([[2.0, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 1]] * 3)
    graph = layered_graph([half, half.T], Cut(-2, -1, 1, 2))
    blocks = layers(graph, [6, 6, 6])
    z = [np.abs(analyse(graph, 4, np.random.default_rng(0), NullModel(30, blocks=b)).z) for b in (None, blocks)]
    assert np.nanmax(z[0]) > 3
    assert np.isfinite(z[1]).any()
    with ThreadPoolExecutor(2) as pool:
        pooled = analyse(graph, 4, np.random.default_rng(0), NullModel(30, blocks=blocks), pool=pool)
    assert np.array_equal(np.abs(pooled.z), z[1], equal_nan=True)


@both
def test_painted_blocks_are_the_vertices_colours(procedure):
    graph = draw_graph(np.random.default_rng(0), 20, 0.2)._replace(paint=np.arange(20) % 3 + 1)
    plain, paint = (NullModel(blocks=blocks, procedure=procedure) for blocks in (graph.paint, "paint"))
    drawn = [randomise(graph, np.random.default_rng(0), null) for null in (plain, paint)]
    assert np.array_equal(drawn[0].neighbour, drawn[1].neighbour)
    assert np.array_equal(drawn[1].paint, graph.paint)


@pytest.mark.parametrize("blocks", [[0, 1], [[0], [1], [1]], [0.0, 1.0, 1.0], []])
def test_blocks_that_do_not_fit_the_graph_are_refused(blocks):
    with pytest.raises(ValueError, match="blocks needs one integer for each of the 3 vertices that have an edge, got"):
        analyse(from_edges([0, 1], [1, 2]), 3, np.random.default_rng(0), NullModel(blocks=np.array(blocks)))


def test_layers_beyond_the_widths_are_refused():
    with pytest.raises(ValueError, match="name vertices 0 to 3, but there is a vertex 4"):
        layers(from_edges([0, 2], [2, 4]), [2, 2])


@pytest.mark.kernels
@given(seeds)
def test_what_stands_in_its_place_is_what_both_lists_of_edges_hold(seed):
    rng = np.random.default_rng(seed)
    graph = draw_graph(rng, 12, 0.3)
    other = randomise(graph, rng, NullModel(switches=0.5))
    one, two = ({(u, v, c) for u, v, c in zip(*(c.tolist() for c in edges(g)), strict=True)} for g in (graph, other))
    bonds_of = [{frozenset(e[:2]): frozenset(x for x in s if {*x[:2]} == {*e[:2]}) for e in s} for s in (one, two)]
    shared = sum(bonds_of[1].get(pair) == way for pair, way in bonds_of[0].items())
    assert in_place(graph, other) == shared / len(bonds_of[0])
