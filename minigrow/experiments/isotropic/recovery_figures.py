"""Draw `recovery`: test accuracy over the steps for every arm, a panel for each data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from minigrow.experiments.isotropic.recovery_claims import ARMS, EQUAL
from minigrow.plotting import COLOURS, band, picture


def draw(data: dict[str, Any], folder: Path) -> None:
    """Draw `recovery.png`: test accuracy over the steps for every arm, a panel for each data set."""
    names = list(data["overlap"])
    with picture(folder / "recovery.png", columns=len(names), panel=(7.6, 5.4)) as axes:
        for ax, name in zip(axes[0], names, strict=True):
            rows = data["rows"][name]
            for i, arm in enumerate(ARMS[:-1]):
                band(ax, data["looks"], rows[arm]["curve"], i, arm)
            ax.axhline(np.mean(rows[EQUAL]["end"]), color=COLOURS[4], linewidth=1.2, label=EQUAL)
            low = np.percentile([np.mean(rows[arm]["curve"], axis=0) for arm in ARMS[:-1]], 5)
            ax.set(title=f"{name}: {data['wide']} or {data['narrow']} neurons per layer", xlabel="training steps",
                   ylabel="test accuracy (%)", ylim=(max(0, low - 5), None))  # fmt: skip
            ax.legend(loc="lower right")
