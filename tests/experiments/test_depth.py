"""Depth: Jacobians and gradients against differences, the formula of one layer, and every claim in three verdicts."""

import json

import numpy as np
import pytest

from minigrow.datasets import from_arrays
from minigrow.experiments.isotropic import common, depth
from minigrow.experiments.isotropic.depth import ISOTROPIC, SIDES, TANH
from minigrow.nn import MLP
from minigrow.nn.losses import LOSSES

TINY = depth.QUICK | {"repeats": 2, "width": 5, "depths": [1, 3], "steps": 3, "samples": 7}


def shaken(net):
    net = depth.plain(net)
    return net.with_theta(net.theta + 0.2 * np.random.default_rng(0).standard_normal(net.theta.size))


@pytest.mark.parametrize(
    "make", [lambda w: common.network(w, 0, o="none", psi="none"), lambda w: common.tanh_network(w, 0)]
)
def test_jacobians_against_complex_steps(make):
    net, X = shaken(make([4, 5, 6, 3])), np.random.default_rng(1).standard_normal((3, 4))
    found = depth.jacobians(net, X)
    assert found.shape == (3, 3, 4)
    for j in range(4):
        step = np.zeros((1, 4), complex)
        step[0, j] = 1e-30j
        Z, _ = depth.forward(net, X + step)
        assert found[:, :, j] == pytest.approx(Z[-1].imag / 1e-30, rel=1e-9, abs=1e-12)


def test_one_isotropic_layer_has_the_singular_values_of_its_formula():
    net = MLP.create([6, 6, 6], "isotropic_tanh", init="orthogonal", rng=0)
    x = np.random.default_rng(2).standard_normal((1, 6))
    rho = np.linalg.norm(x)
    expected = sorted([np.tanh(rho) / rho] * 5 + [1 / np.cosh(rho) ** 2])
    assert sorted(np.linalg.svd(depth.jacobians(net, x)[0], compute_uv=False)) == pytest.approx(expected)


def test_a_linear_network_keeps_its_signals():
    W = np.eye(4)
    net = MLP.create([4, 4, 4], "isotropic_identity", rng=0)
    net = net.with_params({"W1": W, "b1": np.zeros(4), "W2": 2 * W, "b2": np.zeros(4)})
    data = from_arrays(np.random.default_rng(0).standard_normal((9, 4)), np.arange(9) % 4)
    found = depth.anatomy(net, data)
    assert found["jacobian"] == pytest.approx(np.log(2) / 2)
    assert found["length"] == pytest.approx(np.linalg.norm(data.X, axis=1).mean())
    assert len(found["gradient"]) == 2


def test_gradients_against_differences():
    net = shaken(common.network([4, 5, 3], 0, o="none", psi="none"))
    data = from_arrays(np.random.default_rng(3).standard_normal((6, 4)), np.arange(6) % 3)
    for l, found in zip((1, 2), depth.gradients(net, data), strict=True):
        total = 0.0
        for entry in np.ndindex(net.params[f"W{l}"].shape):
            losses = []
            for sign in (1, -1):
                moved = net.with_theta(net.theta.copy())
                moved.params[f"W{l}"][entry] += sign * 1e-5
                losses.append(LOSSES["softmax"](moved(data.X), data.y)[0])
            total += ((losses[0] - losses[1]) / 2e-5) ** 2
        assert found == pytest.approx(np.sqrt(total), rel=1e-6)


def test_the_perceptron_is_the_network_without_o_and_psi():
    net = common.network([4, 3, 3, 2], 0, o="none", psi="none")
    X = np.random.default_rng(0).standard_normal((5, 4))
    assert depth.plain(net)(X) == pytest.approx(common.in_float64(net)(X))
    assert np.abs(depth.plain(common.tanh_network([4, 3, 3, 2], 0))(X) - depth.plain(net)(X)).max() > 0.01


def test_end_to_end(tmp_path):
    data = json.loads(json.dumps(depth.run(TINY, 1, lambda f, jobs: [f(job) for job in jobs]).data))
    assert len(depth.claims(data)) == 12
    assert [("gradient" in row["start"]) for row in data["rows"]] == [False, True] * 4
    depth.draw(data, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(depth.FIGURES)


def made(deep=80.0, spread=0.1, gap=5.0, jacobian=0.0, ahead=0.1, noise=0.001):
    around, rows = np.linspace(-1, 1, 10), []
    for side in SIDES:
        for d, accuracy in ((1, 90.0), (64, deep)):
            less = gap if side == TANH and d == 64 else 0.0
            J = jacobian + noise * around if side == ISOTROPIC else np.full(10, jacobian - ahead)
            rows.append({"data": "mnist-1d", "side": side, "depth": d, "start": {"jacobian": J}, "end": {"jacobian": J},
                         "accuracy": accuracy - less + (spread * around if d == 64 and side == ISOTROPIC else 0 * around)})  # fmt: skip
    return {"overlap": {"mnist-1d": 0.0}, "rows": rows}


@pytest.mark.parametrize(
    ("index", "refuted", "undecided"),
    [
        (0, {"deep": 20.0}, {"deep": 45.0}),
        (1, {"gap": -5.0}, {"gap": 0.0}),
        (2, {"jacobian": -0.2}, {"jacobian": -0.05}),
        (3, {"ahead": -0.1}, {"ahead": 0.0}),
        (4, {"jacobian": 0.2}, {"jacobian": 0.05}),
        (5, {"ahead": -0.1}, {"ahead": 0.0}),
    ],
)
def test_claims(index, refuted, undecided):
    found = [depth.claims(made(**change))[index].verdict for change in ({}, refuted, undecided)]
    assert found == ["holds", "refuted", "undecided"]
