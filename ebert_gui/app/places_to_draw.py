"""Which places of a BED file are drawn without a window, and into which files."""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from ebert_core.protocol.regions import NamedRegion
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

_LONGEST_NAME = 120


class PlaceToDraw(NamedTuple):
    """A place and the file of its picture."""

    interval: Interval
    path: Path


def places_of(
    regions: Iterable[NamedRegion], folder: Path, ending: str, around: int, lengths: Mapping[str, int]
) -> deque[PlaceToDraw]:
    """A picture of each region with so many bases around it, named as the region, else by its place: `chr5_11-20.png`.

    Regions of one name get numbers. The folder is made where it is not there.

    Raises:
        InvalidRequest: the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidRequest(f"The folder {folder} cannot be made: {error.strerror}.") from None
    found: deque[PlaceToDraw] = deque()
    taken: set[str] = set()
    for region in regions:
        name = _free(_name_of(region), taken)
        taken.add(name.casefold())  # one file on file systems that know no capitals
        found.append(PlaceToDraw(_widened(region.interval, around, lengths), folder / f"{name}{ending}"))
    return found


def _name_of(region: NamedRegion) -> str:
    place = region.interval
    named = re.sub(r"[^\w.+-]+", "_", region.name).strip("._")[:_LONGEST_NAME]
    return named or f"{place.chromosome}_{place.start + 1}-{place.end}"


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _widened(place: Interval, around: int, lengths: Mapping[str, int]) -> Interval:
    end = min(place.end + around, lengths.get(place.chromosome, place.end + around))
    return Interval(place.chromosome, max(0, place.start - around), end)
