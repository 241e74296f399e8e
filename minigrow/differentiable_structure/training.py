"""Train the network, which sizes itself, on any text: `start`, `train`, `save` and `load`.

    run = start(alphabet_of(text), rng=0)
    run = train(run, text, Plan(cycles=100_000))       # a new run; the old one is still there
    run = train(run, other, Plan(cycles=150_000))      # another text: position 0, the state goes on

One cycle is one chunk of T symbols and one update. History is sampled: one row every `every` cycles; when there are `rows`
of them, every second one goes and the interval doubles, so memory does not depend on the number of cycles.
"""

from __future__ import annotations

import copy
import math
import os
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from minigrow.differentiable_structure import learning as learnings
from minigrow.differentiable_structure import rule as rules
from minigrow.differentiable_structure import workspace
from minigrow.differentiable_structure.learning import Learning
from minigrow.differentiable_structure.network import Network
from minigrow.differentiable_structure.rule import RULE, Parts, Rule, outgoing_norm
from minigrow.differentiable_structure.structure import cycles
from minigrow.differentiable_structure.text import encode
from minigrow.growth.events import Event
from minigrow.growth.files import load_arrays, save_arrays
from minigrow.growth.history import History, from_arrays, to_arrays
from minigrow.growth.loop import Diverged
from minigrow.nn import validate

KIND, VERSION = "minigrow recurrent checkpoint", 1
COUNTS = ("smooth", "cycle", "position", "text", "born", "births", "deaths", "every")


class Run(NamedTuple):
    """All that training needs to go on.

    `parts` are the network, its memories, state and numbers of birth; `rule` None keeps the size; `cycle` counts updates,
    `position` is the place in the text whose checksum is `text`; `smooth` is the loss of a chunk (nats), smoothed over 100
    cycles; `born`, `births`, `deaths` count neurons; `every` is the history's present interval.
    """

    parts: Parts
    learning: Learning
    rule: Rule | None
    rng: np.random.Generator
    smooth: float
    cycle: int = 0
    position: int = 0
    text: int = 0
    born: int = 1
    births: int = 0
    deaths: int = 0
    every: int = 0
    rows: tuple[dict[str, Any], ...] = ()

    @property
    def net(self) -> Network:
        """The network."""
        return self.parts.net

    @property
    def history(self) -> History:
        """Rows cycle, loss, neurons, births, deaths, widths, r (H,), ids (H,); events: what was born and died between rows."""
        return History(self.rows, tuple(_events(self.rows)))


class Plan(NamedTuple):
    """Train until cycle `cycles`; a row of history every `every` cycles, at most `rows` of them.

    `checkpoint` is a path that is rewritten at each row; `quiet` switches the progress bar off; `observe(net)` returns more
    columns for the history, such as `growth.snapshot`.
    """

    cycles: int = 100_000
    every: int = 100
    rows: int = 2000
    checkpoint: str | os.PathLike | None = None
    quiet: bool = False
    observe: Callable[[Network], dict[str, Any]] | None = None


LEARNING = Learning()


def start(alphabet: str, neurons: int = 1, *, rng: Any, learning: Learning = LEARNING, rule: Rule | None = RULE) -> Run:
    """Return a run before its first cycle; `rule=None` keeps the number of neurons.

    Raises ValueError for a bad alphabet, or numbers of learning or rule that make no sense.

    >>> start("()ab", rng=0).net.neurons
    1
    """
    rng, learning = validate.generator(rng), learnings.checked(learning)
    net = Network.create(alphabet, neurons, rng=rng)
    rule = None if rule is None else rules.checked(rule, neurons)
    parts = rules.whole_parts(net)._replace(s=learnings.memories(net, learning))
    return Run(parts, learning, rule, rng, learning.steps * math.log(net.symbols), born=neurons)


def train(run: Run, text: str, plan: Plan | None = None) -> Run:
    """Return the run at cycle `plan.cycles`, trained on `text`; nothing of the old run changes.

    Continuing on the same text goes on where it was; another text starts at its beginning, with the state carried over.
    Raises ValueError for an empty text, one shorter than T + 1, or a symbol outside the alphabet; Diverged when the loss
    is no longer finite.

    >>> run = train(start("()ab", rng=0), "(ab)(abab)" * 20, Plan(cycles=500, every=100))
    >>> run.cycle, run.history["neurons"].shape
    (500, (5,))
    """
    plan = _checked(Plan() if plan is None else plan)
    codes = _codes(text, run)
    if run.rule is not None:
        run = run._replace(rule=rules.checked(run.rule, run.net.neurons))
    run = _arrive(run, codes, plan)
    q = workspace.fill(run.parts, run.learning, run.rule)
    with tqdm(total=plan.cycles, initial=run.cycle, unit="cycle", disable=plan.quiet or None) as bar:
        while run.cycle < plan.cycles:
            n = min(plan.cycles, (run.cycle // run.every + 1) * run.every) - run.cycle
            good = run._replace(rng=copy.deepcopy(run.rng))
            run = _advance(q, run, codes, n)
            if not math.isfinite(run.smooth):
                raise Diverged(_hint(run), good)
            run = _record(run, plan)
            bar.set_postfix_str(f"loss {run.smooth:.2f} neurons {run.net.neurons}", refresh=False)
            bar.update(n)
    return run


def _checked(plan):
    for name, least in (("cycles", 0), ("every", 1), ("rows", 2)):
        validate.whole(getattr(plan, name), name, least)
    return plan


def _codes(text, run):
    if not isinstance(text, str) or len(text) < run.learning.steps + 1:
        found = f"{len(text)} symbols" if isinstance(text, str) else f"a {type(text).__name__}"
        raise ValueError(
            f"the text must be a str of at least steps + 1 = {run.learning.steps + 1} symbols, got {found}. "
            "Take a longer text, or start with Learning(steps=...) smaller."
        )
    return encode(text, run.net.alphabet)


def _arrive(run, codes, plan):
    """Go to the place in this text, on a private copy of the generator."""
    checksum = zlib.crc32(codes)
    position = run.position if checksum == run.text else 0
    every = run.every or plan.every
    return run._replace(rng=copy.deepcopy(run.rng), text=checksum, position=position, every=every)


def _advance(q, run, codes, n):
    counts = np.array([run.net.neurons, run.position, run.born, run.births, run.deaths], np.int64)
    rule = Rule(most=0) if run.rule is None else run.rule
    smooth = cycles(q, codes, n, counts, run.smooth, run.learning, rule, run.rng)
    H, position, born, births, deaths = counts.tolist()
    return run._replace(
        parts=workspace.read(q, H, run.net.alphabet), smooth=smooth, cycle=run.cycle + n, position=position, born=born,
        births=births, deaths=deaths,
    )  # fmt: skip


def _record(run, plan):
    if run.cycle % run.every == 0:
        row = {"cycle": run.cycle, "loss": run.smooth, "neurons": run.net.neurons, "births": run.births}
        row |= {
            "deaths": run.deaths,
            "widths": np.array(run.net.widths),
            "r": outgoing_norm(run.net),
            "ids": run.parts.ids,
        }
        if plan.observe is not None:
            row |= copy.deepcopy(plan.observe(run.net))  # it may be a window on theta, which goes on changing
        run = run._replace(rows=(*run.rows, row))
        if len(run.rows) >= plan.rows:
            every = 2 * run.every
            run = run._replace(every=every, rows=tuple(row for row in run.rows if row["cycle"] % every == 0))
        if plan.checkpoint is not None:
            save(run, plan.checkpoint)
    return run


def _hint(run):
    return (
        f"the loss became {run.smooth} before cycle {run.cycle}. The rate {run.learning.rate:g} or the clip "
        f"{run.learning.clip:g} is probably too high: try a tenth of it."
    )


def _events(rows):
    """One event for the births and one for the deaths between two rows; who died is read off the numbers of birth."""
    births = deaths = 0
    first = int(rows[0]["neurons"] - rows[0]["births"] + rows[0]["deaths"]) if rows else 0
    ids = list(range(first))
    for row in rows:
        born, dead = row["births"] - births, row["deaths"] - deaths
        n = len(ids)
        if born:
            yield Event("grow", "h", born, "too few spares", n, n + born, step=row["cycle"])
        if dead:
            place = {number: i for i, number in enumerate([*ids, *range(first + births, first + births + born)])}
            origin = tuple(place[number] for number in np.asarray(row["ids"]).tolist())
            event = Event("prune", "h", dead, "too many spares", n + born, row["neurons"], step=row["cycle"])
            yield event._replace(origin=origin)
        births, deaths, ids = row["births"], row["deaths"], np.asarray(row["ids"]).tolist()


def save(run: Run, path: str | os.PathLike) -> None:
    """Write a checkpoint, whole or not at all, without pickle; `load` continues from it bit for bit."""
    arrays, _ = to_arrays(run.history)
    parts = run.parts
    arrays |= {"theta": parts.net.theta, "s": parts.s, "h": parts.h, "ids": parts.ids}
    meta = {
        "file": KIND,
        "version": VERSION,
        "alphabet": parts.net.alphabet,
        "neurons": parts.net.neurons,
        "learning": run.learning._asdict(),
        "rule": None if run.rule is None else run.rule._asdict(),
        "rng": run.rng.bit_generator.state,
        "counts": {name: getattr(run, name) for name in COUNTS},
    }
    save_arrays(path, arrays, meta)


def load(path: str | os.PathLike) -> Run:
    """Read a checkpoint. Raises FileNotFoundError, or ValueError for a file that is truncated or something else."""
    arrays, meta = load_arrays(path, KIND, VERSION)
    net = Network(meta["alphabet"], meta["neurons"], arrays["theta"])
    rng = np.random.Generator(getattr(np.random, meta["rng"]["bit_generator"])())
    rng.bit_generator.state = meta["rng"]
    rule = None if meta["rule"] is None else Rule(**meta["rule"])
    rows = from_arrays(arrays, ()).rows
    parts = Parts(net, arrays["s"], arrays["h"], arrays["ids"])
    return Run(parts, Learning(**meta["learning"]), rule, rng, **meta["counts"], rows=rows)
