"""`run_trials(task, 200, size=0, rng=rng)`: train many small networks, each on data of its own, and compare their test losses.

    s_0 = 0 (growing) or goal (grown);   theta <- theta - rate dL/dtheta, full batch, plain gradient descent (algorithm A)

Trials are independent, so threads share them out: each trial is one call of a compiled loop that lets the other threads run, and
the result does not depend on how many threads there are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.history import History
from minigrow.growth.loop import Plan
from minigrow.growth.plan import Observer
from minigrow.growth.recording import seen
from minigrow.growth.snapshot import snapshot
from minigrow.nimble.fast import kernels
from minigrow.nimble.fast.workspace import BINARY, fits_kernel, rule_numbers
from minigrow.nimble.fit import opened
from minigrow.nimble.network import Network, auxiliary
from minigrow.nimble.tasks import TASKS, Samples, Task, sample
from minigrow.nn import validate
from minigrow.nn.door import door
from minigrow.nn.losses import LOSSES

TAKEN = ("epochs", "loss", "record", "quiet")  # the fields of a plan that compiled trials use


class Trials(NamedTuple):
    """The results of T trials, with R records of each.

    `traces` (T, R, P) holds theta at epochs 0, record, 2 record, ...; `train` and `test` (T,) are the final errors without
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


@door
def run_trials(
    task: str | Task,
    trials: int,
    *,
    size: float,
    rng: Any = None,
    hidden: int = 9,
    goal: float = 5.0,
    strength: float | None = None,
    delta: float = 1.0,
    threads: int | None = None,
) -> Trials:
    """Train `trials` networks of algorithm A on a task of the paper; equal generators give equal samples and first weights.

    `size` = 0 is growing, `size` = goal is grown; `strength` is lambda (default: the task's), `delta` the step's width. A trial that
    diverges is flagged and counted, not raised. Raises ValueError for numbers out of range.

    >>> few = run_trials(TASKS["cubic"]._replace(epochs=200), 3, size=0.0, rng=np.random.default_rng(0))
    >>> few.test.shape, few.diverged
    ((3,), array([-1, -1, -1]))
    """
    task = TASKS[validate.choice(task, TASKS, "task")] if isinstance(task, str) else task
    epochs = validate.whole(task.epochs, "the task's epochs", least=1)
    strength = task.strength if strength is None else strength
    nets, data = [], []
    for child in validate.generator(rng).spawn(validate.whole(trials, "trials", least=1)):
        data.append(sample(task, child))
        nets.append(auxiliary([1, hidden, 1], goal, strength, size=size, delta=delta, rng=child))
    record = next(r for r in range(max(1, epochs // 40), epochs + 1) if epochs % r == 0)
    plan = Plan(epochs, None, task.loss, record=record)
    return descend_all(nets, data, plan, task.rate, threads)


@door
def descend_all(
    networks: Sequence[Network],
    data: Sequence[Samples],
    plan: Plan,
    rate: float = 1e-3,
    threads: int | None = None,
) -> Trials:
    """Train each network on its own samples by plain gradient descent, on `threads` threads (default: one for each core).

    Of the plan, `epochs`, `loss` ("mse" or "binary") and `record` (the epochs between two records) are used; each step takes all
    samples. The readable twin of one trial is `growth.train(start(net, SGD(rate)), X, y, Plan(batch=None, ...))`. The networks
    may differ in their parameters only: all have one hidden tanh layer, one output, float64. Raises ValueError otherwise, and for
    a rate, a plan or targets that make no sense.
    """
    plan = plan._replace(record=1 if plan.record is None else plan.record)
    _check(networks, data, plan, rate)
    thetas = np.stack([net.theta for net in networks])
    Xt, t = np.stack([np.ascontiguousarray(rows.X.T) for rows in data]), np.stack([rows.y[:, 0] for rows in data])
    t = t.astype(np.float64)
    traces = np.empty((len(thetas), plan.epochs // plan.record + 1, thetas.shape[1]))
    m, binary, rule = networks[0].widths[1], BINARY[plan.loss], rule_numbers(networks[0])
    numbers = (float(rate), plan.epochs, plan.record)

    def one(i):
        return kernels.steps(thetas[i], m, Xt[i], t[i], binary, rule, numbers, traces[i])

    threads = os.cpu_count() or 1 if threads is None else validate.whole(threads, "threads", least=1)
    if threads == 1:  # a browser has no threads to start
        diverged = np.array([one(i) for i in range(len(thetas))])
    else:
        with ThreadPoolExecutor(threads) as pool:
            diverged = np.array(list(pool.map(one, range(len(thetas)))))
    return _score(networks, thetas, data, traces, diverged, plan)


def _check(networks, data, plan, rate):
    for name, default in Plan()._asdict().items():
        if name not in TAKEN and getattr(plan, name) not in (default, None):
            raise ValueError(f"a trial takes {', '.join(TAKEN)} of a plan, got {name} as well. Call fit(...) for that.")
    validate.choice(plan.loss, BINARY, "loss of a trial")
    validate.positive(rate, "rate")
    validate.whole(plan.record, "record", least=1)
    if validate.whole(plan.epochs, "epochs", least=1) % plan.record:
        raise ValueError(f"epochs must be a multiple of record, got {plan.epochs} and {plan.record}.")
    if len(networks) != len(data) or not networks:
        raise ValueError(
            f"every network needs samples of its own, got {len(networks)} networks and {len(data)} samples."
        )
    first = networks[0]
    kind = (first.widths, *rule_numbers(first))
    for net, rows in zip(networks, data, strict=True):
        if not fits_kernel(net) or (net.widths, *rule_numbers(net)) != kind:
            raise ValueError(
                f"trials need alike networks with one hidden tanh layer and one output in float64, got widths {net.widths}, "
                f"{net.activation}, {net.theta.dtype}. For any other network call fit(...)."
            )
        for X, y in (rows[:2], rows[2:]):
            validate.same_rows(validate.matrix(X, net.widths[0], np.float64), y)
            y = validate.matrix(y, None, np.float64, name="y")
            with np.errstate(all="ignore"):
                LOSSES[plan.loss](np.zeros((len(X), 1)), y)  # raises an error for targets that do not fit


def _score(networks, thetas, data, traces, diverged, plan):
    nets = tuple(net.with_theta(theta) for net, theta in zip(networks, thetas, strict=True))
    train, test = np.full(len(nets), np.inf), np.full(len(nets), np.inf)
    with np.errstate(all="ignore"):
        for i in np.flatnonzero(diverged < 0):
            train[i] = LOSSES[plan.loss](nets[i](data[i].X), data[i].y)[0]
            test[i] = LOSSES[plan.loss](nets[i](data[i].X_test), data[i].y_test)[0]
    return Trials(nets, traces, train, test, diverged, plan)


@door
def history(result: Trials, trial: int, data: Samples, observe: Observer = snapshot) -> History:
    """Return one trial's life as a `growth.History`: a row for each record, an event whenever a neuron opens or closes.

    Columns: epoch, loss (the error on `data` without the size term), s, active, gates (m,), every parameter by name, and
    those of `observe`, `growth.snapshot` if no other is given, for `minigrow replay`.

    >>> rng = np.random.default_rng(0)
    >>> rows, net = sample("cubic", rng), auxiliary(rng=rng)
    >>> history(descend_all([net], [rows], Plan(2000, None, "mse", record=500)), 0, rows)["epoch"]
    array([   0,  500, 1000, 1500, 2000])
    """
    if validate.whole(trial, "trial") >= len(result.networks):
        raise ValueError(f"trial must be in 0..{len(result.networks) - 1}, got {trial}.")
    life = History().with_about(**getattr(observe, "about", {}))
    for row, theta in enumerate(result.traces[trial]):
        if not np.isfinite(theta).all():
            break
        net, epoch = result.networks[trial].with_theta(theta), row * result.plan.record
        events = [event._replace(step=epoch) for event in opened(net, life)]
        life = life.with_events(events).with_row(_row(net, epoch, data, result.plan.loss, observe))
    return life


def _row(net, epoch, data, loss, observe):
    with np.errstate(all="ignore"):
        value = LOSSES[loss](net(data.X), data.y)[0]
    widths, gates = np.array(list(net.active.values())), net.gates(0)[0]
    row = {"epoch": epoch, "step": epoch, "loss": value, "widths": widths, "parameters": net.parameters}
    row |= {"s": float(net.s), "active": net.active["h1"], "gates": gates}
    return row | seen(observe, net) | {name: np.ravel(array) for name, array in net.params.items() if name != "s"}
