"""Time one cycle against the same algorithm as plain NumPy calls for each time step: `python bench_differentiable_structure.py`.

Both run on one thread in this process, in turn, on the hard text with a fixed number of neurons; the rule decides at
every cycle, with probabilities of zero, so the size stays. Times are processor times. The reference below is
independent of the package: columns and one-hot inputs avoided, arrays preallocated where that is natural, as somebody
who knows NumPy would write it.
"""

# ruff: noqa: E402 (the number of threads must be set before NumPy is imported)

from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[_name] = "1"

import statistics
import time

import numpy as np

from minigrow.differentiable_structure import Network, Rule, hard, start, train
from minigrow.differentiable_structure.text import encode
from minigrow.growth import Plan

T, V, RATE, CLIP, PULL = 40, 4, 0.01, 0.01, 1e-4
ALPHABET = "()ab"
NEVER = Rule(delete=0.0, add=0.0, anytime=0.0)


class Reference:
    """The whole algorithm in NumPy; one array for each parameter, one call for each operation."""

    def __init__(self, H, rng, grow=(0.05, 0.01, 1e-4), newborn=1.0):
        self.rng, self.grow, self.newborn = rng, grow, newborn
        shapes = ((H, V), (H, H), (V, H), (H,), (V,))
        self.w = [0.01 * rng.standard_normal(shape) for shape in shapes[:3]] + [np.zeros(H), np.zeros(V)]
        self.m = [np.full(shape, start) for shape, start in zip(shapes, (0.01, 0.0, 0.0, 0.01, 0.0), strict=True)]
        self.h, self.position, self.smooth = np.zeros(H), 0, T * np.log(V)

    def cycle(self, codes):
        if self.position + T + 1 > len(codes):
            self.position, self.h = 0, np.zeros_like(self.h)
        x = codes[self.position : self.position + T]
        y = codes[self.position + 1 : self.position + T + 1]
        loss, gradients = self.gradient(x, y)
        self.smooth = 0.99 * self.smooth + 0.01 * loss
        self.update(gradients)
        self.restructure()
        self.position += T

    def gradient(self, x, y):
        Wxh, Whh, Why, bh, by = self.w
        hs, ps, loss = [self.h], [], 0.0
        for t in range(T):
            hs.append(np.tanh(Wxh[:, x[t]] + Whh @ hs[-1] + bh))
            e = np.exp(Why @ hs[-1] + by)
            ps.append(e / e.sum())
            loss -= np.log(ps[-1][y[t]])
        dWxh, dWhh, dWhy, dbh, dby = (np.zeros_like(w) for w in self.w)
        after = np.zeros_like(bh)
        for t in range(T - 1, -1, -1):
            dy = ps[t]
            dy[y[t]] -= 1
            dWhy += np.outer(dy, hs[t + 1])
            dby += dy
            dz = (1 - hs[t + 1] * hs[t + 1]) * (Why.T @ dy + after)
            dbh += dz
            dWxh[:, x[t]] += dz
            dWhh += np.outer(dz, hs[t])
            after = Whh.T @ dz
        self.h = hs[-1]
        return loss, (dWxh, dWhh, dWhy, dbh, dby)

    def update(self, gradients):
        for w, m, g in zip(self.w, self.m, gradients, strict=True):
            m += 0.01 * (g * g - m)
            w -= np.clip(RATE * g / np.sqrt(m + 1e-8), -CLIP, CLIP)
        self.w[1] -= PULL * np.sign(self.w[1])
        self.w[2] -= PULL * np.sign(self.w[2])

    def restructure(self):
        Why, Whh, H = self.w[2], self.w[1], len(self.h)
        r = 0.5 * (np.abs(Why).sum(axis=0) + V / H * np.abs(Whh).sum(axis=0))
        spares, (delete, add, anytime) = np.flatnonzero(r <= 0.05), self.grow
        if len(spares) > 1:
            surplus = self.rng.permutation(spares)[1:]
            pruned = surplus[self.rng.random(len(surplus)) < delete]
            self.keep(np.setdiff1d(np.arange(H), pruned))
            spares = spares[len(pruned) :]
        chance, anyway = self.rng.random(2)
        if len(self.h) < 99 and ((len(spares) < 1 and chance < add) or anyway < anytime):
            self.append()

    def keep(self, kept):
        for arrays in (self.w, self.m):
            Wxh, Whh, Why, bh, by = arrays
            arrays[:] = [Wxh[kept], Whh[np.ix_(kept, kept)], Why[:, kept], bh[kept], by]
        self.h = self.h[kept]

    def append(self):
        H, draw = len(self.h), self.rng.standard_normal
        out_y, out_h = draw((V, 1)), draw((H + 1, 1))
        out_y *= self.newborn * 0.05 / np.abs(out_y).sum()
        out_h *= self.newborn * 0.05 * (H + 1) / V / np.abs(out_h).sum()
        Wxh, Whh, Why, bh, by = self.w
        Whh = np.hstack([np.vstack([Whh, 0.01 * draw((1, H))]), out_h])
        self.w = [np.vstack([Wxh, 0.01 * draw((1, V))]), Whh, np.hstack([Why, out_y]), np.append(bh, 0.0), by]
        Wxh, Whh, Why, bh, by = self.m
        Whh = np.pad(Whh, (0, 1), constant_values=0.01)
        self.m = [
            np.vstack([Wxh, np.full((1, V), 0.01)]),
            Whh,
            np.hstack([Why, np.full((V, 1), 0.01)]),
            np.append(bh, 0.01),
            by,
        ]
        self.h = np.append(self.h, 0.0)


def seconds_per_cycle(H, cycles, text, codes):
    """Return (reference, compiled) seconds per cycle, both for `cycles` cycles from the same weights."""
    reference = Reference(H, np.random.default_rng(0), grow=(0.0, 0.0, 0.0))
    net = Network.create(ALPHABET, H, rng=0)
    run = start(net.with_params(dict(zip(net.shapes, reference.w, strict=True))), rng=0)
    plan = Plan(steps=10 * cycles, record=10 * cycles, quiet=True)
    began = time.process_time()
    for _ in range(cycles):
        reference.cycle(codes)
    middle = time.process_time()
    train(run, text, plan, rule=NEVER)
    ended = time.process_time()
    return (middle - began) / cycles, (ended - middle) / (10 * cycles)


def main():
    """Print the median of seven alternating rounds for 14 and 37 neurons."""
    text = hard(rng=0)
    codes = encode(text, ALPHABET)
    seconds_per_cycle(2, 5, text, codes)
    for H, target in ((14, 20), (37, 15)):
        rounds = [seconds_per_cycle(H, 400, text, codes) for _ in range(7)]
        slow, fast = (1e6 * statistics.median(column) for column in zip(*rounds, strict=True))
        ratio = statistics.median(a / b for a, b in rounds)
        print(
            f"{H} neurons: NumPy calls {slow:.0f} us, compiled {fast:.1f} us a cycle: {ratio:.1f}x (asked: {target}x)"
        )


if __name__ == "__main__":
    main()
