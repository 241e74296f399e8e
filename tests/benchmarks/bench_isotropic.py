"""Isotropic networks against PyTorch doing the same arithmetic: one thread, float32, turn by turn in one process.

python -m pip install -e ".[bench]"
python tests/benchmarks/bench_isotropic.py
"""

import tracemalloc

import alternating
import numpy as np
import torch

from minigrow.growth import Plan, follow, train
from minigrow.growth import start as start_run
from minigrow.isotropic import Network, grow, prune
from minigrow.nn import AdamW
from minigrow.nn.optimisers import start
from minigrow.nn.wrappers import bind

torch.set_num_threads(1)


class Peer(torch.nn.Module):
    """The same network, written as a PyTorch user would."""

    def __init__(self, net):
        super().__init__()
        self.layers = net.layers
        for name, array in net.params.items():
            self.register_parameter(name.replace("lambda", "lam"), torch.nn.Parameter(torch.tensor(array)))

    def forward(self, X):
        z = torch.nn.functional.linear(X, self.W1, self.b1)
        for l in range(1, self.layers):
            rho = torch.sqrt(torch.exp(self.lam[l - 1]) + (z * z).sum(1, keepdim=True))
            a = torch.tanh(rho) / rho
            z = torch.nn.functional.linear(a * z, getattr(self, f"W{l + 1}"), getattr(self, f"b{l + 1}"))
            z = z + a * getattr(self, f"psi{l}")
        return z


def our_step(net, X, y):
    net, optimiser = net.with_params(net.params), AdamW(1e-3, 1e-3)
    gradient, update = bind(optimiser, net, np.empty_like(net.theta), "softmax")
    box = [start(optimiser, net.theta)]

    def step():
        loss = gradient(X, y)
        box[0] = update(box[0])
        return loss

    return step


def their_step(net, X, y, **options):
    peer, X, y = Peer(net), torch.tensor(X), torch.tensor(y)
    groups = [
        {"params": [p for name, p in peer.named_parameters() if name != "lam"], "weight_decay": 1e-3},
        {"params": [peer.lam], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=1e-3, **options)

    def step():
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(peer(X), y)
        loss.backward()
        optimiser.step()
        return loss.detach()

    return step


def same_arithmetic(net, X, y):
    """Both must walk the same path: losses of 20 steps agree to float32 rounding."""
    ours, theirs = our_step(net, X, y), their_step(net, X, y)
    gap = max(abs(ours() / float(theirs()) - 1) for _ in range(20))
    if gap > 1e-4:
        raise SystemExit(f"the two programs do not compute the same: losses differ by {gap:.1e}")
    print(f"{net.widths}: losses of 20 steps agree to {gap:.0e}")


def training(widths, batch, need):
    rng = np.random.default_rng(0)
    net = Network.create(widths, rng=0, dtype=np.float32)
    X, y = rng.standard_normal((batch, widths[0])).astype(np.float32), rng.integers(widths[-1], size=batch)
    same_arithmetic(net, X, y)
    for options in ({}, {"foreach": True}, {"fused": True}):
        title = f"training step {list(widths)} batch {batch}, torch AdamW {options or 'as it comes'}"
        alternating.report(
            title, alternating.compare(our_step(net, X, y), their_step(net, X, y, **options)), None if options else need
        )


def structure():
    """Growing by one neuron, optimiser state included, against a training step; two ways of removing one."""
    rng = np.random.default_rng(0)
    net = Network.create([64, 500, 500, 10], rng=0, dtype=np.float32)
    X, y = rng.standard_normal((48, 64)).astype(np.float32), rng.integers(10, size=48)
    optimiser = AdamW()
    state = start(optimiser, net.theta)
    for layer in (0, 1):

        def append(layer=layer):
            wide, event = grow(net, layer, 1, rng=rng)
            return wide, follow([event], optimiser, state, net)

        result = alternating.compare(append, our_step(net, X, y), repeats=20)
        alternating.report(f"append one neuron to layer {layer} of [64,500,500,10] | a training step", result, 1)
        pair = alternating.compare(
            lambda layer=layer: prune(net, layer, 1, by="reflection"), lambda layer=layer: prune(net, layer), 2, 9
        )
        alternating.report(f"remove one neuron of layer {layer} by reflection | by the whole SVD", pair)


def memory():
    """Peak of what one call of train allocates, in units of the parameters, batch included."""
    net = Network.create([3072, 100, 100, 10], rng=0, dtype=np.float32)
    X, y = np.zeros((96, 3072), np.float32), np.zeros(96, dtype=int)
    run = start_run(net, AdamW(), rng=0)
    train(run, X, y, Plan(epochs=1, quiet=True))
    tracemalloc.start()
    train(run, X, y, Plan(epochs=2, quiet=True))
    peak = tracemalloc.get_traced_memory()[1]
    batch = 48 * (3072 + 3 * (100 + 100 + 10)) * 4  # inputs, and z, x, dL/dz of each layer
    ratio = (peak - batch) / net.theta.nbytes
    print(f"peak memory of train: {ratio:.2f} x the parameters, plus the batch's {batch / 1e6:.1f} MB (asked for: 4)")


if __name__ == "__main__":
    alternating.machine()
    print("torch", torch.__version__)
    training((64, 32, 32, 10), 48, 5)
    training((3072, 100, 100, 10), 48, 2)
    structure()
    memory()
