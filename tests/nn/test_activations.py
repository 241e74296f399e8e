"""Activations against textbook formulas and the theory of symmetric functions; slopes against finite differences."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minigrow.nn.activations import ACTIVATIONS, normal_cdf, sigmoid
from minigrow.nn.radial import BEND_SERIES, GAIN_SERIES, LEAK, RADIAL, SMALL, THRESHOLD, length

EVERY = {**ACTIVATIONS, **RADIAL}
BATCHES = arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 6)), elements=st.floats(-8, 8))

TEXTBOOK = {
    "identity": lambda z: z,
    "tanh": lambda z: (math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z)),
    "relu": lambda z: max(z, 0.0),
    "gelu": lambda z: z * 0.5 * (1 + math.erf(z / math.sqrt(2))),
    "silu": lambda z: z / (1 + math.exp(-z)),
    "relu1": lambda z: max(z, 0.0),
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "softplus": lambda z: math.log(1 + math.exp(z)),
}
GAINS = {
    "isotropic_tanh": lambda r: math.tanh(r) / r,
    "isotropic_identity": lambda r: 1.0,
    "isotropic_leaky": lambda r: 0.1 + 0.9 * math.tanh(r) / r,
    "isotropic_threshold": lambda r: max(1 - 0.5 / r, 0.0),
    "isotropic_algebraic": lambda r: 1 / math.sqrt(1 + r * r),
}


@pytest.mark.parametrize("name", TEXTBOOK)
@given(Z=BATCHES)
def test_element_wise_values(name, Z):
    expected = np.array([[TEXTBOOK[name](z) for z in row] for row in Z])
    np.testing.assert_allclose(ACTIVATIONS[name].forward(Z), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", GAINS)
@given(Z=BATCHES)
def test_radial_values(name, Z):
    expected = [row * (GAINS[name](math.sqrt(row @ row)) if row.any() and row @ row > 0 else 1.0) for row in Z]
    np.testing.assert_allclose(RADIAL[name].forward(Z), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(Z=BATCHES)
def test_the_second_derivative_is_the_slope_of_the_first(name, Z):
    act, step = ACTIVATIONS[name], 1e-6
    Z = np.where(np.abs(Z) < 1e-4, 1e-2, Z)  # away from the kinks at 0
    slope = (act.df(Z + step) - act.df(Z - step)) / (2 * step)
    np.testing.assert_allclose(act.ddf(Z), slope, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_and_slope_at_zero_are_what_the_table_says(name):
    act, zero = ACTIVATIONS[name], np.zeros(1)
    assert (act.f(zero)[0], act.df(zero)[0]) == pytest.approx((act.at_zero, act.slope), abs=1e-15)


@pytest.mark.parametrize("name", EVERY)
@given(Z=BATCHES, seed=st.integers(0, 99))
def test_backward_is_the_transposed_jacobian(name, Z, seed):
    act, rng, step = EVERY[name], np.random.default_rng(seed), 1e-6
    Z = Z + 1e-3  # away from the kinks at 0
    if name == "isotropic_threshold":
        Z = Z[np.abs(np.linalg.norm(Z, axis=1) - THRESHOLD) > 1e-3]
    G, V = rng.standard_normal(Z.shape), rng.standard_normal(Z.shape)
    if name in ("relu", "relu1"):
        Z = np.where(np.abs(Z) < 1e-4, 1e-2, Z)
    slope = np.sum(G * (act.forward(Z + step * V) - act.forward(Z - step * V))) / (2 * step)
    np.testing.assert_allclose(np.sum(act.backward(Z, G) * V), slope, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", EVERY)
def test_value_and_slope_at_zero(name):
    act, zero = EVERY[name], np.zeros((1, 3))
    np.testing.assert_array_equal(act.forward(zero), np.full((1, 3), act.at_zero))
    np.testing.assert_allclose(act.backward(zero, np.ones((1, 3))), act.slope, atol=1e-15)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_type_is_kept(name, dtype):
    act, Z = EVERY[name], np.linspace(-2, 2, 12, dtype=dtype).reshape(3, 4)
    assert act.forward(Z).dtype == dtype
    assert act.backward(Z, np.ones_like(Z)).dtype == dtype
    assert name in RADIAL or act.ddf(Z).dtype == dtype


@pytest.mark.parametrize("name", EVERY)
def test_extreme_inputs_stay_finite(name):
    Z = np.array([[1e6, -1e6, 1e-300, 0.0], [0.0, 0.0, 0.0, -0.0], [1e-12, 0, 0, 0]])
    assert np.isfinite(EVERY[name].forward(Z)).all()
    assert np.isfinite(EVERY[name].backward(Z, np.ones_like(Z))).all()


@pytest.mark.parametrize("name", [a.name for a in EVERY.values() if a.analytic])
def test_analytic_activations_take_complex_numbers(name):
    Z = np.array([[0.9, 0.4], [0.01, 0.02]])
    moved = EVERY[name].forward(Z + 1e-30j * np.ones_like(Z))
    np.testing.assert_allclose(moved.real, EVERY[name].forward(Z), rtol=1e-14)
    np.testing.assert_allclose(moved.imag.sum() / 1e-30, EVERY[name].backward(Z, np.ones_like(Z)).sum(), rtol=1e-12)


def test_gelu_alone_is_not_analytic():
    assert [a.name for a in EVERY.values() if not a.analytic] == ["gelu"]


@given(z=st.floats(-1e4, 1e4))
def test_sigmoid_is_the_logistic_function_and_symmetric(z):
    found = sigmoid(np.array(z))
    assert found == pytest.approx(1 / (1 + math.exp(-z)) if z > -700 else 0.0, rel=1e-9, abs=1e-15)
    assert found + sigmoid(np.array(-z)) == pytest.approx(1)


@given(z=arrays(np.float64, st.tuples(st.integers(0, 3), st.integers(1, 3)), elements=st.floats(-9, 9)))
def test_normal_cdf_has_the_shape_it_was_given(z):
    found = normal_cdf(z)
    assert found.shape == z.shape
    np.testing.assert_allclose(found.ravel(), [0.5 * math.erfc(-v / math.sqrt(2)) for v in z.ravel()], atol=1e-15)


def test_the_series_joins_the_formula_where_they_meet():
    above, below = np.nextafter(SMALL, 1), np.nextafter(SMALL, 0)
    for name in ("isotropic_tanh", "isotropic_leaky"):
        act = RADIAL[name]
        assert abs(act.gain(np.array([above])) - act.gain(np.array([below]))) < 1e-14
        assert abs(act.bend(np.array([above])) - act.bend(np.array([below]))) < 1e-11


@given(rho=st.floats(1e-6, 3))
def test_bend_is_the_slope_of_the_gain_over_rho(rho):
    for act in RADIAL.values():
        if act.name == "isotropic_threshold" and abs(rho - THRESHOLD) < 1e-3:
            continue
        moved = act.gain(np.array([rho * (1 + 1e-30j)])).imag / (rho * 1e-30)
        np.testing.assert_allclose(act.bend(np.array([rho])), moved / rho, rtol=1e-9, atol=1e-9)


def test_series_of_tanh():
    tanh = [1.0, -1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925]
    assert list(GAIN_SERIES) == pytest.approx(tanh, rel=1e-15)
    assert list(BEND_SERIES) == pytest.approx([2 * k * tanh[k] for k in range(1, 6)], rel=1e-15)
    assert RADIAL["isotropic_tanh"].bend(np.zeros(1)) == pytest.approx(-2 / 3)
    assert LEAK == 0.1


@given(Z=BATCHES, o=st.floats(0, 9))
def test_length_with_intrinsic_length(Z, o):
    np.testing.assert_allclose(length(Z, o), [math.sqrt(o + sum(z * z for z in row)) for row in Z], rtol=1e-14)


def test_at_the_threshold_a_neuron_is_silent_still():
    act, rho = RADIAL["isotropic_threshold"], np.array([THRESHOLD])
    assert act.gain(rho) == act.bend(rho) == 0


def test_relu_takes_sides_by_the_real_part():
    act, Z = ACTIVATIONS["relu"], np.array([[-1.0, 0.0, 2.0]])
    np.testing.assert_array_equal(act.backward(Z, np.full((1, 3), 5.0)), [[0, 0, 5]])
    np.testing.assert_array_equal(act.f(Z + 1j), [[0, 0, 2 + 1j]])


def test_codes_of_the_compiled_profiles_are_their_own():
    assert sorted(act.code for act in RADIAL.values()) == list(range(len(RADIAL)))
