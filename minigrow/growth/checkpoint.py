"""A run: all that training needs to go on, and the file that holds it; `load` continues bit for bit where `save` stopped."""

from __future__ import annotations

import dataclasses
import os
from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.archives import damaged
from minigrow.growth.contract import check
from minigrow.growth.events import fits
from minigrow.growth.files import load_arrays, save_arrays
from minigrow.growth.history import History, from_arrays, to_arrays
from minigrow.growth.showing import framed, line
from minigrow.nn.door import door
from minigrow.nn.optimisers import Optimiser, State, checked
from minigrow.nn.validate import FLOATS, whole
from minigrow.nn.wrappers import described, restored

KIND, VERSION = "minigrow checkpoint", 2
COUNTS = {"epoch", "place", "dealt", "taken"}  # what sources of batches count
GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


class Run(NamedTuple):
    """Network, optimiser and its state, generator, steps so far, history, and what the source of batches must remember.

    `feed` belongs to the source (`growth.batches`); `work` counts the multiply-adds of training so far.

    >>> from minigrow.nn import MLP, SGD
    >>> from minigrow.nn.optimisers import start
    >>> net = MLP.create([2, 2], rng=0)
    >>> Run(net, SGD(), start(SGD(), net.theta), np.random.default_rng(0)).epoch
    0
    """

    net: Any
    optimiser: Optimiser
    state: State
    rng: np.random.Generator
    step: int = 0
    history: History = History()  # frozen, so one empty history serves as everybody's default
    feed: dict[str, Any] = {}  # noqa: RUF012 (never written to: the loop works on a copy)
    work: int = 0

    def __repr__(self) -> str:
        return line("Run", self.history)

    def _repr_html_(self) -> str | None:
        return framed(self.history)

    @property
    def epoch(self) -> int:
        """How many times all data were seen."""
        return int(self.feed.get("epoch", 0))

    @property
    def loss(self) -> float:
        """The training loss, as the source of batches averages it; NaN before the first epoch is over."""
        return float(self.feed.get("loss", np.nan))


@door
def save(run: Run, path: str | os.PathLike) -> None:
    """Write a checkpoint, whole or not at all, without pickle; `load` continues from it bit for bit.

    Raises ValueError for what cannot be kept: an optimiser that `OPTIMISERS` does not hold, a column of objects.
    """
    arrays, table = to_arrays(run.history)
    arrays |= {"theta": run.net.theta} | {f"slot{i}": slot for i, slot in enumerate(run.state.slots)}
    arrays |= {f"feed.{name}": np.asarray(value) for name, value in run.feed.items()}
    fields = {f.name: getattr(run.net, f.name) for f in dataclasses.fields(run.net) if f.name != "theta"}
    meta = {
        "file": KIND,
        "version": VERSION,
        "network": _name(type(run.net)),
        "fields": fields,
        "optimiser": described(run.optimiser),
        "rng": run.rng.bit_generator.state,
        "counts": [run.state.t, run.step, run.work],
        "history": table,
    }
    save_arrays(path, arrays, meta)


@door
def load(path: str | os.PathLike, network: type) -> Run:
    """Read a checkpoint of this network class.

    Raises FileNotFoundError, or ValueError for a file that is truncated, damaged, of another version or of another network.
    """
    arrays, meta = load_arrays(path, KIND, VERSION)
    if meta.get("network") != _name(network):
        raise ValueError(f"{path} holds a {meta.get('network')}, not a {_name(network)}. Load it with that class.")
    with damaged(f"{path} is a damaged {KIND} file: {{}} Take an earlier copy."):
        return _run(arrays, meta, network)


def _run(arrays, meta, network):
    """Put a run together; every array is checked against the network before anything compiled can see it."""
    theta = arrays["theta"]
    if theta.dtype not in FLOATS or theta.ndim != 1:
        raise ValueError(f"theta must be a vector of float32 or float64, got {theta.dtype} {theta.shape}.")
    net = check(network(**{key: _frozen(value) for key, value in meta["fields"].items()}, theta=theta))
    optimiser = checked(restored(meta["optimiser"]))
    t, step, work = (whole(count, "a count") for count in meta["counts"])
    state = State(t, tuple(arrays[f"slot{i}"] for i in range(len(optimiser.orders))))
    fits(optimiser, state, net)
    feed = {name.removeprefix("feed."): _plain(value) for name, value in arrays.items() if name.startswith("feed.")}
    for name in COUNTS & feed.keys():
        whole(feed[name], f"the feed's {name}")
    if strange := [name for name in ("loss", "total") if not isinstance(feed.get(name, 0.0), (int, float))]:
        raise ValueError(f"the feed's {strange[0]} must be one number, got {str(feed[strange[0]])[:100]}.")
    return Run(net, optimiser, state, _generator(meta["rng"]), step, from_arrays(arrays, meta["history"]), feed, work)


def _generator(state):
    """Only a bit generator of NumPy's: a name from the file must not reach any other attribute."""
    if state["bit_generator"] not in GENERATORS:
        raise ValueError(f"the generator must be one of {', '.join(GENERATORS)}, got {state['bit_generator']!r}.")
    place = state["state"].get("pos", state.get("buffer_pos", 0))  # NumPy reads from there on without looking
    if not 0 <= whole(place, "the generator's place") <= (4 if "buffer_pos" in state else 624):
        raise ValueError(f"the generator's place must lie within its numbers, got {place}.")
    rng = np.random.Generator(getattr(np.random, state["bit_generator"])())
    rng.bit_generator.state = state
    return rng


def _name(cls):
    return f"{cls.__module__}.{cls.__qualname__}"


def _frozen(value):
    """JSON knows no tuples: all lists were some, at any depth."""
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return value


def _plain(value):
    if value.dtype.kind not in "biufU":
        raise ValueError(f"a feed must hold numbers, got {value.dtype}.")
    return value if value.ndim else value.item()
