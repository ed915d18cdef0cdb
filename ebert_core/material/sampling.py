"""Which windows are shown in which step: a pure function of the seed and the step, so that a resumed run repeats it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN
from ebert_core.protocol.terms.locus import Interval, format_locus

_SHARE_BLOCK = 20_000


class Example(NamedTuple):
    """One window in one cell type."""

    cell_type: str
    interval: Interval


def stretches(regions: Sequence[Interval], sequenced: Sequence[Interval], length: int) -> tuple[Interval, ...]:
    """Where windows of `length` bases fit: regions cut to known sequence, ends on multiples of 200.

    Raises:
        InvalidRequest: nowhere.
    """
    found = []
    for region in regions:
        for known in sequenced:
            if region.overlaps(known):
                start = -(-max(region.start, known.start) // BIN) * BIN
                end = min(region.end, known.end) // BIN * BIN
                if end - start >= length:
                    found.append(Interval(region.chromosome, start, end))
    if not found:
        named = ", ".join(map(format_locus, regions)) or "none"
        bases = sum(
            min(region.end, known.end) - max(region.start, known.start)
            for region in regions
            for known in sequenced
            if region.overlaps(known)
        )
        raise InvalidRequest(
            f"No window of {length:,} bases fits the given regions ({named}): windows begin and end on multiples of "
            f"{BIN} and lie in known sequence, of which there are {bases:,} bases here. Name larger or other ones."
        )
    return tuple(found)


def drawn_share(places: Sequence[Interval], share: float, seed: int) -> tuple[Interval, ...]:
    """A share of some places in blocks of 20 kb drawn by the seed; a smaller share is part of a larger one."""
    if share >= 1:
        return tuple(places)
    blocks = [
        Interval(place.chromosome, start, min(start + _SHARE_BLOCK, place.end))
        for place in places
        for start in range(place.start, place.end, _SHARE_BLOCK)
    ]
    whole = [block for block in blocks if block.length == _SHARE_BLOCK] or blocks
    order = np.random.default_rng((seed, 43)).permutation(len(whole))
    chosen = sorted(whole[index] for index in order[: max(1, round(share * len(whole)))])
    joined = chosen[:1]
    for block in chosen[1:]:
        last = joined[-1]
        if (block.chromosome, block.start) == (last.chromosome, last.end):
            joined[-1] = Interval(last.chromosome, last.start, block.end)
        else:
            joined.append(block)
    return tuple(joined)


def random_examples(
    places: Sequence[Interval], cell_types: Sequence[str], length: int, count: int, seed: tuple[int, ...]
) -> list[Example]:
    """Windows at random places on the grid of 200, every base equally likely, in random cell types."""
    random = np.random.default_rng(seed)
    choices = np.array([(place.length - length) // BIN + 1 for place in places])
    drawn = random.choice(len(places), size=count, p=choices / choices.sum())
    offsets = random.integers(choices[drawn]) * BIN
    cells = random.integers(len(cell_types), size=count)
    return [
        Example(cell_types[cell], _window(places[place], int(offset), length))
        for place, offset, cell in zip(drawn, offsets, cells, strict=True)
    ]


def tiled_examples(
    places: Sequence[Interval], cell_types: Sequence[str], length: int, seed: tuple[int, ...]
) -> list[Example]:
    """Every place once in every cell type, tiled from a random offset and shuffled: one epoch."""
    random = np.random.default_rng(seed)
    examples = []
    for place in places:
        room = min(place.length - length, length)
        offset = int(random.integers(room // BIN + 1)) * BIN
        for start in range(offset, place.length - length + 1, length):
            examples += [Example(cell_type, _window(place, start, length)) for cell_type in cell_types]
    return [examples[index] for index in random.permutation(len(examples))]


def _window(place: Interval, offset: int, length: int) -> Interval:
    return Interval(place.chromosome, place.start + offset, place.start + offset + length)
