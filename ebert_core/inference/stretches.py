"""Which bins a prediction is asked for: stretches of bins in a row, in the order in which they are written."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.dream.regions import Run, read_regions
from ebert_core.inference.grid import TileGrid
from ebert_core.model.tokens import BIN, POSITION
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import Interval, format_locus, other_names, parse_locus
from ebert_core.protocol.specs import Predict

# What is computed, encoded and handed over at once: a share of the work small enough to be balanced among processes.
_BLOCK_BASES = 400_000
# Tiles blend with their neighbours, so a process computes a batch beyond either end of its block again.
_FEWEST_BATCHES = 32


class Stretch(NamedTuple):
    """Bins in a row: the first begins at `start`, a multiple of 50, each following one 50 bases later."""

    chromosome: str
    start: int
    bins: int

    @property
    def end(self) -> int:
        """Where the bin after the last one would begin."""
        return self.start + self.bins * POSITION


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


def listed_bins(spec: Predict, dataset: Dataset) -> list[Stretch]:
    """Every bin that lies wholly in a region asked for, region after region in the file's order.

    Raises:
        InvalidRequest: a region names no place of the genome, or is a bin that no prediction stands on.
    """
    found: list[Stretch] = []
    for run in _requested(spec, dataset):
        _refuse_bins_between(spec.regions, run)
        first = _next_position(run.start_R)
        end = first + np.maximum(0, (run.end_R - BIN - first) // POSITION + 1) * POSITION
        first, end = first[end > first], end[end > first]
        for stretch in _stretches(run.chromosome, first, end, first[1:] != end[:-1]):
            if found and found[-1].chromosome == stretch.chromosome and found[-1].end == stretch.start:
                found[-1] = found[-1]._replace(bins=found[-1].bins + stretch.bins)
            else:
                found.append(stretch)
    return found


def genome_bins(spec: Predict, dataset: Dataset) -> list[Stretch]:
    """Every bin that begins in a region asked for and ends on the chromosome, each once, in the genome's order.

    Raises:
        InvalidRequest: a region names no place of the genome.
    """
    lengths = dataset.chromosome_lengths
    order = {name: number for number, name in enumerate(lengths)}
    found: list[Stretch] = []
    for run in _requested(spec, dataset):
        rows = np.argsort(run.start_R, kind="stable")
        first = _next_position(run.start_R[rows])
        end = _next_position(np.minimum(run.end_R[rows], lengths[run.chromosome] - BIN + 1))
        first, end = first[end > first], np.maximum.accumulate(end[end > first])
        found += _stretches(run.chromosome, first, end, first[1:] > end[:-1])
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


def _requested(spec: Predict, dataset: Dataset) -> Iterator[Run]:
    """What a spec asks for: the regions of a BED file, a locus, chromosomes, or the whole genome."""
    lengths = dataset.chromosome_lengths
    if sum(map(bool, (spec.regions, spec.locus, spec.chromosomes))) > 1:
        raise InvalidRequest("Give regions, a locus or chromosomes, not several of them.")
    if spec.regions:
        yield from _regions_of_file(Path(spec.regions), lengths)
    elif spec.locus:
        locus = parse_locus(spec.locus, lengths)
        if locus is None:
            raise InvalidRequest(f"'{spec.locus}' is no locus of this genome; write chr5:124,000,001-124,020,000.")
        yield _run_of(locus)
    else:
        names = [_known(name, lengths) for name in spec.chromosomes] or list(lengths)
        yield from (_run_of(Interval(name, 0, lengths[name])) for name in lengths if name in names)


def _regions_of_file(path: Path, lengths: dict[str, int]) -> Iterator[Run]:
    for run in read_regions(path):
        name = _known(run.chromosome, lengths)
        beyond = np.flatnonzero(run.end_R > lengths[name])
        if len(beyond):
            raise InvalidRequest(
                f"{path}: the region {_locus(run, beyond[0])} passes the end of {name} at {lengths[name]:,}; "
                "is the file one of another assembly?"
            )
        yield run._replace(chromosome=name)


def _run_of(interval: Interval) -> Run:
    return Run(interval.chromosome, np.array([interval.start]), np.array([interval.end]))


def _refuse_bins_between(path: str, run: Run) -> None:
    """A bin of 200 that begins elsewhere than at a multiple of 50 would be missing from the file without a word."""
    odd = np.flatnonzero((run.end_R - run.start_R == BIN) & (run.start_R % POSITION != 0))
    if path and len(odd):
        raise InvalidRequest(
            f"{path}: the bin {_locus(run, odd[0])} cannot be predicted; "
            f"the start of a bin, counted from 0, must be a multiple of {POSITION}."
        )


def _locus(run: Run, row: np.intp) -> str:
    return format_locus(Interval(run.chromosome, int(run.start_R[row]), int(run.end_R[row])))


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


def _known(chromosome: str, lengths: dict[str, int]) -> str:
    name = next((name for name in other_names(chromosome) if name in lengths), None)
    if name is None:
        raise InvalidRequest(f"The genome has no chromosome {chromosome}; it has {', '.join(list(lengths)[:30])}.")
    return name
