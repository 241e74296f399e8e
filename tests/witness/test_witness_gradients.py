"""Every gradient that was derived by hand, against PyTorch's automatic one in float64.

Tolerance: 300 eps of the greatest entry. Both sides take the same sums in another order: a few products in a row, over at most a dozen
neurons, nine samples and four steps in time, each of which rounds by an eps of the terms, and terms cancel.
"""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the witness needs PyTorch: pip install minigrow[bench]")

from witness_nets import ACTIVATIONS, LOSSES, WITNESSES, exported, gradient, path_norm, tensor  # noqa: E402

import minigrow  # noqa: E402
from minigrow import differentiable_structure as ds  # noqa: E402
from minigrow import isotropic, nimble, urn  # noqa: E402
from minigrow.differentiable_structure.areas import Areas  # noqa: E402
from minigrow.differentiable_structure.inheriting import Inheriting  # noqa: E402
from minigrow.differentiable_structure.multipliers import Multiplied  # noqa: E402
from minigrow.isotropic.corrections import O_VARIANTS, PSI_VARIANTS  # noqa: E402
from minigrow.nimble.rules import RULES  # noqa: E402
from minigrow.nn import MLP, losses, mlp  # noqa: E402
from minigrow.nn.layered import Layered  # noqa: E402
from minigrow.nn.spaces import Spaces, entries  # noqa: E402
from minigrow.urn.paths import path_gradient  # noqa: E402
from minigrow.urn.paths import path_norm as path_norm_of  # noqa: E402

EPS = np.finfo(np.float64).eps
TOLERANCE = 300 * EPS


def agree(found, expected, what):
    scale = np.abs(expected).max(initial=0) or 1.0
    gap = np.abs(np.asarray(found) - expected).max(initial=0) / scale
    assert gap <= TOLERANCE, f"{what}: {gap / EPS:.0f} eps apart"


def data(rng, loss, outputs, n=9, inputs=3):
    X = rng.standard_normal((n, inputs))
    y = {
        "mse": rng.standard_normal((n, outputs)), "binary": rng.integers(2, size=(n, outputs)).astype(float),
        "softmax": rng.integers(outputs, size=n), "blocks": rng.integers(-1, 2, (n, outputs // 2)),
    }[loss]  # fmt: skip
    if loss == "blocks":
        y[:, 0] = np.abs(y[:, 0])  # every sample has a label somewhere
    return X, y


def witnessed(net, batch, loss, **more):
    """The readable gradient and the one that training is bound to, against autograd, on all that is trained."""
    value, g = gradient(net, batch, loss, **more)
    trained, bound = entries(net, net.trained), np.full(net.theta.size, np.nan)
    found = net.gradient(*batch, loss, **more)
    agree(found[0], value, "the loss")
    agree(found[1][:trained], g[:trained], "the gradient")
    state = [part.copy() for part in batch]  # what is bound moves a state on
    agree(net.bound(bound, loss, **more)(*state), value, "the loss of the bound step")
    agree(bound[:trained], g[:trained], "the bound gradient")


def shaken(net, rng, by=0.3):
    """No parameter stays at zero, where mistakes hide."""
    finite = np.isfinite(net.theta)
    net.theta[finite] += by * rng.standard_normal(finite.sum())
    return net


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_plain_network(activation, loss):
    rng = np.random.default_rng(1)
    for widths in ([3, 4], [3, 5, 4], [3, 5, 1, 4]):
        witnessed(shaken(MLP.create(widths, activation, rng=rng), rng), data(rng, loss, 4), loss)


def test_relu1_at_zero():
    """relu has the slope 0 at 0 there and here; relu1 has 1, which makes the gradient that of the linear network."""
    for name, witness in (("relu", "relu"), ("relu1", "identity")):
        net = MLP((1, 1, 1), name, np.array([0.0, 0.0, 2.0, 1.0]))
        batch = np.ones((1, 1)), np.zeros((1, 1))
        assert net.gradient(*batch, "mse")[1].tolist() == gradient(
            MLP((1, 1, 1), witness, net.theta), batch, "mse"
        )[1].tolist()  # fmt: skip


@pytest.mark.parametrize("psi", PSI_VARIANTS)
@pytest.mark.parametrize("o", O_VARIANTS)
@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name.startswith("isotropic")])
def test_isotropic(activation, o, psi):
    rng = np.random.default_rng(2)
    for widths, loss in (([3, 5, 4], "softmax"), ([3, 4, 6, 4], "mse"), ([3, 4, 4], "blocks"), ([3, 1, 4], "binary")):
        net = shaken(isotropic.Network.create(widths, activation, o=o, psi=psi, rng=rng), rng)
        if o != "none":
            net.params["lambda"][:] = rng.uniform(-3, 0.5, len(widths) - 2)
        witnessed(net, data(rng, loss, 4), loss)


@pytest.mark.parametrize("rule", RULES)
def test_nimble(rule):
    rng = np.random.default_rng(3)
    for loss in LOSSES:
        for size in (0.3, 0.62, 0.85, 1.4):
            if rule.startswith("auxiliary"):
                for delta in (1.0, 2.5):
                    net = nimble.auxiliary([3, 5, 4], 2.0, size=2.2 * size, rule=rule, delta=delta, rng=rng)
                    witnessed(net, data(rng, loss, 4), loss)
                continue
            for activation in [name for name in ACTIVATIONS if not name.startswith("isotropic")]:
                net = shaken(nimble.controller([3, 5, 4, 4], rule, activation=activation, rng=rng), rng)
                net.params["s"][0] = size
                witnessed(net, data(rng, loss, 4), loss)


@pytest.mark.parametrize("time", [0.0, 0.2])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("iterations", [1, 2, 3, 5])
def test_pool(iterations, activation, time):
    rng = np.random.default_rng(4)
    for loss in LOSSES:
        for size in (7, 8, 12):
            net = shaken(urn.Network.create(3, 4, size, iterations, activation, rng=rng), rng)
            witnessed(net, data(rng, loss, 4), loss, time=time)


@pytest.mark.parametrize("iterations", [1, 2, 3, 5])
def test_prices_of_the_pool(iterations):
    rng = np.random.default_rng(5)
    net = shaken(urn.Network.create(3, 2, 9, iterations, positions=rng.uniform(0, 3, (9, 2)), rng=rng), rng)
    p, X, where = exported(net, leaves=True), rng.standard_normal((6, 3)), tensor(net.positions)
    weights = [p[name] for name in ("Whx", "Wyx", "Whh", "Wyh")]
    places = {"x": where[:3], "h": where[3:7], "y": where[7:]}
    pairs = (("h", "x"), ("y", "x"), ("h", "h"), ("y", "h"))
    far = [(places[to][:, None] - places[source][None]).pow(2).sum(2).sqrt() for to, source in pairs]
    expected = {
        "l1": sum(w.abs().sum() for w in weights),
        "group": torch.cat([p["Whh"], p["Wyh"]]).norm(dim=0).sum(),
        "local": sum((w.abs() * d).sum() for w, d in zip(weights, far, strict=True)),
        "loop": p["Whh"].diagonal().abs().sum(),
        "path": path_norm(net, p),
    }
    found = urn.penalty(net, urn.Strengths(*[1.0] * 6), X)
    for name, value in expected.items():
        agree(found[name], value.item(), name)
    assert set(found) == {*expected, "time"}  # the time term is part of the gradient, above
    agree(path_norm_of(net), expected["path"].item(), "the path norm")
    expected["path"].backward()
    slope = {
        name: np.zeros(one.shape) if one.grad is None else (one.grad * one.detach().sign()).numpy()
        for name, one in p.items()
    }
    agree(
        path_gradient(net), np.concatenate([slope[name].ravel() for name in net.axes]), "the path norm's slope by |w|"
    )


def readers(rng):
    yield ds.Network.create("abcd", 5, rng=rng)
    for path in ("output", "all"):
        yield Multiplied.create("abcd", 4, path=path, rng=rng)
    net = Inheriting.create("abcd", 5, rng=rng)
    yield ds.prune(shaken(net, rng), [1, 3])[0]  # two graves, which take no part
    yield ds.Network.create("abcd", 1, rng=rng)


@pytest.mark.parametrize("number", range(5))
def test_through_time(number):
    rng = np.random.default_rng(6)
    net = shaken(list(readers(rng))[number], rng)
    for T in (1, 2, 9):
        x, y = rng.integers(4, size=(2, T))
        witnessed(net, (x, y, rng.uniform(-1, 1, net.neurons)), "softmax")


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_areas(steps):
    rng = np.random.default_rng(7)
    edges = [("a1", "x"), ("a3", "x"), ("a3", "a1"), ("y", "a3"), ("y", "a1"), ("a2", "a1"), ("y", "a2"), ("y", "x")]
    for sizes in ((5, 2, 3), (5, 0, 3), (0, 0, 4)):
        net = shaken(Areas.create(3, 4, sizes, edges, steps=steps, rng=rng), rng)
        for loss in LOSSES:
            witnessed(net, data(rng, loss, 4), loss)


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_residual(layers):
    rng = np.random.default_rng(8)
    net = shaken(ds.Residual.create(3, 5, 4, layers, 2, rng=rng), rng)
    for loss in LOSSES:
        witnessed(net, data(rng, loss, 4), loss)


def subclasses(cls):
    return {found for sub in cls.__subclasses__() for found in ({sub} | subclasses(sub))}


def test_nothing_is_without_a_witness():
    """A new network, activation or loss fails here until it is written down in witness_nets."""
    for module in pkgutil.walk_packages(minigrow.__path__, "minigrow."):
        if not any(part in module.name for part in ("__main__", ".worker", ".fast.", ".labs", ".film", ".replay")):
            importlib.import_module(module.name)
    own = {cls for cls in subclasses(Spaces) if cls.__module__.startswith("minigrow.")} - {Layered}
    networks = {cls for cls in own if inspect.getmodule(cls) and not cls.__module__.startswith("minigrow.laws")}
    assert networks == set(WITNESSES)
    assert set(ACTIVATIONS) == set(mlp.EVERY_ACTIVATION)
    assert set(LOSSES) == set(losses.LOSSES)
