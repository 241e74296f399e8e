"""How weights move each cycle: RMSProp with clipped steps, then a fixed pull towards zero on outgoing weights.

    s <- s + fresh (g^2 - s)      theta <- theta - clip(eta g / sqrt(s + eps), +-clip)
    Why <- Why - A sign(Why)      Whh <- Whh - A sign(Whh)

The pull is the gradient of A sum |w|, but it does not go through RMSProp: it is the same for every weight, however steep
the loss. Memories s start at .01 for Wxh and bh and at 0 for the rest, as in the released program; the paper is silent.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from minigrow.differentiable_structure.network import Network
from minigrow.nn.optimisers import RMSProp, State
from minigrow.nn.spaces import flatten, views
from minigrow.nn.validate import positive, whole

PULLED = ("Whh", "Why")


class Learning(NamedTuple):
    """Rate eta, the share `fresh` of new information in s, eps, clip, pull A, steps T, and where memories start.

    `pull_in_gradient` is for experiments: an L1 pull that goes through RMSProp instead, as a penalty in the loss would.

    >>> Learning().rate, Learning().steps
    (0.01, 40)
    """

    rate: float = 0.01
    fresh: float = 0.01
    eps: float = 1e-8
    clip: float = 0.01
    pull: float = 1e-4
    pull_in_gradient: float = 0.0
    memory_in: float = 0.01
    memory_out: float = 0.0
    steps: int = 40


def checked(learning: Learning) -> Learning:
    """Return the numbers as floats (steps as int) if they make sense.

    Raises ValueError that names the field.

    >>> checked(Learning(rate=1)).rate
    1.0
    """
    values = {name: value for name, value in learning._asdict().items() if name not in ("steps", "clip")}
    found = {
        name: positive(value, name, zero="" if name in ("rate", "eps") else "off") for name, value in values.items()
    }
    if found["fresh"] > 1:
        raise ValueError(f"fresh must lie in [0, 1], got {found['fresh']}. It is 1 minus RMSProp's beta.")
    if not learning.clip > 0:
        raise ValueError(f"clip must be > 0, got {learning.clip}. For no clipping use float('inf').")
    return Learning(**found, clip=float(learning.clip), steps=whole(learning.steps, "steps", least=1))


def memories(net: Network, learning: Learning) -> np.ndarray:
    """Return the memories s (P,) before the first cycle.

    >>> memories(Network.create("ab", rng=0), Learning())
    array([0.01, 0.01, 0.  , 0.  , 0.  , 0.01, 0.  , 0.  ])
    """
    start = {name: learning.memory_in if name in ("Wxh", "bh") else learning.memory_out for name in net.shapes}
    return flatten({name: np.full(shape, start[name], net.theta.dtype) for name, shape in net.shapes.items()})


def update(net: Network, s: np.ndarray, g: np.ndarray, c: Learning) -> tuple[Network, np.ndarray]:
    """Return network and memories s (P,) after one update with gradient g (P,): the twin of `kernels.update`.

    >>> net = Network.create("ab", rng=0)
    >>> moved, s = update(net, memories(net, Learning()), np.ones(8), Learning())
    >>> bool(np.allclose(net.theta[:2] - moved.theta[:2], 0.01))
    True
    """
    pulled = views(g.copy(), net.shapes)
    for name in PULLED:
        pulled[name] += c.pull_in_gradient * np.sign(net.params[name])
    rmsprop = RMSProp(c.rate, 1 - c.fresh, c.eps, c.clip)
    theta, state = rmsprop.step(State(0, (s,)), net.theta, flatten(pulled))
    moved = Network(net.alphabet, net.neurons, theta)
    for name in PULLED:
        moved.params[name][...] -= c.pull * np.sign(moved.params[name])
    return moved, state.slots[0]
