"""What the experiments share: jobs, limits, groups that obey the rule; the rank test against known values."""

import itertools

import numpy as np
import pytest

from minigrow.experiments.differentiable_structure import common, neurons
from minigrow.experiments.differentiable_structure.rank import _exact, rank_test


def test_jobs_depend_on_nothing_but_their_settings():
    job = common.Job((("easy", 50), ("hard", 100)), seed=3, every=10)
    assert common.curves(job) == common.curves(job)


def test_limits_are_the_entropies():
    p = 0.6
    h = -p * np.log(p) - (1 - p) * np.log(1 - p)
    assert common.LIMITS["easy"] == pytest.approx(40 / (2 + 2 / (1 - p)) * h / (1 - p), abs=1e-3)
    assert common.LIMITS["hard"] == pytest.approx(5 * np.log(6), abs=1e-3)


@pytest.mark.parametrize(
    ("a", "b", "U", "p"),
    [
        # Hollander and Wolfe 1973, table 4.1 (permeability of membranes); p from R's wilcox.test
        ([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.90, 0.74, 1.21], 35, 0.254412),
        ([1, 2, 3], [4, 5, 6], 0, 0.1),
        ([1, 1, 2], [1, 1, 2], 4.5, 1.0),
    ],
)
def test_rank_test_against_known_values(a, b, U, p):
    found = rank_test(a, b)
    assert (found.U, found.p) == (U, pytest.approx(p, abs=1e-6))
    assert rank_test(b, a).p == found.p


def test_exact_p_counts_all_arrangements_and_the_approximation_is_near():
    n, m = 4, 5
    for chosen in itertools.islice(itertools.combinations(range(n + m), n), 0, None, 7):
        rest = [i for i in range(n + m) if i not in chosen]
        U = max(rank_test(chosen, rest).U, n * m - rank_test(chosen, rest).U)
        tail = sum(
            sum(i > j for i in c for j in range(n + m) if j not in c) >= U
            for c in itertools.combinations(range(n + m), n)
        )
        assert rank_test(chosen, rest).p == pytest.approx(min(1, 2 * tail / 126))
    a, b = np.arange(25.0) + 0.5, np.arange(25.0) + 6
    found = rank_test(a, b)
    assert found.p == pytest.approx(_exact(25, 25, int(625 - found.U)), rel=0.1)
    assert rank_test([1], [1]).p == 1
    with pytest.raises(ValueError, match="both groups must have values"):
        rank_test([], [1])


def test_obedience_counts_reversed_groups_with_one_flip():
    assert neurons.obedience("(aaabbb)(bbbaab)(bbbaab)(ab") == {"whole": 1.0, "obeys": 0.5}
    assert neurons.obedience("abc") == {"whole": 0.0, "obeys": 0.0}
