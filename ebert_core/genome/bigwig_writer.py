"""Writes a bigWig from values in genome order; the file appears complete or not at all."""

import errno
import math
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyBigWig
from numpy.typing import NDArray

from ebert_core.genome.disk_room import DiskRoom
from ebert_core.genome.zoom_levels import correct_summaries
from ebert_core.protocol.machine.whole_files import new_part, put_in_place
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.terms.wording import file_size

# Bytes that pyBigWig may write of a value and of each run of values without a gap between them.
_PER_VALUE, _PER_RUN = 8, 40
# And at the end, of buffers, indexes and zoom levels: of any file, of each value and run at most, and of all of them.
_AT_END, _AT_END_PER_VALUE, _AT_END_PER_RUN, _MOST_AT_END = 256 << 10, 11, 320, 8 << 20
# Of a chromosome in the header, beside its name, which the longest one gives its width.
_PER_CHROMOSOME = 16


class BigWigWriter:
    """A bigWig being written: `with BigWigWriter(path, lengths) as writer: writer.append(...)`.

    An exception inside the `with` leaves nothing behind.
    """

    def __init__(self, path: Path, chromosome_lengths: Mapping[str, int]) -> None:
        """Begins the file, with all chromosomes in the given order in its header.

        Raises:
            InvalidRequest: the folder is absent or may not be written to, its name is no UTF-8, or the disk is full.
        """
        try:
            str(path).encode()
        except UnicodeEncodeError:  # pyBigWig would end the process
            raise InvalidRequest(f"{path} cannot be written: a bigWig needs a path of UTF-8; name another.") from None
        self._path = path
        self._chromosomes = dict(chromosome_lengths)
        self._order = {chromosome: order for order, chromosome in enumerate(self._chromosomes)}
        self._last = (-1, 0)
        self._bases = self._values = self._runs = 0
        self._minimum, self._maximum = math.inf, -math.inf
        self._room = DiskRoom(path.parent)
        self._check_place()
        try:
            self._part = new_part(path)
        except OSError as error:
            raise InvalidRequest(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from None
        self._check_room(len(self._order) * (_PER_CHROMOSOME + max(map(len, self._order), default=0)))
        self._file: Any = pyBigWig.open(str(self._part), "w")  # Any: pyBigWig has no types.
        self._file.addHeader(list(self._chromosomes.items()))

    def __enter__(self) -> "BigWigWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        else:
            self._discard()

    def append(self, chromosome: str, start: int, step: int, values: NDArray[np.floating]) -> None:
        """Puts value i on [start + i * step, start + (i + 1) * step); NaN leaves a gap.

        Chromosomes come in the order of the header, positions ascend.

        Raises:
            InvalidRequest: the disk is full.
        """
        assert (self._order[chromosome], start) >= self._last, "values must come in genome order"
        assert start + len(values) * step <= self._chromosomes[chromosome], "values must lie on the chromosome"
        self._last = (self._order[chromosome], start + len(values) * step)
        runs = _known_runs(values)
        self._values, self._runs = self._values + len(values), self._runs + len(runs)
        self._check_room(_PER_VALUE * len(values) + _PER_RUN * len(runs))
        for first, last in runs:
            run = np.ascontiguousarray(values[first:last], dtype=np.float32)
            self._file.addEntries(chromosome, start + first * step, values=run, span=step, step=step)
            self._bases += (last - first) * step
            self._minimum, self._maximum = min(self._minimum, float(run.min())), max(self._maximum, float(run.max()))

    def _check_place(self) -> None:
        folder = self._path.parent
        if not folder.is_dir():
            raise InvalidRequest(f"There is no folder {folder} to write {self._path.name} to.")
        if self._path.is_dir():
            raise InvalidRequest(f"{self._path} is a folder; name a file.")
        if not os.access(folder, os.W_OK):
            raise InvalidRequest(f"The folder {folder} may not be written to; choose another place for the bigWig.")

    def _check_room(self, more: int) -> None:
        """Asks the disk before pyBigWig does, because a write that fails inside it ends the whole process."""
        written = self._part.stat().st_size if self._part.exists() else 0
        later = self._room_at_end(written)
        try:
            self._room.ask(written, more, later)
        except OSError as error:
            self._room.give_back()
            self._discard()
            reason = (error.strerror or str(error)).lower()
            needed = f"; at least {file_size(more + later)} more are needed there" if error.errno != errno.EFBIG else ""
            raise InvalidRequest(f"{self._path} cannot be written: {reason}{needed}.") from None

    def _room_at_end(self, written: int) -> int:
        """Bytes that come after the values: indexes, and zoom levels, which are smaller than the values."""
        of_few = _AT_END_PER_VALUE * self._values + _AT_END_PER_RUN * self._runs
        return _AT_END + min(of_few, _MOST_AT_END) + written // 2

    def _finish(self) -> None:
        self._check_room(0)
        self._room.give_back()
        self._file.close()
        if not self._bases:
            # pyBigWig would leave a file without an index, which other readers call damaged.
            self._part.unlink(missing_ok=True)
            raise InvalidRequest(f"{self._path} was not written: there is no value to put into it.")
        try:
            with pyBigWig.open(str(self._part)) as written:
                is_complete = written.header()["nBasesCovered"] == self._bases
        except RuntimeError:
            is_complete = False
        if not is_complete:
            self._part.unlink(missing_ok=True)
            raise InvalidRequest(f"{self._path} could not be written completely; is the disk full?")
        try:
            correct_summaries(self._part, self._minimum, self._maximum)
            put_in_place(self._part, self._path)
        except OSError as error:
            self._part.unlink(missing_ok=True)
            raise InvalidRequest(f"{self._path} cannot be written: {(error.strerror or str(error)).lower()}.") from None

    def _discard(self) -> None:
        self._room.give_back()
        if hasattr(self, "_file"):
            self._file.close()
        self._part.unlink(missing_ok=True)


def _known_runs(values: NDArray[np.floating]) -> list[tuple[int, int]]:
    is_known = np.concatenate(([False], np.isfinite(values), [False])).astype(np.int8)
    edges = np.diff(is_known)
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))
