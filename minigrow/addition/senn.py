"""SENN: new neurons whose outgoing weights are 0, with a fan-in that lets the natural gradient do most (Mitchell et al. 2024).

Letters as in `block`; Hn = act(X A) is what new neurons give, R = G - H D what the best change of the old weights leaves undone. In the
metric that K-FAC gives outgoing weights, H'H/n and E, their natural gradient has the squared norm eta; new ones add at least J to it:

    eta = tr( pinv(H'H/n) (H'G/n) pinv(E) (G'H/n) )             J = tr( pinv(Hn'Hn/n) F pinv(E) F' ),   F = Hn'R/n

Let W = R E^-1/2, and B* = argmin |W - Hn B| the fit of the new neurons to it. Then J = |Hn B*|^2 / n, and

    dJ/dHn = 2/n (W - Hn B*) B*'          dJ/dA = X' (act'(X A) * dJ/dHn)

eta is at most p, so no layer can grow without end at a threshold J/eta > tau.
"""

from __future__ import annotations

import numpy as np

from minigrow.addition.assumptions import require
from minigrow.addition.block import Block
from minigrow.addition.promises import fan_out_gradient
from minigrow.addition.proposal import Proposal, Seen, appended
from minigrow.addition.span import captured, lengths, span
from minigrow.addition.statistics import inverse, inverse_root
from minigrow.nn import validate
from minigrow.nn.door import door


def value(seen: Seen, A: np.ndarray) -> float:
    """Return J of new neurons with fan-in A (d+1, k): a lower bound of what they add to eta, on the samples of the block.

    >>> from minigrow.addition.example import exclusive_or
    >>> seen = exclusive_or()
    >>> A = senn(seen, rng=0).A
    >>> 0 < value(seen, A) <= increase(seen, A) < 2
    True
    """
    return _gain(seen.block, A, whitened(seen.block)[1])[0]


def natural(seen: Seen) -> float:
    """Return eta, the squared norm of the natural gradient of the outgoing weights that there are, between 0 and p.

    >>> from minigrow.addition.example import exclusive_or
    >>> 0 < natural(exclusive_or()) < 2
    True
    """
    return captured(span(seen.block.H), whitened(seen.block)[0])


def increase(seen: Seen, A: np.ndarray) -> float:
    """Return by how much eta really grows with new neurons of fan-in A (d+1, k) and outgoing weights 0.

    >>> from minigrow.addition.example import exclusive_or
    >>> increase(exclusive_or(), np.zeros((3, 1)))  # act(0) = 0: a neuron that says nothing
    0.0
    """
    H, G = seen.block.H, whitened(seen.block)[0]
    return captured(span(np.hstack([seen.block.new(A), H])), G) - captured(span(H), G)


def ratio(seen: Seen, A: np.ndarray) -> float:
    """Return J / eta, which the width trigger compares with tau; infinity where eta is 0 and J is not.

    >>> from minigrow.addition.example import exclusive_or
    >>> seen = exclusive_or()
    >>> ratio(seen, senn(seen, rng=0).A) > ratio(seen, np.zeros((3, 1)))
    True
    """
    J, eta = value(seen, A), natural(seen)
    return J / eta if eta else np.inf if J else 0.0


def slope(seen: Seen, A: np.ndarray) -> np.ndarray:
    """Return dJ/dA (d+1, k), derived by hand; the formula is at the top of this file.

    >>> from minigrow.addition.example import exclusive_or
    >>> bool(abs(slope(exclusive_or(), np.zeros((3, 1)))).max() == 0)
    True
    """
    return _gain(seen.block, A, whitened(seen.block)[1])[1]


def whitened(seen: Block) -> tuple[np.ndarray, np.ndarray]:
    """Return G E^-1/2 and R E^-1/2 (n, p): what the next layer wants, and what of it the old neurons leave, in the metric of E.

    >>> from minigrow.addition.example import exclusive_or
    >>> G, R = whitened(exclusive_or().block)
    >>> bool(abs(G.T @ G / len(G) - np.eye(2) / 2 + np.fliplr(np.eye(2)) / 2).max() < 1e-12)
    True
    """
    G, Q = seen.G @ inverse_root(seen.G.T @ seen.G / seen.n), span(seen.H)
    return G, G - Q @ (Q.T @ G)


@door
def senn(
    seen: Seen, k: int = 1, rng: int | np.random.Generator | None = None, starts: int = 4, steps: int = 30
) -> Proposal:
    """Propose k neurons with outgoing weights 0 whose fan-in maximises J, so that the function stays exactly as it is.

    The ascent starts from the singular vectors of S^-1/2 N E^-1/2, the optimum for small neurons, and from `starts` random fan-ins.
    `gradient` is |dL/dB|^2 of the new weights. Raises ValueError for an isotropic layer, k < 1 or negative numbers.

    >>> from minigrow.addition.example import exclusive_or
    >>> proposal = senn(exclusive_or(), k=2, rng=0)
    >>> proposal.A.shape, bool(proposal.B.any()), proposal.kept
    ((3, 2), False, True)

    Source: Mitchell, Menzenbach, Kersting and Mundt, Self-Expanding Neural Networks, arXiv 2307.04526: eta is eq. 3, J theorem 3.2.
    """
    block, k, rng = seen.block, validate.whole(k, "k", least=1), validate.generator(rng)
    starts, steps = validate.whole(starts, "starts"), validate.whole(steps, "steps")
    G, W = whitened(block)
    tries = [_ascended(block, A, W, steps) for A in _starts(seen, k, starts, rng)]
    J, A = max(tries, key=lambda found: found[0])
    eta = captured(span(block.H), G)
    said = f"new neurons add at least {J:.3g} to the natural gradient's norm (eta), {eta:.3g} of at most {block.p}"
    promise = fan_out_gradient(seen, A)
    return appended("senn", seen, A, np.zeros((k, block.p)), kept=True, gradient=promise, reason=said)


def _gain(block: Block, A: np.ndarray, W: np.ndarray) -> tuple[float, np.ndarray]:
    """Return J and dJ/dA."""
    require(block.act, "element-wise", rule="senn")
    pre = block.X @ A
    Hn = block.act.f(pre)
    V, F = Hn / lengths(Hn), Hn.T @ W
    fit = inverse(V.T @ V) @ (V.T @ W) / lengths(Hn)[:, None]
    rest = W - Hn @ fit
    return float(np.sum(fit * F)) / block.n, block.X.T @ (block.act.df(pre) * (rest @ fit.T)) * (2 / block.n)


def _starts(seen: Seen, k: int, starts: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Fan-ins (d+1, k) whose pre-activations have mean square 1: the singular vectors, filled up at random, then random ones."""
    s = seen.statistics
    root = inverse_root(s.S)
    U, values, _ = np.linalg.svd(root @ s.N @ inverse_root(s.E), full_matrices=False)
    U = U[:, values > 1e-10 * max(values[0], 1e-300)][:, :k]
    random = rng.standard_normal((starts + 1, len(root), k))
    first = np.hstack([U, random[0, :, U.shape[1] :]])
    return [root @ (A / np.linalg.norm(A, axis=0)) for A in [first, *random[1:]]]


def _ascended(block: Block, A: np.ndarray, W: np.ndarray, steps: int) -> tuple[float, np.ndarray]:
    """Gradient ascent on J: a step that helps makes the next one twice as long, one that does not is taken back and made shorter."""
    (J, g), rate = _gain(block, A, W), 0.2
    for _ in range(steps):
        length = np.linalg.norm(g)
        if not length:
            break
        trial = A + rate * np.linalg.norm(A) / length * g
        found, at = _gain(block, trial, W)
        if found > J:
            A, J, g, rate = trial, found, at, min(2 * rate, 1.0)
        else:
            rate /= 4
    return J, A
