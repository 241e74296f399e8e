"""Precomputation and nested classes: a tiny run, and every claim where it holds, is refuted and is undecided."""

import numpy as np
import pytest

from minigrow.experiments.isotropic import precomputed

TINY = precomputed.FULL | {"repeats": 2, "width": 6, "steps": 20, "rows": [1, 20]}


def test_end_to_end(tmp_path):
    outcome = precomputed.run(TINY, 0, map)
    claims = precomputed.claims(outcome.data)
    assert len(claims) == 8
    assert [c.verdict for c in claims if "takes less" not in c.claim] == ["holds"] * 4
    precomputed.draw(outcome.data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(precomputed.FIGURES)


def hand_made(precomputed=3.0, wider=0.0, times=(0.5, 0.5, 0.5)):
    layered = np.array([[2.0, 3.0]] * 3)
    rows = {"precomputed": [1.0, precomputed, 2.0], "wider": [0.0, wider, 0.0], "layered": layered.tolist()}
    return {
        "rows": [1, 1000],
        "measured": {"digits": rows | {"products": (layered * np.array(times)[:, None]).tolist()}},
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ["holds"] * 4),
        ({"precomputed": 65.0}, ["refuted", "holds", "holds", "holds"]),
        ({"wider": 65.0}, ["holds", "refuted", "holds", "holds"]),
        ({"times": (2.0, 2.1, 2.2)}, ["holds", "holds", "refuted", "refuted"]),
        ({"times": (0.5, 0.9, 1.4)}, ["holds", "holds", "undecided", "undecided"]),
    ],
)
def test_claims(change, expected):
    assert [c.verdict for c in precomputed.claims(hand_made(**change))] == expected


def test_a_deviation_is_told_in_eps_of_the_largest_logit():
    z = np.array([[4.0, -8.0]])
    assert precomputed.deviation(z, z + 8 * np.finfo(float).eps) == 1.0
