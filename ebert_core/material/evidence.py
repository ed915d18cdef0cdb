"""What simple baselines read of every bin: best motif hits, signals and the chromatin state, piece by piece."""

# P = bins of 200 bp starting every 50 bp, R = chosen bins, M = motifs, C = signals, B = windows, S = 200-bp states.

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ebert_core.dataset.channels import Channels
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.store import Store
from ebert_core.dataset.windows import windows
from ebert_core.protocol.terms.grid import BIN, POSITION, POSITIONS_PER_BIN, bin_starts
from ebert_core.protocol.terms.locus import Interval

SCAN_REACH = 100
SIGNAL_REACH = 500
_PIECE = 1_000_000
# Room on either side of a piece: the reach of the signals, rounded up to whole states.
_MARGIN = 600


class Evidence(NamedTuple):
    """What is known of some bins in one cell type. NaN is a signal that the cell type lacks; state 0 is missing."""

    motif_in_bin_RM: NDArray[np.float32]
    motif_near_RM: NDArray[np.float32]
    signal_in_bin_RC: NDArray[np.float32]
    signal_near_RC: NDArray[np.float32]
    state_R: NDArray[np.uint8]

    def rows(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> "Evidence":
        """Some of the bins."""
        return Evidence(
            self.motif_in_bin_RM[chosen],
            self.motif_near_RM[chosen],
            self.signal_in_bin_RC[chosen],
            self.signal_near_RC[chosen],
            self.state_R[chosen],
        )


def pieces(regions: Sequence[Interval]) -> Iterator[Interval]:
    """Regions cut to at most a megabase, so that memory does not grow with them."""
    for region in regions:
        for start in range(region.start, region.end, _PIECE):
            yield Interval(region.chromosome, start, min(start + _PIECE, region.end))


def channels_of_dataset(dataset: Dataset) -> Channels:
    """All that the dataset has: its states, signals and motifs."""
    motifs = dataset.matrices if dataset.matrices.names else None
    return Channels(dataset.state_names, dataset.signal_names, motifs)


def evidence(store: Store, channels: Channels, cell_type: str, piece: Interval) -> Evidence:
    """What is known of each bin that starts in a piece.

    Motif scores are the best log-odds on both strands in the bin, and in it and 100 bp on either side; signals are
    means over the bin, and from 500 bp before its middle to 500 bp behind, as log(1 + mean); the state is that at the
    bin's middle.
    """
    starts = bin_starts(piece)
    if not len(starts):
        return _nothing(channels)
    begin = (int(starts[0]) - _MARGIN) // BIN * BIN
    end = -(-(int(starts[-1]) + BIN + _MARGIN) // BIN) * BIN
    read = windows(store, cell_type, [Interval(piece.chromosome, begin, end)], channels)
    first_R = (starts - begin) // POSITION
    motif_PM = read.motifs_BMP[0].T.astype(np.float32)
    signal_PC = read.signals_BCP[0].T.astype(np.float64)
    reach = SCAN_REACH // POSITION
    middle = POSITIONS_PER_BIN // 2
    around = SIGNAL_REACH // POSITION
    return Evidence(
        _best(motif_PM, first_R, POSITIONS_PER_BIN),
        _best(motif_PM, first_R - reach, POSITIONS_PER_BIN + 2 * reach),
        _mean(signal_PC, first_R, POSITIONS_PER_BIN),
        _mean(signal_PC, first_R + middle - around, 2 * around),
        read.states_BS[0][(starts + BIN // 2 - begin) // BIN],
    )


def _nothing(channels: Channels) -> Evidence:
    motifs, signals = len(channels.motifs.names) if channels.motifs else 0, len(channels.signals)
    motif_RM, signal_RC = (np.empty((0, count), dtype=np.float32) for count in (motifs, signals))
    return Evidence(motif_RM, motif_RM, signal_RC, signal_RC, np.empty(0, dtype=np.uint8))


def _best(score_PM: NDArray[np.float32], first_R: NDArray[np.int64], width: int) -> NDArray[np.float32]:
    """The highest score among `width` positions from each first one."""
    best: NDArray[np.float32] = sliding_window_view(score_PM, width, axis=0).max(axis=-1)[first_R]
    return best


def _mean(signal_PC: NDArray[np.float64], first_R: NDArray[np.int64], width: int) -> NDArray[np.float32]:
    """The mean of `width` positions from each first one, on a logarithmic scale that keeps the sign."""
    before = np.concatenate((np.zeros((1, signal_PC.shape[1])), np.cumsum(signal_PC, axis=0)))
    mean_RC = (before[first_R + width] - before[first_R]) / width
    return np.asarray(np.sign(mean_RC) * np.log1p(np.abs(mean_RC)), dtype=np.float32)
