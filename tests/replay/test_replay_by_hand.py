"""Small lives whose whole page is worked out by hand: every part of `run`, decoded; and each budget, made small, at its limit."""

import numpy as np
import pytest

from minigrow.growth import Event, History
from minigrow.replay import about, activity, columns, fields, layout, page, thinning
from minigrow.replay.cards import _most, cards
from minigrow.replay.cast import cast
from minigrow.replay.columns import spaces
from minigrow.replay.data import run
from minigrow.replay.lives import follow
from minigrow.replay.page import _html
from minigrow.replay.scene import scene
from minigrow.replay.shows import rows_of
from minigrow.replay.story import story
from minigrow.replay.thinning import choose, chosen, unpack


def staged(history):
    told = scene(history)
    return told, cast(told.history, told.found, told.walks, told.frames)


def decoded(part, **kinds):
    return {key: unpack(part[key], kind).tolist() for key, kind in kinds.items()}


@pytest.fixture(scope="module")
def grown():
    """Two inputs x, two and then three hidden neurons h, one output y; before the first step only weights into h are known."""
    rows = (
        {"step": 10, "epoch": 1, "loss": 0.5, "parameters": 6, "size.y": 1, "size.x": 2, "size.h": 2,
         "weights.x.h": np.array([3.0, 4.0, 0.0, -1.0]), "weights.h.y": np.array([2.0, -1.0]),
         "sigma.h": np.array([0.25, np.inf]), "activity.h": np.array([[0.5, -1.0], [0.0, 2.0]])},
        {"step": 20, "epoch": 2, "loss": 0.25, "parameters": 9, "size.y": 1, "size.x": 2, "size.h": 3,
         "weights.x.h": np.array([5.0, 12.0, 0.0, -1.0, 0.0, 0.0]), "weights.h.y": np.array([2.0, 0.0, 1.0]),
         "sigma.h": np.array([1.0, 0.5, 0.125]), "activity.h": np.array([[1.0, 0.0, 4.0], [0.5, 0.0, -1.0]])},
    )  # fmt: skip
    events = (
        Event("grow", "h", 1, "too narrow", 2, 3, step=15),
        Event("rotate", "h", 0, "balanced", 3, 3, step=20),
    )
    first = {"step": 0, "size.y": 1, "size.x": 2, "size.h": 2, "weights.x.h": np.array([0.5, 0.0, 0.0, 0.0])}
    said = {"task": "Add.", "phases": [[20, "late"], [0, "early"]], "image": [1, 2]}
    said["samples"] = [{"words": "one", "image": [1.0, 0.2]}, {}]
    return run(History(rows, events, first, said), "mine")


def test_what_a_page_says_of_a_hand_made_life(grown):
    packed = ("lives", "edges", "fields", "activity", "cards")
    assert {key: value for key, value in grown.items() if key not in packed} == {
        "name": "mine",
        "rows": [-1, 0, 1],
        "times": {"step": [0, 10, 20], "epoch": [0, 1, 2]},
        "amounts": {"parameters": [None, 6, 9]},
        "curves": {"loss": [None, 0.5, 0.25]},
        "spaces": [
            {"name": "x", "words": "inputs", "x": 0.1, "hidden": False, "widths": [2, 2, 2]},
            {"name": "h", "words": "hidden 1", "x": 0.5, "hidden": True, "widths": [2, 2, 3]},
            {"name": "y", "words": "outputs", "x": 0.9, "hidden": False, "widths": [1, 1, 1]},
        ],
        "places": [[0.1, 0.27], [0.1, 0.73], [0.5, 0.5], [0.5, 0.1933], [0.5, 0.8067], [0.9, 0.5]],
        "columns": [0, 0, 1, 1, 1, 2],
        "gates": {"lives": "", "values": ""},
        "events": [[2, "grow", "h", 1, 2, 3, 0, 15], [2, "rotate", "h", 0, 3, 3, 1, 20]],
        "reasons": ["too narrow", "balanced"],
        "born": [-1, -1, -1, -1, 0, -1],
        "gone": [-1] * 6,
        "task": "Add.",
        "phases": [[0, "early"], [20, "late"]],
        "surface": None,
        "total": [2, 2],
        "hint": "",
        "left": [],
    }
    assert decoded(grown["lives"], space="u1", place="u2", first="u2", last="u2") == {
        "space": [0, 0, 1, 1, 1, 2],
        "place": [0, 1, 2, 3, 4, 5],
        "first": [0, 0, 0, 0, 2, 0],
        "last": [3] * 6,
    }


def test_the_edges_of_a_hand_made_life(grown):
    """In units of 12 / 127 into h, of 2 / 127 out of it."""
    edges = grown["edges"]
    assert (edges["at"], edges["starts"], edges["scales"]) == ([0, 1, 2], [0, 1, 6, 11], {"x>h": 12.0, "h>y": 2.0})
    assert unpack(edges["ends"], "u2").reshape(-1, 2).tolist() == [
        [0, 2],
        *([0, 2], [1, 2], [1, 3], [2, 5], [3, 5]),
        *([0, 2], [1, 2], [1, 3], [2, 5], [4, 5]),
    ]
    assert unpack(edges["levels"], "i1").tolist() == [5, *(32, 42, -11, 127, -64), *(53, 127, -11, 127, 64)]


def test_the_fields_and_activities_of_a_hand_made_life(grown):
    seen = grown["fields"]
    assert (seen["space"], seen["shape"], seen["at"], seen["starts"]) == (1, [1, 2], [0, 1, 2], [0, 2, 4, 7])
    assert seen["scales"] == [float(f"{greatest * 127 / 120:.5g}") for greatest in (0.5, 4, 12)]
    assert decoded(seen, lives="u2", values="i1") == {
        "lives": [2, 3, 2, 3, 2, 3, 4],
        "values": [120, 0, 0, 0, *(88, 120, 0, -32), *(48, 120, 0, -8, 0, 0)],  # in 15 shades of 8 each
    }
    lit = grown["activity"]
    assert (lit["shape"], lit["at"], lit["starts"], lit["scale"]) == ([1, 2], [1, 2], [0, 2, 5], [1.0, 4.0, 1.0])
    assert [sample["words"] for sample in lit["samples"]] == ["one", "sample 2"]
    assert unpack(lit["samples"][0]["image"], "u1").tolist() == [255, 51]
    assert lit["samples"][1]["image"] is None
    assert decoded(lit, lives="u2", values="i1") == {
        "lives": [2, 3, 2, 3, 4],
        "values": [16, 0, -32, 64, *(32, 16, 0, 0, 127, -32)],
    }


def test_the_cards_of_a_hand_made_life(grown):
    seen = grown["cards"]
    assert (seen["at"], seen["starts"]) == ([0, 1, 2], [0, 5, 10, 16])
    assert unpack(seen["lives"], "u2").tolist() == [0, 1, 2, 3, 5, 0, 1, 2, 3, 5, 0, 1, 2, 3, 4, 5]
    nan = np.nan
    root5, root17, root145 = (
        np.round(v**0.5 / unit) * unit for v, unit in ((5, 4 / 4096), (17, 8 / 4096), (145, 1 / 256))
    )
    wanted = {
        "into": [nan, nan, 0.5, 0, nan, *(nan, nan, 5, 1, root5), *(nan, nan, 13, 1, 0, root5)],
        "out": [0.5, 0, nan, nan, nan, *(3, root17, 2, 1, nan), *(5, root145, 2, 0, 1, nan)],
        "sigma": [nan] * 7 + [0.25, nan, nan] + [nan, nan, 1, 0.5, 0.125, nan],
    }
    for key, values in wanted.items():
        np.testing.assert_array_equal(unpack(seen[key], "f4"), values, err_msg=key)


def come_and_go():
    """One neuron a is replaced by another at each of six rows; of b there are always two."""
    rows = tuple({"step": i, "size.a": 1, "size.b": 2, "weights.a.b": np.array([3.0, i])} for i in range(6))
    events = tuple(Event("change", "a", 1, "", 1, 1, step=i, origin=(-1,)) for i in range(1, 6))
    return History(rows, events)


def test_most_is_how_many_live_at_once_and_not_in_all():
    told, stage = staged(come_and_go())
    assert len(stage.place) == 8
    assert _most(told, stage) == 3
    nobody = {"size.x": 0, "size.y": 0, "weights.x.y": np.zeros(0)}
    assert _most(*staged(History(({"step": 0} | nobody, {"step": 1} | nobody)))) == 0


@pytest.mark.parametrize(("room", "rows"), [(0, [0, 5]), (3, [0, 2, 5]), (5, [0, 1, 2, 4, 5]), (9, [0, 1, 2, 3, 4, 5])])
def test_cards_are_of_as_many_rows_as_fit_and_of_two_at_least(monkeypatch, room, rows):
    """A card takes 12 bytes, and three neurons live at once."""
    monkeypatch.setattr("minigrow.replay.cards.BYTES", 12 * 3 * room)
    seen, said = cards(*staged(come_and_go()))
    assert (seen["at"], said) == (rows, [])
    lives = unpack(seen["lives"], "u2").tolist()
    assert lives == [life for row in rows for life in (row, 6, 7)]


def test_activities_are_of_as_many_rows_as_fit_and_of_four_at_least(monkeypatch):
    rows = tuple({"step": i, "widths": (1, 3), "activity.h1": np.full((2, 3), i)} for i in range(9))
    for room, at in ((0, [0, 3, 5, 8]), (5, [0, 2, 4, 6, 8])):
        monkeypatch.setattr(activity, "BYTES", 2 * 3 * room)
        told = run(History(rows))
        assert told["activity"]["at"] == at
        assert f"activities are drawn as they were at {len(at)} of the 9 rows that have them" in told["left"]


def test_of_many_samples_fifty_are_shown_and_said():
    told = run(History(({"step": 0, "widths": (1, 1), "activity.h1": np.arange(60.0)[:, None]},)))
    assert len(told["activity"]["samples"]) == 50
    assert told["left"] == ["50 of 60 samples are shown"]
    assert unpack(told["activity"]["values"], "i1").tolist() == np.rint(np.arange(50) / 49 * 127).tolist()


def picture(n, h, **more):
    return {"step": n, "size.x": 4, "size.h": h, "weights.x.h": np.arange(4.0 * h)} | more


def test_fields_are_of_as_many_neurons_and_rows_as_fit(monkeypatch):
    """At least four rows must fit, so three of five neurons of four pixels; where there are two, less room is needed."""
    monkeypatch.setattr(fields, "BYTES", 4 * 4 * 3)
    rows = [picture(i, 5) for i in range(9)]
    told = run(History(tuple(rows), (), None, {"image": [2, 2]}))
    seen = told["fields"]
    assert (seen["at"], seen["starts"]) == ([0, 3, 5, 8], [0, 3, 6, 9, 12])
    assert unpack(seen["lives"], "u2").tolist() == [4, 5, 6] * 4
    assert told["left"] == [
        "receptive fields are drawn as they were at 4 of the 9 rows that have them",
        "receptive fields are drawn of 3 of up to 5 neurons of outputs (h) at a time",
    ]
    monkeypatch.setattr(fields, "BYTES", 4 * 4 * 5)
    rows = [
        picture(i, 1 if i < 6 else 5) for i in range(9)
    ]  # (6 * 1 + 3 * 5) / 9 neurons in the mean: 80 / (4 * 7 / 3) = 8.6
    assert len(run(History(tuple(rows), (), None, {"image": [2, 2]}))["fields"]["at"]) == 8


def test_an_image_of_other_pixels_is_refused_with_the_most_that_may_be():
    told = run(History((picture(0, 2),), (), None, {"image": [3, 3]}))
    assert told["left"] == [
        "what the history says of its receptive fields cannot be drawn: an image of 3 x 3 pixels needs as many inputs, "
        "at most 50000; got 4."
    ]


def test_fields_are_of_the_hidden_space_that_the_inputs_feed_first():
    """The space aux stands before h, but feeds nobody."""
    row = {"size.x": 2, "size.aux": 1, "size.h": 1, "size.y": 1}
    row |= {"weights.x.aux": np.ones(2), "weights.x.h": np.array([0.0, 2.0]), "weights.h.y": np.ones(1)}
    told = run(History((row,), (), None, {"image": [1, 2]}))
    assert [space["name"] for space in told["spaces"]] == ["x", "aux", "h", "y"]
    assert told["fields"]["space"] == 2
    assert unpack(told["fields"]["values"], "i1").tolist() == [0, 120]


def test_the_inputs_are_the_first_space_that_feeds_another():
    """The space alone stands first, and no weights lead out of it."""
    row = {"size.alone": 1, "size.x": 2, "size.y": 1, "weights.x.y": np.array([-2.0, 1.0])}
    told = run(History((row,), (), None, {"image": [1, 2]}))
    assert ([space["name"] for space in told["spaces"]], told["left"]) == (["alone", "x", "y"], [])
    assert (told["fields"]["space"], unpack(told["fields"]["values"], "i1").tolist()) == (2, [-120, 64])


def test_a_plane_of_three_classes_by_hand():
    shots = [
        [[0.2, 0.8, 0], [0.6, 0.4, 0], [0, 0, 1], [0.4, 0.4, 0.2]],
        [[0, 0, 1.0005], [1, 0, -0.0005], [0, 1, 0], [0.5, 0, 0.4]],
    ]
    rows = tuple({"step": 5 * i, "widths": (2, 3), "surface": np.array(shot)} for i, shot in enumerate(shots))
    said = {"plane": {"x": [-1, 1], "y": [0, 2], "size": 2, "names": ["length", "width"]}, "points": [[0.5, 0.25, 2]]}
    seen = run(History(rows, (), None, said))["surface"]
    assert decoded(seen, **{"class": "u1", "level": "u1"}) == {
        "class": [1, 0, 2, 0, *(2, 0, 1, 0)],
        "level": [204, 153, 255, 102, *(255, 255, 255, 128)],
    }
    assert {key: value for key, value in seen.items() if key not in ("class", "level")} == {
        "kind": "plane",
        "size": 2,
        "x": [-1, 1],
        "y": [0, 2],
        "names": ["length", "width"],
        "classes": ["0", "1", "2"],
        "at": [0, 1],
        "range": [0.0, 1.0],
        "points": [[0.5, 0.25, 2]],
    }
    del said["plane"]["names"]
    named = run(History(rows, (), None, said | {"classes": ["a", "b", "c"]}))["surface"]
    assert (named["names"], named["classes"]) == (["x1", "x2"], ["a", "b", "c"])


@pytest.mark.parametrize(
    ("least", "most", "wanted"), [(0.0, 1.01, [0.0, 1.01]), (-0.01, 1.0, [-0.01, 1.0]), (0.0, 1.0, [0, 1])]
)
def test_heights_are_shares_only_between_0_and_1(least, most, wanted):
    row = {"step": 0, "widths": (2, 1), "surface": np.array([[least], [0.5], [0.5], [most]])}
    said = {"plane": {"x": [0, 1], "y": [0, 1], "size": 2}}
    assert run(History((row,), (), None, said))["surface"]["range"] == wanted


def test_a_line_by_hand():
    row = {"step": 0, "widths": (1, 2), "surface": np.array([[1.0, -4.0], [2.0, 0.5]])}
    said = {"line": {"x": [0.1234567, 2], "names": ["time", "height"]}, "points": [[0.5, 3]]}
    seen = run(History((row,), (), None, said))["surface"]
    assert unpack(seen.pop("values"), "i2").tolist() == [8192, -32767, 16384, 4096]
    assert seen == {
        "kind": "line",
        "x": [0.12346, 2.0],
        "names": ["time", "height"],
        "at": [0],
        "scale": 4.0,
        "outputs": 2,
        "points": [[0.5, 3]],
    }
    del said["line"]["names"]
    seen = run(History((row | {"surface": np.zeros((2, 1))},), (), None, said))["surface"]
    assert (seen["names"], seen["scale"], unpack(seen["values"], "i2").tolist()) == (["x", "y"], 1.0, [0, 0])


def test_events_are_told_in_the_order_of_frames():
    """The pool h is pruned, looked at and refilled at step 20; what k does at that step comes before the refill."""
    sizes = ((6, 1), (2, 2), (6, 2))
    rows = tuple({"step": 10 * (i + 1), "size.h": h, "size.k": k} for i, (h, k) in enumerate(sizes))
    events = (
        Event("prune", "h", 4, "dead", 6, 2, step=20),
        Event("grow", "h", 4, "offered", 2, 6, step=20),
        Event("grow", "k", 1, "dead", 1, 2, step=20),
    )
    told = story(scene(History(rows, events)))
    assert told.events == [
        [1, "prune", "h", 4, 6, 2, 0, 20],
        [1, "grow", "k", 1, 1, 2, 0, 20],
        [2, "grow", "h", 4, 2, 6, 1, 20],
    ]
    assert (told.reasons, told.number.tolist()) == (["dead", "offered"], [0, 2, 1])


def test_of_several_events_at_a_row_the_last_ones_may_show_at_the_next():
    """Both show at time 20, but only the first was before that row, which is 3 wide."""
    events = [Event("grow", "h", 1, "", 2, 3, step=15), Event("grow", "h", 1, "", 3, 4, step=20)]
    time = np.array([10.0, 20.0, 30.0])
    assert rows_of(events, time, {"h": np.array([2, 3, 4])}) == [1, 2]
    assert rows_of(events, time, {"h": np.array([2, 4, 4])}) == [1, 1]
    assert rows_of(events, time, {"h": np.array([2, 2, 4])}) == [1, 1]  # nothing explains 2
    assert rows_of(events[1:], time, {"h": np.array([2, 2, 4])}) == [2]  # it is still as wide as it was
    assert rows_of(events[1:], time[1:], {"h": np.array([3, 4])}) == [1]  # no row is before the first one


def test_long_reasons_end_in_dots_and_kinds_are_cut():
    event = Event("k" * 200, "h1", 0, "r" * 161, 1, 1, step=0)
    told = story(scene(History(({"step": 0, "widths": (1, 1)},), (event, event._replace(reason="r" * 160)))))
    assert told.reasons == ["r" * 159 + "…", "r" * 160]
    assert told.events[0][1] == "k" * 160


def test_joined_events_of_one_frame_are_said(monkeypatch):
    monkeypatch.setattr("minigrow.replay.story.LISTED", 2)
    monkeypatch.setattr("minigrow.replay.data.LISTED", 2)
    events = tuple(Event("grow", "h1", 1, f"reason {i}", i, i + 1, step=2) for i in (1, 2, 3))
    rows = ({"step": 1, "widths": (1, 1)}, {"step": 2, "widths": (1, 4)})
    told = run(History(rows, events))
    assert told["events"] == [[1, "grow", "h1", 3, 4, 4, 0, 2]]
    assert told["left"] == ["3 events are joined where they show at the same frame"]
    two = run(History(rows, events[:2]))
    assert (len(two["events"]), two["left"]) == (2, [])


@pytest.mark.parametrize("wrong", [[5], [[5]], [[5, 6]], [["a", "b"]], [[np.inf, "a"]], [[1, "a", "b"]], ["ab"]])
def test_phases_are_pairs_of_a_step_and_words(wrong):
    rows = tuple({"step": i, "widths": (1,)} for i in range(2))
    with pytest.raises(ValueError, match="phases must be pairs of a step and words"):
        about.phases(History(rows, (), None, {"phases": wrong}))


def test_a_page_of_numbers_that_json_does_not_know_is_never_written():
    with pytest.raises(ValueError, match="JSON"):
        _html("a", {"x": float("nan")})


def test_a_page_counts_what_it_stands_for():
    one, two = (History(tuple({"step": i, "widths": (1, 2)} for i in range(n))) for n in (2, 3))
    made = page([one, two.with_events([Event("change", "h1", 0, "", 2, 2, step=1)])])
    assert made[1:] == (5, 5, 1, ())
    with pytest.raises(ValueError, match="names must be one for each of the 2 histories, got 1"):
        page([one, two], names=["a"])
    with pytest.raises(ValueError, match="got 0"):
        page([])


def test_a_thousand_rows_are_all_drawn():
    falling = {"loss": -np.arange(1001.0)}
    assert choose(1000, falling, [], []).tolist() == list(range(1000))
    assert len(choose(1001, falling, [], [])) < 1000


@pytest.mark.parametrize(("most", "more"), [(12, []), (14, [33])])
def test_frames_by_hand(monkeypatch, most, more):
    """Both ends, the extremes of both curves, two of three events, the row with weights; then extremes of the loss: of one
    stretch, or of two, 0..19 and 20..39.
    """
    for name, value in (("FRAMES", most), ("EVENTS", 2), ("PICTURES", 1)):
        monkeypatch.setattr(thinning, name, value)
    loss, width = np.arange(40.0), np.zeros(40)
    loss[[5, 6, 33]], width[[30, 31]] = [-9, 99, -5], [-1, 1]
    found = choose(40, {"loss": loss, "width": width}, [20, 15, 10, 10], [25])
    assert found.tolist() == sorted([0, 5, 6, 10, 20, 25, 30, 31, 39, *more])


def test_half_of_a_film_is_for_marked_frames():
    assert chosen(range(100), [11, 22, 33, 44, 200], 8) == [0, 11, 22, 33, 44, 66, 99]


def test_rows_with_weights_looks_or_a_surface_become_frames(monkeypatch):
    """Of 50 rows few are drawn, but those at which something was recorded are."""
    monkeypatch.setattr(thinning, "FRAMES", 8)
    empty, rows = np.zeros(0), []
    for i in range(50):
        rows.append({"step": i, "loss": -float(i), "size.x": 1, "size.y": 1, "weights.x.y": np.ones(1) if i == 17 else empty,
                     "sigma.y": np.ones(1) if i == 23 else empty, "surface": np.ones((2, 1)) if i == 31 else empty})  # fmt: skip
    told = scene(History(tuple(rows)))
    assert {0, 17, 23, 31, 49} <= set(told.frames.tolist())
    assert len(told.frames) <= 8
    assert (told.pictures, told.looked) == ([17], [17, 23])
    left = run(History(tuple(rows), (), None, {"line": {"x": [0, 1]}}))["left"]
    assert left == [
        f"{len(told.frames)} of 50 rows are drawn: the first, the last, extremes of every curve, and rows with events "
        "and weights, evenly thinned where there are too many",
        "edges are drawn from 1 rows (1 of 50 have weights) and stay until the next",
    ]


def test_many_layers_share_twelve_hundred_places(monkeypatch):
    told = run(History(({"step": 0, "widths": (130,) * 12},)))
    assert [told["columns"].count(i) for i in range(12)] == [100] * 12
    assert told["left"][0] == "100 of 130 places of inputs (h0) are drawn, with the edges between them"
    monkeypatch.setattr("minigrow.replay.cast.ALL_PLACES", 3)
    told = run(History(({"step": 0, "widths": (2,) * 4},)))
    assert told["columns"] == [0, 1, 2, 3]  # one each, however many layers there are


def test_gates_have_room_for_so_many_frames(monkeypatch):
    monkeypatch.setattr("minigrow.replay.cast.GATES", 6)
    rows = tuple({"step": i, "size.x": 5, "size.h": 5, "gate.h": np.ones(5)} for i in range(2))
    told = run(History(rows))
    assert len(unpack(told["gates"]["lives"], "u2")) == 3
    assert told["columns"].count(0) == 5
    assert told["left"] == ["3 of 5 places of outputs (h) are drawn, with the edges between them"]


def test_edges_are_the_strongest_as_far_as_the_page_has_room(monkeypatch):
    monkeypatch.setattr("minigrow.replay.edges.BUDGET", 5)
    rows = [{"step": i, "size.x": 3, "size.y": 2, "weights.x.y": np.array([1.0, -3, 2, 4, 0, -2])} for i in range(2)]
    told = run(History(tuple(rows)))
    edges = told["edges"]
    assert edges["starts"] == [0, 2, 4]
    assert decoded(edges, ends="u2", levels="i1") == {"ends": [0, 4, 1, 3] * 2, "levels": [127, -95] * 2}
    assert told["left"] == ["at most 2 of up to 5 edges a frame are drawn, the strongest"]
    monkeypatch.setattr("minigrow.replay.edges.BUDGET", 10)
    edges = run(History(tuple(rows)))["edges"]
    assert unpack(edges["ends"], "u2").reshape(-1, 2).tolist() == [[0, 3], [0, 4], [1, 3], [2, 3], [2, 4]] * 2
    assert unpack(edges["levels"], "i1").tolist() == [32, 127, -95, 64, -64] * 2


def test_a_pool_with_layers_by_hand():
    """Three neurons and a fourth one: the second is live at the second row only, and the fourth never, so it joins the first layer."""
    rows = []
    for i, layer in enumerate(([1, -1, 0], [1, 2, 0, -1])):
        h = len(layer)
        row = {
            "step": i,
            "size.x": 1,
            "size.h": h,
            "size.y": 1,
            "weights.x.h": np.ones(h),
            "weights.h.h": np.ones(h * h),
        }
        rows.append(row | {"weights.h.y": np.ones(h), "layer.h": np.array(layer)})
    stage = staged(History(tuple(rows)))[1]
    assert stage.places.round(4).tolist() == [[0.1, 0.5], [0.3, 0.27], [0.3, 0.73], [0.5, 0.5], [0.7, 0.5], [0.9, 0.5]]
    found = {
        key: np.asarray(value).tolist() for key, value in stage._asdict().items() if key not in ("places", "number")
    }
    assert found == {
        "space": [0, 1, 1, 1, 1, 2],
        "place": [0, 1, 2, 3, 4, 5],
        "first": [0, 0, 1, 0, 0, 0],
        "last": [2] * 6,
        "column": [0, 1, 1, 2, 3, 4],
        "middles": [0.1, 0.5, 0.9],
        "left": [],
    }
    assert {name: lives.tolist() for name, lives in stage.number.items()} == {"x": [0], "h": [3, 4, 1, 2], "y": [5]}


def test_a_pool_without_layers_stands_on_a_ring():
    row = {"size.x": 1, "size.h": 3, "weights.x.h": np.ones(3), "weights.h.h": np.ones(9)}
    stage = staged(History((row,)))[1]
    assert (stage.column.tolist(), stage.middles) == ([0, 1, 1, 1], [0.1, round(0.9 - 0.8 * 1.1 / 3.2, 4)])
    ring = layout.ring(3) * [0.8 * 1.1 / 3.2, 0.92] + [0.9 - 0.8 * 1.1 / 3.2, 0.04]
    np.testing.assert_allclose(stage.places, [[0.1, 0.5], *ring], rtol=1e-12)


def test_gates_by_hand():
    """Three neurons with gates: the second is pruned after the first row, the third never opens and is not drawn."""
    gated = ([0.5, 1.0, 0.0], [0.001, np.nan], [2.0, 0.0])
    rows = tuple(
        {"step": i, "size.x": 1, "size.h": len(g), "gate.h": np.array(g), "weights.x.h": np.ones(len(g))}
        for i, g in enumerate(gated)
    )
    told = run(History(rows, (Event("prune", "h", 1, "", 3, 2, step=1, origin=(0, 2)),)))
    assert decoded(told["gates"], lives="u2", values="u1") == {"lives": [1, 2], "values": [128, 255, 1, 0, 255, 0]}
    assert told["spaces"][1]["widths"] == [2, 1, 1]
    assert told["amounts"] == {"weights": [2, 1, 1]}
    assert told["edges"]["starts"] == [0, 2, 3, 4]
    assert unpack(told["lives"]["last"], "u2").tolist() == [3, 3, 1]


def test_an_event_that_counts_open_gates_ends_no_life():
    rows = tuple({"step": i, "size.x": 1, "size.h": 2, "gate.h": np.array([1.0, 1.0 - i])} for i in range(2))
    told = run(History(rows, (Event("prune", "h", 1, "shuts", 2, 1, step=1),)))
    assert unpack(told["lives"]["last"], "u2").tolist() == [2, 2, 2]
    assert told["gone"] == [-1, -1, 0]


def test_upright_lines_and_rings_by_hand(monkeypatch):
    monkeypatch.setattr(layout, "TALL", 2)
    three = layout.upright(5, centred=False)
    np.testing.assert_allclose(three, [[-1, 0.125], [0, 0.375], [1, 0.125], [-1, 0.625], [0, 0.875]])
    np.testing.assert_allclose(layout.upright(2, centred=False), [[0, 0.25], [0, 0.75]])
    monkeypatch.setattr(layout, "TALL", 3)
    five = layout.upright(5, centred=True)  # the middle of three rows first, then the upper one
    np.testing.assert_allclose(five, [[-1, 1.25 / 3], [1, 1.75 / 3], [-1, 0.25 / 3], [1, 0.75 / 3], [-1, 2.25 / 3]])
    half = 3**0.5 / 2
    np.testing.assert_allclose(layout.ring(1), [[0, 0]], atol=1e-12)
    np.testing.assert_allclose(layout.ring(3), [[0, 0], [-half, 0.75], [half, 0.75]], atol=1e-12)
    points, middles = layout.positions([(5, False, "line"), (3, False, "ring")])
    wide = 0.18 + 2.2 + 1  # two lines take .09 on either side, a ring 1.1
    assert middles == [round(0.1 + 0.8 * 0.09 / wide, 4), round(0.9 - 0.8 * 1.1 / wide, 4)]
    np.testing.assert_allclose(points[0][:, 0], 0.1 + 0.8 * 0.09 / wide * np.array([0, 2, 0, 2, 0]))
    np.testing.assert_allclose(points[1][:, 0], 0.9 - 0.8 * 1.1 / wide * np.array([1, 1 + half, 1 - half]))
    np.testing.assert_allclose(points[1][:, 1], [0.04, 0.04 + 0.92 * 0.75, 0.04 + 0.92 * 0.75])


def test_words_end_at_three_hundred_letters():
    assert about.task({"task": "a" * 300}) == "a" * 300
    assert about.task({"task": "a" * 301}) == "a" * 299 + "…"
    rows = tuple({"step": i, "widths": (1,)} for i in range(2))
    found = about.phases(History(rows, (), None, {"phases": [[i, "a" * 301] for i in range(51)]}))
    assert found == [[i, "a" * 300] for i in range(50)]
    assert about.labels(["b" * 301, 2, 0.5], 3, "classes") == ["b" * 300, "2", "0.5"]


@pytest.mark.parametrize("wrong", [[2, 2, 2], [2], [0, 2], [2.0, 2], [2, -1], []])
def test_an_image_has_two_whole_numbers(wrong):
    with pytest.raises(ValueError, match="its rows and columns, two whole numbers"):
        about.image({"image": wrong})


def test_numbers_have_a_form_and_are_finite():
    assert about.numbers([[1, 2], [3, 4], [5, 6]], (-1, 2), "x").tolist() == [[1, 2], [3, 4], [5, 6]]
    for wrong, form, words in (([1, 2, 3], (2,), "2 finite"), ([[1, 2]], (2,), "2 finite"), ([], (-1,), "n finite"),
                               ([[1], [np.nan]], (-1, 1), "n x 1 finite"), ([[1, 2, 3]], (-1, 2), "n x 2 finite")):  # fmt: skip
        with pytest.raises(ValueError, match=f"about's x must hold {words} numbers, got"):
            about.numbers(wrong, form, "x")


def test_points_keep_four_digits_and_come_and_go_with_their_steps():
    rows = [[0.123456, 2.0, 0, 10], [-1.00004, 7e5, 11, 99]]
    assert about.points({"points": rows}, 2, np.array([0, 10, 20])) == ([[0.1235, 2, 0, 1], [-1.0, 700000, 2, 3]], [])
    many, said = about.points({"points": [[i, 0] for i in range(799)]}, 2)
    assert [point[0] for point in many] == list(range(0, 799, 2))
    assert said == ["400 of 799 data points are drawn"]


def test_numbers_for_json_by_hand():
    values = [2.0**53 - 1, 2.0**53, 123456.7, -0.5, np.inf, 0.0, np.finfo(float).max]
    assert thinning.short(np.array(values)) == [2**53 - 1, 9.0072e15, 123460.0, -0.5, None, 0, np.finfo(float).max]


def test_looks_and_pictures_are_thinned_to_sixty_and_two_hundred_and_fifty():
    rows = tuple(
        {"step": i, "size.x": 1, "size.y": 1, "weights.x.y": np.ones(1), "activity.y": np.ones((1, 1))}
        for i in range(300)
    )
    told = run(History(rows))
    assert len(told["activity"]["at"]) == 60
    assert len(told["edges"]["at"]) == 250
    assert told["left"] == ["edges are drawn from 250 rows (300 of 300 have weights) and stay until the next"]


@pytest.mark.parametrize(("size", "fits"), [(1, False), (2, True), (200, True), (201, False)])
def test_a_plane_has_2_to_200_points_on_a_side(size, fits):
    row = {"step": 0, "widths": (2, 1), "surface": np.zeros((size * size, 1))}
    told = run(History((row,), (), None, {"plane": {"x": [0, 1], "y": [0, 1], "size": size}}))
    assert (told["surface"] is not None) == fits
    assert ("a size in 2..200" in "".join(told["left"])) != fits


def test_a_surface_has_255_classes_at_most():
    for classes in (255, 256):
        row = {"step": 0, "widths": (2, classes), "surface": np.zeros((4, classes))}
        told = run(History((row,), (), None, {"plane": {"x": [0, 1], "y": [0, 1], "size": 2}}))
        assert (told["surface"] is not None) == (classes == 255)


def test_notes_of_two_lives_name_them():
    wide, plain = (History(({"step": 0, "widths": (n, 1)},)) for n in (129, 2))
    words = "128 of 129 places of inputs (h0) are drawn, with the edges between them"
    assert page([wide, plain], "both", names=["a", "b"]).left == (f"a: {words}",)
    assert page(wide).left == (words,)


def test_what_was_not_recorded_before_the_first_step_is_named():
    rows = ({"step": 5, "loss": 1.0, "size.a": 1, "size.b": 1, "gate.b": np.ones(1)},)
    told = run(History(rows, (), {"step": 0, "size.a": 1, "size.b": np.ones(1)}))
    assert (told["rows"], told["left"]) == (
        [0],
        ["the network before its first step is not drawn: it was recorded without size.b, gate.b"],
    )
    assert run(History(rows, (), {"step": 0, "size.a": 1, "gate.b": np.ones(1)}))["left"] == [
        "the network before its first step is not drawn: it was recorded without size.b"
    ]


def test_runs_without_names_are_numbered():
    wide = History(({"step": 0, "widths": (129, 1)},))
    words = "128 of 129 places of inputs (h0) are drawn, with the edges between them"
    assert page([wide, wide]).left == (f"run 1: {words}", f"run 2: {words}")


def test_columns_follow_a_chain_that_is_told_backwards():
    chain = [("c", "d"), ("b", "c"), ("a", "b")]
    assert layout.ranks(["d", "c", "b", "a"], chain) == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert layout.ranks(["a", "b"], [("a", "b"), ("b", "a")]) == {"a": 0, "b": 1}  # a cycle ends in the last column


def test_a_space_is_named_after_its_events_only_where_there_is_one_of_three():
    def names(widths, *others):
        events = tuple(Event("grow", name, 1, "", 1, 2, step=0) for name in others)
        return spaces(History(({"step": 0, "widths": widths},), events)).names

    assert names((1, 2, 1), "pool") == ("x", "pool", "y")
    assert names((1, 2, 1), "pool", "h1") == ("x", "pool", "y")
    assert names((1, 2, 1), "pool", "other") == ("h0", "h1", "h2")
    assert names((1, 2, 1, 1), "pool") == ("h0", "h1", "h2", "h3")
    assert names((1, 1), "pool") == ("h0", "h1")


def test_numbers_of_columns_are_taken_as_they_may_be():
    assert columns._sizes(np.array([100_000.0]), "h").tolist() == [100_000]
    row = {"gate.h": np.array([-0.5, np.nan, 0.25, 2.0, np.inf])}
    assert columns.gate(row, "h", 5).tolist() == [0, 0, 0.25, 1, 1]
    with pytest.raises(ValueError, match="one gate for each of 2 neurons"):
        columns.gate({"gate.h": np.array(["a", "b"])}, "h", 2)
    assert columns.weights({"w": np.array([np.nan, np.inf, -np.inf, 2.0])}, "w", (2, 2)).tolist() == [[0, 0], [0, 2]]
    with pytest.raises(ValueError, match="must hold 1 x 2 numbers"):
        columns.weights({"w": np.array(["a", "b"])}, "w", (1, 2))
    history = History(tuple({"step": i, "epoch": 7} for i in range(3)))
    assert {name: values.tolist() for name, values in columns.times(history).items()} == {"step": [0, 1, 2]}


def test_many_lives_are_kept_apart():
    """More than the 64 and 128 that the first tables hold."""
    walk = follow(np.array([60, 200, 10]), {}, [0, 1, 2])
    assert walk.born.tolist() == [0] * 60 + [1] * 140
    assert walk.died.tolist() == [3] * 10 + [2] * 190
    assert [walk.present[row].tolist() for row in range(3)] == [list(range(n)) for n in (60, 200, 10)]
    assert {*walk.maker.tolist(), *walk.ender.tolist()} == {-1}


@pytest.mark.parametrize("origin", [(0.0, 1.0), ("a", "b"), (0, 2), (0,), (0, 1, -1)])
def test_an_origin_that_names_no_neurons_has_no_effect(origin):
    walk = follow(np.array([2, 2]), {1: [Event("change", "h", 0, "", 2, 2, origin=origin)]}, [1])
    assert (walk.died.tolist(), walk.present[1].tolist(), walk.maker.tolist()) == ([2, 2], [0, 1], [-1, -1])


def test_what_just_fits_is_whole_and_leaves_no_note():
    row = {"step": 0, "size.x": 128, "size.y": 4, "weights.x.y": np.where(np.arange(512) < 400, 1.0, 0.0)}
    row |= {"activity.y": np.ones((50, 4)), "surface": np.ones((2, 1))}
    told = run(History((row,), (), None, {"line": {"x": [0, 1]}, "points": [[0.5, 0]] * 400, "image": [8, 16]}))
    assert told["left"] == []
    assert (told["edges"]["starts"], len(told["surface"]["points"])) == ([0, 400], 400)
    assert (len(told["activity"]["samples"]), len(told["places"]), told["fields"]["starts"]) == (50, 132, [0, 4])
