"""A history and a run say in one line what they hold, and show themselves as the replay where HTML can be seen."""

import subprocess
import sys

import numpy as np

from minigrow.growth import Event, History, Plan, snapshot, start, train
from minigrow.growth.showing import framed
from minigrow.nn import MLP, SGD


def test_a_run_and_its_history_are_one_short_line():
    X = np.random.default_rng(0).standard_normal((20, 4))
    run = start(MLP.create([4, 3, 2], rng=0), SGD(), rng=0)
    assert repr(run) == "Run(no rows yet)"
    run = train(run, X, np.arange(20) % 2, Plan(epochs=3, batch=10, observe=snapshot))
    words = f"(3 rows up to step 6, widths 4-3-2, loss {run.loss:.4g}, 0 events)"
    assert [repr(run), repr(run.history)] == ["Run" + words, "History" + words]
    assert run._repr_html_() == run.history._repr_html_() == framed(run.history)
    assert "<iframe" in run._repr_html_()


def test_a_line_names_only_what_there_is():
    life = History().with_row({"epoch": 7})
    assert repr(life) == "History(1 row up to epoch 7, 0 events)"
    life = History().with_row({"sigma": np.ones(3), "loss": np.nan}).with_events([Event("grow", "h1", 1, "", 2, 3)])
    assert repr(life) == "History(1 row, loss nan, 1 event)"
    assert life._repr_html_() is None, "without widths nothing can be drawn"


def test_a_long_life_is_a_short_line():
    row = {"step": 1, "widths": np.arange(1, 6), "loss": 0.5, "weights.h0.h1": np.zeros(10_000)}
    assert len(repr(History((row,) * 1000))) < 100


def test_training_loads_nothing_that_draws():
    code = (
        "import sys, minigrow.growth\n"
        "print([name for name in sys.modules if name.split('.')[:2] in (['minigrow', 'replay'], ['minigrow', 'notebook'])])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
