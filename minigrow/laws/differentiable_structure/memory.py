"""Laws of what a recurrent net remembers: names, memories and checkpoints stay in step with its neurons."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from minigrow.differentiable_structure.batches import Text
from minigrow.differentiable_structure.fit import start, train
from minigrow.differentiable_structure.formulas import gradient
from minigrow.differentiable_structure.network import AXES, Network
from minigrow.differentiable_structure.spares import Spares
from minigrow.growth import Move, Plan, accept, load, permute, save
from minigrow.growth.basis import apply
from minigrow.growth.plan import Context
from minigrow.laws import EPS, law
from minigrow.laws.differentiable_structure.network import LIVELY, _chunk, _draw
from minigrow.nn.check import deviation
from minigrow.nn.optimisers import State
from minigrow.nn.params import views

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
    columns, rows = {**AXES, "Whh": ("+h", "-x")}, {**AXES, "Wxh": (1, 1)}
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
    H, policy, source = (
        net.neurons,
        Spares(LIVELY._replace(memory=-1.0, threshold=1.5)),
        Text(np.zeros(9), 2, None, 0.0),
    )
    ids, run = np.arange(H), start(net, rng=rng)
    run = run._replace(state=State(0, (_named_memories(net, ids),)), feed={"h": ids + 0.5})
    for _ in range(20):
        net, events = policy(run.net, Context(0, 0, rng, None, None, "softmax", None))
        run = accept(run, net, events, batches=source)
        for event in events:
            ids = np.append(ids, -1)[list(event.recorded.sources)]
    expected = _named_memories(run.net, np.where(ids >= 0, ids + shift, -1))
    states_gap = deviation(run.feed["h"], np.where(ids >= 0, ids + shift + 0.5, 0.0))
    return max(deviation(run.state.slots[0], expected), states_gap, float(run.net.neurons < 1)) / EPS


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

    By hand: neurons 0, 1, 2; the first dies. Those that are left were 1 and 2, and so are their memories; the next ones' are 2 and 3.

    >>> from minigrow.differentiable_structure import prune
    >>> _, event = prune(_draw(np.random.default_rng(0), neurons=3), [0])
    >>> event.recorded.sources
    (1, 2)
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

    Needs weights, memories and states to be moved by the same change of basis.

    Proof. A deletion is `keep`, a birth is `append`: both only take rows and columns from their old places, and the event carries the
    one change to parameters, memories and state alike. What is new gets the newborn's value; no memory is computed with.
    Give each memory the name of its neurons (i, or 100 i + j between two) and -1 to newborns. After 20 structural steps the
    events' origins say which names must stand where.
    A memory in the wrong place differs by at least 1 and none is rounded, so the tolerance is 0.
    """
    return _alignment_gap(rng, 0)


def _resume_gap(rng, other_seed):
    seed, text = int(rng.integers(2**31)), "".join(rng.choice(list(ALPHABET), size=300))
    first = start(Network.create(ALPHABET, rng=seed), rng=seed)
    first = train(first, text, Plan(steps=30, record=7, quiet=True), rule=LIVELY)
    whole = train(first, text, Plan(steps=90, record=7, quiet=True), rule=LIVELY)
    with tempfile.TemporaryDirectory() as folder:
        save(first, Path(folder) / "run.npz")
        resumed = load(Path(folder) / "run.npz", Network)
    if other_seed:
        resumed = resumed._replace(rng=np.random.default_rng(seed + 1))
    resumed = train(resumed, text, Plan(steps=90, record=7, quiet=True), rule=LIVELY)
    pairs = ((resumed.net.theta, whole.net.theta), (*resumed.state.slots, *whole.state.slots))
    same = resumed.loss == whole.loss and all(np.array_equal(a, b) for a, b in pairs)
    return 0.0 if same and len(resumed.history.events) == len(whole.history.events) else np.inf


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

    Needs the generator's state in the file, beside network, memories, states and the place in the text.

    Proof. A cycle is a function of network, memories s, state h, place in the text, generator and the settings; it reads nothing
    else.
    `save` writes all of these as raw bytes or whole numbers, and `load` puts equal ones together.
    Equal inputs, the same compiled code, one machine: equal bits, and equal draws, so the same neurons are born and die.
    """
    return _resume_gap(rng, False)
