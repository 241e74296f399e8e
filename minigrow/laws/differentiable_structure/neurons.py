"""Laws of neurons that come and go in a recurrent net: what may change by it, and by how much."""

from __future__ import annotations

import numpy as np

from minigrow.differentiable_structure.formulas import states
from minigrow.differentiable_structure.rule import Rule, grow, outgoing_norm, prune
from minigrow.laws import EPS, law
from minigrow.laws.differentiable_structure.network import _chunk, _draw
from minigrow.nn.check import deviation


def _deletion_gap(rng, outgoing):
    net = _draw(rng, neurons=int(rng.integers(2, 9)))
    lost = int(rng.integers(net.neurons))
    params = {name: array.copy() for name, array in net.params.items()}
    params["Why"][:, lost] *= outgoing
    params["Whh"][:, lost] *= outgoing
    net = net.with_params(params)
    x, _, h = _chunk(net, rng, 30)
    before = states(net, x, h) @ net.params["Why"].T
    after, _ = prune(net, [lost])
    return deviation(states(after, x, np.delete(h, lost)) @ after.params["Why"].T, before) / EPS


def _deleting_a_speaker(rng):
    """A neuron with its outgoing weights is deleted.

    By hand: two neurons with state tanh(1) = 0.762. With Why = (1, 1) a logit is 1.523, and 0.762 after the deletion; with
    Why = (1, 0) it is 0.762 before, too.

    >>> h = np.tanh([1.0, 1.0])
    >>> [round(float(np.array(Why) @ h), 3) for Why in ([1, 1], [1, 0])]
    [1.523, 0.762]
    """
    return _deletion_gap(rng, 1.0) + _deletion_gap(rng, 1.0)


@law(
    "differentiable_structure.delete_silent",
    tolerance=256,
    because="nothing changes in exact arithmetic; BLAS orders a sum by its length, and 30 steps pass the difference on",
    broken=_deleting_a_speaker,
)
def deleting_a_silent_neuron(rng: np.random.Generator) -> float:
    """Deleting a neuron whose outgoing weights are zero, Why[:, i] = 0 and Whh[:, i] = 0, changes no output of any sequence.

    Needs both columns to be zero; what the neuron hears does not matter.

    Proof. Neuron i reaches the others only through Whh[:, i] h_i and the output only through Why[:, i] h_i; both are 0 for
    every value of h_i.
    So the other states satisfy h_t = tanh(Wxh x_t + Whh h_{t-1} + bh) without row and column i, from the same start: by
    induction over t they are equal at every step.
    The output Why h + by sums over the same values. BLAS orders a shorter sum differently: some eps, passed on for 30 steps.
    """
    return _deletion_gap(rng, 0.0)


def _newborn_gap(rng, rule, expected):
    net, _ = grow(_draw(rng), rng=rng, rule=rule)
    return abs(outgoing_norm(net)[-1] / expected - 1) / EPS


def _born_with_half(rng):
    """The released program's scaling: between a third and a half of the threshold.

    By hand: T_D = 0.05 and one neuron before. Why gets T_D / 2, Whh T_D / 2 times 1/V; r = 1/2 (0.025 + (V/2) 0.025/V) = 0.01875.

    >>> net, _ = grow(_draw(np.random.default_rng(0), neurons=1), rng=0, rule=Rule(newborn="released"))
    >>> round(float(outgoing_norm(net)[-1]), 9)
    0.01875
    """
    return _newborn_gap(rng, Rule(newborn="released"), Rule().threshold)


@law(
    "differentiable_structure.newborn_norm",
    tolerance=16,
    because="two sums of up to nine terms and a few products",
    broken=_born_with_half,
)
def newborn_has_threshold_norm(rng: np.random.Generator) -> float:
    """A new neuron has r = 1/2 (sum |Why| + (V/H) sum |Whh|) = T_D.

    Needs the paper's scaling, half of r to the output and half to the neurons.

    Proof. Its column of Why is scaled to sum |Why| = T_D, its column of Whh to sum |Whh| = T_D H/V, with H counted after the
    birth, as r counts it.
    r = 1/2 (T_D + (V/H) T_D H/V) = 1/2 (T_D + T_D) = T_D.
    (w total / sum |w| has absolute values that sum to `total`, whatever random w was drawn.)
    """
    return _newborn_gap(rng, Rule(), Rule().threshold)


def _newborn_excess(rng, share):
    """By how much the logits of a sequence change beyond the bound, relative to the bound."""
    net = _draw(rng)
    new, _ = grow(net, rng=rng, rule=Rule(threshold=1.0))
    x, _, _ = _chunk(net, rng, 20)
    p, H = new.params, net.neurons
    change = np.abs(_logits(new, x) - _logits(net, x))
    e, worst = np.zeros(H), -np.inf
    for t in range(len(x)):
        bound = np.abs(p["Why"][:, :H]) @ e + np.abs(p["Why"][:, H]) * share
        worst = max(worst, float(np.max(change[t] - bound)))
        e = np.abs(p["Whh"][:H, :H]) @ e + np.abs(p["Whh"][:H, H]) * share
    return max(0.0, worst / np.abs(_logits(net, x)).max()) / EPS


def _logits(net, x):
    """Return Why h + by (T, V) after each symbol x (T,), from the zero state."""
    return states(net, x, np.zeros(net.neurons))[1:] @ net.params["Why"].T + net.params["by"]


def _taken_for_silent(rng):
    """The bound counts the newborn as if it said nothing.

    By hand: a newborn at z = 1 with Why_new = 0.05 moves a logit by 0.05 tanh(1) = 0.038: less than 0.05, more than 0.

    >>> round(0.05 * float(np.tanh(1)), 3)
    0.038
    """
    return _newborn_excess(rng, 0.0)


@law(
    "differentiable_structure.newborn_bound",
    tolerance=64,
    because="a bound: only rounding can exceed it",
    broken=_taken_for_silent,
)
def newborn_changes_little(rng: np.random.Generator) -> float:
    """A new neuron moves the logits at step t by at most |Why| e_t + |Why_new|, e_{t+1} = |Whh| e_t + |Whh_new|, e_0 = 0.

    Needs the newborn's outgoing weights in the bound, and a tanh.

    Proof. Let e_t bound how far the old neurons' states are moved, entry by entry; e_0 = 0, as the newborn starts at h = 0.
    Their z moves by Whh (moved h) + Whh_new h_new, at most |Whh| e_t + |Whh_new|, for |h_new| = |tanh| < 1.
    tanh has slope at most 1, so the states move by no more than z does: e_{t+1} = |Whh| e_t + |Whh_new|.
    The logits move by Why (moved h) + Why_new h_new, at most |Why| e_t + |Why_new|.
    """
    return _newborn_excess(rng, 1.0)
