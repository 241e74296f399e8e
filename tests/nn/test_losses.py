"""Losses against sums written out by hand, at extreme logits, and with every kind of label."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minigrow.nn import MLP, accuracy, feeding, softmax
from minigrow.nn.kernels import softmax_loss
from minigrow.nn.losses import (
    LOSSES,
    binary_cross_entropy,
    class_labels,
    goodness,
    mean_squared_error,
    predictions,
    softmax_cross_entropy,
)


@st.composite
def batches(draw, least=1):
    n, k = draw(st.integers(1, 5)), draw(st.integers(least, 5))
    p = draw(arrays(np.float64, (n, k), elements=st.floats(-20, 20)))
    return p, np.random.default_rng(draw(st.integers(0, 99)))


@given(batches())
def test_mean_squared_error_by_hand(case):
    p, rng = case
    t = rng.standard_normal(p.shape)
    loss, gradient = mean_squared_error(p, t)
    n, k = p.shape
    assert loss == pytest.approx(sum((p[i, j] - t[i, j]) ** 2 for i in range(n) for j in range(k)) / (n * k))
    np.testing.assert_allclose(gradient, [[2 * (p[i, j] - t[i, j]) / (n * k) for j in range(k)] for i in range(n)])


@given(batches())
def test_binary_cross_entropy_by_hand(case):
    p, rng = case
    t = rng.integers(2, size=p.shape)
    loss, gradient = binary_cross_entropy(p, t)
    q = 1 / (1 + np.exp(-p))
    each = [-math.log(q if t else 1 / (1 + math.exp(z))) for q, t, z in zip(q.flat, t.flat, p.flat, strict=True)]
    assert loss == pytest.approx(np.mean(each), rel=1e-9, abs=1e-12)
    np.testing.assert_allclose(gradient, (q - t) / p.size, rtol=1e-8, atol=1e-12)


@given(batches(least=2))
def test_softmax_cross_entropy_by_hand(case):
    p, rng = case
    n, k = p.shape
    t = rng.integers(k, size=n)
    loss, gradient = softmax_cross_entropy(p, t)
    q = np.exp(p) / np.exp(p).sum(axis=1, keepdims=True)
    assert loss == pytest.approx(-sum(math.log(q[i, t[i]]) for i in range(n)) / n, rel=1e-9, abs=1e-12)
    np.testing.assert_allclose(gradient, (q - np.eye(k)[t]) / n, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(softmax(p), q, rtol=1e-9)


@pytest.mark.kernels
@given(batches(least=2), st.sampled_from([np.float32, np.float64]))
def test_compiled_softmax_is_its_twin(case, dtype):
    p, rng = case
    p = p.astype(dtype)
    t = rng.integers(p.shape[1], size=len(p))
    out = np.empty_like(p)
    loss, gradient = softmax_cross_entropy(p, t)
    assert softmax_loss(p, t, out) == pytest.approx(loss, rel=1e-5 if dtype == np.float32 else 1e-12, abs=1e-6)
    np.testing.assert_allclose(out, gradient, atol=1e-6 if dtype == np.float32 else 1e-14)


@given(batches(least=2), st.integers(-50, 50))
def test_a_common_shift_of_the_logits_changes_nothing(case, shift):
    p, rng = case
    t = rng.integers(p.shape[1], size=len(p))
    assert softmax_cross_entropy(p + shift, t)[0] == pytest.approx(softmax_cross_entropy(p, t)[0], abs=1e-11)
    np.testing.assert_allclose(softmax(p + shift), softmax(p), atol=1e-12)


@given(batches(least=2))
def test_one_hot_rows_are_integer_labels(case):
    p, rng = case
    t = rng.integers(p.shape[1], size=len(p))
    for kind in (np.int64, np.float32, np.bool_):
        one_hot = np.eye(p.shape[1], dtype=kind)[t]
        assert softmax_cross_entropy(p, one_hot)[0] == softmax_cross_entropy(p, t)[0]
        np.testing.assert_array_equal(softmax_cross_entropy(p, one_hot)[1], softmax_cross_entropy(p, t)[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1000.0, -1000.0])
def test_extreme_logits_neither_overflow_nor_lose_the_answer(size, dtype):
    p = np.array([[size, 0.0], [0.0, size]], dtype)
    right = np.array([0, 1]) if size > 0 else np.array([1, 0])
    for labels, loss in ((right, 0.0), (1 - right, 1000.0)):
        assert softmax_cross_entropy(p, labels)[0] == loss
        assert softmax_loss(p, labels, np.empty_like(p)) == loss
        assert np.isfinite(softmax_cross_entropy(p, labels)[1]).all()
        assert softmax_cross_entropy(p, labels)[1].dtype == dtype
    np.testing.assert_array_equal(softmax(p), np.eye(2)[right])
    one = np.array([[size]], dtype)
    for label in (0, 1):
        loss, gradient = binary_cross_entropy(one, np.array([label]))
        assert loss == (0 if (size > 0) == label else 1000)
        assert gradient == (size > 0) - label
        assert gradient.dtype == dtype


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradients_keep_the_float_type_and_the_arguments(name, dtype):
    p = np.array([[0.5, -0.25], [1.5, 2.0], [0.0, 0.0]], dtype)
    t = {"mse": p + 1, "binary": np.array([[0, 1], [1, 1], [0, 0]]), "softmax": np.array([0, 1, 1]),
         "blocks": np.array([[0], [1], [1]])}[name]  # fmt: skip
    kept, labels = p.copy(), t.copy()
    loss, gradient = LOSSES[name](p, t)
    assert isinstance(loss, float)
    assert gradient.dtype == dtype
    np.testing.assert_array_equal(p, kept)
    np.testing.assert_array_equal(t, labels)


def test_binary_labels_may_be_a_vector_when_there_is_one_output():
    p, t = np.array([[0.3], [-2.0]]), np.array([1, 0])
    assert binary_cross_entropy(p, t)[0] == binary_cross_entropy(p, t[:, None])[0] == binary_cross_entropy(p, [1, 0])[0]
    with pytest.raises(ValueError, match=r"labels must have the shape of the output \(2, 2\), got \(2,\)"):
        binary_cross_entropy(np.ones((2, 2)), t)


def test_the_complex_step_of_the_binary_loss_is_right_at_0_too():
    for label, slope in ((0, 0.5e-30), (1, -0.5e-30)):
        loss, _ = binary_cross_entropy(np.array([[1e-30j]]), np.array([label]))
        assert loss.imag == pytest.approx(slope, abs=0)


@pytest.mark.parametrize("bad", [[[2.0]], [[-1.0]], [[0.5]], [[np.nan]]])
def test_binary_labels_are_0_or_1(bad):
    with pytest.raises(ValueError, match="must be 0 or 1"):
        binary_cross_entropy(np.zeros((1, 1)), np.array(bad))


def test_squared_error_wants_the_shape_of_the_output():
    with pytest.raises(ValueError, match=r"shape of the output \(3, 1\), got \(3,\).*y\[:, None\]"):
        mean_squared_error(np.ones((3, 1)), np.ones(3))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (np.array([0, 3]), "whole numbers in 0..2, got values from 0 to 3"),
        (np.array([-1, 2]), "whole numbers in 0..2, got values from -1 to 2"),
        (np.array([0.5, 1]), "whole numbers in 0..2"),
        (np.array([np.nan, 1]), "whole numbers in 0..2"),
        (np.array([np.inf, 1]), "whole numbers in 0..2"),
        (np.array([1e300, 1]), "whole numbers in 0..2"),
        (np.array([[0, 1, 1], [1, 0, 0]]), "a single 1 in each row"),
        (np.array([[0, 0, 0], [1, 0, 0]]), "a single 1 in each row"),
        (np.array([[0, 2, -1], [1, 0, 0]]), "a single 1 in each row"),
        (np.array([[0, 1], [1, 0]]), r"one-hot of shape \(n, 3\), got shape \(2, 2\)"),
        (np.array(["a", "b"]), "integers of shape"),
        (np.array([None, 1], object), "integers of shape"),
        (np.zeros((2, 3, 1)), "integers of shape"),
        (np.array(1), "integers of shape"),
    ],
)
def test_bad_class_labels(bad, words):
    with pytest.raises(ValueError, match=words):
        class_labels(bad, 3)


@pytest.mark.parametrize("good", [[0, 2, 1], [0.0, 2.0, 1.0], np.array([0, 2, 1], np.uint8), np.eye(3)[[0, 2, 1]]])
def test_good_class_labels(good):
    found = class_labels(good, 3)
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found, [0, 2, 1])


def test_booleans_are_two_classes():
    np.testing.assert_array_equal(class_labels(np.array([True, False]), 2), [1, 0])


@given(batches(least=2))
def test_accuracy_is_the_share_of_rows_whose_greatest_output_is_the_label(case):
    p, rng = case
    t = rng.integers(p.shape[1], size=len(p))
    by_hand = sum(max(range(p.shape[1]), key=lambda j: row[j]) == label for row, label in zip(p, t, strict=True))
    assert accuracy(p, t) == by_hand / len(p)
    assert accuracy(p, np.eye(p.shape[1])[t]) == accuracy(p, t)


def test_accuracy_wants_a_label_for_every_row():
    with pytest.raises(ValueError, match="as many rows, got 3 and 2"):
        accuracy(np.zeros((3, 2)), np.array([0, 1]))
    with pytest.raises(ValueError, match=r"whole numbers in 0\.\.1"):
        accuracy(np.zeros((1, 2)), np.array([2]))


@pytest.mark.parametrize("read", [softmax, lambda p: accuracy(p, [0, 1]), lambda p: predictions(p, "softmax")])
@pytest.mark.parametrize("shape", [(2,), (0, 2), (2, 0), (1, 2, 2)])
def test_outputs_are_a_matrix_with_a_row_for_each_sample(read, shape):
    with pytest.raises(ValueError, match=r"p must be outputs \(n, k\), a row for each sample, got shape"):
        read(np.zeros(shape))


@pytest.mark.kernels
@pytest.mark.parametrize(
    ("labels", "shape", "words"),
    [
        ([0], (2, 3), "one label"),
        ([0, 1, 2], (2, 3), "one label"),
        ([0, 1], (2, 2), "one label"),
        ([0, 3], (2, 3), "labels must be whole numbers"),
        ([-1, 0], (2, 3), "labels must be whole numbers"),
        ([0, 10**12], (2, 3), "labels must be whole numbers"),
    ],
)
def test_the_compiled_softmax_writes_nowhere_else(labels, shape, words):
    with pytest.raises(ValueError, match=words):
        softmax_loss(np.zeros((2, 3)), np.array(labels), np.empty(shape))


def test_goodness_is_the_share_of_right_answers_or_of_the_explained_variance():
    scores = np.array([[2.0, 1.0], [0.0, 3.0], [5.0, 4.0], [0.0, 1.0]])  # answers 0, 1, 0, 1
    assert goodness(scores, np.array([0, 1, 1, 1]), "softmax") == 3 / 4
    assert goodness(scores[:, :1] - 1, np.array([1, 0, 0, 0]), "binary") == 3 / 4  # answers 1, 0, 1, 0
    assert goodness(scores[:, :1] - 1, np.array([[1], [0], [0], [0]]), "binary") == 3 / 4
    two = np.array(
        [[0, -1], [1, -1], [1, 0], [0, 1]]
    )  # two tasks of two classes: 2 of 4 right, 2 of 2; -1 for no label
    assert goodness(np.hstack([scores, scores]), two, "blocks") == pytest.approx((2 / 4 + 2 / 2) / 2)
    t = np.array([[1.0], [2.0], [6.0]])  # the mean is 3, the squared distances 4 + 1 + 9
    assert goodness(np.array([[1.0], [4.0], [5.0]]), t, "mse") == pytest.approx(1 - (0 + 4 + 1) / 14)
    with pytest.raises(ValueError, match="R\\^2 needs targets that differ"):
        goodness(t, np.ones((3, 1)), "mse")


def test_labels_are_checked_before_anything_is_computed():
    net = MLP.create([2, 3, 1], rng=0)
    with pytest.raises(ValueError, match="0"):  # 0 or 1
        feeding.checked(net, np.ones((2, 2)), np.array([0.0, 2.0]), "binary")
    _, y = feeding.checked(net, np.ones((2, 2)), np.array([0.0, 1.0]), "binary")
    assert y.tolist() == [[0.0], [1.0]]
