"""Say in words what happens at a frame: when, which phase of the task, which event."""

from __future__ import annotations

from minigrow.film.reel import Reel, events_within, latest

VERBS = {"grow": "grows by", "prune": "loses", "rotate": "is rotated"}


def when(run: Reel, f: int) -> str:
    """Return the time of a frame in words, such as "step 120, epoch 4"."""
    seen = {name: values[f] for name, values in run.data["times"].items()}
    first = seen[run.clock]
    return ", ".join(f"{name} {x:,}" for name, x in seen.items() if name == run.clock or x != first)


def phase(run: Reel, f: int) -> str:
    """Return the words of the phase that a frame belongs to, "" where there is none."""
    phases = run.data["phases"]
    now = latest([x for x, _ in phases], run.times[f])
    return phases[now][1] if now >= 0 else ""


def happened(run: Reel, before: int, f: int) -> tuple[str, str]:
    """Return the kind and the words of what happened behind the frame `before` up to f, or of the events before that.

    Events of one kind in one space are one sum; where all have one reason, it is said once.
    """
    events = events_within(run, before, f)
    if not events:
        return "", "No growth event yet." if run.data["events"] else ""
    kind, sums = events[-1][1], {}
    for event in events:
        if event[1] == kind:
            sums.setdefault(event[2], []).append(event)
    parts = [_summed(run, kind, space, own) for space, own in sorted(sums.items())]
    reason = run.data["reasons"][events[-1][6]]
    return kind, "; ".join(parts) + (f": {reason}" if reason else "")


def _summed(run, kind, space, events):
    neurons, before, after = sum(event[3] for event in events), events[0][4], events[-1][5]
    count = f" {neurons:,} neuron{'' if neurons == 1 else 's'}" if neurons else ""
    sizes = "" if before == after else f", {before:,} → {after:,}"
    return f"{named(run, space)} {VERBS.get(kind, kind)}{count}{sizes}"


def named(run: Reel, space: str) -> str:
    """Return the words for a space: hidden 1."""
    return next((found["words"] for found in run.data["spaces"] if found["name"] == space), space)
