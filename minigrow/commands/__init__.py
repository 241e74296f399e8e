"""The commands of `minigrow`, a file each: `add(commands)` adds the command to the parser, and its `act(args)` runs it."""

import os

# The networks here are small: one BLAS thread a process is fastest, and results do not depend on the number of jobs.
for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")
