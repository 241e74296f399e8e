"""Newborns that inherit: what a grave keeps, what an heir takes, and that the engine and checkpoints carry both along."""

import numpy as np
import pytest

from minigrow.differentiable_structure import Network, Rule, easy, grow, prune, start, train
from minigrow.differentiable_structure.inheriting import Inheriting
from minigrow.differentiable_structure.rule import outgoing_norm
from minigrow.growth import Plan, accept, load, save, snapshot
from minigrow.laws.differentiable_structure.network import _Readable
from minigrow.structure import read_net


def drawn(neurons=6, graves=16):
    net = Inheriting.create("ab", neurons, graves=graves, rng=0)
    return net.with_theta(np.random.default_rng(0).standard_normal(net.theta.size))


def test_an_heir_hears_what_the_deceased_heard():
    old = drawn()
    small, event = prune(old, [2])
    assert small.sizes == {"x": 2, "h": 5, "g": 1, "y": 2}
    assert [move.space for move in event.moves] == ["h", "g"]
    smaller, _ = prune(small, [0])
    assert smaller.params["Gx"].tolist() == old.params["Wxh"][[2, 0]].tolist()
    kept = [1, 3, 4, 5]
    assert np.array_equal(smaller.params["Gh"], old.params["Whh"][np.ix_([2, 0], kept)])
    heir, event = grow(smaller, rng=1)
    ancestor = [2, 0][int(np.flatnonzero((smaller.params["Gx"] == heir.params["Wxh"][-1]).all(axis=1))[0])]
    assert np.array_equal(heir.params["Whh"][-1, :-1], old.params["Whh"][ancestor, kept])
    assert heir.params["bh"][-1] == old.params["bh"][ancestor]
    assert heir.sizes["g"] == 1
    assert not np.array_equal(heir.params["Gx"][0], heir.params["Wxh"][-1])
    assert outgoing_norm(heir)[-1] == pytest.approx(0.05, rel=1e-14)


def test_every_grave_may_have_the_heir():
    small, _ = prune(drawn(), [0, 1, 2])
    heirs = [grow(small, rng=seed)[0].params["Wxh"][-1].tolist() for seed in range(60)]
    counts = [heirs.count(row) for row in small.params["Gx"].tolist()]
    assert sum(counts) == 60
    assert min(counts) > 8


def test_the_oldest_graves_are_given_up():
    net = drawn(graves=2)
    small, _ = prune(net, [0, 1, 2])
    assert small.params["Gx"].tolist() == net.params["Wxh"][[1, 2]].tolist()
    smaller, _ = prune(small, [0])
    assert smaller.params["Gx"].tolist() == net.params["Wxh"][[2, 3]].tolist()


def test_without_graves_a_newborn_is_like_any_other():
    plain, net = Network.create("ab", 3, rng=0), Inheriting.create("ab", 3, rng=0)
    assert np.array_equal(grow(plain, rng=5)[0].theta, grow(net, rng=5)[0].theta)
    assert Inheriting.create("ab", rng=0).neurons == Network.create("ab", rng=0).neurons == 1


def test_graves_change_nothing_of_what_the_network_says():
    small, _ = prune(drawn(), [1, 4])
    assert np.array_equal(small("abba"), small.plain("abba"))
    assert small.cost == small.plain.cost
    assert small.priced == ("Whh", "Why")
    assert len(small.wires) == 3
    assert read_net(small).widths == read_net(small.plain).widths
    loss, g, _ = small.through_time(np.array([0, 1]), np.array([1, 0]), np.zeros(4))
    assert not g[small.plain.theta.size :].any()
    assert np.array_equal(
        g[: small.plain.theta.size], small.plain.through_time(np.array([0, 1]), np.array([1, 0]), np.zeros(4))[1]
    )
    assert np.isfinite(loss)


def test_a_change_by_hand_carries_the_optimiser_along():
    run = start(drawn(), rng=0)
    run = accept(run, *prune(run.net, [1]))
    run = accept(run, *grow(run.net, rng=0))
    assert run.state.slots[0].size == run.net.plain.theta.size
    assert snapshot(run.net)


def test_a_run_inherits_and_resumes(tmp_path):
    text, rule = easy(3000, rng=0), Rule(add=0.3, delete=0.5, threshold=0.8)
    half = train(start(Inheriting.create("()ab", rng=0, graves=4), rng=0), text, Plan(steps=300, record=100), rule=rule)
    save(half, tmp_path / "run.npz")
    plan = Plan(steps=1500, record=100)
    whole, again = (train(run, text, plan, rule=rule) for run in (half, load(tmp_path / "run.npz", Inheriting)))
    assert np.array_equal(whole.net.theta, again.net.theta)
    assert whole.history["widths"][:, 2].max() <= 4
    assert {event.kind for event in whole.history.events} == {"grow", "prune"}


def test_the_readable_steps_take_the_same_decisions():
    from minigrow.differentiable_structure.batches import Text
    from minigrow.differentiable_structure.spares import Spares
    from minigrow.growth import train_on

    codes = np.random.default_rng(0).integers(4, size=400).astype(np.int32)
    plan = Plan(steps=40, every=1, record=40, policies=(Spares(Rule(threshold=0.3, delete=0.5, add=0.5)),), quiet=True)
    nets = []
    for source in (Text, _Readable):
        net = Inheriting.create("()ab", 5, rng=0, graves=3)
        nets.append(train_on(start(net, rng=1), source(codes, 5, np.zeros(5), 1.0), plan).net)
    assert nets[0].sizes == nets[1].sizes
    np.testing.assert_allclose(nets[0].theta, nets[1].theta, rtol=1e-6, atol=1e-9)


def test_graves_must_be_a_whole_number():
    with pytest.raises(ValueError, match="graves"):
        Inheriting.create("ab", graves=0, rng=0)
