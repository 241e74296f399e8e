"""One life of a pool through several phases, each a task and a price: plastic, with a frozen mask, or trained afresh in each phase.

| way | a new phase begins with |
|---|---|
| plastic | the old pool, filled up with new neurons; prices rise and choose the structure again |
| frozen | the old pool and its zeros, which stay zero: what the first phase built is all there is |
| afresh | a new pool, trained as in plastic, on the same number of steps |

Tasks are `four_bits`: easy is linear, hard is the product of three bits. The skill is there when all 16 signs are right. It is back
at the first record from which on it stays until the phase ends, and censored where it is not there at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.urn.common import accuracy, strengths
from minigrow.experiments.urn.tasks import Task, four_bits
from minigrow.growth import History, Plan, Run, accept, start, watch
from minigrow.growth.batches import Whole
from minigrow.growth.events import Event
from minigrow.growth.loop import train_on
from minigrow.growth.plan import Observer
from minigrow.growth.watch import joined
from minigrow.nn import Adam
from minigrow.nn.losses import LOSSES
from minigrow.nn.spaces import entries
from minigrow.structure import judge, read_net
from minigrow.structure.pictures import by_layer
from minigrow.structure.verdict import KINDS
from minigrow.urn import Network, Settling, grow, train

SIZE = 28
TASK = "Answer four bits: their weighted sum (easy), or the product of the first three (hard)."
NEVER = 10**9  # a rate that falls over so many steps is constant here


class Job(NamedTuple):
    """One life: phases (task, l1), way, steps per phase, steps between two records, rate, seed; `film` keeps all weights."""

    phases: tuple[tuple[str, float], ...]
    way: str
    steps: int
    every: int
    rate: float
    seed: int
    film: bool = False


def one(job: Job) -> tuple[list[dict], dict[str, list], History | None]:
    """Live through all phases; returns what each one ended with, the course of edges and error, and the history of a film."""
    run, ends, course = born(job, 0), [], {"edges": [], "error": []}
    names, labels, before = list(range(run.net.hidden)), count(run.net.hidden), set()
    for i, (kind, l1) in enumerate(job.phases):
        if i and job.way == "afresh":
            run = born(job, i)
        old, first = len(run.history.events), len(run.history.rows)
        phase = frozen if i and job.way == "frozen" else plastic
        run = phase(run, job, kind, l1)
        rows = run.history.rows[first:]
        names = renamed(names, run.history.events[old:], labels) if job.way != "afresh" else []
        now = wires(run.net, names) if names else set()
        kept = len(before & now) / len(before) if before else 0.0
        ends.append(ended(run, kind, rows, job) | {"kept": kept})
        course = {name: [*values, *(float(row[name]) for row in rows)] for name, values in course.items()}
        before = now
    return ends, course, run.history if job.film else None


def born(job: Job, phase: int) -> Run:
    """Return a run with a new pool, another one for each phase."""
    rng = np.random.default_rng([job.seed, phase])
    return start(Network.create(4, 1, SIZE, rng=rng), Adam(job.rate), rng=rng)


def plastic(run: Run, job: Job, kind: str, l1: float) -> Run:
    """Train a phase with all freedom: new neurons, rising prices over the first half, the last quarter without."""
    return train(filled(run), *_data(kind), plan_of(run, job, kind), strengths(l1=l1), job.steps // 2, job.steps // 4)


def frozen(run: Run, job: Job, kind: str, l1: float) -> Run:
    """Train a phase without prices in which all weights that are zero stay zero, with the same falling rate in the last quarter."""
    inner, plan = run.optimiser, plan_of(run, job, kind)
    turn, batches = plan.steps - job.steps // 4, Whole(*_data(kind))
    run = train_on(
        run._replace(optimiser=Settling(inner, run.step, run.step + NEVER)), batches, plan._replace(steps=turn)
    )
    run = train_on(run._replace(optimiser=Settling(inner, turn, plan.steps)), batches, plan._replace(since=turn))
    return run._replace(optimiser=inner)


def _data(kind):
    t = four_bits(kind)
    return t.X, t.y


def plan_of(run: Run, job: Job, kind: str) -> Plan:
    """Return the plan of a phase that begins where the run is."""
    look = partial(seen, t=four_bits(kind), film=job.film)
    look = joined(look, watched(job)) if job.film else look
    return Plan(batch=None, loss="mse", observe=look, quiet=True, steps=run.step + job.steps, every=job.every,
                record=job.every, since=run.step, backup=True)  # fmt: skip


def filled(run: Run) -> Run:
    """Return the run with new neurons until the pool has SIZE again, the optimiser's state carried along."""
    missing = SIZE - run.net.size
    why = f"a new phase begins: the pool is filled up to {SIZE} neurons"
    return accept(run, *grow(run.net, missing, rng=run.rng, reason=why)) if missing > 0 else run


def seen(net: Network, t: Task, film: bool) -> dict[str, Any]:
    """Return the columns of a record: error, edges (weights that are not zero), whether all signs are right; for a film more.

    `kind` is the verdict's number in KINDS; `matrix` holds the live neurons sorted by layer; `layer.h` is each hidden neuron's layer.
    """
    output, weights = net(t.X), net.theta[: entries(net, net.priced)]
    row = {
        "error": float(LOSSES[t.loss](output, t.y)[0]),
        "edges": int(np.count_nonzero(weights)),
        "right": accuracy(output, t.y) == 100,
    }
    if not film:
        return row
    found = read_net(net)
    order = by_layer(found)
    return row | {
        "depth": found.depth,
        "kind": KINDS.index(judge(found).kind),
        "layers": np.array(found.widths or (0,)),
        "matrix": net.W[np.ix_(order, order)].ravel().round(4) if len(order) else np.zeros(1),
        "layer.h": found.layer[net.inputs : net.inputs + net.hidden].astype(np.int16),
    }  # fmt: skip


def watched(job: Job) -> Observer:
    """Return what is seen of a film besides: weights, and what the neurons say on half of the patterns.

    >>> job = Job((("easy", 0.01), ("hard", 0.003)), "plastic", 100, 10, 0.01, 0)
    >>> watched(job).about["phases"][1], len(watched(job).about["samples"])
    ([100, 'hard, price 0.003'], 8)
    """
    phases = [(i * job.steps, f"{kind}, price {l1:g}") for i, (kind, l1) in enumerate(job.phases)]
    return watch(four_bits("easy").X, loss="mse", samples=8, task=TASK, phases=phases)


def ended(run: Run, kind: str, rows: Sequence[dict], job: Job) -> dict[str, Any]:
    """Return what a phase ended with; `back`: steps until the skill was back, None if it is not; `earlier`: the other task's signs."""
    found, row = read_net(run.net), rows[-1]
    other = four_bits({"easy": "hard", "hard": "easy"}[kind])
    return {
        "edges": len(found.edges), "neurons": len(found.live), "depth": max(found.depth, 0), "kind": judge(found).kind,
        "hidden": run.net.hidden, "error": float(f"{row['error']:.4g}"), "right": bool(row["right"]),
        "back": back([bool(r["right"]) for r in rows], job.every),
        "earlier": accuracy(run.net(other.X), other.y),
        "earlier_error": float(f"{LOSSES['mse'](run.net(other.X), other.y)[0]:.4g}"),
    }  # fmt: skip


def back(right: Sequence[bool], every: int) -> int | None:
    """Return the steps until the first record from which on the skill stays, None where it is not there at the end.

    >>> back([True, False, True, True], 50), back([True, False], 50)
    (150, None)
    """
    if not right[-1]:
        return None
    wrong = [i for i, value in enumerate(right) if not value]
    return every * (wrong[-1] + 2 if wrong else 1)


def renamed(names: Sequence[int], events: Sequence[Event], labels: Any) -> list[int]:
    """Return the names of the hidden neurons after the events: those that stay keep theirs, new ones get the next label.

    >>> renamed([7, 8], [Event("change", "h", 1, "", 2, 2, origin=(1, -1))], count(9))
    [8, 9]
    """
    for event in events:
        names = [names[old] if old >= 0 else next(labels) for old in event.sources]
    return list(names)


def wires(net: Network, names: Sequence[int]) -> set[tuple]:
    """Return the effective wires of a pool as pairs (from, to) of names, which outlive a change of the pool's size."""
    who = [
        *(("x", i) for i in range(net.inputs)),
        *(("h", name) for name in names),
        *(("y", i) for i in range(net.outputs)),
    ]
    return {(who[a], who[b]) for a, b in read_net(net).edges.tolist()}
