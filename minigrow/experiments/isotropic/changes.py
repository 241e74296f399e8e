"""Train one network, change copies of it, and compare what they answer: the jobs of experiment 1 (`invariance`).

Training runs in float32; the trained network is then converted to float64, so that "exact" is judged in eps of float64.
How far logits move, epsilon (%) and KL (nats), is `common.moved_by`'s.
Source: Bird 2026, experiment 1.
"""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import numpy as np

from minigrow import nn
from minigrow.datasets import Dataset
from minigrow.experiments.isotropic.common import deviation, divergence, in_float64, network
from minigrow.experiments.isotropic.stages import stages
from minigrow.experiments.shared import parts
from minigrow.growth import Plan
from minigrow.isotropic import Network, diagonalise, grow, prune, singular_values
from minigrow.nn import AdamW

MEASURES = ("accuracy", "sigma", "epsilon", "kl")
ZERO = 1e-12  # what counts as zero beside the largest singular value: four of the sixteen digits of float64 are left for rounding


class Variant(NamedTuple):
    """How o and psi are treated, in training and in removal."""

    o: str
    psi: str


VARIANTS = {  # in the authors' order
    "no o, psi decays": Variant("none", "decay"),
    "o constant, psi decays": Variant("constant", "decay"),
    "o trained, psi decays": Variant("trainable", "decay"),
    "o trained, no psi": Variant("trainable", "none"),
    "o trained, psi constant": Variant("trainable", "constant"),
    "o trained, psi trained": Variant("trainable", "trainable"),
    "o trained, psi expected": Variant("trainable", "expectation"),
}
UNCORRECTED = Variant("none", "none")


class Reading(NamedTuple):
    """What a network says of a test set: logits (n, k), accuracy in per cent, and the sum of W_2's singular values."""

    z: np.ndarray
    accuracy: float
    sigma: float


class Job(NamedTuple):
    """One network to train (`trained` says how o and psi are), and the variants under which copies of it are changed.

    `steps` are the steps at which the gain of the corrections is measured, for each of `removals`; the last ends the training.
    """

    data: str
    trained: Variant
    variants: tuple[Variant, ...]
    width: int
    steps: tuple[int, ...]
    optimiser: AdamW
    batch: int
    changes: tuple[int, ...]
    removals: tuple[int, ...]
    seed: int


def one(job: Job) -> list[dict[str, Any]]:
    """Train one network; return, for every variant, what each change does to it, and what the corrections gain on the way."""
    train, test = parts(job.data, job.seed)
    X, test = train.X.astype(np.float64), test._replace(X=test.X.astype(np.float64))
    widths = [train.X.shape[1], job.width, job.width, len(train.classes)]
    net = network(widths, job.seed, o=job.trained.o, psi=job.trained.psi)
    found = []
    for run in stages(net, train, job.seed, job.steps, Plan(batch=job.batch), job.optimiser):
        net = in_float64(run.net)
        found.append(gains(net, job.variants, job.removals, X, test))
    found = np.array(found)  # (stages, variants, removals)
    return [
        measured(net, variant, job, X, test) | {"gain": found[:, i].tolist()} for i, variant in enumerate(job.variants)
    ]


def measured(net: Network, variant: Variant, job: Job, X: np.ndarray, test: Dataset) -> dict[str, Any]:
    """Return, for one trained network under one variant: accuracy, off-diagonal rest, all measures, and both controls' epsilon."""
    rng, before, flat = np.random.default_rng(job.seed), read(net, test), diagonalise(under(net, variant), 1)[0]
    rows = [compare(before, read(changed(flat, change, "sigma", X, rng), test)) for change in job.changes]
    fewer = [change for change in job.changes if change < 0]
    return {
        "before": before.accuracy,
        "rest": rest(flat),
        "uncorrected": errors(under(net, UNCORRECTED), fewer, X, test),
        "product": errors(under(net, variant), fewer, X, test, "product"),
    } | {name: [row[i] for row in rows] for i, name in enumerate(MEASURES)}


def under(net: Network, variant: Variant) -> Network:
    """Return the same numbers under the rules of another variant: the same function, other corrections.

    >>> net = network([4, 3, 2], 0)
    >>> bool(np.all(under(net, UNCORRECTED)(np.eye(4, dtype=np.float32)) == net(np.eye(4, dtype=np.float32))))
    True
    """
    return dataclasses.replace(net, o=variant.o, psi=variant.psi).with_params(net.params)


def changed(net: Network, change: int, by: str, X: np.ndarray, rng: np.random.Generator) -> Network:
    """Append (change > 0) or remove (< 0) neurons of the second hidden layer of a network that is diagonalised there."""
    if change > 0:
        return grow(net, 1, change, rng=rng)[0]
    return prune(net, 1, -change, by=by, X=X)[0] if change else net


def gains(net: Network, variants: Any, removals: Any, X: np.ndarray, test: Dataset) -> list[np.ndarray]:
    """Return, for each variant and removal, epsilon without corrections / epsilon with them, on the very same network."""
    without = errors(under(net, UNCORRECTED), removals, X, test)
    return [np.divide(without, errors(under(net, variant), removals, X, test)) for variant in variants]


def errors(net: Network, removals: Any, X: np.ndarray, test: Dataset, by: str = "sigma") -> list[float]:
    """Return epsilon (%) of each removal from the second hidden layer; X is the training set, for the mean gain."""
    z, flat = net(test.X), diagonalise(net, 1)[0]
    rng = np.random.default_rng(0)  # nothing is drawn in a removal
    return [deviation(z, changed(flat, removal, by, X, rng)(test.X)) for removal in removals]


def rest(net: Network) -> float:
    """Return the largest entry beside the diagonal of W_2, in units of sigma_1; 1 if the diagonal does not fall.

    >>> rest(diagonalise(in_float64(network([4, 3, 3, 2], 0)), 1)[0]) < ZERO, rest(in_float64(network([4, 3, 3, 2], 0))) < ZERO
    (True, False)
    """
    W = net.params["W2"]
    sigma = np.diag(W)
    falls = (np.diff(sigma) <= ZERO * np.abs(W).max()).all()
    return float(np.abs(W - np.diag(sigma)).max() / np.abs(W).max()) if falls else 1.0


def read(net: Network, test: Dataset) -> Reading:
    """Return what a network says of a test set.

    >>> read(network([64, 8, 8, 10], 0, np.float64), parts("digits", 0, np.float64)[1]).sigma.round(6)
    np.float64(8.0)
    """
    z = net(test.X)
    return Reading(z, 100 * nn.accuracy(z, test.y), singular_values(net, 1).sum())


def compare(before: Reading, after: Reading) -> tuple[float, float, float, float]:
    """Return the change of accuracy (pp) and of sum sigma, epsilon (%) and KL (nats) from one reading to the other.

    >>> before = Reading(np.array([[3.0, 4.0]]), 100.0, 2.0)
    >>> compare(before, before._replace(z=np.array([[6.0, 8.0]]), sigma=1.5))[:3]
    (0.0, -0.5, 100.0)
    """
    sigma, gained = float(after.sigma - before.sigma), after.accuracy - before.accuracy
    return gained, sigma, deviation(before.z, after.z), divergence(before.z, after.z)
