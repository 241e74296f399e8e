"""Training on texts: continuing, switching, sampling of history, checkpoints, bad input."""

import numpy as np
import pytest

from minigrow.differentiable_structure import (
    Learning,
    Network,
    Plan,
    Rule,
    alphabet_of,
    easy,
    evaluate,
    load,
    sample,
    save,
    start,
    train,
)  # fmt: skip
from minigrow.growth.loop import Diverged

LIVELY = Rule(threshold=1.0, delete=0.5, add=0.5, anytime=0.05, most=20)
TEXT = easy(3000, rng=0)


def go(run, cycles, text=TEXT, **plan):
    return train(run, text, Plan(cycles=cycles, quiet=True, **plan))


def same(a, b):
    assert a._replace(rng=None, parts=None, rows=()) == b._replace(rng=None, parts=None, rows=())
    assert a.rng.bit_generator.state == b.rng.bit_generator.state
    assert all(np.array_equal(x, y) for x, y in zip(a.parts[1:], b.parts[1:], strict=True))
    assert np.array_equal(a.net.theta, b.net.theta)
    assert len(a.rows) == len(b.rows)
    for x, y in zip(a.rows, b.rows, strict=True):
        assert all(np.array_equal(x[name], y[name]) for name in x)


def test_it_learns_the_easy_text_and_grows():
    run = go(start("()ab", rng=0), 4000, easy(40_000, rng=1), every=500)
    assert run.net.neurons > 3
    assert run.smooth < 12
    assert evaluate(run.net, easy(2000, rng=2)) < 0.3
    text = sample(run.net, 400, "(", rng=0)
    assert text.count("ab") > 80


def test_the_old_run_is_untouched_and_a_run_repeats_itself():
    first = go(start("()ab", rng=0, rule=LIVELY), 50)
    before, state = first.net.theta.copy(), first.rng.bit_generator.state
    same(go(first, 300), go(first, 300))
    assert np.array_equal(first.net.theta, before)
    assert first.rng.bit_generator.state == state


@pytest.mark.parametrize("stop", [1, 37, 100, 299])
def test_stopping_anywhere_changes_nothing(stop):
    first = start("()ab", rng=3, rule=LIVELY)
    same(go(go(first, stop, every=20, rows=8), 300, rows=8), go(first, 300, every=20, rows=8))


def test_a_checkpoint_goes_on_bit_for_bit_across_births_and_deaths(tmp_path):
    first = go(start("()ab", rng=1, rule=LIVELY), 150, every=10)
    save(first, tmp_path / "run.npz")
    whole, resumed = go(first, 600), go(load(tmp_path / "run.npz"), 600)
    assert whole.births > first.births
    assert whole.deaths > first.deaths
    same(whole, resumed)


def test_the_plan_writes_a_checkpoint_at_each_row(tmp_path):
    run = go(start("()ab", rng=1), 45, every=20, checkpoint=tmp_path / "run.npz")
    same(go(load(tmp_path / "run.npz"), 45), run)
    assert load(tmp_path / "run.npz").cycle == 40


def test_a_fixed_size_stays_and_resumes(tmp_path):
    run = go(start("()ab", 5, rng=0, rule=None), 60, every=20)
    save(run, tmp_path / "run.npz")
    assert load(tmp_path / "run.npz").rule is None
    assert (run.net.neurons, run.births, run.deaths) == (5, 0, 0)


def test_history_is_bounded_and_its_interval_doubles():
    run = go(start("()ab", rng=0, rule=LIVELY), 1000, every=3, rows=10)
    assert len(run.rows) < 10
    assert run.every % 3 == 0
    assert np.array_equal(run.history["cycle"], np.arange(1, len(run.rows) + 1) * run.every)


def test_history_and_events_add_up():
    run = go(start("()ab", rng=0, rule=LIVELY), 600, every=20)
    for row in run.rows:
        assert row["neurons"] == len(row["r"]) == len(set(row["ids"])) == 1 + row["births"] - row["deaths"]
    size = 1
    for event in run.history.events:
        assert event.before == size
        size = event.after
        assert abs(event.after - event.before) == event.neurons
    assert size == run.net.neurons


def test_another_text_starts_at_its_beginning_with_the_state():
    first = go(start("()ab", rng=0), 7)
    other = go(first, 8, easy(3000, rng=9))
    assert (first.position, other.position) == (280, 40)
    assert go(first, 8).position == 320


def test_text_restarts_when_no_whole_chunk_is_left():
    run = go(start("ab", rng=0), 3, "ab" * 40 + "a")
    assert run.position == 40


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_network_keeps_its_type(dtype):
    net = Network.create("ab", 3, rng=0, dtype=dtype)
    assert net("abba").dtype == dtype
    assert evaluate(net, "abba") == pytest.approx(np.log(2), rel=0.1)


def test_a_hopeless_rate_is_reported():
    wild = Learning(rate=1e308, clip=float("inf"))
    with pytest.raises(Diverged, match="probably too high") as caught:
        go(start("()ab", rng=0, learning=wild), 50, every=5)
    assert np.isfinite(caught.value.run.smooth)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: start("", rng=0), "an alphabet must list each symbol once"),
        (lambda: start("aba", rng=0), "an alphabet must list each symbol once"),
        (lambda: start("ab", 0, rng=0), "neurons must be a whole number >= 1"),
        (lambda: start("ab", 5, rng=0, rule=Rule(most=4)), "most must be at least the 5 neurons"),
        (lambda: start("ab", rng=0, learning=Learning(clip=0.0)), "clip must be > 0"),
        (lambda: start("ab", rng=0, learning=Learning(fresh=2.0)), "fresh must lie in"),
        (lambda: start("ab", rng=0, learning=Learning(rate=-1.0)), "rate must be a finite number"),
        (lambda: start("ab", rng=0, learning=Learning(steps=0)), "steps must be a whole number"),
        (lambda: start("ab", rng=None), "rng must be a numpy.random.Generator or a seed"),
        (lambda: go(start("ab", rng=0), 1, ""), "at least steps . 1 = 41 symbols, got 0"),
        (lambda: go(start("ab", rng=0), 1, "ab" * 20), "at least steps . 1 = 41 symbols, got 40"),
        (lambda: go(start("ab", rng=0), 1, b"ab" * 40), "got a bytes"),
        (lambda: go(start("ab", rng=0), 1, "ab" * 40 + "c"), "'c' at place 80, which is not in the alphabet 'ab'"),
        (lambda: go(start("ab", rng=0)._replace(rule=Rule(add=2.0)), 1, "ab" * 40), "add is a probability"),
        (lambda: go(start("ab", rng=0), -1, "ab" * 40), "cycles must be a whole number >= 0"),
        (lambda: go(start("ab", rng=0), 1, "ab" * 40, every=0), "every must be a whole number >= 1"),
        (lambda: alphabet_of(""), "must not be empty"),
        (lambda: sample(Network.create("ab", rng=0), 3, "c", rng=0), "not in the alphabet"),
    ],
)
def test_bad_input_is_refused_before_training(act, message):
    with pytest.raises(ValueError, match=message):
        act()
