"""The same seed gives the same bits: twice in a process, in other processes, whatever the hash seed, the number of jobs, or a stop."""

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from minigrow import differentiable_structure, isotropic, motifs, nimble, urn
from minigrow.datasets import spirals
from minigrow.growth import Plan, load, save, start, train
from minigrow.motifs.chance import NullModel
from minigrow.nn import AdamW

CODE = """
import json, sys
sys.path.insert(0, {here!r})
import test_determinism
print(json.dumps({{name: test_determinism.digest(life) for name, life in test_determinism.LIVES.items()}}))
"""
PLAN = Plan(epochs=6, batch=16, quiet=True)


def spiral(rng=0):
    return spirals(60, 2, rng=rng)


def whole_isotropic():
    data = spiral()
    return isotropic.fit(data.X, data.y, hidden=[4, 4], rng=3, plan=PLAN)


def whole_nimble():
    data = spiral()
    return nimble.fit(data.X, data.X[:, :1], hidden=[6], rng=3, plan=PLAN._replace(loss="mse"))


def whole_structure():
    return differentiable_structure.fit("(ab)(abab)" * 20, rng=3, plan=Plan(steps=60, record=20, quiet=True))


def whole_urn():
    data = spiral()
    return urn.fit(data.X, data.X[:, :1], size=8, rng=3, plan=PLAN._replace(loss="mse"))


def whole_motifs():
    return counted(None)


def counted(pool):
    """Motifs of a random graph, with Z against eight random graphs, which a pool may share out."""
    start, end = np.nonzero(np.triu(np.random.default_rng(0).random((12, 12)) < 0.4, 1))
    return motifs.analyse(motifs.from_edges(start, end), 3, np.random.default_rng(0), NullModel(random=8), pool=pool)


LIVES = {
    "isotropic": whole_isotropic,
    "nimble": whole_nimble,
    "differentiable_structure": whole_structure,
    "urn": whole_urn,
    "motifs": whole_motifs,
}


def digest(life):
    """The SHA-256 of all that a life leaves: parameters, every column of the history, every event, or every count and Z."""
    found = life()
    kept = hashlib.sha256()
    if not isinstance(found, tuple) or not hasattr(found[0], "theta"):
        kept.update(found.counts.tobytes() + found.z.tobytes())
        return kept.hexdigest()
    net, history = found
    kept.update(net.theta.tobytes() + repr(dict(net.sizes)).encode() + repr(history.events).encode())
    for name in history.rows[0]:
        kept.update(name.encode() + history[name].tobytes())
    return kept.hexdigest()


@pytest.fixture(scope="module")
def here():
    return {name: digest(life) for name, life in LIVES.items()}


@pytest.mark.parametrize("name", LIVES)
def test_twice_in_one_process_whatever_was_drawn_between(name, here):
    np.random.default_rng(7).random(1000)
    assert digest(LIVES[name]) == here[name]


def test_another_process_with_another_hash_seed(here):
    code = CODE.format(here=str(Path(__file__).parent))
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env=os.environ | {"PYTHONHASHSEED": "4242"},
        check=True,
        timeout=300,
    )
    assert json.loads(done.stdout) == here


def test_the_seed_matters(here):
    """Else all of the above would hold for a program that draws nothing."""
    data = spiral()
    assert digest(lambda: isotropic.fit(data.X, data.y, hidden=[4, 4], rng=4, plan=PLAN)) != here["isotropic"]


def test_the_number_of_jobs_does_not_matter(here):
    for jobs in (1, 3):
        with ThreadPoolExecutor(jobs) as pool:
            assert digest(lambda: counted(pool)) == here["motifs"]


def test_stopped_saved_loaded_and_resumed_after_any_epoch(tmp_path):
    """After an epoch, where policies are visited anyway: a plan that ends elsewhere visits them once more, and is another plan."""
    data = spiral()
    plan = PLAN._replace(policies=(isotropic.AutoAdapt(tau=0.9, scaffold=2),))
    straight = train(start(isotropic.Network.create([2, 4, 4, 2], rng=1), AdamW(), rng=2), data.X, data.y, plan)
    run = start(isotropic.Network.create([2, 4, 4, 2], rng=1), AdamW(), rng=2)
    for epochs in (1, 2, 4, 6):
        run = train(run, data.X, data.y, plan._replace(epochs=epochs))
        save(run, tmp_path / "run.npz")
        run = load(tmp_path / "run.npz", isotropic.Network)
    assert straight.history.events, "else growing would not be tried"
    assert run.net.theta.tobytes() == straight.net.theta.tobytes()
    assert run.history.events == straight.history.events
    assert run.history["loss"].tobytes() == straight.history["loss"].tobytes()
