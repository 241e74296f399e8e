"""Draw experiment 1 (`invariance`): what changes of the topology do, and what the corrections gain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.isotropic.changes import MEASURES
from minigrow.experiments.isotropic.invariance_claims import gain, typical
from minigrow.plotting import GREY, bars, log_bars, marked, picture


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `invariance.png`, all measures against the change, and `invariance_gain.png`; one row for each data set."""
    titles = {
        "accuracy": "change of accuracy (pp)",
        "sigma": "change of the sum of singular values",
        "epsilon": "change of the logits, epsilon (%)",
        "kl": "change of the probabilities, KL (nats)",
    }
    names = list(data["measured"])
    with picture(folder / "invariance.png", len(MEASURES), len(names), panel=(7.4, 5.4)) as axes:
        for row, name in zip(axes, names, strict=True):
            for ax, key in zip(row, MEASURES, strict=True):
                _measure(ax, data, name, key)
                ax.set(title=name, ylabel=titles[key])
        axes[0, 1].legend(loc="lower left", fontsize=11.5)
    with picture(folder / "invariance_gain.png", 3, len(names), panel=(7.4, 5.4)) as axes:
        for row, name in zip(axes, names, strict=True):
            _by_removal(row[0], data, name)
            _by_step(row[1], data, name)
            _by_criterion(row[2], data, name)
            for ax, what in zip(row, ("", f", {data['removals'][0]:+d} neuron", ", which neurons"), strict=True):
                ax.set_title(name + what)
        axes[0, 0].legend(fontsize=11)


def _measure(ax, data, name, key):
    x, rows = np.arange(len(data["changes"])), data["measured"][name]
    for i, label in enumerate(rows):  # nearly equal: one above the other, none is seen
        values = rows[label][key]
        beside = x + 0.1 * (i - (len(rows) - 1) / 2)
        if key in ("epsilon", "kl"):
            log_bars(ax, beside, np.maximum(values, 1e-17), i, label, linestyle="")
        else:
            bars(ax, beside, values, i, label, linestyle="")
    ax.set_xticks(x, [f"{change:+d}" if change else "0" for change in data["changes"]])
    ax.set_xlabel("neurons added (+) or removed (-)")
    if key == "epsilon":
        eps = 100 * np.finfo(np.float64).eps
        ax.axhline(eps, color=GREY, linestyle=":")
        ax.text(x[-1], eps, "1 eps of float64", color=GREY, va="bottom", ha="right")
    if key == "kl":
        ax.text(x[0] - 0.4, 3e-17, "0 and below: drawn at 1e-17", color=GREY, va="bottom")


def _factors(ax, x, values, share, i, label, **other):
    """Draw positive factors (repeats, len(x)) as `typical` estimates them."""
    found = [typical(column, share) for column in np.asarray(values).T]
    ends = np.array([[e.value - e.low, e.high - e.value] for e in found]).T
    ax.errorbar(x, [e.value for e in found], np.nan_to_num(ends), label=label, capsize=4, **marked(i) | other)
    ax.set_yscale("log")
    ax.axhline(1, color=GREY, linestyle=":", zorder=0)


def _by_removal(ax, data, name):
    x, rows = np.arange(len(data["removals"])), data["measured"][name]
    for i, label in enumerate(rows):
        beside = x + 0.1 * (i - (len(rows) - 1) / 2)
        _factors(ax, beside, gain(data, name, label)[:, -1], data["overlap"][name], i, label, linestyle="")
    ax.set_xticks(x, [f"{removal:+d}" for removal in data["removals"]])
    ax.set(xlabel="neurons removed", ylabel="error without / with corrections")
    _plain(ax)


def _by_step(ax, data, name):
    for i, label in enumerate(data["measured"][name]):
        beside = np.array(data["steps"]) * 1.03 ** (i - 3)
        _factors(ax, beside, gain(data, name, label)[:, :, 0], data["overlap"][name], i, label)
    ax.set(xscale="log", xlabel="training steps", ylabel="error without / with corrections")
    ax.set_xticks(data["steps"], data["steps"])
    ax.xaxis.minorticks_off()
    _plain(ax)


def _by_criterion(ax, data, name):
    fewer, rows = [change for change in data["changes"] if change < 0], data["measured"][name]
    x, keep = np.arange(len(fewer)), np.array(data["changes"]) < 0
    for i, label in enumerate(rows):
        factor = np.array(rows[label]["epsilon"])[:, keep] / np.array(rows[label]["product"])
        _factors(ax, x + 0.1 * (i - (len(rows) - 1) / 2), factor, data["overlap"][name], i, label, linestyle="")
    ax.set_xticks(x, [f"{removal:+d}" for removal in fewer])
    ax.set(xlabel="neurons removed", ylabel="error by sigma / by product")
    _plain(ax)


def _plain(ax):
    """Write numbers such as 1.02 on a logarithmic axis; between powers of ten only where it spans less than two of them."""
    from matplotlib.ticker import NullFormatter, StrMethodFormatter

    low, high = ax.get_ylim()
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.yaxis.set_minor_formatter(StrMethodFormatter("{x:g}") if high < 10 * low else NullFormatter())
