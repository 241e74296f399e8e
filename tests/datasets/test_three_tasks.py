"""Three tasks of one data set: images are turned, signals are reversed, and training and test set are treated alike."""

import numpy as np
import pytest

from minigrow.datasets import Dataset, from_arrays, standardised
from minigrow.datasets.blocks import backwards, three_tasks, turned

RNG = np.random.default_rng(0)


def test_signals_run_backwards_with_other_classes():
    data = from_arrays(RNG.standard_normal((6, 5)), [0, 1, 2, 0, 1, 2])
    plain, back, mixed = three_tasks(data, rng=4)
    rng = np.random.default_rng(4)
    classes, points = rng.permutation(3), rng.permutation(5)
    assert plain is data
    for i in range(6):
        assert back.X[i].tolist() == data.X[i].tolist()[::-1]
        assert back.y[i] == classes[data.y[i]]
        assert back.classes[back.y[i]] == data.classes[data.y[i]]
        assert mixed.X[i].tolist() == [data.X[i][j] for j in points]
    assert back.X.flags.c_contiguous
    again = backwards(back, np.argsort(classes))
    assert np.array_equal(again.X, data.X)
    assert np.array_equal(again.y, data.y)


def test_colour_planes_are_turned_one_by_one():
    image = np.arange(2 * 3 * 4.0).reshape(2, 3, 4)
    new = turned(Dataset(image.reshape(1, -1), np.array([0]), "one", ("a",), (2, 3, 4)), np.array([0]))
    assert new.shape == (2, 4, 3)
    for before, after in zip(image, new.X.reshape(new.shape), strict=True):
        assert np.array_equal(after, before.T[::-1])


def test_standardising_first_or_last_is_the_same():
    """The tasks move inputs and classes about, and each input is standardised alone."""
    train, test = (from_arrays(RNG.standard_normal((20, 4)) * [1, 2, 3, 4], [0, 1] * 10) for _ in range(2))
    first = [three_tasks(part, 7) for part in standardised(train, test)]
    last = zip(
        *(standardised(*pair) for pair in zip(three_tasks(train, 7), three_tasks(test, 7), strict=True)), strict=True
    )
    for tasks, others in zip(first, last, strict=True):
        for a, b in zip(tasks, others, strict=True):
            np.testing.assert_allclose(a.X, b.X, rtol=0, atol=1e-13)  # sums of 20 numbers, perhaps in another order
            assert np.array_equal(a.y, b.y)


@pytest.mark.parametrize("shape", [(8,), (2, 2, 2, 1)])
def test_only_images_can_be_turned(shape):
    with pytest.raises(ValueError, match="data must hold images"):
        turned(Dataset(np.zeros((1, 8)), np.array([0]), "one", ("a",), shape), np.array([0]))
