"""The unstructured recursive network: build it, run it, and take its gradient by hand.

Legend, used in all files of this package: S neurons in one pool, the first d inputs x, then H hidden ones h, the last k
outputs y (S = d + H + k); W (S, S) one weight matrix, row = to, column = from; c (S) biases; I iterations; X (n, d);
p_i the position of neuron i. Weights into inputs and out of outputs are zero, so W and c are six blocks:

    W = [ 0     0     0 ]          n_0 = [x, 0, 0]        n_{t+1} = act(W n_t + c), inputs kept at x
        [ W_hx  W_hh  0 ]          output = (W n_{I-1} + c) on the outputs, without act
        [ W_yx  W_yh  0 ]

Written out, with h_0 = 0 and t = 1..I (h_I is never needed):

    h_t = act(W_hx x + c_h + W_hh h_{t-1})      y_t = W_yx x + c_y + W_yh h_{t-1}      output = y_I
    L = task(y_I) + time sum_{t=2}^{I} (t - 1) mean_n |a_t - a_{t-1}|^2,      a_t = [h_t, y_t] (a_I = y_I)

Backwards, from t = I to 1, with dy_t and dh_t what L says of y_t and h_t directly, and dz_t = act'(h_t) dh_t:

    dW_yh += dy_t' h_{t-1}     dh_{t-1} += dy_t W_yh + dz_t W_hh     dW_hh += dz_t' h_{t-1}
    dW_yx += dy_t' x           dW_hx += dz_t' x                      dc_y += sum dy_t     dc_h += sum dz_t

Source: S. Golkar, "Emergent Structures and Lifetime Structure Evolution in Artificial Neural Networks", arXiv 1911.11691.
The pool, the one matrix, the embedding of inputs and the read-out are the source's. That inputs stay clamped, that
outputs feed nothing, the biases, act and the form of the time term are our reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from minigrow.nn import validate
from minigrow.nn.activations import ACTIVATIONS
from minigrow.nn.losses import LOSSES
from minigrow.nn.spaces import flatten, size, views

ACTS = ("tanh", "relu")
SLOPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {  # act'(z) written with h = act(z)
    "tanh": lambda h: 1 - h * h,
    "relu": lambda h: (h.real > 0).astype(h.dtype),
}
AXES = {
    "Whx": ("+h", "-x"),
    "Wyx": ("+y", "-x"),
    "Whh": ("+h", "-h"),
    "Wyh": ("+y", "-h"),
    "ch": ("+h",),
    "cy": ("+y",),
}


@dataclass(frozen=True, eq=False)
class Network:
    """Numbers d, H, k of inputs, hidden neurons and outputs, iterations I, activation, positions, and theta (P,).

    `positions` are () or one tuple of coordinates a neuron (S, D), inputs first; NaN means nowhere: wires to it cost nothing.

    >>> net = Network.create(2, 1, size=8, iterations=3, rng=0)
    >>> net(np.ones((5, 2))).shape, net.W.shape, net.hidden
    ((5, 1), (8, 8), 5)
    """

    inputs: int
    hidden: int
    outputs: int
    iterations: int
    activation: str
    positions: tuple
    theta: np.ndarray

    @classmethod
    def create(
        cls,
        inputs: int,
        outputs: int,
        size: int,
        iterations: int = 4,
        activation: str = "tanh",
        *,
        positions: Sequence | np.ndarray = (),
        scale: float = 1.0,
        rng: Any,
        dtype: Any = np.float64,
    ) -> Network:
        """Draw a pool of `size` neurons: free weights from N(0, scale^2 / size), biases 0.

        Raises ValueError for a pool smaller than inputs plus outputs, iterations < 1, an unknown activation, or
        positions that are not one a neuron.

        >>> Network.create(2, 1, size=8, rng=0).theta.shape
        (48,)
        """
        d, k = validate.whole(inputs, "inputs", least=1), validate.whole(outputs, "outputs", least=1)
        S, rng = validate.whole(size, "size", least=1), validate.generator(rng)
        if d + k > S:
            raise ValueError(
                f"size must be at least inputs + outputs = {d} + {k} = {d + k}, got {S}. Every input and output is a neuron."
            )
        steps = validate.whole(iterations, "iterations", least=1)
        validate.choice(activation, ACTS, "activation")
        validate.positive(scale, "scale", zero="all weights start at zero")
        shapes = _shapes(d, S - d - k, k)
        theta = np.zeros(_size(shapes), validate.float_dtype(dtype))
        weights = theta.size - (S - d)
        theta[:weights] = scale / np.sqrt(S) * rng.standard_normal(weights)
        return cls(d, S - d - k, k, steps, activation, checked_positions(positions, S), theta)

    @property
    def size(self) -> int:
        """S, the number of all neurons."""
        return self.inputs + self.hidden + self.outputs

    @property
    def widths(self) -> tuple[int, int, int]:
        """(d, H, k), as the shared training loop asks for."""
        return self.inputs, self.hidden, self.outputs

    @property
    def trained(self) -> int:
        """How many leading entries of theta are trained: all."""
        return self.theta.size

    @property
    def decayed(self) -> int:
        """How many leading entries of theta are weights: all but the biases."""
        return self.theta.size - self.hidden - self.outputs

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every block, in the order in which theta holds them."""
        return _shapes(*self.widths)

    @cached_property
    def params(self) -> dict[str, np.ndarray]:
        """Windows on theta: Whx, Wyx, Whh, Wyh, ch, cy."""
        return views(self.theta, self.shapes)

    @property
    def axes(self) -> dict[str, tuple[str, ...]]:
        """Which space each axis produces (+) or consumes (-); the hidden space is both (see `minigrow.growth.basis`)."""
        return AXES

    @property
    def W(self) -> np.ndarray:
        """The whole matrix (S, S), a fresh copy."""
        d, h, p = self.inputs, self.inputs + self.hidden, self.params
        W = np.zeros((self.size, self.size), self.theta.dtype)
        W[d:h, :d], W[h:, :d], W[d:h, d:h], W[h:, d:h] = p["Whx"], p["Wyx"], p["Whh"], p["Wyh"]
        return W

    @property
    def c(self) -> np.ndarray:
        """The whole bias vector (S,), zero on the inputs."""
        return np.concatenate([np.zeros(self.inputs, self.theta.dtype), self.params["ch"], self.params["cy"]])

    def with_params(self, params: dict[str, np.ndarray], positions: tuple | None = None) -> Network:
        """Return a network of the same kind around new blocks; the number of hidden neurons follows them.

        Raises ValueError when the positions do not fit. Positions None: the old ones, if the size is the same.

        >>> net = Network.create(2, 1, size=8, rng=0)
        >>> bool(np.all(net.with_params(net.params).theta == net.theta))
        True
        """
        H = params["Whh"].shape[0]
        theta = flatten({name: params[name] for name in self.shapes})
        places = checked_positions(self.positions if positions is None else positions, self.inputs + H + self.outputs)
        return Network(self.inputs, H, self.outputs, self.iterations, self.activation, places, theta)

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the outputs (n, k) for inputs X (n, d)."""
        return forward(self, validate.matrix(X, self.inputs, self.theta.dtype))[1][-1]

    def gradient(
        self, X: np.ndarray, y: np.ndarray, loss: str = "softmax", time: float = 0.0
    ) -> tuple[float, np.ndarray]:
        """Return the loss (a scalar) and dL/dtheta (P,) on a batch X (n, d), y; see `gradient`."""
        return gradient(self, X, y, loss, time)

    def bound(
        self, g: np.ndarray, loss: str = "softmax", time: float = 0.0
    ) -> Callable[[np.ndarray, np.ndarray], float]:
        """Return f(X, y) -> loss that writes dL/dtheta into g (P,), on memory set aside once for each batch size."""
        from minigrow.urn.workspace import bind

        return bind(self, g, loss, time)


def checked_positions(positions: Sequence | np.ndarray, S: int) -> tuple:
    """Return positions as a tuple of S tuples of coordinates, or () for none; numbers (S,) are taken as a line.

    Raises ValueError when there is not one a neuron.

    >>> checked_positions([0.0, 1.0], 2)
    ((0.0,), (1.0,))
    """
    array = np.asarray(positions, dtype=np.float64)
    if array.size == 0:
        return ()
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or len(array) != S:
        raise ValueError(
            f"positions must be one for each of the {S} neurons (inputs, hidden, outputs), got shape {array.shape}. "
            "Try positions.line(...) or positions.grid(...)."
        )
    return tuple(map(tuple, array.tolist()))


def _shapes(d, H, k):
    """Blocks that share their columns stand one behind the other, so each pair is one matrix too (`workspace`)."""
    return {"Whx": (H, d), "Wyx": (k, d), "Whh": (H, H), "Wyh": (k, H), "ch": (H,), "cy": (k,)}


_size = size


def forward(net: Network, X: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return hidden states [h_0, ..., h_{I-1}], each (n, H), and read-outs [y_1, ..., y_I], each (n, k).

    >>> h, y = forward(Network.create(2, 1, size=8, iterations=3, rng=0), np.ones((5, 2)))
    >>> len(h), len(y), h[0].shape
    (3, 3, (5, 5))
    """
    p, act = net.params, ACTIVATIONS[net.activation].f
    to_h, to_y = X @ p["Whx"].T + p["ch"], X @ p["Wyx"].T + p["cy"]
    h, y = [np.zeros_like(to_h)], []
    for _ in range(net.iterations):
        y.append(to_y + h[-1] @ p["Wyh"].T)
        h.append(act(to_h + h[-1] @ p["Whh"].T))
    return h[:-1], y


def late_activity(h: list[np.ndarray], y: list[np.ndarray]) -> tuple[float, list[np.ndarray], list[np.ndarray]]:
    """Return sum_{t=2}^{I} (t - 1) mean_n |a_t - a_{t-1}|^2 (a scalar) and its derivatives by each h_t and y_t.

    `h` holds h_0..h_{I-1} (h_0 is no arrival: differences start at t = 2), `y` holds y_1..y_I.

    >>> late_activity([np.zeros((1, 1))] * 2, [np.array([[1.0]]), np.array([[3.0]])])[0]
    4.0
    """
    value_h, dh = _late(h[1:])
    value_y, dy = _late(y)
    return value_h + value_y, [np.zeros_like(h[0]), *dh], dy


def _late(a):
    total, da = 0.0, [np.zeros_like(v) for v in a]
    for t in range(1, len(a)):
        step = a[t] - a[t - 1]
        total = total + t * np.sum(step * step) / len(step)
        da[t] += 2 * t / len(step) * step
        da[t - 1] -= 2 * t / len(step) * step
    return total if np.iscomplexobj(total) else float(total), da


def gradient(net: Network, X: np.ndarray, y: np.ndarray, loss: str, time: float = 0.0) -> tuple[float, np.ndarray]:
    """Return the loss (a scalar) and dL/dtheta (P,); the formulas are at the top of this file.

    >>> value, g = gradient(Network.create(2, 2, size=6, rng=0), np.ones((5, 2)), np.array([0, 1, 0, 1, 0]), "softmax")
    >>> g.shape
    (20,)
    """
    (h, ys), p, slope = forward(net, X), net.params, SLOPES[net.activation]
    value, g = LOSSES[loss](ys[-1], y)
    late, dh, dy = late_activity(h, ys)
    dh, dy = [time * v for v in dh], [time * v for v in dy]
    dy[-1] = dy[-1] + g
    out = np.zeros_like(net.theta)
    d = views(out, net.shapes)
    for t in range(net.iterations, 0, -1):
        _outputs_backward(d, X, h[t - 1], dy[t - 1])
        dh[t - 1] = dh[t - 1] + dy[t - 1] @ p["Wyh"]
        if t < net.iterations:
            dz = slope(h[t]) * dh[t]
            d["Whh"] += dz.T @ h[t - 1]
            d["Whx"] += dz.T @ X
            d["ch"] += dz.sum(axis=0)
            dh[t - 1] = dh[t - 1] + dz @ p["Whh"]
    return value + time * late, out


def _outputs_backward(d, X, h, dy):
    d["Wyh"] += dy.T @ h
    d["Wyx"] += dy.T @ X
    d["cy"] += dy.sum(axis=0)
