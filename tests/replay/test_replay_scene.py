"""What a page says of a whole life: its first moment, names, phases, births, and which files it opens; and how large it is."""

import time
from pathlib import Path

import numpy as np
import pytest

from minigrow import growth, nimble
from minigrow.growth import Event, History, Plan, snapshot
from minigrow.growth.watch import watch
from minigrow.nn import MLP, Adam
from minigrow.replay import open_history, page
from minigrow.replay.columns import spaces
from minigrow.replay.data import run
from minigrow.replay.thinning import unpack

FIGURES = Path(__file__).parents[2] / "figures"
HISTORIES = sorted(path.parent.name for path in FIGURES.glob("*/history.npz"))


def lives(told):
    return {key: unpack(text, "u1" if key == "space" else "u2").tolist() for key, text in told["lives"].items()}


def row(step, *widths, **more):
    return {"step": step, "loss": 1 / (step + 1), "widths": np.array(widths)} | more


def early(step=0, *widths):
    return {"step": step, "epoch": 0, "widths": np.array(widths)}


GROW = Event("grow", "h1", 2, "asked for", 1, 3, step=7)


def test_the_first_births_are_seen():
    """Grown before the first row: the page shows one neuron, then three, and says which event made the two."""
    history = History((row(10, 2, 3, 1), row(20, 2, 3, 1)), (GROW,), early(0, 2, 1, 1))
    told = run(history)
    assert (told["rows"], told["total"]) == ([-1, 0, 1], [2, 1])
    assert told["times"] == {"step": [0, 10, 20]}
    assert told["curves"]["loss"][0] is None
    assert told["spaces"][1]["widths"] == [1, 3, 3]
    assert told["events"][0][0] == 1
    assert lives(told)["first"] == [0, 0, 0, 1, 1, 0]
    assert told["born"] == [-1, -1, -1, 0, 0, -1]
    assert told["gone"] == [-1] * 6


def test_an_event_at_step_0_comes_after_the_first_moment():
    history = History((row(10, 2, 3, 1),), (GROW._replace(step=0),), early(0, 2, 1, 1))
    assert run(history)["events"][0][0] == 1


def test_a_first_moment_that_says_too_little_is_left_out():
    rows = (row(10, 2, 3, 1),)
    assert run(History(rows, (), early(10, 2, 1, 1)))["rows"] == [0]  # as late as the first row
    told = run(History(rows, (), {"step": 0}))
    assert told["rows"] == [0]
    assert "the network before its first step is not drawn: it was recorded without widths" in told["left"]


def test_born_and_gone_name_the_events_of_a_hand_made_life():
    events = (
        Event("grow", "h1", 1, "first", 2, 3, step=2),
        Event("prune", "h1", 2, "second", 3, 1, step=2, origin=(2,)),
        Event("rotate", "h1", 0, "third", 1, 1, step=3),
        Event("grow", "h1", 1, "fourth", 1, 2, step=3),
    )
    told = run(History((row(1, 1, 2, 1), row(2, 1, 1, 1), row(3, 1, 3, 1)), events))
    found = lives(told)
    assert found["first"] == [0, 0, 0, 1, 2, 2, 0]
    assert found["last"] == [3, 1, 1, 3, 3, 3, 3]
    assert told["born"] == [-1, -1, -1, 0, 3, -1, -1]  # no event tells of the last of h1
    assert told["gone"] == [-1, 1, 1, -1, -1, -1, -1]


def test_a_gate_that_opens_is_a_birth_and_one_that_shuts_for_good_an_end():
    gates = np.array([[1, 0, 0.0], [1, 0.5, 0], [1, 0, 0], [1, 0.7, 0], [0, 1, 0]])
    rows = tuple(
        {"step": i, "size.x": 1, "size.h": 3, "gate.h": gate, "weights.x.h": np.ones(3)} for i, gate in enumerate(gates)
    )
    events = (
        Event("grow", "h", 1, "opens", 1, 2, step=1),
        Event("prune", "h", 1, "shuts", 2, 1, step=2),
        Event("grow", "h", 1, "opens again", 1, 2, step=3),
        Event("prune", "h", 1, "the other shuts", 2, 1, step=4),
    )
    told = run(History(rows, events))
    assert told["born"] == [-1, -1, 0]
    assert told["gone"] == [-1, 3, -1]


def test_joined_events_keep_their_children(monkeypatch):
    monkeypatch.setattr("minigrow.replay.story.LISTED", 1)
    events = (Event("grow", "h1", 1, "a", 1, 2, step=2), Event("grow", "h1", 1, "b", 2, 3, step=2))
    told = run(History((row(1, 1, 1, 1), row(2, 1, 3, 1)), events))
    assert told["reasons"] == ["b (the last of 2 events since the frame before)"]
    assert told["born"] == [-1, -1, 0, 0, -1]


def test_phases_and_the_task_stand_at_steps():
    said = {"task": "Tell digits apart. " + "x" * 400, "phases": [[15, "fewer"], [0, "all"]]}
    told = run(History((row(10, 2, 3, 1), row(20, 2, 3, 1)), (), None, said))
    assert told["phases"] == [[0, "all"], [15, "fewer"]]
    assert told["task"].startswith("Tell digits apart.")
    assert len(told["task"]) == 300


ODD = ["constructor", "__proto__", "x y", "h>1", "weights.a", "Größe ∞", ""]


@pytest.mark.parametrize("name", ODD)
def test_a_space_may_have_any_name(name):
    rows = tuple(
        {"step": s, "size.in": 2, f"size.{name}": 1 + s, "size.out": 1, f"weights.in.{name}": np.ones(2 + 2 * s),
         f"weights.{name}.out": np.ones(1 + s), f"sigma.{name}": np.ones(1 + s), f"activity.{name}": np.ones((2, 1 + s))}
        for s in (0, 1)
    )  # fmt: skip
    told = run(History(rows, (Event("grow", name, 1, "asked for", 1, 2, step=1),)))
    assert [(space["name"], space["words"]) for space in told["spaces"]] == [
        ("in", "inputs"), (name, "hidden 1"), ("out", "outputs"),
    ]  # fmt: skip
    assert told["born"].count(0) == 1
    assert len(told["edges"]["scales"]) == 2
    assert told["activity"]["scale"] == [1, 1, 1]
    assert page(History(rows)).html.count("<script") == 2


def test_names_that_read_alike_are_kept_apart():
    """a > b>c and a>b > c: each pair of spaces has a scale of its own."""
    row = {
        "size.a": 1,
        "size.b>c": 1,
        "size.a>b": 1,
        "size.c": 1,
        "weights.a.b>c": np.ones(1),
        "weights.a>b.c": 4 * np.ones(1),
    }
    assert unpack(run(History((row,)))["edges"]["levels"], "i1").tolist() == [127, 127]


def test_a_checkpoint_opens_as_its_history(tmp_path):
    X, y = np.eye(3), np.arange(3)
    plan = Plan(epochs=2, observe=snapshot, quiet=True, checkpoint=tmp_path / "run.npz")
    made = growth.train(growth.start(MLP.create([3, 2, 3], rng=0), Adam(), rng=0), X, y, plan)
    made.history.save(tmp_path / "history.npz")
    for name in ("run.npz", "history.npz"):
        found = open_history(tmp_path / name)
        assert len(found.rows) == 2
        assert run(found)["times"] == run(made.history)["times"]


def test_what_is_no_history_is_said(tmp_path):
    (tmp_path / "a.txt").write_text("words")
    np.savez(tmp_path / "b.npz", x=np.ones(2))
    growth.checkpoint.save_arrays(tmp_path / "c.npz", {}, {"file": "minigrow checkpoint", "version": 2})
    for name in ("a.txt", "b.npz"):
        with pytest.raises(ValueError, match="not a whole minigrow history file or checkpoint"):
            open_history(tmp_path / name)
    with pytest.raises(ValueError, match="damaged minigrow checkpoint"):
        open_history(tmp_path / "c.npz")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        open_history(tmp_path / "d.npz")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        open_history(tmp_path)


def film(history):
    """The history with a surface, activities and a singular value for each neuron at every row, as `growth.watch` records them."""
    x, rng = np.linspace(-1, 1, 33), np.random.default_rng(0)
    found = spaces(history)
    rows = []
    for i, old in enumerate(history.rows):
        z = np.add.outer(np.sin(5 * x + i / 20), x * x * np.cos(i / 30)) + 0.1 * np.sin(
            np.multiply.outer(9 * x, 7 * x) + i / 9
        )
        p = (1 / (1 + np.exp(-9 * z))).ravel()
        more = {"surface": np.stack([p, 1 - p], axis=1).astype(np.float16)}
        for name, n in zip(found.names, found.sizes[:, i], strict=True):
            more |= {f"activity.{name}": rng.standard_normal((12, n)), f"sigma.{name}": rng.random(n)}
        rows.append(dict(old) | more)
    about = {"task": "A task.", "plane": {"x": [-1, 1], "y": [-1, 1], "size": 33, "names": ["a", "b"]}}
    if "h0" in found.names:
        about["image"] = [1, int(found.sizes[found.names.index("h0")][0])]

    return History(tuple(rows), history.events, history.first, about)


@pytest.mark.parametrize("name", HISTORIES)
def test_the_page_of_a_committed_history_is_small_with_all_that_may_be_recorded(name):
    history = History.load(FIGURES / name / "history.npz")
    plain, whole = page(history, name), page(film(history), name)
    assert len(plain.html) + 10_000 < len(whole.html) < 500_000
    assert not any("cannot be drawn" in words for words in whole.left)


def wide(n, rows=30):
    rng, width, made, events = np.random.default_rng(0), n, [], []
    for i in range(rows):
        if i:
            k = int(rng.integers(1, n // 10))
            if i % 2:
                events.append(Event("grow", "h1", k, "wider", width, width + k, step=i))
            else:
                kept = np.sort(rng.permutation(width)[: width - k])
                events.append(Event("prune", "h1", k, "less", width, width - k, step=i, origin=tuple(kept.tolist())))
            width = events[-1].after
        sizes = {"size.h0": 4, "size.h1": width, "size.h2": 2}
        matrices = {"weights.h0.h1": np.ones(4 * width, np.float16), "weights.h1.h2": np.ones(2 * width, np.float16)}
        made.append(row(i, 4, width, 2) | sizes | matrices)
    return History(tuple(made), tuple(events))


def seconds(history):
    start = time.process_time()
    page(history)
    return time.process_time() - start


def test_wide_nets_are_written_in_time_that_grows_with_their_width():
    """Four times as wide takes four times the computing time; the square would take sixteen."""
    histories = [wide(n) for n in (5000, 20_000)]
    narrow, broad = (min(seconds(history) for _ in range(2)) for history in histories)
    assert broad < 9 * max(narrow, 0.1)


def test_a_real_gated_life_has_births():
    rows, net = nimble.sample("cubic", np.random.default_rng(0)), nimble.auxiliary(rng=0)
    life = nimble.history(nimble.descend_all([net], [rows], Plan(8000, None, "mse", record=400)), 0, rows)
    told = run(life)
    grown = [i for i, event in enumerate(told["events"]) if event[1] == "grow"]
    assert grown
    assert set(told["born"]) - {-1} <= set(grown)
    assert len(set(told["born"]) - {-1}) >= len(grown) - 1


def test_a_line_is_watched_and_shown():
    x = np.linspace(-1, 1, 20)[:, None]
    plan = Plan(epochs=3, loss="mse", observe=watch(x, x**2, loss="mse", task="Fit a parabola."), quiet=True)
    history = growth.train(growth.start(MLP.create([1, 3, 1], rng=0), Adam(), rng=0), x, x**2, plan).history
    told = run(history)
    assert told["surface"]["kind"] == "line"
    assert told["task"] == "Fit a parabola."
    values = unpack(told["surface"]["values"], "i2").reshape(4, -1) * told["surface"]["scale"] / 32767
    wanted = [np.ravel(one["surface"]).astype(float) for one in (history.first, *history.rows)]
    np.testing.assert_allclose(values, wanted, atol=told["surface"]["scale"] / 32767)
