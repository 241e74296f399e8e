"""Do grown networks have the motifs of networks that had their size from the start? And do motifs belong to the function?

Five networks learn the binary tree for 20 epochs, each with 31-20-10-4 neurons at the end:

    fixed, duplicated                        ReLU; the second grows from 31-10-5-4 by splitting neurons (Net2Net)
    isotropic, isotropic grown, rotated      isotropic tanh; grown from 31-10-5-4; and `isotropic` in another basis

The last one computes the same function as `isotropic`, for an isotropic layer may be rotated freely (Bird 2026), but its
weights are others. Each network is cut by a Gaussian of its own weights.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from minigrow import isotropic
from minigrow.experiments.claims import Claim, above, below, judge, mean
from minigrow.experiments.motifs import pictures
from minigrow.experiments.motifs.data import binary_tree
from minigrow.experiments.motifs.measures import by_seed, change, equal, landscape, likeness
from minigrow.experiments.motifs.training import BATCH, EPOCHS, OPTIMISER, initial
from minigrow.experiments.registry import Outcome
from minigrow.growth import Event, Move, Plan, duplicate, moved, rotate, start, train
from minigrow.growth.plan import Context
from minigrow.motifs.weights import gaussian_cut, layered_graph, matrices
from minigrow.nn import accuracy
from minigrow.nn.initialisers import orthogonal

QUICK = {"repeats": 5, "patterns": 2000, "random": 100}
FULL = {"repeats": 20, "patterns": 2000, "random": 100}
FIGURES = {
    "grown.png": (
        "Mean correlation of motif landscapes between networks of fixed size, grown and rotated ones of different "
        "seeds, as a table shaded by its numbers."
    ),
}
SMALL, LARGE = (10, 5), (20, 10)
NETS = ("fixed", "duplicated", "isotropic", "isotropic grown", "rotated")


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train and count the five networks for each seed."""
    jobs = [(seed + repeat, config["patterns"], config["random"]) for repeat in range(config["repeats"])]
    return Outcome({"runs": pmap(one, jobs)})


def one(job: tuple) -> dict[str, Any]:
    """Train the networks of one seed; return their landscapes, accuracies, and how far `rotated` is from `isotropic` in output."""
    seed, patterns, random = job
    rng = np.random.default_rng([seed, 31])
    data = binary_tree(patterns, rng)
    nets = {
        "fixed": fit(initial(LARGE, "glorot", rng), data, (), rng),
        "duplicated": fit(initial(SMALL, "glorot", rng), data, (split_neurons,), rng),
        "isotropic": fit(_isotropic(LARGE, rng), data, (), rng),
        "isotropic grown": fit(_isotropic(SMALL, rng), data, (add_neurons,), rng),
    }
    nets["rotated"] = turned(nets["isotropic"], rng)
    gap = float(np.abs(nets["rotated"](data.X) - nets["isotropic"](data.X)).max())
    scores = {name: accuracy(net(data.X), data.y) for name, net in nets.items()}
    found = {name: _landscape(net, random, rng) for name, net in nets.items()}
    found["again"] = _landscape(nets["isotropic"], random, rng)
    return {"seed": seed, "nets": found, "accuracy": scores, "gap": gap}


def _isotropic(hidden, rng):
    return isotropic.Network.create([31, *hidden, 4], init="glorot", rng=rng)


def _landscape(net, random, rng):
    weights = matrices(net)
    return landscape(layered_graph(weights, gaussian_cut(weights)), 4, random, rng)


def fit(net: Any, data: Any, policies: tuple, rng: np.random.Generator) -> Any:
    """Train for 20 epochs with the paper's optimiser on all patterns X (n, 31), y (n,), and return the network.

    >>> rng = np.random.default_rng(0)
    >>> fit(initial(SMALL, "glorot", rng), binary_tree(40, rng), (split_neurons,), rng).widths
    (31, 20, 10, 4)
    """
    plan = Plan(epochs=EPOCHS, batch=BATCH, policies=policies, quiet=True)
    return train(start(net, OPTIMISER, rng=rng), data.X, data.y, plan).net


def due(net: Any, epoch: int) -> list[int]:
    """Return the hidden layers, from 1, that get a neuron after this epoch: until full, layer 1 always, layer 2 every second time.

    >>> from minigrow.nn import MLP
    >>> due(MLP.create([31, 10, 5, 4], rng=0), 2), due(MLP.create([31, 20, 10, 4], rng=0), 2)
    ([1, 2], [])
    """
    return [l for l in (1, 2) if net.widths[l] < LARGE[l - 1] and epoch % l == 0]


def split_neurons(net: Any, context: Context) -> tuple[Any, list[Event]]:
    """Split a random neuron of each layer that is due into two halves with the same input weights (a policy; Net2Net).

    The halves get slightly unequal shares of the outgoing weights, or they would stay equal for ever.
    """
    events, rng = [], context.rng
    for l in due(net, context.epoch):
        m = net.widths[l]
        move = Move(f"h{l}", duplicate(m, int(rng.integers(m)), float(rng.uniform(0.3, 0.7))))
        events.append(Event("grow", f"h{l}", 1, "schedule", m, m + 1, (move,)))
        net = moved(net, [move])
    return net, events


def add_neurons(net: Any, context: Context) -> tuple[Any, list[Event]]:
    """Append a neuron without input weights to each layer that is due (a policy; isotropic growth)."""
    events = []
    for l in due(net, context.epoch):
        net, event = isotropic.grow(net, l - 1, 1, rng=context.rng, reason="schedule")
        events.append(event)
    return net, events


def turned(net: Any, rng: np.random.Generator) -> Any:
    """Return the same isotropic network with both hidden layers in another, random basis.

    >>> rng = np.random.default_rng(0)
    >>> net = _isotropic((4, 3), rng)
    >>> X = rng.standard_normal((5, 31))
    >>> np.allclose(turned(net, rng)(X), net(X))
    True
    """
    moves = [Move(f"h{l}", rotate(orthogonal(net.widths[l], net.widths[l], rng))) for l in (1, 2)]
    return moved(net, moves)


def peers(data: dict, r: dict, name: str, reference: str) -> float:
    """Return the mean likeness of a run's network to the `reference` networks of the other seeds (a scalar)."""
    others = [p["nets"][reference] for p in data["runs"] if p["seed"] != r["seed"]]
    return float(np.nanmean([likeness(r["nets"][name], other) for other in others]))


def _gap(data, name, reference):
    return mean(by_seed(data["runs"], lambda r: peers(data, r, name, reference) - peers(data, r, reference, reference)))


def claims(data: dict) -> list[Claim]:
    """Judge what this project, not the paper, asks."""
    split, grown = _gap(data, "duplicated", "fixed"), _gap(data, "isotropic grown", "isotropic")
    turn = mean(
        by_seed(
            data["runs"],
            lambda r: (
                change(r["nets"]["isotropic"], r["nets"]["rotated"])
                / change(r["nets"]["isotropic"], r["nets"]["again"])
            ),
        )
    )
    worst = mean(by_seed(data["runs"], lambda r: min(r["accuracy"].values())))
    unit = "likeness to fixed nets of other seeds, less theirs to each other"
    return [
        judge("nets grown by splitting neurons have the motifs of fixed ones", "not asked", split, unit, equal(0)),
        judge("isotropic nets grown by adding neurons have the motifs of fixed ones", "not asked", grown, unit, equal(0)),
        judge("motifs belong to the function: a rotated isotropic net has the same", "not asked", turn,
              "change of Z over that between two null models of one net", below(2)),
        judge("all five networks learn the tree", "not asked", worst, "accuracy, the worst net", above(0.95)),
    ]  # fmt: skip


def draw(data: dict, folder: Path) -> None:
    """Write the figure: likeness of each kind of network to each other kind."""
    pictures.likeness_matrix(data, NETS, folder / "grown.png")
