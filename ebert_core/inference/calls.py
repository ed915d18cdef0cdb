"""BED of what is called bound: runs of bins at or above a threshold, packed and indexed."""

# X = bins of a stretch.

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.bgzf import IndexedLines
from ebert_core.inference.files import Append, Contents, indexed_file
from ebert_core.inference.stretches import Block, Stretch, by_stretch
from ebert_core.protocol.terms.grid import BIN, POSITION


class Run(NamedTuple):
    """Bins in a row at or above the threshold."""

    chromosome: str
    start: int
    end: int
    best: float


class CalledRuns:
    """Joins called bins where they overlap, also across stretches, which come in the genome's order."""

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._open: Run | None = None

    def of(self, stretch: Stretch, probability_X: NDArray[np.float32]) -> Iterator[Run]:
        """The runs that are known to have ended."""
        for index in np.flatnonzero(probability_X >= self._threshold):
            start = stretch.start + int(index) * POSITION
            value = float(probability_X[index])
            last = self._open
            if last and last.chromosome == stretch.chromosome and start <= last.end:
                self._open = Run(last.chromosome, last.start, start + BIN, max(last.best, value))
            else:
                yield from self.last()
                self._open = Run(stretch.chromosome, start, start + BIN, value)

    def last(self) -> Iterator[Run]:
        """The run that may still have gone on."""
        if self._open:
            yield self._open
            self._open = None


@contextmanager
def calls_file(path: Path, contents: Contents) -> Iterator[Append]:
    """A line for each run: its place, the factor, and its highest probability as score (per mille)."""
    runs = CalledRuns(contents.threshold)
    name = re.sub(r"\s+", "_", contents.factor)
    with indexed_file(path) as lines:

        def append(block: Block, content: bytes) -> None:
            for stretch, values in by_stretch(block, np.frombuffer(content, dtype=np.float32)):
                _write(lines, runs.of(stretch, values), name)

        yield append
        _write(lines, runs.last(), name)


def _write(lines: IndexedLines, runs: Iterable[Run], name: str) -> None:
    for run in runs:
        text = f"{run.chromosome}\t{run.start}\t{run.end}\t{name}\t{round(run.best * 1000)}\n".encode()
        lines.write(run.chromosome, np.array([run.start]), np.array([run.end]), np.array([len(text)]), text)
