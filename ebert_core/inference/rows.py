"""A table with a row for each region that was asked for: its highest and mean prediction, however short it is."""

# X = bins of a stretch, R = regions.

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ebert_core.inference.files import Append, Contents, complete_file
from ebert_core.inference.stretches import Block, Region, Stretch, bins_touching, by_stretch
from ebert_core.protocol.terms.grid import POSITION

_HEADING = "#chromosome\tstart\tend\tname\tmaximum\tmean\tbins\n"


class RegionScores:
    """Highest value, mean and number of the bins that overlap each region, gathered from stretches of bins."""

    def __init__(self, regions: Sequence[Region], lengths: dict[str, int]) -> None:
        self._regions = regions
        self._maximum_R = np.full(len(regions), np.nan)
        self._sum_R = np.zeros(len(regions))
        self._bins_R = np.zeros(len(regions), dtype=np.int64)
        rows: dict[str, list[int]] = {}
        for row, region in enumerate(regions):
            rows.setdefault(region.chromosome, []).append(row)
        self._on = {name: _Ordered.of(regions, on_it, lengths[name]) for name, on_it in rows.items()}

    def add(self, stretch: Stretch, value_X: NDArray[np.float32]) -> None:
        """Takes the values of a stretch; every stretch comes once."""
        ordered = self._on[stretch.chromosome]
        low = int(np.searchsorted(ordered.furthest_R, stretch.start, side="right"))
        high = int(np.searchsorted(ordered.first_R, stretch.end, side="left"))
        for number in range(low, high):
            first = max(0, (int(ordered.first_R[number]) - stretch.start) // POSITION)
            last = (int(ordered.end_R[number]) - stretch.start) // POSITION
            values = value_X[first : max(first, last)]
            known = values[np.isfinite(values)]
            if len(known):
                row = ordered.row_R[number]
                self._maximum_R[row] = np.fmax(self._maximum_R[row], known.max())
                self._sum_R[row] += known.sum(dtype=np.float64)
                self._bins_R[row] += len(known)

    def lines(self) -> Iterator[str]:
        """A heading and a line for each region, in the order of the request; NA where no bin has a value."""
        yield _HEADING
        for region, maximum, total, bins in zip(self._regions, self._maximum_R, self._sum_R, self._bins_R, strict=True):
            found = f"{maximum:.6g}\t{total / bins:.6g}" if bins else "NA\tNA"
            yield f"{region.chromosome}\t{region.start}\t{region.end}\t{region.name or '.'}\t{found}\t{bins}\n"


class _Ordered(NamedTuple):
    """Regions of one chromosome in the order of their first bins: where those bins begin, and where the next would."""

    row_R: NDArray[np.int64]
    first_R: NDArray[np.int64]
    end_R: NDArray[np.int64]
    furthest_R: NDArray[np.int64]

    @classmethod
    def of(cls, regions: Sequence[Region], rows: Sequence[int], length: int) -> "_Ordered":
        starts = np.array([regions[row].start for row in rows], dtype=np.int64)
        ends = np.array([regions[row].end for row in rows], dtype=np.int64)
        first_R, end_R = bins_touching(starts, ends, length)
        order = np.argsort(first_R, kind="stable")
        sorted_end_R = end_R[order]
        furthest_R = np.maximum.accumulate(sorted_end_R)
        return cls(np.array(rows, dtype=np.int64)[order], first_R[order], sorted_end_R, furthest_R)


@contextmanager
def rows_file(path: Path, contents: Contents) -> Iterator[Append]:
    """The rows of all regions, written when all blocks have come."""
    scores = RegionScores(contents.regions, contents.lengths)

    def append(block: Block, content: bytes) -> None:
        for stretch, values in by_stretch(block, np.frombuffer(content, dtype=np.float32)):
            scores.add(stretch, values)

    with complete_file(path) as file:
        yield append
        text = "".join(scores.lines()).encode()
        file.write(gzip.compress(text, mtime=0) if path.name.lower().endswith(".gz") else text)
