"""bedGraph of predicted binding: a line for each bin that has a value, on its central 50 bases as in a bigWig."""

# X = bins of a stretch.

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ebert_core.inference.files import Append, Contents, NothingToWrite, complete_file, indexed_file
from ebert_core.inference.lines import Lines, lines_of
from ebert_core.inference.stretches import Block, Stretch, by_stretch
from ebert_core.protocol.terms.grid import BIN, POSITION

COLOUR = "0,114,178"
# More costs several times as long, on numbers that hardly shrink.
_LEVEL = 1


@contextmanager
def bedgraph_file(path: Path, contents: Contents) -> Iterator[Append]:
    """A plain file, which begins with a `track` line that shows it from 0 to 1."""
    has_value = False
    with complete_file(path) as file:
        file.write(track_line(contents.factor, contents.cell_type))

        def append(block: Block, content: bytes) -> None:
            nonlocal has_value
            for _chromosome, lines in _lines_of(block, content):
                has_value = True
                file.write(lines.text)

        yield append
        _refuse_empty(path, has_value)


@contextmanager
def packed_bedgraph_file(path: Path, contents: Contents) -> Iterator[Append]:
    """A packed file with an index; it has no `track` line, because `tabix` takes none."""
    del contents
    has_value = False
    with indexed_file(path, _LEVEL) as file:

        def append(block: Block, content: bytes) -> None:
            nonlocal has_value
            for chromosome, lines in _lines_of(block, content):
                has_value = True
                file.write(chromosome, *lines)

        yield append
        _refuse_empty(path, has_value)


def _lines_of(block: Block, content: bytes) -> Iterator[tuple[str, Lines]]:
    """The lines of a block, by chromosome; a gap has none."""
    for stretch, values in by_stretch(block, np.frombuffer(content, dtype=np.float32)):
        for part, known in _known(stretch, values):
            yield part.chromosome, lines_of(part.chromosome, part.start + (BIN - POSITION) // 2, known, POSITION)


def _refuse_empty(path: Path, has_value: bool) -> None:
    if not has_value:
        raise NothingToWrite(f"{path} was not written: every bin that was asked for holds an N of the reference.")


def track_line(factor: str, cell_type: str) -> bytes:
    """The line by which genome browsers show probabilities from 0 to 1, and by which name."""
    name = re.sub(r"[^\w .:;,+/()-]", "_", f"{factor} {cell_type}", flags=re.ASCII)
    options = (
        f"visibility=full color={COLOUR} viewLimits=0:1 autoScale=off windowingFunction=maximum "
        "maxHeightPixels=128:48:16"
    )
    return f'track type=bedGraph name="{name}" description="{name}, predicted by EBERT" {options}\n'.encode()


def _known(stretch: Stretch, value_X: NDArray[np.float32]) -> Iterator[tuple[Stretch, NDArray[np.float32]]]:
    """The parts of a stretch whose bins have values."""
    is_known = np.concatenate(([False], np.isfinite(value_X), [False])).astype(np.int8)
    edges = np.diff(is_known)
    for first, last in zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True):
        yield Stretch(stretch.chromosome, stretch.start + first * POSITION, last - first), value_X[first:last]
