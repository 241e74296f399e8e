"""Data to train on: digits that come with the package, generated tasks, loaders for files you have, an explicit fetch.

| call | gives |
|---|---|
| `digits()` | 1797 handwritten digits, 8x8, shipped |
| `spirals(n, arms, rng=rng)`, `parity(bits)` | small tasks made on the spot |
| `mnist1d()` | 5000 signals of 40 points on which width matters, made on the spot |
| `standin.stand_in()` | images of CIFAR's size, made on the spot |
| `mnist(folder)`, `fashion_mnist(folder)` | IDX files you have; letters: `idx.emnist_letters` |
| `cifar10(folder)`, `cifar100(folder)` | binary version you have; coarse classes: `cifar.cifar100_coarse` |
| `fetch(name, folder)` | downloads those files; nothing else uses the internet |
| `named.load(name)` | a built-in dataset, or whatever of these is in a folder, your own .npy files included |
| `from_arrays(X, y)`, `split(data, rng=rng)`, `take(data, rows)` | your own arrays; training and test set; some rows |
| `standardised(train, test)` | per-pixel standardisation; without data sets: `standardise.Standardiser` |
| `three_tasks(data, rng)`, `split_tasks(tasks, rng=rng)`, `join(tasks, active)` | several tasks in one network |

>>> train, test = standardised(*split(digits(), rng=0))
>>> train.X.shape, test.X.shape
((1438, 64), (359, 64))
"""

from minigrow.datasets.cifar import cifar10, cifar100
from minigrow.datasets.dataset import Dataset, from_arrays, split
from minigrow.datasets.generated import spirals
from minigrow.datasets.idx import fashion_mnist, mnist
from minigrow.datasets.internet import fetch
from minigrow.datasets.mnist1d import mnist1d
from minigrow.datasets.shipped import digits
from minigrow.datasets.standardise import standardised

__all__ = [
    "Dataset", "cifar10", "cifar100", "digits", "fashion_mnist", "fetch", "from_arrays", "mnist", "mnist1d", "spirals",
    "split", "standardised",
]  # fmt: skip
