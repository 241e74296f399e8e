"""The compiled engine of the training loop for a text: cycles in a `Room`, back to vectors at every stop."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.differentiable_structure.fast.cycles import cycles
from minigrow.differentiable_structure.fast.decide import BORN, CHANCE, EPOCH, PLACE, PRUNED, SPARES, chances
from minigrow.differentiable_structure.fast.kernels import Numbers, room
from minigrow.differentiable_structure.fast.room import fill, get
from minigrow.differentiable_structure.multipliers import PATHS, Multiplied
from minigrow.nn.optimisers import Adagrad, RMSProp, State
from minigrow.nn.wrappers import L1, Clip, Floor, Pull

NO_LIMIT = {Pull: 0.0, Floor: 0.0, Clip: np.inf, L1: 0.0}


def numbers(optimiser: Any, net: Any) -> Numbers | None:
    """Return the numbers of RMSProp or Adagrad and what wraps it, outermost first: pull, floor, limit, price. None for any other.

    >>> from minigrow.differentiable_structure import Network
    >>> numbers(Pull(RMSProp(0.01, clip=0.01), 1e-4), Network.create("ab", rng=0))[:6]
    (0.01, 0.01, 1e-08, 0.01, 0.0001, 0.0)
    """
    found = []
    for wrapper, field in ((Pull, "amount"), (Floor, "least"), (Clip, "limit"), (L1, "strength")):
        found.append(float(getattr(optimiser, field)) if type(optimiser) is wrapper else NO_LIMIT[wrapper])
        optimiser = optimiser.inner if type(optimiser) is wrapper else optimiser
    if type(optimiser) not in (RMSProp, Adagrad) or "compiled" not in vars(type(net)):
        return None
    fresh, clip = 0.0, np.inf
    if type(optimiser) is RMSProp:
        rate, fresh, eps, clip = optimiser.numbers()
    else:
        rate, eps = optimiser.numbers()
    pull, floor, limit, price = found
    path = 1 + list(PATHS).index(net.path) if isinstance(net, Multiplied) else 0
    return Numbers(float(rate), float(fresh), float(eps), float(clip), pull, price, limit, floor, path)


class Engine:
    """Takes steps of a run on a text `codes` in chunks of T; `rule` is a `Rule` (most = 0: the size stays)."""

    def __init__(self, run: Any, codes: np.ndarray, T: int, numbers: Numbers, rule: Any):
        self.codes, self.numbers, self.rule = codes, numbers, chances(rule)
        self.room, self.net, self.h = room(max(run.net.neurons, rule.most), run.net.symbols, T), None, None

    def steps(self, run: Any, n: int) -> tuple[Any, tuple | None]:
        """Return the run after up to n steps, and (pruned, born, spares, by chance) where structure is decided, or None."""
        q, net, feed, H = self.room, run.net, run.feed, run.net.neurons
        if net is not self.net or feed["h"] is not self.h:
            fill(q, net, run.state.slots[0], feed["h"])
        counts = np.array([H, feed["place"], feed["epoch"], 0, 0, 0, 0], np.int64)
        done, smooth = cycles(q, self.codes, n, counts, feed["loss"], self.numbers, self.rule, run.rng)
        M, mM = (q.M[:H], q.mM[:H]) if self.numbers.path else (None, None)
        trained, memory = get(q.E[:, :H], q.W[:H, :H], q.by, M), get(q.mE[:, :H], q.mW[:H, :H], q.mby, mM)
        theta = np.concatenate([trained, net.theta[trained.size :]])  # what is not trained comes last
        self.net, self.h = net.with_theta(theta), q.hs[0, :H].copy()
        feed = feed | {"place": int(counts[PLACE]), "epoch": int(counts[EPOCH]), "loss": smooth, "h": self.h}
        work = run.work + 3 * done * (len(q.hs) - 1) * net.cost
        run = run._replace(
            net=self.net, state=State(run.state.t + done, (memory,)), feed=feed, step=run.step + done, work=work
        )
        decided = (q.marks[: counts[PRUNED]].tolist(), bool(counts[BORN]), int(counts[SPARES]), bool(counts[CHANCE]))
        return run, decided if counts[PRUNED] or counts[BORN] else None
