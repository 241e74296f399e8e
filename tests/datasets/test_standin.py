"""The generated stand-in of CIFAR's size: its layout, its statistics, and that a net without a hidden layer is not enough."""

import numpy as np
import pytest

from minigrow.datasets import standardised
from minigrow.datasets.standin import BLOCK, stand_in
from minigrow.growth import Plan, start, train
from minigrow.nn import MLP, AdamW
from minigrow.nn.losses import accuracy


def test_it_has_cifars_layout_and_is_made_from_its_seed():
    one, two = stand_in(120, rng=3)
    assert (one.X.shape, two.X.shape, one.shape, two.shape) == ((100, 3072), (20, 3072), (3, 32, 32), (3, 32, 32))
    assert (one.X.dtype, one.y.dtype, one.name, len(one.classes)) == (np.float32, np.int64, "stand-in", 10)
    np.testing.assert_array_equal(stand_in(120, rng=np.random.default_rng(3)).test.X, two.X)
    assert not np.array_equal(stand_in(120, rng=4).test.X, two.X)
    np.testing.assert_array_equal(stand_in(120, rng=3, dtype=np.float64).train.X, one.X)
    assert np.array_equal(one.X, np.rint(one.X))
    assert one.X.min() == 0
    assert one.X.max() == 255
    as_ever = [203, 164, 151, 116, 115, 141, 127, 61]
    assert stand_in(6).train.X[0, ::400].astype(int) == pytest.approx(
        as_ever, abs=1
    )  # another machine may round otherwise


def test_fewer_images_are_the_first_of_more():
    """Across the border of two blocks, and where the last block is cut."""
    few, more = stand_in(BLOCK + 7), stand_in(2 * BLOCK + 3)
    X, y = (np.concatenate([getattr(few.train, key), getattr(few.test, key)]) for key in "Xy")
    np.testing.assert_array_equal(X, np.concatenate([more.train.X, more.test.X])[: len(X)])
    np.testing.assert_array_equal(y, np.concatenate([more.train.y, more.test.y])[: len(y)])


def neighbours():
    """Return the correlation of neighbouring pixels that the law of the fields predicts, pixel by pixel, without the cut."""
    i = np.arange(16)
    s2 = 1 / (1 + i[:, None] ** 2 + i**2)
    wave = np.cos(np.pi * i * (np.arange(32)[:, None] + 0.5) / 32)
    same = np.array([[(wave[p] ** 2) @ s2 @ (wave[q] ** 2) for q in range(32)] for p in range(32)])
    next_ = [[(wave[p] ** 2) @ s2 @ (wave[q] * wave[q + 1]) for q in range(31)] for p in range(32)]
    return np.mean(next_) / np.sqrt(same[:, 1:].mean() * same[:, :-1].mean())


def test_pixels_channels_and_classes_are_as_the_docstring_says():
    """Means over six worlds of 16 parts each; tolerances: four standard errors, from the spread over twelve worlds, and the cut."""
    told, classes = [], []
    for seed in range(6):
        data = stand_in(600, rng=seed).train
        images = data.X.reshape(-1, 3, 32, 32) - 127.5
        pairs = (
            (images[..., 1:], images[..., :-1]),
            (images[:, :, 1:], images[:, :, :-1]),
            (images[:, 0], images[:, 1]),
            (images[:, 0], images[:, 2]),
        )
        told.append([images.mean(), images.std(), *(np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in pairs)])
        classes.append(np.bincount(data.y, minlength=10))
    mean, spread, right, below, *channels = np.mean(told, axis=0)
    assert abs(mean) < 2.8
    assert abs(spread - 57.3) < 2.4  # 60 less what the cut at 0 and 255 takes
    assert abs(neighbours() - 0.943) < 5e-4
    np.testing.assert_allclose([right, below], neighbours(), atol=0.009)
    np.testing.assert_allclose(channels, 0.9, atol=0.025)
    assert abs(np.sum(classes, axis=0) - 300).max() < 4 * np.sqrt(300 * 0.9)  # four standard deviations of a count


def test_a_net_without_a_hidden_layer_is_far_behind():
    """2400 images, 8 epochs, two seeds: .24 and .24 against .59 and .62; chance is .1."""
    scores = {(): [], (100,): []}
    for seed in (0, 1):
        learn, judge = standardised(*stand_in(2400, rng=seed))
        for hidden, told in scores.items():
            run = start(MLP.create([3072, *hidden, 10], "relu", rng=seed, dtype=np.float32), AdamW(), rng=seed)
            told.append(accuracy(train(run, learn.X, learn.y, Plan(epochs=8)).net(judge.X), judge.y))
    assert min(scores[(100,)]) > max(scores[()]) + 0.2, scores
    assert min(scores[()]) > 0.13, "something can be learnt without a hidden layer"


@pytest.mark.parametrize(
    ("bad", "message"), [({"n": 5}, "n must be a whole number >= 6"), ({"dtype": int}, "dtype must be")]
)
def test_bad_requests_are_refused(bad, message):
    with pytest.raises(ValueError, match=message):
        stand_in(**({"n": 6} | bad))
