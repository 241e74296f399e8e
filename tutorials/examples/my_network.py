"""A network of your own: a page of formulas and its axes. Run me: python tutorials/examples/my_network.py

Legend: n batch, d inputs, h hidden, k outputs; X (n, d); W, U (h, d), b, c (h,), V (k, h), e (k,).

    P = X W' + b     Q = X U' + c     A = P * Q (entry by entry)     Y = A V' + e
    G = dL/dY        dV = G' A        de = sum G        dA = G V
    dP = dA * Q      dW = dP' X       db = sum dP       dQ = dA * P     dU = dQ' X     dc = sum dQ      (sums over the batch)

A product of two sums can represent x_1 x_2 with one neuron. Because the axes say which space each parameter joins, the network trains,
grows, checkpoints, resumes, replays, is read by `structure` and counted by `motifs` without another line.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from minigrow.growth import (
    Event,
    Move,
    Plan,
    append,
    load,
    moved,
    save,
    snapshot,
    start,
    train,
)
from minigrow.motifs import analyse
from minigrow.motifs.weights import network_graph
from minigrow.nn import Adam, Spaces
from minigrow.nn.losses import LOSSES
from minigrow.nn.params import flatten
from minigrow.replay import write_page
from minigrow.structure import read_net


@dataclass(frozen=True, eq=False)
class Product(Spaces):
    """Spaces x (inputs), h (products), y (outputs), and all parameters in one vector theta (P,)."""

    sizes: dict
    theta: np.ndarray
    axes: ClassVar = {
        "W": ("+h", "-x"), "b": ("+h",), "U": ("+h", "-x"), "c": ("+h",), "V": ("+y", "-h"), "e": ("+y",),
    }  # fmt: skip

    @classmethod
    def create(cls, inputs, hidden, outputs, *, rng):
        """Draw a network, all parameters from N(0, 0.3^2)."""
        net = cls({"x": inputs, "h": hidden, "y": outputs}, np.dtype(np.float64))
        net.theta[:] = 0.3 * np.random.default_rng(rng).standard_normal(net.parameters)
        return net

    def forward(self, X):
        """Return P, Q (n, h) and the outputs Y (n, k)."""
        p = self.params
        P, Q = X @ p["W"].T + p["b"], X @ p["U"].T + p["c"]
        return P, Q, (P * Q) @ p["V"].T + p["e"]

    def __call__(self, X):
        """Return the outputs (n, k) for inputs X (n, d)."""
        return self.forward(np.asarray(X))[2]

    def gradient(self, X, y, loss="mse"):
        """Return the loss and dL/dtheta (P,); the formulas are at the top of this file."""
        P, Q, Y = self.forward(X)
        value, G = LOSSES[loss](Y, y)
        dA = G @ self.params["V"]
        dP, dQ = dA * Q, dA * P
        named = {
            "W": dP.T @ X,
            "b": dP.sum(axis=0),
            "U": dQ.T @ X,
            "c": dQ.sum(axis=0),
            "V": G.T @ (P * Q),
            "e": G.sum(axis=0),
        }
        return value, flatten({name: named[name] for name in self.axes})


def grow_each(net, context):
    """The policy: one neuron more at every visit, with incoming weights at random and outgoing ones zero."""
    m = net.sizes["h"]
    moves = (Move("h", append(m, 1)),)
    net = moved(net, moves)
    for name in ("W", "U"):
        net.params[name][m] = 0.3 * context.rng.standard_normal(net.sizes["x"])
    return net, (Event("grow", "h", 1, "a hundred steps are over", m, m + 1, moves),)


def main(folder):
    """Learn x_1 x_2 + x_3, growing, and hand the result to everything that takes a network."""
    folder = Path(folder)
    X = np.random.default_rng(0).uniform(-1, 1, (200, 3))
    y = X[:, :1] * X[:, 1:2] + X[:, 2:]
    plan = Plan(
        steps=300,
        batch=None,
        loss="mse",
        every=100,
        record=20,
        policies=(grow_each,),
        observe=snapshot,
        quiet=True,
    )
    run = train(start(Product.create(3, 1, 1, rng=1), Adam(3e-2), rng=0), X, y, plan)
    save(run, folder / "run.npz")
    longer = plan._replace(steps=600, policies=())
    again, straight = (
        train(r, X, y, longer) for r in (load(folder / "run.npz", Product), run)
    )
    print(
        f"resumed from the file, bit for bit: {np.array_equal(again.net.theta, straight.net.theta)}"
    )
    print(
        f"hidden {again.net.sizes['h']}, cost {again.net.cost} multiply-adds, mean squared error below 1e-3: {again.loss < 1e-3}"
    )
    page = write_page(again.history, folder / "growth.html")
    print(f"the replay has {page.rows} rows and {page.events} events")
    print(f"structure: widths {read_net(again.net).widths}")
    print(
        f"motifs of three neurons: {len(analyse(network_graph(again.net), 3, np.random.default_rng(0)).ids)} classes"
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ".")
