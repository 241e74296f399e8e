"""Verdicts follow from intervals, and intervals are what they say: each against an independent witness."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.experiments.claims import Estimate, above, below, exactly, judge, verdict, within
from minigrow.statistics import bootstrap, geometric, mean, median, proportion

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("criterion", "intervals"),
    [
        (
            above(2),
            {
                "holds": [(2.1, 9), (3, INF), (INF, INF)],
                "refuted": [(0, 1), (0, 2), (2, 2)],
                "undecided": [(1, 3), (2, 3)],
            },
        ),
        (
            below(2),
            {
                "holds": [(-9, 1.9), (-INF, 1), (-INF, -INF)],
                "refuted": [(3, 4), (2, 3), (2, 2)],
                "undecided": [(1, 3), (1, 2)],
            },
        ),
        (
            within(-1, 1),
            {
                "holds": [(-1, 1), (0, 0)],
                "refuted": [(1.1, 2), (-3, -2)],
                "undecided": [(0, 2), (-2, 0), (-2, 2), (1, 2)],
            },
        ),
        (within(1, 1), {"holds": [(1, 1)], "refuted": [(1.1, 2), (0, 0.9)], "undecided": [(0, 2)]}),
    ],
)
def test_the_whole_interval_decides(criterion, intervals):
    for expected, ends in intervals.items():
        for low, high in ends:
            assert verdict(Estimate(1.5, low, high, 9), criterion) == expected, (low, high)


@given(st.floats(-5, 5), st.floats(0, 5), st.floats(-5, 5), st.floats(0, 3))
def test_a_criterion_and_its_opposite(middle, half, limit, margin):
    """Above and below never both hold; what holds for one is refuted for the other; a wider interval never decides the other way."""
    found, wider = (Estimate(middle, middle - w, middle + w, 5) for w in (half, half + margin))
    up, down = verdict(found, above(limit)), verdict(found, below(limit))
    assert (up == "holds") <= (down == "refuted")
    assert (down == "holds") <= (up == "refuted")
    for criterion in (above(limit), below(limit), within(limit - 1, limit + 1)):
        assert verdict(wider, criterion) in (verdict(found, criterion), "undecided")


@pytest.mark.parametrize("criterion", [above(0), below(0), within(-1, 1)])
@pytest.mark.parametrize(("low", "high"), [(NAN, NAN), (NAN, 1), (-1, NAN)])
def test_without_an_interval_nothing_is_decided(criterion, low, high):
    assert verdict(Estimate(5.0, low, high, 1), criterion) == "undecided"


@pytest.mark.parametrize(("fact", "expected"), [(True, "holds"), (False, "refuted"), (np.bool_(True), "holds")])
def test_a_fact_is_never_undecided(fact, expected):
    row = judge("every bit agrees", "yes", mean([0.0]), "bits", exactly("no bit differs", fact))
    assert (row.verdict, row.criterion) == (expected, "no bit differs")


def test_a_row_of_the_table_says_what_was_estimated_and_asked():
    row = judge("it grows", "yes", mean([1.0, 2.0, 3.0]), "neurons", within(-1, 1))
    assert row[:5] == ("it grows", "yes", 2.0, "neurons", 3)
    assert (row.low, row.high) == mean([1.0, 2.0, 3.0])[1:3]
    assert (row.spread, row.criterion, row.verdict) == (1.0, "interval within +-1", "undecided")
    assert [c.words for c in (above(0.5), below(-2), within(0, 3))] == [
        "interval above 0.5", "interval below -2", "interval within 0 to 3"
    ]  # fmt: skip


def covered(share, corrected, n=10, trials=4000):
    """How often the interval has the true mean 0 when repeats are correlated as overlapping splits are: rho = share / (1 + share)."""
    rng, rho = np.random.default_rng(0), share / (1 + share)
    common, own = rng.standard_normal((trials, 1)), rng.standard_normal((trials, n))
    found = [mean(x, corrected) for x in np.sqrt(rho) * common + np.sqrt(1 - rho) * own]
    return np.mean([e.low <= 0 <= e.high for e in found])


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_an_interval_of_the_mean_covers_95_percent(share):
    """With variance s^2 (1/n + share) the ratio follows Student's t exactly; 4000 trials are good to three times .0034."""
    assert covered(share, share) == pytest.approx(0.95, abs=0.0103)


def test_without_the_correction_overlapping_splits_would_decide_too_often():
    assert covered(0.25, 0.0) < 0.8


@given(st.integers(1, 60), st.data())
def test_wilsons_ends_are_the_shares_that_the_test_just_does_not_reject(n, data):
    """Witness: p - end is 1.96 standard errors at the end itself, (p - end)^2 = 1.96^2 end (1 - end) / n."""
    hits = data.draw(st.integers(0, n))
    found = proportion([True] * hits + [False] * (n - hits))
    assert found.value == hits / n
    for end in (found.low, found.high):
        assert (found.value - end) ** 2 == pytest.approx(1.96**2 * end * (1 - end) / n, abs=1e-12)


def test_no_hit_has_the_end_0_and_all_hits_the_end_1_exactly():
    """Rounding left 1e-18 there for every tenth n, and then "above 0" held without a single hit."""
    for n in range(1, 300):
        assert proportion([False] * n).low == 0.0
        assert proportion([True] * n).high == 1.0
        assert verdict(proportion([False] * n), above(0)) == "undecided"
        assert verdict(proportion([True] * n), below(1)) == "undecided"


@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.floats(0.01, 1))
def test_a_share_moves_both_ends_of_a_bootstrap_away_from_the_value(seed, n, share):
    x = np.random.default_rng(seed).standard_normal(n)
    plain, wider = bootstrap(x, np.median), median(x, share)
    factor = math.sqrt(1 + n * share)
    assert wider.low - wider.value == pytest.approx(factor * (plain.low - plain.value))
    assert wider.high - wider.value == pytest.approx(factor * (plain.high - plain.value))


def test_a_bootstrap_leaves_out_a_fortieth_of_its_draws_at_either_end():
    """2.5 % of the way from the first of 2000 sorted draws to the last is .025 * 1999 = 49.975 places; every draw has n values of x."""
    x, seen = np.random.default_rng(0).standard_normal(9), []

    def statistic(values, axis):
        found = np.mean(values, axis)
        seen.append((values, found))
        return found

    found = bootstrap(x, statistic)
    (_, value), (resampled, drawn) = seen
    drawn = np.sort(drawn)
    assert resampled.shape == (9, 2000)
    assert set(resampled.ravel()) == set(x)
    assert (found.value, found.n, found.spread) == (value, 9, x.std(ddof=1))
    assert found.low == pytest.approx(0.025 * drawn[49] + 0.975 * drawn[50], rel=1e-12)
    assert found.high == pytest.approx(0.975 * drawn[1949] + 0.025 * drawn[1950], rel=1e-12)


def test_draws_of_a_bootstrap_are_with_replacement_and_all_alike():
    """Of 9 values a draw leaves each out with the chance (8/9)^9 = .346; 2000 draws are good to four times .0106."""
    share = np.mean([(drawn != 0).all() for drawn in drawn_numbers(9)])
    assert share == pytest.approx((8 / 9) ** 9, abs=0.043)


def drawn_numbers(n):
    seen = []
    bootstrap(np.arange(n), lambda values, axis: seen.append(values) or values.mean(axis))
    return seen[1].T


def test_a_ratio_is_judged_on_logarithms():
    a, b = np.array([2.0, 4.0, 8.0]), np.array([1.0, 1.0, 1.0])
    found, logs = geometric(a, b), mean(np.log(a))
    assert found.value == pytest.approx(4.0)
    assert found[1:3] == pytest.approx(np.exp(logs[1:3]))
    assert found.spread == pytest.approx(2.0), "a factor"
    turned = geometric(b, a)
    assert (turned.low, turned.high) == pytest.approx((1 / found.high, 1 / found.low))
