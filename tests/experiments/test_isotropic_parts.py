"""The formulas inside the isotropic experiments, each against an independent witness."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from minigrow import isotropic
from minigrow.experiments import shared
from minigrow.experiments.isotropic import common
from minigrow.growth import Plan
from minigrow.nn import AdamW
from minigrow.plotting import (
    COLOURS,
    LINES,
    MARKERS,
    band,
    interval,
    log_bars,
    name_curve,
    phases,
    picture,
    quartile_band,
)


def random_net(widths, seed=0):
    net = isotropic.Network.create(widths, init="glorot", rng=seed)
    rng = np.random.default_rng(seed)
    return dataclasses.replace(net, theta=net.theta + 0.3 * rng.standard_normal(net.theta.size))


def test_a_diverged_run_comes_back_as_it_began():
    train = shared.parts("digits", 0)[0]
    net = common.network([64, 4, 10], 0)
    run = common.trained(net, train, 0, Plan(epochs=3), AdamW(rate=1e30, weight_decay=0.0))
    assert run.epoch == 0
    assert np.array_equal(run.net.theta, net.theta)


def test_accuracy_counts_right_answers_in_per_cent():
    data = shared.parts("digits", 0)[1]
    one_hot = np.eye(10)[data.y]
    one_hot[: len(data.y) // 4] = np.eye(10)[(data.y[: len(data.y) // 4] + 1) % 10]
    assert common.accuracy(lambda X: one_hot, data) == pytest.approx(100 * (1 - (len(data.y) // 4) / len(data.y)))


def test_another_seed_is_another_split():
    first, again, other = (shared.parts("digits", seed)[1].X for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_nothing_imports_matplotlib_before_it_draws():
    modules = ", ".join(f"minigrow.experiments.isotropic.{name}" for name in ("tasks", "against_tanh", "timing"))
    code = f"import sys, minigrow.plotting, {modules}; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_picture_is_whole_or_not_at_all(tmp_path):
    from matplotlib import rcParams

    before = dict(rcParams)
    with pytest.raises(ZeroDivisionError), picture(tmp_path / "a.png") as axes:
        axes[0, 0].plot([0, 1 / 0])
    assert list(tmp_path.iterdir()) == []
    with picture(tmp_path / "a.png", 2, 3) as axes:
        assert axes.shape == (3, 2)
    assert dict(rcParams) == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_curves_show_means_and_intervals(tmp_path):
    repeats = [[1.0, 10.0], [2.0, 20.0], [3.0, 40.0]]
    mean, half = interval(repeats)
    assert mean.tolist() == pytest.approx([2, 70 / 3])
    assert half[0] == pytest.approx(4.3027 / np.sqrt(3), rel=1e-3)
    assert interval([[1.0, 2.0]])[1].tolist() == [0, 0]
    with picture(tmp_path / "a.png") as axes:
        ax = axes[0, 0]
        band(ax, [0, 1], repeats, 0)
        log_bars(ax, [0, 1], repeats, 1)
        name_curve(ax, 1, 2, "end", 0)
        phases(ax, [0, 1], 2, ["first", "second"])
        assert ax.lines[0].get_ydata().tolist() == pytest.approx(mean)
        edges = ax.collections[0].get_paths()[0].get_extents()
        assert (edges.y0, edges.y1) == pytest.approx(((mean - half).min(), (mean + half).max()))
        assert ax.lines[1].get_ydata()[1] == pytest.approx(20)
        assert ax.get_yscale() == "log"
        assert [text.get_text() for text in ax.texts] == ["end", "first", "second"]


def test_a_quartile_band_is_a_median_between_the_first_and_the_third_quartile(tmp_path):
    repeats = np.outer(
        [0, 1, 10, 100, 1000], [1, 2]
    )  # the quartiles of five sorted values are the second and the fourth
    with picture(tmp_path / "a.png") as axes:
        quartile_band(axes[0, 0], [0, 1], np.random.default_rng(0).permutation(repeats), 0)
        assert axes[0, 0].lines[0].get_ydata().tolist() == [10, 20]
        edge = axes[0, 0].collections[0].get_paths()[0].vertices
        assert {tuple(point) for point in edge} == {(0, 1), (1, 2), (0, 100), (1, 200)}


def test_looks_differ_without_colour():
    assert len(set(COLOURS)) == len(set(LINES)) == len(set(MARKERS)) == 9
