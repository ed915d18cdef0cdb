"""Windows for the network: one function for files and store, with a person's edits applied.

B = windows in a batch, L = bases per window, S = L / 200 chromatin bins, P = L / 50 positions, C = signals, M = motifs.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.channels import (
    Channels,
    WindowBatch,
    bins_with_bases,
    empty_batch,
    state_lookup,
    window_length,
)
from ebert_core.dataset.derived import fill_signals
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.spans import (
    FileReader,
    Span,
    read_motif_scores,
    read_states,
    reference_of,
    spans_of,
    widened,
)
from ebert_core.dataset.store import Store
from ebert_core.model.tokens import FIRST_STATE, MISSING_STATE
from ebert_core.protocol.terms.bases import encode_bases
from ebert_core.protocol.terms.chromosome_names import other_names
from ebert_core.protocol.terms.edits import BaseEdit, Edit, StateEdit
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval

__all__ = ["Channels", "WindowBatch", "source_bases", "windows"]


def windows(
    source: Dataset | Store,
    cell_type: str,
    intervals: Sequence[Interval],
    channels: Channels,
    edits: Sequence[Edit] = (),
) -> WindowBatch:
    """The arrays a model eats, equal to the last bit whether they come from the files or from the store.

    Args:
        source: the dataset, whose files are read, or the store made of it.
        cell_type: whose states and signals.
        intervals: windows of one length, which start and end on multiples of 200.
        channels: the states, signals and motifs that the model wants.
        edits: changed bases and painted states; motif scores follow the bases, signals stay as measured.

    Raises:
        InvalidRequest: the cell type, a state or the reference is unknown, or a file is wrong.
    """
    if not intervals:
        return empty_batch(0, 0, channels)
    batch = (
        source.gather(cell_type, intervals, channels)
        if isinstance(source, Store)
        else _read(source, cell_type, intervals, channels)
    )
    return _edited(source, batch, intervals, channels, edits) if edits else batch


def _read(dataset: Dataset, cell_type: str, intervals: Sequence[Interval], channels: Channels) -> WindowBatch:
    dataset.cell_type(cell_type)
    batch = empty_batch(len(intervals), window_length(intervals), channels)
    lookup = state_lookup(dataset.state_names, channels.states)
    for span in spans_of(intervals):
        whole = _read_span(dataset, cell_type, span, channels, lookup)
        for index in span.windows:
            first = intervals[index].start - span.interval.start
            last = first + intervals[index].length
            batch.bases_BL[index] = whole.bases_BL[0, first:last]
            batch.states_BS[index] = whole.states_BS[0, first // BIN : last // BIN]
            positions = slice(first // POSITION, last // POSITION)
            batch.signals_BCP[index] = whole.signals_BCP[0, :, positions]
            batch.motifs_BMP[index] = whole.motifs_BMP[0, :, positions]
    return batch


def _read_span(
    dataset: Dataset, cell_type: str, span: Span, channels: Channels, lookup: NDArray[np.uint8]
) -> WindowBatch:
    interval = span.interval
    flank = channels.motifs.widest if channels.motifs else 0
    codes = reference_of(dataset).bases(widened(interval, flank))
    batch = empty_batch(1, interval.length, channels)
    batch.bases_BL[0] = codes[flank : len(codes) - flank]
    has_base = bins_with_bases(batch.bases_BL[0])
    if channels.states:
        batch.states_BS[0] = lookup[read_states(dataset, cell_type, interval, has_base)]
    fill_signals(batch, FileReader(dataset, interval, has_base), cell_type, channels)
    if channels.motifs:
        batch.motifs_BMP[0] = read_motif_scores(codes, channels.motifs, flank)
    return batch


def _edited(
    source: Dataset | Store,
    batch: WindowBatch,
    intervals: Sequence[Interval],
    channels: Channels,
    edits: Sequence[Edit],
) -> WindowBatch:
    flank = channels.motifs.widest if channels.motifs else 0
    bases, painted = _sorted_edits(edits, channels)
    for index, interval in enumerate(intervals):
        for paint in painted:
            _paint(batch.states_BS[index], interval, paint, channels)
        wide = widened(interval, flank)
        near = [edit for edit in bases if _is_on(wide, edit.chromosome) and wide.start <= edit.position < wide.end]
        if not near:
            continue
        codes = source_bases(source, wide)
        for edit in near:
            codes[edit.position - wide.start] = encode_bases(edit.base)[0]
        batch.bases_BL[index] = codes[flank : len(codes) - flank]
        if channels.motifs:
            batch.motifs_BMP[index] = read_motif_scores(codes, channels.motifs, flank)
    return batch


def source_bases(source: Dataset | Store, interval: Interval) -> NDArray[np.uint8]:
    """Base codes of any interval, from the files or from the store."""
    return source.bases(interval) if isinstance(source, Store) else reference_of(source).bases(interval)


def _sorted_edits(edits: Sequence[Edit], channels: Channels) -> tuple[list[BaseEdit], list[StateEdit]]:
    bases: list[BaseEdit] = []
    painted: list[StateEdit] = []
    for edit in edits:
        match edit:
            case BaseEdit():
                if edit.base not in tuple("ACGTN"):
                    raise InvalidRequest(f"'{edit.base}' is no base; choose A, C, G, T or N.")
                bases.append(edit)
            case StateEdit():
                if edit.state and edit.state not in channels.states:
                    listed = ", ".join(channels.states) or "no states"
                    raise InvalidRequest(f"The model does not know the state {edit.state}; it knows {listed}.")
                painted.append(edit)
    return bases, painted


def _paint(states_S: NDArray[np.uint8], interval: Interval, edit: StateEdit, channels: Channels) -> None:
    """Bins whose centre is painted take the state, as a bin takes the state at its centre when files are read."""
    if not _is_on(interval, edit.chromosome):
        return
    centres = np.arange(interval.start, interval.end, BIN) + BIN // 2
    is_painted = (edit.start <= centres) & (centres < edit.end)
    states_S[is_painted] = FIRST_STATE + channels.states.index(edit.state) if edit.state else MISSING_STATE


def _is_on(interval: Interval, chromosome: str) -> bool:
    return interval.chromosome in other_names(chromosome)
