"""Right calls of `urn`, see `calls`."""

import numpy as np
from calls_methods import QUICK, TARGETS, numbers
from calls_nn import OVERWRITTEN, T, X, batch, of, quiet, row

from minigrow import growth, urn
from minigrow.nn import Adam


def pool():
    """A pool of nine neurons, three of them hidden."""
    return urn.Network.create(4, 2, size=9, rng=0)


def priced(cls):
    """Train a pool with what wraps its optimiser."""
    return lambda **fields: (
        growth.train(growth.start(pool(), cls(**fields), rng=0), X, T, QUICK._replace(policies=())).net.theta
    )


def paid(**fields):
    """Train a pool on this loss."""
    return urn.train(
        growth.start(pool(), Adam(), rng=0), X, T, QUICK._replace(steps=3), urn.Strengths(**fields)
    ).net.theta


CALLS = [
    row(
        urn.Network.create,
        lambda: {
            "inputs": 2,
            "outputs": 1,
            "size": 8,
            "iterations": 3,
            "activation": "tanh",
            "positions": (),
            "scale": 1.0,
            "rng": 0,
            "dtype": np.float64,
        },
        kinds={"positions": "things values array nan"},
    ),
    row(
        urn.Network,
        lambda: {
            "sizes": {"x": 1, "h": 1, "y": 1},
            "iterations": 3,
            "activation": "tanh",
            "positions": (),
            "theta": np.ones(6),
        },
        quiet(lambda **k: urn.Network(**k)(X[:, :1])),
        kinds={"positions": "things values array nan"},
        loose=True,
    ),
    of(urn.Network, "__call__", pool, lambda: {"X": X.copy()}),
    of(urn.Network, "activations", pool, lambda: {"X": X.copy()}),
    of(urn.Network, "gradient", pool, lambda: numbers(loss="mse", time=0.1), kinds=TARGETS),
    of(urn.Network, "gradient", pool, lambda: batch(loss="softmax")),
    of(
        urn.Network,
        "bound",
        pool,
        lambda: {"g": np.zeros(pool().theta.size), "loss": "mse", "time": 0.0},
        kinds=OVERWRITTEN,
    ),
    row(urn.Dead, lambda: {"reason": "r"}, lambda **k: urn.Dead(**k)(pool())[0].theta, name="urn.Dead"),
    row(
        urn.Strengths,
        lambda: urn.Strengths(l1=0.1, loop=0.1)._asdict(),
        paid,
        name="urn.Strengths",
        kinds={"path": "number"},
    ),
    row(
        urn.Priced,
        lambda: {"inner": Adam(), "strengths": urn.Strengths(l1=0.1), "since": 0, "ramp": 2},
        priced(urn.Priced),
        name="urn.Priced",
    ),
    row(urn.Settling, lambda: {"inner": Adam(), "since": 0, "until": 4}, priced(urn.Settling), name="urn.Settling"),
    row(urn.penalty, lambda: {"net": pool(), "strengths": urn.Strengths(l1=0.1), "X": X.copy()}),
    row(
        urn.fit,
        lambda: numbers(
            net=None,
            size=9,
            strengths=urn.Strengths(),
            ramp=2,
            settle=1,
            rng=0,
            optimiser=Adam(),
            plan=QUICK._replace(steps=4),
        ),
        kinds=TARGETS,
    ),
    row(
        urn.train,
        lambda: numbers(
            run=growth.start(pool(), Adam(), rng=0),
            plan=QUICK._replace(steps=4),
            strengths=urn.Strengths(l1=0.1),
            ramp=2,
            settle=1,
        ),
        kinds=TARGETS,
    ),
    row(urn.predict, lambda: {"net": pool(), "X": X.copy(), "loss": "mse"}),
    row(urn.score, lambda: numbers(net=pool(), loss="mse"), kinds=TARGETS),
    row(urn.score, lambda: batch(net=pool(), loss="softmax"), name="urn.score softmax"),
    row(urn.grow, lambda: {"net": pool(), "neurons": 2, "rng": 0, "scale": 1.0, "reason": "r"}),
    row(urn.prune, lambda: {"net": pool(), "reason": "r"}),
    row(urn.grid, lambda: {"rows": 2, "columns": 2, "hidden": 3, "outputs": 1, "rng": 0}, loose=True),
    row(urn.line, lambda: {"inputs": 3, "hidden": 2, "outputs": 1, "rng": 0}, loose=True),
]
