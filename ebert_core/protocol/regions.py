"""Regions of interest: places with names, as a person marks them and as a BED file lists them."""

import msgspec

from ebert_core.protocol.terms.locus import Interval

MOST_REGIONS = 20_000


class NamedRegion(msgspec.Struct, frozen=True):
    """A place with a name, which may be empty."""

    interval: Interval
    name: str = ""


class ReadRegions(msgspec.Struct, frozen=True, tag="read-regions"):
    """Which regions does a BED file list? Reply: NamedRegions."""

    path: str


class NamedRegions(msgspec.Struct, frozen=True):
    """Regions in the order of their file, on chromosomes as what is open names them; and what was left out of them."""

    regions: tuple[NamedRegion, ...]
    remarks: tuple[str, ...] = ()


class WriteRegions(msgspec.Struct, frozen=True, tag="write-regions"):
    """Write regions to a BED file. Reply: WrittenRegions."""

    path: str
    regions: tuple[NamedRegion, ...]


class WrittenRegions(msgspec.Struct, frozen=True):
    """The file that was written, and how many regions it has."""

    path: str
    count: int
