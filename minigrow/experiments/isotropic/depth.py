"""How deep can an isotropic network be and still learn, beside element-wise tanh, and what do its Jacobians say?

Networks of D equally wide hidden layers train at one rate from orthogonal starts, without residual paths. Per hidden layer the
activation multiplies the input-output Jacobian J = dlogits/dx by

    isotropic      a 1 + (a'/rho) z z'        sigma: a = tanh(rho) / rho, in h - 1 directions, and sech^2 rho, along z
    element-wise   diag(sech^2 z)

Before and after training, on test samples, we measure the mean log singular value of J per layer of weights (0: signals keep
their size), the gradient's length in each W_l, and the length of the last hidden layer. A net that learns keeps at least half of
the accuracy that one hidden layer has.
Source: the Jacobian of Bird 2026; its authors' programs have no experiment on depth, so this one is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import Dataset
from minigrow.experiments.claims import Claim, above, geometric, judge, mean, within
from minigrow.experiments.isotropic.common import accuracy, in_float64, network, tanh_network, trained
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, overlap, parts, rounded, rows_of
from minigrow.growth import Plan
from minigrow.nn import MLP, AdamW
from minigrow.nn.mlp import EVERY_ACTIVATION, forward
from minigrow.nn.params import views
from minigrow.plotting import LINES, band, bars, picture

SAME = {"width": 32, "rate": 1e-3, "weight_decay": 1e-3, "batch": 48, "samples": 100}
QUICK = SAME | {"repeats": 5, "data": ["digits", "mnist-1d"], "depths": [1, 4, 16], "steps": 100}
FULL = SAME | {"repeats": 10, "data": ["digits", "mnist-1d"], "depths": [1, 4, 16, 32, 64], "steps": 1042}
FIGURES = {
    "depth.png": (
        "Test accuracy and the mean log singular value of the input-output Jacobian per layer, at the start and after training, "
        "against depth, isotropic and element-wise tanh on each data set."
    ),
    "depth_gradients.png": (
        "Length of the loss gradient in the weights of each layer of the deepest networks, at the start and after training "
        "(geometric means over repeats with 95 % bands)."
    ),
}
PROTOCOL = (
    Setting("repeats", "none: no experiment on depth", "repeats", why="this comparison is ours",
            effect="intervals from 10 repeats"),
    Setting("data", "CIFAR-10 and others", "data", why="these come with the package", effect="not measured"),
    Setting("hidden layers", "2 to 6", "depths", why="the question is where learning stops", effect="that is what the claims judge"),
    Setting("width", "500 or 1000", "width", why="time", effect="not measured"),
    Setting("steps", "52100", "steps", why="time: one epoch of the authors'",
            effect="one seed, 2000 steps, 64 layers: isotropic 93.3 % on the digits, 9.8 % on MNIST-1D; element-wise 32.0, 9.8 %"),
    Setting("learning rate of AdamW", 1e-3, "rate"),
    Setting("weight decay", 1e-3, "weight_decay"),
    Setting("samples in a batch", 48, "batch"),
    Setting("test samples for Jacobians and gradients", "none", "samples", why="this measure is ours",
            effect="noise: see the intervals"),
    Setting("o and psi", "none, as in experiment 6"),
)  # fmt: skip
ISOTROPIC, TANH = SIDES = ("isotropic tanh", "element-wise tanh")
WHEN = ("start", "end")


class Job(NamedTuple):
    """One network: data set, side, hidden layers, steps, the rest of the configuration as pairs, seed."""

    data: str
    side: str
    depth: int
    steps: int
    same: tuple[tuple[str, Any], ...]
    seed: int


def plain(net: Any) -> MLP:
    """Return a perceptron with the same weights in float64, whose activation `isotropic_tanh` is the network's where o = psi = 0.

    >>> net = network([4, 3, 2], 0, o="none", psi="none")
    >>> np.allclose(plain(net)(np.ones((5, 4))), net(np.ones((5, 4), np.float32)))
    True
    """
    net = in_float64(net)
    bare = MLP.create(net.widths, net.activation, rng=0)
    return bare.with_params({name: net.params[name] for name in bare.axes})


def jacobians(net: MLP, X: np.ndarray) -> np.ndarray:
    """Return J = dlogits/dx (n, m_L, m_0) for X (n, m_0): each logit's unit vector, sent backwards through the layers.

    >>> W = np.array([[1.0, 2.0]])
    >>> jacobians(MLP.create([2, 1], rng=0).with_params({"W1": W, "b1": np.zeros(1)}), np.zeros((1, 2)))
    array([[[1., 2.]]])
    """
    (Z, _), k, act = forward(net, X), net.widths[-1], EVERY_ACTIVATION[net.activation]
    G = np.tile(np.eye(k), (len(X), 1))
    for l in range(net.layers, 0, -1):
        G = G @ net.params[f"W{l}"]
        if l > 1:
            G = act.backward(np.repeat(Z[l - 2], k, axis=0), G)
    return G.reshape(len(X), k, -1)


def gradients(net: MLP, data: Dataset) -> np.ndarray:
    """Return the length of dL/dW_l for each layer (L,), L the mean softmax loss on the data."""
    g = views(net.gradient(data.X, data.y)[1], net.shapes)
    return np.array([np.linalg.norm(g[f"W{l}"]) for l in range(1, net.layers + 1)])


def anatomy(net: Any, data: Dataset) -> dict[str, Any]:
    """Return the mean log singular value of J per layer, the last hidden layer's mean length, log10 gradients for each W_l."""
    net = plain(net)
    sigma = np.linalg.svd(jacobians(net, data.X), compute_uv=False)
    per_layer = np.log(np.maximum(sigma, 1e-300)).mean() / net.layers
    length = np.linalg.norm(forward(net, data.X)[1][-1], axis=1).mean()
    gradient = np.log10(np.maximum(gradients(net, data), 1e-300))
    return {"jacobian": float(per_layer), "length": float(length), "gradient": gradient.tolist()}


def one(job: Job) -> dict[str, Any]:
    """Return the test accuracy (%) after training, and the anatomy at the start and at the end."""
    c, (train, test) = dict(job.same), parts(job.data, job.seed)
    widths = [train.X.shape[1], *[c["width"]] * job.depth, len(train.classes)]
    net = network(widths, job.seed, o="none", psi="none") if job.side == ISOTROPIC else tanh_network(widths, job.seed)
    optimiser = AdamW(rate=c["rate"], weight_decay=c["weight_decay"])
    after = trained(net, train, job.seed, Plan(steps=job.steps, batch=c["batch"]), optimiser).net
    few = test._replace(X=test.X[: c["samples"]].astype(np.float64), y=test.y[: c["samples"]])
    return {"accuracy": accuracy(after, test)} | dict(zip(WHEN, (anatomy(net, few), anatomy(after, few)), strict=True))


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every depth of both sides on every data set from the same seeds."""
    seeds, names = child_seeds(seed, config["repeats"]), config["data"]
    same, n = tuple((name, config[name]) for name in SAME), config["repeats"]
    cells = [(name, side, depth) for name in names for side in SIDES for depth in config["depths"]]
    found = pmap(one, [Job(*cell, config["steps"], same, s) for cell in cells for s in seeds])
    rows = [_row(cell, found[i * n : (i + 1) * n], max(config["depths"])) for i, cell in enumerate(cells)]
    return Outcome({"overlap": {name: overlap(name) for name in names}, "rows": rows})


def _row(cell, mine, deepest):
    """Return one cell's numbers; the gradients of each layer are kept for the deepest networks only."""
    row = dict(zip(("data", "side", "depth"), cell, strict=True)) | {
        "accuracy": rounded([one["accuracy"] for one in mine])
    }
    for when in WHEN:
        row[when] = {key: rounded([one[when][key] for one in mine]) for key in ("jacobian", "length")}
        if cell[-1] == deepest:
            row[when]["gradient"] = rounded([one[when]["gradient"] for one in mine], 4)
    return row


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge, for each data set, at which depths networks still learn, and whether Jacobians keep their size."""
    shares = data["overlap"].items()
    return [claim for name, share in shares for claim in _judged(name, rows_of(data["rows"], name), share)]


def _judged(name, rows, overlapping):
    of = {(row["side"], row["depth"]): row for row in rows}
    depths = sorted({depth for _, depth in of})
    paper, deep = "(ours) how deep it may be", depths[-1]
    found = []
    for depth in depths[1:]:
        kept = geometric(*(np.maximum(of[ISOTROPIC, d]["accuracy"], 1e-9) for d in (depth, depths[0])), overlapping)
        found.append(judge(f"{name}: isotropic nets of {depth} hidden layers keep half of the accuracy of {depths[0]}", paper,
                           kept, "of that accuracy", above(0.5)))  # fmt: skip
    ahead = mean(np.subtract(of[ISOTROPIC, deep]["accuracy"], of[TANH, deep]["accuracy"]), overlapping)
    found.append(judge(f"{name}: with {deep} hidden layers isotropic tanh learns better than element-wise tanh",
                       "(ours) gradients flow sideways where element-wise tanh saturates", ahead, "pp of test accuracy",
                       above(0)))  # fmt: skip
    for when in WHEN:
        mine, other = (np.array(of[side, deep][when]["jacobian"]) for side in SIDES)
        text = f"{name}: with {deep} hidden layers, at the {when} of training, "
        unit = "mean log singular value of J per layer"
        found += [
            judge(text + "the isotropic Jacobian keeps its size, to 5 % a layer", "(ours) a 1 + (a'/rho) z z'", mean(mine, overlapping),
                  unit, within(-0.05, 0.05)),
            judge(text + "the isotropic Jacobian shrinks less than the element-wise one", "(ours) a 1 + (a'/rho) z z'",
                  mean(mine - other, overlapping), f"{unit}, isotropic - element-wise", above(0)),
        ]  # fmt: skip
    return found


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `depth.png`, accuracy and Jacobians against depth, and `depth_gradients.png`, gradients layer by layer."""
    names = list(data["overlap"])
    with picture(folder / "depth.png", columns=2, rows=len(names), panel=(7.2, 4.8)) as axes:
        for (left, right), name in zip(axes, names, strict=True):
            _depths(left, right, rows_of(data["rows"], name))
            left.set(title=f"{name}: accuracy after training", ylabel="test accuracy (%)", ylim=(0, 100))
            right.set(title=f"{name}: input-output Jacobian", ylabel="mean log sigma per layer")
            for ax in (left, right):
                ax.legend(loc="best")
    with picture(folder / "depth_gradients.png", columns=len(names), panel=(7.2, 4.8)) as axes:
        for ax, name in zip(axes[0], names, strict=True):
            deepest = [row for row in rows_of(data["rows"], name) if "gradient" in row["start"]]
            for i, (row, when) in enumerate((row, when) for row in deepest for when in WHEN):
                curves = np.array(row[when]["gradient"])
                band(ax, np.arange(1, curves.shape[1] + 1), curves, i, f"{row['side']}, {when}")
            ax.set(title=f"{name}: gradients", xlabel="layer of weights", ylabel="log10 of the gradient's length")
            ax.legend(loc="best")


def _depths(left: Any, right: Any, rows: list[dict[str, Any]]) -> None:
    for i, side in enumerate(SIDES):
        mine = [row for row in rows if row["side"] == side]
        x = [row["depth"] for row in mine]
        bars(left, x, np.array([row["accuracy"] for row in mine]).T, i, side)
        for j, when in enumerate(WHEN):
            values = np.array([row[when]["jacobian"] for row in mine]).T
            bars(right, x, values, i, f"{side}, {when}", linestyle=LINES[3 * j], mfc=("white", None)[j])
    for ax in (left, right):
        ax.set(xscale="log", xlabel="hidden layers")
        ax.set_xticks(x, x)
        ax.minorticks_off()
