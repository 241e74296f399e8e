"""`run_trials(task, 200, size=0, rng=rng)`: train many small networks, each on data of its own, and compare their test losses.

    s_0 = 0 (growing) or goal (grown);   theta <- theta - rate dL/dtheta, full batch, plain gradient descent (algorithm A)

Trials are independent, so threads share them out: each trial is one call of a compiled loop that lets the other threads run.
The result does not depend on how many threads there are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from minigrow.growth.events import Event
from minigrow.growth.history import History, parameters
from minigrow.growth.snapshot import snapshot
from minigrow.nimble import kernels
from minigrow.nimble.gates import GATES
from minigrow.nimble.network import Network, auxiliary, gradient, with_theta
from minigrow.nimble.tasks import TASKS, Samples, Task, sample
from minigrow.nn import validate
from minigrow.nn.losses import LOSSES

FOLLOWS = {"loss": 1.0, "size": 0.0, "nothing": -1.0}
BINARY = {"mse": False, "binary": True}


class Plan(NamedTuple):
    """How to train a trial: loss "mse" or "binary", rate, epochs, and how many epochs lie between two records."""

    loss: str = "mse"
    rate: float = 1e-3
    epochs: int = 40000
    every: int = 1000


class Trials(NamedTuple):
    """What T trials left behind, R records of each.

    `traces` (T, R, P) holds theta at epochs 0, every, 2 every, ...; `train` and `test` (T,) are the final errors without
    the size term (infinite where the trial diverged), `diverged` (T,) the epoch in which it did, or -1.
    """

    networks: tuple[Network, ...]
    traces: np.ndarray
    train: np.ndarray
    test: np.ndarray
    diverged: np.ndarray
    plan: Plan

    @property
    def size(self) -> np.ndarray:
        """Final size s of every trial (T,)."""
        return self.traces[:, -1, -1]


def run_trials(
    task: str | Task,
    trials: int,
    *,
    size: float,
    rng: np.random.Generator,
    hidden: int = 9,
    goal: float = 5.0,
    strength: float | None = None,
    threads: int | None = None,
) -> Trials:
    """Train `trials` networks of algorithm A on a task of the paper; all start from the same draws for equal generators.

    `size` = 0 is growing, `size` = goal is grown; `strength` is lambda (default: the task's). Raises ValueError for numbers
    out of range; a trial that diverges is flagged and counted, not raised.

    >>> few = run_trials(TASKS["cubic"]._replace(epochs=200), 3, size=0.0, rng=np.random.default_rng(0))
    >>> few.test.shape, few.diverged
    ((3,), array([-1, -1, -1]))
    """
    task = TASKS[validate.choice(task, TASKS, "task")] if isinstance(task, str) else task
    strength = task.strength if strength is None else strength
    nets, data = [], []
    for child in validate.generator(rng).spawn(validate.whole(trials, "trials", least=1)):
        data.append(sample(task, child))
        nets.append(auxiliary([1, hidden, 1], goal, strength, size=size, rng=child))
    plan = Plan(task.loss, task.rate, task.epochs, max(1, task.epochs // 40))
    return descend_all(nets, data, plan, threads)


def descend_all(networks: Sequence[Network], data: Sequence[Samples], plan: Plan, threads: int | None = None) -> Trials:
    """Train each network on its own samples, on `threads` threads (default: one a core).

    The networks must be alike, but for their parameters: one hidden tanh layer, one output, float64.
    Raises ValueError otherwise, and for a rate, epoch count or targets that make no sense.
    """
    _check(networks, data, plan)
    thetas = np.stack([net.theta for net in networks])
    Xt, t = np.stack([np.ascontiguousarray(rows.X.T) for rows in data]), np.stack([rows.y[:, 0] for rows in data])
    t = t.astype(np.float64)
    traces = np.empty((len(thetas), plan.epochs // plan.every + 1, thetas.shape[1]))
    diverged = np.empty(len(thetas), np.int64)
    fixed = (networks[0].widths[1], BINARY[plan.loss], rule_numbers(networks[0]), plan[1:])

    def some(rows):
        m, binary, rule, numbers = fixed
        kernels.descend_many(thetas[rows], m, Xt[rows], t[rows], binary, rule, numbers, traces[rows], diverged[rows])

    threads = os.cpu_count() or 1 if threads is None else validate.whole(threads, "threads", least=1)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(some, [slice(i, i + 1) for i in range(len(thetas))]))
    return _score(networks, thetas, data, traces, diverged, plan)


def rule_numbers(net: Network) -> tuple[float, ...]:
    """Return a network's gate and size term as the kernels take them: gate code, seen, follows, strength, goal.

    >>> rule_numbers(auxiliary(rng=0))
    (0.0, 1.0, 1.0, 0.1, 5.0)
    """
    rule = net.parts
    return float(GATES[rule.gate].code), rule.seen, FOLLOWS[rule.follows], float(net.strength), float(net.goal)


def fits_kernel(net: Network) -> bool:
    """Say whether the compiled loops can train this network: one hidden tanh layer, one output, float64.

    >>> fits_kernel(auxiliary(rng=0)), fits_kernel(auxiliary([1, 9, 9, 1], rng=0))
    (True, False)
    """
    return len(net.widths) == 3 and net.widths[2] == 1 and net.activation == "tanh" and net.theta.dtype == np.float64


def _check(networks, data, plan):
    validate.choice(plan.loss, BINARY, "loss of a trial")
    validate.positive(plan.rate, "rate")
    validate.whole(plan.every, "every", least=1)
    if validate.whole(plan.epochs, "epochs", least=1) % plan.every:
        raise ValueError(f"epochs must be a multiple of every, got {plan.epochs} and {plan.every}.")
    if len(networks) != len(data) or not networks:
        raise ValueError(
            f"every network needs samples of its own, got {len(networks)} networks and {len(data)} samples."
        )
    first = networks[0]
    kind = (first.widths, first.rule, first.goal, first.strength)
    for net, rows in zip(networks, data, strict=True):
        if not fits_kernel(net) or (net.widths, net.rule, net.goal, net.strength) != kind:
            raise ValueError(
                f"trials need alike networks with one hidden tanh layer and one output in float64, got widths {net.widths}, "
                f"{net.activation}, {net.theta.dtype}. For any other network call fit(...)."
            )
        for X, y in (rows[:2], rows[2:]):
            validate.same_rows(validate.matrix(X, net.widths[0], np.float64), y)
            y = validate.matrix(y, None, np.float64, name="y")
            with np.errstate(all="ignore"):
                LOSSES[plan.loss](np.zeros((len(X), 1)), y)  # complains about targets that do not fit


def _score(networks, thetas, data, traces, diverged, plan):
    nets = tuple(with_theta(net, theta) for net, theta in zip(networks, thetas, strict=True))
    train, test = np.full(len(nets), np.inf), np.full(len(nets), np.inf)
    with np.errstate(all="ignore"):
        for i in np.flatnonzero(diverged < 0):
            train[i] = LOSSES[plan.loss](nets[i](data[i].X), data[i].y)[0]
            test[i] = LOSSES[plan.loss](nets[i](data[i].X_test), data[i].y_test)[0]
    return Trials(nets, traces, train, test, diverged, plan)


def descend_slowly(net: Network, data: Samples, plan: Plan) -> np.ndarray:
    """Return theta (P,) after training one trial in plain NumPy: the twin of the compiled loop.

    >>> rows = sample("cubic", np.random.default_rng(0))
    >>> descend_slowly(auxiliary(rng=0), rows, Plan(epochs=10)).shape
    (38,)
    """
    for _ in range(plan.epochs):
        g = gradient(net, data.X, data.y, plan.loss)[1]
        g[net.trained :] = 0
        net = with_theta(net, net.theta - plan.rate * g)
    return net.theta


def history(result: Trials, trial: int, data: Samples) -> History:
    """Return one trial's life as a `growth.History`: a row a record, an event whenever a neuron opens or closes.

    Columns: epoch, loss (the error on `data` without the size term), s, active, gates (m,), every parameter by name, and
    those of `growth.snapshot`, for `minigrow replay`.

    >>> rng = np.random.default_rng(0)
    >>> rows, net = sample("cubic", rng), auxiliary(rng=rng)
    >>> history(descend_all([net], [rows], Plan(epochs=2000, every=500), 1), 0, rows)["epoch"]
    array([   0,  500, 1000, 1500, 2000])
    """
    life = History()
    for row, theta in enumerate(result.traces[trial]):
        if not np.isfinite(theta).all():
            break
        net, epoch = with_theta(result.networks[trial], theta), row * result.plan.every
        life = life.with_events(_change(life, net, epoch)).with_row(_row(net, epoch, data, result.plan.loss))
    return life


def _change(life, net, epoch):
    """The event between the last row and this network, if neurons opened or closed."""
    before, on = life.rows[-1]["active"] if life.rows else net.active(1), net.active(1)
    kind = "grow" if on > before else "prune"
    why = "the size followed its gradient"
    return [Event(kind, "h1", abs(on - before), why, before, on, (), epoch)] if on != before else []


def _row(net, epoch, data, loss):
    with np.errstate(all="ignore"):
        value = LOSSES[loss](net(data.X), data.y)[0]
    widths = np.array([net.widths[0], net.active(1), net.widths[2]])
    row = {"epoch": epoch, "step": epoch, "loss": value, "widths": widths, "parameters": parameters(net)}
    row |= {"s": float(net.s), "active": net.active(1), "gates": net.gates(1)[0]}
    return row | snapshot(net) | {name: np.ravel(array) for name, array in net.params.items() if name != "s"}
