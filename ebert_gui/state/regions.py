"""Regions of interest: names for new ones, and which comes next on the genome."""

from collections.abc import Mapping, Sequence
from itertools import count

from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.locus import Interval


def unused_name(regions: Sequence[NamedRegion]) -> str:
    """`Region 1`, or with the first number that no region bears."""
    taken = {region.name for region in regions}
    return next(name for number in count(1) if (name := f"Region {number}") not in taken)


def region_beside(
    regions: Sequence[NamedRegion], here: Interval, lengths: Mapping[str, int], *, is_forward: bool
) -> NamedRegion | None:
    """The next region on the genome behind the middle of a place, or the one before it; past the end, the first again.

    Chromosomes come in the order in which the genome has them. A region of no chromosome of it is passed over, and so
    is the one that is being looked at, which is not in the middle at the ends of a chromosome.
    """
    order = {chromosome: place for place, chromosome in enumerate(lengths)}
    known = sorted((each for each in regions if each.interval.chromosome in order), key=lambda each: _at(each, order))
    if not known:
        return None
    now = (order.get(here.chromosome, 0), here.start + here.end)
    others = [each for each in known if around(each.interval, lengths[each.interval.chromosome]) != here] or known
    if is_forward:
        return next((each for each in others if _at(each, order) > now), others[0])
    return next((each for each in reversed(others) if _at(each, order) < now), others[-1])


def around(region: Interval, length: int) -> Interval:
    """A region with some room at both sides, as it is looked at."""
    margin = max(50, region.length // 5)
    return Interval(region.chromosome, max(0, region.start - margin), min(length, region.end + margin))


def _at(region: NamedRegion, order: Mapping[str, int]) -> tuple[int, int]:
    """Where the middle of a region lies, in halves of a base."""
    where = region.interval
    return order[where.chromosome], where.start + where.end
