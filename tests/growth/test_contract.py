"""One table that every network of the package passes, and a word for every member that one lacks."""

import dataclasses
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from minigrow.growth import Event, Move, accept, append, keep, load, moved, permute, save, start
from minigrow.growth.contract import MEMBERS, check
from minigrow.nn import MLP, AdamW, deviation
from minigrow.nn.params import views
from minigrow.nn.spaces import entries


class Kind(NamedTuple):
    """How to make a network (imports are its own, so that one broken method fails alone), a batch, and its cost by counting."""

    make: Callable[[], Any]
    batch: Callable[[Any], tuple]
    loss: str
    cost: Callable[[Any], int]


def rows(net):
    return np.random.default_rng(1).standard_normal((6, net.widths[0])), np.arange(6) % net.widths[-1]


def layers(net):
    """One multiply-add for each weight between one layer and the next, counted one by one."""
    return sum(1 for m, k in pairwise(net.widths) for _ in range(m) for _ in range(k))


def mlp():
    return MLP.create([4, 3, 5, 2], rng=0)


def isotropic(**options):
    from minigrow.isotropic import Network

    return Network.create([4, 3, 5, 2], rng=0, **options)


def nimble():
    from minigrow.nimble import controller

    net = controller([4, 3, 5, 2], rng=0)
    net.params["s"][0] = 0.6
    return net


def open_gates(net):
    """Neurons behind the last open gate are not computed, counted neuron by neuron."""
    active = [
        net.widths[0],
        *(max(np.flatnonzero(gate), default=-1) + 1 for gate in net.gated.values()),
        net.widths[-1],
    ]
    return sum(m * k for m, k in pairwise(active))


def pool():
    from minigrow.urn import Network

    return Network.create(4, 2, size=9, iterations=4, rng=0)


def unrolled(net):
    """The first iteration sees the inputs, those between the pool, the last is read out; h starts at zero."""
    x, h, y = net.widths
    count = (h + y) * x
    for _ in range(net.iterations - 2):
        count += h * h
    return count + y * h


def recurrent():
    from minigrow.differentiable_structure import Network

    return Network.create("()ab", neurons=3, rng=0)


def symbols(net):
    x = np.arange(7) % net.widths[0]
    return x, (x + 1) % net.widths[0], np.zeros(net.sizes["h"])


def residual():
    from minigrow.differentiable_structure import Residual

    return Residual.create(4, 5, 2, layers=2, neurons=3, rng=0)


KINDS = {
    "MLP": Kind(mlp, rows, "softmax", layers),
    "isotropic": Kind(isotropic, rows, "softmax", layers),
    "isotropic, frozen": Kind(lambda: isotropic(o="none", psi="constant"), rows, "softmax", layers),
    "nimble": Kind(nimble, rows, "softmax", open_gates),
    "urn": Kind(pool, rows, "softmax", unrolled),
    "recurrent": Kind(recurrent, symbols, "softmax", lambda net: 4 * 3 + 3 * 3 + 3 * 4),
    "residual": Kind(residual, rows, "softmax", lambda net: 4 * 5 + 2 * (5 * 3 + 3 * 5) + 5 * 2),
}
each = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def shape(net, sizes, name):
    """The shape of a parameter, read off its roles by hand."""
    return tuple(role if isinstance(role, int) else sizes[role[1:]] for role in net.axes[name])


def fields(net):
    return {f.name: getattr(net, f.name) for f in dataclasses.fields(net) if f.name not in ("theta", "sizes")}


@each
def test_it_keeps_the_contract(kind):
    net = kind.make()
    assert check(net) is net
    assert set(net.axes) == set(net.shapes) == set(net.params)
    assert set(net.decayed) <= set(net.trained)
    assert set(net.priced) <= set(net.trained)
    assert tuple(net.axes)[: len(net.trained)] == tuple(net.trained)
    assert entries(net, net.trained) == sum(net.params[name].size for name in net.trained)
    assert net.widths == tuple(net.sizes.values())
    assert net.parameters == net.theta.size == sum(array.size for array in net.params.values())
    assert set(net.active) == set(net.sizes)
    assert all(0 <= net.active[space] <= m for space, m in net.sizes.items())


@each
def test_its_shapes_follow_from_axes_and_sizes(kind):
    net = kind.make()
    for name, array in net.params.items():
        assert array.shape == net.shapes[name] == shape(net, net.sizes, name)


@each
def test_its_parameters_are_windows_in_order(kind):
    net, first = kind.make(), 0
    for array in net.params.values():
        assert np.shares_memory(array, net.theta) or not array.size
        np.testing.assert_array_equal(array.ravel(), net.theta[first : first + array.size])
        array[...] = 7
        first += array.size
    assert (net.theta == 7).all()


@each
def test_with_params_goes_around_and_keeps_all_fields(kind):
    net = kind.make()
    same = net.with_params(net.params)
    assert type(same) is type(net)
    np.testing.assert_array_equal(same.theta, net.theta)
    assert not np.shares_memory(same.theta, net.theta)
    assert (same.sizes, fields(same)) == (net.sizes, fields(net))
    moved_away = net.with_theta(net.theta + 1)
    assert fields(moved_away) == fields(net)
    assert moved_away.sizes == net.sizes


def changes(m):
    return [append(m, 2), permute(range(m)[::-1]), *([keep(range(1, m), m)] if m > 1 else [])]


@each
def test_a_move_on_every_space_changes_what_names_it_and_nothing_else(kind):
    net = kind.make()
    for space, m in net.sizes.items():
        for change in changes(m):
            other = check(moved(net, [Move(space, change)]))
            sizes = net.sizes | {space: change.new}
            assert other.sizes == sizes
            assert fields(other) == fields(net)
            for name, array in other.params.items():
                assert array.shape == shape(net, sizes, name)
                if f"+{space}" not in net.axes[name] and f"-{space}" not in net.axes[name]:
                    np.testing.assert_array_equal(array, net.params[name])
            if change.new == m:  # reversing twice
                np.testing.assert_array_equal(moved(other, [Move(space, change)]).theta, net.theta)


@each
def test_its_optimiser_follows_a_move_on_every_space(kind):
    net = kind.make()
    run = start(net, AdamW(), rng=0)
    for space, m in net.sizes.items():
        moves = (Move(space, append(m, 2)),)
        event = Event("grow", space, 2, "test", m, m + 2, moves)
        later = accept(run, moved(net, moves), event)
        assert [len(slot) for slot in later.state.slots] == [entries(later.net, later.net.trained)] * 2


@each
def test_its_cost_is_what_one_counts(kind):
    net = kind.make()
    assert net.cost == kind.cost(net)
    assert isinstance(net.cost, (int, np.integer))


def test_neurons_that_do_not_take_part_cost_nothing():
    class Half(MLP):
        active = property(lambda net: net.sizes | {"h1": 2})

    assert MLP.create([4, 6, 3], rng=0).cost == 4 * 6 + 6 * 3
    assert Half.create([4, 6, 3], rng=0).cost == 4 * 2 + 2 * 3


@each
def test_its_gradient_is_written_into_memory_that_is_set_aside_once(kind):
    net = kind.make()
    batch, g = kind.batch(net), np.full_like(net.theta, np.nan)
    value, expected = net.gradient(*batch, kind.loss)
    again = kind.batch(net)
    step = net.bound(g, kind.loss)
    assert step(*again) == pytest.approx(value, rel=1e-12)
    assert deviation(g, expected) < 1e-12
    net.theta[:] *= 1.1  # it reads theta anew at every call
    again = kind.batch(net)
    assert step(*again) == pytest.approx(net.gradient(*kind.batch(net), kind.loss)[0], rel=1e-12)
    assert deviation(g, net.gradient(*kind.batch(net), kind.loss)[1]) < 1e-12


@each
def test_its_run_is_saved_and_read_back(kind, tmp_path):
    run = start(kind.make(), AdamW(), rng=3)
    save(run, tmp_path / "run.npz")
    back = load(tmp_path / "run.npz", type(run.net))
    np.testing.assert_array_equal(back.net.theta, run.net.theta)
    assert (back.net.sizes, fields(back.net), back.optimiser) == (run.net.sizes, fields(run.net), run.optimiser)
    assert list(back.net.sizes) == list(run.net.sizes)
    np.testing.assert_equal(back.rng.bit_generator.state, run.rng.bit_generator.state)


@each
def test_its_wires_are_its_weights(kind):
    net = kind.make()
    total = sum(np.abs(wire.W).sum() for wire in net.wires)
    matrices = [
        array for name, array in net.params.items() if any(str(role).startswith("-") for role in net.axes[name])
    ]
    assert total == pytest.approx(sum(np.abs(array).sum() for array in matrices))
    known: dict[str, int] = {}
    for to, source, W in net.wires:
        assert known.setdefault(to, W.shape[0]) == W.shape[0]
        assert known.setdefault(source, W.shape[1]) == W.shape[1]


# --- what is missing is named ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", MEMBERS)
def test_a_missing_member_is_named(member):
    net = mlp()
    stub = SimpleNamespace(**{name: getattr(net, name) for name in MEMBERS if name != member})
    with pytest.raises(ValueError, match=rf"a network must have {member}, which SimpleNamespace has not.*nn\.Spaces"):
        check(stub)
    assert check(SimpleNamespace(**{name: getattr(net, name) for name in MEMBERS})).sizes == net.sizes


def test_all_missing_members_are_named_together():
    with pytest.raises(ValueError, match=r"a network must have sizes, theta, axes, .*with_params, which int has not"):
        check(3)


@dataclasses.dataclass(frozen=True, eq=False)
class Wrong(MLP):
    """A plain network that contradicts itself."""

    @property
    def trained(self):
        return WRONG.get("trained", tuple(self.axes))

    @property
    def decayed(self):
        return WRONG.get("decayed", ())

    @property
    def priced(self):
        return WRONG.get("priced", ())


WRONG: dict[str, tuple] = {}


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ({"trained": ("b1",)}, r"the trained parameters must come first in axes, got \('b1',\) of \('W1', 'b1'"),
        ({"trained": ("W1", "b2")}, "the trained parameters must come first"),
        (
            {"trained": ("W1",), "decayed": ("W1", "b1")},
            "decayed and priced parameters must be trained, which b1 of Wrong is not",
        ),
        ({"priced": ("V",)}, "decayed and priced parameters must be trained, which V of Wrong is not"),
    ],
)
def test_names_that_contradict_each_other(monkeypatch, says, words):
    for key, value in says.items():
        monkeypatch.setitem(WRONG, key, value)
    with pytest.raises(ValueError, match=words):
        start(Wrong((2, 3, 1), "tanh", np.zeros(13)), AdamW(), rng=0)


def test_windows_on_a_slot_have_the_shapes_of_what_is_trained():
    net = isotropic(o="constant", psi="constant")
    slot = start(net, AdamW(), rng=0).state.slots[0]
    assert list(views(slot, {name: net.shapes[name] for name in net.trained})) == list(net.trained)
