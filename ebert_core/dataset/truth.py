"""The planted sites of a synthetic genome, which no real genome has."""

from typing import NamedTuple

import numpy as np

from ebert_core.genome.lines import at_line, read_lines, whole_number
from ebert_core.protocol.shapes import Features
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.locus import Interval


class _Site(NamedTuple):
    chromosome: str
    start: int
    end: int
    cell_types: frozenset[str]


class PlantedSites:
    """All sites of a truth file: chromosome, start, end, factor and the cell types where it is bound."""

    def __init__(self, path: Place) -> None:
        """Reads the file.

        Raises:
            InvalidRequest: the file cannot be read or a line makes no sense.
        """
        self._sites: dict[str, list[_Site]] = {}
        for number, line in read_lines(path):
            fields = line.split("\t")
            if line.startswith("#") or (number == 1 and fields[0] == "chromosome"):
                continue
            if len(fields) < 5:
                raise at_line(path, number, "a truth line has chromosome, start, end, factor and bound cell types")
            start, end = (whole_number(path, number, "position", field) for field in fields[1:3])
            cells = frozenset() if fields[4] == "." else frozenset(fields[4].split(","))
            self._sites.setdefault(fields[3], []).append(_Site(fields[0], start, end, cells))

    @property
    def factors(self) -> tuple[str, ...]:
        """Factors with planted sites, in order of appearance."""
        return tuple(self._sites)

    def touching(self, interval: Interval, factor: str, cell_type: str) -> Features:
        """Sites of a factor that touch an interval; their score is 1 where they are bound in the cell type, else 0."""
        found = sorted(
            site
            for site in self._sites.get(factor, [])
            if interval.overlaps(Interval(site.chromosome, site.start, site.end))
        )
        return Features(
            interval,
            np.array([site.start for site in found], dtype=np.int64),
            np.array([site.end for site in found], dtype=np.int64),
            scores=np.array([cell_type in site.cell_types for site in found], dtype=np.float32),
        )
