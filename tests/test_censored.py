"""First passages with censoring against a published table, shares that differ against a published interval, and their borders."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.censored import first_passages, median_time, passed
from minigrow.shares import difference
from minigrow.statistics import proportion

# Weeks of remission under 6-MP, 21 patients (Freireich et al. 1963); the textbooks' table of the log(-log) band.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
SEEN = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
TABLE = {
    6: (0.8571, 0.6197, 0.9516),
    7: (0.8067, 0.5631, 0.9228),
    10: (0.7529, 0.5032, 0.8894),
    13: (0.6902, 0.4316, 0.8491),
    16: (0.6275, 0.3675, 0.8049),
    22: (0.5378, 0.2678, 0.7468),
    23: (0.4482, 0.1881, 0.6801),
}


def test_the_remission_times_of_every_textbook():
    found = passed(WEEKS, SEEN)
    assert found.time.tolist() == list(TABLE)
    table = np.array(list(TABLE.values()))
    np.testing.assert_allclose(1 - found.share, table[:, 0], atol=5.1e-5)  # four digits are printed
    np.testing.assert_allclose(1 - found.high, table[:, 1], atol=1e-4)
    np.testing.assert_allclose(1 - found.low, table[:, 2], atol=1e-4)
    assert median_time(found)[:4] == (23, 13, math.inf, 21)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=30))
def test_without_censoring_it_is_the_share_that_has_passed(times):
    found = passed(times, [True] * len(times))
    expected = [np.mean(np.array(times) <= t) for t in found.time]
    np.testing.assert_allclose(found.share, expected, atol=1e-12)
    assert np.all(found.low <= found.share + 1e-12)
    assert np.all(found.share <= found.high + 1e-12)


def test_runs_that_end_at_one_time_count_in_the_denominator():
    times, seen = first_passages([1, 2, 3], [[20, 11, 13], [20, 13, 11], [20, 20, 20], [11.9, 9, 9]], below=12)
    assert (times, seen) == ([2, 3, 3, 1], [True, True, False, True])
    assert passed(times, seen).share.tolist() == pytest.approx([0.25, 0.5, 0.75])


def test_a_border_that_nobody_passes():
    found, few = (median_time(passed([3.0] * n, [False] * n)) for n in (9, 2))
    assert found[:3] == (math.inf, math.inf, math.inf)
    assert few.value == math.inf
    assert math.isnan(few.low), "two runs that fail say nothing about the median"
    with pytest.raises(ValueError, match="got 0 and 0"):
        passed([], [])


def test_the_band_is_wide_enough_about_as_often_as_it_says():
    """300 samples of 40 exponential times, watched for one mean life: the true share .5 at log 2 is in the band in 95 % of them."""
    rng, inside = np.random.default_rng(0), 0
    for _ in range(300):
        t = rng.exponential(size=40)
        found = passed(np.minimum(t, 1.0), t < 1.0)
        at = np.searchsorted(found.time, math.log(2), side="right") - 1
        inside += found.low[at] <= 0.5 <= found.high[at]
    assert 0.91 <= inside / 300 <= 0.99  # 2.5 standard deviations of the count around .95


def test_newcombes_first_example_and_its_mirror():
    """56 of 70 against 48 of 80: .0524 to .3339 (Newcombe 1998, table II, method 10)."""
    a, b = [True] * 56 + [False] * 14, [True] * 48 + [False] * 32
    found, mirrored = difference(a, b), difference(b, a)
    assert found[:3] == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert mirrored[:3] == pytest.approx((-found.value, -found.high, -found.low))
    wide = difference(a, b, 0.05 / 7)
    assert wide.low < found.low < found.high < wide.high


def test_a_larger_z_widens_wilsons_interval():
    hits = [True, False, False, True, True]
    assert proportion(hits, 2.69).low < proportion(hits).low < proportion(hits).high < proportion(hits, 2.69).high
