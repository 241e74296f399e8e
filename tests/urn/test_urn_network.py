"""The pool: what it refuses, that the fast path is the slow one, that running away is caught, that training is pure."""

import dataclasses

import numpy as np
import pytest

from minigrow import growth
from minigrow.growth import Diverged, Plan, load, save, start
from minigrow.nn import SGD, Adam
from minigrow.nn.losses import LOSSES
from minigrow.structure import judge, read_net
from minigrow.urn import Network, Strengths, grid, grow, line, prune, train
from minigrow.urn.embedding import embed_layers, embed_local, from_matrix, read_layers, read_local, read_residual
from minigrow.urn.fast.workspace import bind
from minigrow.urn.formulas import forward, gradient
from minigrow.urn.network import spectral_radius
from minigrow.urn.positions import distances
from minigrow.urn.strengths import block_soft_threshold, checked, prices, shrink, soft_threshold

XOR = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1.0]])
TARGET = XOR[:, :1] * XOR[:, 1:]
PLAN = Plan(steps=2000, batch=None, loss="mse")


def begun(net, optimiser=Adam(1e-2), rng=0):  # noqa: B008
    return start(net, optimiser, rng=rng)


def small():
    return Network.create(2, 1, size=8, rng=0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size": 2}, "size must be at least inputs . outputs = 2 . 1 = 3, got 2"),
        ({"iterations": 0}, "iterations must be a whole number >= 1, got 0"),
        ({"activation": "gelu"}, "activation must be one of tanh, relu"),
        ({"positions": [0.0, 1.0]}, "positions must be one for each of the 8 neurons"),
        ({"scale": -1.0}, "scale must be a finite number >= 0"),
        ({"inputs": 0}, "inputs must be"),
        ({"outputs": 0}, "outputs must be"),
        ({"dtype": "float16"}, "float32 or float64"),
    ],
)
def test_create_refuses(change, words):
    with pytest.raises(ValueError, match=words):
        Network.create(**{"inputs": 2, "outputs": 1, "size": 8, "rng": 0} | change)


def test_a_network_made_by_hand_iterates_at_least_once():
    with pytest.raises(ValueError, match="iterations must be a whole number >= 1, got 0"):
        dataclasses.replace(small(), iterations=0)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_fast_gradient_without_a_time_term_is_the_plain_one_at_every_call(loss):
    net, labels = Network.create(2, 2, size=8, rng=0), np.array([0, 1, 1, 0])
    y = {"softmax": labels, "blocks": labels[:, None]}.get(loss, np.eye(2)[labels])
    g = np.full_like(net.theta, np.nan)
    step, (value, expected) = bind(net, g, loss), net.gradient(XOR, y, loss)
    for _ in range(2):
        assert step(XOR, y) == pytest.approx(value)
        np.testing.assert_allclose(g, expected, rtol=1e-10, atol=1e-14)
    assert np.array_equal(gradient(net, XOR, y, loss)[1], expected)


@pytest.mark.parametrize("name", Strengths._fields)
def test_negative_strengths_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be a finite number >= 0, got -1"):
        train(begun(small()), XOR, TARGET, PLAN, Strengths(**{name: -1.0}))


def test_strengths_that_cannot_be_divided_by_are_refused():
    assert checked(Strengths(l1=1e-200)).l1 == 1e-200
    with pytest.raises(ValueError, match=r"l1 must be 0, or at least 1e-200 .* got 9e-201"):
        checked(Strengths(l1=9e-201))


def test_wire_without_positions_and_settling_beyond_the_end_are_refused():
    with pytest.raises(ValueError, match="needs positions"):
        train(begun(small()), XOR, TARGET, PLAN, Strengths(local=1.0))
    with pytest.raises(ValueError, match=r"settle must lie in 0\.\.10"):
        train(begun(small()), XOR, TARGET, PLAN._replace(steps=10), settle=11)
    with pytest.raises(ValueError, match=r"settle must lie in 0\.\.10"):
        train(begun(small()), XOR, TARGET, PLAN._replace(steps=30, since=20), settle=11)


def test_running_away_is_caught_with_radius_and_last_good_state():
    net = Network.create(2, 1, size=10, iterations=40, activation="relu", scale=3.0, rng=1)
    words = r"40 iterations of relu with spectral radius \S+ of the hidden weights; .* may help\. The rate 1 "
    with pytest.raises(Diverged, match=words) as caught:
        train(begun(net, SGD(rate=1.0)), XOR, TARGET, PLAN._replace(steps=50))
    assert spectral_radius(net) > 1
    assert np.isfinite(caught.value.run.net(XOR)).all()
    assert np.array_equal(caught.value.run.net.theta, net.theta)


def test_what_runs_away_late_leaves_the_run_at_the_last_stop():
    net = Network.create(2, 1, size=10, iterations=10, activation="relu", scale=0.5, rng=1)
    plan = PLAN._replace(steps=1000, every=2)
    with pytest.raises(Diverged) as caught:
        train(begun(net, SGD(rate=0.5)), XOR, TARGET, plan)
    run = caught.value.run
    assert run.step > 0
    assert np.array_equal(
        run.net.theta, train(begun(net, SGD(rate=0.5)), XOR, TARGET, plan._replace(steps=run.step)).net.theta
    )


def test_activations_are_the_state_that_is_read_out_and_the_outputs():
    net = Network.create(2, 1, size=8, iterations=4, rng=0)
    seen, p = net.activations(XOR), net.params
    assert np.array_equal(seen["x"], XOR)
    assert np.array_equal(seen["y"], net(XOR))
    assert np.array_equal(seen["h"], forward(net, XOR)[0][3])
    assert np.allclose(seen["y"], XOR @ p["Wyx"].T + seen["h"] @ p["Wyh"].T + p["cy"])


def test_radius_is_that_of_the_hidden_weights():
    net = Network.create(2, 1, size=10, rng=0)
    assert spectral_radius(net) == pytest.approx(np.abs(np.linalg.eigvals(net.W)).max())
    net.params["Whh"][0, 0] = np.nan
    assert spectral_radius(net) == np.inf


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_training_keeps_the_type_and_its_argument(dtype):
    net = Network.create(2, 1, size=8, rng=0, dtype=dtype)
    before, run = net.theta.copy(), begun(net)
    plan, how = PLAN._replace(steps=40, every=7), (Strengths(0.01, 0.01, 0, 0.01, 1), 20, 10)
    after = train(run, XOR, TARGET, plan, *how)
    assert after.net.theta.dtype == after.net(XOR.astype(dtype)).dtype == dtype
    assert all(slot.dtype == dtype for slot in after.state.slots)
    assert np.array_equal(net.theta, before)
    assert run.step == run.state.t == 0
    assert after.optimiser == run.optimiser
    assert np.array_equal(train(run, XOR, TARGET, plan, *how).net.theta, after.net.theta)


def test_xor_becomes_two_layers_with_real_zeros_and_the_pool_shrinks():
    net = Network.create(2, 1, size=28, rng=0)
    run = train(begun(net), XOR, TARGET, PLAN, Strengths(l1=0.03, time=0.003, loop=1), ramp=1000, settle=500)
    found = read_net(run.net)
    assert np.mean((run.net(XOR) - TARGET) ** 2) < 1e-3
    assert run.net.hidden < 10
    assert judge(found).kind == "layered"
    assert len(found.edges) == np.count_nonzero(run.net.W) < 20
    assert run.history.events[0].kind == "prune"
    assert run.history["step"].tolist() == [250, 500, 750, 1000, 1250, 1500, 1750, 2000]


def test_prices_of_a_weight_at_its_minimum():
    """One weight, loss (w - 1)^2: with l1 the minimum is at 1 - l1 / 2, and at 0 from l1 = 2 on; Adam and SGD agree."""
    net = Network.create(1, 1, size=2, iterations=1, rng=0)
    X, y = np.array([[1.0], [-1.0]]), np.array([[1.0], [-1.0]])
    for optimiser in (Adam(1e-2), SGD(1e-2)):
        for l1, expected in ((0.5, 0.75), (1.9, 0.05), (2.1, 0.0)):
            run = train(begun(net, optimiser), X, y, PLAN._replace(steps=3000), Strengths(l1=l1))
            assert run.net.theta[0] == pytest.approx(expected, abs=1e-3)
            assert (run.net.theta[0] == 0) == (expected == 0)


@pytest.mark.kernels
def test_compiled_threshold_equals_its_twin():
    rng = np.random.default_rng(0)
    for dtype in (np.float32, np.float64):
        w, r = rng.standard_normal(100).astype(dtype), rng.uniform(0, 1, 100).astype(dtype)
        r[0], w[1] = np.inf, 0
        expected = soft_threshold(w, r)
        shrink(w, r)
        assert np.array_equal(w, expected)


def test_group_removes_whole_columns():
    W = np.array([[3.0, 0.1], [4.0, 0.1]])
    assert np.array_equal(block_soft_threshold(W, 1.0)[:, 1], [0, 0])
    assert np.allclose(np.hypot(*block_soft_threshold(W, np.array([2.0, 0.0])).T[0]), 3)


def test_prices_by_entry():
    net = Network.create(1, 1, size=4, positions=[0.0, 1.0, 3.0, np.nan], rng=0)
    cost = dict(zip(net.shapes, np.split(prices(net, Strengths(l1=1, local=2, loop=5)), [2, 3, 7, 9, 11]), strict=True))
    assert cost["Whx"].tolist() == [3, 7]
    assert cost["Whh"].tolist() == [6, 5, 5, 6]
    assert cost["Wyh"].tolist() == [1, 1]
    assert cost["ch"].tolist() == [0, 0]


def test_pool_keeps_positions_with_their_neurons():
    net = Network.create(2, 1, size=6, positions=line(2, 3, 1, rng=0), rng=0)
    net.params["Wyh"][0, 1] = net.params["Whh"][:, 1] = 0
    fewer, event = prune(net)
    assert fewer.positions[:4] == (*net.positions[:3], net.positions[4])
    assert (event.before, event.after) == (3, 2)
    wide, _ = grow(fewer, 2, rng=0)
    assert wide.positions[:4] == fewer.positions[:4]
    with pytest.raises(ValueError, match="positions must be one for each of the 5 neurons"):
        growth.moved(net, event.moves)  # the positions do not follow by themselves
    assert all(0 <= place[0] <= 1 for place in wide.positions[4:6])
    assert not wide.params["Wyh"][:, 2:].any()
    assert wide.params["Whx"][2:].all()


def test_a_pool_without_anything_alive_keeps_one_neuron():
    net = Network.create(1, 1, size=5, scale=0.0, rng=0)
    assert prune(net)[0].hidden == 1


def test_nothing_dead_is_an_event_of_no_neurons():
    for net in (Network.create(1, 1, size=2, rng=0), small()):
        same, event = prune(net)
        assert same is net
        assert (event.kind, event.neurons, event.moves) == ("prune", 0, ())
    with pytest.raises(ValueError, match="neurons must be a whole number >= 1, got 0"):
        grow(small(), 0)


def test_new_neurons_listen_with_the_spread_that_was_asked_for():
    wide, _ = grow(small(), 500, rng=0, scale=3.0)
    assert wide.params["Whh"][5:, :5].std() == pytest.approx(3 / 508**0.5, rel=0.1)  # 7 standard errors
    assert not grow(small(), 2, rng=0, scale=0.0)[0].params["Whx"][5:].any()


def test_distances_and_grid():
    net = Network.create(4, 1, size=5, positions=grid(2, 2, 0, 1, rng=0), rng=0)
    assert distances(net)[0].tolist() == pytest.approx([0, 1, 1, 2**0.5, 0])
    hidden = grid(4, 2, 200, 0, rng=0)[8:]
    assert hidden.min() >= 0
    assert np.all(hidden.max(axis=0) <= [3, 1])
    assert np.all(hidden.max(axis=0) > [2.7, 0.9])  # all over the grid
    assert not grid(1, 3, 5, 1, rng=0)[3:8, 0].any(), "a single row has no height"
    assert not grid(3, 1, 5, 1, rng=0)[3:8, 1].any()
    with pytest.raises(ValueError, match="needs positions"):
        distances(Network.create(1, 1, size=2, rng=0))


def test_what_cannot_be_read_back_is_refused():
    net = Network.create(2, 2, size=6, rng=0)
    for reader, arguments in ((read_layers, [[2]]), (read_residual, [[2]]), (read_local, [2])):
        with pytest.raises(ValueError, match=r"more than layers|no identity"):
            reader(net, *arguments)
    with pytest.raises(ValueError, match="widths must add up to the 2 hidden"):
        read_layers(net, [3])
    with pytest.raises(ValueError, match="must be zero"):
        from_matrix(net, np.ones((6, 6)), np.zeros(6))
    with pytest.raises(ValueError, match="run forwards"):
        embed_layers([(np.ones((2, 2)), np.zeros(2))], skips=[(0, 1, np.ones((2, 2)))])
    with pytest.raises(ValueError, match=r"from layer 0 to 1 must .* have shape \(2, 3\), got \(1, 3\)"):
        embed_layers([(np.ones((2, 3)), np.zeros(2))], skips=[(1, 0, np.ones((1, 3)))])


def test_local_net_computes_windows_and_is_judged_local():
    rng = np.random.default_rng(0)
    W, b, V = rng.standard_normal((8, 3)), rng.standard_normal(8), rng.standard_normal((2, 8))
    net, X = embed_local(W, b, (V, np.zeros(2))), rng.standard_normal((5, 10))
    windows = np.stack([(X[:, i : i + 3] * W[i]).sum(axis=1) for i in range(8)], axis=1)
    assert np.allclose(net(X), np.tanh(windows + b) @ V.T)
    assert np.array_equal(read_local(net, 3)[0][0], W)
    assert judge(read_net(net)).kind == "local"


def test_the_shared_loop_trains_saves_and_continues_bit_for_bit(tmp_path):
    net = Network.create(2, 2, size=8, positions=line(2, 4, 2, rng=0), rng=0)
    y = (TARGET[:, 0] > 0).astype(int)
    plan = Plan(epochs=6, batch=2, policies=(_grown,), quiet=True)
    whole = growth.train(begun(net), XOR, y, plan)
    save(growth.train(begun(net), XOR, y, plan._replace(epochs=3)), tmp_path / "half.npz")
    rest = growth.train(load(tmp_path / "half.npz", Network), XOR, y, plan)
    assert whole.net.hidden == 5
    assert np.array_equal(rest.net.theta, whole.net.theta)
    assert len(rest.net.positions) == rest.net.size


def _grown(net, context):
    if context.epoch != 2:
        return net, ()
    wide, event = grow(net, 1, rng=context.rng)
    return wide, (event,)


@pytest.mark.parametrize(("iterations", "hidden"), [(1, 5), (2, 5), (3, 5), (6, 5), (4, 0)])
def test_cost_counts_the_multiply_adds_of_a_naive_loop(iterations, hidden):
    """x is multiplied once, h_0 = 0 never, and only the last read-out counts."""
    net = Network.create(3, 2, size=5 + hidden, iterations=iterations, rng=0)
    x, p, count, h = np.ones(3), net.params, 0, None

    def product(W, v):
        nonlocal count
        result = np.zeros(len(W))
        for i, j in np.ndindex(W.shape):
            result[i] += W[i, j] * v[j]
            count += 1
        return result

    y = product(p["Wyx"], x) + p["cy"]
    if iterations > 1:
        heard = product(p["Whx"], x) + p["ch"]
        for _ in range(iterations - 1):
            h = np.tanh(heard if h is None else heard + product(p["Whh"], h))
        y = y + product(p["Wyh"], h)
    assert np.allclose(y, net(x[None])[0])
    assert net.cost == count


def test_extra_iterations_of_an_iterating_net_matter():
    net = Network.create(2, 1, size=8, rng=0)
    assert not np.allclose(net(XOR), dataclasses.replace(net, iterations=5)(XOR))
