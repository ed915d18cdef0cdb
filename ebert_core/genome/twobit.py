"""UCSC's 2bit files: packed bases with lists of N runs."""

import struct
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.lines import reading
from ebert_core.genome.places import length_of, open_bytes
from ebert_core.protocol.terms import bases
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.errors import InvalidRequest

_MAGIC = 0x1A412743
# The two bits of a base, T C A G, as our codes; one row of four bases for each byte.
_CODES_OF_BITS = np.array([bases.T, bases.C, bases.A, bases.G], dtype=np.uint8)
_CODES_OF_BYTE = _CODES_OF_BITS[(np.arange(256)[:, None] >> np.array([6, 4, 2, 0])) & 3]


def is_twobit(head: bytes) -> bool:
    """Whether a file that begins with these bytes is 2bit, in either byte order."""
    return head[:4] in (struct.pack("<I", _MAGIC), struct.pack(">I", _MAGIC))


class TwoBitFile:
    """A 2bit file opened for reading at any place."""

    def __init__(self, path: Place) -> None:
        """Opens the file and reads its index.

        Raises:
            InvalidRequest: the file cannot be read or is cut short.
        """
        self._path = path
        with reading(path):
            # Not mapped into memory: reading a mapped file that somebody cuts short ends the process.
            self._file = open_bytes(path)
            self._size = length_of(self._file)
            if not self._size:
                raise InvalidRequest(f"{path} is empty.")
        self._order = "<" if self._bytes(0, 4) == struct.pack("<I", _MAGIC) else ">"
        try:
            self._offsets = self._read_index()
            self.chromosome_lengths = {name: self._number(offset) for name, offset in self._offsets.items()}
        except (struct.error, IndexError, ValueError):
            raise InvalidRequest(f"{path} is cut short: its index is incomplete.") from None
        if not self._offsets:
            raise InvalidRequest(f"{path} holds no sequence.")

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __del__(self) -> None:
        with suppress(AttributeError):  # the file could not be opened
            self.close()

    def read(self, chromosome: str, start: int, end: int) -> NDArray[np.uint8]:
        """Base codes [start, end), which must lie on the chromosome."""
        try:
            with reading(self._path):
                return self._read(self._offsets[chromosome], start, end)
        except (struct.error, ValueError):
            raise InvalidRequest(f"{self._path} is cut short: {chromosome} is incomplete.") from None

    def _read(self, offset: int, start: int, end: int) -> NDArray[np.uint8]:
        place = offset + 4
        unknown_starts, unknown_lengths, place = self._runs(place)
        _, _, place = self._runs(place)
        first, last = start // 4, -(-end // 4)
        packed = np.frombuffer(self._bytes(place + 4 + first, last - first), dtype=np.uint8)
        codes: NDArray[np.uint8] = _CODES_OF_BYTE[packed].reshape(-1)[start - 4 * first : end - 4 * first].copy()
        # Only the runs that touch what is read: a chromosome may have a hundred thousand.
        run_ends = unknown_starts.astype(np.int64) + unknown_lengths
        for number in np.flatnonzero((unknown_starts < end) & (run_ends > start)):
            run_start, length = unknown_starts[number], unknown_lengths[number]
            codes[max(0, int(run_start) - start) : max(0, int(run_start) + int(length) - start)] = bases.N
        return codes

    def _runs(self, place: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32], int]:
        count = self._number(place)
        numbers = np.frombuffer(self._bytes(place + 4, 8 * count), dtype=f"{self._order}u4")
        return numbers[:count], numbers[count:], place + 4 + 8 * count

    def _number(self, place: int) -> int:
        return int(struct.unpack(f"{self._order}I", self._bytes(place, 4))[0])

    def _bytes(self, place: int, count: int) -> bytes:
        """So many bytes from a place on; ValueError where the file has not as many."""
        if place + count > self._size:
            raise ValueError(place)
        self._file.seek(place)
        read = self._file.read(count)
        if len(read) < count:
            raise ValueError(place)
        return read

    def _read_index(self) -> dict[str, int]:
        version, count = self._number(4), self._number(8)
        if version != 0:
            raise InvalidRequest(f"{self._path} is 2bit of version {version}; only version 0 can be read.")
        offsets, place = {}, 16
        for _ in range(count):
            (size,) = self._bytes(place, 1)
            name = self._bytes(place + 1, size).decode("utf-8", "replace")
            offsets[name] = self._number(place + 1 + size)
            place += 5 + size
        return offsets
