"""Cascade-correlation: a new neuron whose output varies most with what is still wrong, found before it is connected (1990).

    S = sum_o | sum_p (V_p - mean V)(E_po - mean E_o) |           V = act(X a) (n,) a candidate's output, E (n, o) the errors
    dS/da = X'( act'(X a) * sum_o sign_o (E_o - mean E_o) )       sign_o the sign of the sum over p (the mean of V drops out)

Several random candidates climb at once, and the best is taken. In the original its fan-in is then frozen, and later neurons see its
output as an input; here, where the neuron joins a layer, everything goes on training. The original trains the outgoing weights before
it looks for a candidate, so E is what they leave: R = G - H D. Letters as in `block`; p counts samples in S, as in the paper.
"""

from __future__ import annotations

import numpy as np

from minigrow.addition.assumptions import require
from minigrow.addition.promises import fan_out_gradient
from minigrow.addition.proposal import Proposal, Seen, appended
from minigrow.addition.span import lengths, span
from minigrow.nn import validate
from minigrow.nn.activations import ElementWise
from minigrow.nn.door import door

Rng = int | np.random.Generator | None


def correlation(V: np.ndarray, E: np.ndarray) -> np.ndarray:
    """Return S of each column of V (n, m) with errors E (n, o): (m,).

    >>> correlation(np.array([[0.0], [2.0]]), np.array([[1.0, 0.0], [3.0, -2.0]]))
    array([4.])
    """
    return np.abs(V.T @ (E - E.mean(axis=0))).sum(axis=1)


def slopes(X: np.ndarray, A: np.ndarray, E: np.ndarray, act: ElementWise) -> tuple[np.ndarray, np.ndarray]:
    """Return S (m,) and dS/dA (d+1, m) of candidates with fan-in A (d+1, m) on inputs X (n, d+1).

    >>> from minigrow.nn.activations import ACTIVATIONS
    >>> S, slope = slopes(np.array([[0.0], [2.0]]), np.ones((1, 1)), np.array([[1.0], [3.0]]), ACTIVATIONS["identity"])
    >>> float(S[0]), float(slope[0, 0])
    (2.0, 2.0)
    """
    pre, E = X @ A, E - E.mean(axis=0)
    each = act.f(pre).T @ E
    return np.abs(each).sum(axis=1), X.T @ (act.df(pre) * (E @ np.sign(each).T))


def climbed(
    X: np.ndarray, E: np.ndarray, act: ElementWise, rng: Rng, candidates: int = 8, steps: int = 100
) -> tuple[np.ndarray, float]:
    """Return the fan-in (d+1,) and S of the best candidate after `steps` steps uphill, on any X (n, d+1) and E (n, o).

    Each candidate starts with pre-activations of mean square 1 and has a step of its own, longer after a step that helped and shorter
    after one that did not, which is taken back. (The original climbs by quickprop; see `experiments.addition.cascor`.)

    >>> from minigrow.nn.activations import ACTIVATIONS
    >>> X = np.column_stack([np.linspace(-1, 1, 9), np.ones(9)])
    >>> a, S = climbed(X, X[:, :1], ACTIVATIONS["tanh"], rng=0)
    >>> bool(correlation(np.tanh(X @ a[:, None]), X[:, :1])[0] == S), S > 4.9  # 5 is what the sign of x reaches
    (True, True)
    """
    rng, steps = validate.generator(rng), validate.whole(steps, "steps")
    A = rng.standard_normal((validate.whole(candidates, "candidates", least=1), X.shape[1])).T
    A *= np.sqrt(len(X)) / lengths(X @ A)
    (S, g), rate = slopes(X, A, E, act), np.full(A.shape[1], 0.2)
    for _ in range(steps):
        trial = A + rate * lengths(A) / lengths(g) * g
        found, at = slopes(X, trial, E, act)
        better = found > S
        A, g, S = np.where(better, trial, A), np.where(better, at, g), np.where(better, found, S)
        rate = np.where(better, np.minimum(2 * rate, 1.0), rate / 4)
    best = int(np.argmax(S))
    return A[:, best], float(S[best])


def candidate(seen: Seen, rng: Rng = None, candidates: int = 8, steps: int = 100) -> tuple[np.ndarray, float]:
    """Return fan-in (d+1,) and S of the neuron whose output varies most with what the best old outgoing weights leave of G.

    >>> from minigrow.addition.example import exclusive_or
    >>> a, S = candidate(exclusive_or(), rng=0)
    >>> a.shape, S > candidate(exclusive_or(), rng=0, steps=0)[1]
    ((3,), True)
    """
    block = seen.block
    require(block.act, "element-wise", rule="cascade")
    return climbed(block.X, _left(block.H, block.G), block.act, rng, candidates, steps)


@door
def cascade(seen: Seen, k: int = 1, rng: Rng = None, candidates: int = 8, steps: int = 100) -> Proposal:
    """Propose k neurons, one after the other, each on what the ones before leave, with the outgoing weights of least squares.

    B is the part for the new neurons of the least squares solution of [H V] (D, B) = G, and D comes with it.
    Raises ValueError for an isotropic layer, k < 1 or no candidates.

    >>> from minigrow.addition.example import exclusive_or
    >>> proposal = cascade(exclusive_or(), k=2, rng=0)
    >>> proposal.A.shape, proposal.B.shape, proposal.D.shape
    ((3, 2), (2, 2), (4, 2))

    Source: Fahlman and Lebiere, The cascade-correlation learning architecture, 1990 (CMU-CS-90-100).
    """
    block = seen.block
    A, V, said = _one_by_one(seen, k, rng, candidates, steps)
    fit = np.linalg.lstsq(np.hstack([block.H, V]), block.G, rcond=1e-10)[0]
    return appended("cascade", seen, A, fit[block.h + 1 :], D=fit[: block.h + 1], reason=said)


@door
def cascade_silent(seen: Seen, k: int = 1, rng: Rng = None, candidates: int = 8, steps: int = 100) -> Proposal:
    """Propose the same neurons with outgoing weights 0, so that the function stays; `gradient` is |dL/dB|^2.

    >>> from minigrow.addition.example import exclusive_or
    >>> cascade_silent(exclusive_or(), rng=0).kept
    True
    """
    A, _, said = _one_by_one(seen, k, rng, candidates, steps)
    B = np.zeros((A.shape[1], seen.block.p))
    return appended("cascade_silent", seen, A, B, kept=True, gradient=fan_out_gradient(seen, A), reason=said)


def _one_by_one(seen, k, rng, candidates, steps):
    """Fan-ins (d+1, k), outputs (n, k), and words: every neuron climbs on what the old ones and those before it leave of G."""
    block, k, rng = seen.block, validate.whole(k, "k", least=1), validate.generator(rng)
    require(block.act, "element-wise", rule="cascade")
    A, V, S = np.zeros((block.d + 1, 0)), np.zeros((block.n, 0)), []
    for _ in range(k):
        a, found = climbed(block.X, _left(np.hstack([block.H, V]), block.G), block.act, rng, candidates, steps)
        A, S = np.column_stack([A, a]), [*S, found]
        V = block.new(A)
    return (
        A,
        V,
        f"go with what is still wrong (S/n = {', '.join(f'{s / block.n:.3g}' for s in S)}), each the best of {candidates}",
    )


def _left(H, G):
    Q = span(H)
    return G - Q @ (Q.T @ G)
