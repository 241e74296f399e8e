"""A snapshot holds every weight, event origins say who is who: both against independent witnesses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow import differentiable_structure as ds
from minigrow import growth, isotropic, nimble, urn
from minigrow.growth import Event, History, Move, Plan, snapshot
from minigrow.growth.basis import apply, flip
from minigrow.growth.snapshot import keep_snapshots
from minigrow.nn import MLP, SGD, Spaces


@st.composite
def moves_on(draw, h):
    """Some moves on a space of h neurons that do not mix them, and moves on another space between."""
    moves = []
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["append", "keep", "permute", "duplicate", "flip", "other"]))
        if kind == "append":
            change = growth.append(h, draw(st.integers(1, 3)))
        elif kind == "keep":
            kept = draw(st.lists(st.integers(0, h - 1), min_size=1, max_size=h, unique=True))
            change = growth.keep(kept, h)
        elif kind == "duplicate":
            change = growth.duplicate(h, draw(st.integers(0, h - 1)), 0.4)
        elif kind == "permute":
            change = growth.permute(draw(st.permutations(range(h))))
        elif kind == "flip":
            change = flip([draw(st.sampled_from([-1, 1])) for _ in range(h)])
        else:
            moves.append(Move("h2", growth.append(2, 1)))
            continue
        moves.append(Move("h1", change))
        h = change.new
    return moves, h


@given(st.data(), st.integers(1, 6))
def test_the_origin_is_what_happens_to_marked_rows(data, h):
    """Row i of b carries the mark i + 1; whatever the moves do to b, its marks say where each neuron came from."""
    moves, after = data.draw(moves_on(h))
    event = Event("change", "h1", 0, "test", h, after, tuple(moves)).recorded
    marked = {"b": np.arange(1.0, h + 1)}
    found = np.abs(apply([move for move in moves if move.space == "h1"], marked, {"b": ("+h1",)})["b"]).astype(int) - 1
    assert event.sources == tuple(found.tolist())
    assert event.moves == ()


def test_a_rotation_keeps_the_places_by_agreement():
    R = np.linalg.qr(np.random.default_rng(0).standard_normal((4, 4)))[0]
    moves = (Move("h1", growth.rotate(R)), Move("h1", growth.keep([0, 1, 3], 4)))
    assert Event("prune", "h1", 1, "x", 4, 3, moves).recorded.origin == (0, 1, 3)
    joined = (Move("h1", moves[0].change.then(moves[1].change)),)  # one dense (3, 4) matrix: places as they come
    assert Event("prune", "h1", 1, "x", 4, 3, joined).recorded.sources == (0, 1, 2)


def test_what_stays_in_place_costs_nothing_in_the_file(tmp_path):
    def size(change):
        event = Event("change", "h1", 1, "x", change.old, change.new, (Move("h1", change),))
        History().with_events([event]).save(tmp_path / "h.npz")
        return (tmp_path / "h.npz").stat().st_size

    digits = len("500" + "504") - len("5" + "9")
    assert size(growth.append(500, 4)) == size(growth.append(5, 4)) + 4 * digits  # text in an .npz is UTF-32
    assert size(growth.permute(range(500)[::-1])) > size(growth.append(500, 4)) + 4 * 1000


@pytest.mark.parametrize(
    ("net", "spaces"),
    [
        (MLP.create([4, 3, 5, 2], rng=0), {"h0": 4, "h1": 3, "h2": 5, "h3": 2}),
        (isotropic.Network.create([4, 3, 2], rng=0), {"h0": 4, "h1": 3, "h2": 2}),
        (nimble.auxiliary([2, 9, 1], size=2.5, rng=0), {"h0": 2, "h1": 9, "h2": 1}),
        (ds.Network.create("()ab", neurons=3, rng=0), {"x": 4, "h": 3, "y": 4}),
        (urn.Network.create(2, 1, size=8, rng=0), {"x": 2, "h": 5, "y": 1}),
        (isotropic.Network.create([4, 3, 2], o="none", psi="none", rng=0), {"h0": 4, "h1": 3, "h2": 2}),
    ],
)
def test_a_snapshot_holds_every_matrix_of_every_network(net, spaces):
    seen = snapshot(net)
    assert {key[5:]: value for key, value in seen.items() if key.startswith("size.")} == spaces
    matrices = {name: W for name, W in net.params.items() if len(net.axes[name]) == 2}
    weights = {key: value for key, value in seen.items() if key.startswith("weights.")}
    assert len(weights) == len(matrices)
    for name, W in matrices.items():
        to, source = (role[1:] for role in net.axes[name])
        found = weights[f"weights.{source}.{to}"]
        assert found.dtype == np.float16
        np.testing.assert_allclose(found.reshape(spaces[to], spaces[source]), W, rtol=2**-11, atol=1e-7)
    assert ("gate.h1" in seen) == isinstance(net, nimble.Network)


def test_gates_are_recorded_and_great_weights_end_at_the_end():
    net = nimble.auxiliary([1, 4, 1], goal=2, size=2.5, rng=0)
    np.testing.assert_allclose(snapshot(net)["gate.h1"], net.gates(0)[0], atol=1e-3)
    net = MLP.create([1, 1], rng=0)
    net.params["W1"][...] = -1e9
    assert snapshot(net)["weights.h0.h1"].tolist() == [-65504.0]


def test_two_matrices_between_the_same_spaces_are_one_edge():
    class Net(Spaces):
        sizes, axes = {"y": 2, "x": 3}, {"A": ("+y", "-x"), "B": ("+y", "-x"), "b": ("+y",)}
        theta = np.repeat([1.0, 0.5, 1.0], [6, 6, 2])

    seen = snapshot(Net())
    assert sorted(seen) == ["size.x", "size.y", "weights.x.y"]
    assert seen["weights.x.y"].tolist() == [1.5] * 6


def test_observing_changes_no_training_and_joins_other_columns():
    X, y = np.eye(4), np.array([0, 1, 0, 1])

    def trained(observe):
        run = growth.start(isotropic.Network.create([4, 3, 2], rng=0), SGD(), rng=0)
        return growth.train(run, X, y, Plan(epochs=3, observe=observe, quiet=True))

    plain, seen = trained(None), trained(lambda net: snapshot(net) | {"norm": float(np.abs(net.theta).sum())})
    np.testing.assert_array_equal(plain.net.theta, seen.net.theta)
    assert seen.history["weights.h0.h1"].shape == (3, 12)
    assert seen.history["norm"].shape == (3,)


def test_weights_can_be_kept_at_some_rows_only():
    life = History()
    for i in range(11):
        life = life.with_row({"epoch": i, "weights.a.b": np.full(4, i, np.float16), "size.a": 2})
    thin = keep_snapshots(life, 3)
    assert [i for i, row in enumerate(thin.rows) if len(row["weights.a.b"])] == [0, 5, 10]
    assert thin["epoch"].tolist() == list(range(11))
    assert thin["size.a"].tolist() == [2] * 11
    assert thin.rows[5]["weights.a.b"].tolist() == [5] * 4
    assert len(keep_snapshots(life, 99).rows[7]["weights.a.b"]) == 4
    with pytest.raises(ValueError, match="rows"):
        keep_snapshots(life, 1)


def test_a_sparse_history_is_saved_and_read(tmp_path):
    life = History().with_row({"weights.a.b": np.ones(4, np.float16)})
    life = keep_snapshots(life.with_row(life.rows[0]).with_row(life.rows[0]), 2)
    life.save(tmp_path / "h.npz")
    assert [row["weights.a.b"].tolist() for row in History.load(tmp_path / "h.npz").rows] == [[1] * 4, [], [1] * 4]


def test_the_recurrent_network_says_who_died_and_shows_its_weights(tmp_path):
    """Replay the events on a list of numbers of life: at every row there are as many as neurons, and marks go along."""
    text = ds.easy(rng=np.random.default_rng(0))[:4000]
    plan = Plan(steps=6000, record=50, quiet=True, observe=snapshot)
    run = ds.start(ds.Network.create("()ab", 3, rng=1), rng=1)
    run = ds.train(run, text, plan, rule=ds.Rule(anytime=0.02))
    history, ids, number = run.history, [0, 1, 2], 3
    events = list(history.events)
    assert {event.kind for event in events} == {"grow", "prune"}
    assert any(event.origin for event in events)
    for row in history.rows:
        while events and events[0].step <= row["step"]:
            event = events.pop(0)
            assert event.before == len(ids)
            new = iter(range(number, number + event.neurons))
            ids = [next(new) if source < 0 else ids[source] for source in event.sources]
            number += event.neurons if event.kind == "grow" else 0
        assert len(set(ids)) == len(ids) == row["widths"][1] == len(row["r"])
        assert row["weights.h.h"].size == len(ids) ** 2
    growth.save(run, tmp_path / "r.npz")
    assert growth.load(tmp_path / "r.npz", ds.Network).history.events == history.events


def test_without_observe_the_recurrent_history_has_the_loops_columns_and_the_norms():
    text = ds.easy(rng=np.random.default_rng(0))[:4000]
    run = ds.train(ds.start(ds.Network.create("()ab", rng=0), rng=0), text, Plan(steps=200, record=100, quiet=True))
    assert sorted(run.history.rows[0]) == ["epoch", "loss", "multiply_adds", "parameters", "r", "step", "widths"]


def test_an_event_that_names_another_width_is_recorded_all_the_same():
    """The moves say how many neurons there were; a wrong `before` must not stop anybody's training."""
    event = Event("prune", "h1", 1, "x", 2, 3, (Move("h1", growth.keep([0, 2, 3], 4)),))
    assert event.recorded.origin == (0, 2, 3)
