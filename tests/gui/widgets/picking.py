"""A host with the folders of this machine, and what a person does with a picker."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ebert_core.protocol.folders import ListFolder
from ebert_core.protocol.terms.errors import InvalidRequest
from ebert_core.protocol.tracks import FileKind
from ebert_core.roles.folders import list_folder
from ebert_gui.widgets.place_picker import PlacePicker
from ebert_gui.widgets.wanted_place import Hearing, Shortcut


class Answering:
    """A host that lists this machine's folders at once, or not at all while it is `silent`."""

    def __init__(self, home: Path) -> None:
        self.home = str(home)
        self.is_silent = False
        self.asked: list[ListFolder] = []
        self.inspected: list[str] = []
        self.remembered: list[str] = []
        self.was_forgotten = False

    def list_folder(self, request: ListFolder, hearing: Hearing) -> None:
        self.asked.append(request)
        if self.is_silent:
            return
        try:
            found = list_folder(request, lambda: None)
        except InvalidRequest as error:
            hearing.refused(str(error))
        else:
            hearing.found(found)

    def forget(self) -> None:
        self.was_forgotten = True

    def inspect(self, path: str, on_kind: Callable[[FileKind], None]) -> None:
        self.inspected.append(path)
        on_kind(FileKind("signal", "A bigWig of 3 chromosomes."))

    def shortcuts(self) -> tuple[Shortcut, ...]:
        return (Shortcut("Home", self.home),)

    def addresses(self) -> tuple[str, ...]:
        return ("https://h/folder/a.bw", "https://h/folder/b.bw")

    def start(self) -> str:
        return self.home

    def remember(self, folder: str) -> None:
        self.remembered.append(folder)


def listed(picker: PlacePicker) -> list[str]:
    """The names in the list."""
    return [entry.name for entry in picker.files.entries]


def write(picker: PlacePicker, qtbot: QtBot, text: str) -> None:
    """Types over what stands in the line, and waits until the list has followed."""
    picker.line.setFocus()
    picker.line.clear()
    qtbot.keyClicks(picker.line, text)
    qtbot.waitUntil(lambda: not picker._rest.isActive())


def press_return(picker: PlacePicker, qtbot: QtBot, on: QWidget | None = None) -> None:
    """In the line, or on another part."""
    qtbot.keyClick(on or picker.line, Qt.Key.Key_Return)
