"""Judge the data of committed results again by today's criteria: `rejudge("figures", ["urn"])` rewrites the claims, nothing else.

A criterion may be sharpened after a run of hours, and what was measured stays what it was. Only "claims" and "protocol" are made
anew in each results.json: reasons come from today's code, our values from the file's own configuration, which says what ran.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from minigrow.experiments import protocol
from minigrow.experiments.claims import VERDICTS
from minigrow.experiments.registry import Experiment, find
from minigrow.experiments.results import load
from minigrow.growth.archives import DAMAGED, said
from minigrow.growth.files import write_json


def rejudge(root: str | os.PathLike, names: Sequence[str] = ("all",)) -> dict[str, dict[str, int]]:
    """Rewrite the claims of these experiments in a folder of results; returns {experiment: {verdict: number of claims}}.

    All are judged before the first file is written, each file whole or not at all. Raises ValueError for a name that fits no
    experiment, and for data that today's code cannot judge; FileNotFoundError where none of the experiments has a folder.

    >>> rejudge("nowhere", ["urn"])
    Traceback (most recent call last):
    FileNotFoundError: there are no results of urn in nowhere. Make some: minigrow run urn --out nowhere
    """
    root, asked = Path(root), " ".join(names)
    judged = {e.name: judged_again(root / e.name, e) for e in find(names) if (root / e.name).is_dir()}
    if not judged:
        raise FileNotFoundError(
            f"there are no results of {asked} in {root}. Make some: minigrow run {asked} --out {root}"
        )
    for name, found in judged.items():
        write_json(root / name / "results.json", found)
    return {name: _counted(found["claims"]) for name, found in judged.items()}


def judged_again(folder: Path, experiment: Experiment) -> dict[str, Any]:
    """Return what an experiment's results.json says, with the claims that today's code makes of its data."""
    path, found = folder / "results.json", load(folder, experiment)
    module = experiment.module
    try:
        table = getattr(module, "PROTOCOL", ())
        rows = protocol.rows(table, found["config"]) if table else found.get("protocol", [])
        claims = [claim._asdict() for claim in module.claims(found["data"])]
    except DAMAGED as error:
        raise ValueError(
            f"{path} cannot be judged by today's code: {said(error)} Its data are of another version of the experiment, "
            f"so run it again: minigrow run {experiment.name} --out {folder.parent}"
        ) from error
    new = {"protocol": rows, "claims": claims, "data": found["data"]}
    return {key: value for key, value in found.items() if key not in new} | new


def _counted(claims):
    verdicts = [claim["verdict"] for claim in claims]
    return {verdict: verdicts.count(verdict) for verdict in VERDICTS}
