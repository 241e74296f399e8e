"""Counted at run time: every structural change of every method is a `Change` that the loop carries to network, state and history."""

import numpy as np
import pytest

from minigrow import differentiable_structure as ds
from minigrow import isotropic, nimble, urn
from minigrow.differentiable_structure.layers import SLOW, LayerSpares
from minigrow.differentiable_structure.residual import DepthSpares
from minigrow.growth import Plan, loop, start, train
from minigrow.growth.basis import Change
from minigrow.nn import MLP, Adam, AdamW

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 4))
Y = np.arange(60) % 3
LIVELY = ds.Rule(threshold=2.0, delete=0.5, add=0.5, anytime=0.1, most=9)


def isotropic_run():
    plan = Plan(epochs=6, policies=(isotropic.AutoAdapt(0.9, 2),), quiet=True)
    return train(start(isotropic.Network.create([4, 3, 3, 3], rng=0), AdamW(0.05, 0.5), rng=0), X, Y, plan)


def layers_run():
    plan = Plan(epochs=6, batch=20, every=1, policies=(LayerSpares(LIVELY),), quiet=True)
    return train(start(MLP.create([4, 2, 2, 3], rng=0), SLOW, rng=0), X, Y, plan)


def residual_run():
    plan = Plan(epochs=6, batch=20, every=1, policies=(DepthSpares(LIVELY),), quiet=True)
    return train(start(ds.Residual.create(4, 5, 3, 1, 4, rng=0), SLOW, rng=0), X, Y, plan)


def recurrent_run():
    run = ds.start(ds.Network.create("()ab", rng=0), rng=0)
    return ds.train(run, ds.easy(2000, rng=0), Plan(steps=60, record=20, quiet=True), rule=LIVELY)


def urn_run():
    run = start(urn.Network.create(4, 1, 20, rng=0), Adam(1e-2), rng=0)
    plan = Plan(steps=400, batch=None, loss="mse", every=50, record=50, quiet=True)
    run = urn.train(run, X, X[:, :1], plan, strengths=urn.Strengths(l1=0.05, loop=1.0))
    run = loop.accept(run, *urn.grow(run.net, 3, rng=0))
    return urn.train(run, X, X[:, :1], plan._replace(steps=500), strengths=urn.Strengths(l1=0.05))


RUNS = [isotropic_run, layers_run, residual_run, recurrent_run, urn_run]


@pytest.mark.parametrize("make", RUNS, ids=lambda make: make.__name__)
def test_every_change_of_size_is_a_change_of_basis(make, monkeypatch):
    seen = []

    def watched(before, after, events, who):
        sizes = dict(before.sizes)
        for event in events:
            assert event.moves
            assert all(type(move.change) is Change for move in event.moves)
            for space, change in event.moves:
                assert sizes[space] == change.old
                sizes[space] = change.new
        assert sizes == dict(after.sizes)
        seen.append(len(events))

    monkeypatch.setattr(loop, "explain", watched)
    run = make()
    assert sum(seen) == len(run.history.events) >= 3
    size = {}
    for event in run.history.events:
        assert size.setdefault(event.space, event.before) == event.before
        size[event.space] = event.after
    assert all(run.net.sizes[space] == value for space, value in size.items())


def test_a_gate_that_opens_is_an_event_and_no_change():
    x = np.linspace(-1, 1, 50)[:, None]
    _, history = nimble.fit(x, x**2, rng=0, plan=Plan(epochs=400, batch=None, loss="mse", record=50, quiet=True))
    assert history.events
    assert all(event.moves == () for event in history.events)
    assert history["widths"][-1, 1] > history["widths"][0, 1]
