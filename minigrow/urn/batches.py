"""Deal whole batches only: `Dealt(X, y, 100)` is the source of batches of the unstructured recursive network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from minigrow.growth.batches import Feed, Shuffled
from minigrow.nn import validate


class Dealt(NamedTuple):
    """A source that deals X (n, d) and y (n, ...) in batches of exactly `batch` rows; each epoch visits all rows once, at random.

    All batches are whole, since the step size in which prices are paid follows the noise of the gradient, so all batches must
    be equally noisy. What is left of an order is therefore dealt together with the first rows of the next one. The feed
    remembers the rows that are left, so that a stop of the loop changes nothing. An epoch is over with the batch that holds
    its last row.

    >>> source, feed = Dealt(np.eye(5), np.arange(5), 2), {}
    >>> feed = source.begin(feed)
    >>> rows = np.concatenate([y for X, y in source.deal(feed, np.random.default_rng(0), 5)])
    >>> sorted(rows[:5].tolist()), sorted(rows[5:].tolist()), source.until(source.begin({}), 3)
    ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4], 8)
    """

    X: np.ndarray
    y: np.ndarray
    batch: int

    follow, rows = Shuffled.follow, Shuffled.rows

    def begin(self, feed: Feed) -> Feed:
        """Return the feed to start from; raises ValueError for a batch that is not 1..n rows."""
        if validate.whole(self.batch, "batch", least=1) > len(self.X):
            raise ValueError(
                f"batch must be at most the {len(self.X)} rows there are, got {self.batch}. Take Whole(X, y)."
            )
        begun = Shuffled.begin(self, feed)
        same = feed.get("n") == begun["n"]
        dealt, taken = (feed.get("dealt", 0), feed.get("taken", 0)) if same else (0, 0)
        return begun | {"dealt": validate.whole(dealt, "dealt"), "taken": validate.whole(taken, "taken")}

    def deal(self, feed: Feed, rng: np.random.Generator, n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (X, y) of the next n batches, which end one order and begin the next where they must."""
        for _ in range(n):
            if len(feed["order"]) < self.batch:
                feed["order"] = np.concatenate([feed["order"], rng.permutation(len(self.X))])
            rows, feed["order"] = feed["order"][: self.batch], feed["order"][self.batch :]
            yield self.X[rows], self.y[rows]

    def hear(self, feed: Feed, loss: float, batch: tuple) -> None:
        """Add the loss of a batch to the sum; with the last row of an epoch, the mean over its batches becomes the epoch's loss."""
        feed |= {"dealt": feed["dealt"] + 1, "taken": feed["taken"] + self.batch, "total": feed["total"] + loss}
        if feed["taken"] >= len(self.X):
            feed |= {"epoch": feed["epoch"] + 1, "loss": feed["total"] / feed["dealt"], "dealt": 0, "total": 0.0,
                     "taken": feed["taken"] - len(self.X)}  # fmt: skip

    def until(self, feed: Feed, epochs: int) -> int:
        """Return the number of batches that are left until `epochs` epochs are complete."""
        return -(-((epochs - feed["epoch"]) * len(self.X) - feed["taken"]) // self.batch)
