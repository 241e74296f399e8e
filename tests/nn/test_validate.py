"""What callers hand over is converted or refused, and a refusal names the argument, what came and what to do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from minigrow.nn import validate

REAL = st.sampled_from([np.bool_, np.int8, np.uint8, np.int64, np.uint64, np.float32, np.float64])


@given(dtype=REAL, shape=array_shapes(min_dims=2, max_dims=2, max_side=5))
def test_numbers_become_floats(dtype, shape):
    X = np.ones(shape, dtype)
    found = validate.matrix(X, shape[1])
    assert found.dtype == (np.float32 if dtype == np.float32 else np.float64)
    np.testing.assert_array_equal(found, X)


@given(dtype=REAL, to=st.sampled_from([np.float32, np.float64]))
def test_the_networks_type_wins(dtype, to):
    assert validate.matrix(np.ones((2, 3), dtype), dtype=to).dtype == to


def test_complex_is_kept_for_the_complex_step():
    X = np.ones((2, 3)) * (1 + 1e-30j)
    found = validate.matrix(X, 3, np.float64)
    assert found.dtype == np.complex128
    np.testing.assert_array_equal(found, X)


def test_layout_is_made_contiguous_and_callers_array_is_left_alone():
    X = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    found = validate.matrix(X)
    assert found.flags.c_contiguous
    np.testing.assert_array_equal(found, X)


@pytest.mark.parametrize(
    "bad", [np.ones((2, 2), np.float16), np.array([[1, None]], object), np.array([["a", "b"]]), [["1", "2"]]]
)
def test_other_types_are_refused(bad):
    with pytest.raises(ValueError, match="X must hold float32 or float64"):
        validate.matrix(bad)


@given(shape=array_shapes(min_dims=1, max_dims=4, max_side=3).filter(lambda s: len(s) != 2))
def test_other_numbers_of_axes_are_refused(shape):
    with pytest.raises(ValueError, match=r"one sample a row.*x\[None, :\]"):
        validate.matrix(np.ones(shape))


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match=r"one sample a row, got shape \(0, 3\)"):
        validate.matrix(np.ones((0, 3)))


@given(width=st.integers(1, 9), got=st.integers(1, 9))
def test_another_width_is_refused(width, got):
    if width == got:
        assert validate.matrix(np.ones((1, got)), width).shape == (1, got)
    else:
        with pytest.raises(ValueError, match=rf"targets must have {width} columns, got {got}"):
            validate.matrix(np.ones((1, got)), width, name="targets")


@given(
    X=arrays(np.float64, (4, 3), elements=st.floats(-9, 9)),
    row=st.integers(0, 3),
    bad=st.sampled_from([np.nan, np.inf, -np.inf]),
)
def test_the_first_bad_row_is_named(X, row, bad):
    X[row, 1] = bad
    X[3, 0] = np.nan
    with pytest.raises(ValueError, match=f"X must be finite, got NaN or infinity first in row {row}"):
        validate.matrix(X)


def test_finite_float64_that_overflows_float32_is_refused():
    with pytest.raises(ValueError, match="X must be finite"):
        validate.matrix(np.array([[1e300]]), dtype=np.float32)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_million_squares_of_what_is_accepted_have_a_finite_sum(dtype):
    X = np.array([[0.99e-3 * np.sqrt(float(np.finfo(dtype).max))]], dtype)
    assert np.isfinite(dtype(1e6) * validate.matrix(X) ** 2).all()
    for sign in (1, -1):
        with pytest.raises(ValueError, match=r"X must be small enough to be squared and summed, got .*Scale it"):
            validate.matrix(sign * 2 * X)


def test_a_single_number_is_no_array():
    with pytest.raises(ValueError, match=r"X must be an array or a list, got the single value 3\."):
        validate.numbers(3, "X")


def test_an_empty_list_holds_whole_numbers():
    assert validate.numbers([], "neurons", whole=True).shape == (0,)


@pytest.mark.parametrize("good", [np.float32, "float64", np.dtype("float32"), float])
def test_float_types(good):
    assert validate.float_dtype(good) in validate.FLOATS


@pytest.mark.parametrize("bad", [np.float16, int, "complex128", bool, object, None])
def test_no_other_float_types(bad):
    with pytest.raises(ValueError, match="dtype must be float32 or float64, got"):
        validate.float_dtype(bad)


@given(values=st.lists(st.integers(1, 99), min_size=2, max_size=6))
def test_widths_are_positive_integers(values):
    assert validate.widths(np.array(values)) == tuple(values)
    assert all(type(width) is int for width in validate.widths(np.array(values)))


@pytest.mark.parametrize("bad", [[], [3], [3, 0], [3, -1, 2], [3, 2.0], [3, True], [3, "2"], [3, None]])
def test_other_widths_are_refused(bad):
    with pytest.raises(ValueError, match=r"width"):
        validate.widths(bad)


@given(least=st.integers(-3, 3), value=st.integers(-6, 6))
def test_whole_numbers_have_a_bound(least, value):
    if value >= least:
        assert validate.whole(np.int32(value), "k", least=least) == value
    else:
        with pytest.raises(ValueError, match=f"k must be a whole number >= {least}, got {value}"):
            validate.whole(value, "k", least=least)


@pytest.mark.parametrize("bad", [True, np.True_, 1.0, "1", None, np.nan])
def test_only_integers_are_whole(bad):
    with pytest.raises(ValueError, match="k must be a whole number >= 0"):
        validate.whole(bad, "k")


def test_choice_lists_the_options():
    assert validate.choice("a", {"a": 1, "b": 2}, "letter") == "a"
    with pytest.raises(ValueError, match="letter must be one of a, b, got 'c'"):
        validate.choice("c", ["a", "b"], "letter")


@given(value=st.floats(allow_nan=True, allow_infinity=True))
def test_positive_numbers(value):
    if np.isfinite(value) and value > 0:
        assert validate.positive(value, "rate") == value
    else:
        with pytest.raises(ValueError, match="rate must be a finite number > 0"):
            validate.positive(value, "rate")
    if np.isfinite(value) and value >= 0:
        assert validate.positive(value, "decay", zero="off") == value
    else:
        with pytest.raises(ValueError, match="decay must be a finite number >= 0"):
            validate.positive(value, "decay", zero="off")


def test_generators_pass_and_seeds_make_one():
    rng = np.random.default_rng(3)
    assert validate.generator(rng) is rng
    assert validate.generator(np.int64(3)).integers(1000) == validate.generator(3).integers(1000)


@pytest.mark.parametrize("bad", [-1, True, "0", 1.5, np.random, [1, 2]])
def test_no_global_random_state(bad):
    with pytest.raises(
        ValueError, match=r"rng must be a numpy\.random\.Generator, a seed >= 0 or None, got .*Try rng=0"
    ):
        validate.generator(bad)


def test_without_a_seed_every_call_differs():
    assert validate.generator(None).integers(2**60) != validate.generator(None).integers(2**60)


@given(k=st.integers(2, 6), more=st.lists(st.integers(0, 99), max_size=9), seed=st.integers(0, 9))
def test_labels_and_one_hot_rows_are_counted(k, more, seed):
    y = np.random.default_rng(seed).permutation(np.array([*range(k), *(label % k for label in more)]))
    found, classes = validate.labels(y)
    assert classes == k
    np.testing.assert_array_equal(found, y)
    assert validate.labels(y.astype(float))[1] == validate.labels(np.eye(k)[y])[1] == k


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (["cat", "dog"], r"Words become numbers with: names, y = numpy\.unique\(y, return_inverse=True\)"),
        ([0, 2, 2], r"labels must name every class 0\.\.2, got none of \[1\].*without gaps"),
        ([1, 2], r"got none of \[0\]"),
        ([0, 1000], r"got none of \[1, 2, 3, 4, 5\]"),
        ([0.0, 1.5, 2.0], r"got none of \[1\]"),
        ([0, 0], "at least two classes"),
        ([], "at least two classes"),
        ([0, np.nan], "at least two classes"),
        ([None, 1], "at least two classes"),
        (np.zeros((2, 2, 2)), "at least two classes"),
        (1, "at least two classes"),
    ],
)
def test_words_gaps_and_single_classes_are_refused(bad, words):
    with pytest.raises(ValueError, match=words):
        validate.labels(bad)


def test_rows_must_agree():
    validate.same_rows(np.ones((3, 2)), np.ones(3))
    with pytest.raises(ValueError, match="as many rows, got 3 and 4"):
        validate.same_rows(np.ones((3, 2)), np.ones(4))
