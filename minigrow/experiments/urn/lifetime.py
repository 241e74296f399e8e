"""Experiment 5: change the task and the prices during a network's life: does the structure follow, and the skill recover?

A life has five phases on the same 4 inputs: easy (linear), hard (product of three bits), easy, hard, hard with weights at ten times
the price. At the start of each phase the pool grows new neurons until it is full again; dead ones are pruned as they die.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.experiments.claims import Claim, above, judge, median, within
from minigrow.experiments.registry import Outcome
from minigrow.experiments.urn.common import OURS, RATE, accuracy, child_seeds, column, share, strengths
from minigrow.experiments.urn.tasks import Task, four_bits
from minigrow.growth import History, Plan, Run, accept, snapshot, start
from minigrow.nn import Adam
from minigrow.nn.losses import LOSSES
from minigrow.structure import judge as verdict
from minigrow.structure import read_net
from minigrow.structure.pictures import by_layer
from minigrow.structure.verdict import KINDS
from minigrow.urn import Network, grow, train

QUICK = {"repeats": 10, "steps": 1500, "every": 100}
FULL = {"repeats": 20, "steps": 2000, "every": 100}
FIGURES = {
    "lifetime.png": (
        "Edges, hidden neurons and error of every pool over a life of five phases, easy and hard in turn and then "
        "dearer: single lives thin, the median thick."
    ),
    "lifetime_film.png": (
        "The weight matrix of one pool sorted by layer, early and at the end of each phase: structure comes and "
        "goes with the task; minus marks negative weights."
    ),
}
PHASES = (("easy", 0.01), ("hard", 0.003), ("easy", 0.01), ("hard", 0.003), ("hard", 0.03))
NAMES = ("easy", "hard", "easy again", "hard again", "hard, dearer")
SIZE = 28


class Job(NamedTuple):
    """One life: steps per phase, steps between two records, seed."""

    steps: int
    every: int
    seed: int


def one(job: Job) -> tuple[list[dict], History]:
    """Live through all phases; returns what each one ended with, and the whole history."""
    life = start(Network.create(4, 1, SIZE, rng=job.seed), Adam(RATE), rng=job.seed)
    ends = []
    for kind, l1 in PHASES:
        t = four_bits(kind)
        plan = Plan(batch=None, loss="mse", observe=partial(look, t=t), quiet=True,
                    steps=life.step + job.steps, every=job.every, since=life.step)  # fmt: skip
        life = train(filled(life), t.X, t.y, plan, strengths(l1=l1), job.steps // 2, job.steps // 4)
        row = life.history.rows[-1]
        ends.append({"edges": int(row["edges"]), "hidden": life.net.hidden, "error": float(row["error"]),
                     "accuracy": accuracy(life.net(t.X), t.y), "kind": KINDS[int(row["kind"])]})  # fmt: skip
    return ends, life.history


def filled(life: Run) -> Run:
    """Return the run with new neurons until the pool has SIZE again, the optimiser's state carried along."""
    missing = SIZE - life.net.size
    return accept(life, *grow(life.net, missing, rng=life.rng)) if missing > 0 else life


def look(net: Network, t: Task) -> dict[str, Any]:
    """Return the columns of the film: error, edges, depth, verdict (number in KINDS), live neurons by layer, their matrix.

    For replay, also return all weights and the layer of every hidden neuron (H,), -1 for one that is not live.
    """
    found = read_net(net)
    order = by_layer(found)
    return {
        "error": LOSSES[t.loss](net(t.X), t.y)[0],
        "edges": len(found.edges),
        "depth": found.depth,
        "kind": KINDS.index(verdict(found, net.inputs, net.outputs).kind),
        "layers": np.array(found.widths or (0,)),
        "matrix": net.W[np.ix_(order, order)].ravel().round(4) if len(order) else np.zeros(1),
        "layer.h": found.layer[net.inputs : net.inputs + net.hidden].astype(np.int16),
    } | snapshot(net)


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Live many lives; the first one's history is the film."""
    jobs = [Job(config["steps"], config["every"], s) for s in child_seeds(seed, config["repeats"])]
    found = pmap(one, jobs)
    data = {
        "phase_steps": config["steps"],
        "steps": found[0][1]["step"].tolist(),
        "edges": [history["edges"].tolist() for _, history in found],
        "error": [np.maximum(history["error"], 1e-12).round(12).tolist() for _, history in found],
        "hidden": [history["widths"][:, 1].tolist() for _, history in found],
        "ends": [ends for ends, _ in found],
        "film": film(found[0][1], config["steps"]),
    }
    return Outcome(data, found[0][1])


def film(history: History, steps: int) -> list[dict[str, Any]]:
    """Return pictures of the film: in each phase one early, one late, as matrix and layers."""
    at, frames = history["step"], []
    for phase in range(len(PHASES)):
        for part in (0.2, 1.0):
            row = history.rows[int(np.argmin(np.abs(at - (phase + part) * steps)))]
            frames.append({"phase": phase, "step": int(row["step"]), "layers": np.asarray(row["layers"]).tolist(),
                           "matrix": np.asarray(row["matrix"]).tolist()})  # fmt: skip
    return frames


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge that structure follows the task both ways and the prices, and that the skill comes back in every phase."""
    ends = data["ends"]
    edges = np.array([column(life, "edges") for life in ends])
    right = np.array([column(life, "accuracy") for life in ends]) == 100
    small = np.array([column(life, "error") for life in ends]) < 1e-3
    steps = {"grows when the task gets hard": edges[:, 1] - edges[:, 0], "shrinks when it gets easy": edges[:, 1] - edges[:, 2],
             "grows again": edges[:, 3] - edges[:, 2], "shrinks when weights get dear": edges[:, 3] - edges[:, 4]}  # fmt: skip
    made = []
    for words, change in steps.items():
        made.append(judge(f"the structure {words}", OURS, median(change), "edges (median)", above(0)))
    for i, name in enumerate(NAMES):
        made.append(share(f"the skill is there at the end of phase {i + 1} ({name})", right[:, i] & small[:, i]))
    gap = median(edges[:, 2] - edges[:, 0])
    made.append(judge("back on the easy task, the structure is as small as at first", OURS, gap, "edges more (median)",
                      within(-1, 1)))  # fmt: skip
    return made


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `lifetime.png` (edges, hidden neurons and error over a life) and `lifetime_film.png` (matrices by layer)."""
    from minigrow.plotting import COLOURS, phases, picture

    starts = [i * data["phase_steps"] for i in range(len(PHASES))]
    rows = (("edges", "effective edges", "linear"), ("hidden", "neurons in the hidden pool", "linear"),
            ("error", "mean squared error", "log"))  # fmt: skip
    with picture(folder / "lifetime.png", rows=3, panel=(11, 3.4), sharex=True) as axes:
        for i, (name, title, scale) in enumerate(rows):
            ax, lives = axes[i, 0], np.array(data[name])
            every = ax.plot(data["steps"], lives.T, color=COLOURS[i], alpha=0.35, linewidth=1)
            middle = ax.plot(data["steps"], np.median(lives, axis=0), color="black")
            if i == 1:
                ax.legend([every[0], *middle], [f"each of {len(lives)} lives", "median"], loc="upper right")
            phases(ax, starts, data["steps"][-1], NAMES if i == 0 else [""] * len(NAMES))
            ax.set(ylabel=title, yscale=scale)
        axes[0, 0].set_yscale("log")
        axes[2, 0].set(xlabel="step")
    _strip(data["film"], folder / "lifetime_film.png")


def _strip(frames, path):
    from minigrow.plotting import picture
    from minigrow.structure import pictures

    with picture(path, rows=2, columns=len(PHASES), panel=(3.4, 3.7)) as axes:
        for i, frame in enumerate(frames):
            ax, n = axes[i % 2, i // 2], sum(frame["layers"])
            W = np.array(frame["matrix"]).reshape(n, n) if n else np.zeros((1, 1))
            image = pictures.signed(ax, W)
            for cut in np.cumsum(frame["layers"])[:-1] - 0.5:
                ax.axhline(cut, color="0.3", linewidth=0.8)
                ax.axvline(cut, color="0.3", linewidth=0.8)
            ax.grid(False)
            ax.set(
                xticks=[],
                yticks=[],
                ylabel="to" if i < 2 else None,
                xlabel="from; layers " + "-".join(map(str, frame["layers"]))[:22],
            )
            ax.set_title(f"{NAMES[frame['phase']]}\nstep {frame['step']}", fontsize=13)
            ax.xaxis.label.set_fontsize(11)
        pictures.scale(image, axes)
