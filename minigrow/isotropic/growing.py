"""Add neurons without changing the function: neurogenesis and nested classes.

    W_l -> [W_l; 0]    b_l -> [b_l; 0]    psi_{l-1} -> [psi_{l-1}; 0]    W_{l+1} -> [W_{l+1} C],  C ~ N(0, scale^2)

A zero row leaves the length of z_l alone, so the activation does the same as before. The new column C must not be zero:
with a zero row AND a zero column every gradient of the new neuron is zero, and it would never learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrow.growth.basis import Move, append, apply
from minigrow.growth.events import Event
from minigrow.isotropic.network import Network
from minigrow.nn import validate
from minigrow.nn.door import door

SCALE = 0.01


@door
def grow(
    net: Network, layer: int, neurons: int = 1, *, rng: Any = None, scale: float = SCALE, reason: str = "asked for"
) -> tuple[Network, Event]:
    """Append neurons to hidden layer `layer` (counted from 0); the function stays the same.

    `scale` is the standard deviation of the new outgoing weights (m_{l+1}, neurons).
    Raises ValueError for neurons < 1, scale <= 0 or a layer that is not hidden.

    >>> net, event = grow(Network.create([4, 3, 2], rng=0), layer=0, neurons=4, rng=1)
    >>> net.widths, event.kind, event.before, event.after
    ((4, 7, 2), 'grow', 3, 7)
    """
    l, rng = net.hidden(layer), validate.generator(rng)
    m = net.widths[l]
    if isinstance(neurons, (int, np.integer)) and neurons < 1:
        raise ValueError(f"neurons must be >= 1, got {neurons}. To remove neurons call prune(...).")
    validate.positive(scale, "scale")
    moves = (Move(f"h{l}", append(m, neurons)),)
    params = apply(moves, net.params, net.axes)
    columns = params[f"W{l + 1}"][:, m:]
    columns[...] = scale * rng.standard_normal(columns.shape)
    return net.with_params(params), Event("grow", f"h{l}", int(neurons), reason, m, m + int(neurons), moves)


@door
def embed(net: Network, widths: Sequence[int], *, rng: Any = None) -> Network:
    """Return the same function as a point of the class of wider networks (nested classes); inputs and outputs stay.

    Raises ValueError when a width would have to shrink.

    >>> embed(Network.create([4, 3, 2], rng=0), [4, 8, 2], rng=1).widths
    (4, 8, 2)
    """
    widths, rng = validate.widths(widths), validate.generator(rng)
    ends = (widths[0], widths[-1]) == (net.widths[0], net.widths[-1])
    if len(widths) != len(net.widths) or not ends or any(w < m for w, m in zip(widths, net.widths, strict=True)):
        raise ValueError(
            f"a network {net.widths} embeds only in widths at least as large, with its ends, got {widths}."
        )
    for layer, (m, wide) in enumerate(zip(net.widths[1:-1], widths[1:-1], strict=True)):
        if wide > m:
            net, _ = grow(net, layer, wide - m, rng=rng, reason="nested class")
    return net
