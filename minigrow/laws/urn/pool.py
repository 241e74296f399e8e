"""Laws of the pool as it runs: when more iterations, dead and fresh neurons change nothing, and the one matrix."""

from __future__ import annotations

import dataclasses

import numpy as np

from minigrow.growth import permute
from minigrow.laws import law
from minigrow.laws.cases import in_eps
from minigrow.laws.urn.cases import deep, inputs, moved, pool
from minigrow.laws.urn.prices import SUMS
from minigrow.urn import grow, prune
from minigrow.urn.fast.in_order import forward_in_order
from minigrow.urn.formulas import SLOPES, forward


def _iterated(net, X, more):
    return in_eps(dataclasses.replace(net, iterations=net.iterations + more)(X), net(X))


def _cyclic(rng):
    """With a cycle there is no longest path, and every iteration counts.

    By hand: one ReLU neuron with weight 1 from x = 1, from itself and to y: h = 0, 1, 2, 3, ..., so y_I = I - 1.

    >>> from minigrow.urn import Network
    >>> net = Network.create(1, 1, 3, 3, "relu", scale=0.0, rng=0)
    >>> for name in ("Whx", "Whh", "Wyh"):
    ...     net.params[name][...] = 1
    >>> [dataclasses.replace(net, iterations=I)([[1.0]]).item() for I in (3, 4)]
    [2.0, 3.0]
    """
    net = dataclasses.replace(pool(rng, "tanh"), iterations=3)
    return _iterated(net, inputs(rng, net), 1)


@law("urn.nilpotent", tolerance=64, because=SUMS, broken=_cyclic)
def more_iterations(rng: np.random.Generator) -> float:
    """Iterations beyond the longest path change nothing: a strictly triangular W_hh has settled by then.

    Needs a pool without cycles: in some order every neuron hears only earlier ones.

    Proof. Number the neurons in that order. Claim: neuron i (from 1) is constant from step i on.
    Neuron 1 hears only the inputs and its bias, so it is constant from step 1 on.
    Neuron i hears inputs and neurons j < i, all constant from step i-1 on, so it is constant from step i on.
    After H steps all are, y_t reads the same from t = H+1 on, and I = H+1 or more give one output. The law then renames the
    neurons, which changes nothing (urn.permute).
    """
    net = pool(rng, most=6)
    net = dataclasses.replace(net, iterations=net.hidden + 1)
    net.params["Whh"][...] = np.tril(net.params["Whh"], -1)
    return _iterated(moved(net, permute(rng.permutation(net.hidden))), inputs(rng, net), int(rng.integers(1, 5)))


def _with_dead(rng):
    """A pool in which some neurons speak to none but each other, and some have nothing to say."""
    net = deep(rng, str(rng.choice(list(SLOPES))))
    kind = rng.integers(3, size=net.hidden)
    p, mute, empty = net.params, kind == 1, kind == 2
    p["Wyh"][:, mute], p["Whh"][np.ix_(~mute, mute)] = 0, 0
    p["Whx"][empty], p["ch"][empty], p["Whh"][np.ix_(empty, ~empty)] = 0, 0, 0
    return net


def _pruned(rng, net, judged, run):
    """How far the outputs move when those go that are dead in a pool of `judged` iterations."""
    X, small = inputs(rng, net), prune(dataclasses.replace(net, iterations=judged))[0]
    return in_eps(run(dataclasses.replace(small, iterations=net.iterations), X), run(net, X))


def _prune_living(rng, run=forward_in_order):
    """It is judged who is dead in one iteration, where no hidden neuron is heard: all but the first go, and they live.

    By hand: x = 3, two ReLU neurons with weight 1 in and 2 and 1 out: y = 2 x 3 + 1 x 3 = 9. With the first one alone it is 6.

    >>> from minigrow.urn import Network
    >>> net = Network.create(1, 1, 4, 2, "relu", scale=0.0, rng=0)
    >>> net.params["Whx"][...], net.params["Wyh"][...] = 1, [[2, 1]]
    >>> small = dataclasses.replace(prune(dataclasses.replace(net, iterations=1))[0], iterations=2)
    >>> net([[3.0]]).item(), small([[3.0]]).item()
    (9.0, 6.0)
    """
    return _pruned(rng, deep(rng, "tanh"), 1, run)


def _prune_living_in_blas(rng):
    """The same, where BLAS orders the sums.

    By hand: x = 1, two ReLU neurons with weight 1 in and 1 out: y = 2. With the first one alone it is 1.

    >>> from minigrow.urn import Network
    >>> net = Network.create(1, 1, 4, 2, "relu", scale=0.0, rng=0)
    >>> net.params["Whx"][...], net.params["Wyh"][...] = 1, 1
    >>> net([[1.0]]).item(), prune(dataclasses.replace(net, iterations=1))[0].hidden
    (2.0, 1)
    """
    return _prune_living(rng, lambda net, X: net(X))


@law("urn.prune", tolerance=0, because="dead terms are exact zeros, and the rest is summed in the same order",
     broken=_prune_living)  # fmt: skip
def dead_leave_no_trace(rng: np.random.Generator) -> float:
    """Removing dead neurons changes not one bit where sums are taken from left to right.

    Needs a neuron that no path of at most I steps leads out of, or that neither an input nor any bias reaches.

    Proof. Unreached: it hears only unreached neurons, h = act(0) = 0 from the start, so by induction always; every term with
    it is 0 w = 0.
    Unheard: y_I depends on h_t of a neuron only through a path of at most I - t steps to an output. There is none, so no
    number that y_I is computed from holds it: its weights into those that are read are zero, or it comes too late to be read.
    From left to right s + 0 = s exactly, so leaving out zero terms leaves all partial sums as they were.
    """
    net = _with_dead(rng)
    return _pruned(rng, net, net.iterations, forward_in_order)


@law("urn.prune_blas", tolerance=64, because=SUMS, broken=_prune_living_in_blas)
def dead_leave_no_trace_in_blas(rng: np.random.Generator) -> float:
    """The same removal, y(pruned) = y, where BLAS orders the sums.

    Needs the neurons to be dead, as urn.prune.

    Proof. In exact arithmetic urn.prune says that the outputs are equal: the terms that go are zeros.
    BLAS adds in blocks: several partial sums side by side, put together at the end; which term goes where depends on the
    length of the sum. So a shorter sum without its zeros may round otherwise, by an eps or two of its size.
    A dozen neurons and up to five iterations, with slopes of at most 1, make some eps of it: the tolerance has room for 64.
    """
    net = _with_dead(rng)
    return _pruned(rng, net, net.iterations, lambda net, X: net(X))


def _speaking(rng):
    """Fresh neurons that speak at once.

    By hand: x = 1 with weights 1, 1 through one ReLU neuron gives 1. A fresh neuron with weight 1 in and 2 out adds 2.

    >>> from minigrow.urn import Network
    >>> net = Network.create(1, 1, 3, 2, "relu", scale=0.0, rng=0)
    >>> net.params["Whx"][...] = net.params["Wyh"][...] = 1
    >>> wide = grow(net, 1, rng=0)[0]
    >>> wide.params["Whx"][1], silent = 1, wide([[1.0]]).item()
    >>> wide.params["Wyh"][0, 1] = 2
    >>> net([[1.0]]).item(), silent, wide([[1.0]]).item()
    (1.0, 1.0, 3.0)
    """
    net = deep(rng, "tanh")
    X, (wide, _) = inputs(rng, net), grow(net, 3, rng=rng)
    wide.params["Wyh"][:, -3:] = rng.standard_normal((net.outputs, 3))
    return in_eps(forward_in_order(wide, X), forward_in_order(net, X))


@law("urn.offer", tolerance=0, because="fresh terms are exact zeros, and the rest is summed in the same order",
     broken=_speaking)  # fmt: skip
def fresh_say_nothing(rng: np.random.Generator) -> float:
    """Offering fresh neurons changes not one bit where sums are taken from left to right.

    Needs zero outgoing weights; what the fresh ones hear may be anything.

    Proof. The new columns of W_hh (towards the old neurons) and of W_yh are zero: to each old z and each y the fresh ones add
    0 h = 0, for h is finite.
    They stand behind the old neurons, so from left to right the old terms are added first, to the same bits, and s + 0 = s.
    By induction over t the old h_t have the same bits, and so has y_I. Their gradient is not zero: dW_yh = dy' h.
    """
    net = pool(rng)
    X = inputs(rng, net)
    return in_eps(forward_in_order(grow(net, int(rng.integers(1, 6)), rng=rng)[0], X), forward_in_order(net, X))


def _unclamped(rng):
    """The inputs are shown once and then replaced by act(0) = 0.

    By hand: a chain x -> h -> y with weights 1, x = 1, ReLU, I = 3. Not put back, the 1 wanders on: (1, 0, 0), (0, 1, 0), (0, 0, 1),
    (0, 0, 0), so y_3 = 0. Put back, h = 1 from step 1 on and y_3 = 1.

    >>> from minigrow.urn.embedding import embed_layers
    >>> chain = dataclasses.replace(embed_layers([(np.eye(1), np.zeros(1))] * 2, "relu"), iterations=3)
    >>> W = np.diag([1.0, 1.0], -1)
    >>> (W @ W @ W @ [1, 0, 0]).tolist(), chain([[1.0]]).item()
    ([0.0, 0.0, 0.0], 1.0)
    """
    return _one_matrix(rng, deep(rng, "tanh"), clamp=0)


@law("urn.clamped", tolerance=64, because=SUMS, broken=_unclamped)
def one_matrix(rng: np.random.Generator) -> float:
    """The six blocks are the one matrix: n <- act(W n + c) with inputs put back equals the written-out recursion.

    Needs the inputs put back after every step (clamped).

    Proof. n = (x, h, y). Row block by row block W n + c is: 0 on the inputs; W_hx x + W_hh h + c_h on the hidden neurons;
    W_yx x + W_yh h + c_y on the outputs.
    The column blocks of the outputs are zero, so what act makes of y is heard by none.
    With x put back, the hidden part is h_t = act(W_hx x + c_h + W_hh h_{t-1}) from h_0 = 0 on, by induction.
    Before act, the outputs at step I hold W_yx x + c_y + W_yh h_{I-1} = y_I.
    """
    return _one_matrix(rng, pool(rng), clamp=1)


def _one_matrix(rng, net, clamp):
    X, act = inputs(rng, net), np.tanh if net.activation == "tanh" else lambda z: np.maximum(z, 0)
    n = np.zeros((len(X), net.size))
    n[:, : net.inputs] = X
    for _ in range(net.iterations):
        z = n @ net.W.T + net.c
        n = act(z)
        n[:, : net.inputs] = clamp * X
    return in_eps(forward(net, X)[1][-1], z[:, -net.outputs :])
