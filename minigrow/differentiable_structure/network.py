"""The recurrent network: build it, run it over a text, and take its gradient through time by hand.

Legend, used in all files of this package: H neurons, V symbols, T steps of a chunk; Wxh (H, V), Whh (H, H) [row = to,
column = from], Why (V, H), bh (H,), by (V,); x_t the symbol read, y_t the next one; h_t state (H,), p_t prediction (V,);
r (H,) outgoing norm, T_D threshold, k spares, P_add and P_del probabilities, A the pull; s the optimiser's memory.

    h_t = tanh(Wxh[:, x_t] + Whh h_{t-1} + bh)     p_t = softmax(Why h_t + by)     loss = - sum_t log p_t[y_t]

Backwards in time, with dy_t = p_t - onehot(y_t) and dz_{T+1} = 0 (truncated: nothing flows in from the next chunk):

    dh_t = Why' dy_t + Whh' dz_{t+1}          dz_t = (1 - h_t^2) dh_t
    dWhy = sum dy_t h_t'    dby = sum dy_t    dWhh = sum dz_t h_{t-1}'    dWxh[:, x_t] += dz_t    dbh = sum dz_t

Source: T. Miconi, "Neural networks with differentiable structure", arXiv 1606.06216, v3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from minigrow.differentiable_structure import text as texts
from minigrow.nn import validate
from minigrow.nn.spaces import flatten, size, views

AXES = {"Wxh": ("+h", "-x"), "Whh": ("+h", "-h"), "Why": ("+y", "-h"), "bh": ("+h",), "by": ("+y",)}
SCALE = 0.01


@dataclass(frozen=True, eq=False)
class Network:
    """The alphabet (V symbols), H neurons, and all parameters in one vector theta (P,).

    >>> net = Network.create("()ab", neurons=3, rng=0)
    >>> net.params["Whh"].shape, net.theta.size
    ((3, 3), 40)
    """

    alphabet: str
    neurons: int
    theta: np.ndarray

    @classmethod
    def create(cls, alphabet: str, neurons: int = 1, *, rng: Any, dtype: Any = np.float64) -> Network:
        """Draw a network: all weights N(0, .01^2), biases zero.

        Raises ValueError for neurons < 1 or an alphabet that is empty or names a symbol twice.

        >>> Network.create("ab", neurons=2, rng=0).params["bh"]
        array([0., 0.])
        """
        alphabet, rng = texts.checked_alphabet(alphabet), validate.generator(rng)
        shapes = _shapes(len(alphabet), validate.whole(neurons, "neurons", least=1))
        net = cls(alphabet, int(neurons), np.zeros(size(shapes), validate.float_dtype(dtype)))
        for name in ("Wxh", "Whh", "Why"):
            net.params[name][...] = SCALE * rng.standard_normal(shapes[name])
        return net

    @property
    def symbols(self) -> int:
        """V, the size of the alphabet."""
        return len(self.alphabet)

    @property
    def widths(self) -> tuple[int, int, int]:
        """Inputs, neurons, outputs."""
        return self.symbols, self.neurons, self.symbols

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter, in the order in which theta holds them."""
        return _shapes(self.symbols, self.neurons)

    @cached_property
    def params(self) -> dict[str, np.ndarray]:
        """Windows on theta: Wxh, Whh, Why, bh, by."""
        return views(self.theta, self.shapes)

    @property
    def axes(self) -> dict[str, tuple[str, ...]]:
        """Which space each axis produces (+) or consumes (-); see `minigrow.growth.basis`."""
        return AXES

    @property
    def trained(self) -> int:
        """How many leading entries of theta are trained: all of them."""
        return self.theta.size

    def with_params(self, params: dict[str, np.ndarray]) -> Network:
        """Return a network over the same alphabet around new arrays Wxh (H, V), Whh (H, H), ...; H follows them.

        >>> net = Network.create("ab", rng=0)
        >>> bool(np.all(net.with_params(net.params).theta == net.theta))
        True
        """
        return Network(self.alphabet, len(params["bh"]), flatten({name: params[name] for name in self.shapes}))

    def __call__(self, text: str) -> np.ndarray:
        """Return the predictions p (n, V) after each of the n symbols of a text, from the zero state.

        Raises ValueError for a symbol outside the alphabet.
        """
        h = states(self, texts.encode(text, self.alphabet), np.zeros(self.neurons, self.theta.dtype))
        return predictions(self, h[1:])


def _shapes(V, H):
    return {"Wxh": (H, V), "Whh": (H, H), "Why": (V, H), "bh": (H,), "by": (V,)}


def states(net: Network, x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Return h_0 = h and all states after it (T + 1, H) for symbols x (T,).

    >>> states(Network.create("ab", neurons=3, rng=0), np.array([0, 1]), np.zeros(3)).shape
    (3, 3)
    """
    p = net.params
    hs = np.empty((len(x) + 1, net.neurons), net.theta.dtype)
    hs[0] = h
    for t, symbol in enumerate(x):
        hs[t + 1] = np.tanh(p["Wxh"][:, symbol] + p["Whh"] @ hs[t] + p["bh"])
    return hs


def predictions(net: Network, h: np.ndarray) -> np.ndarray:
    """Return p (T, V), the softmax of Why h + by, for states h (T, H).

    >>> predictions(Network.create("ab", rng=0), np.zeros((1, 1)))
    array([[0.5, 0.5]])
    """
    logits = h @ net.params["Why"].T + net.params["by"]
    weight = np.exp(logits - logits.real.max(axis=1, keepdims=True))
    return weight / weight.sum(axis=1, keepdims=True)


def gradient(net: Network, x: np.ndarray, y: np.ndarray, h: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the loss (nats, a scalar), dloss/dtheta (P,) and the last state (H,) for symbols x, y (T,) from state h (H,).

    >>> net = Network.create("ab", neurons=3, rng=0)
    >>> loss, g, h = gradient(net, np.array([0, 1]), np.array([1, 0]), np.zeros(3))
    >>> round(loss, 3), g.shape, h.shape
    (1.386, (26,), (3,))
    """
    hs, T, p = states(net, x, h), len(x), net.params
    dy = predictions(net, hs[1:])
    loss = -np.log(dy[np.arange(T), y]).sum()
    dy[np.arange(T), y] -= 1
    dz = np.zeros((T + 1, net.neurons), net.theta.dtype)
    for t in range(T - 1, -1, -1):
        dz[t] = (1 - hs[t + 1] ** 2) * (p["Why"].T @ dy[t] + p["Whh"].T @ dz[t + 1])
    dz = dz[:T]
    dWxh = np.zeros(net.shapes["Wxh"], net.theta.dtype)
    np.add.at(dWxh.T, x, dz)
    g = flatten({"Wxh": dWxh, "Whh": dz.T @ hs[:T], "Why": dy.T @ hs[1:], "bh": dz.sum(axis=0), "by": dy.sum(axis=0)})
    return (complex(loss) if np.iscomplexobj(loss) else float(loss)), g, hs[T]


def evaluate(net: Network, text: str) -> float:
    """Return the mean loss per symbol (nats) of predicting a text from its second symbol on, state carried along.

    Raises ValueError for a symbol outside the alphabet or a text of fewer than two.

    >>> round(evaluate(Network.create("ab", rng=0), "abab"), 2)
    0.69
    """
    if len(text) < 2:
        raise ValueError(f"the text must have at least 2 symbols to predict one, got {len(text)}.")
    p = net(text)[:-1]
    y = texts.encode(text, net.alphabet)[1:]
    return float(-np.log(p[np.arange(len(y)), y]).mean())
