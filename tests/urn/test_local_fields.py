"""Windows against brute force, data on their geometry, and networks whose wiring is frozen."""

from itertools import combinations

import numpy as np
import pytest

from minigrow.datasets import Dataset
from minigrow.experiments.urn import arms, fields, frozen, geometry, sweep
from minigrow.nn import MLP
from minigrow.urn import Network
from minigrow.urn.embedding import embed_local


def brute(p, w):
    """The narrowest pair of places between which MOST of the weight lies, by trying all pairs."""
    size, found = np.abs(w), []
    for a, b in [*combinations(p, 2), *((x, x) for x in p)]:
        low, high = min(a, b), max(a, b)
        if size[(p >= low) & (p <= high)].sum() >= fields.MOST * size.sum() - 1e-12:
            found.append(high - low)
    return min(found)


@pytest.mark.parametrize("seed", range(20))
def test_windows_are_the_shortest_by_brute_force_in_one_and_two_dimensions(seed):
    rng = np.random.default_rng(seed)
    places, w = rng.integers(0, 12, (9, 2)).astype(float), rng.standard_normal(9)
    assert fields.window(places[:, :1], w) == pytest.approx(brute(places[:, 0], w))
    assert fields.window(places, w) == pytest.approx(np.mean([brute(axis, w) for axis in places.T]))


def test_windows_of_a_locally_connected_net_and_of_the_same_net_shuffled():
    rng = np.random.default_rng(0)
    net = embed_local(np.ones((36, 5)), np.zeros(36), (np.ones((1, 36)), np.zeros(1)))
    assert fields.widths(net)["first"][0] == 3.0  # 4 of 5 equal weights hold 80 %
    assert fields.fields(net)["first"] < 0.2
    shuffled = rng.permutation(40)[:, None].astype(float)
    assert 0.85 < fields.fields(net, shuffled)["first"] < 1.15, "in a random order a window is what chance gives"
    assert set(fields.fields(net)) == {"first"}, "there are no wires among hidden neurons"


def test_wires_that_lead_nowhere_make_no_field():
    net = embed_local(np.ones((3, 2)), np.zeros(3), (np.array([[1.0, 1.0, 0.0]]), np.zeros(1)))
    assert fields.widths(net)["first"][0] == 1.0
    net.params["Whx"][2] = 1.0  # the third neuron feeds no output
    assert fields.widths(net)["first"][0] == 1.0


def images(shape, n=5):
    X = np.arange(n * np.prod(shape), dtype=np.float32).reshape(n, -1)
    return Dataset(X, np.arange(n) % 2, "made", ("0", "1"), shape)


@pytest.mark.parametrize(("shape", "short"), [((8, 8), (8, 8)), ((28, 28), (14, 14)), ((3, 32, 32), (16, 16)),
                                              ((32, 32, 3), (16, 16)), ((33, 20), (16, 10))])  # fmt: skip
def test_images_are_averaged_until_they_fit(shape, short):
    found = geometry.blocks(images(shape), 256, 2)
    assert found.shape == short
    assert found.X.shape == (5, short[0] * short[1])
    full = geometry.grey(images(shape), 2)
    k = full.shape[1] // short[0]
    assert found.X[2, 1] == pytest.approx(full[2, :k, k : 2 * k].mean(), rel=1e-5)


def test_colours_first_and_last_are_the_same_grey():
    first = images((3, 4, 5))
    last = first._replace(X=first.X.reshape(5, 3, 4, 5).transpose(0, 2, 3, 1).reshape(5, -1), shape=(4, 5, 3))
    assert np.array_equal(geometry.grey(first, 2), geometry.grey(last, 2))


def test_signals_stay_on_a_line():
    assert geometry.blocks(images((40,)), 64, 1).shape == (40,)
    assert geometry.blocks(images((100,)), 64, 1).shape == (50,)


@pytest.mark.parametrize(
    ("shape", "inputs", "axes", "words"),
    [((40,), 64, 2, "urn.signals"), ((8, 8), 64, 1, "urn.images"), ((224, 224), 256, 2, "smaller"),
     ((1000, 2), 64, 2, "smaller"), ((9, 8, 8), 64, 2, "4 colours")],
)  # fmt: skip
def test_other_samples_and_too_large_ones_say_what_to_do(shape, inputs, axes, words):
    with pytest.raises(ValueError, match=words):
        geometry.blocks(images(shape, 2), inputs, axes)


def test_shuffled_points_are_the_same_points_elsewhere():
    plain, shuffled = (geometry.placed("mnist-1d", 3, 64, 1, shuffled=s) for s in (False, True))
    order = shuffled.own[:, 0].astype(int)
    assert sorted(order) == list(range(40))
    assert list(order) != sorted(order)
    assert np.array_equal(shuffled.train.X, plain.train.X[:, order])
    assert np.array_equal(shuffled.test.X, plain.test.X[:, order])
    assert np.array_equal(shuffled.places, plain.places)


def test_rates_are_tuned_on_rows_that_are_not_judged():
    held, judged = (geometry.placed("mnist-1d", 0, 64, 1, validation=v) for v in (True, False))
    assert (len(held.train.y), len(held.test.y), len(judged.test.y)) == (3200, 800, 1000)


def test_a_frozen_mask_stays_and_a_dense_one_computes_what_an_mlp_does():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((40, 6)).astype(np.float32), rng.integers(3, size=40)
    net = frozen.layered([rng.random((5, 6)) < 0.5, np.ones((3, 5), bool)], 0)
    after = frozen.train_frozen(net, X, y, 1e-2, 40, 10, 0)
    assert np.array_equal(after.W != 0, net.W != 0)
    assert not np.array_equal(after.W, net.W)
    dense = frozen.layered(frozen.dense([6, 5, 4, 3]), 0)
    mlp = MLP.create([6, 5, 4, 3], "relu", rng=0, dtype=np.float32)
    blocks = (slice(0, 6), slice(6, 11), slice(11, 15), slice(15, 18))
    for l in range(3):
        mlp.params[f"W{l + 1}"][...] = dense.W[blocks[l + 1], blocks[l]]
        mlp.params[f"b{l + 1}"][...] = 0
    assert np.allclose(dense(X), mlp(X), atol=1e-5)


@pytest.mark.parametrize("windows", [(4.0,), (4.0, 8.0), (10.0, 3.0)])
def test_a_locally_connected_net_has_the_windows_and_the_edges(windows):
    *hidden, out = frozen.local(40, windows, 3000, 10)
    total = sum(int(mask.sum()) for mask in [*hidden, out])
    assert 3000 <= total < 3150
    assert out.all()
    first = hidden[0]
    middle = first[len(first) // 2]
    assert abs(middle.sum() - (windows[0] + 1)) <= 1
    assert np.ptp(np.flatnonzero(middle)) == middle.sum() - 1


def test_the_wiring_that_is_kept_is_the_pools():
    job = arms.Job("mnist-1d", 1, "priced", 0, 1e-2, local=1e-3, size=70, steps=40, inputs=64)
    found = arms.one(job)
    kept, _ = arms.trained(job._replace(arm="kept", mask=found["mask"]))
    pool, _ = arms.trained(job)
    assert np.array_equal(kept.W != 0, pool.W != 0)
    assert isinstance(kept, Network)


def test_a_pool_without_hidden_neurons_says_so():
    with pytest.raises(ValueError, match="no hidden neuron"):
        arms.one(arms.Job("mnist-1d", 1, "free", 0, 1e-2, size=50, inputs=64))


def test_accuracy_at_as_many_edges_lies_on_the_line_between():
    row = lambda edges, accuracy: {"edges": edges, "accuracy": accuracy}  # noqa: E731
    record = {"free": [[row(100, 50.0)], [row(10000, 70.0)]], "priced": [[row(1000, 0.0)]], "shuffled": [[row(1, 0.0)]]}
    assert sweep.at_edges(record, "priced") == pytest.approx([60.0])
    assert sweep.at_edges(record, "shuffled") == pytest.approx([50.0])
    record["free"].reverse()
    assert sweep.at_edges(record, "priced") == pytest.approx([60.0])
