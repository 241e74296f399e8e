"""Right and typically wrong answers to the exercises of tutorial 4."""

import numpy as np


def newborn(r, outputs, pull, chance):
    return r / outputs, r / outputs / pull, 1 / chance


def by_summing(r, outputs, pull, chance):
    """After k tosses the weight is still there with the chance (1 - chance)^k."""
    return *newborn(r, outputs, pull, chance)[:2], np.sum((1 - chance) ** np.arange(4000.0))


def remembered(period):
    text = period * 4
    for m in range(len(period)):
        after = {(text[i : i + m], text[i + m]) for i in range(2 * len(period))}
        if len(after) == len({before for before, _ in after}):
            return m
    return len(period)


def without_the_wrap(period):
    for m in range(len(period)):
        after = {(period[i : i + m], period[i + m]) for i in range(len(period) - m)}
        if len(after) == len({before for before, _ in after}):
            return m
    return len(period)


def drift(mu, eta, pull):
    return 0.683 * eta * mu - pull


RIGHT = {"04.1": [newborn, by_summing], "04.2": [remembered], "04.3": [drift]}
WRONG = {
    "04.1": [
        (lambda r, n, pull, p: (r / 2 / n, r / 2 / n / pull, 1 / p), "r itself takes half of the sum"),
        (lambda r, n, pull, p: (r, r / pull, 1 / p), "half of r comes from W_hy"),
        (lambda r, n, pull, p: (r / n, r / pull, 1 / p), "after that many cycles the pull has taken"),
        (lambda r, n, pull, p: (r / n, r / n / pull, 0.5 / p), "falls after 1/p tosses"),
        (lambda r, n, pull, p: r / n, "it returns 3 values: mean"),
    ],
    "04.2": [
        (len, "is less enough?"),
        (without_the_wrap, "wrapped around its end"),
        (lambda period: remembered(period) + 1, "past symbols always tell the next"),
        (lambda period: 1.5, "a whole number"),
    ],
    "04.3": [
        (lambda mu, eta, pull: eta * mu - pull, "only the steps that are not clipped"),
        (lambda mu, eta, pull: 0.8413 * eta * mu - pull, "|xi| < 1 has two sides"),
        (lambda mu, eta, pull: 0.683 * eta * mu, "the pull"),
        (lambda mu, eta, pull: 0.683 * eta * mu + pull, "it takes away"),
        (lambda mu, eta, pull: -drift(mu, eta, pull), "the mean change per cycle is"),
    ],
}
