"""Shapes: what a track can be made of. A closed list: what draws, writes or tabulates data knows these and no others.

A shape is a frozen struct of arrays and an interval. It says nothing of the file or the model that it comes from.
Positions are 0-based and half-open. `remarks` say what of a file was not read as it stands, or that it does not meet
the genome in view.
"""

from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from ebert_core.protocol.arrays import check_same_length
from ebert_core.protocol.terms.locus import Interval

# `strange names`: no name of the file is of the genome in view, so that nothing of it can be drawn there.
RemarkKind = Literal["reading", "prediction", "strange names"]


class Remark(msgspec.Struct, frozen=True):
    """What is to be said of a file that is drawn: in the few words that a track has room for, and in a sentence.

    `is_told` says it once in a message, too. `kind` is what it is about.
    """

    short: str
    full: str
    is_told: bool = True
    kind: RemarkKind = "reading"


class RunClass(msgspec.Struct, frozen=True):
    """A class of runs, such as a chromatin state: its name and its colour (`#rrggbb`)."""

    name: str
    colour: str


class Mark(msgspec.Struct, frozen=True):
    """What is to be known of [start, end): a `kind` for colours and choices, and the words for a person."""

    start: int
    end: int
    kind: str
    words: str


class Signal(msgspec.Struct, frozen=True, tag="signal"):
    """Minimum, maximum and mean of each of B equal bins, as float32; NaN where there is no value.

    The bins divide `binned`, or the interval where that is None, into equal parts. `block_bases` is set for a binary
    mark, which holds nothing but 0 and 1: the width of its blocks, 1 where they have none in common. `is_draft` says
    that better values will follow.
    """

    interval: Interval
    minimum: NDArray[np.float32]
    maximum: NDArray[np.float32]
    mean: NDArray[np.float32]
    binned: Interval | None = None
    block_bases: int | None = None
    is_draft: bool = False
    marks: tuple[Mark, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        check_same_length(minimum=self.minimum, maximum=self.maximum, mean=self.mean)
        if self.binned is not None and self.binned.length < 1:
            raise ValueError(f"the bins divide {self.binned.length} bases")

    @property
    def bins(self) -> Interval:
        """The stretch that the bins divide into equal parts."""
        return self.binned or self.interval

    @property
    def bin_width(self) -> float:
        """Bases per bin."""
        return self.bins.length / max(1, len(self.mean))


class Parts(msgspec.Struct, frozen=True):
    """The parts of N features, one after the other: the first `counts[0]` belong to the first feature, and so on."""

    counts: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def __post_init__(self) -> None:
        count = check_same_length(starts=self.starts, ends=self.ends)
        if (self.counts < 0).any() or self.counts.sum() != count:
            raise ValueError(f"{count} parts came for {self.counts.sum()}")

    def pairs(self) -> list[tuple[tuple[int, int], ...]]:
        """Of each feature its parts as (start, end)."""
        both = list(zip(self.starts.tolist(), self.ends.tolist(), strict=True))
        stops = np.cumsum(self.counts).tolist()
        return [tuple(both[first:last]) for first, last in zip([0, *stops[:-1]], stops, strict=True)] if stops else []


class Column(msgspec.Struct, frozen=True):
    """One more thing that a file says of each feature, as text."""

    name: str
    values: tuple[str, ...]


class Features(msgspec.Struct, frozen=True, tag="features"):
    """N features in order of their starts; what is not known of them is empty or None.

    `strands` holds a character for each: `+`, `-` or `.`. `summits` are absolute, -1 where unknown. `parts` are blocks
    or exons, `thick_parts` what of them is drawn thick, as coding parts are. `score_name` is what scores are called;
    with `is_shaded` the file asks that they shade its features. `omitted` more features were not sent.

    Where features are too many to be told apart, none is sent: `density` then says how many of them overlap each of
    some equal bins of the interval.
    """

    interval: Interval
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    names: tuple[str, ...] = ()
    scores: NDArray[np.float32] | None = None
    strands: str = ""
    summits: NDArray[np.int64] | None = None
    colours: tuple[str, ...] = ()
    parts: Parts | None = None
    thick_parts: Parts | None = None
    columns: tuple[Column, ...] = ()
    score_name: str = "score"
    is_shaded: bool = False
    omitted: int = 0
    density: NDArray[np.int64] | None = None
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        count = check_same_length(starts=self.starts, ends=self.ends)
        if self.density is not None and (count or not self.density.size):
            raise ValueError(f"{self.density.size} bins came in place of features, and {count} features")
        for what, array in (("scores", self.scores), ("summits", self.summits)):
            if array is not None:
                check_same_length(starts=self.starts, **{what: array})
        for what, given in (("names", self.names), ("strands", self.strands), ("colours", self.colours)):
            _check_count(what, len(given), count)
        for column in self.columns:
            _check_count(f"values of {column.name}", len(column.values), count)
        for parts in (self.parts, self.thick_parts):
            if parts is not None and len(parts.counts) != count:
                raise ValueError(f"parts of {len(parts.counts)} features came for {count}")

    def column(self, name: str) -> tuple[str, ...]:
        """What the file says under a name; empty where it says nothing."""
        return next((column.values for column in self.columns if column.name == name), ())


class Runs(msgspec.Struct, frozen=True, tag="runs"):
    """Runs of one class each; `ids` index `classes`. When `is_reduced`, runs of columns show their commonest class."""

    interval: Interval
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    ids: NDArray[np.uint8]
    classes: tuple[RunClass, ...]
    is_reduced: bool = False
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        check_same_length(starts=self.starts, ends=self.ends, ids=self.ids)
        if len(self.ids) and self.ids.max() >= len(self.classes):
            raise ValueError(f"a run has the class {self.ids.max()}, and there are {len(self.classes)} classes")


class Letters(msgspec.Struct, frozen=True, tag="letters"):
    """`codes` are uint8 base codes, one per base; N outside the chromosome."""

    interval: Interval
    codes: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if check_same_length(codes=self.codes) != self.interval.length:
            raise ValueError(f"{len(self.codes):,} bases came for {self.interval.length:,}")


class Grid(msgspec.Struct, frozen=True, tag="grid"):
    """R named rows of values; the C columns divide the interval into equal parts. NaN is a gap."""

    interval: Interval
    rows: tuple[str, ...]
    values_RC: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.values_RC.ndim != 2 or len(self.values_RC) != len(self.rows):
            raise ValueError(f"values of the shape {self.values_RC.shape} came for {len(self.rows)} rows")

    @property
    def column_width(self) -> float:
        """Bases per column."""
        return self.interval.length / max(1, int(self.values_RC.shape[1]))

    def row(self, name: str) -> NDArray[np.float32]:
        """The values of a row."""
        values_C: NDArray[np.float32] = self.values_RC[self.rows.index(name)]
        return values_C


class Matrix(msgspec.Struct, frozen=True, tag="matrix"):
    """Values between each two of T equal parts of the interval; row = from, column = to."""

    interval: Interval
    values_TT: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.values_TT.ndim != 2 or self.values_TT.shape[0] != self.values_TT.shape[1]:
            raise ValueError(f"a matrix of the shape {self.values_TT.shape} is no square")

    @property
    def part_width(self) -> float:
        """Bases per part."""
        return self.interval.length / max(1, len(self.values_TT))


class Arcs(msgspec.Struct, frozen=True, tag="arcs"):
    """N pairs of stretches, each with at least one end in the interval; what is not known of them is empty or None.

    The first end, [starts, ends), lies on the interval's chromosome. Where `elsewhere` is empty, the other end lies
    there, too, and not before the first; else it lies on the chromosome that `elsewhere` names, `?` where nobody knows
    (and its places are -1). `colours` are empty for those that have none; `strands` hold two characters of `+-.` each.
    `omitted` more pairs were not sent.
    """

    interval: Interval
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    other_starts: NDArray[np.int64]
    other_ends: NDArray[np.int64]
    elsewhere: tuple[str, ...]
    values: NDArray[np.float32]
    names: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    strands: tuple[str, ...] = ()
    omitted: int = 0
    remarks: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        check_same_length(starts=self.starts, values=self.values)
        count = check_same_length(
            starts=self.starts, ends=self.ends, other_starts=self.other_starts, other_ends=self.other_ends
        )
        if len(self.elsewhere) != count:
            raise ValueError(f"{len(self.elsewhere)} chromosomes came for {count} pairs")
        for what, given in (("names", self.names), ("colours", self.colours), ("strands", self.strands)):
            _check_count(what, len(given), count, "pairs")


UNKNOWN_END = "?"

Shape = Signal | Features | Runs | Letters | Grid | Matrix | Arcs


def _check_count(what: str, given: int, wanted: int, of: str = "features") -> None:
    if given not in (0, wanted):
        raise ValueError(f"{given} {what} came for {wanted} {of}")
