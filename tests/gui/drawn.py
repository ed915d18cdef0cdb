"""Draws tracks as the canvas does, on a surface of the tests, and reads them out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from PyQt6.QtCore import QRectF

from ebert_core.genome.kinds import recognisers
from ebert_core.protocol.shapes import Shape
from ebert_core.protocol.terms.locus import Interval
from ebert_gui.browser import gutter
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import Held, TrackContent
from ebert_gui.browser.drawn_rows import DrawnRow, DrawnRows, shared_scales
from ebert_gui.browser.look import Answer, Room, Scale
from ebert_gui.browser.surface import Surface
from ebert_gui.kinds.table import Kinds
from ebert_gui.looks.feature_rows import Feature, Layout, lay_out
from ebert_gui.looks.feature_settings import FeatureSettings
from ebert_gui.looks.verdicts import Verdict, verdicts
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track
from ebert_gui.widgets.theme import LIGHT, window_font
from tests.gui.pages import Page

KINDS = Kinds()
KINDS.formats = recognisers().formats
NOWHERE = Interval("chr1", 0, 1000)
ANYWHERE = Scope()
FROM_0_TO_1 = Scale()
_PACKED = FeatureSettings()


class Given:
    """A source that knows one content, which a test may change."""

    def __init__(self, content: TrackContent) -> None:
        self.content_now = content

    def content(self, _track: Track) -> TrackContent:
        return self.content_now


def content_of(part: str, interval: Interval, *shapes: Shape) -> TrackContent:
    """Shapes of one part, all of which speak about an interval."""
    return TrackContent({part: tuple(Held(number, interval, shape) for number, shape in enumerate(shapes))})


def room_of(surface: Surface) -> Room:
    """What an arrangement on a surface depends on."""
    return Room(surface.axis.bases_per_pixel, surface.height, surface.palette, surface.font)


def drawn_row(surface: Surface, track: Track, content: TrackContent, scope: Scope = ANYWHERE) -> DrawnRow:
    """A track as it is drawn on a surface."""
    return DrawnRows(KINDS, Given(content)).row(track, scope, room_of(surface))


def row_over(axis: Axis, track: Track, content: TrackContent, scope: Scope = ANYWHERE) -> DrawnRow:
    """A track as it is drawn over an axis, at its own height."""
    room = Room(axis.bases_per_pixel, float(track.pixels), LIGHT, window_font())
    return DrawnRows(KINDS, Given(content)).row(track, scope, room)


def paint(surface: Surface, track: Track, content: TrackContent, scale: Scale, scope: Scope = ANYWHERE) -> None:
    """The strips of a track."""
    drawn_row(surface, track, content, scope).paint(surface, scale)


def annotate(surface: Surface, track: Track, content: TrackContent, scale: Scale, scope: Scope = ANYWHERE) -> None:
    """What is written over the strips of a track."""
    drawn_row(surface, track, content, scope).annotate(surface, scale)


def draw(
    page: Page,
    track: Track,
    content: TrackContent,
    height: float = 50.0,
    scope: Scope = ANYWHERE,
    scale: Scale = FROM_0_TO_1,
    **axis: Any,
) -> None:
    """Paint and annotate; the axis of the page with some of its fields changed."""
    surface = replace(page.surface, height=height, axis=page.surface.axis._replace(**axis))
    row = drawn_row(surface, track, content, scope)
    row.paint(surface, scale)
    row.annotate(surface, scale)


def texts_over(
    monkeypatch: pytest.MonkeyPatch, surface: Surface, track: Track, content: TrackContent, scope: Scope = ANYWHERE
) -> list[str]:
    """What is written over a track, each text whole and inside the plot."""
    said: list[str] = []

    def keep(self: Surface, box: QRectF, text: str, *_args: object, **_words: object) -> None:
        assert box.left() >= 0
        assert box.right() <= self.axis.width
        said.append(text)

    monkeypatch.setattr(Surface, "text", keep)
    annotate(surface, track, content, FROM_0_TO_1, scope)
    return said


def paint_label(
    surface: Surface, width: float, track: Track, content: TrackContent, scale: Scale | None, scope: Scope = ANYWHERE
) -> None:
    """What the gutter shows of a track."""
    gutter.paint_label(surface, width, drawn_row(surface, track, content, scope).label(surface, scale))


def caption(surface: Surface, track: Track, content: TrackContent, scope: Scope = ANYWHERE) -> str:
    """What the gutter says of the values."""
    return drawn_row(surface, track, content, scope).label(surface, None).caption


def scale_over(axis: Axis, track: Track, content: TrackContent, scope: Scope = ANYWHERE) -> Scale | None:
    """The scale that a track would have by itself."""
    row = row_over(axis, track, content, scope)
    found: Scale | None = row.look.range_of(row.arranged, axis)
    return found


def scales_over(axis: Axis, contents: Mapping[Track, TrackContent], scope: Scope = ANYWHERE) -> dict[str, Scale]:
    """The scales of tracks that are shown together."""
    return shared_scales([row_over(axis, track, content, scope) for track, content in contents.items()], axis)


def answer(
    track: Track, content: TrackContent, position: float, interval: Interval = NOWHERE, scope: Scope = ANYWHERE
) -> Answer:
    """What stands on a position, at ten bases a pixel."""
    row = row_over(Axis(interval.chromosome, interval.start, 10.0, interval.length / 10), track, content, scope)
    found: Answer = row.look.at(row.arranged, position, interval)
    return found


def words_at(track: Track, content: TrackContent, interval: Interval, *positions: float) -> list[str]:
    """The words for what stands on each position, where an interval is on screen."""
    return [answer(track, content, position, interval).words for position in positions]


def judged(axis: Axis, track: Track, content: TrackContent, scope: Scope) -> tuple[Verdict, ...]:
    """Where a prediction and the peaks beside it disagree."""
    return verdicts(row_over(axis, track, content, scope).arranged, axis)


def layout_of(surface: Surface, *features: Feature, settings: FeatureSettings = _PACKED) -> Layout:
    """Features as they are laid out on a surface."""
    return lay_out(features, room_of(surface), settings)
