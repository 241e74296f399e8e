"""The rule that grows and prunes: what it keeps, what it counts as spare, and where it stops."""

import numpy as np
import pytest

from minigrow.differentiable_structure import Network, Rule, Spares, grow, prune, start
from minigrow.differentiable_structure.rule import _spread, checked, outgoing_norm
from minigrow.differentiable_structure.spares import Decision, act, decide, surplus, why
from minigrow.growth import accept
from minigrow.growth.plan import Context
from minigrow.nn.params import views


def visited(net, rule, rng):
    """One decision of the policy, carried out."""
    return Spares(rule)(net, Context(0, 0, rng, None, None, "softmax", None))


def test_outgoing_norm_is_the_papers_formula():
    net = Network.create("()ab", neurons=3, rng=0)
    p, H = net.params, 3
    for i in range(H):
        Y = sum(abs(p["Why"][k, i]) for k in range(4))
        W = sum(abs(p["Whh"][j, i]) for j in range(H))
        assert outgoing_norm(net)[i] == pytest.approx(0.5 * (Y + 4 / H * W), rel=1e-14)


def test_the_last_neuron_always_stays():
    net, greedy = Network.create("ab", neurons=5, rng=0), Rule(threshold=9, spares=0, delete=1, add=0, anytime=0)
    net, events = visited(net, greedy, np.random.default_rng(0))
    assert (net.neurons, events[0].neurons) == (1, 4)
    net, events = visited(net, greedy, np.random.default_rng(0))
    assert (net.neurons, events) == (1, ())


def test_surplus_spares_go_and_k_stay():
    certain = Rule(threshold=9, spares=3, delete=1, add=1, anytime=0)
    net, events = visited(Network.create("ab", neurons=8, rng=0), certain, np.random.default_rng(0))
    assert net.neurons == 3
    assert [event.kind for event in events] == ["prune"]


def test_every_spare_is_equally_likely_to_be_safe():
    net, certain = Network.create("ab", neurons=4, rng=0), Rule(threshold=9, spares=1, delete=1, add=0, anytime=0)
    rng = np.random.default_rng(0)
    kept = [(set(range(4)) - set(decide(net, certain, rng).pruned)).pop() for _ in range(400)]
    assert np.bincount(kept, minlength=4).min() > 70


@pytest.mark.parametrize(("safe", "kept"), [("oldest", [0, 2]), ("youngest", [4, 5])])
def test_spares_can_be_chosen_by_age(safe, kept):
    certain, spares = Rule(spares=2, delete=1, safe=safe), np.array([0, 2, 4, 5])
    gone = surplus(spares, 6, certain, np.random.default_rng(0))
    assert sorted(set(spares.tolist()) - set(gone)) == kept


def test_the_order_of_neurons_is_the_order_of_their_births():
    rng, net, births = np.random.default_rng(0), Network.create("ab", rng=0), [0]
    wild = Rule(threshold=9, spares=3, delete=0.3, add=1, anytime=1)
    for step in range(1, 40):
        net, events = visited(net, wild, rng)
        for event in events:
            births = [births[i] if i >= 0 else step for i in event.recorded.sources]
    assert len(births) > 2
    assert births == sorted(births)


def test_missing_spares_are_replenished_up_to_most():
    net, certain = Network.create("ab", rng=0), Rule(threshold=1e-9, spares=2, add=1, anytime=0, most=3)
    born = []
    for number in range(1, 5):
        net, events = visited(net, certain, np.random.default_rng(number))
        born += [event.reason for event in events]
    assert net.neurons == 3
    assert born == [f"too few spare neurons: {n} with outgoing weights (r) of at most 1e-09, 2 wanted" for n in (0, 1)]


def test_a_birth_by_chance_says_so():
    always = Rule(threshold=1e-9, spares=0, add=0, anytime=1)
    _, events = visited(Network.create("ab", rng=0), always, np.random.default_rng(0))
    assert [event.reason for event in events] == ["by chance: at any time the rule adds one with a probability of 1"]


def test_a_newborn_is_as_the_method_says():
    old = Network.create("()ab", neurons=3, rng=0)
    run = accept(start(old, rng=0), *grow(old, rng=np.random.default_rng(0)))
    p, H, event = run.net.params, 3, run.history.events[0]
    assert (event.kind, event.before, event.after) == ("grow", 3, 4)
    assert event.sources == (0, 1, 2, -1)
    assert outgoing_norm(run.net)[-1] == pytest.approx(0.05, rel=1e-14)
    assert 0.5 * np.abs(p["Why"][:, H]).sum() == pytest.approx(0.025, rel=1e-14)
    assert p["bh"][H] == 0
    assert np.abs(p["Wxh"][H]).max() < 0.05
    memory = views(run.state.slots[0], run.net.shapes)
    assert np.all(memory["Whh"][H] == 0.01)
    assert np.all(memory["Whh"][:, H] == 0.01)
    assert memory["by"].tolist() == [0, 0, 0, 0]
    assert not memory["Whh"][:H, :H].any()
    assert np.array_equal(p["Whh"][:H, :H], old.params["Whh"])


def test_weights_that_are_scaled_to_a_sum_keep_their_signs():
    assert _spread(np.array([1.0, -3.0]), 2.0).tolist() == [0.5, -1.5]


def test_a_newborn_of_the_released_program_gives_less():
    net, _ = grow(Network.create("()ab", neurons=3, rng=0), rng=0, rule=Rule(newborn="released"))
    assert outgoing_norm(net)[-1] == pytest.approx(0.05 / 4 * (1 + 3 / 4), rel=1e-14)


def test_pruning_refuses_to_leave_nobody():
    net, event = prune(Network.create("ab", neurons=3, rng=0), [1])
    assert event.recorded.sources == (0, 2)
    with pytest.raises(ValueError, match="at least one of the 2 neurons must be kept"):
        prune(net, [0, 1])


def test_one_decision_may_prune_and_grow():
    rng, net = np.random.default_rng(0), Network.create("ab", neurons=6, rng=0)
    decision = decide(net, Rule(threshold=9, spares=2, delete=1, add=0, anytime=1), rng)
    net, events = act(net, decision, Rule(), rng)
    assert (len(decision.pruned), decision.born, net.neurons) == (4, True, 3)
    assert [event.kind for event in events] == ["prune", "grow"]
    assert act(net, Decision([], True, 0), Rule(), rng)[1][0].reason == why(0, Rule())
    by_chance = Decision([], True, 0, by_chance=True)  # too few are there, but that did not bring it
    assert act(net, by_chance, Rule(), rng)[1][0].reason == why(Rule().spares, Rule())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"delete": 1.5}, "delete is a probability"),
        ({"add": -0.1}, "add is a probability"),
        ({"anytime": float("nan")}, "anytime must be a number, got nan"),
        ({"anytime": -0.5}, "anytime is a probability"),
        ({"threshold": -1.0}, "threshold must be a finite number"),
        ({"spares": -1}, "spares must be a whole number"),
        ({"spares": 1.5}, "spares must be a whole number"),
        ({"most": 0}, "most must be a whole number"),
        ({"most": 2}, "most must be at least the 3 neurons there are, got 2"),
        ({"newborn": 0.5}, "newborn"),
        ({"safe": "old"}, "safe"),
    ],
)
def test_bad_rules_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        checked(Rule(**wrong), neurons=3)
