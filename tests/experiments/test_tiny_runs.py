"""Every experiment of addition, the pool and motifs at a tiny size gives the numbers that it gave: what runs is what ran.

Claims are held by the committed results (`test_committed`), but nobody runs hours again to see whether the code still measures what
these say. Here each experiment runs in a second, and all that it measures is compared with tiny_runs.json. There, numbers of the same
name in the same table are summed up by their count, their mean and a mean with weights that tell their order; words by a checksum.
Left out is what differs between processors by more than rounding. After a change that means to measure something else:

    python tests/experiments/test_tiny_runs.py        (writes tiny_runs.json anew; compare it with the one before)
"""

import json
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from minigrow.experiments.addition import (
    cascor,
    comparison,
    comparison_arms,
    comparison_growing,
    comparison_tasks,
    promises,
)
from minigrow.experiments.motifs import data, nullgraphs, rewiring
from minigrow.experiments.registry import EXPERIMENTS, find
from minigrow.experiments.urn import fields, identity, plain, targets
from minigrow.motifs import edges
from minigrow.motifs.esu import census
from minigrow.motifs.weights import Cut, layered_graph
from minigrow.nn import MLP
from minigrow.urn import Network

KEPT = Path(__file__).with_name("tiny_runs.json")
METHODS = ("addition", "motifs", "urn")
CLOCK = ("seconds",)
NUMBERS = (bool, int, float, np.number, np.bool_)
MOTIFS = {"repeats": 2, "patterns": 200, "random": 5, "epochs": 2}
RUNS = {
    "urn.difficulty": {"steps": 40, "data_steps": 8},
    "urn.locality": {"repeats": 2, "steps": 40},
    "urn.signals": {"repeats": 2, "steps": 8, "size": 60, "hidden": [4, 4]},
    "urn.images": {"repeats": 2, "steps": 8, "hidden": 8, "rows": 600},
    "urn.residual": {"repeats": 2, "steps": 40, "rates": [0.01, 0.03]},
    "urn.phases": {"steps": 40},
    "urn.layers": {"steps": 40, "data_steps": 8},
    "urn.economy": {"steps": 40},
    "urn.units": {"steps": 40},
    "urn.symmetries": {"repeats": 2},
    "urn.lifetime": {"repeats": 2, "steps": 24},
    "urn.motifs": {"repeats": 2, "random": 3, "steps": 8},
    "motifs.landscape": MOTIFS | {"hidden": [[6, 5]], "sizes": [3, 4], "larger": 2},
    "motifs.thesis": MOTIFS | {"hidden": [[20, 10]]},
    "motifs.shuffled": MOTIFS | {"hidden": [[6, 5]]},
    "motifs.wiring": MOTIFS | {"hidden": [[6, 5]], "rewired": 3},
    "motifs.causal": MOTIFS | {"tuning": 1, "hidden": [8, 6], "tries": 12, "epochs": 1},
    "motifs.images": {
        "repeats": 1, "data": ["digits"], "hidden": [[6, 5], [5, 4]], "sizes": [3, 4], "steps": 5, "random": 3, "most": 500,
    },
    "motifs.families": {"repeats": 2, "hidden": [6, 5], "patterns": 200, "random": 5},
    "motifs.grown": {"repeats": 2, "patterns": 200, "epochs": 10, "random": 5},
    "motifs.calibration": {"graphs": 1, "compared": 1, "planted": 1, "random": 5, "draw": 3.0},
    "addition.promises": {
        "activations": ["tanh", "relu", "softplus", "isotropic_tanh"], "data": ["teacher"], "points": 40, "steps": [0, 5],
    },
    "addition.comparison": {
        "data": ["digits"], "made": ["teacher"], "rates": [3e-3, 3e-2], "steps": 20, "interval": 5, "end": 6, "widths": [2, 6],
        "points": 60, "rules": ["random_in", "gradmax", "tiny"], "samples": 40,
    },
    "addition.transport": {
        "rules": ["random_in", "tiny", "wider"], "width": 4, "new": 4, "before": 8, "looks": [0, 5, 10], "samples": 150,
        "repeats": 2, "data": ["digits"], "optimisers": ["momentum", "adamw"], "rates": [1e-2, 3e-2], "amplitudes": [0.25, 0.5],
    },
    "addition.students": {
        "repeats": 2, "inputs": [4, 6], "samples": 50, "teacher": 4, "student": 2, "outputs": 3, "draws": 2, "steps_behind": 3,
        "every": 5, "climb_steps": 4,
    },
    "addition.spirals": {"repeats": 2, "pairs": 40, "units": 2, "alone": 3, "epochs": 12},
    "addition.ablations": {"data": ["digits"], "steps": 8, "look": 2, "widths": [2, 4], "rates": [0.05, 0.1]},
    "addition.newborn": {
        "repeats": 2, "data": ["digits", "settled"], "before": 3, "looks": [0, 2], "samples": 60, "points": 60, "new": 2,
        "start": 4, "settled": {"before": 5, "batch": None},
    },
}  # fmt: skip


def _rng(seed=3):
    return np.random.default_rng(seed)


TASKS = (
    "linear", "xor", "half_xor", "parity3", "parity4", "spirals", "digits", "local", "shuffled", "residual", "branch", "spirals 0.5",
    "spirals 1", "spirals 1.5", "friedman1", "friedman2", "friedman3", "teacher", "plain mnist-1d",
)  # fmt: skip


def _pool_tasks():
    """Every task of the pool, its places, and a data set as a task."""
    found = {}
    for name in TASKS:
        t = plain.prepared(name, 3)
        places = [] if t.places is None else t.places(5, _rng())
        found[name] = {"X": t.X, "y": t.y, "loss": t.loss, "X_test": t.test[0], "y_test": t.test[1], "places": places}
    return found


def _pool_targets():
    """Every target of the residual nets in every form."""
    found = {name: {"clock": targets.clock(name)} for name in targets.systems.SYSTEMS}
    for name in targets.TARGETS:
        forms = {
            form: targets.change(name, form, 3) for form in (targets.FORMS if name != "images" else targets.FORMS[:1])
        }
        found[f"{name} "] = {form: [t.X, t.y, *t.test] for form, t in forms.items()}
    return found


def _pool_windows():
    """The windows of a random pool with places, and whether pools are residual nets."""
    net = Network.create(6, 2, 14, 2, positions=np.linspace(0, 1, 14), rng=0)
    made = identity.Job("stream", "next", "relu", 3e-4, 0.1, 2, 30, 64, 0)
    return {
        "widths": fields.widths(net), "fields": fields.fields(net), "own": fields.fields(net, _rng().uniform(size=(6, 2))),
        "perceptron": identity.perceptron(made), "pool": identity.one(made),
    }  # fmt: skip


NUMBERS_OF_ONE = tuple({
    **comparison.FULL, "steps": 20, "interval": 5, "end": 6, "widths": [2, 6], "points": 60, "samples": 40, "stride": 1,
}.items())  # fmt: skip


def _comparison(arms, tasks=("teacher", "digits"), held=False, **changes):
    """One seed of each of these arms on each task."""
    same = tuple((dict(NUMBERS_OF_ONE) | changes).items())
    return {f"{task}, {arm}": comparison_growing.one(comparison_growing.Job(task, arm, same, 1e-2, (0,), held))[0]
            for task in tasks for arm in arms}  # fmt: skip


def _comparison_tasks():
    config = {"points": 40, "arms": 5, "planted": 4, "images": 30}
    names = (*comparison_tasks.MADE, "digits", "stand-in")
    found = {f"{name} {held}": comparison_tasks.task(name, 3, config, held) for name in names for held in (False, True)}
    net = MLP.create([10, 3, 5], rng=0)
    return found | {
        "score": found["teacher False"].score(net),
        "share": [comparison_tasks.share(name) for name in names],
    }


def _cascade():
    """Trials of cascade-correlation on a part of the spirals, by every mean, with few epochs, and its parts alone."""
    found = {}
    for name, change in {
        "program": {},
        "every": {"means": "every"},
        "alone": {"pool": 1},
        "short": {"epochs": 4},
        "impatient": {"input_patience": 2, "input_change": 0.3, "output_patience": 2, "output_change": 0.3},
    }.items():
        numbers = cascor.Numbers(units=2, epochs=12)._replace(**change)
        found[name] = cascor.trial(*cascor.two_spirals(30), _rng(), numbers)._asdict()
    X, y = cascor.two_spirals(5)
    V, numbers = cascor.seen(X, []), cascor.Numbers(epochs=30)
    q, E, solved, epochs = cascor.train_outputs(V, y, cascor.quick(np.array([0.5, -0.2, 0.1])), numbers)
    found["outputs"] = {"q": q, "E": E, "solved": solved, "epochs": epochs}
    found["candidates"] = dict(enumerate(cascor.train_candidates(V, E, _rng().uniform(-1, 1, (3, 2)), numbers)))
    found["solved"] = cascor.train_outputs(
        np.ones((2, 1)), np.array([0.5, 0.5]), cascor.quick(np.array([9.0])), numbers
    )[2:]
    return found


def _promises():
    """One network's promises at an amplitude at which the fourth order shows."""
    numbers = {"hidden": 6, "neurons": 2, "samples": 40, "rate": 0.01, "amplitude": 0.3, "points": 40, "planted": 4}
    rows = promises.measure(promises.Job(3, "teacher", "softplus", 5, tuple(numbers.items())))
    return {f"{i} {row['rule']} {row['kind']}": row for i, row in enumerate(rows)}


def _motif_graphs():
    """The patterns that networks learn, and graphs whose truth is known."""
    graphs = {kind: nullgraphs.by_chance(kind, _rng(), 3.0) for kind in nullgraphs.KINDS}
    planted = nullgraphs.planted(graphs["mutual"], nullgraphs.TOURNAMENT, 3, _rng())
    told = {kind: edges(graph) for kind, graph in (graphs | {"planted": planted}).items()}
    layers = {kind: nullgraphs.blocks(kind, graph) for kind, graph in graphs.items()}
    return {name: make(50, _rng())[:2] for name, make in data.TASKS.items()} | told | {"layers": layers}


def _rewired():
    """Two layers rewired up, down and by chance, with what was taken of each."""
    W, cut = [_rng().standard_normal((7, 8)), _rng(4).standard_normal((6, 7))], Cut(-1.2, -0.6, 0.6, 1.2)
    graph = layered_graph(W, cut)
    by = rewiring.scale(graph, 3, np.unique(census(graph, 3).ids), 6, _rng())
    goals = {"up": 1, "down": -1, "chance": 0}
    new = {name: rewiring.rewired(W, cut, by, rewiring.Goal(d, 3, 40), _rng()) for name, d in goals.items()}
    z = {name: rewiring.mean_z(layered_graph(Ws, cut), by) for name, (Ws, _) in new.items()}
    return {"scale": by._asdict(), "new": dict(new), "z": z}


RULES = comparison_arms.RULES
PARTS = {
    "part: tasks of the pool": _pool_tasks,
    "part: targets of the pool": _pool_targets,
    "part: windows and residual nets of the pool": _pool_windows,
    "part: tasks of the comparison": _comparison_tasks,
    "part: rules that copy or draw": lambda: _comparison(RULES[:9]),
    "part: rules that look at data": lambda: _comparison(RULES[9:16]),
    "part: rules that search": lambda: _comparison(RULES[16:], tasks=("teacher",)),
    "part: triggers": lambda: _comparison([f"random_in, {when}" for when in comparison_arms.TRIGGERS]),
    "part: methods": lambda: _comparison(comparison_arms.METHODS),
    "part: other arms": lambda: _comparison(
        ["static 6", "static 6 (relu)", "random_in (relu)", "paired tiny (relu)"], held=True
    ),
    "part: wide inputs": lambda: _comparison(
        ["static 2", "tiny", "random_in, senn_ratio"], ("digits",), wide=20, first=4
    ),
    "part: cascade-correlation": _cascade,
    "part: promises at a large amplitude": _promises,
    "part: graphs and patterns": _motif_graphs,
    "part: rewiring": _rewired,
}


def leaves(value, top="", last=""):
    """Yield (name of the table / name of the number, number or word), in order; names that are numbers stand for their table."""
    if isinstance(value, dict):
        for key, inner in value.items():
            name = last if str(key).replace(" ", "").isdigit() else key
            yield from leaves(inner, top or str(key), name)
    elif hasattr(value, "_asdict"):
        yield from leaves(value._asdict(), top, last)
    elif isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim):
        for inner in value:
            yield from leaves(inner, top, last)
    elif last not in CLOCK:
        yield f"{top} / {last}", value if isinstance(value, (*NUMBERS, str)) else type(value).__name__


def summary(data):
    """{name: [count, how many are finite, mean, mean with weights, mean size], or a checksum of words}."""
    tables = {}
    for name, value in leaves(data):
        kind = "" if isinstance(value, NUMBERS) else " (words)"
        tables.setdefault(name + kind, []).append(value)
    return {name: _words(v) if name.endswith(" (words)") else _numbers(v) for name, v in tables.items()}


def _words(values):
    return zlib.crc32("|".join(map(str, values)).encode())


def _numbers(values):
    x = np.array(values, dtype=float)
    finite = np.isfinite(x)
    x = np.where(finite, x, 0)
    return [len(x), int(finite.sum()), *(float(np.mean(v)) for v in (x, x * np.sin(1 + np.arange(len(x))), abs(x)))]


def measured(name):
    """What a tiny run of this experiment asks for and measures, summed up, with the life that it keeps; or a part by itself."""
    if name in PARTS:
        return summary(PARTS[name]())
    module, asked = find([name])[0].module, []

    def pmap(f, jobs):
        jobs = list(jobs)
        asked.extend({"function": f.__name__, "jobs": job} for job in jobs)
        return [f(job) for job in jobs]

    outcome = module.run(module.QUICK | RUNS[name], 1, pmap)
    life = {} if outcome.history is None else {"life": [dict(row) for row in outcome.history.rows]}
    return summary(outcome.data | life | {"asked": asked})


def close(found, said):
    """Whether two summaries of one name agree: counts and checksums exactly, means to a thousandth of the mean size."""
    if not (isinstance(found, list) and isinstance(said, list)):
        return found == said
    return found[:2] == said[:2] and np.allclose(found[2:], said[2:], rtol=0, atol=1e-3 * said[4] + 1e-12)


@pytest.mark.parametrize("name", [*RUNS, *PARTS])
def test_a_tiny_run_gives_what_it_gave(name):
    said, found = json.loads(KEPT.read_text(encoding="utf-8"))[name], measured(name)
    apart = {key: (found.get(key), value) for key, value in said.items() if not close(found.get(key), value)}
    assert not apart, f"(found, kept) differ: {apart}"


def test_every_experiment_of_these_methods_has_its_tiny_run():
    assert sorted(RUNS) == sorted(e.name for e in EXPERIMENTS if e.method in METHODS)
    assert list(json.loads(KEPT.read_text(encoding="utf-8"))) == [*RUNS, *PARTS]


if __name__ == "__main__":
    names = sys.argv[1:] or [*RUNS, *PARTS]
    old = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    rows = {name: old.get(name) if name not in names else measured(name) for name in [*RUNS, *PARTS]}
    lines = (f" {json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
    KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
