"""What `watch` records is what the network computes: its own outputs, its own neurons, cheaply, and nothing is disturbed."""

from types import SimpleNamespace

import numpy as np
import pytest

from minigrow import differentiable_structure as ds
from minigrow import growth, isotropic, nimble, urn
from minigrow.addition import Adding, Every
from minigrow.differentiable_structure.areas import Areas
from minigrow.growth import History, Plan, shown, start, train, watch
from minigrow.growth.contract import MEMBERS
from minigrow.growth.watch import joined
from minigrow.isotropic.diagonalise import left_diagonalise, singular_values
from minigrow.nn import MLP, AdamW, softmax
from minigrow.nn.radial import RADIAL, length

RNG = np.random.default_rng(0)
X, Y = RNG.uniform(-1, 1, (60, 2)), RNG.integers(3, size=60)
NETS = {
    "mlp": MLP.create([2, 5, 3], rng=0),
    "isotropic": isotropic.Network.create([2, 5, 4, 3], rng=0),
    "nimble A": nimble.auxiliary([2, 6, 5, 3], goal=2, size=2.5, rng=0),
    "nimble B": nimble.controller([2, 6, 3], rng=0),
    "urn": urn.Network.create(2, 3, size=9, rng=0),
    "areas": Areas.create(2, 3, (4,), [("a1", "x"), ("y", "a1")], rng=0),
}


@pytest.mark.parametrize("name", NETS)
def test_the_surface_is_the_networks_own_output_at_the_points_that_about_names(name):
    net, seen = NETS[name], watch(X, Y, grid=5)
    plane = seen.about["plane"]
    surface = seen(net)["surface"]
    assert surface.shape == (25, 3)
    assert surface.dtype == np.float16
    for i, y in enumerate(np.linspace(*plane["y"], 5)):
        for j, x in enumerate(np.linspace(*plane["x"], 5)):
            np.testing.assert_allclose(surface[5 * i + j], softmax(net(np.array([[x, y]])))[0], atol=1e-3)


@pytest.mark.parametrize("name", ["mlp", "isotropic", "nimble A", "nimble B", "urn"])
def test_activities_have_the_inputs_first_the_outputs_last_and_a_number_for_each_neuron(name):
    net, seen = NETS[name], watch(X, Y, samples=6)
    columns, said = seen(net), net.activations(X[:6])
    spaces = [key[9:] for key in columns if key.startswith("activity.")]
    assert spaces == list(net.sizes)
    for space, size in net.sizes.items():
        assert columns[f"activity.{space}"].shape == (6, size) == said[space].shape
        assert columns[f"activity.{space}"].dtype == np.float16
    np.testing.assert_array_equal(said[spaces[0]], X[:6])
    np.testing.assert_allclose(said[spaces[-1]], net(X[:6]), rtol=1e-13)


def test_hidden_activities_are_those_of_each_methods_equations():
    """Written out here once more, from the equations at the top of each method's `formulas`."""
    x = X[:4]
    p = NETS["mlp"].params
    np.testing.assert_allclose(NETS["mlp"].activations(x)["h1"], np.tanh(x @ p["W1"].T + p["b1"]))
    net = NETS["isotropic"]
    z = x @ net.params["W1"].T + net.params["b1"]
    gain = RADIAL[net.activation].gain(length(z, net.intrinsic[0]))
    np.testing.assert_allclose(net.activations(x)["h1"], gain[:, None] * z)
    net = NETS["nimble A"]
    p = net.params
    z = x @ p["W1"].T + net.parts.seen * net.s * p["w1"] + p["b1"]
    np.testing.assert_allclose(net.activations(x)["h1"], net.gates(0)[0] * np.tanh(z), atol=1e-15)
    net, h = NETS["urn"], 0
    p = net.params
    for _ in range(net.iterations - 1):
        h = np.tanh(x @ p["Whx"].T + p["ch"] + h @ p["Whh"].T if np.ndim(h) else x @ p["Whx"].T + p["ch"])
    np.testing.assert_allclose(net.activations(x)["h"], h)


def test_a_neuron_has_a_singular_value_in_the_singular_basis_only():
    net = NETS["isotropic"]
    turned, _ = left_diagonalise(net, 1)
    seen = watch()(turned)
    np.testing.assert_allclose(seen["sigma.h2"], singular_values(net, 1), rtol=1e-3)
    other = turned.with_theta(turned.theta + 0.1)
    assert np.isnan(watch()(other)["sigma.h2"]).all()
    assert not any(key.startswith("sigma.") for key in watch()(NETS["mlp"]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_layer_that_was_just_pruned_stands_in_its_singular_basis(dtype):
    net = isotropic.Network.create([64, 40, 30, 10], init="glorot", rng=0, dtype=dtype)
    small, _ = isotropic.prune(net, 0, 7)
    np.testing.assert_allclose(small.singular["h1"], singular_values(net, 0)[:33], rtol=1e-3)
    assert np.isnan(small.singular["h2"]).all()


def test_a_line_has_the_functions_graph_and_the_data():
    x = np.linspace(-1, 1, 50)[:, None]
    net = nimble.controller([1, 4, 1], rng=0)
    seen = watch(x, x**2, loss="mse", task="Learn a parabola.", names=["time", "height"])
    line = seen.about["line"]
    assert line["names"] == ["time", "height"]
    assert (line["x"][0], line["x"][-1]) == (-1.2, 1.2)
    np.testing.assert_allclose(seen(net)["surface"], net(np.array(line["x"])[:, None]), atol=1e-3)
    assert np.shape(seen.about["points"]) == (50, 2)
    assert seen.about["points"][0] == [-1.0, 1.0]


def test_other_losses_show_what_their_outputs_stand_for():
    net = MLP.create([2, 3, 1], rng=0)
    points = watch(X, Y > 0, grid=4).grid
    binary = watch(X, (Y > 0).astype(float), loss="binary", grid=4)(net)["surface"]
    np.testing.assert_allclose(binary, 1 / (1 + np.exp(-net(points))), atol=1e-3)
    np.testing.assert_allclose(watch(X, X[:, :1], loss="mse", grid=4)(net)["surface"], net(points), atol=2e-3)


def test_points_are_at_most_400_and_carry_the_label_whatever_its_form():
    many = RNG.uniform(size=(1000, 2))
    labels = RNG.integers(2, size=1000)
    points = watch(many, labels).about["points"]
    assert len(points) == 400
    assert {tuple(p) for p in points} <= {
        tuple(float(f"{v:.4g}") for v in (*x, k)) for x, k in zip(many, labels, strict=True)
    }
    assert watch(many, np.eye(2)[labels]).about["points"] == shown.points(many, labels.tolist(), "softmax") == points
    assert watch(many, many[:, :1], loss="mse").about["points"][0][2] == pytest.approx(many[0, 0], rel=1e-3)
    assert "points" not in watch(many).about
    with pytest.raises(ValueError, match="as many rows, got 1000 and 3"):
        shown.points(many, labels[:3], "softmax")


def test_samples_are_taken_from_all_classes_and_described():
    images = RNG.uniform(3, 9, (30, 64))
    y = np.repeat([2, 0, 1], 10)
    seen = watch(images, y, samples=4, image=(8, 8), classes="abc")
    words = [sample["words"] for sample in seen.about["samples"]]
    assert words == ["a", "b", "c", "a"]
    np.testing.assert_array_equal(seen.samples, images[[10, 20, 0, 11]])
    shown = np.array([sample["image"] for sample in seen.about["samples"]])
    assert (shown.min(), shown.max(), shown.shape) == (0, 1, (4, 64))
    assert seen.about["image"] == [8, 8]
    assert "plane" not in seen.about
    assert "surface" not in seen(MLP.create([64, 3], rng=0))
    assert len(watch(images, y, samples=99).about["samples"]) == 30
    assert "samples" not in watch(images, y).about


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"X": X[:1], "y": Y[:1], "samples": 1, "classes": "abc"}, "abc"[Y[0]]),
        ({"X": X[:1], "samples": 1}, f"({X[0, 0]:.3g}, {X[0, 1]:.3g})"),
        ({"X": np.zeros((1, 8)), "samples": 1}, "(0, 0, 0, 0, 0, 0, 0, 0)"),
        ({"X": np.zeros((1, 9)), "samples": 1}, "a sample"),
        ({"X": np.zeros((1, 9)), "y": np.array([1]), "samples": 1}, "class 1"),
        ({"X": np.zeros((1, 1)), "y": np.array([[0.25]]), "samples": 1, "loss": "mse"}, "(0): target 0.25"),
        ({"X": np.zeros((1, 1)), "y": np.array([1]), "samples": 1, "loss": "binary"}, "(0): class 1"),
    ],
)
def test_a_sample_is_named_by_what_is_known_of_it(given, words):
    assert watch(**given).about["samples"] == [{"words": words}]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"image": (8, 8)}, "an image of 8 x 8 has 64 pixels, but X has 2 columns"),
        ({"grid": 1}, "grid must be a whole number >= 2"),
        ({"samples": -1}, "samples must be a whole number >= 0"),
        ({"loss": "x"}, "loss must be one of"),
        ({"image": (0, 2)}, "a side of the image must be a whole number >= 1"),
        ({"y": Y[:3]}, "as many rows"),
        ({"X": np.zeros((2, 3)), "y": Y[:3]}, "as many rows, got 2 and 3"),
        ({"X": np.full((60, 2), np.nan)}, "X must hold finite real numbers to be shown"),
        ({"y": Y * 1j}, "y must hold finite real numbers to be shown"),
        ({"classes": ["a", "b", None]}, "each of classes that is no word must be a number, got None"),
    ],
)
def test_what_makes_no_sense_ends_in_a_message(given, words):
    with pytest.raises(ValueError, match=words):
        watch(**({"X": X, "y": Y} | given))


def test_a_column_that_never_changes_has_a_range_all_the_same():
    assert watch(np.ones((3, 2))).about["plane"]["x"] == [0.0, 2.0]
    assert watch(np.ones((1, 4)), samples=1, image=(2, 2)).about["samples"][0]["image"] == [0, 0, 0, 0]


def test_a_network_that_does_not_tell_its_activities_is_recorded_without_them():
    net = SimpleNamespace(**{name: getattr(NETS["mlp"], name) for name in MEMBERS})
    assert watch(np.zeros((1, 3)), samples=1)(net).keys() == growth.snapshot(net).keys()


def test_a_recurrent_network_is_recorded_without_a_surface():
    text = "(ab)(abab)" * 20
    seen = watch(text, task="Predict the next symbol.")
    net, history = ds.fit(text, rng=0, plan=Plan(steps=200, record=100, observe=seen, quiet=True))
    assert history.about == {"task": "Predict the next symbol."}
    assert "surface" not in history.rows[0]
    assert set(history.first) == set(history.rows[0]) - {"loss"}
    assert "r" in history.first
    assert "surface" not in watch(X, Y)(net)


def test_observers_are_joined_with_what_they_say():
    both = joined(watch(X, Y, task="Noise."), None, lambda net: {"norm": 1.0}, watch(phases=[(5, "later")]))
    assert both.about["task"] == "Noise."
    assert both.about["phases"] == [[5, "later"]]
    assert {"norm", "surface", "size.h1"} <= set(both(NETS["mlp"]))
    assert joined()(NETS["mlp"]) == joined().about == {}
    assert watch(extra=lambda net: {"norm": 1.0})(NETS["mlp"])["norm"] == 1.0


def lives():
    """Runs of each method, with and without a watch."""
    quiet = Plan(epochs=6, batch=20, quiet=True)
    adapt = isotropic.AutoAdapt(tau=0.9, scaffold=2)

    def loop(net, *policies):
        return lambda seen: (
            train(start(net, AdamW(), rng=0), X, Y, quiet._replace(observe=seen, policies=policies)).history
        )

    def size(seen):
        return nimble.fit(X, Y, rng=0, plan=Plan(30, None, "softmax", record=10, observe=seen, quiet=True))[1]

    def pool(seen):
        plan = Plan(batch=None, loss="softmax", steps=60, every=20, observe=seen, quiet=True)
        return urn.fit(X, Y, rng=0, plan=plan)[1]

    return {
        "mlp": loop(NETS["mlp"]),
        "isotropic": loop(NETS["isotropic"], adapt),
        "addition": loop(NETS["mlp"], Adding("gradmax", Every(5))),
        "isotropic.fit": lambda seen: isotropic.fit(X, Y, [3], rng=0, plan=quiet._replace(observe=seen))[1],
        "nimble.fit": size,
        "urn.fit": pool,
    }


@pytest.mark.parametrize("name", lives())
def test_a_watched_life_is_the_same_life(name, tmp_path):
    live, seen = lives()[name], watch(X, Y, grid=4, samples=3, task="Noise.")
    plain, watched = live(growth.snapshot), live(seen)
    assert watched["loss"].tolist() == plain["loss"].tolist()
    for a, b in zip(watched.rows, plain.rows, strict=True):
        np.testing.assert_array_equal(a["widths"], b["widths"])
    assert watched.events == plain.events
    assert watched["surface"].shape == (len(watched.rows), 16, 3)
    assert watched.about["task"] == "Noise."
    assert set(watched.first) == set(watched.rows[0]) - {"loss"}
    watched.save(tmp_path / "h.npz")
    back = History.load(tmp_path / "h.npz")
    assert back.about == watched.about
    assert back.first["surface"].dtype == np.float16


def test_outputs_that_overflow_are_recorded_at_the_limit_without_a_warning():
    net = MLP.create([2, 3, 1], rng=0)
    huge = net.with_theta(net.theta * 1e200)
    assert np.abs(watch(X, X[:, :1], loss="mse", grid=3)(huge)["surface"]).max() == 65504
