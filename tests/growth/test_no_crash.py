"""Whatever a caller gets wrong ends in words that name who is to blame: never in a crash, an endless loop or a silent twin."""

from typing import NamedTuple

import numpy as np
import pytest

from minigrow import isotropic
from minigrow.growth import (
    Diverged,
    Event,
    History,
    Move,
    Plan,
    accept,
    append,
    follow,
    keep,
    load,
    moved,
    permute,
    start,
    train,
    train_on,
)
from minigrow.growth.batches import Shuffled, Whole
from minigrow.isotropic import Network
from minigrow.nn import MLP, SGD, Adam, AdamW, Momentum, RMSProp
from minigrow.nn.optimisers import State

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((20, 4)), RNG.integers(3, size=20)
PLAN = Plan(epochs=2, batch=8, quiet=True)
WITH_SLOTS = [Momentum(), RMSProp(), Adam(), AdamW()]


def mlp(hidden=5, dtype=np.float64):
    return MLP.create([4, hidden, 3], rng=0, dtype=dtype)


def run(optimiser=AdamW(), net=None):  # noqa: B008
    return start(net or mlp(), optimiser, rng=0)


def grown(net, neurons=1, *, told=None, moves=None, **fields):
    """A wider network, and an event that says `told` instead of the truth."""
    h = net.widths[1]
    move = (Move("h1", append(h, neurons)),)
    event = Event("grow", "h1", neurons, "test", h, h + neurons, move if moves is None else moves)
    return moved(net, move, **fields), event._replace(**(told or {}))


# --- a state that does not fit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimiser", WITH_SLOTS)
@pytest.mark.parametrize("net", [mlp(6), mlp(4), MLP.create([4, 5, 5, 3], rng=0), Network.create([4, 5, 3], rng=0)])
def test_a_network_that_grew_between_two_trains_is_refused_and_told_of_follow(optimiser, net):
    """This was a segmentation fault."""
    trained = train(run(optimiser), X, Y, PLAN)
    with pytest.raises(
        ValueError, match=r"slots of .* entries, but the network trains \d+.*growth\.accept.*growth\.follow"
    ):
        train(trained._replace(net=net), X, Y, PLAN._replace(epochs=4))


@pytest.mark.parametrize("optimiser", [SGD(), *WITH_SLOTS])
def test_accept_is_the_way_between_two_trains(optimiser):
    trained = train(run(optimiser), X, Y, PLAN)
    wide, event = grown(trained.net, 2)
    changed = accept(trained, wide, event)
    assert all(slot.shape == wide.theta.shape for slot in changed.state.slots)
    assert changed.history.events == (event.recorded._replace(step=6),)
    by_hand = trained._replace(net=wide, state=follow([event], optimiser, trained.state, trained.net))
    done, other = (train(r, X, Y, PLAN._replace(epochs=4)) for r in (changed, by_hand))
    np.testing.assert_array_equal(done.net.theta, other.net.theta)
    assert trained.net.widths == (4, 5, 3)
    assert accept(trained, wide, [event]).net is wide
    assert accept(trained, trained.net, []).net is trained.net


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State(3, ()), "slots of none entries"),
        (State(3, (np.zeros(43),)), "slots of"),
        (State(3, (np.zeros(43),) * 3), "slots of"),
        (State(3, (np.zeros(43), np.zeros(42))), "slots of"),
        (State(3, (np.zeros(43), np.zeros((43, 1)))), "slots of"),
        (State(3, (np.zeros(43), np.zeros(43, np.float32))), "slots must be float64 as theta is, got float64, float32"),
        (State(3, (np.zeros(43, int), np.zeros(43))), "slots must be float64"),
        (State(-1, (np.zeros(43), np.zeros(43))), "step count t must be a whole number >= 0"),
        (State(1.5, (np.zeros(43), np.zeros(43))), "step count t must be a whole number >= 0"),
    ],
)
def test_states_of_other_lengths_types_and_counts(state, words):
    with pytest.raises(ValueError, match=words):
        train(run()._replace(state=state), X, Y, PLAN)
    with pytest.raises(ValueError, match=words):
        follow([], AdamW(), state, mlp())


@pytest.mark.parametrize("dtype", [np.float16, np.int64, np.complex128, np.bool_])
def test_parameters_of_another_type_are_refused(dtype):
    net = MLP((4, 5, 3), "tanh", np.ones(43, dtype))
    with pytest.raises(ValueError, match="theta must hold float32 or float64 to be trained, got"):
        start(net, SGD(), rng=0)
    with pytest.raises(ValueError, match="theta must hold float32 or float64"):
        train_on(run()._replace(net=net), Whole(X, Y), PLAN)


def test_a_theta_of_another_float_type_does_not_meet_the_old_slots():
    trained = train(run(), X, Y, PLAN)
    with pytest.raises(ValueError, match="slots must be float32 as theta is"):
        train(trained._replace(net=mlp(dtype=np.float32)), X, Y, PLAN._replace(epochs=4))


@pytest.mark.parametrize(
    "use", [lambda r: train(r, X, Y, PLAN), lambda r: train_on(r, Whole(X, Y), PLAN), lambda r: accept(r, r.net, ())]
)
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"step": "3"}, "step must be a whole number, got '3'"),
        ({"rng": 0}, r"a run's rng must be a generator, got 0\. growth\.start makes it of a seed"),
        ({"history": ()}, "history must be a History"),
    ],
)
def test_a_run_whose_parts_are_not_what_their_names_say_is_refused(use, wrong, words):
    with pytest.raises(ValueError, match=words):
        use(run()._replace(**wrong))


# --- data that do not fit --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [lambda y: Whole(X, y), lambda y: Shuffled(X, y, 8)])
@pytest.mark.parametrize("y", [Y[:3], np.concatenate([Y, Y]), Y[:0]])
def test_sources_want_as_many_labels_as_rows(source, y):
    with pytest.raises(ValueError, match="as many rows, got 20 and"):
        train_on(run(net=Network.create([4, 5, 3], rng=0)), source(y), PLAN)
    with pytest.raises(ValueError, match="as many rows, got 20 and"):
        source(y).begin({})


def test_what_is_no_source_is_told_what_it_lacks():
    with pytest.raises(ValueError, match=r"must be a source .* got 3 without begin, deal, hear, until, follow, rows\."):
        train_on(run(), 3, PLAN)


@pytest.mark.parametrize("y", [Y + 1, Y - 1, Y + 10**9])
def test_labels_that_no_output_stands_for_never_reach_memory(y):
    with pytest.raises(ValueError, match="labels must be whole numbers"):
        train_on(run(net=Network.create([4, 5, 3], rng=0)), Whole(X, y), PLAN)


def test_a_source_without_rows_is_refused():
    for source in (Whole(X[:0], Y[:0]), Shuffled(X[:0], Y[:0], 8)):
        with pytest.raises(ValueError, match="X must have at least one row"):
            train_on(run(), source, PLAN)


# --- plans -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"batch": -1}, "batch must be a whole number >= 1, got -1"),
        ({"batch": 0}, "batch must be a whole number >= 1, got 0"),
        ({"batch": 2.5}, "batch must be a whole number"),
        ({"every": 0}, "every must be a whole number >= 1, got 0"),
        ({"every": -3}, "every must be a whole number >= 1"),
        ({"every": 1.5}, "every must be a whole number >= 1"),
        ({"record": 0}, "record must be a whole number >= 1, got 0"),
        ({"record": -1}, "record must be a whole number >= 1"),
        ({"steps": -1}, "steps must be a whole number >= 0, got -1"),
        ({"steps": 0.5}, "steps must be a whole number >= 0"),
        ({"epochs": None}, "epochs must be a whole number >= 0"),
        ({"epochs": True}, "epochs must be a whole number >= 0"),
        ({"rows": 1, "record": 1}, "rows must be a whole number >= 2, got 1"),
        ({"rows": 5}, "rows thins out what record=.* writes"),
        ({"since": -1}, "since must be a whole number >= 0, got -1"),
        ({"since": None}, "since must be a whole number >= 0"),
        ({"loss": "x"}, "loss must be one of mse, binary, softmax, blocks, got 'x'"),
        ({"policies": (3,)}, r"a policy must be a function of \(net, context\), got 3"),
        ({"policies": isotropic.AutoAdapt()}, r"policies must be a sequence of policies, got one: write \(AutoAdapt"),
        ({"observe": lambda net: None}, r"observe\(net\) must return a dictionary of columns, got None"),
    ],
)
def test_plans_that_make_no_sense_end_in_a_message(change, words):
    with pytest.raises(ValueError, match=words):
        train(run(), X, Y, PLAN._replace(**change))


@pytest.mark.parametrize("batch", [0, -1, 1.5, None])
def test_a_source_that_deals_no_rows_is_refused(batch):
    with pytest.raises(ValueError, match="batch must be a whole number >= 1"):
        train_on(run(), Shuffled(X, Y, batch), PLAN)


def test_a_column_of_objects_does_not_make_a_file(tmp_path):
    seen = iter([1.0, 1.0, None])  # before the first step, behind the first epoch, behind the second
    plan = PLAN._replace(observe=lambda net: {"seen": next(seen)}, checkpoint=tmp_path / "run.npz")
    with pytest.raises(ValueError, match=r"column 'seen' must hold numbers or words to be saved.*observe"):
        train(run(), X, Y, plan)
    assert load(tmp_path / "run.npz", MLP).epoch == 1


# --- policies --------------------------------------------------------------------------------------------------------


def rule(change):
    def my_rule(net, context):
        return change(net)

    return my_rule


def without_event(net):
    return grown(net)[0], ()


LIES = {
    "no event": (without_event, r"changed the sizes from .*'h1': 5.* to .*'h1': 6.*Return the Event, with its moves"),
    "an event without moves": (lambda net: (grown(net)[0], (grown(net, moves=())[1],)), "changed the sizes"),
    "half of the moves": (lambda net: (grown(net, 2)[0], (grown(net, 1)[1],)), "changed the sizes"),
    "a wrong count": (lambda net: (grown(net)[0], (grown(net, told={"neurons": 2})[1],)), "says grow 2, 5 to 6"),
    "wrong widths": (lambda net: (grown(net)[0], (grown(net, told={"before": 4, "after": 5})[1],)), "lead from 5 to 6"),
    "growth that says prune": (lambda net: (grown(net)[0], (grown(net, told={"kind": "prune"})[1],)), "says prune 1"),
    "another space": (lambda net: (grown(net)[0], (grown(net, told={"space": "h2"})[1],)), "of h2"),
    "no such space": (
        lambda net: (grown(net)[0], (grown(net, told={"space": "z"})[1],)),
        "of z; its moves lead from None",
    ),
    "a move of another width": (
        lambda net: (net, (Event("prune", "h1", 1, "x", 5, 4, (Move("h1", keep([0, 1, 2, 3], 6)),)),)),
        "a move of 6 neurons on 'h1', which has 5",
    ),
    "a move of no space": (
        lambda net: (net, (Event("turn", "z", 0, "x", 5, 5, (Move("z", permute(range(5))),)),)),
        "a move of 5 neurons on 'z', which has None",
    ),
    "silent parameters": (lambda net: (net.with_theta(net.theta + 1), ()), "changed parameters without an event"),
    "not a number": (
        lambda net: (net.with_theta(net.theta * np.nan), (Event("change", "h1", 0, "x", 5, 5),)),
        "made parameters NaN or infinite",
    ),
    "another float type": (
        lambda net: (net.with_theta(net.theta.astype(np.float32)), (Event("change", "h1", 0, "x", 5, 5),)),
        "changed the float type from float64 to float32",
    ),
    "an origin that is no tuple": (
        lambda net: (net, (Event("turn", "h1", 0, "x", 5, 5, origin=np.arange(5)),)),
        "an event's moves and origin must be tuples, got",
    ),
    "no events but words": (lambda net: (grown(net)[0], ("grow",)), r"must return events of growth\.Event, got 'grow'"),
    "a word for a number": (
        lambda net: (net, (Event("turn", "h1", "0", "x", 5, 5),)),
        "an event's neurons must be a whole",
    ),
    "no reason": (lambda net: (net, (Event("turn", "h1", 0, None, 5, 5),)), "an event's reason must be a word"),
    "a network alone": (lambda net: net, r"must return \(net, events\), got MLP"),
    "nothing": (lambda net: None, r"must return \(net, events\), got None"),
    "no network": (lambda net: (None, ()), "a network must have sizes, theta"),
}


@pytest.mark.parametrize("name", LIES)
@pytest.mark.parametrize("every", [None, 1])
def test_a_policy_that_does_not_explain_its_change_is_named(name, every):
    change, words = LIES[name]
    kept = train(run(), X, Y, PLAN._replace(epochs=1))
    theta = kept.net.theta.copy()
    with pytest.raises(ValueError, match=words) as caught:
        train(kept, X, Y, PLAN._replace(policies=(rule(change),), every=every))
    if name != "no network":
        assert "my_rule" in str(caught.value)
    np.testing.assert_array_equal(kept.net.theta, theta)


class Rule(NamedTuple):
    """A policy may be a value: then its class is named."""

    amount: int = 1

    def __call__(self, net, context):
        return grown(net, self.amount)[0], ()


def test_policies_that_are_values_and_changes_by_hand_are_named_too():
    with pytest.raises(ValueError, match="the policy Rule changed the sizes"):
        train(run(), X, Y, PLAN._replace(policies=(Rule(),)))
    with pytest.raises(ValueError, match="the change changed the sizes"):
        accept(run(), grown(mlp())[0], ())


def test_a_change_that_trains_other_parameters_does_not_meet_the_old_slots():
    """Same sizes, but psi is trained now: the slots would be too short."""
    net = Network.create([4, 5, 3], psi="constant", rng=0)
    free = Network(net.sizes, net.activation, net.o, "trainable", net.theta)
    with pytest.raises(ValueError, match=r"the network trains \d+.*growth\.follow"):
        accept(run(net=net), free, Event("change", "h1", 0, "psi is free", 5, 5))


def test_a_policy_may_say_what_it_did_without_moving_anything():
    """A gate opens: the sizes stay, the event counts gates."""
    said = Event("grow", "h1", 1, "a gate opens", 7, 8)
    done = train(run(), X, Y, PLAN._replace(policies=(rule(lambda net: (net, (said,))),)))
    assert done.history.events == (said._replace(step=3), said._replace(step=6))


# --- numbers that are no longer finite -------------------------------------------------------------------------------


def infinite_at(step):
    class Bomb(NamedTuple):
        """SGD whose parameters become infinite behind one of its steps."""

        rate: float = 0.01
        orders = ()

        def update(self, state, theta, g, decayed=None):
            if state.t + 1 == step:
                theta[0] = np.inf
            return State(state.t + 1, ())

    return Bomb()


@pytest.mark.parametrize(
    ("plan", "stops"),
    [
        ({}, (3, 6)),
        ({"every": 1}, range(7)),
        ({"record": 1}, range(7)),
        ({"every": 4, "record": 5}, (4, 5, 6)),
        ({"batch": None, "epochs": 6}, range(7)),
    ],
)
@pytest.mark.parametrize("step", [1, 3, 6])
def test_infinite_parameters_are_noticed_at_the_next_stop_at_the_latest(plan, stops, step):
    """An infinite weight behind tanh leaves the loss finite, so the parameters themselves are looked at."""
    with pytest.raises(Diverged, match=r"became (nan|inf) at step \d+ \(epoch \d\)") as caught:
        train(run(infinite_at(step)), X, Y, PLAN._replace(**plan))
    assert step <= int(str(caught.value).split("at step ")[1].split()[0]) <= min(stop for stop in stops if stop >= step)
    assert np.isfinite(caught.value.run.net.theta).all()


@pytest.mark.parametrize(("step", "epoch"), [(2, 1), (3, 1), (4, 2)])
def test_infinite_parameters_at_the_end_are_told_with_their_step_and_epoch(step, epoch):
    with pytest.raises(Diverged, match=rf"became nan at step {step} \(epoch {epoch}\)"):
        train(run(infinite_at(step)), X, Y, PLAN._replace(steps=step))


@pytest.mark.parametrize("every", [None, 1])
def test_a_frozen_intrinsic_length_of_zero_is_legal(every):
    net = Network.create([4, 2, 3], o="none", rng=0)
    assert net.params["lambda"].tolist() == [-np.inf]
    adapt = isotropic.AutoAdapt(tau=0.9, scaffold=2)
    done = train(run(net=net), X, Y, PLAN._replace(every=every, policies=(adapt,)))
    assert done.epoch == 2
    assert len(done.history.events)


def test_backup_gives_back_the_last_good_stop():
    plan = PLAN._replace(epochs=9, record=2)
    with np.errstate(all="ignore"):
        with pytest.raises(Diverged) as early:
            train(run(infinite_at(9)), X, Y, plan)
        with pytest.raises(Diverged) as late:
            train(run(infinite_at(9)), X, Y, plan._replace(backup=True))
    assert early.value.run.step == 0
    assert late.value.run.step == 8
    straight = train(run(infinite_at(99)), X, Y, plan._replace(steps=8))
    np.testing.assert_array_equal(late.value.run.net.theta, straight.net.theta)
    assert late.value.run.history["step"].tolist() == [2, 4, 6, 8]
    assert isinstance(late.value.run.history, History)
