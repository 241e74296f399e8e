"""The short way in: fit a network that sizes itself, predict, score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrow.growth.history import History
from minigrow.growth.loop import Plan, start, train
from minigrow.isotropic.adaptation import AutoAdapt
from minigrow.isotropic.diagonalise import singular_values
from minigrow.isotropic.network import Network
from minigrow.nn.door import door
from minigrow.nn.feeding import ends
from minigrow.nn.losses import accuracy
from minigrow.nn.optimisers import AdamW, Optimiser
from minigrow.nn.validate import choice, generator

# Tuned on the digits: decay is what lets unused neurons fall below tau, a wider scaffold learns faster.
ADAPT = AutoAdapt(scaffold=10)
OPTIMISER = AdamW(rate=3e-3, weight_decay=0.1)


@door
def fit(
    X: np.ndarray,
    y: np.ndarray,
    hidden: Sequence[int] = (10, 10),
    *,
    rng: Any = None,
    adapt: AutoAdapt | None = ADAPT,
    optimiser: Optimiser = OPTIMISER,
    plan: Plan | None = None,
) -> tuple[Network, History]:
    """Train a classifier on X (n, d), labels y (n,) or one-hot (n, k); its hidden layers size themselves as it learns.

    `hidden` are the widths to start from; `adapt=None` keeps them. Standardise X first (`minigrow.datasets.standardise`).
    `plan` sets epochs, batch, validation and more; its policies come after `adapt`. The history has the widths, losses and
    singular values of every epoch. Raises ValueError for bad data or options, Diverged when the rate is too high.

    >>> X = np.random.default_rng(0).standard_normal((200, 2))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> net, history = fit(X, y, [2, 2], rng=0, plan=Plan(epochs=30))
    >>> len(net.widths), score(net, X, y) > 0.9, history["loss"].shape
    (4, True, (30,))
    """
    plan, rng = plan or Plan(epochs=40), generator(rng)
    choice(plan.loss, ["softmax"], "plan.loss of fit")
    d, k, dtype = ends(X, y, plan.loss)
    net = Network.create([d, *hidden, k], rng=rng, dtype=dtype)
    plan = plan._replace(policies=(*((adapt,) if adapt else ()), *plan.policies), observe=plan.observe or spectra)
    run = train(start(net, optimiser, rng=rng), X, y, plan)
    return run.net, run.history


@door
def predict(net: Network, X: np.ndarray) -> np.ndarray:
    """Return the most probable class (n,) of each row of X (n, d); `minigrow.nn.softmax(net(X))` has the probabilities.

    >>> predict(Network.create([4, 3, 2], rng=0), np.zeros((2, 4)))
    array([0, 0])
    """
    return net(X).argmax(axis=1)


@door
def score(net: Network, X: np.ndarray, y: np.ndarray) -> float:
    """Return the share of rows of X (n, d) whose class is y (n,), in [0, 1].

    >>> score(Network.create([4, 3, 2], rng=0), np.zeros((2, 4)), np.array([0, 1]))
    0.5
    """
    return accuracy(net(X), y)


def spectra(net: Network) -> dict[str, np.ndarray]:
    """Return the singular values (m_l,) of every hidden layer as history columns sigma1, sigma2, ...

    >>> sorted(spectra(Network.create([4, 3, 3, 2], rng=0)))
    ['sigma1', 'sigma2']
    """
    return {f"sigma{layer + 1}": singular_values(net, layer) for layer in range(net.layers - 1)}
