"""The plan of a training: how long, in which batches, who may change the network and when, what is recorded and when."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from minigrow.growth.batches import Batches
from minigrow.growth.checkpoint import Run
from minigrow.growth.events import Event
from minigrow.growth.transport import TRANSPORTS
from minigrow.nn import validate
from minigrow.nn.door import fields


class Context(NamedTuple):
    """What a policy may ask for: step and epochs so far, the run's generator, all data X, y, the loss's name, the history.

    A gradient on all data is `net.gradient(context.X, context.y, context.loss)`.
    """

    step: int
    epoch: int
    rng: np.random.Generator
    X: Any
    y: Any
    loss: str
    history: Any


Policy = Callable[[Any, Context], tuple[Any, Sequence[Event]]]
Observer = Callable[[Any], dict[str, Any]]


class Plan(NamedTuple):
    """How to train: how long, in which batches, on which loss, who may change the network, and what to record.

    Length: until `epochs` epochs are over, or until step `steps` where that is given; both count from the run's beginning.
    `batch` rows at a time, None for all of them. `policies` are visited every `every` steps (None: behind each epoch), a row
    of the history is written every `record` steps (None: behind each epoch); both count from step `since`, and both
    happen at the last step too. At most `rows` rows are kept: when there are as many, every second one goes and the interval doubles.
    `validation` is (X, y) or None; `observe(net)` returns more columns for the history, and is asked once before the first step
    too; `checkpoint` is a path that is rewritten behind every row; `backup` keeps a copy of the last good state at every stop, for
    `Diverged`; `quiet` switches the progress bar off (it is off anyway where there is no terminal). `transport` says what becomes
    of the optimiser when a policy changes the network: reset, pad, follow or metric (`growth.transport`).
    """

    epochs: int = 20
    batch: int | None = 48
    loss: str = "softmax"
    policies: Sequence[Policy] = ()
    validation: tuple[np.ndarray, np.ndarray] | None = None
    observe: Observer | None = None
    checkpoint: str | os.PathLike | None = None
    quiet: bool = False
    steps: int | None = None
    every: int | None = None
    record: int | None = None
    since: int = 0
    rows: int | None = None
    backup: bool = False
    transport: str = "follow"


def check_plan(plan: Plan) -> None:
    """Refuse a plan whose numbers make no sense, before anything is trained.

    >>> check_plan(Plan(every=0))
    Traceback (most recent call last):
    ValueError: every must be a whole number >= 1, got 0.
    """
    for name, least in (("epochs", 0), ("steps", 0), ("every", 1), ("record", 1), ("since", 0), ("rows", 2)):
        value = getattr(plan, name)
        if value is not None or name in ("epochs", "since"):
            validate.whole(value, name, least)
    if plan.rows is not None and plan.record is None:
        raise ValueError("rows thins out what record=... writes every so many steps: give record, too.")
    validate.choice(plan.transport, TRANSPORTS, "transport")
    if callable(plan.policies):
        raise ValueError(f"policies must be a sequence of policies, got one: write ({plan.policies!r},).")
    if not isinstance(plan.policies, (list, tuple)):
        raise ValueError(f"policies must be a list or a tuple of policies, got {validate.said(plan.policies)}.")
    for policy in plan.policies:
        if not callable(policy):
            raise ValueError(f"a policy must be a function of (net, context), got {validate.said(policy)}.")
    fields(plan)


def next_beat(run: Run, batches: Batches, plan: Plan, beat: int | None) -> int:
    """Return the step of the next beat: the next multiple of `beat` behind plan.since, or for None the end of this epoch."""
    if beat is None:
        return run.step + batches.until(run.feed, run.epoch + 1)
    return run.step + beat - (run.step - plan.since) % beat


def on_beat(run: Run, batches: Batches, plan: Plan, beat: int | None) -> bool:
    """Return whether the run stands on a beat."""
    if beat is None:
        return batches.until(run.feed, run.epoch) == 0
    return (run.step - plan.since) % beat == 0


def interval(plan: Plan, step: int) -> int | None:
    """Return the interval of rows at a step: `record`, doubled as often as there were `rows` of them.

    >>> [interval(Plan(record=10, rows=4), step) for step in (10, 39, 40, 80)]
    [10, 10, 20, 40]
    """
    found = plan.record
    while plan.rows is not None and found is not None and step >= plan.rows * found:
        found *= 2
    return found
