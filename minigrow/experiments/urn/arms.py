"""One job of the locality experiments: a pool that pays for wire or not, or a network whose wiring is fixed; `one(job)` measures it.

| arm | what is trained |
|---|---|
| free | a pool with l1, no price on wire |
| priced | a pool with a price on wire |
| shuffled | the same on points that are shuffled once for all samples, positions kept |
| kept | the wiring that `priced` found, frozen from the start, weights drawn anew |
| dense | a fully connected network |
| windows, windows shuffled | a locally connected network whose windows are as wide as those of `priced` |
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.shared import rounded
from minigrow.experiments.urn import frozen
from minigrow.experiments.urn.fields import against_chance, fields, widths
from minigrow.experiments.urn.geometry import Placed, placed
from minigrow.growth import Diverged, Plan, start
from minigrow.nn import Adam, accuracy
from minigrow.structure import judge, read_net
from minigrow.urn import Network, Strengths, penalty, train
from minigrow.urn.positions import NOWHERE

POOLS = ("free", "priced", "shuffled")


class Job(NamedTuple):
    """One network: data, its axes, arm, strengths, rate, seed; S, I, steps, batch, at most so many inputs, samples; masks, tuning."""

    data: str
    axes: int
    arm: str
    seed: int
    rate: float
    l1: float = 0.0
    local: float = 0.0
    size: int = 200
    iterations: int = 3
    steps: int = 4000
    batch: int = 100
    inputs: int = 256
    rows: int | None = None
    hidden: tuple[int, ...] = ()
    windows: tuple[float, ...] = ()
    edges: int = 0
    mask: tuple[int, bytes] = (0, b"")
    validation: bool = False


def data_of(job: Job) -> Placed:
    """Return the job's data on its geometry."""
    return placed(job.data, job.seed, job.inputs, job.axes, job.rows, "shuffled" in job.arm, job.validation)


def trained(job: Job) -> tuple[Network, Placed]:
    """Return the trained network and its data; a pool that diverged is what it was at its last stop."""
    data = data_of(job)
    try:
        return (pool(job, data) if job.arm in POOLS else fixed(job, data)), data
    except Diverged as stopped:
        return stopped.run.net, data


def pool(job: Job, data: Placed) -> Network:
    """Train a pool with prices that grow over half of the steps; in the last quarter it settles."""
    (_, d), k = data.train.X.shape, len(data.train.classes)
    rng, hidden = np.random.default_rng(job.seed), job.size - d - k
    if hidden < 1:
        raise ValueError(
            f"size must exceed inputs + outputs = {d} + {k}, got {job.size}: no hidden neuron would be left."
        )
    middle = rng.uniform(0, 1, (hidden, job.axes)) * data.places.max(axis=0)
    places = np.concatenate([data.places, middle, np.full((k, job.axes), NOWHERE)])
    net = Network.create(d, k, job.size, job.iterations, "relu", positions=places, rng=rng, dtype=np.float32)
    plan = Plan(batch=job.batch, loss="softmax", quiet=True, steps=job.steps, every=100, record=job.steps)
    prices = Strengths(l1=job.l1, local=job.local, loop=1.0)
    return train(start(net, Adam(job.rate), rng=rng), data.train.X, data.train.y, plan, prices, None, None).net


def fixed(job: Job, data: Placed) -> Network:
    """Train a network whose wiring is fixed."""
    (_, d), k = data.train.X.shape, len(data.train.classes)
    if job.arm == "kept":
        hidden, packed = job.mask
        S = d + hidden + k
        blank = Network.create(d, k, S, job.iterations, "relu", rng=0, dtype=np.float32)
        mask = np.unpackbits(np.frombuffer(packed, np.uint8), count=S * S).reshape(S, S).astype(bool)
        net = frozen.drawn_on(blank, mask, job.seed)
    elif job.arm == "dense":
        net = frozen.layered(frozen.dense([d, *job.hidden, k]), job.seed)
    else:
        net = frozen.layered(frozen.local(d, job.windows, job.edges, k), job.seed)
    return frozen.train_frozen(net, data.train.X, data.train.y, job.rate, job.steps, job.batch, job.seed)


def score(job: Job) -> float:
    """Return the accuracy (%) on the held-out part, to tune by."""
    net, data = trained(job)
    return 100 * accuracy(net(data.test.X), data.test.y)


def one(job: Job) -> dict[str, Any]:
    """Return accuracy and edges; of pools also neurons, kind, wire, the windows of each layer, some fields and the mask."""
    net, data = trained(job)
    found = {"accuracy": rounded(100 * accuracy(net(data.test.X), data.test.y)), "edges": int(np.sum(net.W != 0))}
    if job.arm not in POOLS:
        return found
    shape = read_net(net)
    found |= {"neurons": len(shape.live), "kind": judge(shape).kind, "edges": len(shape.edges)}
    window = {"first": (0.0, 0.0), "later": (0.0, 0.0)} | widths(net)
    found |= {name: against_chance(*pair) for name, pair in window.items()}
    found |= {"windows": rounded([read for read, _ in window.values()]), "own": fields(net, data.own).get("first", 1.0)}
    found["wire"] = rounded(penalty(net, Strengths(local=1.0), data.test.X[:1])["local"])
    return found | {"shown": strongest(net), "mask": (net.hidden, np.packbits(net.W != 0).tobytes())}


def strongest(net: Network, most: int = 36) -> list[list[float]]:
    """Return the weights from the inputs (m, d) of the `most` hidden neurons that read most, to be drawn."""
    V = net.params["Whx"]
    return rounded(V[np.argsort(-np.abs(V).sum(axis=1), kind="stable")[:most]], 3)
