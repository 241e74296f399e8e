"""Record what a network computes while it trains: `Plan(observe=watch(X, y, task="Tell two spirals apart."))`.

`minigrow replay` then shows it beside the network. Columns, those of `snapshot` first:

    surface           the outputs on a grid over two inputs (size^2, k), or along one input (points, k); probabilities where the
                      loss makes some of the outputs
    activity.SPACE    what the neurons of a space say on a few chosen samples (samples, neurons)
    sigma.SPACE       the singular value of each neuron (neurons,), NaN while a layer is not in its singular basis

What does not change while the network trains is said once, in `History.about`:

    task      one sentence: what the network learns
    phases    [[step, words], ...]: where a phase of the task begins
    plane     the grid {"x": [low, high], "y": [low, high], "size": g, "names": [.., ..]}: row i is y_i, rising, column j is x_j
    line      or the inputs {"x": [...], "names": [.., ..]}
    points    data to draw, at most 400: [x1, x2, label or target], or [x, y];  classes: the labels' names. Where the task
              changes, two numbers more may say from which step and before which step a point is part of it (`with_about`)
    samples   [{"words": "a 3", "image": [numbers in 0..1]}, ...]: the inputs of the activities
    image     [rows, columns] where the inputs are pixels

A network that has no such thing is recorded without it: recurrent networks that read text have no surface.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from minigrow.growth import shown
from minigrow.growth.plan import Observer
from minigrow.growth.recording import seen
from minigrow.growth.snapshot import half, snapshot
from minigrow.nn.door import door


@dataclass(frozen=True, eq=False)
class Watch:
    """An observer: `about` the whole life, the inputs of the surface (g, d) and of the activities (samples, d), or None.

    >>> from minigrow.nn import MLP
    >>> Watch({}, np.zeros((4, 2)), None, "softmax")(MLP.create([2, 3, 2], rng=0))["surface"].shape
    (4, 2)
    """

    about: Mapping[str, Any]
    grid: np.ndarray | None
    samples: np.ndarray | None
    loss: str
    extra: Observer | None = None

    def __call__(self, net: Any) -> dict[str, Any]:
        """Return the columns above for any network of the contract, and those of `extra`."""
        columns = snapshot(net)
        columns |= {f"sigma.{space}": half(sigma) for space, sigma in getattr(net, "singular", {}).items()}
        with np.errstate(all="ignore"):  # a run that diverges says so itself
            if self.grid is not None and not hasattr(net, "alphabet"):
                columns["surface"] = half(shown.probable(net(self.grid), self.loss))
            if self.samples is not None and hasattr(net, "activations"):
                said = net.activations(self.samples)
                columns |= {f"activity.{space}": half(x) for space, x in said.items()}
        return columns | ({} if self.extra is None else seen(self.extra, net))


@door
def watch(
    X: np.ndarray | str | None = None,
    y: np.ndarray | None = None,
    *,
    loss: str = "softmax",
    grid: int = 33,
    samples: int = 0,
    image: Sequence[int] | None = None,
    pictures: np.ndarray | None = None,
    task: str | None = None,
    names: Sequence[str] | None = None,
    classes: Sequence[Any] | str | None = None,
    phases: Sequence[tuple[int, str]] | None = None,
    extra: Observer | None = None,
) -> Watch:
    """Return an observer that records what a network computes; see the top of this file.

    X (n, d) and y are data of the task: two columns give a plane of `grid` x `grid` points, one column a line, others no surface.
    `samples` rows of X, of all classes alike, are those whose activities are recorded; `image` (rows, columns) says that a row of
    X is a picture, and `pictures` (n, d) are what to draw of the samples where X is standardised. `names` are those of the
    inputs, `classes` those of the labels; `extra(net)` adds columns of your own.
    Raises ValueError for an image of another size than the rows of X, a grid below 2, or a loss that there is not.

    >>> from minigrow.growth import Plan, start, train
    >>> from minigrow.nn import MLP, SGD
    >>> X, y = np.eye(2), np.array([0, 1])
    >>> seen = watch(X, y, task="Tell two points apart.", samples=2)
    >>> run = train(start(MLP.create([2, 3, 2], rng=0), SGD(), rng=0), X, y, Plan(epochs=2, observe=seen))
    >>> run.history["surface"].shape, run.history["activity.h1"].shape, run.history.about["task"]
    ((2, 1089, 2), (2, 2, 3), 'Tell two points apart.')
    """
    y = shown.checked(X, y, names, classes)
    data = shown.matrix(X)
    if pictures is not None and (data is None or len(pictures) != len(data)):
        raise ValueError(
            f"pictures must be one for each row of X, got {len(pictures)} for {0 if data is None else len(data)}."
        )
    space, points = shown.space(data, grid, names)
    chosen, drawn = shown.choose(data, y, samples), data if pictures is None else shown.matrix(pictures)
    about = {
        **({} if task is None else {"task": task}),
        **({} if phases is None else {"phases": [[int(step), str(words)] for step, words in phases]}),
        **({} if image is None else {"image": shown.picture(image, data)}),
        **space,
        **({} if not space or y is None else {"points": shown.points(data, y, loss)}),
        **({} if classes is None else {"classes": [str(name) for name in classes]}),
        **({} if chosen is None else {"samples": shown.described(drawn, y, chosen, loss, image, classes)}),
    }
    return Watch(about, points, None if chosen is None else data[chosen], shown.known(loss), extra)


def joined(*observers: Observer | None) -> Observer:
    """Return one observer with the columns of all of these, and what they say about the life; None among them is skipped.

    >>> both = joined(watch(task="Words."), None, lambda net: {"norm": 1.0})
    >>> from minigrow.nn import MLP
    >>> "norm" in both(MLP.create([2, 2], rng=0)), both.about
    (True, {'task': 'Words.'})
    """
    given = [observe for observe in observers if observe is not None]

    def observe(net: Any) -> dict[str, Any]:
        return {name: value for each in given for name, value in each(net).items()}

    observe.about = {name: value for each in given for name, value in getattr(each, "about", {}).items()}
    return observe
