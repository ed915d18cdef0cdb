"""A button that shows a colour and offers others: those of the program, any other, and the usual one."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor, QIcon, QPainter, QPixmap
from PyQt6.QtWidgets import QColorDialog, QMenu, QPushButton, QWidget

from ebert_gui.widgets.theme import LIGHT

_NAMES = ("Blue", "Orange", "Green", "Purple", "Sky", "Brown", "Violet", "Slate")
# What the dialog opens on for tracks that are drawn in many colours.
_NO_COLOUR = "#5b6b7d"
_SWATCH = 14


class ColourButton(QPushButton):
    """Holds a colour as `#rrggbb`, or nothing, which `empty` names.

    `changed` is emitted for every colour that is tried, `settled` when one has been chosen, or the one before again.
    """

    changed = pyqtSignal()
    settled = pyqtSignal()

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = ""
        self.usual = ""
        """The colour that is meant where none is chosen, where it is known."""
        self._empty = empty
        self._menu = QMenu(self)
        self._fill_menu()
        self.setMenu(self._menu)
        self.setProperty("role", "colour")
        self.show_value("")

    def show_value(self, value: str, mixed: str = "") -> None:
        """Show a colour; `mixed` is said in its place where there are several."""
        self.value = "" if mixed else value
        self.setText(mixed or value or self._empty.capitalize())
        self.setIcon(QIcon() if mixed else swatch(value or self.usual))

    def ask(self) -> None:
        """Open the dialog of all colours; each one that is looked at is tried at once."""
        before = self.value
        dialog = QColorDialog(QColor(before or self.usual or _NO_COLOUR), self)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.currentColorChanged.connect(lambda colour: self._try(colour.name()))
        dialog.rejected.connect(lambda: self._try(before))
        dialog.finished.connect(lambda _result: self.settled.emit())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def choose(self, value: str) -> None:
        """Take a colour."""
        self._try(value)
        self.settled.emit()

    def _try(self, value: str) -> None:
        self.show_value(value)
        self.changed.emit()

    def _fill_menu(self) -> None:
        for text, value in ((self._empty.capitalize(), ""), *zip(_NAMES, LIGHT.signals, strict=True)):
            action = self._menu.addAction(text)
            assert action is not None
            if value:
                action.setIcon(QIcon(swatch(value)))
            action.triggered.connect(lambda _checked, value=value: self.choose(value))
        self._menu.addSeparator()
        other = self._menu.addAction("Other…")
        assert other is not None
        other.triggered.connect(self.ask)


def swatch(colour: str) -> QIcon:
    """A small square of a colour, as it is also where its row is selected; an empty colour gives an empty icon."""
    if not colour:
        return QIcon()
    pixels = QPixmap(_SWATCH, _SWATCH)
    pixels.fill(QColor("transparent"))
    painter = QPainter(pixels)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor("transparent"))
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(0, 0, _SWATCH, _SWATCH, 3, 3)
    painter.end()
    icon = QIcon(pixels)
    # Qt would tint it as it tints icons that are selected, and it would show another colour than the track has.
    icon.addPixmap(pixels, QIcon.Mode.Selected)
    return icon
