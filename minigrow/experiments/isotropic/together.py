"""Several tasks at every step: `Together(tasks, active, batch)` deals `batch` samples of each active task to the training loop.

T tasks share one network: task k has the block k of inputs and the block k of outputs (`minigrow.datasets.blocks`). A sample of
task k is a row whose other input blocks are zero; its target is a row of T labels, of which all but label k are -1 (the loss "blocks"
takes a softmax inside block k alone). A task that is not active sends no samples: it has no part in the gradient either way.
Source: G. Bird, arXiv 2602.23405 (2026); there the samples of inactive tasks are sent too, with weight 0, which is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import Dataset
from minigrow.datasets.blocks import three_tasks
from minigrow.experiments.shared import parts
from minigrow.growth.batches import Feed, Shuffled
from minigrow.nn import accuracy

Tasks = tuple[Dataset, ...]


def task_parts(name: str, seed: int) -> tuple[Tasks, Tasks]:
    """Return the training and the test sets of three tasks made of one data set (`datasets.blocks.three_tasks`), standardised.

    >>> [task.X.shape for task in task_parts("mnist-1d", 0)[1]]
    [(1000, 40), (1000, 40), (1000, 40)]
    """
    train, test = parts(name, seed)
    return three_tasks(train, seed), three_tasks(test, seed)


def placed(X: np.ndarray, k: int, tasks: int) -> np.ndarray:
    """Return samples X (n, d) of task k in the joint inputs (n, tasks * d): all other blocks are zero.

    >>> placed(np.array([[1.0, 2.0]]), 1, 3)
    array([[0., 0., 1., 2., 0., 0.]])
    """
    n, d = X.shape
    joint = np.zeros((n, tasks, d), X.dtype)
    joint[:, k] = X
    return joint.reshape(n, tasks * d)


def accuracies(net: Any, tasks: Tasks, active: Sequence[int]) -> list[float]:
    """Return the accuracy in per cent on each active task, answered inside its own block of outputs.

    >>> task = task_parts("digits", 0)[1][0]._replace(y=np.zeros(359, int))
    >>> accuracies(lambda X: np.zeros((len(X), 30)), (task, task, task), [0, 2])
    [100.0, 100.0]
    """
    T, K = len(tasks), len(tasks[0].classes)
    outputs = [net(placed(tasks[k].X, k, T)).reshape(-1, T, K)[:, k] for k in active]
    return [100 * accuracy(output, tasks[k].y) for k, output in zip(active, outputs, strict=True)]


class Together(NamedTuple):
    """At each step `batch` samples of each active task; each task is shuffled anew when all samples were there, a rest is left out.

    The tasks must have equally many samples, inputs and classes.

    >>> tasks = task_parts("digits", 0)[0]
    >>> source = Together(tasks, (0, 2), 48)
    >>> feed = source.begin({})
    >>> X, t = next(source.deal(feed, np.random.default_rng(0), 1))
    >>> X.shape, t.shape, t[[0, -1], 1].tolist(), source.until(feed, 1)
    ((96, 192), (96, 3), [-1, -1], 28)
    """

    tasks: Tasks
    active: tuple[int, ...]
    batch: int

    @property
    def X(self) -> tuple[np.ndarray, ...]:
        """The inputs (n, d) of each task."""
        return tuple(task.X for task in self.tasks)

    @property
    def y(self) -> tuple[np.ndarray, ...]:
        """The labels (n,) of each task."""
        return tuple(task.y for task in self.tasks)

    def begin(self, feed: Feed) -> Feed:
        """Return the feed to go on from, with new orders where other tasks are active than before.

        Raises ValueError where a task has fewer samples than a batch.
        """
        if not self._steps:
            raise ValueError(
                f"each task must have at least {self.batch} samples, one batch, got {len(self.tasks[0].y)}."
            )
        seen, active = np.asarray(feed.get("active", ())), np.array(self.active)
        order = feed["order"] if np.array_equal(seen, active) else np.zeros((len(active), 0), np.int64)
        epoch, loss = int(feed.get("epoch", 0)), float(feed.get("loss", np.nan))
        return {"epoch": epoch, "loss": loss, "total": feed.get("total", 0.0), "active": active, "order": order}

    def deal(self, feed: Feed, rng: np.random.Generator, n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield X (a * batch, T * d) and targets (a * batch, T) of the next n steps, for a active tasks."""
        for _ in range(n):
            if feed["order"].shape[1] < self.batch:
                feed["order"] = np.array([rng.permutation(len(self.tasks[0].y)) for _ in self.active])
                feed["total"] = 0.0
            rows, feed["order"] = feed["order"][:, : self.batch], feed["order"][:, self.batch :]
            yield self._joined(rows)

    def _joined(self, rows):
        T, d = len(self.tasks), self.tasks[0].X.shape[1]
        X = np.zeros((len(self.active), self.batch, T, d), self.tasks[0].X.dtype)
        t = np.full((len(self.active), self.batch, T), -1)
        for i, k in enumerate(self.active):
            X[i, :, k], t[i, :, k] = self.tasks[k].X[rows[i]], self.tasks[k].y[rows[i]]
        return X.reshape(-1, T * d), t.reshape(-1, T)

    def hear(self, feed: Feed, loss: float, batch: tuple) -> None:
        """Add the loss up; behind the last whole batch its mean is the epoch's loss."""
        feed["total"] += loss
        if feed["order"].shape[1] < self.batch:
            feed["epoch"], feed["loss"] = feed["epoch"] + 1, feed["total"] / self._steps

    def until(self, feed: Feed, epochs: int) -> int:
        """Return the steps left of this epoch and those of the epochs behind it."""
        left = feed["order"].shape[1] // self.batch
        return left + (epochs - feed["epoch"] - (left > 0)) * self._steps

    @property
    def _steps(self):
        return len(self.tasks[0].y) // self.batch

    follow, rows = Shuffled.follow, Shuffled.rows
