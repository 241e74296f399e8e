"""Right and typically wrong answers to the exercises of tutorial 1; with each wrong one, words that its verdict must have."""

import numpy as np


def appended(W, b, V, c, v, repair=0.5):
    return np.vstack([W, 0 * W[:1]]), np.append(b, 0), np.hstack([V, v[:, None]]), c - repair * v


def forgot(W, b, V, c, v):
    return appended(W, b, V, c, v, repair=0)


def as_if_it_said_one(W, b, V, c, v):
    return appended(W, b, V, c, v, repair=1)


def touched(W, b, V, c, v):
    return appended(W, b, V, c, 0 * v)


def loud(W, b, V, c, v):
    W, b, V, c = appended(W, b, V, c, v)
    return W, b - 9 * (np.arange(len(b)) == len(b) - 1), V, c


def one_bias_repaired(W, b, V, c, v):
    return appended(W, b, V, c, v, repair=0.5 * (np.arange(len(v)) == 0))


def changed(*parts):
    """Everything right, but for one number that is added to one entry of the old neurons, or of the new one's weights."""

    def answer(W, b, V, c, v):
        found = appended(W, b, V, c, v)
        for part, place in parts:
            found[part][place] += 1
        return found

    return answer


def first(W, b, V, c, v):
    W, b, V, c = appended(W, b, V, c, v)
    return W[::-1], b[::-1], V[:, ::-1], c


def rates(net, scale, eta, power=2):
    found = {name: np.full(shape, eta) for name, shape in net.shapes.items()}
    found["W1"] *= scale[:, None] ** power
    found["b1"] *= scale**power
    found["W2"] /= scale**power
    return found


def not_squared(net, scale, eta):
    return rates(net, scale, eta, 1)


def upside_down(net, scale, eta):
    return rates(net, scale, eta, -2)


def without_bias(net, scale, eta):
    return rates(net, scale, eta) | {"b1": np.full(6, eta)}


def one_entry_twice(net, scale, eta):
    found = rates(net, scale, eta)
    found["W1"][0, 0] *= 2
    return found


def half_of_them(net, scale, eta):
    return {"W1": rates(net, scale, eta)["W1"]}


def one_number_each(net, scale, eta):
    return rates(net, scale, eta) | {"W3": eta}


def one_moment(G):
    return G / np.sqrt(np.mean(G**2))


def orthogonal(G):
    U, _, V = np.linalg.svd(G, full_matrices=False)
    return U @ V


def adam(G):
    return G / np.sqrt(G**2)


def sgd(G):
    return 0.1 * G


def by_rows(G):
    return G / np.linalg.norm(G, axis=1, keepdims=True)


def by_columns(G):
    return G / np.linalg.norm(G, axis=0)


def uphill(G):
    return -one_moment(G)


RIGHT = {
    "01.1": [appended],
    "01.2": [rates],
    "01.3": [one_moment, orthogonal, lambda G: 1e-3 * orthogonal(G), lambda G: 1e12 * orthogonal(G)],
}
WRONG = {
    "01.1": [
        (forgot, "which array of the next layer is a constant"),
        (as_if_it_said_one, "sigmoid(0) = 0.5"),
        (touched, "the new neuron speaks with the weights v"),
        (loud, "zeros come into the new neuron"),
        (first, "the new neuron comes last"),
        (one_bias_repaired, "every output stays as it was"),
        (changed((0, (0, 0))), "the old neurons keep their weights"),
        (changed((1, 0)), "the old neurons keep their weights"),
        (changed((2, (0, 0))), "the old neurons keep their weights"),
        (changed((0, (-1, 0))), "zeros come into the new neuron"),
        (lambda W, b, V, c, v: appended(W, b, V, c, v)[:3], "it returns 4 values: W, b, V, bias"),
    ],
    "01.2": [
        (not_squared, "W1 of the rescaled network stays"),
        (upside_down, "the gradient of W' is 1/c times"),
        (one_entry_twice, "one of its entries moves 2.000 times as far"),
        (without_bias, "b1 of the rescaled network stays"),
        (half_of_them, "its keys are W1, b1"),
        (lambda net, scale, eta: {}, "came  none"),
        (one_number_each, "the rates of W3 has the shape (2, 5)"),
    ],
    "01.3": [
        (adam, "single entries do"),
        (sgd, "plain SGD does not adapt"),
        (by_rows, "direction(R G)"),
        (by_columns, "direction(G R)"),
        (uphill, "its sign"),
        (lambda G: 1e-6 * adam(G), "single entries do"),
        (lambda G: 1e-6 * G, "plain SGD does not adapt"),
    ],
}
