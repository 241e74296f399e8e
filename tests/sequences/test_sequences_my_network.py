"""Sequences on the students' network of tutorials/examples: a product of two sums, defined on a page, changed as all others are."""

import importlib.util
import sys
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from machine import Sequences, case_of

FILE = Path(__file__).resolve().parents[2] / "tutorials" / "examples" / "my_network.py"
if not FILE.is_file():
    pytest.skip("installed without its repository", allow_module_level=True)


def loaded():
    spec = importlib.util.spec_from_file_location("my_network_in_sequences", FILE)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Product


Product = loaded()


class Mine(Sequences):
    """One to four products of three inputs, two outputs; flips and rescalings would reach both factors, and are not allowed."""

    hidden, allowed = ("h",), {"permute", "append", "duplicate"}
    roles: ClassVar = {
        "W": ("+h", "-x"),
        "b": ("+h",),
        "U": ("+h", "-x"),
        "c": ("+h",),
        "V": ("+y", "-h"),
        "e": ("+y",),
    }

    def create(self, rng, data):
        self.loss = data.draw(st.sampled_from(["softmax", "mse"]))
        self.X = rng.standard_normal((5, 3))
        self.y = rng.integers(2, size=5) if self.loss == "softmax" else rng.standard_normal((5, 2))
        return Product.create(3, int(rng.integers(1, 5)), 2, rng=int(rng.integers(1000)))

    def outputs(self, p, X):
        return ((X @ p["W"].T + p["b"]) * (X @ p["U"].T + p["c"])) @ p["V"].T + p["e"]


TestMine = case_of(Mine)
