"""Training one network: the released program's path, what the history says, going on, diverging; predict and score."""

import itertools

import numpy as np
import pytest

from minigrow import growth, nimble
from minigrow.growth import Plan
from minigrow.nimble.fit import REASONS, opened
from minigrow.nimble.formulas import size_term
from minigrow.nn import SGD, Adam
from minigrow.nn.optimisers import start

X = np.linspace(-1, 1, 40)[:, None]
Y = X**2


def plan(epochs, record=100, **more):
    return Plan(epochs, None, "mse", record=record, quiet=True)._replace(**more)


def at_size(net, s):
    return net.with_theta(np.append(net.theta[:-1], s))


def test_released_variant_reproduces_the_published_path_of_c():
    """The program counts epochs from 0, so the state it prints at epoch k is the one after k + 1 steps."""
    net = nimble.controller([1, 10, 1], "released", rng=0)
    # one spread below 0: the last value is .57805 for c = 0, on the edge between two roundings
    run = growth.start(at_size(net, -1e-5), Adam(1e-3), rng=0)
    found = []
    for epoch in range(100, 701, 100):
        run = growth.train(run, X, Y, plan(epoch + 1, 1000, every=1000))
        found.append(round(float(run.net.s), 4))
    assert found == [0.0992, 0.1924, 0.2804, 0.3630, 0.4402, 0.5119, 0.5780]


def test_released_gate_is_one_for_the_whole_layer_and_hears_no_task():
    net = nimble.controller([1, 4, 1], "released", rng=0)
    gamma = at_size(net, 0.2).gates(0)[0]
    assert np.all(gamma == gamma[0])
    assert 0 < gamma[0] < 1
    a, b = (nimble.fit(X, y, net, plan=plan(50))[0].s for y in (Y, -3 * Y))
    assert a == b


def test_growing_opens_all_neurons_and_learns():
    net, history = nimble.fit(X, Y, nimble.controller([1, 10, 1], rng=0), plan=plan(2500, validation=(X, Y)))
    assert abs(net.s - 1) < 0.01
    assert history["active"][0, 0] < 5
    assert net.active["h1"] == history["active"][-1, 0] == 10
    assert history["validation_loss"][-1] < 1e-3 < history["validation_loss"][0]
    error = history["loss"][-1] - size_term(net)  # the last step hardly moves s
    assert error == pytest.approx(history["validation_loss"][-1], rel=0.1)
    assert np.array_equal(history["widths"], np.insert(history["active"], (0, 1), 1, axis=1))


def test_fit_draws_a_network_that_fits_the_data():
    three = np.arange(40) % 3
    drawn = {loss: nimble.fit(X, y, rng=0, plan=plan(2, loss=loss))[0] for loss, y in
             (("mse", Y[:, 0]), ("binary", (three > 0)), ("softmax", three))}  # fmt: skip
    assert {loss: net.widths for loss, net in drawn.items()} == {
        "mse": (1, 10, 1),
        "binary": (1, 10, 1),
        "softmax": (1, 10, 3),
    }
    twice = [nimble.fit(X, np.hstack([Y, Y]), hidden=[4, 3], rule="static", rng=5, plan=plan(2))[0] for _ in range(2)]
    assert (twice[0].widths, twice[0].rule) == ((1, 4, 3, 2), "static")
    assert np.array_equal(*(net.theta for net in twice))
    assert nimble.fit(X.astype(np.float32), Y, rng=0, plan=plan(2))[0].theta.dtype == np.float32


def test_fit_of_a_network_leaves_it_alone_and_draws_the_same_as_the_caller():
    net = nimble.controller([1, 10, 1], rng=3)
    before = net.theta.copy()
    given, drawn = nimble.fit(X, Y, net, plan=plan(30))[0], nimble.fit(X, Y, rng=3, plan=plan(30))[0]
    assert np.array_equal(given.theta, drawn.theta)
    assert np.array_equal(net.theta, before)


def test_multiply_adds_count_open_neurons_of_every_epoch():
    net = nimble.controller([2, 4, 3, 2], rng=0)
    x, y = np.random.default_rng(0).standard_normal((7, 2)), np.zeros((7, 2))
    _, history = nimble.fit(x, y, net, plan=plan(300, 1))
    s = np.append(net.s, history["s"][:-1])  # an epoch works with the size before its step
    total = 0
    for value in s:
        _, one, two, _ = at_size(net, value).active.values()
        total += 3 * 7 * (one * 2 + two * one + 2 * two)
    assert history["multiply_adds"][-1] == total
    rarely = nimble.fit(x, y, net, plan=plan(300, 100))[1]
    assert rarely["multiply_adds"][-1] == total, "the cost of every epoch counts, however rarely a row is written"


def test_static_network_costs_the_same_every_epoch():
    net = nimble.controller([1, 6, 1], "static", rng=0)
    trained, history = nimble.fit(X, Y, net, plan=plan(20, 10))
    assert trained.s == 1.0
    assert history["multiply_adds"].tolist() == [3 * 40 * 10 * 12, 3 * 40 * 20 * 12]
    assert not history.events


@pytest.mark.parametrize("record", [7, 50])
def test_events_tell_every_change_between_two_rows(record):
    _, history = nimble.fit(
        X, Y, nimble.auxiliary([1, 9, 1], size=8.0, rng=0), optimiser=SGD(0.05), plan=plan(200, record)
    )
    active, epochs = history["active"][:, 0], history["epoch"]
    changes = [(e, a, b) for e, (a, b) in zip(epochs[1:], itertools.pairwise(active), strict=True) if a != b]
    assert [(event.step, event.before, event.after) for event in history.events] == changes
    assert changes
    assert all(event.kind == ("grow" if event.after > event.before else "prune") for event in history.events)


def test_an_event_is_told_once_where_policies_are_visited_more_often_than_rows_are_written():
    seen = []

    def watch(net, context):
        seen.append(net.active["h1"])
        return net, ()

    net = nimble.auxiliary([1, 9, 1], rng=0)
    _, history = nimble.fit(X, Y, net, optimiser=SGD(0.02), plan=plan(200, 50, every=10, policies=(watch,)))
    assert len(seen) == 20
    told = [(event.before, event.after) for event in history.events]
    assert told == [(a, b) for a, b in itertools.pairwise(seen[4:]) if a != b], "from the first row on"
    assert told


def test_what_was_known_is_the_last_row_and_what_was_noted_behind_it():
    net = nimble.auxiliary([1, 9, 1], size=2.5, rng=0)  # which has three open neurons
    rows = [{"step": step, "widths": np.array([1, on, 1])} for step, on in ((0, 1), (10, 3))]

    def noted(*events):
        return [(event.kind, event.before, event.after) for event in opened(net, growth.History(rows, events))]

    def closed(step, reason=REASONS["prune"]):
        return growth.Event("prune", "h1", 1, reason, 3, 2, step=step)

    assert noted() == noted(closed(5)) == noted(closed(10)) == noted(closed(12, "asked for")) == []
    assert noted(closed(12)) == [("grow", 2, 3)]


def test_observe_and_policies_of_a_caller_are_kept():
    steps = []
    mine = plan(
        6,
        3,
        observe=lambda net: {"twice": 2 * float(net.s)},
        policies=(lambda net, at: (net, steps.append(at.step) or ()),),
    )
    history = nimble.fit(X, Y, rng=0, plan=mine)[1]
    assert np.array_equal(history["twice"], 2 * history["s"])
    assert steps == [1, 2, 3, 4, 5, 6], "behind each epoch, as the plan says"


def test_going_on_equals_one_long_run_and_leaves_the_old_run_alone(tmp_path):
    begun = growth.start(nimble.controller([1, 6, 1], rng=0), Adam(0.01), rng=0)
    before = begun.net.theta.copy()
    whole = growth.train(begun, X, Y, plan(60, 20))
    half = growth.train(begun, X, Y, plan(40, 20))
    growth.save(half, tmp_path / "run.npz")
    rest = growth.train(growth.load(tmp_path / "run.npz", nimble.Network), X, Y, plan(60, 20))
    assert np.array_equal(rest.net.theta, whole.net.theta)
    assert np.array_equal(begun.net.theta, before)
    assert rest.history["multiply_adds"].tolist() == whole.history["multiply_adds"].tolist()


def test_a_checkpoint_of_fit_goes_on(tmp_path):
    mine = plan(40, 20, checkpoint=tmp_path / "run.npz")
    net, history = nimble.fit(X, Y, rng=0, plan=mine)
    run = growth.load(tmp_path / "run.npz", nimble.Network)
    assert np.array_equal(run.net.theta, net.theta)
    assert run.history["s"].tolist() == history["s"].tolist()


def test_compiled_and_numpy_training_agree():
    net = nimble.controller([1, 6, 1], rng=0)
    found = nimble.fit(X, Y, net, plan=plan(400, 400))[0].theta
    slow, optimiser = net.with_theta(net.theta.copy()), Adam()
    state = start(optimiser, slow.theta)
    for _ in range(400):
        state = optimiser.update(state, slow.theta, slow.gradient(X, Y)[1])
    np.testing.assert_allclose(found, slow.theta, rtol=1e-8, atol=1e-10)


def test_classification_records_accuracy():
    labels = (X[:, 0] > 0).astype(int)
    net = nimble.controller([1, 5, 5, 2], rng=0)
    mine = plan(600, 300, loss="softmax", validation=(X, labels))
    net, history = nimble.fit(X, labels, net, optimiser=Adam(0.01), plan=mine)
    assert history["validation_accuracy"][-1] == nimble.score(net, X, labels, "softmax") > 0.9
    assert history["active"].shape == (2, 2)
    assert np.mean(nimble.predict(net, X, "softmax") == labels) == history["validation_accuracy"][-1]


def test_predict_and_score_of_two_classes_with_one_output():
    labels = (X[:, 0] > 0.2).astype(int)
    net = nimble.fit(X, labels, rng=0, optimiser=Adam(0.01), plan=plan(600, 300, loss="binary"))[0]
    found = nimble.predict(net, X, "binary")
    assert found.shape == (40,)
    assert nimble.score(net, X, labels, "binary") == np.mean(found == labels) > 0.9
    both = nimble.controller([1, 3, 2], rng=0)
    assert nimble.predict(both, X, "binary").shape == (40, 2)
    assert nimble.score(both, X, np.ones((40, 2)), "binary") == np.mean(nimble.predict(both, X, "binary"))


def test_score_of_a_regression_is_r_squared():
    net, targets = nimble.controller([1, 3, 2], "static", rng=0), np.hstack([Y, X])
    outputs = nimble.predict(net, X)
    assert np.array_equal(outputs, net(X))
    spread = ((targets - targets.mean(axis=0)) ** 2).sum()
    assert nimble.score(net, X, targets) == pytest.approx(1 - ((targets - outputs) ** 2).sum() / spread, rel=1e-14)
    assert nimble.score(net, X, outputs) == 1.0
    one = nimble.controller([1, 3, 1], rng=0)
    assert nimble.score(one, X, Y[:, 0]) == nimble.score(one, X, Y)
    with pytest.raises(ValueError, match="targets that differ"):
        nimble.score(one, X, np.ones(40))
    with pytest.raises(ValueError, match="loss must be one of"):
        nimble.predict(one, X, "hinge")


def test_divergence_says_what_to_do_and_keeps_the_last_good_record():
    net = nimble.controller([1, 5, 1], "static", activation="identity", rng=0)
    with pytest.raises(growth.Diverged, match="try a tenth of it") as caught:
        nimble.fit(X, Y, net, optimiser=SGD(1e3), plan=plan(20000, 1, backup=True))
    assert np.isfinite(caught.value.run.history["loss"]).all()
    assert caught.value.run.epoch == caught.value.run.history["epoch"][-1]


def test_history_of_a_trial_has_parameters_and_events():
    rng = np.random.default_rng(0)
    rows, net = nimble.sample("cubic", rng), nimble.auxiliary(rng=rng)
    found = nimble.descend_all([net], [rows], Plan(2000, None, "mse", record=50), 1e-2)
    life = nimble.history(found, 0, rows)
    assert {"epoch", "loss", "s", "active", "gates", "W1", "w1", "b1", "W2", "b2"} <= set(life.rows[0])
    assert life["gates"].shape == (41, 9)
    grown = [event.after for event in life.events if event.kind == "grow"]
    assert max(grown) == life["active"].max() >= 5
    assert all(event.before != event.after and event.space == "h1" for event in life.events)
