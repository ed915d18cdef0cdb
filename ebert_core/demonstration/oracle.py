"""A generated demonstration read back, and what its own rule says of it: the best that any predictor can know.

The rule is applied to the files (sequence and states), so it sees what a model sees and no draw of chance.
Bins are those of every prediction: 200 bp wide, one every 50 bp on absolute multiples of 50.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.labels import NOT_SCORED, peak_labels
from ebert_core.demonstration.binding import Sites, candidate_sites
from ebert_core.demonstration.chromatin import Chromatin
from ebert_core.demonstration.matrices import scan, words
from ebert_core.demonstration.rules import CELL_TYPES, FACTORS, STATE_NAMES
from ebert_core.genome.annotation import FeatureSource, read_features
from ebert_core.genome.reference import Reference
from ebert_core.genome.states import Segmentation
from ebert_core.protocol.terms.bases import N
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION, whole_bin_starts
from ebert_core.protocol.terms.locus import Interval

# A bin is bound when its middle lies in a peak: half of the bin then does (peaks here are wider than bins). How far
# peaks reach from their site was measured over all pairs of one seed: 77 % reach 140 bp, 38 % 160 bp, 8 % 200 bp.
_USUAL_REACH, _REACH_SPREAD, _FURTHEST_REACH = 153, 13.0, 240
_MOTIF_FLANK = 100


class _Contents(NamedTuple):
    codes: NDArray[np.uint8]
    chromatin: tuple[Chromatin, ...]


def probability_in_peak(
    centres: NDArray[np.int64], probability: NDArray[np.floating], middles: NDArray[np.int64]
) -> NDArray[np.float64]:
    """For bins with these middles, the probability that a bound site lies where its peak makes the bin bound.

    Args:
        centres: where sites lie, ascending.
        probability: that each of them is bound.
        middles: of the bins.
    """
    first = np.searchsorted(centres, middles - _FURTHEST_REACH)
    last = np.searchsorted(centres, middles + _FURTHEST_REACH, side="right")
    unbound = np.ones(len(middles))
    for offset in range(int((last - first).max(initial=0))):
        is_there = np.flatnonzero(first + offset < last)
        site = first[is_there] + offset
        distance = np.abs(centres[site] - middles[is_there])
        reaches = 1 / (1 + np.exp((distance - _USUAL_REACH) / _REACH_SPREAD))
        unbound[is_there] *= 1 - probability[site] * reaches
    return 1 - unbound


class Demonstration:
    """A generated demonstration on disk."""

    def __init__(self, dataset: Path) -> None:
        """Opens the DATASET.toml that `generate` wrote.

        Raises:
            InvalidRequest: the dataset is no demonstration, or one of its files cannot be read.
        """
        try:
            description = tomllib.loads(dataset.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InvalidRequest(f"{dataset} cannot be read as a dataset ({error}).") from error
        if "synthetic" not in description:
            raise InvalidRequest(f"{dataset} describes no demonstration; its truth is unknown, so it has no oracle.")
        self.seed: int = description["synthetic"]["seed"]
        self.folder = dataset.parent
        self._cell_types = description["cell_types"]
        self._reference = Reference(self.folder / description["reference"])
        # One instance reads two chromosomes and two peak sets per pair; the caches live and die with it.
        self._contents = lru_cache(maxsize=None)(self._read_contents)
        self.sites = lru_cache(maxsize=None)(self._find_sites)
        self._motif_blocks = lru_cache(maxsize=None)(self._scan_motif)
        self._peaks = lru_cache(maxsize=None)(self._read_peaks)

    def oracle(self, factor: str, cell_type: str, interval: Interval) -> NDArray[np.float64]:
        """The true probability of each bin that a bound site lies where its peak makes the bin bound."""
        sites = self.sites(interval.chromosome)[factor]
        probability = sites.probability_NK[:, CELL_TYPES.index(cell_type)]
        return probability_in_peak(sites.centres, probability, whole_bin_starts(interval) + BIN // 2)

    def motif_score(self, factor: str, interval: Interval) -> NDArray[np.float64]:
        """The factor's best log-odds on both strands in each bin and 100 bp around it."""
        blocks = self._motif_blocks(factor, interval.chromosome)
        first = (whole_bin_starts(interval) - _MOTIF_FLANK) // POSITION
        steps = np.arange((BIN + 2 * _MOTIF_FLANK) // POSITION)
        best: NDArray[np.float64] = blocks[np.clip(first[:, None] + steps, 0, len(blocks) - 1)].max(axis=1)
        return best

    def states(self, cell_type: str, interval: Interval) -> NDArray[np.int64]:
        """The state at the middle of each bin, -1 where there is none."""
        chromatin = self._contents(interval.chromosome).chromatin[CELL_TYPES.index(cell_type)]
        return chromatin.at(whole_bin_starts(interval) + BIN // 2).astype(np.int64)

    def labels(self, factor: str, cell_type: str, interval: Interval) -> NDArray[np.int8]:
        """Labels by the rule of everything else (`dataset.labels`); a bin that holds N is not scored."""
        peaks = (self._peaks(cell_type, factor, kind).on(interval.chromosome) for kind in ("conservative", "relaxed"))
        conservative, relaxed = (np.column_stack((each.starts, each.ends)) for each in peaks)
        labels = peak_labels(conservative, relaxed, whole_bin_starts(interval))
        labels[self._holds_n(interval)] = NOT_SCORED
        return labels

    def is_assayed(self, factor: str, cell_type: str) -> bool:
        """Whether the dataset has peaks of the factor in the cell type."""
        return factor in self._cell_types[cell_type]["peaks"]

    def peak_count(self, factor: str, cell_type: str, interval: Interval) -> int:
        """Number of conservative peaks that touch an interval."""
        return len(self._peaks(cell_type, factor, "conservative").touching(interval))

    def _holds_n(self, interval: Interval) -> NDArray[np.bool_]:
        total = np.concatenate([[0], np.cumsum(self._contents(interval.chromosome).codes == N)])
        starts = whole_bin_starts(interval)
        holds: NDArray[np.bool_] = total[starts + BIN] > total[starts]
        return holds

    def _read_contents(self, chromosome: str) -> _Contents:
        length = self._reference.chromosome_lengths[chromosome]
        codes = self._reference.bases(Interval(chromosome, 0, length))
        firsts = np.arange(0, length, BIN)
        chromatin = []
        for cell_type in CELL_TYPES:
            segmentation = Segmentation(self.folder / self._cell_types[cell_type]["states"], STATE_NAMES)
            chromatin.append(Chromatin(chromosome, segmentation.ids_at(chromosome, firsts).astype(np.int8)))
        return _Contents(codes, tuple(chromatin))

    def _find_sites(self, chromosome: str) -> dict[str, Sites]:
        return candidate_sites(*self._contents(chromosome))

    def _scan_motif(self, factor: str, chromosome: str) -> NDArray[np.float64]:
        """Best log-odds of the sites whose middle lies in each block of 50 bp."""
        matrix = next(each.matrix for each in FACTORS if each.name == factor)
        codes = self._contents(chromosome).codes
        score = scan(words(codes), matrix)
        shifted = np.full(-(-len(score) // POSITION) * POSITION, score.min(), dtype=np.float64)
        half = len(matrix) // 2
        shifted[half : len(score)] = score[: len(score) - half]
        # Where the site would hold N its score means nothing; it counts as the worst possible.
        blocks: NDArray[np.float64] = np.maximum(shifted.reshape(-1, POSITION).max(axis=1), -20.0)
        return blocks

    def _read_peaks(self, cell_type: str, factor: str, kind: str) -> FeatureSource:
        return read_features(self.folder / self._cell_types[cell_type]["peaks"][factor][kind])
