"""What is remembered about keys is what would be found anew, for any number of threads, and it stays small."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.motifs import memory
from minigrow.motifs.classes import Layout, class_of, key_of


def matrices(rng, number, size=4):
    """Random matrices of colours without self-loops, in which some occur twice in another order."""
    a = rng.integers(0, 4, (number, size, size)) * ~np.eye(size, dtype=bool)
    orders = [rng.permutation(size) for _ in range(number)]
    return [*a, *(m[np.ix_(o, o)] for m, o in zip(a, orders, strict=True))]


@pytest.fixture(autouse=True)
def _afresh(monkeypatch):
    monkeypatch.setattr(memory, "LEARNT", {})


@pytest.mark.kernels
@given(st.integers(0, 2**32 - 1))
def test_new_and_known_keys_have_the_class_of_their_matrix(seed):
    rng = np.random.default_rng(seed)
    for _ in range(2):  # the second time some keys are known
        drawn = matrices(rng, 5) + matrices(np.random.default_rng(0), 5)
        keys = np.array([key_of(m) for m in drawn])
        known = keys != 0
        found = memory.classes_of_keys(keys[known], 4, Layout())
        assert found.tolist() == [class_of(m) for m, k in zip(drawn, known, strict=True) if k]


def test_what_is_known_is_not_put_into_canonical_form_again(monkeypatch):
    keys = np.array([key_of(m) for m in matrices(np.random.default_rng(0), 20)])
    first = memory.classes_of_keys(keys, 4, Layout())
    monkeypatch.setattr(memory, "sorted_ids", None)
    assert np.array_equal(memory.classes_of_keys(keys, 4, Layout()), first)


def test_sizes_and_layouts_do_not_mix():
    path = np.array([[0, 1, 0], [0, 0, 1], [0, 0, 0]])
    for layout in (Layout(), Layout(2, 4), Layout(3, 4)):
        keys = np.array([key_of(path, layout)])
        assert memory.classes_of_keys(keys, 3, layout).tolist() == [class_of(path, layout)]
    assert len(memory.LEARNT) == 3


def test_no_more_is_remembered_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(memory, "MOST", 20)
    rng = np.random.default_rng(0)
    for number in (5, 50, 5):
        drawn = matrices(rng, number)
        found = memory.classes_of_keys(np.array([key_of(m) for m in drawn]), 4, Layout())
        assert found.tolist() == [class_of(m) for m in drawn]
    table, shift, used = memory.LEARNT[4, Layout()]
    assert used == np.count_nonzero(table[:, 0]) <= 20
    assert len(table) == 2 ** (64 - shift)


def test_threads_learn_at_the_same_time():
    drawn = matrices(np.random.default_rng(0), 400)
    keys, right = np.array([key_of(m) for m in drawn]), [class_of(m) for m in drawn]
    parts = [np.arange(i, len(keys), 3) for i in range(3)] * 4
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda part: memory.classes_of_keys(keys[part], 4, Layout()), parts))
    assert all(f.tolist() == [right[i] for i in part] for f, part in zip(found, parts, strict=True))
    assert memory.LEARNT[4, Layout()][2] == len(set(keys.tolist()))
