"""bigWig and bigBed, opened through pybigtools."""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pybigtools
from msgspec.structs import replace

from ebert_core.genome.bed import bed_columns, bed_feature, salvaged
from ebert_core.genome.big_structure import structural_fault
from ebert_core.genome.features import Extents, Feature, Fold, Located, connected
from ebert_core.genome.lines import BadLine, Skipped, reading
from ebert_core.genome.placed import own_part
from ebert_core.genome.places import failures_below, open_bytes
from ebert_core.protocol.codec import to_travel
from ebert_core.protocol.machine.regular_files import read_whole
from ebert_core.protocol.shapes import Remark
from ebert_core.protocol.terms.addresses import Address, Place
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

BIGWIG_MAGICS = (b"\x26\xfc\x8f\x88", b"\x88\x8f\xfc\x26")
BIGBED_MAGICS = (b"\xeb\xf2\x89\x87", b"\x87\x89\xf2\xeb")


# Blocks of zeros unpack to a thousand times their size; each record takes some 600 bytes until it is a feature.
MOST_RECORDS = 5_000_000
_MOST_BYTES = 1 << 30
# Where the header says at which byte the data begin.
_DATA_AT = 16
# By which pybigtools knows a file: it calls one that ends in .BW no bigWig.
_ENDINGS = (".bw", ".bigWig", ".bigwig", ".bb", ".bigBed", ".bigbed")


def open_big_file(path: Place) -> Any:  # Any: pybigtools has no types.
    """A reader of pybigtools.

    Raises:
        InvalidRequest: the file cannot be read or is neither bigWig nor bigBed.
    """
    with reading(path), open_bytes(path) as file:
        magic = file.read(4)
    if magic not in BIGWIG_MAGICS + BIGBED_MAGICS:
        raise InvalidRequest(f"{path} is neither bigWig nor bigBed.")
    if fault := structural_fault(path):
        raise InvalidRequest(f"{path} {fault}.")
    with damage_of(path), reading(path):
        reader = pybigtools.open(_for_the_library(path))
        reader.chroms()
    return reader


def _for_the_library(path: Place) -> str | BinaryIO:
    """What pybigtools opens: a name, which tells it the kind, where that is UTF-8; others come in memory."""
    if isinstance(path, Address):
        return open_bytes(path)
    is_known = path.suffix in _ENDINGS and to_travel(str(path)) == str(path)
    return str(path) if is_known else io.BytesIO(_read_small(path))


def _read_small(path: Path) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise InvalidRequest(f"{path} is too large to be read under this name; let its name end in .bw or .bb.")
    return read_whole(path, _MOST_BYTES)


@contextmanager
def damage_of(path: Place) -> Iterator[None]:
    """Turns whatever pybigtools raises into a sentence about the file.

    Raises:
        InvalidRequest: the file is damaged, or what its server said.
    """
    with failures_below(), _panics_of(path):
        yield


@contextmanager
def _panics_of(path: Place) -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError, InvalidRequest):
        raise
    # A panic of its Rust side is no Exception, and would end the worker.
    except BaseException as error:
        # Words of an assertion inside the library tell nobody anything.
        said = "" if "assertion" in str(error) else " ".join(str(error).split()).rstrip(".")
        raise InvalidRequest(
            f"{path} is damaged or cut short: {said or 'its blocks do not hold what their index says'}."
        ) from None


class BigBedFeatures:
    """Features of a bigBed, read where they are asked for."""

    knows_lengths = True
    remarks: tuple[Remark, ...] = ()
    is_shaded = False

    def __init__(self, path: Place, fold: Fold | None = None) -> None:
        """Opens the file; genes have the transcripts of one name put together by `fold`.

        Raises:
            InvalidRequest: the file cannot be read or is no bigBed.
        """
        self.path = path
        self._reader = open_big_file(path)
        if not self._reader.is_bigbed:
            raise InvalidRequest(f"{path} is a bigWig, which holds a signal and no features.")
        self._fold = fold
        self.chromosome_lengths: dict[str, int] = dict(self._reader.chroms())
        self._names = KnownNames(self.chromosome_lengths)
        self._fields = self._field_names()
        names = (name for name in ("geneName", "geneName2", "name2") if name in self._fields)
        self._gene_name = next((self._fields.index(name) for name in names), 3)

    def _field_names(self) -> list[str]:
        """None where the file does not describe its fields in words that a reader understands."""
        try:
            with damage_of(self.path):
                described = self._reader.sql(parse=True) if self._reader.sql() else {}
        except InvalidRequest:
            return []
        return [name for name, *_ in described.get("fields", ())]

    def __iter__(self) -> Iterator[Feature]:
        for chromosome in self.chromosome_lengths:
            yield from self.on(chromosome).features

    def on(self, chromosome: str) -> Located:
        """The features of a chromosome, under any of its names."""
        name = self._names.find(chromosome)
        return Located(self._read(name, 0, self.chromosome_lengths[name]) if name is not None else ())

    def first(self, chromosome: str, count: int) -> tuple[Feature, ...]:
        """The first features of a chromosome, made of so many records."""
        name = self._names.find(chromosome)
        return tuple(self._read(name, 0, self.chromosome_lengths[name], count)) if name is not None else ()

    def touching(self, interval: Interval) -> list[Feature]:
        """Features that share a base with an interval, in order of their starts."""
        here = own_part(interval, self._names, self.chromosome_lengths)
        if here is None:
            return []
        name, start, end = here.chromosome, here.start, here.end
        found = self._fold(self._whole_genes(name, start, end)) if self._fold else self._read(name, start, end)
        return Located(found).touching(start, end)

    def _whole_genes(self, name: str, start: int, end: int) -> list[Feature]:
        """All transcripts of the genes on a stretch, also those beyond it, so that every stretch folds them alike.

        What follows beyond what was read is read twice as far each time: transcripts can join each other for megabases.
        """
        found = self._transcripts(name, start, end)
        nameless = [each for each in found if not each.name]
        genes = {(each.name, each.strand) for each in found if each.name}
        low, high, reach = start, end, 0
        while genes:
            found = connected([each for each in found if (each.name, each.strand) in genes], start, end)
            first, last = min(each.start for each in found), max(each.end for each in found)
            if low <= first and last <= high:
                return [*nameless, *found]
            low, high = max(0, min(low, first) - reach), max(high, last) + reach
            reach = high - low
            found = self._transcripts(name, low, high)
        return nameless

    def records_at(self, chromosome: str, start: int, end: int) -> Iterator[dict[str, str]]:
        """The records of a chromosome that cover exactly [start, end), as columns by their names."""
        with damage_of(self.path):
            for record in self._reader.records(chromosome, start, max(end, start + 1)):
                if tuple(record[:2]) == (start, end):
                    fields = [chromosome, *map(str, record)]
                    names = self._fields if len(self._fields) >= len(fields) else bed_columns(fields)
                    yield dict(zip(names, fields, strict=False))

    def extents(self, interval: Interval) -> Extents:
        """Where the records lie that share a base with an interval."""
        here = own_part(interval, self._names, self.chromosome_lengths)
        if here is None:
            return Located(()).extents(0, 0)
        with damage_of(self.path):
            found = islice(self._reader.records(here.chromosome, here.start, here.end), MOST_RECORDS + 1)
            places = np.fromiter((place for record in found for place in record[:2]), np.int64).reshape(-1, 2)
        self._refuse_too_many(len(places))
        places = places[np.argsort(places[:, 0], kind="stable")]
        return Extents(places[:, 0], places[:, 1])

    def crowding(self, _chromosome: str) -> float:
        """Records per base of the whole file."""
        return self._count / max(1, sum(self.chromosome_lengths.values()))

    @cached_property
    def _count(self) -> int:
        """How many records the file says that it has, at the place where its data begin."""
        with reading(self.path), open_bytes(self.path) as file:
            order = "<" if file.read(4) == BIGBED_MAGICS[0] else ">"
            file.seek(_DATA_AT)
            file.seek(*struct.unpack(f"{order}Q", file.read(8)))
            return int(struct.unpack(f"{order}Q", file.read(8))[0])

    def _refuse_too_many(self, count: int) -> None:
        if count > MOST_RECORDS:
            raise InvalidRequest(f"{self.path} has more than {MOST_RECORDS:,} features here; zoom in.")

    def _read(self, name: str, start: int, end: int, most: int | None = None) -> list[Feature]:
        found = self._transcripts(name, start, end, most)
        return self._fold(found) if self._fold else found

    def _transcripts(self, name: str, start: int, end: int, most: int | None = None) -> list[Feature]:
        """The records of a stretch as they stand."""
        with damage_of(self.path):
            found = islice(self._reader.records(name, start, end), MOST_RECORDS + 1 if most is None else most)
            records = [[name, *map(str, record)] for record in found]
        self._refuse_too_many(len(records))
        return [self._named(number, fields) for number, fields in enumerate(records, 1)]

    def _named(self, number: int, fields: list[str]) -> Feature:
        """A record; among genes by the name of its gene."""
        if not self._fold or not 3 < self._gene_name < len(fields):
            return self._feature(number, fields[:12])
        identity, fields[3] = fields[3], fields[self._gene_name]
        return replace(self._feature(number, fields[:12]), identities=(identity,))

    def _feature(self, number: int, fields: list[str]) -> Feature:
        """A record by as many of its first columns as are those of BED: each bigBed may have columns of its own."""
        try:
            return bed_feature(self.path, number, fields)
        except BadLine as problem:
            feature = salvaged(self.path, fields, problem, Skipped())
            if feature is None:
                raise InvalidRequest(f"{self.path} is damaged: {problem.problem}.") from None
            return feature
