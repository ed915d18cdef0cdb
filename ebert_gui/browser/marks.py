"""The tints over tracks: those that have just been added for a moment, and the names of those that are selected."""

from collections.abc import Callable, Collection

from PyQt6.QtCore import QObject, QRectF, QTimer
from PyQt6.QtGui import QColor, QPainter

from ebert_gui.browser.scene import GUTTER, Scene

_MILLISECONDS = 1500


class Marks(QTimer):
    """Tracks that are marked until this runs out; `changed` draws the scene again then."""

    def __init__(self, parent: QObject, changed: Callable[[], object]) -> None:
        super().__init__(parent)
        self.ids: tuple[str, ...] = ()
        self._changed = changed
        self.setSingleShot(True)
        self.setInterval(_MILLISECONDS)
        self.timeout.connect(self._forget)

    def mark(self, ids: tuple[str, ...]) -> None:
        """Mark these tracks from now on for a moment, and no others."""
        self.ids = ids
        self.start()

    def paint(self, painter: QPainter, scene: Scene, selected: Collection[str]) -> None:
        """A tint over the marked tracks, and over the names of the selected ones."""
        tint = QColor(scene.palette.accent)
        tint.setAlphaF(0.16)
        for row in scene.rows():
            width = scene.width if row.track.id in self.ids else GUTTER if row.track.id in selected else 0
            top = max(row.top, float(scene.header_height))
            if width and row.top + row.height > top:
                painter.fillRect(QRectF(0, top, width, row.top + row.height - top), tint)

    def _forget(self) -> None:
        self.ids = ()
        self._changed()
