"""The rows that the protocols of all experiments on the third version share; our values are read from the code that runs."""

from __future__ import annotations

from minigrow.differentiable_structure import Rule
from minigrow.experiments.differentiable_structure.common import LEARNING
from minigrow.experiments.protocol import Setting, words


def method(newborn: str = Rule().newborn) -> tuple[Setting, ...]:
    """Return the rows; `newborn` says how new neurons are made.

    >>> [row.name for row in method()][:2]
    ['start', 'update']
    """
    c, r = {key: words(value) for key, value in LEARNING.items()}, {k: words(v) for k, v in Rule()._asdict().items()}
    memories = f"{c['memory_in']} for Wxh and bh, {c['memory_out']} for the rest"
    return (
        Setting("start", "one neuron, weights N(0, .01^2), biases 0"),
        Setting("update", "RMSProp .99, rate 0.01, each step clipped to +-0.01",
                ours=f"RMSProp .99, rate {c['rate']}, each step clipped to +-{c['clip']}"),
        Setting("memories at the start", "0.01 for Wxh and bh, 0 for the rest", ours=memories),
        Setting("pull on Why and Whh", 1e-4, ours=c["pull"]),
        Setting("chunk", "40 symbols, state carried on"),
        Setting("threshold T_D, spares k", "0.05, 1", ours=f"{r['threshold']}, {r['spares']}"),
        Setting("P_del, P_add, at any time, most", "0.05, 0.01, 0.0001, 99",
                ours=f"{r['delete']}, {r['add']}, {r['anytime']}, {r['most']}"),
        Setting("norm of a newborn", "printed: r = T_D; released: r = .25 T_D (1 + H / (H + 1))", ours=newborn,
                why="the paper and its program differ", effect="asked in the experiment details, on both texts"),
        Setting("text", "one file of 1.4 (easy) or 1.2 (hard) million symbols for all runs; another ab with probability .6",
                ours="a text for every run, 1.2 million symbols; another ab with probability .6",
                why="intervals that hold for the kind of text, not for one file", effect="not measured"),
    )  # fmt: skip
