"""Experiment 4: the same pool and the same loss, only strengths and data changed: which architecture appears where?

Phase diagrams over l1 x time (half an XOR, ReLU) and l1 x local (the local task, tanh) are coloured by the structure reader's most
frequent verdict. Then a perceptron, a layered and a locally connected net are trained at documented settings, each with its control.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from minigrow.experiments.claims import Claim
from minigrow.experiments.registry import Outcome
from minigrow.experiments.urn.common import Job, at_most, child_seeds, kinds, one, share, strengths
from minigrow.structure.verdict import KINDS

QUICK = {"repeats": 10, "l1": [0.003, 0.01, 0.03], "time": [0.0, 0.003, 0.03], "wire": [0.0, 0.001, 0.003],
         "wire_l1": [0.001], "steps": 2000}  # fmt: skip
FULL = {"repeats": 20, "l1": [0.001, 0.003, 0.01, 0.03], "time": [0.0, 0.003, 0.03, 0.3],
        "wire": [0.0, 0.001, 0.003, 0.01], "wire_l1": [0.0003, 0.001, 0.003], "steps": 2000}  # fmt: skip
FIGURES = {
    "phases.png": (
        "The most frequent architecture, its share of seeds and its number of edges for every pair of prices, on "
        "half an XOR and on the local task."
    ),
}
RELU: dict[str, Any] = {"activation": "relu"}
POOL: dict[str, Any] = {"size": 60, "iterations": 3}
SHALLOW = {"l1": 0.01, "time": 0.03}
SETTINGS: dict[str, tuple[str, dict[str, float], dict[str, Any]]] = {
    "perceptron": ("linear", SHALLOW, RELU),
    "perceptron, control": ("half_xor", SHALLOW, RELU),
    "layered": ("half_xor", SHALLOW, RELU),
    "layered, control": ("linear", SHALLOW, RELU),
    "local": ("local", {"l1": 0.001, "local": 0.003}, POOL),
    "local, control": ("local", {"l1": 0.001}, POOL),
}
COLOUR = {"empty": "#FFFFFF", "direct": "#F0E442", "recurrent": "#999999", "residual": "#CC79A7", "local": "#009E73",
          "layered": "#0072B2", "sparse": "#E69F00", "densenet": "#56B4E9", "skip": "#D55E00",
          "bottleneck": "#7F3C00"}  # fmt: skip
HATCH = {
    "empty": "",
    "direct": "..",
    "recurrent": "xx",
    "residual": "++",
    "local": "\\\\",
    "layered": "",
    "sparse": "//",
    "densenet": "oo",
    "skip": "--",
    "bottleneck": "**",
}


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train both planes and the documented settings on the same seeds."""
    seeds = child_seeds(seed, config["repeats"])
    time = [
        (f"time {l1:g} {t:g}", "half_xor", {"l1": l1, "time": t}, RELU) for l1 in config["l1"] for t in config["time"]
    ]
    wire = [
        (f"wire {l1:g} {w:g}", "local", {"l1": l1, "local": w}, POOL)
        for l1 in config["wire_l1"]
        for w in config["wire"]
    ]
    cells = [*time, *wire, *((name, *setting) for name, setting in SETTINGS.items())]
    distinct = list(dict.fromkeys(_key(cell) for cell in cells))
    jobs = [
        Job(task, strengths(**dict(s)), i, steps=config["steps"], **dict(more))
        for task, s, more in distinct
        for i in seeds
    ]
    found, n = pmap(one, jobs), len(seeds)
    by_key = {key: found[i * n : (i + 1) * n] for i, key in enumerate(distinct)}
    data = {name: config[name] for name in ("l1", "time", "wire_l1", "wire")}
    return Outcome(data | {"runs": {cell[0]: [_kept(run) for run in by_key[_key(cell)]] for cell in cells}})


def _key(cell):
    _, task, s, more = cell
    return task, tuple(sorted((name, value) for name, value in s.items() if value)), tuple(more.items())


def _kept(run):
    return {name: run[name] for name in ("kind", "widths", "depth", "edges", "error", "density", "skips")}


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge each architecture at its documented setting, and its control."""
    runs, made = data["runs"], []
    tests = {
        "perceptron": ("a fully connected net of depth 1", lambda r: r["kind"] == "direct" and r["density"] >= 0.5),
        "layered": ("a fully connected net of depth 2", lambda r: r["kind"] == "layered" and r["depth"] == 2),
        "local": ("a locally connected net", lambda r: r["kind"] == "local"),
    }
    for name, (words, test) in tests.items():
        task, s, _ = SETTINGS[name]
        at = ", ".join(f"{key} = {value:g}" for key, value in s.items())
        made.append(share(f"{words} emerges ({task}, {at}), at an error below 1e-3",
                          [test(r) and r["error"] < 1e-3 for r in runs[name]]))  # fmt: skip
        other, s, _ = SETTINGS[f"{name}, control"]
        at = ", ".join(f"{key} = {value:g}" for key, value in s.items())
        made.append(at_most(f"control: not so on {other}, {at}", [test(r) for r in runs[f"{name}, control"]]))
    return made


def legend() -> tuple[list, list]:
    """Return handles and names of the verdicts' colours and hatches, for a legend."""
    from matplotlib.patches import Patch

    return [Patch(facecolor=COLOUR[kind], hatch=HATCH[kind], edgecolor="black") for kind in KINDS], list(KINDS)


def verdict_bar(ax: Any, row: float, counts: dict[str, int], label: bool = False, left: float = 0.0) -> None:
    """Draw one row of a bar of verdicts, in the order of KINDS; counts are seeds."""
    for kind in KINDS:
        n = counts.get(kind, 0)
        ax.barh(row, n, left=left, color=COLOUR[kind], hatch=HATCH[kind], edgecolor="black", linewidth=0.8, height=0.8)
        left += n


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `phases.png`: the two planes, each cell its most frequent verdict, how often, and the median of edges."""
    from minigrow.plotting import picture

    planes = (
        ("time", "l1", "time", "half an XOR, ReLU", "time, price on late activity"),
        ("wire", "wire_l1", "wire", "local task, tanh", "local, price on wire"),
    )
    with picture(folder / "phases.png", columns=2, panel=(7.4, 6.2)) as axes:
        for ax, plane in zip(axes[0], planes, strict=True):
            _plane(ax, data, *plane)
        axes[0, 0].legend(*legend(), ncols=4, loc="upper left", bbox_to_anchor=(-0.1, -0.12), fontsize=11)


def _plane(ax, data, name, rows, columns, title, what):
    for i, l1 in enumerate(data[rows]):
        for j, other in enumerate(data[columns]):
            runs = data["runs"][f"{name} {l1:g} {other:g}"]
            counts = kinds(runs)
            top = max(counts, key=counts.get)
            edges = sorted(run["edges"] for run in runs)[len(runs) // 2]
            ax.bar(j, 1, bottom=i - 0.5, width=1, color=COLOUR[top], hatch=HATCH[top], edgecolor="black", linewidth=0.8)
            text = f"{top}\n{counts[top]} of {len(runs)}\n{edges} edges"
            ax.text(
                j,
                i,
                text,
                ha="center",
                va="center",
                fontsize=10,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            )
    ax.set_xticks(range(len(data[columns])), [f"{v:g}" for v in data[columns]])
    ax.set_yticks(range(len(data[rows])), [f"{v:g}" for v in data[rows]])
    ax.set(
        title=title,
        xlabel=what,
        ylabel="l1, price of a unit of weight",
        xlim=(-0.5, len(data[columns]) - 0.5),
        ylim=(-0.5, len(data[rows]) - 0.5),
    )
    ax.grid(False)
