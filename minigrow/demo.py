"""A life to look at: `life(seed)` trains a network of two inputs whose task becomes harder and easier, and which follows in size.

Three arms of points lie in the plane, each a class of its own; then they wind up, wind up further, and unwind. At every visit:

    some points get the wrong class      a neuron more in both hidden layers, by GradMax: the function stays as it is
    every point gets its own             the neuron that the others can stand in for best goes, if hardly anything is lost

Both are rooms of `minigrow.addition`. AutoAdapt of `minigrow.isotropic` would not do here: two inputs give a matrix with two singular
values, so that all further neurons are spare, however hard the task is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrow.addition.policy import Adding
from minigrow.addition.removing import Removing
from minigrow.addition.triggers.decision import Decision
from minigrow.growth import Event, History, Plan, start, train, watch
from minigrow.growth.plan import Context
from minigrow.nn import MLP, AdamW
from minigrow.nn.losses import accuracy
from minigrow.nn.validate import generator

TITLE = "A network that grows and shrinks with its task"
TASK = "A network of two inputs learns to tell three arms of points apart."
SEED = 5  # any seed will do; this life is a brisk one
POINTS, ARMS, NOISE, REACH = 40, 3, 0.1, 2.0  # points of an arm, arms, radians, length of an arm
STRIDE = 2  # of the points, every so many is drawn
LAYERS, MOST = (0, 1), 14  # the hidden layers that may change, and their most neurons
WRONG, LOST = (
    0.02,
    3e-3,
)  # the share of wrong points that asks for neurons; what a removal may lose of the next layer's variance
REST, EVERY = 24, 12  # steps between two changes, and between two visits


class Phase(NamedTuple):
    """A part of the life: by how many turns the arms are wound, how many steps it takes, and words for it."""

    turns: float
    steps: int
    words: str


PHASES = (
    Phase(0.0, 132, "Straight arms: easy"),
    Phase(0.5, 300, "Half a turn: harder"),
    Phase(1.0, 564, "A whole turn: hardest"),
    Phase(0.0, 240, "Straight again: easy"),
)


def arms(turns: float, rng: Any, points: int = POINTS) -> tuple[np.ndarray, np.ndarray]:
    """Return X (3 points, 2) and the arm of each point y (3 points,), with the arms wound by so many turns.

        r = .1 .. 1        phi = 2 pi (k / 3 + turns r) + noise N(0, 1)        x = 2 [r cos phi, r sin phi]

    >>> X, y = arms(0.5, 0)
    >>> X.shape, np.bincount(y)
    ((120, 2), array([40, 40, 40]))
    """
    r, k = np.tile(np.linspace(0.1, 1, points), ARMS), np.repeat(np.arange(ARMS), points)
    phi = 2 * np.pi * (k / ARMS + turns * r) + NOISE * generator(rng).standard_normal(len(r))
    return REACH * r[:, None] * np.column_stack([np.cos(phi), np.sin(phi)]), k


def sized(net: Any, context: Context) -> tuple[Any, list[Event]]:
    """Grow where more points are wrong than WRONG, prune where none is; see the top of this file. This is a policy of the loop."""
    wrong = 1 - accuracy(net(context.X), context.y)
    if context.step - max((event.step for event in context.history.events), default=-REST) < REST or 0 < wrong <= WRONG:
        return net, []
    if wrong:
        reason = f"{100 * wrong:.0f} % of the points get the wrong class"
        asked = Decision(True, reason, wrong, WRONG)
        grown, events = Adding("gradmax", lambda *_: asked, LAYERS, most=MOST, samples=None)(net, context)
        return grown, [event._replace(reason=reason) for event in events]
    pruned, events = Removing(LAYERS, LOST, fewest=2, samples=None)(net, context)
    return pruned, [
        event._replace(reason="every point gets its class, and the others stand in for it") for event in events
    ]


def life(seed: int = SEED, phases: tuple[Phase, ...] = PHASES) -> History:
    """Return the history of a whole life, with the weights and the surface of every row.

    >>> life(0, PHASES[:1])["widths"][-1].tolist()
    [2, 2, 3, 3]
    """
    run = start(MLP.create([2, 2, 2, ARMS], "tanh", rng=seed), AdamW(1e-2, weight_decay=1e-3), rng=seed)
    tasks = [arms(phase.turns, seed) for phase in phases]
    ends = np.cumsum([phase.steps for phase in phases]).tolist()
    seen = watch(np.concatenate([X for X, _ in tasks]), loss="softmax", task=TASK)
    run = run._replace(history=run.history.with_about(**_about(phases, tasks, ends)))
    for (X, y), end in zip(tasks, ends, strict=True):
        plan = Plan(steps=end, batch=None, policies=(sized,), every=EVERY, record=EVERY, observe=seen, quiet=True)
        run = train(run, X, y, plan)
    return run.history


def _about(phases, tasks, ends):
    """Return where each phase begins, and the points of each with the step from which and the step before which they are shown."""
    begins, ends = [0, *ends[:-1]], [*ends[:-1], ends[-1] + 1]
    points = [
        [*map(float, x), int(k), begin, end]
        for (X, y), begin, end in zip(tasks, begins, ends, strict=True)
        for x, k in zip(X[::STRIDE], y[::STRIDE], strict=True)
    ]
    return {"phases": [[begin, phase.words] for begin, phase in zip(begins, phases, strict=True)], "points": points}
