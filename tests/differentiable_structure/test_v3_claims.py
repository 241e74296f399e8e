"""Every claim of size, fixed, switching, neurons and strength on hand-made data in which it holds, is refuted, and is undecided."""

import numpy as np
import pytest

from minigrow.experiments.claims import Estimate
from minigrow.experiments.differentiable_structure import fixed, neurons, size, strength, switching

N = 42
STEADY = np.array([-1.0, 0.0, 1.0] * 14)  # a small spread around a value
TWO = np.array([1.0, -1.0] * 21)  # two modes, of which the median may be either
CYCLES = [0, 30_000, 35_000, 40_000, 45_000, 50_000, 80_000, 100_000]
H, R, U = "holds", "refuted", "undecided"


def verdicts(module, data):
    return [claim.verdict for claim in module.claims(data)]


def runs(values, losses):
    """Curves with rows at CYCLES: the size at the end, and a loss for every row."""
    return [{"cycle": CYCLES, "neurons": [1] * 7 + [v], "loss": list(x)} for v, x in zip(values, losses, strict=True)]


def solving(after, end):
    """Losses of a run that is at 12.4 until this row and at 10.7 from there on, with another loss at the end."""
    return [20.0, *np.where(np.arange(1, 7) >= after, 10.7, 12.4), end]


def at_once(n, loss):
    return [[20.0] + [loss] * 7] * n


SOLVED = [solving(2 + i % 3, 10.9 + 0.01 * i / N) for i in range(N)]  # below 12 at 35, 40 or 45 thousand cycles
HALF = at_once(19, 10.0) + at_once(23, 14.0)


@pytest.mark.parametrize(
    ("easy", "hard", "easy_loss", "losses", "expected"),
    [
        (14 + STEADY, 37 + STEADY, [9.65] * N, SOLVED, [H, H, H, H, H, R, H, H, H, H, H, R]),
        (40 + STEADY, 13 + STEADY, [9.8] * N, at_once(N, 13.5), [R] * 11 + [H]),
        (34 + 25 * TWO, 34 + 26 * TWO, 9.7 + TWO, HALF, [U] * 5 + [H] + [U] * 6),
    ],
)
def test_size(easy, hard, easy_loss, losses, expected):
    """Who ends as the paper's figure does not end as the five runs of its program do; .4 is contained or not, never undecided."""
    data = {"easy": runs(easy, [[20.0] * 7 + [x] for x in easy_loss]), "hard": runs(hard, losses)}
    assert verdicts(size, data) == expected


def test_runs_that_are_shorter_than_the_papers_say_nothing_about_its_figure():
    data = {task: runs(37 + STEADY, SOLVED) for task in size.TASKS}
    short = {task: [run | {"cycle": [c // 10 for c in CYCLES]} for run in found] for task, found in data.items()}
    assert verdicts(size, short)[8:11] == [U] * 3


def test_a_time_that_is_not_reached_is_said_in_words():
    assert "not reached by half" in size.never(Estimate(np.inf, 40.0, np.inf, 9))


def ended(losses):
    return [{"loss": [20.0, float(x)]} for x in losses]


@pytest.mark.parametrize(
    ("variable", "ten", "thirty_seven", "free", "expected"),
    [
        (10 + STEADY / 9, 14 + STEADY / 9, 13.3 + STEADY / 9, 14.9 + STEADY / 9, H),
        (13 + STEADY / 9, 11 + STEADY / 9, 10.3 + STEADY / 9, 9.5 + STEADY / 9, R),
        ([10.0, 14.0] * 21, [10.1, 13.9] * 21, [10.2, 13.8] * 21, [10.05, 13.95] * 21, U),
    ],
)
def test_fixed(variable, ten, thirty_seven, free, expected):
    data = {"variable": ended(variable), "fixed": {"10": ended(ten), "37": ended(thirty_seven)}}
    assert verdicts(fixed, data | {"without_pull": {"37": ended(free)}}) == [expected] * 8


def test_what_is_below_every_rival_is_below_the_nearest():
    lower = {"a": Estimate(3, 1, 5, 9), "b": Estimate(2, -1, 9, 9)}
    assert fixed.least(lower)[:3] == (2, -1, 5)
    assert np.isnan(fixed.least(lower | {"c": Estimate(9, np.nan, np.nan, 9)}).low), (
        "one comparison without an interval"
    )


def test_seven_comparisons_take_wider_intervals_than_one():
    group = ended(13 + np.linspace(-1, 1, 20))
    data = {"variable": ended(12.4 + np.linspace(-1, 1, 20)), "fixed": {"10": group}, "without_pull": {}}
    seven = data | {"fixed": {f"{i}": group for i in range(7)}}
    assert fixed.claims(data)[2].verdict == H
    assert fixed.claims(seven)[2].low < fixed.claims(data)[2].low


def switching_data(sizes, losses, drop, last):
    """Curves of both orders with rows at cycles 1, 2, 3; sizes and losses are (rows, runs)."""
    found = zip(np.transpose(sizes).tolist(), np.transpose(losses).tolist(), strict=True)
    one = [{"cycle": [1, 2, 3], "neurons": s, "loss": x} for s, x in found]
    two = [
        {"cycle": [1, 2, 3], "neurons": [z + d, z + d, z], "loss": [9, 9, 9]} for d, z in zip(drop, last, strict=True)
    ]
    parts = {"easy-hard-easy": [["easy", 1], ["hard", 2], ["easy", 3]], "hard-easy": [["hard", 1], ["easy", 3]]}
    return {"runs": {"easy-hard-easy": one, "hard-easy": two}, "parts": parts}


@pytest.mark.parametrize(
    ("sizes", "losses", "drop", "last", "expected"),
    [
        ([15 + STEADY, 41 + STEADY, 18 + STEADY], [[9.6] * N, [13] * N, [9.65] * N], [9] * N, 14 + STEADY, H),
        ([60 + STEADY, 25 + STEADY, 50 + STEADY], [[9.6] * N, [13] * N, [9.8] * N], [-9] * N, 30 + STEADY, R),
        ([[80, 5] * 21, [71, 11] * 21, [74, 8] * 21], [[9.7] * N, [13] * N, 9.7 + TWO], 9 * TWO, 14 + 9 * TWO, U),
    ],
)
def test_switching(sizes, losses, drop, last, expected):
    assert verdicts(switching, switching_data(sizes, losses, drop, last)) == [expected] * 10


@pytest.mark.parametrize(
    ("whole", "obeys", "deaths", "expected"),
    [
        ([0.99] * N, [0.5] * N, [90] * N, H),
        ([0.5] * N, [0.05] * N, [9] * N, R),
        ([0.8, 1.0] * 21, [0.05, 0.5] * 21, [9, 90] * 21, U),
    ],
)
def test_neurons(whole, obeys, deaths, expected):
    data = {"written": [{"whole": w, "obeys": o} for w, o in zip(whole, obeys, strict=True)]}
    assert verdicts(neurons, data | {"lives": [{"births": 99, "deaths": d} for d in deaths]}) == [expected] * 3


STRENGTHS = {"price": [1e-4, 1e-3, 3e-3, 1e-2], "pull": [1e-5, 1e-4, 1e-3, 1e-2]}


def strength_data(price, pull, loss, repeats=20):
    """Sizes of (easy, hard) by strength for both kinds, and the losses by strength; cells hold the values that runs take in turn."""

    def cells(values):
        return [[value[i % len(value)] for value in values] for i in range(repeats)]

    runs = {
        kind: {task: {"neurons": cells(sizes[i]), "loss": cells(loss)} for i, task in enumerate(strength.TEXTS)}
        for kind, sizes in (("price", price), ("pull", pull))
    }
    return {"strengths": STRENGTHS, "runs": runs}


GOOD = ([9.6], [9.6], [9.65], [15.0])
FALLING, RISING = ([60], [40], [20], [9]), ([9], [20], [40], [60])


@pytest.mark.parametrize(
    ("price", "pull", "loss", "expected"),
    [
        ((FALLING, FALLING), (([90], [25], [9], [5]), ([90], [30], [9], [5])), GOOD, H),
        ((RISING, [[5], [6], [7], [8]]), (RISING, RISING), ([15.0],) * 4, R),
    ],
)
def test_strength(price, pull, loss, expected):
    assert verdicts(strength, strength_data(price, pull, loss)) == [expected] * 10


def test_strength_undecided():
    """Sizes that fall in most runs only, ranges that serve in half of the runs, matching prices on both sides of the limits."""
    mixed, half = ([60, 60, 9], [40, 40, 20], [20, 20, 40], [9, 9, 60]), ([9.6, 15.0],) * 3 + ([15.0],)
    few, steep = ([9.6, 15.0, 15.0],) * 3 + ([15.0],), ([90], [30, 60], [8, 50], [5])
    halves = verdicts(strength, strength_data((mixed, mixed), (mixed, mixed), half))
    assert [halves[i] for i in (0, 1, 2, 4, 5, 6, 8)] == [U] * 7
    solved = verdicts(strength, strength_data((mixed, mixed), (mixed, mixed), few))
    assert (solved[3], solved[7]) == (U, U)
    assert verdicts(strength, strength_data((steep, steep), (steep, ([90], [20, 52], [9], [5])), half))[9] == U


def test_two_prices_beyond_the_same_edge_are_not_the_same_price():
    small = ([9], [8], [7], [5])
    data = strength_data((small, small), (FALLING, FALLING), GOOD)
    assert verdicts(strength, data)[9] == U
