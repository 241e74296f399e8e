"""Doubles for experiments in which nothing is trained: what is asked of `pmap` is noted, what would be trained is caught."""

from types import SimpleNamespace

import numpy as np

from minigrow.experiments.isotropic.common import network
from minigrow.experiments.shared import child_seeds, parts
from minigrow.nn import AdamW


def noting(answer=lambda job: job):
    """A `pmap` that answers each job with answer(job), and the list in which it notes what it was asked."""
    asked = []

    def pmap(f, jobs):
        jobs = list(jobs)
        asked.extend((f.__name__, job) for job in jobs)
        return [answer(job) for job in jobs]

    return pmap, asked


def caught(monkeypatch, module, **run):
    """Let `module` train nothing: what `trained` was given is noted, and the network comes back with what `run` says."""
    seen = []

    def trained(net, data, seed, plan, optimiser=None):
        seen.append(SimpleNamespace(net=net, data=data, seed=seed, plan=plan, optimiser=optimiser))
        return SimpleNamespace(net=net, **run)

    monkeypatch.setattr(module, "trained", trained)
    return seen


def pairs(**same):
    return tuple(same.items())


def as_drawn(net, widths, seed, **options):
    """Whether this is the network that the authors' start draws from a seed."""
    return net.widths == tuple(widths) and np.array_equal(net.theta, network(widths, seed, **options).theta)


def right(net, data):
    return 100 * np.mean(np.argmax(net(data.X), axis=1) == data.y)


def undecided(claims):
    """The numbers of the claims that have no interval."""
    return [i for i, claim in enumerate(claims) if np.isnan(claim.low)]


A, B, C = child_seeds(3, 3)
CORRECT = {"o": "trainable", "psi": "decay"}
TRAIN, TEST = parts("digits", 4)
WIDE = TEST._replace(X=TEST.X.astype(np.float64))
SAME = {"rate": 0.02, "weight_decay": 0.3, "batch": 9} | CORRECT
SLOW = AdamW(rate=0.02, weight_decay=0.3)
LENGTHS = np.array([1.0, 2.0, 4.0, 8.0])
RATES = [0.01, 0.02, 0.04]
