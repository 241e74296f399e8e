"""Draw nets whose architecture is known, spoil them, and count how the reader reads them: `python -m minigrow.structure.examples`.

Every net gets dead neurons (without a source, without a reader, without both), hidden neurons in random order, and noise on all
weights that could be there, of 1e-9 to 1e-3 of the root mean square of the weights. Weights are normal with variance 2 / fan-in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from minigrow.structure.architectures import ARCHITECTURES, Drawn
from minigrow.structure.reading import read
from minigrow.structure.verdict import judge

HELD_OUT, EACH = 1_000_000, 60  # first seed of the graphs on which no rule was tuned; graphs of each architecture


class Example(NamedTuple):
    """A matrix W (S, S), its inputs and outputs, I or None, the inputs' positions or (), and the kind that is right."""

    W: np.ndarray
    inputs: list[int]
    outputs: list[int]
    iterations: int | None
    positions: np.ndarray | tuple
    kind: str


def example(name: str, seed: int) -> Example:
    """Return a net of this architecture, spoilt; the same seed gives the same net.

    >>> example("perceptron", 0).kind
    'direct'
    """
    rng = np.random.default_rng([seed, sorted(ARCHITECTURES).index(name)])
    draw, kind = ARCHITECTURES[name]
    return spoilt(draw(rng), kind, rng)


def spoilt(net: Drawn, kind: str, rng: np.random.Generator) -> Example:
    """Return the net with dead neurons, its hidden neurons permuted, and noise."""
    W, d, k = net.W, net.inputs, net.outputs
    rms, dead, S = np.sqrt(np.mean(W[W != 0] ** 2)), int(rng.integers(1, 5)), len(W)
    hidden, T = rng.permutation(S + dead - d - k) + d, S + dead
    order = np.concatenate([np.arange(d), hidden, np.arange(T - k, T)])  # where each neuron goes
    old = order[np.r_[0 : S - k, T - k : T]]
    grown = np.zeros((T, T))
    grown[np.ix_(old, old)] = W
    for i, what in zip(order[S - k : T - k], rng.integers(0, 3, dead), strict=True):
        reads, feeds = rng.choice(old[: S - k], 3), rng.choice(old[d:], 3)
        grown[i, reads] = rng.normal(0, rms, 3) * (what == 1)
        grown[feeds, i] = rng.normal(0, rms, 3) * (what == 2)
    noise = rng.normal(0, rms * 10 ** rng.uniform(-9, -3), (T, T))
    noise[:d], noise[:, T - k :] = 0, 0
    return Example(grown + noise, list(range(d)), list(range(T - k, T)), net.iterations, net.positions, kind)


def verdict(net: Example) -> str:
    """Return the kind that the reader gives it.

    >>> verdict(example("perceptron", 0))
    'direct'
    """
    return judge(read(net.W, net.inputs, net.outputs, net.iterations, net.positions, threshold="auto")).kind


def confusion(seeds: Iterable[int], names: Iterable[str] = tuple(ARCHITECTURES)) -> dict[str, Counter]:
    """Return how often each architecture was read as each kind.

    >>> confusion(range(2), ["perceptron"])
    {'perceptron': Counter({'direct': 2})}
    """
    seeds = list(seeds)
    return {name: Counter(verdict(example(name, seed)) for seed in seeds) for name in names}


def share(table: dict[str, Counter]) -> float:
    """Return the share of nets that were read right.

    >>> share({"perceptron": Counter(direct=3, sparse=1)})
    0.75
    """
    right = sum(counts[ARCHITECTURES[name][1]] for name, counts in table.items())
    return right / sum(map(Counter.total, table.values()))


def markdown(table: dict[str, Counter]) -> str:
    """Return the confusion table as Markdown: a row for each architecture, a column for each kind that occurs.

    >>> print(markdown({"perceptron": Counter(direct=3, sparse=1)}))
    | drawn | direct | sparse |
    |---|---|---|
    | perceptron | **3** | 1 |
    """
    kinds = list(dict.fromkeys([ARCHITECTURES[name][1] for name in table] + [k for row in table.values() for k in row]))
    lines = ["| drawn | " + " | ".join(kinds) + " |", "|---" * (len(kinds) + 1) + "|"]
    for name, row in table.items():
        cells = [f"**{row[kind]}**" if kind == ARCHITECTURES[name][1] else str(row[kind] or "") for kind in kinds]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    table = confusion(range(HELD_OUT, HELD_OUT + EACH))
    print(markdown(table))
    print(f"\n{100 * share(table):.2f} % of {sum(map(Counter.total, table.values()))} graphs read right")
