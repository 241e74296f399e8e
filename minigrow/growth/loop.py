"""Train a network that may change its shape while it trains: the one loop of this package.

    run = start(net, AdamW(), rng=0)
    run = train(run, X, y, Plan(epochs=60, policies=(AutoAdapt(),)))       # a new run; the old one is still there
    save(run, "run.npz");  run = load("run.npz", Network)                  # continues bit for bit (`growth.checkpoint`)

A step is a batch, the gradient, the optimiser and what wraps it (`nn.wrappers`). Every so many steps the policies are visited:
a policy is any f(net, context) -> (net, events) with a change that its events explain. Every so many steps a row of the history
is written. What differs between methods is where batches come from, what wraps the optimiser, and the policies.

A source of batches may offer `compiled(run, plan)`: an engine whose `steps(run, n)` takes up to n of these same steps in compiled
code and returns (run, change), where change(run) -> (net, events) is a structural decision at which it stopped, or None.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from minigrow.growth.batches import Batches, Shuffled, Whole, check_batches, fitting
from minigrow.growth.checkpoint import Run, load, save
from minigrow.growth.contract import Network, check
from minigrow.growth.events import Event, explain, fits
from minigrow.growth.plan import Context, Plan, check_plan, interval, next_beat, on_beat
from minigrow.growth.recording import begun, row_of
from minigrow.growth.transport import transported
from minigrow.nn import validate
from minigrow.nn.door import door, fields
from minigrow.nn.feeding import data
from minigrow.nn.losses import LABELS, LOSSES, goodness
from minigrow.nn.optimisers import Optimiser, State, checked
from minigrow.nn.optimisers import start as start_state
from minigrow.nn.spaces import entries
from minigrow.nn.wrappers import Span, bind


class Diverged(ArithmeticError):
    """Loss or parameters became NaN or infinite; `run` is the last good one: backup, checkpoint, or the one `train` was given."""

    def __init__(self, message: str, run: Run):
        super().__init__(message)
        self.run = run


@door
def start(net: Network, optimiser: Optimiser, *, rng: Any = None) -> Run:
    """Return a run before its first step.

    Raises ValueError for a network that breaks the contract or an optimiser whose numbers make no sense.

    >>> from minigrow.nn import MLP, SGD
    >>> start(MLP.create([4, 3, 2], rng=0), SGD(), rng=0).epoch
    0
    """
    state = start_state(checked(optimiser), check(net).theta[: entries(net, net.trained)])
    return Run(net, optimiser, state, validate.generator(rng))


@door
def train(run: Run, X: np.ndarray, y: np.ndarray, plan: Plan | None = None) -> Run:
    """Return the run after the plan: X (n, inputs), y (n,) labels or (n, outputs) targets; nothing of the old run changes.

    Raises ValueError for bad data, Diverged for a loss that is not finite.

    >>> from minigrow.nn import MLP, SGD
    >>> run = train(start(MLP.create([2, 3, 2], rng=0), SGD(), rng=0), np.eye(2), np.array([0, 1]), Plan(epochs=3))
    >>> run.epoch, run.history["loss"].shape
    (3, (3,))
    """
    plan = Plan() if plan is None else plan
    check_run(run)
    X, y, plan = prepared(run.net, X, y, plan)
    batch = plan.batch if plan.batch is None else validate.whole(plan.batch, "batch", least=1)
    fits(run.optimiser, run.state, check(run.net))
    return _train_on(run, Whole(X, y) if batch is None else Shuffled(X, y, batch), plan)


def prepared(net: Network, X: np.ndarray, y: np.ndarray, plan: Plan) -> tuple[np.ndarray, np.ndarray, Plan]:
    """Return X, y and the plan with its validation set, all as `data` makes them; raises ValueError as `data` does.

    >>> from minigrow.nn import MLP
    >>> prepared(MLP.create([2, 2], rng=0), [[1, 2]], [1], Plan(validation=([[3, 4]], [0])))[2].validation
    (array([[3., 4.]]), array([0]))
    """
    check_plan(plan)
    if plan.validation is not None:
        plan = plan._replace(validation=data(net, *plan.validation, plan.loss))
    return *data(net, X, y, plan.loss), plan


@door
def train_on(run: Run, batches: Batches, plan: Plan) -> Run:
    """Return the run after the plan, on batches from any source; see `train`.

    >>> from minigrow.nn import MLP, SGD
    >>> run = start(MLP.create([2, 3, 2], rng=0), SGD(), rng=0)
    >>> train_on(run, Whole(np.eye(2), np.array([0, 1])), Plan(steps=5)).step
    5
    """
    check_run(run)
    check_plan(plan)
    check_batches(batches)
    fits(run.optimiser, run.state, check(run.net))
    return _train_on(run, fitting(run.net, batches, plan.loss), plan)


def _train_on(run, batches, plan):
    """The loop behind the checks of `train` and `train_on`."""
    good, run, saved, bound, bound_to = run, _private(run, batches), False, None, None
    end = run.step + batches.until(run.feed, plan.epochs) if plan.steps is None else plan.steps
    run = begun(run, plan.observe) if run.step < end else run
    offered = getattr(batches, "compiled", None)
    compiled = offered(run, plan) if offered and plan.transport != "metric" else None  # it would not know of the metric
    visits = bool(plan.policies) and not compiled  # a compiled engine visits the policies itself
    with tqdm(total=end, initial=run.step, unit="step", disable=plan.quiet or None) as bar:
        while run.step < end:
            before, record = run.step, interval(plan, run.step)
            beats = [record, *([plan.every] if visits or (plan.every and not compiled) else [])]
            stop = min(end, max(run.step + 1, min(next_beat(run, batches, plan, beat) for beat in beats)))
            if not compiled and (bound_to is not run.net or hasattr(run.optimiser, "bind")):
                span, bound_to = Span(run.step, stop), run.net  # what wraps an optimiser may change from span to span
                bound = bind(run.optimiser, run.net, np.empty_like(run.net.theta), plan.loss, span)
            try:
                run = _compiled(run, compiled, batches, plan, stop) if compiled else _steps(run, batches, bound, stop)
            except FloatingPointError as error:
                last = load(plan.checkpoint, type(run.net)) if saved else good
                raise Diverged(_hint(run, error, plan, saved), last) from None
            if visits and (run.step == end or on_beat(run, batches, plan, plan.every)):
                run = visit(run, batches, plan)
            if run.step == end or on_beat(run, batches, plan, record):
                run = _record(run, plan, end)
                if plan.checkpoint is not None:
                    save(run, plan.checkpoint)
                    saved = True
            if plan.backup:
                good = _copied(run)
            bar.set_postfix_str(f"loss {run.loss:.4f} widths {'-'.join(map(str, run.net.widths))}", refresh=False)
            bar.update(run.step - before)
    return run


@door
def check_run(run: Run) -> None:
    """Refuse a run whose parts are not what their names say.

    >>> from minigrow.nn import MLP, SGD
    >>> check_run(start(MLP.create([2, 2], rng=0), SGD(), rng=0)._replace(step="3"))
    Traceback (most recent call last):
    ValueError: step must be a whole number, got '3'.
    """
    check(run.net)
    fields(run)
    if not isinstance(run.rng, np.random.Generator):
        raise ValueError(
            f"a run's rng must be a generator, got {validate.said(run.rng)}. growth.start makes it of a seed."
        )


def _compiled(run, engine, batches, plan, stop):
    """Take the source's compiled steps until `stop`, with the structural changes that they ask for between them."""
    while run.step < stop:
        run, change = engine.steps(run, stop - run.step)
        _check_finite(run, run.loss, run.epoch + 1)
        if change is not None:
            run = accept(run, *change(run), batches=batches, who="the compiled step", transport=plan.transport)
    return run


def _steps(run, batches, bound, stop):
    """Take readable steps until `stop`: deal, gradient, hear, update."""
    net, state, feed, work = run.net, run.state, run.feed, 0
    gradient, update = bound
    with np.errstate(all="ignore"):
        for batch in batches.deal(feed, run.rng, stop - run.step):
            loss = gradient(*batch)
            if not math.isfinite(loss):
                _check_finite(run._replace(step=run.step + state.t - run.state.t + 1), loss, run.epoch + 1)
            batches.hear(feed, loss, batch)
            work += batches.rows(batch) * net.cost  # at every step: where gates move, so does the cost
            state = update(state)
            del batch  # or it would still be there while the next one is dealt: twice the memory
    run = run._replace(state=state, step=stop, work=run.work + 3 * work)  # forward, dL/dW, dL/dx
    _check_finite(run, 0.0, run.epoch + (batches.until(feed, run.epoch) != 0))
    return run


def _check_finite(run, loss, epoch):
    """The last step before a stop has no loss behind it that would tell, so parameters are looked at too."""
    if not math.isfinite(loss) or not np.isfinite(run.net.theta[: entries(run.net, run.net.trained)]).all():
        raise FloatingPointError(f"{loss if not math.isfinite(loss) else math.nan} at step {run.step} (epoch {epoch})")


def _hint(run, error, plan, saved):
    where = f"; the last good checkpoint is {plan.checkpoint}" if saved else ""
    because = getattr(run.net, "diagnosis", "")
    return (
        f"the loss became {error}{where}. {because}"
        f"The rate {run.optimiser.rate:g} is probably too high: try a tenth of it, or standardise the data."
    )


def visit(run: Run, batches: Batches, plan: Plan) -> Run:
    """Let every policy change the network; the optimiser's state, the feed and the history follow."""
    for policy in plan.policies:
        context = Context(run.step, run.epoch, run.rng, batches.X, batches.y, plan.loss, run.history)
        who = f"the policy {getattr(policy, '__name__', type(policy).__name__)}"
        returned = policy(run.net, context)
        if not (isinstance(returned, tuple) and len(returned) == 2):
            raise ValueError(f"{who} must return (net, events), got {str(returned)[:100]}.")
        net, events = returned
        if net is not run.net or events:
            run = accept(run, net, events, batches=batches, who=who, transport=plan.transport)
    return run


def accept(
    run: Run,
    net: Network,
    events: Event | Sequence[Event],
    *,
    batches: Batches | None = None,
    who: str = "the change",
    transport: str = "follow",
) -> Run:
    """Return the run with a changed network; optimiser, its state, feed and history follow the events.

    Use it for a change by hand between two calls of `train`. `transport` says how the optimiser follows: reset, pad, follow or
    metric (`growth.transport`). Raises ValueError when the events do not explain the change.

    >>> from minigrow import isotropic
    >>> from minigrow.nn import AdamW
    >>> run = start(isotropic.Network.create([4, 3, 2], rng=0), AdamW(), rng=0)
    >>> accept(run, *isotropic.grow(run.net, 0, 2, rng=1)).net.widths
    (4, 5, 2)
    """
    check_run(run)
    if not isinstance(who, str):
        raise ValueError(f"who must be words that name what changed the network, got {validate.said(who)}.")
    if not isinstance(events, (Event, list, tuple)):
        raise ValueError(f"{who} must return an event or a list of events, got {validate.said(events)}.")
    events = (events,) if isinstance(events, Event) else tuple(events)
    explain(run.net, net if type(net) is type(run.net) else check(net), events, who)
    optimiser, state = transported(transport, events, run.optimiser, run.state, run.net)
    fits(optimiser, state, net)
    moves = [move for event in events for move in event.moves]
    check_batches(batches, none=True)
    feed = run.feed if batches is None else batches.follow(run.feed, moves)
    history = run.history.with_events([event._replace(step=run.step) for event in events])
    return run._replace(net=net, optimiser=optimiser, state=state, feed=feed, history=history)


def _private(run, batches):
    """A copy that this loop may overwrite: theta, the optimiser's slots, the generator and the feed."""
    run = _copied(run)
    return run._replace(feed=batches.begin(run.feed))


def _copied(run):
    state = State(run.state.t, tuple(slot.copy() for slot in run.state.slots))
    net, rng, feed = run.net.with_theta(run.net.theta.copy()), copy.deepcopy(run.rng), copy.deepcopy(run.feed)
    return run._replace(net=net, state=state, rng=rng, feed=feed)


def _record(run, plan, end):
    """Write a row of the history, and thin it out where it has grown to plan.rows."""
    scores = {} if plan.validation is None else evaluate(run.net, *plan.validation, plan.loss)
    history = run.history.with_row(row_of(run, plan.observe, scores))
    if plan.rows is not None and len(history.rows) >= plan.rows:
        beat = interval(plan, run.step)
        history = history.thinned(lambda kept: kept["step"] == end or (kept["step"] - plan.since) % beat == 0)
    return run._replace(history=history)


@door
def evaluate(net: Any, X: np.ndarray, y: np.ndarray, loss: str = "softmax") -> dict[str, float]:
    """Return the validation loss and, for class labels (n,) or one-hot rows (n, k), the accuracy in [0, 1].

    >>> from minigrow.nn import MLP
    >>> evaluate(MLP.create([2, 2], rng=0), np.eye(2), np.array([0, 1])).keys()
    dict_keys(['validation_loss', 'validation_accuracy'])
    """
    with np.errstate(all="ignore"):
        output = net(X)
        scores = {"validation_loss": float(LOSSES[loss](output, y)[0])}
    return scores | ({"validation_accuracy": goodness(output, y, loss)} if loss in LABELS else {})
