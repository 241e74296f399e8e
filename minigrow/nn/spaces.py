"""A network is spaces: say what each axis of each parameter produces or consumes, and all the rest follows.

    sizes  {"h0": 4, "h1": 3, "h2": 2}                 how many neurons each space has, from the inputs to the outputs
    axes   {"W1": ("+h1", "-h0"), "b1": ("+h1",)}      +h1 produces h1, -h0 consumes h0; a number is a length of its own
    theta = [ W1 | b1 | W2 | b2 | ... ]                all parameters in one vector, in the order of the axes

From these three come the shapes, the named windows on theta, the widths, the number of parameters, the cost of a forward
pass, the wiring that `structure` and `motifs` read, and every structural change (`minigrow.growth.basis`). One vector makes
the optimiser one loop, the checkpoint one array and the gradient check one direction.
"""

from __future__ import annotations

import dataclasses
import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, ClassVar, NamedTuple, TypeVar

import numpy as np

from minigrow.nn import validate
from minigrow.nn.feeding import ready
from minigrow.nn.params import check_length, flatten, size, views

Role = str | int
Axes = Mapping[str, tuple[Role, ...]]
Net = TypeVar("Net", bound="Spaces")


class Wire(NamedTuple):
    """One weight matrix: the space that it feeds, the space that feeds it, and W (to, source)."""

    to: str
    source: str
    W: np.ndarray


class Spaces:
    """What every network shares. A network is a frozen dataclass with `sizes`, `theta` and a property `axes`; see `growth.contract`.

    `trained`, `decayed` and `priced` name parameters: those that an optimiser moves (they come first in `axes`), those that weight
    decay shrinks, and those that a price on weights or a fixed pull acts on.

    >>> from minigrow.nn import MLP
    >>> net = MLP.create([4, 3, 2], rng=0)
    >>> net.shapes["W1"], net.widths, net.parameters, net.cost
    ((3, 4), (4, 3, 2), 23, 18)
    """

    sizes: dict[str, int]
    theta: np.ndarray
    choices: ClassVar[Mapping[str, Iterable[str]]] = {}  # the fields that are names, and which names there are

    def __post_init__(self) -> None:
        """Check that theta has just the entries that axes and sizes ask for; a float type instead of it means zeros."""
        if not isinstance(self.sizes, Mapping) or not self.sizes:
            raise ValueError(f"sizes must name spaces and how many neurons they have, got {validate.said(self.sizes)}.")
        for space, m in self.sizes.items():
            validate.whole(m, f"the size of space {space}")
        for name, options in self.choices.items():
            validate.choice(getattr(self, name), options, name)
        if isinstance(self.theta, np.dtype):
            object.__setattr__(self, "theta", np.zeros(size(self.shapes), self.theta))
        if not isinstance(self.theta, np.ndarray) or self.theta.dtype.kind not in "biufc":
            raise ValueError(f"theta must be an array of numbers, got {validate.said(self.theta)}.")
        if isinstance(self.theta, np.ma.MaskedArray):
            raise ValueError("theta must hold a number everywhere, got a masked array. Take its data, or fill it.")
        check_length(self.theta, self.shapes)

    def __getstate__(self) -> dict[str, Any]:
        """Copy and pickle the fields alone: windows on theta would come back as arrays of their own, which no longer follow it."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}  # type: ignore[arg-type]

    @property
    def axes(self) -> Axes:
        """Which space each axis of each parameter produces (+) or consumes (-)."""
        raise NotImplementedError(f"{type(self).__name__} must say which spaces its parameters join: define `axes`.")

    @property
    def trained(self) -> tuple[str, ...]:
        """The parameters that an optimiser moves: all of them."""
        return tuple(self.axes)

    @property
    def decayed(self) -> tuple[str, ...]:
        """The parameters that weight decay shrinks: all that are trained."""
        return self.trained

    @property
    def priced(self) -> tuple[str, ...]:
        """The parameters that a price or a pull acts on: the weights that leave hidden neurons."""
        inputs = next(iter(self.sizes))
        return tuple(name for name, roles in self.axes.items() if _consumes(roles) and f"-{inputs}" not in roles)

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter, in the order in which theta holds them."""
        return {name: lengths(roles, self.sizes) for name, roles in self.axes.items()}

    @cached_property
    def params(self) -> dict[str, np.ndarray]:
        """Windows on theta by name: writing to one writes to theta."""
        return views(self.theta, self.shapes)

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """The sizes of the spaces, from the inputs to the outputs."""
        return tuple(self.sizes.values())

    @property
    def parameters(self) -> int:
        """How many parameters there are."""
        return int(self.theta.size)

    @property
    def active(self) -> dict[str, int]:
        """How many neurons of each space take part in a forward pass: all, where no gate closes some."""
        return self.sizes

    @cached_property
    def cost(self) -> int:
        """Multiply-adds of one forward pass on one sample: the entries of all weight matrices between active neurons."""
        return sum(math.prod(lengths(roles, self.active)) for roles in self.axes.values() if _consumes(roles))

    @property
    def wires(self) -> list[Wire]:
        """The weight matrices with the spaces that they join, as `structure`, `motifs` and `replay` read them."""
        pairs = {name: roles for name, roles in self.axes.items() if _signs(roles) == "+-"}
        return [Wire(str(to)[1:], str(source)[1:], self.params[name]) for name, (to, source) in pairs.items()]

    @property
    def gated(self) -> dict[str, np.ndarray]:
        """How far each neuron is open, 0..1 (m,), of every space that has gates: none here."""
        return {}

    @property
    def singular(self) -> dict[str, np.ndarray]:
        """The singular value of each neuron (m,), of every space in which a neuron has one: none here."""
        return {}

    def activations(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Return what the neurons of each space say (n, m) on inputs X (n, d): nothing, where a method does not tell."""
        return {}

    def gradient(self, *batch: Any) -> tuple[float, np.ndarray]:
        """Return the loss (a scalar) and dL/dtheta (P,) on a batch; its last entry names the loss."""
        raise NotImplementedError(f"{type(self).__name__} must define `gradient`: its derivative by hand.")

    def bound(self, g: np.ndarray, loss: str = "softmax") -> Callable[..., float]:
        """Return f(*batch) -> loss that writes dL/dtheta into g (P,): from `gradient` here, compiled where a method has that.

        It reads theta anew at every call, so an optimiser may update it in between. It takes each batch as it is: the caller has
        checked the data (`nn.feeding.data`).
        """
        ready(self, g, loss)
        gradient = inspect.unwrap(type(self).gradient)

        def step(*batch: Any) -> float:
            value, g[...] = gradient(self, *batch, loss)
            return value

        return step

    def with_params(self: Net, params: Mapping[str, np.ndarray], **fields: Any) -> Net:
        """Return a network of the same kind around new arrays, whose shapes give the new sizes; `fields` replaces other fields.

        >>> from minigrow.nn import MLP
        >>> net = MLP.create([4, 3, 2], rng=0)
        >>> bool(np.all(net.with_params(net.params).theta == net.theta))
        True
        """
        absent = [name for name in self.axes if not isinstance(params, Mapping) or name not in params]
        if absent:
            raise ValueError(f"params must have arrays for {', '.join(absent)}, got {validate.said(params)}.")
        sizes = self.sizes | sizes_of(params, self.axes)
        return dataclasses.replace(
            self, sizes=sizes, theta=flatten({name: params[name] for name in self.axes}), **fields
        )

    def with_theta(self: Net, theta: np.ndarray) -> Net:
        """Return the same kind of network around another theta (P,), which may be complex for a derivative check.

        >>> from minigrow.nn import MLP
        >>> MLP.create([4, 3, 2], rng=0).with_theta(np.zeros(23)).theta.any()
        np.False_
        """
        return dataclasses.replace(self, theta=theta)


def lengths(roles: Sequence[Role], sizes: Mapping[str, int]) -> tuple[int, ...]:
    """Return the shape that an array with these roles has, where the spaces have these sizes.

    Raises ValueError for a role that is neither a whole number nor a space behind its sign.

    >>> lengths(("+h1", "-h0"), {"h0": 4, "h1": 3}), lengths((2,), {})
    ((3, 4), (2,))
    """
    return tuple(role if isinstance(role, int) else sizes[space_of(role)] for role in roles)


@cache
def space_of(role: Role) -> str | None:
    """Return the space that a role names, None for a plain length.

    Raises ValueError for a role without its sign: with "h1" instead of "+h1" no change would ever reach that axis.

    >>> space_of("+h1"), space_of(3)
    ('h1', None)
    """
    if isinstance(role, int):
        return None
    if len(role) < 2 or role[0] not in "+-":
        raise ValueError(
            f"a role must be + or - and a space, like '+h1' (produces) or '-h0' (consumes), or a whole number, got {role!r}."
        )
    return role[1:]


def sizes_of(params: Mapping[str, np.ndarray], axes: Axes) -> dict[str, int]:
    """Return the size of each space that the arrays have; raises ValueError where two arrays disagree.

    >>> sizes_of({"W1": np.ones((3, 4)), "b1": np.ones(3)}, {"W1": ("+h1", "-h0"), "b1": ("+h1",)})
    {'h1': 3, 'h0': 4}
    """
    found: dict[str, int] = {}
    for name, roles in axes.items():
        for role, length in zip(roles, params[name].shape, strict=True):
            space = space_of(role)
            if space is not None and found.setdefault(space, length) != length:
                raise ValueError(f"space {space} has {found[space]} neurons elsewhere, but {name} has {length}.")
    return found


def entries(net: Spaces, names: Iterable[str]) -> int:
    """Return how many entries of theta these parameters have.

    >>> from minigrow.nn import MLP
    >>> entries(MLP.create([4, 3, 2], rng=0), ["W1", "b1"])
    15
    """
    return sum(math.prod(net.shapes[name]) for name in names)


def ranges(net: Spaces, names: Iterable[str]) -> np.ndarray:
    """Return where theta holds these parameters, as rows [first, behind the last] (k, 2); neighbours share a row.

    >>> from minigrow.nn import MLP
    >>> ranges(MLP.create([4, 3, 2], rng=0), ["W1", "W2"]), ranges(MLP.create([4, 3, 2], rng=0), ["W1", "b1"])
    (array([[ 0, 12],
           [15, 21]]), array([[ 0, 15]]))
    """
    wanted, found, first = set(names), [], 0
    for name, shape in net.shapes.items():
        last = first + math.prod(shape)
        if name in wanted and found and found[-1][1] == first:
            found[-1][1] = last
        elif name in wanted:
            found.append([first, last])
        first = last
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _signs(roles):
    return "".join(role[0] for role in roles if isinstance(role, str))


def _consumes(roles):
    return any(isinstance(role, str) and role[0] == "-" for role in roles)
