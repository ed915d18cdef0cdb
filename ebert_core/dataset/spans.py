"""Reads stretches of the genome from a dataset's files: the slow and exact way, which the store repeats.

L = bases, S = L / 200 chromatin bins, P = L / 50 positions, C = signals, M = motifs.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.channels import BIN_WIDTH, FIRST_STATE, MISSING
from ebert_core.dataset.description import Dataset
from ebert_core.genome.motifs import POSITION_WIDTH, Matrices, motif_scores
from ebert_core.genome.reference import Reference
from ebert_core.genome.signal import mean_signal
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import Interval

_LONGEST_SPAN = 2_000_000
_WIDEST_GAP = 5_000


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
        return np.full(len(has_base_S), MISSING, dtype=np.uint8)
    centres = np.arange(interval.start, interval.end, BIN_WIDTH) + BIN_WIDTH // 2
    ids = segmentation.ids_at(interval.chromosome, centres)
    return np.where(has_base_S & (ids >= 0), ids + FIRST_STATE, MISSING).astype(np.uint8)


def read_signal(
    dataset: Dataset, cell_type: str, name: str, interval: Interval, has_base_S: NDArray[np.bool_]
) -> NDArray[np.float16]:
    """Means of 50 bases; 0 in bins without bases, NaN everywhere when the cell type lacks the signal."""
    signal = dataset.signal(cell_type, name)
    if signal is None:
        return np.full(interval.length // POSITION_WIDTH, np.nan, dtype=np.float16)
    means = mean_signal(signal, interval)
    means[~np.repeat(has_base_S, BIN_WIDTH // POSITION_WIDTH)] = 0
    return means


def read_motif_scores(codes_L: NDArray[np.uint8], matrices: Matrices, flank: int) -> NDArray[np.float16]:
    """Motif scores as (M, P) of a sequence with a flank at either end."""
    return np.ascontiguousarray(motif_scores(codes_L, matrices, flank).T)


def widened(interval: Interval, flank: int) -> Interval:
    """The interval with a flank at either end, which may lie beyond the chromosome."""
    return Interval(interval.chromosome, interval.start - flank, interval.end + flank)
