"""What the isotropic experiments share: networks, training at the authors' settings, accuracy.

Legend: w width of the hidden layers; sigma singular values; accuracies in per cent, their differences in percentage
points (pp); a job is a named tuple with a seed of its own, so the outcome does not depend on who runs it, or when.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrow import isotropic, nn
from minigrow.datasets import Dataset
from minigrow.growth import Diverged, Plan, Run, start, train
from minigrow.nn import MLP, AdamW
from minigrow.nn.losses import log_softmax


def accuracy(net: Any, data: Dataset) -> float:
    """Return the accuracy in per cent.

    >>> from minigrow.experiments.shared import parts
    >>> 0 <= accuracy(network([64, 8, 10], 0), parts("digits", 0)[1]) <= 100
    True
    """
    return 100 * nn.accuracy(net(data.X), data.y)


def network(widths: Sequence[int], seed: int, dtype: Any = np.float32, **options: Any) -> isotropic.Network:
    """Draw an isotropic network as the authors do, orthogonal weights; options are o and psi.

    >>> network([64, 8, 10], 0).theta.dtype
    dtype('float32')
    """
    return isotropic.Network.create(widths, rng=seed, dtype=dtype, **options)


def tanh_network(widths: Sequence[int], seed: int, dtype: Any = np.float32) -> MLP:
    """Draw the element-wise tanh network of the same widths, from the same orthogonal initialiser.

    >>> tanh_network([64, 8, 10], 0).widths
    (64, 8, 10)
    """
    return MLP.create(widths, "tanh", init="orthogonal", rng=seed, dtype=dtype)


def trained(net: Any, data: Dataset, seed: int, plan: Plan, optimiser: AdamW | None = None) -> Run:
    """Train with AdamW (rate 1e-3, weight decay 1e-3, batch 48 unless told); see `on` for a run that diverges.

    >>> from minigrow.experiments.shared import parts
    >>> trained(network([64, 8, 10], 0), parts("digits", 0)[0], 0, Plan(epochs=1)).epoch
    1
    """
    begun = start(net, optimiser or AdamW(rate=1e-3, weight_decay=1e-3), rng=seed)
    return on(begun, data, plan)


def in_float64(net: Any) -> Any:
    """Return the network with the same numbers in float64, so that moves on a net trained in float32 are exact to its eps.

    >>> in_float64(network([64, 8, 10], 0)).theta.dtype
    dtype('float64')
    """
    return dataclasses.replace(net, theta=net.theta.astype(np.float64))


def moved_by(net: Any, other: Any, X: np.ndarray) -> tuple[float, float]:
    """Return how far other's logits z' are from net's z on X (n, m_0): epsilon (%) and KL (nats).

        epsilon = 100 / n sum |z' - z| / |z|        KL = 1 / n sum_i sum_k p log(p / p'),  p = softmax(z)

    >>> net = network([64, 8, 10], 0)
    >>> moved_by(net, net, np.ones((2, 64), np.float32))
    (0.0, 0.0)
    """
    z, new = net(X), other(X)
    return deviation(z, new), divergence(z, new)


def deviation(z: np.ndarray, new: np.ndarray) -> float:
    """Return epsilon (%) from logits z (n, k) to new (n, k); see `moved_by`.

    >>> deviation(np.array([[3.0, 4.0]]), np.array([[3.0, 4.5]]))
    10.0
    """
    return float(100 * np.mean(np.linalg.norm(new - z, axis=1) / np.linalg.norm(z, axis=1)))


def divergence(z: np.ndarray, new: np.ndarray) -> float:
    """Return KL (nats) from the probabilities of logits z (n, k) to those of new (n, k); see `moved_by`.

    >>> divergence(np.array([[3.0, 4.0]]), np.array([[4.0, 5.0]]))
    0.0
    """
    p, q = log_softmax(z), log_softmax(new)
    return float(np.mean(np.sum(np.exp(p) * (p - q), axis=1)))


def on(run: Run, data: Dataset, plan: Plan) -> Run:
    """Train a run further, quietly; one that diverges comes back as it was given, to be judged as a failure."""
    try:
        return train(run, data.X, data.y, plan._replace(quiet=True))
    except Diverged as stopped:
        return stopped.run
