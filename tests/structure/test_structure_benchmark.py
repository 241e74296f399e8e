"""The labelled benchmark: nets of known architecture, spoilt, from seeds on which no rule was tuned; the page shows this very table."""

from collections import Counter
from pathlib import Path

import numpy as np

from minigrow.structure.architectures import ARCHITECTURES
from minigrow.structure.examples import EACH, HELD_OUT, confusion, example, markdown, share

PAGE = Path(__file__).parents[2] / "tutorials" / "urn.md"


def test_at_least_99_percent_of_the_held_out_graphs_are_read_right():
    table = confusion(range(HELD_OUT, HELD_OUT + EACH))
    assert sum(map(Counter.total, table.values())) >= 600
    assert share(table) >= 0.99
    assert markdown(table) in PAGE.read_text(encoding="utf-8")


def test_kinds_that_never_occur_leave_their_cell_empty():
    table = {"perceptron": Counter(direct=3), "MLP": Counter(layered=2)}
    assert markdown(table).splitlines()[2:] == ["| perceptron | **3** |  |", "| MLP |  | **2** |"]


def test_dead_neurons_and_noise_are_as_many_and_as_large_as_stated():
    draw, dead, level = ARCHITECTURES["random acyclic"][0], set(), []
    for seed in range(200):
        net = example("random acyclic", seed)
        plain = draw(np.random.default_rng([seed, sorted(ARCHITECTURES).index("random acyclic")]))
        dead.add(len(net.W) - len(plain.W))
        entries = np.abs(net.W[len(net.inputs) :, : net.outputs[0]])
        rms = np.sqrt(np.mean(plain.W[plain.W != 0] ** 2))
        level.append(np.median(entries) / 0.6745 / rms)  # most entries hold nothing but noise
    assert dead == {1, 2, 3, 4}
    assert 0.8e-9 < min(level) < 2e-9
    assert 0.5e-3 < max(level) < 2e-3


def test_examples_are_spoilt():
    for name, (draw, _) in ARCHITECTURES.items():
        net = example(name, 5)
        plain = draw(np.random.default_rng([5, sorted(ARCHITECTURES).index(name)]))
        assert len(net.W) > len(plain.W)
        assert np.sum(net.W != 0) > np.sum(plain.W != 0)
        assert not net.W[net.inputs].any()
        assert not net.W[:, net.outputs].any()
        assert np.array_equal(net.W, example(name, 5).W)
