"""The oracle: the best that can be known of a bin, from the rules applied to sequence and true chromatin."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ebert_core.demonstration.oracle import probability_in_peak
from ebert_core.protocol.terms.grid import BIN, bin_starts
from ebert_core.protocol.terms.locus import Interval

from .rules import CELL_TYPES


def oracle(directory: Path, factor: str, cell_type: str, interval: Interval) -> NDArray[np.float64]:
    """True probability of each bin of an interval, as `protocol.terms.grid.bin_starts` has them, that it is bound.

    Noise of the experiment (missed and false peaks) is not part of it: nobody can know that beforehand.
    """
    with np.load(directory / "truth" / f"{interval.chromosome}.npz") as truth:
        centres = truth[f"{factor}.centres"]
        probability = truth[f"{factor}.probability_NK"][:, CELL_TYPES.index(cell_type)]
    return probability_in_peak(centres, probability, bin_starts(interval) + BIN // 2)
