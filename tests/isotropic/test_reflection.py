"""The least direction on matrices of all shapes and spectra, with the SVD as witness."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.isotropic import Network
from minigrow.isotropic.reflection import lanczos, least_direction, reflect


def spectrum(kind, rng, m):
    """Singular values (m,): spread over decades, crowded together, equal, zero, or None for those of a normal matrix."""
    low = 10.0 ** rng.uniform(-12, 0)
    some = np.arange(m) < rng.integers(1, m + 1)
    return {
        "normal": None,
        "decades": 10.0 ** rng.uniform(-12, 0, m),
        "near": 1 + 1e-3 * rng.random(m),
        "crowded": np.where(np.arange(m) == 0, 2.0, 1 + low * rng.random(m)),
        "equal": np.where(some, low, 1.0),
        "one zero": np.where(np.arange(m) == 0, 0.0, 0.1 + rng.random(m)),
        "zeros": np.where(some, 0.0, 0.1 + rng.random(m)),
    }[kind]


def of_spectrum(kind, rng, m, d, dtype=np.float64):
    W, sigma = rng.standard_normal((m, d)), spectrum(kind, rng, m)
    if sigma is not None:
        U, _, Vt = np.linalg.svd(W, full_matrices=False)
        W = (U * sigma) @ Vt
    return W.astype(dtype)


KINDS = ("normal", "decades", "near", "crowded", "equal", "one zero", "zeros")
SHAPES = st.tuples(st.integers(1, 60), st.integers(0, 60))


def check_promise(W, r):
    """Witness: the SVD. |r'W| is within a millionth of sigma_m, and the angle is as small as the gap lets it be.

    Tolerances: 4 eps sigma_1 for the rounding of r, and 8 m eps sigma_1^2 for what the SVD itself knows of sigma^2.
    """
    eps, m = float(np.finfo(W.dtype).eps), len(W)
    W, r = W.astype(float), r.astype(float)
    U, sigma, _ = np.linalg.svd(W, full_matrices=False)
    assert np.linalg.norm(r) == pytest.approx(1, abs=20 * eps)
    r /= np.linalg.norm(r)
    length = np.linalg.norm(r @ W)
    assert length <= sigma[-1] * (1 + 1e-6) + 4 * eps * sigma[0]
    if m > 1 and sigma[-2] > sigma[-1]:
        sine, gap = np.linalg.norm(U[:, :-1].T @ r), sigma[-2] ** 2 - sigma[-1] ** 2
        excess = max(length**2 - sigma[-1] ** 2, 0) + 8 * m * np.finfo(float).eps * sigma[0] ** 2
        assert sine <= np.sqrt(excess / gap) + 4 * eps


@pytest.mark.parametrize("kind", KINDS)
@given(
    shape=SHAPES,
    seed=st.integers(0, 9999),
    dtype=st.sampled_from([np.float32, np.float64]),
    small=st.sampled_from([0, 100]),
)
def test_the_least_direction_keeps_its_promise_on_every_spectrum(kind, shape, seed, dtype, small):
    W = of_spectrum(kind, np.random.default_rng(seed), shape[0], sum(shape), dtype)
    check_promise(W, least_direction(W, small))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_wide_layers_keep_it_too(kind, dtype):
    """Here 40 steps are not enough for some spectra, and the residual must say so."""
    W = of_spectrum(kind, np.random.default_rng(3), 150, 200, dtype)
    check_promise(W, least_direction(W))


@pytest.mark.parametrize("shape", [(120, 120), (100, 900), (150, 160)])
def test_wide_layers_need_no_whole_decomposition(shape, monkeypatch):
    """Lanczos alone meets the promise on normal matrices and finds the vector itself; then the SVD is not called."""
    rng = np.random.default_rng(1)
    for kind in ("normal", "one zero", "crowded"):
        W = of_spectrum(kind, rng, *shape)
        U, sigma, _ = np.linalg.svd(W, full_matrices=False)
        r, length, residual = lanczos(W)
        assert length == pytest.approx(np.linalg.norm(r @ W), abs=1e-15)
        assert residual == pytest.approx(np.linalg.norm(W @ (W.T @ r) - length**2 * r), abs=1e-13)
        assert length <= sigma[-1] * (1 + 1e-6) + 1e-14
        if kind != "crowded":
            assert abs(abs(r @ U[:, -1]) - 1) < 1e-9
            with monkeypatch.context() as patch:
                patch.setattr("minigrow.isotropic.reflection.svd", None)
                np.testing.assert_allclose(abs(least_direction(W) @ U[:, -1]), 1, atol=1e-9)


@pytest.mark.parametrize("W", [np.zeros((3, 4)), np.eye(120), np.zeros((120, 130))])
def test_the_least_direction_of_zeros_and_of_the_identity(W):
    r = least_direction(W)
    assert np.linalg.norm(r) == pytest.approx(1)
    assert np.linalg.norm(r @ W) == pytest.approx(min(W.max(), 1))


@pytest.mark.parametrize("widths", [[2, 5, 2], [5, 2, 2]])
def test_a_layer_that_is_not_finite_is_not_turned(widths):
    net = Network.create(widths, rng=0)
    net.params["W1"][0, 0] = np.nan
    with pytest.raises(ValueError, match="a layer with NaN or infinite weights has no singular values"):
        reflect(net, 0)


def test_lanczos_that_stops_early_is_not_trusted():
    """After 3 steps the residual says that the direction is not there yet, so `least_direction` would decompose."""
    W = of_spectrum("near", np.random.default_rng(0), 120, 300)
    _, length, residual = lanczos(W, steps=3)
    assert residual > 1e-6 * length**2
