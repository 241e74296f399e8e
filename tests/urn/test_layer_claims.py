"""Claims about depth, width, prices, units and symmetries on hand-made data: each holds, is refuted, and is undecided."""

import numpy as np
import pytest

from minigrow.experiments.urn import difficulty, economy, layers, phases, symmetries, units

N = 20
WIDE = np.array([-1.0, 1.0] * (N // 2))  # runs that disagree
HOLDS, REFUTED, UNDECIDED = "holds", "refuted", "undecided"


def runs_of(n=N, **columns):
    usual = {"error": 1e-9, "accuracy": 100.0, "edges": 10, "neurons": 2, "depth": 2, "density": 1.0, "kind": "layered",
             "score": 99.0, "skips": 0.0}  # fmt: skip
    arrays = {name: [v] * n if np.isscalar(v) else list(v) for name, v in (usual | columns).items()}
    return [{name: values[i] for name, values in arrays.items()} for i in range(n)]


def some(hits, yes, no):
    return [yes] * hits + [no] * (N - hits)


def verdicts(module, data):
    return [claim.verdict for claim in module.claims(data)]


SHARES = [(20, 0, HOLDS), (5, 15, REFUTED), (16, 4, UNDECIDED)]


@pytest.mark.parametrize(("hits", "control", "expected"), SHARES)
def test_phases(hits, control, expected):
    kinds = {"perceptron": "direct", "layered": "layered", "local": "local"}
    runs = {name: runs_of(kind=some(hits, kind, "sparse")) for name, kind in kinds.items()}
    runs |= {f"{name}, control": runs_of(kind=some(control, kind, "sparse")) for name, kind in kinds.items()}
    assert verdicts(phases, {"runs": runs, "settings": SETTINGS}) == [expected] * 6


SETTINGS = {
    f"{name}{more}": ["xor", {"l1": 0.1}] for name in ("perceptron", "layered", "local") for more in ("", ", control")
}


def test_an_architecture_with_a_large_error_or_another_depth_does_not_count():
    runs = {name: runs_of(kind="sparse") for name in SETTINGS}
    runs |= {"perceptron": runs_of(kind="direct", error=0.1), "layered": runs_of(kind="layered", depth=3)}
    assert verdicts(phases, {"runs": runs, "settings": SETTINGS}) == [REFUTED, HOLDS] * 3


def difficulty_data(spread=0.0, order=1, cheap=5, large=(100.0, 5.0), deepest=4, **usual):
    """Edges of each task at two prices; `order` -1 turns the difficulty round, `cheap` edges more at the low price."""
    accuracy, gain = large
    found = {"linear": 4, "xor": 8, "parity3": 12, "parity4": 20}
    runs = {f"{name} 0.003": runs_of(accuracy=accuracy) for name in ("spirals", "digits", "mnist-1d")}
    for i, (task, edges) in enumerate(found.items()):
        for l1 in (0.003, 0.01):
            shaken = order * edges + spread * WIDE * (-1) ** i + cheap * (l1 == 0.003)
            runs[f"{task} {l1}"] = runs_of(edges=shaken, depth=deepest, **usual)
    line = (np.broadcast_to(accuracy, N) - gain).tolist()
    return {"l1": [0.003, 0.01], "large_l1": [0.003], "data": ["digits", "mnist-1d"], "reference": 0.01, "large_reference": 0.003,
            "iterations": 4, "overlap": {"digits": 0.25, "mnist-1d": 0.0}, "linear": {"digits": line, "mnist-1d": line},
            "runs": runs}  # fmt: skip


MIXED = {"error": some(10, 1e-9, 1.0), "accuracy": some(16, 100.0, 50.0), "large": (94.5 + 5 * WIDE, WIDE)}
FACT = 10  # the claim about the greatest depth is a fact, and never undecided


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (difficulty_data(), HOLDS),
        (difficulty_data(0, -1, -5, (50.0, -5.0), 5, error=1.0, accuracy=50.0), REFUTED),
        (difficulty_data(9, 1, 10 * WIDE, **MIXED), UNDECIDED),
    ],
)
def test_difficulty(data, expected):
    found = verdicts(difficulty, data)
    assert found.pop(FACT) == (REFUTED if expected == REFUTED else HOLDS)
    assert found == [expected] * 13


def layers_data(hits, moved, gap, narrower, edge=False):
    settings = {
        "depth 1: a": ["a", 3, {"l1": 0.1}, {"l1": 0.2}, 1],
        "depth 2: digits": ["plain digits", 2, {"l1": 1}, {"l1": 2}, 2],
    }
    runs, other = {}, {}
    for name, kind in zip(settings, ("direct", "bottleneck"), strict=True):
        depth = settings[name][-1]
        runs[name] = runs_of(kind=some(hits, kind, "sparse"), depth=depth, score=90.0)
        other[name] = runs_of(kind=some(moved, kind, "skip"), depth=depth)
    peers = {name: (90.0 - np.broadcast_to(gap, N)).tolist() for name in settings}
    wide = {"a 0.1": runs_of(neurons=10 + np.broadcast_to(narrower, N)), "a 0.3": runs_of(neurons=10)}
    return {"settings": settings, "runs": runs, "moved": other, "peers": peers, "wide": wide, "group": [0.1, 0.3], "margin": 2,
            "rates": {name: [0.01, edge] for name in settings}, "overlap": {"digits": 0.25}}  # fmt: skip


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (layers_data(20, 0, -1.0, 3), HOLDS),
        (layers_data(5, 15, -5.0, -3), REFUTED),
        (layers_data(16, 4, -2 + WIDE, WIDE), UNDECIDED),
    ],
)
def test_layers(data, expected):
    assert verdicts(layers, data) == [expected] * 7


def test_a_rate_at_the_edge_of_its_grid_decides_nothing_and_overlap_widens():
    assert verdicts(layers, layers_data(20, 0, -1.0, 3, edge=True)) == [HOLDS, HOLDS, UNDECIDED] * 2 + [HOLDS]
    fresh, split = (claim for claim in layers.claims(layers_data(20, 0, WIDE, 3)) if "perceptron" in claim.claim)
    assert split.high - split.low > 2 * (fresh.high - fresh.low)


def test_another_depth_or_a_thin_net_is_not_the_layered_one():
    assert layers.full({"kind": "layered", "depth": 2, "density": 0.5}, 2)
    assert not layers.full({"kind": "layered", "depth": 3, "density": 0.5}, 2)
    assert not layers.full({"kind": "direct", "depth": 1, "density": 0.49}, 1)
    assert not layers.full({"kind": "skip", "depth": 2, "density": 1.0}, 2)


def economy_data(group, path, deeper, reached=N):
    """Neurons and edges under each price; two strengths, of which the second is too dear for all."""
    score = some(reached, 99.0, 50.0)
    cells = {"l1": (8.0, 64.0, 2), "group": (*group, 2), "path": (*path, 2 + np.asarray(deeper))}
    runs = {}
    for price, (neurons, edges, depth) in cells.items():
        runs[f"a {price} 0.1"] = runs_of(neurons=neurons, edges=edges, depth=depth, score=score)
        runs[f"a {price} 0.2"] = runs_of(neurons=1, edges=2, depth=1, score=0.0)
    return {"limits": {"a": 95}, "runs": runs} | {price: [0.1, 0.2] for price in cells}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (economy_data((4.0, 64.0), (16.0, 128.0), 0), HOLDS),
        (economy_data((16.0, 64.0), (4.0, 32.0), 1, reached=5), REFUTED),
        (economy_data((8 + 4 * WIDE, 64.0), (8 + 4 * WIDE, 64 + 32 * WIDE), 1 + WIDE, reached=16), UNDECIDED),
    ],
)
def test_economy(data, expected):
    assert verdicts(economy, data) == [expected] * 6


def test_of_a_ladder_the_strongest_good_run_counts_and_neurons_are_read_between_its_edges():
    runs = [
        {"score": 99, "edges": 90, "neurons": 9},
        {"score": 96, "edges": 10, "neurons": 1},
        {"score": 1, "edges": 1, "neurons": 1},
    ]
    assert economy.matched(runs, 95)["edges"] == 10
    assert economy.matched(runs, 100)["score"] == 99
    assert economy.at_edges(runs, 30) == pytest.approx(3)


@pytest.mark.parametrize(("hits", "expected"), [(20, HOLDS), (5, REFUTED), (16, UNDECIDED)])
def test_units(hits, expected):
    kinds = {"perceptron": ("direct", 1), "layered": ("layered", 2)}
    runs = {f"{name} {h:g} {unit}": runs_of(kind=some(hits, kind, "sparse"), depth=depth)
            for name, (kind, depth) in kinds.items() for h in (0.5, 1, 2) for unit in units.UNITS}  # fmt: skip
    data = {"names": list(kinds), "heights": [0.5, 1, 2], "runs": runs}
    assert verdicts(units, data) == [expected] * 18 + [HOLDS]
    runs["layered 2 target"][3]["error"] = 2e-9
    assert verdicts(units, data)[-1] == REFUTED


def test_the_target_in_its_own_units_is_the_same_run_and_strengths_are_not():
    cells = [units.Cell("half_xor", h, unit, (("l1", 0.06), ("time", 0.03)), 12, 3, 60, 0) for h, unit in
             ((1.0, "target"), (2.0, "target"), (2.0, "strengths"), (2.0, "none"))]  # fmt: skip
    one, two, strengths, none = (units.one(cell) for cell in cells)
    assert one == two
    assert one != strengths != none


def symmetries_data(**changed):
    changes = {}
    for name in (*symmetries.NETWORK, *symmetries.PLACES):
        row = [1e-16 if (price, name) in symmetries.HAS else 0.1 for price in symmetries.PRICES]
        changes[name] = [list(row) for _ in range(3)]
    for (name, column), value in changed.get("cells", {}).items():
        changes[name][1][column] = value
    return {"changes": changes, "tolerance": 1024, "least": 0.001}


def test_symmetries_are_facts():
    assert verdicts(symmetries, symmetries_data()) == [HOLDS] * 5
    broken = {("relabelled", 4): 1e-9, ("rescaled (ReLU)", 0): 1e-16, ("places dealt anew", 3): 1e-3}
    assert verdicts(symmetries, symmetries_data(cells=broken)) == [REFUTED, HOLDS, REFUTED, HOLDS, REFUTED]


def test_a_measured_pool_has_the_symmetries_that_the_table_claims():
    found = symmetries.one(symmetries.Job(3, 2, 6, 4, 5))
    for name, values in found.items():
        for price, change in zip(symmetries.PRICES, values, strict=True):
            assert (change < 1e-12) == ((price, name) in symmetries.HAS), (name, price)
