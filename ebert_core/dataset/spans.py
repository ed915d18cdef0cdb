"""Reads stretches of the genome from a dataset's files: the slow and exact way, which the store repeats.

L = bases, S = L / 200 chromatin bins, P = L / 50 positions, C = signals, M = motifs.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.derived import Binding
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.labels import merged_spans
from ebert_core.dataset.quantiles import Quantiles
from ebert_core.genome.annotation import FeatureSource
from ebert_core.genome.motifs import Matrices, motif_scores
from ebert_core.genome.reference import Reference
from ebert_core.genome.signal import SignalFile, mean_signal
from ebert_core.model.tokens import FIRST_STATE, MISSING_STATE
from ebert_core.protocol.terms.chromosome_names import name_in
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval

_LONGEST_SPAN = 2_000_000
_WIDEST_GAP = 5_000
_FURTHEST = 7.0


class Span(NamedTuple):
    """A stretch of the genome read at once, and which of the wanted windows lie in it."""

    interval: Interval
    windows: tuple[int, ...]


def spans_of(windows: Sequence[Interval]) -> Iterator[Span]:
    """Neighbouring windows joined, so that what they share is read once."""
    order = sorted(range(len(windows)), key=lambda index: windows[index])
    span, members = windows[order[0]], [order[0]]
    for index in order[1:]:
        window = windows[index]
        joined = Interval(span.chromosome, span.start, max(span.end, window.end))
        is_near = window.chromosome == span.chromosome and window.start <= span.end + _WIDEST_GAP
        if is_near and joined.length <= _LONGEST_SPAN:
            span = joined
            members.append(index)
        else:
            yield Span(span, tuple(members))
            span, members = window, [index]
    yield Span(span, tuple(members))


def reference_of(dataset: Dataset) -> Reference:
    """The dataset's reference.

    Raises:
        InvalidRequest: it has none.
    """
    if dataset.reference is None:
        raise InvalidRequest(f"{dataset.layout.name} has no reference sequence, which a model needs; add one.")
    return dataset.reference


def read_states(
    dataset: Dataset, cell_type: str, interval: Interval, has_base_S: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """The state at the centre of each bin of 200, as 2 + its place among the dataset's names, 0 where missing."""
    segmentation = dataset.states(cell_type)
    if segmentation is None:
        return np.full(len(has_base_S), MISSING_STATE, dtype=np.uint8)
    centres = np.arange(interval.start, interval.end, BIN) + BIN // 2
    ids = segmentation.ids_at(interval.chromosome, centres)
    return np.where(has_base_S & (ids >= 0), ids + FIRST_STATE, MISSING_STATE).astype(np.uint8)


def read_signal(signal: SignalFile, interval: Interval, has_base_S: NDArray[np.bool_]) -> NDArray[np.float16]:
    """Means of 50 bases; 0 in bins without bases."""
    means = mean_signal(signal, interval)
    means[~np.repeat(has_base_S, BIN // POSITION)] = 0
    return means


def read_bound(peaks: FeatureSource, interval: Interval, has_base_S: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which positions the peaks cover by half or more; none in bins without bases."""
    is_bound_P = 2 * _covered(peaks, interval) >= POSITION
    return is_bound_P & np.repeat(has_base_S, BIN // POSITION)


def read_labelled(dataset: Dataset, interval: Interval) -> NDArray[np.bool_]:
    """Which positions lie wholly where peaks were called."""
    if dataset.labelled is None:
        return np.ones(interval.length // POSITION, dtype=np.bool_)
    is_labelled_P: NDArray[np.bool_] = _covered(dataset.labelled, interval) == POSITION
    return is_labelled_P


def _covered(features: FeatureSource, interval: Interval) -> NDArray[np.int64]:
    """How many bases of each position lie in any of the features."""
    found = features.touching(interval)
    spans = merged_spans([(max(each.start, interval.start), min(each.end, interval.end)) for each in found])
    first, last = spans.first - interval.start, spans.last - interval.start
    # Every base of a span counts towards its position: whole positions first, then what its ends leave uncovered.
    steps_P = np.zeros(interval.length // POSITION + 1, dtype=np.int64)
    np.add.at(steps_P, first // POSITION, POSITION)
    np.add.at(steps_P, -(-last // POSITION), -POSITION)
    covered_P = np.cumsum(steps_P)[:-1]
    np.subtract.at(covered_P, first // POSITION, first % POSITION)
    np.subtract.at(covered_P, (last - 1) // POSITION, -last % POSITION)
    return covered_P


def read_distance(dataset: Dataset, interval: Interval) -> NDArray[np.float16]:
    """log10(1 + bases from the middle of each position to the nearest start of a gene), 7 where there is none."""
    name = name_in(dataset.gene_starts, interval.chromosome)
    starts = dataset.gene_starts[name] if name is not None else np.empty(0, dtype=np.int64)
    if not len(starts):
        return np.full(interval.length // POSITION, _FURTHEST, dtype=np.float16)
    middles = np.arange(interval.start, interval.end, POSITION) + POSITION // 2
    after = np.searchsorted(starts, middles)
    distance = np.minimum(
        np.abs(middles - starts[np.maximum(after - 1, 0)]), np.abs(starts[np.minimum(after, len(starts) - 1)] - middles)
    )
    logarithms: NDArray[np.float64] = np.log10(1.0 + distance)
    return logarithms.clip(0, _FURTHEST).astype(np.float16)


class FileReader:
    """The signals of one stretch of the genome from the files, as windows of one."""

    def __init__(self, dataset: Dataset, interval: Interval, has_base_S: NDArray[np.bool_]) -> None:
        self._dataset = dataset
        self._interval = interval
        self._has_base_S = has_base_S

    def signal(self, cell_type: str, name: str) -> NDArray[np.float16] | None:
        """Means (1, P) of a signal of the cell type, or of the whole dataset."""
        signal = self._dataset.signal(cell_type, name) if cell_type in self._dataset.cell_types else None
        return None if signal is None else read_signal(signal, self._interval, self._has_base_S)[None]

    def binding(self, cell_types: Sequence[str], factor: str) -> Binding | None:
        """Where conservative peaks cover positions by half in those of the cell types where the factor was assayed."""
        assayed = [cell for cell in cell_types if self._dataset.is_assayed(cell, factor)]
        sources = [source for cell in assayed if (source := self._dataset.peaks(cell, factor)) is not None]
        if not sources:
            return None
        bound_XP = np.stack([read_bound(source, self._interval, self._has_base_S) for source in sources])
        is_labelled_P = read_labelled(self._dataset, self._interval)
        return Binding(bound_XP.sum(axis=0, dtype=np.uint16)[None], is_labelled_P[None], len(sources))

    def distance(self) -> NDArray[np.float16] | None:
        """log10(1 + bases to the nearest start of a gene) of each position (1, P)."""
        return None if self._dataset.genes is None else read_distance(self._dataset, self._interval)[None]

    def expression(self, cell_type: str) -> tuple[float, ...]:
        """The components of gene expression in the cell type; empty where they are not known."""
        return self._dataset.cell_type(cell_type).expression

    def quantiles(self, cell_type: str, name: str) -> Quantiles:
        """The distribution of a signal in the cell type; empty where it was not measured."""
        return self._dataset.quantiles(cell_type, name)


def read_motif_scores(codes_L: NDArray[np.uint8], matrices: Matrices, flank: int) -> NDArray[np.float16]:
    """Motif scores as (M, P) of a sequence with a flank at either end."""
    return np.ascontiguousarray(motif_scores(codes_L, matrices, flank).T)


def widened(interval: Interval, flank: int) -> Interval:
    """The interval with a flank at either end, which may lie beyond the chromosome."""
    return Interval(interval.chromosome, interval.start - flank, interval.end + flank)
