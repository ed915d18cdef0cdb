"""Where the summaries of a bigWig contradict themselves, so that the values are read in their place.

libBigWig, and so every file that pyBigWig or deepTools has written, leaves sums at 0 in the last record of each block
of a zoom level. A lone peak there would vanish when zoomed out.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# What sums of float32 lose.
_ROUNDING = 1e-4


class Binned(NamedTuple):
    """Minimum, maximum and mean of each bin; NaN where there is no value."""

    minimum: NDArray[np.float32]
    maximum: NDArray[np.float32]
    mean: NDArray[np.float32]


class LastRecord(NamedTuple):
    """[start, end) of a chromosome, by the file's name of it, and how many bases the file says have a value there."""

    chromosome: str
    start: int
    end: int
    bases: int


def contradicts_itself(bins: Binned) -> NDArray[np.bool_]:
    """Which bins have a value, and a mean that is none or lies outside of minimum and maximum."""
    slack = _ROUNDING * np.fmax(np.abs(bins.minimum), np.abs(bins.maximum))
    is_within = (bins.mean >= bins.minimum - slack) & (bins.mean <= bins.maximum + slack)
    has_value: NDArray[np.bool_] = np.isfinite(bins.maximum)
    return has_value & ~is_within


def wrong_ends(reader: Any, lengths: dict[str, int]) -> tuple[LastRecord, ...]:
    """The last records of the zoom levels of a file, of pybigtools, that contradict themselves.

    One that covers several values and has lost its sum may lower the mean of a bin, which stays within its bounds and
    does not tell by itself. The records of a level follow each other in the order of the chromosomes.
    """
    found = []
    chromosome, start = "", 0
    for width in sorted(reader.zooms(), reverse=True):
        last = None
        for name in [chromosome] if chromosome else reversed(lengths):
            last = _last(reader.zoom_records(width, name, start, lengths[name]))
            if last is not None:
                chromosome, (start, end, summary) = name, last
                break
        if last is not None and _is_wrong(summary):
            found.append(LastRecord(chromosome, start, end, int(summary["bases_covered"])))
    return tuple(found)


def _last(records: Any) -> tuple[int, int, dict[str, float]] | None:
    last = None
    for last in records:  # noqa: B007 # the last one is what counts
        pass
    return last


def _is_wrong(summary: dict[str, float]) -> bool:
    bases = summary["bases_covered"]
    mean = summary["sum"] / bases if bases else np.nan
    bins = (np.array([value]) for value in (summary["min_val"], summary["max_val"], mean))
    if contradicts_itself(Binned(*bins)).item():
        return True
    # Values on both sides of 0 may add up to 0, but their squares do not.
    return not summary["sum_squares"] and bool(summary["min_val"] or summary["max_val"])
