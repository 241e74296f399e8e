"""Shipped digits, splits, standardisation, generated tasks and task blocks."""

import hashlib
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minigrow.datasets import digits, from_arrays, spirals, split, standardised
from minigrow.datasets.blocks import join, shuffled, split_tasks, three_tasks, turned
from minigrow.datasets.dataset import take
from minigrow.datasets.generated import parity
from minigrow.datasets.standardise import Standardiser


def test_digits_are_the_published_ones_byte_for_byte():
    data = digits()
    assert data.X.dtype == np.float64
    assert data.y.dtype == np.int64
    assert (data.X.min(), data.X.max()) == (0, 16)
    published = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # class counts on the UCI page
    assert np.bincount(data.y).tolist() == published
    digest = hashlib.sha256(data.X.astype(np.uint8).tobytes() + data.y.astype(np.uint8).tobytes()).hexdigest()
    assert digest == "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"


def test_digits_come_in_float32_and_are_a_fresh_copy():
    data = digits(np.float32)
    data.X[:] = -1
    assert data.X.dtype == np.float32
    assert digits(np.float32).X.min() == 0
    with pytest.raises(ValueError, match="dtype must be float32 or float64, got int64"):
        digits(np.int64)


def test_the_notice_names_creators_source_and_licence():
    notice = (resources.files("minigrow.datasets") / "files" / "digits-NOTICE.txt").read_text("utf-8")
    for fact in ("Alpaydin", "Kaynak", "10.24432/C50P49", "CC BY 4.0", "Changes"):
        assert fact in notice


@given(n=st.integers(2, 40), seed=st.integers(0, 99), test=st.floats(0.01, 0.99))
def test_a_split_loses_and_repeats_nothing(n, seed, test):
    data = from_arrays(np.arange(n)[:, None], np.arange(n) % 3)
    if not 0 < round(test * n) < n:
        with pytest.raises(ValueError, match="test must leave at least one row"):
            split(data, test, rng=seed)
        return
    train, held = split(data, test, rng=np.random.default_rng(seed))
    assert len(held.y) == round(test * n)
    assert sorted([*train.X[:, 0], *held.X[:, 0]]) == list(range(n))
    for part in (train, held):
        np.testing.assert_array_equal(part.y, part.X[:, 0] % 3)
        assert part.classes == data.classes
    np.testing.assert_array_equal(split(data, test, rng=seed).test.X, held.X)  # a seed is its generator


def test_a_split_is_random_and_moves_the_generator():
    rng = np.random.default_rng(0)
    first, second = (split(digits(), rng=rng).test.X for _ in range(2))
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, digits().X[: len(first)])


@pytest.mark.parametrize("test", [0, 1, -0.1, 1.5, np.nan, 0.01])
def test_a_split_with_an_empty_side_is_refused(test):
    with pytest.raises(ValueError, match=r"test must (leave at least one row on each side|be a number, got nan)"):
        split((np.eye(4), [0, 1, 0, 1]), test, rng=0)


@pytest.mark.parametrize("rng", [-1, "seed", np.random.RandomState(0)])
def test_randomness_comes_from_a_seed_a_generator_or_nothing(rng):
    with pytest.raises(ValueError, match=r"rng must be a numpy\.random\.Generator, a seed"):
        split(digits(), rng=rng)


def test_without_a_seed_every_split_differs():
    one, two = (split(digits())[0].y for _ in range(2))
    assert not np.array_equal(one, two)
    np.testing.assert_array_equal(split(digits(), rng=3)[0].y, split(digits(), rng=np.random.default_rng(3))[0].y)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros(3), r"X must be \(samples, inputs\).*got shape \(3,\)"),
        (np.zeros((0, 3)), "at least one of each"),
        (np.zeros((3, 0)), "at least one of each"),
        (np.zeros((3, 2), np.float16), "got float16"),
        (np.full((3, 2), None), "got dtype object"),
        (np.zeros((3, 2), complex), "got complex128"),
        (np.array([["1"], ["2"], ["3"]]), "X must hold float32 or float64"),
        (np.array([[1.0], [np.nan], [np.inf]]), "X must be finite, got 2"),
    ],
)
def test_bad_inputs_are_refused_with_a_reason(X, message):
    for use in (Standardiser.fit, lambda X: from_arrays(X, [0, 0, 1])):
        with pytest.raises(ValueError, match=message):
            use(X)


@pytest.mark.parametrize("y", [[0, 1], [[0], [1], [2]], [0, -1, 1], [0.0, 1.0, 2.0], ["a", "b", "c"], [0, 1, 10**6]])
def test_bad_labels_are_refused(y):
    with pytest.raises(ValueError, match="y must hold"):
        from_arrays(np.eye(3), y)


def test_your_own_arrays_keep_the_shape_of_a_sample_and_may_have_a_million_classes():
    data = from_arrays(np.eye(3), [0, 1, 10**6 - 1])
    assert data.shape == (3,)
    assert (len(data.classes), data.classes[-1]) == (10**6, "999999")


def test_a_dataset_put_together_by_hand_is_checked_and_converted_before_it_is_split():
    data = from_arrays(np.eye(4), [0, 1, 0, 1])
    train, test = split(data._replace(X=np.eye(4, dtype=int), y=np.array([0, 1, 0, 1], np.uint8)), rng=0)
    assert (train.X.dtype, test.y.dtype) == (np.float64, np.int64)
    with pytest.raises(ValueError, match="name must be a word, got 3"):
        split(data._replace(name=3), rng=0)


def test_integers_and_booleans_become_float64():
    assert from_arrays(np.eye(2, dtype=bool), [False, True]).X.dtype == np.float64
    assert from_arrays(np.eye(2, dtype=np.uint8), [0, 1]).y.dtype == np.int64
    assert from_arrays(np.eye(2, dtype=np.float32), [0, 1]).X.dtype == np.float32


def test_take_keeps_rows_and_labels_together():
    data = take(digits(), digits().y == 7)
    assert set(data.y) == {7}
    assert len(data.X) == 179


finite = arrays(np.float64, st.tuples(st.integers(2, 12), st.integers(1, 5)), elements=st.floats(-1e3, 1e3, width=32))


@given(X=finite, dtype=st.sampled_from([np.float32, np.float64]))
def test_standardised_columns_have_mean_0_and_spread_1_or_are_constant(X, dtype):
    X = X.astype(dtype)
    before = X.copy()
    standardise = Standardiser.fit(X)
    Z = standardise(X)
    assert Z.dtype == standardise.mean.dtype == standardise.scale.dtype == dtype
    np.testing.assert_array_equal(X, before)
    constant = X.min(axis=0) == X.max(axis=0)
    assert (Z[:, constant] == 0).all()
    assert (standardise.scale[constant] == 1).all()
    # A column that varies by less than its values' last digits cannot be centred better than those digits.
    largest = np.abs(X).max(axis=0)
    clear = ~constant & (standardise.scale > 1e-2 * largest) & (largest > 1e-30)
    tolerance = 1e3 * np.finfo(dtype).eps
    np.testing.assert_allclose(Z[:, clear].mean(axis=0, dtype=float), 0, atol=tolerance)
    np.testing.assert_allclose(Z[:, clear].std(axis=0, dtype=float), 1, atol=tolerance)


def test_constant_pixels_survive_new_values():
    standardise = Standardiser.fit([[0.1, 5.0], [0.1, 7.0], [0.1, 9.0]])
    np.testing.assert_allclose(standardise([[0.1, 7.0], [2.1, 7.0]]), [[0, 0], [2, 0]], atol=1e-15)


def test_standardising_sums_in_float64_and_over_many_chunks():
    """float32 sums of 10000 values near 1000 would lose the spread of 1; the mean is known to float32's last digit."""
    X = (1000 + np.random.default_rng(0).standard_normal((10000, 2))).astype(np.float32)
    standardise = Standardiser.fit(X)
    np.testing.assert_allclose(standardise.mean, X.astype(float).mean(axis=0), rtol=1e-7)
    np.testing.assert_allclose(standardise.scale, X.astype(float).std(axis=0), rtol=1e-6)


def test_standardising_extreme_values():
    with pytest.raises(ValueError, match="X must stay finite when squared, got values up to 1e"):
        Standardiser.fit([[1e200], [-1e200]])
    tiny = Standardiser.fit([[0.0], [1e-200]])  # the square of the spread is 0: leave the column as it is
    np.testing.assert_array_equal(tiny([[0.0], [1e-200]]), [[0], [1e-200]])


def test_a_standardiser_wants_the_columns_it_was_fitted_to():
    standardise = Standardiser.fit(np.eye(3))
    with pytest.raises(ValueError, match="3 columns of the fit, got 2"):
        standardise(np.eye(2))
    with pytest.raises(ValueError, match="finite"):
        standardise(np.full((1, 3), np.nan))
    assert standardise(np.eye(3, dtype=np.float32)).dtype == np.float32


def test_standardised_learns_from_the_training_part_only():
    train, test = split(digits(), rng=0)
    a, b = standardised(train, test)
    np.testing.assert_array_equal(b.X, Standardiser.fit(train.X)(test.X))
    np.testing.assert_array_equal(a.y, train.y)


@given(n=st.integers(1, 30), arms=st.integers(2, 9), seed=st.integers(0, 99))
def test_spirals_have_their_radius_and_without_noise_their_angle(n, arms, seed):
    data = spirals(n, arms, rng=seed)
    assert data.X.shape == (n * arms, 2)
    assert np.bincount(data.y).tolist() == [n] * arms
    assert (data.shape, data.classes) == ((2,), tuple("012345678"[:arms]))
    radius = np.tile(np.linspace(0, 1, n), arms)
    np.testing.assert_allclose(np.hypot(*data.X.T), radius, atol=1e-15)
    x, y = spirals(n, arms, noise=0, rng=seed).X.T
    turned = np.arctan2(x, y) - 4 * (data.y + radius)
    np.testing.assert_allclose(np.sin(turned / 2) * (radius > 0), 0, atol=1e-14)


def test_spirals_noise_is_an_angle_of_that_spread():
    x, y = spirals(4000, 3, noise=0.2, rng=1).X.T
    np.testing.assert_array_equal(spirals(4000, 3, rng=1).X.T, [x, y])  # the default is the paper's
    clean = spirals(4000, 3, noise=0, rng=1).X.T
    angle = np.angle((y + 1j * x) * (clean[1] - 1j * clean[0]))[np.hypot(x, y) > 0]
    assert abs(angle.std() - 0.2) < 4 * 0.2 / np.sqrt(2 * len(angle))  # four standard errors


@pytest.mark.parametrize("bad", [{"n": 0}, {"arms": 1}, {"noise": -1}, {"noise": np.inf}, {"noise": np.nan}])
def test_bad_spirals_are_refused(bad):
    with pytest.raises(ValueError, match="got"):
        spirals(**({"n": 3, "arms": 3, "noise": 0.1, "rng": 0} | bad))


@pytest.mark.parametrize("bits", [1, 2, 5])
def test_parity_lists_every_pattern_once_and_one_flip_changes_the_class(bits):
    data = parity(bits, np.float32)
    assert data.X.dtype == np.float32
    assert len({tuple(x) for x in data.X}) == len(data.X) == 2**bits
    place = 2 ** np.arange(bits)[::-1]
    for j in range(bits):
        flipped = np.abs(data.X - (np.arange(bits) == j))
        np.testing.assert_array_equal(data.y[(flipped @ place).astype(int)], 1 - data.y)


def test_parity_lists_up_to_a_million_patterns():
    data = parity(20, np.float32)
    assert (data.X.shape, data.shape, data.y.sum()) == ((2**20, 20), (20,), 2**19)


@pytest.mark.parametrize("bits", [0, 21, -1])
def test_bad_parity_is_refused(bits):
    with pytest.raises(ValueError, match=r"bits must be in 1\.\.20"):
        parity(bits)


def test_the_three_tasks_are_the_digits_turned_and_shuffled():
    plain, turn, shuffle = three_tasks(digits(), rng=3)
    rng = np.random.default_rng(3)
    classes, pixels = rng.permutation(10), rng.permutation(64)
    np.testing.assert_array_equal(plain.X, digits().X)
    for i in (0, 5, 1796):
        image = plain.X[i].reshape(8, 8)
        np.testing.assert_array_equal(turn.X[i].reshape(8, 8), image.T[::-1])  # transpose, upside down: to the left
        assert turn.y[i] == classes[plain.y[i]]
        assert turn.classes[turn.y[i]] == plain.classes[plain.y[i]]
        np.testing.assert_array_equal(shuffle.X[i], plain.X[i][pixels])
    np.testing.assert_array_equal(shuffle.y, plain.y)
    assert not np.array_equal(turn.y, plain.y)
    assert three_tasks(digits(np.float32), rng=3)[1].X.dtype == np.float32


def test_turning_needs_images_and_permutations():
    with pytest.raises(ValueError, match="must hold images"):
        turned(spirals(3, 3, rng=0), np.arange(3))
    with pytest.raises(ValueError, match="permutation of the 10 classes"):
        turned(digits(), np.zeros(10, int))
    with pytest.raises(ValueError, match="permutation of the 64 inputs"):
        shuffled(digits(), np.arange(63))


def test_four_turns_are_none():
    data = once = digits()
    for _ in range(4):
        once = turned(once, np.arange(10))
    np.testing.assert_array_equal(once.X, data.X)


def test_tasks_are_split_alike():
    train, test = split_tasks(three_tasks(digits(), rng=0), 0.25, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(np.rot90(train[0].X.reshape(-1, 8, 8), axes=(1, 2)), train[1].X.reshape(-1, 8, 8))
    assert len(test[2].y) == 449
    assert not np.array_equal(split_tasks(train, rng=2)[0][0].X, split_tasks(train, rng=3)[0][0].X)


@given(seed=st.integers(0, 99), active=st.lists(st.integers(0, 2), min_size=1, unique=True))
def test_joined_samples_fill_only_their_own_block(seed, active):
    rng = np.random.default_rng(seed)
    sizes = [(rng.integers(1, 5), rng.integers(1, 4)) for _ in range(3)]  # samples, inputs
    tasks = [from_arrays(rng.uniform(1, 2, size), rng.integers(0, 4, size[0])) for size in sizes]
    joined = join(tasks, iter(active))
    inputs, outputs = np.cumsum([0, *(d for _, d in sizes)]), np.cumsum([0, *(len(t.classes) for t in tasks)])
    assert joined.task.tolist() == [k for k in sorted(active) for _ in range(sizes[k][0])]
    for k in range(3):
        X, y = joined.X[joined.task == k], joined.y[joined.task == k]
        own = slice(inputs[k], inputs[k + 1])
        if k in active:
            np.testing.assert_array_equal(X[:, own], tasks[k].X)
            np.testing.assert_array_equal(y - outputs[k], tasks[k].y)
        assert np.count_nonzero(X) == X[:, own].size
        assert (joined.inputs[own] == (k in active)).all()
        assert (joined.outputs[outputs[k] : outputs[k + 1]] == (k in active)).all()
    assert (joined.inputs.shape, joined.outputs.shape) == ((inputs[-1],), (outputs[-1],))
    assert (joined.y.dtype, joined.task.dtype) == (np.int64, np.int64)


def test_join_keeps_the_dtype():
    assert join(three_tasks(digits(np.float32), 0), [2]).X.dtype == np.float32


@pytest.mark.parametrize("active", [[], [3], [-1], [0, 0]])
def test_join_refuses_bad_active_tasks(active):
    with pytest.raises(ValueError, match=r"active must name at least one of tasks 0\.\.2, each once"):
        join(three_tasks(digits(), rng=0), active)


def test_join_refuses_mixed_dtypes():
    with pytest.raises(ValueError, match="tasks must share one dtype"):
        join([digits(), digits(np.float32)], [0])
