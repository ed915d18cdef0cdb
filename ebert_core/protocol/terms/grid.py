"""The one grid of this program: where predictions, labels, states and signals stand on a chromosome.

Places are absolute multiples: a bin starts at every multiple of `POSITION`; windows of the network and states start at
multiples of `BIN`.
"""

from typing import TYPE_CHECKING

from ebert_core.protocol.terms.locus import Interval

if TYPE_CHECKING:
    # Specs read the constants, and no help of a command should wait for numpy.
    import numpy as np
    from numpy.typing import NDArray

# Bases between the starts of two neighbouring bins; signals and motif scores have one value in each.
POSITION = 50
# The width of a bin: what is called bound or unbound, and has one chromatin state.
BIN = 200
# Bins overlap: each spans so many positions.
POSITIONS_PER_BIN = BIN // POSITION


def bin_starts(interval: Interval) -> "NDArray[np.int64]":
    """Where the bins begin that begin in an interval: every multiple of 50 in it."""
    import numpy as np

    return np.arange(-(-interval.start // POSITION) * POSITION, interval.end, POSITION, dtype=np.int64)


def whole_bin_starts(interval: Interval) -> "NDArray[np.int64]":
    """Where the bins begin that lie wholly inside an interval."""
    starts = bin_starts(interval)
    return starts[starts + BIN <= interval.end]
