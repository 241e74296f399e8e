"""How the nimble experiments train one mask network: the error without its size term, and what a diverged run leaves."""

import numpy as np
import pytest

from minigrow import nimble
from minigrow.experiments.nimble import common
from minigrow.growth import Plan


def test_loss_without_the_size_term_is_the_error_before_the_last_step():
    x = np.linspace(-1, 1, 30)[:, None]
    net = nimble.controller([1, 4, 1], rng=0)
    last = common.trained(net, (x, x**2, x, x**2), Plan(41, None, "mse", record=41))[1].rows[-1]
    before = nimble.fit(x, x**2, net, plan=Plan(40, None, "mse", record=40))[0]
    assert last["loss"] - last["size_term"] == pytest.approx(np.mean((before(x) - x**2) ** 2), rel=1e-12)
    assert last["validation_loss"] < last["loss"] - last["size_term"], "the last step comes after the loss"


def test_a_diverged_network_ends_at_its_last_good_record():
    x = np.linspace(-1, 1, 30)[:, None]
    net = nimble.controller([1, 5, 1], "static", activation="identity", rng=0)
    plan = Plan(20000, None, "mse", record=1)
    last, life = common.trained(net, (1e100 * x, x, x, x), plan, rate=1e50)
    assert np.isfinite(last.theta).all()
    assert np.isfinite(life["loss"]).all()
    assert life["epoch"][-1] < 20000
