"""What laws are tried on: each function that draws cases draws all that its law speaks of, as often as its text says."""

import math

import numpy as np
import pytest
from trying import generators

from minigrow import laws

LAWS = laws.all_laws()


def test_cases_are_drawn_as_their_functions_say():
    from minigrow.laws.addition.senn import _fan_in
    from minigrow.laws.cases import network
    from minigrow.laws.motifs.uniform import tiny
    from minigrow.laws.urn.cases import pool
    from minigrow.laws.urn.prices import _flips
    from minigrow.motifs import edges

    assert {pool(rng, iterations=2).iterations for rng in generators(20)} == {1, 2}
    assert {_fan_in(rng, 2).shape[1] for rng in generators(20)} == {1, 2}
    assert {float(sign) for rng in generators(9) for sign in np.unique(_flips(pool(rng), rng).T.factor)} == {-1, 1}
    upwards = [source < target for rng in generators(60) for source, target in zip(*edges(tiny(rng))[:2], strict=True)]
    assert 0.4 < np.mean(upwards) < 0.6  # about 270 edges: a standard error of 0.03
    net = network(np.random.default_rng(0), 2, 9, init="orthogonal", psi="none")
    for l in (1, 2, 3):
        size = np.linalg.svd(net.params[f"W{l}"], compute_uv=False)
        np.testing.assert_allclose(size, size[0], rtol=1e-12)  # as its initialiser made it
        assert net.params[f"b{l}"].all()
    assert not net.params["psi1"].any()


def test_batches_of_one_sample_are_batches():
    from minigrow.laws.addition.statistics import batching

    class Least(np.random.Generator):
        def integers(self, low, high=None, **options):
            return 0 if high is None else low

    assert batching(Least(np.random.PCG64(0))) <= next(law.tolerance for law in LAWS if law.check is batching)


def test_the_candidates_of_the_law_of_north_are_those_of_the_rule():
    from minigrow.addition.north import north_select
    from minigrow.laws.addition.north import _the_pool, outside
    from minigrow.laws.addition.statistics import seen_by_rules

    seen = seen_by_rules(np.random.default_rng(0))[3]
    drawn = _the_pool(seen, 3)
    best = np.argmax(outside(seen, drawn))
    np.testing.assert_allclose(north_select(seen, 1, 3).A[:, 0], drawn[:, best], rtol=1e-12)


def test_logits_follow_each_symbol_from_the_first_on():
    from minigrow.differentiable_structure import Network
    from minigrow.laws.differentiable_structure.neurons import _logits

    net = Network.create("ab", 3, rng=0)
    x = np.array([0, 1, 1])
    p, h = net.params, np.zeros(3)
    for symbol, found in zip(x, _logits(net, x), strict=True):
        h = np.tanh(p["Wxh"][:, symbol] + p["Whh"] @ h + p["bh"])
        np.testing.assert_allclose(found, p["Why"] @ h + p["by"], rtol=1e-12)


def test_networks_are_drawn_with_all_widths_and_initialisers_and_with_values_that_are_not_zero(monkeypatch):
    from minigrow.laws import cases
    from minigrow.laws.isotropic.cases import DEEP, any_network, hidden_layer
    from minigrow.nn.radial import RADIAL

    columns = zip(*(cases.widths(rng, 2, 5) for rng in generators(100)), strict=True)
    assert [set(column) for column in columns] == [{1, 2, 3, 4, 5}] * 3 + [{2, 3, 4, 5}]
    assert {cases.any_radial(rng) for rng in generators(60)} == set(RADIAL)
    create, chosen = cases.Network.create, []

    def watched(*args, **options):
        chosen.append(options["init"])
        return create(*args, **options)

    monkeypatch.setattr(cases.Network, "create", watched)
    nets = [cases.network(rng, 2, 5, activation="isotropic_tanh") for rng in generators(60)]
    assert set(chosen) == {"orthogonal", "glorot", "he"}
    own = {name: np.concatenate([net.params[name] for net in nets]) for name in ("b1", "b3", "psi1", "psi2", "lambda")}
    assert -14 <= own["lambda"].min() < -13 < -1 < own.pop("lambda").max() <= 0
    assert all(0.25 < values.std() < 0.35 for values in own.values())
    plain = cases.network(np.random.default_rng(0), 2, 5, psi="expectation", o="none")
    assert not plain.params["psi1"].any()  # where there is none, none is put
    assert np.isinf(plain.params["lambda"]).all()
    drawn = [(any_network(rng, most=3), rng) for rng in generators(60)]
    assert {net.layers - 1 for net, _ in drawn} == set(range(1, DEEP + 1))
    assert {hidden_layer(rng, net) for net, rng in drawn} == set(range(DEEP))
    nets = [cases.mlp(rng, "tanh") for rng in generators(60)]
    assert 0.25 < np.concatenate([net.params["b1"] for net in nets]).std() < 0.35
    assert np.concatenate([net.params["W2"].ravel() for net in nets]).std() > 0.45  # noise on top of what was drawn
    X, y = cases.data(np.random.default_rng(0), any_network(np.random.default_rng(0), np.float32), 100)
    assert X.dtype == np.float32
    assert 0.9 < X.std() < 1.1
    assert len({*y.tolist()}) > 1


def test_pools_are_drawn_with_all_sizes_and_with_positions_and_biases():
    from minigrow.laws.urn.cases import deep, inputs, pool

    pools = [pool(rng) for rng in generators(150)]
    sizes = zip(*((net.inputs, net.hidden, net.outputs, net.iterations) for net in pools), strict=True)
    assert [set(column) for column in sizes] == [
        set(range(1, 5)),
        set(range(2, 13)),
        set(range(1, 5)),
        set(range(1, 6)),
    ]
    assert {net.activation for net in pools} == {"tanh", "relu"}
    assert all(len(np.unique(net.positions, axis=0)) == net.size for net in pools)
    assert 0.25 < np.concatenate([net.params[name] for net in pools for name in ("ch", "cy")]).std() < 0.35
    assert {(deep(rng, "relu").iterations, deep(rng, "relu").activation) for rng in generators(9)} == {(4, "relu")}
    assert (
        0.9
        < np.concatenate([inputs(rng, net).ravel() for rng, net in zip(generators(99), pools, strict=False)]).std()
        < 1.1
    )


def test_nimble_networks_are_of_either_algorithm_with_all_weights_and_any_size():
    from minigrow.laws.nimble.network import LOSS, _any_network, _task

    nets = [_any_network(rng) for rng in generators(150)]
    assert {net.rule for net in nets} == {"auxiliary", "growing", "scalar", "unseen", "input_only"}
    assert {net.activation for net in nets} == {"tanh", "silu"}
    assert {net.layers for net in nets} == {2, 3}
    share = [net.s / max(net.widths[1:-1]) if net.rule == "auxiliary" else net.s for net in nets]
    assert 0 < min(share) < 0.1 < 0.9 < max(share)
    for net in nets:
        if net.rule != "auxiliary":
            assert all(net.params[f"b{l}"].all() for l in range(1, net.layers + 1))
    widths = {net.delta for net in nets if net.rule == "auxiliary"}
    assert min(widths) < 0.5 < 2 < max(widths)
    assert len({net.goal for net in nets if net.rule == "auxiliary"}) > 9
    assert len({net.strength for net in nets if net.rule == "auxiliary"}) > 9
    found = {loss: [_task(rng, 2, 3, loss, 9) for rng in generators(9)] for loss in LOSS}
    assert [{*np.unique([y for _, y in found[loss]])} for loss in ("softmax", "binary")] == [{0, 1, 2}, {0, 1}]
    assert np.std([y for _, y in found["mse"]]) > 0.8
    assert {len(_task(rng, 1, 1, "mse")[0]) for rng in generators(60)} == set(range(1, 9))
    assert all(X.min() < -1 and X.max() > 1 for X, _ in found["mse"])


def test_all_that_closed_neurons_hold_is_changed_and_nothing_else(monkeypatch):
    from minigrow.laws.nimble import size

    nets, gradient = [], size.gradient
    monkeypatch.setattr(size, "gradient", lambda net, *batch: nets.append(net) or gradient(net, *batch))
    for rng in generators(9):
        size.closed_neurons(rng)
    for net, other in zip(nets[::2], nets[1::2], strict=True):
        on = net.active["h1"]
        changed = {name: array != other.params[name] for name, array in net.params.items()}
        assert {name for name, entries in changed.items() if entries.any()} == {"W1", "w1", "b1", "W2"}
        for entries in (changed["W1"], changed["w1"], changed["b1"], changed["W2"].T):
            assert entries[on:].all()
            assert not entries[:on].any()


def test_dead_neurons_are_mute_or_empty_and_both_are_drawn():
    from minigrow.laws.urn.pool import _with_dead
    from minigrow.urn import prune

    kinds = []
    for rng in generators(40):
        net = _with_dead(rng)
        p = net.params
        mute, empty = ~p["Wyh"].any(axis=0), ~p["Whx"].any(axis=1) & (p["ch"] == 0)
        assert not (mute & empty).any()
        assert not p["Whh"][np.ix_(~mute, mute)].any()  # they speak to each other alone
        assert not p["Whh"][np.ix_(empty, ~empty)].any()  # and these hear each other alone
        live = net.hidden - mute.sum() - empty.sum()
        assert prune(net)[0].hidden == max(1, live)
        kinds.append((mute.sum(), empty.sum(), live))
    assert all(np.mean(counts) > 1 for counts in zip(*kinds, strict=True))


def test_the_gradients_of_pools_are_tried_with_both_losses_and_any_number_of_outputs(monkeypatch):
    from minigrow.laws.urn import network

    tried = []
    monkeypatch.setattr(
        network,
        "gradient",
        lambda net, X, y, loss, time: (
            tried.append((loss, net.outputs > 1, np.shape(y), net.outputs, net.activation, time)) or (0.0, net.theta)
        ),
    )
    monkeypatch.setattr(network, "complex_step", lambda f, theta: theta)
    for law, activations in ((network.hand_gradient, {"tanh"}), (network.fast_gradient, {"tanh", "relu"})):
        tried.clear()
        for rng in generators(60):
            law(rng)
        cases = {("mse", False), ("mse", True), ("softmax", True)}  # one class alone has no gradient
        assert {(*case, one) for case in cases for one in activations} == {(*case[:2], case[4]) for case in tried}
        assert all(shape == ((7, k) if loss == "mse" else (7,)) for loss, _, shape, k, _, _ in tried)
        times = {case[-1] for case in tried}
        assert times == {0.0, 0.3} if law is network.fast_gradient else 0 < min(times) < 0.1 < 0.4 < max(times) < 0.5


def test_areas_are_put_into_other_places_and_their_neurons_are_shuffled(monkeypatch):
    from minigrow.laws.differentiable_structure import areas

    orders, nets, permute, apply = [], [], areas.permute, areas.apply
    monkeypatch.setattr(areas, "permute", lambda order: orders.append(list(order)) or permute(order))
    monkeypatch.setattr(areas, "apply", lambda moves, *rest: nets.append(moves) or apply(moves, *rest))
    for rng in generators(9):
        areas.names_do_not_matter(rng)
    assert len(orders) == sum(map(len, nets[::2]))  # the parameters and the gradient are permuted alike
    assert all(one is other for one, other in zip(nets[::2], nets[1::2], strict=True))
    assert all(sorted(order) == list(range(len(order))) != order for order in orders if len(order) > 1)
    assert max(map(len, orders)) > 2


def test_chunks_have_1_to_13_symbols_and_1_to_75_neurons_are_added(monkeypatch):
    from types import SimpleNamespace

    from minigrow.laws.differentiable_structure import network as recurrent
    from minigrow.laws.isotropic import network

    rng, chunks, added = np.random.default_rng(0), [], []
    for name in ("Text", "_Readable"):
        monkeypatch.setattr(recurrent, name, lambda codes, T, h, *_: chunks.append((T, len(codes))))
    monkeypatch.setattr(recurrent, "start", lambda *_, **__: None)
    monkeypatch.setattr(recurrent, "train_on", lambda *_: SimpleNamespace(history=SimpleNamespace(events=object())))
    for _ in range(200):
        recurrent.compiled_equals_numpy(rng)
    assert set(chunks) == {(T, 4 * T + 1) for T in range(1, 14)}
    net = network.cases.any_network(rng)
    monkeypatch.setattr(network.cases, "any_network", lambda rng: net)
    monkeypatch.setattr(network, "grow", lambda net, layer, n, **_: added.append(n) or (net, None))
    for _ in range(1000):
        network.growth_keeps(rng)
    assert set(added) == set(range(1, 76))


def test_graphs_of_all_kinds_are_counted_in_all_sizes_that_a_law_speaks_of(monkeypatch):
    from types import SimpleNamespace

    from minigrow.laws.motifs import cases, counts
    from minigrow.motifs import edges

    assert {cases.size_of(rng) for rng in generators(40)} == {3, 4, 5}
    for size, colours, paints in ((3, 3, {0, 1, 2, 3}), (6, 3, {0, 1, 2, 3}), (7, 1, {0, 1, 2, 3}), (8, 1, {0})):
        graphs = [cases.dressed(cases.draw_graph(rng), size, rng) for rng in generators(60)]
        kinds = {(graph.undirected, bool(graph.paint.any())) for graph in graphs}
        assert kinds == {(False, False), (True, False), *([(False, True)] if size < 8 else [])}
        assert {*np.concatenate([edges(graph)[2] for graph in graphs]).tolist()} == set(range(1, colours + 1))
        assert {*np.concatenate([graph.paint for graph in graphs]).tolist()} == paints
    monkeypatch.setattr(counts, "census", lambda graph, size: (graph, size))
    monkeypatch.setattr(counts, "brute_force", lambda graph, size: (graph, size))
    monkeypatch.setattr(counts, "gap", lambda one, other: [(one, other)])
    monkeypatch.setattr(counts, "_merged", lambda own, classes: own)
    named = [counts.labels(rng)[0] for rng in generators(80)]
    assert {size for (_, size), _ in named} == {3, 4, 5, 6}
    assert all({*one.names.tolist()} != {*other.names.tolist()} for (one, _), (other, _) in named)
    tried = [counts.brute(rng)[0][0] for rng in generators(200)]
    assert {graph.vertices for graph, _ in tried} == {5, 6, 7, 8}
    assert {size for _, size in tried} == {3, 4, 5, 6, 7, 8}
    for (one, _), (other, _) in (counts._recoloured(rng)[0] for rng in generators(9)):
        assert sum(edges(one)[2] != edges(other)[2]) == 1
        assert {*edges(other)[2].tolist()} <= {1, 2, 3}
    edged, painted = zip(*(counts.colours(rng) for rng in generators(20)), strict=True)
    assert {*np.concatenate([edges(one[0])[2] for one, _ in edged]).tolist()} == set(range(1, 8))
    assert {*np.concatenate([one[0].paint for one, _ in painted]).tolist()} == set(range(1, 16))
    monkeypatch.setattr(counts, "census", lambda graph, size: SimpleNamespace(total=0))
    monkeypatch.setattr(counts, "_pairs_of_bonds", lambda graph: 0)
    assert np.mean([counts.total(rng) > 0 for rng in generators(20)]) > 0.5  # twice the number of triangles


def test_tiny_graphs_are_in_one_colour_or_two_and_their_scripts_are_all_steps_of_the_walk():
    from itertools import product

    from minigrow.laws.motifs.uniform import scripts, tiny
    from minigrow.motifs import edges, from_edges
    from minigrow.motifs.bonds import bonds
    from minigrow.motifs.switching import PATHS

    graphs = [tiny(rng) for rng in generators(60)]
    assert {bonds(graph).tail.size for graph in graphs} == {4, 5}
    assert {frozenset(edges(graph)[2].tolist()) for graph in graphs} >= {frozenset({1}), frozenset({1, 2})}
    assert 0 < np.mean([edges(graph)[0].size > bonds(graph).tail.size for graph in graphs]) < 0.6
    ring = from_edges([0, 1, 2, 3, 4], [1, 2, 3, 4, 0], [1, 1, 2, 2, 2])  # bonds of two kinds, each vertex with two
    found, cells, half = list(scripts(ring)), [0.1, 0.3, 0.5, 0.7, 0.9], (0.25, 0.75)
    assert math.isclose(sum(p for p, _ in found), 1)
    paths = [(p, draws) for p, draws in found if draws[1] < PATHS]
    assert {(e, i, j) for _, (e, _, i, j) in paths} == set(product(cells, half, half))
    assert {p for p, _ in paths} == {PATHS / 20}
    others = [(p, draws) for p, draws in found if draws[1] >= PATHS]
    assert len(others) == 2 * (2 * 2 + 3 * 3)
    for e in cells:
        own = [(round(p, 9), f, turned) for p, (first, _, f, turned) in others if first == e]
        partners = half if e < 0.4 else (0.5 / 3, 0.5, 2.5 / 3)
        p = round((1 - PATHS) / (2 * 5 * len(partners)), 9)
        assert set(own) == {(p, f, turned) for f, turned in product(partners, half)}


def test_paths_are_tried_under_all_changes_and_at_weights_that_are_zero(monkeypatch):
    from types import SimpleNamespace

    from minigrow.laws.urn import paths

    changes, steps = [], []
    monkeypatch.setattr(paths, "moved", lambda net, change: changes.append(change) or net)
    for rng in generators(9):
        paths._change_gap(rng, lambda net: 1.0)
    orders, signs, scales = changes[::3], changes[1::3], changes[2::3]
    assert any(sorted(one.T.source) != one.T.source.tolist() for one in orders)
    assert {*np.concatenate([one.T.factor for one in signs]).tolist()} == {-1, 1}
    scales = np.concatenate([one.T.factor for one in scales])
    assert 0 < scales.min() < 0.5 < 2 < scales.max()
    monkeypatch.setattr(
        paths,
        "bind",
        lambda optimiser, net, slope, loss: (
            steps.append((optimiser.strengths.path, net, net.theta.copy(), slope))
            or SimpleNamespace(update=lambda state: 0)
        ),
    )
    for rng in generators(30):
        paths._step_gap(rng, 1.0)
    price = [path * paths.path_gradient(net) for path, net, _, _ in steps]
    share = np.concatenate([slope[p > 0] / p[p > 0] for (*_, slope), p in zip(steps, price, strict=True)])
    nothing = np.concatenate([(theta == 0)[p > 0] for (*_, theta, _), p in zip(steps, price, strict=True)])
    assert 0.3 < nothing.mean() < 0.5
    assert -1 < share[nothing].min() < -0.9 < 0.9 < share[nothing].max() < 1
    assert {*share[~nothing].round(9).tolist()} == {-1, 1}


def test_prices_and_their_operators_are_tried_where_they_could_fail(monkeypatch):
    from minigrow.laws.urn import prices

    tried = []
    for rng in generators(40):
        prices._group_gap(rng, lambda v, price, unit, tried=tried: tried.append((v, price, unit)) or v)
    share = np.array(
        [-v[:, 0] / unit[:, 0] / price for v, price, unit in tried]
    )  # of the price, where the weights are zero
    assert share.min() < -0.3 < 0.3 < share.max()
    assert np.linalg.norm(share, axis=1).max() <= 1
    assert all(unit.max() > 5 * unit.min() for _, _, unit in tried)
    for name, lazy in (("block_step", lambda W, price, unit: W), ("shrink_blocks", lambda W, price, unit: None)):
        with monkeypatch.context() as patch:
            patch.setattr(prices, name, lazy)
            assert prices.group_fixed_points(np.random.default_rng(0)) > 64  # also of a step that does too little
    for name in ("soft_threshold", "block_soft_threshold"):
        for factor in (0.9, 1.1):
            with monkeypatch.context() as patch:
                old = getattr(prices, name)
                patch.setattr(prices, name, lambda W, r, old=old, factor=factor: factor * old(W, r))
                assert max(map(prices.proximal_minimum, generators(3))) > 16
    assert prices._least_price_change(np.random.default_rng(0)) > 1e9
    rated = []
    monkeypatch.setattr(prices, "_terms", lambda net, X: rated.append((net.theta, X)) or np.full(4, 2.0))
    assert prices._least_price_change(np.random.default_rng(0)) == 0
    assert min(part.min() for case in rated for part in case) > 0  # so that every neuron is active
    assert min(part.std() for case in rated for part in case) > 0.1
    assert prices.paths_ignore_scale(np.random.default_rng(0)) == math.inf  # four prices that do not change either


def test_the_metric_is_tried_with_all_activations_optimisers_and_changes(monkeypatch):
    from minigrow.laws.growth import metric
    from minigrow.nn import SGD, Momentum, Nesterov

    whole, tried = metric._commuting_gap, []
    monkeypatch.setattr(metric, "_commuting_gap", lambda rng, *case: tried.append(case))
    for rng in generators(60):
        metric.metric_commutes(rng)
    assert {net.activation for net, *_ in tried} == set(metric.KEEPING)
    assert {type(optimiser) for _, optimiser, _ in tried} == {SGD, Momentum, Nesterov}
    assert {(net.activation == "identity", len(moves)) for net, _, moves in tried} == {(True, 1), (False, 3)}
    assert {move.space for _, _, moves in tried for move in moves} == {"h1", "h2"}
    change = metric._any(np.random.default_rng(0), 2)
    assert abs(np.linalg.pinv(change.T) - change.Ut.T).max() > 0.1  # any left inverse, not this one alone
    lives = []
    monkeypatch.setattr(
        metric, "_lived", lambda *life: lives.append(life) or (life[0], metric._fresh(life[1], life[0]))
    )
    whole(np.random.default_rng(0), *tried[0])
    (*_, batches, moves, early, _), (*_, same, _, late, _) = lives
    assert same is batches
    assert len(batches) == 300
    assert all(0 < step <= 100 for step in early)
    assert late == [300] * len(moves)
    steps, measured = metric._steps, []
    monkeypatch.setattr(metric, "_steps", lambda *args: measured.append(len(args[-1])) or steps(*args))
    monkeypatch.setattr(metric, "in_eps", lambda found, expected: measured.append(float(abs(expected).max())) or 0)
    for rng in generators(5):
        measured.clear()
        metric.metric_freezes(rng)
        assert 50 in measured[:2]
        assert min(measured[2:]) > 0.01  # a rule has put something there


def test_a_law_does_as_often_as_its_text_says(monkeypatch):
    from minigrow.laws.addition import gradmax, removal
    from minigrow.laws.differentiable_structure import area_lives, memory
    from minigrow.laws.growth import training
    from minigrow.laws.nimble import size

    rng, found = np.random.default_rng(0), []

    def counted(module, name):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, **options: found.append(args) or real(*args, **options))

    counted(memory, "accept")
    memory.memories_stay_aligned(rng)
    assert len(found) == 20
    found.clear()
    counted(area_lives, "explain")
    area_lives.nothing_else_moves(rng)
    assert len(found) == 20
    found.clear()
    counted(size, "_descend")
    assert size.pinned_is_static(rng) <= 128
    assert size.released_is_deaf(rng) == 0
    assert [args[-1] for args in found] == [20] * 4
    found.clear()
    counted(training, "_steps")
    training.training_commutes(rng)
    assert [len(args[-1]) for args in found] == [5, 95, 95] * 3
    found.clear()
    counted(removal, "_error")
    removal.removal_costs(rng)
    assert len(found) == 102  # what it says, 100 others and the least there can be
    seen = gradmax.seen_by_rules(rng, *gradmax.INERT)[3]
    monkeypatch.setattr(gradmax, "_excess", lambda rng, k, draw: (k, draw(seen)))
    drawn = [gradmax.best_of_all(rng) for rng in generators(12)]
    assert {k for k, _ in drawn} == {1, 2, 3, 4}
    for k, B in drawn:
        assert B.shape == (500, k, 4)
        np.testing.assert_allclose(B @ B.transpose(0, 2, 1), np.broadcast_to(np.eye(k), (500, k, k)), atol=1e-12)


def test_births_and_deaths_are_explained_and_happen_in_the_cases(monkeypatch):
    from minigrow.laws.differentiable_structure import area_lives, memory, network

    def refused(*_):
        raise LookupError

    for check in (
        area_lives.birth_keeps_the_function,
        area_lives.death_of_a_silent_area,
        area_lives.nothing_else_moves,
    ):
        with monkeypatch.context() as patch:
            patch.setattr(area_lives, "explain", refused)
            with pytest.raises(LookupError):
                check(np.random.default_rng(0))
    with monkeypatch.context() as patch:
        patch.setattr(area_lives, "prune_in", lambda net, area, neurons: (net, None))
        patch.setattr(area_lives, "explain", lambda *_: None)
        assert area_lives.death_of_a_silent_area(np.random.default_rng(0)) == math.inf  # it is still there
    runs, train_on, train = [], network.train_on, memory.train
    monkeypatch.setattr(network, "train_on", lambda *args: runs.append(train_on(*args)) or runs[-1])
    for rng in generators(4):
        network.compiled_equals_numpy(rng)
    assert {event.kind for run in runs for event in run.history.events} == {"grow", "prune"}
    assert len({run.net.neurons for run in runs}) > 1
    runs.clear()
    monkeypatch.setattr(memory, "train", lambda *args, **o: runs.append(train(*args, **o)) or runs[-1])
    memory.resuming_is_going_on(np.random.default_rng(0))
    first, whole, resumed = runs
    assert {event.kind for event in first.history.events} == {"grow", "prune"}
    assert {event.kind for event in whole.history.events if event.step > first.step} == {"grow", "prune"}
    assert resumed.step == whole.step > first.step


def test_rules_are_tried_for_all_numbers_of_neurons_and_in_all_forms(monkeypatch):
    from minigrow.laws.addition import copies, isotropic, kept, north, pairs, removal, senn, slopes, statistics
    from minigrow.nn.activations import ACTIVATIONS

    assert {slopes._k(rng) for rng in generators(40)} == {1, 2, 3, 4}
    found = []
    monkeypatch.setattr(kept, "_change", lambda net, X, proposal: found.append((net.activation, proposal)) or 0.0)
    for rng in generators(40):
        kept.silent(rng)
    rounds = [found[i : i + 6] for i in range(0, len(found), 6)]
    assert all([one.rule for _, one in row] == [one.rule for _, one in rounds[0]] for row in rounds)
    assert {len(row[0][1].places) for row in rounds} == {1, 2, 3, 4}
    assert all(
        [len(one.places) for _, one in row] == [len(row[0][1].places) * n for n in (1, 1, 1, 2, 2, 2)] for row in rounds
    )
    for column, names in (
        (0, {"tanh", "gelu", "silu", "relu", "relu1"} - {"relu"}),
        (2, set(kept.ANY)),
        (5, {"sigmoid", "softplus"}),
    ):
        assert {row[column][0] for row in rounds} == names
    monkeypatch.setattr(statistics, "in_eps", lambda found, expected: (found, expected))
    M, left = statistics._without_old_weights(np.random.default_rng(0))
    seen = statistics.seen_by_rules(np.random.default_rng(0))[3]
    np.testing.assert_array_equal(M, seen.statistics.M)
    np.testing.assert_allclose(left, seen.statistics.N, atol=1e-12)
    layers = []
    monkeypatch.setattr(statistics, "gathered", lambda net, layer, *_: layers.append(layer))
    monkeypatch.setattr(statistics, "_gap", lambda *_: 0.0)
    for rng in generators(9):
        statistics.batching(rng)
    assert set(layers) == {0, 1}
    for module, function, rule, least in (
        (north, "orthogonal", "north_pre", 4),
        (senn, "keeps", "senn", 3),
        (isotropic, "silent_isotropic", "gradmax", 4),
        (isotropic, "longer", "tiny", 4),
        (pairs, "pairs", "antisymmetric", 4),
        (pairs, "_linear_gap", "antisymmetric", 4),
    ):
        real, numbers = getattr(module, rule), set()

        def watched(*args, real=real, numbers=numbers, **options):
            if callable(args[0]):
                return lambda seen, k, *rest: numbers.add(k) or real(*args)(seen, k, *rest)
            return numbers.add(args[1]) or real(*args, **options)

        monkeypatch.setattr(module, rule, watched)
        for rng in generators(30):
            getattr(module, function)(rng, *(["relu"] if function == "_linear_gap" else []))
        assert numbers == set(range(1, least + 1)), function
    shares, shared = [], copies.shared
    monkeypatch.setattr(
        copies, "shared", lambda source, share, h: shares.append((source, share)) or shared(source, share, h)
    )
    copies._isotropic_copies(np.random.default_rng(0))
    ((source, share),) = shares
    np.testing.assert_allclose(np.bincount(source, share), 1)
    tried = []
    monkeypatch.setattr(copies, "in_eps", lambda *_: 0.0)
    mlp = copies.mlp
    monkeypatch.setattr(copies, "mlp", lambda rng, activation: tried.append(activation) or mlp(rng, activation))
    for law in (copies.wider_keeps, copies.deeper_keeps, copies.pairs_keep):
        law(np.random.default_rng(0))
    assert tried == [*ACTIVATIONS, *copies.IDEMPOTENT, *copies.PAIRS]
    monkeypatch.setattr(removal, "_error", lambda *_, tried=tried: tried.append("") or 1.0 + (tried.count("") > 100))
    assert removal.removal_costs(np.random.default_rng(0)) == math.inf  # another one is below the least there can be


def test_gradients_are_tried_for_all_activations_and_variants(monkeypatch):
    import dataclasses

    from minigrow.laws.isotropic import moves, network
    from minigrow.laws.nn import gradients
    from minigrow.nn.radial import RADIAL

    asked, drawn, mlp = [], network.network, gradients.mlp
    monkeypatch.setattr(gradients, "mlp", lambda rng, activation: asked.append(activation) or mlp(rng, activation))
    monkeypatch.setattr(gradients, "complex_step", lambda f, x: x)
    monkeypatch.setattr(network, "complex_step", lambda f, x: x)
    for rng in generators(80):
        gradients.mlp_gradient(rng)
    assert set(asked) == {name for name, one in gradients.EVERY.items() if one.analytic}
    variants = []
    monkeypatch.setattr(
        network,
        "network",
        lambda rng, hidden, *rest, **options: (
            variants.append((hidden, *options.values())) or drawn(rng, hidden, *rest, **options)
        ),
    )
    for rng in generators(80):
        network.hand_gradient(rng)
    assert {hidden for hidden, *_ in variants} == {1, 2, 3}
    assert {name for _, name, *_ in variants} == set(RADIAL)
    assert {o for _, _, o, _ in variants} == {"none", "constant", "trainable"}
    assert {psi for *_, psi in variants} == {"trainable", "decay", "constant"}
    monkeypatch.setattr(network, "in_eps", lambda *_: math.inf)
    for name in RADIAL:
        monkeypatch.setattr(network, "any_radial", lambda rng, name=name: name)
        assert network._kernel_gap(np.random.default_rng(0), np.float64) == math.inf
        left_out = name == "isotropic_threshold"
        assert network._kernel_gap(np.random.default_rng(0), np.float32) == (0 if left_out else math.inf)
    changed = []
    monkeypatch.setattr(moves, "moved", lambda net, steps: changed.append(steps[0].change) or net)
    moves._moves_gap(np.random.default_rng(0), np.float64, 2, 1e-11)
    assert all(0 < one.T[0, 0] - 1 < 2e-11 and one.Ut[0, 0] > 1 for one in changed)
    assert len(changed) == 2
    done = set()
    for name in ("left_diagonalise", "diagonalise", "grow", "prune", "moved"):
        real = getattr(moves, name)
        monkeypatch.setattr(moves, name, lambda *args, real=real, name=name, **o: done.add(name) or real(*args, **o))
    for rng in generators(40):
        moves._move(rng, drawn(rng, 2, 4, activation="isotropic_tanh"))
    assert done == {"left_diagonalise", "diagonalise", "grow", "prune"}
    monkeypatch.setattr(moves, "_move", lambda rng, net: dataclasses.replace(net, theta=net.theta.astype(float)))
    monkeypatch.setattr(moves, "in_eps", lambda *_: 0.0)
    assert moves.float32_moves(np.random.default_rng(0)) == math.inf
    assert moves.one_move(np.random.default_rng(0)) == 0
