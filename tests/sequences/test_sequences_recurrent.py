"""Sequences on the recurrent network that reads a text, plain and with multipliers: its state, memories and wrappers follow, too."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import rule
from machine import MOST, SEEDS, Sequences, case_of, close

from minigrow import differentiable_structure as ds
from minigrow.differentiable_structure.batches import Text
from minigrow.differentiable_structure.multipliers import Multiplied
from minigrow.growth import Plan, accept
from minigrow.nn.wrappers import L1, Clip, Floor, Pull

TEXT, CHUNK = "abcacbbaccabacbcabcba", 4
CODES = np.array(["abc".index(letter) for letter in TEXT])
ROLES = {"Wxh": ("+h", "-x"), "Whh": ("+h", "-h"), "Why": ("+y", "-h"), "bh": ("+h",), "by": ("+y",)}


class Reader(Sequences):
    """One to four neurons over three letters; chunks of four, state carried along, and zero where the text begins again."""

    hidden, allowed = ("h",), {"permute", "flip", "append", "duplicate"}
    X = TEXT

    def create(self, rng, data):
        self.path = data.draw(st.sampled_from([None, "output", "all"]))
        self.wrap = data.draw(
            st.sampled_from(["", "pull", "l1 and clip", "floor"] if self.path else ["", "pull", "l1 and clip"])
        )
        self.loss, H = "softmax", int(rng.integers(1, 5))
        if self.path:
            net, self.roles = Multiplied.create("abc", H, path=self.path, rng=rng), ROLES | {"m": ("-h",)}
            # a neuron sends m times its weights: both factors consume it, so a sign or a share of it would count twice
            self.priced, self.allowed = ["m"], {"permute", "append"}
        else:
            net, self.roles, self.priced = ds.Network.create("abc", H, rng=rng), ROLES, ["Whh", "Why"]
        net.theta[:] += 0.3 * rng.standard_normal(net.theta.size)
        return net

    def begun(self, net, optimiser, seed):
        wrapped = {
            "": optimiser, "pull": Pull(optimiser, 1e-3), "l1 and clip": Clip(L1(optimiser, 0.01), 0.5),
            "floor": Floor(optimiser, 0.3),
        }[self.wrap]  # fmt: skip
        return ds.start(net, rng=seed, optimiser=wrapped)

    def begun_dense(self):
        for memory in self.dense.memory:
            for name in ("Wxh", "bh"):
                memory[name] += 0.01
        self.dense.extra = {"h": np.zeros(self.dense.size("h")), "place": 0, "loss": CHUNK * np.log(3)}

    def through(self, p, x, h):
        """States and predictions behind each symbol; multipliers act on the output alone, or on all that a neuron sends."""
        m, states, said = p.get("m", 1.0), [], []
        for symbol in x:
            h = np.tanh(p["Wxh"][:, symbol] + p["Whh"] @ ((m if self.path == "all" else 1.0) * h) + p["bh"])
            logits = p["Why"] @ (m * h) + p["by"]
            states.append(h)
            said.append(np.exp(logits) / np.exp(logits).sum())
        return states, np.array(said)

    def outputs(self, p, X):
        return self.through(p, CODES, np.zeros(len(p["bh"])))[1]

    def trained(self, run, steps):
        return ds.train(run, TEXT, Plan(steps=run.step + steps, record=1, quiet=True), rule=None, chunk=CHUNK)

    def accepted(self, net, event):
        h = self.dense.extra["h"]
        _, change = event.moves[0]
        self.dense.extra["h"] = self.T @ h if self.T is not None else np.append(h, 0.0)
        assert change.new == len(self.dense.extra["h"])
        return accept(self.run, net, event, batches=Text)

    def change(self, kind, space, change, T, *rest, **fields):
        self.T = T
        super().change(kind, space, change, T, *rest, **fields)

    def train_dense(self, steps):
        dense = self.dense
        for _ in range(steps):
            seen = dense.extra
            if seen["place"] + CHUNK + 1 > len(CODES):
                seen["place"], seen["h"] = 0, np.zeros_like(seen["h"])
            at, h = seen["place"], seen["h"]
            x, y = CODES[at : at + CHUNK], CODES[at + 1 : at + CHUNK + 1]

            def loss_of(p, x=x, y=y, h=h):
                return -np.log(self.through(p, x, h)[1][range(CHUNK), y]).sum() + 0j

            seen["h"], seen["place"] = self.through(dense.arrays, x, h)[0][-1], at + CHUNK
            dense.train(loss_of, 1, change=self.priced_gradient, after=self.pulled)
            seen["loss"] = 0.99 * seen["loss"] + 0.01 * dense.losses[-1]

    def priced_gradient(self, g):
        if self.wrap == "l1 and clip":
            for name in self.priced:
                g[name] = g[name] + 0.01 * np.sign(self.dense.arrays[name])
            g = {name: np.clip(slope, -0.5, 0.5) for name, slope in g.items()}
        return g

    def pulled(self, arrays):
        for name in self.priced:
            if self.wrap == "pull":
                arrays[name] = arrays[name] - 1e-3 * np.sign(arrays[name])
            elif self.wrap == "floor":
                arrays[name] = np.maximum(arrays[name], 0.3)

    def expected_loss(self):
        return self.dense.extra["loss"]

    @rule(seed=SEEDS)
    def grow(self, seed):
        """A newborn speaks with r = T_D at once; what the old ones say to each other stays, and memories of it begin at 0.01."""
        self.mark()
        h = self.dense.size("h")
        if h < MOST:
            net, event = ds.grow(self.run.net, rng=seed)
            self.T = np.eye(h + 1, h)
            self.dense.move("h", self.T, self.T.T, born=0.01)
            for name, roles in self.roles.items():
                for axis, role in enumerate(roles):
                    if role[1:] == "h":
                        ours, theirs = (np.moveaxis(array[name], axis, 0) for array in (self.dense.arrays, net.params))
                        ours[h] = theirs[h]
            p = net.params
            r = (np.abs(p["Why"][:, h]).sum() + 3 / (h + 1) * np.abs(p["Whh"][:, h]).sum()) / 2
            close(p["m"][h] if self.path else r, 0.05 if not self.path else ds.Rule().threshold, "the newborn's norm")
            self.tell(net, event, [*range(h), -1])

    @rule(seed=SEEDS)
    def prune(self, seed):
        self.mark()
        rng, h = np.random.default_rng(seed), self.dense.size("h")
        if h > 1:
            gone = rng.permutation(h)[: rng.integers(1, h)]
            net, event = ds.prune(self.run.net, gone.tolist())
            kept = np.setdiff1d(np.arange(h), gone)
            self.T = np.eye(h)[kept]
            self.dense.move("h", self.T, self.T.T)
            self.tell(net, event, kept)

    def remembers(self):
        super().remembers()
        if "h" in self.run.feed:
            close(self.run.feed["h"], self.dense.extra["h"], "the state of the text")
            assert self.run.feed["place"] == self.dense.extra["place"]


TestReader = case_of(Reader)


def test_a_change_before_the_first_step_has_no_state_to_carry():
    run = ds.start(ds.Network.create("ab", neurons=2, rng=0), rng=0)
    grown = accept(run, *ds.grow(run.net, rng=0), batches=Text)
    assert ds.train(grown, "ab" * 9, Plan(steps=2, quiet=True), chunk=3, rule=None).net.neurons == 3
