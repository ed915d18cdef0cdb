"""Writes sorted lines as `bgzip` does, and their index as `tabix` does, so that readers fetch any place of them.

BGZF is gzip in blocks of at most 64 kB, each with its length in its header; see sections 4.1 of the SAM specification
and the specification of tabix (samtools.github.io/hts-specs).
"""

# N = lines of a call, one behind the other.

import struct
import zlib
from collections.abc import Sequence
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

# As in htslib: what does not shrink at all still fits into a block of 64 kB.
_PAYLOAD = 0xFF00
_HEADER = struct.pack("<4BI2BH2BH", 0x1F, 0x8B, 8, 4, 0, 0, 0xFF, 6, ord("B"), ord("C"), 2)
_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
# The index knows windows of 16 kb, and bins of 16 kb to 512 Mb above them; nothing beyond.
WINDOW_SHIFT, _LONGEST = 14, 1 << 29
LEVELS = ((14, 4681), (17, 585), (20, 73), (23, 9), (26, 1))
_ZERO_BASED_TABLE = (0x10000, 1, 2, 3, ord("#"))


def bgzf_block(payload: bytes, level: int = 6) -> bytes:
    """One block of at most 65,280 bytes."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    packed = packer.compress(payload) + packer.flush()
    length = len(_HEADER) + 2 + len(packed) + 8
    return _HEADER + struct.pack("<H", length - 1) + packed + struct.pack("<II", zlib.crc32(payload), len(payload))


class _Chunk(NamedTuple):
    """Lines of one bin behind each other, by their place in the unpacked text."""

    bin: int
    start: int
    end: int


class IndexedLines:
    """A packed table whose first columns are chromosome, start and end, in the order of chromosomes and starts."""

    def __init__(self, file: IO[bytes], level: int = 6) -> None:
        self._file = file
        self._level = level
        self._waiting = bytearray()
        self._blocks = [0]
        self._size = 0
        self._chunks: dict[str, list[_Chunk]] = {}
        self._windows: dict[str, dict[int, int]] = {}
        self._furthest = 0

    def heading(self, text: bytes) -> None:
        """Writes lines that begin with `#`, before all others."""
        self._put(text)

    def write(
        self,
        chromosome: str,
        start_N: NDArray[np.int64],
        end_N: NDArray[np.int64],
        length_N: NDArray[np.int64],
        text: bytes,
    ) -> None:
        """Writes lines, which are so many bytes long each, with the places that they are of."""
        if not len(start_N):
            return
        place_N = self._size + np.concatenate(([0], np.cumsum(length_N[:-1])))
        self._remember(chromosome, start_N, end_N, place_N, self._size + len(text))
        self._put(text)

    def finish(self) -> None:
        """Writes what is still held, and the empty block by which readers know that nothing is missing."""
        if self._waiting:
            self._put_block(bytes(self._waiting))
            self._waiting.clear()
        self._file.write(_END)

    def index(self) -> bytes | None:
        """The index, packed, once the lines are finished; None where a place lies beyond the 512 Mb that it can say."""
        if self._furthest > _LONGEST:
            return None
        names = b"".join(name.encode() + b"\0" for name in self._chunks)
        parts = [b"TBI\1", struct.pack("<i", len(self._chunks)), struct.pack("<5i", *_ZERO_BASED_TABLE)]
        parts += [struct.pack("<2i", 0, len(names)), names]
        for name, chunks in self._chunks.items():
            parts.append(self._bins(chunks))
            parts.append(self._linear(self._windows[name]))
        plain = b"".join(parts)
        blocks = (bgzf_block(plain[at : at + _PAYLOAD]) for at in range(0, len(plain), _PAYLOAD))
        return b"".join(blocks) + _END

    def _put(self, text: bytes) -> None:
        self._size += len(text)
        self._waiting += text
        whole = len(self._waiting) // _PAYLOAD * _PAYLOAD
        for at in range(0, whole, _PAYLOAD):
            self._put_block(bytes(self._waiting[at : at + _PAYLOAD]))
        del self._waiting[:whole]

    def _put_block(self, payload: bytes) -> None:
        block = bgzf_block(payload, self._level)
        self._file.write(block)
        self._blocks.append(self._blocks[-1] + len(block))

    def _remember(
        self,
        chromosome: str,
        start_N: NDArray[np.int64],
        end_N: NDArray[np.int64],
        place_N: NDArray[np.int64],
        end: int,
    ) -> None:
        self._furthest = max(self._furthest, int(end_N.max()))
        bin_N = _bins_of(start_N, end_N)
        firsts = np.flatnonzero(np.concatenate(([True], bin_N[1:] != bin_N[:-1])))
        ends = [*place_N[firsts[1:]].tolist(), end]
        chunks = self._chunks.setdefault(chromosome, [])
        for number, at, until in zip(bin_N[firsts].tolist(), place_N[firsts].tolist(), ends, strict=True):
            if chunks and chunks[-1].bin == number and chunks[-1].end == at:
                chunks[-1] = chunks[-1]._replace(end=until)
            else:
                chunks.append(_Chunk(number, at, until))
        windows = self._windows.setdefault(chromosome, {})
        first_N, last_N = start_N >> WINDOW_SHIFT, (end_N - 1) >> WINDOW_SHIFT
        # A line that ends in the window of the one before it begins in no window before that one's.
        is_new_N = np.concatenate(([True], last_N[1:] != last_N[:-1]))
        for row in np.flatnonzero(is_new_N).tolist():
            for window in range(int(first_N[row]), int(last_N[row]) + 1):
                windows.setdefault(window, int(place_N[row]))

    def _bins(self, chunks: Sequence[_Chunk]) -> bytes:
        by_bin: dict[int, list[_Chunk]] = {}
        for chunk in chunks:
            by_bin.setdefault(chunk.bin, []).append(chunk)
        parts = [struct.pack("<i", len(by_bin))]
        for number, of_bin in sorted(by_bin.items()):
            parts.append(struct.pack("<Ii", number, len(of_bin)))
            parts += [struct.pack("<QQ", self._virtual(each.start), self._virtual(each.end)) for each in of_bin]
        return b"".join(parts)

    def _linear(self, windows: dict[int, int]) -> bytes:
        """Where the first line of each window lies; an empty window has the place of the one before it."""
        places: list[int] = []
        for window in range(max(windows) + 1):
            known = windows.get(window)
            places.append(self._virtual(known) if known is not None else places[-1] if places else 0)
        return struct.pack(f"<i{len(places)}Q", len(places), *places)

    def _virtual(self, place: int) -> int:
        """A place in the text as that of its block in the file, and the rest within the block."""
        block, within = divmod(place, _PAYLOAD)
        return self._blocks[block] << 16 | within


def _bins_of(start_N: NDArray[np.int64], end_N: NDArray[np.int64]) -> NDArray[np.int64]:
    """The smallest bin that holds each place."""
    bin_N = np.zeros(len(start_N), dtype=np.int64)
    last_N = end_N - 1
    for shift, first in reversed(LEVELS):
        is_within_N = start_N >> shift == last_N >> shift
        bin_N[is_within_N] = first + (start_N[is_within_N] >> shift)
    return bin_N
