"""What a page shows of the network's own computing: decoded, it is what an independent witness says of the same network."""

import json

import numpy as np
import pytest

from minigrow import growth
from minigrow.growth import Event, History, Plan
from minigrow.growth.watch import watch
from minigrow.isotropic import AutoAdapt, Network
from minigrow.nn import MLP, Adam, AdamW
from minigrow.replay import activity, fields, page, surfaces
from minigrow.replay.data import run
from minigrow.replay.thinning import unpack


def spirals(n=80):
    rng = np.random.default_rng(0)
    turn, label = rng.uniform(0.3, 2, n), rng.integers(0, 2, n)
    angle = np.pi * (turn + label)
    return turn[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), label


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def grown():
    """A growing network in the plane, and what it says at each row: probabilities on the grid, activations, made here anew."""
    X, y = spirals()
    said = []

    def witness(net):
        plane = observer.about["plane"]
        x1, x2 = (np.linspace(*plane[axis], plane["size"]) for axis in "xy")
        grid = np.array([[a, b] for b in x2 for a in x1])
        said.append((softmax(net(grid)), [w[0].copy() for w in _matrices(net)]))
        return {}

    observer = watch(X, y, task="Tell two spirals apart.", grid=9, samples=5, classes=["left", "right"], extra=witness)
    plan = Plan(epochs=20, policies=(AutoAdapt(tau=0.9, scaffold=2),), observe=observer, quiet=True)
    start = growth.start(Network.create([2, 3, 3, 2], rng=0), AdamW(2e-2, weight_decay=0.1), rng=0)
    return growth.train(start, X, y, plan).history, said


def _matrices(net):
    return [(np.array(W), to, source) for to, source, W in net.wires]


def test_the_surface_is_what_the_network_said(grown):
    history, said = grown
    seen = run(history)["surface"]
    assert seen["at"] == list(range(len(history.rows) + 1))
    assert seen["range"] == [0, 1]
    assert seen["classes"] == ["left", "right"]
    shape = (len(seen["at"]), 81)
    best, level = unpack(seen["class"], "u1").reshape(shape), unpack(seen["level"], "u1").reshape(shape)
    wanted = np.array([outputs for outputs, _ in said])
    winner = np.take_along_axis(wanted, best[..., None].astype(int), axis=2)[..., 0]
    half = 2.0**-11  # of a number in 1/2..1 in float16
    assert np.abs(winner - wanted.max(axis=2)).max() <= half
    assert np.abs(level / 255 - wanted.max(axis=2)).max() <= 0.5 / 255 + half
    assert len({level[i].tobytes() for i in range(len(level))}) > 10
    assert len(seen["points"]) == 80
    assert {point[2] for point in seen["points"]} == {0, 1}


def test_the_activities_are_those_of_the_row(grown):
    history, _ = grown
    told = run(history)
    seen = told["activity"]
    rows, count = [history.first, *history.rows], len(seen["samples"])
    lives, space = unpack(seen["lives"], "u2"), unpack(told["lives"]["space"], "u1")
    values = unpack(seen["values"], "i1").reshape(len(lives), count)
    assert count == 5
    assert max(seen["scale"]) > 0
    for f, start, stop in zip(seen["at"], seen["starts"], seen["starts"][1:], strict=False):
        for i, scale in enumerate(seen["scale"]):
            mine = values[start:stop][space[lives[start:stop]] == i]
            wanted = np.asarray(rows[f].get(f"activity.h{i}", np.zeros((count, 0))), float)
            assert mine.shape == wanted.T.shape
            if not wanted.size:
                continue
            apart = np.abs(mine[:, None] - wanted.T / scale * 127).max(axis=2)
            assert (apart.min(axis=0) <= 0.51).all()  # half a level, and the scale's fifth digit
            assert (apart.min(axis=1) <= 0.51).all()


def test_a_card_holds_the_norms_of_the_weights(grown):
    """For each neuron: the Euclidean norm of its row in the matrix that feeds it, and of its column in the one that it feeds."""
    history, said = grown
    told = run(history)
    seen, space = told["cards"], unpack(told["lives"]["space"], "u1")
    lives, into, out, sigma = (
        unpack(seen[key], "u2" if key == "lives" else "f4") for key in ("lives", "into", "out", "sigma")
    )
    checked = 0
    for f, start, stop in zip(seen["at"], seen["starts"], seen["starts"][1:], strict=False):
        part = slice(start, stop)
        for i, W in enumerate(said[f][1]):  # from space i to space i + 1
            norms = {i: (out, np.linalg.norm(W, axis=0)), i + 1: (into, np.linalg.norm(W, axis=1))}
            for number, (found, wanted) in norms.items():
                found = found[part][space[lives[part]] == number]
                np.testing.assert_allclose(np.sort(found), np.sort(wanted), rtol=2e-3)  # float16 and 12 bits
                checked += len(found)
        assert np.isnan(into[part][space[lives[part]] == 0]).all()  # nothing feeds the inputs
        assert np.isnan(out[part][space[lives[part]] == 3]).all()
    assert checked > 100
    rows = [history.first, *history.rows]
    wanted = np.concatenate([np.ravel(rows[f][f"sigma.h{i}"]) for f in seen["at"] for i in (1, 2)])
    known = np.isfinite(wanted.astype(float))
    np.testing.assert_allclose(np.sort(sigma[~np.isnan(sigma)]), np.sort(wanted[known].astype(float)), rtol=2e-3)


def test_a_card_stays_with_its_neuron():
    """Neuron 0 of two goes: the life of neuron 1 keeps its norms 5 and 13."""
    rows = [
        {"step": 0, "size.a": 2, "size.b": 2, "weights.a.b": np.array([1.0, 0.0, 3.0, 4.0])},
        {"step": 1, "size.a": 2, "size.b": 1, "weights.a.b": np.array([5.0, 12.0]), "sigma.b": np.array([0.5])},
    ]
    rows[0]["sigma.b"] = np.array([0.25, np.nan])
    seen = run(History(tuple(rows), (Event("prune", "b", 1, "", 2, 1, step=1, origin=(1,)),)))["cards"]
    lives, into, sigma = unpack(seen["lives"], "u2"), unpack(seen["into"], "f4"), unpack(seen["sigma"], "f4")
    assert seen["starts"] == [0, 4, 7]
    assert lives.tolist() == [0, 1, 2, 3, 0, 1, 3]
    assert into[[2, 3, 6]].tolist() == [1, 5, 13]
    np.testing.assert_array_equal(sigma[[2, 3, 6]], [0.25, np.nan, 0.5])


def test_receptive_fields_are_rows_of_the_first_matrix():
    X, y = np.random.default_rng(0).random((40, 12)), np.arange(40) % 3
    plan = Plan(epochs=9, observe=watch(X, y, image=(3, 4), samples=4), quiet=True)
    start = growth.start(MLP.create([12, 5, 3], rng=0), Adam(1e-2), rng=0)
    history = growth.train(start, X, y, plan).history
    told = run(history)
    seen, rows = told["fields"], [history.first, *history.rows]
    assert (seen["space"], seen["shape"], seen["at"]) == (1, [3, 4], list(range(10)))
    lives, values = unpack(seen["lives"], "u2"), unpack(seen["values"], "i1").reshape(-1, 12)
    for f, scale, start, stop in zip(seen["at"], seen["scales"], seen["starts"], seen["starts"][1:], strict=False):
        assert lives[start:stop].tolist() == list(range(12, 17))
        W = rows[f]["weights.h0.h1"].reshape(5, 12).astype(float)
        found, greatest = values[start:stop] * scale / 127, np.abs(W).max()
        assert np.abs(found - W).max() <= greatest * (
            0.5 / 15 + 1e-4
        )  # half a shade of 15, and the scale's fifth digit
        assert np.abs(found).max() == pytest.approx(greatest, rel=1e-4)
    pictures = [unpack(sample["image"], "u1") / 255 for sample in told["activity"]["samples"]]
    wanted = [np.array(sample["image"]) for sample in history.about["samples"]]
    np.testing.assert_allclose(pictures, wanted, atol=0.5 / 255 + 1e-9)


def test_all_that_is_known_of_a_neuron_stays_with_it_when_neurons_change_places():
    """Each neuron has weights of its own, which it keeps; then all change places, one goes, and one comes."""
    own = np.array([[0.9, -0.1, 0.2, 0.3], [0.1, 0.8, -0.4, 0.2], [-0.5, 0.3, 0.7, 0.1], [0.2, 0.2, 0.3, -0.6]])
    now = [2, 3, 0]  # neuron 1 goes, and number 3 comes
    rows = [
        {"step": s, "size.x": 4, "size.h": 3, "weights.x.h": own[who].ravel(), "sigma.h": np.array(who) + 1.0,
         "activity.h": np.array([who, who]) / 4}
        for s, who in ((0, [0, 1, 2]), (1, now))
    ]  # fmt: skip
    told = run(
        History(tuple(rows), (Event("change", "h", 1, "", 3, 3, step=1, origin=(2, -1, 0)),), None, {"image": [2, 2]})
    )
    kinds = {"fields": ("values", "i1", 4), "activity": ("values", "i1", 2), "cards": ("sigma", "f4", 1)}
    wanted = {
        "fields": np.rint(own / 0.9 * 15) * 8,
        "activity": np.rint(np.arange(4)[:, None] / 3 * 127),
        "cards": np.arange(1.0, 5)[:, None],
    }
    for part, (key, kind, each) in kinds.items():
        lives, values = unpack(told[part]["lives"], "u2"), unpack(told[part][key], kind).reshape(-1, each)
        hidden = lives >= 4
        assert (lives[hidden] - 4).tolist() == [0, 1, 2, 0, 2, 3]  # the oldest first
        np.testing.assert_array_equal(values[hidden], np.broadcast_to(wanted[part], (4, each))[lives[hidden] - 4])
    ends, levels = unpack(told["edges"]["ends"], "u2").reshape(-1, 2), unpack(told["edges"]["levels"], "i1")
    for (source, to), level in zip(ends.tolist(), levels.tolist(), strict=True):
        assert level == np.rint(own[to - 4, source] / 0.9 * 127)
    assert len(levels) == 24


def line(outputs=1, **more):
    x = np.linspace(-1, 1, 7)
    rows = [
        {"step": s, "widths": np.array([1, 2, outputs]), "surface": np.outer(x, np.arange(1, outputs + 1)) * s}
        for s in (1, 2)
    ]
    return History(tuple(rows), (), None, {"line": {"x": x.tolist(), "names": ["x", "y"]}, "points": [[0, 1.5]]} | more)


@pytest.mark.parametrize("outputs", [1, 2])
def test_a_graph_over_one_input(outputs):
    history = line(outputs)
    seen = run(history)["surface"]
    values = unpack(seen["values"], "i2").reshape(2, 7, outputs) * seen["scale"] / 32767
    np.testing.assert_allclose(values, [row["surface"] for row in history.rows], atol=seen["scale"] / 32767)
    assert (seen["kind"], seen["names"], seen["outputs"], seen["points"]) == ("line", ["x", "y"], outputs, [[0, 1.5]])
    np.testing.assert_allclose(seen["x"], history.about["line"]["x"], rtol=1e-4)


def plane(values, **about):
    rows = [{"step": s, "widths": np.array([2, 2, 1]), "surface": np.asarray(v)} for s, v in enumerate(values)]
    said = {"plane": {"x": [-1, 1], "y": [0, 2], "size": 2, "names": ["a", "b"]}} | about
    return History(tuple(rows), (), None, said)


def test_one_output_is_a_height():
    heights = np.array([[0.0, 1, 2, 5], [-5, 1, 2, 3]])
    seen = run(plane(heights[..., None], points=[[0, 1, 2.25]]))["surface"]
    low, high = seen["range"]
    assert (low, high) == (-5, 5)
    level = unpack(seen["level"], "u1").reshape(2, 4)
    np.testing.assert_allclose(low + level / 255 * (high - low), heights, atol=10 / 255)
    assert not unpack(seen["class"], "u1").any()
    assert (seen["classes"], seen["points"], seen["x"], seen["y"]) == ([], [[0, 1, 2.25]], [-1, 1], [0, 2])
    flat = run(plane([np.full((4, 1), 7.0)]))["surface"]
    assert not unpack(flat["level"], "u1").any()


BROKEN = {
    "of another size": (plane([np.zeros((5, 2))]), "surface", "1 of 1 surfaces are left out: they are not 4 x k"),
    "not finite": (plane([np.full((4, 2), np.nan)]), "surface", "1 of 1 surfaces are left out"),
    "of words": (plane([np.array(["a"] * 4)]), "surface", "1 of 1 surfaces are left out"),
    "without inputs": (plane([np.zeros((4, 2))], plane=None, line=None), "surface", "cannot be drawn"),
    "nothing about": (History(plane([np.zeros((4, 2))]).rows), "surface", "about must hold plane or line"),
    "a size of words": (plane([np.zeros((4, 2))], plane={"x": [0, 1], "y": [0, 1], "size": "2"}), "surface", "a size in 2..200"),
    "endless": (plane([np.zeros((4, 2))], plane={"x": [0, np.inf], "y": [0, 1], "size": 2}), "surface", "plane's x must hold 2"),
    "too many classes": (plane([np.zeros((4, 300))]), "surface", "255 classes at most, got 300"),
    "names of too few classes": (plane([np.zeros((4, 2))], classes=["a"]), "surface", "classes must be 2 words"),
    "points of two numbers": (plane([np.zeros((4, 2))], points=[[1, 2]]), "surface", "points must hold n x 3 finite"),
    "points of words": (plane([np.zeros((4, 2))], points=[["a", "b", "c"]]), "surface", "points must hold numbers"),
    "a line of another length": (line(line={"x": [1, 2]}), "surface", "2 of 2 surfaces are left out"),
    "an image of other inputs": (
        History(({"size.a": 3, "size.b": 1, "weights.a.b": np.ones(3)},), (), None, {"image": [2, 2]}),
        "fields", "an image of 2 x 2 pixels needs as many inputs",
    ),
    "an image of words": (
        History(({"size.a": 3, "size.b": 1, "weights.a.b": np.ones(3)},), (), None, {"image": "3 x 1"}),
        "fields", "two whole numbers, got 3 x 1",
    ),
    "activities of another size": (
        History(({"widths": np.array([2]), "activity.h0": np.ones((3, 4))},)), "activity", "3 samples x 2 neurons, got (3, 4)",
    ),
    "activities that are not finite": (
        History(({"widths": np.array([2]), "activity.h0": np.full((3, 2), np.inf)},)), "activity", "must hold finite numbers",
    ),
    "other samples": (
        History(({"widths": np.array([2]), "activity.h0": np.ones((3, 2))},), (), None, {"samples": [{}]}),
        "activity", "the 3 whose activities are recorded, got 1",
    ),
    "samples of words": (
        History(({"widths": np.array([2]), "activity.h0": np.ones((1, 2))},), (), None, {"samples": ["a"]}),
        "activity", "cannot be drawn",
    ),
    "a task of numbers": (History(({"widths": np.array([2])},), (), None, {"task": 7}), "task", "must be a sentence, got 7"),
    "phases of words": (History(({"widths": np.array([2])},), (), None, {"phases": ["a"]}), "phases", "pairs of a step and words"),
    "phases without steps": (History(({"widths": np.array([2])},), (), None, {"phases": [[5, "a"]]}), "phases", "no column `step`"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_left_out_and_said(name):
    history, part, words = BROKEN[name]
    told = run(history)
    assert not told[part]
    assert any(words in said for said in told["left"]), told["left"]
    json.dumps(told, allow_nan=False)


def test_one_bad_surface_leaves_the_others():
    good = np.array([[0.9, 0.1]] * 4)
    told = run(plane([good, np.full((4, 2), np.nan), good, np.zeros((4, 3))]))
    assert told["surface"]["at"] == [0, 2]
    assert "2 of 4 surfaces are left out: they are not 4 x k finite numbers" in told["left"]


def test_singular_values_of_another_number_are_said():
    row = {"size.a": 2, "size.b": 1, "weights.a.b": np.ones(2), "sigma.b": np.ones(3), "sigma.a": np.zeros(0)}
    told = run(History((row,)))
    assert told["left"] == ["column sigma.b holds another number of values than there are neurons"]
    assert np.isnan(unpack(told["cards"]["sigma"], "f4")).all()
    assert unpack(told["cards"]["into"], "f4")[2] == pytest.approx(np.sqrt(2), rel=2e-4)


def test_points_of_a_changing_task_come_and_go_at_frames():
    """Steps 0, 1, 2 are frames 0, 1, 2: a point from step 1 on until step 2 is there at frame 1 only."""
    history = plane([np.zeros((4, 1))] * 3, points=[[0, 1, 5, 0, 1], [1, 1, 6, 1, 2], [1, 0, 6, 2, 99]])
    assert run(history)["surface"]["points"] == [[0, 1, 5, 0, 1], [1, 1, 6, 1, 2], [1, 0, 6, 2, 3]]
    assert len(run(plane([np.zeros((4, 1))], points=[[0, 1, 5]] * 900))["surface"]["points"]) == 400


def test_long_films_are_thinned_said_and_keep_events():
    n = 700
    rows = [
        {"step": i, "size.x": 4, "size.h": 2 + (i > 333), "weights.x.h": np.ones(8 + 4 * (i > 333)), "surface": np.full((4, 2), 0.5),
         "activity.h": np.ones((40, 2 + (i > 333)))}
        for i in range(n)
    ]  # fmt: skip
    events = (Event("grow", "h", 1, "asked for", 2, 3, step=334),)
    said = {"plane": {"x": [0, 1], "y": [0, 1], "size": 2}, "image": [2, 2]}
    told = run(History(tuple(rows), events, None, said))
    assert len(told["surface"]["at"]) == surfaces.FILM
    assert {0, 334, n - 1} <= set(told["surface"]["at"])
    assert len(told["fields"]["at"]) == fields.FILM
    assert 4 <= len(told["activity"]["at"]) <= activity.BYTES / (40 * 3) + 1
    assert len(told["cards"]["at"]) == 60
    for words in (
        f"the surface is drawn as it was at {surfaces.FILM} of 700",
        "receptive fields are drawn as they were at 60 of the",
        "activities",
    ):
        assert any(words in note for note in told["left"]) or words == "activities"


def test_an_image_of_many_pixels_shows_the_oldest_neurons():
    pixels, h = 60 * 60, 40
    row = {
        "size.x": pixels,
        "size.h": h,
        "weights.x.h": np.random.default_rng(0).standard_normal(pixels * h).astype(np.float16),
    }
    told = run(History((row, row), (), None, {"image": [60, 60]}))
    most = fields.BYTES // fields.LEAST // pixels
    assert told["fields"]["starts"] == [0, most, 2 * most]
    assert any(f"drawn of {most} of up to {h} neurons of outputs (h)" in words for words in told["left"])


def test_two_runs_stand_side_by_side(grown):
    made = page([grown[0], line()], "both", names=["spirals", "line"])
    assert made.rows == len(grown[0].rows) + 2
    assert all(words.startswith(("spirals: ", "line: ")) for words in made.left)
    with pytest.raises(ValueError, match="one history, or two side by side, got 3"):
        page([grown[0]] * 3)


def test_a_sample_has_its_image_only_where_the_form_is_known_and_pixels_end_at_white():
    sample = {"words": "two", "image": [1.5, 0.5, -1.0]}
    assert unpack(activity._sample(sample, 0, (1, 3))["image"], "u1").tolist() == [255, 128, 0]
    assert activity._sample(sample, 0, None)["image"] is None


def test_a_layer_without_activity_shows_none_beside_one_that_has_it():
    row = {"step": 0, "widths": (1, 1, 1), "activity.h1": np.ones((2, 1)), "activity.h2": np.zeros(0)}
    found = run(History((row,)))["activity"]
    assert (found["at"], found["starts"]) == ([0], [0, 1])


def test_where_nobody_lives_there_are_no_cards():
    assert run(History(({"step": 0, "widths": (0, 0)},)))["cards"]["at"] == []


def test_a_plane_has_its_size_and_its_film_fits():
    about = {"plane": {"size": 60, "x": [0, 1], "y": [0, 1]}}
    rows = tuple({"step": i, "widths": (2, 2), "surface": np.full((3600, 2), i / 99)} for i in range(100))
    told = run(History(rows, (), None, about))["surface"]
    assert told["size"] == 60
    assert len(told["at"]) == max(surfaces.LEAST, min(surfaces.FILM, surfaces.BYTES // (2 * 60 * 60)))


def test_phases_stand_in_the_order_of_their_steps():
    from minigrow.replay.about import phases

    rows = tuple({"step": i, "widths": (1,)} for i in range(3))
    assert phases(History(rows, (), None, {"phases": [(2, "a"), (0, "b")]})) == [[0, "b"], [2, "a"]]


def test_a_layer_may_be_empty_and_no_less():
    from minigrow.replay.columns import _sizes

    assert _sizes(np.array([0.0, 2.0]), "h1").tolist() == [0, 2]
    with pytest.raises(ValueError, match="h1 must hold whole numbers in 0"):
        _sizes(np.array([-1.0]), "h1")


def test_who_feeds_whom_is_said_by_the_weights_where_there_are_some():
    from minigrow.replay.columns import spaces
    from minigrow.replay.names import _ends

    row = {"step": 0, "size.x": 1, "size.h": 2, "size.y": 1, "weights.x.y": np.ones(1), "weights.h.h": np.ones(4)}
    assert _ends(spaces(History((row,)))) == ({"y"}, {"x"})
