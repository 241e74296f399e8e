"""Experiment 3: what one growing network does, epoch by epoch: its size, its weights, its gates. Both algorithms.

Algorithm A learns the cubic, growing and grown from the same draws; algorithm B learns the Bessel sum, and its controller, open
neurons and error are shown. The history of the growing network of algorithm A is kept for replay.
Source: Radhakrishnan et al. 2025, first figure (weights and N over training).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, below, judge, mean, within
from minigrow.experiments.nimble.common import trained
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds, rounded
from minigrow.growth import History, Plan, watch
from minigrow.nimble import TASKS, auxiliary, controller, descend_all, history, released, sample
from minigrow.nimble.gates import neurons_on

QUICK = {"repeats": 8, "task": "cubic", "every": 500, "mask_epochs": 3000, "mask_points": 256}
FULL = {"repeats": 20, "task": "cubic", "every": 200, "mask_epochs": 5000, "mask_points": 1024}
PROTOCOL = (
    Setting("repeats", 200, "repeats", why="the figure shows every one of them",
            effect="wider intervals; the estimates are not shifted"),
    Setting("task of algorithm A", "J_0 on [0.1, 0.2], one data set for all runs", "task",
            why="the cubic is a task of the first experiment",
            effect="not measured"),
    Setting("epochs between two records", "not given", "every", why="enough for a smooth curve", effect="none on the training"),
    Setting("epochs of A, rate, lambda, N_goal, neurons, delta", "40000, 0.001, 0.1, 5, 9, 1"),
    Setting("epochs of algorithm B", 5000, "mask_epochs"),
    Setting("points of algorithm B", 32768, "mask_points", why="32 times the time", effect="none on c, which needs no data to reach 1"),
    Setting("first weights of algorithm B", "W and b uniform in +-1/sqrt(inputs)"),
    Setting("rate of algorithm B", "0.0003 in the figures", ours="0.001", why="at 0.0003 c is 0.952 after 5000 epochs",
            effect="c is above 0.999 at the end"),
)  # fmt: skip
FIGURES = {
    "anatomy.png": (
        "One growing network: its size N, the outgoing weight of each neuron before and after its gate opens, the "
        "training error; and the controller of the mask network."
    ),
}
STARTS = {"growing": 0.0, "grown": 5.0}
MASK = {"epoch": "epoch", "s": "s", "test_loss": "validation_loss"}  # names in the results, columns of the history


def lives(job: tuple[str, int, int]) -> dict[str, History]:
    """Return the histories of a growing and a grown network on the same data; job = task, epochs between records, seed."""
    task, every, seed = job
    found, plan = {}, Plan(TASKS[task].epochs, None, TASKS[task].loss, record=every)
    for kind, size in STARTS.items():
        rng = np.random.default_rng(seed)
        rows = sample(task, rng)
        net = auxiliary(strength=TASKS[task].strength, size=size, rng=rng)
        seen = watch(rows.X, rows.y, loss=TASKS[task].loss, task="Learn a curve, the cubic, from a few of its points.")
        found[kind] = history(descend_all([net], [rows], plan, TASKS[task].rate, 1), 0, rows, seen)
    return found


def masked(job: tuple[int, int, int]) -> dict[str, list[float]]:
    """Return epoch, c and test error of a network of algorithm B on the Bessel sum; job = epochs, points, seed."""
    epochs, points, seed = job
    parts = released.split80(*released.bessel(points), np.random.default_rng(seed))
    net = controller([1, 10, 1], init="fan_in_uniform", rng=seed)
    life = trained(net, parts, Plan(epochs, None, "mse", record=50))[1]
    return {name: rounded(life[column], 6) for name, column in MASK.items()}


def relive(config: dict[str, Any], seed: int, data: dict[str, Any]) -> History:
    """Return the history that is kept, of the first growing network."""
    return lives((config["task"], config["every"], child_seeds(seed, config["repeats"])[0]))["growing"]


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Follow some networks of both algorithms closely."""
    seeds = child_seeds(seed, config["repeats"])
    found = list(pmap(lives, [(config["task"], config["every"], s) for s in seeds]))
    masks = list(pmap(masked, [(config["mask_epochs"], config["mask_points"], s) for s in seeds]))
    shown = {
        kind: {name: rounded(life[name], 6) for name in ("epoch", "s", "loss", "W1", "w1", "b1", "W2", "b2", "gates")}
        for kind, life in found[0].items()
    }
    sizes = {kind: rounded(np.stack([lives[kind]["s"] for lives in found]), 6) for kind in STARTS}
    losses = {kind: rounded(np.stack([lives[kind]["loss"] for lives in found]), 6) for kind in STARTS}
    data = {"shown": shown, "size": sizes, "loss": losses, "mask": masks[0], "c": [mask["s"][-1] for mask in masks]}
    return Outcome(data, found[0]["growing"])


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge whether N rises to its goal, whether the control keeps its size, and whether c reaches 1."""
    size, held = np.array(data["size"]["growing"]), np.array(data["size"]["grown"])
    return [
        judge("the growing network's N ends at its goal of 5", "abstract 1: evolving small networks into larger ones during training",
              mean(size[:, -1]), "neurons", within(4.9, 5.2)),
        judge("the grown control keeps its size, though N is a weight there too", "the control is static",
              mean(np.abs(held - 5).max(axis=1)), "neurons away from 5 at most", below(0.5)),
        judge("the controller of algorithm B ends at 1, all neurons on", "abstract 2: a controller-generated mask",
              mean(data["c"]), "c", within(0.99, 1.01)),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `anatomy.png`: N and gates, weights, errors of algorithm A; controller, neurons on and error of B."""
    from minigrow.plotting import COLOURS, GREY, look, name_curve, picture

    shown = data["shown"]["growing"]
    epoch = np.array(shown["epoch"]) / 1000
    with picture(folder / "anatomy.png", columns=2, rows=2, panel=(7.2, 4.8)) as axes:
        ax = axes[0, 0]
        for i, kind in enumerate(STARTS):
            for j, size in enumerate(data["size"][kind]):
                ax.plot(epoch, size, label=kind if j == 0 else None, alpha=0.7, **look(i))
        ax.set(title="A: the size is a weight", xlabel="epoch (thousands)", ylabel="N (neurons)")
        ax.legend()
        ax = axes[0, 1]
        gates, outgoing = np.array(shown["gates"]), np.array(shown["W2"])
        for m in range(outgoing.shape[1]):
            on = gates[:, m] > 0
            ax.plot(epoch, np.where(on, outgoing[:, m], np.nan), color=COLOURS[m % len(COLOURS)])
            if on[-1]:
                name_curve(ax, epoch[-1], outgoing[-1, m], f"neuron {m + 1}", m)
            ax.plot(epoch, np.where(on, np.nan, outgoing[:, m]), color=GREY, linestyle=":", linewidth=1.5)
        ax.set(title="A, growing: grey dots until a neuron opens", xlabel="epoch (thousands)", ylabel="outgoing weight")
        ax.set_xlim(None, 1.22 * epoch[-1])
        ax = axes[1, 0]
        for i, kind in enumerate(STARTS):
            ax.plot(epoch, np.median(data["loss"][kind], axis=0), label=f"{kind}, median", **look(i))
        ax.set_yscale("log")
        ax.set(title="A: the error while it grows", xlabel="epoch (thousands)", ylabel="training error")
        ax.legend()
        _mask(axes[1, 1], data["mask"], look)


def _mask(ax, mask, look):
    epoch, c = np.array(mask["epoch"]), np.array(mask["s"])
    ax.plot(epoch, neurons_on(c, 10)[0], label="neurons on, p of 10", **look(0))
    ax.plot(epoch, 10 * c, label="10 c", **look(2))
    ax.set(title="B: a controller opens the mask", xlabel="epoch", ylabel="neurons")
    other = ax.twinx()
    other.plot(epoch, mask["test_loss"], label="test error (right)", **look(1))
    other.set(yscale="log", ylim=(min(mask["test_loss"]) / 3000, None))
    other.set_ylabel("test error")
    other.grid(False)
    ax.legend(*(a + b for a, b in zip(ax.get_legend_handles_labels(), other.get_legend_handles_labels(), strict=True)))
