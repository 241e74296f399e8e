r"""A network of several areas, as the paper proposes: nodes are layers, edges are weight matrices, in any acyclic graph.

    x --> a1 --> a3 --> y          an edge leads from a place to a later one: x, a1, .., aM, y
     +-----------^                 Areas.create(4, 2, (5, 0, 3), [("a1", "x"), ("a3", "x"), ("a3", "a1"), ("y", "a3")])

The places a1, ..., aM stand in a row, and an edge leads from an earlier to a later one, so no graph has a cycle. An area of size 0 is
no area: its matrices have no entries, so to give it edges, or to take them away, changes neither theta nor the function. That
makes the birth of an area the growth of a neuron, 0 to 1, on a place whose edges are ready (`area_moves`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from minigrow.differentiable_structure.area_formulas import forward, gradient
from minigrow.nn import validate
from minigrow.nn.feeding import fed
from minigrow.nn.initialisers import glorot
from minigrow.nn.spaces import Axes, Spaces, Wire

Edge = tuple[str, str]  # (to, source), as a matrix has them


@dataclass(frozen=True, eq=False)
class Areas(Spaces):
    """Spaces x, a1, ..., aM, y with their sizes, the edges (to, source), the steps T of one forward pass, and theta (P,).

    >>> net = Areas.create(4, 2, (5, 0, 3), [("a1", "x"), ("a3", "x"), ("a3", "a1"), ("y", "a3")], rng=0)
    >>> net.living, net.depth, net.params["W_a3<-a1"].shape, net(np.ones((6, 4))).shape
    (('a1', 'a3'), 2, (3, 5), (6, 2))
    """

    sizes: dict[str, int]
    edges: tuple[Edge, ...]
    steps: int
    theta: np.ndarray

    def __post_init__(self) -> None:
        """Refuse edges that do not lead from a place to a later one; sort them, so that theta has one order."""
        place = {name: i for i, name in enumerate(self.sizes)}
        for to, source in self.edges:
            if to not in place or source not in place or place[source] >= place[to]:
                raise ValueError(
                    f"an edge must lead to a later place of {', '.join(place)}, got {source} -> {to} (edges are (to, source))."
                )
        validate.whole(self.steps, "steps", least=1)
        object.__setattr__(self, "edges", tuple(sorted(set(self.edges), key=lambda e: (place[e[0]], place[e[1]]))))
        super().__post_init__()

    @classmethod
    def create(
        cls,
        inputs: int,
        outputs: int,
        areas: Sequence[int],
        edges: Iterable[Edge],
        *,
        steps: int = 1,
        rng: Any = None,
        dtype: Any = np.float64,
    ) -> Areas:
        """Draw a network with areas of these sizes, 0 for an empty place; weights are Glorot's, biases 0.

        Raises ValueError for inputs or outputs below 1, and for edges that do not lead to a later place.

        >>> Areas.create(4, 2, (0, 0), [("y", "x")], rng=0)(np.ones((6, 4))).shape
        (6, 2)
        """
        rng = validate.generator(rng)
        sizes = {"x": validate.whole(inputs, "inputs", least=1)} | {f"a{i}": m for i, m in enumerate(areas, start=1)}
        sizes["y"] = validate.whole(outputs, "outputs", least=1)
        net = cls(sizes, tuple(edges), steps, validate.float_dtype(dtype))
        for W in net.params.values():
            if W.ndim == 2 and W.size:
                W[...] = glorot(*W.shape, rng)
        return net

    @cached_property
    def axes(self) -> Axes:
        """For each space behind x: W from every source, R within it if T > 1, its biases."""
        found: dict[str, tuple[str, ...]] = {}
        for to in list(self.sizes)[1:]:
            found |= {f"W_{to}<-{source}": (f"+{to}", f"-{source}") for end, source in self.edges if end == to}
            if self.steps > 1 and to != "y":
                found[f"R_{to}"] = (f"+{to}", f"-{to}")
            found[f"b_{to}"] = (f"+{to}",)
        return found

    @cached_property
    def living(self) -> tuple[str, ...]:
        """The areas that have neurons, in the order of their places."""
        return tuple(name for name, m in self.sizes.items() if m and name not in ("x", "y"))

    @cached_property
    def sources(self) -> dict[str, tuple[str, ...]]:
        """Which spaces that have neurons feed each space."""
        return {
            name: tuple(source for to, source in self.edges if to == name and self.sizes[source]) for name in self.sizes
        }

    @cached_property
    def paths(self) -> dict[str, int]:
        """The number of edges on the longest path from x to each space that x reaches through living areas."""
        found = {"x": 0}
        for name in (*self.living, "y"):
            before = [found[source] for source in self.sources[name] if source in found]
            found |= {name: 1 + max(before)} if before else {}
        return found

    @property
    def depth(self) -> int:
        """The number of areas on the longest path from x to y."""
        return self.paths["y"] - 1

    @property
    def cost(self) -> int:
        """Multiply-adds of one forward pass on one sample: edges between areas and R count at each of the T steps."""
        once = sum(self.params[f"W_y<-{source}"].size for source in self.sources["y"])
        inner = sum(array.size for array in self.params.values() if array.ndim == 2) - once
        return once + self.steps * inner

    @property
    def wires(self) -> list[Wire]:
        """Every pair of places, in their order, with zeros where no edge is: a history keeps its columns while edges come and go."""
        p, m = self.params, self.sizes
        found = [
            Wire(b, a, p[f"W_{b}<-{a}"] if (b, a) in self.edges else np.zeros((m[b], m[a]), self.theta.dtype))
            for a, b in combinations(m, 2)
        ]
        return found + [Wire(a, a, p[f"R_{a}"]) for a in list(m)[1:-1] if self.steps > 1]

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the logits (n, k) for inputs X (n, d)."""
        return forward(self, validate.inputs(X, self.sizes["x"], self.theta))[1]

    @fed
    def gradient(self, X: np.ndarray, y: np.ndarray, loss: str = "softmax") -> tuple[float, np.ndarray]:
        """Return the loss (a scalar) and dL/dtheta (P,) on a batch X (n, d), y; see `area_formulas`."""
        return gradient(self, X, y, loss)
