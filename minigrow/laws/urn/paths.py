"""Laws of the path norm: its symmetries, its gradient, and which points its proximal step leaves alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrow.growth import permute
from minigrow.growth.basis import flip, rescale
from minigrow.laws import law
from minigrow.laws.cases import in_eps
from minigrow.laws.urn.cases import deep, moved, pool
from minigrow.nn import SGD, complex_step
from minigrow.nn.optimisers import start
from minigrow.nn.spaces import entries
from minigrow.nn.wrappers import bind
from minigrow.urn import Network, Priced, Strengths
from minigrow.urn.fast import paths as fast
from minigrow.urn.paths import path_gradient, path_norm, path_sum


def neuron_products(W: np.ndarray, hidden: slice) -> float:
    """Return sum_j (sum_i |W_ji|) (sum_k |W_kj|) over hidden neurons j: each neuron's in-norm times its out-norm.

    >>> neuron_products(np.array([[0, 0, 0], [2, 0, 0], [0, 3, 0]]), slice(1, 2))
    6.0
    """
    size = np.abs(W)
    return float(size.sum(axis=1)[hidden] @ size.sum(axis=0)[hidden])


def _neuron_norm(net):
    return neuron_products(net.W, slice(net.inputs, net.inputs + net.hidden)) + np.abs(net.params["Wyx"]).sum()


def _change_gap(rng, norm):
    net, worst = deep(rng, "relu"), 0.0
    H = net.hidden
    signs, order = flip(rng.choice([-1.0, 1.0], H)), permute(rng.permutation(H))
    for change in (order, signs, rescale(np.exp(rng.standard_normal(H)))):
        before, net = norm(net), moved(net, change)
        worst = max(worst, abs(norm(net) / before - 1))
    return worst / 2.2e-16


def _norms_of_each_neuron(rng):
    """Each neuron's in-norm times its out-norm: with wires between hidden neurons, rescaling one changes another's in-norm.

    By hand: x -> 1 -> 2 -> y, all weights 1: 1 x 1 + 1 x 1 = 2. Neuron 1 scaled by 7: weights 7, 1/7, 1: 7 x 1/7 + 1/7 x 1 = 8/7.
    The path's product is 1 before and after.

    >>> W = np.diag([1.0, 1.0, 1.0], -1)
    >>> before = neuron_products(W, slice(1, 3))
    >>> W[1, 0], W[2, 1] = 7, 1 / 7
    >>> before, round(7 * neuron_products(W, slice(1, 3)), 9)
    (2.0, 8.0)
    """
    return _change_gap(rng, _neuron_norm)


@law("urn.symmetry_path", tolerance=64, because="products over four steps, and sums in another order",
     broken=_norms_of_each_neuron)  # fmt: skip
def path_price_has_every_symmetry(rng: np.random.Generator) -> float:
    """The path norm is the same after relabelling hidden neurons, after flipping their signs and after ReLU's rescaling.

    Needs the product along the whole path, from an input to an output, not a product for each neuron.

    Proof. Relabelling maps walks to walks one to one, and each keeps its weights. Flipping changes signs, and P holds |w|.
    Rescaling: W_ij -> c_i W_ij / c_j, with c = 1 for inputs and outputs. In the product along x -> i -> j -> .. -> y each
    hidden neuron that is visited enters once as c_i and leaves once as 1 / c_i, so the product stays, cycles included.
    A walk's number of steps does not change either, so the same walks are counted.
    """
    return _change_gap(rng, path_norm)


def _gradient_gap(rng, more=0):
    net = pool(rng)
    other = Network(net.sizes, net.iterations + more, net.activation, net.positions, net.theta)
    G, size = path_gradient(other), np.abs(net.theta)
    return max(in_eps(G, complex_step(lambda s: path_sum(net, s), size)), in_eps(G, fast.bind(other)()))


def _one_more_step(rng):
    """The gradient counts walks of one step more than the norm.

    By hand: x -> h -> y and h -> h, all weights 1. I = 2: one walk, P = 1, and nothing runs through h -> h: G = 0.
    I = 3: the walk x -> h -> h -> y too, P = 2, and G = 1 there.

    >>> net = Network.create(1, 1, size=3, iterations=3, rng=0)
    >>> net.theta[:] = [1, 0, 1, 1, 0, 0]
    >>> path_norm(net), float(path_gradient(net)[2])
    (2.0, 1.0)
    """
    return max(_gradient_gap(rng, more=1) for _ in range(5))


@law(
    "urn.path_gradient",
    tolerance=64,
    because="complex step of a polynomial: the rounding of sums",
    broken=_one_more_step,
)
def path_slopes(rng: np.random.Generator) -> float:
    """dP/d|W| by the recursion forwards and backwards equals the complex-step derivative, and so does its fast twin.

    Needs the same number of iterations in both.

    Proof. P = 1' |W_yx| 1 + 1' |W_yh| q_{I-1} and q_t = |W_hx| 1 + |W_hh| q_{t-1} are those of a network with act(z) = z, no
    biases and the one input 1 (urn.gradient): with r_{I-1} = |W_yh|' 1 and r_{t-1} = |W_hh|' r_t,
    dP/dq_t = r_t, so dP/d|W_hx| = sum_t r_t 1', dP/d|W_hh| = sum_t r_t q_{t-1}', dP/d|W_yh| = 1 q_{I-1}', dP/d|W_yx| = 1.
    q_0 = 0 is a constant and ends the recursion. The fast twin forms sum_t r_t q_{t-1}' as one product.
    """
    return _gradient_gap(rng)


def _step_gap(rng, factor):
    """By how much a step moves the weights at a point where the task's gradient balances factor times the price."""
    net, path = pool(rng), float(rng.uniform(0.01, 0.3))
    weights = net.theta[: entries(net, net.priced)]
    weights[rng.random(weights.size) < 0.4] = 0
    before, price = net.theta.copy(), factor * path * path_gradient(net)
    slope: Any = np.where(before == 0, rng.uniform(-1, 1, before.size), -np.sign(before)) * price
    optimiser = Priced(SGD(rate=0.1), Strengths(path=path))
    bind(optimiser, net, slope, "mse").update(start(optimiser, net.theta))
    return in_eps(net.theta, before)


def _twice_the_slope(rng):
    """The task pulls twice as hard as the price.

    By hand: x -> h -> y, weights 2 and 3, path = .1: the price of the first is .1 x 3 = .3. At g = -.3 the sum is 0; at g = -.6 a
    step of .1 takes w to 2.06, and the price back to 2.03 only.

    >>> [round(2 - 0.1 * g - 0.1 * 0.3, 9) for g in (-0.3, -0.6)]
    [2.0, 2.03]
    """
    return max(_step_gap(rng, 2.0) for _ in range(5))


@law("urn.path_step", tolerance=16, because="one addition and one subtraction", broken=_twice_the_slope)
def path_fixed_points(rng: np.random.Generator) -> float:
    """Gradient step and weighted soft threshold leave a point alone where the slope of task + path P is zero or points up.

    Needs the price that belongs to the loss: path dP/d|w| at the weights before the step.

    Proof. At w != 0 let g = -path G sign(w). The step gives w + r path G sign(w), further out; the threshold r path G takes that back.
    At w = 0 let |g| <= path G. The step gives -r g, of size <= r path G, which the threshold makes zero again.
    The other way round, a fixed point has w = sign(u)(|u| - r path G) for u = w - r g, which is the first case, or |u| <= r path G
    and w = 0, the second. The first is d(task + path P)/dw = 0; the second says that both one-sided slopes, path G +- g, are >= 0.
    """
    return _step_gap(rng, 1.0)
