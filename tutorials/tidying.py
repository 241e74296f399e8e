"""Keep of an executed notebook what another machine would write too, and nothing else.

Cells are numbered instead of drawn at random; what was printed in pieces is joined;
what tells of the machine or of the moment goes. Tags stay, and JupyterLab folds the
code of cells tagged `hide-input` (so does the site). Figures keep the size at which
they are drawn and have at most 256 colours.
"""

from __future__ import annotations

import base64
import io
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

TUTORIALS = Path(__file__).resolve().parent
# The start of a path on somebody's machine, or a library's place in it.
# A URL's path follows a letter, so it does not match.
MACHINE = re.compile(
    r"(?<![\w.])/(?:home|root|work|tmp|private|Users|usr/lib)/"
    r"|[A-Za-z]:\\+Users\\|site-packages"
)
METADATA = {
    "kernelspec": {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    },
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
    },
}


def tidy(notebook: Any) -> None:
    """Number cells and runs, and leave nothing that tells of this machine or moment.

    Cells that were not run (a student's notebook has no other) keep no number.
    """
    notebook["metadata"] = json.loads(json.dumps(METADATA))
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for count, cell in enumerate(code, start=1):
        cell["outputs"] = joined(cell["outputs"])
        cell["execution_count"] = count if cell["execution_count"] else None
    for i, cell in enumerate(notebook["cells"]):
        cell["id"], cell["metadata"] = f"cell-{i:02d}", kept(cell["metadata"])
        cell["source"] = cell["source"].splitlines(keepends=True)


def kept(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return what stays of a cell's metadata: its tags, and that its code is folded.

    >>> kept({"tags": ["hide-input"], "scrolled": False})
    {'tags': ['hide-input'], 'jupyter': {'source_hidden': True}}
    """
    tags = list(metadata.get("tags", ()))
    folded = {"jupyter": {"source_hidden": True}} if "hide-input" in tags else {}
    return ({"tags": tags} if tags else {}) | folded


def joined(outputs: list[Any]) -> list[dict[str, Any]]:
    """Return outputs with neighbouring pieces of one stream as one, pictures small."""
    found: list[dict[str, Any]] = []
    for output in map(dict, outputs):
        if output["output_type"] == "stream":
            name, before = output["name"], ""
            if found and found[-1].get("name") == name:
                before = "".join(found.pop()["text"])
            lines = (before + output["text"]).splitlines(keepends=True)
            found.append({"name": name, "output_type": "stream", "text": lines})
        else:
            found.append(output | shown(output) if "data" in output else output)
    return found


def shown(output: dict[str, Any]) -> dict[str, Any]:
    """Return data and metadata of what is displayed; of the latter, a figure's size."""
    data, size = dict(output["data"]), output.get("metadata", {}).get("image/png")
    if "image/png" in data:
        data["image/png"] = few_colours(data["image/png"])
    return {"data": data, "metadata": {"image/png": dict(size)} if size else {}}


def few_colours(picture: str) -> str:
    """Return a PNG (in base64) with at most 256 colours: a third of the bytes."""
    from PIL import Image

    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
    image = image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    image.save(file := io.BytesIO(), "png", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def complaints(notebook: Any) -> list[str]:
    """Return in words what must not be in a notebook: stderr, bare values, paths."""
    found = []
    here = (str(TUTORIALS.parent), str(Path.home()), tempfile.gettempdir(), sys.prefix)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            kind = output.get("name", output["output_type"])
            if kind not in ("stdout", "display_data"):
                found.append(
                    f"{cell['id']}: {kind}, only prints, figures and replays "
                    f"are allowed: {said(output)[:400]}"
                )
        words = "".join(cell["source"])
        words += "".join(map(said, cell.get("outputs", ())))
        near = [place for place in here if len(place) > 5 and place in words]
        if places := near + MACHINE.findall(words):
            found.append(f"{cell['id']}: a path of this machine: {', '.join(places)}")
    return found


def said(output: dict[str, Any]) -> str:
    """Return the words of one output: printed, an error's, a value's; not pictures'."""
    data = output.get("data", {})
    words = [output.get("text", ""), output.get("evalue", "")]
    words += [data[key] for key in data if key.startswith("text/")]
    return "".join("".join(word) for word in words)
