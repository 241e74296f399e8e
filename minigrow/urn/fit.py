"""The short way in: fit a pool on the general loss, predict, score; `train` takes a run through prices and settling."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.growth.batches import Whole
from minigrow.growth.checkpoint import Run
from minigrow.growth.history import History
from minigrow.growth.loop import Plan, data, prepared, start, train_on
from minigrow.nn import validate
from minigrow.nn.door import door
from minigrow.nn.feeding import ends
from minigrow.nn.losses import goodness, predictions
from minigrow.nn.optimisers import Adam, Optimiser
from minigrow.urn.batches import Dealt
from minigrow.urn.network import Network
from minigrow.urn.pool import Dead
from minigrow.urn.pricing import Priced, Settling
from minigrow.urn.strengths import Strengths, checked

EVERY = 250  # steps between two visits of the policies, unless the plan says otherwise
PLAN = Plan(steps=2000, batch=None, loss="mse")
STRENGTHS = Strengths(l1=0.01, loop=1.0)


@door
def train(
    run: Run,
    X: np.ndarray,
    y: np.ndarray,
    plan: Plan = PLAN,
    strengths: Strengths = Strengths(),  # noqa: B008 (a tuple of numbers)
    ramp: int | None = 0,
    settle: int | None = 0,
) -> Run:
    """Train a run on X (n, d), y (n, k) or labels (n,) to the end of the plan: first with prices, then for `settle` steps without.

    Prices grow over the first `ramp` steps after `plan.since`; None means half of all steps for `ramp` and a quarter for `settle`.
    Every `plan.every` steps (None: 250) dead neurons are pruned, the plan's own policies are visited, and a row of the history
    is written unless `plan.record` says otherwise. While the pool settles, its structure does not change. Both parts count their
    intervals from their own first step. A run from a checkpoint goes on with the same call.
    Raises ValueError for bad data or strengths, Diverged with the run at the last stop when loss or parameters are no longer finite.

    >>> run = start(Network.create(2, 1, size=6, rng=0), Adam(1e-2), rng=0)
    >>> train(run, np.eye(2), np.ones((2, 1)), PLAN._replace(steps=20), STRENGTHS, settle=5).step
    20
    """
    strengths = checked(strengths)
    X, y, plan = prepared(run.net, X, y, plan)
    batches = Whole(X, y)
    if plan.batch is not None and validate.whole(plan.batch, "batch", least=1) < len(X):
        batches = Dealt(X, y, plan.batch)
    end = run.step + batches.until(batches.begin(run.feed), plan.epochs) if plan.steps is None else plan.steps
    steps = end - plan.since
    ramp, settle = steps // 2 if ramp is None else ramp, steps // 4 if settle is None else settle
    if validate.whole(settle, "settle") > steps:
        raise ValueError(f"settle must lie in 0..{steps}, the plan's steps, got {settle}.")
    inner = run.optimiser.inner if isinstance(run.optimiser, (Priced, Settling)) else run.optimiser
    fixed, every = end - settle, EVERY if plan.every is None else plan.every
    plan = plan._replace(steps=fixed, every=every, record=every if plan.record is None else plan.record, backup=True)
    if run.step < fixed:
        priced = Priced(inner, strengths, plan.since, validate.whole(ramp, "ramp"))
        run = train_on(run._replace(optimiser=priced), batches, plan._replace(policies=(Dead(), *plan.policies)))
    if run.step < end:
        settling = Settling(inner, fixed, end)
        run = train_on(run._replace(optimiser=settling), batches, plan._replace(policies=(), steps=end, since=fixed))
    return run._replace(optimiser=inner)


@door
def fit(
    X: np.ndarray,
    y: np.ndarray,
    net: Network | None = None,
    *,
    size: int = 28,
    strengths: Strengths = STRENGTHS,
    ramp: int | None = None,
    settle: int | None = None,
    rng: Any = None,
    optimiser: Optimiser = Adam(1e-2),  # noqa: B008 (a tuple of numbers)
    plan: Plan | None = None,
) -> tuple[Network, History]:
    """Train a pool on X (n, d) and targets y (n, k), or labels if `plan.loss` asks for them; structure emerges as it learns.

    Training starts from `net`, or else from a new pool of `size` neurons; `ramp` and `settle` are those of `train`. Raises
    ValueError for bad data or options, Diverged when the recursion runs away.

    >>> X = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    >>> net, history = fit(X, X[:, 0] * X[:, 1], rng=0, plan=PLAN._replace(steps=1000))
    >>> net.hidden < 25, score(net, X, X[:, 0] * X[:, 1]) > 0.99
    (True, True)
    """
    plan, rng = plan or PLAN, validate.generator(rng)
    if net is None:
        d, k, dtype = ends(X, y, plan.loss)
        net = Network.create(d, k, size, rng=rng, dtype=dtype)
    run = train(start(net, optimiser, rng=rng), X, y, plan, strengths, ramp, settle)
    return run.net, run.history


@door
def predict(net: Network, X: np.ndarray, loss: str = "mse") -> np.ndarray:
    """Return the prediction for each row of X (n, d): outputs (n, k), or for "softmax" and "binary" classes (n,).

    With "binary" and several outputs, each output predicts a class of its own, 0 or 1, and the result is (n, k).

    >>> net = Network.create(2, 1, size=6, scale=0.0, rng=0)
    >>> predict(net, np.eye(2)).shape, predict(net, np.eye(2), "binary")
    ((2, 1), array([0, 0]))
    """
    return predictions(net(X), loss)


@door
def score(net: Network, X: np.ndarray, y: np.ndarray, loss: str = "mse") -> float:
    """Return how well the pool does on X (n, d), y: R^2 for "mse", else the accuracy in [0, 1].

    R^2 = 1 - sum (p - y)^2 / sum (y - mean y)^2: 1 for a perfect fit, 0 for the mean. Raises ValueError for data that do
    not fit the network or the loss, and for targets that are all the same, for which R^2 is not defined.

    >>> score(Network.create(2, 1, size=6, scale=0.0, rng=0), np.eye(2), np.array([-1.0, 1.0]))
    0.0
    """
    X, y = data(net, X, y, loss)
    return goodness(net(X), y, loss)
