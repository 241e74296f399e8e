"""MNIST-1D: the published file, number by number; the shared sample of it where it is there, frozen numbers everywhere."""

from pathlib import Path

import numpy as np
import pytest

from minigrow.datasets import mnist1d
from minigrow.datasets.mnist1d import _filtered

SHARED = Path(__file__).parents[3] / "shared" / "mnist1d" / "sample.npz"
ROWS, POINTS = [0, 7, -1], slice(None, None, 8)  # three rows of each part, every eighth point
FROZEN = {
    "train": (
        [
            [-0.33200566736939013, 0.6830780818315106, 0.25410828809924846, 0.0980555892363494, -1.0934857108223783],
            [-1.727924793068354, -1.2377851997601195, -0.7570413498440595, -0.49980483420514027, 0.5623600289820372],
            [-0.6939948035971022, -0.7575487033002551, -0.25872809476803454, 0.009635904518843273, -0.6012917987643231],
        ],
        [2, 0, 8],
        (-51.78746787509553, 159248.2538653486, -10432.00992309137, 36902142.118062094, 36383495),
    ),
    "test": (
        [
            [
                -0.07877078047732876,
                0.22102663556216223,
                -0.9263751517279315,
                -0.09520692687793895,
                -0.06485911996225475,
            ],
            [1.550782364817673, 0.5983619773982177, 0.8484150522216339, -2.6589585940046607, -1.5371024602441037],
            [-0.5193287078205188, -0.13949271059302198, -0.689318307853503, -0.32793801500521963, -0.5400119928423919],
        ],
        [2, 9, 4],
        (51.78746787509175, 40751.74613465136, -2694.093905710804, 6073286.324338087, 2254146),
    ),
}


def sums(data):
    """Return sum x, sum x^2, sum x^3, sum of row x x point, sum of row x label: every number and its place take part."""
    row, point = np.arange(len(data.y)), np.arange(40)
    return (data.X.sum(), (data.X**2).sum(), (data.X**3).sum(), row @ data.X @ point, row @ data.y)


@pytest.mark.parametrize("part", FROZEN)
def test_it_is_the_published_file_in_frozen_numbers(part):
    rows, labels, totals = FROZEN[part]
    data = getattr(mnist1d(), part)
    np.testing.assert_allclose(data.X[ROWS][:, POINTS], rows, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(data.y[ROWS], labels)
    # The first sum is of 160000 numbers that cancel down to 52; the fourth of terms up to 5e5: 1e-9 is their last digit.
    np.testing.assert_allclose(sums(data), totals, rtol=1e-11, atol=1e-9)


@pytest.mark.skipif(not SHARED.is_file(), reason=f"the authors' sample {SHARED} is not here")
def test_it_equals_the_authors_sample():
    (train, test), sample = mnist1d(), np.load(SHARED)
    np.testing.assert_allclose(train.X[:50], sample["x"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(test.X[:20], sample["x_test"], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(train.y[:50], sample["y"])
    np.testing.assert_array_equal(test.y[:20], sample["y_test"])
    totals = (train.X.sum(), (train.X**2).sum(), test.X.sum(), np.arange(4000) @ train.y)
    np.testing.assert_allclose(totals, sample["label_sums"], rtol=1e-11)


def test_its_form_and_its_standardisation():
    train, test = mnist1d()
    assert (train.X.shape, test.X.shape, train.shape, train.name) == ((4000, 40), (1000, 40), (40,), "mnist-1d")
    assert (train.X.dtype, train.y.dtype, len(train.classes)) == (np.float64, np.int64, 10)
    np.testing.assert_array_equal(np.bincount(train.y) + np.bincount(test.y), np.full(10, 500))
    whole = np.concatenate([train.X, test.X])
    np.testing.assert_allclose((whole.mean(), whole.std()), (0, 1), atol=1e-12)


def test_every_call_gives_its_own_copy_and_the_global_generator_is_left_alone():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    first = mnist1d(np.float32)
    first.train.X[:], first.train.y[:] = -9, -9
    assert first.train.X.dtype == np.float32
    assert mnist1d(np.float32).train.X.min() > -9
    again = mnist1d()
    again.test.X[:], again.test.y[:] = -9, -9
    assert mnist1d().test.y.min() == 0
    assert mnist1d().test.X.min() > -9
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    with pytest.raises(ValueError, match="dtype must be float32 or float64, got int64"):
        mnist1d(np.int64)


def test_the_filter_is_a_gaussian_with_reflected_ends():
    """A point's neighbours beyond an end are those before it, the end itself first; weights sum to 1."""
    x = np.random.default_rng(0).standard_normal(72)
    d = np.arange(-8, 9)
    weights = np.exp(-(d**2) / 8) / np.exp(-(d**2) / 8).sum()
    mirror = [*range(72), *range(71, -1, -1)]
    expected = [sum(w * x[mirror[(p + k) % 144]] for k, w in zip(d, weights, strict=True)) for p in range(72)]
    np.testing.assert_allclose(_filtered(x[None])[0], expected, atol=1e-15)
    np.testing.assert_allclose(_filtered(np.ones((2, 72))), 1, atol=1e-15)
