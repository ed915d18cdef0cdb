"""Text tables of any size, plain or gzipped, in blocks of whole lines, so that memory does not grow with the file."""

import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

import polars as pl

from ebert_core.genome.lines import GZIP_MAGIC, at_line, first_bytes, reading
from ebert_core.protocol.machine.regular_files import open_file
from ebert_core.protocol.terms.errors import InvalidRequest

BLOCK_BYTES = 1 << 23
_PACKED_BYTES = 1 << 18

Item = TypeVar("Item")


class Block(NamedTuple):
    """Whole lines of a file, each with its end; the number of the first, counted from 1; and how many they are."""

    first_line: int
    data: bytes
    lines: int

    def has_columns(self, count: int) -> bool:
        """Whether the lines have this many fields on average."""
        return self.data.count(b"\t") == (count - 1) * self.lines

    def begins_with(self, names: Collection[str]) -> bool:
        """Whether the first field of any line is one of these names.

        Files are sorted by chromosome, so most blocks hold one name: it is counted, instead of searching for each.
        """
        first, last = self.data.partition(b"\t")[0], self.data.rfind(b"\n", 0, -1) + 1
        same = b"\n" + first + b"\t"
        if self.data.startswith(same[1:], last) and self.data.count(same) == self.lines - 1:
            return first.decode("utf-8", "replace") in names
        starts = (f"\n{name}\t".encode() for name in names)
        return any(self.data.startswith(start[1:]) or start in self.data for start in starts)

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        """The fields of each line, with the line's number."""
        for number, line in enumerate(self.data.decode("utf-8", "replace").split("\n")[:-1], self.first_line):
            yield number, line.split("\t")


def read_blocks(path: Path, size: int = BLOCK_BYTES) -> Iterator[Block]:
    """The lines of a file in blocks of about `size` bytes; the next block is unpacked while one is worked on.

    Raises:
        InvalidRequest: the file cannot be read, is empty, damaged, or no text.
    """
    first_bytes(path)
    return _ahead(_blocks(path, size))


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The items of an iterator, the next one being made in another thread."""
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, items, None)
        while (item := following.result()) is not None:
            following = pool.submit(next, items, None)
            yield item


def _blocks(path: Path, size: int) -> Iterator[Block]:
    number, kept, length = 1, list[bytes](), 0
    for piece in _unpacked(path):
        length += len(piece)
        cut = piece.rfind(b"\n") + 1 if length >= size else 0
        if not cut:
            kept.append(piece)
            continue
        block = _block(path, number, b"".join((*kept, piece[:cut])))
        yield block
        number += block.lines
        kept = [piece[cut:]]
        length = len(kept[0])
    if last := b"".join(kept).rstrip(b"\r\n"):
        yield _block(path, number, last + b"\n")


def _block(path: Path, number: int, lines: bytes) -> Block:
    if b"\0" in lines:
        raise InvalidRequest(f"{path} is not a text file.")
    if number == 1:
        lines = lines.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in lines:
        lines = lines.replace(b"\r\n", b"\n")
    return Block(number, lines, lines.count(b"\n"))


def _unpacked(path: Path) -> Iterator[bytes]:
    """The bytes of a file; a gzip file may have any number of members, as bgzip makes them."""
    with reading(path), open_file(path) as file:
        if file.read(2) != GZIP_MAGIC:
            file.seek(0)
            while piece := file.read(_PACKED_BYTES):
                yield piece
            return
        file.seek(0)
        unpacker = zlib.decompressobj(wbits=31)
        is_inside = False
        while packed := file.read(_PACKED_BYTES):
            while packed:
                yield unpacker.decompress(packed)
                is_inside, packed = not unpacker.eof, unpacker.unused_data
                if unpacker.eof:
                    unpacker, packed = zlib.decompressobj(wbits=31), packed.lstrip(b"\0")
        if is_inside:
            raise EOFError


def parsed(
    path: Path,
    block: Block,
    columns: Mapping[str, pl.DataType | type[pl.DataType]],
    explain: Callable[[int, list[str]], None],
    chosen: Iterable[str] = (),
) -> pl.DataFrame:
    """The columns of a block, all of them or the chosen ones; each has a value in every line.

    Args:
        path: The file, for the sentence.
        block: Lines of it.
        columns: Every column of the file, with its type.
        explain: Raises for a line, given its number and fields, that makes no sense.
        chosen: The columns to parse; all when empty.

    Raises:
        InvalidRequest: a line makes no sense.
    """
    names = list(chosen) or list(columns)
    try:
        frame = pl.read_csv(
            block.data,
            has_header=False,
            separator="\t",
            quote_char=None,
            schema=columns,
            columns=[list(columns).index(name) for name in names],
            ignore_errors=True,
        )
    except pl.exceptions.PolarsError:
        frame = pl.DataFrame()
    is_whole = len(frame) == block.lines and block.has_columns(len(columns))
    if not is_whole or any(frame[name].null_count() for name in names):
        for number, fields in block.numbered():
            explain(number, fields)
        raise at_line(path, block.first_line, "the lines from here on cannot be read as a table")
    return frame
