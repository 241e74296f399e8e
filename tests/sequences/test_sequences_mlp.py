"""Sequences on the plain network, with every activation and what it allows, written down here by hand."""

import math
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st
from machine import Sequences, case_of

from minigrow.nn import MLP


def Phi(z):
    """The normal distribution function, for z that may have a tiny imaginary part."""
    real = np.array([0.5 * math.erfc(-x / math.sqrt(2)) for x in np.ravel(z.real)]).reshape(z.shape)
    return real + 1j * z.imag * np.exp(-(z.real**2) / 2) / math.sqrt(2 * math.pi) if np.iscomplexobj(z) else real


def radial(gain):
    def act(z):
        rho = np.sqrt((z * z).sum(axis=1))[:, None]
        return gain(rho) * z

    return act


def tanh_gain(r):
    """tanh(r) / r, and its limit where only neurons that hear nothing are left."""
    small = np.abs(r) < 1e-5
    safe = np.where(small, 1, r)
    return np.where(small, 1 - r * r / 3, np.tanh(safe) / safe)


GAINS = {  # of the isotropic activations, by the length of the layer
    "isotropic_tanh": tanh_gain,
    "isotropic_identity": lambda r: 1 + 0 * r,
    "isotropic_leaky": lambda r: 0.1 + 0.9 * tanh_gain(r),
    "isotropic_threshold": lambda r: np.where(r.real > 0.5, 1 - 0.5 / np.where(r.real > 0.5, r, 1), 0),
    "isotropic_algebraic": lambda r: 1 / np.sqrt(1 + r * r),
}
ACTIVATIONS = {  # what it computes, and which changes keep the function
    "identity": (lambda z: z, "permute flip rescale rotate append duplicate"),
    "tanh": (np.tanh, "permute flip append duplicate"),
    "relu": (lambda z: np.where(z.real > 0, z, 0), "permute rescale append duplicate"),
    "relu1": (lambda z: np.where(z.real >= 0, z, 0), "permute rescale append duplicate"),
    "gelu": (lambda z: z * Phi(z), "permute append duplicate"),
    "silu": (lambda z: z / (1 + np.exp(-z)), "permute append duplicate"),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), "permute append duplicate"),  # a new neuron says 1/2, with weight 0
    "softplus": (lambda z: np.log(1 + np.exp(z)), "permute append duplicate"),
} | {
    name: (radial(gain), "permute flip rotate append" + " rescale" * name.endswith("identity"))
    for name, gain in GAINS.items()
}


class Plain(Sequences):
    """Two hidden layers of one to four neurons."""

    hidden = ("h1", "h2")
    roles: ClassVar = {
        "W1": ("+h1", "-h0"), "b1": ("+h1",), "W2": ("+h2", "-h1"), "b2": ("+h2",), "W3": ("+h3", "-h2"), "b3": ("+h3",),
    }  # fmt: skip

    def create(self, rng, data):
        name = data.draw(st.sampled_from(list(ACTIVATIONS)))
        self.loss = data.draw(st.sampled_from(["softmax", "mse"]))
        self.act, allowed = ACTIVATIONS[name]
        self.zero_rows = name.startswith("isotropic")
        self.allowed = {*allowed.split(), *([] if self.zero_rows else ["rescale each"])}
        net = MLP.create([3, *rng.integers(1, 5, 2).tolist(), 2], name, rng=rng)
        net.theta[:] += 0.3 * rng.standard_normal(net.theta.size)
        self.X = rng.standard_normal((5, 3))
        self.y = rng.integers(2, size=5) if self.loss == "softmax" else rng.standard_normal((5, 2))
        return net

    def outputs(self, p, X):
        for l in (1, 2):
            X = self.act(X @ p[f"W{l}"].T + p[f"b{l}"])
        return X @ p["W3"].T + p["b3"]


def test_every_activation_is_written_down():
    from minigrow.nn.mlp import EVERY_ACTIVATION

    assert set(ACTIVATIONS) == set(EVERY_ACTIVATION)


TestPlain = case_of(Plain)
