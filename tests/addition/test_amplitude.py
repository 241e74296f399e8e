"""The line search on losses whose best amplitude is known."""

import numpy as np
import pytest

from minigrow.addition.amplitude import GRID, least_of, line_search
from minigrow.addition.proposal import appended, apply, look
from minigrow.nn import MLP
from minigrow.nn.losses import LOSSES


@pytest.mark.parametrize("best", [1e-4, 0.013, 0.7, 1.0, 3.0, 90.0, 1e4])
def test_a_quadratic_is_found_to_within_the_grids_factor(best):
    found = least_of(lambda g: (g - best) ** 2, GRID)
    assert best / 1.5 <= found.g <= best * 1.5
    assert found.inside
    assert found.losses.min() == (found.g - best) ** 2
    assert found.amplitudes[0] == 0 and np.all(np.diff(found.amplitudes) > 0)  # noqa: PT018
    assert np.array_equal(found.losses, (found.amplitudes - best) ** 2)


def test_a_direction_that_only_harms_is_not_taken():
    assert least_of(lambda g: g, GRID).g == 0
    assert least_of(lambda g: 1.0, GRID).g == 0  # of equal losses the smallest amplitude
    assert least_of(lambda g: np.inf if g else 1.0, GRID).g == 0


def test_the_grid_is_widened_only_so_often_and_says_so():
    found = least_of(lambda g: -g, (1.0, 2.0, 4.0), widenings=5)
    assert found.g == 4 * 2**5
    assert not found.inside
    small = least_of(lambda g: -g if g < 1e-3 else g, (1.0, 2.0))
    assert 0.5e-3 <= small.g < 1e-3


def quadratic():
    """A linear network and a proposal whose loss at amplitude g is (g^2 - target)^2 / 2 + a constant, on X held out."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((50, 2))
    net = MLP.create([2, 1, 1], "identity", rng=0).with_theta(np.zeros(5))
    A, B = np.array([[1.0], [0], [0]]), np.array([[1.0]])
    return net, appended("mine", look(net, 0, X, X[:, :1], "mse"), A, B), X


@pytest.mark.parametrize("target", [0.25, 1.0, 4.0, 4096.0])
def test_a_network_whose_best_amplitude_is_known(target):
    net, proposal, X = quadratic()
    found = line_search(net, 0, proposal, X, target * X[:, :1], "mse")
    assert found.g == target**0.5
    assert found.losses.min() < 1e-25
    before = LOSSES["mse"](net(X), target * X[:, :1])[0]
    assert found.losses[0] == before
    assert found.reason == f"scaled by (g) {target**0.5:.3g}, which takes the held-out loss from {before:.4g} to 0"


def test_a_sixteenth_to_four_are_tried_and_two_amplitudes_are_grid_enough():
    net, proposal, X = quadratic()
    tried = line_search(net, 0, proposal, X, X[:, :1], "mse").amplitudes
    assert tried.tolist() == [0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4]
    assert line_search(net, 0, proposal, X, X[:, :1], "mse", (1.0, 2.0)).g == 1


def test_held_out_data_may_say_no():
    net, proposal, X = quadratic()
    assert line_search(net, 0, proposal, X, -X[:, :1], "mse").g == 0


def test_the_search_is_the_same_every_time_and_leaves_the_network_alone():
    net, proposal, X = quadratic()
    before = net.theta.copy()
    one, two = (line_search(net, 0, proposal, X, 0.3 * X[:, :1], "mse") for _ in range(2))
    assert one.g == two.g
    assert np.array_equal(one.losses, two.losses)
    assert np.array_equal(net.theta, before)


def test_the_losses_are_those_of_the_grown_network():
    rng = np.random.default_rng(1)
    net, X, y = MLP.create([4, 3, 3], rng=1), rng.standard_normal((30, 4)), rng.integers(3, size=30)
    proposal = appended("mine", look(net, 0, X, y), rng.standard_normal((5, 2)), rng.standard_normal((2, 3)))
    found = line_search(net, 0, proposal, X, y)
    for g, loss in zip(found.amplitudes, found.losses, strict=True):
        assert loss == LOSSES["softmax"]((apply(net, 0, proposal, g)[0] if g else net)(X), y)[0]


def test_a_kept_function_leaves_nothing_to_search():
    net, proposal, X = quadratic()
    kept = proposal._replace(B=np.zeros((1, 1)), kept=True)
    found = line_search(net, 0, kept, X, X[:, :1], "mse")
    assert found.g == 1
    assert found.losses[0] == found.losses[1]


@pytest.mark.parametrize(
    "grid", [(1.0,), (0.0, 1.0), (1.0, 2.0, 3.0), (2.0, 1.0), (1.0, 1.0), (1.0, np.nan), (-1.0, 2.0)]
)
def test_only_a_geometric_grid_can_be_widened(grid):
    net, proposal, X = quadratic()
    with pytest.raises(ValueError, match="grid must rise from above 0 by a constant factor"):
        line_search(net, 0, proposal, X, X[:, :1], "mse", grid)
