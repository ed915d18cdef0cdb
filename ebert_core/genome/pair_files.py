"""Pairs of places by interval: of a text kept in memory, or of a bigBed of interact read where they are asked for."""

from array import array
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.bed import is_track_line
from ebert_core.genome.bigfiles import BIGBED_MAGICS, MOST_RECORDS, damage_of, open_big_file
from ebert_core.genome.features import Feature
from ebert_core.genome.lines import BadLine, Skipped, columns_of, first_bytes, leave_out, read_lines
from ebert_core.genome.pairs import Pair, columns_by_heading, interact_pair, pair_of, turned
from ebert_core.genome.placed import PlacedFile, own_part
from ebert_core.protocol.shapes import Remark
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.chromosome_names import FirstNames, KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

_INTERACT_FIELDS = {"sourceChrom", "targetChrom"}


class PairFile(PlacedFile, Protocol):
    """What can be asked for pairs of places."""

    def first(self, chromosome: str, count: int) -> tuple[Feature, ...]:
        """What the first pairs of a chromosome span, about so many where there are."""

    def touching(self, interval: Interval) -> list[Pair]:
        """Pairs with an end that shares a base with an interval; on two chromosomes, begun at the end that does."""


def open_pairs(path: Place, skipped: Skipped | None = None) -> PairFile:
    """The pairs of BEDPE, interact or longrange, plain or gzipped, or of a bigBed of interact.

    Args:
        path: the file.
        skipped: takes note of lines that make no sense; without it the first of them is an error.

    Raises:
        InvalidRequest: the file cannot be read, no line of it makes sense, or it is a bigBed of something else.
    """
    if first_bytes(path)[:4] not in BIGBED_MAGICS:
        return Pairs(path, skipped)
    if not is_interact(path):
        raise InvalidRequest(f"{path} is a bigBed whose columns are not those of interact: it holds no pairs.")
    return BigPairs(path)


def is_interact(path: Place) -> bool:
    """Whether a bigBed says of its columns that they are those of interact.

    Raises:
        InvalidRequest: the file cannot be read.
    """
    reader = open_big_file(path)
    try:
        with damage_of(path):
            fields = (reader.sql(parse=True) if reader.sql() else {}).get("fields", ())
    except InvalidRequest:
        return False
    return {name for name, *_ in fields} >= _INTERACT_FIELDS


class _On:
    """What stands on one chromosome: of each pair its number and the places of an end; of one with both ends, two."""

    def __init__(self) -> None:
        self._starts, self._ends, self._numbers = array("q"), array("q"), array("q")

    def add(self, start: int, end: int, number: int) -> None:
        self._starts.append(start)
        self._ends.append(end)
        self._numbers.append(number)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        return np.array(self._ends, dtype=np.int64)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        return np.array(self._starts, dtype=np.int64)

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        return np.array(self._numbers, dtype=np.int64)

    def touching(self, start: int, end: int) -> list[int]:
        """Numbers of pairs with an end in [start, end), each once; one of no length is where it stands."""
        inside = (self.starts < end) & (np.maximum(self.ends, self.starts + 1) > start)
        found: list[int] = np.unique(self.numbers[inside]).tolist()
        return found


class Pairs:
    """The pairs of a text."""

    knows_lengths = False

    def __init__(self, path: Place, skipped: Skipped | None = None) -> None:
        """Reads the file.

        Raises:
            InvalidRequest: it cannot be read, or no line of it makes sense.
        """
        self.path = path
        self._skipped = skipped or Skipped()
        self._pairs: list[Pair] = []
        self._on: dict[str, _On] = {}
        self._first_names = FirstNames()
        named: dict[str, int] | None = None
        for number, line in read_lines(path):
            fields = columns_of(line)
            if not self._pairs and (headings := columns_by_heading(fields)) is not None:
                named = headings
                continue
            if is_track_line(line):
                continue
            try:
                self._add(pair_of(path, number, fields, named, self._skipped))
            except BadLine as problem:
                leave_out(problem, skipped)
        self._names = KnownNames(self._on)
        self._skipped.refuse_if_all(is_empty=not self._pairs)

    def _add(self, pair: Pair) -> None:
        one, other = (end._replace(chromosome=self._first_names.of(end.chromosome)) for end in (pair.one, pair.other))
        pair = pair._replace(one=one, other=other)
        if one.chromosome == other.chromosome and other.start < one.start:
            pair = turned(pair)
        for end in (pair.one, pair.other):
            if end.is_known:
                self._on.setdefault(end.chromosome, _On()).add(end.start, end.end, len(self._pairs))
        self._pairs.append(pair)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Sentences on lines that were not read as they stand."""
        return self._skipped.remarks

    @cached_property
    def chromosome_lengths(self) -> dict[str, int]:
        """The furthest end by chromosome."""
        return {name: int(on.ends.max()) for name, on in self._on.items()}

    def first(self, chromosome: str, count: int) -> tuple[Feature, ...]:
        """What the first pairs of a chromosome span."""
        name = self._names.find(chromosome)
        if name is None:
            return ()
        numbers = self._on[name].numbers[np.argsort(self._on[name].starts, kind="stable")[: 2 * count]]
        return _spans(name, (self._pairs[number] for number in dict.fromkeys(numbers.tolist())), count)

    def touching(self, interval: Interval) -> list[Pair]:
        """Pairs with an end that shares a base with an interval; on two chromosomes, begun at the end that does."""
        name = self._names.find(interval.chromosome)
        if name is None:
            return []
        numbers = self._on[name].touching(interval.start, interval.end)
        return [_begun_on(name, self._pairs[number]) for number in numbers]


class BigPairs:
    """The pairs of a bigBed of interact."""

    knows_lengths = True

    def __init__(self, path: Place) -> None:
        """Opens the file.

        Raises:
            InvalidRequest: it cannot be read or is no bigBed of interact.
        """
        self.path = path
        self._skipped = Skipped()
        self._reader = open_big_file(path)
        if not self._reader.is_bigbed:
            raise InvalidRequest(f"{path} is a bigWig, which holds a signal and no pairs.")
        self.chromosome_lengths: dict[str, int] = dict(self._reader.chroms())
        self._names = KnownNames(self.chromosome_lengths)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Sentences on records that were left out of what was read last."""
        return self._skipped.remarks

    def first(self, chromosome: str, count: int) -> tuple[Feature, ...]:
        """What the first pairs of a chromosome span."""
        name = self._names.find(chromosome)
        if name is None:
            return ()
        return _spans(name, self._read(name, 0, self.chromosome_lengths[name], count), count)

    def touching(self, interval: Interval) -> list[Pair]:
        """Pairs with an end that shares a base with an interval; on two chromosomes, begun at the end that does.

        Raises:
            InvalidRequest: the file is damaged, or holds more here than can be read.
        """
        here = own_part(interval, self._names, self.chromosome_lengths)
        if here is None:
            return []
        name, start, end = here.chromosome, here.start, here.end
        found = (_begun_on(name, pair) for pair in self._read(name, start, end, MOST_RECORDS + 1))
        return list(dict.fromkeys(pair for pair in found if _has_end_in(pair, name, start, end)))

    def _read(self, name: str, start: int, end: int, most: int) -> list[Pair]:
        with damage_of(self.path):
            records = [[name, *map(str, each)] for each in islice(self._reader.records(name, start, end), most)]
        if len(records) > MOST_RECORDS:
            raise InvalidRequest(f"{self.path} has more than {MOST_RECORDS:,} pairs here; zoom in.")
        self._skipped = Skipped()
        pairs = []
        for number, fields in enumerate(records, 1):
            try:
                pairs.append(interact_pair(self.path, number, _split(fields), self._skipped))
            except BadLine as problem:
                self._skipped.leave_out(problem)
        return pairs


def _split(record: Sequence[str]) -> list[str]:
    """The fields of a record, of which the library gives all behind the place as one text."""
    return [*record[:3], *"\t".join(record[3:]).split("\t")]


def _begun_on(name: str, pair: Pair) -> Pair:
    return pair if pair.one.chromosome == name else turned(pair)


def _has_end_in(pair: Pair, name: str, start: int, end: int) -> bool:
    return any(
        each.chromosome == name and each.start < end and max(each.end, each.start + 1) > start
        for each in (pair.one, pair.other)
    )


def _spans(name: str, pairs: Iterable[Pair], count: int) -> tuple[Feature, ...]:
    """From the first base on a chromosome to the last, of one that goes elsewhere its end there."""
    spans = []
    for pair in islice(pairs, count):
        ends = [each for each in (pair.one, pair.other) if each.chromosome == name]
        if ends:
            spans.append(Feature(name, min(each.start for each in ends), max(each.end for each in ends)))
    return tuple(spans)
