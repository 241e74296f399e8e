"""Where batches come from: `Shuffled(X, y, 48)` visits all rows once an epoch, `Whole(X, y)` hands out all of them at every step.

A source of batches is a value; what it must remember between two steps (which rows are left, the loss so far) is in a dict of
numbers and arrays, the run's `feed`, so that a checkpoint holds it. `Batches` lists what a source has; it may also offer
`compiled(run, plan)`, a faster implementation of the same steps (see `growth.loop`). The feed's "epoch" counts the epochs that
are over; its "loss" is the mean loss of the last one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from minigrow.growth.basis import Move
from minigrow.nn.feeding import data
from minigrow.nn.validate import numbers, real, said, same_rows, whole

Feed = dict[str, Any]


class Batches(Protocol):
    """What the loop asks of a source of batches."""

    X: Any
    y: Any

    def begin(self, feed: Feed) -> Feed:
        """Return the feed to start from: a new one for {}, else the one that a run brings along."""

    def deal(self, feed: Feed, rng: np.random.Generator, n: int) -> Iterator[tuple]:
        """Yield n batches, one after the other, each what the network's gradient takes; the feed, which the loop owns, goes along."""

    def hear(self, feed: Feed, loss: float, batch: tuple) -> None:
        """Take note of the loss of the batch that was dealt last."""

    def until(self, feed: Feed, epochs: int) -> int:
        """Return the steps that are left until `epochs` epochs are over."""

    def follow(self, feed: Feed, moves: Sequence[Move]) -> Feed:
        """Return the feed after structural changes."""

    def rows(self, batch: tuple) -> int:
        """Return how many samples a batch has."""


class Shuffled(NamedTuple):
    """X (n, d) and y (n, ...) in batches of `batch` rows: each epoch visits all rows once, in a random order.

    >>> source, feed = Shuffled(np.eye(3), np.arange(3), 2), {}
    >>> feed = source.begin(feed)
    >>> [len(X) for X, y in source.deal(feed, np.random.default_rng(0), 3)], source.until(source.begin({}), 2)
    ([2, 1, 2], 4)
    """

    X: np.ndarray
    y: np.ndarray
    batch: int

    def begin(self, feed: Feed) -> Feed:
        """Go on with the rows that are left of an epoch of as many rows, else with a new epoch."""
        n = len(numbers(self.X, "X"))
        whole(self.batch, "batch", least=1)
        fresh = _begun(self, feed) | {"n": n, "order": np.zeros(0, np.int64), "total": 0.0}
        if feed.get("n") != n:
            return fresh
        order = np.asarray(feed.get("order", fresh["order"]))
        if order.ndim != 1 or order.dtype.kind not in "iu" or not np.isin(order, np.arange(n)).all() or len(order) > n:
            raise ValueError(
                f"the feed's order must name rows 0..{n - 1} of the data, got {order}. Is the file damaged?"
            )
        return fresh | {"order": order, "total": float(feed.get("total", 0.0))}

    def deal(self, feed: Feed, rng: np.random.Generator, n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (X, y) of the next n batches; the last one of an epoch may be smaller."""
        for _ in range(n):
            if not len(feed["order"]):
                feed["order"], feed["total"] = rng.permutation(len(self.X)), 0.0
            rows, feed["order"] = feed["order"][: self.batch], feed["order"][self.batch :]
            yield self.X.take(rows, axis=0), self.y.take(rows, axis=0)

    def hear(self, feed: Feed, loss: float, batch: tuple) -> None:
        """Add the loss up; behind the last batch of an epoch its mean is the epoch's loss."""
        feed["total"] += loss * len(batch[0])
        if not len(feed["order"]):
            feed["epoch"], feed["loss"] = feed["epoch"] + 1, feed["total"] / len(self.X)

    def until(self, feed: Feed, epochs: int) -> int:
        """Return the steps left of this epoch and those of the epochs behind it."""
        left, whole = -(-len(feed["order"]) // self.batch), -(-len(self.X) // self.batch)
        return left + (epochs - feed["epoch"] - (left > 0)) * whole

    def follow(self, feed: Feed, moves: Sequence[Move]) -> Feed:
        """Return the feed: rows do not change when neurons do."""
        return feed

    def rows(self, batch: tuple) -> int:
        """Return the number of rows."""
        return len(batch[0])


class Whole(NamedTuple):
    """All of X (n, d), y (n, ...) at every step, so that a step is an epoch.

    >>> source = Whole(np.eye(3), np.arange(3))
    >>> source.until(source.begin({}), 5)
    5
    """

    X: np.ndarray
    y: np.ndarray

    def begin(self, feed: Feed) -> Feed:
        """Return the feed, or a new one."""
        return _begun(self, feed)

    def deal(self, feed: Feed, rng: np.random.Generator, n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (X, y) n times."""
        for _ in range(n):
            yield self.X, self.y

    def hear(self, feed: Feed, loss: float, batch: tuple) -> None:
        """Note the loss and count the epoch."""
        feed["loss"], feed["epoch"] = loss, feed["epoch"] + 1

    def until(self, feed: Feed, epochs: int) -> int:
        """Return the epochs left: each is one step."""
        return epochs - feed["epoch"]

    follow, rows = Shuffled.follow, Shuffled.rows


def _begun(source, feed):
    """The epochs so far and the loss of the last one, for rows that can be dealt."""
    if not len(numbers(source.X, "X")):
        raise ValueError("X must have at least one row, got none.")
    real(np.asarray(source.X), "X")
    same_rows(source.X, numbers(source.y, "y"))
    return {"epoch": whole(feed.get("epoch", 0), "the feed's epoch"), "loss": float(feed.get("loss", np.nan))}


def check_batches(batches: Any, none: bool = False) -> None:
    """Refuse what has not the methods of a source of batches; any class that has them is one.

    >>> check_batches(Whole(np.eye(2), np.arange(2)))
    """
    missing = [name for name in ("begin", "deal", "hear", "until", "follow", "rows") if not hasattr(batches, name)]
    if missing and not (none and batches is None):
        raise ValueError(
            f"batches must be a source such as growth.batches.Shuffled(X, y, 48), got {said(batches)} "
            f"without {', '.join(missing)}."
        )


def fitting(net: Any, batches: Any, loss: str) -> Any:
    """Return the source with its rows checked once, where the gradient would check what it is fed: the loop goes around its door.

    >>> from minigrow.nn import MLP
    >>> fitting(MLP.create([2, 2], rng=0), Whole([[1, 2]], [1]), "softmax").X
    array([[1., 2.]])
    """
    empty = getattr(getattr(batches, "X", None), "size", 1) == 0  # `begin` says so
    if type(batches) not in (Shuffled, Whole) or empty or not hasattr(type(net).gradient, "__wrapped__"):
        return batches
    X, y = data(net, batches.X, batches.y, loss)
    return batches._replace(X=X, y=y)
