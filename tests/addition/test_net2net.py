"""Wider: what is kept, for whom; why equal shares gain nothing, and why isotropic layers cannot be copied."""

import numpy as np
import pytest

from minigrow.addition.net2net import shared, wider, wider_published
from minigrow.addition.proposal import apply, look
from minigrow.growth import Move, accept, moved, start, train
from minigrow.growth.plan import Plan
from minigrow.isotropic import Network
from minigrow.nn import MLP, SGD, Adam
from minigrow.nn.activations import ACTIVATIONS

rng = np.random.default_rng(0)
X, LABELS = rng.standard_normal((40, 3)), rng.integers(0, 2, 40)


def drawn(activation="tanh", dtype=np.float64, widths=(3, 4, 5, 2)):
    net = MLP.create(widths, activation, rng=1, dtype=dtype)
    return net.with_theta(net.theta + (0.3 * np.random.default_rng(2).standard_normal(net.theta.size)).astype(dtype))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("k", [1, 2, 7])
def test_copies_keep_the_function(activation, layer, k):
    net = drawn(activation)
    proposal = wider(look(net, layer, X, LABELS), k, rng=3)
    grown, event = apply(net, layer, proposal)
    assert proposal.kept
    assert event.neurons == k
    assert event.recorded.origin[: net.widths[layer + 1]] == tuple(range(net.widths[layer + 1]))
    assert abs(grown(X) - net(X)).max() < 1e-14


def test_shares_against_an_explicit_sum():
    net = drawn()
    grown, _ = apply(net, 0, wider(look(net, 0, X, LABELS), 3, q=0.3, neurons=[2, 2, 0]))
    W = net.params["W2"]
    expected = np.stack(
        [0.3 * W[:, 0], W[:, 1], 0.09 * W[:, 2], W[:, 3], 0.7 * W[:, 2], 0.21 * W[:, 2], 0.7 * W[:, 0]], axis=1
    )
    assert abs(grown.params["W2"] - expected).max() < 1e-15
    assert np.array_equal(grown.params["W1"], net.params["W1"][[0, 1, 2, 3, 2, 2, 0]])


def test_float32_stays_float32():
    net = drawn(dtype=np.float32)
    for rule in (wider, wider_published):
        grown, _ = apply(net, 0, rule(look(net, 0, X, LABELS), 2, rng=0))
        assert grown.theta.dtype == np.float32
    assert (
        abs(apply(net, 0, wider(look(net, 0, X, LABELS), 2, rng=0))[0](np.float32(X)) - net(np.float32(X))).max() < 1e-6
    )


def test_equal_shares_stay_twins_for_ever_and_unequal_ones_part():
    net, plan = drawn(widths=(3, 4, 2)), Plan(epochs=30, batch=8, quiet=True)
    ends = {}
    for q in (0.5, 0.4):
        twins = moved(net, [Move("h1", shared([0, 1, 2, 3, 0], [q, 1, 1, 1, 1 - q], 4))])
        p = train(start(twins, SGD(0.3), rng=0), X, LABELS, plan).net.params
        ends[q] = abs(p["W1"][0] - p["W1"][4]).max(), abs(p["W1"][0] - net.params["W1"][0]).max()
    assert ends[0.5][0] == 0
    assert ends[0.5][1] > 0.05
    assert ends[0.4][0] > 0.01


def test_noise_has_the_stated_size_and_the_function_moves_by_it():
    net = drawn(widths=(200, 50, 2))
    seen = look(net, 0, rng.standard_normal((5, 200)), LABELS[:5])
    for rule in (wider, wider_published):
        proposal = rule(seen, 40, rng=0, noise=0.2)
        assert not proposal.kept
        assert proposal.A.std() / net.params["W1"].std() == pytest.approx(0.2, rel=0.03)
        assert "noise 0.2" in proposal.reason
    assert wider_published(seen, rng=0).reason.endswith(", noise 0.01")


def test_published_shares_count_the_copies():
    seen = look(drawn(), 0, X, LABELS)
    change = wider_published(seen, 3, rng=0, neurons=[1, 1, 2]).change
    assert change.Ut.factor.tolist() == pytest.approx([1, 1 / 3, 1 / 2, 1, 1 / 3, 1 / 3, 1 / 2])
    assert not np.array_equal(*[wider_published(seen, 3, rng=s).change.T.source for s in (0, 1)])
    assert np.array_equal(*[wider_published(seen, 3, rng=0).change.T.source for s in (0, 1)])


def test_the_optimiser_s_memory_follows():
    net = drawn(widths=(3, 4, 2))
    run = train(start(net, Adam(0.01), rng=0), X, LABELS, Plan(epochs=2, batch=8, quiet=True))
    grown, event = apply(run.net, 0, wider(look(run.net, 0, X, LABELS), 2, rng=0))
    later = accept(run, grown, event)
    assert all(slot.size == grown.theta.size for slot in later.state.slots)
    assert train(later, X, LABELS, Plan(epochs=4, batch=8, quiet=True)).net.widths == (3, 6, 2)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"q": 0.5}, "not 1/2"),
        ({"k": 0}, "k must be"),
        ({"k": 2, "neurons": [1]}, "k = 2 neurons"),
        ({"neurons": [9]}, "neuron must be in 0..3"),
        ({"k": 2, "q": 1.0, "neurons": [1, 1]}, "twins for ever"),
        ({"k": 2, "q": (5**0.5 - 1) / 2, "neurons": [1, 1]}, "Take another q"),  # q^2 = 1 - q
        ({"noise": -1.0}, "noise"),
    ],
)
def test_errors_of_wider(options, words):
    with pytest.raises(ValueError, match=words):
        wider(look(drawn(), 0, X, LABELS), **options)


def test_errors_that_say_why():
    seen = look(drawn(), 0, X, LABELS)
    with pytest.raises(ValueError, match="twins for ever"):
        wider_published(seen, noise=0.0)
    with pytest.raises(ValueError, match="must add up to 1"):
        shared([0, 0], [0.5, 0.6], 1)
    for net in (MLP.create([3, 4, 2], "isotropic_tanh", rng=0), Network.create([3, 4, 2], rng=0)):
        for rule in (wider, wider_published):
            with pytest.raises(ValueError, match="length of the whole layer: the copy counts in it once more"):
                rule(look(net, 0, X, LABELS))
