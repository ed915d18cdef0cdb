"""Which bins a prediction is asked for: stretches of bins in a row, in the order in which they are written."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dream.regions import Run, locus_of, runs_at
from ebert_core.genome.bed import read_bed
from ebert_core.inference.grid import TileGrid
from ebert_core.protocol.specs.jobs import Predict
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval, format_locus, is_region_file

# What is computed, encoded and handed over at once: a share of the work small enough to be balanced among processes.
_BLOCK_BASES = 400_000
# Tiles blend with their neighbours, so a process computes a batch beyond either end of its block again.
_FEWEST_BATCHES = 32


Tell = Callable[[str], None]


class Stretch(NamedTuple):
    """Bins in a row: the first begins at `start`, a multiple of 50, each following one 50 bases later."""

    chromosome: str
    start: int
    bins: int

    @property
    def end(self) -> int:
        """Where the bin after the last one would begin."""
        return self.start + self.bins * POSITION


class Region(NamedTuple):
    """A place that was asked for, with its name."""

    chromosome: str
    start: int
    end: int
    name: str


class Block(NamedTuple):
    """Stretches that are predicted at once; they lie in [start, end) of one chromosome, cut at batches of tiles."""

    chromosome: str
    start: int
    end: int
    stretches: tuple[Stretch, ...]

    @property
    def bins(self) -> int:
        """How many values the block has."""
        return sum(stretch.bins for stretch in self.stretches)


def by_stretch(block: Block, value_X: NDArray[np.float32]) -> Iterator[tuple[Stretch, NDArray[np.float32]]]:
    """The values of a block, stretch by stretch."""
    first = 0
    for stretch in block.stretches:
        yield stretch, value_X[first : first + stretch.bins]
        first += stretch.bins


def listed_bins(spec: Predict, dataset: Dataset, tell: Tell) -> list[Stretch]:
    """Every bin that lies wholly in a region asked for, region after region in the file's order.

    Regions without such a bin are told of.

    Raises:
        InvalidRequest: a region names no place of the genome, or is a bin that no prediction stands on.
    """
    found: list[Stretch] = []
    left_out, example = 0, ""
    lists_bins = any(map(is_region_file, places_of(spec)))
    for run in requested(spec, dataset):
        if lists_bins:
            _refuse_bins_between(run)
        first = _next_position(run.start_R)
        end = first + np.maximum(0, (run.end_R - BIN - first) // POSITION + 1) * POSITION
        without = np.flatnonzero(end == first)
        if len(without):
            left_out, example = left_out + len(without), example or locus_of(run, without[0])
        first, end = first[end > first], end[end > first]
        for stretch in _stretches(run.chromosome, first, end, first[1:] != end[:-1]):
            if found and found[-1].chromosome == stretch.chromosome and found[-1].end == stretch.start:
                found[-1] = found[-1]._replace(bins=found[-1].bins + stretch.bins)
            else:
                found.append(stretch)
    if left_out and found:
        count = "1 region holds" if left_out == 1 else f"{left_out:,} regions hold"
        tell(
            f"{count} no whole bin of 200 bases and no line of the table, such as {example}; a .tsv has a row for each."
        )
    return found


def genome_bins(spec: Predict, dataset: Dataset, tell: Tell) -> list[Stretch]:
    """Every bin that begins in a region asked for and ends on the chromosome, each once, in the genome's order.

    Of a region in which none begins, because it is short or at the chromosome's end, every bin that overlaps it.

    Raises:
        InvalidRequest: a region names no place of the genome.
    """
    del tell

    def bins(run: Run, length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        first_R, end_R = bins_touching(run.start_R, run.end_R, length)
        begun_R = _next_position(run.start_R)
        return np.where(begun_R < end_R, begun_R, first_R), end_R

    return _in_order(spec, dataset, bins)


def touching_bins(spec: Predict, dataset: Dataset, tell: Tell) -> list[Stretch]:
    """Every bin that overlaps a region asked for, each once, in the genome's order.

    Raises:
        InvalidRequest: a region names no place of the genome.
    """
    del tell
    return _in_order(spec, dataset, lambda run, length: bins_touching(run.start_R, run.end_R, length))


def bins_touching(
    start_R: NDArray[np.int64], end_R: NDArray[np.int64], length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the first bin begins that overlaps each region, and where the bin after the last one would.

    Of an empty region, which lies between two bases, these are the bins with the base behind it.
    """
    first_R = np.maximum(0, start_R // POSITION * POSITION - (BIN - POSITION))
    return first_R, _next_position(np.minimum(np.maximum(end_R, start_R + 1), length - BIN + 1))


def regions_of(spec: Predict, dataset: Dataset) -> list[Region]:
    """The regions of a request in its order, with the names that a BED file gives them.

    Raises:
        InvalidRequest: a region names no place of the genome.
    """
    names, where = dataset.chromosome_names, str(dataset.path)
    if not places_of(spec):
        return _regions_of_runs(requested(spec, dataset))
    found = []
    for place in places_of(spec):
        if is_region_file(place):
            named = ((names.needed(each.chromosome, where), each) for each in read_bed(Path(place)))
            found += [Region(chromosome, each.start, each.end, each.name) for chromosome, each in named]
        else:
            found += _regions_of_runs(requested(msgspec.structs.replace(spec, regions=(place,)), dataset))
    return found


def _regions_of_runs(runs: Iterable[Run]) -> list[Region]:
    return [
        Region(run.chromosome, start, end, format_locus(Interval(run.chromosome, start, end)))
        for run in runs
        for start, end in zip(run.start_R.tolist(), run.end_R.tolist(), strict=True)
    ]


def _in_order(
    spec: Predict, dataset: Dataset, bins: Callable[[Run, int], tuple[NDArray[np.int64], NDArray[np.int64]]]
) -> list[Stretch]:
    """The bins of all regions, each once, in the genome's order."""
    lengths = dataset.chromosome_lengths
    found: list[Stretch] = []
    for run in requested(spec, dataset):
        first, end = bins(run, lengths[run.chromosome])
        rows = np.argsort(first, kind="stable")
        first, end = first[rows], end[rows]
        first, end = first[end > first], np.maximum.accumulate(end[end > first])
        found += _stretches(run.chromosome, first, end, first[1:] > end[:-1])
    return along_genome(found, lengths)


def along_genome(found: Iterable[Stretch], lengths: Mapping[str, int]) -> list[Stretch]:
    """The bins of stretches, each once, in the genome's order; neighbours are joined."""
    order = {name: number for number, name in enumerate(lengths)}
    joined: list[Stretch] = []
    for stretch in sorted(found, key=lambda stretch: (order[stretch.chromosome], stretch.start)):
        if joined and joined[-1].chromosome == stretch.chromosome and stretch.start <= joined[-1].end:
            start = joined[-1].start
            joined[-1] = joined[-1]._replace(bins=(max(stretch.end, joined[-1].end) - start) // POSITION)
        else:
            joined.append(stretch)
    return joined


def blocks_of(stretches: Iterable[Stretch], grid: TileGrid, tiles_at_once: int) -> Iterator[Block]:
    """The stretches cut at absolute multiples of whole batches of tiles, neighbours within one block together."""
    batch = grid.core * tiles_at_once
    width = batch * max(_FEWEST_BATCHES, _BLOCK_BASES // batch)
    waiting: list[Stretch] = []
    for stretch in stretches:
        for start in range(stretch.start // width * width, stretch.end, width):
            low, high = max(start, stretch.start), min(start + width, stretch.end)
            part = Stretch(stretch.chromosome, low, (high - low) // POSITION)
            if waiting and (waiting[0].chromosome, waiting[0].start // width) != (part.chromosome, start // width):
                yield _block(waiting, width)
                waiting = []
            waiting.append(part)
    if waiting:
        yield _block(waiting, width)


def _block(stretches: list[Stretch], width: int) -> Block:
    start = stretches[0].start // width * width
    return Block(stretches[0].chromosome, start, start + width, tuple(stretches))


def requested(spec: Predict, dataset: Dataset) -> Iterator[Run]:
    """What a spec asks for: regions of BED files and loci, chromosomes, or the whole genome.

    Raises:
        InvalidRequest: a region names no place of the genome, or both regions and chromosomes are given.
    """
    lengths, where = dataset.chromosome_lengths, str(dataset.path)
    places = places_of(spec)
    if (bool(places) + bool(spec.locus) + bool(spec.chromosomes)) > 1:
        raise InvalidRequest("Give regions, a locus or chromosomes, not several of them.")
    yield from runs_at((*places, *filter(None, (spec.locus,))), lengths, where)
    if not places and not spec.locus:
        chosen = {dataset.chromosome_names.needed(name, where) for name in spec.chromosomes}
        yield from (_run_of(Interval(name, 0, lengths[name])) for name in lengths if not chosen or name in chosen)


def places_of(spec: Predict) -> tuple[str, ...]:
    """The loci and BED files that a spec names."""
    return spec.regions if isinstance(spec.regions, tuple) else tuple(filter(None, (spec.regions,)))


def _run_of(interval: Interval) -> Run:
    return Run(interval.chromosome, np.array([interval.start]), np.array([interval.end]))


def _refuse_bins_between(run: Run) -> None:
    """A bin of 200 that begins elsewhere than at a multiple of 50 would be missing from the file without a word."""
    odd = np.flatnonzero((run.end_R - run.start_R == BIN) & (run.start_R % POSITION != 0))
    if len(odd):
        raise InvalidRequest(
            f"The bin {locus_of(run, odd[0])} of the regions cannot be predicted; "
            f"the start of a bin, counted from 0, must be a multiple of {POSITION}."
        )


def _next_position(starts: NDArray[np.int64]) -> NDArray[np.int64]:
    positions: NDArray[np.int64] = -(-starts // POSITION) * POSITION
    return positions


def _stretches(
    chromosome: str, first: NDArray[np.int64], end: NDArray[np.int64], is_apart: NDArray[np.bool_]
) -> list[Stretch]:
    """Stretches from rows [first, end); each row that is not apart from the one before it is joined to it."""
    if not len(first):
        return []
    starts, ends = first[np.append(True, is_apart)], end[np.append(is_apart, True)]
    counts = (ends - starts) // POSITION
    return [Stretch(chromosome, start, bins) for start, bins in zip(starts.tolist(), counts.tolist(), strict=True)]
