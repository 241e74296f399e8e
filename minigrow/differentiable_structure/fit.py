"""Train the network, which sizes itself, on any text: `fit` for a first try, `start` and `train` to go on from a run.

    net = Network.create(alphabet_of(text), rng=0)
    run = train(start(net, rng=0), text, Plan(steps=100_000, record=100))     # a new run; the old one is still there
    run = train(run, other, Plan(steps=150_000, record=100))                  # another text: its beginning, the state goes on

One step is one cycle: a chunk of T symbols and one update,

    s <- s + .01 (g^2 - s)      theta <- theta - clip(eta g / sqrt(s + eps), +-clip)      then the pull on Why and Whh

Memories s start at .01 for Wxh and bh and at 0 for the rest, as in the released program; the paper is silent.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from minigrow.differentiable_structure import text as texts
from minigrow.differentiable_structure.batches import Text
from minigrow.differentiable_structure.formulas import predictions, states
from minigrow.differentiable_structure.network import Network
from minigrow.differentiable_structure.rule import RULE, Rule, checked, outgoing_norm
from minigrow.differentiable_structure.spares import Spares
from minigrow.growth import loop
from minigrow.growth.checkpoint import Run
from minigrow.growth.history import History
from minigrow.growth.loop import Plan
from minigrow.growth.watch import joined
from minigrow.nn import validate
from minigrow.nn.door import door
from minigrow.nn.optimisers import Optimiser, RMSProp, State
from minigrow.nn.params import flatten
from minigrow.nn.wrappers import Pull

CHUNK = 40
LEARNING = Pull(RMSProp(rate=0.01, clip=0.01), amount=1e-4)
PLAN = Plan(steps=100_000, record=100, rows=2000)
INCOMING = ("Wxh", "bh")


@door
def start(
    net: Network, *, rng: Any = None, optimiser: Optimiser = LEARNING, memory: tuple[float, float] = (0.01, 0.0)
) -> Run:
    """Return a run before its first step; `memory` is where the optimiser's memories of incoming and of other weights start.

    >>> start(Network.create("ab", rng=0), rng=0).state.slots[0]
    array([0.01, 0.01, 0.  , 0.  , 0.  , 0.01, 0.  , 0.  ])
    """
    run = loop.start(net, optimiser, rng=rng)
    value = {name: validate.positive(memory[name not in INCOMING], "memory", zero="none") for name in net.trained}
    first = flatten({name: np.full(net.shapes[name], v, net.theta.dtype) for name, v in value.items()})
    return run._replace(state=State(0, tuple(first.copy() for _ in run.state.slots)))


@door
def train(run: Run, text: str, plan: Plan = PLAN, *, rule: Rule | None = RULE, chunk: int = CHUNK) -> Run:
    """Return the run after the plan, trained on `text` in chunks of `chunk` symbols; `rule=None` keeps the number of neurons.

    The history's columns are those of the loop and r (H,), the outgoing norms. Raises ValueError for a text shorter than
    chunk + 1 or with a symbol outside the alphabet; Diverged when the loss is no longer finite.

    >>> net = Network.create("()ab", rng=0)
    >>> run = train(start(net, rng=0), "(ab)(abab)" * 20, Plan(steps=500, record=100))
    >>> run.step, run.history["r"].shape[0]
    (500, 5)
    """
    source = Text(_codes(text, run.net, chunk), chunk, np.zeros(run.net.neurons), chunk * math.log(run.net.symbols))
    policies = (*(() if rule is None else (Spares(checked(rule, run.net.neurons)),)), *plan.policies)
    plan = plan._replace(policies=policies, every=1 if policies else plan.every, observe=joined(_norms, plan.observe))
    return loop.train_on(run, source, plan)


def _norms(net):
    return {"r": outgoing_norm(net)}


def _codes(text, net, chunk):
    least = validate.whole(chunk, "chunk", least=1) + 1
    if not isinstance(text, str) or len(text) < least:
        found = f"{len(text)} symbols" if isinstance(text, str) else f"a {type(text).__name__}"
        raise ValueError(
            f"the text must be a str of at least chunk + 1 = {least} symbols, got {found}. "
            "Take a longer text, or a smaller chunk."
        )
    return texts.encode(text, net.alphabet)


@door
def fit(
    text: str, net: Network | None = None, *, rng: Any = None, plan: Plan = PLAN, rule: Rule | None = RULE
) -> tuple[Network, History]:
    """Train a network, one neuron unless one is given, on a text; returns it and its history. See `train`.

    >>> fit("(ab)(abab)" * 20, rng=0, plan=Plan(steps=500, record=100))[0].alphabet
    '()ab'
    """
    rng = validate.generator(rng)
    net = Network.create(texts.alphabet_of(text), rng=rng) if net is None else net
    run = train(start(net, rng=rng), text, plan, rule=rule)
    return run.net, run.history


@door
def predict(net: Network, text: str) -> str:
    """Return the most probable next symbol after each symbol of a text.

    Raises ValueError for a symbol outside the alphabet.

    >>> len(predict(Network.create("ab", rng=0), "abab"))
    4
    """
    return texts.decode(net(text).argmax(axis=1), net.alphabet)


@door
def score(net: Network, text: str) -> float:
    """Return the share of symbols of a text, from its second on, that were the most probable ones, in [0, 1].

    >>> 0 <= score(Network.create("ab", rng=0), "abab") <= 1
    True
    """
    found, wanted = predict(net, _predictable(text))[:-1], text[1:]
    return sum(a == b for a, b in zip(found, wanted, strict=True)) / len(wanted)


@door
def evaluate(net: Network, text: str) -> float:
    """Return the mean loss per symbol (nats) of predicting a text from its second symbol on, state carried along.

    Raises ValueError for a symbol outside the alphabet or a text of fewer than two.

    >>> round(evaluate(Network.create("ab", rng=0), "abab"), 2)
    0.69
    """
    p = net(_predictable(text))[:-1]
    y = texts.encode(text, net.alphabet)[1:]
    return float(-np.log(p[np.arange(len(y)), y]).mean())


def _predictable(text):
    if len(text) < 2:
        raise ValueError(f"the text must have at least 2 symbols to predict one, got {len(text)}.")
    return text


@door
def sample(net: Network, length: int, prompt: str = "", *, rng: Any = None) -> str:
    """Return `length` symbols drawn one by one from the network's own predictions, after it has read `prompt`.

    With an empty prompt it first reads the first symbol of its alphabet, as if that had just been written.
    Raises ValueError for a prompt with a symbol outside the alphabet.

    >>> len(sample(Network.create("()ab", rng=0), 10, rng=0))
    10
    """
    rng, codes = validate.generator(rng), []
    plain, first = net.plain, texts.encode(prompt or net.alphabet[0], net.alphabet)
    h = states(plain, first, np.zeros(net.neurons, net.theta.dtype))[-1]
    for _ in range(validate.whole(length, "length")):
        p = predictions(plain, h[None])[0]
        codes.append(min(int(np.searchsorted(np.cumsum(p), rng.random())), net.symbols - 1))
        h = states(plain, codes[-1:], h)[-1]
    return texts.decode(codes, net.alphabet)
