"""Read the architecture out of any sparse network's weights: live neurons, cycles, layers, skips, locality, a verdict.

Start with `read_net(net)`, or for plain matrices with `read(W, inputs, outputs)` and `from_layers([W1, W2])`; then `judge` gives
the verdict, and `pictures` draws what was found.

Reading order: `nets` (what a network is, as edges), `noise` (which of them count), `graph` and `cycles` (which neurons reach
which), `reading` (the structure), `streams` (identities past a branch), `places` (short edges), `verdict` (the rules), `pictures`.
"""

from minigrow.structure.reading import Structure, read, read_net
from minigrow.structure.verdict import judge

__all__ = [
    "Structure", "judge", "read", "read_net",
]  # fmt: skip
