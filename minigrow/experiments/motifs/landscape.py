"""Does learning change the motif landscape, and how much does the initialisation decide? Compare initial nets with trained ones.

One job is one network (hidden widths, initialisation, seed): it is drawn, trained on each task, and all three are cut by one
Gaussian fitted to their pooled weights. The initial one is counted twice, with two null models: the gap between the two
is what an unchanged network would show.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, above, judge, mean
from minigrow.experiments.motifs import pictures
from minigrow.experiments.motifs.data import TASKS
from minigrow.experiments.motifs.measures import (
    by_seed,
    change,
    chosen,
    fingerprint,
    landscape,
    landscapes,
    remembered,
)  # fmt: skip
from minigrow.experiments.motifs.training import SCHEMES, initial, learn
from minigrow.experiments.registry import Outcome
from minigrow.motifs.weights import gaussian_cut, layered_graph, matrices

QUICK = {"repeats": 5, "hidden": [[20, 10]], "sizes": [4], "patterns": 2000, "random": 100}
FULL = {"repeats": 10, "hidden": [[20, 10], [20, 20], [30, 30]], "sizes": [4, 5], "patterns": 2000, "random": 100}
FIGURES = {
    "accuracy.png": (
        "Accuracy on unseen patterns by epoch for three initialisations, two tasks and three architectures: means "
        "over seeds, bands from the worst to the best seed."
    ),
    "before_after.png": (
        "Z score of every motif class before against after learning, a mark a class and seed: learning stretches "
        "Z, and the order largely stays."
    ),
    "most_changed.png": (
        "The motifs of four neurons whose Z score learning changes most, drawn above their Z before and after, for"
        " each initialisation (means with 95 % intervals)."
    ),
    "profiles.png": (
        "Significance profiles, Z over its length, of the shared motif classes before and after learning: a thin "
        "line a seed, the mean in black."
    ),
    "fingerprints.png": (
        "How alike motif landscapes are from seed to seed, before and after learning, and each network to its "
        "former self: every pair, and means with 95 % intervals."
    ),
}
GOAL = 0.95  # accuracy that counts as learnt


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train and count every network; sizes beyond the first only for the first architecture, for five seeds."""
    jobs = [
        (hidden, scheme, seed + repeat, size, config["patterns"], config["random"])
        for size in config["sizes"]
        for hidden in (config["hidden"] if size == config["sizes"][0] else config["hidden"][:1])
        for scheme in SCHEMES
        for repeat in range(config["repeats"] if size == config["sizes"][0] else min(5, config["repeats"]))
    ]
    return Outcome({"runs": pmap(one, jobs), "size": config["sizes"][0]})


def one(job: tuple) -> dict[str, Any]:
    """Draw, train and count one network; return its landscapes, and its accuracy by epoch on each task."""
    hidden, scheme, seed, size, patterns, random = job
    rng = np.random.default_rng([seed, SCHEMES.index(scheme), *hidden])
    net = initial(tuple(hidden), scheme, rng)
    trained = {task: learn(net, draw_data(patterns, rng), rng) for task, draw_data in TASKS.items()}
    nets = {"initial": matrices(net)} | {task: matrices(after) for task, (after, _) in trained.items()}
    cut = gaussian_cut([W for weights in nets.values() for W in weights])
    found = landscapes(nets, cut, size, random, rng)
    found["again"] = landscape(layered_graph(nets["initial"], cut), size, random, rng)
    return {
        "hidden": list(hidden),
        "scheme": scheme,
        "seed": seed,
        "size": size,
        "accuracy": {task: accuracy for task, (_, accuracy) in trained.items()},
        "nets": found,
    }


def moved(r: dict) -> float:
    """Return the change by learning, mean over the tasks, over the change between two null models of one net (a scalar)."""
    return float(np.mean([change(r["nets"]["initial"], r["nets"][task]) for task in TASKS]) / floor(r))


def floor(r: dict) -> float:
    """Return the change of Z between two null models of the same initial network (a scalar)."""
    return change(r["nets"]["initial"], r["nets"]["again"])


def epochs_needed(accuracy: list[float]) -> int:
    """Return the first epoch with at least 95 % accuracy, or one more than there were if there is none.

    >>> epochs_needed([0.2, 0.96, 0.99]), epochs_needed([0.2])
    (1, 1)
    """
    return next((i for i, a in enumerate(accuracy) if a >= GOAL), len(accuracy))


def _against_normal(data, value):
    """Return, per seed, the lower value of orthogonal and Glorot minus that of normal."""
    found = {scheme: by_seed(chosen(data, scheme=scheme), value) for scheme in SCHEMES}
    return [min(o, g) - n for n, o, g in zip(*(found[s] for s in SCHEMES), strict=True)]


def claims(data: dict) -> list[Claim]:
    """Judge the paper's claims; every estimate is over seeds."""
    runs = chosen(data)
    learning = mean(by_seed(runs, moved))
    sharp = mean(_against_normal(data, lambda r: fingerprint(data, r)))
    rich = mean(_against_normal(data, lambda r: len(r["nets"]["initial"]["classes"])))
    memory = mean(_against_normal(data, remembered))
    faster = mean(_against_normal(data, lambda r: -epochs_needed(r["accuracy"]["tree"])))
    last = mean(by_seed(runs, lambda r: min(accuracy[-1] for accuracy in r["accuracy"].values())))
    return [
        judge("learning changes the motif landscape", "yes", learning, "times what two null models of one net differ by",
              above(2)),
        judge("initial orthogonal and Glorot nets are more like each other than normal ones", "yes (sharper fingerprint)", sharp,
              "likeness between seeds, the lower of the two less normal", above(0)),
        judge("orthogonal and Glorot initial nets show more motifs than normal ones", "yes", rich,
              "classes of at least 0.1 %, the lower of the two less normal", above(0)),
        judge("orthogonal and Glorot nets keep more of the initial landscape than normal ones", "yes", memory,
              "likeness of initial and trained, the lower of the two less normal", above(0)),
        judge("orthogonal and Glorot learn the tree faster than normal", "yes (curves)", faster,
              "epochs to 95 % saved, the lower of the two", above(0)),
        judge("both tasks are learnt", "about 100 % (curves)", last, "accuracy on unseen patterns, the worse task",
              above(0.95)),
    ]  # fmt: skip


def draw(data: dict, folder: Path) -> None:
    """Write the figures: accuracy by epoch, Z before against after, the most changed classes, profiles, fingerprints."""
    pictures.accuracy_curves(data, folder / "accuracy.png")
    pictures.scatter(data, folder / "before_after.png")
    pictures.most_changed_bars(data, folder / "most_changed.png")
    pictures.profiles(data, folder / "profiles.png")
    pictures.fingerprints(data, folder / "fingerprints.png")
