"""The contract: what a network must have so that it trains, grows, checkpoints, replays, and is read and counted.

| member | what it is | who gives it |
|---|---|---|
| `sizes` | {space: neurons}, from the inputs to the outputs | a field of the frozen dataclass |
| `theta` | all parameters in one vector (P,) | a field of the frozen dataclass |
| `axes` | {parameter: which space each of its axes produces (+h) or consumes (-h)}, trained ones first | the method |
| `gradient(*batch, loss)` | (loss, dL/dtheta (P,)), derived by hand | the method |
| `__call__(X)` | the outputs (n, k) for inputs (n, d) | the method |
| `trained`, `decayed`, `priced` | names: what an optimiser moves, decay shrinks, a price acts on | `Spaces` |
| `bound(g, loss)` | the gradient written into memory set aside once | `Spaces`; a method with kernels has its own |
| `shapes`, `params` | the shape of every parameter, and windows on theta by name | `Spaces` |
| `widths`, `parameters` | sizes in order; entries of theta | `Spaces` |
| `active`, `gated` | neurons that take part, and how far each is open | `Spaces`; a method with gates has its own |
| `cost` | multiply-adds of one forward pass on one sample | `Spaces`; a method that iterates has its own |
| `wires` | weight matrices with the spaces they join | `Spaces` |
| `with_params`, `with_theta` | the same kind of network around other arrays | `Spaces` |
| `activations(X)`, `singular` | what neurons say on inputs, their singular values: optional, for `watch` | `Spaces` says none |

`minigrow.nn.spaces.Spaces` is the base class that derives what it can from sizes, axes and theta; a method adds only what is its
own. `check(net)` says in words what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

import numpy as np

from minigrow.growth.basis import Move, apply
from minigrow.nn.door import door
from minigrow.nn.spaces import Axes, Wire
from minigrow.nn.validate import FLOATS


class Network(Protocol):
    """What the loop, the moves, the checkpoints and the readers ask of a network; the table above says what each is."""

    sizes: dict[str, int]
    theta: np.ndarray
    axes: Axes
    trained: tuple[str, ...]
    decayed: tuple[str, ...]
    priced: tuple[str, ...]
    shapes: Mapping[str, tuple[int, ...]]
    params: Mapping[str, np.ndarray]
    widths: tuple[int, ...]
    parameters: int
    active: dict[str, int]
    gated: dict[str, np.ndarray]
    cost: int
    wires: list[Wire]

    def gradient(self, *batch: Any) -> tuple[float, np.ndarray]:
        """Return the loss (a scalar) and dL/dtheta (P,) on a batch; its last entry names the loss."""

    def bound(self, g: np.ndarray, loss: str) -> Callable[..., float]:
        """Return f(*batch) -> loss that writes dL/dtheta into g (P,)."""

    def with_params(self, params: Mapping[str, np.ndarray], **fields: Any) -> Network:
        """Return a network of the same kind around new arrays; their shapes give its sizes."""


Net = TypeVar("Net", bound=Network)
MEMBERS = (*Network.__annotations__, "gradient", "bound", "with_params")


def check(net: Net) -> Net:
    """Return the network if it keeps the contract.

    Raises ValueError that names what is missing or contradicts itself.

    >>> from minigrow.nn import MLP
    >>> check(MLP.create([4, 3, 2], rng=0)).widths
    (4, 3, 2)
    """
    kind = type(net).__name__
    missing = [name for name in MEMBERS if not hasattr(net, name)]
    if missing:
        raise ValueError(
            f"a network must have {', '.join(missing)}, which {kind} has not. Derive it from minigrow.nn.Spaces; "
            "the members are in minigrow.growth.contract."
        )
    if np.asarray(net.theta).dtype not in FLOATS:
        raise ValueError(f"theta must hold float32 or float64 to be trained, got {np.asarray(net.theta).dtype}.")
    if tuple(net.axes)[: len(net.trained)] != tuple(net.trained):
        raise ValueError(f"the trained parameters must come first in axes, got {net.trained} of {tuple(net.axes)}.")
    for names in (net.decayed, net.priced):
        unknown = [name for name in names if name not in net.trained]
        if unknown:
            raise ValueError(
                f"decayed and priced parameters must be trained, which {', '.join(unknown)} of {kind} is not."
            )
    return net


@door
def moved(net: Net, moves: Iterable[Move], **fields: Any) -> Net:
    """Return the network after these changes of basis; `fields` replaces other fields of it.

    Raises ValueError as `basis.apply` does.

    >>> from minigrow.growth.basis import append
    >>> from minigrow.nn import MLP
    >>> moved(MLP.create([4, 3, 2], rng=0), [Move("h1", append(3, 2))]).widths
    (4, 5, 2)
    """
    return check(net).with_params(apply(moves, net.params, net.axes), **fields)
