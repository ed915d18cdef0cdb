"""The factors' matrices from JASPAR (CC BY 4.0), in the copy that pyjaspar carries; needs the extra `benchmarks`."""

import numpy as np
from numpy.typing import NDArray
from pyjaspar import jaspardb

from .rules import FACTORS


def jaspar_counts() -> dict[str, NDArray[np.float64]]:
    """Counts (W, 4) of each factor's matrix, columns A, C, G, T."""
    database = jaspardb()
    found = {}
    for factor in FACTORS:
        counts = database.fetch_motif_by_id(factor.matrix).counts
        found[factor.name] = np.array([counts[base] for base in "ACGT"], dtype=np.float64).T
    return found
