"""Draw weight matrices of known architectures: `ARCHITECTURES[name]` is a function of rng and the kind that the reader must find."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Rng = np.random.Generator


class Drawn(NamedTuple):
    """W (S, S) with inputs first and outputs last, how many there are, I or None, and the inputs' positions or ()."""

    W: np.ndarray
    inputs: int
    outputs: int
    iterations: int | None = None
    positions: np.ndarray | tuple = ()


def he(rng: Rng, m: int, n: int) -> np.ndarray:
    """Return weights (m, n) from N(0, 2 / n)."""
    return rng.standard_normal((m, n)) * np.sqrt(2 / n)


def joined(widths: list[int], blocks: dict[tuple[int, int], np.ndarray], **more: object) -> Drawn:
    """Return the net with these layers and blocks (from, to) -> weights."""
    first = np.cumsum([0, *widths])
    W = np.zeros((first[-1], first[-1]))
    for (a, b), weights in blocks.items():
        W[first[b] : first[b + 1], first[a] : first[a + 1]] = weights
    return Drawn(W, widths[0], widths[-1], **more)


def dense(rng: Rng, widths: list[int], pairs: list[tuple[int, int]]) -> Drawn:
    """Return the net whose layers are joined fully in these pairs."""
    return joined(widths, {(a, b): he(rng, widths[b], widths[a]) for a, b in pairs})


def chain(L: int) -> list[tuple[int, int]]:
    """Return the pairs of neighbouring layers 0..L."""
    return [(l, l + 1) for l in range(L)]


def mlp(rng: Rng) -> Drawn:
    """Two to six layers of 8 to 14 hidden neurons."""
    widths = [int(rng.integers(2, 13)), *rng.integers(8, 15, rng.integers(1, 6)).tolist(), int(rng.integers(1, 9))]
    return dense(rng, widths, chain(len(widths) - 1))


def bottleneck(rng: Rng) -> Drawn:
    """An encoder and a decoder of one or two layers each, around 2 to 5 neurons."""
    side = int(rng.integers(1, 3))
    widths = rng.integers(11, 19, 2 * side + 1).tolist()
    widths[side] = int(rng.integers(2, 6))
    return dense(rng, widths, chain(2 * side))


def densenet(rng: Rng) -> Drawn:
    """Two to six hidden layers, every layer feeds all later ones."""
    widths = rng.integers(4, 11, rng.integers(4, 9)).tolist()
    return dense(rng, widths, [(a, b) for b in range(len(widths)) for a in range(b)])


def skip(rng: Rng) -> Drawn:
    """Three to five layers of weights of like width, and one or two blocks over more than one of them."""
    L, m = int(rng.integers(3, 6)), int(rng.integers(6, 12))
    widths = (m + rng.integers(0, 2, L + 1)).tolist()
    far = [(a, b) for b in range(L + 1) for a in range(b - 1)]
    chosen = rng.choice(len(far), min(int(rng.integers(1, 3)), len(far) - 1), replace=False)
    return dense(rng, widths, chain(L) + [far[i] for i in chosen])


def acyclic(rng: Rng) -> Drawn:
    """30 to 54 neurons in order, 6 to 10 of them inputs, 2 to 5 outputs; earlier ones feed later ones with probability .08 to .25."""
    d, k, S = int(rng.integers(6, 11)), int(rng.integers(2, 6)), int(rng.integers(30, 55))
    W = np.tril(rng.random((S, S)) < rng.uniform(0.08, 0.25), -1) * rng.standard_normal((S, S))
    W[:d], W[:, S - k :] = 0, 0
    return Drawn(W, d, k)


def recurrent(rng: Rng) -> Drawn:
    """A pool with feedback of density .1 to 1 among its hidden neurons, read after 3 to 12 steps."""
    widths = [int(rng.integers(2, 8)), int(rng.integers(8, 30)), int(rng.integers(1, 5))]
    net, d, h = dense(rng, widths, chain(2)), widths[0], widths[1]
    net.W[d : d + h, d : d + h] = he(rng, h, h) * (rng.random((h, h)) < rng.uniform(4 / h, 1))
    return net._replace(iterations=int(rng.integers(3, 13)))


def stream(rng: Rng, wire: Callable[[int], np.ndarray]) -> Drawn:
    """A ResNet of 1 to 8 blocks: x' = wire x + B act(A x), or with act in front as well; a stem and a head in half of the nets."""
    n, blocks, ahead = int(rng.integers(4, 11)), int(rng.integers(1, 9)), bool(rng.integers(2))
    widths, made = [int(rng.integers(3, 12)), n] if rng.integers(2) else [n], {}
    if len(widths) > 1:
        made[0, 1] = he(rng, n, widths[0])
    for _ in range(blocks):
        a, m = len(widths) - 1, int(rng.integers(4, 13))
        inner = [n, m, n] if ahead else [m, n]
        widths += inner
        made[a, a + len(inner)] = wire(n)
        for l, b in enumerate(inner):
            made[a + l, a + l + 1] = np.eye(n) if ahead and l == 0 else he(rng, b, widths[a + l])
    if rng.integers(2):
        widths.append(int(rng.integers(1, 9)))
        made[len(widths) - 2, len(widths) - 1] = he(rng, widths[-1], n)
    return joined(widths, made)


def resnet(rng: Rng) -> Drawn:
    """Streams with wires from N(1, .02^2)."""
    return stream(rng, lambda n: np.diag(rng.normal(1, 0.02, n)))


def rotated(rng: Rng) -> Drawn:
    """A control: the same with an orthogonal matrix in place of the identity, which is a net with skips."""
    return stream(rng, lambda n: np.linalg.qr(rng.standard_normal((n, n)))[0])


def convolution(rng: Rng, shape: tuple[int, ...], width: int, layers: int) -> tuple[list[int], dict]:
    """Return layers and blocks of 1 or 2 channels each, windows of `width` in every axis, with or without padding, and a head."""
    padded, kept = bool(rng.integers(2)), [(1, shape)]
    blocks = {}
    for l in range(layers):
        channels, (before, size) = int(rng.integers(1, 3)), kept[-1]
        after = size if padded else tuple(s - width + 1 for s in size)
        kernel = he(rng, channels, before * width ** len(size)).reshape(channels, before, *[width] * len(size))
        V = np.zeros((channels, *after, before, *size))
        for out in np.ndindex(*after):
            first = np.array(out) - (width // 2 if padded else 0)
            low, high = np.maximum(first, 0), np.minimum(first + width, size)
            window = tuple(map(slice, low, high))
            taps = tuple(map(slice, low - first, high - first))
            V[(slice(None), *out, slice(None), *window)] = kernel[(slice(None), slice(None), *taps)]
        blocks[l, l + 1] = V.reshape(channels * int(np.prod(after)), -1)
        kept.append((channels, after))
    widths = [c * int(np.prod(s)) for c, s in kept] + [int(rng.integers(1, 5))]
    return widths, blocks | {(layers, layers + 1): he(rng, widths[-1], widths[-2])}


def line(rng: Rng) -> Drawn:
    """One to three layers of windows of 3 to 9 on a line of at least three windows; nobody says in which order the inputs stand."""
    width, layers = int(rng.integers(3, 10)), int(rng.integers(1, 4))
    widths, blocks = convolution(rng, (int(rng.integers(3 * width, 3 * width + 10)) + 4,), width, layers)
    return joined(widths, blocks)


def grid(rng: Rng) -> Drawn:
    """One or two layers of windows of 3 x 3 to 9 x 9 on a grid of at least two windows each way; the inputs' places are known."""
    width = int(rng.integers(3, 10))
    side = int(rng.integers(2 * width, 2 * width + 3))
    widths, blocks = convolution(rng, (side, side), width, int(rng.integers(1, 3)))
    return joined(widths, blocks, positions=np.argwhere(np.ones((side, side))).astype(float))


def perceptron(rng: Rng) -> Drawn:
    """Inputs feed outputs, nothing else."""
    return dense(rng, rng.integers(2, 12, 2).tolist(), [(0, 1)])


ARCHITECTURES: dict[str, tuple[Callable[[Rng], Drawn], str]] = {
    "perceptron": (perceptron, "direct"),
    "MLP": (mlp, "layered"),
    "bottleneck": (bottleneck, "bottleneck"),
    "convolution, 1-D": (line, "local"),
    "convolution, 2-D": (grid, "local"),
    "ResNet": (resnet, "residual"),
    "ResNet, rotated wires": (rotated, "skip"),
    "DenseNet": (densenet, "densenet"),
    "skip": (skip, "skip"),
    "random acyclic": (acyclic, "sparse"),
    "recurrent": (recurrent, "recurrent"),
}
