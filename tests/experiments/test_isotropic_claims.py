"""Claims are judged on data alone: hand-made data for which each claim holds, and one change that makes it fail."""

import numpy as np
import pytest

from minigrow.experiments.isotropic import (
    abundance,
    against_tanh,
    selfsizing,
    sparsification,
    tasks,
    timing,
)

SHAKE = np.array([-0.01, 0.0, 0.01])  # three repeats that differ a little, so that intervals exist


def failing(module, data):
    return [i for i, claim in enumerate(module.claims(data)) if not claim.holds]


def timing_data(**seconds):
    usual = {"epoch": 30.0, "step": 1.0, timing.GROW: 0.5, timing.SVD: 20.0, timing.REFLECTION: 5.0, timing.CHECK: 3.0}
    return {
        "networks": [[64, 3, 3, 10]],
        "seconds": [{k: [v] * 3 for k, v in {**usual, **seconds}.items()}],
    }


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ({}, []),
        ({timing.GROW: 1.1}, [0]),
        ({timing.SVD: 31.0}, [1]),
        ({timing.SVD: 105.0}, [1, 2]),
        ({timing.REFLECTION: 21.0}, [3]),
        ({timing.CHECK: 31.0}, [4]),
    ],
)
def test_timing(seconds, expected):
    assert failing(timing, timing_data(**seconds)) == expected


def test_timing_judges_the_widest_digits_network_and_the_last_one():
    data = timing_data()
    data["networks"].append([3072, 3, 3, 10])
    data["seconds"].append({name: [9.0] * 3 for name in data["seconds"][0]})
    claims = timing.claims(data)
    assert claims[0].measured == 0.5
    assert claims[2].measured == pytest.approx(100 / timing.PAPER_STEPS)


def tasks_data(ends=(20, 24, 28, 22), slopes=(0.0, 0.2), weak_last=30, accuracy=95.0):
    def one(start, decay, ends, slope):
        last = slope * start
        return {
            "start": [start, start],
            "decay": decay,
            "ends": [[e / 2 + last, e / 2 + last] for e in ends],
            "accuracy": [accuracy] * 4,
        }

    starts = range(5, 80, 6)
    strong = [one(start, 0.1, ends, slopes[0]) for start in starts]
    weak = [one(start, 0.001, (*ends[:3], weak_last), slopes[1]) for start in starts]
    return {"runs": strong + weak}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"ends": (20, 19, 28, 22)}, [0]),
        ({"ends": (20, 24, 23, 22), "weak_last": 24}, [1]),
        ({"ends": (20, 24, 28, 29)}, [2]),
        ({"slopes": (0.1, 0.2)}, [3]),
        ({"slopes": (-0.1, 0.2)}, [3]),
        ({"slopes": (0.0, -0.1)}, [4]),
        ({"weak_last": 20}, [5]),
        ({"accuracy": 89.0}, [6]),
    ],
)
def test_tasks(change, expected):
    assert failing(tasks, tasks_data(**change)) == expected


def abundance_data(wider=1.0, narrower=0.0):
    shift = np.array([[0.0, narrower, narrower], [wider, 0.0, narrower], [wider, wider, 0.0]])
    return {"widths": [7, 10, 25], "accuracy": 95 + shift[:, :, None] + SHAKE * np.arange(9).reshape(3, 3, 1)}


@pytest.mark.parametrize(
    ("change", "expected"),
    [({}, []), ({"wider": 0.2}, [0]), ({"wider": -0.2}, [0, 1]), ({"narrower": -0.6}, [2])],
)
def test_abundance(change, expected):
    assert failing(abundance, abundance_data(**change)) == expected


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
