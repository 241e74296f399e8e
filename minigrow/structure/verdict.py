"""Say in words what a structure is, by these rules; the first that fits gives the kind.

| kind | rule |
|---|---|
| empty | no effective edge |
| direct | no live hidden neuron: inputs feed outputs, nothing else |
| recurrent | more than RING (a quarter) of the live hidden neurons stand in cycles |
| residual | streams (identity wires within .1 of 1 past a branch that matters, see `streams`) span STREAM (half) of the layers |
| local | the edges that leave the inputs are local (short beyond chance, see `places`), or those that leave LAYERS (half) of all |
| densenet | at least two hidden layers, and every layer feeds every later one: density at least DENSE (50 %) between any two |
| skip | neighbouring layers as in layered, and the skips come in blocks: they fill DENSE (50 %) of the layers they join |
| bottleneck | layered, with a hidden layer at most NARROW (half) as wide as the one before and the one behind |
| layered | at most SKIPS (10 %) of the edges are skips, density at least DENSE (50 %): a fully connected net of L layers |
| sparse | anything else |
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from minigrow.nn.door import door
from minigrow.structure.places import fields
from minigrow.structure.reading import Structure
from minigrow.structure.streams import streams

RING, STREAM, LAYERS, SKIPS, DENSE, NARROW = 0.25, 0.5, 0.5, 0.1, 0.5, 0.5
KINDS = (
    "empty", "direct", "recurrent", "residual", "local", "layered", "sparse", "densenet", "skip", "bottleneck",
)  # fmt: skip


class Verdict(NamedTuple):
    """One of KINDS, and a sentence."""

    kind: str
    words: str


@door
def judge(found: Structure) -> Verdict:
    """Return the verdict on a structure.

    >>> from minigrow.structure.reading import from_layers, read
    >>> judge(read(*from_layers([np.ones((3, 2)), np.ones((1, 3))])))
    Verdict(kind='layered', words='layered: 2 layers of weights, hidden 3, no skips, density 100 %')
    """
    kind, seen = _kind(found)
    return Verdict(
        kind, f"{kind}: {_words(found, kind, seen)}" if len(found.edges) else "empty: no input reaches an output"
    )


def _kind(found):
    """Return the kind, and what it was seen by: the streams of a residual net, the fields of a local one."""
    m = len(found.edges)
    if not m:
        return "empty", []
    if not len(found.live):
        return "direct", []
    if sum(map(len, found.cycles)) > RING * len(found.live):
        return "recurrent", []
    past = streams(found)
    if _are_residual(found, past):
        return "residual", past
    read = fields(found)
    if _are_local(read):
        return "local", read
    return _by_blocks(found), []


def _by_blocks(found):
    """Judge by how full the blocks of weights between layers are."""
    joined, skipped = blocks(found)
    if found.density < DENSE:
        return "sparse"
    pairs = found.depth * (found.depth + 1) // 2
    if found.depth > 2 and len(joined) == pairs and min(joined.values()) >= DENSE:
        return "densenet"
    if found.skips > SKIPS * len(found.edges):
        return "skip" if skipped >= DENSE else "sparse"
    return "bottleneck" if _is_narrow(found.widths) else "layered"


def blocks(found: Structure) -> tuple[dict[tuple[int, int], float], float]:
    """Return how full each block (from, to) of weights between two layers is, and all blocks of skips together.

    >>> from minigrow.structure.reading import from_layers, read
    >>> blocks(read(*from_layers([np.ones((3, 2)), np.ones((1, 3))])))
    ({(0, 1): 1.0, (1, 2): 1.0}, nan)
    """
    ends = found.layer[found.edges]
    pairs, counts = np.unique(ends[ends[:, 1] > ends[:, 0]], axis=0, return_counts=True)
    room = {(a, b): found.widths[a] * found.widths[b] for a, b in pairs.tolist()}
    skips = sum(size for (a, b), size in room.items() if b > a + 1)
    full = {pair: float(n / room[pair]) for pair, n in zip(room, counts, strict=True)}
    return full, found.skips / skips if skips else np.nan


def _is_narrow(widths):
    middle = zip(widths, widths[1:], widths[2:], strict=False)
    return any(b <= NARROW * min(a, c) for a, b, c in middle)


def is_residual(found: Structure) -> bool:
    """Return whether streams span half of the layers or more; see the rules above.

    >>> from minigrow.structure.reading import read
    >>> W = np.zeros((5, 5))
    >>> W[3, 0] = W[4, 1] = W[2, 0] = W[2, 1] = W[3, 2] = 1
    >>> is_residual(read(W, [0, 1], [3, 4]))
    True
    """
    return _are_residual(found, streams(found))


def _are_residual(found, past):
    spanned = {l for stream in past for l in range(stream.source, stream.to)}
    return len(spanned) >= max(STREAM * (len(found.widths) - 1), 1)


def is_local(found: Structure) -> bool:
    """Return whether the edges that leave the inputs, or those that leave half of the layers, are local.

    >>> from minigrow.structure.reading import from_layers, read
    >>> W = np.array([[float(j in (i, i + 1, i + 2)) for j in range(20)] for i in range(18)])
    >>> is_local(read(*from_layers([W, np.ones((1, 18))])))
    True
    """
    return _are_local(fields(found))


def _are_local(read):
    local = [field.is_local for field in read]
    return local[0] or sum(local) >= LAYERS * len(local)


def _words(found, kind, seen):
    hidden, layers = "-".join(map(str, found.widths[1:-1])) or "none", len(found.widths) - 1
    parts = [f"{layers} layer{'s' if layers > 1 else ''} of weights", f"hidden {hidden}"]
    share = found.skips / len(found.edges)
    parts.append(f"skips {share:.0%}".replace("%", " %") if found.skips else "no skips")
    parts.append(f"density {100 * found.density:.0f} %")
    if np.isfinite(found.local):
        parts.append(f"{100 * found.local:.0f} % local (chance {100 * found.chance:.0f} %)")
    if kind == "residual":
        parts.append("streams past " + ", ".join(f"layers {s.source + 1} to {s.to - 1}" for s in seen))
    if kind == "local":
        parts.append("; ".join(map(_window, seen)))
    if found.cycles:
        parts.append(f"signals cross {found.depth} edges" if found.iterations else "walks without end")
        parts.append(f"{sum(map(len, found.cycles))} neurons in cycles")
    return ", ".join(parts)


def _window(field):
    if not field.is_local:
        return f"layer {field.source} is read as a whole"
    if np.isfinite(field.near):
        return f"layer {field.source} is read from at most {field.near:.3g} away"
    sides = " x ".join(f"{side:.0f}" for side in field.window)
    return f"layer {field.source} is read in windows of {sides}" + (" (shared weights)" if field.shared else "")
