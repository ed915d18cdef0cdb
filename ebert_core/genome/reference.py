"""The reference sequence: bases of any interval, whatever file holds them."""

from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ebert_core.genome.fasta import FastaFile
from ebert_core.genome.letters import refuse_other_than_dna
from ebert_core.genome.lines import reading
from ebert_core.genome.placed import own_part
from ebert_core.genome.places import Stamp, open_bytes, stamp
from ebert_core.genome.twobit import TwoBitFile, is_twobit
from ebert_core.protocol.terms.addresses import Place
from ebert_core.protocol.terms.bases import N, decode_bases
from ebert_core.protocol.terms.chromosome_names import KnownNames
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.locus import Interval

_SAMPLED_CHROMOSOMES, _SAMPLED_FAR_AWAY, _SAMPLED_LETTERS = 20, 1, 2_000


class _SequenceFile(Protocol):
    chromosome_lengths: dict[str, int]

    def read(self, chromosome: str, start: int, end: int) -> NDArray[np.uint8]: ...

    def close(self) -> None: ...


class Reference:
    """A genome's sequence, from FASTA (plain or bgzipped) or 2bit."""

    def __init__(self, path: Place) -> None:
        """Opens the file, building its index when there is none.

        Raises:
            InvalidRequest: the file cannot be read, or only from one end to the other.
        """
        self.path = path
        self._open()

    def _open(self) -> None:
        path = self.path
        with reading(path), open_bytes(path) as file:
            head = file.read(4)
            self._stamp = stamp(path)
        self._file: _SequenceFile = TwoBitFile(path) if is_twobit(head) else FastaFile(path)
        self._names = KnownNames(self.chromosome_lengths)
        if isinstance(self._file, FastaFile):
            most = _SAMPLED_CHROMOSOMES if isinstance(path, Path) else _SAMPLED_FAR_AWAY
            refuse_other_than_dna(path, sampled_letters(self._file, most))

    def _open_again(self) -> None:
        """The file as it is now: bases that were read by the index of another would be wrong.

        Raises:
            InvalidRequest: it is not readable, or of another genome.
        """
        before = self._file
        self._open()
        if self.chromosome_lengths != before.chromosome_lengths:
            self._file, self._stamp = before, Stamp("", 0)
            raise InvalidRequest(f"{self.path} holds other sequences than when it was opened; open the dataset again.")
        before.close()

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
        if (found := self._within(interval)) is not None:
            codes[found.place] = self._file.read(found.name, found.start, found.end)
        return codes

    def letters(self, interval: Interval) -> NDArray[np.uint8]:
        """Letters of an interval as they stand in a FASTA; N before, behind and without the chromosome."""
        letters = np.full(max(0, interval.length), ord("N"), dtype=np.uint8)
        if (found := self._within(interval)) is not None:
            file = self._file
            if isinstance(file, FastaFile):
                letters[found.place] = file.letters(found.name, found.start, found.end)
            else:
                read = decode_bases(file.read(found.name, found.start, found.end))
                letters[found.place] = np.frombuffer(read.encode(), dtype=np.uint8)
        return letters

    def _within(self, interval: Interval) -> "_Within | None":
        """The part of an interval that lies on its chromosome, as the file calls it, which is as it was opened."""
        with reading(self.path):
            if stamp(self.path) != self._stamp:
                self._open_again()
        here = own_part(interval, self._names, self.chromosome_lengths)
        if here is None:
            return None
        place = slice(here.start - interval.start, here.end - interval.start)
        return _Within(here.chromosome, here.start, here.end, place)


class _Within(NamedTuple):
    """Positions of a chromosome, and where they lie in what was asked for."""

    name: str
    start: int
    end: int
    place: slice


def sampled_letters(file: FastaFile, most: int) -> NDArray[np.uint8]:
    """Letters of so many of the first chromosomes: from the beginning, the middle and the end of each."""
    places = (
        (name, start, min(length, start + _SAMPLED_LETTERS))
        for name, length in islice(file.chromosome_lengths.items(), most)
        for start in {0, max(0, length // 2 - _SAMPLED_LETTERS // 2), max(0, length - _SAMPLED_LETTERS)}
    )
    found = []
    for place in places:
        # What is damaged there is said when it is shown.
        with suppress(InvalidRequest):
            found.append(file.letters(*place))
    return np.concatenate(found) if found else np.empty(0, dtype=np.uint8)
