"""Every claim of the pool's experiments on hand-made data in which it holds, is refuted, and is undecided."""

import numpy as np
import pytest

from minigrow.experiments.urn import motifs
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


@pytest.mark.parametrize(("change", "expected"), [(0 * WIDE + 1, HOLDS), (0 * WIDE - 1, REFUTED), (WIDE, UNDECIDED)])
def test_motifs(change, expected):
    loop, pair = motifs.name(motifs.FEEDFORWARD), "010100000"
    runs = [{"before": {loop: [0.1, 0.0], pair: [0.2, 1.0]}, "after": {loop: [0.3, 5.0 * c], pair: [0.2 - 0.1 * c, 0.0]}}
            for c in change]  # fmt: skip
    assert verdicts(motifs, {"runs": runs}) == [expected] * 2
