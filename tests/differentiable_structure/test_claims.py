"""Every claim on hand-made data in which it holds, is refuted, and is undecided; the interval of shifts against the test itself."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.experiments.differentiable_structure import (
    details,
    feedforward,
    residual,
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


def accuracies(**runs):
    return {
        name: [{"accuracy": float(a), "hidden": [[w]]} for a, w in zip(*pair, strict=True)]
        for name, pair in runs.items()
    }


@pytest.mark.parametrize(
    ("accuracy", "two_layers", "two_digits", "expected"),
    [
        (97 + STEADY / 9, 97 + STEADY / 9, 5 + STEADY, HOLDS),
        (90 + STEADY / 9, 80 + STEADY / 9, 50 + STEADY, REFUTED),
        (96.5 + STEADY, 96.0 + STEADY * 2, 12 + WIDE, UNDECIDED),
    ],
)
def test_feedforward(accuracy, two_layers, two_digits, expected):
    runs = accuracies(**{"ten digits": (accuracy, 12 + 0 * STEADY), "two digits": (accuracy, two_digits),
                         "ten digits, two layers": (two_layers, STEADY), "fixed 8": (90 + 0 * STEADY, STEADY),
                         "fixed 12": (96.9 + 0 * STEADY, STEADY)})  # fmt: skip
    assert verdicts(feedforward, {"sizes": [8, 12], "runs": runs}) == [expected] * 4


def test_repeats_that_split_the_same_digits_anew_have_wider_intervals():
    gap = 96.9 - 0.42 + STEADY / 9
    runs = accuracies(**dict.fromkeys(("ten digits", "two digits", "ten digits, two layers"), (gap, 12 + STEADY)))
    runs |= accuracies(**{"fixed 12": (96.9 + 0 * STEADY, STEADY)})
    claim = feedforward.claims({"sizes": [12], "runs": runs})[1]
    assert claim.verdict == UNDECIDED
    alone = (claim.high - claim.low) / np.sqrt(1 + N * feedforward.OVERLAP)
    assert claim.measured - alone / 2 > -0.5, "independent repeats would have decided"


@pytest.mark.parametrize(
    ("accuracy", "depths", "expected"),
    [
        (95 + STEADY / 9, (4 + STEADY, 1 + STEADY / 9), HOLDS),
        (90 + STEADY / 9, (3 + STEADY, 6 + STEADY), REFUTED),
        (94.5 + STEADY, (3 + WIDE, 3 + STEADY * 2), UNDECIDED),
    ],
)
def test_residual(accuracy, depths, expected):
    def runs(a, depth):
        return [{"accuracy": float(x), "depth": [1, float(d)]} for x, d in zip(a, depth, strict=True)]

    found = {name: runs(accuracy, depth) for name, depth in zip(residual.PULLS, depths, strict=True)}
    found |= {"fixed 0": runs(90 + 0 * STEADY, 0 * STEADY), "fixed 1": runs(94.9 + 0 * STEADY, 0 * STEADY)}
    assert verdicts(residual, {"depths": [0, 1], "runs": found}) == [expected] * 4


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
