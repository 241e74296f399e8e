"""Laws of activations: which changes of basis pass through them, and that no others do."""

from __future__ import annotations

import numpy as np

from minigrow.laws import law
from minigrow.laws.cases import any_radial, in_eps, rotation
from minigrow.laws.nn.gradients import EVERY
from minigrow.nn.activations import ACTIVATIONS
from minigrow.nn.radial import RADIAL


def _rotated(rng, activation):
    h = int(rng.integers(2, 12))
    Z, R = 2 * rng.standard_normal((4, h)), rotation(rng, h)
    return in_eps(activation.forward(Z @ R.T), activation.forward(Z) @ R.T)


def _rotated_tanh(rng):
    """The activation is tanh, which sees each neuron alone.

    By hand: z = (1, 1) turned by 45 degrees is (1.414, 0), and tanh of that (0.888, 0). The other way round, tanh(z) is
    (0.762, 0.762), and turned (1.077, 0). (A quarter turn would not show it: it only swaps neurons and flips a sign.)

    >>> R = np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
    >>> [(v.round(3) + 0).tolist() for v in (np.tanh(R @ [1, 1]), R @ np.tanh([1, 1]))]
    [[0.888, 0.0], [1.077, 0.0]]
    """
    return _rotated(rng, ACTIVATIONS["tanh"])


@law(
    "nn.isotropic",
    tolerance=20,
    because="two products with R, and the length is summed in another basis (worst of 1000: 2.7)",
    broken=_rotated_tanh,
)
def isotropy(rng: np.random.Generator) -> float:
    """f(R z) = R f(z) for isotropic f and orthogonal R.

    Needs f(z) = a(|z|) z, a gain that sees z through its length alone, and R'R = 1.

    Proof. |R z|^2 = z'R'R z = z'z, as R'R = 1: a rotation leaves the length alone, and with it the gain a(|R z|) = a(|z|).
    So f(R z) = a(|R z|) R z = a(|z|) R z.
    The gain is one number for the whole vector, so it passes through the matrix: a(|z|) R z = R (a(|z|) z) = R f(z).
    """
    return _rotated(rng, RADIAL[any_radial(rng)])


def _commutes(rng, activation, symmetry):
    h = int(rng.integers(2, 12))
    Z = 2 * rng.standard_normal((4, h))
    T = {
        "permute": np.eye(h)[rng.permutation(h)],
        "flip": np.diag(rng.choice([-1.0, 1.0], h)),
        "rescale": np.diag(rng.uniform(0.5, 2, h)),
        "append": np.eye(h + 1, h),
        "rotate": rotation(rng, h),
    }[symmetry]
    return in_eps(activation.forward(Z @ T.T), activation.forward(Z) @ T.T)


def _not_declared(rng):
    """The symmetries that an activation does not declare, the least of their gaps.

    By hand: flip a ReLU neuron at z = 1: relu(-1) = 0, but -relu(1) = -1. Double a tanh neuron at z = 1: tanh(2) = 0.964,
    but 2 tanh(1) = 1.523.

    >>> print(np.maximum(-1.0, 0), -np.maximum(1.0, 0), np.tanh(2.0).round(3), (2 * np.tanh(1.0)).round(3))
    0.0 -1.0 0.964 1.523
    """
    return min(max(_commutes(rng, act, name) for _ in range(5)) for act, name in _undeclared())


@law(
    "nn.symmetries",
    tolerance=24,
    because="as for isotropy; 0 where T only moves entries (worst of 1000: 3.1)",
    broken=_not_declared,
)
def declared_symmetries(rng: np.random.Generator) -> float:
    """Every activation has the symmetries that it declares: f(T z) = T f(z) for the T of that name.

    Needs T of a declared kind: permute (any f), flip (odd f), rescale (f(c z) = c f(z)), append (f(0) = 0), rotate (isotropic).

    Proof. Let row i of T hold the one entry t, at j. Element-wise, (f(T z))_i = f(t z_j) and (T f(z))_i = t f(z_j).
    Equal for t = 1 (permute, any f); for t = -1 if f is odd (tanh); for t = c > 0 if f is positively homogeneous (relu:
    max(c z, 0) = c max(z, 0)). An empty row (append) asks f(0) = 0; all five have it. The identity is linear: f(T z) = T z.
    Isotropic f: permutations, signs and rotations are orthogonal, so nn.isotropic holds; append leaves |(z, 0)| = |z|,
    hence the gain; the isotropic identity has a = 1, is linear, and passes rescaling too.
    """
    return max(_commutes(rng, act, symmetry) for act in EVERY.values() for symmetry in sorted(act.symmetries))


SYMMETRIES = ("permute", "flip", "rescale", "append", "rotate")


def _undeclared():
    return [(act, name) for act in EVERY.values() for name in SYMMETRIES if name not in act.symmetries]


def _unnoticed(rng, pairs):
    return float(sum(max(_commutes(rng, act, name) for _ in range(5)) < 1e6 for act, name in pairs))


def _declared_go_unnoticed(rng):
    """The symmetries that ARE declared: every one of them goes through, and is counted.

    By hand: flipping a tanh neuron at z = 1 gives tanh(-1) = -0.762 = -tanh(1): no gap, so the count is 1.

    >>> _unnoticed(np.random.default_rng(0), [(ACTIVATIONS["tanh"], "flip")])
    1.0
    """
    return _unnoticed(rng, [(act, name) for act in EVERY.values() for name in sorted(act.symmetries)])


@law(
    "nn.no_other_symmetry",
    tolerance=0,
    because="it counts, so it is exact",
    broken=_declared_go_unnoticed,
)
def undeclared_symmetries(rng: np.random.Generator) -> float:
    """No activation has a symmetry that it does not declare: the number of undeclared T that go through unnoticed is 0.

    Needs T drawn at random among the undeclared: special ones may pass (a permutation is also a rotation).

    Proof. One z refutes f(T z) = T f(z). flip: f(z) + f(-z) is |z| for relu, z (2 Phi(z) - 1) > 0 for gelu, and alike for silu.
    rescale: tanh is bounded; c z Phi(c z) = c z Phi(z) asks c = 1 as Phi rises strictly, and alike for silu; for
    isotropic f it asks a(|T z|) = a(|z|), but their gains (not the identity's) are strictly monotone where z is drawn.
    rotate: T turns (s, 0) by 45 degrees to (s, -s) / sqrt 2. relu makes the second entry 0; tanh, gelu and silu would need
    f(s / sqrt 2) = f(s) / sqrt 2 for all s, and are not homogeneous. Random T leave gaps near 1, far above 1e6 eps.
    """
    return _unnoticed(rng, _undeclared())
