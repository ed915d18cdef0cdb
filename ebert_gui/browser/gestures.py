"""Drags of the mouse, and how far a turn of the wheel zooms."""

from enum import Enum, auto
from itertools import count

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QPainter

from ebert_gui.browser import chrome
from ebert_gui.browser.scene import GUTTER, Scene
from ebert_gui.state.tracks import Track

# One notch of a wheel is 120 units.
_FACTOR_PER_NOTCH = 1.25
_NUMBERS = count(1)


class DragKind(Enum):
    """What a drag does."""

    PAN = auto()
    SELECT = auto()
    RESIZE = auto()


class Drag:
    """A drag that has begun; `track` is the one being resized, as it was. All that it changes is one step of undo."""

    def __init__(self, kind: DragKind, start: QPointF, track: Track | None = None) -> None:
        self.kind = kind
        self.start = start
        self.last = start
        self.track = track
        self.gesture = f"drag {next(_NUMBERS)}"

    @property
    def distance(self) -> QPointF:
        """From the start to where the cursor is."""
        return self.last - self.start

    def move_to(self, place: QPointF) -> QPointF:
        """Go on to a place; the step since the last one."""
        step = place - self.last
        self.last = place
        return step

    def paint(self, painter: QPainter, scene: Scene, height: float) -> None:
        """The selected stretch."""
        first, last = sorted((max(self.start.x(), GUTTER), max(self.last.x(), GUTTER)))
        colour = QColor(scene.palette.accent)
        colour.setAlphaF(0.18)
        painter.fillRect(QRectF(first, scene.ruler_bottom - chrome.RULER_HEIGHT, last - first, height), colour)


def wheel_factor(units: int) -> float:
    """How much shorter the view becomes by a turn of the wheel."""
    return float(_FACTOR_PER_NOTCH ** (units / 120))
