"""Right and typically wrong answers to the exercises of tutorial 7."""

import numpy as np


def epochs(H, samples, budget):
    return int(budget // (3 * samples * 50 * H))


def with_biases(H, samples, budget):
    found = int(budget // (3 * samples * (50 * H + H + 10)))
    without_the_last_ten = int(budget // (3 * samples * 51 * H))
    return epochs(H, samples, budget) if found == without_the_last_ten else found


def dice(tuning, judging):
    return np.array([np.median(judging[i]) for i in tuning.argmax(axis=0)])


def compare(
    method, control, settings, trials, seeds, part=0, width_from=None, again=False, of=None, mean=np.mean, mid=np.median
):
    def tune(run, some):
        return max(some, key=lambda s: mean([run(*s, seed)[part] for seed in trials]))

    own = tune(method, settings[0])
    ours = [method(*own, seed) for seed in of or seeds]
    width = int(mid([run[2] for run in ([method(*own, s) for s in width_from] if width_from else ours)]))
    plain = control(width)
    other = settings[1][settings[0].index(own)] if again else tune(plain, settings[1])
    theirs = [plain(*other, seed) for seed in of or seeds]
    return own, width, other, np.array([a[1] - b[1] for a, b in zip(ours, theirs, strict=True)])


def one_number(*arguments):
    *rest, gains = compare(*arguments)
    return *rest, np.median(gains)


def by_sorting(*arguments):
    return compare(*arguments, mid=lambda widths: sorted(widths)[len(widths) // 2])


def tuned_at_another_width(method, control, settings, trials, seeds):
    def other(width):
        return control(width) and control(5)

    return compare(method, other, settings, trials, seeds)


def turned(*arguments):
    *rest, gains = compare(*arguments)
    return *rest, -gains


RIGHT = {"07.1": [epochs], "07.2": [dice], "07.3": [compare, by_sorting]}
WRONG = {
    "07.1": [
        (lambda H, n, budget: int(budget // (n * 50 * H)), "twice as much again as the forward pass"),
        (lambda H, n, budget: int(np.ceil(budget / (3 * n * 50 * H))), "a part of an epoch"),
        (lambda H, n, budget: budget / (3 * n * 50 * H), "does it have to be rounded"),
        (lambda H, n, budget: int(budget // (3 * n * 400 * H)), "their sizes are added"),
        (with_biases, "sums of biases are left out of the price"),
        (lambda H, n, budget: 13, "F = 40 H + 10 H"),
    ],
    "07.2": [
        (lambda t, j: np.full(t.shape[1], np.median(j, axis=1).max()), "that is a peek"),
        (lambda t, j: np.array([np.mean(j[i]) for i in t.argmax(axis=0)]), "look  the median, not the mean\n"),
        (lambda t, j: dice(-t, j), "the highest score is the best"),
        (lambda t, j: t.max(axis=0), "not the validation score that chose"),
        (lambda t, j: np.full(t.shape[1], dice(t.mean(axis=1, keepdims=True), j)[0]), "here all choose together"),
        (lambda t, j: dice(t.T, j.T), ""),
    ],
    "07.3": [
        (lambda *a: compare(*a, part=1), "that is a peek"),
        (lambda *a: compare(*a, again=True), "the control runs at"),
        (lambda *a: compare(*a, width_from=range(100, 104)), "the median third value"),
        (lambda *a: compare(*a, of=range(100, 107)), ""),
        (one_number, "one difference for each of `seeds`"),
        (turned, "method minus control"),
        (lambda *a: (*compare(*a)[:3], np.full(7, 1.234)), "came  [1.23 1.23 1.23 1.23 1.23 1.23 1.23]\n"),
        (tuned_at_another_width, "control(width), before it is tuned"),
        (lambda *a: compare(*a, mean=np.max), "the highest mean validation score"),
    ],
}
