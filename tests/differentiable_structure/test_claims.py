"""Every claim on hand-made data in which it holds, is refuted, and is undecided; the interval of shifts against the test itself."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.experiments.differentiable_structure import (
    details,
)
from minigrow.experiments.differentiable_structure.rank import _exact, rank_test, shift

N = 12
STEADY = np.array([-1.0, 0.0, 1.0] * 4)  # a small spread around a value
WIDE = np.array([-9.0, 0.0, 9.0] * 4)  # one that reaches both sides of every limit
HOLDS, REFUTED, UNDECIDED = "holds", "refuted", "undecided"


def around(value, spread):
    return (value + spread).tolist()


def verdicts(module, data):
    return [claim.verdict for claim in module.claims(data)]


def curve(values, losses):
    return [{"neurons": [1, v], "loss": [20.0, x]} for v, x in zip(values, losses, strict=True)]


def details_data(neurons_, loss):
    base = {task: curve(np.full(5, 14.0), np.full(5, 9.0)) for task in details.TASKS}
    other = {task: curve(neurons_, loss) if task == "hard" else base[task] for task in details.TASKS}
    return {"names": ["as listed", "other"], "runs": [base, other]}


@pytest.mark.parametrize(
    ("data", "expected", "unit"),
    [
        (([14.0] * 5, [9.0] * 5), REFUTED, "neurons more"),
        (([20.0, 21, 22, 23, 24], [9.0] * 5), HOLDS, "neurons more"),
        (([2.0, 3, 4, 5, 6], [9.0] * 5), HOLDS, "neurons fewer"),
        (([14.0] * 5, [10.0, 11, 12, 13, 14]), HOLDS, "nats a chunk higher"),
        (([14.0] * 5, [1.0, 2, 3, 4, 5]), HOLDS, "nats a chunk lower"),
        (([20.0, 21, 22, 23, 14], [9.0] * 5), UNDECIDED, "neurons more"),
    ],
)
def test_details(data, expected, unit):
    (claim,) = details.claims(details_data(*data))
    assert (claim.verdict, claim.unit) == (expected, f"{unit} (98.75 % interval)")
    assert claim.measured >= 0


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
