"""Bessel functions against tables and recurrences, and the targets against what defines them."""

import numpy as np
import pytest

from minigrow.nimble import TASKS, sample
from minigrow.nimble.bessel import bessel
from minigrow.nimble.tasks import CUBIC, bessel_sum, bumps

# Abramowitz and Stegun 1964, tables 9.1 and 9.2 (15 and 10 digits), and first zeros, table 9.5.
TABLE = [
    (0, 1.0, 0.765197686557966), (0, 2.0, 0.223890779141235), (0, 5.0, -0.177596771314338), (0, 10.0, -0.245935764451348),
    (1, 1.0, 0.4400505857), (1, 5.0, -0.3275791376), (2, 1.0, 0.1149034849), (2, 10.0, 0.2546303137),
]  # fmt: skip


@pytest.mark.parametrize(("n", "x", "value"), TABLE)
def test_bessel_equals_the_tables(n, x, value):
    assert bessel(n, x) == pytest.approx(value, abs=1e-14 if n == 0 else 6e-11)


def test_bessel_at_its_first_zeros():
    assert abs(bessel(0, 2.404825557695773)) < 2e-16 * 10
    assert abs(bessel(1, 3.831705970207512)) < 2e-16 * 10
    assert abs(bessel(2, 5.135622301840683)) < 2e-16 * 10


def test_bessel_equals_its_power_series():
    """sum_k (-1)^k (x/2)^(2k+n) / (k! (k+n)!), which loses few digits for |x| <= 2 pi."""
    x = np.linspace(-2 * np.pi, 2 * np.pi, 101)
    for n in range(3):
        term = (x / 2) ** n / (1, 1, 2)[n]
        total = term.copy()
        for k in range(1, 60):
            term = -term * (x / 2) ** 2 / (k * (k + n))
            total += term
        np.testing.assert_allclose(bessel(n, x), total, atol=5e-14)  # the series' terms reach 40


def test_bessel_recurrence_symmetry_and_sum_rule_far_out():
    x = np.array([0.5, 7.0, 40.0, 200.0])
    np.testing.assert_allclose(bessel(0, x) + bessel(2, x), 2 / x * bessel(1, x), atol=1e-14)
    np.testing.assert_allclose(bessel(1, -x), -bessel(1, x), atol=1e-15)
    total = bessel(0, 7.0) ** 2 + 2 * sum(bessel(n, 7.0) ** 2 for n in range(1, 40))
    assert total == pytest.approx(1, abs=1e-14)


def test_bessel_refuses_what_it_cannot_do():
    with pytest.raises(ValueError, match="Scale it first"):
        bessel(0, 1e4)
    with pytest.raises(ValueError, match="Scale it first"):
        bessel(0, np.nan)


def test_cubic_and_quadratic_meet_their_conditions():
    cubic, quadratic = TASKS["cubic"].f, TASKS["quadratic"].f
    np.testing.assert_allclose(cubic(np.array([-1.0, 1.0, 1 / 3])), [1, 1, -2 / 3], atol=1e-14)
    assert np.polyval(np.polyder(CUBIC), 1 / 3) == pytest.approx(0, abs=1e-14)
    np.testing.assert_allclose(quadratic(np.array([-1.0, 0.0, 1.0])), [1, -0.2, -1], atol=1e-15)


def test_bessel_task_fills_the_square():
    y = bessel_sum(np.linspace(-1, 1, 4001))
    assert y.max() == pytest.approx(1, abs=1e-6)
    assert y.min() == pytest.approx(-1, abs=1e-6)
    raw = [sum(bessel(n, 2 * np.pi * x) for n in range(3)) for x in (-0.5, 0.1, 0.7)]
    scaled = bessel_sum(np.array([-0.5, 0.1, 0.7]))
    assert (raw[1] - raw[0]) * (scaled[2] - scaled[0]) == pytest.approx((raw[2] - raw[0]) * (scaled[1] - scaled[0]))


def test_step_is_floor_of_one_plus_sine():
    x = np.array([-0.9, -0.6, -0.4, -0.1, 0.1, 0.4, 0.6, 0.9])
    assert TASKS["step"].f(x).tolist() == np.floor(1 + np.sin(2 * np.pi * x)).tolist() == [1, 1, 0, 0, 1, 1, 0, 0]
    assert set(TASKS["step"].f(np.linspace(-1, 1, 2001))) == {0.0, 1.0}


def test_bumps_have_their_heights_at_their_centres():
    np.testing.assert_allclose(bumps(np.array([-0.5, 0.0, 0.5])), [1.0, 1.5, 0.8], atol=0.07)


def test_every_task_is_trained_as_the_authors_train_it():
    """Loss, training and test points, rate, lambda, epochs: the paper's, and its programs' for the number of epochs."""
    usual, half = ("mse", 32, 8, 1e-3, 0.1, 40000), ("mse", 32, 8, 1e-3, 0.1, 20000)
    others = {"cubic 2": half, "quadratic 2": half, "step": ("binary", 40, 10, 0.08, 0.01, 10000)}
    assert {name: task[2:] for name, task in TASKS.items()} == dict.fromkeys(TASKS, usual) | others


def test_samples_are_fresh_and_repeatable():
    a, b, c = (sample("step", np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert np.array_equal(a.X, b.X)
    assert not np.array_equal(a.X, c.X)
    assert (a.X.shape, a.y.shape, a.X_test.shape, a.y_test.shape) == ((40, 1), (40, 1), (10, 1), (10, 1))
    assert np.abs(a.X).max() <= 1
    assert len(sample(TASKS["cubic"]._replace(train=1, test=1), rng=0).X_test) == 1, "one of each is enough"
    quiet, noisy = (sample("mixture", np.random.default_rng(0), noise) for noise in (0.0, 0.5))
    assert 0.2 < (noisy.y - quiet.y).std() < 0.9
    with pytest.raises(ValueError, match="task must be one of cubic"):
        sample("sine", np.random.default_rng(0))
