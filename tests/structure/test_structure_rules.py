"""Each rule of the reader at its limit, just inside and just outside; and what must change no verdict, with a case in which it must."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minigrow.structure import judge, read, streams
from minigrow.structure.architectures import ARCHITECTURES, chain, dense, joined
from minigrow.structure.examples import example, verdict
from minigrow.structure.nets import edges_of
from minigrow.structure.noise import is_noise
from minigrow.structure.places import fields
from minigrow.structure.verdict import KINDS

RNG = np.random.default_rng(0)
FEW = settings(max_examples=20, deadline=None)
QUICK = [name for name in ARCHITECTURES if not name.startswith("convolution")]


def kind(net, **more):
    S = len(net.W)
    return judge(read(net.W, range(net.inputs), range(S - net.outputs, S), net.iterations, net.positions, **more)).kind


def block(wire=1.0, branch=1.0, stem=False):
    """One residual block of 4 neurons: path norm `branch` from the stream to each neuron behind it."""
    widths, a = [3, 4, 5, 4] if stem else [4, 5, 4], int(stem)
    made = {(a, a + 1): np.full((5, 4), 0.25), (a + 1, a + 2): np.full((4, 5), branch / 5)}
    made[a, a + 2] = wire * np.eye(4)[[2, 0, 3, 1]]
    if stem:
        made[0, 1] = np.ones((4, 3))
    return joined(widths, made)


@pytest.mark.parametrize("stem", [False, True])
def test_wires_must_be_within_a_tenth_of_one_and_the_branch_a_tenth_of_them(stem):
    for wire, right in ((0.91, True), (0.89, False), (1.09, True), (1.11, False), (-1.0, False)):
        assert (kind(block(wire, stem=stem)) == "residual") == right
    for branch, right in ((0.101, True), (0.099, False)):
        assert (kind(block(1.0, branch, stem)) == "residual") == right
    for wire in (0.95, 1.05):
        (found,) = streams.streams(read(block(wire, 0.3).W, range(4), range(9, 13)))
        assert found.branch == pytest.approx(0.3 / wire)


def test_every_neuron_of_a_stream_needs_one_wire_of_its_own():
    net = block()
    net.W[9, :4] = 0
    assert kind(net) != "residual"
    net = block()
    net.W[9, :4] = net.W[10, :4]
    assert kind(net) != "residual"


def test_other_wires_may_join_half_of_the_pairs():
    for others, right in ((6, True), (7, False)):
        net = block()
        free = np.argwhere(net.W[9:13, :4] == 0)[:others]
        net.W[9 + free[:, 0], free[:, 1]] = 0.3
        assert (kind(net) == "residual") == right


def test_streams_must_span_half_of_the_layers():
    for more, right in ((2, True), (3, False)):
        net = block()
        widths = [4, 5, 4, *[5] * more]
        made = _blocks(net) | {(2 + l, 3 + l): np.ones((widths[3 + l], widths[2 + l])) for l in range(more)}
        assert (kind(joined(widths, made)) == "residual") == right


def _blocks(net):
    return {(0, 1): net.W[4:9, :4], (1, 2): net.W[9:13, 4:9], (0, 2): net.W[9:13, :4]}


def test_a_hidden_layer_half_as_wide_as_its_neighbours_is_a_bottleneck():
    assert kind(dense(RNG, [8, 4, 8], chain(2))) == "bottleneck"
    assert kind(dense(RNG, [8, 5, 8], chain(2))) == "layered"
    assert kind(dense(RNG, [8, 4, 7], chain(2))) == "layered"


def test_a_densenet_needs_every_block_half_full_and_two_hidden_layers():
    pairs = [(a, b) for b in range(4) for a in range(b)]
    net = dense(RNG, [4] * 4, pairs)
    assert kind(net) == "densenet"
    assert kind(dense(RNG, [4] * 4, pairs[:-3] + pairs[-2:])) == "skip"
    net.W[12:, :4][:2] = 0
    assert kind(net) == "densenet"
    net.W[14, 0] = 0
    assert kind(net) == "skip"
    assert kind(dense(RNG, [4] * 3, [(0, 1), (1, 2), (0, 2)])) == "skip"


def test_skips_are_blocks_if_half_full_and_count_above_a_tenth():
    for share, name in ((18, "skip"), (17, "sparse")):
        net = dense(RNG, [6] * 3, chain(2))
        cells = np.argwhere(np.ones((6, 6)))[:share]
        net.W[12 + cells[:, 0], cells[:, 1]] = 0.3
        assert kind(net) == name
    for share, name in ((8, "layered"), (9, "sparse")):
        net = dense(RNG, [6] * 3, chain(2))
        net.W[12 + np.arange(share) // 6, np.arange(share) % 6] = 0.3
        assert kind(net) == name


def test_noise_is_a_group_below_a_hundredth_and_small_layers_are_none():
    small = dense(RNG, [6, 8, 8, 3], chain(3))
    small.W[14:22, 6:14] *= 1e-5
    for scale in (1.0, 1e-7):
        assert not is_noise(edges_of(scale * small.W)).any()
    W = np.ones((4, 4))
    W[0, 1:3] = 0.0099
    assert is_noise(edges_of(W)).sum() == 2
    W[0, 1:3] = 0.0101
    assert not is_noise(edges_of(W)).any()


def test_a_group_that_is_heard_together_stays():
    W = np.zeros((300, 300))
    W[-1, 0], W[-1, 1:200], W[200, 1:200] = 1, 0.0069, 1
    assert is_noise(edges_of(W)).sum() == 199
    W[-1, 1:200] = 0.0072
    assert not is_noise(edges_of(W)).any()


def test_a_number_is_a_threshold_and_other_words_are_refused():
    W = np.zeros((3, 3))
    W[1, 0], W[2, 1], W[2, 0] = 0.5, 2, 0.4
    assert read(W, [0], [2], threshold=0.4).widths == (1, 1, 1)
    assert read(W, [0], [2], threshold=0.5).widths == ()
    for wrong, words in (("some", "must be one of auto"), (-1.0, ">= 0")):
        with pytest.raises(ValueError, match=words):
            read(W, [0], [2], threshold=wrong)


@given(st.sampled_from(QUICK), st.integers(0, 999), st.integers(0, 2**32 - 1))
@FEW
def test_names_of_hidden_neurons_do_not_matter(name, seed, order):
    W, inputs, outputs, *_ = net = example(name, seed)
    hidden = np.random.default_rng(order).permutation(np.arange(len(inputs), outputs[0]))
    renamed = np.r_[inputs, hidden, outputs].astype(int)
    assert verdict(net._replace(W=W[np.ix_(renamed, renamed)])) == verdict(net)


@given(st.sampled_from(["MLP", "DenseNet", "skip", "random acyclic"]), st.integers(0, 999), st.integers(0, 2**32 - 1))
@FEW
def test_rescaled_relu_neurons_change_nothing(name, seed, drawn):
    net = ARCHITECTURES[name][0](np.random.default_rng(seed))
    a = np.exp(np.random.default_rng(drawn).normal(0, 3, len(net.W)))
    a[: net.inputs] = a[len(a) - net.outputs :] = 1
    assert kind(net._replace(W=a[:, None] * net.W / a)) == kind(net)


def test_a_rescaled_stream_is_none():
    net = block(stem=True)
    a = np.r_[np.ones(3), np.full(4, 2.0), np.ones(9)]
    assert kind(net) == "residual"
    assert kind(net._replace(W=a[:, None] * net.W / a)) != "residual"


@pytest.mark.parametrize("name", ["convolution, 1-D", "convolution, 2-D"])
def test_shuffled_windows_are_not_local(name):
    W, inputs, outputs, _, places, _ = net = example(name, 3)
    assert verdict(net) == "local"
    mixed, rng = W.copy(), np.random.default_rng(0)
    for row in mixed[len(inputs) : outputs[0]]:
        row[inputs] = rng.permutation(row[inputs])
    assert verdict(net._replace(W=mixed)) != "local"
    if len(places):
        assert verdict(net._replace(positions=rng.permutation(places))) != "local"


def test_windows_widths_and_shared_weights_are_reported():
    rows = np.array([[float(j - i in range(7)) for j in range(24)] for i in range(18)])
    for V, shared in ((rows, True), (rows * RNG.standard_normal(rows.shape), False)):
        net = joined([24, 18, 2], {(0, 1): V, (1, 2): np.ones((2, 18))})
        first, head = fields(read(net.W, range(24), [42, 43]))
        assert (first.is_local, first.window, first.shared, head.is_local) == (True, (7.0,), shared, False)
    said = judge(read(joined([24, 18, 2], {(0, 1): rows, (1, 2): np.ones((2, 18))}).W, range(24), [42, 43])).words
    assert "layer 0 is read in windows of 7 (shared weights); layer 1 is read as a whole" in said


def test_every_kind_is_drawn_or_named():
    assert {name for _, name in ARCHITECTURES.values()} | {"empty"} == set(KINDS)


def test_only_the_inputs_may_be_more_than_the_stream():
    wire = np.eye(4, 5)
    made = {(0, 1): np.ones((5, 5)), (1, 2): np.ones((4, 5)), (0, 2): wire}
    assert kind(joined([5, 5, 4], made)) == "residual"
    behind = {(a + 1, b + 1): V for (a, b), V in made.items()}
    assert kind(joined([3, 5, 5, 4], behind | {(0, 1): np.ones((5, 3))})) != "residual"
