"""A layout that sets widgets in a line and goes on below where the line is full."""

from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Widgets from left to right in as many lines as the width asks for; the widest of them sets the least width."""

    def __init__(self, parent: QWidget | None = None, gap: int = 8) -> None:
        super().__init__(parent)
        self._gap = gap
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem | None) -> None:
        """Take an item in; `addWidget` comes here."""
        if item is not None:
            self._items.append(item)

    def count(self) -> int:
        """Number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at a place, or None behind the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """The item at a place, which then is no longer here."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It asks for no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """A narrow one is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of all lines at a width."""
        return self._place(QRect(0, 0, width, 0), is_trial=True)

    def setGeometry(self, room: QRect) -> None:
        """Set the items."""
        super().setGeometry(room)
        self._place(room, is_trial=False)

    def sizeHint(self) -> QSize:
        """All items in one line."""
        sizes = [item.sizeHint() for item in self._shown()]
        width = sum(size.width() + self._gap for size in sizes) - self._gap
        return QSize(width, max((size.height() for size in sizes), default=0)).grownBy(self.contentsMargins())

    def minimumSize(self) -> QSize:
        """The widest and the highest item."""
        least = QSize()
        for item in self._shown():
            least = least.expandedTo(item.minimumSize())
        return least.grownBy(self.contentsMargins())

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, room: QRect, is_trial: bool) -> int:
        """The height that the items take in a room; a trial sets none of them."""
        inside, top, line = room.marginsRemoved(self.contentsMargins()), 0, list[QLayoutItem]()
        for item in self._shown():
            if line and self._width(*line, item) > inside.width():
                top += self._set_line(inside, top, line, is_trial) + self._gap
                line = []
            line.append(item)
        if line:
            top += self._set_line(inside, top, line, is_trial)
        margins = self.contentsMargins()
        return top + margins.top() + margins.bottom()

    def _width(self, *items: QLayoutItem) -> int:
        return sum(item.sizeHint().width() + self._gap for item in items) - self._gap

    def _set_line(self, inside: QRect, top: int, line: list[QLayoutItem], is_trial: bool) -> int:
        """The height of a line whose items stand on one middle; what can grow sideways takes what is left."""
        height = max(item.sizeHint().height() for item in line)
        spare, x = max(0, inside.width() - self._width(*line)), inside.x()
        for item in line:
            size = item.sizeHint()
            if spare and item.expandingDirections() & Qt.Orientation.Horizontal:
                size, spare = QSize(size.width() + spare, size.height()), 0
            if not is_trial:
                item.setGeometry(QRect(QPoint(x, inside.y() + top + (height - size.height()) // 2), size))
            x += size.width() + self._gap
        return height
