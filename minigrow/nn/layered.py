"""A network of layers, each space feeding the next: `Layered` names them h0 (inputs), h1, ..., hL (outputs)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from minigrow.nn import validate
from minigrow.nn.spaces import Spaces


class Layered(Spaces):
    """A network whose spaces h0 (inputs), h1, ..., hL (outputs) follow each other; `sizes` may be given as widths.

    Hidden layers are counted from 0 wherever a caller names one; hidden layer 0 is the space h1.
    """

    def __post_init__(self) -> None:
        """Name the layers of widths that were given as a plain sequence."""
        if not isinstance(self.sizes, Mapping):
            widths = validate.widths(self.sizes)
            object.__setattr__(self, "sizes", {f"h{l}": m for l, m in enumerate(widths)})
        super().__post_init__()

    @cached_property
    def layers(self) -> int:
        """L, the number of weight matrices between one layer and the next."""
        return len(self.sizes) - 1

    def backwards(self, back_to: int) -> int:
        """Return the layer l to which a signal goes backwards, 1..L; raises ValueError for another.

        >>> from minigrow.nn import MLP
        >>> MLP.create([4, 3, 2], rng=0).backwards(2)
        2
        """
        if validate.whole(back_to, "back_to", least=1) > self.layers:
            raise ValueError(f"back_to must be a layer in 1..{self.layers}, got {back_to}.")
        return int(back_to)

    def hidden(self, layer: int) -> int:
        """Return l = layer + 1 for a hidden layer, counted from 0; h_l is its space.

        Raises ValueError for a layer that is not hidden.

        >>> from minigrow.nn import MLP
        >>> MLP.create([4, 3, 2], rng=0).hidden(0)
        1
        """
        count = self.layers - 1
        if not count:
            raise ValueError(f"the network {self.widths} has no hidden layer. Create one with at least three widths.")
        if not 0 <= validate.whole(layer, "layer") < count:
            raise ValueError(
                f"layer must be a hidden layer, 0..{count - 1} for widths {self.widths}, got {layer}. "
                "Layer 0 is the first one behind the inputs."
            )
        return int(layer) + 1
