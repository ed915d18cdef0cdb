"""The reference sequence: bases of any interval, whatever file holds them."""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.fasta import FastaFile
from ebert_core.genome.lines import reading
from ebert_core.genome.twobit import TwoBitFile, is_twobit
from ebert_core.protocol.bases import N
from ebert_core.protocol.chromosome_names import name_in
from ebert_core.protocol.locus import Interval


class _SequenceFile(Protocol):
    chromosome_lengths: dict[str, int]

    def read(self, chromosome: str, start: int, end: int) -> NDArray[np.uint8]: ...

    def close(self) -> None: ...


class Reference:
    """A genome's sequence, from FASTA (plain or bgzipped) or 2bit."""

    def __init__(self, path: Path) -> None:
        """Opens the file, building its index when there is none.

        Raises:
            InvalidRequest: the file cannot be read, or only from one end to the other.
        """
        self.path = path
        with reading(path), open(path, "rb") as file:
            head = file.read(4)
        self._file: _SequenceFile = TwoBitFile(path) if is_twobit(head) else FastaFile(path)
        self._own_names: dict[str, str | None] = {}

    @property
    def chromosome_lengths(self) -> dict[str, int]:
        """Lengths by chromosome, in the order of the file."""
        return self._file.chromosome_lengths

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def bases(self, interval: Interval) -> NDArray[np.uint8]:
        """Base codes of an interval; N before, behind and without the chromosome."""
        codes = np.full(max(0, interval.length), N, dtype=np.uint8)
        if interval.chromosome not in self._own_names:
            self._own_names[interval.chromosome] = name_in(self.chromosome_lengths, interval.chromosome)
        name = self._own_names[interval.chromosome]
        if name is None:
            return codes
        start, end = max(0, interval.start), min(interval.end, self.chromosome_lengths[name])
        if start < end:
            codes[start - interval.start : end - interval.start] = self._file.read(name, start, end)
        return codes
