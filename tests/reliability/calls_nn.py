"""Right calls of `nn`, `isotropic` and `export`, see `calls`."""

import numpy as np

from minigrow import export, isotropic, nn
from minigrow.growth import Plan, start, train
from minigrow.nn import losses, optimisers

X = np.random.default_rng(0).standard_normal((6, 4))
y = np.array([0, 1, 0, 1, 1, 0])
T = np.random.default_rng(1).standard_normal((6, 2))


def mlp(**more):
    """A plain network 4-3-2."""
    return nn.MLP.create([4, 3, 2], rng=0, **more)


def iso(**more):
    """An isotropic network 4-3-3-2."""
    return isotropic.Network.create([4, 3, 3, 2], rng=0, **more)


def batch(**more):
    """X (6, 4) and labels."""
    return {"X": X.copy(), "y": y.copy(), **more}


def of(cls, name, make, more, **options):
    """A row for a method: its network comes first."""
    method = getattr(cls, name)
    label = f"{cls.__module__.split('.')[1]}.{cls.__name__}.{name}"
    return label, lambda self, **rest: getattr(self, name)(**rest), lambda: {"self": make(), **more()}, method, options


def row(function, arguments, act=None, name=None, **options):
    """A row for a function of a package."""
    label = name or f"{function.__module__.split('.')[1]}.{function.__qualname__}"
    return label, act or function, arguments, function, options


def stepped(cls):
    """A row for an optimiser: it trains for a step."""

    def act(**numbers):
        return train(start(mlp(), cls(**numbers), rng=0), X, y, Plan(epochs=1)).net.theta

    return row(cls, lambda: cls()._asdict(), act, f"nn.{cls.__name__}")


def wrapped(cls, **more):
    """A row for what wraps an optimiser: it trains for a step."""

    def act(**fields):
        return train(start(mlp(), cls(**fields), rng=0), X, y, Plan(epochs=1)).net.theta

    return row(cls, lambda: {"inner": nn.SGD(), **more}, act, f"nn.{cls.__name__}")


def quiet(act):
    """Ask a network with theta of any size: one that diverged says infinity, and NumPy's warning of it would be right."""

    def asked(**fields):
        with np.errstate(all="ignore"):
            return act(**fields)

    return asked


def adapted(**fields):
    """Train with this policy."""
    policy = isotropic.AutoAdapt(**fields)
    return train(start(iso(), nn.SGD(), rng=0), X, y, Plan(epochs=1, policies=(policy,))).net.theta


def targets(**more):
    """X (6, 4) and targets (6, 2)."""
    return {"X": X.copy(), "y": T.copy(), **more}


OVERWRITTEN = {"g": "array nan"}  # g is written before it is read: what stood there does not matter
QUICK = Plan(epochs=2, quiet=True)
CALLS = [
    row(nn.softmax, lambda: {"p": T.copy()}),
    row(nn.accuracy, lambda: {"p": T.copy(), "t": y.copy()}),
    row(nn.deviation, lambda: {"found": T.copy(), "expected": T.copy()}, loose=True),
    row(
        nn.complex_step,
        lambda: {"f": lambda x: np.sum(np.tanh(x)), "x": np.ones(2), "step": 1e-30},
        loose=True,
        kinds={"x": "array values nan"},  # infinite entries may have a meaning
    ),
    row(losses.goodness, lambda: {"p": T.copy(), "y": y.copy(), "loss": "softmax"}),
    row(losses.predictions, lambda: {"p": T.copy(), "loss": "softmax"}),
    row(
        nn.MLP.create,
        lambda: {"widths": [4, 3, 2], "activation": "tanh", "init": "glorot", "rng": 0, "dtype": np.float64},
    ),
    row(
        nn.MLP,
        lambda: {"sizes": {"h0": 4, "h1": 3, "h2": 2}, "activation": "tanh", "theta": np.ones(23)},
        quiet(lambda **k: nn.MLP(**k)(X)),
        loose=True,
    ),
    of(nn.MLP, "__call__", mlp, lambda: {"X": X.copy()}),
    of(nn.MLP, "activations", mlp, lambda: {"X": X.copy()}),
    of(nn.MLP, "gradient", mlp, lambda: batch(loss="softmax")),
    of(nn.MLP, "gradient", mlp, lambda: targets(loss="mse"), kinds={"y": "values array"}),
    of(nn.MLP, "gradient", mlp, lambda: {"X": X.copy(), "y": np.eye(2)[y], "loss": "binary"}),
    of(nn.MLP, "gradient", mlp, lambda: {"X": X.copy(), "y": y[:, None].copy(), "loss": "blocks"}),
    of(nn.MLP, "signals", mlp, lambda: batch(loss="softmax", back_to=1)),
    of(nn.MLP, "bound", mlp, lambda: {"g": np.zeros(23), "loss": "softmax"}, kinds=OVERWRITTEN),
    of(nn.MLP, "with_theta", mlp, lambda: {"theta": np.ones(23)}, loose=True),
    of(nn.MLP, "with_params", mlp, lambda: {"params": dict(mlp().params)}, kinds={"params": "thing"}),
    of(nn.MLP, "hidden", mlp, lambda: {"layer": 0}),
    *[stepped(cls) for cls in optimisers.OPTIMISERS.values() if "inner" not in cls._fields],
    wrapped(nn.L1, strength=0.1),
    wrapped(nn.Pull, amount=0.1),
    row(
        isotropic.AutoAdapt,
        lambda: {"tau": 0.9, "scaffold": 2, "every": 1, "X": None, "counted": "all", "by": "sigma"},
        adapted,
        name="isotropic.AutoAdapt",
        kinds={"X": "X none values array"},
    ),
    row(
        isotropic.Network.create,
        lambda: {
            "widths": [4, 3, 2],
            "activation": "isotropic_tanh",
            "o": "trainable",
            "psi": "trainable",
            "init": "orthogonal",
            "rng": 0,
            "dtype": np.float64,
        },
    ),
    row(
        isotropic.Network,
        lambda: {
            "sizes": {"h0": 4, "h1": 3, "h2": 2},
            "activation": "isotropic_tanh",
            "o": "trainable",
            "psi": "trainable",
            "theta": np.ones(26),
        },
        quiet(lambda **k: isotropic.Network(**k)(X)),
        loose=True,
    ),
    of(isotropic.Network, "__call__", iso, lambda: {"X": X.copy()}),
    of(isotropic.Network, "activations", iso, lambda: {"X": X.copy()}),
    of(isotropic.Network, "gradient", iso, lambda: batch(loss="softmax")),
    of(isotropic.Network, "gradient", iso, lambda: targets(loss="mse"), kinds={"y": "values array"}),
    of(isotropic.Network, "signals", iso, lambda: batch(loss="softmax", back_to=1)),
    of(
        isotropic.Network, "bound", iso, lambda: {"g": np.zeros(iso().theta.size), "loss": "softmax"}, kinds=OVERWRITTEN
    ),
    row(
        isotropic.adapt,
        lambda: {
            "net": iso(),
            "layer": 0,
            "tau": 0.9,
            "scaffold": 2,
            "rng": 0,
            "X": None,
            "counted": "all",
            "by": "sigma",
        },
        kinds={"X": "X none values array"},
    ),
    row(isotropic.diagonalise, lambda: {"net": iso(), "layer": 1}),
    row(isotropic.left_diagonalise, lambda: {"net": iso(), "layer": 1}),
    row(isotropic.singular_values, lambda: {"net": iso(), "layer": 1}),
    row(isotropic.sparsify, lambda: {"net": iso()}),
    row(isotropic.embed, lambda: {"net": iso(), "widths": [4, 5, 6, 2], "rng": 0}),
    row(isotropic.grow, lambda: {"net": iso(), "layer": 0, "neurons": 2, "rng": 0, "scale": 0.1, "reason": "r"}),
    row(
        isotropic.prune,
        lambda: {"net": iso(), "layer": 0, "neurons": 1, "by": "sigma", "X": None, "reason": "r"},
        kinds={"X": "X none values array"},
    ),
    row(
        isotropic.prune,
        lambda: {"net": iso(psi="expectation"), "layer": 0, "neurons": 1, "by": "product", "X": X.copy()},
        name="isotropic.prune psi",
    ),
    row(
        isotropic.fit,
        lambda: {
            **batch(),
            "hidden": [3, 3],
            "rng": 0,
            "adapt": isotropic.AutoAdapt(scaffold=1),
            "optimiser": nn.SGD(),
            "plan": QUICK,
        },
    ),
    row(isotropic.predict, lambda: {"net": iso(), "X": X.copy()}),
    row(isotropic.score, lambda: {"net": iso(), "X": X.copy(), "y": y.copy()}),
    row(export.state_dict, lambda: {"net": iso()}),
    row(
        export.from_state_dict,
        lambda: {"state": export.state_dict(iso()), "kind": "isotropic", "o": "trainable"},
        lambda **k: export.from_state_dict(**k).theta,
    ),
    row(export.to_json, lambda: {"net": iso()}, lambda net: len(export.to_json(net))),
    row(
        export.from_json,
        lambda: {"text": export.to_json(iso())},
        lambda text: export.from_json(text).theta,
        kinds={"text": ""},
    ),
]
