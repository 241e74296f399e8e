"""Experiment 6: isotropic or element-wise tanh, at the authors' rate and both at their own best learning rate?

Both have the same widths, orthogonal starts, splits, steps and batches, and neither o nor psi. `fixed` nets train at one rate
for both sides, as the authors' do. For `tuned` nets each side takes the rate with the best mean validation accuracy on splits
and starts that the verdict does not use (`experiments.tuning`), and so does a third side, which has no hidden layer at all.
A unit is saturated where |tanh z| > 0.99; a replication saw "+14 pp" for isotropic tanh where 99.94 % of the tanh units were.

What to expect: with gains a_l(x) and pi_k = a_k ... a_{L-1} (see `isotropic.fast.precompute`)

    logits = pi_0 A x + sum_k pi_k c_k,    A = W_L ... W_1

x enters through one fixed matrix A and otherwise only through L - 1 scalars.
Source: Bird 2026; 6 data sets, 8 architectures, there at one rate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import Dataset, spirals, split, standardised
from minigrow.experiments import shared
from minigrow.experiments.isotropic.against_tanh_claims import ISOTROPIC, SIDES, TANH
from minigrow.experiments.isotropic.against_tanh_claims import claims as claims
from minigrow.experiments.isotropic.against_tanh_figures import draw as draw
from minigrow.experiments.isotropic.common import accuracy, network, tanh_network, trained
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import rounded, seeds_apart
from minigrow.experiments.tuning import over_seeds, tuned_each
from minigrow.growth import Plan
from minigrow.nn import MLP, AdamW
from minigrow.nn.mlp import forward

SPIRALS = "spirals"
SAME = {"weight_decay": 1e-3, "batch": 48, "o": "none", "psi": "none"}
QUICK = SAME | {
    "repeats": 5,
    "data": ["digits", "mnist-1d", SPIRALS],
    "fixed": [[[32, 32], 150, 1e-3], [[32, 32], 100, 0.3]],
    "tuned": [[[32, 32], 100]],
    "rates": [3e-3, 1e-2, 3e-2],
    "tuning": 1,
}
FULL = SAME | {
    "repeats": 10,
    "data": ["digits", "mnist-1d", SPIRALS],
    "fixed": [[[100, 100], 26050, 1e-3], [[500, 500], 1042, 1e-3], [[100, 100], 2084, 0.3]],
    "tuned": [[[100, 100], 2605], [[32, 32, 32, 32], 2605]],
    "rates": [1e-3, 3e-3, 1e-2],
    "tuning": 2,
}
FIGURES = {
    "against_tanh.png": (
        "Validation accuracy against the learning rate for isotropic tanh, element-wise tanh and no hidden layer, a panel for "
        "each data set and network; rings mark the rates taken."
    ),
    "against_tanh_differences.png": (
        "Test accuracy of isotropic minus element-wise tanh at tuned and at fixed learning rates, for each data set and network "
        "(means with 95 % intervals; the band is 1 pp to either side)."
    ),
}
PROTOCOL = (
    Setting("repeats", 9, "repeats", why="at least ten repeats everywhere", effect="slightly narrower intervals"),
    Setting("data", "MNIST, Fashion-MNIST, CIFAR-10, CIFAR-100, Caltech-256, EMNIST A to J", "data",
            why="these come with the package or are made on the spot",
            effect="not measured; the digits are a ceiling, since no hidden layer reaches 95.8 % there"),
    Setting("nets, steps and rate at fixed rates", [[[w] * d, 52100, 1e-3] for w in (500, 1000) for d in (2, 3, 4, 5)], "fixed",
            why="52 100 steps of 500 wide take two minutes and a half a pair, and of 100 wide half a minute; the last row is a rate at "
            "which tanh saturates",
            effect="width: not measured; steps: one isotropic [100, 100, 100] net has 45.8, 44.6, 61.6 % of MNIST-1D after 1042, 5210, "
            "26 050, so few steps speak against the isotropic side"),
    Setting("nets and steps at tuned rates", "none: one rate for both sides", "tuned",
            why="a comparison at one rate compares how well the rate suits each side", effect="that is what the claims compare"),
    Setting("rates tried", "none", "rates", why="see above; a best rate on the grid's edge widens the grid",
            effect="where it stays on the edge the verdict is undecided"),
    Setting("splits and starts used for tuning alone", "none", "tuning", why="see above",
            effect="noise in the rates taken: not measured"),
    Setting("weight decay", 1e-3, "weight_decay"),
    Setting("samples in a batch", 48, "batch"),
    Setting("intrinsic length o", "none", "o"),
    Setting("correction psi", "none", "psi"),
    Setting("pairing", "same orthogonal start, same order of samples", ours="same seed of start and order, drawn independently by side",
            why="the sides draw the same matrices from one seed", effect="none: the first weights are equal"),
    Setting("figure of merit", "test accuracy at the end"),
)  # fmt: skip


class Job(NamedTuple):
    """One training: data set, hidden widths, steps, rate, side, the rest of the configuration as pairs, validation or test, seed."""

    data: str
    hidden: tuple[int, ...]
    steps: int
    rate: float
    side: str
    same: tuple[tuple[str, Any], ...]
    judged_on: str
    seed: int


def create(side: str, widths: list[int], seed: int, o: str, psi: str) -> Any:
    """Draw the network of a side; widths are those of the whole, which no hidden layer ignores but for its ends.

    >>> [create(side, [4, 3, 2], 0, "none", "none").widths for side in SIDES]
    [(4, 3, 2), (4, 3, 2), (4, 2)]
    """
    if side == ISOTROPIC:
        return network(widths, seed, o=o, psi=psi)
    return tanh_network(widths if side == TANH else [widths[0], widths[-1]], seed)


def parts(name: str, seed: int) -> tuple[Dataset, Dataset]:
    """Return a training and a test set; five spirals of 200 points are drawn anew by each seed.

    >>> [len(part.y) for part in parts("spirals", 0)]
    [800, 200]
    """
    if name != SPIRALS:
        return shared.parts(name, seed)
    rng = np.random.default_rng(seed)
    return standardised(*split(spirals(200, arms=5, rng=rng, dtype=np.float32), rng=rng))


def overlap(name: str) -> float:
    """Return the share of `shared.overlap`; spirals are new in each repeat.

    >>> overlap("spirals")
    0.0
    """
    return 0.0 if name == SPIRALS else shared.overlap(name)


def saturated(net: Any, X: np.ndarray) -> float:
    """Return the percentage of hidden tanh units with |tanh z| > 0.99, over X (n, d); 0 where there are none.

    >>> saturated(tanh_network([2, 3, 2], 0), np.zeros((1, 2), np.float32))
    0.0
    """
    if not isinstance(net, MLP) or net.layers == 1:
        return 0.0
    Z, _ = forward(net, X)
    return 100 * float(np.mean(np.abs(np.tanh(np.hstack(Z[:-1]))) > 0.99))


def one(job: Job) -> tuple[float, float]:
    """Return accuracy (%) on the test set, or on a fifth of the training set that was held out, and saturated units (%)."""
    c, (train, test) = dict(job.same), parts(job.data, job.seed)
    if job.judged_on == "validation":
        train, test = split(train, 0.2, rng=job.seed)
    net = create(job.side, [train.X.shape[1], *job.hidden, len(train.classes)], job.seed, c["o"], c["psi"])
    optimiser = AdamW(rate=job.rate, weight_decay=c["weight_decay"])
    net = trained(net, train, job.seed, Plan(steps=job.steps, batch=c["batch"]), optimiser).net
    return accuracy(net, test), saturated(net, test.X)


def validated(job: Job) -> float:
    """Return the accuracy (%) alone, for tuning."""
    return one(job)[0]


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Tune first, in rounds over all tuned nets and sides, then train every repeat of every net in one go."""
    n, names, same = config["repeats"], config["data"], tuple((name, config[name]) for name in SAME)
    seeds, apart = seeds_apart(seed, n, config["tuning"])
    keys = [(name, tuple(hidden), steps, side) for name in names for hidden, steps in config["tuned"] for side in SIDES]
    score = over_seeds(pmap, validated, lambda key, rate, s: Job(*key[:3], rate, key[3], same, "validation", s), apart)
    found = tuned_each(score, keys, config["rates"])
    cells = [(*key, found[key].rate) for key in keys]
    cells += [(name, tuple(hidden), steps, side, rate)
              for name in names for hidden, steps, rate in config["fixed"] for side in SIDES[:2]]  # fmt: skip
    jobs = [Job(*key, rate, side, same, "test", s) for *key, side, rate in cells for s in seeds]
    tests = np.reshape(pmap(one, jobs), (len(cells), n, 2))
    rows = [_row(cell, result, found.get(cell[:4]) if i < len(keys) else None)
            for i, (cell, result) in enumerate(zip(cells, tests, strict=True))]  # fmt: skip
    return Outcome({"overlap": {name: overlap(name) for name in names}, "rows": rows})


def _row(cell, result, tuned):
    """Return what one side of one net did; `tuned` is None at a fixed rate."""
    name, hidden, steps, side, rate = cell
    row = {"data": name, "hidden": list(hidden), "steps": steps, "side": side, "rate": rate, "tuned": tuned is not None}
    row |= {"test": rounded(result[:, 0]), "saturated": rounded(result[:, 1])}
    if tuned is None:
        return row
    return row | {"edge": tuned.edge, "rates": list(tuned.rates), "validation": rounded(tuned.scores)}
