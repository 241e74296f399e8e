"""Sequences on the nimble network: nine rules, two kinds of gates among four, and every activation that it takes."""

from typing import ClassVar

import numpy as np
from hypothesis import strategies as st
from machine import Sequences, case_of
from test_sequences_mlp import ACTIVATIONS

from minigrow import nimble

# rule: gate, whether s follows the whole loss, the size term alone or nothing, and whether neurons see s
RULES = {
    "auxiliary": ("step", "loss", 1), "auxiliary_pinned": ("step", "nothing", 1), "growing": ("mask", "loss", 1),
    "static": ("open", "nothing", 1), "released": ("scalar", "size", 1), "scalar": ("scalar", "loss", 1),
    "schedule": ("mask", "size", 1), "unseen": ("mask", "loss", 0), "input_only": ("open", "loss", 1),
}  # fmt: skip


def clipped(q):
    return np.where((q.real > 0) & (q.real < 1), q, q.real >= 1)


def gate(name, s, m, delta):
    i = np.arange(m)
    if name == "step":
        q = (s - i) / delta
        return np.where((q.real >= 0) & (q.real <= 1), np.sin(np.pi * q / 2) ** 2, q.real > 1)
    if name == "mask":
        return clipped(m * np.sin(np.pi * s / 2) ** 2 - i)
    return clipped(np.sin(np.pi * s / 2) ** 2 + 0 * i) if name == "scalar" else np.ones(m)


class Nimble(Sequences):
    """Two hidden layers. Where neurons are open by their places, a change of places, or of their number, changes the function."""

    hidden, gated = ("h1", "h2"), True
    roles: ClassVar = {
        "W1": ("+h1", "-h0"), "w1": ("+h1",), "b1": ("+h1",), "W2": ("+h2", "-h1"), "w2": ("+h2",), "b2": ("+h2",),
        "W3": ("+h3", "-h2"), "b3": ("+h3",), "s": ("",),
    }  # fmt: skip
    undecayed = ("s",)

    def create(self, rng, data):
        self.rule = data.draw(st.sampled_from(list(RULES)))
        self.gate, self.follows, self.seen = RULES[self.rule]
        self.frozen = ("s",) if self.follows == "nothing" else ()
        widths = [3, *rng.integers(2, 5, 2).tolist(), 2]
        if self.gate == "step":
            name, self.goal, self.strength = "tanh", 1.5, 0.1
            self.delta = data.draw(st.sampled_from([1.0, 2.5]))
            size = float(rng.uniform(0.1, 1.9))
            net = nimble.auxiliary(widths, 1.5, 0.1, size=size, rule=self.rule, delta=self.delta, rng=rng)
        else:
            name = data.draw(st.sampled_from([name for name in ACTIVATIONS if not name.startswith("isotropic")]))
            self.delta, self.goal, self.strength = 1.0, 1.0, 0.32
            net = nimble.controller(widths, self.rule, activation=name, rng=rng)
            net.params["s"][0] = rng.uniform(0.2, 0.9)
        self.act, allowed = ACTIVATIONS[name]
        # one gate for all neurons of a layer, or none, treats neurons alike; the others go by their places
        alike = self.gate in ("open", "scalar")
        self.allowed = (set(allowed.split()) | {"rescale each"} if alike else {"flip"} & set(allowed.split())) - {
            "rotate"
        }
        if not alike and "rescale" in allowed:
            self.allowed |= {"rescale", "rescale each"}
        self.loss = data.draw(st.sampled_from(["softmax", "mse"]))
        self.X = rng.standard_normal((5, 3))
        self.y = rng.integers(2, size=5) if self.loss == "softmax" else rng.standard_normal((5, 2))
        return net

    def outputs(self, p, X):
        s = p["s"][0]
        for l in (1, 2):
            gamma = gate(self.gate, s, p[f"b{l}"].size, self.delta)
            X = gamma * self.act(X @ p[f"W{l}"].T + self.seen * s * p[f"w{l}"] + p[f"b{l}"])
        return X @ p["W3"].T + p["b3"]

    def loss_of(self, p):
        return super().loss_of(p) + self.strength * (p["s"][0] - self.goal) ** 2

    def train_dense(self, steps):
        def pulled(g):
            if self.follows == "size":
                g["s"][0] = 2 * self.strength * (self.dense.arrays["s"][0] - self.goal)
            return g

        self.dense.train(self.loss_of, steps, change=pulled)


TestNimble = case_of(Nimble)
