"""Lives: what each way does, how wires are followed, the time until a skill is back, and every claim on hand-made data."""

from itertools import count

import numpy as np
import pytest

from minigrow.experiments.urn import lifetime, lives
from minigrow.growth import History, start
from minigrow.nn import Adam
from minigrow.urn import Network, prune

HOLDS, REFUTED, UNDECIDED = "holds", "refuted", "undecided"
JOB = lives.Job((("easy", 0.01), ("hard", 0.01), ("easy", 0.01)), "plastic", 60, 10, 0.01, 3)


def test_a_frozen_mask_keeps_its_wires_and_gets_no_neurons():
    ends, course, _ = lives.one(JOB._replace(way="frozen", steps=200))
    assert ends[0]["edges"] == ends[1]["edges"] == ends[2]["edges"]
    assert ends[1]["kept"] == ends[2]["kept"] == 1
    assert ends[0]["hidden"] == ends[2]["hidden"]
    assert len(course["edges"]) == 60
    assert len(set(course["edges"][20:])) == 1


def test_the_ways_share_their_first_phase():
    first = [lives.one(JOB._replace(way=way))[0][0] for way in lifetime.WAYS]
    assert first[0] == first[1] == first[2]


def test_trained_afresh_remembers_nothing():
    ends = lives.one(JOB._replace(way="afresh"))[0]
    alone = lives.one(JOB._replace(way="afresh", phases=(("hard", 0.01), ("hard", 0.01), ("easy", 0.01))))[0]
    assert ends[2] == alone[2]
    assert ends[1]["kept"] == 0


def test_wires_are_followed_through_deaths_and_births():
    net = Network.create(2, 1, 6, iterations=3, rng=0)
    net.params["Wyh"][:, 0] = net.params["Whh"][:, 0] = 0  # the first neuron is dead
    before = lives.wires(net, [0, 1, 2])
    small, event = prune(net)
    names = lives.renamed([0, 1, 2], [event.recorded], count(3))
    assert names == [1, 2]
    assert lives.wires(small, names) == before
    run = start(small, Adam(), rng=0)
    full = lives.filled(run)
    names = lives.renamed(names, full.history.events, count(3))
    assert names[:3] == [1, 2, 3]
    assert full.net.size == lives.SIZE
    assert lives.wires(full.net, names) == before, "new neurons reach no output yet"
    assert full.state.slots[0].shape == full.net.theta.shape
    assert lives.filled(full) is full


def test_the_skill_must_stay():
    assert lives.back([True, True], 10) == 10
    assert lives.back([False, True, False, True], 10) == 40
    assert lives.back([True, True, False], 10) is None


def test_the_film_has_matrices_sorted_by_layer():
    phases = tuple(map(tuple, lifetime.LIVES["both"]))
    ends, _, history = lives.one(lives.Job(phases, "plastic", 20, 10, 0.01, 0, True))
    assert isinstance(history, History)
    frames = lifetime.film(history, 20)
    assert len(frames) == 2 * len(phases)
    assert all(len(f["matrix"]) == sum(f["layers"]) ** 2 for f in frames if sum(f["layers"]))
    assert {"weights.x.h", "layer.h", "kind", "depth"} <= set(history.rows[0])
    assert len(ends) == 4
    assert lives.one(lives.Job(phases, "plastic", 20, 10, 0.01, 0))[2] is None


def test_censored_skills_count_as_the_whole_phase():
    found, words = lifetime.sooner(np.array([np.nan, 50.0]), np.array([50.0, np.nan]), 200)
    assert (found.low, found.high, words) == (-150, 150, "2 of 4 censored")


N = 20
WIDE = np.array([-1.0, 1.0] * (N // 2))
SIGNS = np.array([True] * 16 + [False] * 4)


def life(name, way, edges, **columns):
    """N lives of four phases; every number is one value, or one for each life."""
    usual = {"kept": 0.2, "right": True, "error": 1e-9, "back": [80, 80, 40, 40], "earlier": 75.0} | columns
    table = {key: value if isinstance(value, list) else [value] * 4 for key, value in usual.items()} | {"edges": edges}

    def number(value, i):
        return value if np.isscalar(value) or value is None else value[i]

    ends = [[{key: number(values[p], i) for key, values in table.items()} for p in range(4)] for i in range(N)]
    return {"life": name, "way": way, "ends": ends}


def made(ours, price, easy, still, fresh, **columns):
    cells = [life(name, "plastic", ours, **columns) for name in ("task", "task, dear", "both")]
    cells += [life("price", "plastic", price, **columns), life("price, easy", "plastic", easy, **columns)]
    for name in lifetime.CONTROLLED:
        cells += [life(name, "frozen", ours, right=still), life(name, "afresh", fresh, back=[120] * 4)]
    return {"lives": cells, "phases": lifetime.LIVES, "phase_steps": 200}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (made([4, 15, 4, 15], [15, 9, 15, 9], [4, 4, 4, 4], False, [4, 14, 4, 14]), HOLDS),
        (made([15, 4, 19, 4], [9, 15, 9, 15], [4, 9, 4, 9], True, [4, 14, 4, 14],
              kept=0.9, right=False, error=1.0, back=[40, None, 80, None], earlier=100.0), REFUTED),
        (made([10, 10 + 3 * WIDE, 10 + 3 * WIDE[::-1], 10 + 3 * WIDE], [10, 10 + WIDE, 10, 10], [4, 4 + 2 * WIDE, 4, 4],
              [True, SIGNS ^ (WIDE > 0), True, True], [4, 10, 10, 4],
              kept=0.5 + 0.3 * WIDE, right=SIGNS, error=np.where(SIGNS, 1e-9, 1.0),
              back=[100, 120 + 40 * WIDE, 100 + 40 * WIDE, 120 + 40 * WIDE[::-1]],
              earlier=np.where(SIGNS, 75.0, 100.0)), UNDECIDED),
    ],
)  # fmt: skip
def test_every_claim(data, expected):
    found = lifetime.claims(data)
    assert [(c.claim, c.verdict) for c in found if c.verdict != expected] == []
    assert {c.paper.split(":")[0] for c in found} >= {"abstract 1"}


def test_columns_that_are_not_there_are_nan():
    data = made([4, 15, 4, 15], [15, 9, 15, 9], [4] * 4, False, [4] * 4, back=[None, 40, 40, 40])
    assert np.isnan(lifetime.table(data, "task", "back")[:, 0]).all()
