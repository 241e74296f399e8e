"""Checks of tutorial 4, differentiable structure: the life of a spare, what a text needs, how useful a weight must be."""

from __future__ import annotations

import math

import numpy as np

from minigrow.labs.checking import exercise, need
from minigrow.labs.values import called, number, several, whole

XI = np.linspace(-9, 9, 20001)
DENSITY = np.exp(-(XI**2) / 2) / math.sqrt(2 * math.pi)


@exercise(
    "04.1",
    "newborn(r, outputs, pull, chance)",
    "A newborn has the norm r, half of it from its `outputs` output weights. Return the mean |W_hy[j, i]| of these weights,\n"
    "the cycles after which they are zero if only the pull moves them, and the mean number of cycles until a coin with this\n"
    "chance prunes it.",
)
def newborn(answer, rng):
    """Three numbers, each with its own rule."""
    r, outputs, pull, chance = (
        rng.uniform(0.02, 0.2),
        int(rng.integers(2, 9)),
        rng.uniform(1e-5, 1e-3),
        rng.uniform(0.01, 0.3),
    )
    mean, fade, life = several(
        called(answer, r, outputs, pull, chance), "mean", "cycles until zero", "cycles until pruned"
    )
    mean, fade, life = (
        number(mean, "the mean weight"),
        number(fade, "cycles until zero"),
        number(life, "cycles until pruned"),
    )
    case = f"r = {r:.4f}, {outputs} outputs"
    came = f"{outputs} weights of {mean:.5f}: half their sum is {outputs * mean / 2:.4f}"
    look = "half of r comes from W_hy, and r itself takes half of the sum of its absolute values"
    need(abs(mean - r / outputs) < 1e-9, f"half of the sum of |W_hy| is half of r, {r / 2:.4f} ({case})", came, look)
    came = f"{fade:.2f} cycles of {pull:.2e} take back {fade * pull:.5f}, the weight is {mean:.5f}"
    look = "each cycle takes the pull off, whatever the weight is"
    need(
        abs(fade * pull - mean) < 1e-9 * max(1.0, fade),
        "after that many cycles the pull has taken the mean weight back",
        came,
        look,
    )
    came = f"{life:.3f} cycles for the chance {chance:.3f}"
    need(
        abs(life * chance - 1) < 1e-6,
        "a coin with chance p falls after 1/p tosses on average",
        came,
        "the mean of a geometric distribution",
    )


def _needs(period):
    return next(m for m in range(len(period) + 1) if _always_tell(period, m))


def _always_tell(period, m):
    """Say whether m past symbols always tell the next one: no past is followed by two different symbols."""
    text = period * (2 + m // len(period))
    followed = {(text[i : i + m], text[i + m]) for i in range(len(period))}
    return len(followed) == len({past for past, _ in followed})


@exercise(
    "04.2",
    "remembered(period)",
    "A text repeats the string `period` for ever. Return the least number of past symbols from which the next one can always be\n"
    'told: 0 for "a", 1 for "ab", 2 for "aab".',
)
def remembered(answer, rng):
    """Random periods, and the tutorial's own."""
    draws = ["".join(rng.choice(list("ab" if rng.random() < 0.7 else "abc"), rng.integers(1, 11))) for _ in range(6)]
    for period in [*draws, draws[0] * 2, "aababbabbbaa", "a", "aab"]:
        found, wanted = whole(called(answer, period), "the number of symbols"), _needs(period)
        look = "for every place of the period, wrapped around its end: the symbols before, and the one that follows"
        if found == len(period) > wanted:
            look = "a whole period is always enough; is less enough?"
        rule = f"in {period * 2}... {wanted} past symbols always tell the next" + (
            f", {wanted - 1} do not" if wanted else ""
        )
        need(found == wanted, rule, f"{found}", look)


@exercise(
    "04.3",
    "drift(mu, eta, pull)",
    "The gradient of a positive weight is nu (xi - mu) in each cycle, xi normal; RMSProp's steps are clipped to eta, and a pull takes\n"
    "`pull` off in each cycle. Return the weight's mean change per cycle, for mu much smaller than 1.",
)
def drift(answer, rng):
    """The formula against the integral over the normal distribution."""
    mu, eta, pull = rng.uniform(0.005, 0.04), rng.uniform(0.005, 0.02), rng.uniform(5e-5, 3e-4)
    mean = np.sum(np.clip(mu - XI, -1, 1) * DENSITY) * (XI[1] - XI[0])
    wanted, found = eta * mean - pull, number(called(answer, mu, eta, pull), "the drift")
    ways = {
        "what the clip takes away: only the steps that are not clipped feel mu": eta * mu - pull,
        "|xi| < 1 has two sides": eta * 0.8413 * mu - pull,
        "the pull": eta * mean,
        "the sign of the pull: it takes away": eta * mean + pull,
    }
    look = next(
        (said for said, value in ways.items() if abs(found - value) < 0.005 * eta * mu),
        "E[clip(mu - xi, -1, 1)], to first order",
    )
    came = f"{found:.3e} for mu = {mu:.4f}, eta = {eta:.4f}, pull = {pull:.1e}"
    need(
        abs(found - wanted) < 0.01 * eta * mean,
        f"the mean change per cycle is {wanted:.3e} (by an integral)",
        came,
        look,
    )
