"""Every network once more in PyTorch float64, from its exported weights: forward, loss and what the loss adds, for autograd to derive.

`WITNESSES` has a row for each class of network: f(net, p, *batch, loss) -> loss, where p are PyTorch tensors named as net.params.
"""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the witness needs PyTorch: pip install minigrow[bench]")
F = torch.nn.functional

from minigrow import differentiable_structure as ds  # noqa: E402
from minigrow import isotropic, nimble, urn  # noqa: E402
from minigrow.differentiable_structure.areas import Areas  # noqa: E402
from minigrow.differentiable_structure.inheriting import Inheriting  # noqa: E402
from minigrow.differentiable_structure.multipliers import Multiplied  # noqa: E402
from minigrow.nn import MLP  # noqa: E402

torch.set_num_threads(1)


def tensor(array):
    return torch.tensor(np.asarray(array, dtype=np.float64), dtype=torch.float64)


def length(z, o=0.0):
    return torch.sqrt(o + (z * z).sum(dim=1, keepdim=True))


def radial(gain):
    def act(z, o=0.0):
        return gain(length(z, o)) * z

    act.gain = gain
    return act


ACTIVATIONS = {
    "identity": lambda z: z,
    "tanh": torch.tanh,
    "relu": F.relu,
    "relu1": F.relu,  # it differs at 0 alone, where `test_relu1_at_zero` looks
    "gelu": F.gelu,
    "silu": F.silu,
    "sigmoid": torch.sigmoid,
    "softplus": F.softplus,
    "isotropic_tanh": radial(lambda r: torch.tanh(r) / r),
    "isotropic_identity": radial(torch.ones_like),
    "isotropic_leaky": radial(lambda r: 0.1 + 0.9 * torch.tanh(r) / r),
    "isotropic_threshold": radial(lambda r: F.relu(r - 0.5) / r),
    "isotropic_algebraic": radial(lambda r: (1 + r * r) ** -0.5),
}


def blocks(p, t):
    """The mean over tasks of each task's cross-entropy over the samples that have a label there."""
    tasks = p.reshape(*t.shape, -1)
    return torch.stack(
        [F.cross_entropy(tasks[t[:, k] >= 0, k], t[t[:, k] >= 0, k]) for k in range(t.shape[1]) if (t[:, k] >= 0).any()]
    ).mean()


LOSSES = {
    "mse": lambda p, t: F.mse_loss(p, tensor(t)),
    "binary": lambda p, t: F.binary_cross_entropy_with_logits(p, tensor(t)),
    "softmax": lambda p, t: F.cross_entropy(p, torch.tensor(t)),
    "blocks": lambda p, t: blocks(p, torch.tensor(t)),
}


def mlp_outputs(net, p, X):
    X = tensor(X)
    for l in range(1, net.layers):
        X = ACTIVATIONS[net.activation](F.linear(X, p[f"W{l}"], p[f"b{l}"]))
    return F.linear(X, p[f"W{net.layers}"], p[f"b{net.layers}"])


def isotropic_outputs(net, p, X):
    z = F.linear(tensor(X), p["W1"], p["b1"])
    for l in range(1, net.layers):
        a = ACTIVATIONS[net.activation].gain(length(z, torch.exp(p["lambda"][l - 1])))
        z = F.linear(a * z, p[f"W{l + 1}"], p[f"b{l + 1}"]) + a * p[f"psi{l}"]
    return z


def isotropic_loss(net, p, X, y, loss):
    price = 0.1 if net.psi == "decay" else 0.0
    return LOSSES[loss](isotropic_outputs(net, p, X), y) + price * sum(
        (p[f"psi{l}"] ** 2).sum() for l in range(1, net.layers)
    )


def gates(rule, s, m, delta):
    """How far each of m neurons is open: rows of the paper's two algorithms and of the authors' program."""
    i = torch.arange(m, dtype=torch.float64)
    if rule.startswith("auxiliary"):
        return torch.sin(math.pi / 2 * torch.clamp((s - i) / delta, 0, 1)) ** 2
    p = torch.sin(math.pi * s / 2) ** 2
    if rule in ("static", "input_only"):
        return torch.ones(m, dtype=torch.float64)
    return p.expand(m) if rule in ("released", "scalar") else torch.clamp(m * p - i, 0, 1)


def nimble_outputs(net, p, X):
    s, X = p["s"][0], tensor(X)
    if net.rule in ("released", "schedule"):  # there s follows the size term alone
        s = s.detach()
    for l in range(1, net.layers):
        seen = 0.0 if net.rule == "unseen" else s
        gamma = gates(net.rule, s, net.widths[l], net.delta)
        X = gamma * ACTIVATIONS[net.activation](F.linear(X, p[f"W{l}"], p[f"b{l}"]) + seen * p[f"w{l}"])
    return F.linear(X, p[f"W{net.layers}"], p[f"b{net.layers}"])


def nimble_loss(net, p, X, y, loss):
    return LOSSES[loss](nimble_outputs(net, p, X), y) + net.strength * (p["s"][0] - net.goal) ** 2


def pool_states(net, p, X):
    """Hidden states h_0..h_{I-1} and read-outs y_1..y_I, by the one matrix with its inputs put back."""
    X, (d, H, k) = tensor(X), net.widths
    zero = torch.zeros
    rows = [
        zero(d, d + H + k),
        torch.cat([p["Whx"], p["Whh"], zero(H, k)], 1),
        torch.cat([p["Wyx"], p["Wyh"], zero(k, k)], 1),
    ]
    W, c = torch.cat([row.double() for row in rows]), torch.cat([zero(d).double(), p["ch"], p["cy"]])
    n, h, y = torch.cat([X, zero(len(X), H + k).double()], 1), [zero(len(X), H).double()], []
    for _ in range(net.iterations):
        z = n @ W.T + c
        y.append(z[:, d + H :])
        h.append(ACTIVATIONS[net.activation](z[:, d : d + H]))
        n = torch.cat([X, h[-1], ACTIVATIONS[net.activation](y[-1])], 1)
    return h[:-1], y


def pool_outputs(net, p, X):
    return pool_states(net, p, X)[1][-1]


def pool_loss(net, p, X, y, loss, time=0.0):
    h, said = pool_states(net, p, X)
    late = sum(t * ((a[t] - a[t - 1]) ** 2).sum() / len(X) for a in (h[1:], said) for t in range(1, len(a)))
    return LOSSES[loss](said[-1], y) + time * late


def path_norm(net, p, size=torch.abs):
    """The sum over walks of at most I edges, by powers of the matrix of |w|; `size` makes |w| of what is given."""
    Whx, Wyx, Whh, Wyh = (size(p[name]) for name in ("Whx", "Wyx", "Whh", "Wyh"))
    total, walk = Wyx.sum(), Whx.sum(1)
    for _ in range(net.iterations - 1):
        total, walk = total + (Wyh @ walk).sum(), Whh @ walk
    return total


def reader_states(net, p, x, h):
    m, inner = p.get("m", 1.0), p["m"] if getattr(net, "path", "") == "all" else 1.0
    logits = []
    for symbol in x:
        h = torch.tanh(p["Wxh"][:, symbol] + p["Whh"] @ (inner * h) + p["bh"])
        logits.append(p["Why"] @ (m * h) + p["by"])
    return torch.stack(logits), h


def reader_outputs(net, p, text):
    codes = [net.alphabet.index(letter) for letter in text]
    return torch.softmax(reader_states(net, p, codes, torch.zeros(net.neurons).double())[0], dim=1)


def reader_loss(net, p, x, y, h, loss):
    return F.cross_entropy(reader_states(net, p, x, tensor(h))[0], torch.tensor(y), reduction="sum")


def area_outputs(net, p, X):
    X, places = tensor(X), [name for name in net.sizes if name not in "xy"]
    before = {a: torch.zeros(len(X), net.sizes[a]).double() for a in places}
    for _ in range(net.steps):
        now = {"x": X}
        for a in [*places, "y"]:
            z = p[f"b_{a}"] + sum(
                (now[b] @ p[f"W_{a}<-{b}"].T for to, b in net.edges if to == a),
                torch.zeros(len(X), net.sizes[a]).double(),
            )
            now[a] = z if a == "y" else torch.tanh(z + (before[a] @ p[f"R_{a}"].T if net.steps > 1 else 0.0))
        before = now
    return now["y"]


def residual_outputs(net, p, X):
    x = torch.tanh(F.linear(tensor(X), p["A"], p["a"]))
    for W, b, V in zip(p["W"], p["b"], p["V"], strict=True):
        x = x + F.linear(torch.tanh(F.linear(x, W, b)), V)
    return F.linear(x, p["B"], p["c"])


def plainly(outputs):
    return lambda net, p, X, y, loss: LOSSES[loss](outputs(net, p, X), y)


OUTPUTS = {
    MLP: mlp_outputs, isotropic.Network: isotropic_outputs, nimble.Network: nimble_outputs, urn.Network: pool_outputs,
    ds.Network: reader_outputs, Multiplied: reader_outputs, Inheriting: reader_outputs, Areas: area_outputs,
    ds.Residual: residual_outputs,
}  # fmt: skip
WITNESSES = {
    MLP: plainly(mlp_outputs), isotropic.Network: isotropic_loss, nimble.Network: nimble_loss, urn.Network: pool_loss,
    ds.Network: reader_loss, Multiplied: reader_loss, Inheriting: reader_loss, Areas: plainly(area_outputs),
    ds.Residual: plainly(residual_outputs),
}  # fmt: skip


def exported(net, leaves=False):
    """The weights as tensors by name; `leaves` asks for gradients."""
    return {name: tensor(array).requires_grad_(leaves) for name, array in net.params.items()}


def outputs(net, X):
    """What PyTorch makes of the exported weights."""
    return OUTPUTS[type(net)](net, exported(net), X).numpy()


def gradient(net, batch, loss, **more):
    """The loss and dL/dtheta, by autograd; zero for what is not trained, as autograd does not know that."""
    p = exported(net, leaves=True)
    value = WITNESSES[type(net)](net, p, *batch, loss, **more)
    value.backward()
    g = {name: np.zeros(one.shape) if one.grad is None else one.grad.numpy() for name, one in p.items()}
    return value.item(), np.concatenate([g[name].ravel() for name in net.axes])
