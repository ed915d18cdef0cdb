"""Goes from a feature to the next one, or to the one before."""

from collections.abc import Callable

import numpy as np

from ebert_core.genome.features import Extents
from ebert_core.protocol.terms.locus import Interval

# Where nothing is found in a stretch, one that is four times as long is looked through next.
_FIRST_STRETCH, _LONGER = 1 << 16, 4


def beside(
    extents: Callable[[Interval], Extents], place: Interval, length: int, *, is_forward: bool
) -> Interval | None:
    """The first feature after a place on a chromosome of this length, by start and then by end, or the last before it.

    None where there is none. Features that cover the same bases are one.
    """
    stretch = _FIRST_STRETCH
    edge = max(0, place.start) if is_forward else min(length, place.start + 1)
    while edge < length if is_forward else edge > 0:
        other = min(length, edge + stretch) if is_forward else max(0, edge - stretch)
        here = Interval(place.chromosome, min(edge, other), max(edge, other))
        found = _in_order(extents(here), place, here, is_forward=is_forward)
        if found is not None:
            return found
        edge, stretch = other, stretch * _LONGER
    return None


def _in_order(extents: Extents, place: Interval, here: Interval, *, is_forward: bool) -> Interval | None:
    """The nearest of the features that begin in a stretch and lie behind a place, or before it."""
    starts, ends = extents
    follows = (starts > place.start) | ((starts == place.start) & (ends > place.end))
    precedes = (starts < place.start) | ((starts == place.start) & (ends < place.end))
    wanted = (follows if is_forward else precedes) & (starts >= here.start) & (starts < here.end)
    if not wanted.any():
        return None
    order = np.lexsort((ends[wanted], starts[wanted]))
    chosen = order[0] if is_forward else order[-1]
    return Interval(place.chromosome, int(starts[wanted][chosen]), int(ends[wanted][chosen]))
