"""What all tests of laws need: generators to draw cases from, and what NumPy may not warn of."""

import numpy as np


def generators(n):
    """Return one generator for each of the seeds 0..n - 1."""
    return [np.random.default_rng(seed) for seed in range(n)]


def wrapping(law):
    """Motif hashes wrap around, as they do when compiled; without the compiler NumPy would warn."""
    return np.errstate(over="ignore" if law.name.startswith("motifs.") else "warn")
