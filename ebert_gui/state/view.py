"""The stretch of the genome on screen: where it is, how it moves, and where it has been.

Positions are 0-based, half-open float64, so that slow drags of less than a base add up; only requests are integers.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

from ebert_core.protocol.locus import Interval
from ebert_gui.state.announcer import Announcer

SMALLEST_SPAN = 24.0
_REMEMBERED_PLACES = 200


class Span(NamedTuple):
    """Bases [start, end) of a chromosome, in fractions of a base."""

    chromosome: str
    start: float
    end: float

    @property
    def length(self) -> float:
        """Number of bases."""
        return self.end - self.start

    @property
    def interval(self) -> Interval:
        """The whole bases that this touches."""
        return Interval(self.chromosome, math.floor(self.start), math.ceil(self.end))


class ViewRange:
    """What is on screen. `columns` is the number of device pixels across."""

    def __init__(self) -> None:
        self.changed = Announcer()
        self.columns = 1000
        self.chromosome_lengths: dict[str, int] = {}
        self._span = Span("", 0.0, 1000.0)
        self._past: list[Span] = []
        self._future: list[Span] = []

    @property
    def span(self) -> Span:
        """The stretch on screen."""
        return self._span

    @property
    def interval(self) -> Interval:
        """The whole bases on screen."""
        return self._span.interval

    @property
    def bases_per_column(self) -> float:
        """Bases under one device pixel."""
        return self._span.length / max(1, self.columns)

    @property
    def chromosome_length(self) -> int:
        """Length of the chromosome on screen, 0 before a genome is open."""
        return self.chromosome_lengths.get(self._span.chromosome, 0)

    @property
    def can_go_back(self) -> bool:
        """Whether there is an earlier place."""
        return bool(self._past)

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a later place to return to."""
        return bool(self._future)

    def open_genome(self, chromosome_lengths: Mapping[str, int], start: Interval | None = None) -> None:
        """Move to another genome, at `start` or at the beginning of its first chromosome."""
        self.chromosome_lengths = dict(chromosome_lengths)
        self._past.clear()
        self._future.clear()
        if start is None or start.chromosome not in self.chromosome_lengths:
            name, length = next(iter(self.chromosome_lengths.items()), ("", 1000))
            start = Interval(name, 0, min(length, 1_000_000))
        self._move(Span(start.chromosome, float(start.start), float(start.end)))

    def set_columns(self, columns: int) -> None:
        """Take note of the width of the drawing in device pixels."""
        if columns != self.columns and columns > 0:
            self.columns = columns
            self.changed.announce()

    def show(self, interval: Interval) -> None:
        """Jump to a place; `go_back` returns."""
        if self._span.chromosome:
            self._past = [*self._past, self._span][-_REMEMBERED_PLACES:]
            self._future.clear()
        self._move(Span(interval.chromosome, float(interval.start), float(interval.end)))

    def pan_by(self, bases: float) -> None:
        """Slide; the ends of the chromosome hold."""
        chromosome, start, end = self._span
        self._move(Span(chromosome, start + bases, end + bases))

    def zoom_about(self, position: float, factor: float) -> None:
        """Make the stretch `factor` times shorter while the position stays where it is on screen."""
        chromosome, start, end = self._span
        length = min(max((end - start) / factor, SMALLEST_SPAN), max(self.chromosome_length, SMALLEST_SPAN))
        share = (position - start) / (end - start)
        first = position - share * length
        self._move(Span(chromosome, first, first + length))

    def zoom(self, factor: float) -> None:
        """Zoom about the middle."""
        self.zoom_about((self._span.start + self._span.end) / 2, factor)

    def centre_on(self, position: float) -> None:
        """Slide until the position is in the middle."""
        self.pan_by(position - (self._span.start + self._span.end) / 2)

    def go_back(self) -> None:
        """Return to the place before the last jump."""
        if self._past:
            self._future.append(self._span)
            self._move(self._past.pop())

    def go_forward(self) -> None:
        """Undo going back."""
        if self._future:
            self._past.append(self._span)
            self._move(self._future.pop())

    def _move(self, span: Span) -> None:
        whole = float(self.chromosome_lengths.get(span.chromosome, 0)) or span.end
        length = min(max(span.length, min(SMALLEST_SPAN, whole)), whole)
        start = min(max(span.start, 0.0), whole - length)
        moved = Span(span.chromosome, start, start + length)
        if moved != self._span:
            self._span = moved
            self.changed.announce()
