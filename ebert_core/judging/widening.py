"""How much wider than its own blocks say a range must be, to hold at loci that neither training nor calibration saw.

Held-out loci of half a megabase tell how probabilities vary within that half megabase. How a factor binds differs more
between megabases: in genes, in domains, by what else is bound. That variation is a random effect of the locus on the
log-odds. Its deviation was estimated where loci were rotated (Paule & Mandel 1982, J. Res. Natl. Bur. Stand. 87:377),
and enters every range as in the prediction interval of Higgins, Thompson & Spiegelhalter (2009, J. R. Stat. Soc. A
172:137).
"""

# E = comparisons of observed with predicted, one of each factor and locus.

import math

import numpy as np
from numpy.typing import NDArray

# Between loci of a megabase or two, over five rotations of the human slices and the factors with enough peaks for a
# range: benchmarks/calibration_rotations.py.
BETWEEN_LOCI = 0.25
ROTATIONS = 5


def between_loci(log_ratio_E: NDArray[np.float64], variance_E: NDArray[np.float64]) -> float:
    """The deviation between loci of log(observed / predicted) that its own variances do not explain; 0 where they do.

    About 0 and not about a mean: a calibrated probability promises a ratio of 1.
    """
    if not len(log_ratio_E) or (log_ratio_E**2 / variance_E).mean() <= 1:
        return 0.0
    low, high = 0.0, float((log_ratio_E**2).max())
    for _ in range(60):
        middle = (low + high) / 2
        is_short = (log_ratio_E**2 / (variance_E + middle)).mean() > 1
        low, high = (middle, high) if is_short else (low, middle)
    return math.sqrt(high)


def widened(reach_K: NDArray[np.float64], deviation: float, loci: int = ROTATIONS) -> NDArray[np.float64]:
    """How far a 95 % range reaches on the scale of log-odds when loci differ by so much, beside what it reached."""
    return np.hypot(reach_K, student(loci - 1) * deviation)


def student(degrees: int) -> float:
    """The 97.5 % point of Student's t, to a hundredth from three degrees on (Abramowitz & Stegun 26.7.5)."""
    z = 1.959964
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + first / degrees + second / degrees**2 + third / degrees**3 + fourth / degrees**4
