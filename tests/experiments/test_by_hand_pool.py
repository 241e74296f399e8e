"""What the pool's experiments measure, on networks and numbers worked out by hand; runs that diverge are what they were before."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from minigrow.experiments.addition import comparison_growing as growing
from minigrow.experiments.addition.comparison import FULL
from minigrow.experiments.urn import (
    common,
    economy,
    fields,
    frozen,
    geometry,
    identity,
    images,
    lives,
    plain,
    systems,
    targets,
)
from minigrow.experiments.urn.tasks import Task, even
from minigrow.nn import MLP
from minigrow.urn import Network, Strengths
from minigrow.urn.embedding import from_matrix

X = np.array([[0.5, -1.0, 2.0], [1.0, 3.0, -0.5]])


@pytest.mark.parametrize(
    ("name", "state", "change"),
    [
        ("lorenz", (1.0, 2.0, 3.0), (10.0, 1 * 25 - 2, 2 - 8.0)),
        ("van der pol", (2.0, 3.0), (3.0, -3 * 3 - 2.0)),
        ("pendulum", (math.pi / 2, 3.0), (3.0, -1.0)),
        ("predator", (2.0, 3.0), (-4.0, 3.0)),
        ("rigid body", (2.0, 3.0, 5.0), (-15.0, 10.0, -2.0)),
        ("henon-heiles", (2.0, 3.0, 5.0, 7.0), (5.0, 7.0, -14.0, 2.0)),
        ("duffing", (2.0, 3.0), (3.0, -6.0)),
        ("lorenz-96", (1.0, 2.0, 3.0, 4.0, 6.0), (-2 * 6 - 1 + 8, -3 + 6.0, 3 * 2 + 5.0, 4 * 3 + 4.0, -2 * 4 + 2.0)),
    ],
)
def test_the_equations_of_every_system_by_hand(name, state, change):
    f, draw = systems.SYSTEMS[name]
    assert f(np.array([state, state]))[1] == pytest.approx(change)
    drawn = draw(np.random.default_rng(0), 50)
    assert drawn.shape == (50, len(state))
    assert len(np.unique(drawn[:, 0])) == 50


def test_runge_kutta_is_of_the_fourth_order():
    grown = [abs(systems.flow(lambda x: x, np.ones((1, 1)), 1.0, n)[0, 0] - math.e) for n in (10, 20)]
    assert grown[0] / grown[1] == pytest.approx(16, rel=0.1)
    one = systems.flow(lambda x: x, np.ones((1, 1)), 0.5, 1)[0, 0]
    assert one == pytest.approx(1 + 0.5 + 0.125 + 0.125 / 6 + 0.0625 / 24)


def test_friedmans_targets_by_hand():
    one = np.array([[0.5, 1.0, 0.25, 0.5, 0.2, 0.9]])
    assert plain.friedman1(one) == pytest.approx([10 + 20 * 0.0625 + 5 + 1])
    R, omega, L, C = 50.0, 2 * math.pi * (0.5 * 260 + 20), 0.25, 1 + 10 * 0.2
    part = omega * L - 1 / (omega * C)
    given = np.array([[0.5, 0.5, 0.25, 0.2]])
    assert plain.friedman2(given) == pytest.approx([math.hypot(R, part)])
    assert plain.friedman3(given) == pytest.approx([math.atan(part / R)])
    assert plain.friedman3(np.array([[0.0, 0.5, 0.25, 0.2]])) == pytest.approx([math.atan(part / 1e-3)])


def test_targets_are_a_state_and_its_change():
    Y = X + np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
    assert targets.shaped(X, Y, "next") is Y
    assert targets.shaped(X, Y, "difference") == pytest.approx((Y - X) * np.std(Y) / np.std(Y - X))
    assert targets.shaped(X, Y, "permuted").tolist() == Y[:, [2, 0, 1]].tolist()
    Q = np.array([[1, 1, 1], [3**0.5 / 2**0.5, 0, -(3**0.5) / 2**0.5], [0.5**0.5, -(2**0.5), 0.5**0.5]]) / 3**0.5
    assert targets.cosines(3) == pytest.approx(Q)
    assert targets.shaped(X, Y, "rotated") == pytest.approx(Y @ Q.T)
    assert targets.products(X) == pytest.approx(np.array([[-1.0, 0.5, -0.25], [-0.75, -0.25, 1.5]]))
    assert even(X).tolist() == [[0.5, 1.25, 0.25], [1.25, 0.25, 2.0]]
    dt, mean, scale = targets.clock("pendulum")
    f, draw = systems.SYSTEMS["pendulum"]
    states = draw(np.random.default_rng(0), 1000)
    moved = np.sqrt(np.mean(((systems.flow(f, states, dt) - states) / scale) ** 2))
    assert moved == pytest.approx(0.2, rel=1e-6)
    assert mean == pytest.approx(states.mean(axis=0))


def test_clean_and_noisy_images():
    noisy, clean = targets.images(np.random.default_rng(0))
    assert clean.std(axis=0) == pytest.approx(1)
    assert clean.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert np.std(noisy - clean) == pytest.approx(0.3, rel=0.02)
    deviations = targets.digits().X.astype(float).std(axis=0)
    assert clean.shape[1] == np.sum(deviations > 0.2 * deviations.mean()) < 64


V = np.array([[1.0, 0.2], [0.0, 0.95]])


def test_what_is_lost_without_the_branch_and_by_a_linear_map():
    held = np.array([[1.0, 0.0], [0.0, 2.0]])
    t = Task(np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 0.0]]), np.array([[2.2, 0.5], [3.0, 0.0], [1.3, 0.3]]), "mse",
             (held, held @ V.T))  # fmt: skip
    b = (t.y - t.X @ V.T).mean(axis=0)
    assert identity.without_branch(V, t) == pytest.approx(np.mean(np.square(b)))
    A = np.column_stack([t.X, np.ones(3)])
    assert identity.linear(t) == pytest.approx(
        np.mean((np.column_stack([held, [1, 1]]) @ np.linalg.solve(A, t.y) - t.test[1]) ** 2)
    )
    assert [identity.relabelled(W) for W in (V, V[::-1], V - 0.2, np.array([[1.09, 0], [0, 0.91]]))] == [
        True,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("change", "same", "anywhere"),
    [
        ({}, True, True),
        ({"worst": 0.11}, False, True),
        ({"worst": 0.1}, True, True),
        ({"relabelled": False}, True, False),
        ({"cut": 0.0199}, False, False),
        ({"error": 0.0101}, False, False),
        ({"linear": 0.0199}, False, False),
    ],
)
def test_when_a_pool_is_a_residual_net(change, same, anywhere):
    run = {"worst": 0.05, "relabelled": True, "error": 0.01, "cut": 0.02, "linear": 0.02} | change
    assert [identity.is_residual(run), identity.is_residual(run, anywhere=True)] == [same, anywhere]


def test_a_window_is_the_shortest_interval_with_four_fifths_of_the_weights():
    places = np.array([[0.0], [1.0], [3.0], [7.0]])
    assert fields.window(places, np.array([1.0, -4.0, 4.0, 1.0])) == 2
    assert fields.window(places, np.array([5.0, 0.5, 0.5, -0.1])) == 0
    assert fields.window(places, np.ones(4)) == 7
    assert fields.window(places[:, [0, 0]] * [1, 2], np.array([1.0, -4.0, 4.0, 1.0])) == 3
    assert fields.window(places[[2, 0, 3, 1]], np.array([4.0, 1.0, 1.0, -4.0])) == 2


def test_accuracy_units_and_numbers_of_a_network():
    t = Task(X, np.array([[2.0, 0.0], [0.0, 4.0]]), "mse", (X, np.array([[1.0, 1.0]])))
    variance = (1 + 4) / 2
    told = common.scaled(Strengths(l1=0.1, group=0.2, time=0.3, local=0.4, loop=1.0), t.y)
    assert told.l1 == pytest.approx(0.1 * variance)
    assert [told.group, told.local, told.loop, told.time] == pytest.approx(
        [0.2 * variance, 0.4 * variance, variance, 0.3]
    )
    assert common.scaled(Strengths(l1=0.1), np.array([0, 1])) == Strengths(l1=0.1)
    unit = common.unit_height(t)
    assert unit.y == pytest.approx(t.y / variance**0.5)
    assert unit.test[1] == pytest.approx(t.test[1] / variance**0.5)
    assert common.unit_height(t._replace(y=np.array([0, 1]))).y.tolist() == [0, 1]
    assert common.accuracy(np.array([[0.3, 0.2], [-1.0, 1.0]]), np.array([[1.0, -1.0], [-1.0, -1.0]])) == 50
    assert common.accuracy(np.array([[0.3, 0.2], [-1.0, 1.0], [1.0, 0.0]]), np.array([1, 1, 0])) == pytest.approx(
        200 / 3
    )


def test_the_numbers_that_are_kept_of_a_pool():
    """Two inputs, a hidden neuron that reads both, one output that reads it and the second input."""
    W = np.zeros((4, 4))
    W[2, :2], W[3, 2], W[3, 1] = (1.0, -1.0), 2.0, 0.5
    net = from_matrix(Network.create(2, 1, 4, 2, "relu", rng=0), W, np.array([0.0, 0.0, 0.0, 0.25]))
    inputs = np.array([[1.0, 0.0], [0.0, 1.0]])
    found = common.summary(net, Task(inputs, np.ones((2, 1)), "mse", (inputs, np.array([[2.0], [-1.0]]))))
    kept = {"accuracy": 50.0, "edges": 4, "depth": 2, "skips": 0.25, "cycles": 0, "wire": 0.0, "widths": [2, 1, 1]}
    assert {key: found[key] for key in kept} == kept
    assert found["error"] == pytest.approx(np.mean((np.array([2.25, 0.75]) - [2.0, -1.0]) ** 2), rel=1e-4)


def test_masks_of_dense_and_local_networks():
    assert [mask.tolist() for mask in frozen.dense([2, 1, 2])] == [[[True, True]], [[True], [True]]]
    first, last = frozen.local(5, [2.0], 11, 2)
    assert first.astype(int).tolist() == [[1, 1, 0, 0, 0], [0, 1, 1, 1, 0], [0, 0, 0, 1, 1]]
    assert last.tolist() == [[True] * 3] * 2
    mask = np.zeros((3, 3), bool)
    mask[2, :2] = True
    net = frozen.drawn_on(Network.create(1, 1, 3, 2, "relu", rng=0), mask, 5)
    assert pytest.approx(np.random.default_rng(5).standard_normal((3, 3)) * mask) == net.W
    assert net(np.zeros((1, 1))).tolist() == [[0.0]]


def test_when_a_skill_is_back_and_who_a_neuron_was():
    assert [lives.back(right, 10) for right in ([True] * 3, [False, True, False, True], [True, False])] == [
        10,
        40,
        None,
    ]
    events = [SimpleNamespace(sources=(2, 0, -1)), SimpleNamespace(sources=(-1, 2, 1))]
    assert lives.renamed([5, 6, 7], events, iter([8, 9])) == [9, 8, 5]
    t = lives.four_bits("hard")
    assert t.y[:, 0].tolist() == np.prod(t.X[:, :3], axis=1).tolist()
    assert lives.four_bits("easy").y[-1] == pytest.approx(0.5)


def test_geometry_leaves_places_in_the_samples_own_order():
    kept, moved = (geometry.placed("digits", 3, 16, 2, shuffled=s) for s in (False, True))
    assert kept.shape == (4, 4)
    assert kept.places.tolist() == [[i, j] for i in range(4) for j in range(4)]
    order = np.random.default_rng(3).permutation(16)
    assert moved.own.tolist() == kept.places[order].tolist()
    assert np.array_equal(moved.train.X, kept.train.X[:, order])
    held = geometry.placed("digits", 3, 16, 2, validation=True)
    assert [len(kept.train.y), len(kept.test.y), len(held.train.y), len(held.test.y)] == [1438, 359, 1150, 288]


# Runs that diverge


def test_runs_that_diverge_or_cannot_run_say_so():
    same = tuple(
        (FULL | {"steps": 20, "interval": 5, "widths": [6], "end": 6, "points": 60, "stride": 1, "wide": 5}).items()
    )
    with np.errstate(all="ignore"):
        (gone,) = growing.one(growing.Job("teacher", "static 6", tuple(dict(same, wide=500).items()), 1e30, (0,)))
    assert gone["refused"] == "diverged"
    assert math.isnan(gone["score"])
    (none,) = growing.one(growing.Job("teacher", "urn", same, 0.01, (0,)))
    words = "ValueError: the pool has a weight from every neuron to every neuron, which 10 inputs make too many."
    assert {**none, "score": 0.0} == growing.NOTHING | {"score": 0.0, "refused": words}


def test_a_pool_that_diverges_is_what_it_was():
    job = identity.Job("stream", "next", "relu", 3e-4, 0.1, 3, 40, 64, 0, rate=1e30)
    with np.errstate(all="ignore"):
        assert np.isfinite(identity.trained(job, targets.change("stream", "next", 0)).theta).all()
        assert identity.perceptron(job._replace(rate=1e300)) > 0


def test_scores_of_a_regression_and_of_classes():
    net = MLP.create([2, 2, 2], rng=0)
    given = growing.Task(X[:, :2], X[:, :2], X[:, :2], net(X[:, :2]) + np.array([[0.1, -0.1]]), "mse", 2)
    assert given.score(net) == pytest.approx(-100 * math.log(0.01))
    assert given._replace(y_test=net(X[:, :2])).score(net) == -math.inf
    labels = net(X[:, :2]).argmax(axis=1)
    assert given._replace(loss="softmax", y_test=labels).score(net) == 100
    assert given._replace(loss="softmax", y_test=1 - labels).score(net) == 0


# Pictures


def test_fields_are_laid_side_by_side():
    V = np.array([[1.0, -2.0], [0.0, 0.0], [3.0, 1.5], [9.0, 9.0]])
    shown = images.mosaic(V, (1, 2), columns=1, rows=3)
    assert shown.tolist() == [[0.5, -1.0], [0, 0], [0, 0], [0, 0], [1.0, 0.5]]
    assert images.mosaic(V, (2, 1), columns=2, rows=2).tolist() == [
        [0.5, 0, 0], [-1, 0, 0], [0, 0, 0], [1, 0, 1], [0.5, 0, 1]]  # fmt: skip
    assert images.mosaic(V, (1, 2)).shape == (5, 11)


def test_a_row_of_a_film_without_any_wire_has_one_empty_layer():
    net = from_matrix(Network.create(4, 1, 7, 2, rng=0), np.zeros((7, 7)), np.zeros(7))
    row = lives.seen(net, lives.four_bits("easy"), film=True)
    assert (row["edges"], row["right"], row["layers"].tolist(), row["matrix"].tolist()) == (0, False, [0], [0.0])


def test_a_ladder_that_ends_with_nothing_left():
    runs = [{"edges": 0, "neurons": 0}, {"edges": 100, "neurons": 100}]
    assert [economy.at_edges(runs, edges) for edges in (0, 1, 10, 1000)] == pytest.approx([1, 1, 10, 100])
