"""What laws compare: all of it, in eps of what they name; a law must fail where any of the things that it compares is off."""

import math
import sys

import numpy as np
import pytest
from trying import generators, wrapping

from minigrow import laws

LAWS = laws.all_laws()


def test_a_deviation_is_measured_in_eps_of_the_greatest_expected_entry():
    from minigrow.laws.cases import gradient_in_eps, in_eps

    eps, nan = laws.EPS, np.array([math.nan])
    assert in_eps(np.array([3.0, -2.0]), np.array([1.0, -4.0])) == 0.5 / eps
    assert in_eps(np.array([0.5]), np.zeros(1)) == 0.5 / eps
    assert in_eps(np.array([1.5], np.float32), np.ones(1, np.float32)) == 0.5 * 2**23
    assert in_eps(np.zeros(0), np.zeros(0)) == 0
    assert in_eps(nan, np.ones(1)) == in_eps(np.ones(1), nan) == math.inf
    assert gradient_in_eps(np.array([0.5, 0.25]), np.array([0.5, 0.0])) == 0.5 / eps
    assert gradient_in_eps(np.array([0.25]), np.zeros(1)) == 25 / eps  # of the floor, 0.01
    assert gradient_in_eps(np.array([0.25]), np.zeros(1), 0.125) == 2 / eps


def test_two_censuses_or_results_differ_by_what_one_counts(monkeypatch):
    from minigrow.laws.motifs import null
    from minigrow.laws.motifs.cases import adjacency, draw_graph, gap
    from minigrow.motifs import NullModel, analyse, from_edges
    from minigrow.motifs.esu import Census

    one, other = Census(3, np.array([1, 2]), np.array([2, 7])), Census(3, np.array([2, 3]), np.array([4, 8]))
    assert gap(one, other) == gap(other, one) == 2 + 3 + 8
    graph = from_edges([0, 1, 2, 0], [1, 0, 1, 2], [3, 5, 7, 1])
    assert adjacency(graph).tolist() == [[0, 3, 1], [5, 0, 0], [0, 7, 0]]
    assert null.kept(graph).sum(axis=0).tolist() == [1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 2]
    assert null.kept(graph)[:, -1].tolist() == [1, 1, 0]
    with np.errstate(over="ignore"):
        found = analyse(draw_graph(np.random.default_rng(0)), 3, np.random.default_rng(0), NullModel(random=3))
    ones = np.ones(found.ids.size)
    holed = np.where(np.arange(found.ids.size) == 0, np.nan, 1.0)
    for name in ("z", "p", "mean", "std", "familywise"):
        plain = found._replace(**{name: ones})
        assert null.differing(plain, plain) == 0
        assert null.differing(plain, found._replace(**{name: 1 + np.eye(ones.size)[1]})) == 1
        assert null.differing(plain, found._replace(**{name: holed})) == 1
        assert null.differing(found._replace(**{name: holed}), found._replace(**{name: holed.copy()})) == 0
    assert null.differing(found, found._replace(ids=found.ids + 1)) == math.inf
    assert null._defined(found._replace(z=holed * np.nan, p=ones)) == 0
    assert null._defined(found._replace(z=holed, p=ones)) == ones.size - 1
    assert null._defined(found._replace(z=ones * np.nan, p=holed)) == 1
    monkeypatch.setattr(null, "adjacency", lambda graph: np.eye(4))
    assert null.switching(np.random.default_rng(0)) == 4  # loops
    monkeypatch.setattr(null, "adjacency", lambda graph: np.zeros((4, 4)))
    monkeypatch.setattr(null, "edges", lambda graph: (np.zeros(4, int), np.zeros(4, int), None))
    assert null.switching(np.random.default_rng(0)) == 3  # edges that are there four times


def test_a_gate_is_smooth_if_it_neither_falls_nor_jumps_nor_bends_and_has_its_slope():
    from minigrow.laws.nimble import network
    from minigrow.nimble.gates import smooth_step

    def mostly(gate, least):
        return np.mean([network._joint_gap(rng, gate) > 1e6 for rng in generators(40)]) > least

    def waved(q, delta=1.0):
        """A wave is taken off, which has slope 0 at both joints."""
        (value, slope), u = smooth_step(q, delta), q / delta
        inside = (u.real >= 0) & (u.real <= 1)
        return value - inside * np.sin(np.pi * u) ** 2, slope - inside * np.pi * np.sin(2 * np.pi * u) / delta

    def changed(value=lambda u: 0.0, slope=lambda u: 0.0):
        return lambda q, delta=1.0: (
            smooth_step(q, delta)[0] + value(q / delta),
            smooth_step(q, delta)[1] + slope(q / delta) / delta,
        )

    assert not mostly(smooth_step, 0)
    assert mostly(waved, 0.99)
    assert mostly(changed(slope=lambda u: 1e-3 * (u > 0)), 0.99)
    assert mostly(changed(value=lambda u: -1e-3 * np.minimum(u.real, 0)), 0.99)  # it falls left of the step
    assert mostly(changed(value=lambda u: -1e-3 * np.maximum(u.real - 1, 0)), 0.99)  # and right of it
    for joint in (0, 1):
        assert mostly(changed(value=lambda u, joint=joint: 1e-3 * (u.real > joint)), 0.2)
        assert mostly(changed(slope=lambda u, joint=joint: 1e-3 * (u.real > joint) * (abs(u - joint) < 1e-9)), 0.2)


def test_a_jump_is_that_of_the_outputs_slope_at_the_joint_in_units_of_the_slopes_about(monkeypatch):
    from minigrow.laws.nimble import network
    from minigrow.nimble.gates import GATES
    from minigrow.nn import complex_step

    rng = np.random.default_rng(0)
    W, v = rng.uniform(-1, 1, (3, 5)), rng.uniform(0.5, 1, 5)
    for gate, sizes in (("step", (0.3, 1.6, 4.2)), ("mask", (0.2, 0.5, 0.9))):
        for s in sizes:
            found = complex_step(
                lambda z, gate=gate: np.sum(v * GATES[gate].f(z[0], 5)[0] * np.tanh(W[0] + W[1] + z[0] * W[2])),
                np.array([s]),
            )
            assert math.isclose(network._slope(gate, W, v, s), found[0], rel_tol=1e-12)
    for factor, scale in ((1.0, 4.0), (0.01, 0.1)):
        asked, slopes = [], {1.7: -4.0, 2.3: 3.0}

        def slope(gate, W, v, s, asked=asked, slopes=slopes, factor=factor):
            assert (gate, W.shape, v.shape) == ("step", (3, 5), (5,))
            asked.append(s)
            return factor * slopes.get(round(s, 9), 1.0 if s > 2 else 0.25)

        monkeypatch.setattr(network, "_slope", slope)
        assert math.isclose(network._slope_jump(rng, "step", 2.0) * laws.EPS, factor * 0.75 / scale, rel_tol=1e-12)
        np.testing.assert_allclose(sorted(asked), [1.7, 2 - 8 * laws.EPS, 2 + 8 * laws.EPS, 2.3], rtol=laws.EPS)


def test_a_law_that_trains_shows_no_progress_bar_even_on_a_terminal(monkeypatch):
    from minigrow.growth import loop

    class Bar(loop.tqdm):
        def __init__(self, *args, **options):
            assert options["disable"] is True
            super().__init__(*args, **options)

    monkeypatch.setattr(loop, "tqdm", Bar)
    for law in LAWS:
        if law.name.split(".")[1] in ("pinned", "released", "resumes", "resume", "twin"):
            assert law.check(laws.case(law.name, 0, 0)) <= law.tolerance


def spoiled(value):
    """The value a little off: a number, an array, an optimiser's memories, a network's weights, or both of a run."""
    if type(value) in (tuple, list):
        return type(value)(map(spoiled, value))
    if hasattr(value, "slots"):
        return value._replace(slots=tuple(map(spoiled, value.slots)))
    if hasattr(value, "theta"):
        return value.with_theta(value.theta + 1e-3)
    if hasattr(value, "net"):
        return value._replace(net=spoiled(value.net), state=spoiled(value.state))
    return value + 1e-3 if isinstance(value, (float, np.ndarray)) else value


@pytest.mark.parametrize(
    ("law", "name"),
    [
        ("growth.restores", "follow"),
        ("growth.restores", "moved"),
        ("growth.training_commutes", "follow"),
        ("growth.adam_commutes_with_places", "follow"),
        ("growth.pad", "pad"),
        ("growth.pad", "metric"),
        ("growth.pad", "follow"),
        ("addition.grow_then_remove", "follow"),
        ("addition.grow_then_remove", "removed"),
        ("addition.removal", "costs"),
        ("addition.residual", "inverse"),
        ("addition.senn_slope", "slope"),
        ("urn.path_gradient", "path_gradient"),
        ("urn.embed_mlp", "read_layers"),
        ("urn.embed_residual", "embed_residual"),
        ("urn.embed_residual", "embed_layers"),
        ("isotropic.precompute", "forward_precomputed"),
        ("isotropic.ends", "prune_inputs"),
        ("isotropic.ends", "grow_inputs"),
        ("nn.losses", "softmax_loss"),
        ("differentiable_structure.areas_birth", "grow_in"),
        ("differentiable_structure.memories", "accept"),
        ("differentiable_structure.resume", "load"),
        ("growth.resumes", "load_run"),
    ],
)
def test_a_law_notices_when_one_of_the_things_that_it_compares_is_off(monkeypatch, law, name):
    law = next(row for row in LAWS if row.name == law)
    module = sys.modules[law.check.__module__]
    real = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args, **options: spoiled(real(*args, **options)))
    assert max(law.check(laws.case(law.name, 0, number)) for number in range(3)) > law.tolerance


def test_a_change_is_held_against_its_inverse_and_its_places_against_its_matrix(monkeypatch):
    from minigrow.growth.basis import Change
    from minigrow.growth.places import Places
    from minigrow.laws.growth import basis, transport
    from minigrow.nn.optimisers import State

    drawn, real = basis._draw, basis.apply
    monkeypatch.setattr(basis, "_draw", lambda *case: (lambda one: Change(one.T, one.T))(drawn(*case)))
    assert basis.left_inverse(np.random.default_rng(0)) > 1e6
    monkeypatch.setattr(basis, "_draw", drawn)

    def off(moves, *rest):
        factor = 2 if isinstance(moves[0].change.T, Places) else 1
        return {name: factor * array for name, array in real(moves, *rest).items()}

    monkeypatch.setattr(basis, "apply", off)
    assert basis.left_inverse(np.random.default_rng(0)) > 1e6
    state = State(3, (np.ones(2), np.zeros(2)))
    assert transport._equal(state, State(3, (np.ones(2), np.zeros(2))))
    assert not transport._equal(state, State(4, state.slots))
    assert not transport._equal(state, State(3, (np.ones(2), np.ones(2))))


def test_what_must_be_the_same_bit_for_bit_is_all_compared(monkeypatch):
    from minigrow.laws.differentiable_structure import areas, memory
    from minigrow.laws.growth import training

    real, compared = np.array_equal, []
    for check, number in (
        (training.resumes_bit_for_bit, 6),
        (memory.resuming_is_going_on, 2),
        (training.grow_then_prune, 3),
    ):
        for odd in range(number + 1):
            compared.clear()
            with monkeypatch.context() as patch:
                patch.setattr(
                    np,
                    "array_equal",
                    lambda *pair, odd=odd, **o: compared.append(pair) or (len(compared) <= odd and real(*pair, **o)),
                )
                assert check(np.random.default_rng(0)) == (0 if odd == number else math.inf)
    monkeypatch.setattr(areas, "deviation", lambda *_: 0.0)
    assert areas._empty_gap(np.random.default_rng(0), 1) == math.inf
    monkeypatch.undo()
    monkeypatch.setattr(np, "array_equal", lambda *_: True)
    assert 1e6 < areas._empty_gap(np.random.default_rng(0), 1) < math.inf
    monkeypatch.undo()
    monkeypatch.setattr(training, "_one_more", lambda net, context: (net, ()))
    monkeypatch.setattr(training, "AutoAdapt", lambda **_: training._one_more)
    assert training.resumes_bit_for_bit(np.random.default_rng(0)) == math.inf  # no neuron has come behind the file


# laws that compare by hand, without one of these functions
MEASURES = ("in_eps", "gradient_in_eps", "deviation", "gap", "differing")


BY_HAND = {
    *(f"addition.{name}" for name in ("gradmax_best", "grow_then_remove", "north_orthogonal", "north_outside")),
    *(f"addition.{name}" for name in ("senn_bound", "senn_limit", "signed_splitting", "splitting")),
    *(f"differentiable_structure.{name}" for name in ("newborn_bound", "newborn_norm", "resume")),
    *(f"growth.{name}" for name in ("gradient_follows", "pad", "reset", "restores", "resumes")),
    *(f"motifs.{name}" for name in ("itself", "switching", "total", "uniform")),
    *(f"nimble.{name}" for name in ("closed", "continuous", "mask_sum", "released", "smooth_step")),
    *(f"urn.{name}" for name in ("group_step", "proximal", "symmetry_flip", "symmetry_path", "symmetry_relabel")),
    *("isotropic.removal_is_linear", "urn.symmetry_rescale"),
}


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_a_law_fails_where_all_that_it_measures_is_infinitely_far_off(monkeypatch, law):
    asked, off = [], 0.0 if law.name == "nn.no_other_symmetry" else math.inf  # that one counts what is not off
    for module in [module for name, module in sys.modules.items() if name.startswith("minigrow.laws.")]:
        for name in MEASURES:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, lambda *_: asked.append(law) or off)
    with wrapping(law):
        found = law.check(laws.case(law.name, 0, 0))
    assert bool(asked) is (law.name not in BY_HAND), (
        f"compare by one of {MEASURES}, or name the law in BY_HAND and test it by hand"
    )
    assert found > law.tolerance or not asked


def test_a_bound_is_exceeded_by_what_is_above_it_and_by_nothing_else(monkeypatch):
    from types import SimpleNamespace

    from minigrow.laws.addition import gradmax, north, senn, splitting
    from minigrow.laws.differentiable_structure import neurons

    peaks, grown, grow = [], [], neurons.grow
    monkeypatch.setattr(neurons, "grow", lambda *args, **o: grown.append(grow(*args, **o)) or grown[-1])

    def logits(net, x, factor):
        bounds, H = np.ones((len(x), net.symbols)), net.neurons - 1
        if net is grown[-1][0]:
            Why, Whh, e = abs(net.params["Why"]), abs(net.params["Whh"]), np.zeros(H)
            for t in range(len(x)):
                bounds[t] += (factor if t == len(x) - 1 else 0.999) * (Why[:, :H] @ e + Why[:, H])
                e = Whh[:H, :H] @ e + Whh[:H, H]
            peaks.append(bounds.max() - 1)
        return bounds

    for factor in (0.999, 1.001):
        monkeypatch.setattr(neurons, "_logits", lambda net, x, factor=factor: logits(net, x, factor))
        found = [neurons._newborn_excess(rng, 1.0) for rng in generators(5)]
        assert (min(found) > 1e6) if factor > 1 else (max(found) == 0)

    whole = neurons._newborn_excess(np.random.default_rng(0), 0.0)  # a newborn that says nothing may change nothing
    assert math.isclose(whole * laws.EPS, peaks[-1], rel_tol=1e-9)

    def longer(seen):
        return np.array([0.5 * gradmax.gradmax(seen, 2, c=1.0).B, 1.1 * gradmax.gradmax(seen, 2, c=1.0).B])

    assert math.isclose(gradmax._excess(np.random.default_rng(0), 2, longer) * laws.EPS, 0.21, rel_tol=1e-6)
    assert gradmax._excess(np.random.default_rng(0), 2, lambda seen: 0.9 * longer(seen)) < 1
    assert (senn._below(3.0, 2.0), senn._below(2.0, 3.0)) == (1 / 2.2e-16, 0)
    monkeypatch.setattr(senn, "natural", lambda seen: 2.5)
    monkeypatch.setattr(senn, "increase", lambda seen, A: 2.0)
    assert senn.limit(np.random.default_rng(0)) == 0.5 / 2.2e-16  # of 4 outputs
    monkeypatch.setattr(senn, "value", lambda seen, A: 3.0)
    assert senn.bound(np.random.default_rng(0)) == 1 / 2.2e-16
    for name in ("north_select", "north_pre"):
        with monkeypatch.context() as patch:  # the fan-in of an old neuron is not outside at all
            patch.setattr(north, name, lambda seen, *_: SimpleNamespace(A=seen.block.W1[:, :1]))
            assert north.more_outside(np.random.default_rng(0)) > 1e6
    kinds = []
    signed = splitting.signed_splitting
    monkeypatch.setattr(
        splitting,
        "signed_splitting",
        lambda seen, offspring, **o: (
            kinds.append(offspring) or signed(seen, offspring=offspring, **o)._replace(curvature=9.0)
        ),
    )
    assert splitting.signed_promise(np.random.default_rng(0)) == math.inf
    monkeypatch.setattr(
        splitting,
        "signed_splitting",
        lambda seen, offspring, **o: kinds.append(offspring) or signed(seen, offspring=offspring, **o),
    )
    assert splitting.signed_promise(np.random.default_rng(0)) < 1e-4 / laws.EPS
    assert kinds == [2, 2, 3, 4]


@pytest.mark.parametrize(
    ("law", "name", "call", "part"),
    [
        ("growth.training_commutes", "moved", 0, None),
        ("growth.training_commutes", "follow", 2, None),  # of momentum; SGD has no memories
        ("growth.adam_commutes_with_places", "moved", 1, None),
        ("growth.adam_commutes_with_places", "follow", 1, None),
        ("growth.metric", "_lived", 1, 0),
        ("growth.metric", "_lived", 1, 1),
    ],
)
def test_parameters_and_memories_are_both_compared(monkeypatch, law, name, call, part):
    """What a function returns is off at one call, from which nothing follows but the comparison."""
    law = next(row for row in LAWS if row.name == law)
    module = sys.modules[law.check.__module__]
    real, calls = getattr(module, name), []

    def once(*args, **options):
        found = real(*args, **options)
        calls.append(name)
        if len(calls) != call + 1:
            return found
        return (
            spoiled(found) if part is None else tuple(spoiled(one) if i == part else one for i, one in enumerate(found))
        )

    monkeypatch.setattr(module, name, once)
    found = []
    for number in range(3):
        calls.clear()
        found.append(law.check(laws.case(law.name, 0, number)))
    assert max(found) > law.tolerance


def test_adam_is_measured_not_to_commute_with_rotations():
    from minigrow.laws.growth.training import adam_gap

    assert max(map(adam_gap, generators(3))) > 1e6
