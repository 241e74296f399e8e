"""Live the lives that experiments keep once more, and record all that there is to see of them:

    python -m minigrow.experiments.histories figures                    # or some: figures urn.lifetime nimble
    relive("figures", ["urn.lifetime"])

An experiment that keeps a history has `relive(config, seed, data) -> History`, which lives that one life again, with what its
results.json says was tuned. Only history.npz is written. It must be the same life: rows at the same steps, and the same losses and
widths in them as in the file before, as far as both have them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from minigrow.experiments.registry import Experiment, find
from minigrow.experiments.results import load
from minigrow.growth.history import History

FILE = "history.npz"
SAME = ("step", "widths", "parameters", "loss")


def relive(root: str | os.PathLike, names: Sequence[str] = ("all",)) -> dict[str, dict[str, float]]:
    """Write the history of each of these experiments anew; returns {experiment: {column: greatest relative difference}}.

    Raises FileNotFoundError where an experiment has no results, ValueError where its life is another one than that in the file.

    >>> relive("no", ["urn.lifetime"])
    Traceback (most recent call last):
    FileNotFoundError: there is no no/urn.lifetime/results.json: was the run interrupted? Run minigrow run urn.lifetime --out no again.
    """
    return {e.name: _again(Path(root) / e.name, e) for e in find(names) if hasattr(e.module, "relive")}


def _again(folder: Path, experiment: Experiment) -> dict[str, float]:
    found = load(folder, experiment)
    life, path = experiment.module.relive(found["config"], found["seed"], found["data"]), folder / FILE
    apart = differences(History.load(path), life) if path.is_file() else {}
    life.save(path)
    return apart


def differences(old: History, new: History, tolerance: float = 1e-6) -> dict[str, float]:
    """Return the greatest relative difference of the losses, sizes and steps that both histories have; no number equals no number.

    Raises ValueError where one is above the tolerance: another processor's rounding is far below it, another life far above.

    >>> life = History().with_row({"step": 5, "loss": 1.0})
    >>> differences(life, life)
    {'step': 0.0, 'loss': 0.0}
    """
    if len(old.rows) != len(new.rows):
        raise ValueError(f"the life has {len(new.rows)} rows, but the file has {len(old.rows)}: it is another life.")
    apart = {}
    for name in (name for name in SAME if old.rows and name in old.rows[0] and name in new.rows[0]):
        a, b = (np.asarray(history[name], dtype=float) for history in (old, new))
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        apart[name] = float(np.max(np.where(same, 0, abs(a - b) / np.maximum(abs(a), np.finfo(float).tiny)), initial=0))
        if not apart[name] <= tolerance:
            raise ValueError(f"{name} differs by {apart[name]:.1e} of its value from the file: it is another life.")
    return apart


def main(words: Sequence[str]) -> None:
    """Do what the words of a command line say: a folder of results, "figures" if there is none, then names of experiments."""
    folder, *asked = words or ["figures"]
    for name, apart in relive(folder, asked or ["all"]).items():
        said = ", ".join(f"{column} within {value:.1e}" for column, value in apart.items())
        print(f"{name}: {f'the same life, {said}' if apart else 'written'}")


if __name__ == "__main__":
    main(sys.argv[1:])
