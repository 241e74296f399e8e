"""Follow the task's shape: inputs and outputs that come and go.

    new input     W_1 -> [W_1 0]                                     no output changes, whatever the new input is
    new output    W_L -> [W_L; 0]    b_L -> [b_L; 0]    psi -> [psi; 0]      the old outputs do not change

To remove an input is the same as to feed it zeros; to remove an output leaves the others alone.
"""

from __future__ import annotations

from minigrow.growth.basis import Move, append, keep
from minigrow.growth.contract import moved
from minigrow.growth.events import Event
from minigrow.isotropic.network import Network
from minigrow.nn import validate


def grow_inputs(net: Network, neurons: int = 1) -> tuple[Network, Event]:
    """Append inputs whose columns in W_1 start at zero: outputs do not change, whatever the new inputs are.

    Raises ValueError for neurons < 1.

    >>> grow_inputs(Network.create([4, 3, 2], rng=0), 2)[0].widths
    (6, 3, 2)
    """
    return _resize(net, "h0", "grow", neurons)


def grow_outputs(net: Network, neurons: int = 1) -> tuple[Network, Event]:
    """Append outputs whose rows in W_L, b_L and psi_{L-1} start at zero: old outputs do not change.

    Raises ValueError for neurons < 1.

    >>> grow_outputs(Network.create([4, 3, 2], rng=0), 2)[0].widths
    (4, 3, 4)
    """
    return _resize(net, f"h{net.layers}", "grow", neurons)


def prune_inputs(net: Network, neurons: int = 1) -> tuple[Network, Event]:
    """Remove the last inputs: the same as feeding them zeros.

    Raises ValueError when fewer than one input would be left.

    >>> prune_inputs(Network.create([4, 3, 2], rng=0), 2)[0].widths
    (2, 3, 2)
    """
    return _resize(net, "h0", "prune", neurons)


def prune_outputs(net: Network, neurons: int = 1) -> tuple[Network, Event]:
    """Remove the last outputs: the others do not change.

    Raises ValueError when fewer than one output would be left.

    >>> prune_outputs(Network.create([4, 3, 2], rng=0), 1)[0].widths
    (4, 3, 1)
    """
    return _resize(net, f"h{net.layers}", "prune", neurons)


def _resize(net, space, kind, neurons):
    width = net.sizes[space]
    if validate.whole(neurons, "neurons", least=1) >= width and kind == "prune":
        raise ValueError(f"neurons must leave at least one of {width}, got {neurons}.")
    change = append(width, neurons) if kind == "grow" else keep(range(width - neurons), width)
    moves, ends = (Move(space, change),), "inputs" if space == "h0" else "outputs"
    reason = f"the task has {'more' if kind == 'grow' else 'fewer'} {ends} now"
    return moved(net, moves), Event(kind, space, int(neurons), reason, width, change.new, moves)
