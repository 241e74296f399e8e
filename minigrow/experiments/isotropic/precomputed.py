"""Can all matrix products be computed before any gain is known, and do wider networks contain the narrower ones?

On trained networks [d, w, w, w, K] in float64: logits from the precomputed products (`isotropic.fast.precompute`) beside those of the
layered pass, logits of the same network inside a wider class (`isotropic.growing.embed`), and the time of both passes.
Source: Bird 2026, appendix; the authors' program has neither, so criteria and times are ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, below, exactly, judge, mean, median
from minigrow.experiments.isotropic.common import in_float64, network, trained
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, parts, rounded
from minigrow.growth import Plan
from minigrow.isotropic import embed
from minigrow.isotropic.fast.precompute import forward_precomputed, precompute
from minigrow.nn import AdamW
from minigrow.plotting import log_bars, picture

FULL = {
    "repeats": 20,
    "data": ["digits", "mnist-1d"],
    "width": 100,
    "layers": 3,
    "steps": 1042,
    "rate": 1e-3,
    "rows": [1, 1000],
}
QUICK = FULL | {"repeats": 5, "steps": 60}
FIGURES = {
    "precomputed.png": (
        "Time of the layered pass and of the pass with precomputed products, for one sample and for a thousand, on each data set: "
        "medians with 95 % intervals."
    ),
}
LIMIT = 64  # eps, as in the laws
PROTOCOL = (
    Setting("repeats", "no program of theirs", "repeats", why="the experiment is ours", effect="none to compare with"),
    Setting("data", "no program of theirs", "data", why="the experiment is ours", effect="none to compare with"),
    Setting("width of the hidden layers", 100, "width"),
    Setting("hidden layers", 2, "layers", why="the sums of products are trivial in two layers", effect="not measured"),
    Setting("steps", 52100, "steps", why="an identity holds for any weights", effect="none on the identities"),
    Setting("rate of AdamW", 1e-3, "rate"),
    Setting("samples timed at once", "no program of theirs", "rows", why="the experiment is ours", effect="each is judged"),
)  # fmt: skip


class Job(NamedTuple):
    """One network: the name of its data, and the rest as in FULL."""

    data: str
    seed: int
    width: int
    layers: int
    steps: int
    rate: float
    rows: tuple[int, ...]


def one(job: Job) -> dict[str, Any]:
    """Return both deviations in eps of the largest logit, and the ratio of times for each number of samples."""
    train, test = parts(job.data, job.seed)
    widths = [train.X.shape[1], *[job.width] * job.layers, len(train.classes)]
    net = network(widths, job.seed, o="trainable", psi="decay")
    net = in_float64(trained(net, train, job.seed, Plan(steps=job.steps), AdamW(job.rate, weight_decay=1e-3)).net)
    X, products = test.X.astype(np.float64), precompute(net)
    wider = embed(net, [widths[0], *[w + 10 for w in widths[1:-1]], widths[-1]], rng=job.seed)
    found = {
        "precomputed": deviation(net(X), forward_precomputed(net, products, X)),
        "wider": deviation(net(X), wider(X)),
    }
    X = np.resize(X, (max(job.rows), X.shape[1]))
    passes = {"layered": net, "products": lambda X: forward_precomputed(net, products, X)}
    seconds = {name: [seconds_of(f, X[:n]) for n in job.rows] for name, f in passes.items()}
    return found | {"seconds": seconds}


def deviation(z: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference of two arrays in eps of the largest entry of z.

    >>> deviation(np.array([2.0]), np.array([2.0]))
    0.0
    """
    return float(np.abs(other - z).max() / np.abs(z).max() / np.finfo(np.float64).eps)


def seconds_of(f: Callable, X: np.ndarray, times: int = 15) -> float:
    """Return the median time of f(X).

    >>> seconds_of(np.sum, np.ones(3)) > 0
    True
    """
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        f(X)
        taken.append(time.perf_counter() - began)
    return float(np.median(taken))


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train and compare every network, in turn: what runs side by side would disturb the clock."""
    seeds, rest = child_seeds(seed, config["repeats"]), [config[key] for key in ("width", "layers", "steps", "rate")]
    measured = {}
    for name in config["data"]:
        found = [one(Job(name, s, *rest, tuple(config["rows"]))) for s in seeds]
        measured[name] = {key: rounded([row[key] for row in found]) for key in ("precomputed", "wider")}
        measured[name] |= {key: rounded([row["seconds"][key] for row in found]) for key in ("layered", "products")}
    return Outcome({"rows": config["rows"], "measured": measured})


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge both identities and, for each number of samples, whether the products save time."""
    found, unit = [], "eps of the largest logit"
    for name, rows in data["measured"].items():
        for key, what, says in (
            (
                "precomputed",
                "logits from precomputed products are those of the layered pass",
                "parallel precomputation",
            ),
            ("wider", "a wider network computes the same function", "a nested functional class"),
        ):
            fact = exactly(f"worst of all networks <= {LIMIT} eps", max(rows[key]) <= LIMIT)
            found.append(judge(f"{name}: {what}", f"abstract 9: {says}", mean(rows[key]), unit, fact))
        ratios = np.array(rows["products"]) / np.array(rows["layered"])
        for n, values in zip(data["rows"], ratios.T, strict=True):
            text = f"{name}: with the products at hand, a pass over {n} row{'s' * (n > 1)} takes less time than layer by layer"
            paper, unit_of_time = "abstract 9: parallel precomputation", "of the layered pass's time, one thread"
            found.append(judge(text, paper, median(values), unit_of_time, below(1)))
    return found


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `precomputed.png`: the time of both passes against the number of samples, a panel for each data set."""
    names = list(data["measured"])
    with picture(folder / "precomputed.png", columns=len(names), panel=(6.4, 4.8), sharey=True) as axes:
        for ax, name in zip(axes[0], names, strict=True):
            for i, (key, label) in enumerate((("layered", "layer by layer"), ("products", "precomputed products"))):
                log_bars(ax, data["rows"], 1e3 * np.array(data["measured"][name][key]), i, label)
            ax.set(title=name, xlabel="samples at once", ylabel="milliseconds, one thread", xscale="log")
            ax.set_xticks(data["rows"], data["rows"])
            ax.xaxis.minorticks_off()
            ax.legend()
