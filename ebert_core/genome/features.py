"""Features: genes, peaks, regions of any annotation file, found by interval."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, reduce
from itertools import groupby
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.lines import Skipped
from ebert_core.protocol.shapes import Remark
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.chromosome_names import FirstNames, KnownNames
from ebert_core.protocol.terms.locus import Interval


class Feature(msgspec.Struct, frozen=True):
    """One record of an annotation file. `blocks` and `coding` are absolute; `summit` is -1 where unknown.

    `transcripts` says how many transcripts of a gene this one stands for, and `identities` what those are called where
    `name` is their gene's. `score_name` is what the score is called.
    """

    chromosome: str
    start: int
    end: int
    name: str = ""
    score: float = 0.0
    strand: str = "."
    summit: int = -1
    blocks: tuple[tuple[int, int], ...] = ()
    coding: tuple[tuple[int, int], ...] = ()
    colour: str = ""
    transcripts: int = 1
    identities: tuple[str, ...] = ()
    score_name: str = "score"


class Extents(NamedTuple):
    """Where features begin and end, in order of their starts."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


Fold = Callable[[Iterable[Feature]], list[Feature]]


class Located:
    """The features of one chromosome, in order of their starts."""

    def __init__(self, features: Sequence[Feature]) -> None:
        self._features = tuple(sorted(features, key=lambda feature: (feature.start, feature.end)))

    @property
    def features(self) -> tuple[Feature, ...]:
        """All features."""
        return self._features

    def first(self, count: int) -> tuple[Feature, ...]:
        """The first features, or as many as there are."""
        return self._slice(0, count)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Starts, ascending."""
        return np.array([feature.start for feature in self.features], dtype=np.int64)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Ends, in order of the starts."""
        return np.array([feature.end for feature in self.features], dtype=np.int64)

    @cached_property
    def _furthest_ends(self) -> NDArray[np.int64]:
        ends = np.maximum(self.ends, self.starts + 1)
        return np.maximum.accumulate(ends) if len(ends) else ends

    def touching(self, start: int, end: int) -> list[Feature]:
        """Features that share a base with [start, end), by their starts; one without bases lies on the next one."""
        first, last = self._range(start, end)
        return [each for each in self._slice(first, last) if each.end > start or each.start == each.end == start]

    def extents(self, start: int, end: int) -> Extents:
        """Where the features lie that share a base with [start, end); none of them is made for it."""
        first, last = self._range(start, end)
        starts, ends = self.starts[first:last], self.ends[first:last]
        touches = np.maximum(ends, starts + 1) > start
        return Extents(starts[touches], ends[touches])

    def _range(self, start: int, end: int) -> tuple[int, int]:
        first = int(np.searchsorted(self._furthest_ends, start, side="right"))
        return first, int(np.searchsorted(self.starts, end, side="left"))

    def _slice(self, first: int, last: int) -> tuple[Feature, ...]:
        return self.features[first:last]


class Features:
    """All features of a file, by chromosome. `is_shaded` where the file asks that scores shade them."""

    knows_lengths = False
    is_shaded = False

    def __init__(self, path: Place, features: Iterable[Feature], skipped: Skipped | None = None) -> None:
        """Sorts the features of a file; `skipped` has taken note of the lines that made no sense.

        Raises:
            BadLine: no line made sense.
        """
        self.path = path
        self._skipped = skipped or Skipped()
        by_chromosome: dict[str, list[Feature]] = {}
        names = FirstNames()
        for feature in features:
            by_chromosome.setdefault(names.of(feature.chromosome), []).append(feature)
        self._located: dict[str, Located] = {name: Located(found) for name, found in by_chromosome.items()}
        self._skipped.refuse_if_all(is_empty=not self._located)

    @classmethod
    def of(cls, path: Place, located: Mapping[str, Located]) -> "Features":
        """The features of a file that have been found by chromosome already."""
        features = cls(path, ())
        features._located = dict(located)
        return features

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Sentences on lines that were not read as they stand."""
        return self._skipped.remarks

    def __len__(self) -> int:
        return sum(len(located.starts) for located in self._located.values())

    def __iter__(self) -> Iterator[Feature]:
        for located in self._located.values():
            yield from located.features

    @property
    def chromosome_lengths(self) -> dict[str, int]:
        """The furthest end by chromosome: the least that its length can be."""
        return {chromosome: int(located.ends.max()) for chromosome, located in self._located.items()}

    @cached_property
    def _names(self) -> KnownNames:
        return KnownNames(self._located)

    def on(self, chromosome: str) -> Located:
        """The features of a chromosome, under any of its names."""
        name = self._names.find(chromosome)
        return self._located[name] if name is not None else Located(())

    def first(self, chromosome: str, count: int) -> tuple[Feature, ...]:
        """The first features of a chromosome, or as many as there are."""
        return self.on(chromosome).first(count)

    def touching(self, interval: Interval) -> list[Feature]:
        """Features that share a base with an interval, in order of their starts."""
        return self.on(interval.chromosome).touching(interval.start, interval.end)

    def extents(self, interval: Interval) -> Extents:
        """Where the features lie that share a base with an interval."""
        return self.on(interval.chromosome).extents(interval.start, interval.end)

    def crowding(self, chromosome: str) -> float:
        """Features per base of a chromosome up to its last one, 0 where that is not known."""
        found = self.on(chromosome)
        return len(found.starts) / max(1, int(found.ends.max())) if len(found.starts) else 0.0


def connected(features: Iterable[Feature], start: int, end: int) -> list[Feature]:
    """The features that share a base with [start, end), and those that share one with a feature found already."""
    found: list[Feature] = []
    together: list[Feature] = []
    furthest = 0

    def touch() -> bool:
        return bool(together) and together[0].start < end and furthest > start

    for feature in sorted(features, key=lambda each: each.start):
        if feature.start >= furthest:
            found += together if touch() else []
            together, furthest = [], 0
        together.append(feature)
        furthest = max(furthest, feature.end, feature.start + 1)
    return found + (together if touch() else [])


def folded_genes(features: Iterable[Feature]) -> list[Feature]:
    """One feature per gene: of its transcripts the one with most coding bases, then the one with most exonic bases."""
    return [_longest_coding(transcripts) for transcripts in _transcripts_by_gene(features)]


def _longest_coding(transcripts: list[Feature]) -> Feature:
    best = max(transcripts, key=_weight)
    identities = dict.fromkeys(each for transcript in (best, *transcripts) for each in transcript.identities)
    return msgspec.structs.replace(best, transcripts=len(transcripts), identities=tuple(identities))


def _weight(transcript: Feature) -> tuple[int, int, int]:
    coding, exonic = (sum(end - start for start, end in parts) for parts in (transcript.coding, transcript.blocks))
    return coding, exonic, transcript.end - transcript.start


def merged_genes(features: Iterable[Feature]) -> list[Feature]:
    """One feature per gene, from the first base of its transcripts to the last, with all their exons."""
    return [reduce(_joined, transcripts) for transcripts in _transcripts_by_gene(features)]


def _transcripts_by_gene(features: Iterable[Feature]) -> Iterator[list[Feature]]:
    """Transcripts of one name and strand that overlap, together; one without a name is a gene of its own."""
    ordered = sorted(features, key=lambda feature: (feature.chromosome, feature.name, feature.strand, feature.start))
    for (_, name, _), transcripts in groupby(ordered, key=lambda each: (each.chromosome, each.name, each.strand)):
        gene: list[Feature] = []
        end = 0
        for transcript in transcripts:
            if gene and not (name and transcript.start < end):
                yield gene
                gene = []
            end = max(end, transcript.end) if gene else transcript.end
            gene.append(transcript)
        if gene:
            yield gene


def _joined(gene: Feature, transcript: Feature) -> Feature:
    return msgspec.structs.replace(
        gene,
        end=max(gene.end, transcript.end),
        blocks=joined([*gene.blocks, *transcript.blocks]),
        coding=joined([*gene.coding, *transcript.coding]),
    )


def joined(parts: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Stretches in their order, those that overlap or touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def coding_parts(blocks: Iterable[tuple[int, int]], start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The parts of exons that lie in the coding span [start, end)."""
    cut = ((max(first, start), min(last, end)) for first, last in blocks)
    return tuple((first, last) for first, last in cut if first < last)
