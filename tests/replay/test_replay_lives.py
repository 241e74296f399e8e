"""Who is who, and where: lives follow marked neurons, no two share a place, and every picture keeps its promises."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow import growth
from minigrow.growth import Event, History, Move
from minigrow.growth.basis import apply
from minigrow.replay import layout
from minigrow.replay.cast import LIVES, PLACES, cast
from minigrow.replay.columns import spaces
from minigrow.replay.lives import follow
from minigrow.replay.shows import rows_of
from minigrow.replay.thinning import FRAMES, choose


@st.composite
def marked_lives(draw):
    """Rows of a space whose neurons carry marks that real moves take along: sizes, events by row, marks at each row."""
    marks, fresh, sizes, events, seen = np.arange(1.0, draw(st.integers(1, 5)) + 1), 100.0, [], {}, []
    for row in range(draw(st.integers(1, 8))):
        for _ in range(draw(st.integers(0, 2)) if row else 0):
            h = len(marks)
            change = draw(
                st.one_of(
                    st.integers(1, 3).map(lambda k, h=h: growth.append(h, k)),
                    st.lists(st.integers(0, h - 1), min_size=1, unique=True).map(
                        lambda kept, h=h: growth.keep(kept, h)
                    ),
                    st.permutations(range(h)).map(growth.permute),
                )
            )
            event = Event("change", "h", 1, "test", h, change.new, (Move("h", change),)).recorded
            events.setdefault(row, []).append(event)
            marks = apply([Move("h", change)], {"b": marks}, {"b": ("+h",)})["b"]
            for i in np.flatnonzero(marks == 0):
                marks[i], fresh = fresh, fresh + 1
        sizes.append(len(marks))
        seen.append(marks.copy())
    return np.array(sizes), events, seen


@given(marked_lives())
def test_a_life_is_a_mark(made):
    """A number of life and a mark that the moves themselves carried name the same neuron, at every row."""
    sizes, events, seen = made
    walk = follow(sizes, events, range(len(sizes)))
    mark_of: dict[int, float] = {}
    for row, marks in enumerate(seen):
        for number, mark in zip(walk.present[row].tolist(), marks, strict=True):
            assert mark_of.setdefault(number, mark) == mark
            assert walk.born[number] <= row < walk.died[number]
        alive = np.flatnonzero((walk.born <= row) & (row < walk.died))
        assert set(alive.tolist()) == set(walk.present[row].tolist())
    assert len(set(mark_of.values())) == len(mark_of)


@given(marked_lives())
def test_every_life_names_the_event_that_made_it_and_the_one_that_ended_it(made):
    """Events counted in the order of rows, applied one by one to sets of marks: who is new, who is missing."""
    sizes, events, _ = made
    walk = follow(sizes, events, range(len(sizes)))
    row_of = [row for row in sorted(events) for _ in events[row]]
    assert [-1 if maker < 0 else row_of[maker] for maker in walk.maker] == [b if b else -1 for b in walk.born]
    for died, ender in zip(walk.died.tolist(), walk.ender.tolist(), strict=True):
        assert (ender == -1) == (died == len(sizes))
        assert ender == -1 or row_of[ender] == died
    for number, event in enumerate(event for row in sorted(events) for event in events[row]):
        born, gone = (walk.maker == number).sum(), (walk.ender == number).sum()
        assert event.after - event.before == born - gone
        assert born == sum(source < 0 for source in event.sources)


def test_the_events_of_hand_made_lives_have_their_numbers():
    grow = Event("grow", "h", 2, "", 1, 3, step=5)
    prune = Event("prune", "h", 2, "", 3, 1, step=9, origin=(1,))
    walk = follow(np.array([1, 3, 1, 2]), {1: [grow], 2: [prune]}, [3])
    assert walk.maker.tolist() == [-1, 0, 0, -1]  # no event tells of the last one
    assert walk.ender.tolist() == [1, -1, 1, -1]
    assert walk.present[3].tolist() == [1, 3]


def test_a_copy_is_a_new_neuron():
    event = Event("grow", "h", 1, "split", 2, 3, (Move("h", growth.duplicate(2, 0, 0.4)),)).recorded
    assert event.origin == (0, 1, 0)
    assert follow(np.array([2, 3]), {1: [event]}, [1]).present[1].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "event",
    [
        Event("grow", "h", 1, "counts gates", 7, 8),
        Event("grow", "h", 1, "far too many", 2, 10**12),
        Event("change", "h", 1, "another length", 2, 2, origin=(0,)),
        Event("change", "h", 1, "from nowhere", 2, 2, origin=(0, 5)),
    ],
)
def test_an_event_that_does_not_fit_changes_nobody(event):
    walk = follow(np.array([2, 2, 3, 1]), {1: [event]}, [0, 1, 2, 3])
    assert [walk.present[row].tolist() for row in range(4)] == [[0, 1], [0, 1], [0, 1, 2], [0]]


def test_who_went_before_the_first_row_is_not_drawn():
    event = Event("prune", "h", 1, "at once", 3, 2, origin=(1, 2))
    walk = follow(np.array([2]), {0: [event]}, [0])
    assert walk.present[0].tolist() == [1, 2]
    assert (walk.born[0], walk.died[0]) == (0, 0)
    huge = follow(np.array([2]), {0: [event._replace(before=10**12)]}, [0])
    assert huge.present[0].tolist() == [0, 1]


def test_events_show_at_their_row():
    time = np.array([10.0, 20.0, 30.0])
    shown = {"h": np.array([2, 3, 3])}
    grow = Event("grow", "h", 1, "", 2, 3, step=15)
    assert rows_of([grow], time, shown) == [1]
    assert rows_of([grow._replace(step=20)], time, shown) == [1]
    assert rows_of([grow._replace(step=-1)], time, shown) == [0]
    assert rows_of([grow._replace(step=99)], time, shown) == [2]
    assert rows_of([grow._replace(space="elsewhere", step=21)], time, shown) == [2]


def test_a_pool_refilled_after_a_look_shows_at_the_next():
    """Pruned before the look of step 20, refilled after it, both dated 20: the widths say so."""
    events = [Event("prune", "h", 4, "dead", 6, 2, step=20), Event("grow", "h", 4, "offered", 2, 6, step=20)]
    time = np.array([10.0, 20.0, 30.0])
    assert rows_of(events, time, {"h": np.array([6, 2, 6])}) == [1, 2]
    assert rows_of(events, time, {"h": np.array([6, 6, 6])}) == [1, 1]
    assert rows_of(events, time, {"h": np.array([6, 5, 6])}) == [1, 1]  # nothing explains 5
    assert rows_of(events[1:], np.array([20.0, 30.0]), {"h": np.array([2, 6])}) == [1]


LIFE = st.tuples(st.integers(0, 20), st.integers(1, 9))


@given(st.lists(LIFE, min_size=1, max_size=40))
def test_no_two_share_a_place_at_a_time_and_no_place_is_wasted(found):
    first = np.array([start for start, _ in found])
    last = first + np.array([long for _, long in found])
    place = layout.slots(first, last)
    for f in range(30):
        here = place[(first <= f) & (f < last)]
        assert len(set(here.tolist())) == len(here)
    assert place.max() + 1 == max(int(((first <= f) & (f < last)).sum()) for f in range(30))


def naive_slots(first, last):
    """Look through all places for each life: the first that rested, else the first that is free, else a new one."""
    place, ends = np.zeros(len(first), np.int64), []
    for life in np.lexsort((np.arange(len(first)), first)):
        free = [i for i, end in enumerate(ends) if end <= first[life]]
        chosen = ([i for i in free if ends[i] < first[life]] or free or [len(ends)])[0]
        ends += [0] * (chosen == len(ends))
        place[life], ends[chosen] = chosen, last[life]
    return place


@given(st.lists(LIFE, max_size=60))
def test_places_are_those_of_a_search_through_all(found):
    first = np.array([start for start, _ in found], np.int64)
    last = first + np.array([long for _, long in found], np.int64)
    assert layout.slots(first, last).tolist() == naive_slots(first, last).tolist()


def test_who_comes_when_another_goes_takes_a_place_that_rested():
    assert layout.slots(np.array([0, 0, 3]), np.array([2, 3, 9])).tolist() == [0, 1, 0]
    assert layout.slots(np.array([0, 0, 3]), np.array([3, 2, 9])).tolist() == [0, 1, 1]


@given(
    st.lists(st.tuples(st.integers(1, 150), st.booleans(), st.sampled_from(["line", "ring"])), min_size=1, max_size=6)
)
def test_places_are_different_and_on_the_stage(groups):
    points, middles = layout.positions(groups)
    assert [len(xy) for xy in points] == [n for n, _, _ in groups]
    every = np.concatenate(points)
    assert (every >= 0).all()
    assert (every <= 1).all()
    assert len({tuple(xy) for xy in every.round(6).tolist()}) == len(every)
    assert middles == sorted(middles)
    for left, right in pairwise(points):
        assert left[:, 0].max() < right[:, 0].min()


def test_a_growing_layer_fills_from_the_middle():
    y = layout.upright(9, centred=True)[:, 1]
    assert (np.diff(np.abs(y - 0.5)) >= -1e-12).all()
    assert (np.diff(layout.upright(9, centred=False)[:, 1]) > 0).all()


def test_a_layer_that_stays_as_it_is_fills_from_the_top():
    history = History(tuple({"step": i, "widths": (3, 1 + i)} for i in range(2)))
    found, time = spaces(history), np.arange(2)
    walks = {name: follow(sizes, {}, [0, 1]) for name, sizes in zip(found.names, found.sizes, strict=True)}
    stage = cast(history, found, walks, time)
    assert (np.diff(stage.places[stage.place[stage.space == 0], 1]) > 0).all()
    assert stage.places[stage.place[stage.space == 1], 1][0] == pytest.approx(
        0.27
    )  # two places: the upper half's middle


def test_columns_follow_who_feeds_whom():
    pairs = [("x", "h"), ("h", "h"), ("h", "y"), ("x", "y")]
    assert layout.ranks(["y", "h", "x"], pairs) == {"x": 0, "h": 1, "y": 2}
    assert layout.ranks(["b", "a"], []) == {"b": 0, "a": 1}
    loop = layout.ranks(["a", "b"], [("a", "b"), ("b", "a")])
    assert max(loop.values()) <= 2


def staged(rows, events=()):
    history = History(tuple(rows), tuple(events))
    found = spaces(history)
    frames = choose(len(rows), {}, [], [])
    walks = {name: follow(sizes, {}, range(len(rows))) for name, sizes in zip(found.names, found.sizes, strict=True)}
    return cast(history, found, walks, frames), found


def test_wide_layers_are_thinned_and_said():
    stage, _ = staged([{"widths": np.array([500, 3])}])
    assert len(stage.places) == PLACES + 3
    assert "128 of 500 places of inputs (h0) are drawn" in stage.left[0]
    assert (stage.number["h0"] >= 0).sum() == PLACES
    assert stage.number["h0"][0] == 0
    assert stage.number["h0"][-1] >= 0


def test_too_many_lives_are_thinned_and_said(monkeypatch):
    monkeypatch.setattr("minigrow.replay.cast.LIVES", 4)
    stage, _ = staged([{"widths": np.array([3, 3])}])
    assert len(stage.place) == 4 < LIVES
    assert "4 of 6 neurons that ever lived" in stage.left[0]


def test_layers_of_a_pool_become_columns():
    row = {
        "size.x": 1,
        "size.h": 3,
        "size.y": 1,
        "weights.x.h": np.ones(3),
        "weights.h.h": np.ones(9),
        "weights.h.y": np.ones(3),
    }
    stage, found = staged([row | {"layer.h": np.array([2, 1, -1])}])
    assert found.names == ("x", "h", "y")
    x = [stage.places[stage.place[stage.number["h"][i]]][0] for i in range(3)]
    assert x[1] == x[2] < x[0]  # one that was never live stands with the first layer
    ring, _ = staged([row])
    assert len(set(ring.column.tolist())) == 3
    unknown, _ = staged([row | {"layer.h": np.array([-1, -1, -1])}])
    assert len(set(unknown.column.tolist())) == 3
    other, _ = staged([row | {"layer.h": np.zeros(0)}])
    assert len(set(other.column.tolist())) == 3


@given(st.data(), st.integers(FRAMES + 1, 5000))
def test_thinning_keeps_ends_extremes_and_every_event(data, n):
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    curves = {"loss": rng.standard_normal(n), "widths": rng.integers(0, 9, n).astype(float)}
    curves["loss"][rng.integers(0, n, 5)] = np.nan
    events, pictures = rng.integers(0, n, 500), sorted(set(rng.integers(0, n, 200).tolist()))
    frames = choose(n, curves, events.tolist(), pictures)
    assert len(frames) <= FRAMES
    assert (np.diff(frames) > 0).all()
    kept = set(frames.tolist())
    extremes = [int(f(values)) for values in curves.values() for f in (np.nanargmin, np.nanargmax)]
    assert kept >= {0, n - 1, *events.tolist(), *pictures, *extremes}


def test_thinning_without_room_still_keeps_the_ends():
    n = 10**5
    frames = choose(n, {"loss": np.full(n, np.nan)}, range(n), range(n))
    assert {0, n - 1} <= set(frames.tolist())
    assert len(frames) <= FRAMES
    assert choose(7, {}, [], []).tolist() == list(range(7))


def test_two_upright_lines_stand_left_and_right_and_a_ring_takes_its_room():
    from minigrow.replay.layout import TALL, positions, upright

    points = upright(TALL + 2, centred=False)
    tall = (TALL + 2) // 2
    np.testing.assert_allclose(points[:, 0], np.tile([-1, 1], tall))
    np.testing.assert_allclose(points[::2, 1], (np.arange(tall) + 0.25) / tall)
    np.testing.assert_allclose(points[1::2, 1], (np.arange(tall) + 0.75) / tall)
    one, ring = (1, False, "line"), (4, False, "ring")
    assert positions([one, ring, one])[1] == [0.1, 0.5, 0.9]
    points, (middle,) = positions([ring])
    assert middle == 0.5
    np.testing.assert_allclose([points[0][:, 0].min(), points[0][:, 0].max()], [0.1, 0.9])


def test_a_newborn_in_front_takes_nobodys_place():
    events = (Event("grow", "h", 1, "in front", 1, 2, step=1, origin=(-1, 0)),)
    walk = follow(np.array([1, 2]), {1: list(events)}, [0, 1])
    assert walk.present[1].tolist() == [1, 0]
    assert walk.died.tolist() == [2, 2]


def test_a_gated_space_is_followed_at_every_frame_and_open_is_255():
    from minigrow.replay.cast import gates
    from minigrow.replay.scene import scene

    rows = tuple({"step": i, "size.x": 1, "size.h": 2, "gate.h": np.array([1.0, i / 99])} for i in range(100))
    told = scene(History(rows))
    assert {*told.frames.tolist()} <= told.walks["h"].present.keys()
    found = gates(told.history, told.found, told.walks, {"h": np.array([0, 1])}, told.frames)
    assert found["values"][:, 0].tolist() == [255] * len(told.frames)


def test_events_are_joined_only_where_there_are_several():
    from minigrow.replay.story import _joined

    one, other = (Event("grow", "h", k, f"reason {k}", 1, 1 + k, step=1) for k in (1, 2))
    assert list(_joined([(one, 3, [0])])) == [(one, 3, [0])]
    ((both, frame, own),) = _joined([(one, 3, [0]), (other, 3, [1])])
    assert (both.neurons, both.reason, frame, own) == (
        3,
        "reason 2 (the last of 2 events since the frame before)",
        3,
        [0, 1],
    )
