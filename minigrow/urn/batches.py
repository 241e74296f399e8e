"""Deal whole batches only: `Dealt(X, y, 100)` is the source of batches of the unstructured recursive network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from minigrow.growth.batches import Feed, Shuffled, Whole
from minigrow.nn import validate


class Dealt(NamedTuple):
    """A source that deals X (n, d) and y (n, ...) in batches of exactly `batch` rows, in a new order after each stop of the loop.

    All batches are whole, since the step size in which prices are paid follows the noise of the gradient, so all batches must
    be equally noisy. Since the order is new after each stop, only the generator has to be remembered there, and each order
    leaves other rows out. An epoch is n // batch batches.

    >>> source = Dealt(np.eye(5), np.arange(5), 2)
    >>> [len(X) for X, y in source.deal(source.begin({}), np.random.default_rng(0), 3)], source.until(source.begin({}), 3)
    ([2, 2, 2], 6)
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
        dealt, total = feed.get("dealt", 0), feed.get("total", 0.0)
        return Whole(self.X, self.y).begin(feed) | {"dealt": validate.whole(dealt, "dealt"), "total": float(total)}

    def deal(self, feed: Feed, rng: np.random.Generator, n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (X, y) of n batches, in orders that begin here."""
        whole = len(self.X) // self.batch
        for i in range(n):
            if i % whole == 0:
                order = rng.permutation(len(self.X))
            rows = order[i % whole * self.batch :][: self.batch]
            yield self.X[rows], self.y[rows]

    def hear(self, feed: Feed, loss: float, batch: tuple) -> None:
        """Add the loss of a batch to the sum; after the last batch of an epoch, the mean becomes the epoch's loss."""
        feed["dealt"], feed["total"] = feed["dealt"] + 1, feed["total"] + loss
        if feed["dealt"] >= len(self.X) // self.batch:
            feed |= {"epoch": feed["epoch"] + 1, "loss": feed["total"] / feed["dealt"], "dealt": 0, "total": 0.0}

    def until(self, feed: Feed, epochs: int) -> int:
        """Return the number of batches that are left until `epochs` epochs are complete."""
        return (epochs - feed["epoch"]) * (len(self.X) // self.batch) - feed["dealt"]
