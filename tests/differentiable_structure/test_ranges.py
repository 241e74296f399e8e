"""Ranks, the longest range and the strength that matches, against hand counts and brute force."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.experiments.differentiable_structure.ranges import (
    crossing,
    decades,
    decades_of_shares,
    longest,
    ranks,
    trend,
)


def test_spearman_by_the_formula_without_ties():
    """rho = 1 - 6 sum d^2 / (n (n^2 - 1)) for 5 strengths."""
    values = np.array([7.0, 9.0, 3.0, 4.0, 1.0])
    d = ranks(values) - np.arange(1, 6)
    assert trend(np.array([values, values])).value == pytest.approx(1 - 6 * np.sum(d**2) / (5 * 24))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8))
def test_ranks_share_the_mean_place(values):
    order = sorted(values)
    assert ranks(values).tolist() == [np.mean([i + 1 for i, v in enumerate(order) if v == x]) for x in values]


@given(st.lists(st.booleans(), min_size=1, max_size=9))
def test_the_longest_range_by_brute_force(serves):
    pairs = itertools.combinations_with_replacement(range(len(serves)), 2)
    lengths = [b - a + 1 for a, b in pairs if all(serves[a : b + 1])]
    first, last = longest(serves)
    assert last - first + 1 == max(lengths, default=0)
    assert all(serves[first : last + 1])


def test_a_range_that_depends_on_the_draw_has_an_interval():
    values = np.array([[1, 1, 1], [1, 9, 9]] * 10)
    found = decades(values, [0.01, 0.1, 1], lambda v, axis: np.median(v, axis=axis) < 5)
    assert (found.low, found.high) == (0, 2)


def test_where_falling_sizes_pass_a_target():
    sizes, strengths = np.array([90.0, 40.0, 20.0, 5.0]), [1e-4, 1e-3, 1e-2, 1e-1]
    assert crossing(sizes, strengths, 30) == pytest.approx(-2.5)
    assert crossing(sizes, strengths, 100) == -4.5, "no strength is weak enough"
    assert crossing(sizes, strengths, 1) == -0.5, "no strength is strong enough"


def test_repeats_without_any_order_count_as_nothing():
    assert trend(np.full((3, 4), 7.0)).value == 0


def test_ten_runs_that_all_fail_may_still_be_a_third():
    """Wilson's upper end of 0 of 10 is .278: above .2, below .3."""
    none = np.zeros((10, 3), bool)
    assert decades_of_shares(none, [0.01, 0.1, 1], 0.2)[:3] == (0, 0, pytest.approx(2))
    assert decades_of_shares(none, [0.01, 0.1, 1], 0.3)[:3] == (0, 0, 0)
