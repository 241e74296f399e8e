"""Training on texts: continuing, switching, sampling of history, checkpoints, bad input."""

import numpy as np
import pytest

from minigrow.differentiable_structure import (
    Network,
    Rule,
    Spares,
    alphabet_of,
    easy,
    evaluate,
    fit,
    grow,
    predict,
    prune,
    sample,
    score,
    start,
    train,
)  # fmt: skip
from minigrow.differentiable_structure.batches import Text
from minigrow.growth import Diverged, Plan, accept, load, save, snapshot
from minigrow.nn import SGD, Pull, RMSProp

LIVELY = Rule(threshold=1.0, delete=0.5, add=0.5, anytime=0.05, most=20)
TEXT = easy(3000, rng=0)


def begun(seed=0, neurons=1, alphabet="()ab", **options):
    return start(Network.create(alphabet, neurons, rng=seed), rng=seed, **options)


def go(run, steps, text=TEXT, rule=LIVELY, chunk=40, **plan):
    return train(run, text, Plan(steps=steps, quiet=True, **({"record": 100} | plan)), rule=rule, chunk=chunk)


def same(a, b):
    assert (a.step, a.state.t, a.epoch, a.work) == (b.step, b.state.t, b.epoch, b.work)
    assert a.rng.bit_generator.state == b.rng.bit_generator.state
    assert all(np.array_equal(a.feed[name], b.feed[name]) for name in a.feed)
    assert np.array_equal(a.net.theta, b.net.theta)
    assert np.array_equal(a.state.slots[0], b.state.slots[0])
    assert a.history.events == b.history.events


def same_rows(a, b):
    assert len(a.history.rows) == len(b.history.rows)
    for x, y in zip(a.history.rows, b.history.rows, strict=True):
        assert all(np.array_equal(x[name], y[name]) for name in x)


def test_it_learns_the_easy_text_and_grows():
    run = go(begun(), 4000, easy(40_000, rng=1), Rule(), record=500)
    assert run.net.neurons > 3
    assert run.loss < 12
    other = easy(2000, rng=2)
    assert evaluate(run.net, other) < 0.3
    assert score(run.net, other) > 0.8
    assert set(predict(run.net, other)) <= set("()ab")
    text = sample(run.net, 400, "(", rng=0)
    assert text.count("ab") > 80


def test_the_score_is_the_share_of_symbols_that_were_foreseen():
    net = Network.create("ab", rng=0)
    net.params["by"][:] = (9, 0)  # it always expects an a
    assert predict(net, "abab") == "aaaa"
    assert score(net, "abab") == 1 / 3


def test_a_sample_is_drawn_from_what_is_predicted_after_all_that_was_read():
    net, rng, text = Network.create("()ab", 6, rng=0), np.random.default_rng(0), "(ab"
    net = net.with_theta(2 * np.random.default_rng(1).standard_normal(net.theta.size))
    found = sample(net, 30, text, rng=0)
    for _ in range(30):
        text += net.alphabet[int(np.searchsorted(np.cumsum(net(text)[-1]), rng.random()))]
    assert found == text[3:]
    assert len(set(found)) > 1, "else any state would do"


def test_fit_is_start_and_train():
    net, history = fit(TEXT, rng=3, plan=Plan(steps=120, record=40, quiet=True), rule=LIVELY)
    rng = np.random.default_rng(3)
    run = start(Network.create("()ab", rng=rng), rng=rng)
    assert np.array_equal(net.theta, go(run, 120).net.theta)
    assert history["step"].tolist() == [40, 80, 120]
    bigger = Network.create("()ab", 5, rng=0)
    assert fit(TEXT, bigger, rng=0, plan=Plan(steps=3, quiet=True), rule=None)[0].neurons == 5


def test_the_old_run_is_untouched_and_a_run_repeats_itself():
    first = go(begun(), 50)
    before, state = first.net.theta.copy(), first.rng.bit_generator.state
    same(go(first, 300), go(first, 300))
    assert np.array_equal(first.net.theta, before)
    assert first.rng.bit_generator.state == state


@pytest.mark.parametrize("stop", [1, 37, 100, 299])
def test_stopping_anywhere_changes_nothing(stop):
    same(go(go(begun(3), stop), 300), go(begun(3), 300))


@pytest.mark.kernels
@pytest.mark.parametrize("optimiser", [SGD(1e-3), RMSProp(0.01), Pull(RMSProp(0.01, clip=0.01), 1e-4)])
def test_readable_steps_go_where_compiled_ones_go(optimiser):
    """Policies of a user's own switch the engine off; so does an optimiser that it does not know."""
    calls = []

    def look(net, context):
        calls.append(context.step)
        return net, ()

    fast = go(begun(1, optimiser=optimiser), 12)
    slow = go(begun(1, optimiser=optimiser), 12, policies=(look,))
    assert calls == list(range(1, 13))
    assert slow.net.neurons == fast.net.neurons
    assert len(slow.history.events) == len(fast.history.events) > 0
    np.testing.assert_allclose(slow.net.theta, fast.net.theta, rtol=1e-6, atol=1e-9)
    assert slow.loss == pytest.approx(fast.loss, rel=1e-9)
    assert (slow.work, slow.feed["place"]) == (fast.work, fast.feed["place"])


def test_a_checkpoint_goes_on_bit_for_bit_across_births_and_deaths(tmp_path):
    first = go(begun(1), 150)
    save(first, tmp_path / "run.npz")
    whole, resumed = go(first, 600), go(load(tmp_path / "run.npz", Network), 600)
    kinds = [event.kind for event in whole.history.events if event.step > 150]
    assert {"grow", "prune"} <= set(kinds)
    same(whole, resumed)
    same_rows(whole, resumed)


def test_the_plan_writes_a_checkpoint_at_each_row(tmp_path):
    run = go(begun(1), 40, record=20, checkpoint=tmp_path / "run.npz")
    same(load(tmp_path / "run.npz", Network), run)


def test_a_fixed_size_stays():
    run = go(begun(0, 5), 60, rule=None)
    assert (run.net.neurons, run.history.events) == (5, ())


def test_history_is_bounded_and_its_interval_doubles():
    run = go(begun(), 960, record=3, rows=10)
    steps = run.history["step"]
    assert len(steps) < 10
    assert np.array_equal(steps, np.arange(1, len(steps) + 1) * steps[0])
    assert steps[0] % 3 == 0


def test_history_and_events_add_up():
    run = go(begun(), 600, record=20, observe=snapshot)
    size, events = 1, list(run.history.events)
    for row in run.history.rows:
        while events and events[0].step <= row["step"]:
            event = events.pop(0)
            assert event.before == size
            size = event.after
            assert abs(event.after - event.before) == event.neurons
        assert row["widths"][1] == len(row["r"]) == size == row["size.h"]
    assert size == run.net.neurons


def test_another_text_starts_at_its_beginning_with_the_state():
    first = go(begun(), 7)
    other = go(first, 8, easy(3000, rng=9))
    assert (first.feed["place"], other.feed["place"]) == (280, 40)
    assert go(first, 8).feed["place"] == 320


def test_text_restarts_when_no_whole_chunk_is_left():
    text = "ab" * 40 + "a"
    run = go(begun(alphabet="ab"), 3, text)
    assert (run.feed["place"], run.epoch) == (40, 1)
    twice = go(begun(alphabet="ab"), None, text, epochs=2, record=None)
    assert (twice.step, go(twice, None, text, epochs=3, record=None).step) == (4, 6)
    assert go(go(begun(alphabet="ab"), 1, text), None, text, epochs=1, record=None).step == 2, "the half that is left"
    assert go(begun(alphabet="ab"), 1, text[:80]).epoch == 1, "a chunk needs the symbol behind it"
    source = Text(np.zeros(81, np.int32), 40, np.zeros(1), 0.0)
    feed = source.begin({})
    for batch in source.deal(feed, None, 3):
        source.hear(feed, 0.0, batch)
    assert (feed["place"], feed["epoch"]) == (40, 1), "without the engine too"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_network_keeps_its_type(dtype):
    net = Network.create("ab", 3, rng=0, dtype=dtype)
    assert net("abba").dtype == dtype
    assert evaluate(net, "abba") == pytest.approx(np.log(2), rel=0.1)
    assert go(start(net, rng=0), 5, "ab" * 60).net.theta.dtype == dtype


def test_a_hopeless_rate_is_reported():
    wild = Pull(RMSProp(rate=1e308), 1e-4)
    with pytest.raises(Diverged, match="probably too high") as caught:
        go(begun(optimiser=wild), 50, rule=Rule(), record=5)
    assert np.isfinite(caught.value.run.net.theta).all()


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: begun(alphabet=""), "an alphabet must list each symbol once"),
        (lambda: begun(alphabet="aba"), "an alphabet must list each symbol once"),
        (lambda: begun(neurons=0), "neurons must be a whole number >= 1"),
        (lambda: go(begun(neurons=5), 1, rule=Rule(most=4)), "most must be at least the 5 neurons"),
        (lambda: begun(optimiser=RMSProp(clip=0.0)), "clip must be > 0"),
        (lambda: begun(optimiser=RMSProp(beta=2.0)), "beta must lie in"),
        (lambda: begun(optimiser=Pull(RMSProp(rate=-1.0), 1.0)), "rate must be a finite number"),
        (lambda: begun(optimiser=Pull(RMSProp(), -1.0)), "amount must be a finite number"),
        (lambda: begun(memory=(-1.0, 0.0)), "memory must be a finite number"),
        (lambda: go(begun(), 1, chunk=0), "chunk must be a whole number"),
        (lambda: go(begun(), 1, ""), "at least chunk . 1 = 41 symbols, got 0"),
        (lambda: go(begun(), 1, "ab" * 20), "at least chunk . 1 = 41 symbols, got 40"),
        (lambda: go(begun(), 1, b"ab" * 40), "text must be a word, got b"),
        (lambda: go(begun(alphabet="ab"), 1, "ab" * 40 + "c"), "'c' at place 80, which is not in the alphabet 'ab'"),
        (lambda: go(begun(), 1, rule=Rule(add=2.0)), "add is a probability"),
        (lambda: go(begun(), -1), "steps must be a whole number >= 0"),
        (lambda: go(begun(), 1, record=0), "record must be a whole number >= 1"),
        (lambda: alphabet_of(""), "must not be empty"),
        (lambda: sample(Network.create("ab", rng=0), 3, "c", rng=0), "not in the alphabet"),
        (lambda: score(Network.create("ab", rng=0), "a"), "at least 2 symbols"),
        (lambda: Network.create("ab", rng=0)(b"ab"), "text must be a string, got b"),
        (lambda: Network.create("ab", rng=0).gradient([[0, 1]], [[1, 0]], [0.0]), "x and y must be symbols"),
        (lambda: Network.create("ab", rng=0).gradient(0, 0, 0, "mse"), "loss of a text must be one of softmax"),
        (lambda: Network.create("ab", rng=0).bound(np.zeros(8), "mse"), "loss of a text must be one of softmax"),
    ],
)
def test_bad_input_is_refused_before_training(act, message):
    with pytest.raises(ValueError, match=message):
        act()


def test_spares_is_a_policy_like_any_other():
    assert Spares(LIVELY).rule.most == 20


def test_a_change_by_hand_takes_the_state_along():
    """`batches=Text` lets the state follow; without it the next training says what is missing."""
    run = train(start(Network.create("()ab", 3, rng=0), rng=0), TEXT, Plan(steps=20))
    kept = [i for i in range(run.net.neurons) if i != 1]
    pruned = accept(run, *prune(run.net, [1]), batches=Text)
    np.testing.assert_array_equal(pruned.feed["h"], run.feed["h"][kept])
    grown = accept(pruned, *grow(pruned.net, rng=0), batches=Text)
    assert grown.feed["h"][-1] == 0
    assert train(grown, TEXT, Plan(steps=30)).step == 30
    with pytest.raises(ValueError, match=r"must follow: growth.accept\(.*batches=Text"):
        train(accept(run, *prune(run.net, [1])), TEXT, Plan(steps=30))
