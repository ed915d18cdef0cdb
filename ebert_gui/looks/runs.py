"""Draws runs of classes, such as chromatin states: boxes in the colours of the classes, with their names."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor

from ebert_core.protocol.shapes import RunClass, Runs
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.look import Answer, Look, Room, Scale
from ebert_gui.browser.surface import Centre, Surface
from ebert_gui.state.tracks import Part

PADDING = 4.0
_NAME_PIXELS = 10


class RunsStyle(NamedTuple):
    """What is drawn, and what its runs are called where there are none."""

    part: Part[Runs]
    noun: str


class Boxes(NamedTuple):
    """The runs of one class in one reply."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    colour: str


class NamedRun(NamedTuple):
    """A run with room for its name, the width of the name, and its ink."""

    start: int
    end: int
    name: str
    width: float
    ink: str


class ArrangedRuns(NamedTuple):
    """The replies, of each the boxes by class, and the named runs of the finest."""

    style: RunsStyle
    replies: tuple[Held[Runs], ...]
    boxes: tuple[tuple[Boxes, ...], ...]
    named: tuple[NamedRun, ...]


class RunsLook(Look[RunsStyle, ArrangedRuns]):
    """A strip of boxes; names stand in those that are wide enough."""

    def arrange(self, style: RunsStyle, content: TrackContent, room: Room) -> ArrangedRuns:
        """Boxes by class, and which runs are wide enough for their names."""
        replies = content.of(style.part)
        named = tuple(_named(replies, room)) if room.height >= 18 else ()
        return ArrangedRuns(style, replies, tuple(tuple(_boxes(held.shape)) for held in replies), named)

    def paint(self, surface: Surface, arranged: ArrangedRuns, scale: Scale) -> None:
        """Runs in their colours; a line where there is a reply and no run."""
        del scale
        top, height = PADDING, surface.height - 2 * PADDING
        for held, boxes in zip(arranged.replies, arranged.boxes, strict=True):
            left = max(0.0, surface.axis.x_of(held.interval.start))
            right = min(surface.axis.width, surface.axis.x_of(held.interval.end))
            if right > left:
                surface.rectangle(left, top + height - 1, right - left, 1, surface.palette.hairline)
            for each in boxes:
                starts, ends = surface.axis.xs_of(each.starts), surface.axis.xs_of(each.ends)
                surface.rectangles(starts, ends, top, height, each.colour)

    def annotate(self, surface: Surface, arranged: ArrangedRuns, scale: Scale) -> None:
        """The names of runs in the middle of what is visible of them."""
        del scale
        for run in arranged.named:
            left = max(surface.axis.x_of(run.start), 0.0)
            right = min(surface.axis.x_of(run.end), surface.axis.width)
            if right - left > max(24, run.width + 10):
                box = QRectF(left, 0, right - left, surface.height)
                surface.text(box, run.name, run.ink, _NAME_PIXELS, Centre)

    def at(self, arranged: ArrangedRuns, position: float, _interval: Interval) -> Answer:
        """The class under a position."""
        for held in reversed(arranged.replies):
            runs = held.shape
            if held.interval.start <= position < held.interval.end:
                place = int(np.searchsorted(runs.starts, position, side="right")) - 1
                if place >= 0 and position < runs.ends[place]:
                    return Answer(runs.classes[int(runs.ids[place])].name)
                return Answer(f"no {arranged.style.noun}")
        return Answer()

    def blank(self, arranged: ArrangedRuns, axis: Axis) -> str:
        """That there are none."""
        shown = (((held.shape.starts < axis.end) & (held.shape.ends > axis.start)).any() for held in arranged.replies)
        return "" if any(shown) else f"No {arranged.style.noun}s here"


def _boxes(runs: Runs) -> Iterator[Boxes]:
    for number in np.unique(runs.ids).tolist():
        chosen = runs.ids == number
        yield Boxes(runs.starts[chosen], runs.ends[chosen], runs.classes[number].colour)


def _named(replies: tuple[Held[Runs], ...], room: Room) -> Iterator[NamedRun]:
    """Runs of the finest replies, pieces that touch put together, where they are wide enough for their names."""
    whole = [run for run in _whole_runs(replies) if run[1] - run[0] > 24 * room.bases_per_pixel]
    names = tuple(dict.fromkeys(run_class.name for _, _, run_class in whole))
    widths = dict(zip(names, room.text_widths(names, _NAME_PIXELS).tolist(), strict=True))
    for start, end, run_class in whole:
        yield NamedRun(start, end, run_class.name, widths[run_class.name], ink_on(run_class.colour))


def _whole_runs(replies: tuple[Held[Runs], ...]) -> Iterator[tuple[int, int, RunClass]]:
    finest = min((held.level for held in replies), default=0)
    pieces: list[tuple[int, int, RunClass]] = []
    for held in replies:
        if held.level == finest:
            runs = held.shape
            rows = zip(runs.starts.tolist(), runs.ends.tolist(), runs.ids.tolist(), strict=True)
            pieces += [(start, end, runs.classes[number]) for start, end, number in rows]
    pieces.sort(key=lambda piece: piece[:2])
    present: tuple[int, int, RunClass] | None = None
    for start, end, run_class in pieces:
        if present is not None and start <= present[1] and run_class == present[2]:
            present = (present[0], max(end, present[1]), run_class)
            continue
        if present is not None:
            yield present
        present = (start, end, run_class)
    if present is not None:
        yield present


def ink_on(colour: str) -> str:
    """Black or white, whichever is easier to read on a colour."""
    background = QColor(colour)
    light = 0.299 * background.red() + 0.587 * background.green() + 0.114 * background.blue()
    return "#1a1f26" if light > 140 else "#ffffff"
