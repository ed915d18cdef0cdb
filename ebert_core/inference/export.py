"""Predicted binding written to files: bigWig for browsers, a table of bins for scoring, BED of what is called bound."""

# F = factors, P = bins of 200 bp starting every 50 bp.

import gzip
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.dataset.description import Dataset
from ebert_core.genome.bed import read_bed
from ebert_core.genome.bigwig_writer import BigWigWriter
from ebert_core.inference.fitting import check_fit
from ebert_core.inference.predict import Predictor, Report
from ebert_core.model.checkpoint import load_checkpoint
from ebert_core.model.device import choose_engine
from ebert_core.model.tokens import BIN, POSITION
from ebert_core.protocol.errors import InvalidRequest
from ebert_core.protocol.locus import Interval, other_names, parse_locus
from ebert_core.protocol.specs import Predict

_CENTRE = (BIN - POSITION) // 2
_PIECE_TILES = 64


class Piece(NamedTuple):
    """Probabilities of the bins that start in an interval, which is part of a region; NaN is a gap."""

    interval: Interval
    probability_P: NDArray[np.float32]
    region: Interval


def predict_to_file(spec: Predict, report: Report) -> Path:
    """Runs a prediction spec and returns the file, which appears complete or not at all.

    Raises:
        InvalidRequest: a name is unknown, the files do not fit, or the output cannot be written.
    """
    path = Path(spec.output)
    write = _writer_of(path)
    dataset = Dataset.open(Path(spec.dataset))
    dataset.cell_type(spec.cell_type)
    checkpoint = load_checkpoint(Path(spec.checkpoint))
    record = checkpoint.description.factor(spec.factor)
    check_fit(checkpoint.description, dataset)
    intervals = requested_intervals(spec, dataset)
    if write is not write_table:
        intervals = joined(intervals, dataset.chromosome_lengths)
    predictor = Predictor(checkpoint, dataset, choose_engine(spec.device, spec.precision))
    pieces = predicted_pieces(predictor, spec, intervals, report)
    write(path, pieces, dataset.chromosome_lengths, 0.5 if record.threshold is None else record.threshold)
    return path


def requested_intervals(spec: Predict, dataset: Dataset) -> list[Interval]:
    """What a spec asks for: regions of a BED file in their order, a locus, chromosomes, or the whole genome."""
    lengths = dataset.chromosome_lengths
    if sum(map(bool, (spec.regions, spec.locus, spec.chromosomes))) > 1:
        raise InvalidRequest("Give regions, a locus or chromosomes, not several of them.")
    if spec.regions:
        features = read_bed(Path(spec.regions))  # which keeps the order of the file
        return [Interval(_known(each.chromosome, lengths), each.start, each.end) for each in features]
    if spec.locus:
        locus = parse_locus(spec.locus, lengths)
        if locus is None:
            raise InvalidRequest(f"'{spec.locus}' is no locus of this genome; write chr5:124,000,001-124,020,000.")
        return [locus]
    names = [_known(name, lengths) for name in spec.chromosomes] or list(lengths)
    return [Interval(name, 0, lengths[name]) for name in lengths if name in names]


def joined(intervals: Sequence[Interval], lengths: dict[str, int]) -> list[Interval]:
    """The same places in the order of the genome, each once, as files of a genome need them."""
    order = {name: number for number, name in enumerate(lengths)}
    found: list[Interval] = []
    for each in sorted(intervals, key=lambda interval: (order[interval.chromosome], interval.start)):
        if found and found[-1].chromosome == each.chromosome and each.start <= found[-1].end:
            found[-1] = Interval(each.chromosome, found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(each)
    return found


def _known(chromosome: str, lengths: dict[str, int]) -> str:
    name = next((name for name in other_names(chromosome) if name in lengths), None)
    if name is None:
        raise InvalidRequest(f"The genome has no chromosome {chromosome}; it has {', '.join(list(lengths)[:30])}.")
    return name


def predicted_pieces(
    predictor: Predictor, spec: Predict, intervals: Sequence[Interval], report: Report
) -> Iterator[Piece]:
    """Predictions of the intervals in order, a few hundred kilobases at a time."""
    row = predictor.factors.index(spec.factor)
    width = predictor.grid.core * _PIECE_TILES
    total = max(1, sum(interval.length for interval in intervals))
    done = 0
    for interval in intervals:
        for start in range(interval.start // width * width, interval.end, width):
            part = Interval(interval.chromosome, max(start, interval.start), min(start + width, interval.end))
            report(done / total, f"{part.chromosome}:{part.start:,}")
            done += part.length
            if -(-part.start // POSITION) * POSITION < part.end:  # else no bin starts in it
                bins = predictor.probabilities(spec.cell_type, part, _quiet, spec.strands)
                yield Piece(bins.interval, bins.values_FP[row], interval)


def _quiet(_fraction: float, _note: str) -> None:
    pass


Writer = Callable[[Path, Iterator[Piece], dict[str, int], float], None]


def _writer_of(path: Path) -> Writer:
    writers = {".bw": write_bigwig, ".bigwig": write_bigwig, ".tab.gz": write_table, ".bed.gz": write_bed}
    for ending, writer in writers.items():
        if path.name.lower().endswith(ending):
            return writer
    raise InvalidRequest(f"{path.name} should end in .bw, .tab.gz or .bed.gz, so that its format is known.")


def write_bigwig(path: Path, pieces: Iterator[Piece], lengths: dict[str, int], threshold: float) -> None:
    """Each bin's probability on its central 50 bp; every chromosome in the header; gaps where a bin holds N."""
    del threshold
    with BigWigWriter(path, lengths) as writer:
        for piece in pieces:
            length = lengths[piece.interval.chromosome]
            whole = max(0, (length - BIN - piece.interval.start) // POSITION + 1)
            writer.append(
                piece.interval.chromosome, piece.interval.start + _CENTRE, POSITION, piece.probability_P[:whole]
            )


def write_table(path: Path, pieces: Iterator[Piece], lengths: dict[str, int], threshold: float) -> None:
    """Lines `chromosome start end probability` for every bin; a gap is written as 0."""
    del threshold
    with _compressed(path) as file:
        for piece in pieces:
            name, length = piece.interval.chromosome, lengths[piece.interval.chromosome]
            for index, value in enumerate(np.nan_to_num(piece.probability_P)):
                start = piece.interval.start + index * POSITION
                if start + BIN <= min(length, piece.region.end):
                    file.write(b"%s\t%d\t%d\t%.6g\n" % (name.encode(), start, start + BIN, value))


def write_bed(path: Path, pieces: Iterator[Piece], lengths: dict[str, int], threshold: float) -> None:
    """Runs of bins at or above the threshold, with their highest probability as score (per mille)."""
    del lengths
    with _compressed(path) as file:
        for chromosome, start, end, best in called_runs(pieces, threshold):
            file.write(b"%s\t%d\t%d\tcalled\t%d\n" % (chromosome.encode(), start, end, round(best * 1000)))


class Run(NamedTuple):
    """Bins in a row at or above the threshold."""

    chromosome: str
    start: int
    end: int
    best: float


def called_runs(pieces: Iterator[Piece], threshold: float) -> Iterator[Run]:
    """Runs of called bins, joined where they overlap, also across pieces."""
    last: Run | None = None
    for piece in pieces:
        for index in np.flatnonzero(piece.probability_P >= threshold):
            start = piece.interval.start + int(index) * POSITION
            value = float(piece.probability_P[index])
            if last and last.chromosome == piece.interval.chromosome and start <= last.end:
                last = Run(last.chromosome, last.start, start + BIN, max(last.best, value))
            else:
                if last:
                    yield last
                last = Run(piece.interval.chromosome, start, start + BIN, value)
    if last:
        yield last


@contextmanager
def _compressed(path: Path) -> Iterator[gzip.GzipFile]:
    """A gzip file that appears complete or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        # The plain file is closed by itself: gzip leaves it open, and a full disk may show only then.
        with (
            part.open("wb") as plain,
            gzip.GzipFile(filename="", mode="wb", fileobj=plain, mtime=0, compresslevel=4) as file,
        ):
            yield file
        os.replace(part, path)
    except OSError as error:
        raise InvalidRequest(f"{path} could not be written: {error.strerror or error}.") from error
    finally:
        # Where the folder is none, there is nothing to remove either.
        with suppress(OSError):
            part.unlink()
