"""Every claim of the pool's experiments on hand-made data in which it holds, is refuted, and is undecided."""

import numpy as np
import pytest

from minigrow.experiments.urn import lifetime, motifs, residual
from minigrow.experiments.urn.common import at_most, share

N = 20
WIDE = np.array([-1.0, 1.0] * (N // 2))  # runs that disagree, so that the interval of a median is wide
HOLDS, REFUTED, UNDECIDED = "holds", "refuted", "undecided"


def run_of(**values):
    usual = {
        "error": 1e-9, "accuracy": 100.0, "edges": 10, "neurons": 2, "depth": 2, "widths": [2, 2, 1], "skips": 0.0,
        "density": 1.0, "cycles": 0, "local": 0.9, "chance": 0.3, "wire": 5.0, "kind": "layered",
    }  # fmt: skip
    return usual | values


def runs_of(n=N, **columns):
    """Runs whose named numbers are one value for all, or an array with one for each run."""
    arrays = {name: [values] * n if np.isscalar(values) else list(values) for name, values in columns.items()}
    return [run_of(**{name: values[i] for name, values in arrays.items()}) for i in range(n)]


def some(hits, yes, no, n=N):
    return [yes] * hits + [no] * (n - hits)


def verdicts(module, data):
    return [claim.verdict for claim in module.claims(data)]


@pytest.mark.parametrize(
    ("hits", "n", "often", "seldom"),
    [(20, 20, HOLDS, REFUTED), (10, 10, UNDECIDED, REFUTED), (10, 20, REFUTED, REFUTED), (16, 20, UNDECIDED, REFUTED),
     (4, 20, REFUTED, UNDECIDED), (0, 10, REFUTED, UNDECIDED), (0, 20, REFUTED, HOLDS)],
)  # fmt: skip
def test_shares_of_seeds(hits, n, often, seldom):
    assert share("often", some(hits, True, False, n)).verdict == often
    assert at_most("seldom", some(hits, True, False, n)).verdict == seldom


@pytest.mark.parametrize(
    ("hits", "control", "shallow", "error", "expected"),
    [
        (20, 0, 20, 1e-9, HOLDS),
        (5, 15, 5, 1.0, REFUTED),
        (16, 4, 16, np.array(some(10, 1e-9, 1.0)), UNDECIDED),
    ],
)
def test_residual(hits, control, shallow, error, expected):
    late = runs_of(depth=some(shallow, 2, 3))
    runs = runs_of(kind=some(hits, "residual", "sparse"), error=error)
    other = runs_of(kind=some(control, "residual", "sparse"))
    cells = [("residual", 0.0, runs), ("residual", 0.1, late), ("branch", 0.0, other)]
    data = {"cells": [[name, "relu", 0.001, time, r] for name, time, r in cells]}
    assert verdicts(residual, data) == [expected] * 4


@pytest.mark.parametrize(
    ("edges", "accuracy", "expected"),
    [
        ([4, 15, 4, 15, 9], 100.0, HOLDS),
        ([15, 4, 15 + 4, 4, 9], 50.0, REFUTED),
        ([4, 4 + 3 * WIDE, 4 + 3 * WIDE[::-1], 4 + 3 * WIDE, 4], np.array(some(16, 100.0, 50.0)), UNDECIDED),
    ],
)
def test_lifetime(edges, accuracy, expected):
    columns = [np.broadcast_to(e, N) for e in edges]
    right = np.broadcast_to(accuracy, N)
    lives = [[{"edges": c[i], "accuracy": right[i], "error": 1e-6} for c in columns] for i in range(N)]
    assert verdicts(lifetime, {"ends": lives}) == [expected] * 10


@pytest.mark.parametrize(("change", "expected"), [(0 * WIDE + 1, HOLDS), (0 * WIDE - 1, REFUTED), (WIDE, UNDECIDED)])
def test_motifs(change, expected):
    loop, pair = motifs.name(motifs.FEEDFORWARD), "010100000"
    runs = [{"before": {loop: [0.1, 0.0], pair: [0.2, 1.0]}, "after": {loop: [0.3, 5.0 * c], pair: [0.2 - 0.1 * c, 0.0]}}
            for c in change]  # fmt: skip
    assert verdicts(motifs, {"runs": runs}) == [expected] * 2
