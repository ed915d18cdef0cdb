"""The index of a store: what its files hold, sealed by a digest, so that a damaged one is not believed."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from ebert_core.dataset.quantiles import Quantiles
from ebert_core.genome.motifs import Matrices
from ebert_core.protocol.machine.documents import parse_json
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

FORMAT = 4
INDEX = "index.json"
LABELLED = np.uint8(1 << 7)


class StoredMotif(msgspec.Struct, frozen=True):
    """A motif whose scores are stored: its factor and its log-odds, flattened."""

    factor: str
    log_odds: tuple[float, ...]


class StoreIndex(msgspec.Struct, frozen=True):
    """What a store holds. Segments follow one another in every array, in this order.

    `ambiguous` counts the letters of the sequence that are neither bases nor N, which are stored as N. `sums` holds the
    CRC-32 of every block of every file, by its name.
    """

    format: int
    fingerprint: str
    dataset: str
    chromosome_lengths: dict[str, int]
    segments: tuple[Interval, ...]
    state_names: tuple[str, ...]
    cell_types: tuple[str, ...]
    states: tuple[str, ...]
    signals: dict[str, tuple[str, ...]]
    shared_signals: tuple[str, ...]
    quantiles: dict[str, dict[str, Quantiles]]
    peaks: dict[str, tuple[str, ...]]
    expression: dict[str, tuple[float, ...]]
    has_genes: bool
    motifs: tuple[StoredMotif, ...]
    ambiguous: dict[str, int]
    sums: dict[str, tuple[int, ...]]


class _Sealed(msgspec.Struct, frozen=True):
    """The file of an index: a number that is changed by a single bit keeps its digest no longer."""

    sha256: str
    index: msgspec.Raw


class _Numbered(msgspec.Struct, frozen=True):
    """The index of any version."""

    format: int


def sealed(index: StoreIndex) -> bytes:
    """The content of the file that keeps an index."""
    content = msgspec.json.encode(index)
    return msgspec.json.encode(_Sealed(hashlib.sha256(content).hexdigest(), msgspec.Raw(content)))


def read_index(folder: int, directory: Path) -> StoreIndex:
    """The index of the store whose opened folder this is.

    Raises:
        InvalidRequest: there is none, or it is damaged or of another version.
    """
    try:
        with open(os.open(INDEX, os.O_RDONLY | os.O_NONBLOCK, dir_fd=folder), "rb") as file:
            content = file.read(os.fstat(file.fileno()).st_size)
    except OSError:
        raise InvalidRequest(f"{directory} is no store; make it with ebert prepare.") from None
    try:
        outer = parse_json(content, _Sealed)
        inner = bytes(outer.index)
        if hashlib.sha256(inner).hexdigest() != outer.sha256:
            raise msgspec.DecodeError("another digest")
        if parse_json(inner, _Numbered).format == FORMAT:
            return parse_json(inner, StoreIndex)
    except msgspec.DecodeError:
        if not _is_of_version_two(content):
            problem = f"{directory / INDEX} is damaged; ebert prepare makes the store again."
            raise InvalidRequest(problem) from None
    raise InvalidRequest(f"{directory} is a store of another version; make it again with ebert prepare.")


def _is_of_version_two(content: bytes) -> bool:
    """Whether this is an index without a digest, as they were before version 3."""
    try:
        return parse_json(content, _Numbered).format < FORMAT
    except msgspec.DecodeError:
        return False


def assayed_pairs(index: StoreIndex) -> list[tuple[str, str]]:
    """Factors and cell types in the order of their bits in the stored rows: those of a factor side by side."""
    return sorted((factor, cell) for cell, factors in index.peaks.items() for factor in factors)


def row_of_bits(pairs: Sequence[tuple[str, str]]) -> np.dtype[np.void]:
    """One position of all pairs: a bit each, in whole bytes, of which the very last bit says that it is labelled."""
    return np.dtype((np.void, -(-(len(pairs) + 1) // 8)))


def stored_motifs(matrices: Matrices) -> tuple[StoredMotif, ...]:
    """How the index names these matrices."""
    return tuple(
        StoredMotif(factor, tuple(matrix.reshape(-1).tolist()))
        for factor, matrix in zip(matrices.names, matrices.log_odds, strict=True)
    )


def cell_numbers(index: StoreIndex) -> dict[str, int]:
    """The numbers under which the files of cell types are kept, since a name may not be fit for a file name."""
    return {cell: number for number, cell in enumerate(index.cell_types)}
