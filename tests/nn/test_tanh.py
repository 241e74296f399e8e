"""The vectorised tanh against the C library's."""

import numpy as np
import pytest

from minigrow.nn.kernels import tanh_rows


@pytest.mark.kernels
def test_tanh_agrees_with_the_c_library_to_rounding_level():
    rng = np.random.default_rng(0)
    scales = [1e-300, 1e-16, 1e-8, 1e-3, 0.1, 0.34, 0.35, 1.0, 5.0, 19.0, 25.0, 1e3, 1e300]
    z = np.concatenate([scale * rng.uniform(-1, 1, 5000) for scale in scales] + [[0.0, 22.0, -22.0, np.inf, -np.inf]])
    out = z.copy()
    tanh_rows(out, np.empty(z.size, np.int64))
    expected = np.tanh(z)
    assert np.max(np.abs(out - expected) / np.spacing(np.abs(expected))) <= 4
    assert np.all(np.abs(out) <= 1)
