"""What the page holds: numbers within the stated rounding, nothing from elsewhere, nothing that breaks out, and small."""

import base64
import html.parser
import json
import re
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow import growth, nimble, urn
from minigrow.growth import Event, History, Plan, snapshot
from minigrow.growth.outputs import GENERATOR
from minigrow.growth.snapshot import keep_snapshots
from minigrow.isotropic import AutoAdapt, Network
from minigrow.nn import MLP, Adam, AdamW
from minigrow.replay import page, write_page
from minigrow.replay.columns import MOST, curves, spaces, times, weights
from minigrow.replay.edges import EDGES
from minigrow.replay.story import LISTED
from minigrow.replay.thinning import FRAMES, pack, short, unpack

EVIL = "</script><script>alert(1)</script><b>bold</b>@@DATA@@ & \u2028 ]]>"


class Seen(html.parser.HTMLParser):
    """Collect tags with their attributes, and the texts of scripts."""

    def __init__(self):
        super().__init__()
        self.tags, self.scripts, self.words, self.inside = [], [], [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, text):
        if self.inside == "script":
            self.scripts[-1] += text
        elif self.inside in ("h1", "title"):
            self.words.append(text)


def read(made):
    """Return what a browser would see, and the data of the only run."""
    seen = Seen()
    seen.feed(made.html)
    return seen, whole_data(made)["runs"][0]


def whole_data(made):
    seen = Seen()
    seen.feed(made.html)
    return json.loads(zlib.decompress(base64.b64decode(seen.scripts[0])))


def plain_row(step, widths, **more):
    return {"step": step, "loss": 1.0 / (step + 1), "widths": np.array(widths)} | more


def trained(epochs=12):
    """A real life with weights: an isotropic network that sizes itself."""
    X = np.random.default_rng(0).standard_normal((60, 4))
    plan = Plan(epochs=epochs, policies=(AutoAdapt(tau=0.9, scaffold=2),), observe=snapshot, quiet=True)
    run = growth.start(Network.create([4, 3, 3, 2], rng=0), AdamW(3e-2, weight_decay=0.1), rng=0)
    return growth.train(run, X, (X[:, 0] > 0).astype(int), plan).history


def with_first(history):
    """The rows that a page shows: the network before its first step, with a loss that nobody knows, and all others."""
    return History((dict(history.first) | {"loss": np.nan}, *history.rows), history.events)


@pytest.fixture(scope="module")
def life():
    return trained()


@given(st.lists(st.integers(0, 65535), max_size=40))
def test_packed_numbers_come_back(values):
    assert unpack(pack(np.array(values), "u2"), "u2").tolist() == values
    low = [value % 255 - 127 for value in values]
    assert unpack(pack(np.array(low), "i1"), "i1").tolist() == low


@given(st.lists(st.floats() | st.integers(-(10**9), 10**9), max_size=20))
def test_short_numbers_keep_five_digits(values):
    for value, found in zip(
        values, json.loads(json.dumps(short(np.array(values, float)), allow_nan=False)), strict=True
    ):
        if found is None:
            assert not np.isfinite(value)
        else:
            assert found == pytest.approx(float(value), rel=5.1e-5)


def test_the_page_tells_the_life_as_it_was(life):
    """Unpack the page and compare with the history: widths, lives, and every weight within half a level."""
    (_, data), life = read(page(life, "test")), with_first(life)
    F, names = len(life.rows), [space["name"] for space in data["spaces"]]
    assert data["rows"] == list(range(-1, F - 1))
    assert data["times"]["step"] == life["step"].tolist()
    assert data["amounts"] == {"parameters": life["parameters"].tolist()}
    assert data["curves"]["loss"][0] is None
    np.testing.assert_allclose(data["curves"]["loss"][1:], life["loss"][1:], rtol=5.1e-5)
    assert np.array([space["widths"] for space in data["spaces"]]).T.tolist() == life["widths"].tolist()
    lives = {key: unpack(text, "u1" if key == "space" else "u2") for key, text in data["lives"].items()}
    for f in range(F):
        here = (lives["first"] <= f) & (f < lives["last"])
        assert np.bincount(lives["space"][here], minlength=4).tolist() == life["widths"][f].tolist()
        assert len(set(lives["place"][here].tolist())) == here.sum()
    ends, levels = unpack(data["edges"]["ends"], "u2").reshape(-1, 2), unpack(data["edges"]["levels"], "i1")
    assert len({event.space for event in life.events}) == 2
    for f, (start, stop) in enumerate(zip(data["edges"]["starts"][:-1], data["edges"]["starts"][1:], strict=True)):
        for key, scale in data["edges"]["scales"].items():
            a, b = key.split(">")
            W = life.rows[f][f"weights.{a}.{b}"].astype(float)
            mine = lives["space"][ends[start:stop, 0]] == names.index(a)
            wanted = np.round(W / _greatest(life, a, b) * 127)
            assert sorted(levels[start:stop][mine].tolist()) == sorted(wanted[wanted != 0].tolist())
            assert scale == pytest.approx(_greatest(life, a, b), rel=5.1e-3)


def _greatest(life, a, b):
    return max(np.abs(row[f"weights.{a}.{b}"].astype(float)).max() for row in life.rows)


def test_an_edge_stays_with_its_neurons():
    """Neuron 0 of three goes; the weight of neuron 2 must then hang on the same life as before."""
    rows = [
        {"step": 0, "size.a": 1, "size.b": 3, "weights.a.b": np.array([1.0, 0.0, 0.5])},
        {"step": 1, "size.a": 1, "size.b": 2, "weights.a.b": np.array([0.0, 0.5])},
    ]
    events = (Event("prune", "b", 1, "least", 3, 2, step=1, origin=(1, 2)),)
    _, data = read(page(History(tuple(rows), events)))
    ends, levels = unpack(data["edges"]["ends"], "u2").reshape(-1, 2), unpack(data["edges"]["levels"], "i1")
    assert data["edges"]["starts"] == [0, 2, 3]
    assert levels.tolist() == [127, 64, 64]
    assert ends[1].tolist() == ends[2].tolist() != ends[0].tolist()
    assert unpack(data["lives"]["last"], "u2")[ends[0, 1]] == 1


def test_only_the_strongest_edges_are_drawn():
    rng = np.random.default_rng(0)
    W = rng.standard_normal((40, 30)).astype(np.float16)
    made = page(History(({"size.a": 30, "size.b": 40, "weights.a.b": W.ravel()},)))
    levels = unpack(read(made)[1]["edges"]["levels"], "i1")
    wanted = np.sort(np.round(np.abs(W.astype(float)) / np.abs(W.astype(float)).max() * 127).ravel())[::-1][:EDGES]
    assert np.sort(np.abs(levels))[::-1].tolist() == wanted.tolist()
    assert f"at most {EDGES} of up to" in made.left[0]


def test_weights_that_are_not_finite_are_no_edges():
    row = {"size.a": 1, "size.b": 4, "weights.a.b": np.array([np.nan, np.inf, 0.0, 2.0])}
    _, data = read(page(History((row,))))
    assert unpack(data["edges"]["levels"], "i1").tolist() == [127]
    assert data["edges"]["scales"] == {"a>b": 2}
    none = page(History((row | {"weights.a.b": np.zeros(4)},)))
    assert read(none)[1]["edges"]["scales"] == {}


def test_gates_say_how_visible_a_neuron_is():
    rng = np.random.default_rng(0)
    rows, net = nimble.sample("cubic", rng), nimble.auxiliary(rng=rng)
    life = nimble.history(nimble.descend_all([net], [rows], Plan(8000, None, "mse", record=400)), 0, rows)
    _, data = read(page(life))
    lives, F = unpack(data["gates"]["lives"], "u2"), len(life.rows)
    values = unpack(data["gates"]["values"], "u1").reshape(F, len(lives))
    most = life["active"].max()
    assert 1 < most < 9
    assert len(lives) == most  # gates that never open need no place
    for f in range(F):
        np.testing.assert_allclose(values[f] / 255, life["gates"][f][:most], atol=1 / 255 + 1e-3)
        assert ((values[f] > 0) == (life["gates"][f][:most] > 0)).all()
    hidden = next(space for space in data["spaces"] if space["hidden"])
    assert hidden["widths"] == life["widths"][:, 1].tolist()
    ends, levels = unpack(data["edges"]["ends"], "u2").reshape(-1, 2), unpack(data["edges"]["levels"], "i1")
    gated = life["weights.h1.h2"].astype(float) * life["gate.h1"]  # an edge is what the gate lets through
    starts = data["edges"]["starts"]
    for at, start, stop in zip(data["edges"]["at"], starts[:-1], starts[1:], strict=True):
        found = levels[start:stop][np.isin(ends[start:stop, 0], lives)]
        wanted = np.round(gated[at] / np.abs(gated).max() * 127)
        assert sorted(found.tolist()) == sorted(wanted[wanted != 0].tolist())
        assert len(set(ends[start:stop].ravel().tolist()) & set(lives.tolist())) <= life["widths"][at, 1]


def test_a_masked_network_of_two_layers_is_told_too():
    net = nimble.controller([2, 4, 6, 1], rng=0)
    x = np.random.default_rng(0).standard_normal((20, 2))
    plan = Plan(400, None, "mse", record=100, quiet=True, observe=snapshot)
    life = nimble.fit(x, x[:, :1] ** 2, net, plan=plan)[1]
    assert {"gate.h1", "gate.h2", "weights.h1.h2"} <= set(life.rows[0])
    _, data = read(page(life))
    assert [space["widths"][1:] for space in data["spaces"]] == life["widths"].T.tolist()
    assert [space["widths"][0] for space in data["spaces"]] == [2, 0, 0, 1]  # before the first step all gates are shut
    without = nimble.fit(x, x[:, :1] ** 2, net, plan=plan._replace(observe=None))[1]
    np.testing.assert_array_equal(without["loss"], life["loss"])


def urn_plan(steps, **more):
    return Plan(batch=None, loss="mse", steps=steps, every=50, observe=snapshot, quiet=True, **more)


def test_a_pool_is_told_with_its_refills():
    X, y, strengths = np.eye(2), np.ones((2, 1)), urn.Strengths(l1=0.05, loop=1.0)
    run = growth.start(urn.Network.create(2, 1, size=9, rng=0), Adam(1e-2), rng=0)
    life = urn.train(run, X, y, urn_plan(300), strengths)
    life = growth.accept(life, *urn.grow(life.net, 3, rng=0))
    life = urn.train(life, X, y, urn_plan(600, since=300), strengths)
    made = life.history
    assert {e.kind for e in made.events} == {"grow", "prune"}
    _, data = read(page(made))
    space = unpack(data["lives"]["space"], "u1")
    first, last = unpack(data["lives"]["first"], "u2"), unpack(data["lives"]["last"], "u2")
    for f, row in enumerate(with_first(made).rows):
        assert np.bincount(space[(first <= f) & (f < last)], minlength=3).tolist() == row["widths"].tolist()


def test_nothing_comes_from_elsewhere(life):
    made = page(life, "test").html
    assert "http://" not in made
    assert "https://" not in made
    assert "@@" not in made
    for tag, attributes in read(page(life))[0].tags:
        assert not {"src", "srcset", "action", "onload"} & set(attributes)
        assert attributes.get("href", "#").startswith(("#", "data:,"))
        assert tag not in ("iframe", "object", "embed", "img", "base", "form")
    assert "default-src 'none'" in made
    assert not re.search(r"@import|url\((?!#)|fetch\(|XMLHttpRequest|WebSocket|import\(", made)


def test_words_from_a_history_cannot_break_the_page():
    events = (Event("grow", EVIL, 1, EVIL, 1, 2, step=0), Event(EVIL, "h0", 1, EVIL * 99, 1, 1, step=0))
    whole = page(History((plain_row(0, [1, 2]),), events), EVIL)
    (seen, data), made = read(whole), whole.html
    assert [tag for tag, _ in seen.tags].count("script") == 2
    assert not [tag for tag, _ in seen.tags if tag == "b" and tag not in made[: made.index("</main>")]]
    assert seen.words[0] == seen.words[1] == EVIL
    assert whole_data(whole)["title"] == data["name"] == EVIL
    assert data["reasons"][0] == EVIL
    assert len(data["reasons"][1]) <= 160
    assert "<b>bold" not in made


def test_a_history_without_weights_plays_and_says_how_to_record_them():
    _, data = read(page(History((plain_row(0, [3, 4, 2]), plain_row(5, [3, 6, 2])))))
    assert "observe=minigrow.growth.snapshot" in data["hint"]
    assert [space["words"] for space in data["spaces"]] == ["inputs", "hidden 1", "outputs"]
    assert data["edges"]["at"] == []
    assert data["amounts"] == {}


def test_without_a_count_of_parameters_the_weights_are_counted():
    """Two inputs, three hidden neurons that feed each other, then one more: 2 * 3 + 3 * 3, then 2 * 4 + 4 * 4."""
    rows = [
        {"step": step, "size.x": 2, "size.h": h, "weights.x.h": np.ones(2 * h), "weights.h.h": np.ones(h * h)}
        for step, h in ((0, 3), (5, 4))
    ]
    _, data = read(page(History(tuple(rows))))
    assert data["amounts"] == {"weights": [15, 24]}


def test_names_of_layers():
    def words(widths, events=()):
        return [(s["name"], s["words"]) for s in read(page(History((plain_row(0, widths),), events)))[1]["spaces"]]

    assert words([1, 2, 2, 1])[1:3] == [("h1", "hidden 1"), ("h2", "hidden 2")]
    event = Event("grow", "h", 1, "", 1, 2, step=0)
    assert words([1, 2, 1], (event,)) == [("x", "inputs"), ("h", "hidden 1"), ("y", "outputs")]
    assert [name for name, _ in words([1, 2], (event,))] == ["h0", "h1"]


def test_a_column_of_time_is_found_or_made():
    def found(**columns):
        return times(History((columns,)))

    assert list(found(step=3, epoch=1)) == ["step", "epoch"]
    assert list(found(step=2, epoch=np.nan)) == ["step"]
    assert list(found(loss=1.0)) == ["row"]
    assert list(curves(History(({"validation_loss": 1.0, "loss": 2.0},)))) == ["loss", "validation_loss"]


BAD = {
    "no rows": (History(), "has no rows"),
    "no widths": (History(({"loss": 1.0},)), "no column widths, only"),
    "widths with a fraction": (History((plain_row(0, [1.5, 2]),)), r"widths\[0\] must hold whole numbers"),
    "negative widths": (History((plain_row(0, [1, -2]),)), r"widths\[1\] must hold whole numbers"),
    "widths beyond all reason": (History((plain_row(0, [1, MOST + 1]),)), "0..100000"),
    "widths that are words": (History((plain_row(0, ["a", "b"]),)), "same number of whole numbers"),
    "widths of two lengths": (History((plain_row(0, [1, 2]), plain_row(1, [1, 2, 3]))), "same number of whole numbers"),
    "a loss that is a vector": (History((plain_row(0, [1, 2]) | {"loss": np.ones(2)},)), "loss must hold one number"),
    "sizes that are not numbers": (History(({"size.a": "x"},)), "size.a must hold one number"),
    "weights of another shape": (
        History(({"size.a": 2, "size.b": 2, "weights.a.b": np.ones(3)},)), "2 x 2 numbers at each row, got 3",
    ),
    "gates of another number": (History(({"size.a": 2, "gate.a": np.ones(3)},)), "one gate for each of 2 neurons"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_drawn_is_said(name):
    history, words = BAD[name]
    with pytest.raises(ValueError, match=words):
        page(history)


def test_weights_reads_matrices():
    assert weights({"w": np.zeros(0)}, "w", (2, 2)) is None
    assert weights({"w": np.arange(4)}, "w", (2, 2)).tolist() == [[0, 1], [2, 3]]


def test_100_000_rows_with_events_are_thinned_said_and_small():
    rng, n, width, rows, events = np.random.default_rng(0), 10**5, 30, [], []
    for i in range(n):
        if i % 25 == 1:
            after = int(np.clip(width + rng.integers(-4, 5), 1, 400))
            kind = "grow" if after > width else "prune"
            events.append(Event(kind, "h1", abs(after - width), f"reason {i}", width, after, step=i))
            width = after
        rows.append({"step": i, "loss": float(rng.random()), "widths": np.array([4, width, 2])})
    rows[777]["loss"] = 9.0
    made = page(History(tuple(rows), tuple(events)), "big")
    assert made.frames <= FRAMES
    assert len(made.html) < 3e6
    assert f"{made.frames} of 100000 rows are drawn" in made.left[0]
    assert any("4000 events are joined" in words for words in made.left)
    _, data = read(made)
    assert data["rows"][0] == 0
    assert data["rows"][-1] == n - 1
    assert 777 in data["rows"]
    assert len(data["events"]) <= LISTED
    assert sum("events since" in reason for reason in data["reasons"]) > 100
    assert sum(event[3] for event in data["events"]) == sum(event.neurons for event in events)


def test_width_500_with_weights_is_thinned_said_and_small():
    life, net = History(), MLP.create([64, 500, 500, 10], rng=0)
    rows = tuple({"step": i, "loss": 1.0, "widths": np.array(net.widths)} | snapshot(net) for i in range(12))
    made = page(keep_snapshots(History(rows, life.events), 6), "wide")
    assert len(made.html) < 3e6
    assert any("128 of 500 places of hidden 1 (h1)" in words for words in made.left)
    assert any("edges a frame" in words for words in made.left)
    assert any("edges are drawn from 6 rows (6 of 12 have weights)" in words for words in made.left)


def test_the_file_is_written_whole_or_not_at_all(tmp_path, life):
    made = write_page(life, tmp_path / "new" / "a.html", "test")
    written = (tmp_path / "new" / "a.html").read_bytes()
    assert written.replace(f"{GENERATOR}\n".encode(), b"", 1) == made.html.encode()
    with pytest.raises(ValueError, match="no rows"):
        write_page(History(), tmp_path / "b.html")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new"]


def test_spaces_of_a_snapshot_stand_in_order(life):
    found = spaces(life)
    assert found.names == ("h0", "h1", "h2", "h3")
    assert found.sizes.T.tolist() == life["widths"].tolist()
