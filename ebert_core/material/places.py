"""Lists of places on the genome: their union, what one leaves of another, and the parts that hold something."""

from collections.abc import Iterable, Sequence

from ebert_core.protocol.terms.chromosome_names import FirstNames, KnownNames
from ebert_core.protocol.terms.locus import Interval

_CLOSED_GAP = 10_000
_MOST_PARTS = 200


def union(places: Iterable[Interval]) -> tuple[Interval, ...]:
    """The bases that any of the intervals holds, as intervals in order that do not touch."""
    joined: list[Interval] = []
    for place in sorted(places):
        last = joined[-1] if joined else None
        if last and last.chromosome == place.chromosome and place.start <= last.end:
            joined[-1] = Interval(last.chromosome, last.start, max(last.end, place.end))
        else:
            joined.append(place)
    return tuple(joined)


def without(places: Sequence[Interval], taken: Sequence[Interval]) -> tuple[Interval, ...]:
    """The parts of intervals that no interval of `taken`, which are in order, holds."""
    left = []
    for place in places:
        start = place.start
        for other in taken:
            if other.overlaps(place):
                if start < other.start:
                    left.append(Interval(place.chromosome, start, other.start))
                start = max(start, other.end)
        if start < place.end:
            left.append(Interval(place.chromosome, start, place.end))
    return tuple(left)


def parts_with(regions: Sequence[Interval], *known: Sequence[Interval] | None) -> tuple[Interval, ...]:
    """The parts of regions that lie in all of the known places, in order; None is known everywhere.

    What a checkpoint says that it has seen is cut so: to known sequence, and for labels to the labelled regions. So
    that the list stays short, gaps of up to 10 kb inside a region are closed, and wider ones where more than 200 parts
    would be left; what lies in such a gap counts as seen.
    """
    parts = union(regions)
    for places in known:
        if places is not None:
            parts = _shared(parts, union(places))
    gap = _CLOSED_GAP
    found = _closed(parts, regions, gap)
    while len(found) > max(_MOST_PARTS, len(regions)):
        gap *= 2
        found = _closed(parts, regions, gap)
    return found


def _shared(parts: Sequence[Interval], places: Sequence[Interval]) -> tuple[Interval, ...]:
    by_chromosome: dict[str, list[Interval]] = {}
    first = FirstNames()
    for place in places:
        by_chromosome.setdefault(first.of(place.chromosome), []).append(place)
    found, names = [], KnownNames(by_chromosome)
    for part in parts:
        name = names.find(part.chromosome)
        for place in by_chromosome[name] if name is not None else ():
            start, end = max(part.start, place.start), min(part.end, place.end)
            if start < end:
                found.append(Interval(part.chromosome, start, end))
    return tuple(found)


def _closed(parts: Sequence[Interval], regions: Sequence[Interval], gap: int) -> tuple[Interval, ...]:
    """The parts with gaps closed, except across the border of a region."""
    joined: list[Interval] = []
    whole = union(regions)
    for part in parts:
        last = joined[-1] if joined else None
        is_near = last is not None and last.chromosome == part.chromosome and part.start - last.end <= gap
        if last and is_near and any(place.overlaps(last) and place.overlaps(part) for place in whole):
            joined[-1] = Interval(last.chromosome, last.start, part.end)
        else:
            joined.append(part)
    return tuple(joined)
