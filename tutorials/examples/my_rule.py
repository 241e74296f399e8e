"""A growth rule of your own on the plain MLP: a policy of about fifteen lines. Run me: python tutorials/examples/my_rule.py

The rule: where the loss of an epoch is not one per cent below that of the epoch before, split the neuron of a hidden layer that is
heard most into two unequal halves (Net2Net, Chen et al. 2016). The function stays as it is; training goes on from there.
"""

from typing import NamedTuple

import numpy as np

from minigrow.datasets import digits, split, standardised
from minigrow.growth import Event, Move, Plan, duplicate, moved, start, train
from minigrow.nn import MLP, AdamW, accuracy


class SplitOnPlateau(NamedTuple):
    """The policy: hidden layer `layer` gets a neuron whenever the loss stands still, up to `most` of them."""

    layer: int = 0
    fall: float = 0.99
    most: int = 32

    def __call__(self, net, context):
        """Return the network, wider by one or as it was, and what happened."""
        l, loss = (
            net.hidden(self.layer),
            [row["loss"] for row in context.history.rows[-2:]],
        )
        m = net.widths[l]
        if len(loss) < 2 or loss[1] < self.fall * loss[0] or m >= self.most:
            return net, ()
        loudest = int(np.abs(net.params[f"W{l + 1}"]).sum(axis=0).argmax())
        moves = (Move(f"h{l}", duplicate(m, loudest, context.rng.uniform(0.3, 0.7))),)
        return moved(net, moves), (
            Event("grow", f"h{l}", 1, "the loss stood still", m, m + 1, moves),
        )


def main():
    """Train on the digits from two hidden neurons on, and say what came of it."""
    training, test = standardised(*split(digits(), rng=0))
    run = start(MLP.create([64, 2, 10], rng=0), AdamW(3e-3), rng=0)
    run = train(
        run,
        training.X,
        training.y,
        Plan(epochs=150, policies=(SplitOnPlateau(),), quiet=True),
    )
    event = run.history.events[0]
    print(
        f"widths {run.net.widths}, {100 * accuracy(run.net(test.X), test.y):.1f} % right on new digits"
    )
    print(
        f"the first of {len(run.history.events)} births: step {event.step}, {event.space}, {event.reason}"
    )


if __name__ == "__main__":
    main()
