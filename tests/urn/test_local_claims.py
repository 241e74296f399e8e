"""Every claim about locality on hand-made data in which it holds, is refuted, and is undecided."""

import numpy as np
import pytest

from minigrow.experiments.urn import images, locality, signals

N = 20
WIDE = np.array([-1.0, 1.0] * (N // 2))  # runs that disagree, so that intervals are wide
HOLDS, REFUTED, UNDECIDED = "holds", "refuted", "undecided"


def rows(n=N, **columns):
    arrays = {key: [v] * n if np.isscalar(v) else list(v) for key, v in columns.items()}
    return [{key: values[i] for key, values in arrays.items()} for i in range(n)]


def some(hits, yes, no):
    return [yes] * hits + [no] * (N - hits)


def verdicts(module, data):
    return [claim.verdict for claim in module.claims(data)]


def bits(free, priced, shuffled):
    usual = {"error": 1e-9, "local": 0.9, "chance": 0.3, "wire": 5.0, "kind": "sparse"}
    runs = {"free": free, "priced": priced, "shuffled": shuffled}
    return {"runs": {arm: rows(**usual | columns) for arm, columns in runs.items()}, "shown": {}}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (bits({"local": 0.35}, {"kind": "local"}, {"wire": 9.0, "local": 0.85}), HOLDS),
        (bits({"local": 0.6}, {"local": 0.5, "error": 1.0}, {"wire": 4.0, "local": 0.4}), REFUTED),
        (
            bits(
                {"local": 0.3 + 0.2 * WIDE},
                {"local": 0.8 + 0.1 * WIDE, "error": some(16, 1e-9, 1.0), "kind": some(16, "local", "sparse")},
                {"local": 0.6 + 0.3 * WIDE, "wire": some(16, 9.0, 4.0)},
            ),
            UNDECIDED,
        ),
    ],
)
def test_bits(data, expected):
    assert verdicts(locality, data) == [expected] * 8


def test_more_wire_at_an_unsolved_task_is_not_counted():
    data = bits({"local": 0.35}, {"kind": "local"}, {"wire": 9.0, "local": 0.85, "error": 1.0})
    assert verdicts(locality, data) == [HOLDS] * 4 + [REFUTED] + [HOLDS] * 3


def record(free, priced, shuffled, fixed=None, overlap=0.0, edge=False):
    """A data set's record; `fixed` are the accuracies of the networks whose wiring is fixed."""
    usual = {"accuracy": 70.0, "edges": 1000, "first": 0.3, "later": 0.3, "own": 0.9, "kind": "local"}
    arms = {"free": free, "priced": priced, "shuffled": shuffled}
    found = {arm: [rows(**usual | columns)] for arm, columns in arms.items()}
    found |= {arm: rows(accuracy=a, edges=1000) for arm, a in (fixed or {}).items()}
    return found | {"overlap": overlap, "edge": dict.fromkeys([*arms, *(fixed or {})], edge)}


def fixed(accuracy, shuffled):
    return dict.fromkeys(("dense", "kept", "windows"), accuracy) | {"windows shuffled": shuffled}


SIGNALS = {
    HOLDS: record({"first": 0.9, "accuracy": 70.0}, {"accuracy": 95.0}, {"first": 0.9, "accuracy": 60.0}, fixed(65.0, 50.0)),
    REFUTED: record({"first": 1.1, "accuracy": 50.0}, {"first": 0.6, "later": 0.7, "kind": "sparse", "accuracy": 49.0},
                    {"first": 0.4, "own": 0.5, "accuracy": 52.0}, fixed(60.0, 61.0)),
    UNDECIDED: record(
        {"first": 1 + 0.3 * WIDE, "accuracy": 80.0},
        {"first": 0.5 + 0.3 * WIDE, "later": 0.5 + 0.2 * WIDE, "kind": some(16, "local", "sparse"), "accuracy": 80 + 40 * WIDE},
        {"first": 0.8 - 0.7 * WIDE, "own": 0.8 + 0.3 * WIDE, "accuracy": 80 - 60 * WIDE}, fixed(80 - 3 * WIDE, 80 + 3 * WIDE)),
}  # fmt: skip


@pytest.mark.parametrize("expected", SIGNALS)
def test_signals(expected):
    found = verdicts(signals, {"sets": {"mnist-1d": SIGNALS[expected]}})
    assert found == [expected] * 17


def test_published_figures_are_for_mnist_1d_alone():
    claims = signals.claims({"sets": {"/data/mine": SIGNALS[HOLDS]}})
    assert len(claims) == 14
    assert all(claim.claim.startswith("mine: ") for claim in claims)


def test_rates_at_the_edge_of_their_grid_decide_nothing():
    data = record({"first": 0.9}, {"accuracy": 95.0}, {"first": 0.9, "accuracy": 60.0}, fixed(65.0, 50.0), edge=True)
    claims = signals.claims({"sets": {"mnist-1d": data}})
    assert {c.verdict for c in claims if "%" in c.unit or "pp" in c.unit} == {UNDECIDED}


IMAGES = {
    HOLDS: record({"first": 0.9}, {"accuracy": 75.0}, {"first": 0.6}),
    REFUTED: record({"first": 1.1}, {"first": 1.2, "later": 0.7, "accuracy": 67.0}, {}),
    UNDECIDED: record({"first": 1 + 0.3 * WIDE}, {"first": 0.5 - 0.9 * WIDE, "later": 0.5 + 0.2 * WIDE, "accuracy": 69 + 9 * WIDE},
                      {"first": 0.5 + WIDE}),
}  # fmt: skip


@pytest.mark.parametrize("expected", IMAGES)
def test_images(expected):
    data = IMAGES[expected]
    found = verdicts(images, {"sets": {"digits": data, "stand-in": data}})
    assert found == [expected] * 16


def test_splits_of_the_same_digits_widen_the_intervals():
    a, b = (
        images.claims({"sets": {"digits": record({}, {"accuracy": 72 + WIDE}, {}, overlap=o)}})[-2] for o in (0.0, 0.25)
    )
    assert b.high - b.low > 2 * (a.high - a.low)
