"""Builds the store from a dataset's files, or finds that the one there is still good."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.channels import bins_with_bases
from ebert_core.dataset.description import Dataset
from ebert_core.dataset.quantiles import Quantiles, quantiles_of_values, sampled_positions
from ebert_core.dataset.spans import (
    read_bound,
    read_distance,
    read_labelled,
    read_signal,
    read_states,
    reference_of,
    widened,
)
from ebert_core.dataset.store import Store
from ebert_core.dataset.store_folder import making, put_in_place
from ebert_core.dataset.store_index import (
    FORMAT,
    INDEX,
    StoreIndex,
    assayed_pairs,
    cell_numbers,
    row_of_bits,
    sealed,
    stored_motifs,
)
from ebert_core.dataset.store_places import place_to_make, places
from ebert_core.dataset.stored_array import Sums
from ebert_core.genome.letters import ambiguous, count_letters
from ebert_core.genome.lines import reading
from ebert_core.genome.motifs import Matrices, motif_scores
from ebert_core.genome.places import stamp
from ebert_core.protocol.terms.addresses import Address, place_of
from ebert_core.protocol.terms.bases import encode_bases
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.report import TellProgress

Trust = Callable[[Store], Store]

_PIECE = 1_000_000
# Stretches without bases shorter than this are stored too: fewer segments, and few windows that touch two.
_SHORTEST_GAP = 10_000


def prepare(
    dataset: Dataset,
    directory: Path,
    motifs: Matrices | None = None,
    regions: Sequence[Interval] | None = None,
    report: TellProgress = lambda _fraction, _note: None,
    trusted: Trust = lambda store: store,
) -> Store:
    """The store of a dataset: the one in the directory where its inputs are unchanged, else a new one.

    Args:
        dataset: what to store.
        directory: where; appears complete or not at all. Of several who make it at once, one does; the others wait.
        motifs: whose scores to store; the dataset's own when None.
        regions: what to store of the genome, all of it when None; elsewhere the store knows nothing but N.
        report: told how far it is, from 0 to 1, and with what.
        trusted: given one that is there; an InvalidRequest from it makes a new one, as with `Store.check`.

    Raises:
        InvalidRequest: a file is wrong, or the directory cannot be written.
    """
    matrices = dataset.matrices if motifs is None else motifs
    fingerprint = _fingerprint(dataset, matrices, regions)
    existing = _current(directory, fingerprint, trusted)
    if existing is None:
        with making(directory, lambda: report(0.0, f"waiting for who makes {directory}")) as part:
            # Whoever was waited for may have made it.
            if (existing := _current(directory, fingerprint, trusted)) is None:
                _Builder(dataset, part, matrices, fingerprint, report).build(regions)
                put_in_place(part, directory)
    return (existing or Store(directory)).related(dataset.layout.inputs)


def prepared(
    dataset: Dataset, report: TellProgress = lambda _fraction, _note: None, trusted: Trust = lambda store: store
) -> Store:
    """The store of a dataset: one that is good where one is found, else a new one where it can be made.

    Raises:
        InvalidRequest: a file is wrong, or no store can be made.
    """
    found = current_store(dataset, trusted)
    return found or prepare(dataset, place_to_make(dataset), report=report, trusted=trusted)


def current_store(dataset: Dataset, trusted: Trust = lambda store: store) -> Store | None:
    """The first store of a dataset that holds the whole genome and what the files hold now; None where there is none.

    It is looked for in the places that `store_places` lists.
    """
    if dataset.path is None:
        return None
    fingerprint = ""
    for place in places(dataset):
        if place.is_dir():
            fingerprint = fingerprint or _fingerprint(dataset, dataset.matrices, None)
            if store := _current(place, fingerprint, trusted):
                return store.related(dataset.layout.inputs)
    return None


def _current(directory: Path, fingerprint: str, trusted: Trust) -> Store | None:
    """The store in a directory where it is whole and was made of these inputs."""
    with suppress(InvalidRequest):
        store = Store(directory)
        return trusted(store) if store.index.fingerprint == fingerprint else None
    return None


class _Builder:
    """Writes the arrays of one store into a directory."""

    def __init__(
        self, dataset: Dataset, directory: Path, matrices: Matrices, fingerprint: str, report: TellProgress
    ) -> None:
        self._dataset = dataset
        self._directory = directory
        self._matrices = matrices
        self._fingerprint = fingerprint
        self._report = report
        self._letters = np.zeros(256, dtype=np.int64)
        self._sums: defaultdict[str, Sums] = defaultdict(Sums)
        self._samples: defaultdict[tuple[str, str], list[NDArray[np.float16]]] = defaultdict(list)

    def build(self, regions: Sequence[Interval] | None) -> None:
        dataset = self._dataset
        segments = self._segments(regions)
        index = StoreIndex(
            format=FORMAT,
            fingerprint=self._fingerprint,
            dataset=dataset.layout.name,
            chromosome_lengths=dataset.chromosome_lengths,
            segments=tuple(segments),
            state_names=dataset.state_names,
            cell_types=dataset.cell_types,
            states=tuple(cell for cell in dataset.cell_types if dataset.layout.cell_types[cell].states),
            signals={cell: tuple(dataset.layout.cell_types[cell].signals) for cell in dataset.cell_types},
            shared_signals=tuple(dataset.layout.signals),
            quantiles={},
            peaks={cell: tuple(dataset.layout.cell_types[cell].peaks) for cell in dataset.cell_types},
            expression={cell: dataset.layout.cell_types[cell].expression for cell in dataset.cell_types},
            has_genes=dataset.genes is not None,
            motifs=stored_motifs(self._matrices),
            ambiguous=ambiguous(self._letters),
            sums={},
        )
        self._numbers = cell_numbers(index)
        pieces = [piece for segment in segments for piece in _pieces(segment)]
        for done, piece in enumerate(pieces):
            self._report(0.3 + 0.7 * done / len(pieces), f"storing {piece.chromosome}")
            self._store(index, piece)
        index = msgspec.structs.replace(index, quantiles=self._quantiles(regions))
        index = msgspec.structs.replace(index, sums={name: sums.of_blocks for name, sums in self._sums.items()})
        (self._directory / INDEX).write_bytes(sealed(index))
        self._report(1.0, "stored")

    def _quantiles(self, regions: Sequence[Interval] | None) -> dict[str, dict[str, Quantiles]]:
        """Distributions of the signals as the files give them, from what was stored where that is all of the genome."""
        cells = self._dataset.layout.cell_types
        if regions is not None:
            return {cell: {name: self._dataset.quantiles(cell, name) for name in cells[cell].signals} for cell in cells}
        return {
            cell: {name: quantiles_of_values(self._samples[cell, name]) for name in cells[cell].signals}
            for cell in cells
        }

    def _segments(self, regions: Sequence[Interval] | None) -> list[Interval]:
        reference = reference_of(self._dataset)
        wanted = regions or [Interval(name, 0, length) for name, length in reference.chromosome_lengths.items()]
        total = sum(interval.length for interval in wanted)
        bins: dict[str, list[NDArray[np.intp]]] = {interval.chromosome: [] for interval in wanted}
        done = 0
        for interval in wanted:
            start, end = interval.start // BIN * BIN, -(-interval.end // BIN) * BIN
            for piece in _pieces(Interval(interval.chromosome, start, end)):
                self._report(0.3 * done / max(1, total), f"looking for bases on {piece.chromosome}")
                letters = reference.letters(piece)
                self._letters += count_letters(letters)
                with_bases = np.flatnonzero(bins_with_bases(encode_bases(letters.tobytes())))
                bins[interval.chromosome].append(with_bases + piece.start // BIN)
                done += piece.length
        segments = [
            segment
            for chromosome, found in bins.items()
            if found
            for segment in _joined(chromosome, np.unique(np.concatenate(found)))
        ]
        if not segments and regions is None:
            raise InvalidRequest(f"{self._dataset.layout.reference} holds no base but N.")
        return segments

    def _store(self, index: StoreIndex, piece: Interval) -> None:
        dataset, flank = self._dataset, self._matrices.widest
        codes = reference_of(dataset).bases(widened(piece, flank))
        bases = codes[flank : len(codes) - flank]
        has_base = bins_with_bases(bases)
        self._append("bases.u8", bases)
        is_sampled = sampled_positions(dataset.sample if any(index.signals.values()) else (), piece)
        for cell in index.cell_types:
            self._store_cell(index, cell, piece, has_base, is_sampled)
        if pairs := assayed_pairs(index):
            self._append("bound.bits", self._bound(pairs, piece, has_base))
        for number, name in enumerate(index.shared_signals):
            shared = dataset.signal_file(dataset.layout.signals[name])
            self._append(f"shared.{number}.f16", read_signal(shared, piece, has_base))
        if index.has_genes:
            self._append("distance.f16", read_distance(dataset, piece))
        scores = motif_scores(codes, self._matrices, flank)
        for number in range(len(index.motifs)):
            self._append(f"motif.{number}.f16", scores[:, number])

    def _store_cell(
        self,
        index: StoreIndex,
        cell: str,
        piece: Interval,
        has_base_S: NDArray[np.bool_],
        is_sampled_P: NDArray[np.bool_],
    ) -> None:
        dataset, number = self._dataset, self._numbers[cell]
        if cell in index.states:
            self._append(f"states.{number}.u8", read_states(dataset, cell, piece, has_base_S))
        for place, (name, path) in enumerate(dataset.layout.cell_types[cell].signals.items()):
            means = read_signal(dataset.signal_file(path), piece, has_base_S)
            self._samples[cell, name].append(means[is_sampled_P])
            self._append(f"signal.{number}.{place}.f16", means)

    def _bound(
        self, pairs: Sequence[tuple[str, str]], piece: Interval, has_base_S: NDArray[np.bool_]
    ) -> NDArray[np.uint8]:
        """Where each pair is bound, a bit each in the rows (P, bytes) of the positions."""
        bytes_PX = np.zeros((piece.length // POSITION, row_of_bits(pairs).itemsize), dtype=np.uint8)
        for bit, (factor, cell) in enumerate(pairs):
            peaks = self._dataset.peaks(cell, factor)
            assert peaks is not None
            bytes_PX[:, bit // 8] |= read_bound(peaks, piece, has_base_S).view(np.uint8) << np.uint8(bit % 8)
        bytes_PX[:, -1] |= read_labelled(self._dataset, piece).view(np.uint8) << np.uint8(7)
        return bytes_PX

    def _append(self, name: str, values: NDArray[np.uint8] | NDArray[np.float16]) -> None:
        content = np.ascontiguousarray(values).tobytes()
        with open(self._directory / name, "ab") as file:
            file.write(content)
        self._sums[name].add(content)


def _pieces(interval: Interval) -> Iterator[Interval]:
    for start in range(interval.start, interval.end, _PIECE):
        yield Interval(interval.chromosome, start, min(interval.end, start + _PIECE))


def _joined(chromosome: str, bins: NDArray[np.intp]) -> list[Interval]:
    """Stretches of bins that hold bases, with one more bin at either end, since motif hits may reach into it."""
    if not len(bins):
        return []
    breaks = np.flatnonzero(np.diff(bins) * BIN > _SHORTEST_GAP)
    firsts, lasts = bins[np.append(0, breaks + 1)], bins[np.append(breaks, len(bins) - 1)]
    return [
        Interval(chromosome, (int(first) - 1) * BIN, (int(last) + 2) * BIN)
        for first, last in zip(firsts, lasts, strict=True)
    ]


def _fingerprint(dataset: Dataset, matrices: Matrices, regions: Sequence[Interval] | None) -> str:
    """A digest of all that a store is made of. Files count by place below the dataset's folder, size and time."""
    layout = dataset.layout
    folder = f"{dataset.path.parent}{os.sep}" if dataset.path else ""

    def near(path: str) -> str:
        # A folder that another machine calls otherwise holds the same dataset.
        return path.removeprefix(folder)

    paths = [layout.reference, layout.chromosome_sizes, layout.genes, layout.labelled_regions, *layout.signals.values()]
    for cell in layout.cell_types.values():
        paths += [cell.states, *cell.signals.values(), *(peaks.conservative for peaks in cell.peaks.values())]
    cells = {
        name: (
            near(cell.states),
            {signal: near(path) for signal, path in cell.signals.items()},
            {factor: near(peaks.conservative) for factor, peaks in cell.peaks.items()},
        )
        for name, cell in layout.cell_types.items()
    }
    expression = {name: cell.expression for name, cell in layout.cell_types.items()}
    content = (
        FORMAT,
        [(near(path), *_size_and_time(path)) for path in paths if path],
        cells,
        {signal: near(path) for signal, path in layout.signals.items()},
        near(layout.genes),
        expression,
        dataset.state_names,
        sorted(layout.renamed_states.items()),
        stored_motifs(matrices),
        regions,
    )
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()


def _size_and_time(path: str) -> tuple[int, int | str]:
    place = place_of(path)
    if isinstance(place, Address):
        version = stamp(place)
        return version.size, version.version
    with reading(place):
        status = os.stat(place)
    return status.st_size, status.st_mtime_ns
