"""Experiment 5: change the task, the prices or both during a network's life: what changes, how fast, and what is remembered?

Each life has four phases, on the same 4 inputs (`lives`). In `task` and `task, dear` the price stays and the task changes
between easy (linear) and hard (product of three bits); in `price` and `price, easy` the task stays and the price changes; in `both`
the hard task comes with the lower price, as in our first version, which could not tell the two apart. Two controls
live through `task` and `both`: a frozen mask, and pools trained afresh in each phase.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, Estimate, above, below, judge, mean, median, within
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.urn.common import OURS, at_most, child_seeds, column, share
from minigrow.experiments.urn.lives import Job, one
from minigrow.experiments.urn.protocols import AUTHORS, CORES, POOL
from minigrow.growth import History
from minigrow.growth.snapshot import keep_snapshots

LIVES = {
    "task": [["easy", 0.003], ["hard", 0.003], ["easy", 0.003], ["hard", 0.003]],
    "task, dear": [["easy", 0.01], ["hard", 0.01], ["easy", 0.01], ["hard", 0.01]],
    "price": [["hard", 0.003], ["hard", 0.03], ["hard", 0.003], ["hard", 0.03]],
    "price, easy": [["easy", 0.01], ["easy", 0.003], ["easy", 0.01], ["easy", 0.003]],
    "both": [["easy", 0.01], ["hard", 0.003], ["easy", 0.01], ["hard", 0.003]],
}
CONTROLLED = ("task", "both")
WAYS = ("plastic", "frozen", "afresh")
FULL = {"repeats": 20, "lives": LIVES, "controlled": list(CONTROLLED), "steps": 2000, "every": 10, "rate": 0.01}
QUICK = FULL | {"repeats": 10, "steps": 80}
PICTURES = 100  # rows of the film that keep their weights, for replay
FIGURES = {
    "lifetime.png": (
        "Weights that are not zero over the life of every pool: the task changes, the price changes, or both; single "
        "lives thin, the median thick, and the medians of the controls with a frozen mask and trained afresh."
    ),
    "lifetime_film.png": (
        "The weight matrix of one pool sorted by layer, early and at the end of each phase: structure comes and "
        "goes with the task; minus marks negative weights."
    ),
}
ABSTRACT = "abstract 1: connectivity that changes significantly during a lifetime"
WHY = "the abstract names no task and no number"
PROTOCOL = (
    *POOL,
    Setting("lives", AUTHORS, "repeats", why=WHY, effect="the width of the intervals"),
    Setting("phases", AUTHORS, "lives", why="to tell what the task does and what the price", effect="each life is judged"),
    Setting("lives with controls", AUTHORS, "controlled", **CORES),
    Setting("steps per phase", AUTHORS, "steps", **CORES),
    Setting("steps between records", AUTHORS, "every", why="the time until a skill is back", effect="its resolution"),
    Setting("rate", AUTHORS, "rate", why="as in all experiments of the pool", effect="not measured"),
    Setting("new neurons", AUTHORS, ours="the pool of 28 is filled up at the start of each phase", why="a pool that shrank needs room",
            effect="the frozen mask, which gets none, shows what this and plasticity do together"),
)  # fmt: skip


def made(config: dict[str, Any], seed: int) -> tuple[list[tuple[str, str]], list[Job]]:
    """Return the cells (life, way), and the jobs of all seeds of each cell."""
    cells = [(name, "plastic") for name in config["lives"]]
    cells += [(name, way) for name in config["controlled"] for way in WAYS[1:]]
    seeds = child_seeds(seed, config["repeats"])
    return cells, [
        Job(tuple(map(tuple, config["lives"][name])), way, *(config[key] for key in ("steps", "every", "rate")), i,
            film=(name, way, i) == ("both", "plastic", seeds[0]))
        for name, way in cells for i in seeds
    ]  # fmt: skip


def relive(config: dict[str, Any], seed: int, data: dict[str, Any]) -> History:
    """Return the history that is kept, the film's."""
    (job,) = (job for job in made(config, seed)[1] if job.film)
    return keep_snapshots(one(job)[2], PICTURES)


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Live all lives; the first life in which both change is the film."""
    cells, jobs = made(config, seed)
    found, n = pmap(one, jobs), config["repeats"]
    history = keep_snapshots(next(history for _, _, history in found if history is not None), PICTURES)
    lives = [
        {"life": name, "way": way, "ends": [ends for ends, _, _ in found[i * n : (i + 1) * n]],
         "edges": [_thin(course["edges"]) for _, course, _ in found[i * n : (i + 1) * n]]}
        for i, (name, way) in enumerate(cells)
    ]  # fmt: skip
    data = {"phase_steps": config["steps"], "phases": config["lives"], "lives": lives}
    return Outcome(data | {"film": film(history, config["steps"])}, history)


def _thin(values, most=160):
    return [int(v) for v in values[:: max(1, len(values) // most)]]


def film(history: History, steps: int) -> list[dict[str, Any]]:
    """Return pictures of the film: in each phase one early, one late, as matrix and layers."""
    at, frames = history["step"], []
    for phase in range(len(LIVES["both"])):
        for part in (0.2, 1.0):
            row = history.rows[int(np.argmin(np.abs(at - (phase + part) * steps)))]
            frames.append({"phase": phase, "step": int(row["step"]), "layers": np.asarray(row["layers"]).tolist(),
                           "matrix": np.asarray(row["matrix"]).tolist()})  # fmt: skip
    return frames


def table(data: dict[str, Any], life: str, name: str, way: str = "plastic") -> np.ndarray:
    """Return one number of all lives (n, phases); what is None there is NaN."""
    (found,) = [cell["ends"] for cell in data["lives"] if (cell["life"], cell["way"]) == (life, way)]
    return np.array([column(ends, name) for ends in found])


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge what changes with the task, the price and both, what the controls do, how fast skills return, what is remembered."""
    return [*_changes(data), *_skills(data), *_controls(data), *_memory(data)]


def _changes(data):
    made, unit = [], "edges (median)"
    for life in ("task", "task, dear", "both"):
        e, what = table(data, life, "edges"), {"both": "task and price"}.get(life, life)
        made += [
            judge(f"{what}: the structure grows when the task gets hard", ABSTRACT, median(e[:, 1] - e[:, 0]), unit, above(0)),
            judge(f"{what}: it shrinks when the task gets easy", ABSTRACT, median(e[:, 1] - e[:, 2]), unit, above(0)),
            judge(f"{what}: it grows again", ABSTRACT, median(e[:, 3] - e[:, 2]), unit, above(0)),
            judge(f"{what}: back on the easy task, it is as small as at first", OURS, median(e[:, 2] - e[:, 0]),
                  "edges more (median)", within(-1, 1)),
        ]  # fmt: skip
    e, easy = table(data, "price", "edges"), table(data, "price, easy", "edges")
    kept = table(data, "task", "kept")
    return [
        *made,
        judge("price alone, hard task: the structure shrinks when weights get dearer", ABSTRACT, median(e[:, 0] - e[:, 1]),
              unit, above(0)),
        judge("price alone, hard task: it grows when they get cheaper again", ABSTRACT, median(e[:, 2] - e[:, 1]),
              unit, above(0)),
        judge("price alone, easy task: cheaper weights leave the structure as it is", OURS, median(easy[:, 1] - easy[:, 0]),
              "edges more (median)", within(-1, 1)),
        judge("task alone: most wires go when the task gets hard", ABSTRACT, mean(kept[:, 1]), "share of wires kept", below(0.5)),
    ]  # fmt: skip


def _skills(data):
    return [
        share(f"{life}: the skill is there at the end of every phase", table(data, life, "right").all(axis=1), paper=ABSTRACT)
        for life in data["phases"]
    ]  # fmt: skip


def _controls(data):
    made = []
    for life in CONTROLLED:
        right, edges, error = (table(data, life, name) for name in ("right", "edges", "error"))
        still, fresh = table(data, life, "right", "frozen"), table(data, life, "edges", "afresh")
        gain = (right[:, 1] - still[:, 1]).astype(float)
        made += [
            judge(f"{life}: plasticity solves the hard task where a frozen mask does not", ABSTRACT, mean(gain),
                  "difference of the shares that have the skill", above(0.5)),
            judge(f"{life}: on the hard task as many edges as a pool trained afresh", OURS, median(edges[:, 1] - fresh[:, 1]),
                  "edges more (median)", within(-2, 2)),
            judge(f"{life}: back on the easy task as many edges as a pool trained afresh", OURS, median(edges[:, 2] - fresh[:, 2]),
                  "edges more (median)", within(-2, 2)),
            share(f"{life}: the hard task is fitted (error below 1e-3 at the end of phase 2)", error[:, 1] < 1e-3),
        ]  # fmt: skip
    return made


def sooner(slow: np.ndarray, fast: np.ndarray, limit: int) -> tuple[Estimate, str]:
    """Return the median of slow - fast (n,), and how many are censored; a skill that is not back counts as `limit` steps.

    >>> found, words = sooner(np.array([30.0, np.nan]), np.array([10.0, 10.0]), 100)
    >>> found.value, found.high, words
    (55.0, 90.0, '1 of 4 censored')
    """
    missing = int(np.isnan(slow).sum() + np.isnan(fast).sum())
    gain = np.nan_to_num(slow, nan=limit) - np.nan_to_num(fast, nan=limit)
    return median(gain), f"{missing} of {2 * len(slow)} censored"


def _memory(data):
    made, limit = [], data["phase_steps"]
    for life in CONTROLLED:
        steps, fresh = table(data, life, "back"), table(data, life, "back", "afresh")
        hard, words = sooner(fresh[:, 1], steps[:, 1], limit)
        made.append(judge(f"{life}: the hard task is learnt sooner than by a pool trained afresh", OURS, hard,
                          f"steps sooner (median; {words})", above(0)))  # fmt: skip
        for phase, task in ((2, "easy"), (3, "hard")):
            again, words = sooner(steps[:, phase - 2], steps[:, phase], limit)
            made.append(judge(f"{life}: the {task} task is relearnt sooner than it was learnt at first", OURS, again,
                              f"steps sooner (median; {words})", above(0)))  # fmt: skip
        kept = table(data, life, "earlier")[:, 1] == 100
        made.append(at_most(f"{life}: the easy skill is still there while the hard task is done", kept))
    return made


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `lifetime.png` (edges over each life, with the controls) and `lifetime_film.png` (matrices by layer)."""
    from minigrow.plotting import COLOURS, phases, picture

    names, steps = list(data["phases"]), data["phase_steps"]
    with picture(folder / "lifetime.png", rows=len(names), panel=(11, 2.9), sharex=True) as axes:
        for i, life in enumerate(names):
            ax = axes[i, 0]
            for way, style in zip(WAYS, ("-", ":", "--"), strict=True):
                cells = [np.array(c["edges"]) for c in data["lives"] if (c["life"], c["way"]) == (life, way)]
                for edges in cells:
                    x = np.linspace(0, len(data["phases"][life]) * steps, edges.shape[1] + 1)[1:]
                    if way == "plastic":
                        ax.plot(x, edges.T, color=COLOURS[0], alpha=0.25, linewidth=1)
                    colour = {"plastic": "black", "frozen": COLOURS[1], "afresh": COLOURS[2]}[way]
                    ax.plot(x, np.median(edges, axis=0), style, color=colour, label=f"{way}, median")
            starts = [k * steps for k in range(len(data["phases"][life]))]
            phases(ax, starts, x[-1], [f"{task}, l1 {l1:g}" for task, l1 in data["phases"][life]])
            ax.set(ylabel=f"{life}:\nweights not zero", yscale="log")
        axes[-1, 0].set(xlabel="step")
        axes[0, 0].legend(loc="lower left", fontsize=10)
    _draw_strip(data["film"], folder / "lifetime_film.png")


def _draw_strip(frames, path):
    from minigrow.plotting import picture
    from minigrow.structure import pictures

    with picture(path, rows=2, columns=len(frames) // 2, panel=(3.4, 3.7)) as axes:
        for i, frame in enumerate(frames):
            ax, n = axes[i % 2, i // 2], sum(frame["layers"])
            W = np.array(frame["matrix"]).reshape(n, n) if n else np.zeros((1, 1))
            image = pictures.signed(ax, W)
            for cut in np.cumsum(frame["layers"])[:-1] - 0.5:
                ax.axhline(cut, color="0.3", linewidth=0.8)
                ax.axvline(cut, color="0.3", linewidth=0.8)
            ax.grid(False)
            layers = "from; layers " + "-".join(map(str, frame["layers"]))[:22]
            ax.set(xticks=[], yticks=[], ylabel="to" if i < 2 else None, xlabel=layers)
            task, l1 = LIVES["both"][frame["phase"]]
            ax.set_title(f"{task}, l1 {l1:g}\nstep {frame['step']}", fontsize=13)
            ax.xaxis.label.set_fontsize(11)
        pictures.scale(image, axes)
