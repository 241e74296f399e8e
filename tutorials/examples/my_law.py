"""Laws of your own: minigrow verify --file tutorials/examples/my_law.py (and --explain mine.permute for the text below)."""

import numpy as np
from my_network import Product

from minigrow.growth import Move, moved, permute
from minigrow.growth.basis import flip
from minigrow.laws import EPS, law
from minigrow.nn import complex_step, deviation


def drawn(rng):
    """A random network and random inputs."""
    return Product.create(*rng.integers(1, 6, 3), rng=rng), rng.standard_normal((7, 5))


def gap(rng, change_of):
    """How far the outputs move, in eps, under a change of the hidden space."""
    net, X = drawn(rng)
    X = X[:, : net.sizes["x"]]
    return (
        deviation(moved(net, [Move("h", change_of(net.sizes["h"]))])(X), net(X)) / EPS
    )


def flipped(rng):
    """The neurons are flipped instead of permuted.

    By hand: P = 2, Q = 3, V = 1 gives 6. Flipped, P = -2, Q = -3, V = -1: the product is 6 again, and the output -6.

    >>> -1 * (-2 * -3)
    -6
    """
    return max(gap(rng, lambda h: flip(np.full(h, -1.0))) for _ in range(4))


@law("mine.permute", tolerance=64, because="sums in another order", broken=flipped)
def permuting_keeps(rng):
    """Permuting the neurons of a product network changes no output.

    Needs both factors to be permuted alike.

    Proof. A permutation P' of the hidden space permutes the rows of W, U, b and c, hence the entries of P and Q and of P * Q.
    V's columns are permuted back, and the sum over neurons has the same terms in another order.
    """
    return gap(rng, lambda h: permute(rng.permutation(h)))


def wrong_sign(rng):
    """The gradient of U has the wrong sign.

    By hand: P = 2, Q = 3 u x with u = x = 1, dL/dA = 1: dL/du = P x = 2, not -2.

    >>> 1 * 2 * 1
    2
    """
    return gradient_gap(rng, -1)


def gradient_gap(rng, sign):
    """The gradient by hand against the complex step, in eps; U's part times `sign`."""
    net, X = drawn(rng)
    X, y = X[:, : net.sizes["x"]], rng.standard_normal((7, net.sizes["y"]))
    g = net.with_theta(net.gradient(X, y)[1])
    g.params["U"][...] *= sign
    return (
        deviation(
            g.theta,
            complex_step(
                lambda theta: net.with_theta(theta).gradient(X, y)[0], net.theta
            ),
        )
        / EPS
    )


@law(
    "mine.gradient",
    tolerance=1000,
    because="three products and a sum over the batch",
    broken=wrong_sign,
)
def gradient_is_right(rng):
    """The gradient by hand equals the complex step.

    Needs the product rule: each factor's derivative is the other factor.

    Proof. A = P Q, so dA = Q dP + P dQ; P and Q are linear in W, b and U, c, and Y is linear in A.
    """
    return gradient_gap(rng, 1)
