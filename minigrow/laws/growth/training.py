"""Laws of training and change: when a step commutes with a change of basis, what comes back bit for bit."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from minigrow.growth import Event, Move, Plan, append, follow, keep, moved, rotate
from minigrow.growth import load as load_run
from minigrow.growth import save as save_run
from minigrow.growth import start as start_run
from minigrow.growth import train as train_run
from minigrow.growth.basis import carry
from minigrow.isotropic import AutoAdapt, Network, grow
from minigrow.laws import law
from minigrow.laws.cases import data, in_eps, network, rotation
from minigrow.laws.growth.basis import _draw
from minigrow.nn import MLP, SGD, Adam, AdamW, Momentum, Nesterov
from minigrow.nn.optimisers import State, start
from minigrow.nn.params import views
from minigrow.nn.spaces import entries
from minigrow.nn.wrappers import bind


def _steps(net, optimiser, state, batches):
    """Train on private copies of parameters and state."""
    net, state = net.with_theta(net.theta.copy()), State(state.t, tuple(slot.copy() for slot in state.slots))
    gradient, update = bind(optimiser, net, np.empty_like(net.theta), "softmax")
    for X, y in batches:
        gradient(X, y)
        state = update(state)
    return net, state


def _fresh(optimiser, net):
    return start(optimiser, net.theta[: entries(net, net.trained)])


def _commuting_gap(rng, net, optimiser, change, steps=100):
    """|train then change - change then train|, relative, in eps; also of the optimiser's state."""
    batches = [data(rng, net, 8) for _ in range(steps)]
    event = Event("change", "h1", 0, "law", change.old, change.new, (Move("h1", change),))
    half, state = _steps(net, optimiser, _fresh(optimiser, net), batches[:5])
    first, first_state = _steps(half, optimiser, state, batches[5:])
    first, first_state = moved(first, event.moves), follow([event], optimiser, first_state, first)
    later, later_state = _steps(
        moved(half, event.moves), optimiser, follow([event], optimiser, state, half), batches[5:]
    )
    gaps = [in_eps(later.params[name], first.params[name]) for name in first.shapes if first.params[name].any()]
    return max(gaps + [in_eps(a, b) for a, b in zip(later_state.slots, first_state.slots, strict=True)])


def _small(rng):
    return network(rng, 2, 8, activation="isotropic_tanh")


def _trained_tanh(rng):
    """The activation is tanh: its gradient does not follow a rotation, so the first step already differs.

    By hand: z = (1, 1), dL/da = (1, 1). tanh has slopes (0.42, 0.42), and the gradient turned by 45 degrees is (0.594, 0). At
    the turned z = (1.414, 0) the slopes are (0.211, 1), and the gradient there is (0.298, 0).

    >>> R, z, g = np.array([[1, 1], [-1, 1]]) / 2**0.5, np.ones(2), np.ones(2)
    >>> turned, there = R @ ((1 - np.tanh(z) ** 2) * g), (1 - np.tanh(R @ z) ** 2) * (R @ g)
    >>> (turned.round(3) + 0).tolist(), (there.round(3) + 0).tolist()
    ([0.594, 0.0], [0.298, 0.0])
    """
    return _commuting_gap(rng, _wide_tanh(rng), Momentum(0.05), rotate(rotation(rng, 5)))


@law(
    "growth.training_commutes",
    tolerance=1e-10 / 2.2e-16,
    because="100 steps, each of which amplifies rounding a little (worst of some thousand: 6e3); 1e-10 is the law",
    broken=_trained_tanh,
)
def training_commutes(rng: np.random.Generator) -> float:
    """Train, then rotate = rotate network and state, then train: for SGD, momentum and Nesterov over 100 steps.

    Needs an optimiser that is linear in the gradient, an isotropic activation, and an orthogonal change.

    Proof. For a rotation T = U' = R', so parameters, gradients and momentum all map by one linear map M.
    growth.gradient_follows says g(M theta) = M g(theta).
    A step v <- beta v + g, theta <- theta - eta v (Nesterov: - eta (g + beta v)) fed with M theta and M v gives M v and
    M theta of the step without M, since every operation in it is linear. So one step commutes with M, and by induction all.
    A rescaling maps theta by C and g by 1/C: C theta - (eta/C) g is not C (theta - eta g), and the paths part.
    """
    net = _small(rng)
    R = rotate(rotation(rng, net.widths[1]))
    return max(_commuting_gap(rng, net, optimiser, R) for optimiser in (SGD(0.05), Momentum(0.02), Nesterov(0.02)))


def _wide_tanh(rng):
    return MLP.create([3, 5, 3], "tanh", rng=rng)


def adam_gap(rng: np.random.Generator) -> float:
    """Return Adam's gap (relative, in eps) under a rotation: not a law, a measurement; its second moment is no tensor."""
    net = _small(rng)
    return _commuting_gap(rng, net, Adam(0.01), rotate(rotation(rng, net.widths[1])))


def _fed_gap(rng, optimiser, kind, steps=20):
    """The gap of `_commuting_gap`, where the changed network is fed with the changed gradient of the other one."""
    net = _small(rng)
    change, batches = _draw(rng, kind, net.widths[1]), [data(rng, net, 8) for _ in range(5 + steps)]
    event = Event("change", "h1", 0, "law", change.old, change.new, (Move("h1", change),))
    half, state = _steps(net, optimiser, _fresh(optimiser, net), batches[:5])
    there, follows = moved(half, event.moves), follow([event], optimiser, state, half)
    g, h = np.empty_like(half.theta), np.empty_like(there.theta)
    here, other = bind(optimiser, half, g, "softmax"), bind(optimiser, there, h, "softmax")
    for X, y in batches[5:]:
        here.gradient(X, y)
        fed, windows = carry(event.moves, views(g, half.shapes), half.axes, order=1), views(h, there.shapes)
        for name, window in windows.items():
            window[...] = fed[name]
        state, follows = here.update(state), other.update(follows)
    pairs = zip(follows.slots, follow([event], optimiser, state, half).slots, strict=True)
    return max([in_eps(there.theta, moved(half, event.moves).theta)] + [in_eps(a, b) for a, b in pairs])


def _rotated_adam(rng):
    """The same with a rotation.

    By hand: Adam's first step is eta sign(g). For g = (1, 0) that is (1, 0) eta, turned by 45 degrees (0.707, -0.707) eta. The
    turned gradient (0.707, -0.707) makes the step (1, -1) eta, which is longer.

    >>> R, adam = np.array([[1, 1], [-1, 1]]) / 2**0.5, Adam(1.0)
    >>> first = lambda g: -adam.step(start(adam, g), np.zeros(2), g)[0]
    >>> (R @ first(np.array([1.0, 0.0]))).round(3).tolist(), first(R @ [1.0, 0.0]).round(3).tolist()
    ([0.707, -0.707], [1.0, -1.0])
    """
    return max(_fed_gap(rng, AdamW(0.01), "rotate", steps=1) for _ in range(5))  # a layer of one neuron has no rotation


@law(
    "growth.adam_commutes_with_places",
    tolerance=0,
    because="each entry goes through the same operations on the same numbers, up to signs, which no rounding depends on",
    broken=_rotated_adam,
)
def adam_commutes(rng: np.random.Generator) -> float:
    """Fed with the gradient that moves along, Adam commutes with permutations and signs, bit for bit; not with rotations.

    Needs a change that moves each entry to one place with a factor +-1.

    Proof. Such a change sends entry j to place i with s = +-1: theta_i = s theta_j, g_i = s g_j (growth.gradient_follows).
    So m_i = s m_j, and v, a mean of squares, has v_i = s^2 v_j = v_j: just what `follow` does with the state.
    Adam's step u(m, v) = eta m / (sqrt(v) + eps) works entry by entry and is odd in m: u(s m, v) = s u(m, v).
    So place i makes the step of place j times s; weight decay, a factor, commutes too; induction over the steps.
    g_i taken anew adds d, a rounding: where g is near 0, u is near eta g / |g|, so it moves by eta d / |g|, without bound.
    """
    return max(_fed_gap(rng, AdamW(0.01), kind) for kind in ("permute", "flip"))


def _back_and_forth(rng, kept):
    """Append neurons, then keep those named by kept(h, k); returns 0 if parameters and optimiser state are as before."""
    net, optimiser = _small(rng), AdamW()
    h, k = net.widths[1], int(rng.integers(1, 5))
    _, state = _steps(net, optimiser, _fresh(optimiser, net), [data(rng, net) for _ in range(3)])
    there, back = Move("h1", append(h, k)), Move("h1", keep(kept(h, k), h + k))
    event = Event("grow", "h1", k, "law", h, h, (there, back))
    restored = follow([event], optimiser, state, net)
    same = [np.array_equal(moved(moved(net, [there]), [back]).theta, net.theta)]
    same += [np.array_equal(a, b) for a, b in zip(restored.slots, state.slots, strict=True)]
    return 0.0 if all(same) else np.inf


def _drop_the_first(rng):
    """The first k neurons are dropped instead of the k new ones.

    By hand: weights (1, 2), one neuron appended: (1, 2, 0). Dropping the last gives (1, 2) back, dropping the first (2, 0).

    >>> from minigrow.growth.basis import apply
    >>> there, W, axes = Move("h", append(2, 1)), {"W": np.array([1.0, 2.0])}, {"W": ("+h",)}
    >>> [apply([there, Move("h", keep(kept, 3))], W, axes)["W"].tolist() for kept in ([0, 1], [1, 2])]
    [[1.0, 2.0], [2.0, 0.0]]
    """
    return _back_and_forth(rng, lambda h, k: np.arange(k, h + k))


@law(
    "growth.restores",
    tolerance=0,
    because="appending and dropping copy numbers; none is recomputed",
    broken=_drop_the_first,
)
def grow_then_prune(rng: np.random.Generator) -> float:
    """Append neurons, then drop the same ones: parameters and optimiser state come back bit for bit.

    Needs those neurons dropped that were appended.

    Proof. append(h, k) copies the h old rows and columns to places 0..h-1, keep(0..h-1) copies those places back.
    In matrices [1 0] [1; 0] = 1; T and U' are the same list of places, so the dual change (gradients, momentum) is the same
    one, and so is the dual with squared entries (second moments): all their factors are 1.
    A factor 1 is not even multiplied (`_along`): numbers are copied, so bits survive. What the new rows held is dropped.
    """
    return _back_and_forth(rng, lambda h, k: np.arange(h))


def _without_momentum(run):
    """A run that forgot what its optimiser remembers, as a checkpoint of the weights alone would."""
    return run._replace(state=_fresh(run.optimiser, run.net))


def _resuming_gap(rng, restored):
    X, y = rng.standard_normal((60, 4)), rng.integers(3, size=60)
    net = Network.create([4, 3, 5, 3], rng=rng)
    plan = Plan(epochs=2, batch=16, policies=(AutoAdapt(tau=0.8, scaffold=2), _one_more), quiet=True)
    run = start_run(net, AdamW(0.02, weight_decay=0.5), rng=rng)
    straight = train_run(run, X, y, plan._replace(epochs=4))
    half = train_run(run, X, y, plan)
    with tempfile.TemporaryDirectory() as folder:
        save_run(half, Path(folder) / "run.npz")
        resumed = restored(load_run(Path(folder) / "run.npz", Network))
    resumed = train_run(resumed, X, y, plan._replace(epochs=4))
    pairs = [(straight.net.theta, resumed.net.theta), *zip(straight.state.slots, resumed.state.slots, strict=True)]
    pairs += [(straight.history[name], resumed.history[name]) for name in ("loss", "widths", "multiply_adds")]
    same = all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)
    grown = any(event.kind == "grow" and event.step > half.step for event in resumed.history.events)
    return 0.0 if same and grown and straight.history.events == resumed.history.events else np.inf


def _one_more(net, context):
    """Behind every epoch one neuron more, whose weights the run's own generator draws."""
    net, event = grow(net, 0, 1, rng=context.rng, scale=0.3, reason="an epoch is over")
    return net, (event,)


def _forgotten_momentum(rng):
    """A checkpoint of the weights alone: what the optimiser remembered starts at zero again.

    By hand: momentum with rate 0.1, beta 0.9, gradient 1 twice: v = 1, then 1.9, theta = -0.1, then -0.29. Forgetting v in
    between gives -0.2.

    >>> heavy, g = Momentum(0.1), np.ones(1)
    >>> theta, state = heavy.step(start(heavy, g), np.zeros(1), g)
    >>> [round(heavy.step(s, theta, g)[0].item(), 2) for s in (state, start(heavy, g))]
    [-0.29, -0.2]
    """
    return _resuming_gap(rng, _without_momentum)


@law(
    "growth.resumes",
    tolerance=0,
    because="a checkpoint holds every bit that training reads",
    broken=_forgotten_momentum,
)
def resumes_bit_for_bit(rng: np.random.Generator) -> float:
    """Train, save, load, train on = train without stopping, bit for bit; neurons come and go before the file and behind it.

    Needs everything that training reads in the file: parameters, optimiser slots and t, generator, epoch and step, history.

    Proof. `train` is a function of the run, the data and the plan: it reads nothing else, no clock and no global state.
    `save` writes every field of the run: arrays as raw bytes, the generator's state and the counts as whole numbers, the
    optimiser's rates as decimals that read back to the same double (Python prints the shortest such decimal).
    So `load` returns an equal run, and the same code on equal inputs gives equal bits on one machine.
    What could break it: a slot left out, floats printed with fixed digits, a cache or a generator outside the run.
    """
    return _resuming_gap(rng, lambda run: run)
