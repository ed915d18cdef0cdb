"""The memory-mapped store that training reads: what the files hold, unpacked once.

Only stretches that hold bases are kept, so a chromosome padded with N costs nothing; between them everything is N,
missing and 0, exactly as when the files are read.

B = windows in a batch, L = bases per window, S = L / 200 chromatin bins, P = L / 50 positions, C = signals, M = motifs.
"""

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ebert_core.dataset.channels import Channels, WindowBatch, empty_batch, state_lookup, window_length
from ebert_core.dataset.derived import Binding, fill_signals
from ebert_core.dataset.quantiles import Quantiles
from ebert_core.dataset.spans import read_motif_scores, widened
from ebert_core.dataset.store_index import (
    LABELLED,
    assayed_pairs,
    cell_numbers,
    read_index,
    row_of_bits,
    stored_motifs,
)
from ebert_core.dataset.stored_array import StoredArray
from ebert_core.genome.motifs import Matrices
from ebert_core.protocol.terms.bases import N
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.wording import has_no


class _Place(NamedTuple):
    """Where windows begin in the stored arrays, for those that lie within one segment."""

    offsets: NDArray[np.int64]
    is_inside: NDArray[np.bool_]


class Store:
    """An opened store. Reading it gives the arrays that `windows` would read from the files."""

    def __init__(self, directory: Path) -> None:
        """Opens the store.

        Raises:
            InvalidRequest: there is no complete store of this format.
        """
        self.directory = directory
        try:
            # All files are those of one folder, even when another store takes its place meanwhile.
            folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            raise InvalidRequest(f"{directory} is no store; make it with ebert prepare.") from None
        try:
            self.index = read_index(folder, directory)
            self._open(folder)
        finally:
            os.close(folder)
        self._stand_ins: dict[tuple[str, str], str] = {}

    def _open(self, folder: int) -> None:
        self._arrays: list[StoredArray] = []
        index, size = self.index, 0
        by_chromosome: dict[str, tuple[list[Interval], list[int]]] = {}
        for segment in index.segments:
            segments, offsets = by_chromosome.setdefault(segment.chromosome, ([], []))
            segments.append(segment)
            offsets.append(size)
            size += segment.length
        self._segments = {chromosome: _Segments(*found) for chromosome, found in by_chromosome.items()}
        self._names = KnownNames(self._segments)
        bins, positions, numbers = size // BIN, size // POSITION, cell_numbers(index)

        def mapped(name: str, kind: DTypeLike, count: int) -> StoredArray:
            self._arrays.append(StoredArray(self.directory / name, folder, kind, count, index.sums.get(name, ())))
            return self._arrays[-1]

        self._bases = mapped("bases.u8", np.uint8, size)
        self._states = {cell: mapped(f"states.{numbers[cell]}.u8", np.uint8, bins) for cell in index.states}
        self.signals = {
            (cell, signal): mapped(f"signal.{numbers[cell]}.{number}.f16", np.float16, positions)
            for cell, signals in index.signals.items()
            for number, signal in enumerate(signals)
        }
        for number, name in enumerate(index.shared_signals):
            shared = mapped(f"shared.{number}.f16", np.float16, positions)
            self.signals |= {(cell, name): self.signals.get((cell, name), shared) for cell in self.cell_types}
        self.pairs = assayed_pairs(index)
        self.bits_of: dict[str, list[tuple[int, str]]] = {}
        for bit, (factor, cell) in enumerate(self.pairs):
            self.bits_of.setdefault(factor, []).append((bit, cell))
        self.bound = mapped("bound.bits", row_of_bits(self.pairs), positions) if self.pairs else None
        self.distance = mapped("distance.f16", np.float16, positions) if index.has_genes else None
        self._motifs = {
            motif: mapped(f"motif.{number}.f16", np.float16, positions) for number, motif in enumerate(index.motifs)
        }

    def check(self) -> "Store":
        """This store, of which every byte has been read.

        Raises:
            InvalidRequest: a file of it is damaged.
        """
        for array in self._arrays:
            array.check()
        return self

    def related(self, inputs: Mapping[str, str]) -> "Store":
        """This store, which from now on reads a signal in place of a wanted one where a cell type lacks that."""
        for wanted, given in inputs.items():
            for cell, signals in self.index.signals.items():
                if wanted not in signals and given in signals:
                    self._stand_ins[cell, wanted] = given
                    self.signals[cell, wanted] = self.signals[cell, given]
        return self

    @property
    def state_names(self) -> tuple[str, ...]:
        """The dataset's states."""
        return self.index.state_names

    @property
    def cell_types(self) -> tuple[str, ...]:
        """The dataset's cell types."""
        return self.index.cell_types

    @property
    def chromosome_lengths(self) -> dict[str, int]:
        """Lengths by chromosome."""
        return self.index.chromosome_lengths

    @property
    def segments(self) -> tuple[Interval, ...]:
        """The stretches that hold bases, each a bin of 200 longer at either end."""
        return self.index.segments

    def quantiles(self, cell_type: str, name: str) -> Quantiles:
        """The distribution of a signal in a cell type; empty where it was not measured."""
        read = self._stand_ins.get((cell_type, name), name)
        return self.index.quantiles.get(cell_type, {}).get(read, ())

    def bases(self, interval: Interval) -> NDArray[np.uint8]:
        """Base codes of an interval; N before, behind and without the chromosome."""
        codes = np.full(interval.length, N, dtype=np.uint8)
        segments = self._on(interval.chromosome)
        if segments is not None:
            for stored, wanted in segments.overlaps(interval.start, interval.end):
                codes[wanted] = self._bases.part(stored.start, stored.stop)
        return codes

    def gather(self, cell_type: str, intervals: Sequence[Interval], channels: Channels) -> WindowBatch:
        """The windows, without edits."""
        if cell_type not in self.index.cell_types:
            raise InvalidRequest(has_no(self.index.dataset, "cell type", cell_type, self.cell_types))
        length = window_length(intervals)
        batch = empty_batch(len(intervals), length, channels)
        lookup = state_lookup(self.state_names, channels.states)
        place = self._place(intervals, length)
        self._fill(batch.bases_BL, self._bases, place, intervals, 1)
        states = self._states.get(cell_type)
        if channels.states and states is not None:
            self._fill(batch.states_BS, states, place, intervals, BIN)
            batch.states_BS[:] = lookup[batch.states_BS]
        fill_signals(batch, _StoreReader(self, place, intervals), cell_type, channels)
        if channels.motifs:
            self._fill_motifs(batch, channels.motifs, place, intervals)
        return batch

    def _fill_motifs(
        self, batch: WindowBatch, matrices: Matrices, place: _Place, intervals: Sequence[Interval]
    ) -> None:
        unknown = []
        for channel, motif in enumerate(stored_motifs(matrices)):
            scores = self._motifs.get(motif)
            if scores is None:
                unknown.append(channel)
            else:
                self._fill(batch.motifs_BMP[:, channel], scores, place, intervals, POSITION)
        if unknown:
            missing = matrices.selected(tuple(matrices.names[channel] for channel in unknown))
            for index, interval in enumerate(intervals):
                codes = self.bases(widened(interval, missing.widest))
                batch.motifs_BMP[index, unknown] = read_motif_scores(codes, missing, missing.widest)

    def _fill(
        self,
        rows: NDArray[np.uint8] | NDArray[np.float16],
        stored: StoredArray,
        place: _Place,
        intervals: Sequence[Interval],
        width: int,
    ) -> None:
        """Copies windows into rows; `width` is the number of bases of one stored value."""
        columns = rows.shape[1]
        if len(stored) >= columns:
            if place.is_inside.all():
                rows[:] = stored.rows(place.offsets // width, columns)
                return
            rows[place.is_inside] = stored.rows(place.offsets[place.is_inside] // width, columns)
        for row in np.flatnonzero(~place.is_inside):
            interval = intervals[int(row)]
            segments = self._on(interval.chromosome)
            if segments is not None:
                for found, wanted in segments.overlaps(interval.start, interval.end):
                    part = stored.part(found.start // width, found.stop // width)
                    rows[row, wanted.start // width : wanted.stop // width] = part

    def filled(
        self, stored: StoredArray, place: _Place, intervals: Sequence[Interval], width: int
    ) -> NDArray[Any]:  # Any: float16 and uint8 alike
        """Windows (B, length / width) of a stored array; 0 where nothing is stored."""
        rows = np.zeros((len(intervals), intervals[0].length // width), dtype=stored.dtype)
        self._fill(rows, stored, place, intervals, width)
        return rows

    def _place(self, intervals: Sequence[Interval], length: int) -> _Place:
        starts = np.array([interval.start for interval in intervals], dtype=np.int64)
        offsets = np.zeros(len(intervals), dtype=np.int64)
        is_inside = np.zeros(len(intervals), dtype=np.bool_)
        names = [interval.chromosome for interval in intervals]
        distinct = dict.fromkeys(names)
        for chromosome in distinct:
            segments = self._on(chromosome)
            if segments is None:
                continue
            here = np.array([name == chromosome for name in names]) if len(distinct) > 1 else slice(None)
            offsets[here], is_inside[here] = segments.locate(starts[here], length)
        return _Place(offsets, is_inside)

    def _on(self, chromosome: str) -> "_Segments | None":
        name = self._names.find(chromosome)
        return self._segments[name] if name is not None else None


class _StoreReader:
    """The signals of some windows from the store."""

    def __init__(self, store: Store, place: _Place, intervals: Sequence[Interval]) -> None:
        self._store = store
        self._place = place
        self._intervals = intervals

    def signal(self, cell_type: str, name: str) -> NDArray[np.float16] | None:
        """Means (B, P) of a signal of the cell type, or of the whole dataset."""
        return self._at(self._store.signals.get((cell_type, name)), POSITION)

    def binding(self, cell_types: Sequence[str], factor: str) -> Binding | None:
        """Where conservative peaks cover positions by half in those of the cell types where the factor was assayed."""
        bits = [bit for bit, cell in self._store.bits_of.get(factor, ()) if cell in cell_types]
        if not bits:
            return None
        bound_BP = np.zeros(self._bits_BPX.shape[:2], dtype=np.uint16)
        for byte in sorted({bit // 8 for bit in bits}):
            mask = np.uint8(sum(1 << bit % 8 for bit in bits if bit // 8 == byte))
            bound_BP += np.bitwise_count(self._bits_BPX[:, :, byte] & mask)
        is_labelled_BP = (self._bits_BPX[:, :, -1] & LABELLED) > 0
        return Binding(bound_BP, is_labelled_BP, len(bits))

    @cached_property
    def _bits_BPX(self) -> NDArray[np.uint8]:
        """The bits of all pairs, read once for all channels."""
        assert self._store.bound is not None
        rows_BP = self._store.filled(self._store.bound, self._place, self._intervals, POSITION)
        return rows_BP.view(np.uint8).reshape(*rows_BP.shape, -1)

    def distance(self) -> NDArray[np.float16] | None:
        """log10(1 + bases to the nearest start of a gene) of each position (B, P)."""
        return self._at(self._store.distance, POSITION)

    def expression(self, cell_type: str) -> tuple[float, ...]:
        """The components of gene expression in the cell type; empty where they are not known."""
        return self._store.index.expression[cell_type]

    def quantiles(self, cell_type: str, name: str) -> Quantiles:
        """The distribution of a signal in the cell type; empty where it was not measured."""
        return self._store.quantiles(cell_type, name)

    def _at(self, stored: StoredArray | None, width: int) -> NDArray[Any] | None:
        return None if stored is None else self._store.filled(stored, self._place, self._intervals, width)


class _Segments:
    """The stored stretches of one chromosome, in order."""

    def __init__(self, segments: list[Interval], offsets: list[int]) -> None:
        self._starts = np.array([segment.start for segment in segments], dtype=np.int64)
        self._ends = np.array([segment.end for segment in segments], dtype=np.int64)
        self._offsets = np.array(offsets, dtype=np.int64)
        assert all(before.end <= after.start for before, after in pairwise(segments))

    def locate(self, starts: NDArray[np.int64], length: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Where windows begin in the arrays, and which of them lie within one stretch."""
        row = np.searchsorted(self._starts, starts, side="right") - 1
        is_inside = (row >= 0) & (starts + length <= self._ends[row])
        return np.where(is_inside, self._offsets[row] + starts - self._starts[row], 0), is_inside

    def overlaps(self, start: int, end: int) -> list[tuple[slice, slice]]:
        """For each stretch that an interval touches: where it is stored, and where it lies in the interval."""
        first = int(np.searchsorted(self._ends, start, side="right"))
        last = int(np.searchsorted(self._starts, end, side="left"))
        pairs = []
        for row in range(first, last):
            low, high = max(start, int(self._starts[row])), min(end, int(self._ends[row]))
            offset = int(self._offsets[row]) - int(self._starts[row])
            pairs.append((slice(low + offset, high + offset), slice(low - start, high - start)))
        return pairs
