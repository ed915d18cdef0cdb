"""Builds the store from a dataset's files, or finds that the one there is still good."""

import hashlib
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.channels import BIN_WIDTH, bins_with_bases
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
from ebert_core.dataset.store import FORMAT, Store, StoreIndex, assayed_pairs, cell_number, row_of_bits, stored_motifs
from ebert_core.genome.motifs import POSITION_WIDTH, Matrices, motif_scores
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import Interval

Report = Callable[[float, str], None]

_PIECE = 1_000_000
# Stretches without bases shorter than this are stored too: fewer segments, and few windows that touch two.
_SHORTEST_GAP = 10_000


def default_directory(dataset: Dataset) -> Path:
    """Where the store of a dataset lies unless one says otherwise: beside its DATASET.toml."""
    if dataset.path is None:
        raise InvalidRequest("An unsaved dataset has no store; save it as a DATASET.toml first.")
    return dataset.path.with_suffix(".store")


def prepare(
    dataset: Dataset,
    directory: Path,
    motifs: Matrices | None = None,
    regions: Sequence[Interval] | None = None,
    report: Report = lambda _fraction, _note: None,
) -> Store:
    """The store of a dataset: the one in the directory where its inputs are unchanged, else a new one.

    Args:
        dataset: what to store.
        directory: where; appears complete or not at all.
        motifs: whose scores to store; the dataset's own when None.
        regions: what to store of the genome, all of it when None; elsewhere the store knows nothing but N.
        report: told how far it is, from 0 to 1, and with what.

    Raises:
        InvalidRequest: a file is wrong, or the directory cannot be written.
    """
    matrices = dataset.matrices if motifs is None else motifs
    fingerprint = _fingerprint(dataset, matrices, regions)
    with suppress(InvalidRequest):
        existing = Store(directory)
        if existing.index.fingerprint == fingerprint:
            return existing.related(dataset.layout.inputs)
    part = _folder_beside(directory)
    try:
        _Builder(dataset, part, matrices, fingerprint, report).build(regions)
        _replace(part, directory)
    except OSError as error:
        raise InvalidRequest(f"The store {directory} cannot be written: {error.strerror}.") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Store(directory).related(dataset.layout.inputs)


def current_store(dataset: Dataset) -> Store | None:
    """The store beside a dataset when it holds the whole genome and what the files hold now, else None."""
    if dataset.path is None or not default_directory(dataset).is_dir():
        return None
    try:
        store = Store(default_directory(dataset))
    except InvalidRequest:
        return None
    is_current = store.index.fingerprint == _fingerprint(dataset, dataset.matrices, None)
    return store.related(dataset.layout.inputs) if is_current else None


def _folder_beside(directory: Path) -> Path:
    """A new folder in which the store is built, before it takes its place."""
    is_store = (directory / "index.json").is_file()
    is_empty = directory.is_dir() and not any(directory.iterdir())
    if directory.exists() and not is_store and not is_empty:
        raise InvalidRequest(f"{directory} is there already and is no store; name another directory.")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    except OSError as error:
        problem = f"The store {directory} cannot be written: {error.strerror}; name another directory."
        raise InvalidRequest(problem) from None


class _Builder:
    """Writes the arrays of one store into a directory."""

    def __init__(self, dataset: Dataset, directory: Path, matrices: Matrices, fingerprint: str, report: Report) -> None:
        self._dataset = dataset
        self._directory = directory
        self._matrices = matrices
        self._fingerprint = fingerprint
        self._report = report
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
        )
        pieces = [piece for segment in segments for piece in _pieces(segment)]
        for done, piece in enumerate(pieces):
            self._report(0.3 + 0.7 * done / len(pieces), f"storing {piece.chromosome}")
            self._store(index, piece)
        index = msgspec.structs.replace(index, quantiles=self._quantiles(regions))
        (self._directory / "index.json").write_bytes(msgspec.json.encode(index))
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
            start, end = interval.start // BIN_WIDTH * BIN_WIDTH, -(-interval.end // BIN_WIDTH) * BIN_WIDTH
            for piece in _pieces(Interval(interval.chromosome, start, end)):
                self._report(0.3 * done / max(1, total), f"looking for bases on {piece.chromosome}")
                with_bases = np.flatnonzero(bins_with_bases(reference.bases(piece)))
                bins[interval.chromosome].append(with_bases + piece.start // BIN_WIDTH)
                done += piece.length
        return [
            segment
            for chromosome, found in bins.items()
            for segment in _joined(chromosome, np.unique(np.concatenate(found)))
        ]

    def _store(self, index: StoreIndex, piece: Interval) -> None:
        dataset, flank = self._dataset, self._matrices.widest
        codes = reference_of(dataset).bases(widened(piece, flank))
        bases = codes[flank : len(codes) - flank]
        has_base = bins_with_bases(bases)
        _append(self._directory / "bases.u8", bases)
        is_sampled = sampled_positions(dataset.sample if any(index.signals.values()) else (), piece)
        for cell in index.cell_types:
            self._store_cell(index, cell, piece, has_base, is_sampled)
        if pairs := assayed_pairs(index):
            _append(self._directory / "bound.bits", self._bound(pairs, piece, has_base))
        for number, name in enumerate(index.shared_signals):
            shared = dataset.signal_file(dataset.layout.signals[name])
            _append(self._directory / f"shared.{number}.f16", read_signal(shared, piece, has_base))
        if index.has_genes:
            _append(self._directory / "distance.f16", read_distance(dataset, piece))
        scores = motif_scores(codes, self._matrices, flank)
        for number in range(len(index.motifs)):
            _append(self._directory / f"motif.{number}.f16", scores[:, number])

    def _store_cell(
        self,
        index: StoreIndex,
        cell: str,
        piece: Interval,
        has_base_S: NDArray[np.bool_],
        is_sampled_P: NDArray[np.bool_],
    ) -> None:
        dataset, number = self._dataset, cell_number(index, cell)
        if cell in index.states:
            _append(self._directory / f"states.{number}.u8", read_states(dataset, cell, piece, has_base_S))
        for place, (name, path) in enumerate(dataset.layout.cell_types[cell].signals.items()):
            means = read_signal(dataset.signal_file(path), piece, has_base_S)
            self._samples[cell, name].append(means[is_sampled_P])
            _append(self._directory / f"signal.{number}.{place}.f16", means)

    def _bound(
        self, pairs: Sequence[tuple[str, str]], piece: Interval, has_base_S: NDArray[np.bool_]
    ) -> NDArray[np.uint8]:
        """Where each pair is bound, a bit each in the rows (P, bytes) of the positions."""
        bits_PX = np.zeros((piece.length // POSITION_WIDTH, 8 * row_of_bits(pairs).itemsize), dtype=np.bool_)
        for column, (factor, cell) in enumerate(pairs):
            peaks = self._dataset.peaks(cell, factor)
            assert peaks is not None
            bits_PX[:, column] = read_bound(peaks, piece, has_base_S)
        bits_PX[:, -1] = read_labelled(self._dataset, piece)
        return np.packbits(bits_PX, axis=1, bitorder="little")


def _append(path: Path, values: NDArray[np.uint8] | NDArray[np.float16]) -> None:
    with open(path, "ab") as file:
        file.write(np.ascontiguousarray(values).tobytes())


def _pieces(interval: Interval) -> Iterator[Interval]:
    for start in range(interval.start, interval.end, _PIECE):
        yield Interval(interval.chromosome, start, min(interval.end, start + _PIECE))


def _joined(chromosome: str, bins: NDArray[np.intp]) -> list[Interval]:
    """Stretches of bins that hold bases, with one more bin at either end, since motif hits may reach into it."""
    if not len(bins):
        return []
    breaks = np.flatnonzero(np.diff(bins) * BIN_WIDTH > _SHORTEST_GAP)
    firsts, lasts = bins[np.append(0, breaks + 1)], bins[np.append(breaks, len(bins) - 1)]
    return [
        Interval(chromosome, (int(first) - 1) * BIN_WIDTH, (int(last) + 2) * BIN_WIDTH)
        for first, last in zip(firsts, lasts, strict=True)
    ]


def _fingerprint(dataset: Dataset, matrices: Matrices, regions: Sequence[Interval] | None) -> str:
    layout = dataset.layout
    paths = [layout.reference, layout.chromosome_sizes, layout.genes, layout.labelled_regions, *layout.signals.values()]
    for cell in layout.cell_types.values():
        paths += [cell.states, *cell.signals.values(), *(peaks.conservative for peaks in cell.peaks.values())]
    stamps = [(path, os.stat(path).st_size, os.stat(path).st_mtime_ns) for path in paths if path]
    cells = {
        name: (cell.states, cell.signals, {factor: peaks.conservative for factor, peaks in cell.peaks.items()})
        for name, cell in layout.cell_types.items()
    }
    expression = {name: cell.expression for name, cell in layout.cell_types.items()}
    content = (
        FORMAT,
        stamps,
        cells,
        layout.signals,
        layout.genes,
        expression,
        dataset.state_names,
        stored_motifs(matrices),
        regions,
    )
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()


def _replace(part: Path, directory: Path) -> None:
    old = directory.with_name(f"{part.name}.old")
    if directory.exists():
        os.replace(directory, old)
    os.replace(part, directory)
    shutil.rmtree(old, ignore_errors=True)
