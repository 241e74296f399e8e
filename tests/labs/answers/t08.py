"""Right and typically wrong answers to the exercises of tutorial 8."""

from itertools import cycle
from types import SimpleNamespace

import numpy as np

from minigrow.addition import RULES
from minigrow.addition.proposal import appended


def nest(M, size=np.abs, sign=np.sign):
    i, j = np.unravel_index(np.argmax(size(M)), M.shape)
    A, B = np.zeros((M.shape[0], 1)), np.zeros((1, M.shape[1]))
    A[i], B[0, j] = sign(M[i, j]), 1.0
    return A, B, abs(M[i, j])


def best_pair(M):
    U, s, V = np.linalg.svd(M)
    return U[:, :1], V[:1], s[0]


def sums(X, G, H, k, power=2, of=None):
    n = len(X)
    S, M, C = X.T @ X / n, X.T @ G / n, X.T @ H / n
    N = M - C @ np.linalg.lstsq(H, G, rcond=None)[0]
    values, vectors = np.linalg.eigh(S)
    P = vectors / np.sqrt(values) @ vectors.T
    U, s, V = np.linalg.svd(P @ N, full_matrices=False)
    A, B = P @ U[:, :k] * np.sqrt(s[:k]), np.sqrt(s[:k])[:, None] * V[:k]
    return np.sum(s[:k] ** power), np.sum((N if of == "N" else M) * (A @ B))


def mine(seen, k, rng, candidates=100, share=0.5):
    b, s = seen
    A = RULES["random_in"].propose(seen, candidates, rng).A
    new, R = b.new(A), b.G - b.H @ s.D
    centred = new - new.mean(axis=0)
    useful = np.linalg.norm(centred.T @ R, axis=1) / np.linalg.norm(centred, axis=0)
    A = A[:, np.argsort(-useful)[:k]]
    return appended("mine", seen, A, share * np.linalg.lstsq(b.new(A), R, rcond=None)[0])


def silent(seen, k, rng):
    return RULES["random_in"].propose(seen, k, rng)


def deaf(seen, k, rng):
    """It hears nothing, so that a ReLU keeps the function; it can learn, as its weights out are not zero."""
    return appended("mine", seen, np.zeros((7, k)), rng.standard_normal((k, 4)))


def blank(seen, k, rng):
    return appended("mine", seen, np.zeros((7, k)), np.zeros((k, 4)))


def drawn_elsewhere(seen, k, rng):
    """Only what comes in, and only a little of it."""
    found = silent(seen, k, rng)
    return appended("mine", seen, found.A + 1e-3 * np.random.default_rng().random(found.A.shape), found.B)


LATER = cycle((0.0, np.inf))


def endless_when_asked_again(seen, k, rng):
    found = silent(seen, k, rng)
    return SimpleNamespace(A=found.A, B=found.B + next(LATER))


RIGHT = {"08.1": [nest], "08.2": [sums], "08.3": [mine, silent, deaf]}
WRONG = {
    "08.1": [
        (lambda M: nest(M, size=lambda M: M), "np.abs before np.argmax"),
        (lambda M: nest(M, sign=lambda m: 1.0), "the sign of A_i"),
        (lambda M: nest(M, sign=lambda m: m), "that entry of A is 1 or -1"),
        (best_pair, "only entry"),
        (lambda M: (*nest(M)[:2], nest(M)[2] ** 2), "the promise is <M, AB>"),
        (lambda M: (nest(M)[0].T, *nest(M)[1:]), "A has the shape"),
    ],
    "08.2": [
        (lambda X, G, H, k: sums(X, G, H, k, of="N"), "that is <N, AB>"),
        (lambda X, G, H, k: sums(X, G, H, k, power=1), "the sum of the squares of sigma"),
        (lambda X, G, H, k: sums(X, G, H, k)[::-1], "the order: first the sum"),
        (lambda X, G, H, k: sums(X, G, 0 * H, k), "N = M - C D"),
        (lambda X, G, H, k: sums(X, G, H, 1) if k > 1 else (0, 0), "the k largest sigma"),
    ],
    "08.3": [
        (blank, "its gradient is zero on both sides"),
        (lambda *a: mine(*a, share=-0.5), "the loss falls"),
        (lambda *a: mine(*a, share=40), "make it smaller"),
        (lambda seen, k, rng: mine(seen, k, np.random.default_rng()), "draw from rng"),
        (lambda seen, k, rng: mine(seen, 1, rng) if k > 1 else blank(seen, k, rng), ""),
        (drawn_elsewhere, "draw from rng"),
        (endless_when_asked_again, "the same rng gives the same neurons"),
        (lambda seen, k, rng: (1, 2), "it returns a proposal"),
        (lambda seen, k, rng: SimpleNamespace(A=silent(seen, k, rng).A), "it returns a proposal"),
        (lambda seen, k, rng: SimpleNamespace(B=silent(seen, k, rng).B), "it returns a proposal"),
    ],
}
