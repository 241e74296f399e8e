"""Tell what happened: the events of a page, in the order of its frames, with their reasons."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from minigrow.replay.scene import Scene

LISTED, WORDS = 2000, 160  # events in the list; letters of a reason


class Story(NamedTuple):
    """`events` are [frame, kind, space, neurons, before, after, number of the reason, step]; `number` (events of the history,)
    says as which of them each event is told.
    """

    events: list[list]
    reasons: list[str]
    number: np.ndarray


def story(told: Scene) -> Story:
    """Return the events of a scene in the order of their frames.

    >>> from minigrow.growth import Event, History
    >>> from minigrow.replay.scene import scene
    >>> rows = ({"step": 0, "widths": (1, 2)}, {"step": 5, "widths": (1, 3)})
    >>> story(scene(History(rows, (Event("grow", "h1", 1, "asked for", 2, 3, step=5),)))).events
    [[1, 'grow', 'h1', 1, 2, 3, 0, 5]]
    """
    at = np.searchsorted(told.frames, told.event_rows).tolist()
    items = [(event, frame, [i]) for i, (event, frame) in enumerate(zip(told.history.events, at, strict=True))]
    items = list(_joined(items)) if len(items) > LISTED else items
    number, reasons, made = np.full(len(at), -1), {}, []
    for event, frame, own in sorted(items, key=lambda item: item[1]):
        number[own] = len(made)
        reason = reasons.setdefault(_short(event.reason), len(reasons))
        counts = (int(count) for count in (event.neurons, event.before, event.after))
        made.append([frame, event.kind[:WORDS], event.space[:WORDS], *counts, reason, int(event.step)])
    return Story(made, list(reasons), number)


def _short(words):
    return words if len(words) <= WORDS else words[: WORDS - 1] + "…"


def _joined(items):
    """Join events of one kind and space that show at the same frame; the result names no widths, as others may lie between them."""
    found: dict[tuple, list] = {}
    for event, frame, own in items:
        found.setdefault((frame, event.kind, event.space), []).append((event, own))
    for (frame, *_), group in found.items():
        last, neurons = group[-1][0], sum(event.neurons for event, _ in group)
        if len(group) > 1:
            reason = f"{last.reason} (the last of {len(group)} events since the frame before)"
            last = last._replace(neurons=neurons, before=last.after, reason=reason)
        yield last, frame, [i for _, own in group for i in own]
