"""Paints tracks of intervals: chromatin states, peaks, and planted sites of a synthetic genome."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor

from ebert_core.protocol.locus import Interval
from ebert_core.protocol.tracks import Peaks, StateName, States, Truth
from ebert_gui.browser.content import Held, Setting, TrackContent
from ebert_gui.browser.signal import Scale
from ebert_gui.browser.surface import Centre, Left, Surface
from ebert_gui.state.tracks import PeaksTrack, StatesTrack, TruthTrack

_PADDING = 4.0
_TICK = 2.5


class Marks(NamedTuple):
    """Intervals in order, each once, with a number each (a summit, or whether a site is bound)."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    values: NDArray[np.int64]
    omitted: int = 0


def marks_of(replies: Iterable[Held[object]]) -> Marks:
    """The peaks or sites of all replies; one that several replies hold counts once."""
    rows: list[NDArray[np.int64]] = []
    omitted = 0
    for held in replies:
        match held.reply:
            case Peaks(starts=starts, ends=ends, summits=summits, omitted=left_out):
                rows.append(np.column_stack([starts, ends, summits]))
                omitted += left_out
            case Truth(starts=starts, ends=ends, is_bound=is_bound):
                rows.append(np.column_stack([starts, ends, is_bound.astype(np.int64)]))
    if not rows or not sum(len(each) for each in rows):
        nothing = np.empty(0, dtype=np.int64)
        return Marks(nothing, nothing, nothing, omitted)
    unique = np.unique(np.concatenate(rows), axis=0)
    return Marks(unique[:, 0], unique[:, 1], unique[:, 2], omitted)


def paint_states(
    surface: Surface, _track: StatesTrack, content: TrackContent, _scale: Scale, _setting: Setting
) -> None:
    """Runs of states in their colours."""
    top, height = _PADDING, surface.height - 2 * _PADDING
    for held in content.replies("states"):
        states = held.reply
        if not isinstance(states, States):
            continue
        left = max(0.0, surface.axis.x_of(held.interval.start))
        right = min(surface.axis.width, surface.axis.x_of(held.interval.end))
        if right > left:
            surface.rectangle(left, top + height - 1, right - left, 1, surface.palette.hairline)
        starts, ends = surface.axis.xs_of(states.starts), surface.axis.xs_of(states.ends)
        for number in np.unique(states.ids).tolist():
            chosen = states.ids == number
            surface.rectangles(starts[chosen], ends[chosen], top, height, states.names[number].colour)


def name_states(surface: Surface, _track: StatesTrack, content: TrackContent, _scale: Scale, _setting: Setting) -> None:
    """The names of states in the runs that are wide enough, in the middle of what is visible."""
    if surface.height < 18:
        return
    for start, end, state in _runs(content.replies("states")):
        left = max(surface.axis.x_of(start), 0.0)
        right = min(surface.axis.x_of(end), surface.axis.width)
        if right - left > 24 and right - left > surface.text_width(state.name, 10) + 10:
            box = QRectF(left, 0, right - left, surface.height)
            surface.text(box, state.name, ink_on(state.colour), 10, Centre)


def _runs(replies: tuple[Held[object], ...]) -> Iterator[tuple[int, int, StateName]]:
    """Runs of the finest replies, pieces that touch put together."""
    finest = min((held.level for held in replies), default=0)
    pieces: list[tuple[int, int, StateName]] = []
    for held in replies:
        if held.level == finest and isinstance(held.reply, States):
            states = held.reply
            rows = zip(states.starts.tolist(), states.ends.tolist(), states.ids.tolist(), strict=True)
            pieces += [(start, end, states.names[number]) for start, end, number in rows]
    pieces.sort(key=lambda piece: piece[:2])
    present: tuple[int, int, StateName] | None = None
    for start, end, state in pieces:
        if present is not None and start <= present[1] and state == present[2]:
            present = (present[0], max(end, present[1]), state)
            continue
        if present is not None:
            yield present
        present = (start, end, state)
    if present is not None:
        yield present


def ink_on(colour: str) -> str:
    """Black or white, whichever is easier to read on a colour."""
    background = QColor(colour)
    light = 0.299 * background.red() + 0.587 * background.green() + 0.114 * background.blue()
    return "#1a1f26" if light > 140 else "#ffffff"


def describe_states(_track: StatesTrack, content: TrackContent, position: float, _interval: Interval) -> str:
    """The state under a position."""
    for held in reversed(content.replies("states")):
        states = held.reply
        if isinstance(states, States) and held.interval.start <= position < held.interval.end:
            place = int(np.searchsorted(states.starts, position, side="right")) - 1
            if place >= 0 and position < states.ends[place]:
                return states.names[int(states.ids[place])].name
            return "no state"
    return ""


def paint_peaks(surface: Surface, track: PeaksTrack, content: TrackContent, _scale: Scale, _setting: Setting) -> None:
    """Peaks as bars with a longer tick at the summit."""
    colour = track.colour or surface.palette.peak
    height = min(10.0, surface.height - 2 * _PADDING)
    top = (surface.height - height) / 2
    paint_bars(surface, marks_of(content.replies("peaks")), top, height, colour)


def paint_bars(surface: Surface, marks: Marks, top: float, height: float, colour: str) -> None:
    """Bars of equal height; where they are wide enough a tick of their colour stands out of them at the summit."""
    starts, ends = surface.axis.xs_of(marks.starts), surface.axis.xs_of(marks.ends)
    surface.rectangles(starts, ends, top, height, colour)
    wide = (ends - starts > 5) & (marks.values >= 0) & (ends > 0) & (starts < surface.axis.width)
    for x in surface.axis.xs_of(marks.values[wide] + 0.5).tolist():
        surface.rectangle(x - 0.75, top - _TICK, 1.5, height + 2 * _TICK, colour)


def describe_peaks(_track: PeaksTrack, content: TrackContent, position: float, _interval: Interval) -> str:
    """The peak under a position."""
    for held in reversed(content.replies("peaks")):
        peaks = held.reply
        if isinstance(peaks, Peaks):
            for place in np.flatnonzero((peaks.starts <= position) & (position < peaks.ends)).tolist():
                name = peaks.names[place] if place < len(peaks.names) else ""
                return f"{name} {peaks.scores[place]:.4g}".strip()
    return ""


def paint_truth(surface: Surface, track: TruthTrack, content: TrackContent, _scale: Scale, _setting: Setting) -> None:
    """Planted sites as ticks: filled where bound, hollow where not."""
    sites = marks_of(content.replies("truth"))
    colour = track.colour or surface.palette.text
    middles = surface.axis.xs_of((sites.starts + sites.ends) / 2)
    size, middle = 5.0, surface.height / 2
    for x, is_bound in zip(middles.tolist(), sites.values.tolist(), strict=True):
        if not -size <= x <= surface.axis.width + size:
            continue
        outer = [(x - size, middle - size), (x + size, middle - size), (x, middle + size)]
        surface.polygon(outer, colour)
        if not is_bound:
            inner = [(x - size + 2.6, middle - size + 1.4), (x + size - 2.6, middle - size + 1.4), (x, middle + 2.4)]
            surface.polygon(inner, surface.palette.canvas)


def explain_truth(
    surface: Surface, _track: TruthTrack, content: TrackContent, _scale: Scale, _setting: Setting
) -> None:
    """What filled and hollow mean, in the widest gap between sites."""
    sites = marks_of(content.replies("truth"))
    if not sites.starts.size:
        return
    legend = "filled: bound, hollow: not bound"
    width = surface.text_width(legend, 10) + 24
    xs = np.clip(surface.axis.xs_of((sites.starts + sites.ends) / 2), 0.0, surface.axis.width)
    edges = np.concatenate([[0.0], np.unique(xs), [surface.axis.width]])
    widest = int(np.argmax(np.diff(edges)))
    if edges[widest + 1] - edges[widest] > width:
        box = QRectF(float(edges[widest]) + 12, 0, width, surface.height)
        surface.text(box, legend, surface.palette.muted, 10, Left)


def describe_truth(_track: TruthTrack, content: TrackContent, position: float, interval: Interval) -> str:
    """The planted site near a position."""
    sites = marks_of(content.replies("truth"))
    reach = max(10.0, interval.length / 200)
    near = np.flatnonzero((sites.starts - reach <= position) & (position < sites.ends + reach)).tolist()
    return ("planted, bound" if sites.values[near[0]] else "planted, not bound") if near else ""
