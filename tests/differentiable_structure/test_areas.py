"""Networks of several areas: graphs that are refused, witnesses of the formulas, births and deaths, and the one loop around them."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.differentiable_structure.area_moves import (
    area_norm,
    bud,
    grow_in,
    outgoing,
    prune_in,
    stands_without,
    with_bud,
)
from minigrow.differentiable_structure.area_rule import SPARE_AREA, AreaSpares, spare_areas, visit
from minigrow.differentiable_structure.areas import Areas
from minigrow.differentiable_structure.layers import SLOW
from minigrow.differentiable_structure.rule import Rule
from minigrow.growth import History, Plan, accept, load, save, snapshot, start, train
from minigrow.growth.events import explain
from minigrow.growth.plan import Context
from minigrow.motifs.weights import Cut, network_graph
from minigrow.nn import MLP, Pull, RMSProp
from minigrow.nn.check import central_step
from minigrow.replay.page import write_page
from minigrow.structure import read_net

seeds = st.integers(0, 2**32 - 1)
FAST = Pull(RMSProp(rate=0.01, clip=1e-3), 1e-5)
LIVELY = Rule(threshold=0.3, delete=0.5, add=0.3, anytime=0.05, most=6)
CHAIN = [("a1", "x"), ("a2", "a1"), ("y", "a2")]
SKIP = [("a1", "x"), ("a3", "x"), ("a3", "a1"), ("y", "a3"), ("y", "x")]


def context(rng):
    return Context(0, 0, rng, None, None, "softmax", None)


def empty(places=7, steps=1):
    return with_bud(Areas.create(4, 3, (0,) * places, [("y", "x")], steps=steps, rng=0), rng=0)


def blobs(n=60):
    y = np.arange(n) % 3
    return np.random.default_rng(0).standard_normal((n, 4)) * 0.3 + np.eye(4)[y] * 3, y


def test_a_chain_is_a_perceptron():
    net, mlp = Areas.create(4, 2, (3, 5), CHAIN, rng=0), MLP.create([4, 3, 5, 2], rng=1)
    net = net.with_theta(mlp.theta)
    X, y = np.random.default_rng(2).standard_normal((6, 4)), np.array([0, 1] * 3)
    assert net.depth == 2
    assert (net.parameters, net.cost) == (mlp.parameters, mlp.cost)
    np.testing.assert_allclose(net(X), mlp(X), rtol=1e-13)
    (a, g), (b, e) = net.gradient(X, y), mlp.gradient(X, y)
    assert a == pytest.approx(b)
    np.testing.assert_allclose(g, e, rtol=1e-11, atol=1e-15)


def test_the_recurrent_sum_by_hand_and_its_gradient_by_differences():
    net = Areas.create(2, 2, (2, 0, 3), SKIP, steps=3, rng=0)
    net = net.with_theta(0.7 * np.random.default_rng(1).standard_normal(net.theta.size))
    p, X, y = net.params, np.random.default_rng(2).standard_normal((4, 2)), np.array([0, 1, 1, 0])
    h1, h3 = np.zeros((4, 2)), np.zeros((4, 3))
    for _ in range(3):
        h1 = np.tanh(X @ p["W_a1<-x"].T + h1 @ p["R_a1"].T + p["b_a1"])
        h3 = np.tanh(X @ p["W_a3<-x"].T + h1 @ p["W_a3<-a1"].T + h3 @ p["R_a3"].T + p["b_a3"])
    np.testing.assert_allclose(net(X), h3 @ p["W_y<-a3"].T + X @ p["W_y<-x"].T + p["b_y"], rtol=1e-12)
    expected = central_step(lambda theta: net.with_theta(theta).gradient(X, y)[0], net.theta)
    np.testing.assert_allclose(net.gradient(X, y)[1], expected, atol=1e-9)
    assert net.cost == 3 * (2 * 2 + 2 * 3 + 2 * 3 + 2 * 2 + 3 * 3) + 3 * 2 + 2 * 2
    said = np.abs(p["W_a3<-a1"]).sum(axis=0) + np.abs(p["R_a1"]).sum(axis=0)  # to the three of a3 and its own two
    np.testing.assert_allclose(area_norm(net, "a1"), 4 * said / 5, rtol=1e-14)


@pytest.mark.parametrize("edge", [("x", "a1"), ("a1", "a1"), ("a1", "a2"), ("a9", "x")])
def test_edges_lead_to_later_places(edge):
    with pytest.raises(ValueError, match="an edge must lead to a later place of x, a1, a2, y"):
        Areas.create(4, 2, (3, 5), [*CHAIN, edge], rng=0)


def test_a_forward_pass_has_a_step_at_least():
    with pytest.raises(ValueError, match="steps must be a whole number >= 1, got 0"):
        Areas.create(4, 2, (3, 5), CHAIN, steps=0, rng=0)


def test_what_is_not_there_is_refused():
    net = Areas.create(4, 2, (3, 0), [("a1", "x"), ("y", "a1")], rng=0)
    with pytest.raises(ValueError, match="area must be one of a1, a2"):
        area_norm(net, "x")
    with pytest.raises(ValueError, match="a2 must have an edge to it and one from it"):
        grow_in(net, "a2", rng=0)
    with pytest.raises(ValueError, match="a2 must have an edge to it and one from it"):
        grow_in(Areas.create(4, 2, (3, 0), [("a1", "x"), ("y", "a1"), ("y", "a2")], rng=0), "a2", rng=0)
    with pytest.raises(ValueError, match="a1 must keep a neuron"):
        prune_in(net, "a1", [0, 1, 2])
    with pytest.raises(ValueError, match="must be some of the 3"):
        prune_in(net, "a1", [3])
    assert bud(with_bud(Areas.create(4, 2, (3,), [("a1", "x"), ("y", "a1")], rng=0), rng=0)) is None, "there is no room"


@given(seeds, st.integers(1, 2))
def test_a_newborn_has_the_norm_of_the_threshold_also_in_an_area_of_others(seed, steps):
    net = empty(steps=steps)
    area = bud(net)
    for m in range(3):
        net, event = grow_in(net, area, rng=seed)
        assert area_norm(net, area)[m] == pytest.approx(0.05, rel=1e-12)
        assert (event.before, event.after, event.memory) == (m, m + 1, 0.01)
    assert sum(W.shape[0] for W in outgoing(net, area)) == 3 + (3 if steps > 1 else 0)


def test_a_newborn_listens_with_weights_of_variance_one_over_what_it_hears():
    net = Areas.create(900, 2, (0,), [("a1", "x"), ("y", "a1")], rng=0)
    heard = grow_in(net, "a1", rng=0)[0].params["W_a1<-x"]
    assert 900 * heard.var() == pytest.approx(1, abs=0.2)  # four standard errors, sqrt(2 / 900) each
    assert 30 * abs(heard.mean()) < 0.14  # four as well, 1 / 30 each


def test_others_that_hang_on_an_area_keep_it():
    edges = [("a1", "x"), ("a2", "a1"), ("y", "a1"), ("y", "a2"), ("y", "x")]
    net = Areas.create(4, 2, (3, 2), edges, rng=0)
    assert not stands_without(net, "a1"), "a2 hears nobody else"
    assert stands_without(net, "a2")
    net, _ = prune_in(net, "a2", [0, 1])
    assert net.edges == (("a1", "x"), ("y", "x"), ("y", "a1"))
    assert stands_without(net, "a1")


def test_an_area_goes_when_another_is_spare_and_never_the_last_path():
    rule = Rule(threshold=99, delete=1, add=0, anytime=0)
    both = [("a1", "x"), ("a2", "x"), ("y", "a1"), ("y", "a2")]
    net = Areas.create(4, 2, (3, 3), both, rng=0)
    assert spare_areas(net, rule) == ["a1", "a2"]
    net, events = AreaSpares(rule, area=0)(net, context(np.random.default_rng(0)))
    assert sorted(net.widths) == [0, 1, 2, 4], "the safe one keeps its one spare"
    assert sorted(event.after for event in events) == [0, 1]
    assert [event.after for event in events if event.reason == SPARE_AREA] == [0]
    alone, _ = AreaSpares(rule, area=0)(net, context(np.random.default_rng(1)))
    assert alone.living == net.living
    one = Areas.create(4, 2, (3,), [("a1", "x"), ("y", "a1")], rng=0)
    assert visit(one, "a1", rule._replace(spares=0), np.random.default_rng(0), may_go=True)[0].sizes["a1"] == 1


def test_an_area_that_is_born_though_two_are_spare_came_by_chance():
    net = Areas.create(4, 2, (3, 3, 0), [("a1", "x"), ("a2", "x"), ("y", "a1"), ("y", "a2")], rng=0)
    rule = Rule(threshold=99, delete=0, add=0, anytime=1)
    _, (first, *_) = AreaSpares(rule)(with_bud(net, rng=0), context(np.random.default_rng(0)))
    assert (first.before, first.after) == (0, 1)
    assert first.reason == "by chance: at any time the rule adds one with a probability of 1"


def test_without_births_the_areas_stay_those_of_the_start():
    rng, net = np.random.default_rng(0), Areas.create(4, 3, (0, 2, 0), [("a2", "x"), ("y", "a2")], rng=0)
    policy = AreaSpares(LIVELY, area=0)
    for _ in range(50):
        net, _ = policy(net, context(rng))
    assert net.living == ("a2",)
    assert net.edges == (("a2", "x"), ("y", "a2"))


@given(seeds, st.integers(1, 2))
def test_the_policy_explains_itself_and_every_area_lies_on_a_path(seed, steps):
    rng, net, policy, seen = np.random.default_rng(seed), empty(5, steps), AreaSpares(LIVELY, area=0.3), set()
    run = start(net, SLOW, rng=0)
    for _ in range(25):
        before, (net, events) = run.net, policy(run.net, context(rng))
        explain(before, net, events, "test")
        run = accept(run, net, events)
        assert set(net.living) < set(net.paths)
        assert all(any(source == area for _, source in net.edges) for area in net.living)
        assert "y" in net.paths
        seen |= {(event.kind, event.before == 0, event.after == 0) for event in events}
    assert ("grow", True, False) in seen, "an area was born"


def test_training_saving_replaying_and_reading_across_births_and_deaths(tmp_path):
    X, y = blobs()
    plan = Plan(steps=150, batch=20, every=1, record=10, policies=(AreaSpares(LIVELY, area=0.2),), quiet=True,
                observe=snapshot)  # fmt: skip
    run = train(start(empty(steps=2), FAST, rng=0), X, y, plan)
    events = run.history.events
    assert any(event.before == 0 for event in events)
    assert any(event.after == 0 for event in events)
    assert run.loss < 0.7
    save(run, tmp_path / "run.npz")
    longer = plan._replace(steps=250)
    again, straight = (train(r, X, y, longer) for r in (load(tmp_path / "run.npz", Areas), run))
    assert np.array_equal(again.net.theta, straight.net.theta)
    assert again.net.edges == straight.net.edges
    assert again.history.events == straight.history.events
    again.history.save(tmp_path / "history.npz")
    write_page(History.load(tmp_path / "history.npz"), tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size > 10_000


def test_the_reader_sees_the_graph():
    net = Areas.create(2, 2, (2, 0, 3), SKIP[:4], rng=0)
    found = read_net(net)
    assert (found.widths, found.skips) == ((2, 2, 3, 2), 6)
    assert found.depth == net.depth + 1
    graph = network_graph(net, Cut(-1e-9, -1e-12, 1e-12, 1e-9))
    assert graph.vertices == 9
    assert len(graph.pair) == 2 * sum(np.count_nonzero(net.params[f"W_{to}<-{source}"]) for to, source in net.edges)


@pytest.mark.parametrize(("steps", "within"), [(1, []), (2, ["a1", "a2", "a3"])])
def test_areas_have_wires_of_their_own_from_two_steps_on(steps, within):
    wires = Areas.create(2, 2, (2, 0, 3), SKIP, steps=steps, rng=0).wires
    assert [wire.to for wire in wires if wire.to == wire.source] == within


def test_an_empty_place_may_be_added_without_touching_theta():
    net = Areas.create(2, 2, (2, 0, 3), SKIP, rng=0)
    more = dataclasses.replace(net, edges=(*net.edges, ("a2", "a1"), ("a3", "a2")))
    assert more.theta is net.theta
    assert np.array_equal(more(np.ones((1, 2))), net(np.ones((1, 2))))
