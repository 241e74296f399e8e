"""Checks of tutorial 7, one task: what a budget pays for, the dice of tuning, a fair comparison."""

from __future__ import annotations

import numpy as np

from minigrow.labs.checking import exercise, need
from minigrow.labs.values import array, called, near, several, whole


@exercise(
    "07.1",
    "epochs(H, samples, budget)",
    "Return for how many whole epochs over so many samples a budget of multiply-adds lasts for a network 40-H-10.",
)
def epochs(answer, rng):
    """3 F a sample, F = 50 H, and no part of an epoch."""
    H, samples, budget = int(rng.integers(4, 100)), int(rng.integers(500, 4000)), float(rng.integers(5, 30)) * 1e7
    found, exact = whole(called(answer, H, samples, budget), "the number of epochs"), budget / (3 * samples * 50 * H)
    look = {
        int(3 * exact): "the gradient costs twice as much again as the forward pass",
        int(budget // (3 * samples * (50 * H + H + 10))): "sums of biases are left out of the price",
        int(budget // (3 * samples * 40 * 10 * H)): "two matrices, 40 H and 10 H: their sizes are added",
        round(exact) + (round(exact) == int(exact)): "a part of an epoch is not a whole one",
    }.get(found, "F = 40 H + 10 H multiply-adds per sample, three times, for every sample")
    came = f"{found} for H = {H}, {samples} samples, a budget of {budget:.0e}"
    need(found == int(exact), f"the budget pays {int(exact)} whole epochs", came, look)


@exercise(
    "07.2",
    "dice(tuning, judging)",
    "tuning (settings, seeds) has the validation score of each setting in one run per seed; judging (settings, runs) has the test\n"
    "scores of fresh runs. Return for each of the tuning seeds the median test score of the setting that this seed alone would\n"
    "choose: an array (seeds,).",
)
def dice(answer, rng):
    """Choose by the validation score of one seed, judge by the test scores."""
    settings, seeds, runs = rng.integers(3, 7, size=3)
    tuning, judging = rng.normal(40, 3, (settings, seeds)), rng.normal(40, 3, (settings, 2 * runs + 1))
    columns = "one number for each tuning seed, the columns of `tuning`"
    found = array(called(answer, tuning, judging), (seeds,), "the array of scores", columns)
    chosen, middle = tuning.argmax(axis=0), np.median(judging, axis=1)
    ways = {
        "settings were chosen by their test scores: that is a peek": np.full(seeds, middle.max()),
        "the highest score is the best": middle[tuning.argmin(axis=0)],
        "the median, not the mean": judging.mean(axis=1)[chosen],
        "the test score, not the validation score that chose": tuning.max(axis=0),
        "each seed chooses for itself; here all choose together": np.full(seeds, middle[tuning.mean(axis=1).argmax()]),
    }
    hit = (said for said, value in ways.items() if near(found, value))
    look = next(hit, "column by column: which row is best, and its median")
    i = int(np.argmax(np.abs(found - middle[chosen])))
    came = f"seed {i} chooses setting {chosen[i]} and gets {found[i]:.2f}"
    need(near(found, middle[chosen]), f"that setting has the median score {middle[chosen[i]]:.2f}", came, look)


RATES, TRIALS, SEEDS = (0.005, 0.01, 0.02), range(100, 104), range(7)
SETTINGS = tuple([(rate, knob) for rate in RATES for knob in knobs] for knobs in ((1.0, 2.0), (0.0, 0.1)))


class _MadeUp:
    """Runs that are only drawn: validation score, test score and width of any setting and seed; a good one is bad on the other."""

    def __init__(self, settings, rng):
        self.settings, self.widths = settings, rng.integers(8, 60, 200)
        self.luck = rng.normal(0, 2, (len(settings), 200))

    def run(self, rate, knob, seed):
        luck = self.luck[self.settings.index((rate, knob))]
        return 40 + luck[seed], 38 - luck[seed] + luck[199 - seed], int(self.widths[seed])

    def best(self, part):
        return max(self.settings, key=lambda s: np.mean([self.run(*s, seed)[part] for seed in TRIALS]))


@exercise(
    "07.3",
    "compare(method, control, settings, trials, seeds)",
    "method(rate, knob, seed) returns the validation score, the test score and the width at the end of one run; control(width)\n"
    "returns such a function for a fixed network. settings is a pair of lists of (rate, knob), for method and control.\n"
    "Tune both by their mean validation score over the seeds `trials`; run both at the best setting on `seeds`, the control at\n"
    "the median width (an int) of the method's runs on `seeds`. Return the method's setting, that width, the control's setting,\n"
    "and the gain in test score at each of `seeds`.",
    cases=5,
)
def compare(answer, rng):
    """A made-up method and a control that writes down at which widths it is asked for."""
    method, fixed, asked = _MadeUp(SETTINGS[0], rng), _MadeUp(SETTINGS[1], rng), []

    def control(width):
        asked.append(width)
        return fixed.run

    found = answer(method.run, control, SETTINGS, TRIALS, SEEDS)
    own, width, other, gains = several(found, "the method's setting", "width", "the control's setting", "gains")
    for name, runs, chosen in (("method", method, own), ("control", fixed, other)):
        peek = tuple(chosen) == runs.best(1) != runs.best(0)
        look = (
            "it was chosen by the test score: that is a peek"
            if peek
            else "the highest mean validation score over `trials`"
        )
        need(tuple(chosen) == runs.best(0), f"the {name} runs at {runs.best(0)}", chosen, look)
    middle = int(np.median(method.widths[list(SEEDS)]))
    look = "the median third value of the method's runs on `seeds`, at its best setting"
    need(whole(width, "the width") == middle, f"the width is {middle}", width, look)
    came = f"control was called with {asked}"
    need(set(asked) == {middle}, f"the control has the width {middle}", came, "control(width), before it is tuned")
    gains = array(gains, (len(SEEDS),), "the array of gains", "one difference for each of `seeds`")
    wanted = [method.run(*own, seed)[1] - fixed.run(*other, seed)[1] for seed in SEEDS]
    look = "method minus control, seed by seed, by the test score"
    need(near(gains, wanted), "the gains are differences of test scores", gains.round(2), look)
