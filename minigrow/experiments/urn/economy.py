"""Experiment 7: what does each price save? The group price, the path norm and l1 alone, compared at equal score.

The same pool learns three tasks under each of the three prices at several strengths. Of each seed's ladder the strongest price
whose net still reaches the limit is taken (of none: the best net), so that structures are compared at matched error. Neurons are
also compared at equal edges: with those that l1 alone leaves at as many edges, read off its ladder between two strengths.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, below, geometric, judge, mean, proportion
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds
from minigrow.experiments.urn.layers import Pool, one
from minigrow.experiments.urn.protocols import AUTHORS, CORES, RELATIVE

SAME = {"size": 28, "iterations": 3, "limits": {"spirals 1.5": 95, "friedman1": 95, "teacher": 95}}
QUICK = SAME | {"repeats": 2, "l1": [0.001, 0.01], "group": [0.003, 0.03], "path": [0.003, 0.03], "steps": 300,
                "limits": {"friedman1": 50, "teacher": 50}}  # fmt: skip
FULL = SAME | {"repeats": 20, "l1": [0.001, 0.003, 0.006, 0.012, 0.03], "group": [0.001, 0.003, 0.006, 0.012, 0.04],
               "path": [0.001, 0.003, 0.01, 0.03, 0.06], "steps": 1500}  # fmt: skip
FIGURES = {
    "economy.png": (
        "Live hidden neurons against effective edges under l1, the group price and the path norm at rising strengths; filled marks"
        " are those whose mean score reaches the limit."
    ),
}
PRICES = ("l1", "group", "path")
PROTOCOL = (
    Setting("repeats", AUTHORS, "repeats", why="two cores", effect="see the intervals"),
    Setting("price on weights", AUTHORS, "l1", why="from no effect to too dear", effect="the ladder is the question"),
    Setting("price on groups", AUTHORS, "group", why="from no effect to too dear", effect="the ladder is the question"),
    Setting("price on the path norm", "not known whether there is one", "path", why="the one price without a scale",
            effect="the ladder is the question"),
    Setting("tasks and limits of score (%)", AUTHORS, "limits", why="tasks not made for the pool; limits that other seeds reached",
            effect="not measured"),
    Setting("neurons in the pool", AUTHORS, "size", **CORES),
    Setting("iterations", AUTHORS, "iterations", why="cycles and three layers are possible", effect="not measured"),
    Setting("steps", AUTHORS, "steps", **CORES),
)  # fmt: skip


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train every task under every price at every strength, on the same seeds."""
    seeds = child_seeds(seed, config["repeats"])
    cells = [(task, price, s) for task in config["limits"] for price in PRICES for s in config[price]]
    sizes = config["iterations"], config["size"], config["steps"]
    found = pmap(one, [_job(cell, s, *sizes) for cell in cells for s in seeds])
    n = len(seeds)
    runs = {f"{task} {price} {s:g}": found[i * n : (i + 1) * n] for i, (task, price, s) in enumerate(cells)}
    return Outcome({"limits": config["limits"], "runs": runs} | {price: config[price] for price in PRICES})


def _job(cell, seed, iterations, size, steps):
    task, price, strength = cell
    return Pool(task, iterations, ((price, strength),), seed, size, steps, None)


def ladder(data: dict[str, Any], task: str, price: str) -> list[list[dict[str, Any]]]:
    """Return the runs of a task under a price: one list for each seed, from the weakest strength to the strongest."""
    return [list(runs) for runs in zip(*(data["runs"][f"{task} {price} {s:g}"] for s in data[price]), strict=True)]


def matched(runs: Sequence[dict[str, Any]], limit: float) -> dict[str, Any]:
    """Return the last run whose score reaches the limit, or the best if none does.

    >>> matched([{"score": 99}, {"score": 96}, {"score": 50}], 95), matched([{"score": 9}, {"score": 8}], 95)
    ({'score': 96}, {'score': 9})
    """
    good = [run for run in runs if run["score"] >= limit]
    return good[-1] if good else max(runs, key=lambda run: run["score"])


def at_edges(runs: Sequence[dict[str, Any]], edges: float) -> float:
    """Return how many neurons a ladder has at this many edges, in straight lines of the logarithms between its runs.

    >>> runs = [{"edges": 100, "neurons": 16}, {"edges": 25, "neurons": 4}]
    >>> round(at_edges(runs, 50), 6), round(at_edges(runs, 1000), 6)
    (8.0, 16.0)
    """
    points = sorted((max(run["edges"], 1), max(run["neurons"], 1)) for run in runs)
    x, y = np.log(np.array(points, dtype=np.float64)).T
    return float(np.exp(np.interp(np.log(max(edges, 1)), x, y)))


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge for each task what the group price and the path norm leave, beside l1 alone."""
    return [claim for task, limit in data["limits"].items() for claim in _of_task(data, task, limit)]


def _of_task(data, task, limit):
    of = {price: [matched(runs, limit) for runs in ladder(data, task, price)] for price in PRICES}
    count = {(p, name): np.maximum([run[name] for run in of[p]], 1) for p in PRICES for name in ("neurons", "edges")}
    equal = [at_edges(runs, run["edges"]) for runs, run in zip(ladder(data, task, "l1"), of["group"], strict=True)]
    reached = proportion([all(of[p][i]["score"] >= limit for p in PRICES) for i in range(len(equal))])
    deeper = mean([a["depth"] - b["depth"] for a, b in zip(of["path"], of["l1"], strict=True)])
    ratio = lambda price, name: geometric(count[price, name], count["l1", name])  # noqa: E731
    return [
        judge(f"{task}: all three prices reach a score of {limit:g} %", RELATIVE, reached, "share of seeds", above(0.8)),
        judge(f"{task}: at matched score the group price leaves fewer neurons than l1", RELATIVE, ratio("group", "neurons"),
              "times the neurons", below(1)),
        judge(f"{task}: at equal edges too: it removes neurons rather than wires", RELATIVE,
              geometric(count["group", "neurons"], equal), "times the neurons", below(1)),
        judge(f"{task}: at matched score the path norm leaves more edges than l1", RELATIVE, ratio("path", "edges"),
              "times the edges", above(1)),
        judge(f"{task}: and more neurons", RELATIVE, ratio("path", "neurons"), "times the neurons", above(1)),
        judge(f"{task}: the path norm leaves no deeper net than l1", RELATIVE, deeper, "layers more", below(1)),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `economy.png`: neurons against edges, one curve for each price, one panel for each task."""
    from minigrow.plotting import marked, picture

    tasks = data["limits"]
    with picture(folder / "economy.png", columns=len(tasks), panel=(5.4, 5.0)) as axes:
        for ax, (task, limit) in zip(axes[0], tasks.items(), strict=True):
            for i, price in enumerate(PRICES):
                cells = [data["runs"][f"{task} {price} {s:g}"] for s in data[price]]
                x, y, good = np.array(
                    [[np.mean([r[name] for r in c]) for name in ("edges", "neurons", "score")] for c in cells]
                ).T
                style = marked(i)
                ax.plot(x, y, label=price, **style | {"marker": ""})
                face = [style["color"] if g >= limit else "white" for g in good]
                for j in range(len(x)):
                    ax.plot(x[j], y[j], marker=style["marker"], color=style["color"], markerfacecolor=face[j])
            ax.set(
                title=f"{task}, limit {limit:g} %",
                xlabel="effective edges (mean)",
                xscale="symlog",
                yscale="symlog",
                ylim=(0.5, 40),
            )
        axes[0, 0].set_ylabel("live hidden neurons (mean)")
        axes[0, 0].legend()
