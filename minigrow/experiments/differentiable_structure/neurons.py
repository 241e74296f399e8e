"""Experiment 4: what becomes of each neuron, and what does the trained network write?

The outgoing norm r of every neuron of one network is followed from birth to death, while the task goes from easy to hard to easy;
in all runs of the experiment switching that have the same seeds, births and deaths are counted. Then networks
trained on the hard task alone write texts, and the share of groups that obey the rule (the group before reversed, one letter
flipped) is counted. A network that knows only "six letters in parentheses" obeys it in 6 of 64 groups.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.differentiable_structure import Rule, sample
from minigrow.experiments.claims import Claim, above, judge, median
from minigrow.experiments.differentiable_structure.common import Job, curves, trained
from minigrow.experiments.differentiable_structure.settings import method
from minigrow.experiments.differentiable_structure.switching import ORDERS, shared_out
from minigrow.experiments.protocol import Setting
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import child_seeds
from minigrow.growth import History, watch
from minigrow.growth.snapshot import keep_snapshots
from minigrow.replay.lives import follow
from minigrow.replay.shows import rows_of

QUICK = {"repeats": 2, "cycles": 10_000, "symbols": 2000}
FULL = {"repeats": 10, "cycles": 100_000, "symbols": 8000}
PROTOCOL = (
    Setting("lives, and networks that write", "not asked", "repeats", why="the paper shows sizes, not neurons",
            effect="none to compare with"),
    Setting("cycles", 100_000, "cycles"),
    Setting("symbols that each network writes", "not asked", "symbols", why="the released program prints samples while it trains",
            effect="none to compare with"),
    Setting("order of the lives", "easy-hard-easy, switches at 33000 and 66000 cycles", ours="easy-hard-easy, at one and two thirds",
            why="a shorter run has them too", effect="none to speak of: 33333 and 66666 cycles"),
    *method(),
)  # fmt: skip
FIGURES = {
    "neurons.png": (
        "The life of every neuron of one network, from birth to death, coloured by its outgoing norm, while the "
        "text changes from easy to hard and back."
    ),
    "texts.png": (
        "What three trained networks write, those with the lowest, the median and the highest loss, and how many "
        "of the groups obey the rule of the text."
    ),
}
TASKS = ORDERS["easy-hard-easy"]
CHANCE = 6 / 64
TASK = "Predict the next letter of a text whose rule becomes harder and then easier again."
PICTURES = 100  # rows of the history that keep their weights, for replay


def life(job: Job) -> History:
    """Return the history of one network, with a row every `job.every` cycles and its weights at some rows."""
    starts = [0, *(until for _, until in job.parts)]
    phases = [(start, f"{kind} text") for start, (kind, _) in zip(starts, job.parts, strict=False)]
    history = trained(job._replace(observe=watch(task=TASK, phases=phases))).history
    return keep_snapshots(history.thinned(lambda row: row["step"] % job.every == 0), PICTURES)


def identities(history: History) -> list[list[int]]:
    """Return which neurons lived at each row, numbered in the order of their births.

    >>> from minigrow.growth.events import Event
    >>> life = History().with_row({"step": 0, "widths": (1, 2, 1)}).with_row({"step": 5, "widths": (1, 2, 1)})
    >>> identities(life.with_events([Event("prune", "h", 1, "", 2, 1, step=3, origin=(1,)), Event("grow", "h", 1, "", 1, 2, step=4)]))
    [[0, 1], [1, 2]]
    """
    sizes, events = history["widths"][:, 1].astype(int), {}
    for row, event in zip(rows_of(history.events, history["step"], {"h": sizes}), history.events, strict=True):
        events.setdefault(row, []).append(event)
    present = follow(sizes, events, range(len(sizes))).present
    return [present[row].tolist() for row in range(len(sizes))]


def written(job: tuple[Job, int]) -> dict[str, Any]:
    """Return the first symbols that the trained network writes, and how well its groups obey the rule."""
    settings, symbols = job
    run = trained(settings)
    text = sample(run.net, symbols, ")", rng=settings.seed)
    return {"text": text[:400], "loss": round(float(run.loss), 3), "neurons": run.net.neurons} | obedience(text)


def obedience(text: str) -> dict[str, float]:
    """Return the share of groups that have six letters, and of pairs of such groups the share that obeys the rule.

    >>> obedience("(abbaab)(baabbb)(ab)")
    {'whole': 0.6666666666666666, 'obeys': 1.0}
    """
    groups = re.findall(r"\(([ab]*)\)", text)
    whole = [len(group) == 6 for group in groups]
    pairs = [(a, b) for a, b in pairwise(groups) if len(a) == len(b) == 6]
    obeys = [sum(x != y for x, y in zip(a[::-1], b, strict=True)) == 1 for a, b in pairs]
    return {"whole": float(np.mean(whole)) if whole else 0.0, "obeys": float(np.mean(obeys)) if obeys else 0.0}


def followed(config: dict[str, Any], seed: int) -> Job:
    """Return the job of the network whose neurons are followed."""
    cycles = config["cycles"]
    order, first = shared_out(TASKS, cycles), child_seeds(seed, config["repeats"])[0]
    return Job(order, first, every=max(1, cycles // 500))


def relive(config: dict[str, Any], seed: int, data: dict[str, Any]) -> History:
    """Return the history that is kept."""
    return life(followed(config, seed))


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Follow one network through easy-hard-easy, count in all lives, and let networks that learned the hard task write."""
    cycles, each = config["cycles"], child_seeds(seed, config["repeats"])
    order = shared_out(TASKS, cycles)
    (history,) = pmap(life, [followed(config, seed)])
    lives = pmap(
        curves, [Job(order, s, every=max(1, cycles // 150)) for s in each]
    )  # the jobs of the experiment switching
    jobs = [(Job((("hard", cycles),), s, every=cycles), config["symbols"]) for s in each]
    rows = [
        {"cycle": row["step"], "ids": ids, "r": np.round(row["r"], 4).tolist()}
        for row, ids in zip(history.rows, identities(history), strict=True)
    ]
    counted = [{name: run[name] for name in ("births", "deaths")} for run in lives]
    data = {"order": [list(part) for part in order], "rows": rows, "lives": counted, "written": pmap(written, jobs)}
    return Outcome(data, history)


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge whether written groups obey the rule, and whether neurons turn over."""
    obeys = median([found["obeys"] for found in data["written"]])
    whole = median([found["whole"] for found in data["written"]])
    gone = median([life["deaths"] / (life["births"] + 1) for life in data["lives"]])
    return [
        judge("written groups have six letters", "(ours)", whole, "share of groups", above(0.9)),
        judge("written groups are the one before reversed with one letter flipped", "(ours) .09 by chance", obeys,
              "share of groups", above(CHANCE)),
        judge("most neurons that ever lived are gone at the end", "(ours)", gone, "share of neurons (median of lives)", above(0.5)),
    ]  # fmt: skip


def raster(rows: list[dict[str, Any]]) -> np.ndarray:
    """Return r of every neuron ever sampled, in order of birth (neurons, rows); NaN where it did not live.

    >>> raster([{"ids": [0], "r": [0.1]}, {"ids": [0, 4], "r": [0.2, 0.3]}])
    array([[0.1, 0.2],
           [nan, 0.3]])
    """
    order = {number: i for i, number in enumerate(sorted({number for row in rows for number in row["ids"]}))}
    found = np.full((len(order), len(rows)), np.nan)
    for i, row in enumerate(rows):
        found[[order[number] for number in row["ids"]], i] = row["r"]
    return found


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `neurons.png`: the life and norm of each neuron; `texts.png`: what networks write."""
    from matplotlib.colors import LogNorm

    from minigrow.plotting import picture

    r, cycles = raster(data["rows"]), [row["cycle"] / 1000 for row in data["rows"]]
    with picture(folder / "neurons.png", columns=1, panel=(12, 7.5)) as axes:
        ax = axes[0, 0]
        threshold = Rule().threshold
        mesh = ax.pcolormesh(
            cycles, np.arange(len(r)), r, norm=LogNorm(threshold / 5, threshold * 50), cmap="cividis_r"
        )
        bar = ax.figure.colorbar(mesh, ax=ax, label="outgoing norm r")
        bar.ax.axhline(threshold, color="black", linewidth=2)
        for _, end in data["order"][:-1]:
            ax.axvline(end / 1000, color="black", linewidth=1, linestyle="--")
        ax.set(title=f"each line a neuron, from birth to death ({', '.join(TASKS)}); black on the bar: threshold")
        ax.set(xlabel="cycles (thousands)", ylabel="neurons in order of birth")
    _draw_texts(data["written"], folder)


def _draw_texts(written: list[dict[str, Any]], folder: Path) -> None:
    from minigrow.plotting import picture

    shown = sorted(written, key=lambda found: found["loss"])
    names = {0: "lowest", len(shown) // 2: "median", len(shown) - 1: "highest"}
    with picture(folder / "texts.png", panel=(12, 4.6)) as axes:
        ax = axes[0, 0]
        ax.axis("off")
        for i, (rank, name) in enumerate(sorted(names.items())):
            top, found = 1 - i / 3, shown[rank]
            ax.text(0, top, f"{name} loss: {found['loss']:.2f}, {found['neurons']} neurons, "
                    f"{100 * found['obeys']:.0f} % of groups obey the rule", va="top", fontweight="bold")  # fmt: skip
            lines = [found["text"][k : k + 96] for k in (0, 96)]
            ax.text(0, top - 0.1, "\n".join(lines), va="top", family="monospace", fontsize=13)
