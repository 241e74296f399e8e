"""A checkpoint goes on bit for bit wherever it was taken, and a crafted one ends in words before compiled code sees it."""

import json
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minigrow.growth import Plan, Run, accept, load, save, snapshot, start, train
from minigrow.isotropic import AutoAdapt, Network, grow, prune
from minigrow.nn import L1, MLP, SGD, AdamW, Pull, RMSProp, Spaces
from minigrow.nn.optimisers import OPTIMISERS, State

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((20, 4)), RNG.integers(3, size=20)
PLAN = Plan(epochs=4, batch=8, quiet=True)
ADAPT = AutoAdapt(tau=0.9, scaffold=2)
KEPT = [
    SGD(0.1),
    AdamW(0.01, weight_decay=0.5),
    Pull(RMSProp(0.01), 1e-3),
    L1(SGD(0.1), 0.01),
    L1(Pull(AdamW(), 1e-3), 0.01),
]


def same(a, b):
    """Two runs are one, bit for bit."""
    assert type(a.net) is type(b.net)
    assert a.net.sizes == b.net.sizes
    assert a.net.theta.tobytes() == b.net.theta.tobytes()
    assert (a.step, a.work, a.epoch, a.optimiser, a.state.t) == (b.step, b.work, b.epoch, b.optimiser, b.state.t)
    assert [slot.tobytes() for slot in a.state.slots] == [slot.tobytes() for slot in b.state.slots]
    np.testing.assert_equal(a.rng.bit_generator.state, b.rng.bit_generator.state)
    np.testing.assert_equal(dict(a.feed), dict(b.feed))
    assert a.history.events == b.history.events
    np.testing.assert_equal([dict(row) for row in a.history.rows], [dict(row) for row in b.history.rows])


def through(run, folder):
    save(run, folder / "run.npz")
    return load(folder / "run.npz", type(run.net))


@settings(max_examples=10)
@given(optimiser=st.sampled_from(KEPT), cut=st.integers(0, 12), dtype=st.sampled_from([np.float32, np.float64]))
def test_saved_in_the_middle_of_an_epoch_it_goes_on_bit_for_bit(optimiser, cut, dtype, tmp_path_factory):
    """Three batches an epoch; at most cuts rows of the epoch are still to be dealt."""
    net = Network.create([4, 2, 3, 3], rng=0, dtype=dtype)
    plan = PLAN._replace(policies=(ADAPT,), validation=(X, Y))
    half = train(start(net, optimiser, rng=5), X, Y, plan._replace(steps=cut))
    back = through(half, tmp_path_factory.mktemp("cut"))
    same(back, half)
    straight, resumed = train(half, X, Y, plan), train(back, X, Y, plan)
    same(resumed, straight)
    assert straight.net.widths != net.widths
    assert straight.step == 12


@pytest.mark.parametrize("optimiser", KEPT)
@pytest.mark.parametrize("cut", [1, 4, 8])
def test_a_cut_in_an_epoch_leaves_no_trace(tmp_path, optimiser, cut):
    """Without policies and rows at the cut, training in two pieces is training at once."""
    net = MLP.create([4, 5, 3], rng=0)
    at_once = train(start(net, optimiser, rng=5), X, Y, PLAN)
    half = train(start(net, optimiser, rng=5), X, Y, PLAN._replace(steps=cut))
    done = train(through(half, tmp_path), X, Y, PLAN)
    np.testing.assert_array_equal(done.net.theta, at_once.net.theta)
    assert done.loss == at_once.loss
    assert done.work == at_once.work


def test_a_change_by_hand_between_save_and_load(tmp_path):
    net = Network.create([4, 3, 3], rng=0)
    half = train(start(net, AdamW(), rng=0), X, Y, PLAN._replace(steps=4))
    half = accept(half, *grow(half.net, 0, 3, rng=1))
    half = accept(half, *prune(half.net, 0, 1))
    same(train(through(half, tmp_path), X, Y, PLAN), train(half, X, Y, PLAN))


def test_one_more_save_changes_nothing(tmp_path):
    run = train(
        start(Network.create([4, 2, 3], rng=0), AdamW(), rng=0),
        X,
        Y,
        PLAN._replace(policies=(ADAPT,), observe=snapshot),
    )
    one = through(run, tmp_path)
    same(one, run)
    same(through(one, tmp_path), run)


@dataclass(frozen=True, eq=False)
class Odd(Spaces):
    """A network whose fields are nested tuples, numbers, words and nothing."""

    sizes: dict
    shape: tuple
    name: str
    share: float
    flag: bool
    nothing: object
    theta: np.ndarray
    axes = {"W": ("+y", "-x"), "b": ("+y",)}  # noqa: RUF012

    def gradient(self, X, y, loss):
        return 0.0, np.zeros_like(self.theta)


def test_nested_tuples_and_other_fields_come_back_as_they_were(tmp_path):
    net = Odd({"x": 2, "y": 1}, ((1, (2, 3)), (), ("a", ("b",))), "ä", 0.1 + 0.2, True, None, np.dtype(np.float32))
    back = through(start(net, SGD(), rng=0), tmp_path).net
    assert (back.shape, back.name, back.share, back.flag, back.nothing) == (net.shape, net.name, net.share, True, None)
    assert back.sizes == net.sizes
    assert list(back.sizes) == ["x", "y"]


def test_columns_of_any_name_and_shape_come_back(tmp_path):
    seen = {
        "a.shapes": np.eye(2),
        "column0": np.zeros((0, 3)),
        "": 1.5,
        "ä": "word",
        "theta": True,
        "slot0": np.ones((2, 1, 2), np.int8),
    }
    run = train(start(MLP.create([4, 3], rng=0), AdamW(), rng=0), X, Y, PLAN._replace(observe=lambda net: seen))
    same(through(run, tmp_path), run)


class Own(NamedTuple):
    """An optimiser that no file can name."""

    rate: float = 0.1
    orders = ()

    def update(self, state, theta, g, decayed=None):
        return State(state.t + 1, ())


def test_an_unknown_optimiser_is_refused_when_it_is_saved(tmp_path):
    with pytest.raises(ValueError, match=r"a checkpoint can hold the optimisers sgd, .* got Own\. Add yours"):
        save(start(MLP.create([4, 3], rng=0), Own(), rng=0), tmp_path / "run.npz")
    assert list(tmp_path.iterdir()) == []


# --- crafted files ---------------------------------------------------------------------------------------------------


def put(name, value):
    return lambda arrays, meta: arrays.update({name: np.asarray(value)})


def drop(name):
    return lambda arrays, meta: (arrays if name in arrays else meta).pop(name)


def meta(**changes):
    return lambda arrays, meta: meta.update(changes)


def fields(**changes):
    return lambda arrays, meta: meta["fields"].update(changes)


def generator(**changes):
    return lambda arrays, meta: meta["rng"].update(changes)


def history(**changes):
    return lambda arrays, meta: meta["history"].update(changes)


HUGE = 10**18
TWICE = {"h0": -4, "h1": -5, "h2": -3}
MT, PHILOX = (np.random.Generator(bits(5)).bit_generator.state for bits in (np.random.MT19937, np.random.Philox))
CRAFTED = {
    "a slot that is too short": (put("slot0", np.zeros(10)), r"slots of \(10,\), \(43,\) entries.*growth\.follow"),
    "a slot that is too long": (put("slot1", np.zeros(10**6)), "entries, but the network trains 43"),
    "a matrix for a slot": (put("slot0", np.zeros((43, 1))), "entries, but the network trains 43"),
    "a number for a slot": (put("slot0", 0.0), "entries, but the network trains 43"),
    "a slot of another type": (put("slot0", np.zeros(43, np.float32)), "slots must be float64 as theta is"),
    "whole numbers for a slot": (put("slot0", np.zeros(43, int)), "slots must be float64"),
    "words for a slot": (put("slot0", ["a"] * 43), "slots must be float64"),
    "no slot": (drop("slot1"), "missing or misnamed"),
    "theta too short": (put("theta", np.zeros(42)), r"theta must have shape \(43,\).*got \(42,\)"),
    "theta too long": (put("theta", np.zeros(10**6)), r"theta must have shape \(43,\)"),
    "theta of whole numbers": (put("theta", np.zeros(43, int)), "vector of float32 or float64, got int64"),
    "theta of complex numbers": (put("theta", np.zeros(43, complex)), "vector of float32 or float64"),
    "theta of words": (put("theta", ["a"] * 43), "vector of float32 or float64"),
    "theta of half precision": (put("theta", np.zeros(43, np.float16)), "vector of float32 or float64"),
    "a matrix for theta": (put("theta", np.zeros((43, 1))), "vector of float32 or float64"),
    "a number for theta": (put("theta", 1.0), "vector of float32 or float64"),
    "no theta": (drop("theta"), "missing or misnamed"),
    "negative sizes": (fields(sizes=TWICE), "the size of space h0 must be a whole number >= 0, got -4"),
    "huge sizes": (fields(sizes={"h0": HUGE, "h1": HUGE, "h2": 3}), "damaged minigrow checkpoint file: theta must have shape"),
    "fractions for sizes": (fields(sizes={"h0": 4.5, "h1": 5, "h2": 3}), "must be a whole number"),
    "words for sizes": (fields(sizes={"h0": "4", "h1": 5, "h2": 3}), "must be a whole number"),
    "sizes of other spaces": (fields(sizes={"x": 4, "h": 5, "y": 3}), "missing or misnamed"),
    "no sizes at all": (fields(sizes=[]), "widths must name at least inputs and outputs"),
    "a number for sizes": (fields(sizes=3), "damaged"),
    "a field too many": (fields(speed=3), "missing or misnamed"),
    "no fields": (drop("fields"), "missing or misnamed"),
    "fields that are no table": (meta(fields=3), "missing or misnamed"),
    "an unknown optimiser": (meta(optimiser=["__class__", {}]), "there is no such optimiser"),
    "an optimiser of other fields": (meta(optimiser=["sgd", {"speed": 1}]), "there is no such optimiser"),
    "an optimiser with a word": (meta(optimiser=["sgd", {"rate": "a"}]), "rate must be a number"),
    "an optimiser with a wrong number": (meta(optimiser=["adamw", {"beta1": 1.0}]), "beta1 must lie in"),
    "an optimiser in an optimiser in..": (meta(optimiser=["pull", {"inner": ["pull", {}], "amount": 1}]), "no such optimiser"),
    "no optimiser": (drop("optimiser"), "missing or misnamed"),
    "a generator named __class__": (generator(bit_generator="__class__"), "the generator must be one of PCG64"),
    "a generator named test": (generator(bit_generator="test"), "the generator must be one of PCG64"),
    "a generator without a name": (meta(rng={}), "missing or misnamed"),
    "a generator that is a list": (meta(rng=[1, 2]), "missing or misnamed"),
    "a generator of unhashable name": (generator(bit_generator=[]), "the generator must be one of"),
    "a state that is a word": (generator(state={"state": "a", "inc": 1}), "damaged"),
    "a state that is too large": (generator(state={"state": 2**200, "inc": 1}), "damaged"),
    "a state of another generator": (generator(bit_generator="MT19937"), "damaged"),
    "a place outside of MT19937": (meta(rng=MT | {"state": MT["state"] | {"pos": 10**6}}), "place must lie within"),
    "a place just outside of MT19937": (meta(rng=MT | {"state": MT["state"] | {"pos": 625}}), "place must lie within"),
    "a negative place in MT19937": (meta(rng=MT | {"state": MT["state"] | {"pos": -7}}), "place must be a whole number"),
    "a short key of MT19937": (meta(rng=MT | {"state": {"pos": 0, "key": [1, 2]}}), "damaged"),
    "a place outside of Philox": (meta(rng=PHILOX | {"buffer_pos": -10**6}), "place must be a whole number"),
    "a place behind Philox": (meta(rng=PHILOX | {"buffer_pos": 5}), "place must lie within"),
    "a short buffer of Philox": (meta(rng=PHILOX | {"buffer": [1]}), "damaged"),
    "negative counts": (meta(counts=[-1, 0, 0]), "a count must be a whole number >= 0, got -1"),
    "fractions for counts": (meta(counts=[1.5, 0, 0]), "a count must be a whole number"),
    "too few counts": (meta(counts=[1]), "damaged"),
    "no counts": (drop("counts"), "missing or misnamed"),
    "a feed of dates": (put("feed.order", np.zeros(3, "M8[s]")), "a feed must hold numbers"),
    "a loss of two numbers": (put("feed.loss", [1.0, 2.0]), "the feed's loss must be one number"),
    "a sum that is a word": (put("feed.total", "a"), "the feed's total must be one number"),
    "a negative place": (put("feed.place", -3), "the feed's place must be a whole number"),
    "no history": (drop("history"), "missing or misnamed"),
    "a column misnamed": (drop("column1"), "there is no column1"),
    "too many columns": (history(columns=["a"] * 99), "there is no column"),
    "an event of words": (history(events=["grow"]), "damaged"),
}  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "run.npz"
    save(train(start(MLP.create([4, 5, 3], rng=0), AdamW(), rng=0), X, Y, PLAN._replace(steps=4)), path)
    with np.load(path) as archive:
        return {name: archive[name] for name in archive.files}


def crafted(good, path, change):
    arrays = dict(good)
    table = json.loads(str(arrays.pop("meta")))
    change(arrays, table)
    listed = json.dumps(table, default=lambda value: value.tolist())
    np.savez(path, meta=np.array(listed), **arrays)
    return path


@pytest.mark.parametrize("name", CRAFTED)
def test_a_crafted_file_is_told_in_words(good, tmp_path, name):
    change, words = CRAFTED[name]
    path = crafted(good, tmp_path / "run.npz", change)
    with pytest.raises(
        ValueError, match=r"run\.npz is a damaged minigrow checkpoint file: .*Take an earlier copy"
    ) as caught:
        load(path, MLP)
    caught.match(words)


def test_an_unchanged_file_is_read(good, tmp_path):
    assert load(crafted(good, tmp_path / "run.npz", lambda arrays, meta: None), MLP).step == 4


def test_objects_are_never_unpickled(good, tmp_path):
    path = crafted(good, tmp_path / "run.npz", put("feed.order", np.array([{"a": 1}], object)))
    with pytest.raises(ValueError, match="is not a whole minigrow checkpoint file"):
        load(path, MLP)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("order", np.array([20]), r"the feed's order must name rows 0\.\.19 of the data"),
        ("order", np.array([-1, 3]), "the feed's order must name rows"),
        ("order", np.array([0.5]), "the feed's order must name rows"),
        ("order", np.zeros((2, 2), int), "the feed's order must name rows"),
        ("order", np.zeros(21, int), "the feed's order must name rows"),
        ("order", np.array(["a"]), "the feed's order must name rows"),
        ("order", np.array(3), "the feed's order must name rows"),
        ("epoch", np.array(-5), "the feed's epoch must be a whole number >= 0"),
        ("epoch", np.array("one"), "the feed's epoch must be a whole number"),
        ("epoch", np.array(0.5), "the feed's epoch must be a whole number"),
        ("epoch", np.array([1, 2]), "the feed's epoch must be a whole number"),
    ],
)
def test_a_feed_that_does_not_fit_the_data_is_told_when_training_goes_on(good, tmp_path, name, value, words):
    path = crafted(good, tmp_path / "run.npz", put(f"feed.{name}", value))
    with pytest.raises(ValueError, match=words):
        train(load(path, MLP), X, Y, PLAN)


def test_a_feed_for_other_data_starts_an_epoch_of_its_own(good, tmp_path):
    run = load(crafted(good, tmp_path / "run.npz", put("feed.n", 7)), MLP)
    assert train(run, X, Y, PLAN._replace(epochs=2)).epoch == 2


def test_the_types_of_the_fields_of_a_run_come_back(good, tmp_path):
    run = load(crafted(good, tmp_path / "run.npz", lambda arrays, meta: None), MLP)
    assert isinstance(run, Run)
    assert isinstance(run.feed["epoch"], int)
    assert isinstance(run.feed["loss"], float)
    assert all(kind in OPTIMISERS for kind in ("l1", "pull"))
