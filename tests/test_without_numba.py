"""The package without numba, as in a browser: it imports, says so once, and computes the same with plain Python kernels."""

import json
import subprocess
import sys

import numpy as np
import pytest

BLOCKED = "import sys; sys.modules['numba'] = None\n"
EVERYTHING = """
import importlib, pkgutil, sys, minigrow
for module in pkgutil.walk_packages(minigrow.__path__, "minigrow."):
    if "__main__" not in module.name:
        importlib.import_module(module.name)
print(len(sys.modules))
"""
METHODS = """
import json
import numpy as np
from minigrow import differentiable_structure, isotropic, motifs, nimble, urn
from minigrow.growth import Plan, start, train
from minigrow.nn import MLP, SGD, Adam, AdamW, Momentum

rng = np.random.default_rng(0)
X, y = rng.standard_normal((60, 2)), rng.integers(2, size=60)
found = {}
for optimiser in (SGD(0.1), Momentum(0.1), Adam(0.01), AdamW(0.01)):
    run = train(start(MLP.create([2, 3, 2], rng=0), optimiser, rng=0), X, y, Plan(epochs=3, batch=7))
    found[type(optimiser).__name__] = run.net.theta.tolist()
net, history = isotropic.fit(X, y, hidden=[3, 3], rng=0, plan=Plan(epochs=4))
found["isotropic"] = [net.widths, net.theta.tolist(), history["loss"].tolist()]
net, history = nimble.fit(X, X[:, :1] * X[:, 1:], rng=0, plan=Plan(epochs=20, batch=None, loss="mse"))
found["nimble"] = net.theta.tolist()
net, history = urn.fit(X, X[:, :1] * X[:, 1:], rng=0, plan=Plan(epochs=20, batch=None, loss="mse"))
found["urn"] = net.theta.tolist()
net, history = differentiable_structure.fit("abacabad" * 12, rng=0, plan=Plan(steps=60))
found["differentiable_structure"] = net.theta.tolist()
source, target = np.nonzero(np.triu(rng.random((12, 12)) < 0.4, 1))
graph = motifs.from_edges(source, target)
result = motifs.analyse(graph, 3, np.random.default_rng(0))
found["motifs"] = [result.counts.tolist(), result.z.tolist()]
print(json.dumps(found))
"""


def printed(code, blocked):
    command = [sys.executable, "-W", "default", "-c", (BLOCKED if blocked else "") + code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return done.stdout, done.stderr


def test_every_module_imports_and_the_notice_comes_once():
    _, said = printed(EVERYTHING, blocked=True)
    assert said.count("numba is not installed") == 1
    _, said = printed(EVERYTHING, blocked=False)
    assert "numba is not installed" not in said


def numbers(found):
    return [number for part in found for number in numbers(part)] if isinstance(found, (list, tuple)) else [found]


def test_every_method_computes_the_same():
    plain, compiled = (json.loads(printed(METHODS, blocked)[0]) for blocked in (True, False))
    assert set(plain) == set(compiled)
    for name in plain:
        a, b = np.array(numbers(plain[name])), np.array(numbers(compiled[name]))
        assert np.isfinite(b).all(), name
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("law", ["growth.keeps_function", "isotropic.kernels", "nn.losses", "motifs.switching"])
def test_laws_hold_without_it(law):
    code = "from minigrow.laws import verify\nfrom minigrow.laws.explain import named\n"
    code += f"print([row.ok for row in verify(2, 0, named({law!r}))])"
    assert printed(code, blocked=True)[0].strip() == "[True]"
