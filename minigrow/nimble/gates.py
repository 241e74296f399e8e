"""Gates: how much each hidden neuron takes part, given the one weight s that is the network's size.

Legend, used in all files of this package: n batch, d inputs, k outputs; hidden layer l has m_l neurons, i = 0..m_l - 1;
W_l (m_l, m_{l-1}), w_l (m_l) the weights from s, b_l (m_l), a activations, y output; s the size (the paper's N or c);
gamma_i the gate of neuron i, gamma'_i = dgamma_i/ds; lambda strength of the size term, goal the value to which it pulls s.
In the paper's letters, algorithm A: N = s, w2_m = a row of W_1, w2_m0 = w_1, b2_m = b_1, w3 = W_2, b3 = b_2 (m = i + 1).

    step     gamma_i = theta(s - i)                                 algorithm A, s = N; delta > 0 is the step's width, 1 in the paper
             theta(q) = 0 (q < 0),  sin^2(pi q / 2 delta) (0 <= q <= delta),  1 (q > delta)
             theta'(q) = (pi / 2 delta) sin(pi q / delta) inside, else 0
    mask     gamma_i = clip(p - i, 0, 1),  p = m sin^2(pi s / 2)    algorithm B, s = c;   dp/ds = (pi/2) m sin(pi s)
    scalar   gamma_i = sin^2(pi s / 2) for every i                  a mask of length one, as the released program of B has it
    open     gamma_i = 1                                            the static control

Source: Radhakrishnan et al. 2025, arXiv 2501.18012.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Gated = tuple[np.ndarray, np.ndarray]


class Gate(NamedTuple):
    """A gate's name, its number in the compiled kernels, and f(s, m) -> (gamma, dgamma/ds), both (m,).

    >>> GATES["step"].f(1.5, 3)[0].round(3)
    array([1. , 0.5, 0. ])
    """

    name: str
    code: int
    f: Callable[[float, int], Gated]


def smooth_step(q: np.ndarray, delta: float = 1.0) -> Gated:
    """Return theta(q) and theta'(q) for q of any shape: theta = sin^2(pi q / 2 delta) from 0 to delta, constant outside.

    >>> theta, slope = smooth_step(np.array([-1.0, 0.5, 2.0]))
    >>> theta.round(3), slope.round(3)
    (array([0. , 0.5, 1. ]), array([0.   , 1.571, 0.   ]))
    """
    u = q / delta
    inside = (u.real >= 0) & (u.real <= 1)
    v = np.where(inside, u, 0)  # far outside pi u would overflow, or keep no digit
    theta = np.where(inside, np.sin(math.pi * v / 2) ** 2, u.real > 1)
    return theta, np.where(inside, math.pi / 2 * np.sin(math.pi * v), 0) / delta


def step(s: float, m: int, delta: float = 1.0) -> Gated:
    """Open neuron i smoothly while s goes from i to i + delta; gamma and gamma' are (m,).

    >>> step(2.0, 3)[0], step(2.0, 3, delta=2.0)[0].round(3)
    (array([1., 1., 0.]), array([1. , 0.5, 0. ]))
    """
    return smooth_step(s - np.arange(m), delta)


def neurons_on(s: float, m: int) -> tuple[float, float]:
    """Return p = m sin^2(pi s / 2), how many of m neurons the controller s turns on, and dp/ds (scalars).

    >>> round(float(neurons_on(0.5, 10)[0]), 12)
    5.0
    """
    return m * np.sin(math.pi * s / 2) ** 2, math.pi / 2 * m * np.sin(math.pi * s)


def mask(s: float, m: int) -> Gated:
    """Turn on p neurons in all: as many whole ones as fit, and a fraction of the next, which alone has a slope. Arrays are (m,).

    >>> mask(0.5, 5)[0].round(12)
    array([1. , 1. , 0.5, 0. , 0. ])
    """
    p, slope = neurons_on(s, m)
    return _clip(p - np.arange(m), slope)


def scalar(s: float, m: int) -> Gated:
    """Scale all m neurons by one gate, that of a mask of length one; arrays are (m,).

    >>> scalar(0.5, 5)[0].round(3)
    array([0.5, 0.5, 0.5, 0.5, 0.5])
    """
    p, slope = neurons_on(s, 1)
    return _clip(np.full(m, p), slope)


def unmasked(s: float, m: int) -> Gated:
    """Let every neuron take part fully, whatever s is; arrays are (m,).

    >>> unmasked(0.1, 2)
    (array([1., 1.]), array([0., 0.]))
    """
    return np.ones(m), np.zeros(m)


def _clip(q, slope):
    inside = (q.real > 0) & (q.real < 1)
    return np.where(inside, q, q.real >= 1), np.where(inside, slope, 0)


GATES: dict[str, Gate] = {
    row.name: row
    for row in (Gate("step", 0, step), Gate("mask", 1, mask), Gate("scalar", 2, scalar), Gate("open", 3, unmasked))
}


def reached(gate: str, s: float, m: int) -> int:
    """Count the neurons of m that must be computed at size s: those up to the last open one, or all m where they share one gate.

    >>> reached("step", 1.5, 9), reached("mask", 0.5, 10), reached("scalar", 0.5, 10)
    (2, 5, 10)
    """
    if gate in ("scalar", "open"):
        return m
    p = s if gate == "step" else m * math.sin(math.pi * s / 2) ** 2
    return math.ceil(p) if 0 < p < m else m if p >= m else 0
