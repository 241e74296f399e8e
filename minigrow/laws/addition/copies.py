"""Laws of copies: a wider or deeper network with the same outputs, for the activations that allow it."""

from __future__ import annotations

import numpy as np

from minigrow.addition.assumptions import IDEMPOTENT
from minigrow.addition.depth import deeper, deeper_pairs
from minigrow.addition.net2net import shared, wider
from minigrow.addition.proposal import apply, look
from minigrow.growth import Move, moved
from minigrow.laws import law
from minigrow.laws.cases import data, in_eps, mlp
from minigrow.nn import MLP
from minigrow.nn.activations import ACTIVATIONS


def _shallow(rng, activation):
    """A drawn network with two hidden layers, and the number of one of them."""
    return mlp(rng, activation), int(rng.integers(2))


def _wider_gap(rng, activation):
    net, layer = _shallow(rng, activation)
    X, y = data(rng, net)
    proposal = wider(look(net, layer, X, y), int(rng.integers(1, 4)), rng, q=float(rng.uniform(0.15, 0.45)))
    return in_eps(apply(net, layer, proposal)[0](X), net(X))


def _isotropic_copies(rng):
    """The activation sees the length of the whole layer.

    By hand: z = 1, o = 0 and tanh(rho) = .762. With the copy rho = sqrt 2, and each output is tanh(sqrt 2) / sqrt 2 = .628.

    >>> float(np.tanh(1.0).round(3)), float((np.tanh(2**0.5) / 2**0.5).round(3))
    (0.762, 0.628)
    """
    net = mlp(rng, "isotropic_tanh")
    X, _ = data(rng, net)
    h = net.widths[1]
    copies = shared([*range(h), 0], [0.4, *[1.0] * (h - 1), 0.6], h)
    return in_eps(moved(net, [Move("h1", copies)])(X), net(X))


@law(
    "addition.wider",
    tolerance=64,
    because="the shares are rounded, and BLAS orders a sum by its length (worst of 1000: 8.4)",
    broken=_isotropic_copies,
)
def wider_keeps(rng: np.random.Generator) -> float:
    """Copying neurons, several at once and one of them more than once, keeps the function of every element-wise activation.

    Needs an activation that treats each neuron alone, and shares of the outgoing weights that add up to 1.

    Proof. A copy has its original's fan-in, so its pre-activation, so its output h_i, for act sees this one number.
    The next layer gets from both h_i q v_i + h_i (1 - q) v_i = h_i v_i, what it got from the original.
    A further copy of the same neuron divides what the original has left, q v_i, in the same way: shares q^2, 1 - q, q (1 - q).
    They add up to q^2 + q (1 - q) + 1 - q = q + 1 - q = 1; by induction, those of any number of copies do.
    """
    return max(_wider_gap(rng, activation) for activation in ACTIVATIONS)


def _deep_tanh(rng):
    """The activation is tanh: tanh(tanh(z)) is not tanh(z).

    By hand: z = 1. tanh(1) = .762, and an identity layer makes tanh(.762) = .642 of it.

    >>> float(np.tanh(1.0).round(3)), float(np.tanh(np.tanh(1.0)).round(3))
    (0.762, 0.642)
    """
    net = MLP.create([3, 4, 2], "tanh", rng=rng)
    X, _ = data(rng, net)
    deep = deeper(MLP(net.sizes, "relu", net.theta), 0)
    return in_eps(MLP(deep.sizes, "tanh", deep.theta)(X), net(X))


@law(
    "addition.deeper",
    tolerance=0,
    because="1 times a number and 0 times the others, added up, is that number",
    broken=_deep_tanh,
)
def deeper_keeps(rng: np.random.Generator) -> float:
    """An identity layer behind a hidden one keeps the function bit for bit where act(act(z)) = act(z).

    Needs an idempotent activation (relu, identity), and a layer that gets what act has made.

    Proof. The new layer's pre-activation is 1 H + 0 = H, where H = act(Z), and its output act(H) = act(act(Z)) = act(Z) = H.
    So the layers behind get what they got before, through the same weights.
    relu: max(0, max(0, z)) = max(0, z), since max(0, z) >= 0.
    """
    worst = 0.0
    for activation in IDEMPOTENT:
        net, layer = _shallow(rng, activation)
        X, _ = data(rng, net)
        worst = max(worst, in_eps(deeper(net, layer)(X), net(X)))
    return worst


PAIRS = ("softplus", "silu", "gelu", "relu")


def _pairs_of_tanh(rng):
    """The activation is tanh, whose pair gives 2 tanh(z).

    By hand: z = 1. softplus(1) - softplus(-1) = 1.313 - .313 = 1, but tanh(1) - tanh(-1) = 1.523.

    >>> [float((ACTIVATIONS[name].f(np.ones(1)) - ACTIVATIONS[name].f(-np.ones(1)))[0].round(3)) for name in ("softplus", "tanh")]
    [1.0, 1.523]
    """
    net = MLP.create([3, 4, 2], "tanh", rng=rng)
    X, _ = data(rng, net)
    deep = deeper_pairs(MLP(net.sizes, "gelu", net.theta), 0)
    return in_eps(MLP(deep.sizes, "tanh", deep.theta)(X), net(X))


@law(
    "addition.deeper_pairs",
    tolerance=64,
    because="the two sides of a pair are rounded, and sums are twice as long (worst of 1000: 16)",
    broken=_pairs_of_tanh,
)
def pairs_keep(rng: np.random.Generator) -> float:
    """A layer of pairs act(H), act(-H), read with [W, -W], keeps the function where act(z) - act(-z) = z.

    Needs that identity: softplus, silu, gelu and relu have it; tanh and sigmoid have not, and no layer will do for them.

    Proof. The next layer gets act(H) W' - act(-H) W' = (act(H) - act(-H)) W' = H W', as before.
    silu and gelu are z s(z) with s(z) + s(-z) = 1, so z s(z) - (-z) s(-z) = z (s(z) + s(-z)) = z; relu with s = 1 for z > 0.
    softplus: log(1 + e^z) - log(1 + e^-z) = log(e^z (1 + e^-z) / (1 + e^-z)) = z.
    """
    worst = 0.0
    for activation in PAIRS:
        net, layer = _shallow(rng, activation)
        X, _ = data(rng, net)
        worst = max(worst, in_eps(deeper_pairs(net, layer)(X), net(X)))
    return worst
