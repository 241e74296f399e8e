"""The numbers that the rules state (a quarter, 80 %, two thirds, six times, ..), each just kept and just broken; sums by hand."""

import numpy as np
import pytest

from minigrow.structure import architectures, judge, read, streams
from minigrow.structure.architectures import ARCHITECTURES, chain, dense, joined
from minigrow.structure.nets import edges_of
from minigrow.structure.noise import is_noise
from minigrow.structure.places import Field, fields
from minigrow.structure.verdict import is_local
from minigrow.structure.windows import boxes, found_order, is_shared, read_windows

RNG = np.random.default_rng(0)


def of(net, **more):
    S = len(net.W)
    return read(net.W, range(net.inputs), range(S - net.outputs, S), **more)


def band(m, width, n):
    """Target i reads the sources i .. i + width - 1 of n."""
    return np.array([[j - i in range(width) for j in range(n)] for i in range(m)])


@pytest.mark.parametrize(("members", "right"), [(2, False), (3, True)])
def test_recurrent_is_more_than_a_quarter_of_the_hidden_neurons(members, right):
    net = dense(RNG, [4, 8, 3], chain(2))
    for k in range(members):
        net.W[4 + (k + 1) % members, 4 + k] = 1
    assert (judge(of(net)).kind == "recurrent") == right


def test_what_a_verdict_says():
    net = dense(RNG, [6, 6, 6], chain(2))
    net.W[12, :6], net.W[13, :2] = 0.3, 0.3  # 8 of 80 edges
    assert judge(of(net)).words == "layered: 2 layers of weights, hidden 6, skips 10 %, density 100 %"
    assert judge(of(dense(RNG, [2, 1], chain(1)))).words == (
        "direct: 1 layer of weights, hidden none, no skips, density 100 %"
    )
    ring = dense(RNG, [1, 3, 1], chain(2))
    ring.W[2, 1] = ring.W[1, 2] = 1
    assert judge(of(ring)).words.endswith("walks without end, 2 neurons in cycles")
    assert judge(of(ring, iterations=5)).words.endswith("signals cross 5 edges, 2 neurons in cycles")
    stream = joined([4, 5, 4], {(0, 1): np.ones((5, 4)), (1, 2): np.ones((4, 5)), (0, 2): np.eye(4)})
    assert judge(of(stream)).words.endswith("streams past layers 1 to 1")


def test_density_is_the_share_of_the_pairs_of_neighbouring_layers():
    net = dense(RNG, [3, 4, 2], chain(2))
    net.W[3, 0] = net.W[4, 1] = 0
    assert of(net).density == (3 * 4 + 4 * 2 - 2) / (3 * 4 + 4 * 2)


@pytest.mark.parametrize(
    ("local", "chance", "m", "right"),
    [
        (0.80, 0.60, 10**6, True),
        (0.79, 0.10, 10**6, False),
        (1.00, 0.61, 10**6, False),
        (0.80, 0.50, 26, True),  # sqrt(ln 100 / 52) = 0.298 < 0.3
        (0.80, 0.50, 25, False),  # sqrt(ln 100 / 50) = 0.303 > 0.3
        (np.nan, np.nan, 0, False),
    ],
)
def test_local_is_80_percent_where_chance_gives_at_most_60_and_clearly_less(local, chance, m, right):
    assert Field(0, local, chance, np.nan, (), m).is_local is right


def test_a_layer_with_positions_is_read_from_the_length_that_80_percent_keep():
    net = joined([20, 20, 1], {(0, 1): np.eye(20), (1, 2): np.ones((1, 20))})
    places = [*np.arange(20.0), *np.r_[np.arange(16) + 1.0, np.arange(16, 20) + 3.0], np.nan]
    found = of(net, positions=places)  # 16 edges of length 1, 4 of length 3
    first = fields(found)[0]
    near = sum(abs(a - b) <= 1 for a in places[:20] for b in places[20:40])
    assert (first.local, first.near, first.m) == (0.8, 1.0, 20)
    assert first.chance == near / 400
    assert "layer 0 is read from at most 1 away; layer 1 is read as a whole" in judge(found).words
    assert "80 % local (chance " in judge(found).words


def test_a_neuron_stands_in_the_middle_of_what_it_reads():
    first, second = band(18, 7, 24), band(14, 5, 18)
    net = joined([24, 18, 14, 1], {(0, 1): first * 1.0, (1, 2): second * 1.0, (2, 3): np.ones((1, 14))})
    order = RNG.permutation(18)  # hidden neurons have no order but that of their places
    hidden = np.r_[0:24, 24 + order, 42:57]
    W = net.W[np.ix_(hidden, hidden)]
    for_inputs = fields(read(W, range(24), [56], positions=np.arange(24.0)))
    assert [(f.window, f.is_local) for f in for_inputs[:2]] == [((7.0,), True), ((5.0,), True)]
    mixed = W.copy()
    mixed[42:56, 24:42] = W[42:56, 24:42][:, RNG.permutation(18)]
    assert not fields(read(mixed, range(24), [56], positions=np.arange(24.0)))[1].is_local


@pytest.mark.parametrize(
    ("reads", "n", "right"),
    [
        ([0, 1], 4, True),  # the box holds 2 of 4: half
        ([0, 1, 2], 5, False),  # 3 of 5
        ([0, 2], 6, True),  # 2 of the 3 in the box: two thirds
        ([0, 3], 8, False),  # 2 of 4
        ([4, 5], 8, True),
    ],
)
def test_a_window_is_short_up_to_half_and_filled_from_two_thirds(reads, n, right):
    B = np.isin(np.arange(n), reads)[None]
    good, sides = boxes(B, np.arange(float(n))[:, None])
    assert (good.tolist(), sides.tolist()) == ([right], [[reads[-1] - reads[0] + 1]])


def test_a_window_in_the_plane_has_two_sides():
    places = np.array([(i, j) for i in range(4) for j in range(5)], float)
    reads = (places[:, 0] >= 2) & (places[:, 1] < 3)
    good, sides = boxes(reads[None], places)
    assert (good.tolist(), sides.tolist()) == ([True], [[2, 3]])


@pytest.mark.parametrize("width", [2, 3, 4])
def test_the_order_that_makes_sources_neighbours_is_found_again(width):
    B = band(13 - width, width, 12)
    mixed = RNG.permutation(12)
    good, sides = boxes(B[:, mixed], found_order(B[:, mixed]))
    assert good.all()
    # the ends of the row may have equal readers, and then share a place
    assert sides.max() <= width
    assert read_windows(B[:, mixed])[0] == 1


def test_targets_that_read_one_source_say_nothing():
    B = np.vstack([band(10, 3, 12), np.eye(12, dtype=bool)])
    x = np.arange(12.0)[:, None]
    assert read_windows(B, x) == read_windows(B[:10], x)
    assert np.isnan(read_windows(np.eye(12, dtype=bool), x)[0])


@pytest.mark.parametrize(
    ("weights", "right"),
    [
        ([[1, 2], [2, 1]], True),  # in another order
        ([[1, 2], [1, 2.05]], True),  # 0.05 <= 3 % of 2
        ([[1, 2], [1, 2.07]], False),
        ([[1, 2], [1.1, 2], [1.05, 2.061]], True),  # the last one has the largest weight, and 0.061 <= 3 % of it
        ([[1, 2], [1, 2], [9]], True),  # only the usual number of weights counts
        ([[1, 2], [9], [9]], True),
        ([[1, 2], [1, 2], [3, 4], [5, 6]], False),  # half of them are not most
        ([[1, 2]], False),
    ],
)
def test_weights_are_shared_if_most_targets_have_a_twin(weights, right):
    assert is_shared([np.array(w, float) for w in weights]) is right


@pytest.mark.parametrize(("few", "noise"), [(3, 0), (4, 4)])
def test_noise_is_more_than_three_tenths_of_the_small_weights(few, noise):
    W = np.zeros((11, 11))
    W[0] = [1.0, *[0.005] * few, *[0.05] * (10 - few)]
    found = is_noise(edges_of(W))
    assert found.sum() == noise
    assert not found[1 + few :].any()


@pytest.mark.parametrize(("between", "right"), [(5.9e-4, True), (6.1e-4, False)])
def test_between_dead_neurons_noise_is_up_to_six_times_its_mean(between, right):
    W = np.full((6, 6), 1e-4)
    W[:4, :4] = 1
    W[4:, 4:] = [[0, 0], [between, 0]]
    graph = edges_of(W)
    last = (graph.to == 5) & (graph.source == 4)
    assert is_noise(graph)[last] == right
    assert is_noise(graph)[~last].tolist() == (graph.weight[~last] < 1).tolist()


def test_the_path_norm_of_a_long_branch_is_a_product_of_sizes():
    A, B, C, D = (RNG.standard_normal(shape) for shape in ((5, 4), (6, 5), (4, 6), (6, 4)))
    wire = np.diag([0.95, 1.0, 1.05, 1.02])
    net = joined([4, 5, 6, 4], {(0, 1): A, (1, 2): B, (2, 3): C, (0, 2): D, (0, 3): wire})
    norm = abs(C) @ (abs(B) @ abs(A) + abs(D)) @ np.ones(4)
    (found,) = streams.streams(of(net))
    assert found[:3] == (0, 3, 4)
    assert found.branch == pytest.approx(np.mean(norm / np.diag(wire)))


def test_one_wire_is_no_stream():
    net = joined([1, 2, 1], {(0, 1): np.ones((2, 1)), (1, 2): np.ones((1, 2)), (0, 2): np.ones((1, 1))})
    assert judge(of(net)).kind != "residual"


def test_an_output_that_nothing_reaches_has_no_layer():
    net = dense(RNG, [3, 4, 2], chain(2))
    net.W[8] = 0
    assert of(net).layer.tolist() == [0] * 3 + [1] * 4 + [2, -1]
    assert of(net).widths == (3, 4, 1)


@pytest.mark.parametrize(("more", "right"), [(0, True), (1, False)])
def test_a_net_is_local_if_half_of_its_layers_are(more, right):
    """The inputs are read as a whole, the layer behind them is not, and perhaps one more is read as a whole."""
    made = {(0, 1): np.ones((20, 20)), (1, 2): band(18, 3, 20) * 1.0, (2, 3): np.ones((6, 18))}
    widths = [20, 20, 18, 6][: 3 + more]
    found = of(joined(widths, {pair: block for pair, block in made.items() if pair[1] < len(widths)}))
    assert [field.is_local for field in fields(found)] == [False, True, *[False] * more]
    assert is_local(found) == right


def test_few_sources_have_an_order_only_where_it_is_known():
    few, enough = band(5, 3, 7), band(6, 3, 8)
    assert np.isnan(read_windows(few)[0])
    assert read_windows(few, np.arange(7.0)[:, None])[0] == 1
    assert read_windows(enough)[0] == 1


def test_a_pool_with_feedback_is_read_after_3_to_12_steps():
    draw = ARCHITECTURES["recurrent"][0]
    assert {draw(np.random.default_rng(seed)).iterations for seed in range(200)} == set(range(3, 13))


def test_a_random_acyclic_net_has_the_sizes_that_it_states():
    drawn = [ARCHITECTURES["random acyclic"][0](np.random.default_rng(seed)) for seed in range(300)]
    assert {len(net.W) for net in drawn} == set(range(30, 55))
    assert {net.inputs for net in drawn} == set(range(6, 11))
    assert {net.outputs for net in drawn} == set(range(2, 6))
    weights = np.concatenate([net.W[net.W != 0] for net in drawn])
    assert weights.std() == pytest.approx(1, rel=0.02)  # of some 60 000


def sizes(name, seeds=range(300)):
    return [ARCHITECTURES[name][0](np.random.default_rng(seed)) for seed in seeds]


def test_layered_nets_have_the_sizes_that_they_state():
    assert {net.inputs for net in sizes("MLP")} == set(range(2, 13))
    assert {net.outputs for net in sizes("MLP")} == set(range(1, 9))
    assert {net.inputs for net in sizes("skip")} == set(range(6, 13))
    assert all(of(net).skips for net in sizes("skip", range(50)))
    assert {min(of(net).widths) for net in sizes("bottleneck", range(50))} == {2, 3, 4, 5}
    assert {len(net.W) - net.inputs - net.outputs for net in sizes("recurrent")} == set(range(8, 30))
    assert architectures.he(RNG, 100, 50).std() == pytest.approx((2 / 50) ** 0.5, rel=0.05)


def test_windows_on_a_grid_fit_in_twice_and_those_with_padding_stand_around_their_place(monkeypatch):
    for seed in range(20):
        widths, made = architectures.convolution(np.random.default_rng(seed), (12,), 3, 1)
        if widths[1] % 12 == 0:  # padded
            assert made[0, 1].reshape(-1, 12, 12).diagonal(axis1=1, axis2=2).all()
    seen = []
    monkeypatch.setattr(architectures, "convolution", lambda rng, *how: seen.append(how) or ([1, 1], {}))
    assert len(sizes("convolution, 2-D")) == 300
    assert {shape[0] - 2 * width for shape, width, _ in seen} == {0, 1, 2}
    assert {width for _, width, _ in seen} == set(range(3, 10))


def test_streams_have_the_sizes_and_the_parts_that_they_state(monkeypatch):
    monkeypatch.setattr(architectures, "joined", lambda widths, made: (widths, made))
    ns, ms, blocks, lengths, stems, heads = set(), set(), set(), set(), 0, 0
    for widths, made in (architectures.stream(np.random.default_rng(seed), np.eye) for seed in range(300)):
        wires = sorted((a, b) for a, b in made if b > a + 1)
        assert all((l, l + 1) in made for l in range(len(widths) - 1))
        ahead = {b - a for a, b in wires} == {3}
        assert all(np.array_equal(made[a, a + 1], np.eye(widths[a])) == ahead for a, _ in wires)
        ns, ms = ns | {widths[a] for a, _ in wires}, ms | {widths[b - 1] for _, b in wires}
        blocks, lengths = blocks | {len(wires)}, lengths | {b - a for a, b in wires}
        stems, heads = stems + wires[0][0], heads + len(widths) - 1 - wires[-1][1]
    assert (ns, ms, blocks, lengths) == (set(range(4, 11)), set(range(4, 13)), set(range(1, 9)), {2, 3})
    assert 120 < stems < 180  # half of 300, and 3 standard deviations are 26
    assert 120 < heads < 180
    monkeypatch.setattr(architectures, "stream", lambda rng, wire: np.diag(wire(2000)))
    (drawn,) = sizes("ResNet", [0])
    assert (drawn.mean(), drawn.std()) == pytest.approx((1, 0.02), rel=0.1)
