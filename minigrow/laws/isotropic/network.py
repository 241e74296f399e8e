"""Laws of isotropic networks: the gradient by hand, its compiled twin, and growth that changes nothing."""

from __future__ import annotations

import numpy as np

from minigrow.isotropic import grow
from minigrow.isotropic.fast.in_order import forward_in_order
from minigrow.laws import law
from minigrow.laws.cases import any_radial, data, gradient_in_eps, in_eps, network
from minigrow.laws.isotropic import cases
from minigrow.nn import complex_step


@law(
    "isotropic.gradient",
    tolerance=160,
    because="complex step: what is left is the rounding of sums (worst of 1000: 21)",
    broken=cases.other_profile,
)
def hand_gradient(rng: np.random.Generator) -> float:
    """dL/dW, dL/db, dL/dpsi and dL/dlambda equal the complex-step derivative, for all profiles and variants.

    Needs the bend a'/rho of the profile that the forward pass used.

    Proof. z_{l+1} = W a z + b + a psi with g = dL/dz_{l+1} gives dL/dW = g (a z)', dL/db = g, dL/dpsi = a g.
    With g_x = W'g: dL = g_x . (a dz) + (g_x . z + g . psi) da = a g_x . dz + q da, which defines q.
    rho^2 = o + z.z gives rho drho = z.dz + do/2, so da = a' drho = (a'/rho)(z.dz + do/2).
    Collected: dL/dz = a g_x + q (a'/rho) z and dL/do = q (a'/rho)/2; o = e^lambda makes dL/dlambda = o dL/do.
    The penalty c sum psi^2 adds 2 c psi; induction from the last layer to the first, sums over the batch.
    """
    o, psi = str(rng.choice(["none", "constant", "trainable"])), str(rng.choice(["trainable", "decay", "constant"]))
    net = network(rng, int(rng.integers(1, 4)), 5, activation=any_radial(rng), o=o, psi=psi)
    X, y = data(rng, net)
    expected = complex_step(lambda theta: net.with_theta(theta).gradient(X, y)[0], net.theta)
    return gradient_in_eps(net.gradient(X, y)[1], expected)


def _kernel_gap(rng, dtype):
    net = network(rng, int(rng.integers(1, 4)), 12, dtype, activation=any_radial(rng), psi="decay")
    X, y = data(rng, net)
    g = np.empty_like(net.theta)
    loss, (expected, slope) = net.bound(g)(X, y), net.gradient(X, y)
    if net.activation == "isotropic_threshold" and dtype == np.float32:
        return 0.0  # rounding may jump the kink
    return max(in_eps(g, slope), abs(loss / expected - 1) / float(np.finfo(dtype).eps))


@law(
    "isotropic.kernels",
    tolerance=48,
    because="the same formulas with sums in another order (worst of 1000: 6.1)",
    broken=cases.other_kernel,
)
def compiled_gradient(rng: np.random.Generator) -> float:
    """The compiled gradient equals the formulas in NumPy, in float64 and float32.

    Needs the same profile, and a theta that is read anew at every call.

    Proof. `bound` runs the same formulas: matrix products in BLAS, the passes between them compiled, with one gain and bend
    (the series below rho = 0.05 included). What differs is the order of the sums |z|^2, q, db and dpsi.
    Two orders of a sum of m terms differ by at most about m eps sum |terms|; here m is a dozen neurons or seven samples, and
    four layers pass it on: some tens of eps. (In float32 the threshold profile is left out: rounding may jump its kink.)
    What could break it: parameters cached at binding, a buffer kept from another batch size, a profile's number mixed up.
    """
    return max(_kernel_gap(rng, np.float64), _kernel_gap(rng, np.float32))


@law(
    "isotropic.grow",
    tolerance=16,
    because="only BLAS reordering a longer sum (worst of 1000: 2.9)",
    broken=cases.random_row,
)
def growth_keeps(rng: np.random.Generator) -> float:
    """Neurogenesis keeps the function: z -> (z, 0), so rho stays, and W_{l+1} -> (W_{l+1} C) adds C a(rho) 0 = 0.

    Needs zeros in the new rows of W_l, b_l and psi_{l-1}; the new column C may be anything.

    Proof. The new neuron's pre-activation is 0 . x + 0 + a 0 = 0 for every input.
    So rho^2 = o + |z|^2 + 0^2 is what it was, and with it the gain a(rho) of all old neurons and the term a psi_l.
    The new neuron passes on a(rho) 0 = 0, and z_{l+1} gains C 0 = 0, whatever C is; later layers receive the same vector.
    In floating point BLAS cuts a longer sum into other pieces: a few eps. With sums in order it is 0, isotropic.grow_in_order.
    """
    net = cases.any_network(rng)
    X, _ = data(rng, net, 20)
    return in_eps(grow(net, cases.hidden_layer(rng, net), int(rng.integers(1, 76)), rng=rng)[0](X), net(X))


@law(
    "isotropic.grow_in_order",
    tolerance=0,
    because="with sums in a fixed order adding zeros changes no bit",
    broken=cases.random_row_in_order,
)
def growth_is_exact(rng: np.random.Generator) -> float:
    """Neurogenesis changes not one bit where sums are taken from left to right.

    Needs zeros in the new rows, as isotropic.grow, and sums in a fixed order with the new terms behind the old ones.

    Proof. As in isotropic.grow every new term is an exact zero: 0 x for finite x in z, 0^2 in rho^2, C 0 in z_{l+1}.
    From left to right the old terms come first, so all their partial sums are formed from the same bits in the same order.
    IEEE addition has s + 0 = s exactly (at most the sign of a zero changes), so the new terms behind them change nothing.
    The gain is computed from the same bits; induction over the layers.
    What breaks it: BLAS keeps several interleaved partial sums, and which term goes to which depends on the length.
    """
    net = cases.any_network(rng, most=30)
    X, _ = data(rng, net)
    wide, _ = grow(net, cases.hidden_layer(rng, net), int(rng.integers(1, 10)), rng=rng)
    return in_eps(forward_in_order(wide, X), forward_in_order(net, X))
