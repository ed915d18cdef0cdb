"""Where windows stand: within the screen, whatever they would like to measure, and where they stood before."""

from PyQt6.QtCore import QByteArray, QEvent, QObject, QPoint, QRect, QSize, Qt
from PyQt6.QtWidgets import QDialog, QDockWidget, QMainWindow, QWidget

from ebert_gui.widgets.watching import ApplicationWatcher

# What a window manager puts around a window, until the window knows its own frame: its sides, and its title bar.
_SIDES, _TITLE_BAR = 4, 36
_LEAST, _MOST, _SHARE = QSize(1280, 860), QSize(1760, 1180), 0.8


def layout_of_docks(window: QMainWindow) -> str:
    """Where the docks of a window stand and which are shown, as text to keep."""
    return _as_text(window.saveState())


def lay_docks(window: QMainWindow, layout: str) -> None:
    """Put the docks where they stood; what cannot be read changes nothing."""
    if layout:
        window.restoreState(_from_text(layout))


def shows_dock(layout: str, name: str) -> bool:
    """Whether a dock of this name is shown in a layout; asked of an empty window, before the dock need be built."""
    window = QMainWindow()
    dock = QDockWidget(window)
    dock.setObjectName(name)
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
    dock.hide()
    lay_docks(window, layout)
    is_shown = not dock.isHidden()
    window.deleteLater()
    return is_shown


def place_of(window: QWidget) -> str:
    """Where a window stands, and whether it fills the screen, as text to keep."""
    return _as_text(window.saveGeometry())


def place(window: QWidget, kept: str) -> None:
    """Put a window where it stood; what cannot be read changes nothing."""
    if kept:
        window.restoreGeometry(_from_text(kept))


def _as_text(state: QByteArray) -> str:
    return bytes(state.toBase64().data()).decode("ascii")


def _from_text(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode("ascii", "ignore"))


class WithinScreen(ApplicationWatcher):
    """Watches an application: each window and dialog that is shown is made to fit into the room of its screen."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Fit what is about to be seen; nothing is kept from anybody."""
        is_shown = event is not None and event.type() == QEvent.Type.Show and not event.spontaneous()
        if is_shown and isinstance(watched, QDialog | QMainWindow) and watched.isWindow():
            fit_into_screen(watched)
        return False


def first_size(window: QWidget) -> QSize:
    """How large a window is before a person gave it a size: most of a small screen, a good part of a large one."""
    screen = window.screen()
    if screen is None:
        return _LEAST
    room = screen.availableGeometry()
    return QSize(round(room.width() * _SHARE), round(room.height() * _SHARE)).expandedTo(_LEAST).boundedTo(_MOST)


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
