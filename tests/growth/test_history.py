"""A history keeps what it was given: ragged columns, events, and a file that comes back the same."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.growth import Event, History, Move, append, follow, multiply_adds, parameters
from minigrow.growth.events import trained_shapes
from minigrow.growth.history import from_arrays, to_arrays
from minigrow.isotropic import Network
from minigrow.nn import MLP, SGD, AdamW, State, start

EVENT = Event("grow", "h1", 2, "asked for", 3, 5, (Move("h1", append(3, 2)),), 7)
COLUMNS = st.lists(st.integers(0, 4), min_size=1, max_size=4)


@st.composite
def histories(draw):
    """Rows of a scalar, an integer vector of changing length, and a float vector of constant length."""
    history = History()
    for number, length in enumerate(draw(COLUMNS)):
        row = {
            "loss": draw(st.floats(-9, 9) | st.just(np.nan)),
            "widths": np.arange(length) + number,
            "pair": (0.5, number),
            "epoch": number,
        }
        history = history.with_row(row)
    return history.with_events([EVENT] * draw(st.integers(0, 2)))


@given(histories())
def test_columns_and_padding(history):
    lengths = [len(row["widths"]) for row in history.rows]
    assert history["epoch"].tolist() == list(range(len(lengths)))
    assert history["pair"].shape == (len(lengths), 2)
    found = history["widths"]
    assert found.shape == (len(lengths), max(lengths))
    for row, length, number in zip(found, lengths, range(len(lengths)), strict=True):
        np.testing.assert_array_equal(row[:length], np.arange(length) + number)
        assert np.isnan(row[length:].astype(float)).all()
    assert (found.dtype.kind == "i") == (len(set(lengths)) == 1)


@given(history=histories())
def test_save_and_load(history, tmp_path_factory):
    path = tmp_path_factory.mktemp("history") / "h.npz"
    history.save(path)
    back = History.load(path)
    assert back.events == history.events
    assert [list(row) for row in back.rows] == [list(row) for row in history.rows]
    for name in history.rows[0]:
        for a, b in zip(back.rows, history.rows, strict=True):
            np.testing.assert_array_equal(a[name], b[name])
        assert back[name].dtype == history[name].dtype
        np.testing.assert_array_equal(back[name], history[name])


def test_an_empty_history_comes_back_empty(tmp_path):
    History().save(tmp_path / "h.npz")
    assert History.load(tmp_path / "h.npz") == History()


def test_arrays_carry_their_prefix_and_nothing_else_is_read():
    history = History().with_row({"a": 1.0}).with_row({"a": 2.0})
    arrays, events = to_arrays(history, "x.")
    assert sorted(arrays) == ["x.a", "x.a.lengths"]
    back = from_arrays(arrays | {"theta": np.ones(3)}, events, "x.")
    np.testing.assert_array_equal(back["a"], [1, 2])


def test_a_history_is_a_value():
    first = History().with_row({"a": 1})
    second = first.with_row({"a": 2}).with_events([EVENT])
    assert len(first.rows) == 1
    assert first.events == ()
    assert len(second.rows) == 2
    row = {"a": 3}
    third = first.with_row(row)
    row["a"] = 9
    assert third["a"].tolist() == [1, 3]


def test_events_are_recorded_without_their_moves():
    (event,) = History().with_events([EVENT]).events
    assert event == EVENT._replace(moves=())
    assert (event.kind, event.reason, event.before, event.after, event.step) == ("grow", "asked for", 3, 5, 7)


def test_wrong_names():
    history = History().with_row({"a": 1, "b": 2})
    with pytest.raises(ValueError, match=r"columns \['a', 'b'\], got \['a', 'c'\]"):
        history.with_row({"a": 1, "c": 2})
    with pytest.raises(KeyError, match="no column 'c'"):
        history["c"]
    with pytest.raises(KeyError, match="no rows yet"):
        History()["a"]


@pytest.mark.parametrize("kind", [MLP, Network])
def test_counts_by_hand(kind):
    net = kind.create([4, 3, 5, 2], rng=0)
    extra = 5 + 2 + 2 if kind is Network else 0  # psi_1 (5), psi_2 (2), two lambdas
    assert parameters(net) == 4 * 3 + 3 + 3 * 5 + 5 + 5 * 2 + 2 + extra
    assert multiply_adds(net) == 4 * 3 + 3 * 5 + 5 * 2


@pytest.mark.parametrize("o", ["none", "constant", "trainable"])
@pytest.mark.parametrize("psi", ["none", "constant", "trainable", "decay", "expectation"])
def test_trained_parameters_stand_in_front(o, psi):
    net = Network.create([4, 3, 5, 2], o=o, psi=psi, rng=0)
    named = trained_shapes(net)
    assert ("lambda" in named) == (o == "trainable")
    assert ("psi1" in named) == ("psi2" in named) == (psi in ("trainable", "decay"))
    assert list(named) == list(net.shapes)[: len(named)]
    assert sum(int(np.prod(shape)) for shape in named.values()) == net.trained


def test_state_follows_events_and_is_not_touched():
    net, optimiser = MLP.create([1, 2, 1], rng=0), AdamW()
    state = State(5, (np.arange(7.0), np.arange(7.0)))
    events = [EVENT._replace(moves=(Move("h1", append(2, 1)),))] * 1
    found = follow(events, optimiser, state, net)
    assert found.t == 5
    np.testing.assert_array_equal(found.slots[0], [0, 1, 0, 2, 3, 0, 4, 5, 0, 6])
    np.testing.assert_array_equal(state.slots[0], np.arange(7.0))
    nothing = follow([], optimiser, state, net)
    np.testing.assert_array_equal(nothing.slots[1], state.slots[1])
    assert not np.shares_memory(nothing.slots[1], state.slots[1])
    assert follow(events, SGD(), start(SGD(), net.theta), net).slots == ()


def test_an_event_is_not_dated_before_training_dates_it():
    event = Event("grow", "h1", 1, "asked for", 2, 3)
    assert event.step == -1
    assert event.moves == ()


def damage(path, change):
    """Rewrite a history file with its arrays changed: still a whole archive."""
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    change(arrays)
    np.savez(path, **arrays)


def rename(a, b):
    return lambda arrays: arrays.update({b: arrays.pop(a)})


def with_meta(**changes):
    return lambda arrays: arrays.update(meta=np.array(json.dumps(json.loads(str(arrays["meta"])) | changes)))


DAMAGE = {
    "lengths misnamed": (rename("row.a.lengths", "row.a.lengthz"), "there is no row.a.lengths"),
    "values misnamed": (rename("row.a", "rox.a"), "there is no row.a"),
    "lengths too short": (lambda arrays: arrays.update({"row.a.lengths": np.array([-1])}), "add up to its 2 values"),
    "lengths not whole": (lambda arrays: arrays.update({"row.a.lengths": np.array([0.5, 1.5])}), "whole numbers"),
    "columns of unequal length": (
        lambda arrays: arrays.update({"row.b": np.ones(1), "row.b.lengths": np.array([-1])}), "zip",
    ),
    "an event without a kind": (with_meta(events=[{"space": "h1"}]), "missing or misnamed"),
    "an event with a strange field": (with_meta(events=[EVENT._replace(moves=())._asdict() | {"x": 1}]), "misnamed"),
    "events that are no list": (with_meta(events=3), "not iterable"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_name_or_length_is_told_in_words(tmp_path, name):
    change, words = DAMAGE[name]
    path = tmp_path / "h.npz"
    History().with_row({"a": 1.0}).with_row({"a": 2.0}).save(path)
    damage(path, change)
    with pytest.raises(ValueError, match=f"h.npz is a damaged minigrow history file: .*{words}.*earlier copy"):
        History.load(path)


def test_a_file_without_events_or_origins_is_still_read(tmp_path):
    path = tmp_path / "h.npz"
    old = {key: value for key, value in EVENT._asdict().items() if key not in ("moves", "origin")}
    History().with_row({"a": 1.0}).save(path)
    damage(path, with_meta(events=[old]))
    assert History.load(path).events == (EVENT._replace(moves=()),)
    damage(path, lambda arrays: arrays.update(meta=np.array(json.dumps({"file": "minigrow history", "version": 1}))))
    with pytest.raises(ValueError, match=r"damaged.*'events'"):
        History.load(path)
