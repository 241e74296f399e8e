"""Laws of isotropic moves: rotations and removals keep the function, networks nest, products can be had beforehand."""

from __future__ import annotations

import numpy as np

from minigrow.growth import Move, moved
from minigrow.growth.basis import Change
from minigrow.isotropic import diagonalise, embed, grow, left_diagonalise, prune, sparsify
from minigrow.isotropic.ends import grow_inputs, grow_outputs, prune_inputs, prune_outputs
from minigrow.isotropic.fast.precompute import forward_precomputed, precompute
from minigrow.laws import law
from minigrow.laws.cases import data, in_eps
from minigrow.laws.isotropic.cases import (
    any_network,
    hidden_layer,
    linearity_gap,
    lossless_prune,
    open_ends,
    random_row,
    rotated_tanh,
    rotated_tanh32,
    uncorrected,
    uncorrected_linearity,
    uncorrected_reflection,
    without_gains,
    zeros_without_rotation,
)  # fmt: skip

ROTATIONS = "about 2 eps of orthogonality a rotation, two products each, and activations that do not amplify"


def _move(rng, net):
    """One random move that keeps the function."""
    layer, kind = hidden_layer(rng, net), int(rng.integers(4))
    if kind == 0:
        return left_diagonalise(net, layer)[0]
    if kind == 1:
        return diagonalise(net, max(layer, 1))[0] if net.layers > 2 else left_diagonalise(net, 0)[0]
    net, _ = grow(net, layer, int(rng.integers(1, 3)), rng=rng)
    return net if kind == 2 else prune(net, layer, 1)[0]


def _moves_gap(rng, dtype, moves, stretch=0.0):
    """The logits after so many moves against those before; `stretch` is by how much a rotation behind each move is too long."""
    net = any_network(rng, dtype)
    X, _ = data(rng, net, 20)
    logits = net(X)
    for _ in range(moves):
        net = _move(rng, net)
        if stretch:
            T = (1 + stretch) * np.eye(net.widths[1])
            net = moved(net, [Move("h1", Change(T, T))])
    return in_eps(net(X), logits) if net.theta.dtype == dtype else np.inf


@law("isotropic.one_move", tolerance=40, because=ROTATIONS + " (worst of 1000: 4.8)", broken=rotated_tanh)
def one_move(rng: np.random.Generator) -> float:
    """Left-partial and full diagonalisation, growth and lossless removal keep the function: W_{l+1} R f(R'z) = W_{l+1} f(z).

    Needs an isotropic activation, an orthogonal R, and removal only of what is zero.

    Proof. W_l = R Sigma Q'. Diagonalising maps W_l, b_l and psi_{l-1} by R', so z -> R'z, and W_{l+1} -> W_{l+1} R.
    f(R'z) = R' f(z) by nn.isotropic, so W_{l+1} R R' f(z) = W_{l+1} f(z); |z| stays, and with it a and the term a psi_l.
    The full one does the same to layer l-1 with Q. Rows that are zero to rounding become zeros: an error of rounding's size.
    Growth is isotropic.grow; the removal takes the neuron that was added, with sigma* = 0 (isotropic.lossless_removal).
    """
    return _moves_gap(rng, np.float64, 1)


def _stretched(rng):
    """Behind each of the hundred moves comes a "rotation" 1 + 1e-11, which is orthogonal to 2e-11 only.

    By hand: T = U = 1.1 instead of 1. One neuron at z = 1 with V = 1 gives tanh(1) = 0.762; stretched on both sides
    1.1 tanh(1.1) = 0.881. A hundred stretches of 1e-11, on what is read out alone, make 1e-9: 4.5 million eps.

    >>> [round(float(T * np.tanh(T)), 3) for T in (1.0, 1.1)], f"{(1 + 1e-11) ** 100 - 1:.0e}"
    ([0.762, 0.881], '1e-09')
    """
    return _moves_gap(rng, np.float64, 100, 1e-11)


@law("isotropic.hundred_moves", tolerance=64, because=ROTATIONS + " (worst of 1000: 46)", broken=_stretched)
def hundred_moves(rng: np.random.Generator) -> float:
    """A hundred such moves in a row keep it too: each rotation is polished, so that errors do not add up one way.

    Needs an isotropic activation, as one move does, and rotations orthogonal to rounding.

    Proof. Each move keeps the function (isotropic.one_move), so by induction a hundred do; what adds up is rounding.
    If R'R = 1 + E, a layer is carried along as R'z and R'R - 1 = E stretches it, the same way at every move.
    `polish` makes R <- R (1 - E/2): R'R is then (1 - E/2)(1 + E)(1 - E/2) = 1 - 3 E^2/4 + E^3/4, so E of 10 eps is gone.
    What is left are roundings of either sign, about 2 eps a rotation: they grow like the root of the number of moves.
    The gain is at most 1 and the map z -> a(rho) z has slopes at most 1, so no layer amplifies what reaches it by itself.
    """
    return _moves_gap(rng, np.float64, 100)


@law(
    "isotropic.float32",
    tolerance=56,
    because="the same moves, in eps of float32 (worst of 1000: 6.8)",
    broken=rotated_tanh32,
)
def float32_moves(rng: np.random.Generator) -> float:
    """Ten random moves in float32 keep the function to float32 rounding, and stay float32.

    Needs an isotropic activation, and every array of every move in theta's own float type.

    Proof. isotropic.one_move uses only R'R = 1 and f(z) = a(|z|) z: the float type does not enter.
    Each product rounds to eps = 1.2e-7 of its size now, so the gap in units of that eps is of the size it had in float64.
    R and the factors are cast to the array's type before they multiply (`_along`), so a float32 network stays one; the law
    returns infinity if not. What could break it: one float64 scalar array, which widens all that it touches.
    """
    return _moves_gap(rng, np.float32, 10)


@law("isotropic.lossless_removal", tolerance=64, because=ROTATIONS + " (worst of 1000: 9.1)", broken=uncorrected)
def lossless_removal(rng: np.random.Generator) -> float:
    """A neuron with sigma* = 0 and psi* = 0 goes without loss: o <- o + b*^2, psi_l <- psi_l + W_{l+1,*} b*.

    Needs sigma* = 0, psi_{l-1,*} = 0, and both corrections, o and psi.

    Proof. With row * of W_l and of psi_{l-1} zero, z* = b* for every input: the neuron only carries a constant.
    rho^2 = o + |z_rest|^2 + b*^2: without the neuron, o + b*^2 leaves rho as it was, and so the gain a(rho).
    It passed on W_{l+1,*} a(rho) b*, which is a(rho) times a constant vector: just what psi_l + W_{l+1,*} b* adds.
    So z_{l+1} = W x + b + a psi is the same for every input. By sigma or by product, the same neuron is found first: either
    score is 0. psi* = 0 is arranged: neurons with sigma = 0 may be turned until only one of them meets psi (`gather`).
    """
    net = any_network(rng)
    X, _ = data(rng, net, 20)
    layer, by = hidden_layer(rng, net), str(rng.choice(["sigma", "product"]))
    before, after = lossless_prune(rng, net, layer, by)
    return in_eps(after(X), before(X))


@law(
    "isotropic.reflection",
    tolerance=48,
    because="the least direction is exact to eps sigma_1 / sigma_2 (worst of 1000: 5.5)",
    broken=uncorrected_reflection,
)
def removal_by_reflection(rng: np.random.Generator) -> float:
    """Removal by the least singular pair alone is lossless too where sigma* = 0.

    Needs sigma* = 0, and both corrections, as isotropic.lossless_removal.

    Proof. The unit vector r that makes |r'W| least is the left singular vector of sigma*; sigma* = 0 means r'W = 0.
    H = 1 - 2 v v'/v'v with v = r + sign(r_m) e_m is orthogonal and symmetric, and H e_m = -+ r.
    So the last row of H W is (H e_m)' W = -+ r'W = 0: after rotate(H), which keeps the function, the last neuron only carries
    the constant b* = -+ r'b, and isotropic.lossless_removal applies. It never used that the other rows are orthogonal.
    Inverse iteration finds r to about eps sigma_1 / sigma_2, the size of what is left.
    """
    net = any_network(rng)
    X, _ = data(rng, net, 20)
    before, after = lossless_prune(rng, net, hidden_layer(rng, net), "reflection")
    return in_eps(after(X), before(X))


@law(
    "isotropic.removal_is_linear",
    tolerance=8e11,
    because="the next order is sigma*^2 relative to sigma*: 1e-5 of it (worst of 1000: 1e11)",
    broken=uncorrected_linearity,
)
def removal_is_linear(rng: np.random.Generator) -> float:
    """With sigma* > 0 the error of a removal is linear in sigma*: a tenth of sigma*, a tenth of the error.

    Needs the constant b* corrected for, and a small sigma*.

    Proof. In the singular basis the lost neuron has z* = sigma* u + b*, u = q'x with |q| = 1.
    With o + b*^2 the length lacks sigma*^2 u^2 + 2 sigma* u b* under the root: at least one factor sigma* in every term.
    With psi + W_{l+1,*} b* the next layer lacks a W_{l+1,*} sigma* u: linear too. Later layers are smooth.
    So the error is c sigma* + O(sigma*^2), and error(sigma*) / error(sigma*/10) = 10 (1 + O(sigma*)): 1e-5 here.
    Without the corrections a constant stays behind that does not shrink with sigma*.
    """
    return linearity_gap(rng, bias=0.0)


@law(
    "isotropic.sparsify",
    tolerance=56,
    because="the zeros that are written stand for up to 40 eps of sigma_1 in each second layer (worst of 1000: 7.3)",
    broken=zeros_without_rotation,
)
def sparsification_keeps(rng: np.random.Generator) -> float:
    """Alternating sparsification, W_l -> Sigma for l = 2, 4, ..., keeps the function.

    Needs the rotation of both layers beside W_l before its off-diagonal entries are written as zeros.

    Proof. Diagonalising W_l rotates the layers l and l-1; for l = 2, 4, ... these are (1, 2), (3, 4), ...: no layer twice, so
    no rotation spoils the diagonal of another.
    Each is isotropic.one_move, and leaves R'W_l Q = Sigma: in exact arithmetic nothing stands off the diagonal.
    In floating point up to 40 eps of sigma_1 stands there, and writing zeros moves z_l by that much times |x|: rounding.
    W_3, between two such pairs, becomes R'W_3 Q with R and Q from elsewhere, and is full: so every second layer only.
    """
    net = any_network(rng)
    X, _ = data(rng, net, 20)
    return in_eps(sparsify(net)[0](X), net(X))


@law("isotropic.nested", tolerance=16, because="as for growth (worst of 1000: 2.9)", broken=random_row)
def nested_classes(rng: np.random.Generator) -> float:
    """A narrow network is a point of the wide one's class: f(x; W) = f(x; (W; 0), (V C)).

    Needs zeros in the new rows, as isotropic.grow.

    Proof. `embed` appends to each hidden layer, one after the other, the neurons that it lacks.
    Each time isotropic.grow says that the function stays, with any new columns C; so after the last layer it is still f.
    The wide network's parameters are then the narrow one's, padded: one point of the wide class for each choice of C.
    Hence the least loss over the wide class is at most that over the narrow one.
    """
    net = any_network(rng, most=40)
    X, _ = data(rng, net)
    inner = [m + int(rng.integers(0, 9)) for m in net.widths[1:-1]]
    return in_eps(embed(net, [net.widths[0], *inner, net.widths[-1]], rng=rng)(X), net(X))


@law("isotropic.ends", tolerance=16, because="as for growth (worst of 1000: 2.0)", broken=open_ends)
def inputs_and_outputs(rng: np.random.Generator) -> float:
    """New inputs (whatever they carry) and outputs leave old outputs alone, and dropping them brings the network back.

    Needs zeros in the new columns of W_1 and the new rows of W_L, b_L, psi_{L-1}; finite inputs.

    Proof. Inputs: W_1 -> (W_1 0), so z_1 = W_1 x + 0 x_new + b_1 does not depend on x_new, if it is finite (0 inf is NaN).
    Outputs: zero rows under W_L, b_L and psi_{L-1} add logits that are 0; the old rows are not touched.
    No length counts outputs or inputs, so nothing else notices.
    Dropping keeps the first rows and columns, which were copied: theta is equal bit for bit.
    """
    net = any_network(rng, most=40)
    X, _ = data(rng, net)
    wide, _ = grow_outputs(grow_inputs(net, 3)[0], 2)
    wider = np.hstack([X, rng.standard_normal((len(X), 3))])
    back, _ = prune_outputs(prune_inputs(wide, 3)[0], 2)
    return max(in_eps(wide(wider)[:, : net.widths[-1]], net(X)), in_eps(back.theta[np.isfinite(net.theta)], net.theta))


@law(
    "isotropic.precompute",
    tolerance=56,
    because="products of up to four matrices in another order; |z|^2 from a quadratic form (worst of 1000: 7.8)",
    broken=without_gains,
)
def parallel_precomputation(rng: np.random.Generator) -> float:
    """The logits from precomputed products equal the layered pass: z_l = pi_{l,0} A_l x + sum_k pi_{l,k} c_{l,k}.

    Needs the gains of this activation: pi_{l,k} = a_k a_{k+1} ... a_{l-1}, with a_0 = 1.

    Proof. l = 1: z_1 = W_1 x + b_1 with A_1 = W_1, c_{1,1} = b_1 and pi_{1,0} = pi_{1,1} = 1.
    Step: z_{l+1} = a_l W z_l + b + a_l psi_l. Multiplying by a_l turns every pi_{l,k} into pi_{l+1,k}; so A_{l+1} = W A_l and
    c_{l+1,k} = W c_{l,k}, to which k = l adds psi_l, as its factor a_l is pi_{l+1,l}; and c_{l+1,l+1} = b with factor 1.
    |z_l|^2 is the quadratic form of the pi in the inner products of A_l x and the c_{l,k}; o_l added, it gives rho and a_l.
    So only these numbers are found in sequence, the matrices A and c beforehand.
    """
    net = any_network(rng, most=30)
    X, _ = data(rng, net)
    return in_eps(forward_precomputed(net, precompute(net), X), net(X))
