"""Train one network on all samples at once and keep its history: `fit` for a first try, `descend` to go on from a run.

    theta <- theta - optimiser's step from dL/dtheta over the whole data set, once an epoch (algorithm B: Adam, 1e-3)

For mini-batches use `minigrow.growth.train`: a nimble network is a network like any other there.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from minigrow.growth.history import History, parameters
from minigrow.growth.loop import Diverged, Run, start
from minigrow.nimble.gates import neurons_on
from minigrow.nimble.network import Network, size_term
from minigrow.nn import validate
from minigrow.nn.losses import LOSSES, class_labels
from minigrow.nn.optimisers import Adam, Optimiser, State


class Course(NamedTuple):
    """How to train: until which epoch, the loss ("mse", "binary" or "softmax"), and the epochs between two rows of history.

    `test` is (X, y) or None; `quiet` switches the progress bar off (it is off anyway where there is no terminal);
    `observe(net)` returns more columns for the history, such as `growth.snapshot`.
    """

    epochs: int = 5000
    loss: str = "mse"
    every: int = 100
    test: tuple[np.ndarray, np.ndarray] | None = None
    quiet: bool = False
    observe: Callable[[Network], dict[str, Any]] | None = None


def fit(
    net: Network,
    X: np.ndarray,
    y: np.ndarray,
    course: Course | None = None,
    optimiser: Optimiser | None = None,
) -> tuple[Network, History]:
    """Return the network trained on X (n, d), targets y (n, k) or labels (n,), and its history.

    The history has epoch, loss (the error without the size term), s, active neurons, multiply-adds so far and, with
    `course.test`, test_loss. Raises ValueError for bad data, Diverged when the rate is too high.

    >>> from minigrow.nimble.network import controller
    >>> x = np.linspace(-1, 1, 50)[:, None]
    >>> net, history = fit(controller([1, 10, 1], rng=0), x, x**2, Course(epochs=300))
    >>> history["active"].ravel().tolist()
    [1, 1, 2]
    """
    run = descend(start(net, optimiser or Adam(), rng=0), X, y, course)
    return run.net, run.history


def descend(run: Run, X: np.ndarray, y: np.ndarray, course: Course | None = None) -> Run:
    """Return the run at epoch `course.epochs`; see `fit`. The run that comes in stays as it is.

    >>> from minigrow.nimble.network import controller
    >>> x = np.linspace(-1, 1, 50)[:, None]
    >>> begun = start(controller([1, 4, 1], rng=0), Adam(), rng=0)
    >>> descend(begun, x, x, Course(epochs=200)).epoch, begun.epoch
    (200, 0)
    """
    course = Course() if course is None else course
    X, y = _data(run.net, X, y, course)
    test = None if course.test is None else _data(run.net, *course.test, course)
    net = dataclasses.replace(run.net, theta=run.net.theta.copy())
    state = State(run.state.t, tuple(slot.copy() for slot in run.state.slots))
    g = np.empty_like(net.theta)
    gradient, trained = net.bound(g, course.loss), net.theta[: net.trained]
    sizes: list[float] = []
    with np.errstate(all="ignore"), tqdm(total=course.epochs, disable=course.quiet or None, unit="epoch") as bar:
        for epoch in range(run.epoch + 1, course.epochs + 1):
            value = gradient(X, y)
            if not math.isfinite(value):
                raise _diverged(run, epoch, value)
            sizes.append(float(net.s))
            state = run.optimiser.update(state, trained, g[: net.trained])
            if epoch % course.every == 0 or epoch == course.epochs:
                run = _record(run, net, state, (epoch, value, sizes), X, course, test)
                bar.update(len(sizes))
                sizes = []
    return run


def _data(net, X, y, course):
    validate.choice(course.loss, LOSSES, "loss")
    validate.whole(course.epochs, "epochs")
    validate.whole(course.every, "every", least=1)
    X, y = validate.matrix(X, net.widths[0], net.theta.dtype), np.asarray(y)
    validate.same_rows(X, y)
    if course.loss == "softmax":
        return X, class_labels(y, net.widths[-1])
    y = validate.matrix(y[:, None] if y.ndim == 1 else y, net.widths[-1], net.theta.dtype, name="y")
    with np.errstate(all="ignore"):
        LOSSES[course.loss](np.zeros_like(y), y)  # complains about labels that do not fit
    return X, y


def _record(run, net, state, fresh, X, course, test):
    """Write a row; `fresh` = epoch, its loss with the size term, and the sizes s since the last row."""
    epoch, value, sizes = fresh
    kept = dataclasses.replace(net, theta=net.theta.copy())
    before = run.history.rows[-1]["multiply_adds"] if run.history.rows else 0.0
    row = {
        "epoch": epoch,
        "step": epoch,
        "loss": value - size_term(_at(net, sizes[-1])),
        "widths": np.array([net.widths[0], *(net.active(l) for l in range(1, net.layers)), net.widths[-1]]),
        "parameters": parameters(net),
        "s": float(net.s),
        "active": np.array([net.active(l) for l in range(1, net.layers)]),
        "multiply_adds": before + 3.0 * len(X) * multiply_adds(net, np.array(sizes)).sum(),
    }
    if test is not None:
        output = net(test[0])
        row["test_loss"] = LOSSES[course.loss](output, test[1])[0]
        if course.loss == "softmax":
            row["test_accuracy"] = float(np.mean(output.argmax(axis=1) == test[1]))
    if course.observe is not None:
        row |= copy.deepcopy(course.observe(kept))
    kept_state = State(state.t, tuple(slot.copy() for slot in state.slots))
    return run._replace(net=kept, state=kept_state, epoch=epoch, step=epoch, history=run.history.with_row(row))


def _at(net, s):
    theta = net.theta.copy()
    theta[-1] = s
    return dataclasses.replace(net, theta=theta)


def multiply_adds(net: Network, s: np.ndarray) -> np.ndarray:
    """Count the multiply-adds of one sample's forward pass at each size s (E,), closed neurons left out; returns (E,).

    The input s is the same for all samples, so it is added to the biases once an epoch and is not counted.

    >>> from minigrow.nimble.network import auxiliary
    >>> multiply_adds(auxiliary([1, 9, 1], rng=0), np.array([0.0, 2.5, 9.0]))
    array([ 0.,  6., 18.])
    """
    before, total = np.full(len(s), float(net.widths[0])), np.zeros(len(s))
    for layer in range(1, net.layers + 1):
        m, last = net.widths[layer], layer == net.layers
        on = np.full(len(s), float(m)) if last else _on(net.parts.gate, s, m)
        total += on * before
        before = on
    return total


def _on(gate, s, m):
    if gate in ("open", "scalar"):
        return np.full(len(s), float(m))
    return np.clip(np.ceil(s if gate == "step" else neurons_on(s, m)[0]), 0, m)


def _diverged(run: Run, epoch: int, value: Any) -> Diverged:
    return Diverged(
        f"the loss became {value} in epoch {epoch}. The rate {run.optimiser.rate:g} is probably too high: try a tenth of "
        "it, or scale the data to [-1, 1]. The exception's `run` is the last good record.",
        run,
    )
