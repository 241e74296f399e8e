"""Write down what was found: `table(found)` as text, `write_csv`, `write_json`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from minigrow.growth.writing import atomic
from minigrow.motifs.classes import matrices_of
from minigrow.motifs.places.words import motif_word
from minigrow.motifs.show.drawing import draw, undirected
from minigrow.motifs.show.ranking import bounds, ranked
from minigrow.motifs.statistics import Motifs

COLUMNS = ("frequency", "mean", "std", "z", "p", "p_low", "q", "familywise", "family")
HEAD = ("count", 9), ("frequency", 10), ("mean", 10), ("std", 10), ("z", 10), ("p", 9), ("familywise", 10)


def table(found: Motifs, top: int = 10, plain: bool | None = None) -> str:
    """Return the first `top` classes of `ranked` as text, each with its drawing.

    `> 20.00` is what Z exceeds where no random graph has the class (`ranking.bounds`); `<= 0.0100` marks the smallest p that R
    random graphs can give; `too rare` a class outside the family, which is not judged. `plain`: edges are drawn without
    arrowheads; None means that they are where all classes are the same both ways (`drawing.undirected`).

    >>> from minigrow.motifs.esu import Census
    >>> from minigrow.motifs.statistics import summarise
    >>> print(table(summarise(Census(3, np.array([72, 520]), np.array([1, 3])), [])))
        count  frequency       mean        std          z         p familywise   motif (colour at the arrow's head)
            3   75.0000%  undefined  undefined  undefined undefined  undefined   o---------1>o
                                                                                 .     o---1>o
            1   25.0000%  undefined  undefined  undefined undefined  undefined   o---1>o---1>o
    """
    plain = undirected(found) if plain is None else plain
    colours = "colour on the line" if plain else "colour at the arrow's head"
    lines = [" ".join(f"{name:>{width}s}" for name, width in HEAD) + f"   motif ({colours})"]
    indent = " " * (len(lines[0].partition("motif")[0]))
    order = ranked(found)[:top]
    for i, matrix in zip(order, matrices_of(found.ids[order], found.size, found.layout), strict=True):
        picture = draw(matrix, plain)
        words = [word.rjust(width) for word, (_, width) in zip(numbers(found, i), HEAD, strict=True)]
        lines += [" ".join(words) + "   " + picture[0], *(indent + line for line in picture[1:])]
    return "\n".join(lines)


def numbers(found: Motifs, i: int) -> list[str]:
    """Return what the table says of class number i in words: count, frequency, mean, std, Z, p, familywise p.

    >>> from minigrow.motifs.esu import Census
    >>> from minigrow.motifs.statistics import summarise
    >>> own, other = Census(3, np.array([1, 8]), np.array([9, 9])), Census(3, np.array([1]), np.array([9]))
    >>> numbers(summarise(own, [other] * 4), 1)
    ['9', '50.0000%', '0.0000%', '0.0000%', '> 17.50', '<= 0.200', '<= 0.200']
    """
    shares = [_word(100 * getattr(found, name)[i], ".4f", "%") for name in ("frequency", "mean", "std")]
    bound = bounds(found)[i]
    z = f"> {bound:.2f}" if np.isfinite(bound) else _word(found.z[i], ".2f")
    whole = probability(found.familywise[i], found.random) if found.family[i] or not found.random else "too rare"
    p = _word(found.p[i], ".3f") if np.isnan(found.p_low[i]) else probability(found.p[i], found.random)
    return [f"{found.counts[i]:.0f}", *shares, z, p, whole]


def _word(value: float, form: str, unit: str = "") -> str:
    return f"{value:{form}}{unit}" if np.isfinite(value) else "undefined"


def probability(p: float, R: int) -> str:
    """Return p rounded up, with a digit more than 1 / (R + 1) needs; `<=` marks the smallest that R random graphs can give.

    >>> [probability(p, 100) for p in (1 / 101, 2 / 101, 1.0, np.nan)]
    ['<= 0.0100', '0.0199', '1.0000', 'undefined']
    """
    if np.isnan(p):
        return "undefined"
    digits = max(3, int(np.ceil(np.log10(R + 1))) + 1)
    word = f"{np.ceil(p * 10**digits - 1e-6) / 10**digits:.{digits}f}"
    return f"<= {word}" if p <= 1 / (R + 1) else word


def write_csv(path: Path, found: Motifs) -> None:
    """Write all classes in the order of `ranked`: adjacency row by row, count, `COLUMNS`; an undefined value is an empty cell."""
    with atomic(path) as file:
        file.write((",".join(["adjacency", "count", *COLUMNS]) + "\n").encode())
        for matrix, values in entries(found):
            cells = ["" if v is None else json.dumps(v) for name, v in values.items() if name != "bound"]
            file.write((",".join([motif_word(matrix), *cells]) + "\n").encode())


def write_json(path: Path, found: Motifs, about: dict[str, Any]) -> None:
    """Write the file of `minigrow motifs --json`: `about` first, then all classes in the order of `ranked`; undefined is null.

    Each class is one line, written as it is made, so that a million classes take no more memory than one.
    """
    with atomic(path) as file:
        file.write((json.dumps(about, allow_nan=False)[:-1] + ', "classes": [').encode())
        for place, (matrix, values) in enumerate(entries(found)):
            entry = {"adjacency": matrix, **values}
            file.write(((",\n" if place else "\n") + json.dumps(entry, allow_nan=False)).encode())
        file.write(b"\n]}\n")


def entries(found: Motifs) -> Iterator[tuple[list[list[int]], dict[str, Any]]]:
    """Yield each class in the order of `ranked`: its matrix; its count, the values of `COLUMNS` and its bound (None: undefined).

    >>> from minigrow.motifs.esu import Census
    >>> from minigrow.motifs.statistics import summarise
    >>> matrix, values = next(entries(summarise(Census(3, np.array([72]), np.array([3])), [])))
    >>> matrix, values["count"], values["frequency"], values["z"], values["family"]
    ([[0, 0, 0], [0, 0, 1], [1, 0, 0]], 3, 1.0, None, False)
    """
    order, all_bounds = ranked(found), bounds(found)
    for some in (order[i : i + 4096] for i in range(0, order.size, 4096)):
        columns = [found.counts, *(getattr(found, name) for name in COLUMNS), all_bounds]
        rows = zip(
            *(np.where(np.isnan(c), None, c.astype(object)).tolist() for c in (c[some] for c in columns)), strict=True
        )
        for matrix, row in zip(matrices_of(found.ids[some], found.size, found.layout).tolist(), rows, strict=True):
            yield matrix, dict(zip(("count", *COLUMNS, "bound"), row, strict=True))
