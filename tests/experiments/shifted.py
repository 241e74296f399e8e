"""Shift the kept data of an experiment at one place, so that a claim comes true, comes false, or stands between.

A place is a list that leads into nested lists and dicts, with a step for each level:

    "test", 3          a key of a dict, an index of a list
    "..."              all of a dict or a list
    {"arm": "areas"}   the dicts of a list that have these values
    "by turns"         all of a list; amounts take turns: of two the first is for the 1st, 3rd, ..., the second for the others
    {"by turns": 1, "arm": "areas"}  both

A change is a name and an amount, or several amounts that take turns: ["add", 5], ["times", 2, 0.5], ["set", "layered", null]. To
set null leaves the value as it is; ["copies", 2] has every repeat of a list twice.
"""

import copy

ALL, TURNS = "...", "by turns"
CHANGES = {
    "add": lambda old, amount: old if old is None else old + amount,
    "times": lambda old, amount: old if old is None else old * amount,
    "set": lambda old, amount: old if amount is None else amount,
    "copies": lambda old, amount: old * amount,
}


def shifted(data, place, change):
    """Return the data with every leaf at the place changed; what is not on the way there is shared with the old data.

    >>> shifted({"a": [[1, 2], [3, 4]]}, ["a", "...", "by turns"], ["add", 10, 20])
    {'a': [[11, 22], [13, 24]]}
    >>> shifted([{"x": "p", "y": 1}, {"x": "q", "y": 1}], [{"x": "q"}, "y"], ["times", 5])
    [{'x': 'p', 'y': 1}, {'x': 'q', 'y': 5}]
    """
    if not place:
        return CHANGES[change[0]](data, change[1])
    step, copied = place[0], copy.copy(data)
    (name, *amounts), by_turns = change, step == TURNS or (isinstance(step, dict) and TURNS in step)
    for turn, key in enumerate(chosen(data, step)):
        mine = [name, amounts[turn % len(amounts)]] if by_turns else change
        copied[key] = shifted(data[key], place[1:], mine)
    return copied


def chosen(data, step):
    """Return the keys or indices of the data that one step of a place means; raises KeyError where it means none."""
    keys = list(data) if isinstance(data, dict) else list(range(len(data)))
    if isinstance(step, dict):
        wanted = {key: value for key, value in step.items() if key != TURNS}.items()
        keys = [i for i in keys if wanted <= {key: data[i].get(key) for key in step}.items()]
    elif step not in (ALL, TURNS):
        keys = [step] if isinstance(data, dict) else [step % len(data)]
    if not keys or (isinstance(data, dict) and not set(keys) <= set(data)):
        raise KeyError(f"nothing is at {step!r}")
    return keys


def first_repeats(count, least=20):
    """Return a function that keeps the first repeats of every list of `least` numbers or lists, and more."""

    def kept(data):
        if isinstance(data, dict):
            return {key: kept(value) for key, value in data.items()}
        if isinstance(data, list):
            many = len(data) >= least and not isinstance(data[0], (dict, str))
            return [kept(value) for value in (data[:count] if many else data)]
        return data

    return kept


def first_seeds(count):
    """Return a function that keeps the runs of the first architecture with the first seeds."""

    def kept(data):
        seeds, hidden = list(dict.fromkeys(run["seed"] for run in data["runs"]))[:count], data["runs"][0]["hidden"]
        return data | {"runs": [run for run in data["runs"] if run["seed"] in seeds and run["hidden"] == hidden]}

    return kept


def first_runs(count):
    """Return a function that keeps the first runs."""
    return lambda data: data | {"runs": data["runs"][:count]}


SMALLER = {  # where to judge takes seconds
    "nimble.trials": first_repeats(10), "nimble.delta": first_repeats(10), "nimble.subtracted": first_repeats(10),
    "nimble.freed": first_repeats(10), "nimble.width": first_repeats(10), "differentiable_structure.strength": first_repeats(10),
    "motifs.landscape": first_seeds(4), "motifs.images": first_seeds(5), "motifs.shuffled": first_seeds(6),
    "motifs.families": first_runs(10),
}  # fmt: skip


def smaller(name, data):
    """Return the kept data of an experiment, or a part of them where the whole takes seconds to judge."""
    return SMALLER.get(name, dict)(data)
