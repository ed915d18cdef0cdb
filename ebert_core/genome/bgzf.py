"""Blocked gzip (BGZF): any byte range of the unpacked data without unpacking what lies before it."""

import os
import struct
import weakref
import zlib
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ebert_core.protocol.errors import InvalidRequest

_KEPT_BLOCKS = 64
_HEADER = struct.Struct("<4BI2BH")


def is_bgzf(head: bytes) -> bool:
    """Whether a file that begins with these (packed) bytes is blocked gzip."""
    return len(head) >= 18 and head[:4] == b"\x1f\x8b\x08\x04" and head[12:14] == b"BC"


def bgzf_block(data: bytes) -> bytes:
    """One BGZF block that unpacks to `data`, of at most 64 kB; no data gives the mark at the file's end."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    header = _HEADER.pack(0x1F, 0x8B, 8, 4, 0, 0, 255, 6) + b"BC" + struct.pack("<HH", 2, len(packed) + 25)
    return header + packed + struct.pack("<II", zlib.crc32(data), len(data))


class BlockedFile:
    """A BGZF file opened for reading at any place."""

    def __init__(self, path: Path, index: Path | None = None) -> None:
        """Opens the file; `index` is a .gzi written for it, without which the block headers are walked."""
        self._path = path
        self._descriptor = os.open(path, os.O_RDONLY)
        self.close = weakref.finalize(self, os.close, self._descriptor)
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._packed, self._unpacked = self._read_index(index) if index else self._walk()

    def read(self, start: int, end: int) -> bytes:
        """Unpacked bytes [start, end), fewer at the end of the data."""
        block = bisect_right(self._unpacked, start) - 1
        pieces: list[bytes] = []
        position = self._unpacked[block]
        while position < end and block < len(self._packed):
            data = self._block(block)
            pieces.append(data[max(0, start - position) : end - position])
            position += len(data)
            block += 1
        return b"".join(pieces)

    def chunks(self) -> Iterator[bytes]:
        """The unpacked data from the beginning, block by block."""
        return (self._block(block) for block in range(len(self._packed)))

    def write_index(self, path: Path) -> None:
        """Writes the places of the blocks as a .gzi."""
        pairs = np.array([self._packed[1:], self._unpacked[1:]], dtype="<u8").T
        path.write_bytes(struct.pack("<Q", len(pairs)) + pairs.tobytes())

    def _read_index(self, index: Path) -> tuple[list[int], list[int]]:
        numbers = np.frombuffer(index.read_bytes(), dtype="<u8")
        if len(numbers) == 0 or len(numbers) != 1 + 2 * int(numbers[0]):
            return self._walk()
        return [0, *map(int, numbers[1::2])], [0, *map(int, numbers[2::2])]

    def _walk(self) -> tuple[list[int], list[int]]:
        packed, unpacked = [0], [0]
        size = os.fstat(self._descriptor).st_size
        while True:
            head = os.pread(self._descriptor, 18, packed[-1])
            if not is_bgzf(head):
                raise InvalidRequest(f"{self._path} is damaged or cut short: a compressed block is incomplete.")
            following = packed[-1] + struct.unpack("<H", head[16:18])[0] + 1
            if following > size:
                raise InvalidRequest(f"{self._path} is damaged or cut short: a compressed block is incomplete.")
            if following == size:
                return packed, unpacked
            length = struct.unpack("<I", os.pread(self._descriptor, 4, following - 4))[0]
            packed.append(following)
            unpacked.append(unpacked[-1] + length)

    def _block(self, block: int) -> bytes:
        if block in self._kept:
            self._kept.move_to_end(block)
            return self._kept[block]
        head = os.pread(self._descriptor, 18, self._packed[block])
        if not is_bgzf(head):
            raise InvalidRequest(f"{self._path} does not fit its index; delete the .gzi and .fai files beside it.")
        size = struct.unpack("<H", head[16:18])[0] + 1
        try:
            data = zlib.decompress(os.pread(self._descriptor, size, self._packed[block])[18:-8], -15)
        except zlib.error:
            raise InvalidRequest(f"{self._path} is damaged: a compressed block cannot be unpacked.") from None
        self._kept[block] = data
        if len(self._kept) > _KEPT_BLOCKS:
            self._kept.popitem(last=False)
        return data
