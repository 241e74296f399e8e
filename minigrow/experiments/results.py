"""Read back what experiments wrote: `collect("figures")` returns every results.json of a folder, checked, with its figures."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from minigrow.experiments.claims import VERDICTS
from minigrow.experiments.registry import EXPERIMENTS, PAPERS, Experiment
from minigrow.growth.archives import parsed

KEYS = ("experiment", "mode", "seed", "repeats", "seconds", "versions", "config", "protocol", "claims", "data")
NEEDED = tuple(key for key in KEYS if key != "protocol")  # files from before protocols can be judged again
COLUMNS = ("claim", "paper", "measured", "unit", "n", "low", "high", "spread", "criterion", "verdict")

LONG = 1000  # bits of a whole number that is a float too
NUMBER, MAYBE = (int, float), (int, float, type(None))
KINDS = {
    "seed": (int,),
    "repeats": (int,),
    "seconds": NUMBER,
    "versions": (dict,),
    "config": (dict,),
    "protocol": (list,),
    "claims": (list,),
}
CLAIM = dict.fromkeys(("claim", "paper", "unit", "criterion", "verdict"), (str,)) | dict.fromkeys(
    ("measured", "low", "high", "spread"), MAYBE
)
SETTING = dict.fromkeys(("setting", "authors", "ours", "why", "effect"), (str,))


class Result(NamedTuple):
    """An experiment, what its results.json says, and its figures {file name: caption} that are there."""

    experiment: Experiment
    found: Mapping[str, Any]
    figures: Mapping[str, str]


def collect(root: str | os.PathLike) -> list[Result]:
    """Read the results of every experiment that has a folder in `root`, in the registry's order.

    Raises FileNotFoundError when none has, or a folder lacks its results.json; ValueError when one is damaged.

    >>> collect("nowhere")
    Traceback (most recent call last):
    FileNotFoundError: there are no results in nowhere. Make some: minigrow run all --out nowhere
    """
    root = Path(root)
    results = [read(root / e.name, e) for e in EXPERIMENTS if (root / e.name).is_dir()]
    if not results:
        raise FileNotFoundError(f"there are no results in {root}. Make some: minigrow run all --out {root}")
    return results


def read(folder: Path, experiment: Experiment) -> Result:
    """Read one experiment's folder; raises FileNotFoundError or ValueError that names the file and how to make it anew."""
    found = load(folder, experiment)
    if any(key not in found for key in KEYS) or any(set(COLUMNS) - set(row) for row in found["claims"]):
        raise ValueError(
            f"{folder / 'results.json'} is of an older version: it lacks some of {', '.join(KEYS)}, or a claim some of "
            f"{', '.join(COLUMNS)}. Judge its data again: minigrow gallery {folder.parent} --judge {experiment.name}"
        )
    if (strange := strange_in(found)) is not None:
        raise ValueError(
            f"{folder / 'results.json'} is damaged: {strange}. Run minigrow run {experiment.name} --out {folder.parent} again."
        )
    captions = experiment.module.FIGURES
    return Result(experiment, found, {name: text for name, text in captions.items() if (folder / name).is_file()})


def strange_in(found: Mapping[str, Any]) -> str | None:
    """Return what is not as a run writes it, in words, or None: types of all that the gallery shows, but not of the data.

    >>> strange_in(dict.fromkeys(KEYS, 1))
    "mode must be 'quick' or 'full', got 1"
    """
    if found["mode"] not in ("quick", "full"):
        return f"mode must be 'quick' or 'full', got {str(found['mode'])[:100]}"
    if not isinstance(found["protocol"], list):
        return f"protocol must be a list, got {str(found['protocol'])[:100]}"
    for place, row, kinds in (
        ("it", found, KINDS),
        *(("a claim", claim, CLAIM) for claim in found["claims"]),
        *(("the protocol", setting, SETTING) for setting in found["protocol"]),
    ):
        for key, kind in kinds.items():
            if not isinstance(row, dict) or type(row.get(key)) not in kind:
                return f"{place} must have {' or '.join(k.__name__ for k in kind)} for {key}, got {str(row)[:100]}"
            if isinstance(row[key], int) and row[key].bit_length() > LONG:
                return f"{place} must have a number for {key}, got one of {row[key].bit_length()} bits"
    wrong = [claim["verdict"] for claim in found["claims"] if claim["verdict"] not in VERDICTS]
    return f"a verdict must be one of {', '.join(VERDICTS)}, got {wrong[0][:100]}" if wrong else None


def load(folder: Path, experiment: Experiment) -> dict[str, Any]:
    """Return what a results.json says, of this or of an older version; raises as `read` does."""
    path, remedy = folder / "results.json", f"Run minigrow run {experiment.name} --out {folder.parent} again."
    try:
        found = parsed(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no {path}: was the run interrupted? {remedy}") from None
    except (OSError, ValueError, MemoryError) as error:
        raise ValueError(f"{path} is damaged ({error}). {remedy}") from error
    if not isinstance(found, dict) or any(key not in found for key in NEEDED):
        raise ValueError(f"{path} lacks some of {', '.join(NEEDED)}. {remedy}")
    if found["experiment"] != experiment.name:
        raise ValueError(f"{path} is of {found['experiment']!r}, not of {experiment.name!r}. {remedy}")
    if not (isinstance(found["claims"], list) and all(isinstance(row, dict) for row in found["claims"])):
        raise ValueError(f"{path} has claims that are no rows. {remedy}")
    return found


def by_method(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Return the results of each method, methods in the registry's order."""
    groups = {method: [r for r in results if r.experiment.method == method] for method in PAPERS}
    return {method: group for method, group in groups.items() if group}


def verdicts(results: Sequence[Result]) -> dict[str, dict[str, int]]:
    """Return {method: {verdict: number of claims}} for the methods among the results."""
    found = {m: [c["verdict"] for r in group for c in r.found["claims"]] for m, group in by_method(results).items()}
    return {method: {verdict: each.count(verdict) for verdict in VERDICTS} for method, each in found.items()}
