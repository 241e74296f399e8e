"""Broken twins: each differs from its law in what it names, and in nothing else."""

import math

import numpy as np
from trying import generators

from minigrow import laws

LAWS = laws.all_laws()


def test_an_heir_that_hears_the_neighbour_is_off_by_whole_weights():
    law = next(law for law in LAWS if law.name == "differentiable_structure.inheritance")
    assert law.broken(laws.case(law.name, 0, 0)) > 0.1 / laws.EPS


def test_twins_and_laws_measure_as_they_say(monkeypatch):
    from types import SimpleNamespace

    from minigrow.laws.growth import transport
    from minigrow.laws.isotropic import moves
    from minigrow.laws.nimble import size

    monkeypatch.setattr(transport, "_reset_gap", lambda rng, optimiser: optimiser.rate)
    assert transport._with_memory(None) == transport.resetting_is_exact(None)  # the memory is all that is added
    monkeypatch.setattr(moves, "_moves_gap", lambda rng, dtype, number: (np.dtype(dtype).itemsize, number))
    assert (moves.float32_moves(None), moves.hundred_moves(None)) == ((4, 10), (8, 100))
    monkeypatch.setattr(size, "_hidden_gap", lambda rng, first: first(SimpleNamespace(active={"h1": 5})))
    assert (size.closed_neurons(None), size._half_open(None)) == (5, 4)  # and the last of the open ones


def test_the_twin_of_splitting_promises_the_least_eigenvalue_with_the_gradient_at_z(monkeypatch):
    from minigrow.laws.addition import splitting
    from minigrow.laws.addition.statistics import seen_by_rules

    b = seen_by_rules(np.random.default_rng(0), *splitting.SMOOTH)[3].block
    pull = b.GH * b.act.df(b.Z) * b.act.ddf(b.Z)
    least = np.linalg.eigvalsh(np.einsum("li,lj,lk->kij", b.X, b.X, pull) / b.n).min()
    monkeypatch.setattr(splitting, "curvature", lambda *_: 2 * least)
    np.testing.assert_allclose(splitting._with_the_gradient_at_z(np.random.default_rng(0)) * laws.EPS, 1, rtol=1e-9)


def test_a_twin_is_measured_in_eps_as_its_law():
    names = ("closed", "released", "areas_birth", "areas_death", "areas_memories", "memories", "grow_in_order", "offer")
    for law in LAWS:
        if law.name.split(".")[1] in names:
            assert law.broken(laws.case(law.name, 0, 0)) > 1e6


def test_twins_are_off_by_what_they_name(monkeypatch):
    from types import SimpleNamespace

    from minigrow.laws.addition import removal, statistics
    from minigrow.laws.differentiable_structure import area_lives, inheriting, memory, network, neurons
    from minigrow.laws.nimble import network as nimble
    from minigrow.laws.urn import network as urn_network
    from minigrow.laws.urn import paths, pool, prices

    off = []
    for module, measure, twin, law, named, kept in (
        (area_lives, "_birth_gap", "_born_speaking", "birth_keeps_the_function", 1, 0),
        (area_lives, "_death_gap", "_dying_while_speaking", "death_of_a_silent_area", 1, 0),
        (area_lives, "_alignment_gap", "_the_next_neurons", "nothing_else_moves", 1, 0),
        (inheriting, "_inheritance_gap", "_of_the_neighbour", "heirs_hear_what_was_heard", 1, 0),
        (memory, "_alignment_gap", "_next_ones_memory", "memories_stay_aligned", 1, 0),
        (network, "_gradient_gap", "_another_state", "backpropagation_through_time", 0.3, 0),
        (neurons, "_deletion_gap", "_deleting_a_speaker", "deleting_a_silent_neuron", 1, 0),
        (neurons, "_newborn_excess", "_taken_for_silent", "newborn_changes_little", 0, 1),
        (nimble, "_whole_gap", "_half_a_neuron", "whole_size", 0.5, 0),
        (paths, "_step_gap", "_twice_the_slope", "path_fixed_points", 2, 1),
        (prices, "_prox_gap", "_half_the_threshold", "proximal_minimum", 0.5, 1),
    ):
        monkeypatch.setattr(module, measure, lambda rng, by: off.append(by) or by)
        for function, by in ((twin, named), (law, kept)):
            off.clear()
            getattr(module, function)(None)
            assert set(off) == {by}, function
    value, slope = nimble._ramp(np.array([-1.0, 0, 0.5, 2, 3]), 2.0)
    assert (value.tolist(), slope.tolist()) == ([0, 0, 0.25, 1, 1], [0, 0.5, 0.5, 0.5, 0])
    monkeypatch.setattr(removal, "_round_trip", lambda rng, rule, which: which(5))
    assert removal._copies_removed(None) == removal.grow_then_remove(None) == (6, 5)  # the two new ones
    monkeypatch.setattr(prices, "_group_gap", lambda rng, step: step)
    mended = prices._mean_unit(None)(np.array([[3.6], [4.4]]), 1.0, np.array([[1.0], [0.5]]))
    np.testing.assert_allclose(mended[:, 0], [3.125, 3.82], atol=1e-3)  # as by hand
    monkeypatch.setattr(statistics, "gathered", lambda *_: SimpleNamespace(S=np.ones(1)))
    assert statistics._mean_of_means(np.random.default_rng(0)) == 0  # right where both means are equal
    real = urn_network.gradient
    monkeypatch.setattr(urn_network, "gradient", lambda net, X, y, loss, time: real(net, X, y, loss, 0.0))
    assert urn_network._stale(np.random.default_rng(0)) < 1024  # the time term is all that is missing
    monkeypatch.setattr(pool, "forward_in_order", lambda net, X: net)
    monkeypatch.setattr(pool, "in_eps", lambda wide, net: (wide.params["Wyh"], net.params["Wyh"]))
    wide, before = pool._speaking(np.random.default_rng(0))
    assert np.array_equal(wide[:, : before.shape[1]], before)
    assert wide[:, before.shape[1] :].all()
    monkeypatch.setattr(pool, "_pruned", lambda rng, net, judged, run: judged)
    assert pool._prune_living(np.random.default_rng(0)) == 1
    monkeypatch.setattr(pool, "_one_matrix", lambda rng, net, clamp: clamp)
    assert (pool._unclamped(np.random.default_rng(0)), pool.one_matrix(np.random.default_rng(0))) == (0, 1)


def test_twins_of_isotropic_laws_are_off_by_what_they_name(monkeypatch):
    from minigrow.isotropic import Network
    from minigrow.laws.isotropic import cases

    for seed in range(3):  # compiled or not, the twin of the gradient is one
        slow, fast = (twin(np.random.default_rng(seed)) for twin in (cases.other_profile, cases.other_kernel))
        assert math.isclose(fast, slow, rel_tol=1e-6)
    nets = []
    cases.random_row(np.random.default_rng(0), lambda net, X: nets.append(net) or net(X))
    wide, net = nets
    assert wide.params["W1"][-1].all()
    assert not wide.params["W2"][:, -1].any()
    assert np.array_equal(wide.params["W1"][:-1], net.params["W1"])
    assert np.array_equal(wide.params["W2"][:, :-1], net.params["W2"])
    before, after = cases.lossless_prune(np.random.default_rng(0), net, 0)
    assert before.widths[1] == after.widths[1] + 1
    assert not before.params["W1"][-1].any()
    assert before.params["b1"][-1]
    assert before.params["W2"][:, -1].all()
    narrow = Network.create([2, 1, 1, 1, 2], rng=0)
    monkeypatch.setattr(cases, "network", lambda *_, **__: narrow)
    assert (
        cases.zeros_without_rotation(np.random.default_rng(0)) > 1e6
    )  # also of layers that have nothing off the diagonal


def test_memories_and_weights_name_the_neurons_that_they_belong_to(monkeypatch):
    from minigrow.differentiable_structure import Network
    from minigrow.laws.differentiable_structure import area_lives, memory
    from minigrow.nn.params import views

    net = Network.create("ab", 3, rng=0)
    own = views(memory._named_memories(net, np.array([4, -1, 2])), net.shapes)
    assert own["Whh"].tolist() == [[404, -1, 402], [-1, -1, -1], [204, -1, 202]]
    assert own["Wxh"].tolist() == [[4, 4], [-1, -1], [2, 2]]
    assert own["Why"].tolist() == [[4, -1, 2]] * 2
    assert own["bh"].tolist() == [4, -1, 2]
    real, seen = area_lives._named, []
    monkeypatch.setattr(
        area_lives, "_named", lambda net, ids, new: seen.append((net, dict(ids))) or real(net, ids, new)
    )
    for rng in generators(5):
        area_lives._alignment_gap(rng, 0)
    for areas, ids in seen[::3]:  # at the beginning
        assert len({n for one in ids.values() for n in one.tolist()}) == sum(areas.sizes.values())
    areas, ids = seen[0]
    newer = {**ids, "y": np.array([7, -1, 8])}
    heard = areas.edges[-1][1]
    own = views(real(areas, newer, -5), areas.shapes)
    assert own[f"W_y<-{heard}"].tolist() == [
        [7000 + n for n in ids[heard]],
        [-5] * ids[heard].size,
        [8000 + n for n in ids[heard]],
    ]
    assert own["b_y"].tolist() == [7000, -5, 8000]


def test_either_forgotten_axis_is_noticed_by_itself(monkeypatch):
    from minigrow.laws.differentiable_structure import memory

    seen = []
    monkeypatch.setattr(memory, "_permutation_gap", lambda rng, axes: seen.append(axes) or 1.0)
    assert memory._forgotten_axis(None) == 2
    changed = [{name for name in axes if axes[name] != memory.AXES[name]} for axes in seen]
    assert changed == [{"Whh"}, {"Wxh"}]
    assert seen[0]["Whh"][0] == "+h"  # the rows alone are permuted
