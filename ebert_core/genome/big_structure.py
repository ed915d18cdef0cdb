"""Sizes and places that a bigWig or bigBed announces, checked against its length when it is opened.

The reader is native code: where memory for an absurd size cannot be had, it ends the process, and no Python can catch
that. A file of which the end is missing it opens, and fails where somebody looks. Layout after Kent et al. 2010
(BigWig and BigBed, supplementary tables), which any reader follows.
"""

import struct
from typing import BinaryIO, Literal

import numpy as np

from ebert_core.genome.lines import reading
from ebert_core.genome.places import length_of, open_bytes
from ebert_core.protocol.terms.addresses import Address, Place

_MAGICS = (0x888FFC26, 0x8789F2EB)
# Zoom levels, chromosome tree, data, index, two counts of fields, autoSql, summary, size of an unpacked block.
_HEADER = "H3Q2H2QI"
_HEADER_AT, _ZOOMS_AT = 6, 64
_TREE_HEADER, _INDEX_HEADER = 32, 48
# An index node names its children by place alone, its blocks by place and size, as the last two numbers.
_CHILD = [("span", "u4", 4), ("offset", "u8")]
_BLOCK = [*_CHILD, ("size", "u8")]
# zlib makes no more of a byte.
_MOST_UNPACKED = 1032


def structural_fault(path: Place) -> str:
    """What of the file cannot be, as the end of a sentence that begins with its name; empty where it is sound.

    Of a file at an address the indexes are not walked, which are megabytes; only where they begin is looked at.

    Raises:
        InvalidRequest: the file cannot be read.
    """
    with reading(path), open_bytes(path) as file:
        length = length_of(file)
        order: Literal["<", ">"] = "<" if struct.unpack("<I", file.read(4))[0] in _MAGICS else ">"
        structure = _Structure(file, length, order, is_far_away=isinstance(path, Address))
        try:
            if structure.has_absurd_sizes():
                return "is damaged or cut short: a part of it is said to be larger than the file"
        except struct.error:  # the file ends within a part
            structure.reaches = max(structure.reaches, length + 1)
    if structure.reaches <= length:
        return ""
    return f"is cut short: it has {length:,} bytes and what its index names goes on after them; copy it again"


class _Structure:
    """Walks a file from its header; `reaches` is the end of the last part that was named so far."""

    def __init__(self, file: BinaryIO, length: int, order: Literal["<", ">"], *, is_far_away: bool) -> None:
        self._file, self._length, self._order, self._is_far_away = file, length, order, is_far_away
        self.reaches = 0

    def has_absurd_sizes(self) -> bool:
        """Whether a part is announced to be larger than the file can hold."""
        levels, tree, _, index, *_, unpacked = self._numbers(_HEADER, _HEADER_AT)
        zooms = [self._numbers("2I2Q", _ZOOMS_AT + 24 * level)[3] for level in range(levels)]
        if unpacked > _MOST_UNPACKED * self._length:
            return True
        if self._is_far_away:
            self.reaches = max(self.reaches, *(place + _INDEX_HEADER for place in (index, *zooms)))
            return self._tree_is_absurd(tree)
        return self._tree_is_absurd(tree) or any(self._index_is_absurd(place) for place in (index, *zooms))

    def _numbers(self, form: str, place: int) -> tuple[int, ...]:
        form = self._order + form
        self._file.seek(min(place, self._length))
        self.reaches = max(self.reaches, place + struct.calcsize(form))
        return struct.unpack(form, self._file.read(struct.calcsize(form)))

    def _tree_is_absurd(self, place: int) -> bool:
        _, _, key, _, items, _ = self._numbers("4I2Q", place)
        return items * (key + 8) > self._length

    def _index_is_absurd(self, place: int) -> bool:
        """Walks an index from its root; each node once, since a wrong place may lead back."""
        seen: set[int] = set()
        left = [place + _INDEX_HEADER]
        while left:
            node = left.pop()
            if node in seen:
                continue
            seen.add(node)
            is_leaf, _, count = self._numbers("2BH", node)
            kind = np.dtype(_BLOCK if is_leaf else _CHILD).newbyteorder(self._order)
            content = self._file.read(count * kind.itemsize)
            self.reaches = max(self.reaches, self._file.tell() + count * kind.itemsize - len(content))
            items = np.array(np.frombuffer(content + bytes(-len(content) % kind.itemsize), kind))
            if is_leaf and (items["size"] > self._length).any():
                return True
            if is_leaf and count:
                self.reaches = max(self.reaches, int((items["offset"] + items["size"]).max()))
            left.extend([] if is_leaf else items["offset"].tolist())
        return False
