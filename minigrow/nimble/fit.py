"""The short way in: fit a network whose size is one of its weights, predict, score; `Gates` notes when a neuron opens.

theta <- theta - optimiser's step from dL/dtheta over the whole data set, once per epoch (algorithm B: Adam, 1e-3)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.events import Event
from minigrow.growth.history import History
from minigrow.growth.loop import Context, Plan, data, start, train
from minigrow.growth.watch import joined
from minigrow.nimble.network import Network, controller
from minigrow.nn.door import door
from minigrow.nn.feeding import ends
from minigrow.nn.losses import LOSSES, goodness, predictions
from minigrow.nn.optimisers import Adam, Optimiser
from minigrow.nn.validate import choice, generator

OPTIMISER = Adam()
PLAN = Plan(epochs=5000, batch=None, record=100, loss="mse")
REASONS = {"grow": "the size (s) rose along its gradient, which opens neurons",
           "prune": "the size (s) fell along its gradient, which closes neurons"}  # fmt: skip


@door
def fit(
    X: np.ndarray,
    y: np.ndarray,
    net: Network | None = None,
    *,
    hidden: Sequence[int] = (10,),
    rule: str = "growing",
    rng: Any = None,
    optimiser: Optimiser = OPTIMISER,
    plan: Plan | None = None,
) -> tuple[Network, History]:
    """Train on X (n, d) with targets y (n, k), or labels (n,) where plan.loss is "softmax"; return network and history.

    Without a network, draw algorithm B's with these hidden widths and this rule. A plan of your own replaces all of
    Plan(epochs=5000, batch=None, record=100, loss="mse"). The history has a row for each record: "loss" (of the last step, with
    its size term), "s", and "active" (open neurons of each hidden layer); with plan.validation, "validation_loss" is the error
    alone. Its events say when a neuron opened or closed. Raises ValueError for bad data, Diverged when the rate is too high.

    >>> x = np.linspace(-1, 1, 50)[:, None]
    >>> net, history = fit(x, x**2, rng=0, plan=PLAN._replace(epochs=300))
    >>> history["active"].ravel().tolist()
    [1, 1, 2]
    >>> history.events[0].before, history.events[0].after, history.events[0].step
    (1, 2, 300)
    """
    plan, rng = PLAN if plan is None else plan, generator(rng)
    net = _drawn(X, y, hidden, rule, rng, plan.loss) if net is None else net
    every = plan.every if plan.every is not None or plan.policies else plan.record
    plan = plan._replace(every=every, policies=(Gates(), *plan.policies), observe=joined(_sizes, plan.observe))
    run = train(start(net, optimiser, rng=rng), X, y, plan)
    return run.net, run.history


def _drawn(X, y, hidden, rule, rng, loss):
    d, k, dtype = ends(X, y, choice(loss, LOSSES, "plan.loss"))
    return controller([d, *hidden, k], rule, rng=rng, dtype=dtype)


def _sizes(net):
    return {"s": float(net.s), "active": np.array(list(net.active.values())[1:-1])}


class Gates(NamedTuple):
    """A policy that changes nothing: it notes as an event when neurons opened or closed since the last row of the history.

    >>> from minigrow.nimble import auxiliary
    >>> from minigrow.nn import SGD
    >>> run = start(auxiliary([1, 9, 1], rng=0), SGD(0.1), rng=0)
    >>> run = train(run, np.eye(1), np.eye(1), Plan(epochs=20, batch=None, loss="mse", policies=(Gates(),)))
    >>> [(event.step, event.before, event.after) for event in run.history.events]
    [(14, 1, 2)]
    """

    def __call__(self, net: Network, context: Context) -> tuple[Network, tuple[Event, ...]]:
        """Return the same network, and what happened to its gates."""
        return net, opened(net, context.history)


def opened(net: Network, history: History) -> tuple[Event, ...]:
    """Return an event without moves for each layer whose number of active neurons is not the one in the history's last row.

    >>> from minigrow.nimble import auxiliary
    >>> opened(auxiliary(size=2.5, rng=0), History().with_row({"step": 0, "widths": np.array([1, 2, 1])}))[0].after
    3
    """
    if not history.rows:
        return ()
    row = history.rows[-1]
    since = [event for event in history.events if event.step > row["step"] and event.reason in REASONS.values()]
    known = dict(zip(net.sizes, row["widths"].tolist(), strict=True)) | {event.space: event.after for event in since}
    return tuple(_event(space, known[space], on) for space, on in net.active.items() if on != known[space])


def _event(space, before, after):
    kind = "grow" if after > before else "prune"
    return Event(kind, space, abs(after - before), REASONS[kind], before, after)


@door
def predict(net: Network, X: np.ndarray, loss: str = "mse") -> np.ndarray:
    """Return the prediction for each row of X (n, d): its class (n,) for "softmax" and "binary", its outputs (n, k) for "mse".

    With "binary" and several outputs, each output predicts a class of its own, 0 or 1, and the result is (n, k).

    >>> predict(controller([4, 3, 2], rng=0), np.zeros((2, 4)), "softmax")
    array([1, 1])
    """
    return predictions(net(X), loss)


@door
def score(net: Network, X: np.ndarray, y: np.ndarray, loss: str = "mse") -> float:
    """Return the accuracy in [0, 1] for "softmax" and "binary", and R^2 = 1 - SSE / SST for "mse": 1 is perfect, 0 is the mean.

    X is (n, d); y is as `fit` takes it. Raises ValueError for "mse" where all targets are the same, since SST is 0 then.

    >>> score(controller([4, 3, 2], rng=0), np.zeros((2, 4)), np.array([0, 1]), "softmax")
    0.5
    """
    X, y = data(net, X, y, loss)
    return goodness(net(X), y, loss)
