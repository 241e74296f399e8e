"""The change of basis: one small object that grows, prunes, rotates and relabels a layer of any network.

Let a hidden layer with h neurons have pre-activation z = W x + b and feed V act(z). A change of basis is a pair (T, U),
T (new, h) acting on whatever produces the layer and U (h, new) on whatever consumes it:

    W -> T W      b -> T b      V -> V U

    V U act(T W x + T b) = V act(W x + b)      whenever act(T z) = T act(z) and U T = 1.

A gradient is a covector, so it maps the other way round: what produces the layer with U', what consumes it with T'. That
is the *dual* change, the same pair with T and U' exchanged. Momentum maps by the dual, Adam's second moment by the dual
with squared entries (exact for permutations, signs, appending and removing; only the diagonal's share for rotations).

| change | T | U | keeps the function when |
|---|---|---|---|
| `rotate(R)` | R' | R | act is isotropic |
| `permute(order)` | P | P' | always |
| `flip(signs)` | diag(+-1) | the same | act is odd |
| `rescale(c)` | diag(c), c > 0 | diag(1/c) | act(c z) = c act(z) |
| `append(h, k)` | [1; 0] | [1 0] | act(0) = 0; the new columns of V may then be set to anything |
| `duplicate(h, i, q)` | repeat row i | split column i into q and 1 - q, q not 1/2 | element-wise act (Net2Net, Chen et al. 2016) |
| `keep(kept, h)` | drop rows | drop columns | what is lost was zero, or is made up for elsewhere |

All but the rotation move each old neuron to a new place with a factor, so they are stored as a list of places and cost no more than
a copy (`place` takes any such list); T and U as matrices are there for the laws (`matrix`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from minigrow.growth.places import Part, Places, along, matrix, product, shape, squared  # noqa: F401 (examples show matrices)
from minigrow.nn.door import door
from minigrow.nn.spaces import Axes, space_of
from minigrow.nn.validate import said, whole


class Change(NamedTuple):
    """The pair (T, U) on a layer of h neurons, both kept as matrices (new, h): T and U'.

    >>> change = append(2, 1)
    >>> matrix(change.T)
    array([[1., 0.],
           [0., 1.],
           [0., 0.]])
    """

    T: Part
    Ut: Part

    @property
    def old(self) -> int:
        """Neurons before."""
        return shape(self.T)[1]

    @property
    def new(self) -> int:
        """Neurons after."""
        return shape(self.T)[0]

    @property
    def dual(self) -> Change:
        """The change that gradients undergo: T and U' exchanged."""
        return Change(self.Ut, self.T)

    @property
    def squared(self) -> Change:
        """The change with squared entries, for second moments."""
        T = squared(self.T)
        return Change(T, T if self.Ut is self.T else squared(self.Ut))

    def then(self, later: Change) -> Change:
        """Return the one change that does this one and then `later`: T = T2 T1, U = U1 U2.

        >>> matrix(permute([1, 0]).then(permute([1, 0])).T)
        array([[1., 0.],
               [0., 1.]])
        """
        if later.old != self.new:
            raise ValueError(f"a change of {later.old} neurons cannot follow one that leaves {self.new}.")
        return Change(product(later.T, self.T), product(later.Ut, self.Ut))


class Move(NamedTuple):
    """A change together with the name of the space it acts on, such as `h1`."""

    space: str
    change: Change


@door
def rotate(R: np.ndarray) -> Change:
    """T = R', U = R for an orthogonal R (h, h) whose columns are the new axes.

    Raises ValueError when R is not orthogonal.

    >>> matrix(rotate(np.array([[0.0, -1.0], [1.0, 0.0]])).T)
    array([[ 0.,  1.],
           [-1.,  0.]])
    """
    if R.ndim != 2 or R.shape[0] != R.shape[1] or not R.size or np.iscomplexobj(R):
        raise ValueError(f"R must be a square matrix, got shape {R.shape} of {R.dtype}.")
    R = R if R.dtype.kind == "f" else R.astype(np.float64)
    with np.errstate(all="ignore"):
        gap = float(np.abs(R.T @ R - np.eye(len(R))).max())
    if not gap <= 1000 * len(R) * np.finfo(R.dtype).eps:
        raise ValueError(
            f"R must be orthogonal, but R'R differs from 1 by up to {gap:.1e}. Use the Q of a QR factorisation."
        )
    T = R.T.copy()  # the caller may reuse R
    return Change(T, T)


@door
def permute(order: Sequence[int]) -> Change:
    """Put old neuron order[i] in place i; `order` lists each of 0..h-1 once.

    Raises ValueError otherwise.

    >>> matrix(permute([2, 0, 1]).T)
    array([[0., 0., 1.],
           [1., 0., 0.],
           [0., 1., 0.]])
    """
    order = np.array(order, dtype=np.int64)
    if not np.array_equal(np.sort(order), np.arange(len(order))):
        raise ValueError(f"order must list each of 0..{len(order) - 1} once, got {order.tolist()}.")
    return place(order, len(order))


@door
def flip(signs: Sequence[float]) -> Change:
    """Multiply neuron i by signs[i], which is 1 or -1 (h,), on both sides.

    Raises ValueError for any other factor.

    >>> matrix(flip([1, -1]).T)
    array([[ 1.,  0.],
           [ 0., -1.]])
    """
    signs = np.array(signs, dtype=np.float64)
    if signs.ndim != 1 or not np.isin(signs, (-1, 1)).all():
        raise ValueError(f"signs must be 1 or -1, got {signs.tolist()}. For other factors use rescale(...).")
    place = Places(np.arange(len(signs)), signs, len(signs))
    return Change(place, place)


@door
def rescale(c: Sequence[float]) -> Change:
    """Multiply what produces neuron i by c[i] > 0 (h,) and divide what consumes it.

    Raises ValueError for a factor that is not positive and finite.

    >>> matrix(rescale([2.0]).Ut)
    array([[0.5]])
    """
    c = np.array(c, dtype=np.float64)
    if c.ndim != 1:
        raise ValueError(f"factors must be a vector (h,), got shape {c.shape}.")
    if not (np.isfinite(c) & (c > 0)).all():
        raise ValueError(f"factors must be finite and > 0, got {c.tolist()}. For signs use flip(...).")
    source = np.arange(len(c))
    return Change(Places(source, c, len(c)), Places(source, 1 / c, len(c)))


@door
def append(h: int, neurons: int) -> Change:
    """Add neurons behind the h there are: new rows and new columns start at zero.

    Raises ValueError when `neurons` < 1.

    >>> append(2, 3).new
    5
    """
    neurons = whole(neurons, "neurons", least=1)
    return place([*range(h), *[-1] * neurons], h)


@door
def duplicate(h: int, neuron: int, share: float) -> Change:
    """Copy a neuron behind the h there are; the first keeps `share` q of the outgoing weights, the copy gets 1 - q.

    With q = 1/2 both get equal gradients for ever, so the layer never uses its new neuron: the share must differ from it.
    Raises ValueError when there is no such neuron, or for a share of 1/2.

    >>> matrix(duplicate(2, 0, 0.25).Ut)
    array([[0.25, 0.  ],
           [0.  , 1.  ],
           [0.75, 0.  ]])
    """
    if not 0 <= whole(neuron, "neuron") < h:
        raise ValueError(f"neuron must be in 0..{h - 1}, got {neuron}.")
    if not np.isfinite(share) or share == 0.5:
        raise ValueError(
            f"share must be finite and not 1/2, got {share!r}. Equal halves get equal gradients and stay twins for ever; "
            "take 0.4, or draw it: rng.uniform(0.3, 0.7)."
        )
    source, split = np.append(np.arange(h), neuron), np.ones(h + 1)
    split[neuron], split[h] = share, 1 - share
    return Change(Places(source, np.ones(h + 1), h), Places(source, split, h))


@door
def place(sources: Sequence[int], h: int) -> Change:
    """Put old neuron sources[i] of h in place i, a new one where that is -1: what `permute`, `append` and `keep` have in common.

    Raises ValueError for a neuron that there is not.

    >>> matrix(place([0, -1, 1], 2).T)
    array([[1., 0.],
           [0., 0.],
           [0., 1.]])
    """
    source = np.array(sources, dtype=np.int64)
    if source.ndim != 1 or (len(source) and not (source.min() >= -1 and source.max() < h)):
        raise ValueError(f"sources must name neurons 0..{h - 1}, or -1 for a new one, got {source.tolist()}.")
    part = Places(source, np.ones(len(source)), h)
    return Change(part, part)


@door
def keep(kept: Sequence[int], h: int) -> Change:
    """Keep only these neurons of h, in this order, and drop the rest.

    Raises ValueError when none is left, one is named twice or does not exist.

    >>> matrix(keep([0, 2], 3).T)
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    kept = np.array(kept, dtype=np.int64)
    if not len(kept):
        raise ValueError(f"at least one of the {h} neurons must be kept, got none.")
    if kept.min() < 0 or kept.max() >= h or len(np.unique(kept)) < len(kept):
        raise ValueError(f"kept must name different neurons in 0..{h - 1}, got {kept.tolist()}.")
    return place(kept, h)


def apply(moves: Iterable[Move], params: Mapping[str, np.ndarray], axes: Axes, new: float = 0.0) -> dict:
    """Return the named arrays after the moves; `axes` says for each axis which space it produces (+) or consumes (-).

    A network with W (h, d), V (k, h) declares axes = {"W": ("+h", "-x"), "V": ("+y", "-h")}; arrays are new, never shared.
    Rows and columns of neurons that were not there before hold `new`.
    Raises ValueError when a layer does not have the size that the change is for, or when a move touches no axis at all.

    >>> net = {"W": np.array([[1.0], [2.0]]), "V": np.array([[3.0, 4.0]])}
    >>> apply([Move("h", permute([1, 0]))], net, {"W": ("+h", "-x"), "V": ("+y", "-h")})
    {'W': array([[2.], [1.]]), 'V': array([[4., 3.]])}
    """
    result = dict(params)
    for space, change in moves:
        if not isinstance(change, Change) or not isinstance(space, str):
            raise ValueError(
                f"a move must be a space's name and a change of basis, got {said(space)} and {said(change)}."
            )
        touched, old, produce = False, change.old, along(change.T, new)
        consume = produce if change.Ut is change.T else along(change.Ut, new)
        for name, array in result.items():
            for axis, role in enumerate(axes[name]):
                if space_of(role) == space:
                    touched = True
                    if array.shape[axis] != old:
                        raise ValueError(f"the change is for {old} neurons, but {name} has {array.shape[axis]}.")
                    array = (produce if role[0] == "+" else consume)(array, axis)
            result[name] = array
        if not touched:
            known = sorted({str(space_of(role)) for name in result for role in axes[name] if not isinstance(role, int)})
            raise ValueError(
                f"a move on {said(space)} touches no axis: the spaces are {', '.join(known)}. Is it a typo?"
            )
    return {name: np.array(array) if array is params[name] else array for name, array in result.items()}


def carry(moves: Iterable[Move], slots: Mapping[str, np.ndarray], axes: Axes, order: int, new: float = 0.0) -> dict:
    """Map what an optimiser remembers: order 1 by the dual change, order 2 by the dual with squared entries.

    `slots` are arrays shaped like the parameters. New rows and columns start at `new`. Raises ValueError as `apply` does.

    >>> carry([Move("h", rescale([2.0]))], {"W": np.array([[1.0]])}, {"W": ("+h", "-x")}, order=2)
    {'W': array([[0.25]])}
    """
    duals = [Move(space, change.dual if order == 1 else change.dual.squared) for space, change in moves]
    return apply(duals, slots, axes, new)
