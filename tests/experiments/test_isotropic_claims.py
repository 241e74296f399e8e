"""Claims are judged on data alone: hand-made data for which each claim holds, and one change that makes it fail."""

import numpy as np
import pytest

from minigrow.experiments.isotropic import (
    selfsizing,
)

SHAKE = np.array([-0.01, 0.0, 0.01])  # three repeats that differ a little, so that intervals exist


def failing(module, data):
    return [i for i, claim in enumerate(module.claims(data)) if not claim.holds]


def selfsizing_data(reference=96.5, narrow=90.0, auto=96.0):
    return {"widths": [4, 32], "fixed": [narrow + SHAKE, reference + 2 * SHAKE], "auto": (auto + SHAKE).tolist()}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"reference": 95.9}, [0]),
        ({"narrow": 84.0}, [1]),
        ({"narrow": 93.0}, [1]),
        ({"auto": 95.0}, [2]),
        ({"auto": 89.0}, [2, 3]),
    ],
)
def test_selfsizing(change, expected):
    assert failing(selfsizing, selfsizing_data(**change)) == expected
