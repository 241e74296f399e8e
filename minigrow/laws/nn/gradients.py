"""Laws of the fixed network: gradients of networks and losses, derived by hand."""

from __future__ import annotations

import dataclasses

import numpy as np

from minigrow.laws import law
from minigrow.laws.cases import data, gradient_in_eps, in_eps, mlp
from minigrow.nn import complex_step
from minigrow.nn.activations import ACTIVATIONS
from minigrow.nn.check import central_step
from minigrow.nn.kernels import softmax_loss
from minigrow.nn.losses import LOSSES
from minigrow.nn.mlp import gradient
from minigrow.nn.radial import RADIAL

EVERY = {**ACTIVATIONS, **RADIAL}


STEP = "complex step has no cancellation; what is left is the rounding of a sum of some hundred terms"


CENTRAL = "central differences are good to about 1e-10, which is 4.5e5 eps, of a loss near 1 (worst of 1000: 4.8e6); 4e7 is 1e-8"


def _mlp_gradient(rng, activation, derivative):
    net = mlp(rng, activation)
    X, y = data(rng, net)
    found = gradient(net, X, y)[1]
    expected = derivative(lambda theta: gradient(net.with_theta(theta), X, y)[0], net.theta)
    return gradient_in_eps(found, expected)


def _other_slope(rng, activation, other, derivative):
    """The gradient of a network with another activation, on the same numbers."""
    net = mlp(rng, activation)
    X, y = data(rng, net)
    expected = derivative(lambda theta: gradient(net.with_theta(theta), X, y)[0], net.theta)
    return in_eps(gradient(dataclasses.replace(net, activation=other), X, y)[1], expected)


def _silu_for_tanh(rng):
    """The backward pass belongs to another activation: silu's gradient is held against tanh's derivative.

    By hand: one neuron, w = 0, x = v = 1. Then d(v f(w x))/dw = f'(0): 1 for tanh, 1/2 for silu.

    >>> [EVERY[name].backward(np.zeros((1, 1)), np.ones((1, 1))).item() for name in ("tanh", "silu")]
    [1.0, 0.5]
    """
    return _other_slope(rng, "tanh", "silu", complex_step)


@law(
    "nn.gradient",
    tolerance=72,
    because=STEP + " (worst of 1000: 9)",
    broken=_silu_for_tanh,
)
def mlp_gradient(rng: np.random.Generator) -> float:
    """The MLP's gradient equals the complex-step derivative: dL/dW_l = g_l x_{l-1}', dL/db_l = g_l, g_{l-1} = J'(W_l' g_l).

    Needs an activation that is analytic (the complex step walks into the complex plane) and its own Jacobian J.

    Proof. Write g_l = dL/dz_l. From z_l = W_l x_{l-1} + b_l comes dL = g_l . (dW_l x_{l-1} + db_l + W_l dx_{l-1}).
    The first two terms read dL/dW_l = g_l x_{l-1}' and dL/db_l = g_l for one sample; a batch adds them up.
    The third is (W_l' g_l) . dx_{l-1}, and dx_{l-1} = J dz_{l-1} makes it g_{l-1} = J'(W_l' g_l): J = diag(f'(z)), and
    J = a 1 + (a'/rho) z z' for isotropic f. The top g_L is the loss's own (nn.losses); induction goes down to l = 1.
    The witness: L(theta + i h e) = L + i h dL/de + O(h^2), so Im L / h at h = 1e-30 is dL/de, and nothing cancels.
    """
    return _mlp_gradient(rng, str(rng.choice([a.name for a in EVERY.values() if a.analytic])), complex_step)


def _silu_for_gelu(rng):
    """The slope is silu's, a close relative: f(z) = z sigmoid(z).

    By hand: at z = 1 GELU's slope is 0.8413 + 0.2420 = 1.0833, SiLU's is 0.7311 + 0.1966 = 0.9277.

    >>> [round(EVERY[name].backward(np.ones((1, 1)), np.ones((1, 1))).item(), 4) for name in ("gelu", "silu")]
    [1.0833, 0.9277]
    """
    return _other_slope(rng, "gelu", "silu", central_step)


@law(
    "nn.gradient_gelu",
    tolerance=4e7,
    because=CENTRAL,
    broken=_silu_for_gelu,
)
def gelu_gradient(rng: np.random.Generator) -> float:
    """The MLP's gradient with GELU, f(z) = z Phi(z), equals central differences: its erf takes no complex numbers.

    Needs both terms of f'(z) = Phi(z) + z phi(z), phi the normal density.

    Proof. (z Phi)' = Phi + z Phi' by the product rule, and Phi' = phi since Phi is phi's integral.
    The rest of the chain is that of nn.gradient, which does not ask what f is.
    The witness: (L(t + h) - L(t - h)) / 2h = L' + h^2 L'''/6 + O(h^4), for the even powers cancel.
    The difference also rounds, by about eps L / h. At h = 1e-5 either error is about 2e-11 where L and L''' are near 1,
    which is why this tolerance is 1e-8 and that of the complex step 1e-14.
    """
    return _mlp_gradient(rng, "gelu", central_step)


def _loss_gap(found, expected, n):
    """Deviation in eps of 1/n, the share of one sample."""
    return gradient_in_eps(found, expected, 1 / n)


def _next_label(rng):
    """The gradient is taken at another label than the loss.

    By hand: logits (0, 0). For label 0 the gradient is (1/2 - 1, 1/2), for label 1 it is (1/2, 1/2 - 1).

    >>> [LOSSES["softmax"](np.zeros((1, 2)), np.array([t]))[1].tolist() for t in (0, 1)]
    [[[-0.5, 0.5]], [[0.5, -0.5]]]
    """
    p, t = rng.standard_normal((3, 4)), rng.integers(4, size=3)
    return _loss_gap(LOSSES["softmax"](p, (t + 1) % 4)[1], LOSSES["softmax"](p, t)[1], 3)


@law("nn.losses", tolerance=16, because="complex step: a few roundings (worst of 1000: 1.9)", broken=_next_label)
def loss_gradient(rng: np.random.Generator) -> float:
    """Each loss's gradient: 2 (p - t) / nk (mse), (sigmoid(p) - t) / nk (binary), (softmax(p) - onehot(t)) / n (softmax).

    Needs the gradient to be taken at the targets t that the loss was taken at.

    Proof. mse: of sum_j (p_j - t_j)^2 / nk only the term j = i holds p_i; its derivative is 2 (p_i - t_i) / nk.
    binary: d log(1 + e^p)/dp = e^p / (1 + e^p) = sigmoid(p) and d(-t p)/dp = -t; the mean divides by nk.
    softmax: d log(sum_j e^p_j)/dp_i = e^p_i / sum_j e^p_j and d(-p_t)/dp_i = -1 if i = t, else 0; the mean divides by n.
    Taking the greatest logit m off first changes nothing: log sum e^(p - m) = log sum e^p - m, and p_t loses the same m.
    The compiled softmax does the same operations in a loop; the witness is the complex step, as in nn.gradient.
    """
    n, k = int(rng.integers(1, 6)), int(rng.integers(2, 6))
    p = 3 * rng.standard_normal((n, k))
    targets = {
        "mse": rng.standard_normal((n, k)),
        "binary": rng.integers(2, size=(n, k)),
        "softmax": rng.integers(k, size=n),
    }
    worst = 0.0
    for name, t in targets.items():
        loss, found = LOSSES[name](p, t)
        expected = complex_step(lambda v, f=LOSSES[name], t=t: f(v.reshape(n, k), t)[0], p.ravel())
        worst = max(worst, _loss_gap(found.ravel(), expected, n))
    fast = np.empty_like(p)
    value = softmax_loss(p, targets["softmax"], fast)
    return max(worst, _loss_gap(fast, found, n), _loss_gap(value, loss, 1))
