"""The one widget on which the whole browser is drawn; gestures change the state, the state is drawn."""

import math
import textwrap

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QToolTip, QWidget

from ebert_core.protocol.machine.showing import shown_lines
from ebert_core.protocol.terms.locus import Interval, format_locus
from ebert_gui.browser import chrome
from ebert_gui.browser.content import ContentSource
from ebert_gui.browser.gestures import Drag, DragKind, wheel_factor
from ebert_gui.browser.look import Drawings
from ebert_gui.browser.marks import Marks
from ebert_gui.browser.palette import Palette
from ebert_gui.browser.scene import GUTTER, TRACK_GAP, Row, Scene
from ebert_gui.browser.scrolling import TrackBar
from ebert_gui.state.regions import around
from ebert_gui.state.tracks import Track
from ebert_gui.state.workspace import Workspace

_REST_MILLISECONDS = 60
_ARRIVAL_MILLISECONDS = 30
_CLICK_PIXELS = 4
_LINE = 80


class Canvas(QWidget):
    """Draws a workspace.

    `hovered` carries the position (-1 outside) and the words for what is under the cursor, again whenever something
    else comes to lie under it. `linked` carries the track whose offer was clicked, `explained` the track whose details
    are wanted, `asked` a track and the stretch of what was clicked in it, of which its file says more, `menu_wanted` a
    track and a place on screen.
    """

    hovered = pyqtSignal(float, str)
    linked = pyqtSignal(object)
    explained = pyqtSignal(object)
    asked = pyqtSignal(object, object)
    menu_wanted = pyqtSignal(object, QPoint)
    painted = pyqtSignal()
    sight_changed = pyqtSignal(frozenset)

    def __init__(
        self, workspace: Workspace, source: ContentSource, drawings: Drawings, palette: Palette, font: QFont
    ) -> None:
        super().__init__()
        self.scene = Scene(workspace, source, drawings, palette, font)
        self._workspace = workspace
        self._drag: Drag | None = None
        self._pointer: QPointF | None = None
        self._told = ("", -1.0, "")
        self._bar = TrackBar(self.scene, self)
        self._bar.valueChanged.connect(self._on_scrolled)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MILLISECONDS)
        self._rest.timeout.connect(self.refresh)
        self._arrivals = QTimer(self)
        self._arrivals.setSingleShot(True)
        self._arrivals.setInterval(_ARRIVAL_MILLISECONDS)
        self._arrivals.timeout.connect(self._draw_arrivals)
        self._shown_before = workspace.view.interval
        self._in_sight: frozenset[str] = frozenset()
        self._marks = Marks(self, self.update)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Genome tracks")
        self.setMinimumSize(200, 120)
        workspace.view.changed.connect(self._follow_view)
        for announcer in (workspace.anchor_changed, workspace.choice_changed, workspace.edits_changed):
            announcer.connect(self.follow)
        for announcer in (
            *(workspace.tracks_changed, workspace.regions_changed),
            *(workspace.dataset_changed, workspace.model_changed),
        ):
            announcer.connect(self._on_rows_changed)
        workspace.tracks_changed.connect(lambda: self.reveal(workspace.history.added))
        workspace.selection.changed.connect(self._show_selected)

    def dress(self, palette: Palette, font: QFont) -> None:
        """Draw in other colours or another font."""
        self.scene.dress(palette, font)
        self.update()

    def follow(self) -> None:
        """Draw what has changed; scales follow when the view rests."""
        self._rest.start()
        self.update()

    def _follow_view(self) -> None:
        """Follow a slide; after a jump there is nothing to wait for but what the new place holds."""
        before, self._shown_before = self._shown_before, self._workspace.view.interval
        self.follow()
        if not before.overlaps(self._shown_before):
            self._rest.stop()

    def take_arrival(self, more_is_coming: bool) -> None:
        """Draw what has come; where more of what is on screen is awaited, together with what comes in a moment."""
        if not more_is_coming:
            self._arrivals.stop()
            self._draw_arrivals()
        elif not self._arrivals.isActive():
            self._arrivals.start()

    def _draw_arrivals(self) -> None:
        """Draw the tracks that something came for, at their new scales unless the view still slides."""
        if not self._rest.isActive():
            self.scene.refresh()
        self._update_rows()

    def refresh(self) -> None:
        """Take scales anew and draw what has changed."""
        self.scene.refresh()
        self._update_rows()

    def _update_rows(self) -> None:
        for row in self.scene.changed_rows():
            self.update(0, math.floor(row.top), self.width(), math.ceil(row.height) + TRACK_GAP)

    def reveal(self, track_ids: tuple[str, ...]) -> None:
        """Scroll to these tracks, as little as shows the first of them and as many of the others as fit; mark them."""
        rows = [row for row in self.scene.rows() if row.track.id in track_ids]
        if not rows:
            return
        self._bar.reveal(rows)
        self._marks.mark(track_ids)
        self.update()

    def _show_selected(self) -> None:
        """Draw which tracks are selected, and scroll as little as shows the last of them."""
        last = self._workspace.selection.last
        row = next((row for row in self.scene.rows() if row.track.id == last), None)
        if row is not None:
            self._bar.show_row(row)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a screen of tracks."""
        return QSize(1200, 720)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw a frame, or the tracks of one that have changed."""
        assert event is not None
        is_whole = event.rect().contains(self.rect())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.scene.palette.canvas))  # also beside the scene, over the scroll bar
        self.scene.paint(painter, region=None if is_whole else event.region())
        self._marks.paint(painter, self.scene, self._workspace.selection.ids)
        if self._drag is not None and self._drag.kind is DragKind.SELECT:
            self._drag.paint(painter, self.scene, self.height())
        painter.end()
        self._tell()
        in_sight = self.scene.tracks_in_sight()
        if in_sight != self._in_sight:
            self._in_sight = in_sight
            self.sight_changed.emit(in_sight)
        self.painted.emit()

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Tell the state how wide the drawing is."""
        self._on_rows_changed()

    def _on_rows_changed(self) -> None:
        scene = self.scene
        scene.width, scene.height, scene.ratio = float(self._bar.fit()), float(self.height()), self.devicePixelRatioF()
        self._workspace.view.set_columns(scene.plot_columns)
        self.follow()

    def _on_scrolled(self, value: int) -> None:
        self.scene.scroll = float(value)
        self.update()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """A wheel zooms about the cursor; with Shift, sideways, or on a trackpad it pans."""
        assert event is not None
        fine, coarse = event.pixelDelta(), event.angleDelta()
        view, axis, x = self._workspace.view, self.scene.axis(), event.position().x() - GUTTER
        is_trackpad = not fine.isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase
        keys = event.modifiers()
        if keys & Qt.KeyboardModifier.ControlModifier or (not is_trackpad and coarse.y() and x >= 0 and not keys):
            view.zoom_about(axis.position_at(max(x, 0.0)), wheel_factor(coarse.y()))
        elif x < 0 and not coarse.x():
            self._bar.scroll_by(-coarse.y())
        elif is_trackpad:
            view.pan_by(-fine.x() * axis.bases_per_pixel)
            self._bar.scroll_by(-fine.y())
        else:
            view.pan_by(-(coarse.x() or coarse.y()) * axis.bases_per_pixel)
        event.accept()

    def event(self, event: QEvent | None) -> bool:
        """Pinches zoom; tooltips name the track under the cursor, or say what a predicted value means."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            position = self.scene.axis().position_at(event.position().x() - GUTTER)
            self._workspace.view.zoom_about(position, max(0.2, 1 + event.value()))
            return True
        if isinstance(event, QHelpEvent):
            self._read_out(QPointF(event.pos()), event.globalPos())
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Begin a drag: the plot slides, the ruler selects, the edge of a track resizes it."""
        assert event is not None
        place = event.position()
        if event.button() == Qt.MouseButton.RightButton:
            self._ask_for_menu(place, event.globalPosition().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton:
            keys = event.modifiers()
            row = self._edge_at(place)
            if row is not None:
                self._drag = Drag(DragKind.RESIZE, place, row.track)
            elif self._is_on_ideogram(place):
                self._go_to_ideogram(place)
            elif place.y() < self.scene.header_height or keys & Qt.KeyboardModifier.ShiftModifier:
                self._drag = Drag(DragKind.SELECT, place)
            else:
                self._drag = Drag(DragKind.PAN, place)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Go on with a drag, or say what is under the cursor."""
        assert event is not None
        place = self._pointer = event.position()
        if self._drag is None:
            self._hover(place)
            return
        step = self._drag.move_to(place)
        match self._drag.kind:
            case DragKind.PAN:
                self._workspace.view.pan_by(-step.x() * self.scene.axis().bases_per_pixel)
                self._bar.scroll_by(-step.y())
            case DragKind.RESIZE:
                assert self._drag.track is not None
                height = self._drag.track.pixels + self._drag.distance.y()
                history = self._workspace.history
                history.change(history.setup.resized(self._drag.track.id, round(height)), self._drag.gesture)
            case DragKind.SELECT:
                self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """End a drag; without movement it was a click."""
        assert event is not None
        drag, self._drag = self._drag, None
        if drag is None:
            return
        if drag.distance.manhattanLength() < _CLICK_PIXELS:
            if drag.kind is not DragKind.RESIZE:
                self._click(event)
        elif drag.kind is DragKind.SELECT:
            self._show_selection(drag)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Zoom in on the place."""
        assert event is not None
        if event.position().x() >= GUTTER:
            self._workspace.view.zoom_about(self.scene.axis().position_at(event.position().x() - GUTTER), 3.0)

    def leaveEvent(self, _event: QEvent | None) -> None:
        """Nothing is under the cursor any more."""
        self._pointer = None
        self._tell()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Up and down scroll the tracks; everything else is an action of the window."""
        assert event is not None
        steps = {Qt.Key.Key_Up: -48, Qt.Key.Key_Down: 48}
        if event.key() in steps:
            self._bar.scroll_by(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _click(self, event: QMouseEvent) -> None:
        place, where = event.position(), event.globalPosition().toPoint()
        link = next((link for link in self.scene.links if link.box.contains(place)), None)
        if link is not None:
            (self.explained if link.is_details else self.linked).emit(link.track)
        elif place.x() < GUTTER:
            self._select_at(place, event.modifiers())
        elif (region := self.scene.region_at(place.x(), place.y())) is not None:
            view = self._workspace.view
            view.show(around(region.interval, view.chromosome_length))
        elif place.y() >= self.scene.header_height:
            axis = self.scene.axis()
            self._workspace.set_anchor(axis.chromosome, int(axis.position_at(place.x() - GUTTER)))
            row = self.scene.row_at(place.y())
            subject = self.scene.at(row, place.x(), place.y()).subject if row is not None else None
            if row is not None and subject is not None:
                self.asked.emit(row.track, subject)
            else:
                self._read_out(place, where)

    def _select_at(self, place: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Select the track under a place in the gutter: alone, too (Ctrl), or with all up to it (Shift)."""
        row, selection = self.scene.row_at(place.y()), self._workspace.selection
        if row is None:
            selection.select(())
        elif keys & Qt.KeyboardModifier.ControlModifier:
            selection.toggle(row.track.id)
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            selection.reach(row.track.id)
        else:
            selection.select((row.track.id,))

    def _read_out(self, place: QPointF, where: QPoint) -> None:
        """Show all that is to be said of the track or the predicted value at a place; nothing hides what was shown."""
        row = self.scene.row_at(place.y())
        if row is None:
            QToolTip.hideText()
            return
        # Another column has another value: the words go when the cursor leaves this one.
        column = QRectF(place.x() - 4, row.top, 9, row.height) if place.x() >= GUTTER else QRectF()
        # A share stays beside its sign: only plain blanks are broken at.
        words = self._words_at(row, place).replace(" %", "\u00a0%")
        words = textwrap.fill(words, _LINE, break_on_hyphens=False)
        QToolTip.showText(where, shown_lines(words), self, column.toRect())

    def _words_at(self, row: Row, place: QPointF) -> str:
        if place.x() >= GUTTER:
            return self.scene.at(row, place.x(), place.y()).full
        named, about = f"{row.track.title} {row.track.subtitle}".strip(), self.scene.about(row)
        return f"{named}. {about}" if about else named

    def _show_selection(self, drag: Drag) -> None:
        axis = self.scene.axis()
        first, last = sorted(axis.position_at(max(0.0, x - GUTTER)) for x in (drag.start.x(), drag.last.x()))
        if last - first >= 1:
            self._workspace.view.show(Interval(axis.chromosome, int(first), round(last)))

    def _hover(self, place: QPointF) -> None:
        over_link = any(link.box.contains(place) for link in self.scene.links)
        on_edge = self._edge_at(place) is not None
        shape = Qt.CursorShape.SplitVCursor if on_edge else Qt.CursorShape.ArrowCursor
        is_clicked = over_link or self.scene.region_at(place.x(), place.y()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_clicked else shape)
        self._tell()

    def _tell(self) -> None:
        """Say what is under the cursor in what is drawn now, if that is something else than was said last."""
        position, words = self._under(self._pointer) if self._pointer is not None else (-1.0, "")
        told = (self._workspace.view.span.chromosome, position, words)
        if told == self._told:
            return
        if words != self._told[2]:
            QToolTip.hideText()  # it spoke of what was here before
        self._told = told
        self.hovered.emit(position, words)

    def _under(self, place: QPointF) -> tuple[float, str]:
        """The position under a place, -1 outside the plot, and the words for it."""
        if place.x() < GUTTER or not self._workspace.view.span.chromosome:
            return -1.0, ""
        position = self.scene.axis().position_at(place.x() - GUTTER)
        row = self.scene.row_at(place.y())
        if row is None:
            region = self.scene.region_at(place.x(), place.y())
            return position, "" if region is None else f"{region.name}  {format_locus(region.interval)}".strip()
        answer = self.scene.at(row, place.x(), place.y())
        words = f"{answer.words} · {answer.short}" if answer.short else answer.words
        named = f"{row.track.title} {row.track.subtitle}".strip()
        return position, f"{named}: {words}" if words else ""

    def _edge_at(self, place: QPointF) -> Row | None:
        """The track whose lower edge is under the cursor, in the gutter."""
        if place.x() >= GUTTER or place.y() < self.scene.header_height:
            return None
        return next((row for row in self.scene.rows() if abs(row.top + row.height + 2 - place.y()) < 4), None)

    def _is_on_ideogram(self, place: QPointF) -> bool:
        bottom = self.scene.ruler_bottom - chrome.RULER_HEIGHT
        return place.x() >= GUTTER and bottom - chrome.IDEOGRAM_HEIGHT <= place.y() < bottom

    def _go_to_ideogram(self, place: QPointF) -> None:
        view, axis = self._workspace.view, self.scene.axis()
        view.centre_on((place.x() - GUTTER) / axis.width * view.chromosome_length)

    def _ask_for_menu(self, place: QPointF, where: QPoint) -> None:
        row = self.scene.row_at(place.y())
        track: Track | None = row.track if row is not None else None
        self.menu_wanted.emit(track, where)
