"""A table lists bins in the order of its request, which may jump about; the network goes along the genome once.

Where a request jumps, its values are gathered first and put into its order then: each place is computed once, and what
is kept of a run that ends is blocks of the genome, not one for each region.
"""

# X = bins of a block or chunk.

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ebert_core.inference.stretches import Block, Stretch
from ebert_core.protocol.terms.grid import POSITION

# Lines that are encoded at once.
_CHUNK_BINS = 100_000

Encode = Callable[[Block, NDArray[np.float32]], bytes]


def goes_along(stretches: Sequence[Stretch], lengths: Mapping[str, int]) -> bool:
    """Whether stretches come in the genome's order and none overlaps the one before it."""
    order = {name: number for number, name in enumerate(lengths)}
    return all(
        (order[before.chromosome], before.end) <= (order[after.chromosome], after.start)
        for before, after in pairwise(stretches)
    )


def in_order_of(
    stretches: Sequence[Stretch], gathered: Iterable[tuple[Block, list[bytes]]], encode: Encode
) -> Iterator[tuple[Block, list[bytes]]]:
    """Blocks of stretches in their own order, of float32 values that come in the genome's; nothing before the end.

    Args:
        stretches: what is wanted, in any order and as often as it is wanted.
        gathered: blocks along the genome that hold all of it, each with the bytes of its float32 values by target.
        encode: makes bytes of values.
    """
    values = _Values(gathered)
    for chunk in _chunks(stretches):
        block = Block(chunk[0].chromosome, chunk[0].start, chunk[-1].end, tuple(chunk))
        yield block, [encode(block, value_X) for value_X in values.of(chunk)]


def _chunks(stretches: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    """Stretches one after another, some hundred thousand bins at a time."""
    chunk: list[Stretch] = []
    bins = 0
    for stretch in stretches:
        if chunk and bins + stretch.bins > _CHUNK_BINS:
            yield chunk
            chunk, bins = [], 0
        chunk.append(stretch)
        bins += stretch.bins
    if chunk:
        yield chunk


class _Values:
    """Values by target and chromosome, found by place."""

    def __init__(self, gathered: Iterable[tuple[Block, list[bytes]]]) -> None:
        starts: dict[str, list[int]] = {}
        sizes: dict[str, list[int]] = {}
        content: dict[str, list[list[bytes]]] = {}
        for block, by_target in gathered:
            starts.setdefault(block.chromosome, []).extend(each.start for each in block.stretches)
            sizes.setdefault(block.chromosome, []).extend(each.bins for each in block.stretches)
            content.setdefault(block.chromosome, []).append(by_target)
        self._starts = {name: np.array(places, dtype=np.int64) for name, places in starts.items()}
        self._offsets = {name: np.cumsum([0, *counts]) for name, counts in sizes.items()}
        self._values = {
            name: [np.frombuffer(b"".join(parts), dtype=np.float32) for parts in zip(*blocks, strict=True)]
            for name, blocks in content.items()
        }

    def of(self, stretches: Sequence[Stretch]) -> list[NDArray[np.float32]]:
        """The values (X) of stretches for each target."""
        places = [self._place(stretch) for stretch in stretches]
        targets = len(next(iter(self._values.values())))
        return [
            np.concatenate([self._values[name][target][where] for name, where in places]) for target in range(targets)
        ]

    def _place(self, stretch: Stretch) -> tuple[str, slice]:
        starts = self._starts[stretch.chromosome]
        row = int(np.searchsorted(starts, stretch.start, side="right")) - 1
        first = int(self._offsets[stretch.chromosome][row]) + (stretch.start - int(starts[row])) // POSITION
        return stretch.chromosome, slice(first, first + stretch.bins)
