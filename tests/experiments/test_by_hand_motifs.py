"""The motif experiments' measures on landscapes worked out by hand, and the drawing of the strongest motifs panel by panel."""

import math

import matplotlib.pyplot as plt
import numpy as np
import pytest

from minigrow.experiments.motifs import calibration_measures as alarms
from minigrow.experiments.motifs import causal_fits, causal_jobs, families, judged, measures, shapes, superfamilies
from minigrow.experiments.motifs.data import TASKS, binary_tree, independent_clusters
from minigrow.experiments.motifs.training import SCHEMES
from minigrow.motifs.weights import Cut


def net(*z):
    """A landscape whose classes 9, 72, 73 ... have these Z."""
    return {"classes": {str(i): [0.25, v] for i, v in zip((9, 72, 73, 520), z, strict=False)}}


A, B, NONE = net(1.0, 2.0, 4.0, None), net(1.5, 4.0, 4.0, 1.0), net(None, None)


def test_change_and_likeness_of_landscapes():
    assert [list(z) for z in measures.shared_z(A, B)] == [[1.0, 2.0, 4.0], [1.5, 4.0, 4.0]]
    assert measures.change(A, B) == pytest.approx(math.sqrt((0.25 + 4) / 3))
    assert measures.likeness(A, B) == pytest.approx(np.corrcoef([1, 2, 4], [1.5, 4, 4])[0, 1])
    assert math.isnan(measures.change(A, NONE))
    assert math.isnan(measures.likeness(net(1.0, 2.0), net(1.0, 3.0))), "two points lie always on a line"
    assert math.isnan(measures.likeness(net(1.0, 1.0, 1.0), B))
    assert math.isnan(measures.likeness(B, net(1.0, 1.0, 1.0)))


def run(seed, scheme="normal", hidden=(6, 5), size=4, **nets):
    accuracy = {"tree": [0.2, 0.96, 0.99], "clusters": [0.3, 0.5, 0.9]}
    known = {"initial": A, "again": net(1.0, 2.5, 4.0), "tree": B, "clusters": net(2.0, 2.0, 8.0), "tree again": A}
    return {
        "seed": seed, "scheme": scheme, "hidden": list(hidden), "size": size, "accuracy": accuracy, "nets": known | nets,
    }  # fmt: skip


def test_what_learning_moves_and_what_the_tasks_leave():
    r = run(0)
    floor = math.sqrt(0.25 / 3)
    by_task = [math.sqrt((0.25 + 4) / 3), math.sqrt((1 + 16) / 3)]
    assert judged.moved(r) == pytest.approx(np.mean(by_task) / floor)
    assert judged.apart(r) == pytest.approx(math.sqrt((0.25 + 4 + 16) / 3) / by_task[0])
    assert measures.remembered(r) == pytest.approx(np.mean([measures.likeness(A, r["nets"][task]) for task in TASKS]))
    assert [judged.epochs_needed(a) for a in ([0.95], [0.1, 0.949, 0.95], [0.1, 0.2])] == [0, 2, 2]


def test_pseudo_values_and_fingerprints_of_a_scheme():
    L = np.array(
        [[0, 0.1, 0.4, 0.9], [0.1, 0, 0.3, 0.2], [0.4, 0.3, 0, 0.8], [0.9, 0.2, 0.8, 0]]
    )  # likeness of each pair
    without = [np.delete(np.delete(L, i, 0), i, 1).sum() / 6 for i in range(4)]
    assert measures.pseudo_values(L.sum(axis=0) / 3) == pytest.approx([4 * L.sum() / 12 - 3 * w for w in without])
    assert np.isnan(measures.pseudo_values([0.5, 0.6])).all()
    others = [A, B, net(1.0, 3.0, 2.0)]
    runs = [run(seed, initial=landscape) for seed, landscape in enumerate(others)]
    data = {"size": 4, "runs": [*runs, run(3, scheme="orthogonal"), run(0, size=5), run(4, hidden=(9, 9))]}
    pair = measures.likeness
    own = [np.mean([pair(a, b) for j, b in enumerate(others) if j != i]) for i, a in enumerate(others)]
    assert [measures.fingerprint(data, r) for r in runs] == pytest.approx(own)
    assert math.isnan(measures.fingerprint(data, run(9, scheme="glorot_truncated")))
    three = {"size": 4, "runs": runs}
    assert measures.fingerprints(three, "normal") == pytest.approx(measures.pseudo_values(own).tolist())
    assert measures.by_seed([*runs, runs[0]], lambda r: r["seed"] + 1.0) == [1.0, 2.0, 3.0]


def test_schemes_beside_each_other():
    landscapes = {"normal": A, "orthogonal": B, "glorot_truncated": net(3.0, 2.0, 1.0)}
    data = {"size": 4, "runs": [run(seed, s, tree=landscapes[s], clusters=A) for s in SCHEMES for seed in (0, 1)]}
    pairs = [(A, B), (A, landscapes["glorot_truncated"]), (B, landscapes["glorot_truncated"])]
    assert judged.between(data, measures.change, "tree") == pytest.approx(
        [np.mean([measures.change(*p) for p in pairs])] * 2
    )
    assert judged.less_normal(data, "orthogonal", lambda r: r["nets"]["tree"]["classes"]["72"][1]) == [2.0, 2.0]
    learning = np.mean([np.mean([measures.change(A, landscapes[s]) for s in SCHEMES]), 0.0])
    assert judged.dominance(data) == pytest.approx(
        [learning / np.mean([np.mean([measures.change(*p) for p in pairs]), 0.0])] * 2
    )


def test_when_a_curve_reaches_its_goal():
    assert causal_fits.time_to([0, 2, 4], [0.5, 0.9, 1.0], 0.95) == 3.0
    assert causal_fits.time_to([1, 2], [0.96, 0.2], 0.95) == 1.0
    assert causal_fits.time_to([1, 2, 5], [0.1, 0.2, 0.3], 0.95) == 5.0
    assert causal_fits.time_to([0, 1, 2], [0.0, 0.95, 1.0], 0.95) == 1.0


def test_the_good_motifs_are_those_that_rise_most_in_most_networks():
    tried = [
        {"cut": [-2, -1, 1, 2], "initial": net(0.0, 0.0, 0.0, 0.0), "trained": net(1.0, 5.0, 2.0, 9.0)},
        {"cut": [-4, -1, 3, 2], "initial": net(0.0, 0.0, 1.0, None), "trained": net(3.0, None, 3.0, 9.0)},
    ]
    good, cut = causal_jobs.chosen(tried, 5)
    assert good == (9, 73)
    assert cut == Cut(-3.0, -1.0, 2.0, 2.0)
    assert causal_jobs.chosen(tried[:1], 2)[0] == (520, 72)


def test_profiles_and_how_alike_they_are():
    assert superfamilies.profile(np.array([3.0, 0.0, -4.0])).tolist() == [0.6, 0.0, -0.8]
    assert superfamilies.profile(np.zeros(2)).tolist() == [0.0, 0.0]
    assert superfamilies.alike(np.array([1.0, 2.0, 4.0]), np.array([3.0, 1.0, 0.0])) == pytest.approx(
        np.corrcoef([1, 2, 4], [3, 1, 0])[0, 1])  # fmt: skip
    assert math.isnan(superfamilies.alike(np.ones(3), np.array([1.0, 2.0, 4.0])))
    assert math.isnan(superfamilies.alike(np.array([1.0, 2.0, 4.0]), np.ones(3)))
    assert families.LIKE == 0.5


def test_alarms_and_finds_are_counted_by_kind_size_procedure_and_copies():
    cell = {"kind": "mutual", "size": 4, "procedure": "uniform", "copies": 0, "familywise": [0.05, 0.051, 0.0]}
    found = {"kind": "mutual", "size": 3, "procedure": "uniform", "copies": 6, "found": [True, False, True, True]}
    data = {
        "sizes": {"layered": 4, "layers kept": 4, "mutual": 4},
        "runs": [cell, cell | {"procedure": "fanmod"}, found],
    }
    assert (alarms.alarms(data, "mutual", 4).value, alarms.alarms(data, "mutual", 4).n) == (pytest.approx(2 / 3), 3)
    assert alarms.power(data, "mutual", 6).value == 0.75
    assert alarms.values(data, "found", "mutual", 3) == []
    assert alarms.planted_kinds(data) == ["layered", "mutual"]


def test_patterns_on_a_tree_and_in_clusters():
    tree = binary_tree(400, np.random.default_rng(1))
    X = tree.X
    assert (X[:, 1] == X[:, 0]).all()
    assert (X[:, 2] == -X[:, 0]).all()
    for i in range(1, 15):
        on = X[:, i] > 0
        pair = X[:, [2 * i + 1, 2 * i + 2]]
        assert (pair[on].sum(axis=1) == 0).all()
        assert (pair[~on] == -1).all()
    on = X[:, 1] > 0
    assert 0.6 < (X[on, 3] > 0).mean() < 0.8
    left = np.where(X[:, 1] > 0, X[:, 3] > 0, X[:, 5] > 0)
    assert tree.y.tolist() == (2 * (X[:, 0] > 0) + left).tolist()
    clusters = independent_clusters(100, np.random.default_rng(1))
    assert len(np.unique(clusters.X, axis=0)) == 4
    assert all(((clusters.X > 0).sum(axis=0) > 0) | (clusters.X.max(axis=0) < 0))


def test_the_strongest_motifs_panel_by_panel(monkeypatch, tmp_path):
    runs = [run(seed, s, tree=net(-3.0, 1.0), clusters=net(2.0, None)) for s in SCHEMES for seed in (0, 1)]
    shown = []
    monkeypatch.setattr(shapes, "save", lambda figure, path, dpi: shown.append((figure, path, dpi)))
    monkeypatch.setattr(shapes, "draw_motif", lambda panel, matrix: None)
    shapes.strongest({"size": 3, "runs": [r | {"size": 3} for r in runs]}, tmp_path)
    ((figure, path, dpi),) = shown
    words = [text.get_text() for ax in figure.axes for text in ax.texts]
    rows = {"initial": ["1.0", "2.0", "4.0"], "tree": ["-3.0", "1.0"], "clusters": ["2.0"]}
    names = {"normal": "normal", "orthogonal": "orthogonal", "glorot_truncated": "Glorot"}
    assert words == [
        w
        for s in SCHEMES
        for task, z in rows.items()
        for w in (f"{names[s]}\n{task}\n2 seeds", *(f"Z = {v}" for v in z))
    ]
    assert figure.get_size_inches().tolist() == pytest.approx([0.8 * 3 + 1.2, 1.0 * 9 + 0.4])
    assert (path, dpi) == (tmp_path, shapes.DPI)
    assert [ax.get_subplotspec().colspan.start for ax in figure.axes[:7]] == [0, 1, 2, 3, 0, 1, 2]
    assert [ax.get_subplotspec().rowspan.start for ax in figure.axes[:7]] == [0, 0, 0, 0, 1, 1, 1]
    assert not figure.axes[0].axison
    plt.close(figure)
    assert shapes.mean_z(runs, "clusters") == {9: 2.0}
    assert shapes.strongest_coloured({1: 2.0, 65: -3.0, 2: -2.5}, 3) in ({1: 2, 65: 65}, {1: 1, 65: 65})
