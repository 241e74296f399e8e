"""Isotropic networks against PyTorch and JAX doing the same arithmetic: one processor, float32, turn by turn in one process.

python -m pip install -e ".[bench]"
python tests/benchmarks/bench_isotropic.py
"""

import tracemalloc

import alternating
import jax
import numpy as np
import torch
from isotropic_peers import PEERS

from minigrow.growth import Plan, follow, train
from minigrow.growth import start as start_run
from minigrow.isotropic import Network, grow, prune
from minigrow.nn import AdamW
from minigrow.nn.optimisers import start
from minigrow.nn.wrappers import bind


def our_step(net, X, y):
    net, optimiser = net.with_params(net.params), AdamW(1e-3, 1e-3)
    gradient, update = bind(optimiser, net, np.empty_like(net.theta), "softmax")
    box = [start(optimiser, net.theta)]

    def step():
        loss = gradient(X, y)
        box[0] = update(box[0])
        return loss

    return step


def same_arithmetic(ours, theirs):
    """Both must walk the same path: losses of 20 steps agree to float32 rounding."""
    gap = max(abs(ours() / float(theirs()) - 1) for _ in range(20))
    if gap > 1e-4:
        raise SystemExit(f"the two programs do not compute the same: losses differ by {gap:.1e}")
    return gap


def training(widths, batch, needs):
    """A training step against each peer, and against its own matrix products alone, which both must do."""
    rng = np.random.default_rng(0)
    net = Network.create(widths, rng=0, dtype=np.float32)
    X, y = rng.standard_normal((batch, widths[0])).astype(np.float32), rng.integers(widths[-1], size=batch)
    for name, peer in PEERS.items():
        try:
            ours, theirs = our_step(net, X, y), peer(net, X, y)
            gap = same_arithmetic(ours, theirs)
        except RuntimeError as error:  # torch.compile needs a C++ compiler
            print(f"{name}: does not build here ({str(error).splitlines()[0]})")
            continue
        print(f"{list(widths)}, {name}: losses of 20 steps agree to {gap:.0e}")
        result = alternating.compare(ours, theirs)
        alternating.report(f"training step {list(widths)} batch {batch}, {name}", result, needs.get(name))
    result = alternating.compare(our_step(net, X, y), products(net, X))
    alternating.report(f"training step {list(widths)} | its matrix products alone", result)


def products(net, X):
    """Return a call that makes only the matrix products of one step, into memory that is there."""
    inputs = [X, *(np.ones((len(X), m), np.float32) for m in net.widths[1:-1])]
    outputs = [np.ones((len(X), m), np.float32) for m in net.widths[1:]]
    W = [net.params[f"W{l + 1}"] for l in range(net.layers)]
    gradients = [np.empty_like(w) for w in W]

    def call():
        for x, w, z in zip(inputs, W, outputs, strict=True):
            np.matmul(x, w.T, out=z)
        for l, (x, w, g) in enumerate(zip(inputs, W, outputs, strict=True)):
            np.matmul(g.T, x, out=gradients[l])
            if l:
                np.matmul(g, w, out=x)

    return call


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
    print("torch", torch.__version__, "JAX", jax.__version__)
    training((64, 32, 32, 10), 48, {"torch AdamW as it comes": 5, "JAX, one jitted step": 1.5})
    training((3072, 100, 100, 10), 48, {"torch AdamW as it comes": 2, "JAX, one jitted step": 1.5})
    structure()
    memory()
