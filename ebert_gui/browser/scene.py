"""The whole drawing: header, gutter and tracks, for the window as for picture files."""

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QImage, QPainter, QRegion

from ebert_core.protocol.regions import NamedRegion
from ebert_gui.browser import chrome, gutter, region_marks
from ebert_gui.browser.axis import Axis
from ebert_gui.browser.content import ContentSource, TrackContent
from ebert_gui.browser.drawn_rows import DrawnRow, DrawnRows, shared_scales
from ebert_gui.browser.fonts import SMALL_PIXELS
from ebert_gui.browser.look import Answer, Drawings, Room, Scale
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.region_marks import RegionMarks, Sight
from ebert_gui.browser.shortening import without_folders
from ebert_gui.browser.strips import STRIP_COLUMNS, StripCache
from ebert_gui.browser.surface import Left, Surface
from ebert_gui.state.scope import Scope
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace

GUTTER = 168
TRACK_GAP = 5


class Row(NamedTuple):
    """A track and where it stands: logical y of its top, and its height."""

    track: Track
    top: float
    height: float


class Link(NamedTuple):
    """A sentence in a track that can be clicked."""

    box: QRectF
    track: Track
    is_details: bool


class Scene:
    """Draws a workspace with what a content source knows of it; `drawings` say how each kind of track is drawn."""

    def __init__(
        self, workspace: Workspace, source: ContentSource, drawings: Drawings, palette: Palette, font: QFont
    ) -> None:
        self.workspace = workspace
        self.palette = palette
        self.font = font
        self.ratio = 1.0
        self.width = 1000.0
        self.height = 600.0
        self.scroll = 0.0
        self.strips = StripCache()
        self.links: list[Link] = []
        self.drawn = DrawnRows(drawings, source)
        self._source = source
        self._drawings = drawings
        self._scales: dict[str, Scale] = {}
        self._blanks: dict[str, str] = {}
        self._painted: dict[str, tuple[object, ...]] = {}
        self._region_marks = RegionMarks()

    @property
    def header_height(self) -> int:
        """Where the tracks begin."""
        return chrome.header_height(self.workspace.dataset) + self.strip_height

    @property
    def strip_height(self) -> int:
        """Height of the strip of regions, which is there where a person has any."""
        return region_marks.STRIP_HEIGHT if self.workspace.setup.regions else 0

    @property
    def ruler_bottom(self) -> int:
        """Where the ruler ends."""
        return self.header_height - self.strip_height

    @property
    def plot_columns(self) -> int:
        """Device pixels of the plot."""
        return max(1, round((self.width - GUTTER) * self.ratio))

    @property
    def content_height(self) -> float:
        """Height of all tracks."""
        return sum(track.pixels + TRACK_GAP for track in self.workspace.setup.tracks)

    def twin(self, palette: Palette) -> "Scene":
        """Another scene of the same tracks at the same width, in other colours."""
        twin = Scene(self.workspace, self._source, self._drawings, palette, self.font)
        twin.ratio, twin.width, twin.height, twin.scroll = self.ratio, self.width, self.height, self.scroll
        return twin

    def dress(self, palette: Palette, font: QFont) -> None:
        """Draw in other colours or another font."""
        self.palette, self.font = palette, font
        self.strips.clear()
        self.drawn.clear()

    def axis(self) -> Axis:
        """The axis of the plot; its start lies on a whole device pixel so that strips fit."""
        span = self.workspace.view.span
        bases = span.length / self.plot_columns
        start = round(span.start / bases) * bases
        return Axis(span.chromosome, start, bases * self.ratio, self.plot_columns / self.ratio, self.ratio)

    def rows(self) -> Iterator[Row]:
        """The tracks, top to bottom, where they stand now."""
        top = self.header_height - self.scroll
        for track in self.workspace.setup.tracks:
            yield Row(track, top, track.pixels)
            top += track.pixels + TRACK_GAP

    def row_at(self, y: float) -> Row | None:
        """The row under a logical y."""
        if y < self.header_height:
            return None
        return next((row for row in self.rows() if row.top <= y < row.top + row.height + TRACK_GAP), None)

    def region_at(self, x: float, y: float) -> NamedRegion | None:
        """The region of interest whose box in the strip is under a place in the window."""
        if x < GUTTER or not self.ruler_bottom <= y < self.header_height:
            return None
        mark = self._regions_in_sight(self.axis()).at(x - GUTTER)
        return mark.region if mark is not None else None

    def _regions_in_sight(self, axis: Axis) -> Sight:
        return self._region_marks.in_sight(self.workspace.setup.regions, axis)

    def colour_of(self, track: Track) -> str:
        """The colour in which a track is drawn; empty where there is not one."""
        drawing = self._drawings.of(track)
        return drawing.look.colour(drawing.style(track, self.workspace.scope), self.palette) or track.colour

    def usual_colours(self, track: Track) -> Mapping[str, str]:
        """What is drawn in a track where no colour is chosen, by the names of its settings for further colours."""
        drawing = self._drawings.of(track)
        return drawing.look.usual_colours(drawing.style(track, self.workspace.scope), self.palette)

    def refresh(self) -> None:
        """Take scales and empty places from what is on screen; called when the view rests, not while it slides."""
        axis = self.axis()
        scope = self.workspace.scope
        shown = [self._drawn(track, axis, scope) for track in self.workspace.setup.tracks]
        self.drawn.forget(row.track.id for row in shown)
        self._scales = shared_scales(shown, axis)
        self._blanks = {row.track.id: row.blank(axis) for row in shown}

    def at(self, row: Row, x: float, y: float = 0.0) -> Answer:
        """What stands under a place in the window, in logical pixels, in a track."""
        axis = self.axis()
        drawn = self._drawn(row.track, axis, self.workspace.scope)
        return drawn.at(axis.position_at(x - GUTTER), axis, y - row.top)

    def about(self, row: Row) -> str:
        """What is drawn in a track, on which scale, and why it is not to be taken at its word; empty for many."""
        axis = self.axis()
        drawn = self._drawn(row.track, axis, self.workspace.scope)
        return drawn.about(axis, self._scales.get(row.track.id))

    def _drawn(self, track: Track, axis: Axis, scope: Scope) -> DrawnRow:
        room = Room(axis.bases_per_pixel, float(track.pixels), self.palette, self.font)
        return self.drawn.row(track, scope, room)

    def faults(self) -> tuple[str, ...]:
        """What the code of packages raised in the rows that are drawn, each sentence once."""
        axis, scope = self.axis(), self.workspace.scope
        rows = (self._drawn(row.track, axis, scope) for row in self.rows() if self._is_in_sight(row))
        return tuple(dict.fromkeys(filter(None, (row.look.fault(row.arranged) for row in rows))))

    def changed_rows(self) -> list[Row]:
        """The tracks in sight that would now be painted otherwise than they were painted last."""
        axis, scope = self.axis(), self.workspace.scope
        return [
            row
            for row in self.rows()
            if self._is_in_sight(row)
            and self._painted.get(row.track.id) != self._look(row, self._drawn(row.track, axis, scope), axis)
        ]

    def tracks_in_sight(self) -> frozenset[str]:
        """The tracks of which anything can be seen."""
        return frozenset(row.track.id for row in self.rows() if self._is_in_sight(row))

    def _is_in_sight(self, row: Row) -> bool:
        return row.top + row.height > self.header_height and row.top < self.height

    def _look(self, row: Row, drawn: DrawnRow, axis: Axis) -> tuple[object, ...]:
        """What the picture of a track depends on while dataset, checkpoint, clicked position and colours stay."""
        content, name = drawn.content, row.track.id
        said = (content.is_loading, content.sentence, content.details, content.link, content.is_error)
        return (row, axis, self._scales.get(name), self._blanks.get(name), drawn.serials(axis), said)

    def paint(self, painter: QPainter, is_vector: bool = False, region: QRegion | None = None) -> None:
        """Draw everything, or the tracks that touch a region."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(0, 0, self.width, self.height), QColor(self.palette.canvas))
        axis, scope = self.axis(), self.workspace.scope
        if region is None:
            self.links.clear()
            self._painted.clear()
        painter.save()
        painter.setClipRect(QRectF(0, self.header_height, self.width, self.height - self.header_height))
        for row in self.rows():
            box = QRect(0, math.floor(row.top), math.ceil(self.width), math.ceil(row.height) + 1)
            if self._is_in_sight(row) and (region is None or region.intersects(box)):
                self.links = [link for link in self.links if link.track.id != row.track.id]
                drawn = self._drawn(row.track, axis, scope)
                self._paint_row(painter, row, drawn, axis, is_vector)
                self._painted[row.track.id] = self._look(row, drawn, axis)
        if (sight := self._regions_in_sight(axis)).numbers.size:
            painter.translate(GUTTER, self.header_height)
            painter.setClipRect(QRectF(0, 0, axis.width, self.height), Qt.ClipOperation.IntersectClip)
            region_marks.paint_tint(self._surface(painter, axis, self.height - self.header_height, is_vector), sight)
        painter.restore()
        self._paint_header(painter, axis, is_vector)

    def _surface(self, painter: QPainter, axis: Axis, height: float, is_vector: bool) -> Surface:
        return Surface(painter, axis, height, self.palette, self.font, is_vector)

    def _paint_row(self, painter: QPainter, row: Row, drawn: DrawnRow, axis: Axis, is_vector: bool) -> None:
        known_scale = self._scales.get(row.track.id)
        scale = known_scale or Scale()
        painter.save()
        painter.translate(GUTTER, row.top)
        painter.setClipRect(QRectF(0, 0, axis.width, row.height), Qt.ClipOperation.IntersectClip)
        surface = self._surface(painter, axis, row.height, is_vector)
        if is_vector:
            chrome.paint_grid(surface)
            drawn.paint(surface, scale)
        else:
            self._paint_strips(painter, row, drawn, axis, scale)
        drawn.annotate(surface, scale)
        self._paint_sentence(surface, row, drawn)
        painter.restore()
        painter.save()
        painter.translate(0, row.top)
        label_surface = self._surface(painter, axis, row.height, is_vector)
        gutter.paint_label(label_surface, GUTTER, drawn.label(label_surface, known_scale))
        painter.restore()

    def _paint_strips(self, painter: QPainter, row: Row, drawn: DrawnRow, axis: Axis, scale: Scale) -> None:
        first_column = round(axis.start / axis.bases_per_column)
        number = math.floor(first_column / STRIP_COLUMNS)
        while (offset := number * STRIP_COLUMNS - first_column) < axis.columns:
            painter.drawImage(QPointF(offset / self.ratio, 0), self._strip(number, row, drawn, axis, scale))
            number += 1

    def _strip(self, number: int, row: Row, drawn: DrawnRow, axis: Axis, scale: Scale) -> QImage:
        """A painted strip, from before if nothing changed in it."""
        start = number * STRIP_COLUMNS * axis.bases_per_column
        part = Axis(axis.chromosome, start, axis.bases_per_pixel, STRIP_COLUMNS / self.ratio, self.ratio)
        checkpoint = self.workspace.model.path if self.workspace.model else ""
        shown = drawn.serials(part)
        key = (row.track, row.height, axis.chromosome, axis.bases_per_column, number, shown, scale, checkpoint)
        image = self.strips.get(key)
        if image is None:
            image = QImage(STRIP_COLUMNS, max(1, round(row.height * self.ratio)), QImage.Format.Format_RGB32)
            image.setDevicePixelRatio(self.ratio)
            image.fill(QColor(self.palette.canvas))
            painter = QPainter(image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            surface = self._surface(painter, part, row.height, is_vector=False)
            chrome.paint_grid(surface)
            drawn.paint(surface, scale)
            painter.end()
            self.strips.put(key, image)
        return image

    def _paint_sentence(self, surface: Surface, row: Row, drawn: DrawnRow) -> None:
        """Why a track is empty, or what can be asked for."""
        content = drawn.content
        blank = "" if content.is_loading else self._blanks.get(row.track.id, "")
        awaited = drawn.look.awaits if content.is_loading and content.is_empty else blank
        sentence = content.sentence or drawn.look.fault(drawn.arranged) or awaited
        if not sentence:
            return
        said, link = _fitting(surface, sentence, content)
        box = QRectF(8, 0, surface.axis.width - 16, row.height)
        width = surface.text_width(said) + 6
        surface.rectangle(5, row.height / 2 - 9, width, 18, self.palette.canvas)
        surface.text(box, said, self.palette.error if content.is_error else self.palette.muted)
        if link:
            link_box = QRectF(box.left() + width + 4, row.height / 2 - 9, surface.text_width(link) + 4, 18)
            surface.rectangle(link_box.x(), link_box.y(), link_box.width(), 18, self.palette.canvas)
            surface.text(link_box, link, self.palette.accent, alignment=Left)
            self.links.append(Link(link_box.translated(GUTTER, row.top), row.track, not content.link))

    def _paint_header(self, painter: QPainter, axis: Axis, is_vector: bool) -> None:
        dataset, view = self.workspace.dataset, self.workspace.view
        painter.fillRect(QRectF(0, 0, self.width, self.header_height), QColor(self.palette.canvas))
        top = 0.0
        if dataset is not None and dataset.seed is not None:
            surface = self._surface(painter, axis, chrome.RIBBON_HEIGHT, is_vector)
            chrome.paint_ribbon(surface, self.width, dataset, self._locus_note())
            top = chrome.RIBBON_HEIGHT
        if not axis.chromosome:
            return
        bands = dataset.bands if dataset else ()
        painter.save()
        painter.translate(GUTTER, top)
        chrome.paint_ideogram(
            self._surface(painter, axis, chrome.IDEOGRAM_HEIGHT, is_vector), view.chromosome_length, bands
        )
        painter.translate(0, chrome.IDEOGRAM_HEIGHT)
        chrome.paint_ruler(self._surface(painter, axis, chrome.RULER_HEIGHT, is_vector))
        if self.strip_height:
            painter.translate(0, chrome.RULER_HEIGHT)
            strip = self._surface(painter, axis, self.strip_height, is_vector)
            region_marks.paint_strip(strip, self._regions_in_sight(axis))
        painter.restore()
        names = chrome.band_names(bands, axis.chromosome, axis.start, axis.end)
        gutter.paint_place(self._surface(painter, axis, top, is_vector), GUTTER, axis, names)
        if self.strip_height:
            painter.save()
            painter.translate(0, self.ruler_bottom)
            gutter.paint_heading(self._surface(painter, axis, self.strip_height, is_vector), GUTTER, "Regions")
            painter.restore()

    def _locus_note(self) -> str:
        """Whether the checkpoint had seen this place, for the ribbon."""
        checkpoint, here = self.workspace.model, self.workspace.view.interval
        if checkpoint is None or not checkpoint.is_learnt:
            return ""
        if any(here.overlaps(region) for region in checkpoint.training):
            return "locus seen in training"
        if any(here.overlaps(region) for region in checkpoint.validation):
            return "locus held out (chose the epoch)"
        return "seen or not: cannot be told" if checkpoint.other_assemblies else "locus never seen"


def _fitting(surface: Surface, sentence: str, content: TrackContent) -> tuple[str, str]:
    """The sentence as it fits into a track, and the link behind it: what is offered, or all that was left out."""
    short = without_folders(sentence) if content.is_error else sentence
    link = content.link or ("Details" if content.details else "")
    room = surface.axis.width - 24
    if surface.text_width(short) <= room - surface.text_width(link):
        return short, link
    link = link or "Details"
    return gutter.elided(surface, short, SMALL_PIXELS, False, room - surface.text_width(link) - 12), link
