"""Structures whose architecture is known are read right, brute force agrees, and every verdict has an example."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow import isotropic, urn
from minigrow.nn import MLP, Spaces
from minigrow.plotting import picture
from minigrow.structure import judge, pictures, read, read_net
from minigrow.structure.cycles import components
from minigrow.structure.graph import FAR, graph_of, longest_from, steps_from, walks
from minigrow.structure.reading import effective, from_layers, whole
from minigrow.structure.verdict import KINDS

GRAPHS = st.integers(0, 2**32 - 1).map(lambda seed: drawn(np.random.default_rng(seed)))


def drawn(rng):
    S = int(rng.integers(2, 8))
    return rng.random((S, S)) < rng.choice([0.15, 0.3, 0.6])


def power(E, n):
    return np.linalg.matrix_power(E.astype(int), n)


@given(GRAPHS)
def test_steps_and_walks_are_those_of_matrix_powers(E):
    S = len(E)
    steps = steps_from(*graph_of(E)[:3], [0])
    for v in range(S):
        lengths = [n for n in range(S) if power(E, n)[v, 0]]
        assert steps[v] == (lengths[0] if lengths else FAR)
    assert walks(graph_of(E), [0], [S - 1], 4) == [power(E, n)[S - 1, 0] for n in (1, 2, 3, 4)]


def test_a_chain_has_a_neuron_at_every_distance():
    assert steps_from(4, np.arange(3), np.arange(1, 4), [0]).tolist() == [0, 1, 2, 3]


@given(GRAPHS)
def test_components_are_mutual_reach_and_in_order(E):
    S = len(E)
    reach = sum(power(E, n) for n in range(S + 1)) > 0
    mutual = reach & reach.T
    parts = components(*graph_of(E)[:3])
    assert sorted(v for part in parts for v in part) == list(range(S))
    assert all(set(np.flatnonzero(mutual[part[0]])) == set(part) for part in parts)
    place = {v: i for i, part in enumerate(parts) for v in part}
    assert all(place[j] <= place[i] for i, j in np.argwhere(E))


@given(GRAPHS)
def test_longest_paths_equal_brute_force_without_cycles(E):
    E = np.tril(E, -1)
    S, longest = len(E), np.zeros(len(E), int)
    for v, n in itertools.product(range(S), range(1, S)):
        if power(E, n)[v].any():
            longest[v] = n
    assert np.array_equal(longest_from(*graph_of(E)[:3], range(S)), longest)


@given(GRAPHS, st.integers(1, 6))
def test_effective_edges_lie_on_short_walks(E, steps):
    S, kept = len(E), effective(graph_of(E), [0], [len(E) - 1], steps)
    found = np.zeros((S, S), bool)
    found[kept.to, kept.source] = True
    for i, j in itertools.product(range(S), repeat=2):
        on_walk = any(power(E, a)[j, 0] and power(E, b)[S - 1, i] for a in range(steps) for b in range(steps - a))
        assert found[i, j] == (E[i, j] and on_walk)


def test_a_skip_net_is_read_right():
    W, inputs, outputs = from_layers([np.ones((3, 2)), np.ones((4, 3)), np.ones((1, 4))])
    W[9, 0] = W[5, 1] = 1
    found = read(W, inputs, outputs)
    assert found.widths == (2, 3, 4, 1)
    assert (found.skips, found.direct, found.depth) == (2, 1, 3)
    assert found.walks == (1, 1, 24)
    assert found.density == 1
    assert found.cycles == ()
    assert found.live.tolist() == [2, 3, 4, 5, 6, 7, 8]


def test_dead_ends_and_unfed_neurons_do_not_count():
    W, inputs, outputs = from_layers([np.ones((3, 2)), np.ones((1, 3))])
    W[2, :2], W[5, 3] = 0, 0
    found = read(W, inputs, outputs)
    assert found.live.tolist() == [4]
    assert len(found.edges) == 3
    assert read(W, inputs, outputs, iterations=1).widths == ()


def test_locality_by_hand():
    W, inputs, outputs = from_layers([np.eye(4), np.ones((1, 4))])
    W[4, 3] = 1
    places = [0.0, 1, 2, 3, 0, 1, 2, 3, np.nan]
    found = read(W, inputs, outputs, positions=places)
    assert (found.local, found.reach) == (0.8, 3.0)
    assert found.chance == 14 / 16


def example(kind):
    """A weight matrix of this kind, with inputs, outputs and positions."""
    W, inputs, outputs = from_layers([np.ones((6, 6)), np.ones((6, 6))])
    h, places = slice(6, 12), ()
    if kind == "empty":
        W[...] = 0
    if kind == "direct":
        W[12:, :6], W[h] = np.ones((6, 6)), 0
    if kind == "recurrent":
        W[6, 7] = W[7, 6] = 1
    if kind == "residual":
        W[12:, :6] = np.eye(6)
    if kind == "local":
        W[h, :6] = np.eye(6)
        places = [*range(0, 12, 2), *range(0, 12, 2), *[np.nan] * 6]
    if kind == "sparse":
        W *= np.add.outer(np.arange(18), np.arange(18)) % 3 == 0
    if kind == "skip":
        W[12:, :6] = np.ones((6, 6))
    if kind == "densenet":
        W, inputs, outputs = from_layers([np.ones((3, 6)), np.ones((3, 3)), np.ones((6, 3))])
        W[6:, :6] = W[9:, 6:9] = 1
    if kind == "bottleneck":
        W, inputs, outputs = from_layers([np.ones((3, 6)), np.ones((6, 3)), np.ones((3, 6))])
    return W, inputs, outputs, None, places


@pytest.mark.parametrize("kind", KINDS)
def test_every_verdict_has_an_example(kind):
    found = read(*example(kind))
    verdict = judge(found)
    assert verdict.kind == kind
    assert verdict.words.startswith(kind)


def test_a_stream_with_all_other_pairs_too_is_no_residual():
    W, inputs, outputs, *_ = example("residual")
    W[12:, :6] = 1
    assert judge(read(W, inputs, outputs)).kind == "skip"


def test_self_connections_are_cycles():
    W, inputs, outputs, *_ = example("layered")
    W[8, 8] = 1
    found = read(W, inputs, outputs)
    assert found.cycles == ((8,),)
    assert "1 neurons in cycles" in judge(found).words


def test_who_is_in_a_cycle_with_an_input_shares_its_layer():
    W = np.zeros((3, 3))
    W[1, 0] = W[0, 1] = 1
    assert read(W, [0], [1], iterations=9).widths == (2,)
    W[2, 1] = 1
    found = read(W, [0], [2], iterations=9)
    assert (found.layer.tolist(), found.live.tolist()) == ([0, 0, 1], [1])


@pytest.mark.parametrize(
    ("W", "inputs", "outputs", "more", "words"),
    [
        (np.zeros((2, 3)), [0], [1], {}, "must be square"),
        (np.full((2, 2), np.nan), [0], [1], {}, "must be finite"),
        (np.zeros((2, 2)), [0], [2], {}, "outputs must name neurons in 0..1"),
        (np.zeros((2, 2)), [], [1], {}, "inputs must name"),
        (np.zeros((2, 2)), [0], [1], {"iterations": 0}, "iterations"),
        (np.zeros((2, 2)), [0], [1], {"positions": [1.0] * 3}, "one for each of the 2"),
    ],
)
def test_bad_input_is_refused(W, inputs, outputs, more, words):
    with pytest.raises(ValueError, match=words):
        read(W, inputs, outputs, **more)


def test_pictures_draw(tmp_path):
    W, inputs, outputs, _, places = example("local")
    found = read(W, inputs, outputs, None, places)
    assert len(pictures.by_layer(found)) == 18
    with picture(tmp_path / "a.png", columns=3) as axes:
        pictures.matrix(axes[0, 0], W, found)
        pictures.graph(axes[0, 1], W, found)
        pictures.receptive_fields(axes[0, 2], W, found, 6, places)
        assert axes[0, 1].collections[0].get_offsets().shape == (18, 2)
        assert len(axes[0, 1].lines) == len(found.edges)
    assert (tmp_path / "a.png").stat().st_size > 1000


def test_networks_of_the_contract_are_read_through_their_wires():
    mlp = MLP.create([3, 4, 5, 2], rng=0)
    W, place = whole(mlp)
    by_layers, inputs, outputs = from_layers([mlp.params[f"W{l}"] for l in (1, 2, 3)])
    assert np.array_equal(W, by_layers)
    assert list(place) == ["h0", "h1", "h2", "h3"]
    assert read_net(mlp).widths == read(by_layers, inputs, outputs).widths == (3, 4, 5, 2)
    assert read_net(isotropic.Network.create([3, 4, 2], rng=0)).widths == (3, 4, 2)


def test_a_pool_is_read_with_its_iterations_and_positions():
    pool = urn.Network.create(2, 1, size=6, iterations=2, positions=[0, 1, 0, 1, 9, np.nan], rng=0)
    pool.params["Whh"][...] = 0
    assert np.array_equal(whole(pool)[0], pool.W)
    found = read_net(pool)
    assert found.walks == (2, 6)
    assert found.reach == 9
    assert np.isnan(read(pool.W, [0, 1], [5]).reach)


def test_wires_between_the_same_spaces_add_up_and_closed_neurons_send_nothing():
    class Two(Spaces):
        sizes, theta = {"x": 1, "h": 2, "y": 1}, np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
        axes = {"A": ("+h", "-x"), "B": ("+h", "-x"), "C": ("+y", "-h")}  # noqa: RUF012
        gated = {"h": np.array([0.5, 0.0])}  # noqa: RUF012

    W, place = whole(Two())
    assert W[place["h"], place["x"]].tolist() == [[4], [6]]
    assert W[place["y"], place["h"]].tolist() == [[5, 0]]
    assert read_net(Two()).widths == (1, 1, 1)
