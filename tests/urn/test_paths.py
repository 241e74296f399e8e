"""The path norm as a price: against sums over walks, differences, a plain loop, and the conditions of a minimum."""

import itertools

import numpy as np
import pytest

from minigrow import growth
from minigrow.growth import Plan, start
from minigrow.growth.basis import rescale
from minigrow.nn import SGD, Adam
from minigrow.nn.params import views
from minigrow.nn.spaces import entries
from minigrow.nn.wrappers import ONE, bind
from minigrow.urn import Network, Priced, Strengths, penalty, train
from minigrow.urn.fast import paths as fast
from minigrow.urn.paths import path_gradient, path_norm, path_sum
from minigrow.urn.pricing import metric
from minigrow.urn.strengths import soft_threshold

X = np.random.default_rng(0).standard_normal((20, 2))
Y = np.sin(2 * X[:, :1]) + X[:, 1:]


def pool(iterations=3, size=8, **options):
    return Network.create(2, 2, size=size, iterations=iterations, rng=iterations, **options)


def walks(net):
    """Every walk of at most I edges from an input to an output, neuron by neuron."""
    S, d = net.size, net.inputs
    hidden, outputs = range(d, d + net.hidden), range(d + net.hidden, S)
    for edges in range(1, net.iterations + 1):
        for middle in itertools.product(hidden, repeat=edges - 1):
            for first, last in itertools.product(range(d), outputs):
                yield (first, *middle, last)


@pytest.mark.parametrize("iterations", [1, 2, 3, 4])
def test_norm_and_gradient_are_sums_over_walks(iterations):
    net = pool(iterations)
    W, total, G = np.abs(net.W), 0.0, np.zeros((net.size, net.size))
    for walk in walks(net):
        steps = list(itertools.pairwise(walk))
        sizes = [W[to, source] for source, to in steps]
        total += np.prod(sizes)
        for n, (source, to) in enumerate(steps):
            G[to, source] += np.prod(sizes[:n] + sizes[n + 1 :])
    assert path_norm(net) == pytest.approx(total)
    assert np.allclose(net.with_theta(path_gradient(net)).W, G)
    assert np.allclose(net.with_theta(fast.bind(net)()).W, G)


def test_the_gradient_follows_differences_of_the_norm():
    net = pool(4)
    for i in range(net.theta.size):
        up, down = net.theta.copy(), net.theta.copy()
        up[i], down[i] = up[i] * (1 + 1e-6), down[i] * (1 - 1e-6)
        slope = (path_norm(net.with_theta(up)) - path_norm(net.with_theta(down))) / (2e-6 * abs(net.theta[i]) + 1e-300)
        assert slope == pytest.approx(path_gradient(net)[i], rel=1e-6, abs=1e-8)


def test_a_share_of_the_norm_has_no_scale_and_each_walk_is_counted_once_for_each_of_its_edges():
    net = pool(3, activation="relu")
    other = growth.moved(net, [growth.Move("h", rescale(np.array([0.1, 3.0, 7.0, 0.5])))])
    share = np.abs(net.theta) * path_gradient(net)
    assert np.allclose(np.abs(other.theta) * path_gradient(other), share)
    size = np.abs(net.theta)
    tripled = path_sum(net, 1.001 * size) - path_sum(net, 0.999 * size)
    assert share.sum() == pytest.approx(
        tripled / 0.002, rel=1e-5
    )  # Euler: sum |w| dP/d|w| = sum over walks of edges x product


def test_fast_twin_follows_theta_and_float32():
    net = pool(3, dtype=np.float32)
    through = fast.bind(net)
    assert through().dtype == np.float32
    net.theta[:] *= -2
    assert np.allclose(through(), path_gradient(net), rtol=1e-5)


def test_penalty_reports_it():
    net = pool(2)
    assert penalty(net, Strengths(path=0.5), np.ones((3, 2)))["path"] == 0.5 * path_norm(net)


def test_a_priced_step_is_the_readable_one():
    net = pool(3, size=9)
    optimiser, s = Priced(Adam(1e-2), Strengths(l1=0.002, path=0.03)), Strengths(l1=0.002, path=0.03)
    by_hand, state, twin = net.theta.copy(), start(net, Adam(1e-2)).state, np.empty_like(net.theta)
    other, g = net.with_theta(by_hand), np.empty_like(net.theta)
    step, box = bind(optimiser, net, g, "mse", ONE), start(net, Adam(1e-2)).state
    y, priced = np.hstack([Y, -Y]), entries(net, net.priced)
    for _ in range(60):
        step.gradient(X, y)
        box = step.update(box)
        twin = other.gradient(X, y, "mse")[1]
        G = path_gradient(other)
        theta, state = Adam(1e-2).step(state, other.theta, twin)
        unit = metric(Adam(1e-2), state, theta)
        theta[:priced] = soft_threshold(theta, unit * (s.l1 + s.path * G))[:priced]
        other = other.with_theta(theta)
    assert np.allclose(net.theta, other.theta, rtol=1e-9, atol=1e-12)
    assert np.array_equal(net.theta == 0, other.theta == 0)
    assert (net.theta[:priced] == 0).sum() > 3


def test_where_training_ends_the_loss_with_the_path_norm_goes_down_in_no_direction():
    path, rng = 0.02, np.random.default_rng(0)
    run = start(Network.create(2, 1, size=7, iterations=3, activation="relu", rng=4), SGD(0.05), rng=0)
    net = train(run, X, Y, Plan(steps=40000, batch=None, loss="mse", quiet=True), Strengths(path=path)).net
    price, g = path * path_gradient(net), net.gradient(X, Y, "mse")[1]
    zero = net.theta == 0
    assert zero[: entries(net, net.priced)].any()
    assert np.allclose(g[~zero], -np.sign(net.theta[~zero]) * price[~zero], atol=1e-5)
    assert np.all(np.abs(g[zero]) <= price[zero] + 1e-5)
    cost = lambda theta: net.with_theta(theta).gradient(X, Y, "mse")[0] + path * path_norm(net.with_theta(theta))  # noqa: E731
    here = cost(net.theta)
    directions = rng.standard_normal((50, net.theta.size))
    assert all(cost(net.theta + 1e-4 * u / np.linalg.norm(u)) > here - 1e-9 for u in directions)


def test_strengths_of_an_older_checkpoint_have_no_path_price():
    old = Priced(Adam(), (0.01, 0.0, 0.0, 0.0, 1.0), 0, 10)
    assert old.at(10) == Strengths(l1=0.01, loop=1.0)
    assert old.at(10).path == 0


def test_a_negative_price_is_refused():
    with pytest.raises(ValueError, match="path must be"):
        train(start(pool(), SGD(), rng=0), X, np.hstack([Y, Y]), Plan(steps=1, loss="mse"), Strengths(path=-1.0))


def test_wires_on_no_path_cost_nothing():
    net = pool(2)
    assert not views(path_gradient(net), net.shapes)["Whh"].any()
    assert not views(path_gradient(net), net.shapes)["ch"].any()
