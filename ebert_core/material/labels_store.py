"""Labels of training windows, worked out once per chromosome and kept as runs of equal labels.

Reading peaks and bases anew for every window costs more than a small network's step. Runs take a few megabytes for a
hundred pairs over the whole genome, where a label for every bin would take gigabytes.
"""

# B = windows, N = bins of a window starting every 50 bp, F = factors, R = runs of equal labels.

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import NOT_SCORED, measured_labels, scorable_bins
from ebert_core.material.sampling import Example
from ebert_core.protocol.terms.grid import BIN, POSITION, POSITIONS_PER_BIN
from ebert_core.protocol.terms.locus import Interval

_PIECE = 4_000_000  # bases looked at in one go: the sequence of a chromosome need not be in memory at once


class Runs(NamedTuple):
    """Labels of consecutive bins: run r holds `labels_R[r]` from bin `firsts_R[r]` up to the next run."""

    firsts_R: NDArray[np.int64]
    labels_R: NDArray[np.int8]

    @classmethod
    def of(cls, labels_N: NDArray[np.int8]) -> "Runs":
        """The runs of labels, of which there is at least one."""
        firsts_R = np.append(0, np.flatnonzero(np.diff(labels_N)) + 1)
        return cls(firsts_R, labels_N[firsts_R])

    def fill(self, labels_N: NDArray[np.int8], first: int) -> None:
        """Writes the labels of the bins from `first` on."""
        last = first + len(labels_N)
        low = int(np.searchsorted(self.firsts_R, first, side="right")) - 1
        high = int(np.searchsorted(self.firsts_R, last, side="left"))
        labels_N[:] = self.labels_R[low]
        for run in range(low + 1, high):
            labels_N[int(self.firsts_R[run]) - first :] = self.labels_R[run]


class LabelStore:
    """The labels of a dataset, by cell type, factor and chromosome, each worked out when first asked for."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._scorable: dict[str, Runs] = {}
        self._runs: dict[tuple[str, str, str], Runs] = {}

    def labels(self, examples: Sequence[Example], factors: Sequence[str]) -> NDArray[np.int8]:
        """Labels (B, N, F) of the bins that lie within windows of one length, as `bin_labels` gives them.

        1 is bound, 0 unbound, -1 ambiguous, unlabelled or never assayed. Windows start on multiples of 50.
        """
        bins = examples[0].interval.length // POSITION - (POSITIONS_PER_BIN - 1)
        labels_BFN = np.full((len(examples), len(factors), bins), NOT_SCORED, dtype=np.int8)
        for labels_FN, (cell_type, interval) in zip(labels_BFN, examples, strict=True):
            for labels_N, factor in zip(labels_FN, factors, strict=True):
                if self._dataset.is_assayed(cell_type, factor):
                    self._fill(labels_N, cell_type, factor, interval)
        return np.ascontiguousarray(labels_BFN.transpose(0, 2, 1))

    def _fill(self, labels_N: NDArray[np.int8], cell_type: str, factor: str, interval: Interval) -> None:
        key = (cell_type, factor, interval.chromosome)
        if key not in self._runs:
            self._runs[key] = self._read(cell_type, factor, interval.chromosome)
        first = interval.start // POSITION
        # Before the chromosome nothing is scored; behind its end the last run goes on, which is not scored either.
        before = min(len(labels_N), max(0, -first))
        self._runs[key].fill(labels_N[before:], first + before)

    def _read(self, cell_type: str, factor: str, chromosome: str) -> Runs:
        labels_N = measured_labels(self._dataset, cell_type, factor, self._whole(chromosome))
        scorable = self._scorable_runs(chromosome)
        is_scorable_N = np.repeat(scorable.labels_R, np.diff(np.append(scorable.firsts_R, len(labels_N))))
        labels_N[is_scorable_N == 0] = NOT_SCORED
        return Runs.of(labels_N)

    def _scorable_runs(self, chromosome: str) -> Runs:
        if chromosome not in self._scorable:
            whole = self._whole(chromosome)
            pieces = [
                scorable_bins(self._dataset, Interval(chromosome, start, min(start + _PIECE, whole.end)))
                for start in range(0, whole.end, _PIECE)
            ]
            self._scorable[chromosome] = Runs.of(np.concatenate(pieces).astype(np.int8))
        return self._scorable[chromosome]

    def _whole(self, chromosome: str) -> Interval:
        """The chromosome and a bin more, so that its last run is one that may not be scored."""
        lengths = self._dataset.chromosome_lengths
        name = self._dataset.chromosome_names.find(chromosome)
        return Interval(chromosome, 0, (lengths[name] if name is not None else 0) + BIN)
