"""Chromatin segmentations: which state stands where."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.bed import is_track_line, read_bed
from ebert_core.genome.bed_table import LocatedRows, read_bed_table
from ebert_core.genome.bigfiles import BIGBED_MAGICS, BigBedFeatures
from ebert_core.genome.features import Feature
from ebert_core.genome.lines import BadLine, Skipped, at_line, columns_of, first_bytes, read_lines
from ebert_core.protocol.shapes import Remark
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.chromosome_names import FirstNames, KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.terms.wording import choice_of

MOST_STATES = 253


class Runs(NamedTuple):
    """Runs of one state each, sorted and apart from each other; `ids` index the segmentation's names."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    ids: NDArray[np.uint8]


class Segmentation:
    """The states of one cell type, from BED or bigBed."""

    def __init__(
        self,
        path: Place,
        names: Sequence[str] = (),
        skipped: Skipped | None = None,
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        """Reads the file; without `names` its own are taken, in order of appearance.

        `skipped` takes note of lines that make no sense or lie over others; without it they are errors. `renamed` gives
        states other names than the file does.

        Raises:
            InvalidRequest: the file cannot be read, holds a state that is not among the names, or overlaps itself.
        """
        self.path = path
        self._skipped = skipped
        self._renamed = renamed or {}
        self.names = list(names)
        self.colours: dict[str, str] = {}
        self._ids = {name: index for index, name in enumerate(self.names)}
        self._is_closed = bool(names)
        self._big = BigBedFeatures(path) if first_bytes(path)[:4] in BIGBED_MAGICS else None
        self._runs: dict[str, Runs] = {} if self._big else self._read_text()
        if self._big and not names:
            self._runs = {chromosome: self._on_big(chromosome) for chromosome in self._big.chromosome_lengths}

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Sentences on lines that were not read as they stand."""
        return self._skipped.remarks if self._skipped else ()

    @property
    def chromosome_lengths(self) -> dict[str, int]:
        """Lengths by chromosome where the file knows them (bigBed), else the ends of the last runs."""
        if self._big:
            return self._big.chromosome_lengths
        return {chromosome: int(runs.ends[-1]) for chromosome, runs in self._runs.items() if len(runs.ends)}

    @cached_property
    def _own_names(self) -> KnownNames:
        return KnownNames(self.chromosome_lengths)

    @property
    def knows_lengths(self) -> bool:
        """Whether the lengths are those of the chromosomes, not only the ends of the last runs."""
        return self._big is not None

    @property
    def bin_width(self) -> int:
        """The width of the bins that all states read so far are made of: a chromosome may end within its last one."""
        places = [np.concatenate((runs.starts, runs.ends[:-1])) for runs in self._runs.values() if len(runs.starts)]
        return int(np.gcd.reduce(np.concatenate(places))) if places else 0

    def runs(self, interval: Interval) -> Runs:
        """The runs that touch an interval, not cut at its ends."""
        runs = self.on(interval.chromosome)
        first = int(np.searchsorted(runs.ends, interval.start, side="right"))
        last = int(np.searchsorted(runs.starts, interval.end, side="left"))
        touching = slice(first, max(first, last))
        return Runs(runs.starts[touching], runs.ends[touching], runs.ids[touching])

    def on(self, chromosome: str) -> Runs:
        """All runs of a chromosome, under any of its names."""
        name = self._own_names.find(chromosome)
        if name is None:
            return _no_runs()
        if name not in self._runs:
            self._runs[name] = self._on_big(name)
        return self._runs[name]

    def ids_at(self, chromosome: str, positions: NDArray[np.int64]) -> NDArray[np.int16]:
        """The state at each position, -1 where there is none."""
        runs = self.on(chromosome)
        if not len(runs.starts):
            return np.full(len(positions), -1, dtype=np.int16)
        index = np.searchsorted(runs.starts, positions, side="right") - 1
        is_inside = (index >= 0) & (positions < runs.ends[index])
        return np.where(is_inside, runs.ids[index].astype(np.int16), np.int16(-1))

    def _on_big(self, chromosome: str) -> Runs:
        assert self._big is not None
        return self._sorted_runs(chromosome, self._big.on(chromosome).features)

    def _read_text(self) -> dict[str, Runs]:
        if (table := read_bed_table(self.path)) is not None:
            return {chromosome: self._runs_of_rows(chromosome, rows) for chromosome, rows in table.items()}
        by_chromosome: dict[str, list[Feature]] = {}
        names = FirstNames()
        for feature in read_bed(self.path, self._skipped):
            by_chromosome.setdefault(names.of(feature.chromosome), []).append(feature)
        if self._skipped is not None:
            self._skipped.refuse_if_all(is_empty=not by_chromosome)
        if not by_chromosome:
            raise InvalidRequest(f"{self.path} holds no states.")
        return {chromosome: self._sorted_runs(chromosome, found) for chromosome, found in by_chromosome.items()}

    def _runs_of_rows(self, chromosome: str, rows: LocatedRows) -> Runs:
        starts, ends = rows.starts, rows.ends
        if (starts >= ends).any() or (starts[1:] < ends[:-1]).any():
            return self._sorted_runs(chromosome, rows.features)
        firsts, likes = rows.distinct()
        return Runs(starts, ends, np.array([self._id(feature) for feature in firsts], dtype=np.uint8)[likes])

    def _sorted_runs(self, chromosome: str, features: Iterable[Feature]) -> Runs:
        ordered = sorted((each for each in features if each.end > each.start), key=lambda each: each.start)
        if not ordered:
            return _no_runs()
        ids = np.array([self._id(feature) for feature in ordered], dtype=np.uint8)
        starts = np.array([feature.start for feature in ordered], dtype=np.int64)
        ends = np.array([feature.end for feature in ordered], dtype=np.int64)
        overlaps = np.flatnonzero(starts[1:] < ends[:-1])
        if len(overlaps):
            problem = self._problem(
                ordered[int(overlaps[0]) + 1],
                f"this state begins before {int(ends[overlaps[0]])}, where the state before it on {chromosome} ends",
            )
            if self._skipped is None or not isinstance(problem, BadLine):
                raise problem
            self._skipped.read_in_part(problem)
            # What comes first along the chromosome stays; a state that lies in it altogether is not drawn.
            starts = np.maximum(starts, np.append(0, np.maximum.accumulate(ends)[:-1]))
            is_left = starts < ends
            starts, ends, ids = starts[is_left], ends[is_left], ids[is_left]
        return Runs(starts, ends, ids)

    def _id(self, feature: Feature) -> int:
        name = self._renamed.get(feature.name, feature.name)
        if name not in self._ids:
            if not name:
                raise self._problem(feature, "the fourth column, the state's name, is absent")
            if self._is_closed:
                choice = choice_of(name, self.names, "they are")
                raise self._problem(feature, f"the state {name} is not among the dataset's {len(self.names)}; {choice}")
            if len(self.names) >= MOST_STATES:
                raise self._problem(feature, f"more than {MOST_STATES} names make no segmentation")
            self._ids[name] = len(self.names)
            self.names.append(name)
        if feature.colour and name not in self.colours:
            self.colours[name] = feature.colour
        return self._ids[name]

    def _problem(self, feature: Feature, problem: str) -> InvalidRequest:
        """The error at a feature's line, which is looked for only now: files are read far more often than refused."""
        if self._big:
            return InvalidRequest(f"{self.path}, {feature.chromosome}:{feature.start + 1:,}: {problem}.")
        for number, line in read_lines(self.path):
            fields = columns_of(line)
            place = [feature.chromosome, str(feature.start), str(feature.end)]
            if not is_track_line(line) and fields[:3] == place and fields[3:4] in ([feature.name], ["."], []):
                return at_line(self.path, number, problem)
        return InvalidRequest(f"{self.path}: {problem}.")


def _no_runs() -> Runs:
    return Runs(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint8))
