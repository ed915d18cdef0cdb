"""What a window without a genome shows: what can be opened, and what comes with the program."""

from collections.abc import Callable, Iterable, Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ebert_gui.widgets.forms import label
from ebert_gui.widgets.plain import literal

_WIDEST = 920
_TWO_COLUMNS = 640
_MOST_RECENT = 6
# Room at the left for the frame around the offer that has the keyboard.
_FRAME = 6


class Offer:
    """A line that can be pressed, and words below it on what that does."""

    def __init__(self, title: str, words: str, act: Callable[[], None]) -> None:
        self.title = title
        self.words = words
        self.act = act


class StartPage(QScrollArea):
    """Two columns of offers: ways to open something, and what was opened lately or comes with the program."""

    def __init__(self, ways: Sequence[Offer]) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setProperty("role", "start")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Start")
        self._news = label("", "note")
        self._news.hide()
        self.ways = _Group("Open", ways)
        self.recent = _Group("Opened lately", ())
        self.shipped = _Group("Checkpoints that come with the program", ())
        self._right = QWidget()
        column = QVBoxLayout(self._right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(28)
        column.addWidget(self.recent)
        column.addWidget(self.shipped)
        column.addStretch(1)
        self._columns = QGridLayout()
        self._columns.setHorizontalSpacing(48)
        self._columns.setVerticalSpacing(28)
        self._lay_out()

    def offer_recent(self, offers: Sequence[Offer]) -> None:
        """Show what was opened lately."""
        self.recent.offer(offers[:_MOST_RECENT])
        self.recent.setVisible(bool(offers))

    def offer_shipped(self, offers: Sequence[Offer]) -> None:
        """Show which checkpoints come with the program."""
        self.shipped.offer(offers)
        self.shipped.setVisible(bool(offers))

    def say(self, sentence: str) -> None:
        """Say what is going on; nothing puts the words away, and the offers can be pressed again."""
        self._news.setText(sentence)
        self._news.setVisible(bool(sentence))
        for group in (self.ways, self.recent, self.shipped):
            group.setEnabled(not sentence)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """One column where two have no room."""
        super().resizeEvent(event)
        self._arrange()

    def _lay_out(self) -> None:
        middle = QWidget()
        middle.setMaximumWidth(_WIDEST)
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(32 - _FRAME, 40, 32, 32)
        layout.setSpacing(6)
        # Spare room goes above and below, not between the lines; less of it above, where the eye begins.
        layout.addStretch(1)
        layout.addWidget(_indented("EBERT Browser", "display"))
        layout.addWidget(_indented("A genome browser in which the model is a track.", "muted"))
        layout.addSpacing(22)
        layout.addWidget(self._news)
        layout.addLayout(self._columns)
        layout.addWidget(
            _indented("Files and checkpoint folders can also be dropped anywhere in this window.", "muted")
        )
        layout.addStretch(2)
        page = QWidget()
        page.setProperty("role", "start")
        around = QGridLayout(page)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(middle, 0, 1)
        around.setColumnStretch(0, 1)
        around.setColumnStretch(1, 8)
        around.setColumnStretch(2, 1)
        self.offer_recent(())
        self.offer_shipped(())
        self._arrange()
        self.setWidget(page)

    def _arrange(self) -> None:
        has_room = self.width() >= _TWO_COLUMNS
        self._columns.addWidget(self.ways, 0, 0, Qt.AlignmentFlag.AlignTop)
        row, column = (0, 1) if has_room else (1, 0)
        self._columns.addWidget(self._right, row, column, Qt.AlignmentFlag.AlignTop)
        for each in (0, 1):
            self._columns.setColumnStretch(each, 1 if has_room or each == 0 else 0)


def _indented(text: str, role: str) -> QLabel:
    """Text that stands in line with the offers."""
    result = label(text, role)
    result.setIndent(_FRAME)
    return result


class _Group(QFrame):
    """A heading, and offers under it."""

    def __init__(self, heading: str, offers: Iterable[Offer]) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._layout.addWidget(_indented(heading, "heading"))
        self._layout.addSpacing(6)
        self.buttons: list[QPushButton] = []
        self._shown: list[QWidget] = []
        self.offer(offers)

    def offer(self, offers: Iterable[Offer]) -> None:
        """Show other offers."""
        for widget in self._shown:
            self._layout.removeWidget(widget)
            widget.deleteLater()
        self.buttons, self._shown = [], []
        for each in offers:
            button = QPushButton(literal(each.title))
            button.setProperty("role", "link")
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setAccessibleDescription(each.words)
            button.clicked.connect(lambda _checked, act=each.act: act())
            words = _indented(each.words, "muted")
            words.setContentsMargins(0, 0, 0, 10)
            self._layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
            self._layout.addWidget(words)
            self.buttons.append(button)
            self._shown += [button, words]
