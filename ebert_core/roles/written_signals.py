"""Writes a signal that can be drawn as a bigWig: what a file holds, or what is computed of several."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ebert_core.protocol.shapes import Signal
from ebert_core.protocol.sources import Compared, Comparison, MeasuredSignal, Smoothed, Source, as_argument
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval
from ebert_core.protocol.writing import WriteSignal, WrittenSignal, write_request

if TYPE_CHECKING:
    from ebert_core.sources.open_dataset import OpenedDataset
    from ebert_core.sources.readers import Readers

# Up to here the readers of signals read every base, so that means are exact.
_BASES_AT_ONCE = 100_000
_WIDEST_STEP = 10_000

Report = Callable[[float, str], None]


def write_signal(request: WriteSignal, readers: "Readers", opened: "OpenedDataset", report: Report) -> WrittenSignal:
    """Writes the file, which appears complete or not at all.

    The last bin of a chromosome ends with it. Bins without a value are left out.

    Raises:
        InvalidRequest: the source is no signal or cannot be read, the place cannot be written, is a file that is read,
            or there is no value to put into it.
    """
    from ebert_core.genome.bigwig_writer import BigWigWriter

    step, path = request.step, Path(request.path)
    if not 1 <= step <= _WIDEST_STEP:
        raise InvalidRequest(f"Bins of {step:,} bases cannot be written; choose 1 to {_WIDEST_STEP:,}.")
    if path.suffix.lower() not in (".bw", ".bigwig"):
        raise InvalidRequest(f"{path.name} is to be a bigWig; let its name end in .bw.")
    source = readers.source_of(bytes(request.source))
    lengths = opened.current().chromosome_lengths
    refuse_loss(path, readers.files_of(source, opened))
    wanted = request.places or [Interval(name, 0, end) for name, end in lengths.items()]
    total, done, known = sum(each.length for each in wanted), 0, 0
    with BigWigWriter(path, lengths) as writer:
        for piece in _pieces(wanted, lengths, step):
            report(done / total, f"{piece.chromosome}, {done / total:.0%}")
            signal = _read(readers, source, piece, step, opened)
            writer.append(piece.chromosome, piece.start, min(step, piece.length), signal.mean)
            known += int(np.isfinite(signal.mean).sum()) * min(step, piece.length)
            done += piece.length
        report(1.0, "finishing the file")
    return WrittenSignal(str(path), known)


class Comparing(NamedTuple):
    """Two signals of files, how they are compared, and over how many bases the result is smoothed, 0 for none."""

    first: str
    second: str
    by: Comparison
    added: float = 1.0
    fills_gaps: bool = True
    window: int = 0

    @property
    def source(self) -> Source:
        """What is read."""
        one, other = (as_argument(MeasuredSignal(path=path)) for path in (self.first, self.second))
        compared = Compared(one, other, self.by, self.added, self.fills_gaps)
        return Smoothed(as_argument(compared), self.window) if self.window else compared


def write_comparison(
    comparing: Comparing, path: str, step: int, chromosomes: Sequence[str], report: Report
) -> WrittenSignal:
    """Writes two signals of files compared, of these chromosomes or of all.

    Raises:
        InvalidRequest: a file cannot be read, there is no such chromosome, or as `write_signal`.
    """
    from ebert_core.dataset.description import Dataset
    from ebert_core.protocol.terms.addresses import place_of
    from ebert_core.sources.open_dataset import OpenedDataset
    from ebert_core.sources.readers import Readers

    opened, places = OpenedDataset(), tuple(place_of(each) for each in (comparing.first, comparing.second))
    opened.open(lambda: Dataset.from_files(places))
    lengths = opened.current().chromosome_lengths
    if absent := [name for name in chromosomes if name not in lengths]:
        raise InvalidRequest(f"There is no chromosome {absent[0]} in these files; they have {', '.join(lengths)}.")
    wanted = [Interval(name, 0, end) for name, end in lengths.items() if name in chromosomes]
    return write_signal(write_request(comparing.source, path, step, *wanted), Readers(), opened, report)


def refuse_loss(path: Path, read: Iterable[str]) -> None:
    """A file that is read cannot be the one that is written.

    Raises:
        InvalidRequest: it is.
    """
    for each in read:
        if os.path.exists(each) and os.path.exists(path) and os.path.samefile(each, path):
            raise InvalidRequest(f"{path} is one of the files that are read; name another.")


def _read(readers: "Readers", source: Source, piece: Interval, step: int, opened: "OpenedDataset") -> Signal:
    shape = readers.shape_of(source, piece, max(1, piece.length // step), opened)
    if not isinstance(shape, Signal):
        raise InvalidRequest(f"Only signals are written as a bigWig, and {source.tag()} is none.")
    return shape


def _pieces(wanted: Sequence[Interval], lengths: dict[str, int], step: int) -> Iterator[Interval]:
    """Pieces of whole bins on multiples of the step; the rest of a chromosome behind its last whole bin is one more."""
    at_once = max(step, _BASES_AT_ONCE // step * step)
    for each in wanted:
        start = each.start // step * step
        end = min(-(-each.end // step) * step, lengths.get(each.chromosome, 0))
        last_whole = end // step * step
        for begin in range(start, last_whole, at_once):
            yield Interval(each.chromosome, begin, min(begin + at_once, last_whole))
        if end > max(start, last_whole):
            yield Interval(each.chromosome, max(start, last_whole), end)
