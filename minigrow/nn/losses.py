"""Losses: each returns the mean loss and its gradient with respect to the network's output, in one call.

n samples, k outputs, p the output (n, k), t targets, L the loss (a scalar, natural units: nats for cross-entropies).
The loss of several tasks, "blocks", is in `blocks`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from minigrow.nn.activations import sigmoid
from minigrow.nn.blocks import block_accuracy, block_cross_entropy, block_labels
from minigrow.nn.door import door
from minigrow.nn.validate import choice, outputs, same_rows

LossAndGradient = tuple[float, np.ndarray]


def mean_squared_error(p: np.ndarray, t: np.ndarray) -> LossAndGradient:
    """L = mean over samples and outputs of (p - t)^2, dL/dp = 2 (p - t) / (n k); p and t are (n, k).

    Raises ValueError when the shapes differ.

    >>> mean_squared_error(np.array([[1.0, 3.0]]), np.array([[1.0, 1.0]]))
    (2.0, array([[0., 2.]]))
    """
    if np.shape(t) != p.shape:
        raise ValueError(
            f"targets must have the shape of the output {p.shape}, got {np.shape(t)}. One output: pass y[:, None]."
        )
    error = p - t
    return _scalar(np.mean(error * error)), (2 / error.size) * error


def binary_cross_entropy(p: np.ndarray, t: np.ndarray) -> LossAndGradient:
    """L = mean of log(1 + e^p) - t p for logits p (n, k), labels t in {0, 1}; dL/dp = (sigmoid(p) - t) / (n k).

    log(1 + e^p) is written log(1 + e^-|p|) + max(p, 0), so that nothing overflows. Labels may be (n,) when k = 1.
    Raises ValueError for other shapes or labels.

    >>> loss, gradient = binary_cross_entropy(np.array([[0.0]]), np.array([1]))
    >>> round(loss, 4), gradient
    (0.6931, array([[-0.5]]))
    """
    t = np.asarray(t)
    t = t[:, None] if t.ndim == 1 and p.shape[1] == 1 else t
    if t.shape != p.shape:
        raise ValueError(f"labels must have the shape of the output {p.shape}, got {t.shape}.")
    if not np.isin(t, (0, 1)).all():
        raise ValueError(f"labels of the binary loss must be 0 or 1, got {np.unique(t)[:5]}.")
    magnitude = np.where(p.real > 0, p, -p)
    loss = np.log1p(np.exp(-magnitude)) + np.where(p.real > 0, p, 0) - t * p
    return _scalar(np.mean(loss)), ((sigmoid(p) - t) / p.size).astype(p.dtype)


def softmax_cross_entropy(p: np.ndarray, t: np.ndarray) -> LossAndGradient:
    """L = mean of log sum_j e^p_j - p_t for logits p (n, k), labels t; dL/dp = (softmax(p) - onehot(t)) / n.

    Labels are integers (n,) or one-hot rows (n, k). The greatest logit of each row is
    subtracted first, so nothing overflows. Raises ValueError as `class_labels` does.

    >>> loss, gradient = softmax_cross_entropy(np.zeros((1, 2)), np.array([1]))
    >>> round(loss, 4), gradient
    (0.6931, array([[ 0.5, -0.5]]))
    """
    labels = class_labels(t, p.shape[1])
    rows = np.arange(len(p))
    shifted = p - p.real.max(axis=1, keepdims=True)
    weight = np.exp(shifted)
    total = weight.sum(axis=1)
    loss = np.mean(np.log(total) - shifted[rows, labels])
    gradient = weight / total[:, None]
    gradient[rows, labels] -= 1
    return _scalar(loss), gradient / np.asarray(len(p), gradient.dtype)


@door
def softmax(p: np.ndarray) -> np.ndarray:
    """Turn logits (n, k) into class probabilities (n, k) whose rows sum to 1.

    >>> softmax(np.zeros((1, 2)))
    array([[0.5, 0.5]])
    """
    p = outputs(p)
    with np.errstate(over="ignore", invalid="ignore"):  # a difference of -infinity has the right probability, 0
        weight = np.exp(p - p.real.max(axis=1, keepdims=True))
    return weight / weight.sum(axis=1, keepdims=True)


def log_softmax(p: np.ndarray) -> np.ndarray:
    """Turn logits (n, k) into logarithms of class probabilities (n, k).

    >>> np.exp(log_softmax(np.zeros((1, 2))))
    array([[0.5, 0.5]])
    """
    p = p - p.real.max(axis=1, keepdims=True)
    return p - np.log(np.exp(p).sum(axis=1, keepdims=True))


def class_labels(t: np.ndarray, k: int) -> np.ndarray:
    """Return integer labels (n,) in 0..k-1 from labels (n,) or one-hot rows (n, k).

    Raises ValueError for other shapes, fractions, labels outside 0..k-1, rows that are not one-hot.

    >>> class_labels(np.array([[0, 1], [1, 0]]), k=2)
    array([1, 0])
    """
    t = np.asarray(t)
    if t.ndim == 2 and t.shape[1] == k and k > 1:
        if not (np.isin(t, (0, 1)).all() and (t.sum(axis=1) == 1).all()):
            raise ValueError("one-hot labels must have a single 1 in each row and zeros elsewhere.")
        return t.argmax(axis=1)
    if t.ndim != 1 or t.dtype.kind not in "biuf":
        raise ValueError(
            f"labels must be integers of shape (n,) or one-hot of shape (n, {k}), got shape {t.shape} of {t.dtype}."
        )
    if not ((t >= 0) & (t < k) & (t == np.floor(t))).all():
        raise ValueError(f"labels must be whole numbers in 0..{k - 1}, got values from {t.min()} to {t.max()}.")
    return t.astype(np.int64)


@door
def accuracy(p: np.ndarray, t: np.ndarray) -> float:
    """Return the share of rows of outputs p (n, k) whose greatest entry is their label, in [0, 1]; t is (n,) or one-hot (n, k).

    Raises ValueError as `class_labels` does, or when there are not as many labels as rows.

    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    p = outputs(p)
    labels = class_labels(t, p.shape[1])
    same_rows(p, labels)
    return float(np.mean(p.argmax(axis=1) == labels))


@door
def predictions(p: np.ndarray, loss: str) -> np.ndarray:
    """Return what outputs p (n, k) predict: p itself for "mse", classes (n,) for "softmax" and "binary".

    With "binary" and several outputs, each output predicts a class of its own, 0 or 1, and the result is (n, k).
    Raises ValueError for another loss, and for "blocks", whose number of tasks is not in p (`blocks.block_predictions`).

    >>> p = np.array([[0.1, -0.9]])
    >>> predictions(p, "softmax"), predictions(p, "binary")
    (array([0]), array([[1, 0]]))
    """
    p = outputs(p)
    if choice(loss, LOSSES, "loss") == "mse":
        return p
    if loss == "softmax":
        return p.argmax(axis=1)
    if loss == "blocks":
        raise ValueError("outputs do not say how many tasks share them. Call nn.blocks.block_predictions(p, tasks).")
    classes = (p > 0).astype(np.int64)
    return classes[:, 0] if p.shape[1] == 1 else classes


@door
def goodness(p: np.ndarray, y: np.ndarray, loss: str) -> float:
    """Return the accuracy in [0, 1] of outputs p (n, k) for "softmax" and "binary", and R^2 for "mse".

    For "blocks" it is the mean of the accuracies of the tasks that have labels (`blocks.block_accuracy` has each one's).
    R^2 = 1 - sum (p - y)^2 / sum (y - mean y)^2: 1 for a perfect fit, 0 for the mean. y is (n, k), or labels (n,).
    Raises ValueError for targets that are all the same, for which R^2 is not defined.

    >>> goodness(np.zeros((2, 1)), np.array([[-1.0], [1.0]]), "mse")
    0.0
    """
    if choice(loss, LOSSES, "loss") == "softmax":
        return accuracy(p, y)
    if loss == "blocks":
        return float(np.nanmean(block_accuracy(p, y)))
    if loss == "binary":
        return float(np.mean(predictions(p, loss).reshape(y.shape) == y))
    spread = float(np.sum((y - y.mean(axis=0)) ** 2))
    if not spread:
        raise ValueError(
            "R^2 needs targets that differ from each other, but all rows of y are the same. Look at the squared error."
        )
    return 1 - float(np.sum((p - y) ** 2)) / spread


def _scalar(loss):
    return complex(loss) if np.iscomplexobj(loss) else float(loss)


LOSSES: dict[str, Callable[[np.ndarray, np.ndarray], LossAndGradient]] = {
    "mse": mean_squared_error,
    "binary": binary_cross_entropy,
    "softmax": softmax_cross_entropy,
    "blocks": block_cross_entropy,
}
# Losses whose targets are labels, and what makes labels of them; the targets of the others are numbers (n, k).
LABELS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {"softmax": class_labels, "blocks": block_labels}
