"""The pool's training step against PyTorch doing the same arithmetic: one thread, float32, turn by turn in one process.

python -m pip install -e ".[bench]"
python tests/benchmarks/bench_urn.py
"""

import time

import alternating
import numpy as np
import torch

from minigrow.nn import Adam
from minigrow.nn.optimisers import start
from minigrow.urn import Network
from minigrow.urn.fast import workspace

torch.set_num_threads(1)


class Plain(torch.nn.Module):
    """One matrix S x S applied I times to the clamped state, as the method is told."""

    def __init__(self, net):
        super().__init__()
        self.d, self.h, self.I = net.inputs, net.inputs + net.hidden, net.iterations
        self.W, self.c = (torch.nn.Parameter(torch.tensor(a)) for a in (net.W, net.c))
        self.register_buffer("free", torch.tensor((net.W != 0).astype(np.float32)))

    def forward(self, X):
        W = self.W * self.free
        n = torch.nn.functional.pad(X, (0, W.shape[0] - self.d))
        for _ in range(self.I - 1):
            n = torch.cat([X, torch.tanh(torch.nn.functional.linear(n, W, self.c))[:, self.d :]], 1)
        return torch.nn.functional.linear(n, W, self.c)[:, self.h :]


class Blocks(torch.nn.Module):
    """The six blocks, inputs multiplied once: the same savings as ours."""

    def __init__(self, net):
        super().__init__()
        self.I = net.iterations
        for key, array in net.params.items():
            self.register_parameter(key, torch.nn.Parameter(torch.tensor(array)))

    def forward(self, X):
        linear = torch.nn.functional.linear
        A, h = linear(X, self.Whx, self.ch), None
        for _ in range(self.I - 1):
            h = torch.tanh(A if h is None else torch.addmm(A, h, self.Whh.T))
        return linear(X, self.Wyx, self.cy) + linear(h, self.Wyh)


def our_step(net, X, y):
    net = net.with_params(net.params)
    optimiser, g = Adam(1e-3), np.empty_like(net.theta)
    gradient, box = net.bound(g), [start(optimiser, net.theta)]

    def step():
        loss = gradient(X, y)
        box[0] = optimiser.update(box[0], net.theta, g)
        return loss

    return step


def their_step(peer, X, y, **options):
    X, y = torch.tensor(X), torch.tensor(y)
    optimiser = torch.optim.Adam(peer.parameters(), lr=1e-3, **options)

    def step():
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(peer(X), y)
        loss.backward()
        optimiser.step()
        return loss.detach()

    return step


def same_arithmetic(net, X, y):
    for kind in (Plain, Blocks):
        ours, theirs = our_step(net, X, y), their_step(kind(net), X, y)
        gap = max(abs(ours() / float(theirs()) - 1) for _ in range(20))
        if gap > 1e-4:
            raise SystemExit(f"{kind.__name__}: the two programs do not compute the same: losses differ by {gap:.1e}")


def training(size, batch, need):
    rng = np.random.default_rng(0)
    d, k = (16, 4) if size < 100 else (64, 10)
    net = Network.create(d, k, size, 6, rng=0, dtype=np.float32)
    X, y = rng.standard_normal((batch, d)).astype(np.float32), rng.integers(k, size=batch)
    same_arithmetic(net, X, y)
    for kind in (Plain, Blocks):
        for options in ({}, {"fused": True}):
            title = f"S = {size}, I = 6, batch {batch} | torch {kind.__name__} {options or ''}"
            alternating.report(
                title, alternating.compare(our_step(net, X, y), their_step(kind(net), X, y, **options)), need
            )


class Timed:
    """NumPy, with the time spent in matmul written down."""

    def __init__(self):
        self.spent = 0.0

    def __getattr__(self, name):
        return getattr(np, name)

    def matmul(self, *args, **kwargs):
        begun = time.perf_counter()
        result = np.matmul(*args, **kwargs)
        self.spent += time.perf_counter() - begun
        return result


def share_of_blas(size, batch, dtype):
    """Time in np.matmul of one gradient, over all its time."""
    rng = np.random.default_rng(0)
    net = Network.create(64, 10, size, 6, rng=0, dtype=dtype)
    X, y = rng.standard_normal((batch, 64)).astype(dtype), rng.integers(10, size=batch)
    step, timed = net.bound(np.empty_like(net.theta)), Timed()
    step(X, y)
    workspace.np = timed
    begun = time.perf_counter()
    for _ in range(200):
        step(X, y)
    share = timed.spent / (time.perf_counter() - begun)
    workspace.np = np
    print(f"S = {size}, batch {batch}, {np.dtype(dtype)}: {share:.0%} of the gradient's time in BLAS (asked for: 80)")


if __name__ == "__main__":
    alternating.machine()
    print("torch", torch.__version__)
    training(64, 32, 1.5)
    training(64, 256, 1.5)
    training(256, 256, 1)
    share_of_blas(256, 256, np.float64)
    share_of_blas(256, 256, np.float32)
