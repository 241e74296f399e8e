"""The dense reference of the sequences: full float64 matrices, explicit T and U, gradients by the complex step, textbook optimisers.

It shares no code with the package. A network is {name: array} and `roles`, which say by hand for every axis which space it produces (+)
or consumes (-). A change is two matrices, T (new, old) and U (old, new): what produces a space is multiplied by T and what consumes
it by U', and an optimiser's memory the other way round, with squared entries where it scales like a squared gradient.
"""

import copy

import numpy as np

TINY = 1e-30  # of the complex step: its error, the square of this, is nothing


def sgd(memory, theta, g, t, p):
    return theta - p["rate"] / (1 + p["decay"] * t) * g


def momentum(memory, theta, g, t, p):
    memory[0][:] = p["beta"] * memory[0] + g
    return theta - p["rate"] / (1 + p["decay"] * t) * memory[0]


def nesterov(memory, theta, g, t, p):
    memory[0][:] = p["beta"] * memory[0] + g
    return theta - p["rate"] / (1 + p["decay"] * t) * (g + p["beta"] * memory[0])


def adagrad(memory, theta, g, t, p):
    memory[0][:] += g**2
    return theta - p["rate"] * g / np.sqrt(memory[0] + p["eps"])


def rmsprop(memory, theta, g, t, p):
    memory[0][:] = p["beta"] * memory[0] + (1 - p["beta"]) * g**2
    step = p["rate"] * g / np.sqrt(memory[0] + p["eps"])
    return theta - np.minimum(np.maximum(step, -p["clip"]), p["clip"])


def adam(memory, theta, g, t, p):
    memory[0][:] = p["beta1"] * memory[0] + (1 - p["beta1"]) * g
    memory[1][:] = p["beta2"] * memory[1] + (1 - p["beta2"]) * g**2
    m, v = memory[0] / (1 - p["beta1"] ** (t + 1)), memory[1] / (1 - p["beta2"] ** (t + 1))
    return theta - p["rate"] * m / (np.sqrt(v) + p["eps"])


# Each rule, and for each of its memories whether it scales like g (1) or like g^2 (2). AdamW is Adam, and decay by hand below.
RULES = {
    "sgd": (sgd, ()),
    "momentum": (momentum, (1,)),
    "nesterov": (nesterov, (1,)),
    "adagrad": (adagrad, (2,)),
    "rmsprop": (rmsprop, (2,)),
    "adam": (adam, (1, 2)),
    "adamw": (adam, (1, 2)),
}


class Dense:
    """Arrays by name with their roles, an optimiser's memories, and who lives in each hidden space."""

    def __init__(self, net, roles, hidden, optimiser, frozen=(), undecayed=()):
        self.roles, self.numbers = dict(roles), optimiser._asdict()
        self.rule, self.orders = RULES[type(optimiser).__name__.lower()]
        self.arrays = {name: np.array(net.params[name]) for name in roles}
        self.trained = [name for name in roles if name not in frozen]
        self.decayed = [name for name in self.trained if name not in undecayed]
        self.memory = [{name: np.zeros_like(self.arrays[name]) for name in self.trained} for _ in self.orders]
        self.t, self.step, self.losses, self.rows, self.events = 0, 0, [], [], []
        self.lives = {space: list(range(self.size(space))) for space in hidden}
        self.count = {space: len(ids) for space, ids in self.lives.items()}
        self.deaths = {space: {} for space in hidden}
        self.extra = {}

    def copy(self):
        return copy.deepcopy(self)

    def size(self, space):
        """How many neurons a space has, read off an array."""
        return next(
            self.arrays[name].shape[axis]
            for name, roles in self.roles.items()
            for axis, role in enumerate(roles)
            if role[1:] == space
        )

    def move(self, space, T, U, born=0.0):
        """One change of basis; `born` is where the memory of new neurons begins."""
        self.arrays = self._moved(self.arrays, space, T, U.T)
        new = ~T.any(axis=1)
        for memory, order in zip(self.memory, self.orders, strict=True):
            memory |= self._moved(memory, space, U.T**order, T**order)
            for name in memory:
                for axis, role in enumerate(self.roles[name]):
                    if role[1:] == space:
                        np.moveaxis(memory[name], axis, 0)[new] = born

    def _moved(self, arrays, space, produce, consume):
        arrays = dict(arrays)
        for name in arrays:
            for axis, role in enumerate(self.roles[name]):
                if role[1:] == space:
                    M = produce if role[0] == "+" else consume
                    arrays[name] = np.moveaxis(np.tensordot(M, arrays[name], (1, axis)), 0, axis)
        return arrays

    def event(self, kind, space, sources):
        """Who lives where after a change: neuron i was sources[i], -1 for a new one; of two copies the first is the old one."""
        old, new = self.lives[space], []
        for source in sources:
            if source >= 0 and old[source] not in new:
                new.append(old[source])
            else:
                new.append(self.count[space])
                self.count[space] += 1
        self.events.append((kind, space, len(old), len(new), self.step))
        number = sum(event[1] == space for event in self.events)
        self.deaths[space] |= {life: number for life in old if life not in new}
        self.lives[space] = new

    def gradient(self, loss_of):
        """The gradient of loss_of(arrays) by the complex step, entry by entry."""
        g = {}
        for name in self.trained:
            g[name] = np.zeros_like(self.arrays[name])
            for at in np.ndindex(g[name].shape):
                other = self.arrays[name].astype(complex)
                other[at] += 1j * TINY
                g[name][at] = loss_of(self.arrays | {name: other}).imag / TINY
        return g

    def train(self, loss_of, steps, change=lambda g: g, after=lambda arrays: None):
        """So many steps; `change` is what is done to the gradient, `after` what is done to the arrays behind each step."""
        for _ in range(steps):
            g = change(self.gradient(loss_of))
            self.losses.append(loss_of(self.arrays).real)
            for name in self.trained:
                theta = self.arrays[name]
                if name in self.decayed:
                    theta = theta * (1 - self.numbers["rate"] * self.numbers.get("weight_decay", 0.0))
                memory = [slot[name] for slot in self.memory]
                self.arrays[name] = self.rule(memory, theta, g[name], self.t, self.numbers)
            after(self.arrays)
            self.t, self.step = self.t + 1, self.step + 1
            self.rows.append((self.step, tuple(self.size(space) for space in self.lives)))


def softmax_loss(p, y):
    """Mean cross-entropy of logits p (n, k), labels y (n,)."""
    p = p - p.real.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(p).sum(axis=1)) - p[np.arange(len(y)), y]) + 0j


def squared_loss(p, y):
    """Mean of squared errors."""
    return np.mean((p - y) ** 2) + 0j


LOSSES = {"softmax": softmax_loss, "mse": squared_loss}
