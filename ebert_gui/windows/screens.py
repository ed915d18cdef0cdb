"""Keeps windows and dialogs within the screen, whatever they would like to measure."""

from PyQt6.QtCore import QEvent, QObject, QPoint, QRect, QSize
from PyQt6.QtWidgets import QApplication, QDialog, QMainWindow, QWidget

# What a window manager puts around a window, until the window knows its own frame: its sides, and its title bar.
_SIDES, _TITLE_BAR = 4, 36


class WithinScreen(QObject):
    """Watches an application: each window and dialog that is shown is made to fit into the room of its screen."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Fit what is about to be seen; nothing is kept from anybody."""
        is_shown = event is not None and event.type() == QEvent.Type.Show and not event.spontaneous()
        if is_shown and isinstance(watched, QDialog | QMainWindow) and watched.isWindow():
            fit_into_screen(watched)
        return False


def fit_into_screen(window: QWidget) -> None:
    """Make a window no larger than the room of its screen, and move it there if a part of it lies outside."""
    screen = window.screen()
    if screen is None or window.isFullScreen() or window.isMaximized():
        return
    room = screen.availableGeometry()
    fitting = within(QRect(window.pos(), window.size()), room)
    if fitting.size() != window.size():
        window.resize(fitting.size())
    # Where a window was not placed by us or by the person, the desktop places it, and does so within the screen.
    if fitting.topLeft() != window.pos() and not room.contains(window.pos()) and not window.pos().isNull():
        window.move(fitting.topLeft())


def within(frame: QRect, room: QRect) -> QRect:
    """The place and inner size of a window that wants `frame`, cut to a room that must hold its title bar as well."""
    largest = QSize(max(1, room.width() - 2 * _SIDES), max(1, room.height() - _TITLE_BAR - _SIDES))
    size = frame.size().boundedTo(largest)
    last = QPoint(room.right() + 1 - size.width() - 2 * _SIDES, room.bottom() + 1 - size.height() - _TITLE_BAR - _SIDES)
    x = min(max(frame.x(), room.x()), max(last.x(), room.x()))
    y = min(max(frame.y(), room.y()), max(last.y(), room.y()))
    return QRect(QPoint(x, y), size)
