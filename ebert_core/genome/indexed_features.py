"""Features of a large bgzipped BED at an address, read through its index where they are asked for."""

from collections.abc import Iterable, Iterator
from itertools import islice

from ebert_core.genome.bed import bed_feature, salvaged
from ebert_core.genome.features import Extents, Feature, Located
from ebert_core.genome.lines import BadLine, Skipped
from ebert_core.genome.tabix import TabixLines
from ebert_core.protocol.shapes import Remark
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

# What is read for one answer; each takes some 600 bytes.
MOST_LINES = 1_000_000


class IndexedFeatures:
    """The features of such a file. A line that makes no sense beyond its place is drawn by that."""

    knows_lengths = False
    remarks: tuple[Remark, ...] = ()
    is_shaded = False

    def __init__(self, lines: TabixLines) -> None:
        """Takes the lines of the file."""
        self._lines = lines
        self.path: Place = lines.place
        self.chromosome_lengths = lines.reached
        self._names = KnownNames(self.chromosome_lengths)

    def __iter__(self) -> Iterator[Feature]:
        return self._features(self._lines.all())

    def on(self, chromosome: str) -> Located:
        """The features of a chromosome, under any of its names."""
        return Located(self._all_on(chromosome, None))

    def first(self, chromosome: str, count: int) -> tuple[Feature, ...]:
        """The first features of a chromosome, or as many as there are."""
        return tuple(self._all_on(chromosome, count))

    def touching(self, interval: Interval) -> list[Feature]:
        """Features that share a base with an interval, in order of their starts."""
        start, end = max(0, interval.start), interval.end
        return Located(self._read(interval.chromosome, start, end)).touching(start, end)

    def extents(self, interval: Interval) -> Extents:
        """Where the features lie that share a base with an interval."""
        start, end = max(0, interval.start), interval.end
        return Located(self._read(interval.chromosome, start, end)).extents(start, end)

    def crowding(self, _chromosome: str) -> float:
        """0, since the index does not count features."""
        return 0.0

    def rows_at(self, chromosome: str, start: int, end: int) -> Iterator[list[str]]:
        """The fields of the lines that share a base with a stretch."""
        name = self._names.find(chromosome)
        return self._lines.touching(name, start, end) if name is not None else iter(())

    def _all_on(self, chromosome: str, count: int | None) -> list[Feature]:
        # Beyond 512 Mb the index says nothing.
        return self._read(chromosome, 0, 1 << 29, count)

    def _read(self, chromosome: str, start: int, end: int, count: int | None = None) -> list[Feature]:
        name = self._names.find(chromosome)
        if name is None or start >= end:
            return []
        most = MOST_LINES + 1 if count is None else count
        features = list(islice(self._features(self._lines.touching(name, start, end)), most))
        if len(features) > MOST_LINES:
            raise InvalidRequest(f"{self.path} has more than {MOST_LINES:,} features here; zoom in.")
        return features

    def _features(self, rows: Iterable[list[str]]) -> Iterator[Feature]:
        for number, fields in enumerate(rows, 1):
            try:
                yield bed_feature(self.path, number, fields)
            except BadLine as problem:
                if (feature := salvaged(self.path, fields, problem, Skipped())) is not None:
                    yield feature
