"""The door takes what an annotation says and refuses the rest in one sentence; fields and feeding do so too."""

import os
import pathlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

from minigrow.nn import MLP, door, feeding, validate

NAN = float("nan")


def take(hint, value, name="value"):
    """What a function whose one argument has this annotation is given."""

    def function(value):
        return value

    def renamed(rng=None, net=None):
        return net if rng is None else rng

    if name != "value":
        return door.door(renamed)(**{name: value})
    function.__annotations__["value"] = hint
    return door.door(function)(value)


ARRAY = np.array([1.0, 2.0])
RIGHT = {
    "a whole number": (int, np.int64(3), 3),
    "a number": (float, 3, 3),
    "a word": (str, "a", "a"),
    "a flag": (bool, np.False_, np.False_),
    "a class": (type, int, int),
    "nothing": (int | None, None, None),
    "one of two": (int | str, "a", "a"),
    "whole numbers": (Sequence[int], [1, np.int32(2)], [1, 2]),
    "a tuple of whole numbers": (tuple[int, ...], (1, 2), (1, 2)),
    "a range": (Sequence[int], range(2), (0, 1)),
    "a generator is read once": (Iterable[int], (i for i in range(2)), (0, 1)),
    "data": (Sequence[float], [1.0, 2.0], [1.0, 2.0]),
    "words in an array": (Sequence[str], np.array(["a", "b"]), ("a", "b")),
    "a pair": (tuple[int, str], (1, "a"), (1, "a")),
    "a pair of anything": (tuple[Any, int], [object, 1], [object, 1]),
    "anything in a sequence": (Sequence[Any], (1, "a"), (1, "a")),
    "a mapping": (Mapping[str, int], {"a": 1}, {"a": 1}),
    "a function": (Callable[[int], int], abs, abs),
    "a plain callable": (Callable, abs, abs),
    "a path": (os.PathLike[str], pathlib.PurePosixPath("a"), pathlib.PurePosixPath("a")),
    "what no annotation says": (Any, print, print),
    "one that is unknown among some": (int | Any, print, print),
}


@pytest.mark.parametrize(("hint", "value", "expected"), RIGHT.values(), ids=RIGHT)
def test_what_fits_the_annotation_goes_through(hint, value, expected):
    found = take(hint, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("hint", [Sequence[int], Sequence[bool], Sequence[float], np.ndarray])
def test_arrays_stay_arrays(hint):
    value = np.array([True, False]) if hint == Sequence[bool] else np.array([1, 2])
    assert take(hint, value) is value


WRONG = {
    "a flag for a whole number": (int, True, "value must be a whole number, got True."),
    "a fraction of a whole number": (int, 2.5, "value must be a whole number, got 2.5."),
    "not a number": (float, NAN, "value must be a number, got nan."),
    "a number for a word": (str, 3, "value must be a word, got 3."),
    "a number for a flag": (bool, 1, "value must be True or False, got 1."),
    "neither of two": (int | str, 2.5, "value must be a whole number or a word, got 2.5."),
    "nothing": (int, None, "value must be a whole number, got None."),
    "a word for a sequence": (Sequence[int], "12", "value must be a sequence of these: a whole number; got '12'."),
    "a number for a sequence": (Sequence[str], 3, "value must be a sequence of these: a word; got 3."),
    "a set": (Sequence[Any], {1}, "value must be a sequence of these: values; got {1}."),
    "a wrong item": (Sequence[int], [1, "2"], "each of value must be a whole number, got '2'."),
    "halves": (Sequence[int], ARRAY, "value must hold whole numbers, got dtype float64."),
    "a matrix of whole numbers": (
        Sequence[int],
        np.zeros((0, 2), int),
        "a sequence of these: a whole number; got an array of",
    ),
    "complex numbers": (Sequence[float], [1j], "value must be a sequence of these: a number; got an array of"),
    "numbers for words": (Sequence[str], np.zeros(0), "value must be a sequence of these: a word; got an array of"),
    "numbers for functions": (
        Sequence[Callable],
        ARRAY,
        "value must be a sequence of these: a function; got an array of",
    ),
    "a sequence that is too long": (tuple[int, int], (1, 2, 3), r"value must be a tuple of 2, got \(1, 2, 3\)."),
    "no pair": (tuple[int, int], 3, "value must be a tuple of 2, got 3."),
    "no mapping": (Mapping[str, int], [1], "value must be a mapping, such as {name: value}, got"),
    "no function": (Callable[[int], int], 3, "value must be a function, got 3."),
    "no path": (os.PathLike[str], 3, r"value must be a PathLike \(os\), got 3."),
    "of another class": (MLP, 3, r"value must be a MLP \(minigrow.nn\), got 3."),
    "masked": (
        np.ndarray,
        np.ma.masked_array([1.0], [True]),
        "value must hold a number everywhere, got masked entries",
    ),
}


@pytest.mark.parametrize(("hint", "value", "words"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_refused_in_a_sentence(hint, value, words):
    with pytest.raises(ValueError, match=words):
        take(hint, value)


def test_seeds_and_networks_are_known_by_their_names():
    net, rng = MLP.create([2, 2], rng=0), np.random.default_rng(0)
    assert take(Any, 7, "rng") == 7
    assert take(Any, rng, "rng") is rng
    assert take(Any, net, "net") is net
    with pytest.raises(ValueError, match=r"rng must be .* a seed >= 0 or None"):
        take(Any, "7", "rng")
    for wrong in (3, MLP):
        with pytest.raises(ValueError, match="net must be a network"):
            take(Any, wrong, "net")


def test_more_arguments_than_are_named_go_through():
    @door.door
    def named(n: int, *rest: Any, **more: int):
        return n, rest, more

    assert named(1, "a", "b", c="d") == (1, ("a", "b"), {"c": "d"})


class Settings(NamedTuple):
    """A plain record."""

    steps: int = 1
    share: float = NAN
    places: tuple[int, ...] = ()
    other: Any = None


@dataclass(frozen=True)
class Frozen:
    """A frozen record."""

    steps: int = 1


def test_fields_are_checked_by_the_annotations_of_their_class():
    door.fields(Settings(3, NAN, (1,), print))  # the default says that NaN is "not defined"
    door.fields(Frozen())
    for wrong, words in {
        Settings("3"): "steps must be a whole number, got '3'",
        Settings(share="a"): "share must be a number, got 'a'",
        Settings(places=iter([1])): "places must be read more than once, got .*Make it a tuple",
        Frozen(2.5): "steps must be a whole number, got 2.5",
    }.items():
        with pytest.raises(ValueError, match=words):
            door.fields(wrong)


def test_a_class_that_was_loaded_again_is_still_the_same():
    again = type("MLP", (), {"__module__": MLP.__module__, "__qualname__": MLP.__qualname__})()
    assert take(MLP, again) is again


X, Y = np.arange(6.0).reshape(3, 2), np.array([0, 1, 1])
NET = MLP.create([2, 2], rng=0)


def test_data_become_what_network_and_loss_take():
    found = feeding.data(NET, X.astype(int), Y[:, None] == [0, 1], "softmax")
    assert found[0].dtype == np.float64
    assert feeding.data(MLP.create([2, 1], rng=0), X, Y, "mse")[1].shape == (3, 1)
    assert feeding.checked(NET.with_theta(NET.theta + 0j), X + 1j, Y, "softmax")[0].dtype == np.complex128


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"X": X + 1j}, "X must be real, got complex128"),
        ({"net": NET.with_theta(NET.theta + 0j), "X": X + 1j}, "X must be real, got complex128"),
        ({"net": NET.with_theta(NET.theta.astype(np.float16))}, "dtype must be float32 or float64, got float16"),
        ({"X": X[:, :1]}, "X must have 2 columns, got 1"),
        ({"y": Y[:2]}, "X and y must have as many rows, got 3 and 2"),
        ({"y": Y + 1}, "labels must be whole numbers"),
        ({"y": Y + 1j, "loss": "mse"}, "y must hold real numbers, got complex128"),
        ({"y": X + np.inf, "loss": "mse"}, "y must be finite"),
        ({"y": X + 0.5, "loss": "binary"}, "labels of the binary loss must be 0 or 1"),
        ({"loss": "x"}, "loss must be one of"),
    ],
)
def test_data_that_do_not_fit_are_refused(given, words):
    with pytest.raises(ValueError, match=words):
        feeding.data(**({"net": NET, "X": X, "y": Y, "loss": "softmax"} | given))


@pytest.mark.parametrize("g", [None, np.zeros(5), np.zeros(6, np.float32), np.ma.zeros(6)])
def test_a_gradient_is_written_into_an_array_like_theta_alone(g):
    with pytest.raises(ValueError, match=r"g must be an array like theta, shape \(6,\) and dtype float64, got"):
        NET.bound(g)
    feeding.ready(NET, np.zeros(6), "softmax")


def test_a_gradient_behind_the_door_keeps_its_defaults():
    value, g = NET.gradient(X.tolist(), Y.tolist())
    np.testing.assert_array_equal(g, NET.gradient(X, Y, loss="softmax")[1])
    assert np.isfinite(value)


def test_inputs_take_the_float_type_of_theta():
    assert validate.inputs(X, 2, np.zeros(1, np.float32)).dtype == np.float32
    with pytest.raises(ValueError, match="theta must hold a number everywhere, got a masked array"):
        NET.with_theta(np.ma.zeros(6))


def test_a_new_network_is_told_its_ends_by_the_data():
    assert feeding.ends(X.astype(np.float32), [0, 1, 2], "softmax") == (2, 3, np.float32)
    assert feeding.ends(X, X, "mse") == (2, 2, np.float64)
    with pytest.raises(ValueError, match="X must be a matrix with one sample a row"):
        feeding.ends(Y, Y, "mse")
    with pytest.raises(ValueError, match=r"labels must name every class .* got none of \[2, 3, 4, 5, 6\]"):
        feeding.ends(X, [0, 1, 10**12], "softmax")
