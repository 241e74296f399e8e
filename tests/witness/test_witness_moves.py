"""Every structural move: the function before and after, both computed in PyTorch from the exported weights.

Tolerance: 1000 eps of the greatest output. A move rounds each weight by a few eps, a rotation's factor is orthogonal to about two, and
the removal of a neuron takes a root and a logarithm; outputs are sums of at most a dozen such terms, layer by layer.
"""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the witness needs PyTorch: pip install minigrow[bench]")

from witness_nets import outputs  # noqa: E402

import minigrow  # noqa: E402
from minigrow import differentiable_structure as ds  # noqa: E402
from minigrow import isotropic, urn  # noqa: E402
from minigrow.addition import RULES, apply, look  # noqa: E402
from minigrow.addition import depth as addition_depth  # noqa: E402
from minigrow.differentiable_structure import area_moves, layers, residual  # noqa: E402
from minigrow.differentiable_structure.areas import Areas  # noqa: E402
from minigrow.growth import Move, basis, moved  # noqa: E402
from minigrow.isotropic import ends, reflection  # noqa: E402
from minigrow.nn import MLP, mlp  # noqa: E402

EPS = np.finfo(np.float64).eps
TOLERANCE = 1000 * EPS
SEEDS = range(4)


def shaken(net, rng, by=0.4):
    finite = np.isfinite(net.theta)
    net.theta[finite] += by * rng.standard_normal(finite.sum())
    return net


def plain(rng, activation="tanh"):
    return shaken(MLP.create([3, 4, 5, 2], activation, rng=rng), rng)


def turned(rng, activation="isotropic_tanh", **options):
    return shaken(isotropic.Network.create([3, 4, 5, 2], activation, rng=rng, **options), rng)


def changes(rng, h):
    """One change of every kind, by the name of its function."""
    R = np.linalg.qr(rng.standard_normal((h, h)))[0]
    order = rng.permutation(h)
    return {
        "rotate": basis.rotate(R), "permute": basis.permute(order), "flip": basis.flip(rng.choice([-1.0, 1.0], h)),
        "rescale": basis.rescale(rng.uniform(0.5, 2) * np.ones(h)), "append": basis.append(h, 2),
        "duplicate": basis.duplicate(h, int(rng.integers(h)), 0.3), "place": basis.place([*order, -1], h),
        "keep": basis.keep(order, h),
    }  # fmt: skip


# which changes an activation allows, written down by hand; `place` with an empty place asks what `append` asks
EVERY = {"permute", "keep"}
ALLOWED = {name: EVERY | set(words.split()) for name, words in {
    "identity": "flip rescale rotate append place duplicate", "tanh": "flip append place duplicate",
    "relu": "rescale append place duplicate", "relu1": "rescale append place duplicate", "gelu": "append place duplicate",
    "silu": "append place duplicate", "sigmoid": "duplicate", "softplus": "duplicate", "isotropic_tanh": "flip rotate append place",
    "isotropic_identity": "flip rotate rescale append place", "isotropic_leaky": "flip rotate append place",
    "isotropic_threshold": "flip rotate append place", "isotropic_algebraic": "flip rotate append place",
}.items()}  # fmt: skip


def agree(found, expected, what):
    scale = np.abs(expected).max() or 1.0
    gap = np.abs(found - expected).max() / scale
    assert gap <= TOLERANCE, f"{what}: {gap / EPS:.0f} eps apart"


def same(net, other, X, what):
    assert other.theta is not net.theta
    agree(outputs(other, X), outputs(net, X), what)
    agree(other(X), outputs(net, X), f"{what}, as the package computes it")


@pytest.mark.parametrize("activation", ALLOWED)
def test_changes_of_basis(activation):
    """Also that what appends may then speak at random, where it hears nothing."""
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        X, nets = rng.standard_normal((7, 3)), [plain(rng, activation)]
        if activation.startswith("isotropic"):
            nets.append(turned(rng, activation, psi="decay"))
        for net in nets:
            for l in (1, 2):
                for name, change in changes(rng, net.widths[l]).items():
                    if name in ALLOWED[activation]:
                        other = moved(net, [Move(f"h{l}", change)])
                        if name in ("append", "place"):
                            columns = other.params[f"W{l + 1}"][:, net.widths[l] :]
                            columns[...] = rng.standard_normal(columns.shape)
                        same(net, other, X, f"{name} under {activation}")


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_changes_of_the_pool_and_of_readers(activation):
    """A space that hears itself changes on both sides of one matrix."""
    rng = np.random.default_rng(0)
    pool = shaken(urn.Network.create(2, 2, 9, 4, activation, rng=rng), rng)
    reader = shaken(ds.Network.create("abc", 5, rng=rng), rng)
    for net, X in [(pool, rng.standard_normal((7, 2)))] + ([(reader, "abcacbb")] if activation == "tanh" else []):
        for name, change in changes(rng, 5).items():
            if name in ALLOWED[activation]:
                same(net, moved(net, [Move("h", change)]), X, name)


def isotropic_moves(rng, net):
    """Each move of the isotropic package on hidden layer 0 or 1, and the inputs that it asks for."""
    grown = isotropic.grow(net, 0, 2, rng=rng, scale=0.5)[0]
    lossless = isotropic.grow(net, 1, 1, rng=rng, scale=0.5)[0]
    lossless.params["b2"][-1] = rng.standard_normal()  # hears nothing, says a constant
    yield "isotropic.growing.grow", net, grown
    yield "isotropic.growing.embed", net, isotropic.embed(net, [3, 6, 7, 2], rng=rng)
    yield "isotropic.diagonalise.left_diagonalise", net, isotropic.left_diagonalise(net, 1)[0]
    yield "isotropic.diagonalise.diagonalise", net, isotropic.diagonalise(net, 1)[0]
    yield "isotropic.diagonalise.sparsify", net, isotropic.sparsify(net)[0]
    yield "isotropic.reflection.reflect", net, reflection.reflect(net, 1)[0]
    for by in ("sigma", "product", "reflection"):
        yield "isotropic.pruning.prune", lossless, isotropic.prune(lossless, 1, by=by)[0]
    yield "isotropic.adaptation.adapt", net, isotropic.adapt(net, 0, 0.5, 6, rng=rng)[0]


@pytest.mark.parametrize("activation", [name for name in ALLOWED if name.startswith("isotropic")])
def test_isotropic_moves(activation):
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        net, X = turned(rng, activation), rng.standard_normal((7, 3))
        net.params["psi1"][:] = 0  # a neuron that psi reaches is not silent; it has the layer below for itself
        for name, before, after in isotropic_moves(rng, net):
            same(before, after, X, name)


def test_inputs_and_outputs():
    rng = np.random.default_rng(0)
    net, X = turned(rng), rng.standard_normal((7, 3))
    wide = ends.grow_outputs(ends.grow_inputs(net, 2)[0], 1)[0]
    before = outputs(net, X)
    agree(outputs(wide, np.hstack([X, rng.standard_normal((7, 2))]))[:, :2], before, "grow_inputs, grow_outputs")
    agree(outputs(ends.prune_outputs(ends.prune_inputs(wide, 2)[0], 1)[0], X), before, "prune_inputs, prune_outputs")


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_pool_moves(activation):
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        net, X = shaken(urn.Network.create(2, 2, 9, 4, activation, rng=rng), rng), rng.standard_normal((7, 2))
        same(net, urn.grow(net, 3, rng=rng)[0], X, "urn.pool.grow")
        p = net.params
        p["Wyh"][:, :2], p["Whh"][2:, :2] = 0, 0  # 0 and 1 speak to each other alone
        p["Whx"][3], p["Whh"][3], p["ch"][3] = 0, 0, 0  # 3 hears nothing
        small, event = urn.prune(net)
        assert event.neurons == 3
        same(net, small, X, "urn.pool.prune")


def silenced(net, name, axis, at):
    """Zeros at one place of one axis."""
    np.moveaxis(net.params[name], axis, 0)[at] = 0


def test_newborns_and_the_dying():
    """A newborn here speaks at once: silenced, it changes nothing; and what is silent goes without a trace."""
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        net, wide = shaken(ds.Network.create("abc", 4, rng=rng), rng), None
        wide = ds.grow(net, rng=rng)[0]
        silenced(wide, "Why", 1, -1)
        silenced(wide, "Whh", 1, -1)
        same(net, wide, "abcab", "differentiable_structure.rule.grow")
        same(wide, ds.prune(wide, [4])[0], "abcab", "differentiable_structure.rule.prune")

        layered, X = plain(rng), rng.standard_normal((7, 3))
        wide = layers.grow_layer(layered, 1, rng=rng)[0]
        silenced(wide, "W3", 1, -1)
        same(layered, wide, X, "differentiable_structure.layers.grow_layer")
        same(wide, layers.prune_layer(wide, 1, [5])[0], X, "differentiable_structure.layers.prune_layer")

        edges = [("a1", "x"), ("a2", "a1"), ("y", "a1"), ("y", "a2")]
        areas = shaken(Areas.create(3, 2, (3, 0), edges, steps=3, rng=rng), rng)
        wide = area_moves.grow_in(areas, "a2", rng=rng)[0]  # an area is born
        silenced(wide, "W_y<-a2", 1, -1)
        silenced(wide, "R_a2", 1, -1)
        same(areas, wide, X, "differentiable_structure.area_moves.grow_in")
        same(wide, area_moves.prune_in(wide, "a2", [0])[0], X, "differentiable_structure.area_moves.prune_in")

        deep = shaken(ds.Residual.create(3, 5, 2, 2, 3, rng=rng), rng)
        deeper = residual.grow_depth(deep, 1, rng=rng)[0]
        silenced(deeper, "V", 0, 1)
        same(deep, deeper, X, "differentiable_structure.residual.grow_depth")
        same(deeper, residual.prune_depth(deeper, [1])[0], X, "differentiable_structure.residual.prune_depth")


@pytest.mark.parametrize("rule", [name for name, row in RULES.items() if row.keeps])
def test_rules_that_keep_the_function(rule):
    rng = np.random.default_rng(0)
    net = shaken(
        MLP.create([7, 4, 2, 2], rng=rng), rng
    )  # fewer neurons than inputs: some rules look for a free direction
    X = rng.standard_normal((30, 7))
    for layer in (0, 1):
        proposal = RULES[rule].propose(look(net, layer, X, rng.integers(2, size=30)), rng=0)
        same(net, apply(net, layer, proposal)[0], X, f"{rule}")


def test_layers_that_are_put_in():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((7, 3))
    for activation in ("relu", "relu1", "identity"):
        net = plain(rng, activation)
        same(net, addition_depth.deeper(net, 0), X, "deeper")
    for activation in ("relu", "gelu", "silu", "softplus"):
        net = plain(rng, activation)
        same(net, addition_depth.deeper_pairs(net, 0), X, "deeper_pairs")


ELSEWHERE = {
    # policies and their parts, which call the moves above
    "differentiable_structure.spares.act", "differentiable_structure.area_rule", "demo.sized", "nimble.fit.opened",
    # what says in general how a change looks: `test_changes_of_basis` has its cases
    "addition.net2net.shared", "addition.proposal.apply",
    # it changes the function on purpose, by as little as it can: tests/addition/test_optimal_removal.py
    "addition.removal.removed",
}  # fmt: skip
HERE = {
    *(f"growth.basis.{name}" for name in changes(np.random.default_rng(0), 3)),
    *(f"isotropic.ends.{name}" for name in ("grow_inputs", "grow_outputs", "prune_inputs", "prune_outputs")),
    "isotropic.growing.grow", "isotropic.diagonalise.left_diagonalise", "isotropic.diagonalise.diagonalise",
    "isotropic.diagonalise.sparsify", "isotropic.reflection.reflect", "isotropic.pruning.prune", "isotropic.adaptation.adapt",
    "urn.pool.grow", "urn.pool.prune", "differentiable_structure.rule.grow", "differentiable_structure.rule.prune",
    "differentiable_structure.layers.grow_layer", "differentiable_structure.layers.prune_layer",
    "differentiable_structure.area_moves.grow_in", "differentiable_structure.area_moves.prune_in",
    "differentiable_structure.residual.grow_depth", "differentiable_structure.residual.prune_depth",
}  # fmt: skip


def test_no_move_is_without_a_witness():
    """Every function that returns an event, or a change of basis, is above, or says why not."""
    found = set()
    for package in ("addition", "differentiable_structure", "growth", "isotropic", "nimble", "urn"):
        for module in pkgutil.walk_packages([f"{minigrow.__path__[0]}/{package}"], f"minigrow.{package}."):
            if ".fast" not in module.name:
                space = importlib.import_module(module.name)
                for name, function in vars(space).items():
                    made = str(getattr(function, "__annotations__", {}).get("return", ""))
                    own = inspect.isfunction(function) and function.__module__ == module.name and name[0] != "_"
                    if own and ("Event]" in made or "Event, ...]" in made or made == "Change"):
                        found.add(f"{module.name.removeprefix('minigrow.')}.{name}")
    found = {name for name in found if not name.startswith(tuple(ELSEWHERE))}
    assert found == HERE
    assert set(ALLOWED) == set(mlp.EVERY_ACTIVATION)
