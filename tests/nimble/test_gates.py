"""Gates: values the paper gives, slopes against complex step, the compiled twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.nimble.fast import kernels
from minigrow.nimble.gates import GATES, mask, neurons_on, smooth_step
from minigrow.nn import complex_step

sizes = st.one_of(st.floats(-2, 12), st.integers(-1, 11).map(float))


@pytest.mark.kernels
@pytest.mark.parametrize("name", GATES)
@given(s=sizes, m=st.integers(1, 12))
def test_compiled_gates_equal_their_twin(name, s, m):
    gamma, slope = GATES[name].f(s, m)
    found = np.full((2, m), np.nan)
    on = kernels.gates(GATES[name].code, s, 1.0, *found)
    np.testing.assert_allclose(found[0], gamma, rtol=0, atol=1e-14)  # sin of up to 12 pi, m times
    np.testing.assert_allclose(found[1], slope, rtol=0, atol=1e-12)
    assert on == (np.flatnonzero(found[0])[-1] + 1 if found[0].any() else 0)


@pytest.mark.parametrize("name", GATES)
@given(s=st.floats(0.01, 1.99), m=st.integers(1, 12))
def test_slopes_are_the_derivatives(name, s, m):
    gamma, slope = GATES[name].f(s, m)
    expected = [complex_step(lambda z, i=i: GATES[name].f(z[0], m)[0][i], np.array([s]))[0] for i in range(m)]
    np.testing.assert_allclose(slope, expected, atol=1e-13 * m)
    assert np.all((gamma >= 0) & (gamma <= 1))


def test_smooth_step_takes_the_values_of_the_paper():
    theta, slope = smooth_step(np.array([-0.1, 0.0, 1 / 3, 0.5, 1.0, 1.1]))
    np.testing.assert_allclose(theta, [0, 0, 0.25, 0.5, 1, 1], atol=1e-15)
    np.testing.assert_allclose(slope, [0, 0, np.pi / 2 * np.sin(np.pi / 3), np.pi / 2, 0, 0], atol=1e-15)


def test_mask_is_ones_then_a_fraction_then_zeros():
    c = 2 / np.pi * np.arcsin(np.sqrt(0.37))  # p = 3.7 of 10
    np.testing.assert_allclose(mask(c, 10)[0], [1, 1, 1, 0.7, 0, 0, 0, 0, 0, 0], atol=1e-14)
    assert np.flatnonzero(mask(c, 10)[1]).tolist() == [3]
    assert neurons_on(1.0, 10)[0] == 10
    assert mask(1.0, 10)[0].tolist() == [1.0] * 10
