"""The row before the first step, and what a history says about the whole life: written once, kept everywhere, in nobody's way."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow import growth, isotropic
from minigrow.growth import Event, History, Plan, snapshot, start, train
from minigrow.growth.history import from_arrays, to_arrays
from minigrow.growth.snapshot import keep_snapshots
from minigrow.isotropic import AutoAdapt, Network
from minigrow.nn import MLP, AdamW

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((20, 4)), RNG.integers(3, size=20)
PLAN = Plan(epochs=3, batch=8, policies=(AutoAdapt(tau=0.9, scaffold=2),), quiet=True)


def begun():
    return start(Network.create([4, 3, 3], rng=0), AdamW(), rng=0)


class Watcher:
    """An observer with words about the whole life."""

    def __init__(self, **about):
        self.about = about

    def __call__(self, net):
        return snapshot(net)


def test_the_row_before_the_first_step_shows_the_network_as_it_was_given():
    run = begun()
    done = train(run, X, Y, PLAN._replace(observe=snapshot))
    first = done.history.first
    assert (first["epoch"], first["step"], first["multiply_adds"]) == (0, 0, 0)
    assert first["widths"].tolist() == [4, 3, 3]
    assert first["parameters"] == run.net.parameters
    assert "loss" not in first
    assert set(first) == set(done.history.rows[0]) - {"loss"}
    np.testing.assert_array_equal(first["weights.h0.h1"], snapshot(run.net)["weights.h0.h1"])
    assert done.history["epoch"].tolist() == [1, 2, 3]


def test_it_does_not_change_with_the_network_that_it_shows():
    windows = train(begun(), X, Y, PLAN._replace(policies=(), observe=lambda net: {"b": net.params["b2"]})).history
    assert not windows.first["b"].any()
    assert windows.rows[-1]["b"].any()


def test_it_is_written_once_and_a_resumed_run_keeps_it(tmp_path):
    whole = train(begun(), X, Y, PLAN._replace(observe=snapshot))
    half = train(begun(), X, Y, PLAN._replace(observe=snapshot, epochs=1))
    growth.save(half, tmp_path / "half.npz")
    resumed = train(growth.load(tmp_path / "half.npz", Network), X, Y, PLAN._replace(observe=snapshot))
    np.testing.assert_array_equal(resumed.net.theta, whole.net.theta)
    for found in (half, resumed):
        assert {name: np.asarray(v).tolist() for name, v in found.history.first.items()} == {
            name: np.asarray(v).tolist() for name, v in whole.history.first.items()
        }


def test_a_run_that_takes_no_step_has_none():
    assert train(begun(), X, Y, PLAN._replace(epochs=0)).history == History()


def test_a_run_that_began_without_it_does_not_get_it_later():
    run = train(begun(), X, Y, PLAN._replace(epochs=1))
    old = run._replace(history=History(run.history.rows))
    assert train(old, X, Y, PLAN).history.first is None
    assert train(run._replace(history=History()), X, Y, PLAN).history.first is None


def test_policies_see_the_same_rows_and_training_is_the_same():
    seen = []

    def policy(net, context):
        seen.append([row["step"] for row in context.history.rows])
        return net, ()

    plain = train(begun(), X, Y, PLAN._replace(policies=(policy,)))
    watched = train(begun(), X, Y, PLAN._replace(policies=(policy,), observe=Watcher(task="Noise.")))
    assert seen == [[], [3], [3, 6]] * 2
    np.testing.assert_array_equal(plain.net.theta, watched.net.theta)
    assert plain.rng.bit_generator.state == watched.rng.bit_generator.state
    assert plain.history["loss"].tolist() == watched.history["loss"].tolist()


def test_what_an_observer_says_about_the_life_is_kept_and_a_later_one_adds_to_it():
    run = train(begun(), X, Y, PLAN._replace(epochs=1, observe=Watcher(task="Noise.", image=(2, 2))))
    assert run.history.about == {"task": "Noise.", "image": [2, 2]}
    run = train(run, X, Y, PLAN._replace(epochs=2, observe=Watcher(task="More noise.")))
    assert run.history.about == {"task": "More noise.", "image": [2, 2]}
    assert train(run, X, Y, PLAN._replace(observe=snapshot)).history.about == run.history.about


def full():
    history = History().with_first({"step": 0, "widths": (4, 3)}).with_about(task="Noise.", phases=[[5, "later"]])
    for step in range(1, 5):
        history = history.with_row({"step": step, "widths": (4, 3), "weights.a.b": np.ones(2)})
    return history


def test_what_makes_a_history_shorter_or_longer_keeps_both():
    history = full()
    changed = [
        history.thinned(lambda row: row["step"] % 2 == 0),
        history.with_events([Event("grow", "h1", 1, "x", 3, 4)]),
        keep_snapshots(history, 2),
        history.with_row(history.rows[0]),
    ]
    assert all(found.first == history.first and found.about == history.about for found in changed)
    assert full().with_about(task="Other.").about == {"task": "Other.", "phases": [[5, "later"]]}


def test_keep_snapshots_keeps_the_picture_before_the_first_step():
    history = full().with_first({"step": 0, "weights.a.b": np.ones(2), "surface": np.ones(3)})
    thin = keep_snapshots(history, 2)
    assert thin.first is history.first
    assert [len(row["weights.a.b"]) for row in thin.rows] == [2, 0, 0, 2]


@given(
    shape=st.lists(st.integers(0, 3), max_size=3),
    about=st.dictionaries(
        st.text(max_size=4),
        st.recursive(
            st.none() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=4),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        ),
        max_size=3,
    ),
)
def test_both_come_back_from_a_file_as_they_were(shape, about, tmp_path_factory):
    path = tmp_path_factory.mktemp("first") / "h.npz"
    given = History().with_first({"surface": np.ones(shape, np.float16), "step": 0}).with_about(**about)
    given.save(path)
    back = History.load(path)
    assert back.about == given.about == about
    assert back.first["surface"].dtype == np.float16
    assert np.shape(back.first["surface"]) == tuple(shape)
    assert back.rows == ()


def test_a_history_without_them_is_written_as_before_and_an_old_file_is_read_as_before():
    history = History().with_row({"a": 1.0})
    arrays, table = to_arrays(history)
    assert sorted(arrays) == ["column0", "column0.shapes"]
    assert sorted(table) == ["columns", "events"]
    back = from_arrays(arrays, table)
    assert back == history
    assert back.first is None
    assert back.about == {}


def test_arrays_and_tuples_are_kept_as_lists_and_what_no_file_holds_is_refused():
    assert History().with_about(x=np.arange(2), y=(1, (2,)), z=np.nan).about == {"x": [0, 1], "y": [1, [2]], "z": None}
    for bad in (object(), {1, 2}, 1j):
        with pytest.raises(ValueError, match="about must be words, numbers, lists and mappings"):
            History().with_about(task=bad)


def damaged(arrays, meta, path):
    np.savez(path, meta=np.array(json.dumps(meta)), **arrays)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a, t: a.pop("first0"), "there is no first0"),
        (lambda a, t: a.pop("first0.shapes"), "there is no first0.shapes"),
        (lambda a, t: a.update({"first0": np.ones(7)}), "add up to its 7 values"),
        (lambda a, t: t.update(first=3), "missing or misnamed"),
        (lambda a, t: t.update(first=["a", "b", "c"]), "there is no first2"),
        (lambda a, t: t.update(first=[]), "must be one row, got 0"),
        (
            lambda a, t: [
                a.update({f"first{i}": np.ones(2), f"first{i}.shapes": np.full((2, 1), -1)}) for i in range(2)
            ],
            "must be one row, got 2",
        ),
        (
            lambda a, t: a.update({"first1": np.ones(2), "first1.shapes": np.full((2, 1), -1)}),
            "rows of their own, as many each",
        ),
        (lambda a, t: t.update(about=[1]), r"about must be a mapping, got \[1\]"),
        (lambda a, t: t.update(about="words"), "about must be a mapping, got words"),
        (lambda a, t: t.update(about=None), "about must be a mapping, got None"),
    ],
)
def test_damaged_files_give_one_sentence(tmp_path, change, words):
    arrays, table = to_arrays(full())
    change(arrays, table)
    meta = {"file": "minigrow history", "version": 2, "history": table}
    damaged(arrays, meta, tmp_path / "h.npz")
    with pytest.raises(
        ValueError, match=rf"h\.npz is a damaged minigrow history file: .*{words}.* Take an earlier copy\.$"
    ):
        History.load(tmp_path / "h.npz")


def test_a_checkpoint_keeps_both(tmp_path):
    run = train(
        start(MLP.create([4, 3], rng=0), AdamW(), rng=0), X, Y, Plan(1, quiet=True, observe=Watcher(task="Noise."))
    )
    growth.save(run, tmp_path / "run.npz")
    back = growth.load(tmp_path / "run.npz", MLP).history
    assert back.about == {"task": "Noise."}
    assert back.first["widths"].tolist() == [4, 3]
    assert list(back.first) == list(run.history.first)


def test_a_change_before_training_is_older_than_the_first_row():
    run = begun()
    run = growth.accept(run, *isotropic.grow(run.net, 0, 2, rng=1))
    done = train(run, X, Y, PLAN._replace(policies=()))
    assert done.history.first["widths"].tolist() == [4, 5, 3]
    assert [event.step for event in done.history.events] == [0]
