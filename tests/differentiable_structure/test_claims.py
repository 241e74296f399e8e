"""The interval of shifts against the rank test itself."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from minigrow.experiments.differentiable_structure.rank import _exact, rank_test, shift


@given(st.integers(0, 2**32 - 1), st.integers(3, 7), st.integers(3, 7), st.sampled_from([0.05, 0.0125]))
def test_the_interval_of_shifts_is_what_the_exact_test_does_not_reject(seed, n, m, level):
    """Witness: move b by a trial shift and ask the test; inside the interval it does not reject, outside it does."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(1, 1, n), rng.normal(0, 1, m)
    found = shift(a, b, level)
    if _exact(n, m, n * m) > level:
        assert np.isnan(found.low)
        return
    for by, inside in ((found.low, True), (found.high, True), (found.low, False), (found.high, False)):
        outwards = (1 if by == found.high else -1) * (-1 if inside else 1)
        assert (rank_test(a, b + by + 1e-9 * outwards).p > level) == inside
    assert found.low <= found.value <= found.high
    mirrored = shift(b, a, level)
    assert (mirrored.low, mirrored.high) == (-found.high, -found.low)


def test_the_median_of_all_differences_by_brute_force():
    a, b = [3.0, 9.0, 4.0], [1.0, 2.0, 8.0]
    assert shift(a, b).value == np.median([x - y for x, y in itertools.product(a, b)])
