"""Where bins lie: the challenge's region files, or whole chromosomes."""

# R = regions of a run, X = bins.

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ebert_core.dream.blocks import parsed, read_blocks
from ebert_core.genome.annotation import first_fields
from ebert_core.genome.bed import bed_feature, is_track_line, read_bed
from ebert_core.genome.features import Feature
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.grid import BIN, POSITION
from ebert_core.protocol.terms.locus import Interval, format_locus, is_region_file, no_locus, parse_locus


class Run(NamedTuple):
    """Regions in a row on one chromosome, in the order of their file."""

    chromosome: str
    start_R: NDArray[np.int64]
    end_R: NDArray[np.int64]


def read_regions(path: Path) -> Iterator[Run]:
    """The regions of a BED file in its order; files that list every bin on a line of its own are read as fast.

    Raises:
        InvalidRequest: the file cannot be read, or a line makes no sense.
    """
    fields = first_fields(path)
    is_plain = len(fields) >= 3 and fields[1].isdigit() and fields[2].isdigit() and _is_regular(path, len(fields))
    return _runs_of_blocks(path, len(fields)) if is_plain else runs_of(read_bed(path))


def _is_regular(path: Path, columns: int) -> bool:
    """Whether a file seems to hold lines of so many columns and nothing else."""
    block = next(read_blocks(path))
    return block.has_columns(columns) and not is_track_line(block.data[:100].decode("utf-8", "replace"))


def _runs_of_blocks(path: Path, columns: int) -> Iterator[Run]:
    names = ["chromosome", "start", "end", *(f"column {number}" for number in range(4, columns + 1))]
    types = {name: pl.UInt32 if name in ("start", "end") else pl.String for name in names}

    def explain(number: int, fields: list[str]) -> None:
        bed_feature(path, number, [field.strip() for field in fields])

    for block in read_blocks(path):
        frame = parsed(path, block, types, explain, names[:3])
        start_X, end_X = frame["start"].to_numpy().astype(np.int64), frame["end"].to_numpy().astype(np.int64)
        if (end_X < start_X).any():
            for number, fields in block.numbered():
                explain(number, fields)
        edges = [0, *(np.flatnonzero(frame["chromosome"].ne(frame["chromosome"].shift(1)).to_numpy()[1:]) + 1)]
        for first, last in zip(edges, [*edges[1:], len(frame)], strict=True):
            yield Run(frame["chromosome"][int(first)], start_X[first:last], end_X[first:last])


def runs_of(features: Iterable[Feature | Interval]) -> Iterator[Run]:
    """Regions that are at hand already, as runs."""
    for chromosome, run in groupby(features, key=lambda each: each.chromosome):
        spans = np.array([(each.start, each.end) for each in run], dtype=np.int64)
        yield Run(chromosome, spans[:, 0], spans[:, 1])


def whole_chromosomes(lengths: Mapping[str, int]) -> Iterator[Run]:
    """Every chromosome from end to end."""
    return runs_of(Interval(name, 0, length) for name, length in lengths.items())


def bins_of(run: Run) -> NDArray[np.int64]:
    """Where the bins of 200 start that lie in the regions, at multiples of 50, region by region."""
    first_R = -(-run.start_R // POSITION) * POSITION
    count_R = np.maximum(0, (run.end_R - BIN - first_R) // POSITION + 1)
    before_R = np.cumsum(count_R) - count_R
    starts: NDArray[np.int64] = np.repeat(first_R - POSITION * before_R, count_R) + POSITION * np.arange(count_R.sum())
    return starts


def on_chromosomes(runs: Iterable[Run], chromosomes: Iterable[str]) -> Iterator[Run]:
    """The runs on these chromosomes only.

    Raises:
        InvalidRequest: a chromosome has no region; said after the last run.
    """
    wanted = dict.fromkeys(chromosomes, False)
    for run in runs:
        if run.chromosome in wanted:
            wanted[run.chromosome] = True
            yield run
    lacking = [name for name, is_found in wanted.items() if not is_found]
    if lacking:
        raise InvalidRequest(f"There is no region on {', '.join(lacking)}.")


def runs_at(texts: Iterable[str], lengths: Mapping[str, int], where: str) -> Iterator[Run]:
    """The places that loci and BED files name, in their order, on chromosomes of a genome.

    Args:
        texts: loci such as `chr5:1,000-2,000`, and files.
        lengths: lengths of the genome's chromosomes by name.
        where: the file that lists them, for messages.

    Raises:
        InvalidRequest: a text names no place of the genome, or a file cannot be read.
    """
    for text in texts:
        if is_region_file(text):
            yield from regions_of_file(Path(text), lengths, where)
        elif (locus := parse_locus(text, lengths)) is not None:
            yield from runs_of([locus])
        else:
            raise InvalidRequest(no_locus(text, lengths, where))


def regions_of_file(path: Path, lengths: Mapping[str, int], where: str) -> Iterator[Run]:
    """The regions of a BED file in its order, on chromosomes of a genome and under the names it has for them.

    Args:
        path: the file.
        lengths: lengths of the genome's chromosomes by name.
        where: the file that lists them, for messages.

    Raises:
        InvalidRequest: the file cannot be read, or a region lies on no chromosome or passes one's end.
    """
    names = KnownNames(lengths)
    for run in read_regions(path):
        name = names.needed(run.chromosome, where)
        beyond = np.flatnonzero(run.end_R > lengths[name])
        if len(beyond):
            raise InvalidRequest(
                f"{path}: the region {locus_of(run, beyond[0])} passes the end of {name} at {lengths[name]:,}; "
                "is the file one of another assembly?"
            )
        yield run._replace(chromosome=name)


def locus_of(run: Run, row: np.intp) -> str:
    """A region of a run as people write it."""
    return format_locus(Interval(run.chromosome, int(run.start_R[row]), int(run.end_R[row])))
