"""The few building blocks that every form here is made of, so that all of them look and behave alike."""

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QEvent, QObject, QSize, Qt
from PyQt6.QtGui import QResizeEvent, QShowEvent
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ebert_core.protocol.machine.showing import shown_lines
from ebert_gui.widgets.plain import PlainLabel
from ebert_gui.widgets.watching import ApplicationWatcher

# What a dock may take of a small window.
_WIDEST_NEED = 480


def label(text: str, role: str = "") -> QLabel:
    """Text that wraps, is never read as markup, and takes its looks from a role of the style sheet."""
    result = PlainLabel(text)
    result.setWordWrap(True)
    # A label with a background would indent its text, and stand out of line with the frames beside it.
    result.setIndent(0)
    if role:
        result.setProperty("role", role)
    return result


def set_role(widget: QWidget, role: str) -> None:
    """Change the role of a label and show it at once."""
    set_property(widget, "role", role)


def set_property(widget: QWidget, name: str, value: str | bool) -> None:
    """Change what the style sheet asks of a widget, and show it at once."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)


def form_layout() -> QFormLayout:
    """A form whose labels stand at the left and whose fields share one left edge."""
    layout = QFormLayout()
    layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    layout.setHorizontalSpacing(16)
    layout.setVerticalSpacing(10)
    return layout


def add_row(layout: QFormLayout, text: str, field: QWidget, *beside: QWidget, help_text: str = "") -> QLabel:
    """Add a labelled field, with widgets at its right and muted help below; the label is the field's buddy."""
    caption = PlainLabel(text)
    caption.setMinimumWidth(132)
    caption.setBuddy(field)
    field.setAccessibleName(text.replace("&", "").rstrip(":"))
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addLayout(row(field, *beside))
    if help_text:
        column.addWidget(label(help_text, "muted"))
        field.setAccessibleDescription(help_text)
    layout.addRow(caption, column)
    return caption


def row(*widgets: QWidget, stretch_last: bool = False) -> QHBoxLayout:
    """Widgets side by side; spare room goes to the first that wants it."""
    layout = QHBoxLayout()
    layout.setSpacing(8)
    for widget in widgets:
        layout.addWidget(widget)
    if stretch_last or all(_is_compact(widget) for widget in widgets):
        layout.addStretch(1)
    return layout


def above_footer(dialog: QWidget, contents: QLayout | QWidget, footer: QWidget) -> None:
    """Lays out a dialog: its contents, and a footer that reaches from edge to edge.

    The contents scroll where the screen is too small for them, so that the footer's buttons stay in reach.
    """
    outer = QVBoxLayout(dialog)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    if isinstance(contents, QLayout):
        body = QWidget()
        body.setLayout(contents)
        contents = body
    outer.addWidget(_holding(_DialogBody(), contents), 1)
    outer.addWidget(footer)


def form_above_footer(dialog: QWidget, form: QFormLayout, footer: QWidget) -> None:
    """Lays out a dialog that is one form and a footer."""
    contents = QVBoxLayout()
    contents.setContentsMargins(16, 14, 16, 8)
    contents.addLayout(form)
    contents.addStretch(1)
    above_footer(dialog, contents, footer)


def in_columns(widgets: Sequence[QWidget], width: int) -> QWidget:
    """Widgets in as many columns as fit into a width, so that many of them do not push a form off the screen."""
    result = QWidget()
    grid = QGridLayout(result)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    widest = max(widget.sizeHint().width() for widget in widgets)
    columns = max(1, (width + 12) // (widest + 12))
    for number, widget in enumerate(widgets):
        grid.addWidget(widget, number // columns, number % columns)
    grid.setColumnStretch(columns, 1)
    return result


def _is_compact(widget: QWidget) -> bool:
    return not widget.sizePolicy().expandingDirections() & Qt.Orientation.Horizontal


def compact(widget: QWidget, width: int) -> QWidget:
    """The widget at a fixed width, for short values."""
    widget.setFixedWidth(width)
    widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return widget


class WheelScrolls(ApplicationWatcher):
    """Watches an application: the wheel scrolls what a number or a choice stands in, and never changes either."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Pass turns of the wheel on to the widget around the field."""
        is_wheel = event is not None and event.type() == QEvent.Type.Wheel
        if not is_wheel or not isinstance(watched, QAbstractSpinBox | QComboBox):
            return False
        assert event is not None
        event.ignore()
        return True


class Fold(QWidget):
    """A heading that folds its contents out and in."""

    def __init__(self, title: str, contents: QLayout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = QToolButton()
        self.heading.setText(title)
        self.heading.setCheckable(True)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setArrowType(Qt.ArrowType.RightArrow)
        self.heading.setProperty("role", "fold")
        self.heading.toggled.connect(self.set_open)
        self.contents = QWidget()
        contents.setContentsMargins(0, 6, 0, 0)
        self.contents.setLayout(contents)
        self.contents.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.heading)
        layout.addWidget(self.contents)

    def set_open(self, is_open: bool) -> None:
        """Show or hide the contents."""
        self.heading.setChecked(is_open)
        self.heading.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.contents.setVisible(is_open)


_SUMMARY_SHARE, _LEAST_SUMMARY = 0.2, 52


class Footer(QFrame):
    """The lower edge of a form: what will happen, what stands in the way, and the two buttons."""

    def __init__(self, action: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "footer")
        self.summary = label("", "note")
        self.problem = label("", "error")
        self.problem.setAccessibleName("What is missing")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.action = QPushButton(action)
        self.action.setDefault(True)
        self.buttons.addButton(self.action, QDialogButtonBox.ButtonRole.AcceptRole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 14)
        layout.setSpacing(10)
        self._room = scrolling(self.summary)
        layout.addWidget(self._room)
        lower = QHBoxLayout()
        lower.addWidget(self.problem, 1)
        lower.addWidget(self.buttons)
        layout.addLayout(lower)

    def say(self, summary: str, problem: str) -> None:
        """Show both sentences; a problem disables the button until it is solved."""
        self.summary.setText(summary)
        self._room.setVisible(bool(summary))
        self._give_room()
        self.problem.setText(problem)
        self.action.setEnabled(not problem)
        self.action.setAccessibleDescription(problem or summary)

    def showEvent(self, _event: QShowEvent | None) -> None:
        """Have the Tab key go from left to right; Qt's own order has the button first that was made first."""
        QWidget.setTabOrder(self.action, self.buttons.button(QDialogButtonBox.StandardButton.Cancel))

    def resizeEvent(self, _event: QResizeEvent | None) -> None:
        """Give the summary the room that its lines take at this width."""
        self._give_room()

    def _give_room(self) -> None:
        """A long summary in a low dialog scrolls, or it would leave no room for the form."""
        margins = self.contentsMargins() if (layout := self.layout()) is None else layout.contentsMargins()
        wanted = self.summary.heightForWidth(self.width() - margins.left() - margins.right())
        window = self.window()
        most = round((window.height() if window is not None else 0) * _SUMMARY_SHARE)
        self._room.setFixedHeight(max(0, min(wanted, max(most, _LEAST_SUMMARY))))


def scrolling(contents: QWidget) -> QScrollArea:
    """The contents in an area that scrolls up and down where the screen is low."""
    area = _holding(_UpAndDown(), contents)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


class _UpAndDown(QScrollArea):
    """Asks for at least the width that its contents and its bar need, since what is wider cannot be scrolled to."""

    def minimumSizeHint(self) -> QSize:
        """As wide as needed, up to what a dock may take of a small window."""
        usual, contents, bar = super().minimumSizeHint(), self.widget(), self.verticalScrollBar()
        if contents is None or bar is None:
            return usual
        needed = contents.minimumSizeHint().width() + bar.sizeHint().width()
        return QSize(max(usual.width(), min(needed, _WIDEST_NEED)), usual.height())


class _DialogBody(QScrollArea):
    """Asks for the room that its contents ask for; Qt's own asks for a few lines at most."""

    def sizeHint(self) -> QSize:
        """What the contents would like to have."""
        contents = self.widget()
        return contents.sizeHint() if contents is not None else super().sizeHint()


def _holding(area: QScrollArea, contents: QWidget) -> QScrollArea:
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(contents)
    return area


def browse_button(what: str, ask: Callable[[], None]) -> QPushButton:
    """A button beside the field for a path; `ask` asks for a place of the host."""
    button = QPushButton("Browse…")
    button.setAutoDefault(False)
    button.setAccessibleName(f"Browse for {what}")
    button.clicked.connect(ask)
    return button


def path_field(placeholder: str = "") -> QLineEdit:
    """A field for a path, which may be one of another machine; its tooltip has the whole of it."""
    field = QLineEdit()
    field.textChanged.connect(lambda text: field.setToolTip(shown_lines(text)))
    field.setPlaceholderText(placeholder)
    field.setMinimumWidth(280)
    return field
