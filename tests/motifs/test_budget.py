"""`--seconds`: what fits is counted in full, what does not is sampled, by a clock that the test turns itself."""

import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tqdm import tqdm

from minigrow.laws.motifs.cases import draw_graph
from minigrow.motifs import NullModel, census
from minigrow.motifs.command import budget as rooms
from minigrow.motifs.command import workers
from minigrow.motifs.command.budget import LOWEST, branches, budget, choose, drawing_seconds, levels, lowered, sentence

GRAPH = draw_graph(np.random.default_rng(0), 40, 0.1)


class Clock:
    """A clock that goes on by `step` seconds each time it is looked at."""

    def __init__(self, step):
        self.now, self.step = 0.0, step

    def __call__(self):
        self.now += self.step
        return self.now


def test_the_levels_are_the_numbers_of_subgraphs():
    """Against exact counts; 500 random descents are within a tenth on this graph."""
    found = levels(GRAPH, 5, np.random.default_rng(0))
    exact = [GRAPH.vertices, GRAPH.neighbour.size / 2] + [census(GRAPH, k).total for k in (3, 4, 5)]
    np.testing.assert_allclose(found, exact, rtol=0.1)


def test_branches_are_those_that_the_sampling_walk_offers():
    """Brute force: the walk's draws, counted by a generator that counts."""
    drawn = []

    class Counting:
        def random(self):
            drawn.append(1)
            return rng.random()

    rng, p = np.random.default_rng(0), np.array([1, 0.6, 0.5, 0.3])
    from minigrow.motifs.sampling import sample_naive

    for _ in range(20):
        sample_naive(GRAPH, p, Counting())
    n = np.array([GRAPH.vertices, GRAPH.neighbour.size / 2] + [census(GRAPH, k).total for k in (3, 4)])
    assert len(drawn) / 20 == pytest.approx(branches(n, p), rel=0.05)


@given(st.floats(1e-12, 1), st.integers(3, 8))
def test_a_share_is_spread_from_the_last_level_up(share, size):
    p = lowered(share, size)
    assert math.isclose(math.prod(p.tolist()), share)
    assert (p[1:] >= LOWEST * (1 - 1e-9)).all()
    assert sum((p[1:] < 1) & (p[1:] > LOWEST * (1 + 1e-9))) <= 1
    assert (np.diff(p[1:]) <= 1e-9).all()


@given(st.lists(st.floats(1, 50), min_size=2, max_size=7), st.floats(0.001, 1))
def test_what_is_chosen_fits_and_hardly_more_would(factors, share):
    n = np.cumprod([100.0, *factors])
    most = 100 + share * (branches(n, np.ones(n.size)) - 100)
    p = choose(n, most)
    assert branches(n, p) <= most * 1.06  # probabilities are rounded to two digits
    assert branches(n, np.minimum(p * 1.3, 1)) > most or (p == 1).all()


def test_enough_time_counts_all_and_too_little_samples():
    step = 1e-3  # seconds that the trial takes by this clock
    everything = budget(GRAPH, 5, 1e9, 101, np.random.default_rng(0), Clock(step)).all
    for seconds, sampled in ((everything * 1.01, False), (everything * 0.99, True), (everything / 1000, True)):
        found = budget(GRAPH, 5, seconds, 101, np.random.default_rng(0), Clock(step))
        assert (found.probabilities is not None) == sampled
        assert found.fitting <= seconds * 1.06
        assert found.all == everything


def test_a_slower_machine_counts_less():
    shares = [
        math.prod(budget(GRAPH, 5, 1, 101, np.random.default_rng(0), Clock(s)).probabilities) for s in (0.1, 1, 10)
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 2 * shares[2]


def test_the_first_count_which_may_compile_is_not_measured(monkeypatch):
    clock, seconds = Clock(0), iter((100, 2))

    def slow(*_):
        clock.now += next(seconds)

    monkeypatch.setattr(rooms, "sampled_census", slow)
    n = np.array([10.0, 20, 30])  # few enough to count them all
    assert rooms.seconds_per_branch(GRAPH, n, None, clock) * branches(n, np.ones(3)) == pytest.approx(2)


def test_drawing_is_measured_with_few_switches(monkeypatch):
    """A walk that takes 2 s and .5 s per switch and edge takes 17 s for 30 switches."""
    clock, asked = Clock(0), []

    def slow(graph, rng, null):
        asked.append(null.switches)
        clock.now += 2 + 0.5 * null.switches

    monkeypatch.setattr(rooms, "draw", slow)
    null = NullModel(switches=30)
    assert drawing_seconds(GRAPH, null, np.random.default_rng(0), clock) == pytest.approx(17)
    assert max(asked) < 2


def test_counting_all_of_the_graph_shows_its_progress(monkeypatch):
    bars = []

    class Bar(tqdm):
        monitor_interval = 0

        def __init__(self, *args, **options):
            super().__init__(*args, **options | {"disable": False, "file": io.StringIO()})
            bars.append(self)

    monkeypatch.setattr(workers, "tqdm", Bar)
    with workers.threads(1) as pool:
        found = workers.watched(GRAPH, 3, np.random.default_rng(0), NullModel(random=2), workers.Way(), (pool, pool))
    assert [bar.n for bar in bars] == [found.total, 2]


def test_the_sentence_gives_what_repeats_the_run():
    found = budget(GRAPH, 5, 0.01, 101, np.random.default_rng(0), Clock(0.1))
    said = sentence(found, 0.01)
    assert [float(word) for word in said.split("--sample ")[1].split()] == list(found.probabilities)
    assert f"1 in {1 / math.prod(found.probabilities):.3g} subgraphs" in said
