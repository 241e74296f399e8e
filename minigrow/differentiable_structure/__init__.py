"""A recurrent network that grows and prunes its own neurons (Miconi 2016): an L1 pull makes every neuron earn its keep.

Start with `fit(text, rng=0)`, or with `start(Network.create(alphabet_of(text), rng=0), rng=0)` and `train(run, text, Plan(steps=...))`.

Reading order: `formulas` (beside the paper), `network`, `rule` and `spares` (the moves and the policy), `fit`, `batches` (a text
as batches), `text`, `tasks`; then the paper's first method, `multipliers`; then its proposals: `inheriting`, `layers`, `residual`
and `areas`. The folder `fast` may be skipped.
"""

from minigrow.differentiable_structure.fit import evaluate, fit, predict, sample, score, start, train
from minigrow.differentiable_structure.network import Network
from minigrow.differentiable_structure.residual import Residual
from minigrow.differentiable_structure.rule import Rule, grow, prune
from minigrow.differentiable_structure.spares import Spares
from minigrow.differentiable_structure.tasks import easy, hard
from minigrow.differentiable_structure.text import alphabet_of

__all__ = [
    "Network", "Residual", "Rule", "Spares", "alphabet_of", "easy", "evaluate", "fit", "grow", "hard", "predict",
    "prune", "sample", "score", "start", "train",
]  # fmt: skip
