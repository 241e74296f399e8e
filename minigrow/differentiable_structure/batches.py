"""A text as batches: `Text(codes, chunk, h, start)` deals chunks of T symbols, one behind the other, and carries the state along."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.differentiable_structure.fast.engine import Engine, numbers
from minigrow.differentiable_structure.rule import Rule
from minigrow.differentiable_structure.spares import Decision, Spares, act
from minigrow.growth.basis import Move, apply
from minigrow.growth.batches import Feed
from minigrow.growth.checkpoint import Run
from minigrow.growth.loop import Plan


class Text(NamedTuple):
    """Symbol numbers `codes` (n,), dealt in chunks of T = `chunk`; a run starts with the state h (H,) and the loss `start`.

    The feed holds the place in the text, a checksum of it, the state h, and the loss of a chunk (nats), smoothed over 100
    chunks. Continuing on the same text goes on where it was; another text starts at its beginning, with the state carried over.

    >>> source = Text(np.zeros(10, np.int32), 4, np.zeros(1), 2.0)
    >>> [len(x) for x, y, h in source.deal(source.begin({}), None, 3)]
    [4, 4, 4]
    """

    codes: np.ndarray
    chunk: int
    h: np.ndarray
    start: float
    X: None = None
    y: None = None

    def begin(self, feed: Feed) -> Feed:
        """Return the feed at the place where this text was left, or at its beginning.

        Raises ValueError for a state that did not follow a change of the network by hand.
        """
        fresh = {"epoch": 0, "place": 0, "text": zlib.crc32(self.codes), "h": self.h.copy(), "loss": self.start}
        if len(feed.get("h", self.h)) != len(self.h):
            raise ValueError(
                f"the state of the text has {len(feed['h'])} entries, but the network has {len(self.h)} neurons. After a change "
                "by hand it must follow: growth.accept(run, *grow(run.net), batches=Text)."
            )
        other = feed.get("text") != fresh["text"]
        return fresh | feed | ({"text": fresh["text"], "place": 0} if other else {})

    def over(self, feed: Feed) -> bool:
        """Return whether no whole chunk, with the symbol behind it, is left."""
        return feed["place"] + self.chunk + 1 > len(self.codes)

    def deal(self, feed: Feed, rng: Any, n: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Yield the symbols x, the next ones y (T,) and the state h (H,), which the gradient moves on; h is zero at a restart."""
        T = self.chunk
        for _ in range(n):
            if self.over(feed):
                feed["place"], feed["h"][:] = 0, 0
            p = feed["place"]
            yield self.codes[p : p + T], self.codes[p + 1 : p + T + 1], feed["h"]

    def hear(self, feed: Feed, loss: float, batch: tuple) -> None:
        """Smooth the loss, and move on in the text."""
        feed["loss"] = 0.99 * feed["loss"] + 0.01 * loss
        feed["place"] += self.chunk
        feed["epoch"] += self.over(feed)

    def until(self, feed: Feed, epochs: int) -> int:
        """Return the chunks that are left until the text was over `epochs` times."""
        n, done = (len(self.codes) - 1) // self.chunk, 0 if self.over(feed) else feed["place"] // self.chunk
        return (epochs - feed["epoch"]) * n - done

    @staticmethod
    def follow(feed: Feed, moves: Sequence[Move]) -> Feed:
        """Return the feed whose state follows the moves; a newborn's state is zero. Before the first step there is no state yet."""
        if "h" not in feed:
            return feed
        return feed | apply([move for move in moves if move.space == "h"], {"h": feed["h"]}, {"h": ("+h",)})

    def rows(self, batch: tuple) -> int:
        """Return T, the symbols of a chunk."""
        return len(batch[0])

    def compiled(self, run: Run, plan: Plan) -> _Compiled | None:
        """Return the compiled engine for RMSProp or Adagrad with this method's rule, or None: then the steps are the readable ones."""
        c, rules = numbers(run.optimiser, run.net), [policy.rule for policy in plan.policies if type(policy) is Spares]
        fits = len(rules) == len(plan.policies) <= 1 and (plan.every == 1 or not rules)
        if c is None or not fits or run.net.theta.dtype != np.float64:
            return None
        rule = rules[0] if rules else Rule(most=0)
        return _Compiled(Engine(run, self.codes, self.chunk, c, rule), rule)


class _Compiled(NamedTuple):
    """The engine, and the shared moves that carry its decisions out."""

    engine: Engine
    rule: Rule

    def steps(self, run, n):
        run, decided = self.engine.steps(run, n)
        return run, None if decided is None else lambda run: act(run.net, Decision(*decided), self.rule, run.rng)
