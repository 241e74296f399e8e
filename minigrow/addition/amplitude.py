"""How large new neurons should be: `line_search` tries amplitudes on held-out data, and 0, "do not grow", is one of them.

    g* = argmin over g in {0, grid} of L(network with the proposal at amplitude g), on data that the rule has not seen

A rule promises a slope, which says nothing about how far to go. While the best amplitude is the largest or the smallest of the
geometric grid, the grid is widened on that side by its own factor. Nothing is drawn, so the answer is always the same; of equal
losses the smallest amplitude wins, and a fall of less than a share ROUNDING of the loss is none: an amplitude that gains nothing but
rounding would add neurons of no size, and differ from machine to machine. The tutorials of gromo, the library of TINY's authors, try
0, .1, .5 and 1 on the training set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.proposal import Proposal, apply
from minigrow.nn import validate
from minigrow.nn.door import door
from minigrow.nn.feeding import data
from minigrow.nn.losses import LOSSES

GRID = tuple(2.0**i for i in range(-4, 3))
WIDENINGS = 20
ROUNDING = 1e-9


class Search(NamedTuple):
    """The best amplitude `g`, all `amplitudes` that were tried, rising from 0, and the `losses` that they led to.

    >>> Search(0.5, np.array([0, 0.5, 1]), np.array([3.0, 1.0, 2.0])).inside
    True
    """

    g: float
    amplitudes: np.ndarray
    losses: np.ndarray

    @property
    def inside(self) -> bool:
        """Whether the best amplitude has neighbours on both sides, or is 0."""
        return bool(self.g < self.amplitudes[-1])

    @property
    def reason(self) -> str:
        """What was found, in words.

        >>> Search(0.5, np.array([0, 0.5, 1]), np.array([3.0, 1.0, 2.0])).reason
        'scaled by (g) 0.5, which takes the held-out loss from 3 to 1'
        """
        return f"scaled by (g) {self.g:.3g}, which takes the held-out loss from {self.losses[0]:.4g} to {self.losses.min():.4g}"


@door
def line_search(
    net: Any,
    layer: int,
    proposal: Proposal,
    X: np.ndarray,
    y: np.ndarray,
    loss: str = "softmax",
    grid: Sequence[float] = GRID,
) -> Search:
    """Return the amplitude with the least loss on held-out X (n, inputs), y; `grid` rises by a constant factor, above 0.

    A proposal that keeps the function gives the same loss at every amplitude: there is nothing to search, and g is 1.
    Raises ValueError for a grid that is not geometric.

    >>> from minigrow.addition.proposal import appended, look
    >>> from minigrow.nn import MLP
    >>> net, X, y = MLP.create([2, 3, 2], rng=0), np.eye(2), np.array([0, 1])
    >>> worse = appended("mine", look(net, 0, X, y), np.array([[1.0], [-1], [0]]), np.array([[-1.0, 1]]))
    >>> line_search(net, 0, worse, X, y).g
    0.0
    """
    grid = checked(grid)
    X, y = data(net, X, y, loss)

    def tried(g):
        with np.errstate(all="ignore"):
            found = LOSSES[loss](apply(net, layer, proposal, g)[0](X) if g else net(X), y)[0]
        return found if np.isfinite(found) else np.inf

    if proposal.kept:
        return Search(1.0, np.array([0.0, 1.0]), np.array([tried(0.0), tried(1.0)]))
    return least_of(tried, grid)


def least_of(f: Any, grid: Sequence[float], widenings: int = WIDENINGS) -> Search:
    """Return the best of 0 and a geometric grid for f(g) -> loss, the grid widened while its best point is at an edge.

    >>> least_of(lambda g: (g - 40.0) ** 2, (1.0, 2.0, 4.0)).g
    32.0
    >>> least_of(lambda g: 1.0 - 1e-12 * g, (1.0, 2.0, 4.0)).g
    0.0
    """
    none = f(0.0)

    def counted(g):
        value = f(g)
        return none if none * (1 - ROUNDING) <= value <= none else value

    factor, losses = grid[1] / grid[0], {0.0: none} | {g: counted(g) for g in grid}
    for _ in range(widenings):
        low, *_, high = rising = sorted(losses)[1:]
        best = min(rising, key=losses.__getitem__)
        if best == high and losses[high] < none:
            losses[high * factor] = counted(high * factor)
        elif best == low and losses[low] != none:
            losses[low / factor] = counted(low / factor)
        else:
            break
    amplitudes = np.array(sorted(losses))
    values = np.array([losses[g] for g in amplitudes])
    return Search(float(amplitudes[np.argmin(values)]), amplitudes, values)


def checked(grid: Sequence[float]) -> tuple[float, ...]:
    """Return the grid as floats; raises ValueError unless it has two amplitudes above 0 at least and a constant factor above 1.

    >>> checked([1, 2, 3])
    Traceback (most recent call last):
    ValueError: grid must rise from above 0 by a constant factor, like (0.25, 0.5, 1, 2), got (1.0, 2.0, 3.0).
    """
    if np.ndim(grid) != 1:
        raise ValueError(f"grid must be a row of amplitudes, like (0.25, 0.5, 1, 2), got {validate.said(grid)}.")
    found = tuple(float(g) for g in grid)
    factors = np.divide(found[1:], found[:-1]) if len(found) > 1 and min(found) > 0 else np.zeros(1)
    if not (np.isfinite(factors).all() and factors[0] > 1 and np.allclose(factors, factors[0])):
        raise ValueError(f"grid must rise from above 0 by a constant factor, like (0.25, 0.5, 1, 2), got {found}.")
    return found
