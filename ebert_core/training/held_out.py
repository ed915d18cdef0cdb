"""Logits and labels of held-out regions: what calibration, early stopping and evaluation are computed from."""

# F = factors, P = bins of 200 bp starting every 50 bp.

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import bin_labels
from ebert_core.inference.predict import Predictor
from ebert_core.protocol.locus import Interval


class HeldOut(NamedTuple):
    """One factor in one cell type over some regions.

    Labels are 1 bound, 0 unbound, -1 not scored; NaN scores are gaps; bins of one 100-kb block share a number.
    """

    factor: str
    cell_type: str
    labels_P: NDArray[np.int8]
    scores_P: NDArray[np.float32]
    block_P: NDArray[np.int64]

    def scored(self) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Whether each scored bin is bound, and its score."""
        is_scored_P = self.is_scored()
        return self.labels_P[is_scored_P] == 1, self.scores_P[is_scored_P]

    def is_scored(self) -> NDArray[np.bool_]:
        """Which bins count."""
        return (self.labels_P >= 0) & np.isfinite(self.scores_P)


_BLOCK = 100_000


def blocks(interval: Interval) -> NDArray[np.int64]:
    """Number of the 100-kb block each bin of an interval starts in, unique within a chromosome."""
    return np.arange(interval.start, interval.end, 50) // _BLOCK


def bound_peaks(labels_P: NDArray[np.int8]) -> int:
    """How many separate runs of bound bins there are: neighbouring bins overlap, so runs are what counts."""
    is_bound_P = labels_P == 1
    return int((is_bound_P[1:] & ~is_bound_P[:-1]).sum() + is_bound_P[:1].sum())


def held_out(
    predictor: Predictor,
    dataset: Dataset,
    regions: Sequence[Interval],
    cell_types: Sequence[str],
    factors: Sequence[str],
    report: Callable[[float, str], None],
    strands: int = 2,
) -> list[HeldOut]:
    """Logits and labels of every assayed pair over the regions, joined."""
    found = []
    for number, cell_type in enumerate(cell_types):
        report(number / len(cell_types), f"predicting held-out loci in {cell_type}")
        assayed = [factor for factor in factors if dataset.is_assayed(cell_type, factor)]
        if not assayed:
            continue
        parts = [predictor.logits(cell_type, region, lambda *_: None, strands) for region in regions]
        for factor in assayed:
            row = predictor.factors.index(factor)
            found.append(
                HeldOut(
                    factor,
                    cell_type,
                    np.concatenate([bin_labels(dataset, cell_type, factor, part.interval) for part in parts]),
                    np.concatenate([part.values_FP[row] for part in parts]),
                    np.concatenate([blocks(part.interval) + number * 10_000 for number, part in enumerate(parts)]),
                )
            )
    return found
