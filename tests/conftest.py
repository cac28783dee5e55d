"""What tests of several kinds share."""

import os

# Set before NumPy is imported: the tests already run on every core.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
