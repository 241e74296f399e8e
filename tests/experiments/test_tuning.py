"""Tuning rates: grids are widened where their best rate stands on the edge, and say so where it stays there."""

import math

import pytest

from minigrow.experiments.claims import above, judge, mean
from minigrow.experiments.tuning import settled, tuned, tuned_each


def peak(at):
    return lambda rates: [-abs(math.log10(rate / at)) for rate in rates]


@pytest.mark.parametrize("at", [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0])
def test_an_optimum_outside_the_first_grid_is_found_inside_the_last(at):
    found = tuned(peak(at), [1e-3, 1e-2, 1e-1])
    assert found.rate == pytest.approx(at)
    assert not found.edge
    assert found.rates[0] < found.rate < found.rates[-1]
    assert list(found.scores) == pytest.approx(peak(at)(found.rates))


def test_a_score_without_optimum_says_so_after_the_stated_number_of_widenings():
    found = tuned(list, [1.0, 2.0], widenings=3)
    assert found.edge
    assert found.rates == (1, 2, 4, 8, 16)
    assert found.rate == 16
    assert tuned(list, [1.0, 2.0], widenings=0).rates == (1, 2)


def test_factor():
    assert tuned(peak(100.0), [1.0, 10.0], factor=3.0, widenings=2).rates == (1, 10, 30, 90)


def test_equal_scores_are_no_reason_to_widen():
    found = tuned(lambda rates: [100.0] * len(rates), [1e-3, 1e-2, 1e-1])
    assert not found.edge
    assert found.rate == 1e-2
    assert len(found.rates) == 3


def test_a_run_that_fails_is_the_worst():
    assert tuned(lambda rates: [math.nan if rate > 1 else rate for rate in rates], [0.5, 1.0, 2.0]).rate == 1


def test_every_rate_of_every_key_is_asked_for_once_and_rounds_are_common():
    rounds = []

    def score(asked):
        rounds.append(asked)
        return [-abs(math.log10(rate / at)) for at, rate in asked]

    found = tuned_each(score, [0.01, 1.0, 10.0], [1e-3, 1e-2, 1e-1])
    assert {key: one.rate for key, one in found.items()} == pytest.approx({0.01: 0.01, 1.0: 1.0, 10.0: 10.0})
    assert [len(asked) for asked in rounds] == [9, 2, 2, 1]
    asked = [pair for one in rounds for pair in one]
    assert len(set(asked)) == len(asked)


def test_one_rate_alone_is_refused():
    with pytest.raises(ValueError, match="all edge"):
        tuned(list, [1.0])


@pytest.mark.parametrize(("edge", "verdict"), [(False, "holds"), (True, "undecided")])
def test_a_rate_at_the_edge_decides_nothing(edge, verdict):
    assert judge("", "", settled(mean([1.0, 1.1, 1.2]), edge), "", above(0)).verdict == verdict
