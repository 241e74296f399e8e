"""How much of a trained net's motif landscape is in its wiring? Compare it with two kinds of chance that keep layers.

The networks are those of `motifs.shuffled` with the right labels. The weights of each layer are shuffled three times:

    (a)  change of Z from the trained net to a shuffle, over the change from one shuffle to another: 1 if the trained net is
         one of its own shuffles, whatever the noise of Z, for each of the four graphs has a null model of its own.
    (b)  size of Z (root mean square over frequent classes) when chance keeps degrees (the paper), and when it keeps layers
         too; the latter over the mean size of rewirings that are judged in the trained net's place by the same random
         graphs: 1 if the trained net is one of its own rewirings.

(b) is asked with colours and without, and of the untrained net too: its weights are independent draws, so it *is* one of its
rewirings (but for the orthogonal ones), and the ratio must be 1. p is the share of rewirings with a Z at least as large, the net
itself counted among them. Criteria were fixed before the full run.
"""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.claims import Claim, Estimate, above, judge, mean
from minigrow.experiments.motifs import pictures
from minigrow.experiments.motifs.data import binary_tree
from minigrow.experiments.motifs.measures import by_seed, change, equal, frequent, landscape
from minigrow.experiments.motifs.shuffled import size_of_z
from minigrow.experiments.motifs.training import EPOCHS, SCHEMES, initial, learn
from minigrow.experiments.registry import Outcome
from minigrow.experiments.shared import rounded
from minigrow.motifs import Graph, Motifs, Plan, census
from minigrow.motifs.ensemble import random_censuses
from minigrow.motifs.graph import colour_blind
from minigrow.motifs.statistics import summarise
from minigrow.motifs.weights import gaussian_cut, layered_graph, layers, matrices

QUICK = {"repeats": 5, "hidden": [[20, 10]], "patterns": 2000, "random": 100, "rewired": 19}
FULL = {"repeats": 10, "hidden": [[20, 10], [30, 30]], "patterns": 2000, "random": 100, "rewired": 49}
FIGURES = {
    "wiring.png": (
        "Change of Z from trained nets to shuffled ones and between two shuffles; size of Z when chance keeps degrees and "
        "when it keeps layers too, and the latter before training, with colours and without (means with 95 % intervals)."
    ),
}
SIZE = 4
SHUFFLES = 3
REWIRED = "size of Z over that of rewirings within layers"


def run(config: dict[str, Any], seed: int, pmap: Callable) -> Outcome:
    """Train and judge every network."""
    jobs = [
        (hidden, scheme, seed + repeat, config["patterns"], config["random"], config["rewired"])
        for hidden in config["hidden"]
        for scheme in SCHEMES
        for repeat in range(config["repeats"])
    ]
    return Outcome({"runs": pmap(one, jobs)})


def one(job: tuple) -> dict[str, Any]:
    """Train one network; return its changes of Z by shuffling, and its sizes of Z under each kind of chance."""
    hidden, scheme, seed, patterns, random, rewired = job
    rng = np.random.default_rng([seed, SCHEMES.index(scheme), *hidden])
    net = initial(tuple(hidden), scheme, rng)
    trained, accuracy = learn(net, binary_tree(patterns, rng), rng, EPOCHS)
    before, after = matrices(net), matrices(trained)
    cut = gaussian_cut([*before, *after])
    shuffles = [[rng.permutation(W.ravel()).reshape(W.shape) for W in after] for _ in range(SHUFFLES)]
    graphs = [layered_graph(weights, cut) for weights in (before, after, *shuffles)]
    found = {"hidden": list(hidden), "scheme": scheme, "seed": seed, "accuracy": rounded(accuracy[-1])}
    found |= by_shuffling(graphs[1], graphs[2:], random, rng)
    for name, graph in zip(("initial", "trained"), graphs, strict=False):
        for painted, g in (("coloured", graph), ("plain", colour_blind(graph))):
            plan = Plan(random, blocks=layers(g, net.widths))
            found[f"{name} {painted}"] = by_rewiring(g, plan, rewired, rng)
    return found


def by_shuffling(trained: Graph, shuffles: list[Graph], random: int, rng: np.random.Generator) -> dict[str, Any]:
    """Return the mean change of Z from the trained net to a shuffle and between shuffles, and both sizes of Z (the paper's null).

    >>> from minigrow.motifs import from_edges
    >>> sorted(by_shuffling(from_edges([0, 1], [1, 2]), [from_edges([0, 1], [1, 2])] * 2, 2, np.random.default_rng(0)))
    ['change shuffled', 'change shuffles', 'size shuffled', 'size trained']
    """
    own, *others = (landscape(graph, SIZE, random, rng) for graph in (trained, *shuffles))
    values = {
        "change shuffled": np.mean([change(own, other) for other in others]),
        "change shuffles": np.mean([change(a, b) for a, b in combinations(others, 2)]),
        "size trained": size_of_z(own),
        "size shuffled": np.mean([size_of_z(other) for other in others]),
    }
    return {name: rounded(value) for name, value in values.items()}


def by_rewiring(graph: Graph, plan: Plan, rewired: int, rng: np.random.Generator) -> dict[str, float]:
    """Return the size of Z when chance keeps degrees and when it keeps the plan's blocks too, the mean of `rewired` graphs, and p.

    >>> from minigrow.motifs import from_edges
    >>> plan = Plan(3, blocks=np.array([0, 0, 0, 1, 1, 1]))
    >>> by_rewiring(from_edges([0, 1, 2, 0], [3, 4, 5, 4]), plan, 4, np.random.default_rng(0))["p"]
    1.0
    """
    own = census(graph, SIZE)
    degrees = summarise(own, random_censuses(graph, SIZE, rng, plan._replace(blocks=None)))
    null = list(random_censuses(graph, SIZE, rng, plan))
    places = [own, *random_censuses(graph, SIZE, rng, plan._replace(random=rewired))]
    size, *chance = (size_of(summarise(place, null)) for place in places)
    at_least = sum(not c < size for c in chance)  # a Z that is undefined everywhere is no evidence
    found = {"degrees": size_of(degrees), "layers": size, "chance": np.mean(chance)}
    return {name: rounded(value) for name, value in found.items()} | {"p": rounded((1 + at_least) / (1 + rewired))}


def size_of(found: Motifs) -> float:
    """Return the root mean square of Z over the frequent classes whose Z is defined (a scalar; NaN where there is none).

    >>> from minigrow.motifs.esu import Census
    >>> one, two = (Census(3, np.array([1, 65]), np.array([n, 1])) for n in (3, 9))
    >>> round(size_of(summarise(one, [one, two])), 3)
    0.707
    """
    z = found.z[frequent(found) & np.isfinite(found.z)]
    return float(np.sqrt(np.mean(z**2))) if z.size else float("nan")


def of_scheme(data: dict, scheme: str, value: Callable[[dict], float]) -> Estimate:
    """Return the mean of value(run) over seeds of one initialisation, architectures averaged first, with its 95 % interval.

    >>> runs = [{"scheme": "glorot", "seed": seed, "v": v} for seed, v in ((0, 1.0), (0, 3.0), (1, 2.0))]
    >>> of_scheme({"runs": runs}, "glorot", lambda r: r["v"])
    Estimate(value=2.0, low=2.0, high=2.0, n=2, spread=0.0)
    """
    return mean(by_seed([r for r in data["runs"] if r["scheme"] == scheme], value))


def beyond_shuffles(r: dict) -> float:
    """Return (a), the change of Z from the trained net to its shuffles over that between shuffles (a scalar, 1 by chance).

    >>> beyond_shuffles({"change shuffled": 3.0, "change shuffles": 2.0})
    1.5
    """
    return r["change shuffled"] / r["change shuffles"]


def beyond_rewiring(r: dict, graph: str) -> float:
    """Return (b), the size of Z of a graph over the mean size of its rewirings within layers (a scalar, 1 by chance).

    >>> beyond_rewiring({"trained plain": {"layers": 3.0, "chance": 2.0}}, "trained plain")
    1.5
    """
    return r[graph]["layers"] / r[graph]["chance"]


def claims(data: dict) -> list[Claim]:
    """Judge whether wiring is seen beyond each kind of chance, for each initialisation; `paper` says what its reading needs."""
    rows = [_all_of_z(data)]
    for scheme in SCHEMES:
        found, unit = of_scheme(data, scheme, beyond_shuffles), "change to shuffled over change between two shuffles"
        claim = f"{scheme}: trained nets are further from their shuffles than these from each other"
        rows.append(judge(claim, "needed", found, unit, above(1)))
    for painted, words in (("coloured", "with colours"), ("plain", "without colours")):
        for scheme in SCHEMES:
            found = of_scheme(data, scheme, lambda r, graph=f"trained {painted}": beyond_rewiring(r, graph))
            claim = f"{scheme}: wiring shows beyond layers and degrees, {words}"
            rows.append(judge(claim, "needed", found, REWIRED, above(1)))
    return [*rows, _untrained(data)]


def _all_of_z(data):
    kept = mean(by_seed(data["runs"], lambda r: r["trained coloured"]["layers"] / r["trained coloured"]["degrees"]))
    return judge("most of Z is there too when chance keeps layers", "needed", kept,
                 "size of Z, layers and degrees kept over degrees kept", above(0.5))  # fmt: skip


def _untrained(data):
    independent = [r for r in data["runs"] if r["scheme"] != "orthogonal"]
    graphs = ("initial coloured", "initial plain")
    found = mean(by_seed(independent, lambda r: np.mean([beyond_rewiring(r, graph) for graph in graphs])))
    return judge("check: untrained normal and Glorot nets are like their rewirings", "must be", found,
                 REWIRED, equal(1))  # fmt: skip


def draw(data: dict, folder: Path) -> None:
    """Write the figure: change of Z by shuffling, and size of Z under two kinds of chance beside that of an untrained net."""
    pictures.wiring_bars(data, folder / "wiring.png")
