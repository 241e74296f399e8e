"""Prices, settling and whole batches in the one loop: when they change, that a checkpoint continues, and the short way in."""

import numpy as np
import pytest

from minigrow import growth
from minigrow.growth import Plan, load, save, start
from minigrow.nn import SGD, Adam, Pull
from minigrow.nn.losses import LOSSES
from minigrow.nn.optimisers import OPTIMISERS
from minigrow.nn.wrappers import Span, described, restored
from minigrow.urn import Dead, Network, Priced, Settling, Strengths, fit, line, predict, prune, score, train
from minigrow.urn.batches import Dealt
from minigrow.urn.blocks import block_step
from minigrow.urn.pricing import FALL, metric
from minigrow.urn.strengths import outgoing, prices, soft_threshold

X = np.random.default_rng(0).standard_normal((20, 2))
Y = np.sin(2 * X[:, :1])
STRENGTHS = Strengths(l1=0.01, group=0.005, local=0.002, time=0.01, loop=1.0)
PLAN = Plan(steps=70, batch=6, loss="mse", every=15, quiet=True)
HOW = {"strengths": STRENGTHS, "ramp": 20, "settle": 25}


def begun(optimiser=Adam(1e-2), rng=0):  # noqa: B008
    return start(Network.create(2, 1, size=12, positions=line(2, 9, 1, rng=0), rng=0), optimiser, rng=rng)


def by_hand(run, plan, strengths, ramp, settle):
    """The whole of training in one plain loop: what `train` composes from wrappers, policy and source."""
    net, state, rng = run.net.with_theta(run.net.theta.copy()), run.state, np.random.default_rng(0)
    order = np.zeros(0, int)
    fixed = plan.steps - settle
    stops = [
        *range(plan.every, fixed, plan.every),
        fixed,
        *range(fixed + plan.every, plan.steps, plan.every),
        plan.steps,
    ]
    for first, last in zip([0, *stops], stops, strict=False):
        priced = last <= fixed
        s = Strengths(*(min(1, last / ramp) * value for value in strengths)) if priced else Strengths()
        rate = run.optimiser.rate * (1 if priced else FALL ** (1 - (plan.steps - first) / settle))
        optimiser, zeros = run.optimiser._replace(rate=rate), np.flatnonzero(net.theta == 0)
        zeros = zeros[zeros < net.theta.size - net.hidden - net.outputs]
        for _ in range(last - first):
            if len(order) < plan.batch:
                order = np.r_[order, rng.permutation(len(X))]
            rows, order = order[: plan.batch], order[plan.batch :]
            g = np.empty_like(net.theta)
            net.bound(g, plan.loss, s.time)(X[rows], Y[rows])
            theta, state = optimiser.step(state, net.theta, g)
            if priced:
                unit = metric(optimiser, state, theta)
                theta = soft_threshold(theta, prices(net, s) * unit)
                outgoing(net, theta)[...] = block_step(outgoing(net, theta), s.group, outgoing(net, unit))
            else:
                theta[zeros] = 0
            net = net.with_theta(theta)
        if priced:
            small, event = prune(net)
            state = growth.follow([event], optimiser, state, net)
            net = small
    return net


def test_train_is_a_plain_loop_of_gradient_step_prices_and_settling():
    run, net = train(begun(), X, Y, PLAN, **HOW), by_hand(begun(), PLAN, **HOW)
    assert run.net.sizes == net.sizes
    assert np.allclose(run.net.theta, net.theta, rtol=1e-9, atol=1e-12)
    assert np.array_equal(run.net.theta == 0, net.theta == 0)
    assert (run.net.theta == 0).any()


@pytest.mark.parametrize("stop", [15, 45, 60])
def test_a_checkpoint_continues_bit_for_bit_while_priced_and_while_settling(tmp_path, stop):
    path, seen = tmp_path / "run.npz", []

    def observe(net):
        if len(seen) == {15: 2, 45: 4, 60: 5}[stop]:  # once before the first step, then once per row
            raise KeyboardInterrupt
        seen.append(net)
        return {"edges": np.count_nonzero(net.theta)}

    plan = PLAN._replace(checkpoint=path)
    with pytest.raises(KeyboardInterrupt):
        train(begun(), X, Y, plan._replace(observe=observe), **HOW)
    half = load(path, Network)
    assert half.step == stop
    assert isinstance(half.optimiser, Priced if stop <= 45 else Settling)
    count = {"observe": lambda net: {"edges": np.count_nonzero(net.theta)}}
    rest, whole = (train(run, X, Y, PLAN._replace(**count), **HOW) for run in (half, begun()))
    assert np.array_equal(rest.net.theta, whole.net.theta)
    assert all(map(np.array_equal, rest.state.slots, whole.state.slots))
    assert rest.optimiser == whole.optimiser == Adam(1e-2)
    assert np.array_equal(rest.history["edges"], whole.history["edges"])


def test_a_priced_run_in_the_plain_loop_saves_and_continues(tmp_path):
    optimiser = Priced(Adam(1e-2), STRENGTHS, ramp=30)
    plan = PLAN._replace(record=15, policies=(Dead(),))
    batches = Dealt(X, Y, 6)
    save(growth.train_on(begun(optimiser), batches, plan._replace(steps=30)), tmp_path / "run.npz")
    half = load(tmp_path / "run.npz", Network)
    assert half.optimiser == optimiser
    rest, whole = (growth.train_on(run, batches, plan) for run in (half, begun(optimiser)))
    assert np.array_equal(rest.net.theta, whole.net.theta)
    assert rest.feed.keys() == whole.feed.keys()
    assert all(np.array_equal(rest.feed[name], value) for name, value in whole.feed.items())


def test_wrappers_are_described_and_restored():
    for optimiser in (Priced(Adam(), STRENGTHS, 3, 4), Settling(SGD(), 5, 9)):
        assert restored(described(optimiser)) == optimiser
        assert type(optimiser) in OPTIMISERS.values()
    listed = Priced(Adam(), list(STRENGTHS), 0, 10)
    assert listed.at(5) == Priced(Adam(), STRENGTHS, 0, 10).at(5)


def test_prices_rise_and_the_rate_falls():
    priced = Priced(Adam(), Strengths(l1=1.0), since=100, ramp=50)
    assert [priced.at(step).l1 for step in (0, 100, 125, 150, 500)] == [0, 0, 0.5, 1, 1]
    assert Priced(Adam(), Strengths(l1=1.0)).at(0).l1 == 1
    settling = Settling(Adam(1.0), 100, 200)
    assert [settling.at(step) for step in (100, 150, 200)] == pytest.approx([1, 0.1, 0.01])
    assert Settling(Adam(1.0), 5, 6).at(5) == 1  # a single step is made at the whole rate


def test_prices_around_a_wrapper_are_refused():
    run = begun(Priced(Pull(SGD(), 0.1), STRENGTHS))
    with pytest.raises(ValueError, match=r"Priced must wrap an optimiser, .* got Pull"):
        growth.train_on(run, Dealt(X, Y, 6), PLAN)


@pytest.mark.parametrize("name", ["l1", "local", "loop", "path", "group"])
def test_each_price_alone_makes_zeros(name):
    run = growth.train_on(begun(Priced(Adam(1e-2), Strengths(**{name: 1e3}))), Dealt(X, Y, 6), PLAN._replace(steps=1))
    assert begun().net.params["Whh"].all()
    assert not run.net.params["Whh"].all()


def test_settling_freezes_weights_but_not_biases():
    net = begun().net
    net.params["Whh"][:, 0] = 0
    g = np.empty_like(net.theta)
    step = Settling(SGD(0.1), 0, 10).bind(net, g, "mse", Span(0, 5))
    step.gradient(X, Y)
    assert g[net.theta == 0].any()
    step.update(growth.start(net, SGD()).state)
    assert not net.params["Whh"][:, 0].any()
    assert net.params["cy"].all()


def test_whole_batches_come_from_the_generator_and_count_epochs():
    one, two, three = (train(begun(rng=seed), X, Y, PLAN).net.theta for seed in (0, 0, 1))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, three)
    run = train(begun(), X, Y, PLAN)
    assert (run.step, run.epoch) == (70, 70 * 6 // 20)
    assert np.isfinite(run.loss)
    assert train(begun(), X, Y, PLAN._replace(steps=None, epochs=4)).step == 14  # 80 rows in batches of 6
    assert train(begun(), X, Y, PLAN._replace(steps=None, epochs=4, batch=None)).step == 4
    most, all_rows = (train(begun(), X, Y, PLAN._replace(batch=batch)) for batch in (20, None))
    assert np.array_equal(most.net.theta, all_rows.net.theta)  # a batch of all rows is not shuffled


def test_half_the_steps_for_the_ramp_and_a_quarter_for_settling_unless_told():
    told, untold = (train(begun(), X, Y, PLAN._replace(steps=80), STRENGTHS, *how) for how in ((40, 20), (None, None)))
    assert np.array_equal(told.net.theta, untold.net.theta)
    net, _ = fit(X, Y, begun().net, strengths=STRENGTHS, rng=0, plan=PLAN._replace(steps=80))
    assert np.array_equal(told.net.theta, net.theta)


def test_the_short_way_in_is_the_long_one_of_the_page():
    net, history = fit(X, Y, Network.create(2, 1, size=4, rng=0), rng=0)
    run, long = start(Network.create(2, 1, size=4, rng=0), Adam(1e-2), rng=0), Plan(steps=2000, batch=None, loss="mse")
    run = train(run, X, Y, long, Strengths(l1=0.01, loop=1), ramp=1000, settle=500)
    assert history["step"][-1] == run.step
    assert np.array_equal(net.theta, run.net.theta)


def test_a_second_task_counts_from_where_it_begins():
    first = train(begun(), X, Y, PLAN, **HOW)
    second = train(first, X, -Y, PLAN._replace(steps=140, since=70), **HOW)
    assert second.history["step"].tolist() == [15, 30, 45, 60, 70, 85, 100, 115, 130, 140]
    assert second.step == 140


def test_the_plan_says_how_often_a_row_is_written():
    run = train(begun(), X, Y, PLAN._replace(record=20), **HOW)
    assert run.history["step"].tolist() == [20, 40, 45, 65, 70]


def test_the_error_on_all_data_is_a_column_that_one_observes():
    run = train(begun(), X, Y, PLAN._replace(observe=lambda net: {"error": LOSSES["mse"](net(X), Y)[0]}), **HOW)
    assert run.history["error"][-1] == LOSSES["mse"](run.net(X), Y)[0]


def test_fit_predict_and_score_of_targets_classes_and_bits():
    plan = Plan(steps=300, batch=None, loss="mse", quiet=True)
    net, history = fit(X, Y[:, 0], rng=0, plan=plan)
    assert (net.size <= 28, net.outputs, history["step"][-1]) == (True, 1, 300)
    assert predict(net, X).shape == (20, 1)
    assert score(net, X, Y[:, 0]) > 0.9
    labels = (X[:, 0] > 0).astype(int)
    net, _ = fit(X, labels, rng=0, plan=plan._replace(loss="softmax"))
    assert np.array_equal(predict(net, X, "softmax"), labels)
    assert score(net, X, labels, "softmax") == 1
    net, _ = fit(X, labels, rng=0, plan=plan._replace(loss="binary"))
    assert np.array_equal(predict(net, X, "binary"), labels)
    assert score(net, X, labels, "binary") == score(net, X, labels[:, None], "binary") == 1
    again, _ = fit(X, labels, net, rng=1, plan=plan._replace(loss="binary"))
    assert again.inputs == 2


def test_fit_and_score_refuse_what_makes_no_sense():
    with pytest.raises(ValueError, match="labels must name every class"):
        fit(X, np.arange(20) % 2 * 2, plan=PLAN._replace(loss="softmax"))
    with pytest.raises(ValueError, match="X must be a matrix"):
        fit(X[0], Y)
    with pytest.raises(ValueError, match="all rows of y are the same"):
        score(begun().net, X, np.ones((20, 1)))
    with pytest.raises(ValueError, match="loss must be one of"):
        predict(begun().net, X, "hinge")
    with pytest.raises(ValueError, match="batch must be a whole number >= 1, got 0"):
        train(begun(), X, Y, PLAN._replace(batch=0))
    for batch, words in ((0, "batch must be a whole number >= 1"), (21, "at most the 20 rows there are, got 21")):
        with pytest.raises(ValueError, match=words):
            growth.train_on(begun(), Dealt(X, Y, batch), PLAN)
