"""Write down what was found: `table(found)` as text, `write_csv`, `write_json`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.growth.files import atomic
from minigrow.motifs.classes import matrices_of, matrix_of
from minigrow.motifs.drawing import draw
from minigrow.motifs.statistics import Motifs

COLUMNS = ("frequency", "mean", "std", "z", "p")


def ranked(found: Motifs) -> np.ndarray:
    """Return class numbers (c,), largest |Z| first, undefined Z last; among equals the more frequent first.

    >>> from minigrow.motifs.esu import Census
    >>> from minigrow.motifs.statistics import summarise
    >>> ranked(summarise(Census(3, np.array([1, 65]), np.array([1, 3])), [])).tolist()
    [1, 0]
    """
    return np.lexsort((-found.frequency, -np.nan_to_num(np.abs(found.z), nan=-1)))


def table(found: Motifs, top: int = 10) -> str:
    """Return the `top` classes with the largest |Z| as text, each with its drawing.

    >>> from minigrow.motifs.esu import Census
    >>> from minigrow.motifs.statistics import summarise
    >>> print(table(summarise(Census(3, np.array([72, 520]), np.array([1, 3])), [])))
        count  frequency       mean        std          z         p   motif (colour at the arrow's head)
            3   75.0000%  undefined  undefined  undefined undefined   o---------1>o
                                                                      .     o---1>o
            1   25.0000%  undefined  undefined  undefined undefined   o---1>o---1>o
    """
    lines = [
        f"{'count':>9s} {'frequency':>10s} {'mean':>10s} {'std':>10s} {'z':>10s} {'p':>9s}   motif (colour at the arrow's head)"
    ]
    for i in ranked(found)[:top]:
        picture = draw(matrix_of(found.ids[i], found.size))
        lines += [_numbers(found, i) + "   " + picture[0]]
        lines += [" " * 66 + line for line in picture[1:]]
    return "\n".join(lines)


def _numbers(found: Motifs, i: int) -> str:
    count = f"{found.counts[i]:9.0f}"
    shares = " ".join(_word(100 * getattr(found, name)[i], "9.4f", "%") for name in COLUMNS[:3])
    return f"{count} {shares} {_word(found.z[i], '10.2f')} {_word(found.p[i], '9.3f')}"


def _word(value: float, form: str, unit: str = "") -> str:
    return f"{value:{form}}{unit}" if np.isfinite(value) else "undefined".rjust(int(form.split(".")[0]) + len(unit))


def write_csv(path: Path, found: Motifs) -> None:
    """Write all classes, largest |Z| first: adjacency row by row, count, shares, z, p; an undefined value is an empty cell."""
    with atomic(path) as file:
        file.write((",".join(["adjacency", "count", *COLUMNS]) + "\n").encode())
        for matrix, count, values in entries(found):
            word = "/".join("".join(map(str, row)) for row in matrix)
            file.write(",".join([word, repr(count), *("" if v is None else repr(v) for v in values)]).encode() + b"\n")


def write_json(path: Path, found: Motifs, about: dict[str, Any]) -> None:
    """Write the file of `minigrow motifs --json`: `about` first, then all classes, largest |Z| first; undefined is null.

    Each class is one line, written as it is made, so that a million classes take no more memory than one.
    """
    with atomic(path) as file:
        file.write((json.dumps(about, allow_nan=False)[:-1] + ', "classes": [').encode())
        for place, (matrix, count, values) in enumerate(entries(found)):
            entry = {"adjacency": matrix, "count": count, **dict(zip(COLUMNS, values, strict=True))}
            file.write(((",\n" if place else "\n") + json.dumps(entry, allow_nan=False)).encode())
        file.write(b"\n]}\n")


def entries(found: Motifs) -> Iterator[tuple[list[list[int]], int | float, list[float | None]]]:
    """Yield matrix, count and the values of `COLUMNS` (None: undefined) of each class, in the order of `ranked`.

    >>> from minigrow.motifs.esu import Census
    >>> from minigrow.motifs.statistics import summarise
    >>> next(entries(summarise(Census(3, np.array([72]), np.array([3])), [])))
    ([[0, 0, 0], [0, 0, 1], [1, 0, 0]], 3, [1.0, None, None, None, None])
    """
    order = ranked(found)
    for some in (order[i : i + 4096] for i in range(0, order.size, 4096)):
        values = np.array([getattr(found, name)[some] for name in COLUMNS]).T
        matrices = matrices_of(found.ids[some], found.size).tolist()
        yield from zip(
            matrices, found.counts[some].tolist(), np.where(np.isnan(values), None, values).tolist(), strict=True
        )
