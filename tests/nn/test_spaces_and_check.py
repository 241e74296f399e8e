"""What follows from sizes, axes and theta alone, against counting by hand; and the gradient check itself."""

import copy
import pickle
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minigrow.nn import MLP, Layered, Spaces, complex_step, deviation
from minigrow.nn.check import central_step
from minigrow.nn.params import flatten, size, views
from minigrow.nn.spaces import entries, lengths, ranges, sizes_of, space_of

SHAPES = st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple), min_size=1, max_size=5).map(
    lambda shapes: {f"p{i}": shape for i, shape in enumerate(shapes)}
)


@given(shapes=SHAPES, dtype=st.sampled_from([np.float32, np.float64]))
def test_views_and_flatten_are_inverse(shapes, dtype):
    theta = np.arange(size(shapes), dtype=dtype)
    named = views(theta, shapes)
    assert list(named) == list(shapes)
    assert {name: array.shape for name, array in named.items()} == shapes
    assert all(array.dtype == dtype for array in named.values())
    back = flatten(named)
    np.testing.assert_array_equal(back, theta)
    assert not np.shares_memory(back, theta)


@given(shapes=SHAPES)
def test_views_are_windows_that_do_not_overlap(shapes):
    theta = np.zeros(size(shapes))
    for number, array in enumerate(views(theta, shapes).values(), start=1):
        assert not array.any()
        array[...] = number
    assert theta.all()


@given(shapes=SHAPES, surplus=st.sampled_from([-1, 1]))
def test_views_want_the_exact_length(shapes, surplus):
    with pytest.raises(ValueError, match="theta must have shape"):
        views(np.zeros(size(shapes) + surplus), shapes)
    with pytest.raises(ValueError, match="theta must have shape"):
        views(np.zeros((size(shapes), 1)), shapes)


@given(x=arrays(np.float64, st.integers(1, 6), elements=st.floats(-3, 3)))
def test_both_steps_find_a_known_gradient(x):
    def f(v):
        return np.sum(np.exp(v) * v)

    expected = np.exp(x) * (x + 1)
    np.testing.assert_allclose(complex_step(f, x), expected, rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(central_step(f, x), expected, rtol=1e-7, atol=1e-8)


def test_complex_step_loses_no_digits_where_differences_do():
    x = np.array([1e-3])
    assert complex_step(lambda v: np.sum(v**2) + 1e8, x)[0] == pytest.approx(2e-3, rel=1e-15)
    assert central_step(lambda v: np.sum(v**2) + 1e8, x)[0] != pytest.approx(2e-3, rel=1e-6)


def test_steps_leave_the_point_alone():
    x = np.array([1.0, 2.0])
    complex_step(np.sum, x)
    central_step(np.sum, x)
    np.testing.assert_array_equal(x, [1, 2])


def test_the_complex_step_wants_a_real_point():
    for bad in (np.array([1.0 + 2j]), np.array([np.nan])):
        with pytest.raises(ValueError, match="x must hold real numbers, got"):
            complex_step(np.sum, bad)


def test_the_complex_step_wants_a_vector_and_one_number():
    with pytest.raises(ValueError, match="f must return one number, a scalar"):
        complex_step(lambda x: x, np.ones(2))
    with pytest.raises(ValueError, match="x must"):
        complex_step(np.sum, np.ones((2, 2)))


def test_deviation_is_relative_to_the_greatest_expected_entry():
    assert deviation(np.array([1.0, -3.0]), np.array([1.0, -4.0])) == 0.25
    assert deviation(np.array([0.5]), np.array([0.0])) == 0.5
    assert deviation(np.zeros(0), np.zeros(0)) == 0
    with pytest.raises(ValueError, match=r"one shape, got \(2,\) and \(3,\)"):
        deviation(np.zeros(2), np.zeros(3))


def test_deviation_is_relative_below_one_too():
    assert deviation(np.array([0.25]), np.array([0.5])) == 0.5


@dataclass(frozen=True, eq=False)
class Loop(Spaces):
    """A network with a loop, a plain length, and something that is not trained."""

    sizes: dict
    theta: np.ndarray

    axes = {  # noqa: RUF012
        "Wxh": ("+h", "-x"), "Whh": ("+h", "-h"), "b": ("+h",), "taps": (3, "-h"), "Why": ("+y", "-h"), "start": ("+h",),
    }  # fmt: skip
    trained = ("Wxh", "Whh", "b", "taps", "Why")


SIZES = st.tuples(st.integers(1, 4), st.integers(0, 5), st.integers(1, 3)).map(
    lambda m: dict(zip("xhy", m, strict=True))
)


@given(sizes=SIZES)
def test_all_follows_from_sizes_and_axes(sizes):
    x, h, y = sizes.values()
    net = Loop(sizes, np.dtype(np.float32))
    assert net.theta.dtype == np.float32
    assert not net.theta.any()
    assert net.shapes == {"Wxh": (h, x), "Whh": (h, h), "b": (h,), "taps": (3, h), "Why": (y, h), "start": (h,)}
    assert net.parameters == net.theta.size == h * x + h * h + h + 3 * h + y * h + h
    assert net.widths == (x, h, y)
    assert net.active == sizes
    assert net.gated == {}
    assert net.cost == h * x + h * h + 3 * h + y * h  # every entry that consumes something is one multiply-add
    assert net.priced == ("Whh", "taps", "Why")  # what leaves hidden neurons, not what leaves the inputs
    assert net.decayed == net.trained
    assert [(to, source) for to, source, _ in net.wires] == [("h", "x"), ("h", "h"), ("y", "h")]


def test_windows_are_written_through():
    net = Loop({"x": 2, "h": 2, "y": 1}, np.dtype(float))
    for number, (name, array) in enumerate(net.params.items(), start=1):
        array[...] = number
        assert (net.theta == number).sum() == np.prod(net.shapes[name])
    assert net.wires[1].W[0, 0] == 2
    net.wires[1].W[0, 0] = 9
    assert 9 in net.theta


@given(sizes=SIZES, names=st.lists(st.sampled_from(list(Loop.axes)), unique=True))
def test_ranges_are_the_entries_of_the_named_parameters(sizes, names):
    net, marked = Loop(sizes, np.dtype(float)), np.zeros(Loop(sizes, np.dtype(float)).parameters)
    for first, last in ranges(net, names):
        marked[first:last] += 1
    for name, array in views(marked, net.shapes).items():
        assert (array == (name in names)).all()
    rows = [row for row in ranges(net, names).tolist() if row[0] < row[1]]
    assert all(a[1] < b[0] for a, b in pairwise(rows)) or not sizes["h"]
    assert entries(net, names) == marked.sum()


def test_with_params_reads_the_sizes_off_the_arrays_and_takes_other_fields():
    net = Loop({"x": 2, "h": 2, "y": 1}, np.dtype(float))
    other = Loop({"x": 2, "h": 3, "y": 1}, np.arange(33.0))
    wide = net.with_params(other.params)
    assert wide.sizes == {"x": 2, "h": 3, "y": 1}
    np.testing.assert_array_equal(wide.theta, other.theta)
    assert not np.shares_memory(wide.theta, other.theta)
    assert (
        MLP.create([2, 3, 1], rng=0).with_params(MLP.create([2, 4, 1], rng=0).params, activation="relu").activation
        == "relu"
    )
    torn = dict(other.params, b=np.zeros(2))
    with pytest.raises(ValueError, match="space h has 3 neurons elsewhere, but b has 2"):
        net.with_params(torn)


def test_with_theta_shares_the_vector_and_may_be_complex():
    net = MLP.create([2, 3, 1], rng=0)
    theta = net.theta.astype(complex)
    assert net.with_theta(theta).theta is theta
    with pytest.raises(ValueError, match=r"theta must have shape \(13,\)"):
        net.with_theta(theta[:-1])


@pytest.mark.parametrize("bad", ["h1", "", "+", "*h1", "h"])
def test_a_role_without_its_sign_is_refused(bad):
    with pytest.raises(ValueError, match=r"a role must be \+ or - and a space.*or a whole number, got"):
        space_of(bad)
    with pytest.raises(ValueError, match="a role must be"):
        lengths((bad,), {"h1": 2, "h": 2})

    @dataclass(frozen=True, eq=False)
    class Wrong(Spaces):
        sizes: dict
        theta: np.ndarray
        axes = {"W": (bad, "-x")}  # noqa: RUF012

    with pytest.raises(ValueError, match="a role must be"):
        Wrong({"x": 1, "h1": 2, "h": 2}, np.dtype(float))


def test_sizes_of_names_the_parameter_that_disagrees():
    axes = {"W": ("+h", "-x"), "V": ("+y", "-h"), "taps": (3, "-h")}
    params = {"W": np.ones((2, 4)), "V": np.ones((1, 2)), "taps": np.ones((3, 2))}
    assert sizes_of(params, axes) == {"h": 2, "x": 4, "y": 1}
    with pytest.raises(ValueError, match="space h has 2 neurons elsewhere, but V has 5"):
        sizes_of(params | {"V": np.ones((1, 5))}, axes)


@pytest.mark.parametrize("bad", [-1, 1.5, None, "3", True])
def test_sizes_are_whole_numbers(bad):
    with pytest.raises(ValueError, match="the size of space h must be a whole number >= 0"):
        Loop({"x": 1, "h": bad, "y": 1}, np.dtype(float))
    with pytest.raises(ValueError, match="each width must be a whole number"):
        MLP((2, bad, 1), "tanh", np.zeros(3))


@pytest.mark.parametrize("bad", ["xhy", [1, 2, 1], {}, None])
def test_sizes_name_the_spaces(bad):
    with pytest.raises(ValueError, match="sizes must name spaces and how many neurons they have, got"):
        Loop(bad, np.dtype(float))


def test_a_network_without_axes_or_gradient_is_told():
    @dataclass(frozen=True, eq=False)
    class Bare(Spaces):
        sizes: dict
        theta: np.ndarray

    with pytest.raises(NotImplementedError, match="Bare must say which spaces its parameters join: define `axes`"):
        Bare({"x": 1}, np.zeros(0))
    with pytest.raises(NotImplementedError, match="Loop must define `gradient`"):
        Loop({"x": 1, "h": 1, "y": 1}, np.dtype(float)).gradient(1, "mse")


@given(hidden=st.lists(st.integers(1, 4), max_size=4))
def test_hidden_layers_are_counted_from_0(hidden):
    net = MLP.create([2, *hidden, 1], rng=0)
    assert isinstance(net, Layered)
    assert net.layers == len(hidden) + 1
    assert list(net.sizes) == [f"h{l}" for l in range(len(hidden) + 2)]
    for layer, m in enumerate(hidden):
        assert net.widths[net.hidden(layer)] == net.sizes[f"h{net.hidden(layer)}"] == m
    if not hidden:
        with pytest.raises(ValueError, match="has no hidden layer"):
            net.hidden(0)
        return
    with pytest.raises(ValueError, match=rf"0\.\.{len(hidden) - 1} for widths .*, got {len(hidden)}"):
        net.hidden(len(hidden))
    for bad in (-1, 0.5, True, None, "h1"):
        with pytest.raises(ValueError, match="layer must be a whole number >= 0"):
            net.hidden(bad)


def test_widths_and_named_sizes_make_the_same_network():
    theta = np.arange(13.0)
    one, two = MLP((2, 3, 1), "tanh", theta), MLP({"h0": 2, "h1": 3, "h2": 1}, "tanh", theta)
    assert one.sizes == two.sizes
    assert one.shapes == two.shapes


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))], ids=["copy", "pickle"])
def test_the_named_windows_of_a_copied_network_look_on_its_own_theta(copied):
    net = MLP.create([40, 30, 2], rng=0)
    before = net(np.ones((1, 40)))
    other = copied(net)
    np.testing.assert_array_equal(other(np.ones((1, 40))), before)
    assert np.shares_memory(other.params["W1"], other.theta)
    assert not np.shares_memory(other.theta, net.theta)
    assert len(pickle.dumps(net)) < 1.2 * net.theta.nbytes  # the windows do not travel
