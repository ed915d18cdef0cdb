"""One array of a store, mapped into memory; what is read of it has been compared with sums taken when it was written.

B = windows in a batch, X = values of a window.
"""

import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ebert_core.protocol.terms.errors import InvalidRequest

BLOCK = 2**20


class Sums:
    """CRC-32 of every block of a file that is written piece by piece."""

    def __init__(self) -> None:
        self._done: list[int] = []
        self._open, self._filled = 0, 0

    def add(self, content: bytes) -> None:
        """Takes note of what the file goes on with."""
        rest = memoryview(content)
        while len(rest):
            taken = rest[: BLOCK - self._filled]
            self._open = zlib.crc32(taken, self._open)
            self._filled += len(taken)
            rest = rest[len(taken) :]
            if self._filled == BLOCK:
                self._done.append(self._open)
                self._open, self._filled = 0, 0

    @property
    def of_blocks(self) -> tuple[int, ...]:
        """The sums so far; the last is that of a block which may not be full."""
        return (*self._done, self._open) if self._filled else tuple(self._done)


# Any: values of any type.
class StoredArray:
    """An array in a file. A block of it is checked before it is used for the first time, and only then."""

    def __init__(self, path: Path, folder: int, kind: DTypeLike, count: int, sums: tuple[int, ...]) -> None:
        """Maps the file.

        Args:
            path: the file, for whoever reads that it is damaged.
            folder: the descriptor of its folder, in which it is opened by its name.
            kind: of its values.
            count: how many there are.
            sums: of its blocks.

        Raises:
            InvalidRequest: it is absent, or not of this size.
        """
        self._path = path
        dtype = np.dtype(kind)
        size = count * dtype.itemsize
        try:
            descriptor = os.open(path.name, os.O_RDONLY | os.O_NONBLOCK, dir_fd=folder)
            with open(descriptor, "rb") as file:
                if os.fstat(descriptor).st_size != size or len(sums) != -(-size // BLOCK):
                    raise self._damaged()
                # A plain view of the mapped memory: indexing a memmap itself costs more than the copy.
                mapped = np.memmap(file, np.uint8, "r", shape=(size,)) if size else np.empty(0, np.uint8)
        except (OSError, ValueError):
            raise self._damaged() from None
        self._bytes: NDArray[np.uint8] = mapped.view(np.ndarray)
        self.values: NDArray[Any] = self._bytes.view(dtype)
        self._sums = sums
        self._is_known = np.zeros(len(sums), dtype=np.bool_)
        self._are_all_known = not sums

    def __len__(self) -> int:
        return len(self.values)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values."""
        return self.values.dtype

    def rows(self, starts_B: NDArray[np.int64], columns: int) -> NDArray[Any]:
        """Windows (B, X) of so many values.

        Raises:
            InvalidRequest: the file is damaged there.
        """
        if not self._are_all_known:
            self._check(starts_B, starts_B + columns)
        windows: NDArray[Any] = np.lib.stride_tricks.sliding_window_view(self.values, columns)[starts_B]
        return windows

    def part(self, first: int, last: int) -> NDArray[Any]:
        """Values from `first` up to `last`.

        Raises:
            InvalidRequest: the file is damaged there.
        """
        if not self._are_all_known:
            self._check(np.array([first]), np.array([last]))
        return self.values[first:last]

    def check(self) -> None:
        """Reads all of it.

        Raises:
            InvalidRequest: the file is damaged.
        """
        self.part(0, len(self))

    def _check(self, firsts_B: NDArray[np.int64], lasts_B: NDArray[np.int64]) -> None:
        """Compares the blocks of these stretches with their sums, unless they have been."""
        width = self.dtype.itemsize
        is_filled = lasts_B > firsts_B
        begun = np.zeros(len(self._sums) + 1, dtype=np.int64)
        np.add.at(begun, firsts_B[is_filled] * width // BLOCK, 1)
        np.subtract.at(begun, (lasts_B[is_filled] * width - 1) // BLOCK + 1, 1)
        is_touched = np.cumsum(begun)[:-1] > 0
        for block in np.flatnonzero(is_touched & ~self._is_known).tolist():
            if zlib.crc32(self._bytes[block * BLOCK : (block + 1) * BLOCK].data) != self._sums[block]:
                raise self._damaged()
            self._is_known[block] = True
        self._are_all_known = bool(self._is_known.all())

    def _damaged(self) -> InvalidRequest:
        return InvalidRequest(f"{self._path} is damaged or absent; ebert prepare makes the store again.")
