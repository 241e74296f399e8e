"""What a neuron is worth: every criterion against sums by hand, and the optimal removal against least squares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.isotropic import Network, grow, left_diagonalise, prune
from minigrow.isotropic.corrections import PSI_VARIANTS
from minigrow.isotropic.criteria import SCORES, least, scores, signals, taken_over
from minigrow.isotropic.formulas import forward


@st.composite
def cases(draw, **options):
    """(left-diagonalised network, one of its hidden layers, inputs, labels), no parameter at zero."""
    widths = [draw(st.integers(2, 6)) for _ in range(draw(st.integers(3, 4)))]
    options = {"psi": draw(st.sampled_from(list(PSI_VARIANTS)))} | options
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    net = Network.create(widths, rng=rng, **options)
    for name, array in net.params.items():
        if name.startswith("psi") and net.psi in ("none", "expectation"):
            continue
        array[...] = rng.uniform(-2, 0, array.shape) if name == "lambda" else 0.6 * rng.standard_normal(array.shape)
    layer = draw(st.integers(0, len(widths) - 3))
    X = rng.standard_normal((40, widths[0]))
    return left_diagonalise(net, layer)[0], layer, X, rng.integers(widths[-1], size=40)


@given(cases())
def test_what_needs_no_data_by_hand(case):
    net, layer, _, _ = case
    W, V = net.params[f"W{layer + 1}"], net.params[f"W{layer + 2}"]
    for i in range(len(W)):
        sigma, heard = np.sqrt(sum(w * w for w in W[i])), np.sqrt(sum(v * v for v in V[:, i]))
        assert scores(net, layer)[i] == pytest.approx(sigma)
        assert scores(net, layer, "outgoing")[i] == pytest.approx(heard)
        assert scores(net, layer, "product")[i] == pytest.approx(sigma * heard)


@given(cases())
def test_activation_by_hand(case):
    net, layer, X, _ = case
    Z, rho = forward(net, X)
    x = np.tanh(rho[layer])[:, None] / rho[layer][:, None] * Z[layer]
    heard = np.linalg.norm(net.params[f"W{layer + 2}"], axis=0)
    found = scores(net, layer, "activation", X)
    np.testing.assert_allclose(found, [np.mean(abs(x[:, i])) * heard[i] for i in range(len(heard))], rtol=1e-10)


@given(cases())
def test_taylor_is_the_slope_of_the_loss_as_the_neuron_fades(case):
    """Witness: the loss with the outgoing column times 1 +- h, a central difference that is good to h^2."""
    net, layer, X, y = case
    found = scores(net, layer, "taylor", X, y)
    for i in range(len(found)):
        values = []
        for factor in (1 + 1e-5, 1 - 1e-5):
            params = {name: array.copy() for name, array in net.params.items()}
            params[f"W{layer + 2}"][:, i] *= factor
            values.append(net.with_params(params).gradient(X, y)[0])
        assert found[i] == pytest.approx(abs(values[0] - values[1]) / 2e-5, rel=1e-6, abs=1e-9)


@given(cases())
def test_signals_make_the_next_layer(case):
    net, layer, X, _ = case
    S, V = signals(net, layer, X)
    np.testing.assert_allclose(S @ V, forward(net, X)[0][layer + 1], atol=1e-12)
    with_psi = net.psi in ("constant", "trainable", "decay")
    assert S.shape == (40, net.widths[layer + 1] + 1 + with_psi)


@given(cases(psi="trainable"))
def test_optimal_removal_is_least_squares(case):
    """Witness: lstsq on the signals without the neuron, both what is left and the weights that leave it.

    Equal to 1e-10; where some signals follow from others, the lift of S'S costs two more digits.
    """
    net, layer, X, _ = case
    S, V = signals(net, layer, X)
    found, scale = scores(net, layer, "optimal", X), np.sum(S**2) * np.sum(V**2)
    tight = 1e-10 if np.linalg.cond(S) < 1e8 else 1e-8
    for i in range(net.widths[layer + 1]):
        others = np.delete(S, i, axis=1)
        best = np.linalg.lstsq(others, S @ V)[0]
        left = np.sum((S @ V - others @ best) ** 2) / len(S)
        assert found[i] == pytest.approx(left, rel=tight, abs=1e-16 * scale)
        mine = taken_over(net, layer, i, X)
        np.testing.assert_allclose(others @ mine, others @ best, atol=1e-9 * np.abs(S @ V).max())
        assert np.sum((S @ V - others @ mine) ** 2) / len(S) == pytest.approx(left, rel=10 * tight, abs=1e-16 * scale)


def test_no_other_weights_leave_less():
    net, _ = left_diagonalise(Network.create([5, 4, 3], rng=0), 0)
    rng = np.random.default_rng(1)
    X = rng.standard_normal((60, 5))
    S, V = signals(net, 0, X)
    others, mine = np.delete(S, 2, axis=1), taken_over(net, 0, 2, X)
    least_error = np.sum((S @ V - others @ mine) ** 2)
    for _ in range(50):
        assert np.sum((S @ V - others @ (mine + 0.01 * rng.standard_normal(mine.shape))) ** 2) > least_error
    assert least_error / 60 == pytest.approx(scores(net, 0, "optimal", X)[2])


@given(cases(psi="trainable"), st.booleans())
def test_what_the_others_can_say_costs_nothing(case, few):
    """A constant neuron is a multiple of the gain, which psi passes on; and with fewer rows than signals all can be said."""
    net, layer, X, _ = case
    net, _ = grow(net, layer, 1, rng=0, scale=0.5)
    net.params[f"b{layer + 1}"][-1] = 1.5
    scale = np.sum(np.square(signals(net, layer, X)[0])) * np.sum(net.params[f"W{layer + 2}"] ** 2)
    found = scores(net, layer, "optimal", X[:2] if few else X)
    assert found[-1] < 1e-16 * scale
    if few:
        np.testing.assert_allclose(found, 0, atol=1e-16 * scale)
    S, V = signals(net, layer, X)
    others = np.delete(S, net.widths[layer + 1] - 1, axis=1)
    np.testing.assert_allclose(others @ taken_over(net, layer, net.widths[layer + 1] - 1, X), S @ V, atol=1e-9)


@given(cases(), st.sampled_from(["sigma", "product", "outgoing"]), st.integers(1, 2))
def test_the_least_by_sorting(case, by, count):
    net, layer, _, _ = case
    found = scores(net, layer, by)
    count = min(count, len(found) - 1) or 1
    assert set(least(net, layer, count, by)) == set(sorted(range(len(found)), key=lambda i: (found[i], -i))[:count])


@given(cases())
def test_the_product_prunes_whom_the_scores_name(case):
    net, layer, X, _ = case
    if net.widths[layer + 1] > 1:
        after, _ = prune(net, layer, 1, by="product", X=X)
        kept = np.delete(scores(net, layer), least(net, layer, 1))
        np.testing.assert_allclose(np.sort(scores(left_diagonalise(after, layer)[0], layer)), np.sort(kept), atol=1e-9)


@pytest.mark.parametrize("by", SCORES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_are_pure_finite_and_not_negative(by, dtype):
    net, _ = left_diagonalise(Network.create([5, 4, 3], rng=0, dtype=dtype), 0)
    before = net.theta.copy()
    found = scores(net, 0, by, np.eye(5), np.arange(5) % 3)
    assert found.shape == (4,)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    np.testing.assert_array_equal(net.theta, before)


NET = Network.create([5, 4, 3], rng=0)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: scores(NET, 0, "size"), "by must be one of sigma, product, outgoing, activation, optimal, taylor"),
        (lambda: scores(NET, 1), "layer must be a hidden layer"),
        (lambda: scores(NET, 0, "activation"), 'by="activation" looks at data: pass X'),
        (lambda: scores(NET, 0, "optimal"), 'by="optimal" looks at data: pass X'),
        (lambda: scores(NET, 0, "taylor", np.eye(5)), 'by="taylor" looks at data: pass y'),
        (lambda: scores(NET, 0, "activation", np.eye(4)), "X must have 5 columns"),
        (lambda: scores(NET, 0, "taylor", np.eye(5), np.full(5, 3)), "labels must be whole numbers"),
        (lambda: taken_over(NET, 0, 4, np.eye(5)), "neuron must be in 0..3, got 4"),
        (lambda: taken_over(NET, 0, -1, np.eye(5)), "neuron must be"),
    ],
)
def test_refusals(ask, words):
    with pytest.raises(ValueError, match=words):
        ask()
