"""Logits and labels of held-out regions: what calibration, early stopping and evaluation are computed from."""

# F = factors, P = bins of 200 bp starting every 50 bp.

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import NOT_SCORED, measured_labels, scorable_bins
from ebert_core.inference.predict import Bins, Predictor
from ebert_core.protocol.terms.grid import POSITION
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.report import TellProgress


class HeldOut(NamedTuple):
    """One factor in one cell type over some regions.

    Labels are 1 bound, 0 unbound, -1 not scored; NaN scores are gaps; bins of one 100-kb block share a number.
    All pairs at the same regions hold one array of blocks.
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
BLOCK_WIDTHS = (_BLOCK, 50_000, 25_000, 10_000, 5_000, 2_000)


class BlockWidth(NamedTuple):
    """How wide the blocks are that are resampled, and how many there are of the pair that has fewest."""

    bases: int
    blocks: int

    def note(self, regions: Sequence[Interval]) -> str:
        """What it means for the intervals; empty where nothing has to be said."""
        if self.bases == _BLOCK:
            return ""
        megabases = sum(region.length for region in regions) / 1e6
        return (
            f"Held out are {megabases:.2g} Mb: blocks of {self.bases // 1000} kb were resampled, and the true "
            "intervals are wider than these."
        )


def block_width(held: Sequence[HeldOut], fewest: int) -> BlockWidth:
    """The widest blocks of which every pair has so many; the narrowest where none are narrow enough."""
    found = BlockWidth(_BLOCK, 0)
    for width in BLOCK_WIDTHS:
        counts = [len(np.unique(narrowed(pair, width).block_P[pair.is_scored()])) for pair in held]
        found = BlockWidth(width, min(counts, default=0))
        if found.blocks >= fewest:
            break
    return found


def narrowed(pair: HeldOut, width: int) -> HeldOut:
    """The pair with blocks of 100 kb cut further, so that none reaches into another region."""
    if width == _BLOCK:
        return pair
    within_P = np.arange(len(pair.block_P)) // (width // POSITION)
    return pair._replace(block_P=pair.block_P * len(within_P) + within_P)


def blocks(interval: Interval) -> NDArray[np.int64]:
    """Number of the 100-kb block each bin of an interval starts in, unique within a chromosome."""
    return np.arange(interval.start, interval.end, POSITION) // _BLOCK


def bound_peaks(labels_P: NDArray[np.int8]) -> int:
    """How many separate runs of bound bins there are: neighbouring bins overlap, so runs are what counts."""
    is_bound_P = labels_P == 1
    return int((is_bound_P[1:] & ~is_bound_P[:-1]).sum() + is_bound_P[:1].sum())


def separate_loci(pairs: Sequence[HeldOut]) -> int:
    """Separate runs of bins that are bound in any of the pairs, all at the same regions: what a factor rests on."""
    if not pairs:
        return 0
    return bound_peaks(
        np.logical_or.reduce([pair.is_scored() & (pair.labels_P == 1) for pair in pairs]).astype(np.int8)
    )


def held_out(
    predictor: Predictor,
    dataset: Dataset,
    regions: Sequence[Interval],
    cell_types: Sequence[str],
    factors: Sequence[str],
    report: TellProgress,
    strands: int = 2,
) -> list[HeldOut]:
    """Logits and labels of every assayed pair over the regions, joined.

    Each bin takes five bytes a pair, a label and a logit, and nine bytes once for all pairs: its block, and whether it
    may be scored. `report` hears of every batch, so that it may end the work by an exception of its own.
    """
    places = [predictor.predicted(region) for region in regions]
    block_P = np.concatenate([blocks(place) + number * 10_000 for number, place in enumerate(places)])
    is_scorable_P = np.concatenate([scorable_bins(dataset, place) for place in places])
    found, rows = [], {name: row for row, name in enumerate(predictor.factors)}
    for number, cell_type in enumerate(cell_types):
        assayed = [factor for factor in factors if dataset.is_assayed(cell_type, factor)]
        if not assayed:
            continue
        note = f"predicting held-out loci in {cell_type}"
        parts: list[Bins] = []
        for place in places:
            done = (number + len(parts) / len(places)) / len(cell_types)
            share = 1 / len(places) / len(cell_types)
            report(done, note)
            parts.append(predictor.logits(cell_type, place, _within(report, done, share, note), strands))
        for factor in assayed:
            row = rows[factor]
            labels_P = np.concatenate([measured_labels(dataset, cell_type, factor, place) for place in places])
            labels_P[~is_scorable_P] = NOT_SCORED
            scores_P = np.concatenate([part.values_FP[row] for part in parts])
            found.append(HeldOut(factor, cell_type, labels_P, scores_P, block_P))
    return found


def _within(report: TellProgress, done: float, share: float, note: str) -> TellProgress:
    """Reports a part of the work as its share of the whole."""
    return lambda fraction, _note: report(done + share * fraction, note)
