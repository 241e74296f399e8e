"""Flat parameter vectors and the gradient check itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minigrow.nn import central_step, complex_step, deviation
from minigrow.nn.spaces import flatten, shapes_of, size, views

SHAPES = st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple), min_size=1, max_size=5).map(
    lambda shapes: {f"p{i}": shape for i, shape in enumerate(shapes)}
)


@given(shapes=SHAPES, dtype=st.sampled_from([np.float32, np.float64]))
def test_views_and_flatten_are_inverse(shapes, dtype):
    theta = np.arange(size(shapes), dtype=dtype)
    named = views(theta, shapes)
    assert list(named) == list(shapes)
    assert shapes_of(named) == shapes
    assert all(array.dtype == dtype for array in named.values())
    back = flatten(named)
    np.testing.assert_array_equal(back, theta)
    assert not np.shares_memory(back, theta)


@given(shapes=SHAPES)
def test_views_are_windows_that_do_not_overlap(shapes):
    theta = np.zeros(size(shapes))
    for number, array in enumerate(views(theta, shapes).values(), start=1):
        assert not array.any()
        array[...] = number
    assert theta.all()


@given(shapes=SHAPES, surplus=st.sampled_from([-1, 1]))
def test_views_want_the_exact_length(shapes, surplus):
    with pytest.raises(ValueError, match="theta must have shape"):
        views(np.zeros(size(shapes) + surplus), shapes)
    with pytest.raises(ValueError, match="theta must have shape"):
        views(np.zeros((size(shapes), 1)), shapes)


@given(x=arrays(np.float64, st.integers(1, 6), elements=st.floats(-3, 3)))
def test_both_steps_find_a_known_gradient(x):
    def f(v):
        return np.sum(np.exp(v) * v)

    expected = np.exp(x) * (x + 1)
    np.testing.assert_allclose(complex_step(f, x), expected, rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(central_step(f, x), expected, rtol=1e-7, atol=1e-8)


def test_complex_step_loses_no_digits_where_differences_do():
    x = np.array([1e-3])
    assert complex_step(lambda v: np.sum(v**2) + 1e8, x)[0] == pytest.approx(2e-3, rel=1e-15)
    assert central_step(lambda v: np.sum(v**2) + 1e8, x)[0] != pytest.approx(2e-3, rel=1e-6)


def test_steps_leave_the_point_alone():
    x = np.array([1.0, 2.0])
    complex_step(np.sum, x)
    central_step(np.sum, x)
    np.testing.assert_array_equal(x, [1, 2])


def test_deviation_is_relative_to_the_greatest_expected_entry():
    assert deviation(np.array([1.0, -3.0]), np.array([1.0, -4.0])) == 0.25
    assert deviation(np.array([0.5]), np.array([0.0])) == 0.5
    assert deviation(np.zeros(0), np.zeros(0)) == 0
    with pytest.raises(ValueError, match=r"one shape, got \(2,\) and \(3,\)"):
        deviation(np.zeros(2), np.zeros(3))


def test_deviation_is_relative_below_one_too():
    assert deviation(np.array([0.25]), np.array([0.5])) == 0.5
