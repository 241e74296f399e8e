"""`placed(data)` puts any data set on its geometry: signals on a line, images on a grid, averaged in blocks where they are large.

    line     samples of shape (d,): input j stands at j
    grid     samples of shape (rows, columns), or with up to 4 colours first or last: colours are averaged to grey, pixels
             stand row by row on a unit grid
    blocks   the smallest k for which blocks of k points (k x k pixels) leave at most `inputs` inputs; each becomes its mean, and
             what does not fill a block at the end of an axis is left out

A pool has no geometry but its neurons' positions, so to shuffle the points of all samples in one way and to permute the positions
is the same thing; here the points are shuffled.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from minigrow.datasets import Dataset, split, standardised
from minigrow.datasets.dataset import Splits
from minigrow.datasets.named import load
from minigrow.datasets.standin import stand_in

LARGEST = 4  # blocks of more points a side would hide what the network should find
COLOURS = 4


class Placed(NamedTuple):
    """Training and test set, standardised per input; where each input stands (d, D), in the sample's own order too; the shape."""

    train: Dataset
    test: Dataset
    places: np.ndarray
    own: np.ndarray
    shape: tuple[int, ...]


def placed(
    name: str,
    seed: int,
    inputs: int,
    axes: int,
    rows: int | None = None,
    shuffled: bool = False,
    validation: bool = False,
) -> Placed:
    """Return a data set with at most `inputs` inputs; `validation` splits the training set anew, to tune on.

    `axes` is 1 for signals and 2 for images; `rows` cuts the number of samples that the stand-in makes. Raises ValueError for
    samples of another kind, or too large ones.

    >>> found = placed("digits", 0, inputs=64, axes=2)
    >>> found.train.X.shape, found.shape, found.places[9].tolist()
    ((1438, 64), (8, 8), [1.0, 1.0])
    """
    found = reduced(name, inputs, axes, rows)
    train, test = split(found, rng=seed) if isinstance(found, Dataset) else found
    if validation:
        train, test = split(train, rng=seed)
    train, test = standardised(train, test)
    places = np.stack(np.unravel_index(np.arange(train.X.shape[1]), train.shape), axis=1).astype(float)
    order = np.random.default_rng(seed).permutation(len(places)) if shuffled else np.arange(len(places))
    train, test = (part._replace(X=np.ascontiguousarray(part.X[:, order])) for part in (train, test))
    return Placed(train, test, places, places[order], train.shape)


@lru_cache(maxsize=2)
def reduced(name: str, inputs: int, axes: int, rows: int | None) -> Dataset | Splits:
    """Return a data set in grey and in blocks, in float32."""
    stand = name == "stand-in" and rows is not None
    found = stand_in(rows) if stand else load(name, np.float32)
    if isinstance(found, Dataset):
        return blocks(found, inputs, axes)
    return Splits(*(blocks(part, inputs, axes) for part in found))


def blocks(data: Dataset, inputs: int, axes: int) -> Dataset:
    """Return the samples in grey, averaged in blocks until there are at most `inputs` points.

    >>> blocks(Dataset(np.arange(16.0)[None], np.zeros(1, int), "tiny", ("0",), (4, 4)), 4, 2).X
    array([[ 2.5,  4.5, 10.5, 12.5]])
    """
    X = grey(data, axes)
    side = X.shape[1:]
    k = next(k for k in range(1, max(side) + 1) if np.prod([max(n // k, 1) for n in side]) <= inputs or k == max(side))
    if k > LARGEST or min(side) < k:
        raise ValueError(
            f"samples must fit into {inputs} inputs when averaged in blocks of at most {LARGEST} points a side, got "
            f"{data.name} of shape {side}. Make them smaller before you save them, or raise `inputs` in the configuration."
        )
    short = tuple(n // k for n in side)
    X = X[(slice(None), *(slice(n * k) for n in short))]
    mean = X.reshape(len(X), *(n for m in short for n in (m, k))).mean(axis=tuple(range(2, 2 * axes + 1, 2)))
    return data._replace(X=mean.reshape(len(X), -1), shape=short)


def grey(data: Dataset, axes: int) -> np.ndarray:
    """Return the samples (n, d) or (n, rows, columns), colours averaged; raises ValueError for samples of another kind."""
    X, shape = data.X.reshape(len(data.X), *data.shape), data.shape
    if axes == 2 and len(shape) == 3 and min(shape[0], shape[2]) <= COLOURS:
        X = X.mean(axis=1 if shape[0] <= shape[2] else 3, dtype=X.dtype)
    if X.ndim != axes + 1:
        what, other = (("signals (d,)", "images"), ("images (rows, columns), or with up to 4 colours", "signals"))[
            axes - 1
        ]
        raise ValueError(
            f"samples must be {what}, got {data.name} of shape {shape}. Run urn.{other} on {other}; arrays of your own have the "
            "shape of X.npy behind its first axis."
        )
    return X
