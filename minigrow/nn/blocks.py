"""Several tasks on one output: a softmax inside each task's block, and the mean of the tasks' losses (the loss "blocks").

n samples, T tasks of K classes each, p the output (n, T K), block k its columns k K .. (k + 1) K - 1, t labels (n, T): t_ik in
0..K-1 is the class of sample i in task k, and -1 says that sample i has none there. With n_k the labels of task k, A the tasks
that have any, and q_ik the softmax of sample i inside block k:

    L = 1/|A| sum_{k in A} 1/n_k sum_{i: t_ik >= 0} -log q_ik[t_ik]          dL/dp_ik = (q_ik - onehot(t_ik)) / (|A| n_k), else 0

So tasks weigh alike, however many samples each has. Source: G. Bird's program (Isotropic-Adaptive-MLPs), where each step
takes 48 samples of every task and the losses of the active ones are averaged; a sample fills its own task's inputs only.
"""

from __future__ import annotations

import numpy as np

NONE = -1


def block_cross_entropy(p: np.ndarray, t: np.ndarray) -> tuple[float, np.ndarray]:
    """Return L (a scalar, nats) and dL/dp (n, T K) for logits p (n, T K) and labels t (n, T), -1 where there is none.

    The greatest logit of each block is subtracted first, so nothing overflows. Raises ValueError as `block_labels` does.

    >>> loss, gradient = block_cross_entropy(np.zeros((1, 4)), np.array([[1, -1]]))
    >>> round(loss, 4), gradient
    (0.6931, array([[ 0.5, -0.5,  0. ,  0. ]]))
    """
    t = block_labels(t, p.shape[1])
    i, k = np.nonzero(t != NONE)
    weight = 1 / np.bincount(k, minlength=t.shape[1])[k] / len(np.unique(k))  # 1 / (|A| n_k) of each label
    shifted = p.reshape(*t.shape, -1)[i, k]
    shifted = shifted - shifted.real.max(axis=1, keepdims=True)
    total, rows = np.exp(shifted).sum(axis=1), np.arange(len(i))
    loss = weight @ (np.log(total) - shifted[rows, t[i, k]])
    slope = np.exp(shifted) / total[:, None]
    slope[rows, t[i, k]] -= 1
    gradient = np.zeros((*t.shape, slope.shape[1]), p.dtype)
    gradient[i, k] = weight[:, None] * slope
    return complex(loss) if np.iscomplexobj(p) else float(loss), gradient.reshape(p.shape)


def block_labels(t: np.ndarray, outputs: int) -> np.ndarray:
    """Return integer labels (n, T) in -1..K-1, where T tasks share `outputs` = T K outputs, K >= 2.

    Raises ValueError for other shapes, fractions, labels outside -1..K-1, and samples without any label.

    >>> block_labels([[2, -1], [-1, 0]], outputs=6).dtype
    dtype('int64')
    """
    t = np.asarray(t)
    if t.ndim != 2 or t.dtype.kind not in "biuf":
        raise ValueError(
            f"labels of several tasks must be numbers of shape (n, tasks), got shape {t.shape} of {t.dtype}."
        )
    classes, left = divmod(outputs, max(t.shape[1], 1))
    if left or classes < 2 or not t.shape[1]:
        raise ValueError(
            f"{outputs} outputs are no blocks of the same size, two or more, for {t.shape[1]} tasks. "
            "The loss 'blocks' takes one column of labels for each task."
        )
    if not ((t >= NONE) & (t < classes) & (t == np.floor(t))).all():
        raise ValueError(f"labels must be whole numbers in 0..{classes - 1}, or -1 for none, got {np.unique(t)[:9]}.")
    if not (t != NONE).any(axis=1).all():
        raise ValueError("every sample must have a label in at least one task, got rows of -1 only. Leave them out.")
    return t.astype(np.int64)


def by_task(y: np.ndarray, task: np.ndarray, classes: int, tasks: int) -> np.ndarray:
    """Return labels t (n, tasks) from joint labels y (n,) in 0..tasks classes - 1 and the task (n,) of each sample.

    This is what makes `minigrow.datasets.blocks.join` fit the loss: joined = join(...), by_task(joined.y, joined.task, 10, 3).
    Raises ValueError for a label outside its task's block.

    >>> by_task(np.array([1, 3]), np.array([0, 1]), classes=2, tasks=2)
    array([[ 1, -1],
           [-1,  1]])
    """
    y, task = np.asarray(y), np.asarray(task)
    if y.shape != task.shape or not (y // classes == task).all() or not (task < tasks).all():
        raise ValueError(f"joint labels of task k must be in {classes} k .. {classes} k + {classes - 1}, k < {tasks}.")
    t = np.full((len(y), tasks), NONE, np.int64)
    t[np.arange(len(y)), task] = y - classes * task
    return t


def block_predictions(p: np.ndarray, tasks: int) -> np.ndarray:
    """Return the most probable class (n, tasks) of each sample in each task, for outputs p (n, tasks K).

    >>> block_predictions(np.array([[0.0, 1.0, 3.0, 2.0]]), 2)
    array([[1, 0]])
    """
    return p.reshape(len(p), tasks, -1).argmax(axis=2)


def block_accuracy(p: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return the accuracy (T,) of each task in [0, 1], NaN for a task without a label; p (n, T K) and t (n, T) as in the loss.

    Raises ValueError as `block_labels` does.

    >>> block_accuracy(np.array([[0.0, 1.0, 3.0, 2.0]]), np.array([[1, -1]]))
    array([ 1., nan])
    """
    t = block_labels(t, p.shape[1])
    labels, right = (t != NONE).sum(axis=0), (block_predictions(p, t.shape[1]) == t).sum(axis=0)
    return np.where(labels > 0, right / np.maximum(labels, 1), np.nan)
