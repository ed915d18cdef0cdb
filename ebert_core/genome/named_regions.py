"""Reads and writes regions with names: BED, and every file that begins with its columns, as peaks do."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from ebert_core.genome.bed import read_bed
from ebert_core.genome.lines import Skipped
from ebert_core.protocol.machine.whole_files import write_whole
from ebert_core.protocol.regions import MOST_REGIONS, NamedRegion, NamedRegions
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval


def read_named_regions(path: Place, lengths: Mapping[str, int]) -> NamedRegions:
    """The regions of a file, in its order.

    Args:
        path: a BED file, plain or packed.
        lengths: the chromosomes of the genome; regions are given its names for them, and end where they end. Without
            any, all are taken as they stand.

    Raises:
        InvalidRequest: the file cannot be read, holds no region of this genome, or more than 20,000.
    """
    skipped, known = Skipped(), KnownNames(lengths)
    regions: list[NamedRegion] = []
    left_out: list[tuple[str, int]] = []
    for feature in read_bed(path, skipped):
        chromosome = known.find(feature.chromosome) if lengths else feature.chromosome
        end = max(feature.end, feature.start + 1)  # a place between two bases is shown as the base behind it
        if chromosome is None or (lengths and feature.start >= lengths[chromosome]):
            left_out.append((feature.chromosome, feature.start))
            continue
        within = Interval(chromosome, feature.start, min(end, lengths[chromosome]) if lengths else end)
        regions.append(NamedRegion(within, feature.name))
        if len(regions) > MOST_REGIONS:
            raise InvalidRequest(
                f"{path} has more than {MOST_REGIONS:,} regions; open it as a track instead, where all are drawn."
            )
    if not regions and left_out:
        raise InvalidRequest(f"{path} has no region of this genome: {_place(left_out)} is none of its places.")
    skipped.refuse_if_all(is_empty=not regions)
    if not regions:
        raise InvalidRequest(f"{path} has no regions.")
    remarks = tuple(remark.full for remark in skipped.remarks)
    return NamedRegions(tuple(regions), (*remarks, *_said_of(path, left_out)))


def write_named_regions(path: Path, regions: Iterable[NamedRegion]) -> int:
    """Write regions as BED with four columns, in their order; how many there are.

    Raises:
        OSError: the place cannot be written.
    """
    lines = [_line(region) for region in regions]
    write_whole(path, b"".join(lines))
    return len(lines)


def _line(region: NamedRegion) -> bytes:
    where = region.interval
    # A name must not end its column or its line.
    name = " ".join(region.name.split()) or "."
    return os.fsencode(f"{where.chromosome}\t{where.start}\t{where.end}\t{name}\n")


def _said_of(path: Place, left_out: list[tuple[str, int]]) -> tuple[str, ...]:
    if not left_out:
        return ()
    count = "1 region was" if len(left_out) == 1 else f"{len(left_out):,} regions were"
    return (f"{path.name}: {count} left out, at places that this genome does not have, such as {_place(left_out)}.",)


def _place(left_out: list[tuple[str, int]]) -> str:
    chromosome, start = left_out[0]
    return f"{chromosome}:{start + 1:,}"
