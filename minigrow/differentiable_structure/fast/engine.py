"""The compiled engine of the training loop for a text: cycles in a `Room`, back to vectors at every stop."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.differentiable_structure.fast.cycles import BORN, CHANCE, EPOCH, PLACE, PRUNED, SPARES, cycles
from minigrow.differentiable_structure.fast.kernels import Numbers, room
from minigrow.differentiable_structure.fast.room import fill, get
from minigrow.nn.optimisers import RMSProp, State
from minigrow.nn.wrappers import L1, Pull


def numbers(optimiser: Any) -> Numbers | None:
    """Return the numbers of RMSProp, with a price in the loss and a pull around it or not; None for any other optimiser.

    >>> numbers(Pull(RMSProp(0.01, clip=0.01), 1e-4))
    Numbers(rate=0.01, fresh=0.01, eps=1e-08, clip=0.01, pull=0.0001, price=0.0)
    """
    pull = price = 0.0
    if type(optimiser) is Pull:
        optimiser, pull = optimiser.inner, float(optimiser.amount)
    if type(optimiser) is L1:
        optimiser, price = optimiser.inner, float(optimiser.strength)
    if type(optimiser) is not RMSProp:
        return None
    return Numbers(*map(float, optimiser.numbers()), pull, price)


class Engine:
    """Takes steps of a run on a text `codes` in chunks of T; `rule` is a `Rule` (most = 0: the size stays)."""

    def __init__(self, run: Any, codes: np.ndarray, T: int, numbers: Numbers, rule: Any):
        self.codes, self.numbers, self.rule = codes, numbers, rule
        self.room, self.net, self.h = room(max(run.net.neurons, rule.most), run.net.symbols, T), None, None

    def steps(self, run: Any, n: int) -> tuple[Any, tuple | None]:
        """Return the run after up to n steps, and (pruned, born, spares, by chance) where structure is decided, or None."""
        q, net, feed, H = self.room, run.net, run.feed, run.net.neurons
        if net is not self.net or feed["h"] is not self.h:
            fill(q, net, run.state.slots[0], feed["h"])
        counts = np.array([H, feed["place"], feed["epoch"], 0, 0, 0, 0], np.int64)
        done, smooth = cycles(q, self.codes, n, counts, feed["loss"], self.numbers, self.rule, run.rng)
        self.net, self.h = net.with_theta(get(q.E[:, :H], q.W[:H, :H], q.by)), q.hs[0, :H].copy()
        memory = get(q.mE[:, :H], q.mW[:H, :H], q.mby)
        feed = feed | {"place": int(counts[PLACE]), "epoch": int(counts[EPOCH]), "loss": smooth, "h": self.h}
        work = run.work + 3 * done * (len(q.hs) - 1) * net.cost
        run = run._replace(
            net=self.net, state=State(run.state.t + done, (memory,)), feed=feed, step=run.step + done, work=work
        )
        decided = (q.marks[: counts[PRUNED]].tolist(), bool(counts[BORN]), int(counts[SPARES]), bool(counts[CHANCE]))
        return run, decided if counts[PRUNED] or counts[BORN] else None
