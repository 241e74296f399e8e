"""Removing: what goes, what stays, and that adding and removing in one run resume bit for bit."""

import numpy as np
import pytest

from minigrow.addition.controls import random_small
from minigrow.addition.policy import Adding
from minigrow.addition.proposal import look
from minigrow.addition.removing import Removing, shares_lost
from minigrow.addition.triggers.schedule import Every
from minigrow.growth import History, Plan, load, save, start, train
from minigrow.growth.plan import Context
from minigrow.nn import MLP, AdamW


def data(n=60, d=4, classes=3):
    rng = np.random.default_rng(0)
    return rng.standard_normal((n, d)), rng.integers(classes, size=n)


def context(X, y, step=4):
    return Context(step, 1, np.random.default_rng(0), X, y, "softmax", History())


def with_twins():
    """A network of four neurons, of which the last two say what the first two say."""
    net = MLP.create([4, 4, 3], rng=0)
    net.params["W1"][2:], net.params["b1"][2:] = net.params["W1"][:2], net.params["b1"][:2]
    return net


def test_the_share_lost_is_what_least_squares_leave():
    X, y = data()
    net = MLP.create([4, 5, 3], rng=1)
    seen = look(net, 0, X, y)
    Y = seen.block.H @ seen.block.W2
    for j, share in enumerate(shares_lost(seen)):
        others = np.delete(seen.block.H, j, axis=1)
        left = Y - others @ np.linalg.lstsq(others, Y, rcond=None)[0]
        assert abs(share - np.sum(left**2) / np.sum((Y - Y.mean(axis=0)) ** 2)) < 1e-10


def test_twins_go_and_the_function_stays():
    X, y = data()
    net = with_twins()
    small, events = Removing(neurons=9)(net, context(X, y))
    assert small.widths == (4, 2, 3)
    assert np.abs(small(X) - net(X)).max() < 1e-6
    assert [event.kind for event in events] == ["prune", "prune"]
    assert events[0].reason.endswith("the next layer loses 0 % of what it hears, at most 0.1 %")
    assert Removing(neurons=1)(net, context(X, y))[0].widths == (4, 3, 3)
    assert Removing(neurons=9, fewest=3)(net, context(X, y))[0].widths == (4, 3, 3)
    assert Removing(neurons=9, tolerance=0.0)(net, context(X, y))[0].widths == (4, 2, 3)


def test_what_costs_too_much_stays():
    X, y = data()
    net = MLP.create([4, 3, 3], rng=0)
    share = shares_lost(look(net, 0, X, y)).min()
    assert Removing(tolerance=share * 0.99)(net, context(X, y)) == (net, ())
    assert Removing(tolerance=share)(net, context(X, y))[0].widths == (4, 2, 3)
    small, (event,) = Removing(tolerance=share * 1.01)(net, context(X, y))
    assert small.widths == (4, 2, 3)
    assert f"loses {100 * share:.3g} %" in event.reason
    assert Removing(tolerance=1e9, neurons=9)(net, context(X, y))[0].widths == (4, 1, 3)  # the last one stays


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (Removing(neurons=0), "neurons must be a whole number >= 1"),
        (Removing(fewest=0), "fewest must be a whole number >= 1"),
        (Removing(tolerance=-1), "tolerance must be a finite number >= 0"),
    ],
)
def test_settings_that_make_no_sense_are_refused(policy, words):
    with pytest.raises(ValueError, match=words):
        policy(with_twins(), context(*data()))


def test_a_run_that_grows_and_shrinks_resumes_bit_for_bit(tmp_path):
    X, y = data()
    policies = (Adding(random_small, Every(6), neurons=3, samples=20), Removing(tolerance=0.05, samples=30))
    plan = Plan(steps=36, batch=16, policies=policies, every=3, quiet=True)
    whole = train(start(MLP.create([4, 3, 3], rng=0), AdamW(1e-2), rng=0), X, y, plan)
    save(
        train(start(MLP.create([4, 3, 3], rng=0), AdamW(1e-2), rng=0), X, y, plan._replace(steps=12)),
        tmp_path / "run.npz",
    )
    again = train(load(tmp_path / "run.npz", MLP), X, y, plan)
    assert {event.kind for event in whole.history.events} == {"grow", "prune"}
    assert whole.history.events == again.history.events
    assert np.array_equal(whole.net.theta, again.net.theta)
