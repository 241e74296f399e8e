"""Checks of tutorial 3, nimble networks: which gates are open, when the size arrives, what the flow leaves alone."""

from __future__ import annotations

import math

import numpy as np

from minigrow.labs.checking import exercise, need
from minigrow.labs.values import array, called, number, several, whole


def _gate(q):
    inside = np.clip(q, 0, 1)
    return np.sin(np.pi / 2 * inside) ** 2, np.pi / 2 * np.sin(np.pi * inside)


@exercise(
    "03.1",
    "predict(H, N)",
    "A network with H hidden neurons, one input and one output has the size N, 0 < N < H, no whole number.\n"
    "Return the openings of its H neurons, and how many of its 4 H + 2 parameters get a gradient other than zero.",
)
def predict(answer, rng):
    """Open neurons, one that is opening, closed ones; four parameters of each of the first two kinds, and two of nobody."""
    H = int(rng.integers(2, 12))
    N = float(rng.integers(H) + rng.uniform(0.1, 0.9))
    openings, count = several(called(answer, H, N), "openings", "count")
    openings, wanted = array(openings, (H,), "the openings"), _gate(N - np.arange(H))[0]
    i = int(np.argmax(np.abs(openings - wanted)))
    state = "open" if i + 1 <= N else "opening" if i < N else "closed"
    look = "gamma(N - i), neurons counted from 0: sin^2(pi q / 2) between 0 and 1, constant outside"
    came = f"neuron {i} of {H} is open by {openings[i]:.3f} at N = {N:.2f}"
    need(np.abs(openings - wanted).max() < 5e-4, f"neuron {i} is {state}", came, look)
    open_ones, count = math.ceil(N), whole(count, "count")
    mistakes = (
        (4 * open_ones, "the output's bias and N itself are parameters, too"),
        (4 * H + 2, "a closed neuron changes no output, so none of its parameters gets a gradient"),
        (3 * open_ones + 2, "the parameters of one neuron are four: W1, w1, b1 and W2"),
        (4 * int(N) + 2, "the neuron that is opening gets a gradient, too"),
    )
    look = "; or ".join(hint for wrong, hint in mistakes if wrong == count)  # of four open neurons two give 14
    look = look or "the parameters of one neuron: W1, w1, b1, W2; and those that belong to no neuron: b2 and s"
    need(
        count == 4 * open_ones + 2,
        f"{open_ones} of {H} neurons, and two more, get a gradient",
        f"count = {count}",
        look,
    )


@exercise(
    "03.2",
    "arrival(eta, lam, goal, target)",
    "Gradient descent at the rate eta on the size term lam (N - goal)^2 alone begins at N = 0.\n"
    "Return after how many epochs N has come to target, which is less than goal.",
)
def arrival(answer, rng):
    """The formula against the steps, one by one."""
    eta, lam, goal = rng.uniform(0.01, 0.1), rng.uniform(0.1, 1), rng.uniform(2, 8)
    target, N, epochs = rng.uniform(0.3, 0.97) * goal, 0.0, 0
    while target > N:
        N, epochs = N - eta * 2 * lam * (N - goal), epochs + 1
    found = number(called(answer, eta, lam, goal, target), "the number of epochs")
    ways = {
        "the derivative of (N - goal)^2 has a factor 2": math.log(1 - target / goal) / math.log(1 - eta * lam),
        "a logarithm of what is left to go, (goal - target) / goal": math.log(target / goal) / math.log(1 - 2 * eta * lam),
        "a step multiplies the distance by 1 - 2 eta lam; e^(-2 eta lam) is the flow": math.log(1 - target / goal) / (-2 * eta * lam),
    }  # fmt: skip
    look = next(
        (said for said, value in ways.items() if abs(abs(found) - abs(value)) < 1e-6),
        "by what does one step multiply goal - N?",
    )
    came = f"{found:.2f} epochs for eta = {eta:.4f}, lam = {lam:.4f}, goal = {goal:.2f}, target = {target:.2f}"
    need(epochs - 1 - 1e-6 <= found <= epochs + 1e-6, f"N passes the target in epoch {epochs}", came, look)


@exercise(
    "03.3",
    "conserved(v, q)",
    "Return a number that stays what it is while v, the outgoing weight of the neuron that is opening, and q = N - i, 0 < q < 1,\n"
    "follow the gradient flow of the task: dv/dt = -gamma(q) kappa(t), dq/dt = -gamma'(q) v kappa(t), whatever kappa(t) is.",
)
def conserved(answer, rng):
    """Its change along the flow is zero, and it is not the same number everywhere."""
    v, q, h = rng.choice([-1, 1]) * rng.uniform(0.3, 1.5), rng.uniform(0.1, 0.85), 1e-5
    gate, slope = _gate(q)

    def at(v, q):
        return number(called(answer, v, q), "the conserved number")

    by_v, by_q = (at(v + h, q) - at(v - h, q)) / (2 * h) * gate, (at(v, q + h) - at(v, q - h)) / (2 * h) * slope * v
    size = abs(by_v) + abs(by_q)
    look = "a constant is conserved, and tells nothing"
    need(size > 1e-9, "it says something about v and q", "it is the same number for all of them", look)
    look = "dF/dv gamma(q) + dF/dq gamma'(q) v must vanish: the sign between the two parts, and the factor of the logarithm"
    came = f"at v = {v:.3f}, q = {q:.3f} the part of v is {by_v:+.4f}, that of q {by_q:+.4f}"
    need(abs(by_v + by_q) < 1e-5 * size, "its two changes along the flow cancel", came, look)
