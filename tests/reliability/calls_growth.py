"""Right calls of `growth` and `addition`, see `calls`."""

import tempfile
from pathlib import Path

import numpy as np
from calls_nn import X, batch, mlp, row, y

from minigrow import addition, growth
from minigrow.addition.proposal import appended, look
from minigrow.growth import basis
from minigrow.growth.plan import Context
from minigrow.nn import SGD, Momentum

FOLDER = Path(tempfile.mkdtemp(prefix="minigrow-values-"))


def run():
    """A run before its first step."""
    return growth.start(mlp(), Momentum(), rng=0)


def event():
    """A neuron more in h1 of 4-3-2."""
    return growth.Event("grow", "h1", 1, "asked for", 3, 4, (growth.Move("h1", basis.append(3, 1)),))


def history():
    """Two rows and an event."""
    found = growth.History().with_row({"epoch": 1, "step": 1, "widths": (4, 3, 2), "loss": 1.0})
    return found.with_row({"epoch": 2, "step": 2, "widths": (4, 4, 2), "loss": 0.5})


def context():
    """What a policy is shown."""
    return Context(100, 5, np.random.default_rng(0), X.copy(), y.copy(), "softmax", history())


def seen():
    """What a rule looks at."""
    return look(mlp(), 0, X, y)


def proposal():
    """A neuron more."""
    return appended("mine", seen(), np.ones((5, 1)), np.ones((1, 2)))


def saved(name):
    """The path of a file that was saved."""
    path = FOLDER / name
    if name == "h.npz":
        history().save(path)
    else:
        growth.save(run(), path)
    return path


def planned(**fields):
    """Train by this plan."""
    return growth.train(run(), X, y, growth.Plan(**fields)).net.theta


def followed(**fields):
    """Accept this event."""
    return growth.accept(run(), growth.moved(mlp(), event().moves), growth.Event(**fields)).net.theta


def carried(**fields):
    """Carry this proposal out."""
    return addition.apply(mlp(), 0, addition.Proposal(**fields))[0].theta


def watched(**fields):
    """Watch a network."""
    return growth.watch(**fields)(mlp())


def added(**fields):
    """Visit a network with this policy."""
    return addition.Adding(**fields)(mlp(), context())[0].theta


def asked(cls):
    """Ask a trigger."""
    return lambda **fields: cls(**fields)(mlp(), 0, context())


def gone_on(**fields):
    """Go on with this run."""
    return growth.train(growth.Run(**fields), X, y, growth.Plan(epochs=1)).net.theta


PLAN = {
    "epochs": 1, "batch": 4, "loss": "softmax", "policies": (), "validation": None, "observe": None, "checkpoint": None, "quiet": True,
    "steps": None, "every": None, "record": 1, "since": 0, "rows": 8, "backup": False, "transport": "follow",
}  # fmt: skip
CALLS = [
    row(growth.append, lambda: {"h": 3, "neurons": 2}, kinds={"h": "whole"}),
    row(growth.duplicate, lambda: {"h": 3, "neuron": 1, "share": 0.3}, kinds={"h": "whole"}),
    row(growth.keep, lambda: {"kept": np.array([0, 2]), "h": 3}, kinds={"h": "whole"}),
    row(growth.permute, lambda: {"order": np.array([2, 0, 1])}),
    row(growth.rotate, lambda: {"R": np.eye(3)}),
    row(basis.flip, lambda: {"signs": np.array([1.0, -1.0])}),
    row(basis.rescale, lambda: {"c": np.array([1.0, 2.0])}),
    row(basis.place, lambda: {"sources": np.array([0, -1, 1]), "h": 2}, kinds={"h": "whole"}),
    row(
        growth.moved,
        lambda: {"net": mlp(), "moves": [growth.Move("h1", basis.append(3, 1))]},
        kinds={"moves": "things"},
    ),
    row(
        growth.Move,
        lambda: {"space": "h1", "change": basis.append(3, 1)},
        lambda **k: growth.moved(mlp(), [growth.Move(**k)]),
        name="growth.Move",
    ),
    row(
        growth.Event,
        lambda: event()._asdict(),
        followed,
        name="growth.Event",
        kinds={
            "kind": "text",
            "space": "word",
            "moves": "thing",
            "step": "whole",
            "neurons": "thing",
            "before": "thing",
            "after": "thing",
            "origin": "wholes",
        },
    ),
    row(growth.follow, lambda: {"events": [event()], "optimiser": Momentum(), "state": run().state, "net": mlp()}),
    row(growth.start, lambda: {"net": mlp(), "optimiser": SGD(), "rng": 0}),
    row(
        growth.accept,
        lambda: {
            "run": run(),
            "net": growth.moved(mlp(), event().moves),
            "events": event(),
            "batches": None,
            "who": "I",
            "transport": "follow",
        },
        kinds={"events": "thing"},
    ),
    row(growth.train, lambda: {"run": run(), **batch(), "plan": growth.Plan(epochs=1)}),
    row(
        growth.train_on,
        lambda: {"run": run(), "batches": growth.batches.Whole(X.copy(), y.copy()), "plan": growth.Plan(epochs=1)},
    ),
    row(
        growth.batches.Whole,
        lambda: batch(),
        lambda **k: growth.train_on(run(), growth.batches.Whole(**k), growth.Plan(epochs=1)).net.theta,
        name="growth.Whole",
    ),
    row(
        growth.batches.Shuffled,
        lambda: batch(batch=4),
        lambda **k: growth.train_on(run(), growth.batches.Shuffled(**k), growth.Plan(epochs=1)).net.theta,
        name="growth.Shuffled",
    ),
    row(
        growth.Plan,
        lambda: dict(PLAN),
        planned,
        name="growth.Plan",
        kinds={"checkpoint": "path none", "validation": "none", "policies": "things", "observe": "none callable"},
    ),
    row(
        growth.Run,
        lambda: run()._replace(history=growth.History())._asdict(),
        gone_on,
        name="growth.Run",
        kinds={"feed": "mapping", "rng": "thing"},
    ),
    row(growth.save, lambda: {"run": run(), "path": FOLDER / "run.npz"}),
    row(growth.load, lambda: {"path": saved("r.npz"), "network": type(mlp())}),
    row(growth.snapshot, lambda: {"net": mlp()}),
    row(
        growth.watch,
        lambda: {
            "X": X.copy(),
            "y": y.copy(),
            "loss": "softmax",
            "grid": 5,
            "samples": 2,
            "image": (2, 2),
            "pictures": None,
            "task": "t",
            "names": None,
            "classes": None,
            "phases": None,
            "extra": None,
        },
        watched,
        loose=True,
        kinds={
            "X": "X none values array text",  # a text has no surface
            "y": "labels none values array",
            "task": "text none",
            "names": "names none",
            "extra": "callable none",
            "classes": "names things wholes values labels text none",  # their names may be numbers, or letters
        },
    ),
    row(
        growth.History,
        lambda: {"rows": history().rows, "events": (), "first": None, "about": {}},
        lambda **k: growth.History(**k).save(FOLDER / "x.npz"),
        name="growth.History",
        kinds={"rows": "things", "events": "things", "first": "none mapping", "about": "mapping"},
    ),
    row(
        growth.History.with_row,
        lambda: {"self": history(), "row": {"epoch": 3, "widths": (4, 4, 2), "loss": 0.1}},
        kinds={"row": "mapping"},
        loose=True,
    ),
    row(
        growth.History.with_first,
        lambda: {"self": history(), "row": {"epoch": 3, "widths": (4, 4, 2), "loss": 0.1}},
        kinds={"row": "mapping"},
    ),
    row(growth.History.with_events, lambda: {"self": history(), "events": [event()]}, kinds={"events": "things"}),
    row(growth.History.thinned, lambda: {"self": history(), "kept": lambda row: True}, kinds={"kept": "callable"}),
    row(growth.History.save, lambda: {"self": history(), "path": FOLDER / "history.npz"}),
    row(growth.History.load, lambda: {"path": saved("h.npz")}),
    row(
        addition.Adding,
        lambda: {
            "rule": "gradmax",
            "trigger": addition.Every(100),
            "layers": (0,),
            "neurons": 1,
            "most": 9,
            "amplitude": 1.0,
            "held_out": None,
            "samples": 4,
        },
        added,
        name="addition.Adding",
        kinds={"held_out": "none", "amplitude": "number", "rule": "callable"},
    ),
    row(addition.Every, lambda: {"steps": 100}, asked(addition.Every), name="addition.Every"),
    row(
        addition.Plateau,
        lambda: {"window": 1, "tolerance": 0.1, "column": "loss"},
        asked(addition.Plateau),
        name="addition.Plateau",
    ),
    row(
        addition.Proposal,
        lambda: proposal()._asdict(),
        carried,
        name="addition.Proposal",
        kinds={
            "rule": "text",
            "places": "wholes",
            "kept": "flag",
            "slope": "number none",
            "gradient": "number none",
            "curvature": "number none",
            "A": "array",
            "B": "array",
            "D": "array none",
        },
    ),
    row(addition.apply, lambda: {"net": mlp(), "layer": 0, "proposal": proposal(), "g": 1.0, "reason": "r"}),
    row(
        addition.look,
        lambda: {"net": mlp(), "layer": 0, **batch(loss="softmax", samples=3)},
        lambda **k: look(**k).statistics.n,
    ),
    row(addition.costs, lambda: {"seen": seen()}),
    row(addition.removed, lambda: {"net": mlp(), "layer": 0, "seen": seen(), "j": 1, "reason": "r"}),
    row(
        addition.line_search,
        lambda: {"net": mlp(), "layer": 0, "proposal": proposal(), **batch(loss="softmax", grid=(0.5, 1.0))},
        kinds={"grid": "values"},
    ),
    *[
        row(
            rule.propose,
            lambda: {"seen": seen(), "k": 2, "rng": 0},
            lambda seen, k, rng, rule=rule: rule.propose(seen, k, rng),
            name=f"addition.RULES.{name}",
            loose=True,
            kinds={"seen": "thing", "k": "whole", "rng": "rng"},
        )
        for name, rule in addition.RULES.items()
    ],
]
