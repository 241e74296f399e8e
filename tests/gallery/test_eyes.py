"""Colours that stand together in a figure can be told apart by colour-blind eyes, and without any colour."""

import importlib.util
import itertools
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from minigrow.experiments.motifs.pictures import LOOK
from minigrow.experiments.urn.phases import COLOUR, HATCH
from minigrow.plotting import COLOURS, LINES, MARKERS
from minigrow.structure import pictures

SPEC = importlib.util.spec_from_file_location("eyes", Path(__file__).with_name("eyes.py"))
eyes = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(eyes)
BLIND = ("as drawn", "deuteranopia", "protanopia", "tritanopia")


def least(colours, who):
    return min(eyes.distance(to_rgb(a), to_rgb(b), who) for a, b in itertools.combinations(colours, 2))


def test_distances_are_those_of_the_definition():
    assert eyes.distance((0, 0, 0), (1, 1, 1), "as drawn") == pytest.approx(100, abs=0.1)
    assert eyes.distance((1, 0, 0), (0, 1, 0), "as drawn") == pytest.approx(170.6, abs=0.5)
    assert eyes.distance((1, 0, 0), (0.45, 0.4, 0), "deuteranopia") < 25, "red and olive are alike to them"


@pytest.mark.parametrize("who", BLIND)
def test_the_palette_is_safe(who):
    assert least(COLOURS[:5], who) > 15
    assert least(COLOURS, who) > 5
    assert least([look[0] for look in LOOK.values()], who) > 15


def test_red_and_green_would_not_do():
    assert least(("#2CA02C", "#D62728"), "as drawn") > 80
    assert least(("#8C6D1F", "#6E7F1E"), "protanopia") < 15


def test_lines_and_markers_carry_what_grey_cannot():
    assert least(COLOURS, "greyscale") < 5, "colour alone would not do, so line and marker must differ"
    assert len(set(LINES)) == len(set(MARKERS)) == len(COLOURS)
    assert len({(marker, line) for _, marker, line in LOOK.values()}) == len(LOOK)


def test_architectures_alike_in_grey_differ_in_hatch():
    for a, b in itertools.combinations(COLOUR, 2):
        if eyes.distance(to_rgb(COLOUR[a]), to_rgb(COLOUR[b]), "greyscale") < 10:
            assert HATCH[a] != HATCH[b]


def test_negative_weights_carry_a_minus():
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    W = np.array([[1.0, -0.9, 0.0], [-0.01, 0.2, -0.3]])
    pictures.signed(ax, W)
    marked = {(int(y), int(x)) for line in ax.lines for x, y in zip(*line.get_data(), strict=True)}
    assert marked == set(zip(*(i.tolist() for i in np.nonzero(W < 0)), strict=True))
    assert all(line.get_marker() == "_" for line in ax.lines)
