"""Judge experiment 1 (`invariance`): exactness, the error of removal, what the corrections and the product criterion gain."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, Estimate, above, below, exactly, geometric, judge, mean, median, within
from minigrow.experiments.isotropic.changes import VARIANTS, ZERO

LIMIT = 64  # units of eps: what the laws allow one diagonalisation
MARGIN = 0.25  # pp of accuracy
TRAINED, DECAYING = "o trained, psi trained", "o trained, psi decays"


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge, on each data set: exactness, the decay under removal, what the corrections gain, and the product criterion."""
    found = []
    for name in data["measured"]:
        found += [*_kept(data, name), *_removed(data, name), *_gained(data, name), *_product(data, name)]
    return found


def _all(data, name, key):
    """One measure of all variants: (variants, repeats, ...)."""
    return np.array([rows[key] for rows in data["measured"][name].values()], dtype=np.float64)


def _kept(data, name):
    changes, share = np.array(data["changes"]), data["overlap"][name]
    epsilon, shift = _all(data, name, "epsilon")[:, :, changes >= 0], _all(data, name, "accuracy")[:, :, changes >= 0]
    kept = (epsilon / 100 / np.finfo(np.float64).eps).max(axis=(0, 2))
    left = _all(data, name, "rest").max(axis=0)
    return [
        judge(f"{name}: diagonalising and adding neurons keep the function", "abstract 5: computationally identical during "
              "neurogenesis", mean(kept, share), "eps of the logits' length",
              exactly(f"worst of all variants, changes and repeats <= {LIMIT} eps, no accuracy changed",
                      kept.max() <= LIMIT and not shift.any())),
        judge(f"{name}: full diagonalisation makes neurons one-to-one and ordered", "abstract 2: one-to-one, ordered "
              "connections", mean(left, share), "sigma_1 beside the diagonal",
              exactly(f"worst of all variants and repeats <= {ZERO:g}, singular values fall", left.max() <= ZERO)),
    ]  # fmt: skip


def _removed(data, name):
    changes, share = np.array(data["changes"]), data["overlap"][name]
    fewer = np.flatnonzero(changes < 0)[np.argsort(-changes[changes < 0])]
    epsilon = np.log(_all(data, name, "epsilon")[:, :, fewer]).mean(axis=0)  # (repeats, removals)
    least = np.diff(epsilon, axis=1).mean(axis=0).argmin()
    rise = geometric(*np.exp(epsilon[:, [least + 1, least]]).T, share)
    shift = _all(data, name, "accuracy")[:, :, fewer[0]].mean(axis=0)
    smallest = np.array(data["measured"][name][DECAYING]["epsilon"])[:, fewer[0]]
    return [
        judge(f"{name}: the more neurons go, the larger the error (the step from {changes[fewer[least]]} to "
              f"{changes[fewer[least + 1]]}, where it rises least)", "abstract 5: arbitrarily well approximated during "
              "neurodegeneration", rise, "times the error of the step before, mean of all variants", above(1)),
        judge(f"{name}: losing the least neuron changes the logits by less than 1 % ({DECAYING})", "abstract 5: arbitrarily "
              "well approximated during neurodegeneration", typical(smallest, share), "% (epsilon, median)", below(1)),
        judge(f"{name}: losing the least neuron hardly costs accuracy", "abstract 4: Low-impact neurons can be removed "
              "(neurodegeneration)", mean(shift, share), "pp, mean of all variants", within(-MARGIN, MARGIN)),
    ]  # fmt: skip


def _gained(data, name):
    """The gain for each variant at the first removal, for the freest variant at the others, and how training raises it."""
    removals, share = data["removals"], data["overlap"][name]
    rows = [(label, 0) for label in VARIANTS] + [(TRAINED, i) for i in range(1, len(removals))]
    paper = "abstract 9: 'intrinsic length', is introduced to improve this analytical invariance"
    found = [
        judge(f"{name}: the corrections make removal more exact ({removals[i]}: {label})", paper,
              typical(gain(data, name, label)[:, -1, i], share), "times smaller error (median)", above(1))
        for label, i in rows
    ]  # fmt: skip
    return [*found, *(_with_training(data, name, label) for label in VARIANTS)]


def _with_training(data, name, label):
    """Judge whether the gain is larger after all steps; named before the run for one variant, added after it for the others."""
    mine, steps = gain(data, name, label)[:, :, 0], data["steps"]
    text = (
        f"{name}: the gain comes with training ({steps[-1]} steps against {steps[0]}, {data['removals'][0]}: {label})"
    )
    paper = "(replication) 1.002 times at 1500 steps, 40.7 times at 52 100 (five seeds)"
    found = geometric(mine[:, -1], mine[:, 0], data["overlap"][name])
    return judge(text, paper, found, "times the gain at the earlier step", above(1))


def _product(data, name):
    rows, share, fewer = data["measured"][name][DECAYING], data["overlap"][name], _fewer(data)
    sigma, product = np.array(rows["epsilon"])[:, np.array(data["changes"]) < 0], np.array(rows["product"])
    return [
        judge(f"{name}: choosing by sigma times outgoing length is more exact than by sigma ({removal}: {DECAYING})",
              "(replication) it is: r = .859 against .815", geometric(sigma[:, i], product[:, i], share),
              "times smaller error", above(1))
        for i, removal in enumerate(fewer) if removal in data["removals"]
    ]  # fmt: skip


def _fewer(data):
    return [change for change in data["changes"] if change < 0]


def gain(data: dict[str, Any], name: str, label: str) -> np.ndarray:
    """Return how many times smaller the error is with the corrections: (repeats, steps, removals)."""
    return np.array(data["measured"][name][label]["gain"], dtype=np.float64)


def typical(factors: np.ndarray, share: float) -> Estimate:
    """Return the median of positive factors (n,); its interval is taken on their logarithms, so it stays positive.

    >>> typical(np.array([0.5, 1.0, 2.0]), 0.25).value
    1.0
    """
    found = median(np.log(factors), share)
    value, low, high, spread = np.exp([found.value, found.low, found.high, found.spread])
    return Estimate(float(np.round(value, 12)), float(low), float(high), found.n, float(spread))
