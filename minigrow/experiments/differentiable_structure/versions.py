"""Which method a run follows: a kind of network, its rule, and how its weights learn; `begin` starts a run of one by name.

v3           outgoing weights are pulled to 0; numbers of learning may differ, by name, as in `common.LEARNING`
inheriting   v3, and newborns get incoming weights of neurons that died
v2 output    multipliers on the way to the output; v2 all: on all outputs
v2 plain     no multipliers and no price, but v2's update: its networks of fixed size

A job names its version and the numbers in which its rule differs from the version's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from minigrow.differentiable_structure import Network, Rule, multipliers, start
from minigrow.differentiable_structure.inheriting import Inheriting
from minigrow.differentiable_structure.multipliers import Multiplied
from minigrow.differentiable_structure.tasks import ALPHABET
from minigrow.growth import Run
from minigrow.nn import L1, Pull, RMSProp
from minigrow.nn.optimisers import Adagrad, Optimiser
from minigrow.nn.wrappers import Clip

MULTIPLIED = multipliers.LEARNING
PLAIN = Clip(Adagrad(MULTIPLIED.rate), MULTIPLIED.inner.limit)


class Version(NamedTuple):
    """How its networks are made, its rule, and its optimiser; without one, the third version's with the job's own numbers."""

    create: Callable[..., Network]
    rule: Rule
    optimiser: Optimiser | None = None


VERSIONS = {
    "v3": Version(Network.create, Rule()),
    "inheriting": Version(Inheriting.create, Rule()),
    "v2 output": Version(partial(Multiplied.create, path="output"), multipliers.RULE, MULTIPLIED),
    "v2 all": Version(partial(Multiplied.create, path="all"), multipliers.RULE, MULTIPLIED),
    "v2 plain": Version(Network.create, multipliers.RULE, PLAIN),
}


def begin(name: str, neurons: int, numbers: Mapping[str, float], rng: Any) -> Run:
    """Return a run before its first step; `numbers` are those of the third version, which the second does not read.

    >>> from minigrow.experiments.differentiable_structure.common import LEARNING
    >>> begin("v2 output", 1, LEARNING, 0).net.path
    'output'
    """
    version = VERSIONS[name]
    net = version.create(ALPHABET, neurons, rng=rng)
    if version.optimiser is not None:
        return start(net, rng=rng, optimiser=version.optimiser, memory=(0.0, 0.0))
    third = Pull(L1(RMSProp(numbers["rate"], clip=numbers["clip"]), numbers["price"]), numbers["pull"])
    return start(net, rng=rng, optimiser=third, memory=(numbers["memory_in"], numbers["memory_out"]))
