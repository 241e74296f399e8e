"""The data as the released programs make them, and first weights that twins share."""

import numpy as np
import pytest

from minigrow.nimble import controller, released
from minigrow.nimble.gates import GATES, mask
from minigrow.nimble.rules import AUXILIARY, RULES


@pytest.mark.parametrize("rule", [name for name in RULES if name not in AUXILIARY])
def test_all_rules_share_first_weights(rule):
    net, growing = controller([2, 5, 4, 3], rule, rng=7), controller([2, 5, 4, 3], rng=7)
    assert np.array_equal(net.theta[:-1], growing.theta[:-1])
    assert net.s == (1 if rule == "static" else growing.s)
    assert abs(growing.s) < 1e-4


def test_mixture_is_made_in_the_released_order():
    """Written out from the released program: noise first, then both axes scaled by their own extremes, y by the noisy ones."""
    n, noise = 400, 0.5
    x = np.linspace(-4, 4, n)
    y = sum(a * np.exp(-((x - c) ** 2) / (2 * w**2)) for c, w, a in ((-2, 0.5, 1), (0, 0.8, 1.5), (2, 0.3, 0.8)))
    y = y + noise * np.random.default_rng(3).standard_normal(n)
    X, Y = released.mixture(n, noise, np.random.default_rng(3))
    np.testing.assert_allclose(X[:, 0], x / 4, atol=1e-15)
    np.testing.assert_allclose(Y[:, 0], 2 * (y - y.min()) / (y.max() - y.min()) - 1, atol=1e-13)
    quiet = released.mixture(n, 0.0, np.random.default_rng(3))[1]
    late = quiet[:, 0] + noise * np.random.default_rng(3).standard_normal(n)
    assert np.abs(Y[:, 0] - late).max() > 0.1, "noise after scaling is another task"


def test_bessel_is_scaled_to_the_square():
    X, y = released.bessel(1001)
    assert [X.min(), X.max(), y.min(), y.max()] == [-1, 1, -1, 1]
    from minigrow.nimble.tasks import bessel_sum

    np.testing.assert_allclose(y, bessel_sum(X), atol=1e-4)  # which is scaled by extremes between the points


def test_a_curve_has_two_points_at_least():
    assert len(released.bessel(2)[0]) == 2
    with pytest.raises(ValueError, match="n must be a whole number >= 2, got 1"):
        released.bessel(1)


def test_spirals_are_scaled_on_both_axes_and_have_their_radii():
    X, y = released.spirals(900, 3, np.random.default_rng(0))
    assert X.shape == (900, 2)
    assert np.bincount(y).tolist() == [300, 300, 300]
    np.testing.assert_allclose([X.min(axis=0), X.max(axis=0)], [[-1, -1], [1, 1]], atol=1e-15)
    assert released.spirals(1000, 3, np.random.default_rng(0))[0].shape == (999, 2)


def test_split_is_a_fifth_for_testing():
    rows = released.split80(np.arange(50.0)[:, None], np.arange(50.0)[:, None], np.random.default_rng(0))
    assert [len(part) for part in rows] == [40, 40, 10, 10]
    assert np.array_equal(rows[0], rows[1])
    assert sorted(np.concatenate([rows[0], rows[2]])[:, 0]) == list(range(50))


@pytest.mark.parametrize("s", [1e-5, 0.1, 0.4402, 0.9, 1.0])
def test_released_gate_is_a_mask_of_length_one(s):
    """The released program calls its mask with length 1: floor and fraction of sin^2(pi c / 2), for the whole layer."""
    x = np.sin(np.pi / 2 * s) ** 2
    expected = 1.0 if np.floor(x) >= 1 else x - np.floor(x)
    gamma = GATES["scalar"].f(s, 7)[0]
    np.testing.assert_allclose(gamma, np.full(7, expected), rtol=1e-15)
    np.testing.assert_allclose(gamma[:1], mask(s, 1)[0], rtol=1e-15)
    net = controller([1, 7, 1], "released", rng=0)
    net.params["s"][0] = s
    p = net.params
    hidden = expected * np.tanh(0.3 * p["W1"][:, 0] + s * p["w1"] + p["b1"])
    np.testing.assert_allclose(net(np.array([[0.3]]))[0], p["W2"] @ hidden + p["b2"], rtol=1e-12)


def test_released_first_weights_are_uniform_in_one_over_root_inputs():
    """Bounds per layer, c counted among the inputs of the first; mean 0 and variance bound^2 / 3; biases are drawn, too."""
    net = controller([3, 4000, 2], init="fan_in_uniform", rng=0)
    p, first, last = net.params, 1 / np.sqrt(4), 1 / np.sqrt(4000)
    for name, bound in {"W1": first, "w1": first, "b1": first, "W2": last}.items():
        drawn = p[name]
        assert 0.99 * bound < np.abs(drawn).max() <= bound
        assert abs(drawn.mean()) < 5 * bound / np.sqrt(3 * drawn.size)  # five standard errors
        assert drawn.var() == pytest.approx(bound**2 / 3, rel=0.1)
    assert 0 < np.abs(p["b2"]).max() <= last
    assert abs(np.corrcoef(p["w1"], p["b1"])[0, 1]) < 0.1, "b is no copy of the weights"
    assert np.array_equal(net.theta, controller([3, 4000, 2], init="fan_in_uniform", rng=0).theta)
    assert not controller([3, 4, 2], rng=0).params["b1"].any()
