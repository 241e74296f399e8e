"""Claims are judged on data alone: hand-made data for which each claim holds, and one change that makes it fail."""

import numpy as np
import pytest

from minigrow.experiments.isotropic import (
    against_tanh,
    selfsizing,
    sparsification,
)

SHAKE = np.array([-0.01, 0.0, 0.01])  # three repeats that differ a little, so that intervals exist


def failing(module, data):
    return [i for i, claim in enumerate(module.claims(data)) if not claim.holds]


def sparsification_data(extra=0.0, change=0.0, deviation=10.0, depth=41):
    shapes = [[3, 64], [depth, 64]]
    rows = [
        {
            "after": (sparsification.predicted(*shape) + extra + SHAKE).tolist(),
            "change": [0.0, change, 0.0],
            "deviation": [deviation, 1.0, 1.0],
        }
        for shape in shapes
    ]
    return {"shapes": shapes, "measured": rows}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"depth": 4}, [0]),
        ({"extra": 1.0}, [1]),
        ({"extra": -1.0}, [1]),
        ({"change": -0.3}, [2]),
        ({"deviation": 100.0}, [3]),
    ],
)
def test_sparsification(change, expected):
    assert failing(sparsification, sparsification_data(**change)) == expected


def selfsizing_data(reference=96.5, narrow=90.0, auto=96.0):
    return {"widths": [4, 32], "fixed": [narrow + SHAKE, reference + 2 * SHAKE], "auto": (auto + SHAKE).tolist()}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"reference": 95.9}, [0]),
        ({"narrow": 84.0}, [1]),
        ({"narrow": 93.0}, [1]),
        ({"auto": 95.0}, [2]),
        ({"auto": 89.0}, [2, 3]),
    ],
)
def test_selfsizing(change, expected):
    assert failing(selfsizing, selfsizing_data(**change)) == expected


def against_data(isotropic=(94.0, 92.0), tanh=(93.0, 80.0), linear=(91.0, 90.0), saturated=95.0):
    def side(scores):
        return {
            "validation": [list(scores)] * 3,
            "test": [[s + e for s in scores] for e in SHAKE],
            "saturated": [[1.0, saturated]] * 3,
        }

    cell = dict(zip(against_tanh.SIDES, map(side, (isotropic, tanh, linear)), strict=True))
    return {"rates": [0.01, 0.1], "cells": [{"data": "digits", "hidden": [8], **cell}]}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"tanh": (95.0, 80.0)}, [0]),
        ({"linear": (95.0, 80.0)}, [1]),
        ({"tanh": (93.0, 88.0)}, [2]),
        ({"saturated": 50.0}, [3]),
    ],
)
def test_against_tanh(change, expected):
    assert failing(against_tanh, against_data(**change)) == expected


def test_each_side_is_judged_at_its_own_best_rate():
    data = against_data(isotropic=(80.0, 94.0), tanh=(93.0, 70.0))
    assert against_tanh.claims(data)[0].measured == pytest.approx(1.0)
    assert "1 better, 0 worse" in against_tanh.claims(data)[0].criterion


def test_the_rate_is_chosen_on_the_validation_part_not_on_the_test_part():
    data = against_data(isotropic=(80.0, 94.0), tanh=(93.0, 70.0))
    cell = data["cells"][0]
    cell[against_tanh.ISOTROPIC]["validation"] = [[99.0, 50.0]] * 3
    assert against_tanh.claims(data)[0].measured == pytest.approx(-13.0)
