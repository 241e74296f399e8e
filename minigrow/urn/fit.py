"""The short way in: fit a pool on the general loss, predict, score; `train` takes a run through prices and settling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.batches import Feed, Shuffled, Whole
from minigrow.growth.checkpoint import Run
from minigrow.growth.history import History
from minigrow.growth.loop import Plan, data, start, train_on
from minigrow.nn import validate
from minigrow.nn.losses import LOSSES, accuracy
from minigrow.nn.optimisers import Adam, Optimiser
from minigrow.urn.network import Network
from minigrow.urn.pool import Dead
from minigrow.urn.pricing import Priced, Settling
from minigrow.urn.strengths import Strengths, checked

EVERY = 250  # steps between two visits of the policies, where the plan does not say
PLAN = Plan(steps=2000, batch=None, loss="mse")
STRENGTHS = Strengths(l1=0.01, loop=1.0)


class Dealt(NamedTuple):
    """X (n, d) and y (n, ...) in batches of just `batch` rows; each stretch between two stops of the loop deals in a new order.

    Only whole batches: the step size in which prices are paid follows the noise of the gradient, so all batches must be
    equally noisy. A new order at each stretch: then nothing but the generator has to be remembered between two stretches, and
    the rows that an order leaves out are others each time. An epoch is as many batches as there are whole ones.

    >>> source = Dealt(np.eye(5), np.arange(5), 2)
    >>> [len(X) for X, y in source.deal(source.begin({}), np.random.default_rng(0), 3)], source.until(source.begin({}), 3)
    ([2, 2, 2], 6)
    """

    X: np.ndarray
    y: np.ndarray
    batch: int

    follow, rows = Shuffled.follow, Shuffled.rows

    def begin(self, feed: Feed) -> Feed:
        """Return the feed, or a new one."""
        return {"epoch": 0, "loss": np.nan, "dealt": 0, "total": 0.0} | {
            name: value for name, value in feed.items() if name in ("epoch", "loss", "dealt", "total")
        }

    def deal(self, feed: Feed, rng: np.random.Generator, n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (X, y) of n batches, in orders that begin here."""
        whole = len(self.X) // self.batch
        for i in range(n):
            if i % whole == 0:
                order = rng.permutation(len(self.X))
            rows = order[i % whole * self.batch :][: self.batch]
            yield self.X[rows], self.y[rows]

    def hear(self, feed: Feed, loss: float, batch: tuple) -> None:
        """Add the loss up; behind the last batch of an epoch their mean is the epoch's loss."""
        feed["dealt"], feed["total"] = feed["dealt"] + 1, feed["total"] + loss
        if feed["dealt"] >= len(self.X) // self.batch:
            feed |= {"epoch": feed["epoch"] + 1, "loss": feed["total"] / feed["dealt"], "dealt": 0, "total": 0.0}

    def until(self, feed: Feed, epochs: int) -> int:
        """Return the batches left of this epoch and those of the epochs behind it."""
        return (epochs - feed["epoch"]) * (len(self.X) // self.batch) - feed["dealt"]


def dealt(X: np.ndarray, y: np.ndarray, batch: int | None) -> Dealt | Whole:
    """Return batches of `batch` rows, or all rows at every step where it is None or no less than there are.

    Raises ValueError for batch < 1.

    >>> dealt(np.eye(3), np.arange(3), 2).batch
    2
    """
    whole = batch is None or validate.whole(batch, "batch", least=1) >= len(X)
    return Whole(X, y) if whole else Dealt(X, y, batch)


def train(
    run: Run,
    X: np.ndarray,
    y: np.ndarray,
    plan: Plan = PLAN,
    strengths: Strengths = Strengths(),  # noqa: B008 (a tuple of numbers)
    ramp: int = 0,
    settle: int = 0,
) -> Run:
    """Return the run at the end of the plan, on X (n, d), y (n, k) or labels (n,): prices first, and the last `settle` steps without.

    Prices grow over the first `ramp` steps behind `plan.since`; meanwhile dead neurons leave, and the plan's own policies are
    visited, every `plan.every` steps (None: 250). While the pool settles nothing of its structure changes. Both parts count
    their intervals from their own first step, and rows of the history are written as often, unless `plan.record` says otherwise.
    A run from a checkpoint goes on with the same call. Raises ValueError for bad data or strengths, Diverged (`growth.Diverged`)
    with the run at the last stop when loss or parameters stop being finite.

    >>> run = start(Network.create(2, 1, size=6, rng=0), Adam(1e-2), rng=0)
    >>> train(run, np.eye(2), np.ones((2, 1)), PLAN._replace(steps=20), STRENGTHS, settle=5).step
    20
    """
    checked(strengths)
    X, y = data(run.net, X, y, plan.loss)
    if plan.validation is not None:
        plan = plan._replace(validation=data(run.net, *plan.validation, plan.loss))
    batches = dealt(X, y, plan.batch)
    end = run.step + batches.until(batches.begin(run.feed), plan.epochs) if plan.steps is None else plan.steps
    if validate.whole(settle, "settle") > end - plan.since:
        raise ValueError(f"settle must lie in 0..{end - plan.since}, the plan's steps, got {settle}.")
    inner = run.optimiser.inner if isinstance(run.optimiser, (Priced, Settling)) else run.optimiser
    fixed, every = end - settle, plan.every or EVERY
    plan = plan._replace(steps=fixed, every=every, record=plan.record or every, backup=True)
    if run.step < fixed:
        priced = Priced(inner, strengths, plan.since, validate.whole(ramp, "ramp"))
        run = train_on(run._replace(optimiser=priced), batches, plan._replace(policies=(Dead(), *plan.policies)))
    if run.step < end:
        settling = Settling(inner, fixed, end)
        run = train_on(run._replace(optimiser=settling), batches, plan._replace(policies=(), steps=end, since=fixed))
    return run._replace(optimiser=inner)


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
    """Train a pool on X (n, d) and y: targets (n, k), or with another `plan.loss` labels; structure emerges as it learns.

    `net` is a pool to start from, else one of `size` neurons is drawn. Prices grow over the first `ramp` steps (None: half of
    the plan's) and are off in the last `settle` steps (None: a quarter). Raises ValueError for bad data or options, and
    Diverged when the recursion runs away.

    >>> X = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    >>> net, history = fit(X, X[:, 0] * X[:, 1], rng=0, plan=PLAN._replace(steps=1000))
    >>> net.hidden < 25, score(net, X, X[:, 0] * X[:, 1]) > 0.99
    (True, True)
    """
    plan, rng = plan or PLAN, validate.generator(rng)
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2:
        raise ValueError(f"X must be a matrix with one sample a row, got shape {X.shape}.")
    if net is None:
        k = validate.labels(y)[1] if plan.loss == "softmax" else 1 if y.ndim == 1 else y.shape[1]
        net = Network.create(X.shape[1], k, size, rng=rng, dtype=X.dtype if X.dtype == np.float32 else np.float64)
    batches = dealt(X, y, plan.batch)
    steps = batches.until(batches.begin({}), plan.epochs) if plan.steps is None else plan.steps
    ramp, settle = steps // 2 if ramp is None else ramp, steps // 4 if settle is None else settle
    run = train(start(net, optimiser, rng=rng), X, y, plan._replace(steps=steps), strengths, ramp, settle)
    return run.net, run.history


def predict(net: Network, X: np.ndarray, loss: str = "mse") -> np.ndarray:
    """Return what the pool says of each row of X (n, d): outputs (n, k), or for "softmax" and "binary" classes (n,).

    With "binary" and several outputs each is a class of its own, 0 or 1 (n, k).

    >>> net = Network.create(2, 1, size=6, scale=0.0, rng=0)
    >>> predict(net, np.eye(2)).shape, predict(net, np.eye(2), "binary")
    ((2, 1), array([0, 0]))
    """
    outputs = net(X)
    if validate.choice(loss, LOSSES, "loss") == "mse":
        return outputs
    if loss == "softmax":
        return outputs.argmax(axis=1)
    classes = (outputs > 0).astype(np.int64)
    return classes[:, 0] if net.outputs == 1 else classes


def score(net: Network, X: np.ndarray, y: np.ndarray, loss: str = "mse") -> float:
    """Return how well the pool does on X (n, d), y: R^2 for "mse", else the share of right classes in [0, 1].

    R^2 = 1 - sum (p - y)^2 / sum (y - mean y)^2: 1 for a perfect fit, 0 for the mean. Raises ValueError for data that do
    not fit the network or the loss, and for targets that are all the same, of which R^2 makes no sense.

    >>> score(Network.create(2, 1, size=6, scale=0.0, rng=0), np.eye(2), np.array([-1.0, 1.0]))
    0.0
    """
    X, y = data(net, X, y, loss)
    if loss == "softmax":
        return accuracy(net(X), y)
    if loss == "binary":
        return float(np.mean(predict(net, X, loss).reshape(y.shape) == y))
    spread = float(np.sum((y - y.mean(axis=0)) ** 2))
    if not spread:
        raise ValueError("R^2 compares with the spread of the targets, but all rows of y are the same.")
    return 1 - float(np.sum((net(X) - y) ** 2)) / spread
