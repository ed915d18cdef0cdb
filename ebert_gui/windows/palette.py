"""The palette: every command of the window, found by its words and run from the keyboard."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QDialog, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from ebert_gui.commands.command import Choice, Command
from ebert_gui.widgets.forms import label
from ebert_gui.windows.desk import WindowDesk
from ebert_gui.windows.menus import run
from ebert_gui.windows.table import COMMANDS, LINE, MENUS

_OWN = "window.palette"
_MOVING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_NOTHING = "No command has these words."


class Entry(NamedTuple):
    """A line of the palette: its words, where it stands and its keys, what it does, and why it cannot."""

    text: str
    place: str = ""
    keys: str = ""
    tip: str = ""
    lacks: str = ""
    act: Callable[[], None] | None = None
    opens: Callable[[], None] | None = None

    @property
    def said(self) -> str:
        """What is said of it while it is chosen."""
        return f"{self.tip}. {self.lacks}" if self.lacks and self.tip else self.lacks or self.tip


def found(entries: Sequence[Entry], typed: str) -> list[Entry]:
    """The entries with all words typed, in any order: those that begin so first, then those with them in the name."""
    text = " ".join(typed.casefold().split())
    words = text.split()

    def rank(entry: Entry) -> int:
        name = entry.text.casefold()
        if name.startswith(text):
            return 0
        return 1 if all(word in name for word in words) else 2

    fitting = [each for each in entries if all(word in _all_of(each) for word in words)]
    return sorted(fitting, key=rank) if words else fitting


def show_palette(desk: WindowDesk) -> None:
    """Open the palette over the window, unless it is open."""
    if any(each.isVisible() for each in desk.window.findChildren(Palette)):
        return
    palette = Palette(desk)
    palette.finished.connect(lambda _result: palette.deleteLater())
    palette.open()


class Palette(QDialog):
    """A line to type in, and the commands that fit; Enter runs the chosen one, Escape leaves."""

    def __init__(self, desk: WindowDesk) -> None:
        super().__init__(desk.window)
        self._desk = desk
        self._levels: list[list[Entry]] = []
        self.setWindowTitle("Find a command")
        self.list = QTreeWidget()
        self.line = _Line(self.list)
        self.note = label("", "muted")
        self._lay_out()
        self.line.textChanged.connect(self._fill)
        self.line.returnPressed.connect(self._take_chosen)
        self.list.itemActivated.connect(lambda _item, _column: self._take_chosen())
        self.list.currentItemChanged.connect(lambda _now, _before: self._say())
        self._show_level([self._entry(COMMANDS[each], place) for place, each in _in_menus() if each != _OWN])

    @property
    def entries(self) -> list[Entry]:
        """The lines that are shown, from top to bottom."""
        return found(self._levels[-1], self.line.text())

    def reject(self) -> None:
        """Back to the list before, or away."""
        if len(self._levels) > 1:
            self._levels.pop()
            self._show_level(self._levels.pop())
        else:
            super().reject()

    def _entry(self, command: Command, place: str) -> Entry:
        lacks, desk = command.lacks(self._desk), self._desk
        name = command.text.replace("&", "")
        is_on = command.is_on is not None and command.is_on(desk)
        keys = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        words = Entry(f"{name} (on)" if is_on else name, place, keys, command.tip, lacks)
        if lacks:
            return words
        if command.choices is not None:
            return words._replace(opens=partial(self._open_choices, command.choices, name))
        return words._replace(act=partial(run, desk, command))

    def _open_choices(self, choose: Callable[..., None], name: str) -> None:
        """Show what a command offers, now and whenever it offers something else."""
        level = len(self._levels)

        def show(choices: Sequence[Choice]) -> None:
            del self._levels[level:]
            self._show_level([self._choice(each, name) for each in choices if each.text])

        choose(self._desk, show)

    def _choice(self, choice: Choice, place: str) -> Entry:
        text = f"{choice.text} (on)" if choice.is_on else choice.text
        entry = Entry(text, place, "", choice.tip, act=choice.act)
        if choice.choices:
            within = [self._choice(each, choice.text) for each in choice.choices if each.text]
            return entry._replace(opens=partial(self._show_level, within))
        return entry

    def _show_level(self, entries: list[Entry]) -> None:
        self._levels.append(entries)
        self.line.clear()
        self._fill()

    def _fill(self) -> None:
        self.list.clear()
        theme = self._desk.frame.theme
        for entry in self.entries:
            item = QTreeWidgetItem([entry.text, entry.place, entry.keys])
            item.setToolTip(0, entry.said)
            item.setForeground(1, QColor(theme.muted))
            item.setForeground(2, QColor(theme.muted))
            if entry.act is None and entry.opens is None:
                item.setForeground(0, QColor(theme.muted))
            self.list.addTopLevelItem(item)
        self.list.setCurrentItem(self.list.topLevelItem(0))
        self._say()

    def _chosen(self) -> Entry | None:
        place = self.list.indexOfTopLevelItem(self.list.currentItem())
        return self.entries[place] if place >= 0 else None

    def _say(self) -> None:
        chosen = self._chosen()
        self.note.setText(_NOTHING if chosen is None else chosen.said)

    def _take_chosen(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        if chosen.opens is not None:
            chosen.opens()
        elif chosen.act is not None:
            self.accept()  # the command may open a dialog of its own
            chosen.act()

    def _lay_out(self) -> None:
        self.line.setPlaceholderText("Words of a command")
        self.line.setAccessibleName("Words of a command")
        self.line.setClearButtonEnabled(True)
        self.list.setAccessibleName("Commands")
        self.list.setHeaderHidden(True)
        self.list.setColumnCount(3)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        header = self.list.header()
        assert header is not None
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        for widget in (self.line, self.list, self.note):
            layout.addWidget(widget)
        self.resize(620, 460)


class _Line(QLineEdit):
    """A line whose arrows move in a list."""

    def __init__(self, moved: QTreeWidget) -> None:
        super().__init__()
        self._moved = moved

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Let the list take the keys that move up and down."""
        if event is not None and event.key() in _MOVING:
            self._moved.keyPressEvent(event)
        else:
            super().keyPressEvent(event)


def _in_menus() -> list[tuple[str, str]]:
    return [(title.replace("&", ""), each) for title, ids in MENUS.items() for each in ids if each != LINE]


def _all_of(entry: Entry) -> str:
    return f"{entry.place} {entry.text} {entry.tip}".casefold()
