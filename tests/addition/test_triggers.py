"""Every trigger on hand-made histories and networks: where it must say yes, where no, and in which words."""

import math

import numpy as np
import pytest

from minigrow.addition.north import rank
from minigrow.addition.proposal import look
from minigrow.addition.triggers.bottleneck import BottleneckNorm, gains
from minigrow.addition.triggers.decision import last_growth
from minigrow.addition.triggers.fitting import FraGrow, interval
from minigrow.addition.triggers.measured import NorthRank, SennRatio
from minigrow.addition.triggers.schedule import Every, Plateau
from minigrow.addition.triggers.weights import SingularValues, SparesLeft
from minigrow.growth import Event, History
from minigrow.growth.plan import Context
from minigrow.isotropic import Network, adapt
from minigrow.nn import MLP


def at(step, losses=(), grown=(), column="loss", X=None, y=None, loss="softmax"):
    """The context of a run at `step` whose row i (step i + 1) has losses[i], and whose layer 0 grew at the steps `grown`."""
    history = History()
    for i, value in enumerate(losses, 1):
        history = history.with_row({"step": i, column: value})
    history = history.with_events([Event("grow", "h1", 1, "asked for", 3, 4, step=step) for step in grown])
    return Context(step, step, np.random.default_rng(0), X, y, loss, history)


def test_every_counts_from_the_beginning_and_from_the_last_growth_of_its_own_layer():
    assert not Every(10)(None, 0, at(9)).grow
    assert Every(10)(None, 0, at(10)) == (True, "10 of 10 steps since the last growth", 10, 10, None)
    assert not Every(10)(None, 0, at(15, grown=[6])).grow
    assert Every(10)(None, 0, at(16, grown=[2, 6])).grow
    assert Every(10)(None, 1, at(15, grown=[6])).grow  # the other layer grew


def test_a_removal_is_no_growth():
    history = History().with_events([Event("prune", "h1", 1, "least used", 4, 3, step=5)])
    assert last_growth(0, at(9)._replace(history=history)) == 0


@pytest.mark.parametrize(
    ("losses", "grow"),
    [
        ([4, 2, 1, 0.5], False),
        ([4, 2, 2, 2], True),
        ([4, 2, 1.99, 1.995], True),  # the fall of .5 % lies below 1 %
        ([4, 2, 1.97, 2.5], False),  # the best of the window counts
        ([4, 2, 3, 3], True),
        ([4, 2], False),  # too few rows
        ([], False),
        ([np.nan, np.nan, 2, 2], False),  # rows before the end of the first epoch do not count
        ([-4, -5, -5, -5], True),  # losses below 0 are compared by their size
        ([-1, -2, -4, -5], False),
    ],
)
def test_plateau_compares_the_best_of_the_window_with_the_best_before(losses, grow):
    for column in ("loss", "validation_loss"):
        assert Plateau(2, 0.01, column)(None, 0, at(9, losses, column=column)).grow is grow


def test_plateau_says_how_much_and_waits_after_a_growth():
    rises = Plateau(2, 0.01)(None, 0, at(9, [4, 2, 3, 3]))
    assert rises.reason == "training loss rose by 50 % (from 2 to 3) over 2 rows, less than 1 %"
    assert (rises.value, rises.threshold) == (-0.5, 0.01)
    assert (
        Plateau(2, 0.01)(None, 0, at(9, [4, 2, 1, 1])).reason
        == "training loss fell by 50 % (from 2 to 1) over 2 rows, at least 1 %"
    )
    assert Plateau(2, 0.5)(None, 0, at(9, [4, 2, 1, 1])).reason.endswith("over 2 rows, at least 50 %")
    settled = [2, 2, 2, 2, 2, 2]
    assert Plateau(2, 0.01)(None, 0, at(6, settled, grown=[3])).grow
    waiting = Plateau(2, 0.01)(None, 0, at(6, settled, grown=[4]))
    assert not waiting.grow
    assert waiting.reason == "only 2 of the 3 rows that a plateau takes since the last growth"


def test_plateau_teaches():
    with pytest.raises(ValueError, match=r"no column 'validation_loss'.*Plan\(validation="):
        Plateau(1, column="validation_loss")(None, 0, at(3, [1, 1, 1]))
    with pytest.raises(ValueError, match="column must be one of loss, validation_loss"):
        Plateau(1, column="accuracy")(None, 0, at(3, [1, 1, 1]))
    with pytest.raises(ValueError, match="window must be a whole number >= 1"):
        Plateau(0)(None, 0, at(3, [1, 1, 1]))
    with pytest.raises(ValueError, match="steps must be a whole number >= 1"):
        Every(0)(None, 0, at(3))


# FRAGrow. A network that says class 0 for x > 0 and class 1 below, so accuracies are what the labels make them.
SIGN = MLP.create([1, 1, 2], "identity", rng=0).with_theta(np.array([1.0, 0, 1, -1, 0, 0]))
ABOVE = np.ones((100, 1))


def right(share):
    return (np.arange(100) >= 100 * share).astype(int)


@pytest.mark.parametrize(
    ("inside", "outside", "steps"),
    [
        (0.9, 0.9, 100 / (1 + math.e**4)),
        (0.9, 0.86, 50),
        (0.9, 0.8, 100 / (1 + math.e**-6)),
        (0.8, 0.9, 100 / (1 + math.e**14)),
    ],
)
def test_fragrow_waits_the_longer_the_more_the_network_overfits(inside, outside, steps):
    ask = FraGrow(100, (ABOVE, right(outside)))
    decisions = [
        ask(SIGN, 0, at(step, X=ABOVE, y=right(inside))) for step in (0, math.floor(steps), math.floor(steps) + 1)
    ]
    assert abs(decisions[0].threshold - steps) < 1e-9
    assert decisions[-1].grow
    assert not decisions[0].grow
    assert decisions[1].grow is (math.floor(steps) >= decisions[1].threshold)


def test_fragrow_in_words_and_its_units():
    decision = FraGrow(100, (ABOVE, right(0.8)))(SIGN, 0, at(7, X=ABOVE, y=right(0.9), grown=[2]))
    words = "accuracy 90.0 % in training, 80.0 % held out, 10.0 points apart (risk): wait 99.8 of at most 100 steps; 5 have passed"
    assert decision.reason == words
    assert interval(1, 10_000.0) == 1.0  # nothing overflows
    assert 0.017 < interval(1, 0.0) < interval(1, 1.0) < 0.048  # a risk as a fraction of 1 would say no more than this
    with pytest.raises(ValueError, match="FraGrow compares accuracies, and the loss 'mse' has none"):
        FraGrow(100, (ABOVE, ABOVE))(SIGN, 0, at(7, X=ABOVE, y=ABOVE, loss="mse"))


def test_singular_values_asks_for_as_many_as_the_isotropic_rule_grows():
    for widths in ([6, 4, 3], [2, 5, 3]):
        net = Network.create(widths, init="glorot", rng=1)
        for scaffold in range(7):
            decision = SingularValues(0.8, scaffold)(net, 0, None)
            grown, _ = adapt(net, 0, 0.8, scaffold, rng=0)
            assert decision.neurons == max(grown.widths[1] - net.widths[1], 0)
            assert decision.grow is (decision.neurons > 0)
    net = MLP.create([3, 3, 2], "isotropic_tanh", rng=0)
    net.params["W1"][...] = np.diag([2.0, 0.5, 0])
    assert SingularValues(0.8, 2)(net, 0, None) == (
        False,
        "enough spare neurons: 2 of 2 with singular value (sigma) at most 0.8",
        2,
        2,
        0,
    )
    assert SingularValues(0.4, 3)(net, 0, None) == (
        True,
        "too few spare neurons: 1 of 3 with singular value (sigma) at most 0.4",
        1,
        3,
        2,
    )


def test_singular_values_belong_to_no_neuron_of_an_element_wise_layer():
    with pytest.raises(ValueError, match="only where layers may be rotated, and tanh does not allow it"):
        SingularValues()(MLP.create([3, 3, 2], rng=0), 0, None)


def test_spares_are_neurons_that_say_little():
    net = MLP.create([4, 3, 2], rng=0)
    net.params["W2"][...] = [[1.0, 0.02, 0.0], [1.0, -0.03, 0.04]]
    assert SparesLeft(0.05, 2)(net, 0, None).grow is False
    assert SparesLeft(0.05, 4)(net, 0, None).neurons == 2
    few = SparesLeft(0.045, 2)(net, 0, None)
    assert few == (True, "too few spare neurons: 1 of 2 with outgoing weights (r) of at most 0.045", 1, 2, 1)


def bottleneck(share, n=400):
    """A linear layer on two inputs, of which its one neuron sees the first only; the targets want `share` of the second."""
    rng = np.random.default_rng(0)
    X, _ = np.linalg.qr(np.hstack([np.ones((n, 1)), rng.standard_normal((n, 2))]))
    X = X[:, 1:] * math.sqrt(n)  # mean 0, variance 1, uncorrelated
    net = MLP.create([2, 1, 1], "identity", rng=0).with_theta(np.array([1.0, 0, 0, 0, 0]))
    return net, X, math.sqrt(1 - share) * X[:, :1] + math.sqrt(share) * X[:, 1:]


@pytest.mark.parametrize("share", [0.1, 0.4, 0.6, 0.9])
def test_the_bottleneck_is_what_the_old_neurons_cannot_see(share):
    net, X, y = bottleneck(share)
    old, new = gains(look(net, 0, X, y, "mse").statistics)
    G = 2 * y  # -dl/dY where Y = 0
    assert np.allclose((old, new), ((1 - share) * np.mean(G**2), share * np.mean(G**2)), rtol=1e-10)
    decision = BottleneckNorm()(net, 0, at(1, X=X, y=y, loss="mse"))
    assert decision.grow is (share > 0.5)
    assert abs(decision.value - share / (1 - share)) < 1e-9


def test_the_bottleneck_in_words_and_its_ratio():
    net, X, y = bottleneck(0.6)
    context = at(1, X=X, y=y, loss="mse")
    decision = BottleneckNorm()(net, 0, context)
    assert decision.reason == "new neurons can gain 2.4, the old ones' outgoing weights 1.6: ratio 1.5, more than 1"
    assert not BottleneckNorm(ratio=1.6)(net, 0, context).grow
    with pytest.raises(ValueError, match="neurons must be a whole number >= 1"):
        BottleneckNorm(neurons=0)(net, 0, context)
    done = BottleneckNorm()(net, 0, at(1, X=X, y=net(X), loss="mse"))
    assert (done.grow, done.value) == (False, 0)  # nothing to gain for anyone
    with pytest.raises(ValueError, match="ratio must be a finite number > 0"):
        BottleneckNorm(ratio=0)(net, 0, context)


def test_of_the_bottleneck_only_so_many_neurons_may_count():
    rng = np.random.default_rng(0)
    net, X, y = MLP.create([6, 2, 4], rng=0), rng.standard_normal((200, 6)), rng.integers(4, size=200)
    found = look(net, 0, X, y).statistics
    parts = [gains(found, k)[1] for k in (1, 2, 3, None)]
    assert parts == sorted(parts)
    assert parts[0] < parts[-1]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
def test_senns_ratio_of_a_linear_layer_is_the_share_that_the_old_neuron_cannot_see(share):
    net, X, y = bottleneck(share)
    context = at(1, X=X, y=y, loss="mse")
    decision = SennRatio(tau=0.1)(net, 0, context)
    assert abs(decision.value - share / (1 - share)) < 1e-9
    assert decision.grow is (share > 0.1)
    assert not SennRatio(tau=10)(net, 0, context).grow
    assert SennRatio(tau=1e-3)(net, 0, context).grow


def test_senn_in_words():
    net, X, y = bottleneck(0.2)
    decision = SennRatio(tau=0.1)(net, 0, at(1, X=X, y=y, loss="mse"))
    assert decision.reason == "1 new would add 0.2 to the natural gradient's norm (eta), 25 % of it, more than 10 %"
    assert "25 % of it, not more than 30 %" in SennRatio(tau=0.3)(net, 0, at(1, X=X, y=y, loss="mse")).reason
    with pytest.raises(ValueError, match="tau must be a finite number > 0"):
        SennRatio(tau=0)(net, 0, at(1, X=X, y=y, loss="mse"))


def copies(distinct, h=6, d=8):
    """A linear layer of h neurons, of which only so many differ, on inputs that do not repeat each other."""
    net = MLP.create([d, h, 2], "identity", rng=0)
    net.params["W1"][...] = np.eye(d)[np.minimum(np.arange(h), distinct - 1)]
    return net, np.random.default_rng(0).standard_normal((100, d))


ROOM = [(6, 0.5, 3), (6, 1.0, 0), (5, 0.5, 2), (3, 0.5, 0), (3, 0.4, 0), (3, 0.3, 1), (1, 0.9, 0)]


@pytest.mark.parametrize(("distinct", "gamma", "T"), ROOM)
def test_north_asks_for_as_many_neurons_as_the_rank_leaves_room_for(distinct, gamma, T):
    net, X = copies(distinct)
    context = at(1, X=X, y=np.zeros(100, dtype=int))
    assert rank(look(net, 0, X, context.y).block) == distinct / 6
    decision = NorthRank(gamma, 1.0)(net, 0, context)
    assert (decision.grow, decision.neurons) == (T > 0, T)
    assert abs(decision.value - (distinct - 6 * gamma)) < 1e-12


def test_north_in_words_with_a_start_for_each_layer_and_without_rounding_errors():
    net, X = copies(6)
    decision = NorthRank(0.5, (1.0, 0.2))(net, 0, at(1, X=X, y=np.zeros(100, dtype=int)))
    assert (
        decision.reason
        == "outputs have rank (phi) 1 of 1, against 0.5 times 1 at the start: room for 3 more than the 6 neurons"
    )
    assert 10 * (1 - 0.9) < 1
    net, X = copies(10, h=10, d=12)
    assert NorthRank(0.9, 1.0)(net, 0, at(1, X=X, y=np.zeros(100, dtype=int))).neurons == 1
