"""Read the architecture out of any sparse network's weights: live neurons, cycles, layers, skips, locality, a verdict.

Start with `read_net(net)`, or for plain matrices with `read(W, inputs, outputs)` and `from_layers([W1, W2])`; then `judge` gives
the verdict, and `pictures` draws what was found.

Reading order: `graph` (which vertices reach which), `reading` (the structure), `verdict` (its rules), `pictures`.
"""

from minigrow.structure.reading import Structure, read, read_net
from minigrow.structure.verdict import judge

__all__ = [
    "Structure", "judge", "read", "read_net",
]  # fmt: skip
