"""Draw the poster, `poster.png`: one telling picture of each method and the verdicts of its claims, counted, from results alone.

`write(results, root)` draws it when the six experiments that it shows are among the results, and says whether it did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import VERDICTS
from minigrow.experiments.results import Result, verdicts
from minigrow.plotting import COLOURS, GREY, band, look, marked, phases, picture, quartile_band
from minigrow.statistics import median

PANEL = (6.0, 5.2)  # inches; four columns and two rows, of which the verdicts take two places
TITLE = "Networks that grow and shrink while they train: six packages of methods, measured"
BELOW = (
    "Each picture is one measured experiment of one package of methods; the bars count the claims of all experiments."
)
TICKS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


def write(results: Sequence[Result], root: Path) -> bool:
    """Draw `root / poster.png` and return True, or False when one of the six experiments is not there."""
    data = {r.experiment.name: r.found["data"] for r in results}
    if not set(PANELS) <= set(data):
        return False
    with picture(root / "poster.png", columns=4, rows=2, panel=PANEL) as axes:
        axes[0, 0].figure.suptitle(TITLE, fontsize=27, weight="bold")
        axes[0, 0].figure.supxlabel(BELOW, fontsize=17, color=GREY)
        places = [*axes[0, :3], *axes[1, :3]]
        for ax, (name, draw) in zip(places, PANELS.items(), strict=True):
            draw(ax, data[name])
        axes[1, 3].remove()
        _verdicts(axes[0, 3], verdicts(results))
        axes[0, 3].set_subplotspec(axes[0, 3].get_gridspec()[:, 3])
    return True


def _tasks(ax: Any, data: Mapping[str, Any]) -> None:
    name, arms = list(data["runs"].items())[-1]
    rows, ends = arms["adaptive"], data["phase"] * np.arange(1, 5)
    total = np.array([np.sum(row["widths"], axis=0) for row in rows])
    every = ax.plot(data["kept"], total.T, color=COLOURS[0], alpha=0.35, linewidth=1)
    middle = ax.plot(data["kept"], np.median(total, axis=0), color="black")
    ax.set(
        title=f"isotropic: layers size themselves\nas tasks of {name} come and go", xlabel="training step", yscale="log"
    )
    ax.set(ylabel="hidden neurons (logarithmic)", ylim=(0.8 * total.min(), 3 * total.max()))
    phases(ax, [0, *ends[:-1]], ends[-1], ["1 task", "2 tasks", "3 tasks", "1 task"])
    ax.legend([every[0], *middle], [f"each of {len(rows)} runs", "median"], loc="upper right", bbox_to_anchor=(1, 0.9))
    ticks = [tick for tick in TICKS if 0.8 * total.min() <= tick <= 3 * total.max()]
    ax.set_yticks(ticks, ticks)
    ax.set_xticks([0, *ends])
    ax.minorticks_off()
    ax.margins(x=0)


def _size(ax: Any, data: Mapping[str, Any]) -> None:
    epoch, sizes = np.array(data["shown"]["growing"]["epoch"]) / 1000, np.array(data["size"]["growing"])
    ax.plot(epoch, sizes.T, color=COLOURS[0], alpha=0.35, linewidth=1)
    ax.plot(epoch, np.median(sizes, axis=0), color="black", label=f"median of {len(sizes)} (thin)")
    ax.axhline(np.median(data["size"]["grown"]), label="goal, set by hand", **look(1))
    ax.set(
        title="nimble: the number of neurons is\na weight, and learns as weights do",
        xlabel="training epoch (thousands)",
        ylabel="size N (neurons)",
        ylim=(0, None),
    )
    ax.legend(loc="lower right")


def _texts(ax: Any, data: Mapping[str, Any]) -> None:
    from minigrow.experiments.differentiable_structure.common import column

    for i, task in enumerate(("easy", "hard")):
        x = column(data[task], "cycle")[0] / 1000
        quartile_band(ax, x, column(data[task], "neurons"), i, f"{task} text")
    ax.set(
        title="differentiable structure: an easy\nand a hard text, one network each",
        xlabel="training cycle (thousands)",
        ylabel="neurons",
        ylim=(0, None),
    )
    counts = " and ".join(f"{len(data[task])}" for task in ("easy", "hard"))
    ax.legend(title=f"median, quartiles, {counts} runs", loc="upper right", bbox_to_anchor=(1, 0.57))


def _edges(ax: Any, data: Mapping[str, Any]) -> None:
    from minigrow.experiments.urn.common import column
    from minigrow.experiments.urn.difficulty import SMALL

    names = {"linear": "linear", "xor": "XOR", "parity3": "3-bit\nparity", "parity4": "4-bit\nparity"}
    for i, (what, label) in enumerate(
        {"edges": "edges", "neurons": "hidden neurons", "depth": "depth (layers)"}.items()
    ):
        found = [median(column(data["runs"][f"{task} {data['reference']:g}"], what)) for task in SMALL]
        middle = np.array([f.value for f in found])
        spread = np.abs(np.nan_to_num([[f.value - f.low for f in found], [f.high - f.value for f in found]]))
        ax.errorbar(np.arange(len(SMALL)) + 0.06 * (i - 1), middle, spread, label=label, capsize=4, **marked(i))
    ax.set_xticks(range(len(SMALL)), [names[task] for task in SMALL])
    ax.set(
        title="urn: what becomes of one pool of\nneurons, task by task", ylabel="count (median, 95 %)", ylim=(0, None)
    )
    ax.legend(loc="upper left")


def _profiles(ax: Any, data: Mapping[str, Any]) -> None:
    from minigrow.experiments.motifs.measures import chosen
    from minigrow.experiments.motifs.pictures import profile_table

    nets = ("initial", "tree")
    runs = chosen(data, scheme="normal", hidden=min(r["hidden"] for r in data["runs"]))
    for i, (net, label) in enumerate(zip(nets, ("before learning", "after learning"), strict=True)):
        table = profile_table(runs, nets, net)
        band(ax, np.arange(1, table.shape[1] + 1), table, i, label)
    ax.axhline(0, color=GREY, linewidth=1)
    ax.set_xticks(range(1, table.shape[1] + 1, 3))
    ax.set(
        title="motifs: wiring patterns of 4 neurons\nbefore and after learning",
        xlabel="pattern (motif class)",
        ylabel="rarer or commoner than chance\n(Z / |Z|, mean, 95 %)",
    )
    ax.legend(loc="upper left")


def _prices(ax: Any, data: Mapping[str, Any]) -> None:
    from minigrow.experiments.addition.comparison_claims import rows_of

    task = next(iter(data["overlap"]))
    rows = rows_of(data, task)
    ends = sorted(
        (row["course"]["work"][-1] / 1e6, row["course"]["score"][-1], row["arm"].split()[1])
        for row in rows.values()
        if row["kind"] == "static" and row["course"] and "relu" not in row["arm"]
    )
    ax.plot([end[0] for end in ends], [end[1] for end in ends], "s--", color=GREY, label="fixed width (the number)")
    for x, y, width in ends:
        ax.annotate(width, (x, y), xytext=(4, -14), textcoords="offset points", color=GREY, fontsize=12)
    for i, arm in enumerate(arm for arm in ("random_in", "gradmax", "tiny", "senn") if rows.get(arm, {}).get("course")):
        course = rows[arm]["course"]
        ax.plot(np.array(course["work"]) / 1e6, course["score"], label=f"growing by {arm}", **look(i))
    ax.set(
        title=f"addition: rules that add neurons beside\nnets of fixed width, on {task}",
        xlabel="training so far (million multiply-adds)",
        ylabel="right answers on the test set (%)",
    )
    ax.legend(loc="lower right")


def _verdicts(ax: Any, found: Mapping[str, Mapping[str, int]]) -> None:
    left = np.zeros(len(found))
    looks = ((COLOURS[0], None), ("white", "//"), (GREY, None))
    for verdict, (colour, hatch) in zip(VERDICTS, looks, strict=True):
        counts = np.array([each[verdict] for each in found.values()])
        ax.barh(range(len(found)), counts, left=left, color=colour, hatch=hatch, edgecolor="black", label=verdict)
        left += counts
    for i, each in enumerate(found.values()):
        ax.text(left[i] + 0.02 * left.max(), i, f"{each['holds']} of {left[i]:.0f}", va="center")
    ax.set_yticks(range(len(found)), [method.replace("_", "\n") for method in found])
    total = sum(each["holds"] for each in found.values())
    ax.set(title=f"claims that were checked:\n{total} of {left.sum():.0f} hold", xlim=(0, 1.3 * left.max()))
    ax.set(xlabel="claims, each judged by its stated criterion")
    ax.invert_yaxis()
    ax.legend(loc="upper right", bbox_to_anchor=(1, 0.33))


PANELS: dict[str, Callable[[Any, Mapping[str, Any]], None]] = {
    "isotropic.tasks": _tasks,
    "nimble.anatomy": _size,
    "differentiable_structure.size": _texts,
    "urn.difficulty": _edges,
    "motifs.landscape": _profiles,
    "addition.comparison": _prices,
}
