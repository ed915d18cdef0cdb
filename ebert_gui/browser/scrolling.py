"""The bar at the right edge of the canvas, by which tracks that are taller than it are scrolled."""

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QScrollBar, QWidget

from ebert_gui.browser.scene import Row, Scene

_WIDTH = 12
# Tracks that are scrolled to their end leave room for a message, which must not hide the last of them.
_ROOM_AT_END = 52


class TrackBar(QScrollBar):
    """Scrolls the rows of a scene; hidden while all of them fit."""

    def __init__(self, scene: Scene, canvas: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, canvas)
        self._scene = scene
        self._canvas = canvas
        self.hide()

    def fit(self) -> int:
        """Take the right edge of the canvas if the rows need it; the width in pixels that is left to draw on."""
        header, height = self._scene.header_height, self._canvas.height()
        room = height - header
        overflow = max(0, round(self._scene.content_height - room))
        overflow += _ROOM_AT_END if overflow else 0
        self.setVisible(overflow > 0)
        width = self._canvas.width() - (_WIDTH if overflow else 0)
        self.setGeometry(width, header, _WIDTH, max(0, room))
        self.setRange(0, overflow)
        self.setPageStep(max(1, room))
        self.setSingleStep(24)
        return width

    def scroll_by(self, pixels: float) -> None:
        """Scroll the rows up by so many pixels; down where they are negative."""
        self.setValue(self.value() + round(pixels))

    def reveal(self, rows: Sequence[Row]) -> None:
        """Scroll as little as shows the first of these rows and as many of the others as fit."""
        above = rows[0].top - self._scene.header_height
        below = rows[-1].top + rows[-1].height + _ROOM_AT_END - self._canvas.height()
        if above < 0 or below > 0:
            self.scroll_by(min(above, below) if above > 0 else above)

    def show_row(self, row: Row) -> None:
        """Scroll as little as shows this row."""
        above = row.top - self._scene.header_height
        below = row.top + row.height - self._canvas.height()
        self.scroll_by(min(above, 0) or max(below, 0))
