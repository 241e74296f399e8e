"""Rows are packed: a value of any type comes back as it was, histories never see each other's rows, and a million fit."""

import copy
import math
import pickle
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.growth import History
from minigrow.growth.rows import Column, form_of


def test_histories_that_grow_from_one_another_never_see_each_others_rows():
    """They share their columns; whoever appends where another one has appended already copies first."""
    word = History().with_row({"a": "x"})
    assert [word.with_row({"a": other}).rows[1]["a"] for other in "yz"] == ["y", "z"]
    stem = History().with_row({"a": 1, "b": np.zeros(2)}).with_row({"a": 2, "b": np.zeros(2)})
    left, right, again = stem.with_row({"a": 3, "b": "x"}), stem.with_row({"a": 4.5, "b": np.ones(3)}), stem
    for i in range(5):
        again = again.with_row({"a": 10 + i, "b": np.full(2, i)})
    assert [len(h.rows) for h in (stem, left, right, again)] == [2, 3, 3, 7]
    assert [left.rows[-1]["a"], right.rows[-1]["a"]] == [3, 4.5]
    assert left.rows[-1]["b"] == "x"
    np.testing.assert_array_equal(right["b"], [[0, 0, np.nan], [0, 0, np.nan], [1, 1, 1]])
    assert stem["a"].tolist() == [1, 2]
    assert again["a"].tolist() == [1, 2, 10, 11, 12, 13, 14]
    assert History().rows == ()


VALUES = (True, 1, -(2**63), 2**63, 0.5, math.nan, -0.0, 1 + 2j, "w", b"w", (4, 3), None, np.float32(0.1), np.int8(-3), np.bool_(True),
          np.str_("ä"), np.zeros((0, 3)), np.arange(6).reshape(2, 3).T, np.array(7), np.array(["a", "bb"]), np.float16(2), [1, 2],
          np.arange(3, dtype=">i4"), np.datetime64("2020-01-01"))  # fmt: skip


@given(st.lists(st.sampled_from(VALUES), min_size=1, max_size=12), st.integers(0, 12))
def test_a_row_gives_back_what_it_was_given_of_the_same_type(values, branch):
    """Values of one column may change their type and shape from row to row; a second history begins somewhere among them."""
    histories = [History()]
    for value in values:
        histories.append(histories[-1].with_row({"v": value}))
    other = histories[min(branch, len(values))]
    for value in reversed(values):
        other = other.with_row({"v": value})
    for history, given_ in (
        (histories[-1], values),
        (other, [*values[:branch], *reversed(values)]),
        (pickle.loads(pickle.dumps(histories[-1])), values),
        (copy.deepcopy(histories[len(values) // 2]), values[: len(values) // 2]),
    ):
        assert len(history.rows) == len(given_)
        for row, value in zip(history.rows, given_, strict=True):
            assert type(row["v"]) is type(value)
            np.testing.assert_equal(row["v"], value)
            assert np.asarray(row["v"]).dtype == np.asarray(value).dtype
            assert np.shape(row["v"]) == np.shape(value)
            if isinstance(value, float):
                assert math.copysign(1, row["v"]) == math.copysign(1, value)


def test_a_row_that_was_given_out_may_be_changed_without_harm():
    history = History().with_row({"a": np.zeros(2)})
    history.rows[0]["a"][:] = 7
    history.rows[0]["a"] = 9
    history["a"][:] = 7
    assert history.rows[0]["a"].tolist() == [0, 0]


def test_rows_are_a_sequence():
    history = History(tuple({"a": i} for i in range(5)))
    assert [row["a"] for row in history.rows[-2:]] == [3, 4]
    assert [row["a"] for row in history.rows[::-2]] == [4, 2, 0]
    assert history.rows[np.int64(1)] == history.rows[-4] == {"a": 1}
    assert (history.rows == 3, history.rows != tuple(history.rows)) == (False, False)
    for other in (history.rows[:4], (*history.rows[:4], {"a": 9})):
        assert history.rows != other
    assert "5 rows" in repr(history.rows)
    assert repr(history.rows[:2]) in repr(History(history.rows[:2]).rows)
    for wrong in (5, -6):
        with pytest.raises(IndexError, match="there are 5 rows, got row"):
            history.rows[wrong]


def test_whole_numbers_are_packed_as_far_as_eight_bytes_hold_them():
    ends = (-(2**63) - 1, -(2**63), 2**63 - 1, 2**63)
    assert [form_of(number) is not None for number in ends] == [False, True, True, False]


def test_numbers_that_are_read_from_a_file_are_packed_and_words_are_not():
    shapes = np.full((3, 1), -1)
    assert [len(Column.of(np.array(values), shapes).pieces(3)) for values in ([1, 2, 3], ["a", "b", "c"])] == [1, 3]


def test_a_row_that_cannot_be_taken_changes_nothing(monkeypatch):
    """Memory ends in the middle of a row: the history before it goes on as if nothing had been."""
    history, put = History().with_row({"a": 1.0, "b": 2.0}), Column.put
    with monkeypatch.context() as patch:

        def failing(column, row, value):
            put(column, row, value)
            if value == 4:
                raise MemoryError

        patch.setattr(Column, "put", failing)
        with pytest.raises(MemoryError):
            history.with_row({"a": 3.0, "b": 4})
    assert history["b"].tolist() == [2]
    later = history.with_row({"a": 5.0, "b": 6.0})
    assert (later["a"].tolist(), later["b"].tolist(), history["a"].tolist()) == ([1, 5], [2, 6], [1])


def test_a_million_rows_take_less_than_300_mb_and_none_costs_more_than_the_first(tmp_path):
    """Here 8000 rows as the loop writes them, in 2.4 MB, saved and loaded too; a row costs the same at the end as early on."""
    n, history, seconds = 8_000, History(), []
    row = {
        "epoch": 3,
        "step": 1,
        "loss": 0.5,
        "widths": np.array([64, 16, 19, 10]),
        "parameters": 1,
        "multiply_adds": 9,
        "score": 0.5,
    }
    tracemalloc.start()
    try:
        for i in range(n):
            if i % (n // 10) == 0:
                seconds.append(time.process_time())
            history = history.with_row(row | {"step": i, "loss": 1 / (i + 1)})
            assert i % 1000 or history.rows[-2:][-1]["step"] == i
        history.save(tmp_path / "h.npz")
        back = History.load(tmp_path / "h.npz")
        assert tracemalloc.get_traced_memory()[1] < 300e6 * n / 1e6 + 2e6
    finally:
        tracemalloc.stop()
    spent = np.diff([*seconds, time.process_time()])[:-1]
    assert np.median(spent[-3:]) < 3 * np.median(spent[:3]), (
        "with a tuple the last tenths would cost nine times the first"
    )
    np.testing.assert_array_equal(back["loss"], 1 / np.arange(1, n + 1))
    assert back.rows[-1]["widths"].tolist() == [64, 16, 19, 10]
