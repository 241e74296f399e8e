"""Laws of what a recurrent net remembers: names, memories and checkpoints stay in step with its neurons."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from minigrow.differentiable_structure import rule as rules
from minigrow.differentiable_structure import workspace
from minigrow.differentiable_structure.learning import Learning
from minigrow.differentiable_structure.network import AXES, gradient
from minigrow.differentiable_structure.structure import restructure
from minigrow.differentiable_structure.training import Plan, load, save, start, train
from minigrow.growth.basis import Move, apply, permute
from minigrow.laws import EPS, law
from minigrow.laws.differentiable_structure.network import LIVELY, _chunk, _draw
from minigrow.nn.check import deviation
from minigrow.nn.spaces import views

ALPHABET = "()ab"


def _permutation_gap(rng, axes):
    net = _draw(rng, neurons=int(rng.integers(2, 9)))
    x, y, h = _chunk(net, rng)
    order = np.roll(np.arange(net.neurons), 1)
    moves = [Move("h", permute(order))]
    loss, g, _ = gradient(net, x, y, h)
    moved = net.with_params(apply(moves, net.params, axes))
    loss2, g2, _ = gradient(moved, x, y, h[order])
    expected = moved.with_params(apply(moves, views(g, net.shapes), AXES)).theta
    return max(abs(loss2 - loss) / max(loss, 1.0), deviation(g2, expected)) / EPS


def _forgotten_axis(rng):
    """The columns of Whh, or the rows of Wxh, stay as they were.

    By hand: neuron 1 speaks to neuron 0: Whh = [0 1; 0 0]. Swapped it is [0 0; 1 0]; with rows alone [0 0; 0 1], and neuron 1
    speaks to itself.

    >>> Whh = np.array([[0, 1], [0, 0]])
    >>> Whh[[1, 0]][:, [1, 0]].tolist(), Whh[[1, 0]].tolist()
    ([[0, 0], [1, 0]], [[0, 0], [0, 1]])
    """
    columns, rows = {**AXES, "Whh": ("+h", "-x")}, {**AXES, "Wxh": ("", "")}
    return _permutation_gap(rng, columns) + _permutation_gap(rng, rows)


@law(
    "differentiable_structure.permute",
    tolerance=512,
    because="sums in another order, passed on through a dozen steps",
    broken=_forgotten_axis,
)
def permuting_changes_nothing(rng: np.random.Generator) -> float:
    """Permuting neurons, Wxh -> P Wxh, Whh -> P Whh P', Why -> Why P', bh -> P bh, changes neither loss nor (permuted) gradient.

    Needs every axis that names a neuron to be permuted.

    Proof. h -> P h solves the new recursion: tanh(P Wxh x + P Whh P' P h + P bh) = tanh(P z) = P tanh(z), since P'P = 1 and
    tanh is element-wise. From P h_0 it holds at every t, by induction.
    The logits Why P' P h + by are the same, and so is the loss.
    For P, T = P and U = P' give U' = T: the dual change is the same change, so the gradient maps like the parameters
    (growth.gradient_follows).
    """
    return _permutation_gap(rng, AXES)


def _alignment_gap(rng, shift):
    """Give every memory a value that names its neuron, let neurons come and go, then compare."""
    net = _draw(rng, neurons=8)
    H, rule = net.neurons, LIVELY._replace(memory=-1.0, threshold=1.5)
    parts = rules.whole_parts(net)
    parts = parts._replace(s=_named_memories(net, parts.ids), h=parts.ids + 0.5)
    q, counts = workspace.fill(parts, Learning(), rule), np.array([H, 0, H, 0, 0], np.int64)
    for _ in range(20):
        restructure(q, counts, rule, rng)
    found = workspace.read(q, int(counts[0]), net.alphabet)
    expected = _named_memories(found.net, np.where(found.ids < H, found.ids + shift, -1))
    states_gap = deviation(found.h, np.where(found.ids < H, found.ids + shift + 0.5, 0.0))
    return max(deviation(found.s, expected), states_gap, float(found.net.neurons < 1)) / EPS


def _named_memories(net, ids):
    """Return memories (P,) whose values name the neurons they belong to; -1 wherever a neuron with number -1 takes part."""
    s = {name: np.zeros(shape) for name, shape in net.shapes.items()}
    old = ids >= 0
    s["Wxh"][...] = np.where(old, ids, -1)[:, None]
    s["bh"][...] = s["Why"][...] = np.where(old, ids, -1)
    s["Whh"][...] = np.where(old[:, None] & old, 100 * ids[:, None] + ids, -1)
    return np.concatenate([array.ravel() for array in s.values()])


def _next_ones_memory(rng):
    """Each neuron is expected to hold the memory of the one born after it.

    By hand: neurons 0, 1, 2; the first dies. Their ids and memories are 1, 2; the next one's would be 2, 3.

    >>> parts, _ = rules.delete(rules.whole_parts(_draw(np.random.default_rng(0), neurons=3)), [0])
    >>> parts.ids.tolist(), (parts.ids + 1).tolist()
    ([1, 2], [2, 3])
    """
    return sum(_alignment_gap(rng, 1) for _ in range(5))


@law(
    "differentiable_structure.memories",
    tolerance=0,
    because="neurons are moved, never computed with",
    broken=_next_ones_memory,
)
def memories_stay_aligned(rng: np.random.Generator) -> float:
    """Through births and deaths each memory and state stays with its neuron.

    Needs weights, memories, states and numbers of birth to be moved by the same steps.

    Proof. A deletion moves rows, columns, memories, state and ids behind the gone place up by one, in the same loops; a birth
    writes place H only and gives all its memories the newborn's value. Neither computes with a memory.
    Give each memory the name of its neurons (i, or 100 i + j between two) and -1 to newborns. After 20 structural steps the
    survivors' ids say which names must stand where.
    A memory in the wrong place differs by at least 1 and none is rounded, so the tolerance is 0.
    """
    return _alignment_gap(rng, 0)


def _resume_gap(rng, other_seed):
    seed, text = int(rng.integers(2**31)), "".join(rng.choice(list(ALPHABET), size=300))
    first = train(start(ALPHABET, rng=seed, rule=LIVELY), text, Plan(cycles=30, every=7, quiet=True))
    whole = train(first, text, Plan(cycles=90, quiet=True))
    with tempfile.TemporaryDirectory() as folder:
        save(first, Path(folder) / "run.npz")
        resumed = load(Path(folder) / "run.npz")
    if other_seed:
        resumed = resumed._replace(rng=np.random.default_rng(seed + 1))
    resumed = train(resumed, text, Plan(cycles=90, quiet=True))
    same = resumed.net.theta.shape == whole.net.theta.shape and resumed.smooth == whole.smooth
    same = (
        same and np.array_equal(resumed.parts.ids, whole.parts.ids) and np.array_equal(resumed.parts.s, whole.parts.s)
    )
    return 0.0 if same and np.array_equal(resumed.net.theta, whole.net.theta) else np.inf


def _another_generator(rng):
    """The file is read well, but the generator is another one.

    By hand: P_add = 0.6. Seed 0 draws 0.637 and no neuron is born; seed 1 draws 0.512 and one is.

    >>> [round(float(np.random.default_rng(seed).random()), 3) for seed in (0, 1)]
    [0.637, 0.512]
    """
    return _resume_gap(rng, True)


@law(
    "differentiable_structure.resume",
    tolerance=0,
    because="bit for bit: everything that matters is in the checkpoint",
    broken=_another_generator,
)
def resuming_is_going_on(rng: np.random.Generator) -> float:
    """Save, load, continue equals continue, bit for bit, across births and deaths.

    Needs the generator's state in the file, beside network, memories, states, ids and the place in the text.

    Proof. A cycle is a function of network, memories s, state h, ids, position in the text, next number of birth, generator
    and the settings; it reads nothing else.
    `save` writes all of these as raw bytes or whole numbers, and `load` puts equal ones together.
    Equal inputs, the same compiled code, one machine: equal bits, and equal draws, so the same neurons are born and die.
    """
    return _resume_gap(rng, False)
