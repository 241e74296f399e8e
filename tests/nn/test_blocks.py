"""The loss of several tasks: sums by hand, finite and complex steps, labels that do not fit, and training through the loop."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.datasets import from_arrays
from minigrow.datasets.blocks import join
from minigrow.growth import Plan, start, train
from minigrow.isotropic import Network
from minigrow.nn import MLP, Adam, complex_step
from minigrow.nn.blocks import block_accuracy, block_cross_entropy, block_labels, block_predictions, by_task
from minigrow.nn.losses import goodness, predictions, softmax_cross_entropy


@st.composite
def batches(draw):
    """Logits (n, T K) and labels (n, T), every row with at least one."""
    n, T, K = draw(st.integers(1, 6)), draw(st.integers(1, 4)), draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    t = rng.integers(-1, K, (n, T))
    t[np.arange(n), rng.integers(T, size=n)] = rng.integers(K, size=n)
    return 3 * rng.standard_normal((n, T * K)), t


@given(batches())
def test_the_loss_by_hand(case):
    p, t = case
    tasks, K = t.shape[1], p.shape[1] // t.shape[1]
    means = []
    for k in range(tasks):
        each = []
        for i in range(len(t)):
            if t[i, k] >= 0:
                q = [math.exp(z) for z in p[i, k * K : (k + 1) * K]]
                each.append(-math.log(q[t[i, k]] / sum(q)))
        if each:
            means.append(sum(each) / len(each))
    assert block_cross_entropy(p, t)[0] == pytest.approx(sum(means) / len(means), rel=1e-12)


def wrong_sign(p, t):
    """The same gradient with the label's part added instead of taken away."""
    _, g = block_cross_entropy(p, t)
    hot = np.zeros((*t.shape, p.shape[1] // t.shape[1]))
    i, k = np.nonzero(t >= 0)
    hot[i, k, t[i, k]] = 2 / np.bincount(k, minlength=t.shape[1])[k] / len(np.unique(k))
    return g + hot.reshape(p.shape)


@given(batches())
def test_the_gradient_is_the_complex_step(case):
    p, t = case
    loss, gradient = block_cross_entropy(p, t)
    expected = complex_step(lambda z: block_cross_entropy(z.reshape(p.shape), t)[0], p.ravel()).reshape(p.shape)
    np.testing.assert_allclose(gradient, expected, atol=1e-14)
    assert np.abs(wrong_sign(p, t) - expected).max() > 1e-3
    assert not gradient.reshape(*t.shape, -1)[t < 0].any()
    assert isinstance(loss, float)


@given(batches())
def test_one_task_is_the_softmax(case):
    p, t = case
    rows = t[:, 0] >= 0
    if rows.any():
        K = p.shape[1] // t.shape[1]
        found, expected = block_cross_entropy(p[rows, :K], t[rows, :1]), softmax_cross_entropy(p[rows, :K], t[rows, 0])
        assert found[0] == pytest.approx(expected[0], rel=1e-13)
        np.testing.assert_allclose(found[1], expected[1], atol=1e-15)


def test_tasks_weigh_alike_however_many_samples_they_have():
    p = np.zeros((4, 4))
    t = np.array([[0, -1], [0, -1], [1, -1], [-1, 1]])
    _, gradient = block_cross_entropy(p, t)
    assert np.abs(gradient[:, :2]).sum() == pytest.approx(np.abs(gradient[:, 2:]).sum()) == pytest.approx(0.5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_logits(dtype):
    p = np.array([[1000.0, 0.0, -1000.0, 1000.0]], dtype)
    loss, gradient = block_cross_entropy(p, np.array([[1, 1]]))
    assert loss == 500.0
    assert gradient.dtype == dtype
    np.testing.assert_array_equal(gradient, [[0.5, -0.5, 0, 0]])


@given(batches())
def test_accuracy_of_each_task(case):
    p, t = case
    K = p.shape[1] // t.shape[1]
    found, predicted = block_accuracy(p, t), block_predictions(p, t.shape[1])
    for k in range(t.shape[1]):
        rows = t[:, k] >= 0
        right = p[rows, k * K : (k + 1) * K].argmax(axis=1) == t[rows, k]
        np.testing.assert_array_equal(found[k], right.mean() if rows.any() else np.nan)
        np.testing.assert_array_equal(predicted[rows, k] == t[rows, k], right)
    assert goodness(p, t, "blocks") == pytest.approx(np.nanmean(found))


@pytest.mark.parametrize(
    ("t", "outputs", "words"),
    [
        ([0, 1], 4, r"shape \(n, tasks\), got shape \(2,\)"),
        ([["a", "b"]], 4, r"must be numbers"),
        ([[0, 1, 0]], 4, "4 outputs are no blocks of the same size, two or more, for 3 tasks"),
        ([[0, 1]], 2, "2 outputs are no blocks"),
        (np.zeros((2, 0)), 4, "for 0 tasks"),
        ([[0, 2]], 4, "whole numbers in 0..1, or -1 for none"),
        ([[-2, 0]], 4, "whole numbers in 0..1"),
        ([[0.5, 0]], 4, "whole numbers in 0..1"),
        ([[np.nan, 0]], 4, "whole numbers in 0..1"),
        ([[0, 0], [-1, -1]], 4, "a label in at least one task"),
    ],
)
def test_bad_labels(t, outputs, words):
    with pytest.raises(ValueError, match=words):
        block_labels(t, outputs)


def test_labels_from_joint_ones():
    tasks = from_arrays([[1.0, 2.0], [0.0, 1.0]], [1, 0]), from_arrays([[3.0], [4.0]], [0, 1])
    joined = join(tasks, active=[0, 1])
    np.testing.assert_array_equal(by_task(joined.y, joined.task, 2, 2), [[1, -1], [0, -1], [-1, 0], [-1, 1]])
    with pytest.raises(ValueError, match=r"joint labels of task k must be in 2 k"):
        by_task(joined.y, 1 - joined.task, 2, 2)
    with pytest.raises(ValueError, match="k < 1"):
        by_task(joined.y, joined.task, 2, 1)


def test_predictions_cannot_know_the_tasks():
    with pytest.raises(ValueError, match="block_predictions"):
        predictions(np.zeros((1, 4)), "blocks")


RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 3))
T = np.stack([X[:, 0] > 0, X[:, 1] > 0], axis=1).astype(int)
T[:20, 0], T[20:40, 1] = -1, -1


@pytest.mark.parametrize("kind", [MLP, Network])
def test_it_trains_through_the_loop(kind):
    net = kind.create([3, 8, 4], rng=0)
    plan = Plan(epochs=80, batch=12, loss="blocks", validation=(X, T), quiet=True)
    run = train(start(net, Adam(0.02), rng=0), X, T.tolist(), plan)
    assert (block_accuracy(run.net(X), T) > 0.95).all()
    assert run.history["validation_accuracy"][-1] == goodness(run.net(X), T, "blocks")
    assert run.history["validation_loss"][-1] == block_cross_entropy(run.net(X), T)[0]
    assert run.history["loss"][-1] < 0.2 * run.history["loss"][0]
    with pytest.raises(ValueError, match="no blocks of the same size"):
        train(run, X, T, plan._replace(validation=(X, np.zeros((60, 3), int))))
    with pytest.raises(ValueError, match="as many rows"):
        train(run, X, T[:5], plan)


@pytest.mark.parametrize("loss", ["blocks", "mse", "binary"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_isotropic_fast_gradient_takes_every_loss(loss, dtype):
    net = Network.create([3, 5, 4], psi="decay", rng=0, dtype=dtype)
    net.params["psi1"][...] = 0.3
    x, y = X.astype(dtype), T if loss == "blocks" else RNG.integers(2, size=(60, 4)).astype(dtype)
    g = np.empty_like(net.theta)
    value, (expected, slope) = net.bound(g, loss)(x, y), net.gradient(x, y, loss)
    tight = 1e-5 if dtype == np.float32 else 1e-12
    assert value == pytest.approx(expected, rel=tight)
    np.testing.assert_allclose(g, slope, atol=tight)
