"""Details that the laws cannot see: values by brute force, biases, borders."""

import numpy as np
import pytest

from minigrow.nn.spaces import entries
from minigrow.structure import judge, read
from minigrow.urn import Network
from minigrow.urn.fast.in_order import forward_in_order
from minigrow.urn.network import spectral_radius
from minigrow.urn.pool import living
from minigrow.urn.strengths import path_norm


@pytest.mark.parametrize("iterations", [1, 2, 3, 4])
def test_path_norm_is_the_sum_over_powers(iterations):
    net = Network.create(2, 2, size=8, iterations=iterations, rng=0)
    W = np.abs(net.W)
    total = sum(np.linalg.matrix_power(W, n)[6:, :2].sum() for n in range(1, iterations + 1))
    assert path_norm(net) == pytest.approx(total)


def test_sums_in_order_have_the_biases():
    for activation in ("tanh", "relu"):
        net, X = Network.create(2, 2, size=8, activation=activation, rng=0), np.eye(2)
        net.theta[entries(net, net.priced) :] = np.random.default_rng(1).standard_normal(6)
        assert np.allclose(forward_in_order(net, X), net(X))


def test_a_chain_lives_from_either_end():
    net = Network.create(1, 1, size=5, scale=0.0, rng=0)
    p = net.params
    p["Whx"][0], p["Whh"][1, 0], p["Wyh"][0, 1] = 1, 1, 1
    assert living(net).tolist() == [True, True, False]
    p["Wyh"][0, 2] = 1
    assert living(net).tolist() == [True, True, False]
    p["ch"][2] = 1
    assert living(net).tolist() == [True, True, True]


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
@pytest.mark.parametrize("iterations", range(1, 7))
def test_late_speakers_and_late_listeners_of_a_chain_are_dead(order, iterations):
    """Along input -> first -> ... -> fourth -> output, h_0 = 0: the i-th (from 0) speaks from step i + 1 on, and I - 1 is the last."""
    net = Network.create(1, 1, size=6, iterations=iterations, scale=0.0, rng=0)
    p = net.params
    p["Whx"][order[0]], p["Wyh"][0, order[-1]] = 1, 1
    p["Whh"][order[1:], order[:-1]] = 1
    alive = [i + 1 <= iterations - 1 and 4 - i <= iterations - 1 for i in range(4)]
    assert living(net)[order].tolist() == alive


def test_radius_of_a_rotation_is_its_modulus():
    net = Network.create(1, 1, size=4, rng=0)
    net.params["Whh"][...] = [[0, -3], [3, 0]]
    assert spectral_radius(net) == pytest.approx(3)


def test_two_steps_away_is_still_local_but_not_if_chance_does_as_well():
    W = np.zeros((4, 4))
    W[2, 0] = W[2, 1] = W[3, 2] = 1
    found = read(W, [0, 1], [3], positions=[0.0, 4.0, 2.0, np.nan])
    assert (found.local, found.chance) == (1.0, 1.0)
    assert judge(found).kind == "layered"
