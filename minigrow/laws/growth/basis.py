"""Laws of the change of basis: what keeps the function, how changes follow each other, how gradients follow."""

from __future__ import annotations

import numpy as np

from minigrow.growth import Move, append, duplicate, keep, moved, permute, rotate
from minigrow.growth.basis import Change, apply, carry, flip, rescale
from minigrow.growth.places import matrix
from minigrow.laws import law
from minigrow.laws.cases import data, in_eps, mlp, rotation
from minigrow.nn.params import views

SUMS = "products with T and U, and BLAS orders a sum by its length"


def _draw(rng, kind, h):
    """A change of this kind on h neurons."""
    if kind == "rotate":
        return rotate(rotation(rng, h))
    if kind == "permute":
        return permute(rng.permutation(h))
    if kind == "flip":
        return flip(rng.choice([-1.0, 1.0], h))
    if kind == "rescale":
        return rescale(rng.uniform(0.5, 2, h))
    if kind == "append":
        return append(h, int(rng.integers(1, 4)))
    return duplicate(h, int(rng.integers(h)), float(rng.uniform(0.1, 0.9)))


KEPT_BY = {
    "rotate": "isotropic_tanh",
    "permute": "silu",
    "flip": "tanh",
    "rescale": "relu",
    "append": "gelu",
    "duplicate": "tanh",
}


def _function_gap(rng, kind, activation):
    net = mlp(rng, activation)
    X, _ = data(rng, net)
    change = _draw(rng, kind, net.widths[1])
    return in_eps(moved(net, [Move("h1", change)])(X), net(X))


def _broken_function(rng):
    """The same changes under activations without the symmetry; the least of their gaps.

    By hand: one ReLU neuron, W = V = 1, x = 2 gives 2. Flipped it has W = V = -1: relu(-2) = 0, and the output is 0.

    >>> from minigrow.nn import MLP
    >>> net = MLP((1, 1, 1), "relu", np.array([1.0, 0.0, 1.0, 0.0]))
    >>> net([[2.0]]).item(), moved(net, [Move("h1", flip([-1]))])([[2.0]]).item()
    (2.0, 0.0)
    """
    wrong = {"rotate": "tanh", "flip": "relu", "rescale": "tanh", "duplicate": "isotropic_tanh"}
    return min(max(_function_gap(rng, kind, act) for _ in range(8)) for kind, act in wrong.items())


@law("growth.keeps_function", tolerance=64, because=SUMS + " (worst of 1000: 8.8)", broken=_broken_function)
def keeps_function(rng: np.random.Generator) -> float:
    """V U f(T W x + T b) = V f(W x + b) for each row of the table, with an activation that has the symmetry.

    Needs f(T z) = T f(z) and U T = 1.

    Proof. The layer's new pre-activation is T W x + T b = T z, for T is linear; so it feeds V U f(T z).
    f(T z) = T f(z) is the activation's symmetry (nn.symmetries), and V U T f(z) = V f(z) since U T = 1.
    U T = 1: rotate R R' = 1; permute P'P = 1; flip s s = 1; rescale (1/c) c = 1; append [1 0] [1; 0] = 1.
    Duplicate: element-wise f gives copied rows equal values, and the split column adds them up, q + (1 - q) = 1.
    No other part of the network sees the layer: W and b produce it, only V consumes it.
    """
    return max(_function_gap(rng, kind, activation) for kind, activation in KEPT_BY.items())


def _removal(rng):
    """A neuron is dropped: its place on the diagonal of U T is 0.

    By hand: keep neuron 0 of two. T = [1 0] and U = [1; 0], so U T = diag(1, 0): neuron 1 does not come back.

    >>> change = keep([0], 2)
    >>> (matrix(change.Ut).T @ matrix(change.T)).tolist()
    [[1.0, 0.0], [0.0, 0.0]]
    """
    h = int(rng.integers(2, 8))
    change = keep(np.delete(np.arange(h), rng.integers(h)), h)
    return in_eps(matrix(change.Ut).T @ matrix(change.T), np.eye(h))


@law(
    "growth.inverse",
    tolerance=64,
    because="R'R is 1 to rounding; all others are exact but for q + (1 - q) (worst of 1000: 9)",
    broken=_removal,
)
def left_inverse(rng: np.random.Generator) -> float:
    """U T = 1 for all changes that keep the function, and the list of places acts as the matrix it stands for.

    Needs a change that loses no neuron.

    Proof. As a list of places, new neuron n holds t_n times old neuron s_n, and U gives u_n back: (U T)_ij = sum_n U_in T_nj
    is diagonal, with (U T)_jj = sum of u_n t_n over the n with s_n = j.
    That sum is 1 (permute), s^2 = 1 (flip), (1/c) c = 1 (rescale), 1 with nothing from the empty places (append), and
    q + (1 - q) = 1 (duplicate). A rotation has U T = R R' = 1, up to the rounding of R itself.
    Row n of T times an array is t_n times its row s_n: what `_along` takes, multiplies and zeroes.
    """
    worst = 0.0
    for kind in KEPT_BY:
        change = _draw(rng, kind, int(rng.integers(1, 8)))
        worst = max(worst, in_eps(matrix(change.Ut).T @ matrix(change.T), np.eye(change.old)))
        dense = Change(matrix(change.T), matrix(change.Ut))
        array = rng.standard_normal((3, change.old))
        roles = {"V": (3, "-h")}
        found, expected = (apply([Move("h", c)], {"V": array}, roles)["V"] for c in (change, dense))
        worst = max(worst, in_eps(found, expected))
    return worst


def _wrong_order(rng):
    """`a.then(b)` is held against b, then a.

    By hand: swap two neurons, then double neuron 0: row 0 is twice old neuron 1. Doubling first: row 1 is twice old neuron 0.

    >>> a, b = permute([1, 0]), rescale([2.0, 1.0])
    >>> matrix(a.then(b).T).tolist(), matrix(b.then(a).T).tolist()
    ([[0.0, 2.0], [1.0, 0.0]], [[0.0, 1.0], [2.0, 0.0]])
    """
    a, b = _draw(rng, "rotate", 4), _draw(rng, "rescale", 4)
    return in_eps(matrix(b.then(a).T), matrix(b.T) @ matrix(a.T))


@law("growth.composition", tolerance=12, because=SUMS + " (worst of 1000: 1.6)", broken=_wrong_order)
def composition(rng: np.random.Generator) -> float:
    """Applying `a.then(b)` is applying a, then b: T = T_b T_a on what produces, U = U_a U_b on what consumes.

    Needs the order: matrices do not commute.

    Proof. a, then b, makes W into T_b (T_a W) = (T_b T_a) W and V into (V U_a) U_b = V (U_a U_b): products associate.
    `then` forms just these; on the transposes that are stored, (U_a U_b)' = U_b' U_a'.
    As places: new n holds t_b(n) times middle s_b(n), which holds t_a times old s_a: sources chain, factors multiply, and an
    empty place stays empty.
    """
    net = mlp(rng, "tanh")
    kinds = rng.choice(list(KEPT_BY), 2)
    a = _draw(rng, kinds[0], net.widths[1])
    b = _draw(rng, kinds[1], a.new)
    once = moved(net, [Move("h1", a.then(b))])
    twice = moved(net, [Move("h1", a), Move("h1", b)])
    return in_eps(once.theta, twice.theta)


def _as_gradient(moves, slots, axes):
    return carry(moves, slots, axes, order=1)


def _gradient_gap(rng, kind, mapping=_as_gradient):
    net = mlp(rng, KEPT_BY[kind])
    X, y = data(rng, net)
    moves = [Move("h1", _draw(rng, kind, net.widths[1]))]
    slots = views(net.gradient(X, y)[1], net.shapes)
    mapped, after = mapping(moves, slots, net.axes), moved(net, moves)
    exact = views(after.gradient(X, y)[1], after.shapes)
    scale = max(np.abs(g).max() for g in exact.values())
    return max(np.abs(mapped[name] - exact[name]).max() for name in exact) / scale / 2.2e-16 if scale > 1e-9 else 0.0


def _mapped_like_parameters(rng):
    """Under a rescaling the gradient is mapped as the parameters are, T and U not exchanged.

    By hand: y = v relu(w x) with w = v = x = 1 has dy/dw = v x = 1. Rescaled by c = 2: w = 2, v = 1/2, so dy/dw = 1/2; mapped
    like the parameter it would be 2. (L = (y - 1/2)^2 makes dL/dy = 1.)

    >>> from minigrow.nn import MLP
    >>> net = MLP((1, 1, 1), "relu", np.array([1.0, 0.0, 1.0, 0.0]))
    >>> both = net, moved(net, [Move("h1", rescale([2.0]))])
    >>> [n.gradient(np.ones((1, 1)), np.array([[0.5]]), "mse")[1][0].item() for n in both]
    [1.0, 0.5]
    """
    return max(_gradient_gap(rng, "rescale", mapping=apply) for _ in range(8))


@law(
    "growth.gradient_follows",
    tolerance=80,
    because="a sum over batch and neurons, after products with T and U (worst of 1000: 10.3)",
    broken=_mapped_like_parameters,
)
def gradient_follows(rng: np.random.Generator) -> float:
    """The gradient after a change is the dual change of the gradient before: what produces maps with U', what consumes with T'.

    Needs a change that keeps the function, and T and U exchanged: a gradient is a covector.

    Proof. The output stays, so g_y = dL/dy does. The layer's value is now T a: dL/dV_new = g_y (T a)' = (dL/dV) T'.
    Below it, dL/da_new = (V U)' g_y = U' (dL/da), and then the Jacobian at T z acts: dL/dz_new = J(T z)' U' (dL/da).
    Differentiate f(T z) = T f(z): J(T z) T = T J(z). With U = T^-1 (or copies, whose rows have equal slopes) this is
    U J(T z) = J(z) U. Transposed: dL/dz_new = U' J(z)' (dL/da) = U' (dL/dz).
    Hence dL/dW_new = (dL/dz_new) x' = U' (dL/dW), and the same for b.
    """
    return max(_gradient_gap(rng, kind) for kind in ("rotate", "permute", "flip", "rescale", "duplicate"))
