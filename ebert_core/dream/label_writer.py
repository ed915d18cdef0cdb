"""Writes label files: tens of millions of short lines, made by numpy and compressed in threads."""

# X = bins of a piece, W = bytes of a line, C = cell types.

import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.digits import write_digits
from ebert_core.protocol.machine.threads import choose_threads
from ebert_core.protocol.machine.whole_files import new_part, put_in_place
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN

_PIECE_BINS = 400_000
_LETTERS = np.frombuffer(b"UBA", dtype=np.uint8)  # of 0 unbound, 1 bound and, from the end, -1 ambiguous


class LabelWriter:
    """A label file being written; it appears complete or not at all. A name that ends in .gz is compressed.

    A compressed file is a row of gzip members, one for each piece, which every reader of gzip takes as one file.
    """

    def __init__(self, path: Path, cell_types: Sequence[str]) -> None:
        self._path = path
        self._header = "\t".join(("chr", "start", "stop", *cell_types)).encode() + b"\n"
        self._is_packed = path.name.endswith(".gz")
        self._pool = ThreadPoolExecutor(min(4, choose_threads().number))
        self._pending: deque[Future[bytes]] = deque()

    def write(self, chromosome: str, start_X: NDArray[np.int64], label_CX: NDArray[np.int8]) -> None:
        """Appends the lines of bins of one chromosome, given where they start and their labels.

        Raises:
            InvalidRequest: the disk is full, or the like.
        """
        for first in range(0, len(start_X), _PIECE_BINS):
            piece = slice(first, first + _PIECE_BINS)
            self._append(b"".join(lines_of(chromosome, start_X[piece], label_CX[:, piece])))

    def _append(self, text: bytes) -> None:
        self._pending.append(self._pool.submit(_packed if self._is_packed else bytes, text))
        self._flush(keep=4)

    def _flush(self, keep: int = 0) -> None:
        while len(self._pending) > keep:
            try:
                self._file.write(self._pending.popleft().result())
            except OSError as error:
                raise self._failure(error) from error

    def _failure(self, error: OSError) -> InvalidRequest:
        return InvalidRequest(f"{self._path} could not be written: {error.strerror or error}.")

    def __enter__(self) -> "LabelWriter":
        try:
            self._part = new_part(self._path)
            self._file: BinaryIO = self._part.open("r+b")
        except OSError as error:
            raise self._failure(error) from error
        self._append(self._header)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._flush()
        finally:
            self._pool.shutdown(cancel_futures=True)
            self._close(is_whole=kind is None and not self._pending)

    def _close(self, is_whole: bool) -> None:
        try:
            self._file.close()
            if is_whole:
                put_in_place(self._part, self._path)
        except OSError as error:
            raise self._failure(error) from error
        finally:
            with suppress(OSError):
                self._part.unlink()


def _packed(text: bytes) -> bytes:
    packer = zlib.compressobj(4, wbits=31)
    return packer.compress(text) + packer.flush()


def lines_of(chromosome: str, start_X: NDArray[np.int64], label_CX: NDArray[np.int8]) -> Iterator[bytes]:
    """The lines of bins of one chromosome, in pieces of lines that are equally long."""
    digits_X = np.stack([_digits(start_X), _digits(start_X + BIN)])
    edges = np.flatnonzero((digits_X[:, 1:] != digits_X[:, :-1]).any(axis=0)) + 1
    for first, last in zip([0, *edges], [*edges, len(start_X)], strict=True):
        if last > first:
            yield _equal_lines(chromosome, start_X[first:last], label_CX[:, first:last])


def _equal_lines(chromosome: str, start_X: NDArray[np.int64], label_CX: NDArray[np.int8]) -> bytes:
    """Copies of the first line, with the numbers of each bin and the labels that are not U written over it."""
    first, last = f"{chromosome}\t{start_X[0]}\t", f"{start_X[0] + BIN}"
    labels = len(first) + len(last) + 1 + 2 * np.arange(len(label_CX))
    line = f"{first}{last}" + len(label_CX) * "\tU" + "\n"
    line_XW = np.empty((len(start_X), len(line)), dtype=np.uint8)
    line_XW[:] = np.frombuffer(line.encode(), dtype=np.uint8)
    write_digits(line_XW[:, len(chromosome) + 1 : len(first) - 1], start_X)
    write_digits(line_XW[:, len(first) : len(first) + len(last)], start_X + BIN)
    for column, label_X in zip(labels, label_CX, strict=True):
        others = np.flatnonzero(label_X)
        line_XW[others, column] = _LETTERS[label_X[others]]
    return line_XW.tobytes()


def _digits(position_X: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many digits each number has."""
    return np.searchsorted(10 ** np.arange(1, 12), position_X, side="right") + 1
