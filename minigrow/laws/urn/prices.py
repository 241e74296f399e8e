"""Laws of the general loss: which symmetries each price has, and that the proximal operators find their minimum."""

from __future__ import annotations

import numpy as np

from minigrow import growth
from minigrow.growth import Move, permute
from minigrow.growth.basis import Change, flip, rescale
from minigrow.laws import law
from minigrow.laws.urn.cases import deep, inputs, moved
from minigrow.urn import Strengths, penalty
from minigrow.urn.blocks import block_step, shrink_blocks
from minigrow.urn.paths import path_norm
from minigrow.urn.positions import places
from minigrow.urn.strengths import block_soft_threshold, soft_threshold

SUMS = "only BLAS ordering sums of another length"
TERMS = Strengths(1.0, 1.0, 1.0, 1.0)


def _terms(net, X):
    return np.array(list(penalty(net, TERMS, X).values())[:4])


def _term_gap(rng, activation, change, term=slice(None)):
    net = deep(rng, activation)
    X = inputs(rng, net)
    return float(np.abs(_terms(moved(net, change(net)), X) / _terms(net, X) - 1)[term].max()) / 2.2e-16


def _relabelled(rng, carry):
    net = deep(rng, "tanh")
    X, order = inputs(rng, net), np.roll(np.arange(net.hidden), 1)
    kept = places(net)
    if carry:
        kept[net.inputs : -net.outputs] = kept[net.inputs : -net.outputs][order]
    other = growth.moved(net, [Move("h", permute(order))], positions=kept)
    return float(np.abs(_terms(other, X) / _terms(net, X) - 1).max()) / 2.2e-16


def _left_in_place(rng):
    """The neurons change names, their positions do not: `local` prices other wires.

    By hand: neurons at 0 and 3, an input at 0, weights 1 and 5: 1 x 0 + 5 x 3 = 15. Names swapped, places left: 5 x 0 + 1 x 3 = 3;
    places swapped too: 15.

    >>> w, far = np.array([1.0, 5.0]), np.array([0.0, 3.0])
    >>> [float(cost) for cost in (w @ far, w[::-1] @ far, w[::-1] @ far[::-1])]
    [15.0, 3.0, 15.0]
    """
    return _relabelled(rng, carry=False)


@law("urn.symmetry_relabel", tolerance=256, because=SUMS, broken=_left_in_place)
def prices_ignore_names(rng: np.random.Generator) -> float:
    """All four penalties are the same after relabelling hidden neurons, positions included: l1, group, local, time.

    Needs positions to move with their neurons.

    Proof. W_hh -> P W_hh P', W_hx -> P W_hx, W_yh -> W_yh P'. l1: the same |W_ij| stand in another order.
    group: each outgoing column keeps its entries, in another order, so its length; the columns are renamed.
    local: |W_ij| |p_i - p_j| is a term of the pair (i, j); if places carry the same names, the same pairs are priced.
    time: h_t -> P h_t (urn.permute), and |P (h_t - h_{t-1})| = |h_t - h_{t-1}|; the outputs stay.
    """
    return _relabelled(rng, carry=True)


def _flips(net, rng):
    return flip(rng.choice([-1, 1], net.hidden))


def _flipped_relu(rng):
    """ReLU is not odd: the time term after flipping all neurons.

    By hand: z_1 = 1, z_2 = 2 gives h = 1, 2 and (2 - 1)^2 = 1. Flipped, z = -1, -2 gives h = 0, 0 and 0.

    >>> [np.diff(np.maximum(sign * np.array([1.0, 2.0]), 0)).item() ** 2 for sign in (1, -1)]
    [1.0, 0.0]
    """
    return _term_gap(rng, "relu", lambda net: flip(-np.ones(net.hidden)), 3)


@law("urn.symmetry_flip", tolerance=256, because=SUMS,
     broken=_flipped_relu)  # fmt: skip
def prices_ignore_signs(rng: np.random.Generator) -> float:
    """All four penalties are the same after flipping signs of tanh neurons: W -> S W S, h_t -> S h_t.

    Needs an odd activation: the time term prices states, not weights.

    Proof. l1, group and local hold |W_ij| or W_ij^2 only, and a flipped neuron only changes signs of W_ij.
    tanh is odd: from h_0 = 0, h_t -> S h_t by induction, for tanh(S W_hx x + S c + S W_hh S S h) = S tanh(...), as S S = 1.
    So each difference h_t - h_{t-1} changes signs only, and its square none; the outputs W_yh S S h are the same.
    A sign flip does not round, so all this holds to the bit.
    """
    return _term_gap(rng, "tanh", lambda net: _flips(net, rng))


def _path_gap(net, change):
    """How far the sum over paths moves under a change."""
    return abs(path_norm(moved(net, change)) / path_norm(net) - 1) / 2.2e-16


def _drawn_scale(rng):
    net = deep(rng, "relu")
    return net, np.exp(rng.standard_normal(net.hidden))


def _least_price_change(rng):
    """The four prices under the same rescaling by c = 7: the least change of them, in eps."""
    net = deep(rng, "relu")
    X = np.abs(inputs(rng, net))
    net.theta[:] = np.abs(net.theta) + 0.01  # every neuron is active
    gap = np.abs(_terms(moved(net, rescale(np.full(net.hidden, 7.0))), X) / _terms(net, X) - 1)
    return float(gap.min()) / 2.2e-16


def _not_divided(rng):
    """What a neuron hears is multiplied by c, what it says is not divided by it.

    By hand: one weight 1 in, one weight 1 out: the path's product is 1. With c = 7 it is 7 x 1/7 = 1 again; not divided, 7 x 1 = 7.

    >>> w = np.array([[7.0, 1 / 7], [7.0, 1.0]])
    >>> w.prod(axis=1).round(12).tolist()
    [1.0, 7.0]
    """
    net, c = _drawn_scale(rng)
    return _path_gap(net, Change(rescale(c).T, rescale(np.ones_like(c)).Ut))


@law("urn.symmetry_rescale", tolerance=1024, because="products over five steps", broken=_not_divided)
def paths_ignore_scale(rng: np.random.Generator) -> float:
    """The sum over paths of products |w| is the same after ReLU's rescaling W_ij -> c_i W_ij / c_j; each of the four prices is not.

    Needs a price that is a product along a path.

    Proof. A path x -> i -> j -> ... -> y has the product |W_ix| |W_ji| ... |W_y.|.
    Rescaled, it enters neuron i with a factor c_i and leaves it with 1 / c_i; so does every hidden neuron on it, and inputs
    and outputs are not scaled. All factors cancel.
    Each path keeps its product, so the sum keeps its value. `path_norm` sums them by recursion, with one rounding a product.
    A price of single weights or states does change: under l1 one weight 1 in and one out cost 2, rescaled by 7 they cost 7 + 1/7.
    """
    net, c = _drawn_scale(rng)
    gap = _path_gap(net, rescale(c))
    return gap if _least_price_change(rng) > 1e9 else np.inf


def _prox_gap(rng, factor):
    """By how much some other point beats the operator's, relative: <= 0 if it is the minimum."""
    W, r = rng.standard_normal((4, 3)), float(rng.uniform(0, 2))
    worst = -np.inf
    for prox, cost in (
        (soft_threshold, lambda U: np.abs(U).sum()),
        (block_soft_threshold, lambda U: np.sqrt((U * U).sum(axis=0)).sum()),
    ):
        objective = lambda U, cost=cost: 0.5 * np.sum((U - W) ** 2) + r * cost(U)  # noqa: E731
        best = prox(W, factor * r)
        others = [best + 10.0 ** rng.uniform(-6, 0) * rng.standard_normal(W.shape) for _ in range(50)] + [
            W,
            0 * W,
            best * 0.9,
            best * 1.1,
        ]
        worst = max(worst, max(1 - objective(U) / objective(best) for U in others))
    return max(worst, 0.0) / 2.2e-16


def _half_the_threshold(rng):
    """The operators are asked with r / 2.

    By hand: w = 3, r = 1. u = 2 costs 1/2 + 2 = 2.5; half the threshold gives u = 2.5, which costs 1/8 + 2.5 = 2.625.

    >>> [0.5 * (u - 3) ** 2 + abs(u) for u in (float(soft_threshold(3.0, 1.0)), float(soft_threshold(3.0, 0.5)))]
    [2.5, 2.625]
    """
    return _prox_gap(rng, 0.5)


@law("urn.proximal", tolerance=16, because="rounding of the objective itself", broken=_half_the_threshold)
def proximal_minimum(rng: np.random.Generator) -> float:
    """No other point has a lower |U - W|^2 / 2 + r penalty(U) than soft and block soft threshold give.

    Needs the whole threshold r.

    Proof. The objective is strictly convex, so the one point where 0 is a subgradient is its minimum.
    Soft: each entry alone, u - w + r sign(u) = 0 gives u = w - r if w > r and u = w + r if w < -r; at u = 0 the subgradients
    r [-1, 1] hold w if |w| <= r.
    Block: column by column, u - w + r u/|u| = 0 puts u along w with |u| = |w| - r, if |w| > r; at u = 0 the ball r |g| <= r
    holds w if |w| <= r.
    """
    return _prox_gap(rng, 1.0)


def _group_gap(rng, step):
    """By how much a step moves a column where the task's gradient balances the price, in step sizes that differ."""
    W, price = rng.standard_normal((5, 4)), float(rng.uniform(0.01, 0.3))
    unit = 10.0 ** rng.uniform(-2, 0, W.shape)
    W[:, 0] = 0
    length = np.sqrt(np.sum(W * W, axis=0))
    g = -price * W / np.where(length > 0, length, 1)
    g[:, 0] = price * rng.uniform(-1, 1, 5) / np.sqrt(5)
    return float(np.abs(step(W - unit * g, price, unit) - W).max()) / 2.2e-16


def _mean_unit(rng):
    """The plain block threshold with the mean step size of the column.

    By hand: w = (3, 4), s = 1, so g = -(.6, .8); r = (1, .5). The step gives (3.6, 4.4). The price takes back .6 and .4. The
    mean r = .75 takes .75 along (3.6, 4.4) / 5.685 = (.633, .774), which leaves (3.125, 3.82).

    >>> W = np.array([[3.6], [4.4]])
    >>> block_step(W, 1.0, np.array([[1.0], [0.5]])).round(9).ravel(), block_soft_threshold(W, 0.75).round(3).ravel()
    (array([3., 4.]), array([3.125, 3.82 ]))
    """
    return _group_gap(rng, lambda W, price, unit: block_soft_threshold(W, price * unit.mean(axis=0)))


def _fast_step(W, price, unit):
    W = W.copy()
    shrink_blocks(W, price, unit)
    return W


@law("urn.group_step", tolerance=64, because="the root of a sum of squares, by bisection and by Newton's method",
     broken=_mean_unit)  # fmt: skip
def group_fixed_points(rng: np.random.Generator) -> float:
    """Gradient step and block step leave a column alone where the slope of task + s |w|_2 is zero or points up, in any step sizes.

    Needs each weight's own step size r_i in the proximal step, as in the gradient step.

    Proof. At w != 0 let g = -s w / |w|. The gradient step gives v = w + r s w / |w|, entry by entry v_i = w_i (n + s r_i) / n with
    n = |w|. Then v_i / (n + s r_i) = w_i / n has squares that sum to 1, so n is the root, and u_i = v_i n / (n + s r_i) = w_i.
    At w = 0 let |g| <= s. Then v_i / r_i = -g_i, whose squares sum to at most s^2: the step gives 0.
    The sum over i of (v_i / (n + s r_i))^2 falls as n grows, so there is one root.
    """
    return max(_group_gap(rng, block_step), _group_gap(rng, _fast_step))
