"""Small nets whose whole reading is worked out by hand: Structure, blocks, fields, noise, windows, streams."""

import itertools
from collections import Counter

import numpy as np
import pytest

from minigrow.structure import architectures, judge, read, streams
from minigrow.structure.architectures import ARCHITECTURES, he, joined
from minigrow.structure.examples import EACH, confusion, markdown
from minigrow.structure.graph import graph_of, walks
from minigrow.structure.nets import edges_of, from_layers
from minigrow.structure.noise import is_noise, relative
from minigrow.structure.places import Field, fields, lengths, locality, placed
from minigrow.structure.verdict import _window, blocks
from minigrow.structure.windows import boxes, found_order, read_windows


def net(*edges, S=9):
    """A matrix with the weights of the edges (from, to, weight)."""
    W = np.zeros((S, S))
    for source, to, weight in edges:
        W[to, source] = weight
    return W


# 0, 1 feed 2; 1 feeds 3, which feeds itself; 2, 3 feed 4; 4 feeds 6; 0 skips to 6, and 2 to 7; 5 feeds nobody, and nobody feeds 8
TANGLED = net(
    (0, 2, 1.0), (1, 2, -2.0), (1, 3, 3.0), (3, 3, 4.0), (2, 4, 5.0), (3, 4, 6.0), (0, 6, 7.0), (4, 6, 8.0), (2, 7, 9.0),
    (0, 5, 9.0), (8, 4, 9.0),
)  # fmt: skip
PLACES = [0.0, 1, 0, 5, 3, 0, np.nan, np.nan, 0]


def told(found):
    return {name: np.asarray(value).tolist() for name, value in found._asdict().items() if name != "places"}


def test_every_field_of_a_tangled_net():
    found = read(TANGLED, [0, 1], [6, 7], positions=PLACES)
    assert told(found) == {
        "live": [2, 3, 4],
        "edges": [[0, 2], [1, 2], [1, 3], [3, 3], [2, 4], [3, 4], [0, 6], [4, 6], [2, 7]],
        "cycles": [[3]],
        "layer": [0, 0, 1, 1, 2, -1, 3, 3, -1],
        "widths": [2, 2, 1, 2],
        "skips": 2,  # 0 to 6, 2 to 7
        "direct": 1,
        "density": 6 / (2 * 2 + 2 * 1 + 1 * 2),
        "walks": [1, 2, 3],  # 0-6; 0-2-7, 1-2-7; 0-2-4-6, 1-2-4-6, 1-3-4-6
        "local": 2 / 3,  # lengths 0, 1, 4; the place of 6 is not known
        "chance": 3 / 6,  # 0, 1, 2 of 0, 5, 3 from the first input and 1, 4, 2 from the second
        "reach": 4.0,
        "weights": [1, -2, 3, 4, 5, 6, 7, 8, 9],
        "iterations": None,
    }
    assert found.places.tolist()[:6] == [[0], [1], [0], [5], [3], [0]]
    assert found.depth == 3
    assert judge(found).words == (
        "recurrent: 3 layers of weights, hidden 2-1, skips 22 %, density 75 %, 67 % local (chance 50 %), "
        "walks without end, 1 neurons in cycles"
    )


def test_a_tangled_net_that_runs_for_four_steps_and_for_two():
    found = read(TANGLED, [0, 1], [6, 7], iterations=4)
    assert (found.walks, found.depth, found.iterations) == ((1, 2, 3, 1), 4, 4)  # once around the loop of 3
    assert found.layer.tolist() == [0, 0, 1, 1, 2, -1, 3, 3, -1]
    short = read(TANGLED, [0, 1], [6, 7], iterations=2)
    assert short.edges.tolist() == [[0, 2], [1, 2], [0, 6], [2, 7]]
    assert short.layer.tolist() == [0, 0, 1, -1, -1, -1, 2, 2, -1]
    assert (short.widths, short.walks, short.skips, short.density) == ((2, 1, 2), (1, 2), 1, 3 / 4)
    assert judge(short).words == "sparse: 2 layers of weights, hidden 1, skips 25 %, density 75 %"


def test_how_full_each_block_is():
    W = TANGLED.copy()
    W[3, 3] = 0
    full, skipped = blocks(read(W, [0, 1], [6, 7]))
    assert full == {(0, 1): 3 / 4, (0, 3): 1 / 4, (1, 2): 1.0, (1, 3): 1 / 4, (2, 3): 1 / 2}
    assert skipped == 2 / (2 * 2 + 2 * 2)


def test_an_input_that_a_neuron_feeds_is_in_layer_0_all_the_same():
    """0 feeds 2, 2 feeds the input 1, 1 feeds the output: the longest path has three edges, and nothing stands in layer 2."""
    found = read(net((0, 2, 1), (2, 1, 1), (1, 3, 1), S=4), [0, 1], [3])
    assert (found.layer.tolist(), found.widths) == ([0, 0, 1, 3], (2, 1, 0, 1))
    assert repr(fields(found)) == repr(tuple(Field(a, np.nan, np.nan, np.nan, (), 0, False) for a in range(3)))


def test_a_layer_of_which_only_some_have_places_is_not_judged():
    W, inputs, outputs = from_layers([band(8, 3, 10) * 1.0, np.ones((1, 8))])
    first, last = fields(read(W, inputs, outputs, positions=[*range(9), np.nan]))
    assert repr(first) == repr(Field(0, np.nan, np.nan, np.nan, (), 0, False))
    assert (last.m, last.window) == (
        1,
        (8.0,),
    )  # each neuron stands in the middle of those that it reads and that have a place


def test_the_field_of_a_layer_with_places_is_the_length_that_four_of_five_keep():
    """Edges of lengths 0, 1, 2, 3, 9 from inputs at 0, 100, .., 400: 4 of the 25 pairs are at most 3 apart."""
    W = net(*((i, 5 + i, 1.0) for i in range(5)), *((5 + i, 10, 1.0) for i in range(5)), S=11)
    at = [0.0, 100, 200, 300, 400]
    there = [at[0], at[1] + 1, at[2] - 2, at[3] + 3, at[4] + 9]
    found = read(W, range(5), [10], positions=[*at, *there, np.nan])
    first, last = fields(found)
    assert first == Field(0, 0.8, 4 / 25, 3.0, (), 5, False)
    assert not first.is_local  # 5 edges are too few to tell
    # the output has no place, so layer 1 is read by windows: one neuron that reads all five
    assert last._replace(chance=0.0, near=0.0) == Field(1, 0.0, 0.0, 0.0, (5.0,), 1, False)
    assert np.isnan(last.near)


def band(m, width, n):
    return np.array([[j - i in range(width) for j in range(n)] for i in range(m)])


def test_windows_of_two_count_and_a_layer_that_is_read_as_a_whole_shares_nothing():
    V = np.vstack([band(29, 2, 30), np.eye(30)[:1]])  # the last neuron reads one source, and says nothing
    places = np.arange(30.0)
    first, head = fields(read(*from_layers([V * 1.0, np.ones((3, 30))]), positions=places))
    assert first.is_local
    assert first._replace(near=0.0) == Field(0, 1.0, read_windows(V > 0, places[:, None])[1], 0.0, (2.0,), 29, True)
    assert head._replace(near=0.0) == Field(1, 0.0, 0.0, 0.0, (30.0,), 3, False)  # equal weights, but not local
    assert np.isnan([first.near, head.near]).all()


def test_chance_is_counted_where_places_are_known_or_most_windows_are_short():
    B = np.vstack([band(3, 2, 8), np.ones((5, 8), bool)])  # three of eight are short
    share, chance, window = read_windows(B, np.arange(8.0)[:, None])
    assert (share, window) == (3 / 8, (8.0,))
    assert 0 <= chance < 3 / 8
    share, chance, _ = read_windows(B)
    assert share < 1 / 2
    assert np.isnan(chance)


def test_boxes_in_a_row_with_gaps_and_shared_places():
    """Sides count distinct places, and what is inside counts sources."""
    x = np.array([[0.0], [0.0], [5.0], [7.0], [7.0], [9.0]])
    B = np.array([[1, 1, 1, 0, 0, 0], [1, 0, 1, 0, 0, 0], [1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 1]], bool)
    good, sides = boxes(B, x)
    assert good.tolist() == [True, True, False, True]  # 3 of 3, 2 of 3, 2 of 5, 2 of 3
    assert sides.tolist() == [[2], [2], [3], [2]]


def test_wires_within_a_layer_are_no_stream():
    W, inputs, outputs = from_layers([np.full((2, 2), 0.3), np.full((2, 2), 0.3)])
    W[2, 2] = W[3, 3] = 1
    assert streams.streams(read(W, inputs, outputs)) == []


def test_whole_numbers_without_a_sign_are_places():
    places = np.array([3, 1, 0, 2], np.uint8)
    assert placed(places, 4, [0, 1]).dtype == np.float64
    found = locality(np.array([[0, 2], [1, 3]]), [0, 1], placed(places, 4, [0, 1]), [2, 3])
    assert found == {"local": 0.5, "chance": 3 / 4, "reach": 3.0}


def test_a_weight_of_just_a_hundredth_is_no_noise():
    W = np.ones((4, 4))
    W[0, 1:3] = 0.01
    assert not is_noise(edges_of(W)).any()


def test_each_weight_is_measured_against_the_largest_that_its_ends_hear_or_send():
    W = [[0, 4, 0, 0], [-2, 0, 1, 0], [0, 0.5, 0, 0], [0, 0, 8, 0]]
    # edges in the order (to, from): 0-1, 1-0, 1-2, 2-1, 3-2; 1 sends 4 at most, 2 sends 8
    np.testing.assert_allclose(relative(edges_of(W)), [1, 1, 1 / 8, 0.5 / 4, 1])


@pytest.mark.parametrize("turned", [False, True])
def test_a_small_weight_is_like_the_noise_of_its_receiver_or_of_its_sender(turned):
    """Neuron 4 hears noise of 1, 2, 3 from neurons that send 1000: their mean is 2. What it hears from a neuron that sends
    nothing else is noise up to 12.
    """
    for size, right in ((12.0, True), (12.1, False)):
        W = np.zeros((8, 8))
        W[0, 1:4] = 1000
        W[4, 1:6] = [1, 2, 3, 0, size]
        W = W.T if turned else W
        graph = edges_of(W)
        wanted = np.abs(graph.weight) < 4
        wanted |= right & (graph.weight == size)
        assert is_noise(graph).tolist() == wanted.tolist()


def test_he_weights_are_normal_numbers_times_the_root_of_two_over_the_fan_in():
    rng, again = np.random.default_rng(3), np.random.default_rng(3)
    np.testing.assert_array_equal(he(rng, 2, 5), again.standard_normal((2, 5)) * np.sqrt(2 / 5))


def test_blocks_stand_where_they_lead():
    made = joined([2, 1, 3], {(0, 1): [[1, 2]], (0, 2): [[3, 4], [5, 6], [7, 8]]}, iterations=4)
    assert made.W.tolist() == [
        [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 2, 0, 0, 0, 0], [3, 4, 0, 0, 0, 0], [5, 6, 0, 0, 0, 0], [7, 8, 0, 0, 0, 0],
    ]  # fmt: skip
    assert (made.inputs, made.outputs, made.iterations, made.positions) == (2, 3, 4, ())


def test_a_convolution_is_what_sliding_a_kernel_gives():
    for seed, shape in itertools.product(range(8), ((7,), (5, 6))):
        widths, made = architectures.convolution(np.random.default_rng(seed), shape, 3, 2)
        size, channels = shape, 1
        for l in range(2):
            padded = widths[1] % int(np.prod(shape)) == 0
            after = size if padded else tuple(s - 2 for s in size)
            V = made[l, l + 1].reshape(-1, *after, channels, *size)
            assert widths[l + 1] == len(V) * int(np.prod(after))
            kernel = {}
            for out, source in itertools.product(np.ndindex(*after), np.ndindex(*size)):
                tap = tuple(np.subtract(source, out) + (1 if padded else 0))
                weights = V[(slice(None), *out, slice(None), *source)]
                if all(0 <= t < 3 for t in tap):
                    assert np.array_equal(kernel.setdefault(tap, weights), weights)
                else:
                    assert not weights.any()
            assert len(kernel) == 3 ** len(shape)
            size, channels = after, len(V)
        assert made[2, 3].shape == (widths[3], widths[2])


def test_the_table_on_the_page_is_of_660_nets():
    assert EACH * len(ARCHITECTURES) == 660


def test_lines_and_grids_have_the_sizes_that_they_state(monkeypatch):
    seen = {"convolution, 1-D": [], "convolution, 2-D": []}
    for name, how in seen.items():
        monkeypatch.setattr(architectures, "convolution", lambda rng, *more, how=how: how.append(more) or ([1, 1], {}))
        for seed in range(300):
            ARCHITECTURES[name][0](np.random.default_rng(seed))
    assert {width for _, width, _ in seen["convolution, 1-D"]} == set(range(3, 10))
    assert {layers for _, _, layers in seen["convolution, 1-D"]} == {1, 2, 3}
    assert all(n >= 3 * width for (n,), width, _ in seen["convolution, 1-D"])
    assert {layers for _, _, layers in seen["convolution, 2-D"]} == {1, 2}


def test_layered_nets_have_the_widths_that_they_state(monkeypatch):
    monkeypatch.setattr(architectures, "dense", lambda rng, widths, pairs: (widths, pairs))
    drawn = {
        name: [ARCHITECTURES[name][0](np.random.default_rng(seed)) for seed in range(300)]
        for name in ("MLP", "bottleneck", "DenseNet", "skip", "perceptron")
    }
    assert {w for widths, _ in drawn["MLP"] for w in widths[1:-1]} == set(range(8, 15))
    assert {len(pairs) for _, pairs in drawn["MLP"]} == {2, 3, 4, 5, 6}
    assert {widths[len(widths) // 2] for widths, _ in drawn["bottleneck"]} == {2, 3, 4, 5}
    assert {len(widths) for widths, _ in drawn["bottleneck"]} == {3, 5}
    assert {len(widths) - 2 for widths, _ in drawn["DenseNet"]} == {2, 3, 4, 5, 6}
    assert all(len(pairs) == len(widths) * (len(widths) - 1) / 2 for widths, pairs in drawn["DenseNet"])
    assert {len(widths) - 1 for widths, _ in drawn["skip"]} == {3, 4, 5}
    assert all(max(widths) - min(widths) <= 1 for widths, _ in drawn["skip"])
    assert all(pairs[:L] == architectures.chain(L) for widths, pairs in drawn["skip"] for L in [len(widths) - 1])
    assert {len(pairs) - len(widths) + 1 for widths, pairs in drawn["skip"]} == {1, 2}
    assert all(b - a > 1 for widths, pairs in drawn["skip"] for a, b in pairs[len(widths) - 1 :])
    assert {tuple(pairs) for _, pairs in drawn["perceptron"]} == {((0, 1),)}


def test_random_nets_have_the_sizes_that_they_state():
    nets = [ARCHITECTURES["random acyclic"][0](np.random.default_rng(seed)) for seed in range(300)]
    assert {len(net.W) for net in nets} == set(range(30, 55))
    assert {net.inputs for net in nets} == set(range(6, 11))
    assert {net.outputs for net in nets} == set(range(2, 6))
    assert not any(np.triu(net.W).any() for net in nets)


def test_a_table_of_seeds_that_are_asked_for_once():
    assert confusion(iter(range(2)), ["perceptron", "MLP"]) == confusion([0, 1], ["perceptron", "MLP"])
    table = {"MLP": Counter(sparse=2), "perceptron": Counter(direct=1, layered=1)}
    assert markdown(table).splitlines() == [
        "| drawn | layered | direct | sparse |",
        "|---|---|---|---|",
        "| MLP | **0** |  | 2 |",
        "| perceptron | 1 | **1** |  |",
    ]


@pytest.mark.parametrize(("chance", "right"), [(0.599, True), (0.5991, False)])
def test_clearly_less_than_chance_is_once_in_a_hundred(chance, right):
    """sqrt(ln 100 / 114) = 0.20099, with ln 99 0.20077, with ln 101 0.20120."""
    assert Field(0, 0.8, chance, np.nan, (), 57).is_local is right


def test_chance_is_the_mean_of_four_draws():
    share, chance, _ = read_windows(band(5, 2, 8), np.arange(8.0)[:, None])
    rng = np.random.default_rng(0)
    drawn = [[sorted(np.argsort(row)[:2]) for row in rng.random((5, 8))] for _ in range(4)]
    # two of eight are a window if at most one stands between them
    assert chance == np.mean([[b - a <= 2 for a, b in rows] for rows in drawn])
    assert share == 1


def test_a_sparse_matrix_of_three_axes_is_refused():
    class Cube:
        shape = (2, 2, 2)

        def tocoo(self):
            return self

    with pytest.raises(ValueError, match="must be square"):
        edges_of(Cube())


def test_walks_are_whole_numbers_up_to_two_to_the_53():
    counts = walks(graph_of(np.ones((2, 2))), [0], [1], 55)
    assert counts[52:] == [2**52, 2**53, 2**54]
    assert [type(count) for count in counts[52:]] == [int, int, float]


@pytest.mark.parametrize(("middle", "noise"), [(8, 4), (9, 4), (10, 0)])
def test_a_weight_of_just_a_tenth_is_not_among_the_small_ones(middle, noise):
    """Four weights are noise where fewer than 40 / 3, they themselves among them, are below .1; the last two are not below it."""
    W = np.zeros((18, 18))
    row = [1.0, *[0.005] * 4, *[0.05] * middle, 0.1, 0.1]
    W[0, : len(row)] = row
    assert is_noise(edges_of(W)).sum() == noise


def test_layers_joined_by_just_half_of_their_pairs_are_layered():
    half = np.add.outer(np.arange(4), np.arange(4)) % 2 * 1.0
    W, inputs, outputs = from_layers([half, half])
    assert judge(read(W, inputs, outputs)).words == "layered: 2 layers of weights, hidden 4, no skips, density 50 %"
    W[4, 1] = 0
    assert judge(read(W, inputs, outputs)).kind == "sparse"


def test_words_for_windows_and_streams():
    assert _window(Field(2, 1.0, 0.1, np.nan, (3.0, 2.0), 50)) == "layer 2 is read in windows of 3 x 2"
    assert _window(Field(2, 1.0, 0.1, 1.2345, (), 50)) == "layer 2 is read from at most 1.23 away"
    blocks_ = {(a, a + 1): np.ones((4, 4)) for a in range(4)} | {(a, a + 2): np.eye(4) for a in (0, 2)}
    made = joined([4] * 5, blocks_)
    assert judge(read(made.W, range(4), range(16, 20))).words == (
        "residual: 4 layers of weights, hidden 4-4-4, skips 11 %, density 100 %, streams past layers 1 to 1, layers 3 to 3"
    )


def test_an_order_is_found_for_each_part_of_what_is_read():
    B = np.kron(np.eye(2, dtype=bool), band(8, 3, 10)) > 0
    mixed = np.random.default_rng(0).permutation(20)
    x = found_order(B[:, mixed])
    good, sides = boxes(B[:, mixed], x)
    assert good.all()
    assert sides.max() <= 3
    first, second = (set(x[np.isin(mixed, part), 0].tolist()) for part in (range(10), range(10, 20)))
    assert not first & second


def test_places_in_the_plane_are_as_far_apart_as_a_ruler_says():
    assert lengths(np.array([[0.0, 0], [1, 1]]), np.array([[3.0, 4], [1, np.nan]])).tolist() == [5]
    for wrong in (np.zeros((2, 1, 1)), np.zeros(3), np.array([1j, 2])):
        with pytest.raises(ValueError, match="positions must be"):
            placed(wrong, 4, [0, 1])
    assert np.isnan(placed([], 4, [0, 1])).tolist() == [[True]] * 4


def test_half_of_the_edges_with_places_are_enough():
    """0 and 1 feed 2 and 3; only 0 and 2 have places, so one edge of four has; with that of 1 it is two."""
    W, inputs, outputs = from_layers([np.ones((2, 2)), np.ones((1, 2))])
    few = fields(read(W, inputs, outputs, positions=[0.0, np.nan, 3, np.nan, np.nan]))
    enough = fields(read(W, inputs, outputs, positions=[0.0, 1, 3, np.nan, np.nan]))
    assert np.isnan(few[0].near)
    assert enough[0] == Field(0, 1.0, 1.0, 3.0, (), 2, False)


def test_what_is_no_real_matrix_is_refused_and_what_cancels_is_no_edge():
    with pytest.raises(ValueError, match="W must hold real weights, got complex128"):
        edges_of(np.eye(2) * 1j)
    with pytest.raises(ValueError, match="inputs must name neurons"):
        read(np.eye(2), [-1], [1])

    class Sparse:
        shape, row, col = (3, 3), np.array([2, 1, 2, 1]), np.array([0, 0, 0, 2])
        data = np.array([1.5, 2, -1.5, 3])

        def tocoo(self):
            return self

    graph = edges_of(Sparse())
    assert (graph.source.tolist(), graph.to.tolist(), graph.weight.tolist()) == ([0, 2], [1, 1], [2, 3])


def test_an_input_that_feeds_nobody_has_no_layer():
    found = read(net((0, 2, 1), (2, 3, 1), S=4), [0, 1], [3])
    assert (found.layer.tolist(), found.widths, found.live.tolist()) == ([0, -1, 1, 2], (1, 1, 1), [2])
