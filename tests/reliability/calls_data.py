"""Right calls of `datasets`, `motifs`, `structure`, `replay`, `statistics`, `laws` and `labs`, see `calls`."""

import itertools

import numpy as np
from calls_growth import FOLDER, history, saved
from calls_nn import X, mlp, row, y

from minigrow import datasets, laws, motifs, replay, shares, statistics, structure
from minigrow.datasets import named, standardise
from minigrow.motifs.chance import NullModel

SMALL = datasets.from_arrays(X, y)


def graph():
    """Six vertices, seven edges."""
    return motifs.from_edges([0, 0, 1, 2, 3, 4, 5], [1, 2, 3, 3, 4, 5, 0])


def edge_list():
    """The path of an edge list."""
    path = FOLDER / "edges.txt"
    path.write_text("0 1\n1 2\n2 0\n")
    return path


def drawn(**fields):
    """Draw a random graph by this null model."""
    return motifs.randomise(graph(), 0, NullModel(**fields)).pair


def verified(**fields):
    """The first two laws."""
    return [tuple(found) for found in laws.verify(**fields, laws=laws.all_laws()[:2])]


def found():
    """The structure of a small network."""
    return structure.read_net(mlp())


NUMBERS = {"values": "values things array nan", "a": "values things array nan", "b": "values things array nan"}
CALLS = [
    row(
        datasets.from_arrays,
        lambda: {"X": X.copy(), "y": y.copy(), "name": "d"},
        kinds={"X": "array labels X complex", "y": "labels names array values"},
    ),
    row(datasets.split, lambda: {"data": SMALL, "test": 0.5, "rng": 0}),
    row(
        datasets.Dataset,
        lambda: {"X": X.copy(), "y": y.copy(), "name": "d", "classes": ("a", "b"), "shape": (4,)},
        lambda **k: datasets.split(datasets.Dataset(**k), rng=0)[0].X,
        name="datasets.Dataset",
        kinds={
            "X": "X array",
            "y": "labels array values",
            "classes": "names things",
            "shape": "wholes things array",
            "name": "text",
        },
    ),
    row(datasets.standardised, lambda: {"train": SMALL}),
    row(
        standardise.Standardiser,
        lambda: {"X": X.copy()},
        lambda X: standardise.Standardiser.fit(X)(X),
        name="datasets.Standardiser",
        kinds={"X": "X"},
    ),
    row(datasets.spirals, lambda: {"n": 20, "arms": 2, "noise": 0.1, "rng": 0, "dtype": np.float64}),
    row(datasets.digits, lambda: {"dtype": np.float64}),
    row(datasets.mnist1d, lambda: {"dtype": np.float64}),
    *[
        row(load, lambda: {"folder": FOLDER, "dtype": np.float64}, name=f"datasets.{load.__name__}", refused=True)
        for load in (datasets.mnist, datasets.fashion_mnist, datasets.cifar10, datasets.cifar100)
    ],
    row(datasets.fetch, lambda: {"name": "imagenet", "folder": FOLDER}, refused=True, kinds={"name": "word"}),
    row(named.load, lambda: {"name": "digits"}, kinds={"name": "word"}),
    row(
        motifs.from_edges,
        lambda: {
            "source": np.array([0, 1, 2]),
            "target": np.array([1, 2, 0]),
            "colour": np.array([1, 2, 1]),
            "paint": {0: 1, 1: 1, 2: 2},
            "undirected": False,
        },
        lambda **k: motifs.from_edges(**k).pair,
    ),
    row(motifs.edges, lambda: {"graph": graph()}),
    row(motifs.census, lambda: {"graph": graph(), "size": 3}),
    row(
        motifs.analyse,
        lambda: {
            "graph": graph(),
            "size": 3,
            "rng": 0,
            "null": NullModel(random=3),
            "probabilities": (1.0, 1.0, 0.5),
            "pool": None,
            "least": 5,
        },
        loose=True,
        kinds={"null": "none", "probabilities": "none", "pool": "none"},
    ),
    row(motifs.randomise, lambda: {"graph": graph(), "rng": 0, "null": None}, lambda **k: motifs.randomise(**k).pair),
    row(
        motifs.NullModel,
        lambda: {
            "random": 3,
            "switches": 2.0,
            "blocks": np.array([0, 1, 1, 2, 2, 2]),
            "procedure": "uniform",
            "passes": 3,
            "tries": 3,
        },
        drawn,
        name="motifs.NullModel",
        kinds={"blocks": "none labels array values names"},
    ),
    row(motifs.matrix_of, lambda: {"identity": 8**3 + 2 * 8, "size": 3, "layout": None}),
    row(motifs.network_graph, lambda: {"net": mlp(), "cut": None}, lambda **k: motifs.network_graph(**k).pair),
    row(motifs.profile, lambda: {"z": np.array([1.0, np.nan, 2.0])}, loose=True),
    row(motifs.read_edges, lambda: {"path": edge_list()}, lambda **k: motifs.read_edges(**k).pair),
    row(
        structure.read,
        lambda: {
            "W": np.tril(np.ones((4, 4)), -1),
            "inputs": [0, 1],
            "outputs": [3],
            "iterations": None,
            "positions": (),
            "threshold": None,
        },
        loose=True,
        kinds={"W": "array X", "positions": "things array nan none", "threshold": "number none"},
    ),
    row(structure.read_net, lambda: {"net": mlp(), "threshold": None}, loose=True, kinds={"threshold": "number none"}),
    row(structure.judge, lambda: {"found": found()}, kinds={"found": "thing"}),
    row(replay.page, lambda: {"histories": history(), "title": "t", "names": ()}),
    row(replay.write_page, lambda: {"histories": history(), "path": FOLDER / "page.html", "title": "t", "names": ()}),
    row(replay.open_history, lambda: {"path": saved("h.npz")}),
    row(statistics.mean, lambda: {"values": [1.0, 2.0, 4.0], "share": 0.1}, loose=True, kinds=NUMBERS),
    row(statistics.median, lambda: {"values": [1.0, 2.0, 4.0], "share": 0.1}, loose=True, kinds=NUMBERS),
    row(statistics.geometric, lambda: {"a": [1.0, 2.0], "b": [2.0, 1.0], "share": 0.1}, loose=True, kinds=NUMBERS),
    row(
        statistics.proportion,
        lambda: {"hits": [True, False, True], "z": 1.96},
        loose=True,
        kinds={"hits": "things labels values", "z": "number"},
    ),
    row(
        statistics.bootstrap,
        lambda: {"values": [1.0, 2.0], "statistic": np.median, "draws": 50, "share": 0.1},
        loose=True,
        kinds=NUMBERS,
    ),
    row(
        shares.difference,
        lambda: {"a": [True, False], "b": [True, True], "level": 0.05},
        loose=True,
        kinds={"a": "things labels values array", "b": "things labels values array"},
    ),
    row(laws.verify, lambda: {"cases": 1, "seed": 0}, verified, loose=True),
    row(laws.case, lambda: {"name": "a", "seed": 0, "number": 0}),
    row(laws.load_file, lambda: {"path": FOLDER / "no.py"}, refused=True),
]
assert all(itertools.starmap(lambda *call: len(call) == 5, CALLS))
