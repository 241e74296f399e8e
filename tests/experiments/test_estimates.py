"""Estimates by hand: complete results of small samples, the table of Student's t, and what is refused in whole sentences."""

import math
import re

import numpy as np
import pytest

from minigrow.censored import first_passages, median_time, passed
from minigrow.shares import difference
from minigrow.statistics import T95, Estimate, bootstrap, geometric, mean, median, proportion

NAN = math.nan


def near(found, *wanted):
    assert isinstance(found, Estimate)
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15)
    return True


@pytest.mark.parametrize("freedom", range(1, 31))
def test_students_t_holds_95_percent_between_plus_and_minus_the_table(freedom):
    t = T95[freedom - 1]
    x, step = np.linspace(-t, t, 20001, retstep=True)
    scale = math.gamma((freedom + 1) / 2) / math.gamma(freedom / 2) / math.sqrt(freedom * math.pi)
    density = scale * (1 + x**2 / freedom) ** (-(freedom + 1) / 2)
    inside = step * (density.sum() - density[0])  # the trapezoidal rule: the two ends count half
    assert abs(inside - 0.95) <= 2 * 0.0051 * density[0], "the table has two decimals"
    assert len(T95) == 30


def test_a_mean_by_hand():
    s = math.sqrt(5 / 3)
    half = 3.18 * s * math.sqrt(1 / 4)
    assert near(mean([1, 2, 3, 4]), 2.5, 2.5 - half, 2.5 + half, 4, s)
    wide = 3.18 * s * math.sqrt(1 / 4 + 1 / 3)
    assert near(mean([1, 2, 3, 4], 1 / 3), 2.5, 2.5 - wide, 2.5 + wide, 4, s)
    assert near(mean([7.0]), 7, NAN, NAN, 1, NAN)
    for n, t in ((2, 12.71), (30, 2.05), (31, 2.04), (32, 2.04), (99, 2.04)):
        x = np.arange(n) % 2
        half = t * x.std(ddof=1) / math.sqrt(n)
        assert near(mean(x), x.mean(), x.mean() - half, x.mean() + half, n, x.std(ddof=1))


def test_a_geometric_mean_by_hand():
    logs = mean(np.log([2.0, 8.0, 4.0]), 0.5)
    assert near(geometric([2.0, 8.0, 8.0], [1.0, 1.0, 2.0], 0.5), 4, *np.exp(logs[1:3]), 3, 2)
    assert geometric([1.0, 4.0], [1.0, 1.0]).value == 2.0, "exactly, not 2 and a rounding"
    assert np.isnan(geometric([1.0, -1.0], [1.0, 1.0])[0])


def test_a_bootstrap_by_hand():
    draws = np.array([9.0, 1.0, 5.0])[np.random.default_rng(0).integers(3, size=(2000, 3))]
    low, high = np.percentile(np.median(draws, axis=1), (2.5, 97.5))
    assert near(median([9.0, 1.0, 5.0]), 5, low, high, 3, 4)
    wider = math.sqrt(1 + 3 * 0.25)
    assert near(median([9.0, 1.0, 5.0], 0.25), 5, 5 + wider * (low - 5), 5 + wider * (high - 5), 3, 4)
    assert near(bootstrap([3.0], np.mean), 3, NAN, NAN, 1, NAN)
    pairs = bootstrap([[1.0, 2.0], [3.0, 4.0]], lambda values, axis: values.sum(axis=axis).sum(axis=-1), draws=1)
    assert (pairs.value, pairs.n, math.isnan(pairs.spread)) == (10, 2, True)
    assert pairs.low == pairs.high, "one draw has one value"


def test_wilsons_interval_by_hand():
    centre, half = 0.25 + 4 / 8, 2 * math.sqrt(0.25 * 0.75 / 4 + 4 / 64)
    assert near(proportion([1, 0, 0, 0], 2), 0.25, (centre - half) / 2, (centre + half) / 2, 4, NAN)
    assert near(proportion([0.5, 0.5, 0, 0], 2), 0.25, (centre - half) / 2, (centre + half) / 2, 4, NAN)
    assert proportion([0, 0])[:2] == (0.0, 0.0)
    assert proportion([1, 1])[::2][:2] == (1.0, 1.0)
    assert proportion([1, 1, 0]) == pytest.approx(proportion([1, 1, 0], 1.96), nan_ok=True)


def test_newcombes_interval_by_hand():
    a, b = proportion([1, 1, 1, 0], 1.959963984540054), proportion([1, 0], 1.959963984540054)
    low = 0.25 - math.hypot(a.value - a.low, b.high - b.value)
    high = 0.25 + math.hypot(a.high - a.value, b.value - b.low)
    assert near(difference([True, True, True, False], [True, False]), 0.25, low, high, 2, NAN)
    assert difference([True], [True, False]).n == 1


def test_kaplan_and_meiers_curve_by_hand():
    """Five runs: one passes at 1, two at 3, one leaves at 3, one leaves at 4."""
    found = passed([1, 3, 3, 3, 4], [True, True, True, False, False])
    S, v = np.array([0.8, 0.4]), np.array([1 / (5 * 4), 1 / (5 * 4) + 2 / (4 * 2)])
    half = np.exp(1.96 * np.sqrt(v) / -np.log(S))
    assert (found.time.tolist(), found.n) == ([1, 3], 5)
    np.testing.assert_allclose(found.share, 1 - S, rtol=1e-12)
    np.testing.assert_allclose(found.low, 1 - S ** (1 / half), rtol=1e-12)
    np.testing.assert_allclose(found.high, 1 - S**half, rtol=1e-12)
    assert near(median_time(found), 3, 3 if found.high[0] < 0.5 else 1, math.inf, 5, NAN)


def test_where_nobody_is_left_the_band_goes_to_the_end():
    found = passed([1, 2], [True, True])
    assert found.share.tolist() == [0.5, 1]
    assert (found.low[1], found.high[1]) == (found.low[0], 1)
    alone = passed([2], [True])
    assert (alone.low.tolist(), alone.high.tolist()) == ([0], [1])
    assert near(median_time(alone), 2, 2, math.inf, 1, NAN)


def test_a_median_time_that_nobody_reaches():
    assert near(median_time(passed([3, 3, 3], [True, False, False])), math.inf, 3, math.inf, 3, NAN)
    assert near(median_time(passed([3.0] * 3, [False] * 3)), math.inf, NAN, math.inf, 3, NAN)
    assert near(median_time(passed([3.0] * 4, [False] * 4)), math.inf, math.inf, math.inf, 4, NAN)


def test_a_passage_is_below_the_border_and_not_at_it():
    assert first_passages([5, 7, 9], [[1, 1, 1], [3, 2, 1], [3, 3, 2]], 2) == ([5, 9, 9], [True, True, False])


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: passed([1, 2], [True]), "every run needs a time and whether its passage was seen, got 2 and 1."),
        (lambda: mean([]), "an estimate needs at least one value, got none."),
        (lambda: mean([1j]), "values must be a sequence of these: a number; got"),
        (lambda: geometric([1, 2], [1]), "a and b must be pairs, got shapes (2,) and (1,)."),
        (lambda: difference([True], [False], 0), "level must lie between 0 and 1, by 1e-12 at least, got 0."),
        (lambda: difference([True], [False], 1), "level must lie between 0 and 1, by 1e-12 at least, got 1."),
        (lambda: proportion([0, 1.5]), "hits must be a row of True, False or shares between them, 0.5 for a tie, got"),
        (lambda: proportion([[0, 1]]), "hits must be a row of True, False or shares between them, 0.5 for a tie, got"),
        (lambda: proportion([-0.5]), "hits must be a row of True, False or shares between them, 0.5 for a tie, got"),
        (lambda: bootstrap([1, 2], lambda x, axis: x), "the statistic of values (2,) must be one number, got"),
        (lambda: bootstrap([1, 2], lambda x, axis: "a"), "the statistic of values (2,) must be one number, got"),
        (lambda: bootstrap([1, 2], np.mean, draws=0), "draws must be"),
        (lambda: mean([1, 2], share=-1), "share"),
    ],
)
def test_what_cannot_be_estimated(ask, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        ask()
