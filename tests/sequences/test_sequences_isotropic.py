"""Sequences on the isotropic network: its own growing, pruning, diagonalising and reflecting among the others, psi and o at random."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import rule
from machine import MOST, SEEDS, Sequences, case_of, close
from test_sequences_mlp import GAINS

from minigrow import isotropic
from minigrow.growth.places import matrix

O = {"none": (True, 0.0), "constant": (True, 1.0), "trainable": (False, 1.0)}  # frozen, share of b*^2 that it takes up
PSI = {  # frozen, penalty, what takes up the constant
    "none": (True, 0, "nothing"), "constant": (True, 0, "psi"), "trainable": (False, 0, "psi"), "decay": (False, 0.1, "psi"),
    "expectation": (True, 0, "bias"),
}  # fmt: skip


class Isotropic(Sequences):
    """Two hidden layers, every profile, every variant of o and psi."""

    hidden, zero_rows = ("h1", "h2"), True
    allowed = frozenset({"permute", "flip", "rotate", "append"})
    undecayed = ("lambda",)

    def create(self, rng, data):
        name = data.draw(st.sampled_from(list(GAINS)))
        self.o, self.psi = data.draw(st.sampled_from(list(O))), data.draw(st.sampled_from(list(PSI)))
        self.loss, self.gain = data.draw(st.sampled_from(["softmax", "mse"])), GAINS[name]
        net = isotropic.Network.create([3, *rng.integers(1, 5, 2).tolist(), 2], name, o=self.o, psi=self.psi, rng=rng)
        for key, array in net.params.items():
            if key[0] == "b" or (key[:3] == "psi" and PSI[self.psi][2] == "psi"):
                array[:] = 0.4 * rng.standard_normal(array.shape)
        if self.o != "none":
            net.params["lambda"][:] = rng.uniform(-6, 0, 2)
        psi, o = {"psi1": ("+h2",), "psi2": ("+h3",)}, {"lambda": ("",)}
        self.frozen = [*(o if O[self.o][0] else ()), *(psi if PSI[self.psi][0] else ())]
        self.roles = {
            "W1": ("+h1", "-h0"), "b1": ("+h1",), "W2": ("+h2", "-h1"), "b2": ("+h2",), "W3": ("+h3", "-h2"), "b3": ("+h3",),
        } | (o | psi if PSI[self.psi][0] else psi | o)  # fmt: skip
        self.X = rng.standard_normal((5, 3))
        self.y = rng.integers(2, size=5) if self.loss == "softmax" else rng.standard_normal((5, 2))
        return net

    def outputs(self, p, X):
        return self.passed(p, X)[0]

    def passed(self, p, X):
        z, gains = X @ p["W1"].T + p["b1"], []
        for l in (1, 2):
            o = 0.0 if self.o == "none" else np.exp(p["lambda"][l - 1])
            gains.append(self.gain(np.sqrt(o + (z * z).sum(axis=1)))[:, None])
            z = (gains[-1] * z) @ p[f"W{l + 1}"].T + p[f"b{l + 1}"] + gains[-1] * p[f"psi{l}"]
        return z, gains

    def loss_of(self, p):
        return super().loss_of(p) + PSI[self.psi][1] * ((p["psi1"] ** 2).sum() + (p["psi2"] ** 2).sum())

    @rule(seed=SEEDS, layer=st.integers(0, 1), neurons=st.integers(1, 2))
    def grow(self, seed, layer, neurons):
        self.mark()
        space, h = f"h{layer + 1}", self.dense.size(f"h{layer + 1}")
        if h + neurons <= MOST:
            before = self.outputs(self.dense.arrays, self.X)
            net, event = isotropic.grow(self.run.net, layer, neurons, rng=seed, scale=0.5)
            T = np.eye(h + neurons, h)
            self.dense.move(space, T, T.T)
            new = 0.5 * np.random.default_rng(seed).standard_normal((self.dense.size(f"h{layer + 2}"), neurons))
            self.dense.arrays[f"W{layer + 2}"][:, h:] = new
            self.tell(net, event, [*range(h), *[-1] * neurons])
            close(net(self.X), before, "growing must keep the function")

    @rule(layer=st.integers(0, 1), both=st.booleans())
    def diagonalise(self, layer, both):
        self.mark()
        before = self.outputs(self.dense.arrays, self.X)
        move = isotropic.diagonalise if both and layer else isotropic.left_diagonalise
        net, event = move(self.run.net, layer)
        for space, change in event.moves:
            self.turn(space, matrix(change.T))
        W = self.dense.arrays[f"W{layer + 1}"]
        gram = W if both and layer else W @ W.T
        close(gram, np.eye(*gram.shape) * gram, "the singular basis")
        sigma = np.linalg.svd(W, compute_uv=False)
        close(np.linalg.norm(W, axis=1)[: len(sigma)], sigma[: len(W)], "the order of the singular values")
        self.tell(net, event, range(self.dense.size(event.space)))
        close(net(self.X), before, "diagonalising must keep the function")

    def turn(self, space, T):
        close(T @ T.T, np.eye(len(T)), "a rotation")
        self.dense.move(space, T, T.T)

    @rule(layer=st.integers(0, 1), by=st.sampled_from(["sigma", "product", "reflection"]))
    def prune(self, layer, by):
        """The reference turns by the rotation that the event names, finds the least neuron itself, and makes up for its constant."""
        self.mark()
        l, h = layer + 1, self.dense.size(f"h{layer + 1}")
        if h > 1:
            gain = self.passed(self.dense.arrays, self.X)[1][layer].mean()
            net, event = isotropic.prune(self.run.net, layer, by=by, X=self.X)
            (_, turn), (_, kept) = event.moves
            self.turn(f"h{l}", matrix(turn.T))
            K, p = matrix(kept.T), self.dense.arrays
            gone = np.flatnonzero(~K.any(axis=0))
            score = np.linalg.norm(p[f"W{l}"], axis=1)
            score = score * (np.linalg.norm(p[f"W{l + 1}"], axis=0) if by == "product" else 1)
            assert len(gone) == 1
            assert score[gone[0]] <= score.min() + 1e-9
            b, column = p[f"b{l}"][gone], p[f"W{l + 1}"][:, gone]
            self.dense.move(f"h{l}", K, K.T)
            self.make_up(l, float(b @ b), column @ b, gain)
            self.tell(net, event, np.flatnonzero(K.any(axis=0)))

    def make_up(self, l, square, constant, gain):
        p, (_, share), (_, _, home) = self.dense.arrays, O[self.o], PSI[self.psi]
        if share:
            p["lambda"][l - 1] = np.log(np.exp(p["lambda"][l - 1]) + square)
        if home == "psi":
            p[f"psi{l}"] += constant
        elif home == "bias":
            p[f"b{l + 1}"] += gain * constant


TestIsotropic = case_of(Isotropic)
