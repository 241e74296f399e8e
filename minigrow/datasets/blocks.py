"""`three_tasks(data, rng)` makes three tasks for one network; `join(tasks, active)` lays the active ones out in blocks.

Task k = 0..T-1 with d_k inputs and K_k classes owns one block of the joint inputs (sum d_k) and one of the joint
outputs (sum K_k). A sample fills only its own task's input block, all other inputs are zero, and its label is counted
from where the output block begins.

    x = [0 .. 0, x_k, 0 .. 0]        y = y_k + K_0 + .. + K_{k-1}

Zero must mean "nothing here": standardise each task before you join (`standardised`), not the joint inputs after.

>>> from minigrow.datasets import digits, standardised
>>> from minigrow.datasets.blocks import split_tasks
>>> train, test = split_tasks(three_tasks(digits(), rng=0), rng=0)
>>> train, test = zip(*(standardised(a, b) for a, b in zip(train, test)))
>>> first, later = join(train, active=[0]), join(train, active=[0, 2])
>>> first.X.shape, later.X.shape, later.outputs.shape
((1438, 192), (2876, 192), (30,))

Source: G. Bird, arXiv 2602.23405 (2026), the experiment with scheduled tasks: there three data sets, here three made of one.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from minigrow.datasets.dataset import Dataset, Rng, Splits, split
from minigrow.nn.validate import generator


class Joined(NamedTuple):
    """Samples of the active tasks in the joint space of all tasks.

    X (n, sum d_k); y (n,) joint labels; task (n,) the task of each sample; inputs (sum d_k,) and outputs (sum K_k,)
    true where a block is on.
    """

    X: NDArray[Any]
    y: NDArray[np.int64]
    task: NDArray[np.int64]
    inputs: NDArray[np.bool_]
    outputs: NDArray[np.bool_]


def three_tasks(data: Dataset, rng: Rng = None) -> tuple[Dataset, Dataset, Dataset]:
    """Return three tasks: the data; turned (images) or reversed (signals), with permuted classes; with their inputs shuffled.

    rng draws the class permutation, then the shuffle: the same seed makes the same tasks of a training and of a test set.

    >>> from minigrow.datasets import digits, mnist1d
    >>> [task.name for data in (digits(), mnist1d().test) for task in three_tasks(data, rng=0)]
    ['digits', 'digits turned', 'digits shuffled', 'mnist-1d', 'mnist-1d reversed', 'mnist-1d shuffled']
    """
    rng = generator(rng)
    classes, inputs = rng.permutation(len(data.classes)), rng.permutation(data.X.shape[1])
    other = turned if len(data.shape) > 1 else backwards
    return data, other(data, classes), shuffled(data, inputs)


def turned(data: Dataset, order: NDArray[np.int64]) -> Dataset:
    """Return the images turned by 90 degrees to the left; what was class c is now class order[c].

    Raises ValueError where the shape of a sample is neither (rows, columns) nor (colours, rows, columns).

    >>> from minigrow.datasets import Dataset
    >>> image = Dataset(np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([0]), "one", ("a", "b"), (2, 2))
    >>> new = turned(image, np.array([1, 0]))
    >>> new.X, new.y.tolist(), new.classes
    (array([[2., 4., 1., 3.]]), [1], ('b', 'a'))
    """
    if len(data.shape) not in (2, 3):
        raise ValueError(f"data must hold images, shape (rows, columns) or (colours, rows, columns), got {data.shape}.")
    images = np.rot90(data.X.reshape(-1, *data.shape), axes=(-2, -1))
    return _relabelled(data, order)._replace(
        X=images.reshape(data.X.shape), name=f"{data.name} turned", shape=images.shape[1:]
    )


def backwards(data: Dataset, order: NDArray[np.int64]) -> Dataset:
    """Return the signals reversed in time; what was class c is now class order[c].

    >>> from minigrow.datasets import from_arrays
    >>> new = backwards(from_arrays([[1.0, 2.0, 3.0]], [1]), np.array([1, 0]))
    >>> new.X, new.y.tolist()
    (array([[3., 2., 1.]]), [0])
    """
    return _relabelled(data, order)._replace(X=np.ascontiguousarray(data.X[:, ::-1]), name=f"{data.name} reversed")


def _relabelled(data, order):
    _check_permutation(order, len(data.classes), "classes")
    names = tuple(data.classes[c] for c in np.argsort(order))
    return data._replace(y=order[data.y].astype(np.int64), classes=names)


def shuffled(data: Dataset, order: NDArray[np.int64]) -> Dataset:
    """Return the samples with every one's inputs in the same new order: input j is what was input order[j].

    >>> from minigrow.datasets import from_arrays
    >>> shuffled(from_arrays([[5.0, 6.0, 7.0]], [0]), np.array([2, 0, 1])).X
    array([[7., 5., 6.]])
    """
    _check_permutation(order, data.X.shape[1], "inputs")
    return data._replace(X=data.X.take(order, axis=1), name=f"{data.name} shuffled")


def split_tasks(
    tasks: Iterable[Dataset], test: float = 0.2, *, rng: Rng = None
) -> tuple[tuple[Dataset, ...], tuple[Dataset, ...]]:
    """Return (training sets, test sets) of the tasks; tasks of equal length are split alike, so no image is in both.

    >>> from minigrow.datasets import digits
    >>> train, test = split_tasks(three_tasks(digits(), rng=0), rng=0)
    >>> len(train), len(test), np.array_equal(np.sort(test[0].X), np.sort(test[2].X))
    (3, 3, True)
    """
    seed = int(generator(rng).integers(2**63))
    parts: list[Splits] = [split(task, test, rng=seed) for task in tasks]
    return tuple(part.train for part in parts), tuple(part.test for part in parts)


def join(tasks: Sequence[Dataset], active: Iterable[int]) -> Joined:
    """Return the samples of the active tasks, in the order of `tasks`, in the joint space of all of them.

    Raises ValueError for no active task, an unknown or repeated one, or tasks of different dtype.

    >>> from minigrow.datasets import from_arrays
    >>> two = from_arrays([[1.0, 2.0]], [1]), from_arrays([[3.0]], [0])
    >>> joined = join(two, active=[0, 1])
    >>> joined.X, joined.y.tolist()
    (array([[1., 2., 0.], [0., 0., 3.]]), [1, 2])
    """
    active = _check_active(tasks, active)
    inputs, outputs = (_blocks(sizes) for sizes in ([t.X.shape[1] for t in tasks], [len(t.classes) for t in tasks]))
    samples = [len(task.y) if k in active else 0 for k, task in enumerate(tasks)]
    X = np.zeros((sum(samples), inputs[-1].stop), tasks[0].X.dtype)
    for k, own in enumerate(_blocks(samples)):
        X[own, inputs[k]] = tasks[k].X[: samples[k]]
    y = np.concatenate([tasks[k].y + outputs[k].start for k in active])
    return Joined(
        X, y, np.repeat(np.arange(len(tasks), dtype=np.int64), samples), _on(inputs, active), _on(outputs, active)
    )


def _blocks(sizes: Sequence[int]) -> list[slice]:
    """Return consecutive slices of these sizes."""
    ends = np.cumsum(sizes).tolist()
    return [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]


def _on(blocks: list[slice], active: list[int]) -> NDArray[np.bool_]:
    mask = np.zeros(blocks[-1].stop, bool)
    for k in active:
        mask[blocks[k]] = True
    return mask


def _check_active(tasks: Sequence[Dataset], active: Iterable[int]) -> list[int]:
    active = list(active)
    if not active or len(set(active)) < len(active) or not set(active) <= set(range(len(tasks))):
        raise ValueError(f"active must name at least one of tasks 0..{len(tasks) - 1}, each once, got {active}.")
    if len({task.X.dtype for task in tasks}) > 1:
        raise ValueError(f"tasks must share one dtype, got {[str(task.X.dtype) for task in tasks]}. Convert X first.")
    return sorted(active)


def _check_permutation(order: NDArray[np.int64], n: int, what: str) -> None:
    if not np.array_equal(np.sort(order), np.arange(n)):
        raise ValueError(f"order must be a permutation of the {n} {what}, got {order}. Try rng.permutation({n}).")
