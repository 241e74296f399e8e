"""A history keeps what it was given: ragged columns, events, and a file that comes back the same."""

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.growth import Event, History, Move, append, follow
from minigrow.growth.history import from_arrays, to_arrays
from minigrow.isotropic import Network
from minigrow.nn import MLP, SGD, AdamW
from minigrow.nn.optimisers import State, start
from minigrow.nn.spaces import entries

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


def test_single_numbers_among_vectors_are_padded_to_the_longest_vector():
    history = History([{"a": 1}, {"a": 2}, {"a": 3}, {"a": np.array([4, 5])}])
    np.testing.assert_array_equal(history["a"], [[1, np.nan], [2, np.nan], [3, np.nan], [4, 5]])


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


NAMES = st.text(max_size=6) | st.sampled_from(
    ["", "a.shapes", "column0", "column0.shapes", "ä", "theta", "meta", "feed.x", "/"]
)
SHAPES = st.lists(st.integers(0, 3), max_size=3).map(tuple)
KINDS = st.sampled_from([np.float64, np.float16, np.int64, np.uint8, np.bool_, np.complex64, "U3", "S2"])


@given(data=st.data(), names=st.lists(NAMES, min_size=1, max_size=4, unique=True), rows=st.integers(1, 4))
def test_any_name_and_any_shape_come_back_as_they_were(data, names, rows, tmp_path_factory):
    kinds = {name: data.draw(KINDS) for name in names}
    history = History()
    for _ in range(rows):
        history = history.with_row({name: np.ones(data.draw(SHAPES)).astype(kind) for name, kind in kinds.items()})
    path = tmp_path_factory.mktemp("names") / "h.npz"
    history.save(path)
    back = History.load(path)
    assert [list(row) for row in back.rows] == [names] * rows
    for row, was in zip(back.rows, history.rows, strict=True):
        for name, value in was.items():
            assert np.shape(row[name]) == value.shape
            assert np.asarray(row[name]).dtype == value.dtype
            np.testing.assert_array_equal(row[name], value)


@pytest.mark.parametrize(
    "bad", [None, [1, None], {"a": 1}, object(), np.datetime64("2020-01-01"), np.array([1, "a"], object)]
)
def test_a_column_of_objects_is_refused_when_it_is_saved(tmp_path, bad):
    history = History().with_row({"good": 1, "seen": bad})
    with pytest.raises(ValueError, match=r"column 'seen' must hold numbers or words to be saved, got .*observe"):
        history.save(tmp_path / "h.npz")
    assert list(tmp_path.iterdir()) == []
    later = History().with_row({"seen": 1.0}).with_row({"seen": bad})
    with pytest.raises(ValueError, match="column 'seen' must hold numbers or words"):
        later.save(tmp_path / "h.npz")


def test_numbers_and_words_do_not_share_a_column(tmp_path):
    history = History().with_row({"a": 1}).with_row({"a": "one"})
    with pytest.raises(ValueError, match="column 'a' must hold numbers in every row or words in every row"):
        history.save(tmp_path / "h.npz")


@pytest.mark.parametrize(
    "change", [{"reason": None}, {"kind": 3}, {"neurons": 1.5}, {"step": None}, {"origin": (0, None)}]
)
def test_an_event_that_could_not_be_read_back_is_not_written(tmp_path, change):
    with pytest.raises(ValueError, match="an event must have words for kind, space, reason and whole numbers else"):
        History(events=(EVENT.recorded._replace(**change),)).save(tmp_path / "h.npz")
    assert list(tmp_path.iterdir()) == []


def test_thinning_keeps_rows_by_what_is_in_them_and_all_events():
    history = History(tuple({"step": i} for i in range(7)), (EVENT.recorded,))
    thin = history.thinned(lambda row: row["step"] % 3 == 0)
    assert thin["step"].tolist() == [0, 3, 6]
    assert thin.events == history.events
    assert len(history.rows) == 7


def test_arrays_are_numbered_and_nothing_else_is_read():
    history = History().with_row({"a": 1.0, "b": (1, 2)}).with_row({"a": 2.0, "b": (3,)})
    arrays, table = to_arrays(history)
    assert sorted(arrays) == ["column0", "column0.shapes", "column1", "column1.shapes"]
    assert table["columns"] == ["a", "b"]
    assert arrays["column1.shapes"].tolist() == [[2], [1]]
    back = from_arrays(arrays | {"theta": np.ones(3)}, table)
    np.testing.assert_array_equal(back["a"], [1, 2])


def test_an_event_takes_room_for_its_origin_only_where_it_has_one():
    events = (EVENT.recorded, EVENT.recorded._replace(origin=(0, 2)))
    plain, born = to_arrays(History(events=events))[1]["events"]
    assert "origin" not in plain
    assert born["origin"] == [0, 2]


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


def test_what_a_history_holds_is_checked():
    for name in ("first", "about"):
        with pytest.raises(ValueError, match=f"{name} must be a mapping"):
            History(**{name: 3})


def test_wrong_names():
    history = History().with_row({"a": 1, "b": 2})
    with pytest.raises(ValueError, match=r"columns \['a', 'b'\], got \['a', 'c'\]"):
        history.with_row({"a": 1, "c": 2})
    with pytest.raises(KeyError, match="no column 'c'"):
        history["c"]
    with pytest.raises(KeyError, match="no rows yet"):
        History()["a"]


@pytest.mark.parametrize("o", ["none", "constant", "trainable"])
@pytest.mark.parametrize("psi", ["none", "constant", "trainable", "decay", "expectation"])
def test_trained_parameters_stand_in_front(o, psi):
    net = Network.create([4, 3, 5, 2], o=o, psi=psi, rng=0)
    assert ("lambda" in net.trained) == (o == "trainable")
    assert ("psi1" in net.trained) == ("psi2" in net.trained) == (psi in ("trainable", "decay"))
    assert net.trained == tuple(net.shapes)[: len(net.trained)]
    assert sum(int(np.prod(net.shapes[name])) for name in net.trained) == entries(net, net.trained)


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


def put(name, value):
    return lambda arrays: arrays.update({name: np.array(value)})


def with_table(**changes):
    def change(arrays):
        meta = json.loads(str(arrays["meta"]))
        arrays["meta"] = np.array(json.dumps(meta | {"history": meta["history"] | changes}))

    return change


RECORDED = {key: value for key, value in EVENT._asdict().items() if key not in ("moves", "memory")}
SHAPES_NOT_WHOLE = "the shapes of column 'a' must be whole numbers"
TWO = 2**62
DAMAGE = {
    "shapes misnamed": (rename("column0.shapes", "column0.shapez"), "there is no column0.shapes"),
    "values misnamed": (rename("column0", "colunm0"), "there is no column0"),
    "too few shapes": (put("column0.shapes", [[-1]]), "add up to its 2 values"),
    "shapes of another sum": (put("column0.shapes", [[2], [2]]), "add up to its 2 values"),
    "shapes that are huge": (put("column0.shapes", [[2**60, 2**60], [1, -1]]), "add up to its 2 values"),
    "shapes that wrap around": (put("column0.shapes", [[TWO], [TWO], [TWO], [TWO], [2]]), "add up to its 2 values"),
    "negative shapes": (put("column0.shapes", [[-2], [1]]), SHAPES_NOT_WHOLE),
    "fractions for shapes": (put("column0.shapes", [[0.5], [1.5]]), SHAPES_NOT_WHOLE),
    "words for shapes": (put("column0.shapes", [["a"], ["b"]]), SHAPES_NOT_WHOLE),
    "a vector of shapes": (put("column0.shapes", [1, 1]), SHAPES_NOT_WHOLE),
    "a matrix of values": (put("column0", [[1.0], [2.0]]), SHAPES_NOT_WHOLE),
    "columns of unequal length": (
        lambda arrays: (put("column1", [1])(arrays), put("column1.shapes", [[-1]])(arrays), with_table(columns=["a", "b"])(arrays)),
        "rows of their own, as many each",
    ),
    "an event without a kind": (with_table(events=[{"space": "h1"}]), "missing or misnamed"),
    "an event with a strange field": (with_table(events=[RECORDED | {"x": 1}]), "misnamed"),
    "an event with a word for a number": (with_table(events=[RECORDED | {"after": "5"}]), "whole numbers else"),
    "an event with a number for a word": (with_table(events=[RECORDED | {"reason": 5}]), "words for kind"),
    "events that are no list": (with_table(events=3), "not iterable"),
    "columns that are no list": (with_table(columns=3), "not iterable"),
    "no table": (lambda arrays: arrays.update(meta=np.array('{"file": "minigrow history", "version": 2}')), "'history'"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_name_or_length_is_told_in_words(tmp_path, name):
    change, words = DAMAGE[name]
    path = tmp_path / "h.npz"
    History().with_row({"a": 1.0}).with_row({"a": 2.0}).save(path)
    damage(path, change)
    with pytest.raises(ValueError, match=f"h.npz is a damaged minigrow history file: .*{words}.*earlier copy"):
        History.load(path)


def test_a_file_without_origins_is_still_read(tmp_path):
    path = tmp_path / "h.npz"
    old = {key: value for key, value in RECORDED.items() if key != "origin"}
    History().with_row({"a": 1.0}).save(path)
    damage(path, with_table(events=[old]))
    assert History.load(path).events == (EVENT._replace(moves=()),)


def test_another_version_is_named(tmp_path):
    path = tmp_path / "h.npz"
    History().with_row({"a": 1.0}).save(path)
    damage(path, lambda arrays: arrays.update(meta=np.array('{"file": "minigrow history", "version": 1}')))
    with pytest.raises(ValueError, match="has version 1, this minigrow reads 2"):
        History.load(path)


def test_an_array_that_claims_to_be_huge_is_refused(tmp_path):
    """The header of a crafted array says 8 TB; the file has 16 bytes of it."""
    path, small = tmp_path / "h.npz", io.BytesIO()
    History().with_row({"a": 1.0}).with_row({"a": 2.0}).save(path)
    np.save(small, np.ones(2))
    header = small.getvalue().replace(b"(2,), }" + b" " * 12, b"(1000000000000,), }")
    assert header != small.getvalue()
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files if name != "column0"}
    np.savez(path, **arrays)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("column0.npy", header)
    with pytest.raises(ValueError, match="is not a whole minigrow history file"):
        History.load(path)
