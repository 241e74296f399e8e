"""The change of basis against dense matrices written out entry by entry, for every change, composition and error."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.growth import Move, Plan, append, duplicate, keep, moved, permute, rotate, start, train
from minigrow.growth.basis import Change, apply, carry, flip, place, rescale
from minigrow.growth.places import matrix
from minigrow.nn import MLP, SGD
from minigrow.nn.initialisers import orthogonal


@st.composite
def changes(draw, h=None, kinds=("rotate", "permute", "flip", "rescale", "append", "insert", "duplicate", "keep")):
    """A change on h neurons, with T (new, h) and U (h, new) written out from its definition."""
    h = draw(st.integers(1, 5)) if h is None else h
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    kind = draw(st.sampled_from(kinds))
    one = np.eye(h)
    if kind == "rotate":
        R = orthogonal(h, h, rng)
        return rotate(R), R.T, R
    if kind == "permute":
        order = rng.permutation(h)
        T = np.zeros((h, h))
        for i, old in enumerate(order):
            T[i, old] = 1
        return permute(order), T, T.T
    if kind == "flip":
        signs = rng.choice([-1, 1], h)
        return flip(signs), np.diag(signs), np.diag(signs)
    if kind == "rescale":
        c = rng.uniform(0.2, 5, h)
        return rescale(c), np.diag(c), np.diag(1 / c)
    if kind == "append":
        k = int(rng.integers(1, 4))
        T = np.vstack([one, np.zeros((k, h))])
        return append(h, k), T, T.T
    if kind == "insert":
        before = int(rng.integers(h + 1))
        T = np.insert(one, before, 0, axis=0)
        return place(np.insert(np.arange(h), before, -1), h), T, T.T
    if kind == "duplicate":
        i, q = int(rng.integers(h)), float(rng.uniform(0.1, 0.9))
        U = np.hstack([one, one[:, [i]] * (1 - q)])
        U[i, i] = q
        return duplicate(h, i, q), np.vstack([one, one[[i]]]), U
    kept = rng.permutation(h)[: rng.integers(1, h + 1)]
    return keep(kept, h), one[kept], one[:, kept]


DTYPES = st.sampled_from([np.float32, np.float64])


def close(a, b, dtype=np.float64):
    np.testing.assert_allclose(a, b, atol=1e-5 if dtype == np.float32 else 1e-13)


@given(changes())
def test_matrices_are_what_the_table_says(case):
    change, T, U = case
    close(matrix(change.T), T)
    close(matrix(change.Ut).T, U)
    assert (change.new, change.old) == T.shape


@given(changes())
def test_dual_and_squared(case):
    change, T, U = case
    close(matrix(change.dual.T), U.T)
    close(matrix(change.dual.Ut).T, T.T)
    close(matrix(change.squared.T), T**2)
    close(matrix(change.squared.Ut).T, U**2)


@given(changes(), DTYPES, st.integers(0, 99))
def test_apply_multiplies_every_axis_that_names_the_space(case, dtype, seed):
    change, T, U = case
    rng, h = np.random.default_rng(seed), change.old
    params = {
        "W": rng.standard_normal((h, 2)).astype(dtype),
        "b": rng.standard_normal(h).astype(dtype),
        "V": rng.standard_normal((3, h)).astype(dtype),
        "hh": rng.standard_normal((h, h)).astype(dtype),
        "cube": rng.standard_normal((2, h, 3)).astype(dtype),
        "other": rng.standard_normal((2, 2)).astype(dtype),
    }
    axes = {
        "W": ("+h", "-x"),
        "b": ("+h",),
        "V": ("+y", "-h"),
        "hh": ("+h", "-h"),
        "cube": ("+y", "-h", "-x"),
        "other": ("+x", 2),
    }
    kept = {name: array.copy() for name, array in params.items()}
    found = apply([Move("h", change)], params, axes)
    assert list(found) == list(params)
    close(found["W"], T @ params["W"], dtype)
    close(found["b"], T @ params["b"], dtype)
    close(found["V"], params["V"] @ U, dtype)
    close(found["hh"], T @ params["hh"] @ U, dtype)
    close(found["cube"], np.einsum("ahc,hn->anc", params["cube"], U), dtype)
    close(found["other"], params["other"], 0)
    for name, array in params.items():
        np.testing.assert_array_equal(array, kept[name])
        assert found[name].dtype == dtype
        assert found[name].flags.c_contiguous
        assert not any(np.shares_memory(found[name], other) for other in params.values())


@given(changes(), changes(), st.integers(0, 99))
def test_moves_in_two_spaces_do_not_mix(one, two, seed):
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((two[0].old, one[0].old))
    moves = [Move("a", one[0]), Move("b", two[0])]
    found = apply(moves, {"W": W}, {"W": ("+b", "-a")})["W"]
    close(found, two[1] @ W @ one[2])
    close(apply(moves[::-1], {"W": W}, {"W": ("+b", "-a")})["W"], found)


@given(changes(), st.data())
def test_composition_is_the_product(first, data):
    a, T1, U1 = first
    b, T2, U2 = data.draw(changes(h=a.new))
    both = a.then(b)
    close(matrix(both.T), T2 @ T1)
    close(matrix(both.Ut).T, U1 @ U2)
    c, T3, U3 = data.draw(changes(h=b.new))
    close(matrix(both.then(c).T), T3 @ T2 @ T1)
    close(matrix(a.then(b.then(c)).Ut).T, U1 @ U2 @ U3)


@given(st.data())
def test_composition_of_lists_of_places_stays_one(data):
    kinds = ("permute", "flip", "rescale", "append", "insert", "duplicate", "keep")
    a, *_ = data.draw(changes(kinds=kinds))
    b, *_ = data.draw(changes(h=a.new, kinds=kinds))
    assert not isinstance(a.then(b).T, np.ndarray)


@given(changes(h=2), changes(h=3))
def test_composition_wants_matching_sizes(one, two):
    if one[0].new != 3:
        with pytest.raises(ValueError, match=f"a change of 3 neurons cannot follow one that leaves {one[0].new}"):
            one[0].then(two[0])


@given(changes(), st.integers(0, 99), DTYPES)
def test_optimiser_state_maps_like_a_gradient(case, seed, dtype):
    change, T, U = case
    rng = np.random.default_rng(seed)
    slots = {
        "W": rng.standard_normal((change.old, 2)).astype(dtype),
        "V": rng.standard_normal((2, change.old)).astype(dtype),
    }
    axes = {"W": ("+h", "-x"), "V": ("+y", "-h")}
    first = carry([Move("h", change)], slots, axes, order=1)
    close(first["W"], U.T @ slots["W"], dtype)
    close(first["V"], slots["V"] @ T.T, dtype)
    second = carry([Move("h", change)], slots, axes, order=2)
    close(second["W"], U.T**2 @ slots["W"], dtype)
    close(second["V"], slots["V"] @ T.T**2, dtype)
    assert {array.dtype for array in (*first.values(), *second.values())} == {np.dtype(dtype)}


@given(changes(kinds=("append", "insert")))
def test_new_state_starts_at_zero(case):
    change, T, _ = case
    found = carry([Move("h", change)], {"W": np.ones((change.old, 2))}, {"W": ("+h", "-x")}, order=2)["W"]
    np.testing.assert_array_equal(found[:, 0], T.sum(axis=1))


@given(h=st.integers(1, 5), k=st.integers(1, 4), seed=st.integers(0, 99))
def test_append_then_keep_is_nothing(h, k, seed):
    W = np.random.default_rng(seed).standard_normal((h, 3))
    there_and_back = append(h, k).then(keep(range(h), h + k))
    np.testing.assert_array_equal(matrix(there_and_back.T), np.eye(h))
    np.testing.assert_array_equal(apply([Move("h", there_and_back)], {"W": W}, {"W": ("+h", "-x")})["W"], W)


def test_appended_places_stay_empty_when_composed():
    change = append(1, 1).then(rescale([2.0, 5.0])).then(permute([1, 0]))
    np.testing.assert_array_equal(matrix(change.T), [[0], [2]])
    np.testing.assert_array_equal(matrix(change.Ut), [[0], [0.5]])


def test_callers_lists_are_copied():
    signs, order, c = np.array([1.0, -1.0]), np.array([1, 0]), np.array([2.0, 4.0])
    built = [flip(signs), permute(order), rescale(c)]
    dense = [matrix(change.T).copy() for change in built]
    signs[:], order[:], c[:] = 1, 0, 9
    for change, expected in zip(built, dense, strict=True):
        np.testing.assert_array_equal(matrix(change.T), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rotations_are_checked_in_their_own_precision(dtype):
    R = orthogonal(30, 30, np.random.default_rng(0)).astype(dtype)
    assert rotate(R).new == 30
    with pytest.raises(ValueError, match="R must be orthogonal, but R'R differs from 1 by up to"):
        rotate(R * dtype(1.02))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: rotate(np.ones((2, 3))), r"R must be a square matrix, got shape \(2, 3\)"),
        (lambda: rotate(np.ones(3)), "R must be a square matrix"),
        (lambda: rotate(np.full((2, 2), np.nan)), "R must be orthogonal"),
        (lambda: rotate(np.ones((2, 2))), "Use the Q of a QR factorisation"),
        (lambda: rotate([[0.0, 0.0], [2.0, 1.0]]), r"R'R differs from 1 by up to 3\.0e\+00"),
        (lambda: permute([0, 0]), r"order must list each of 0..1 once, got \[0, 0\]"),
        (lambda: permute([1, 2]), "order must list each"),
        (lambda: permute([-1, 0]), "order must list each"),
        (lambda: flip([1, 0]), r"signs must be 1 or -1.*rescale"),
        (lambda: flip([1, np.nan]), "signs must be 1 or -1"),
        (lambda: rescale([1.0, 0.0]), r"factors must be finite and > 0.*flip"),
        (lambda: rescale([-2.0]), "factors must be finite and > 0"),
        (lambda: rescale([np.inf]), "factors must be finite and > 0"),
        (lambda: rescale([np.nan]), "factors must be finite and > 0"),
        (lambda: rescale([[2.0]]), r"factors must be a vector \(h,\), got shape \(1, 1\)"),
        (lambda: append(2, 0), "neurons must be a whole number >= 1, got 0"),
        (lambda: append(2, 1.5), "neurons must be a whole number, got 1.5"),
        (lambda: duplicate(2, 2, 0.4), "neuron must be in 0..1, got 2"),
        (lambda: duplicate(2, -1, 0.4), "neuron must be a whole number >= 0"),
        (lambda: duplicate(2, 0, 0.5), r"share must be finite and not 1/2, got 0.5.*twins for ever"),
        (lambda: duplicate(2, 0, np.nan), "share must be a number, got nan"),
        (lambda: duplicate(2, 0, np.inf), "share must be finite and not 1/2"),
        (lambda: place([2], 2), r"sources must name neurons 0..1, or -1 for a new one, got \[2\]"),
        (lambda: place([-2], 2), "sources must name neurons"),
        (lambda: place([[0]], 2), "each of sources must be a whole number"),
        (lambda: keep([], 2), "at least one of the 2 neurons must be kept"),
        (lambda: keep([2], 2), r"different neurons in 0..1, got \[2\]"),
        (lambda: keep([-1], 2), "different neurons in 0..1"),
        (lambda: keep([1, 1], 2), "different neurons in 0..1"),
    ],
)
def test_errors(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@given(changes(h=3), st.sampled_from([("+h", "-x"), ("+y", "-h")]))
def test_a_layer_of_another_size_is_refused(case, roles):
    with pytest.raises(ValueError, match="the change is for 3 neurons, but W has 4"):
        apply([Move("h", case[0])], {"W": np.ones((4, 4))}, {"W": roles})


def test_a_change_may_be_built_from_matrices():
    change = Change(np.array([[1.0, 1.0]]), np.array([[0.5, 0.5]]))
    assert (change.old, change.new) == (2, 1)
    found = apply([Move("h", change)], {"V": np.array([[2.0, 4.0]])}, {"V": ("+y", "-h")})["V"]
    np.testing.assert_array_equal(found, [[3.0]])


def test_rotations_may_be_off_by_rounding_but_not_by_more():
    R = orthogonal(30, 30, np.random.default_rng(0))
    rotate(R * (1 + 1e-12))
    with pytest.raises(ValueError, match="R must be orthogonal"):
        rotate(R * (1 + 1e-11))


def test_one_common_factor_counts_too():
    found = apply([Move("h", rescale([2.0, 2.0]))], {"W": np.ones((2, 1))}, {"W": ("+h", "-x")})
    np.testing.assert_array_equal(found["W"], 2)


def test_a_copy_wants_its_share_told():
    with pytest.raises(TypeError, match="share"):
        duplicate(1, 0)
    np.testing.assert_array_equal(matrix(duplicate(1, 0, 0.25).Ut), [[0.25], [0.75]])


def test_equal_halves_would_stay_twins_and_other_shares_do_not():
    """Written out with matrices, since `duplicate` refuses it: the two copies never part, so the layer gained nothing."""
    X, y = np.random.default_rng(0).standard_normal((20, 4)), np.arange(20) % 2
    distance = []
    for share in (0.5, 0.4):
        split = np.array([[share], [1 - share]])
        net = moved(MLP.create([4, 1, 2], rng=0), [Move("h1", Change(np.ones((2, 1)), split))])
        run = train(start(net, SGD(0.5), rng=0), X, y, Plan(epochs=50, batch=None, quiet=True))
        distance.append(float(np.abs(np.diff(run.net.params["W1"], axis=0)).max()))
    assert distance[0] == 0
    assert distance[1] > 1e-3


@given(changes(h=2), st.sampled_from(["h2", "hidden", "", "+h", "3"]))
def test_a_move_that_touches_no_axis_is_refused(case, space):
    with pytest.raises(
        ValueError, match=rf"a move on '{re.escape(space)}' touches no axis: the spaces are h, x, y. Is it a typo"
    ):
        apply(
            [Move(space, case[0])], {"W": np.ones((2, 2)), "V": np.ones((1, 2))}, {"W": ("+h", "-x"), "V": ("+y", "-h")}
        )


@pytest.mark.parametrize("role", ["h", "", "*h", "+"])
def test_a_role_without_its_sign_is_refused(role):
    with pytest.raises(ValueError, match=r"a role must be \+ or - and a space"):
        apply([Move("h", append(2, 1))], {"W": np.ones((2, 2))}, {"W": (role, "-x")})
    with pytest.raises(ValueError, match=r"a role must be \+ or - and a space"):
        carry([Move("h", append(2, 1))], {"W": np.ones((2, 2))}, {"W": (role, "-x")}, 1)


def test_moved_keeps_the_kind_and_replaces_other_fields():
    net = MLP.create([4, 3, 2], rng=0)
    wide = moved(net, [Move("h1", append(3, 2)), Move("h0", keep([0, 2], 4))], activation="relu")
    assert (wide.widths, wide.activation) == ((2, 5, 2), "relu")
    np.testing.assert_array_equal(wide.params["W1"][:3], net.params["W1"][:, [0, 2]])
    assert moved(net, []).theta is not net.theta
