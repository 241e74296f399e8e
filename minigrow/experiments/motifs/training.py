"""Train the paper's perceptrons: `initial(widths, scheme, rng)`, `learn(net, data, rng)`.

They have ReLU hidden layers, softmax output and cross-entropy, and learn by SGD with rate .01, Nesterov momentum .6 and decay 1e-6
per step, in batches of 20, for at most 20 epochs. The training set is 70 % of the data; 10 % of it are the validation set for early
stopping (ours: when its loss has not fallen by 1 % for 3 epochs; the paper does not say). The other 30 % are the test set.
"""

import numpy as np

from minigrow.datasets import Dataset
from minigrow.growth import Plan, start, train
from minigrow.nn import MLP, Nesterov, accuracy

SCHEMES = ("normal", "orthogonal", "glorot")
OPTIMISER = Nesterov(rate=0.01, beta=0.6, decay=1e-6)
BATCH, EPOCHS, PATIENCE, FALL = 20, 20, 3, 0.99


def initial(hidden: tuple[int, ...], scheme: str, rng: np.random.Generator) -> MLP:
    """Draw a network 31-hidden-4 with weights of this scheme and biases from N(0, 0.1^2).

    >>> initial((20, 10), "glorot", np.random.default_rng(0)).widths
    (31, 20, 10, 4)
    """
    net = MLP.create([31, *hidden, 4], "relu", init=scheme, rng=rng)
    for l in range(1, net.layers + 1):
        b = net.params[f"b{l}"]
        b[...] = 0.1 * rng.standard_normal(b.shape)
    return net


def shuffled(data: Dataset, rng: np.random.Generator) -> Dataset:
    """Return the same patterns (n, 31) with their labels (n,) in random order, so that nothing is left to learn.

    >>> from minigrow.experiments.motifs.data import binary_tree
    >>> data = binary_tree(50, np.random.default_rng(0))
    >>> sorted(shuffled(data, np.random.default_rng(0)).y) == sorted(data.y)
    True
    """
    return data._replace(y=rng.permutation(data.y))


def learn(net: MLP, data: Dataset, rng: np.random.Generator, patience: int = PATIENCE) -> tuple[MLP, list[float]]:
    """Train a network; return it and its accuracy on the test set before training and after each epoch.

    Training ends after `patience` epochs without progress; `EPOCHS` means no early stopping.

    >>> from minigrow.experiments.motifs.data import binary_tree
    >>> _, scores = learn(initial((5,), "glorot", np.random.default_rng(0)), binary_tree(300, np.random.default_rng(0)),
    ...                   np.random.default_rng(0))
    >>> 0 <= scores[-1] <= 1
    True
    """
    order = rng.permutation(len(data.X))
    n = int(0.7 * order.size)
    watch, fit, test = order[: n // 10], order[n // 10 : n], order[n:]
    plan = Plan(batch=BATCH, validation=(data.X[watch], data.y[watch]), quiet=True)
    run, best, waited = start(net, OPTIMISER, rng=rng), np.inf, 0
    scores = [accuracy(net(data.X[test]), data.y[test])]
    while run.epoch < EPOCHS and waited < patience:
        run = train(run, data.X[fit], data.y[fit], plan._replace(epochs=run.epoch + 1))
        loss = run.history.rows[-1]["validation_loss"]
        waited = 0 if loss < FALL * best else waited + 1
        best = min(best, loss)
        scores.append(accuracy(run.net(data.X[test]), data.y[test]))
    return run.net, scores
