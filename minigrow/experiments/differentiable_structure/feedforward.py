"""Experiment 6 (the paper's proposal): the rule in the hidden layers of a perceptron on digits, against fixed widths.

Networks have one or two hidden layers, which start with one neuron each, and learn all ten digits or the easier task of telling
0 from 1. All have the same update, the same pull and the same number of epochs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from minigrow.datasets import digits, split, standardised
from minigrow.datasets.dataset import take
from minigrow.differentiable_structure.layers import LayerSpares
from minigrow.experiments.claims import Claim, above, judge, mean, median
from minigrow.experiments.differentiable_structure.common import seeds
from minigrow.experiments.registry import Outcome
from minigrow.growth import Plan, Run, start, train
from minigrow.nn import MLP, Pull, RMSProp, accuracy

QUICK = {"repeats": 3, "epochs": 60, "sizes": [4, 8, 16, 64]}
FULL = {"repeats": 10, "epochs": 150, "sizes": [4, 8, 12, 16, 32, 64]}
FIGURES = {
    "feedforward.png": (
        "Widths over the epochs when the rule sizes layers of a perceptron (medians and quartiles), and accuracy "
        "against size beside fixed widths."
    ),
}
BATCH = 40
OVERLAP = 0.25  # test rows / training rows: every repeat splits the same digits anew, so accuracies are not independent


class Job(NamedTuple):
    """One network: hidden widths at the start (1, ...: variable unless fixed), classes 2 or 10, epochs, seed."""

    hidden: tuple[int, ...]
    fixed: bool
    classes: int
    epochs: int
    seed: int


def parts(classes: int, seed: int) -> Any:
    """Return a standardised training and test set of the digits below `classes`."""
    data = digits()
    return standardised(*split(take(data, np.flatnonzero(data.y < classes)), rng=seed))


def adapted(net: Any, job: Any, learn: Any, policy: Any, pull: float = 3e-5) -> Run:
    """Train a network with this policy at every step, or without one if job.fixed; the history has one row per epoch."""
    optimiser = Pull(RMSProp(rate=3e-3, clip=3e-3), pull)
    policies = () if job.fixed else (policy,)
    plan = Plan(epochs=job.epochs, batch=BATCH, every=1 if policies else None, policies=policies, quiet=True)
    return train(start(net, optimiser, rng=job.seed), learn.X, learn.y, plan)


def one(job: Job) -> dict[str, Any]:
    """Return test accuracy (%), training loss (nats per sample) and the widths after each epoch."""
    learn, test = parts(job.classes, job.seed)
    run = adapted(MLP.create([64, *job.hidden, job.classes], rng=job.seed), job, learn, LayerSpares())
    hidden = run.history["widths"][:, 1:-1].tolist()
    found = 100 * accuracy(run.net(test.X), test.y)
    return {"accuracy": round(found, 3), "loss": round(run.loss, 6), "hidden": hidden}


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train variable and fixed networks on the same splits."""
    each, epochs = seeds(seed, config["repeats"]), config["epochs"]
    kinds = {
        "ten digits": ((1,), False, 10),
        "two digits": ((1,), False, 2),
        "ten digits, two layers": ((1, 1), False, 10),
        **{f"fixed {H}": ((H,), True, 10) for H in config["sizes"]},
    }
    jobs = [Job(*kind, epochs, s) for kind in kinds.values() for s in each]
    found, n = pmap(one, jobs), config["repeats"]
    runs = {name: found[i * n : (i + 1) * n] for i, name in enumerate(kinds)}
    return Outcome({"sizes": config["sizes"], "runs": runs})


def values(runs: list[dict[str, Any]], name: str) -> np.ndarray:
    """Return the accuracy, the loss, or the first hidden layer's last width (`width`) of every run (runs,)."""
    return np.array([run["hidden"][-1][0] if name == "width" else run[name] for run in runs])


def nearest(data: dict[str, Any]) -> int:
    """Return the fixed size nearest to the median width that the rule arrived at."""
    width = np.median(values(data["runs"]["ten digits"], "width"))
    return min(data["sizes"], key=lambda H: abs(np.log(H / width)))


def claims(data: dict[str, Any]) -> list[Claim]:
    """Judge whether size follows difficulty, and the accuracy against fixed sizes."""
    runs = data["runs"]
    ten, two = (values(runs[name], "width") for name in ("ten digits", "two digits"))
    accuracy = values(runs["ten digits"], "accuracy")
    fixed = {H: values(runs[f"fixed {H}"], "accuracy") for H in data["sizes"]}
    best, same = max(fixed, key=lambda H: fixed[H].mean()), nearest(data)
    gap, equal = (mean(accuracy - fixed[H], OVERLAP) for H in (best, same))
    deep = mean(values(runs["ten digits, two layers"], "accuracy") - accuracy, OVERLAP)
    return [
        judge(f"ten digits grow a wider layer than two digits ({np.median(ten):g} against {np.median(two):g})",
              "proposed, not tested", median(ten - two), "neurons more (median of pairs)", above(0)),
        judge(f"as accurate as the nearest fixed size ({same})", "proposed, not tested", equal,
              "pp of test accuracy more", above(-0.5)),
        judge(f"as accurate as the best fixed size ({best})", "proposed, not tested", gap, "pp of test accuracy more",
              above(-0.5)),
        judge("two layers that size themselves are as accurate as one", "proposed, not tested", deep,
              "pp of test accuracy more", above(-0.5)),
    ]  # fmt: skip


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `feedforward.png`: widths over time, and accuracy against size."""
    from minigrow.plotting import COLOURS, bars, picture, quartile_band

    runs, sizes = data["runs"], data["sizes"]
    curves = (("ten digits", 0), ("two digits", 0), ("ten digits, two layers", 0), ("ten digits, two layers", 1))
    labels = ("ten digits", "two digits", "ten digits, first of two", "ten digits, second of two")
    with picture(folder / "feedforward.png", columns=2, panel=(7, 5)) as axes:
        time, size = axes[0]
        for i, ((name, layer), label) in enumerate(zip(curves, labels, strict=True)):
            widths = np.array([[hidden[layer] for hidden in run["hidden"]] for run in runs[name]])
            quartile_band(time, np.arange(1, widths.shape[1] + 1), widths, i, label)
        time.set(title="width; medians and quartiles", xlabel="epochs", ylabel="neurons", ylim=(0, None))
        time.legend()
        fixed = np.array([values(runs[f"fixed {H}"], "accuracy") for H in sizes]).T
        bars(size, sizes, fixed, 0, "fixed")
        own = runs["ten digits"]
        size.plot(values(own, "width"), values(own, "accuracy"), "D", color=COLOURS[1], label="variable, each run")
        size.set_xscale("log", base=2)
        size.set_xticks(sizes, [str(H) for H in sizes])
        size.set(title="ten digits, one hidden layer", xlabel="neurons", ylabel="test accuracy (%)")
        size.legend(loc="lower right")
