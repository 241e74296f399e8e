"""Adding in the training loop: when it grows, how far, by what amplitude, in which words; and that a run resumes bit for bit."""

import re
from functools import partial

import numpy as np
import pytest

from minigrow.addition.amplitude import line_search
from minigrow.addition.policy import Adding
from minigrow.addition.proposal import NothingToAdd, appended, apply, look
from minigrow.addition.sampling import own_generator, sampled
from minigrow.addition.table import RULES
from minigrow.addition.triggers.decision import Decision
from minigrow.addition.triggers.schedule import Every, Plateau
from minigrow.addition.triggers.weights import SparesLeft
from minigrow.growth import History, Plan, load, save, start, train
from minigrow.growth.plan import Context
from minigrow.isotropic import Network
from minigrow.nn import MLP, AdamW


def drawn(seen, k=1, rng=None):
    """A rule for tests: random fan-in and fan-out, so that every draw shows."""
    A, B = 0.1 * rng.standard_normal((seen.block.d + 1, k)), 0.1 * rng.standard_normal((k, seen.block.p))
    return appended("drawn", seen, A, B, reason=f"{k} at random")


def twice(seen, k=1, rng=None):
    """A rule that adds two for every one that it is asked for."""
    return drawn(seen, 2 * k, rng)


def descending(seen, k=1, rng=None, size=1.0):
    """TINY's free form for a linear layer, written out: the loss falls along it."""
    U, s, V = np.linalg.svd(seen.statistics.M, full_matrices=False)
    return appended("descending", seen, size * U[:, :k] * np.sqrt(s[:k]), np.sqrt(s[:k])[:, None] * V[:k])


class Always:
    def __call__(self, net, layer, context):
        return Decision(True, f"layer {layer} with {len(context.X)} samples", 1, 0)


class Wanting:
    def __call__(self, net, layer, context):
        return Decision(True, "many", 5, 1, 5)


def data(n=60, d=4, classes=3, rng=0):
    rng = np.random.default_rng(rng)
    return rng.standard_normal((n, d)), rng.integers(classes, size=n)


def context(X, y, step=4, seed=0):
    return Context(step, 1, np.random.default_rng(seed), X, y, "softmax", History())


def test_it_grows_when_the_trigger_says_so_and_writes_down_why():
    X, y = data()
    net = MLP.create([4, 3, 3], rng=0)
    policy = Adding(drawn, Every(4), neurons=2)
    wide, (event,) = policy(net, context(X, y))
    assert wide.widths == (4, 5, 3)
    assert event.reason == "4 of 4 steps since the last growth; rule drawn: 2 at random"
    assert (event.kind, event.space, event.neurons) == ("grow", "h1", 2)
    same, events = policy(net, context(X, y, step=3))
    assert same is net
    assert events == ()


def test_it_never_grows_beyond_the_most_neurons():
    X, y = data()
    net = MLP.create([4, 3, 3], rng=0)
    for rule, neurons, most, width in (
        (drawn, 4, 5, 5),
        (drawn, 1, 3, 3),
        (twice, 2, 7, 7),
        (twice, 2, 6, 5),
        (twice, 3, 4, 3),
    ):
        wide, events = Adding(rule, Always(), neurons=neurons, most=most)(net, context(X, y))
        assert wide.widths[1] == width
        assert len(events) == (width > 3)


def test_a_trigger_may_say_how_many():
    X, y = data()
    net = MLP.create([4, 3, 3], rng=0)
    assert Adding(drawn, Wanting())(net, context(X, y))[0].widths[1] == 8
    assert Adding(drawn, Wanting(), most=6)(net, context(X, y))[0].widths[1] == 6
    net.params["W2"][...] = 1
    assert Adding(drawn, SparesLeft(spares=3))(net, context(X, y))[0].widths[1] == 6


def test_every_layer_is_asked_for_itself():
    X, y = data()
    net = MLP.create([4, 3, 5, 3], rng=0)
    wide, events = Adding(drawn, Always(), layers=(0, 1), most=5)(net, context(X, y))
    assert wide.widths == (4, 4, 5, 3)  # layer 1 is full
    wide, events = Adding(drawn, Always(), layers=(0, 1))(net, context(X, y))
    assert wide.widths == (4, 4, 6, 3)
    assert [event.space for event in events] == ["h1", "h2"]
    assert [event.reason.split(" with")[0] for event in events] == ["layer 0", "layer 1"]


def test_the_rule_sees_as_many_samples_as_it_may():
    X, y = data()
    net = MLP.create([4, 3, 3], rng=0)
    for samples, n in ((20, 20), (None, 60), (1000, 60)):
        _, (event,) = Adding(drawn, Always(), samples=samples)(net, context(X, y))
        assert f"with {n} samples" in event.reason
    part = sampled(context(X, y), 20, np.random.default_rng(3))
    rows = [np.flatnonzero((x == X).all(axis=1)).item() for x in part.X]
    assert rows == sorted(set(rows))
    assert np.array_equal(part.y, y[rows])


def test_the_runs_own_generator_is_left_alone_and_every_visit_draws_anew():
    X, y = data()
    where, twin = context(X, y), context(X, y)
    Adding(drawn, Always())(MLP.create([4, 3, 3], rng=0), where)
    assert where.rng.random() == twin.rng.random()
    seen = {
        own_generator(context(X, y, step, seed), layer).random()
        for step in (1, 2)
        for seed in (0, 1)
        for layer in (0, 1)
    }
    assert len(seen) == 8
    always_the_same = [616, 401, 227]
    assert own_generator(context(X, y), 0).integers(1000, size=3).tolist() == always_the_same


def test_the_searched_amplitude_is_used_and_named():
    X, y = data()
    net, held_out = MLP.create([4, 3, 3], rng=0), data(rng=1)
    policy = Adding(descending, Always(), amplitude="search", held_out=(X, y), samples=None)
    wide, (event,) = policy(net, context(X, y))
    proposal = descending(look(net, 0, X, y))
    found = line_search(net, 0, proposal, X, y)
    assert found.g > 0
    assert np.array_equal(wide.theta, apply(net, 0, proposal, found.g)[0].theta)
    assert event.reason == f"layer 0 with 60 samples; rule descending; {found.reason}"
    harmful = partial(descending, size=-1.0)
    assert Adding(harmful, Always(), amplitude="search", held_out=held_out)(net, context(X, y))[1] == ()


def test_settings_that_make_no_sense_are_refused_in_words():
    X, y = data()
    net = MLP.create([4, 3, 3], rng=0)
    for policy, words in (
        (Adding(drawn, Always(), amplitude="search"), r"pass held_out=\(X, y\)"),
        (Adding(drawn, Always(), amplitude=0.0), "amplitude must be a finite number that is not 0"),
        (Adding(drawn, Always(), amplitude=np.inf), "amplitude must be a finite number that is not 0"),
        (Adding(drawn, Always(), amplitude="big"), 'or "search", got'),
        (Adding(drawn, Always(), neurons=0), "neurons must be a whole number >= 1"),
        (Adding(drawn, Always(), most=0), "most must be a whole number >= 1"),
        (Adding(drawn, Always(), samples=1), "samples must be a whole number >= 2"),
        (Adding("best", Always()), "rule must be one of tiny, "),
        (Adding(3, Always()), r"rule must be a name in addition.table.RULES or a function f\(seen, k, rng\), got 3"),
        (Adding(drawn, None), "trigger must be a function"),
        (Adding(drawn, Always(), held_out=(X, y[:-1])), "X and y must have as many rows, got 60 and 59"),
        (Adding(drawn, Always(), layers=(1,)), "layer must be a hidden layer"),
    ):
        with pytest.raises(ValueError, match=words):
            policy(net, context(X, y))


def refusing(seen, k=1, rng=None):
    """A rule that adds neurons two by two, and at most eight."""
    if seen.block.h >= 8:
        raise NothingToAdd("no more than eight")
    if k % 2:
        raise ValueError("k must be even")
    return drawn(seen, k, rng)


def test_a_rule_that_has_nothing_to_add_ends_the_growth_and_not_the_run():
    X, y = data()
    plan = Plan(steps=24, batch=16, policies=(Adding(refusing, Always(), neurons=2),), every=3, quiet=True)
    assert train(start(MLP.create([4, 2, 3], rng=0), AdamW(), rng=0), X, y, plan).net.widths == (4, 8, 3)


def test_a_rule_that_wants_an_even_number_gets_one_where_the_last_places_are_odd():
    X, y = data()
    net = MLP.create([4, 2, 3], rng=0)
    assert Adding(refusing, Always(), neurons=4, most=5)(net, context(X, y))[0].widths == (4, 4, 3)
    assert Adding(refusing, Always(), neurons=2, most=3)(net, context(X, y)) == (net, ())
    for neurons, most in ((3, 20), (3, 3)):  # a mistake of the caller is told, whether there is room or not
        with pytest.raises(ValueError, match="k must be even"):
            Adding(refusing, Always(), neurons=neurons, most=most)(net, context(X, y))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("make", [MLP.create, Network.create], ids=["MLP", "isotropic"])
def test_every_rule_of_the_table_grows_a_network_that_trains_or_says_at_once_why_not(make, rule):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((120, 8)), rng.integers(3, size=120)
    net = make([8, 3, 3], "gelu" if make == MLP.create else "isotropic_tanh", rng=1)
    policy = Adding(rule, Every(4), neurons=2, most=7)
    plan = Plan(steps=24, batch=30, policies=(policy,), every=4, quiet=True)
    try:
        RULES[rule].propose(look(net, 0, X, y), 2, np.random.default_rng(0))
    except ValueError as error:
        assert make == Network.create
        with pytest.raises(ValueError, match=re.escape(str(error)[:20])):
            train(start(net, AdamW(1e-2), rng=0), X, y, plan)
        return
    run = train(start(net, AdamW(1e-2), rng=0), X, y, plan)
    assert run.net.widths == (8, 7, 3)
    assert np.isfinite(run.net.theta).all()
    assert all(f"; rule {rule}" in event.reason for event in run.history.events)


POLICIES = {
    "clock": (MLP.create([4, 2, 3], rng=1), Adding(drawn, Every(5), samples=20)),
    "two layers": (
        MLP.create([4, 2, 2, 3], "gelu", rng=1),
        Adding(drawn, Every(7), layers=(0, 1), neurons=2, most=5, samples=20),
    ),
    "plateau": (MLP.create([4, 2, 3], rng=1), Adding(drawn, Plateau(1, 0.5), samples=20)),
    "search": (
        MLP.create([4, 2, 3], rng=1),
        Adding(descending, Every(5), amplitude="search", held_out=data(rng=1), samples=20),
    ),
    "searched fan-in": (MLP.create([4, 2, 3], rng=1), Adding("senn", Every(5), samples=20)),
    "isotropic": (
        Network.create([4, 2, 3], rng=1),
        Adding(drawn, Every(5), samples=20),
    ),
    "float32": (MLP.create([4, 2, 3], rng=1, dtype=np.float32), Adding(drawn, Every(5), samples=20)),
}


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("stop", [12, 24])
def test_a_run_resumes_bit_for_bit_between_two_growths(name, stop, tmp_path):
    """The stop lies on a visit (3 steps) and on the end of an epoch (4), since the loop visits and records at the last step, too."""
    net, policy = POLICIES[name]
    X, y = data()
    plan = Plan(steps=36, batch=16, policies=(policy,), every=3, quiet=True)
    whole = train(start(net, AdamW(1e-2), rng=0), X, y, plan)
    part = train(start(net, AdamW(1e-2), rng=0), X, y, plan._replace(steps=stop))
    save(part, tmp_path / "run.npz")
    again = train(load(tmp_path / "run.npz", type(net)), X, y, plan)
    grown = [event.step for event in whole.history.events]
    assert min(grown) <= stop and max(grown) > 12  # noqa: PT018
    assert np.array_equal(whole.net.theta, again.net.theta)
    assert all(np.array_equal(*pair) for pair in zip(whole.state.slots, again.state.slots, strict=True))
    assert whole.history.events == again.history.events
    assert whole.rng.bit_generator.state == again.rng.bit_generator.state
