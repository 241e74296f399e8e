"""The training loop: what it calls and when, what it leaves alone, how it stops, and how it goes on."""

import functools
import io
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tqdm import tqdm

from minigrow.growth import Diverged, Event, Move, Plan, append, load, moved, permute, save, start, train
from minigrow.growth.loop import evaluate
from minigrow.isotropic import AutoAdapt, Network, grow
from minigrow.nn import MLP, SGD, Adam, AdamW, Momentum, Nesterov, RMSProp
from minigrow.nn.losses import LOSSES
from minigrow.nn.optimisers import OPTIMISERS

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((20, 4)), RNG.integers(3, size=20)
RULES = [cls(rate=0.01) for cls in OPTIMISERS.values() if hasattr(cls, "update")]
QUIET = Plan(epochs=2, batch=8, quiet=True)


def mlp(dtype=np.float64):
    return MLP.create([4, 5, 3], rng=0, dtype=dtype)


def same(a, b):
    np.testing.assert_array_equal(a.net.theta, b.net.theta)
    assert a.state.t == b.state.t
    for left, right in zip(a.state.slots, b.state.slots, strict=True):
        np.testing.assert_array_equal(left, right)
    assert a.rng.bit_generator.state == b.rng.bit_generator.state
    assert (a.epoch, a.step, a.optimiser) == (b.epoch, b.step, b.optimiser)
    assert a.history.events == b.history.events
    assert [list(row) for row in a.history.rows] == [list(row) for row in b.history.rows]
    for name in a.history.rows[0] if a.history.rows else ():
        np.testing.assert_array_equal(a.history[name], b.history[name])


@settings(max_examples=10)
@given(
    optimiser=st.sampled_from(RULES),
    loss=st.sampled_from(list(LOSSES)),
    batch=st.integers(1, 30),
)
def test_training_is_this_loop(optimiser, loss, batch):
    """Shuffle, cut into batches, gradient, formula of the optimiser: written out here once more."""
    net, targets = mlp(), {"softmax": Y, "blocks": Y[:, None]}.get(loss, np.eye(3)[Y])
    run = train(start(net, optimiser, rng=3), X, targets, Plan(epochs=2, batch=batch, loss=loss, quiet=True))
    theta, state, rng, losses = net.theta.copy(), start(net, optimiser, rng=0).state, np.random.default_rng(3), []
    for _ in range(2):
        order, total = rng.permutation(len(X)), 0.0
        for first in range(0, len(X), batch):
            rows = order[first : first + batch]
            value, g = net.with_theta(theta).gradient(X[rows], targets[rows], loss)
            theta, state = optimiser.step(state, theta, g)
            total += value * len(rows)
        losses.append(total / len(X))
    np.testing.assert_allclose(run.net.theta, theta, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(run.history["loss"], losses, rtol=1e-11)
    assert (run.epoch, run.step, run.state.t) == (2, 2 * math.ceil(20 / batch), state.t)


def test_decay_spares_the_intrinsic_length_and_frozen_parameters_stay():
    for o, psi in [("trainable", "trainable"), ("constant", "constant"), ("trainable", "expectation")]:
        net = Network.create([4, 5, 3], o=o, psi=psi, rng=0)
        net.params["psi1"][...] = 0.5
        before = {name: array.copy() for name, array in net.params.items()}
        run = train(start(net, AdamW(1e-12, weight_decay=1e11), rng=0), X, Y, Plan(epochs=1, batch=20, quiet=True))
        for name, array in run.net.params.items():
            shrinks = name[0] in "Wb" or (name[0] == "p" and psi == "trainable")
            np.testing.assert_allclose(array, before[name] * (0.9 if shrinks else 1), rtol=1e-9, atol=1e-11)


def test_frozen_parameters_get_no_step():
    net = Network.create([4, 5, 3], o="constant", psi="constant", rng=0)
    run = train(start(net, SGD(0.1), rng=0), X, Y, QUIET)
    for name in net.shapes:
        assert np.array_equal(run.net.params[name], net.params[name]) == (name in ("psi1", "lambda"))


@pytest.mark.parametrize("optimiser", [SGD(), Momentum(), Nesterov(), RMSProp(), Adam(), AdamW()])
def test_the_callers_run_is_unchanged_and_can_be_used_again(optimiser):
    run = train(start(mlp(), optimiser, rng=1), X, Y, QUIET)
    theta, slots = run.net.theta.copy(), [slot.copy() for slot in run.state.slots]
    state, data = run.rng.bit_generator.state, X.copy()
    first = train(run, X, Y, QUIET._replace(epochs=4))
    np.testing.assert_array_equal(run.net.theta, theta)
    assert all(np.array_equal(a, b) for a, b in zip(run.state.slots, slots, strict=True))
    assert run.rng.bit_generator.state == state
    assert len(run.history.rows) == 2
    np.testing.assert_array_equal(X, data)
    same(first, train(run, X, Y, QUIET._replace(epochs=4)))


def test_the_result_shares_nothing_with_the_run_it_came_from():
    run = train(start(mlp(), Adam(), rng=1), X, Y, QUIET)
    done = train(run, X, Y, QUIET)
    same(done, run)
    assert not np.shares_memory(done.net.theta, run.net.theta)
    done.rng.random()
    assert done.rng.bit_generator.state != run.rng.bit_generator.state


def test_training_in_pieces_is_training_at_once():
    whole = train(start(mlp(), AdamW(), rng=1), X, Y, QUIET._replace(epochs=4))
    pieces = start(mlp(), AdamW(), rng=1)
    for epochs in (1, 1, 3, 4):
        pieces = train(pieces, X, Y, QUIET._replace(epochs=epochs))
    same(pieces, whole)


def recording(calls, name, change=None):
    def policy(net, context):
        calls.append((name, context.epoch, net.widths))
        return (net, ()) if change is None else change(net, context.rng)

    return policy


def test_policies_are_called_in_order_after_every_epoch():
    calls = []
    policies = (
        recording(calls, "a", lambda net, rng: add(net, 1, rng)),
        recording(calls, "b"),
        recording(calls, "c", lambda net, rng: add(net, 2, rng)),
    )
    net = Network.create([4, 2, 3], rng=0)
    run = train(start(net, AdamW(), rng=0), X, Y, QUIET._replace(policies=policies))
    assert calls == [
        ("a", 1, (4, 2, 3)), ("b", 1, (4, 3, 3)), ("c", 1, (4, 3, 3)),
        ("a", 2, (4, 5, 3)), ("b", 2, (4, 6, 3)), ("c", 2, (4, 6, 3)),
    ]  # fmt: skip
    assert run.net.widths == (4, 8, 3)
    assert run.history["widths"].tolist() == [[4, 5, 3], [4, 8, 3]]
    assert [(event.neurons, event.step, event.moves) for event in run.history.events] == [
        (1, 3, ()), (2, 3, ()), (1, 6, ()), (2, 6, ()),
    ]  # fmt: skip


def add(net, neurons, rng):
    net, event = grow(net, 0, neurons, rng=rng)
    return net, (event,)


def test_the_optimisers_state_is_carried_through_a_policy():
    """Reversing the neurons after epoch 1 must not matter: weights, momentum and Adam's squares all move along."""

    def reverse(net, context):
        move = Move("h1", permute(range(net.widths[1])[::-1]))
        event = Event("permute", "h1", 0, "test", net.widths[1], net.widths[1], (move,))
        return moved(net, [move]), (event,)

    for optimiser in (Momentum(0.1), AdamW(0.01)):
        plain = train(start(mlp(), optimiser, rng=0), X, Y, QUIET._replace(epochs=4))
        turned = train(start(mlp(), optimiser, rng=0), X, Y, QUIET._replace(epochs=4, policies=(reverse,)))
        np.testing.assert_allclose(turned.history["loss"], plain.history["loss"], rtol=1e-9)
        np.testing.assert_allclose(turned.net(X), plain.net(X), rtol=1e-9)
        for a, b in zip(turned.state.slots, plain.state.slots, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-12)


def test_growth_changes_the_state_by_zeros_only():
    net = Network.create([4, 2, 3], rng=0)
    run = train(start(net, AdamW(), rng=0), X, Y, QUIET._replace(epochs=1, batch=20, policies=(AutoAdapt(0.1, 2),)))
    plain = train(start(net, AdamW(), rng=0), X, Y, QUIET._replace(epochs=1, batch=20))
    for grown, narrow in zip(run.state.slots, plain.state.slots, strict=True):
        assert len(grown) == len(narrow) + 2 * (4 + 1 + 3)
        np.testing.assert_array_equal(grown[grown != 0], narrow[narrow != 0])


def test_history_columns_by_hand():
    net = mlp()
    plan = QUIET._replace(validation=(X[:5], Y[:5]), observe=lambda net: {"norm": np.linalg.norm(net.theta)})
    run = train(start(net, SGD(), rng=0), X, Y, plan)
    assert sorted(run.history.rows[0]) == [
        "epoch", "loss", "multiply_adds", "norm", "parameters", "step", "validation_accuracy", "validation_loss", "widths",
    ]  # fmt: skip
    assert run.history["epoch"].tolist() == [1, 2]
    assert run.history["step"].tolist() == [3, 6]
    assert run.history["parameters"].tolist() == [43, 43]
    assert run.history["multiply_adds"].tolist() == [3 * 20 * 35, 6 * 20 * 35]
    output = run.net(X[:5])
    assert run.history["validation_loss"][-1] == LOSSES["softmax"](output, Y[:5])[0]
    assert run.history["validation_accuracy"][-1] == np.mean(output.argmax(axis=1) == Y[:5])
    assert run.history["norm"][-1] == np.linalg.norm(run.net.theta)


def test_what_is_observed_is_what_it_was_then():
    run = train(start(mlp(), SGD(0.1), rng=0), X, Y, QUIET._replace(observe=lambda net: {"b": net.params["b2"]}))
    assert not np.array_equal(run.history["b"][0], run.history["b"][1])
    np.testing.assert_array_equal(run.history["b"][1], run.net.params["b2"])


def test_other_losses_have_no_accuracy():
    plan = QUIET._replace(loss="mse", validation=(X[:5], np.eye(3)[Y[:5]]))
    row = train(start(mlp(), SGD(), rng=0), X, np.eye(3)[Y], plan).history.rows[-1]
    assert "validation_loss" in row
    assert "validation_accuracy" not in row
    one = MLP.create([4, 1], rng=0)
    train(start(one, SGD(), rng=0), X, Y.astype(float), QUIET._replace(loss="mse"))


@pytest.mark.parametrize("labels", [Y, np.eye(3)[Y]])
def test_evaluate_takes_labels_and_one_hot_rows(labels):
    net = mlp()
    found = evaluate(net, X, labels)
    assert found["validation_accuracy"] == np.mean(net(X).argmax(axis=1) == Y)
    assert found["validation_loss"] == LOSSES["softmax"](net(X), Y)[0]


@pytest.mark.parametrize("optimiser", RULES)
@pytest.mark.parametrize("net", [mlp(np.float32), Network.create([4, 2, 3], rng=0, dtype=np.float32)])
def test_float32_is_never_widened(net, optimiser):
    policies = (AutoAdapt(0.9, 2),) if isinstance(net, Network) else ()
    run = train(start(net, optimiser, rng=0), X, Y, QUIET._replace(policies=policies, epochs=3))
    assert run.net.theta.dtype == np.float32
    assert all(slot.dtype == np.float32 for slot in run.state.slots)


@pytest.mark.parametrize("bits", [np.random.PCG64, np.random.Philox, np.random.SFC64, np.random.MT19937])
def test_a_checkpoint_goes_on_bit_for_bit_with_any_generator(tmp_path, bits):
    net = Network.create([4, 2, 2, 3], rng=0)
    plan = QUIET._replace(policies=(AutoAdapt(0.9, 1),), validation=(X, Y))
    run = train(start(net, RMSProp(0.01), rng=np.random.Generator(bits(5))), X, Y, plan)
    save(run, tmp_path / "run.npz")
    back = load(tmp_path / "run.npz", Network)
    np.testing.assert_equal(back.rng.bit_generator.state, run.rng.bit_generator.state)
    again, straight = (train(r, X, Y, plan._replace(epochs=4)) for r in (back, run))
    np.testing.assert_array_equal(again.net.theta, straight.net.theta)
    assert again.net.widths == straight.net.widths
    np.testing.assert_array_equal(again.history["widths"], straight.history["widths"])


@pytest.mark.parametrize("optimiser", [SGD(np.float32(0.01)), AdamW(np.float64(0.01)), RMSProp(0.1, clip=0.5)])
def test_checkpoints_of_any_optimiser(tmp_path, optimiser):
    run = train(start(mlp(np.float32), optimiser, rng=0), X, Y, QUIET)
    save(run, tmp_path / "run.npz")
    same(load(tmp_path / "run.npz", MLP), run)
    assert load(tmp_path / "run.npz", MLP).net.theta.dtype == np.float32


def test_checkpoints_of_other_networks_are_refused(tmp_path):
    save(start(mlp(), SGD(), rng=0), tmp_path / "run.npz")
    with pytest.raises(ValueError, match=r"holds a minigrow\.nn\.mlp\.MLP, not a minigrow\.isotropic"):
        load(tmp_path / "run.npz", Network)
    start(mlp(), SGD(), rng=0).history.save(tmp_path / "history.npz")
    with pytest.raises(ValueError, match="is not a minigrow checkpoint but 'minigrow history'"):
        load(tmp_path / "history.npz", MLP)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nowhere.npz", MLP)


def test_a_checkpoint_is_written_after_every_epoch(tmp_path):
    path, seen = tmp_path / "run.npz", []

    def look(net, context):
        seen.append(load(path, MLP).epoch if path.exists() else 0)
        return net, ()

    done = train(start(mlp(), Adam(), rng=0), X, Y, QUIET._replace(epochs=3, checkpoint=path, policies=(look,)))
    assert seen == [0, 1, 2]
    same(load(path, MLP), done)
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_an_interrupt_keeps_what_is_finished(tmp_path, epoch):
    path, plan = tmp_path / "run.npz", QUIET._replace(epochs=4, checkpoint=tmp_path / "run.npz")

    def stop(net, context):
        if context.epoch == epoch:
            raise KeyboardInterrupt
        return net, ()

    run = start(mlp(), Momentum(), rng=0)
    with pytest.raises(KeyboardInterrupt):
        train(run, X, Y, plan._replace(policies=(stop,)))
    assert path.exists() == (epoch > 1)
    if epoch > 1:
        assert load(path, MLP).epoch == epoch - 1
        run = load(path, MLP)
    same(train(run, X, Y, plan), train(start(mlp(), Momentum(), rng=0), X, Y, QUIET._replace(epochs=4)))


def unstable():
    """A linear network whose error grows by a constant factor each step, until it overflows after some epochs."""
    return start(MLP.create([4, 3], rng=0), SGD(1e6), rng=0), np.eye(3)[Y], QUIET._replace(epochs=99, loss="mse")


def test_divergence_without_a_checkpoint_gives_back_the_run():
    run, y, plan = unstable()
    run = train(run, X, y, plan._replace(epochs=2))
    with pytest.raises(Diverged, match=r"loss became (inf|nan) at step \d+ .*The rate 1e\+06 .* a tenth") as caught:
        train(run, X, y, plan)
    assert isinstance(caught.value, ArithmeticError)
    same(caught.value.run, run)


def test_an_infinite_loss_is_told_with_its_step_and_epoch():
    """The first step at this rate, the fourth of the run, makes the weights huge; the loss of the fifth overflows."""
    run, y, plan = unstable()
    run = train(run._replace(optimiser=SGD(1e-3)), X, y, plan._replace(epochs=1))
    with pytest.raises(Diverged, match=r"loss became inf at step 5 \(epoch 2\)"):
        train(run._replace(optimiser=SGD(1e200)), X, y, plan)


def test_divergence_with_a_checkpoint_names_it_and_gives_the_last_good_run(tmp_path):
    run, y, plan = unstable()
    path = tmp_path / "run.npz"
    with pytest.raises(Diverged, match=r"the last good checkpoint is .*run\.npz") as caught:
        train(run, X, y, plan._replace(checkpoint=path))
    good = caught.value.run
    same(good, load(path, MLP))
    assert good.epoch > 2
    assert np.isfinite(good.net.theta).all()
    assert f"(epoch {good.epoch + 1})" in str(caught.value)
    step = int(str(caught.value).split("at step ")[1].split()[0])
    assert good.step < step <= good.step + 3
    with pytest.raises(Diverged) as again:
        train(good, X, y, plan._replace(checkpoint=path))
    same(again.value.run, good)
    assert "checkpoint" not in str(again.value)  # this call has written none


def test_a_first_epoch_that_diverges_does_not_take_another_runs_checkpoint(tmp_path):
    path = tmp_path / "run.npz"
    save(train(start(Network.create([4, 2, 3], rng=1), SGD(), rng=5), X, Y, QUIET), path)
    run = start(mlp(), SGD(1e200), rng=0)
    with pytest.raises(Diverged) as caught:
        train(run, X, np.eye(3)[Y], QUIET._replace(checkpoint=path, loss="mse"))
    same(caught.value.run, run)
    assert "checkpoint" not in str(caught.value)


def test_weights_that_end_an_epoch_infinite_are_not_a_good_checkpoint(tmp_path):
    """One batch an epoch: the loss before the step is fine, the weights after it are not."""
    path = tmp_path / "run.npz"
    run = start(MLP.create([4, 3], rng=0, dtype=np.float32), SGD(1e38), rng=0)
    with pytest.raises(Diverged, match=r"step 1 \(epoch 1\)"):
        train(run, X * 1e3, np.eye(3)[Y], QUIET._replace(batch=20, loss="mse", checkpoint=path))
    assert not path.exists()


def test_a_constant_intrinsic_length_of_zero_is_no_divergence():
    net = Network.create([4, 2, 3], o="none", rng=0)
    assert train(start(net, AdamW(), rng=0), X, Y, QUIET).epoch == 2


@pytest.mark.parametrize(
    ("X", "y", "plan", "words"),
    [
        (X[:, :3], Y, QUIET, "X must have 4 columns, got 3"),
        (X, Y[:5], QUIET, "as many rows, got 20 and 5"),
        (np.where(X > 2, np.nan, X), Y, QUIET, "X must be finite"),
        (X.astype(np.float16), Y, QUIET, "got dtype float16"),
        (X.astype(complex), Y, QUIET, "X must be real"),
        (X, Y + 1, QUIET, "labels must be whole numbers in 0..2, got values from 1 to 3"),
        (X, Y, QUIET._replace(loss="hinge"), "loss must be one of mse, binary, softmax, blocks, got 'hinge'"),
        (X, Y, QUIET._replace(epochs=-1), "epochs must be a whole number >= 0"),
        (X, Y, QUIET._replace(epochs=1.5), "epochs must be a whole number >= 0"),
        (X, Y, QUIET._replace(batch=0), "batch must be a whole number >= 1, got 0"),
        (X, Y, QUIET._replace(loss="mse"), "y must have 3 columns, got 1"),
        (X, np.full((20, 3), np.nan), QUIET._replace(loss="mse"), "y must be finite"),
        (X, Y, QUIET._replace(validation=(X, Y[:3])), "as many rows"),
        (X, Y, QUIET._replace(validation=(X[:, :2], Y)), "X must have 4 columns, got 2"),
    ],
)
def test_bad_data_and_plans(X, y, plan, words):
    with pytest.raises(ValueError, match=words):
        train(start(mlp(), SGD(), rng=0), X, y, plan)


def test_a_policy_that_returns_more_than_two_is_refused():
    with pytest.raises(ValueError, match=r"the policy <lambda> must return \(net, events\)"):
        train(start(mlp(), SGD(), rng=0), X, Y, QUIET._replace(policies=(lambda net, context: (net, (), 3),)))


def test_a_bad_optimiser_is_refused_at_the_start():
    with pytest.raises(ValueError, match="rate must be a finite number > 0"):
        start(mlp(), SGD(rate=-1), rng=0)
    with pytest.raises(ValueError, match="rng must be"):
        start(mlp(), SGD(), rng="0")
    assert isinstance(start(mlp(), SGD()).rng, np.random.Generator)


def test_the_default_plan_and_the_progress_bar(capsys):
    run = train(start(mlp(), SGD(), rng=0), X, Y)
    assert run.epoch == Plan().epochs == 20
    assert capsys.readouterr().err == ""


def test_the_progress_bar_tells_the_loss_and_the_widths(monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("minigrow.growth.loop.tqdm", functools.partial(tqdm, file=terminal))
    run = train(start(mlp(), SGD(), rng=0), X, Y, QUIET._replace(quiet=False))
    assert f"loss {run.loss:.4f} widths 4-5-3" in terminal.getvalue()


def test_nothing_to_do_is_done_at_once():
    run = start(mlp(), SGD(), rng=0)
    assert train(run, X, Y, QUIET._replace(epochs=0)).history.rows == ()


def test_events_with_numpy_integers_can_be_saved(tmp_path):
    def policy(net, context):
        net, event = grow(net, 0, 1, rng=context.rng)
        return net, (event._replace(neurons=np.int64(1), before=np.int32(net.widths[1] - 1)),)

    path = tmp_path / "run.npz"
    plan = QUIET._replace(policies=(policy,), checkpoint=path)
    train(start(Network.create([4, 2, 3], rng=0), SGD(), rng=0), X, Y, plan)
    assert load(path, Network).history.events[0].neurons == 1


def test_append_is_carried_in_the_right_place():
    net = mlp()
    move = Move("h1", append(5, 1))

    def policy(net, context):
        event = Event("grow", "h1", 1, "test", 5, 6, (move,))
        return moved(net, [move]), (event,)

    plan = QUIET._replace(epochs=1)
    wide = train(start(net, Momentum(), rng=0), X, Y, plan._replace(policies=(policy,)))
    narrow = train(start(net, Momentum(), rng=0), X, Y, plan)
    v, w = (r.net.with_theta(r.state.slots[0]).params for r in (wide, narrow))
    np.testing.assert_array_equal(v["W1"][:5], w["W1"])
    np.testing.assert_array_equal(v["W2"][:, :5], w["W2"])
    np.testing.assert_array_equal(v["b2"], w["b2"])
    assert not v["W1"][5].any()
