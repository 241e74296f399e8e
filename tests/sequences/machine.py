"""One machine for all networks: hypothesis grows, prunes, rotates, trains, saves, loads and undoes in any order, beside `dense`.

A kind of network derives from `Sequences` and says how one is drawn (`create`) and what it computes, in plain NumPy (`outputs`).
"""

import tempfile
from pathlib import Path
from typing import ClassVar

import numpy as np
from dense import LOSSES, Dense
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from minigrow.growth import Event, Move, Plan, accept, append, duplicate, keep, load, moved, permute, rotate, save
from minigrow.growth import start as start_run
from minigrow.growth import train as train_run
from minigrow.growth.basis import flip, rescale
from minigrow.nn.optimisers import SGD, Adagrad, Adam, AdamW, Momentum, Nesterov, RMSProp
from minigrow.replay.lives import follow

SEEDS = st.integers(0, 2**16)
MOST, STEPS = 6, 20
# Both sides take sums in another order. Adam divides a gradient by sqrt(v) + 1e-8, so its rounding, about 1e-16, can move an entry by
# rate 1e-16 / 1e-8 = 1e-10 at a step, by 6e-9 in sixty, and what reads that entry follows. Measured: in 200 examples of each of
# the six machines (derandomised) the two sides were 6.5e-15 of the greatest entry apart at most.
CLOSE = 1e-6
OPTIMISERS = (
    SGD(0.05, 0.1), Momentum(0.02, 0.8), Nesterov(0.02, 0.8), Adagrad(0.03), RMSProp(0.01, 0.9, clip=0.02), Adam(0.01),
    AdamW(0.01, 0.5),
)  # fmt: skip


def close(found, expected, what, least=1.0):
    """Assert that two arrays agree to CLOSE, relative to the greatest entry, or to `least`."""
    assert np.shape(found) == np.shape(expected), what
    gap, scale = np.abs(found - expected).max(initial=0), max(least, np.abs(expected).max(initial=0))
    assert gap <= CLOSE * scale, f"{what}: {gap:.1e} apart, of {scale:.1e}"


class Sequences(RuleBasedStateMachine):
    """`hidden` names the spaces that may change, `allowed` the changes that keep this network's function."""

    roles: ClassVar = {}
    hidden, allowed, frozen, undecayed = (), frozenset(), (), ()
    zero_rows = False  # whether a new neuron must hear nothing, or else must say nothing

    def create(self, rng, data):
        """Return a network, and set what the drawn one is: roles, hidden, allowed, loss."""
        raise NotImplementedError

    def outputs(self, p, X):
        """What the network computes from its arrays p."""
        raise NotImplementedError

    def loss_of(self, p):
        """The loss on all data; p may be complex."""
        return LOSSES[self.loss](self.outputs(p, self.X), self.y)

    def begun(self, net, optimiser, seed):
        return start_run(net, optimiser, rng=seed)

    def trained(self, run, steps):
        plan = Plan(steps=run.step + steps, batch=None, loss=self.loss, record=1, quiet=True)
        return train_run(run, self.X, self.y, plan)

    def train_dense(self, steps):
        self.dense.train(self.loss_of, steps)

    def accepted(self, net, event):
        return accept(self.run, net, event)

    @initialize(seed=SEEDS, optimiser=st.sampled_from(OPTIMISERS), data=st.data())
    def begin(self, seed, optimiser, data):
        rng = np.random.default_rng(seed)
        net = self.create(rng, data)
        self.run = self.begun(net, optimiser, seed)
        self.dense = Dense(net, self.roles, self.hidden, optimiser, self.frozen, self.undecayed)
        self.past, self.saved, self.folder = [], None, tempfile.TemporaryDirectory()
        self.begun_dense()

    def begun_dense(self):
        """What else the reference must know before the first step."""

    def teardown(self):
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def any_space(self, rng):
        return self.hidden[rng.integers(len(self.hidden))]

    def change(self, kind, space, change, T, U, sources, keeps, **fields):
        """A change of basis by hand, on both sides; T, U and `sources` are the test's own."""
        h, before = self.dense.size(space), self.outputs(self.dense.arrays, self.X)
        move = Move(space, change)
        neurons = abs(change.new - h) if kind in ("grow", "prune") else 0
        event = Event(kind, space, neurons, "the sequence says so", h, change.new, (move,))
        self.dense.move(space, T, U)
        net = moved(self.run.net, [move], **fields)
        self.newborn(net, space, np.flatnonzero(~T.any(axis=1)))
        self.tell(net, event, sources)
        if keeps:
            close(self.run.net(self.X), before, f"{kind} must keep the function")

    def newborn(self, net, space, new):
        """New neurons say something and hear nothing, or the other way round; the same numbers on both sides."""
        rng = np.random.default_rng(len(self.dense.events))
        for name, roles in self.roles.items():
            for axis, role in enumerate(roles):
                if (
                    len(new)
                    and role == ("-" if self.zero_rows else "+") + space
                    and (name[0] == "W" or not self.zero_rows)
                ):
                    block = rng.normal(0, 0.5, np.moveaxis(self.dense.arrays[name], axis, 0)[new].shape)
                    for arrays in (net.params, self.dense.arrays):
                        old = np.ones(arrays[name].shape, bool)
                        self.only_old(name, roles, space, new, old)
                        window = np.moveaxis(arrays[name], axis, 0)
                        window[new] = np.where(np.moveaxis(old, axis, 0)[new], block, 0)

    @staticmethod
    def only_old(name, roles, space, new, old):
        """What a new neuron hears of a new one stays zero where a space hears itself: the new ones say nothing yet."""
        for axis, role in enumerate(roles):
            if role == "-" + space and "+" + space in roles:
                np.moveaxis(old, axis, 0)[new] = False

    def tell(self, net, event, sources):
        self.past = [*self.past[-8:], (self.run, self.snapshot, self.bits(self.run))]
        self.run = self.accepted(net, event)
        self.dense.event(event.kind, event.space, sources)

    @staticmethod
    def bits(run):
        return run.net.theta.tobytes(), *(slot.tobytes() for slot in run.state.slots), len(run.history.events), run.step

    def mark(self):
        self.snapshot = self.dense.copy()

    @rule(seed=SEEDS)
    def relabel(self, seed):
        self.mark()
        rng = np.random.default_rng(seed)
        space = self.any_space(rng)
        order = rng.permutation(self.dense.size(space))
        T = np.eye(len(order))[order]
        self.change("permute", space, permute(order), T, T.T, order, "permute" in self.allowed, **self.carried(order))

    def carried(self, order):
        """Other fields of the network that follow its neurons."""
        return {}

    @precondition(lambda self: "flip" in self.allowed)
    @rule(seed=SEEDS)
    def flip(self, seed):
        self.mark()
        rng = np.random.default_rng(seed)
        space = self.any_space(rng)
        signs = rng.choice([-1.0, 1.0], self.dense.size(space))
        self.change("flip", space, flip(signs), np.diag(signs), np.diag(signs), range(len(signs)), True)

    @precondition(lambda self: "rescale" in self.allowed)
    @rule(seed=SEEDS)
    def rescale(self, seed):
        self.mark()
        rng = np.random.default_rng(seed)
        space = self.any_space(rng)
        h = self.dense.size(space)
        c = rng.uniform(0.5, 2, h) if "rescale each" in self.allowed else np.full(h, rng.uniform(0.5, 2))
        self.change("rescale", space, rescale(c), np.diag(c), np.diag(1 / c), range(h), True)

    @precondition(lambda self: "rotate" in self.allowed)
    @rule(seed=SEEDS)
    def rotate(self, seed):
        self.mark()
        rng = np.random.default_rng(seed)
        space = self.any_space(rng)
        R = np.linalg.qr(rng.standard_normal((self.dense.size(space),) * 2))[0]
        self.change("rotate", space, rotate(R), R.T, R, range(len(R)), True)

    @rule(seed=SEEDS, neurons=st.integers(1, 2))
    def append(self, seed, neurons):
        self.mark()
        space = self.any_space(np.random.default_rng(seed))
        h = self.dense.size(space)
        if h + neurons <= MOST:
            T, sources = np.eye(h + neurons, h), [*range(h), *[-1] * neurons]
            self.change(
                "grow", space, append(h, neurons), T, T.T, sources, "append" in self.allowed, **self.room(neurons)
            )

    def room(self, neurons):
        return {}

    @precondition(lambda self: "duplicate" in self.allowed)
    @rule(seed=SEEDS, share=st.sampled_from([0.3, 0.75, -0.5]))
    def duplicate(self, seed, share):
        self.mark()
        rng = np.random.default_rng(seed)
        space = self.any_space(rng)
        h = self.dense.size(space)
        if h < MOST:
            twin, T = int(rng.integers(h)), np.eye(h + 1, h)
            T[h, twin] = 1
            U = T.T.copy()
            U[twin, twin], U[twin, h] = share, 1 - share
            self.change("grow", space, duplicate(h, twin, share), T, U, [*range(h), twin], True, **self.room(1))

    @rule(seed=SEEDS)
    def drop(self, seed):
        self.mark()
        rng = np.random.default_rng(seed)
        space = self.any_space(rng)
        h = self.dense.size(space)
        if h > 1:
            kept = np.sort(rng.permutation(h)[: rng.integers(1, h)])
            T = np.eye(h)[kept]
            self.change("prune", space, keep(kept, h), T, T.T, kept, False, **self.carried(kept))

    @rule(steps=st.integers(1, 3))
    def train(self, steps):
        self.mark()
        self.past = [*self.past[-8:], (self.run, self.snapshot, self.bits(self.run))]
        self.run = self.trained(self.run, steps)
        self.train_dense(steps)
        close(self.run.loss, self.expected_loss(), "the loss")

    def expected_loss(self):
        return self.dense.losses[-1]

    @rule()
    def save(self):
        self.file = Path(self.folder.name) / "run.npz"
        save(self.run, self.file)
        self.saved = self.run, self.dense.copy()

    @precondition(lambda self: self.saved is not None)
    @rule()
    def load(self):
        kept, self.dense = self.saved[0], self.saved[1].copy()
        self.run = load(self.file, type(kept.net))
        assert self.bits(self.run) == self.bits(kept)
        assert self.run.history.events == kept.history.events
        assert self.run.rng.bit_generator.state == kept.rng.bit_generator.state
        assert (self.run.work, self.run.optimiser) == (kept.work, kept.optimiser)
        np.testing.assert_equal(self.run.feed, kept.feed)
        np.testing.assert_equal([dict(row) for row in self.run.history.rows], [dict(row) for row in kept.history.rows])

    @precondition(lambda self: self.past)
    @rule(back=st.integers(0, 7))
    def undo(self, back):
        self.run, dense, _ = self.past[-1 - back % len(self.past)]
        self.dense = dense.copy()

    @invariant()
    def agrees(self):
        if not hasattr(self, "run"):
            return
        net, state, dense = self.run.net, self.run.state, self.dense
        for name, array in dense.arrays.items():
            close(np.nan_to_num(net.params[name]), np.nan_to_num(array), name)
        close(net(self.X), self.outputs(dense.arrays, self.X), "the function")
        assert (state.t, self.run.step, net.parameters) == (
            dense.t,
            dense.step,
            sum(a.size for a in dense.arrays.values()),
        )
        for slot, memory in zip(state.slots, dense.memory, strict=True):
            close(
                slot, np.concatenate([memory[name].ravel() for name in dense.trained]), "the optimiser's memory", 1e-4
            )
        for run, _, bits in self.past:
            assert self.bits(run) == bits, "an earlier value has changed"
        self.remembers()

    def remembers(self):
        """Rows, events, and the lives of all neurons are those of the reference."""
        history, dense = self.run.history, self.dense
        places = [list(self.run.net.sizes).index(space) for space in self.hidden]
        rows = [(row["step"], tuple(row["widths"][place] for place in places)) for row in history.rows]
        assert rows == dense.rows or self.gated
        assert [row["step"] for row in history.rows] == [step for step, _ in dense.rows]
        assert [(e.kind, e.space, e.before, e.after, e.step) for e in history.events] == dense.events
        for space in self.hidden:
            own = [event for event in history.events if event.space == space]
            sizes = [event.before for event in own] + [self.run.net.sizes[space]]
            assert sizes[1:] == [event.after for event in own], "the chain of widths has a gap"
            walk = follow(np.array(sizes), {i: [event] for i, event in enumerate(own, 1)}, [len(own)])
            assert walk.present[len(own)].tolist() == dense.lives[space]
            assert {life: died for life, died in enumerate(walk.died) if died < len(sizes)} == dense.deaths[space]

    gated = False


def case_of(machine):
    """The machine as a test case: twenty rules an example, as many examples as the profile has."""
    case = machine.TestCase
    case.settings = settings(stateful_step_count=STEPS)
    return case
