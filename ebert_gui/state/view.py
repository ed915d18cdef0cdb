"""The pane on screen: how it moves, and where it has been."""

from collections.abc import Mapping

from ebert_core.protocol.terms.locus import Interval
from ebert_gui.state.history import History
from ebert_gui.state.pane import Pane, Span

SMALLEST_SPAN = 24.0
_REMEMBERED_PLACES = 200


class ViewRange:
    """Moves the pane of a set-up. `columns` is the number of device pixels across."""

    def __init__(self, history: History) -> None:
        self._history = history
        self.changed = history.follow(lambda setup: setup.pane.span)
        self.columns = 1000
        self.chromosome_lengths: dict[str, int] = {}
        self._past: list[Span] = []
        self._future: list[Span] = []

    @property
    def span(self) -> Span:
        """The stretch on screen."""
        return self._history.setup.pane.span

    @property
    def interval(self) -> Interval:
        """The whole bases on screen."""
        return self.span.interval

    @property
    def bases_per_column(self) -> float:
        """Bases under one device pixel."""
        return self.span.length / max(1, self.columns)

    @property
    def chromosome_length(self) -> int:
        """Length of the chromosome on screen, 0 before a genome is open."""
        return self.chromosome_lengths.get(self.span.chromosome, 0)

    @property
    def can_go_back(self) -> bool:
        """Whether there is an earlier place."""
        return bool(self._past)

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a later place to return to."""
        return bool(self._future)

    def open_genome(self, chromosome_lengths: Mapping[str, int], start: Interval | None = None) -> Pane:
        """Take another genome; the pane to begin with, at `start` or at the beginning of the first chromosome."""
        self.chromosome_lengths = dict(chromosome_lengths)
        self._past.clear()
        self._future.clear()
        if start is None or start.chromosome not in self.chromosome_lengths:
            name, length = next(iter(self.chromosome_lengths.items()), ("", 1000))
            start = Interval(name, 0, min(length, 1_000_000))
        return Pane(span=self._within(Span(start.chromosome, float(start.start), float(start.end))))

    def set_columns(self, columns: int) -> None:
        """Take note of the width of the drawing in device pixels."""
        if columns != self.columns and columns > 0:
            self.columns = columns
            self.changed.announce()

    def show(self, interval: Interval) -> None:
        """Jump to a place; `go_back` returns."""
        self.jump(Span(interval.chromosome, float(interval.start), float(interval.end)))

    def jump(self, span: Span) -> None:
        """Jump to a place that is known to fractions of a base; `go_back` returns."""
        if self.span.chromosome:
            self._past = [*self._past, self.span][-_REMEMBERED_PLACES:]
            self._future.clear()
        self._move(span)

    def pan_by(self, bases: float) -> None:
        """Slide; the ends of the chromosome hold."""
        chromosome, start, end = self.span
        self._move(Span(chromosome, start + bases, end + bases))

    def zoom_about(self, position: float, factor: float) -> None:
        """Make the stretch `factor` times shorter while the position stays where it is on screen."""
        chromosome, start, end = self.span
        length = min(max((end - start) / factor, SMALLEST_SPAN), max(self.chromosome_length, SMALLEST_SPAN))
        share = (position - start) / (end - start)
        first = position - share * length
        self._move(Span(chromosome, first, first + length))

    def zoom(self, factor: float) -> None:
        """Zoom about the middle."""
        self.zoom_about((self.span.start + self.span.end) / 2, factor)

    def centre_on(self, position: float) -> None:
        """Slide until the position is in the middle."""
        self.pan_by(position - (self.span.start + self.span.end) / 2)

    def go_back(self) -> None:
        """Return to the place before the last jump."""
        if self._past:
            self._future.append(self.span)
            self._move(self._past.pop())

    def go_forward(self) -> None:
        """Undo going back."""
        if self._future:
            self._past.append(self.span)
            self._move(self._future.pop())

    def _move(self, span: Span) -> None:
        self._history.move(self._history.setup.with_span(self._within(span)))

    def _within(self, span: Span) -> Span:
        """The nearest stretch that lies on the chromosome and is not too short to be drawn."""
        whole = float(self.chromosome_lengths.get(span.chromosome, 0)) or span.end
        length = min(max(span.length, min(SMALLEST_SPAN, whole)), whole)
        start = min(max(span.start, 0.0), whole - length)
        return Span(span.chromosome, start, start + length)
