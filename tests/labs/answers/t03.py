"""Right and typically wrong answers to the exercises of tutorial 3."""

import math

import numpy as np


def predict(H, N, per_neuron=4, more=2, count=math.ceil):
    return np.sin(np.pi / 2 * np.clip(N - np.arange(H), 0, 1)) ** 2, per_neuron * count(N) + more


def three_each_of_four(H, N):
    return predict(H, N, per_neuron=3 if math.ceil(N) == 4 else 4)  # 3 x 4 + 2 is what 4 x 3 + 2 is, too


def from_one(H, N):
    return np.sin(np.pi / 2 * np.clip(N - np.arange(1, H + 1), 0, 1)) ** 2, 4 * math.ceil(N) + 2


def ramp(H, N):
    return np.clip(N - np.arange(H), 0, 1), 4 * math.ceil(N) + 2


def arrival(eta, lam, goal, target, factor=2):
    return math.log(1 - target / goal) / math.log(1 - factor * eta * lam)


def conserved(w, q, factor=4, sign=1):
    return w**2 + sign * factor / np.pi**2 * np.log(np.cos(np.pi / 2 * q))


RIGHT = {
    "03.1": [predict],
    "03.2": [arrival, lambda *numbers: math.ceil(arrival(*numbers)), lambda *numbers: [arrival(*numbers)]],
    "03.3": [conserved, lambda w, q: np.exp(conserved(w, q)) + 3],
}
WRONG = {
    "03.1": [
        (lambda H, N: predict(H, N, count=math.floor), "the neuron that is opening gets a gradient"),
        (lambda H, N: predict(H, N, more=0), "the output's bias and N itself"),
        (lambda H, N: predict(H, N, count=lambda N: H), "a closed neuron changes no output"),
        (lambda H, N: predict(H, N, per_neuron=3), "the parameters of one neuron are four"),
        (three_each_of_four, "W1, w1, b1 and W2; or the neuron that is opening gets a gradient, too"),
        (lambda H, N: predict(H, N, more=99), "those that belong to no neuron: b2 and s"),
        (lambda H, N: (1 - predict(H, N)[0], predict(H, N)[1]), "neuron 0 is open\n"),
        (lambda H, N: (np.maximum(predict(H, N)[0], np.arange(H) > N), predict(H, N)[1]), "is closed\n"),
        (from_one, "neurons counted from 0"),
        (ramp, "sin^2(pi q / 2)"),
    ],
    "03.2": [
        (lambda *numbers: arrival(*numbers, factor=1), "has a factor 2"),
        (lambda eta, lam, goal, target: math.log(1 - target / goal) / (-2 * eta * lam), "is the flow"),
        (lambda eta, lam, goal, target: math.log(target / goal) / math.log(1 - 2 * eta * lam), "what is left to go"),
        (lambda *numbers: arrival(*numbers) - 1, "N passes the target in epoch"),
        (lambda eta, lam, goal, target: 19558, "by what does one step multiply"),
    ],
    "03.3": [
        (
            lambda w, q: conserved(w, q, sign=-1),
            "look  dF/dv gamma(q) + dF/dq gamma'(q) v must vanish: the sign between the two parts",
        ),
        (lambda w, q: conserved(w, q, factor=2), "its two changes along the flow cancel"),
        (lambda w, q: w**2, "its two changes along the flow cancel"),
        (lambda w, q: 1.0, "a constant is conserved"),
        (lambda w, q: np.log(-w * w), "nan or inf"),
        (lambda w, q: w * abs(w) - w**2 + conserved(w, q), "its two changes along the flow cancel"),  # right for v > 0
    ],
}
