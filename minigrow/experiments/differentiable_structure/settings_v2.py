"""The rows that the protocols of the experiments on the second version (multipliers) share."""

from __future__ import annotations

from minigrow.differentiable_structure import multipliers
from minigrow.differentiable_structure.multipliers import CHUNK, RULE
from minigrow.experiments.protocol import Setting, words

_CODE = multipliers.LEARNING  # Floor(Clip(L1(Adagrad)))
_NUMBERS = {
    "rate": _CODE.rate,
    "clip": _CODE.inner.limit,
    "price": _CODE.inner.inner.strength / CHUNK,
    "floor": _CODE.least,
}
_V2, _RULE = ({key: words(value) for key, value in d.items()} for d in (_NUMBERS, RULE._asdict()))
LEARNING = (
    Setting("update", "Adagrad 0.1; every gradient clipped to +-5, entry by entry; memories start at 0",
            ours=f"Adagrad {_V2['rate']}; every gradient clipped to +-{_V2['clip']}, entry by entry; memories start at 0"),
    Setting("chunk", "40 symbols, state carried on"),
    Setting("loss shown", "smoothed: s <- .999 s + .001 loss", ours="smoothed: s <- .99 s + .01 loss",
            why="one smoothing for both versions, that of v3", effect="not measured; the loss shown lags 100 cycles, not 1000"),
    Setting("text", "one file for all runs; hard text: groups of five letters in the words of v2, six in the released file",
            ours="a text for every run, 1.2 million symbols; hard text: groups of six letters",
            why="intervals that hold for the kind of text; six letters as in the file and in v3",
            effect="not measured for v2; five letters in v3: experiment details"),
)  # fmt: skip
RULES = (
    Setting("start", "one neuron, weights N(0, .01^2), biases 0, multiplier 1"),
    Setting("price A in the gradient, at each symbol", 3e-5, ours=_V2["price"]),
    Setting("symbols of a chunk that pay the price", 40, ours=words(CHUNK)),
    Setting("least multiplier M_min", 0.025, ours=_V2["floor"]),
    Setting("threshold T_D, spares k", "0.05, 1", ours=f"{_RULE['threshold']}, {_RULE['spares']}"),
    Setting("P_del, P_add, at any time, most", "0.25, 0.05, 0.0001, 99",
            ours=f"{_RULE['delete']}, {_RULE['add']}, {_RULE['anytime']}, {_RULE['most']}"),
    Setting("a newborn", "weights N(0, .01^2), bias 0, multiplier T_D, memories 0"),
    Setting("state carried on, path all", "m * h, with the multipliers before the update", ours="h",
            why="one rule for the state in both versions; the multipliers of one update differ little", effect="not measured"),
)  # fmt: skip
