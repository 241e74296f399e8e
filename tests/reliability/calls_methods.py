"""Right calls of `nimble` and `differentiable_structure`, see `calls`."""

import numpy as np
from calls_nn import OVERWRITTEN, T, X, batch, of, quiet, row

from minigrow import differentiable_structure as ds
from minigrow import growth, nimble
from minigrow.nn import SGD, Adam, RMSProp

QUICK = growth.Plan(epochs=2, batch=None, loss="mse", quiet=True)
STEPS = growth.Plan(steps=5, record=5, quiet=True)
TEXT = "(ab)(abab)" * 4


def numbers(**more):
    """X (6, 4) and targets (6, 2)."""
    return {"X": X.copy(), "y": T.copy(), **more}


def gated(**more):
    """A network of algorithm B."""
    return nimble.controller([4, 3, 2], rng=0, **more)


def text_net(**more):
    """A recurrent network of three neurons."""
    return ds.Network.create("()ab", 3, rng=0, **more)


def residual():
    """A residual network."""
    return ds.Residual.create(4, 5, 2, 1, 3, rng=0)


def rows():
    """A training and a test set."""
    return nimble.sample("cubic", np.random.default_rng(0))


def trials():
    """One trial of algorithm A."""
    return nimble.descend_all([nimble.auxiliary(rng=0)], [rows()], growth.Plan(4, None, "mse", record=2))


def ruled(**fields):
    """Train a text by this rule."""
    return ds.train(ds.start(text_net(), rng=0), TEXT, STEPS, rule=ds.Rule(**fields)).net.theta


def spared(**fields):
    """Visit a run with this policy."""
    return ds.train(
        ds.start(text_net(), rng=0), TEXT, STEPS._replace(policies=(ds.Spares(**fields),)), rule=None
    ).net.theta


TARGETS = {"y": "values array"}
CALLS = [
    row(
        nimble.auxiliary,
        lambda: {
            "widths": [1, 9, 1],
            "goal": 5.0,
            "strength": 0.1,
            "size": 0.0,
            "rule": "auxiliary",
            "spread": 1.0,
            "delta": 1.0,
            "rng": 0,
        },
    ),
    row(
        nimble.controller,
        lambda: {
            "widths": [4, 3, 2],
            "rule": "growing",
            "activation": "tanh",
            "strength": 0.3,
            "init": "glorot",
            "rng": 0,
            "dtype": np.float64,
        },
    ),
    row(
        nimble.Network,
        lambda: {
            "sizes": {"h0": 4, "h1": 3, "h2": 2},
            "activation": "tanh",
            "rule": "growing",
            "goal": 1.0,
            "strength": 0.1,
            "theta": np.ones(gated().theta.size),
            "delta": 1.0,
        },
        quiet(lambda **k: nimble.Network(**k).gradient(X, T)),
        loose=True,
    ),
    of(nimble.Network, "__call__", gated, lambda: {"X": X.copy()}),
    of(nimble.Network, "activations", gated, lambda: {"X": X.copy()}),
    of(nimble.Network, "gradient", gated, lambda: numbers(loss="mse"), kinds=TARGETS),
    of(nimble.Network, "gradient", gated, lambda: batch(loss="softmax")),
    of(nimble.Network, "bound", gated, lambda: {"g": np.zeros(gated().theta.size), "loss": "mse"}, kinds=OVERWRITTEN),
    of(nimble.Network, "gates", gated, lambda: {"layer": 0}),
    row(
        nimble.fit,
        lambda: numbers(net=None, hidden=(3,), rule="growing", rng=0, optimiser=Adam(), plan=QUICK),
        kinds=TARGETS,
    ),
    row(
        nimble.fit,
        lambda: numbers(net=gated(), rng=0, optimiser=Adam(), plan=QUICK),
        kinds=TARGETS,
        name="nimble.fit net",
    ),
    row(nimble.predict, lambda: {"net": gated(), "X": X.copy(), "loss": "mse"}),
    row(nimble.score, lambda: numbers(net=gated(), loss="mse"), kinds=TARGETS),
    row(nimble.score, lambda: batch(net=gated(), loss="softmax"), name="nimble.score softmax"),
    row(nimble.sample, lambda: {"task": "cubic", "rng": np.random.default_rng(0), "noise": 0.1}),
    row(
        nimble.history, lambda: {"result": trials(), "trial": 0, "data": rows(), "observe": growth.snapshot}, loose=True
    ),
    row(
        nimble.run_trials,
        lambda: {
            "task": nimble.TASKS["cubic"]._replace(epochs=200),
            "trials": 2,
            "size": 0.0,
            "rng": 0,
            "hidden": 9,
            "goal": 5.0,
            "strength": 0.1,
            "delta": 1.0,
            "threads": 1,
        },
        loose=True,
    ),
    row(
        nimble.descend_all,
        lambda: {
            "networks": [nimble.auxiliary(rng=0)],
            "data": [rows()],
            "plan": growth.Plan(4, None, "mse", record=2),
            "rate": 0.001,
            "threads": 1,
        },
        loose=True,
        kinds={"networks": "thing", "data": "thing"},
    ),
    row(
        nimble.Gates,
        dict,
        lambda: (
            growth.train(
                growth.start(gated(), SGD(), rng=0), X, T, QUICK._replace(policies=(nimble.Gates(),))
            ).net.theta
        ),
        name="nimble.Gates",
    ),
    row(ds.Network.create, lambda: {"alphabet": "ab", "neurons": 2, "rng": 0, "dtype": np.float64}),
    row(
        ds.Network,
        lambda: {"sizes": {"x": 2, "h": 1, "y": 2}, "alphabet": "ab", "theta": np.ones(8)},
        lambda **k: ds.Network(**k)("abab"),
    ),
    of(ds.Network, "__call__", text_net, lambda: {"text": "abab"}),
    of(
        ds.Network,
        "gradient",
        text_net,
        lambda: {"x": np.array([0, 1]), "y": np.array([1, 0]), "h": np.zeros(3), "loss": "softmax"},
        kinds={"x": "labels", "h": "array"},
    ),
    of(
        ds.Network,
        "bound",
        text_net,
        lambda: {"g": np.zeros(text_net().theta.size), "loss": "softmax"},
        kinds=OVERWRITTEN,
    ),
    row(ds.Residual.create, lambda: {"inputs": 4, "width": 5, "outputs": 2, "layers": 1, "neurons": 3, "rng": 0}),
    row(
        ds.Residual,
        lambda: {"sizes": dict(residual().sizes), "theta": residual().theta},
        quiet(lambda **k: ds.Residual(**k)(X)),
        loose=True,
    ),
    of(ds.Residual, "__call__", residual, lambda: {"X": X.copy()}),
    of(ds.Residual, "gradient", residual, lambda: batch(loss="softmax")),
    row(ds.Rule, lambda: ds.Rule()._asdict(), ruled, name="differentiable_structure.Rule"),
    row(ds.Spares, lambda: {"rule": ds.Rule()}, spared, name="differentiable_structure.Spares"),
    row(ds.alphabet_of, lambda: {"text": "abab"}),
    row(ds.easy, lambda: {"length": 30, "chance": 0.6, "rng": 0}),
    row(ds.hard, lambda: {"length": 30, "letters": 6, "rng": 0}, kinds={"letters": "whole"}),
    row(ds.evaluate, lambda: {"net": text_net(), "text": "abab"}),
    row(ds.predict, lambda: {"net": text_net(), "text": "abab"}),
    row(ds.score, lambda: {"net": text_net(), "text": "abab"}),
    row(ds.sample, lambda: {"net": text_net(), "length": 5, "prompt": "ab", "rng": 0}),
    row(ds.grow, lambda: {"net": text_net(), "rng": 0, "rule": ds.Rule(), "reason": "r"}),
    row(ds.prune, lambda: {"net": text_net(), "neurons": [1], "reason": "r"}),
    row(
        ds.start,
        lambda: {"net": text_net(), "rng": 0, "optimiser": RMSProp(), "memory": (0.01, 0.0)},
        kinds={"memory": "pair values"},
    ),
    row(
        ds.train,
        lambda: {"run": ds.start(text_net(), rng=0), "text": TEXT, "plan": STEPS, "rule": None, "chunk": 5},
        kinds={"rule": "none"},
    ),
    row(
        ds.fit,
        lambda: {"text": TEXT, "net": None, "rng": 0, "plan": STEPS, "rule": ds.Rule()},
        kinds={"rule": "none", "net": "none", "text": "letters"},
    ),
]
