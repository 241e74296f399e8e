"""Sequences on the pool: one matrix, cycles, positions that follow, prices that make zeros, and its own growing and pruning."""

from typing import ClassVar

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import rule
from machine import MOST, SEEDS, Sequences, case_of, close

from minigrow import urn
from minigrow.growth import Plan, load, save, start, train
from minigrow.nn import Adam
from minigrow.urn.positions import places


def unit(dense, name):
    """How far one unit of gradient moves each entry of an array, for each optimiser: what a price is paid in."""
    p, t, kind = dense.numbers, dense.t, dense.rule.__name__
    memory = [slot[name] for slot in dense.memory]
    if kind == "adam":
        return p["rate"] / (np.sqrt(memory[1] / (1 - p["beta2"] ** (t + 1))) + p["eps"])
    if kind in ("rmsprop", "adagrad"):
        return p["rate"] / np.sqrt(memory[0] + p["eps"])
    return p["rate"] / (1 + p["decay"] * t) / (1 - p.get("beta", 0.0))


class Pool(Sequences):
    """Two inputs, one or two outputs, two to four hidden neurons that hear each other, with or without places and prices."""

    hidden = ("h",)
    roles: ClassVar = {
        "Whx": ("+h", "-x"), "Wyx": ("+y", "-x"), "Whh": ("+h", "-h"), "Wyh": ("+y", "-h"), "ch": ("+h",), "cy": ("+y",),
    }  # fmt: skip
    undecayed = ("ch", "cy")

    def create(self, rng, data):
        name = data.draw(st.sampled_from(["tanh", "relu"]))
        self.act = np.tanh if name == "tanh" else lambda z: np.where(z.real > 0, z, 0)
        self.allowed = {"permute", "append", "duplicate"} | (
            {"flip"} if name == "tanh" else {"rescale", "rescale each"}
        )
        self.steps, d, H, k = data.draw(st.integers(1, 4)), 2, int(rng.integers(2, 5)), int(rng.integers(1, 3))
        self.prices = data.draw(st.sampled_from([None, urn.Strengths(l1=0.02, loop=0.1, time=0.01)]))
        places = rng.uniform(0, 3, (d + H + k, 2)) if data.draw(st.booleans()) else ()
        net = urn.Network.create(d, k, d + H + k, self.steps, name, positions=places, rng=rng)
        net.theta[:] += 0.2 * rng.standard_normal(net.theta.size)
        self.loss, self.X, self.y = "mse", rng.standard_normal((5, d)), rng.standard_normal((5, k))
        return net

    def begun(self, net, optimiser, seed):
        return super().begun(net, urn.Priced(optimiser, self.prices) if self.prices else optimiser, seed)

    def states(self, p, X):
        """n <- act(W n + c) of the whole pool, its inputs put back: hidden states and outputs of every step, and the outputs."""
        (H, d), k = p["Whx"].shape, len(p["cy"])
        W = np.zeros((d + H + k, d + H + k), p["Whx"].dtype) + 0 * sum(array.sum() for array in p.values())
        W[d : d + H, :d], W[d + H :, :d], W[d : d + H, d : d + H], W[d + H :, d : d + H] = (
            p["Whx"], p["Wyx"], p["Whh"], p["Wyh"],
        )  # fmt: skip
        c = np.concatenate([np.zeros(d), p["ch"], p["cy"]])
        n, seen = np.zeros((len(X), d + H + k), W.dtype), []
        for _ in range(self.steps):
            n[:, :d] = X
            z = n @ W.T + c
            n = self.act(z)
            seen.append((n[:, d : d + H], z[:, d + H :]))
        return seen

    def outputs(self, p, X):
        return self.states(p, X)[-1][1]

    def loss_of(self, p):
        late, seen = 0.0, self.states(p, self.X)
        for t in range(1, self.steps):
            (h, y), (h_before, y_before) = seen[t], seen[t - 1]
            change = ((y - y_before) ** 2).sum() + (((h - h_before) ** 2).sum() if t < self.steps - 1 else 0.0)
            late = late + t * change / len(self.X)
        return super().loss_of(p) + (self.prices.time * late if self.prices else 0.0)

    def train_dense(self, steps):
        self.dense.train(self.loss_of, steps, after=self.pay if self.prices else lambda arrays: None)

    def pay(self, arrays):
        for name in ("Whx", "Wyx", "Whh", "Wyh"):
            price = self.prices.l1 + self.prices.loop * np.eye(*arrays[name].shape) * (name == "Whh")
            left = np.abs(arrays[name]) - price * unit(self.dense, name)
            arrays[name] = np.sign(arrays[name]) * np.maximum(left, 0)

    def carried(self, kept):
        where, (d, H, _) = places(self.run.net), self.run.net.widths
        return {"positions": np.concatenate([where[:d], where[d : d + H][kept], where[d + H :]])}

    def room(self, neurons):
        where, (d, H, _) = places(self.run.net), self.run.net.widths
        fresh = np.full((neurons, where.shape[1]), np.nan)
        return {"positions": np.concatenate([where[: d + H], fresh, where[d + H :]])}

    @rule(seed=SEEDS, neurons=st.integers(1, 2))
    def grow(self, seed, neurons):
        self.mark()
        h = self.dense.size("h")
        if h + neurons <= MOST:
            before, kept = self.outputs(self.dense.arrays, self.X), self.room(neurons)["positions"]
            net, event = urn.grow(self.run.net, neurons, rng=seed)
            T = np.eye(h + neurons, h)
            self.dense.move("h", T, T.T)
            for name, columns in (
                ("Whx", slice(None)),
                ("Whh", slice(h)),
            ):  # what the new ones hear is drawn; nobody hears them
                self.dense.arrays[name][h:, columns] = net.params[name][h:, columns]
                assert (np.abs(net.params[name][h:, columns]) > 0).all()
            old = ~np.isnan(kept)
            np.testing.assert_array_equal(places(net)[old], kept[old])
            self.tell(net, event, [*range(h), *[-1] * neurons])
            close(net(self.X), before, "growing must keep the function")

    @rule()
    def prune(self):
        """The reference finds the dead by powers of |W|."""
        self.mark()
        p, before = (
            {name: np.abs(array) for name, array in self.dense.arrays.items()},
            self.outputs(self.dense.arrays, self.X),
        )
        powers = [np.linalg.matrix_power(p["Whh"], n) for n in range(self.steps - 1)]
        spoken = sum((power @ (p["Whx"].sum(axis=1) + p["ch"]) for power in powers), np.zeros(len(p["ch"])))
        heard = sum((p["Wyh"].sum(axis=0) @ power for power in powers), np.zeros(len(p["ch"])))
        kept = np.flatnonzero((spoken > 0) & (heard > 0))
        kept = kept if len(kept) else np.array([0])
        net, event = urn.prune(self.run.net)
        assert event.neurons == len(p["ch"]) - len(kept)
        if event.neurons:
            T, where = np.eye(len(p["ch"]))[kept], self.carried(kept)["positions"]
            self.dense.move("h", T, T.T)
            np.testing.assert_array_equal(places(net), where)
            self.tell(net, event, kept)
            close(net(self.X), before, "the dead leave no trace")


TestPool = case_of(Pool)


def test_prices_come_back_from_a_checkpoint_as_what_they_were(tmp_path):
    net = urn.Network.create(2, 1, 6, rng=0)
    run = start(net, urn.Priced(Adam(), urn.Strengths(l1=0.1)), rng=0)
    save(run, tmp_path / "run.npz")
    back = load(tmp_path / "run.npz", urn.Network).optimiser
    assert back == run.optimiser
    assert type(back.strengths) is urn.Strengths


def test_a_pool_without_hidden_neurons_trains():
    net, X = urn.Network.create(2, 1, 3, iterations=3, rng=0), np.eye(2)
    done = train(start(net, Adam(0.1), rng=0), X, np.ones((2, 1)), Plan(steps=200, batch=None, loss="mse", quiet=True))
    assert done.net.hidden == 0
    close(done.net(X), np.ones((2, 1)), "what it has learned", least=1e4)
