"""The isotropic network's training step as users of PyTorch and JAX would write it: `PEERS`, each with one call for a whole step.

PyTorch   autograd; AdamW as it comes, on lists of tensors (`foreach`), as one kernel (`fused`), and all of it under `torch.compile`
JAX       gradient and AdamW in one jitted function, whose buffers are donated so that parameters are overwritten in place

Import `alternating` before this file: it takes all but one processor away, which JAX must find when it starts.
"""

import jax
import jax.numpy as jnp
import torch

RATE, DECAY, BETAS, EPS = 1e-3, 1e-3, (0.9, 0.999), 1e-8
torch.set_num_threads(1)


class Torch(torch.nn.Module):
    """The network with the parameters of `net`."""

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


def with_torch(net, X, y, compiled=False, **options):
    """Return a call that makes one step and returns the loss."""
    peer, X, y = Torch(net), torch.tensor(X), torch.tensor(y)
    groups = [
        {"params": [p for name, p in peer.named_parameters() if name != "lam"], "weight_decay": DECAY},
        {"params": [peer.lam], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=RATE, betas=BETAS, eps=EPS, **options)

    def loss_of(X, y):
        return torch.nn.functional.cross_entropy(peer(X), y)

    loss_of = torch.compile(loss_of) if compiled else loss_of

    def step():
        optimiser.zero_grad()
        loss = loss_of(X, y)
        loss.backward()
        optimiser.step()
        return loss.detach()

    return step


def _loss(p, X, y):
    layers = len(p["lambda"]) + 1
    z = X @ p["W1"].T + p["b1"]
    for l in range(1, layers):
        rho = jnp.sqrt(jnp.exp(p["lambda"][l - 1]) + (z * z).sum(1, keepdims=True))
        a = jnp.tanh(rho) / rho
        z = (a * z) @ p[f"W{l + 1}"].T + p[f"b{l + 1}"] + a * p[f"psi{l}"]
    return -jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1).mean()


def _step(state, X, y):
    p, m, v, t = state
    loss, g = jax.value_and_grad(_loss)(p, X, y)
    t = t + 1
    m = jax.tree.map(lambda m, g: BETAS[0] * m + (1 - BETAS[0]) * g, m, g)
    v = jax.tree.map(lambda v, g: BETAS[1] * v + (1 - BETAS[1]) * g * g, v, g)
    first, second = 1 - BETAS[0] ** t, 1 - BETAS[1] ** t
    keep = {name: 1.0 if name == "lambda" else 1 - RATE * DECAY for name in p}
    moved = {name: keep[name] * p[name] - RATE * (m[name] / first) / (jnp.sqrt(v[name] / second) + EPS) for name in p}
    return (moved, m, v, t), loss


def with_jax(net, X, y):
    """Return a call that makes one step, in one jitted function, and returns the loss when it is there."""
    p = {name: jnp.array(array) for name, array in net.params.items()}
    box = [(p, jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p), jnp.zeros((), jnp.float32))]
    X, y, jitted = jnp.array(X), jnp.array(y), jax.jit(_step, donate_argnums=0)

    def step():
        box[0], loss = jitted(box[0], X, y)
        jax.block_until_ready(box[0])
        return loss

    return step


PEERS = {
    "torch AdamW as it comes": lambda *data: with_torch(*data),
    "torch AdamW foreach": lambda *data: with_torch(*data, foreach=True),
    "torch AdamW fused": lambda *data: with_torch(*data, fused=True),
    "torch.compile, fused": lambda *data: with_torch(*data, compiled=True, fused=True),
    "JAX, one jitted step": with_jax,
}
