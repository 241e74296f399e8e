"""Laws of networks of several areas: the gradient through any graph, empty areas, names."""

from __future__ import annotations

import numpy as np

from minigrow.differentiable_structure.area_moves import bud, grow_in, prune_in, with_bud
from minigrow.differentiable_structure.areas import Areas
from minigrow.growth.basis import Move, apply, permute
from minigrow.laws import EPS, law
from minigrow.laws.cases import gradient_in_eps
from minigrow.nn.check import complex_step, deviation

PLACES = 5


def _draw(rng, steps=None):
    """Return a network that grew its areas one after the other on random edges, with weights of ordinary size."""
    steps = int(rng.integers(1, 4)) if steps is None else steps
    net = with_bud(Areas.create(3, 3, (0,) * PLACES, [("y", "x")], steps=steps, rng=rng), rng=rng)
    for _ in range(int(rng.integers(1, 5))):
        if bud(net):
            area = bud(net)
            for _ in range(int(rng.integers(1, 4))):
                net, _ = grow_in(net, area, rng=rng)
            net = with_bud(net, rng=rng)
    return _shaken(net, rng)


def _shaken(net, rng):
    return net.with_theta(0.6 * rng.standard_normal(net.theta.size))


def _data(rng):
    return rng.standard_normal((5, 3)), rng.integers(3, size=5)


def _gradient_gap(rng, forgotten):
    net, (X, y) = _draw(rng, steps=int(rng.integers(2, 4))), _data(rng)
    expected = complex_step(lambda theta: net.with_theta(theta).gradient(X, y)[0], net.theta)
    heard = _without_the_past(net) if forgotten else net
    return gradient_in_eps(heard.gradient(X, y)[1], expected)


def _without_the_past(net):
    net = net.with_theta(net.theta.copy())
    for area in net.living:
        net.params[f"R_{area}"][...] = 0
    return net


def _past_forgotten(rng):
    """The gradient is taken as if no area heard itself.

    By hand: x = 1, one neuron, W = 0, b = .5, R = 1, T = 2: h_1 = tanh .5 = .462, h_2 = tanh .962 = .745; without R .462.

    >>> net = Areas.create(1, 2, (1,), [("a1", "x"), ("y", "a1")], steps=2, rng=0)
    >>> net = net.with_theta(np.array([0.0, 1.0, 0.5, 1.0, 0.0, 0.0, 0.0]))
    >>> [round(float(one(np.ones((1, 1)))[0, 0]), 3) for one in (net, _without_the_past(net))]
    [0.745, 0.462]
    """
    return sum(_gradient_gap(rng, True) for _ in range(3))


@law(
    "differentiable_structure.areas_gradient",
    tolerance=128,
    because="up to four areas and three steps of sums and products",
    broken=_past_forgotten,
)
def gradient_through_any_graph(rng: np.random.Generator) -> float:
    """The gradient by hand of any acyclic graph of areas, each with a memory of its own, equals the complex step.

    Needs the graph to have no cycle, so that areas can be visited from the last to the first.

    Proof. At step t area b is heard by every a with an edge a <- b, and by itself at t + 1; by y at T alone. The chain rule
    adds what comes back: dL/dh^b_t = sum_a W_ab' dz^a_t + R_b' dz^b_{t+1}, + W_yb' g at T.
    A later place is visited first, so that every dz^a_t is complete when b needs it; steps are visited from T to 1.
    tanh' = 1 - h^2 gives dz, and z = sum_b W_ab h^b + R_a h + b_a is linear in its weights: their gradients are products.
    """
    return _gradient_gap(rng, False)


def _empty_gap(rng, neurons):
    net = _draw(rng)
    while not bud(net):
        net = _draw(rng)
    X, y = _data(rng)
    place, without = bud(net), tuple(edge for edge in net.edges if bud(net) not in edge)
    for _ in range(neurons):
        net, _ = grow_in(net, place, rng=rng)
    fewer = Areas({**net.sizes, place: 0}, without, net.steps, prune_in(net, place, range(neurons))[0].theta)
    same = np.array_equal(net.theta, fewer.theta) and np.array_equal(net.gradient(X, y)[1], fewer.gradient(X, y)[1])
    return deviation(net(X), fewer(X)) / EPS + (0.0 if same else np.inf)


def _not_quite_empty(rng):
    """The area that is forgotten has one neuron.

    By hand: x = 1, W = 1, outgoing weights .0125: a logit moves by .0125 tanh 1 = .0095.

    >>> round(0.0125 * float(np.tanh(1)), 4)
    0.0095
    """
    return _empty_gap(rng, 1)


@law("differentiable_structure.areas_empty", tolerance=0, because="nothing is computed", broken=_not_quite_empty)
def an_empty_area_is_none(rng: np.random.Generator) -> float:
    """To add an area without neurons to a network, with edges in and out, or to forget it, changes neither theta nor the function.

    Needs the area to have size 0.

    Proof. Its matrices have shapes (0, m) and (m, 0): no entries, so theta, which lists entries, is the same vector.
    Another area hears from it a product (n, 0)(0, m), a sum over nothing, which is 0; adding 0 changes no bit.
    """
    return _empty_gap(rng, 0)


def _relabelled_gap(rng, forget):
    """Put the areas into other places in the same order, and shuffle the neurons of each."""
    net, (X, y) = _draw(rng), _data(rng)
    moves = [Move(a, permute(np.roll(np.arange(net.sizes[a]), 1))) for a in net.living if not forget]
    shuffled = net.with_params(apply(moves, net.params, net.axes))
    free = PLACES + 3
    chosen = sorted(rng.choice(free, len(net.living), replace=False).tolist())
    name = {"x": "x", "y": "y"} | {a: f"a{1 + i}" for a, i in zip(net.living, chosen, strict=True)}
    sizes = {"x": 3} | {f"a{i}": 0 for i in range(1, free + 1)} | {name[a]: net.sizes[a] for a in net.living} | {"y": 3}
    edges = [(name[to], name[source]) for to, source in net.edges if {to, source} <= set(name)]
    theta = shuffled.theta if not forget else np.roll(shuffled.theta, 1)
    other = Areas(sizes, tuple(edges), net.steps, theta)
    (loss, g), (loss2, g2) = net.gradient(X, y), other.gradient(X, y)
    expected = net.with_params(apply(moves, net.with_theta(g).params, net.axes)).theta
    return max(abs(loss2 - loss) / max(loss, 1.0), deviation(g2, expected)) / EPS


def _weights_in_the_wrong_place(rng):
    """Each weight is put where the next one belongs.

    By hand: the logits of W = (1, 2) at x = 1 are 1 and 2; with the entries rolled they are 2 and 1.

    >>> [(np.roll([1, 2], k) * 1).tolist() for k in (0, 1)]
    [[1, 2], [2, 1]]
    """
    return _relabelled_gap(rng, True)


@law(
    "differentiable_structure.areas_relabel",
    tolerance=64,
    because="sums over neurons in another order",
    broken=_weights_in_the_wrong_place,
)
def names_do_not_matter(rng: np.random.Generator) -> float:
    """The same areas in other places, with their neurons in another order, have the same loss and the same (permuted) gradient.

    Needs the places to keep the order of the areas, or theta would list the weights in another order.

    Proof. A place is a name: formulas use edges alone, and theta lists spaces in the order of their places, which is the same.
    The neurons of each area are permuted by (P, P') on every W, R and b of it, and tanh(P z) = P tanh(z): every area says P h,
    and W P' P h = W h, R -> P R P'. For P the dual change is the same change, so the gradient maps like the parameters.
    """
    return _relabelled_gap(rng, False)
