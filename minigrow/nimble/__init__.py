"""Nimble networks (Radhakrishnan et al. 2025): the network's size is a weight, and gradient descent chooses it.

Start with `fit(X, y, rng=0)` (algorithm B), or with `run_trials("cubic", 200, size=0, rng=rng)` (A).

Reading order: `gates` (the letters, and what opens a neuron), `formulas` (beside the paper), `rules` (the method, its control and
its parts), `network`, `fit`, `tasks`, `trials`; the folder `fast` may be skipped.
"""

from minigrow.nimble.fit import Gates, fit, predict, score
from minigrow.nimble.network import Network, auxiliary, controller
from minigrow.nimble.tasks import TASKS, sample
from minigrow.nimble.trials import descend_all, history, run_trials

__all__ = [
    "TASKS", "Gates", "Network", "auxiliary", "controller", "descend_all", "fit", "history", "predict", "run_trials",
    "sample", "score",
]  # fmt: skip
