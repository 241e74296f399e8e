"""Open what can be replayed: `open_history("run.npz")` returns the history of a file of histories or of a checkpoint."""

from __future__ import annotations

import os

from minigrow.growth import checkpoint, history
from minigrow.growth.archives import DAMAGED, damaged, description, read_npz
from minigrow.growth.files import load_arrays
from minigrow.growth.history import History
from minigrow.nn.door import door


@door
def open_history(path: str | os.PathLike) -> History:
    """Return the history that a file holds: one of `History.save`, or the checkpoint of a run, of any network.

    Raises FileNotFoundError, IsADirectoryError for a folder, or ValueError for a file that holds neither.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     History().with_row({"epoch": 1, "widths": (2, 3, 1)}).save(f"{folder}/a.npz")
    ...     len(open_history(f"{folder}/a.npz").rows)
    1
    """
    kind = _kind(path)
    if kind == checkpoint.KIND:
        return _of_checkpoint(path)
    if kind == history.KIND or not os.path.isfile(path):
        return History.load(path)
    raise ValueError(
        f"{path} is not a whole minigrow history file or checkpoint, so there is nothing to replay. Was the copy cut short? "
        "Give a file that History.save, Plan(checkpoint=...) or `minigrow run` wrote."
    )


def _kind(path):
    """What a file says it is, or None."""
    try:
        return description(read_npz(path, only=("meta",))["meta"])["file"]
    except DAMAGED:
        return None


def _of_checkpoint(path):
    arrays, meta = load_arrays(path, checkpoint.KIND, checkpoint.VERSION)
    with damaged(f"{path} is a damaged {checkpoint.KIND} file: {{}} Take an earlier copy."):
        return history.from_arrays(arrays, meta["history"])
