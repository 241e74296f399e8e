"""Hypothesis profiles: `ci` (the default: fixed examples, no deadline), `more` (HYPOTHESIS_PROFILE=more) and `nightly`, whose examples
are fresh each time, on a server too; those that fail are printed so that they can be repeated, and kept in the folder .hypothesis.

One BLAS thread, as in the `minigrow` command: the matrices are small, and sums are then taken in one order.
"""

import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=25, database=None, suppress_health_check=SLOW
)
settings.register_profile("more", deadline=None, max_examples=1000, suppress_health_check=SLOW)
settings.register_profile(
    "nightly",
    derandomize=False,
    deadline=None,
    max_examples=200,
    print_blob=True,
    database=DirectoryBasedExampleDatabase(Path(__file__).parents[1] / ".hypothesis" / "examples"),
    suppress_health_check=SLOW,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
